"""Tokens: 256-bit secrets, kept as hashes. One for a program is no session, and a link works once."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow

from domain.keeping import AccessRole
from service.log.busy import BusyError
from service.log.grouping import Line, of_one_process
from service.log.packing import Blobs
from service.log.reading import STANDING, STANDING_OF, Standing
from service.log.store import HOLD_THEIRS, Log
from service.security.gate import Caller

INSERT: Final = (
    "insert into access.token (hash, account, role, process, participant, kind, expires_at, idle) "
    "values (%s, %s, %s, %s, %s, %s, %s, %s)"
)
OPEN: Final = (
    "expires_at > now() and (idle is null or used_at > now() - idle) "
    "and not exists (select from access.account a where a.id = token.account and a.disabled_at is not null)"
)
HOLDS: Final = f"hash = %(hash)s and kind = %(kind)s and {OPEN}"
CALLER: Final = (
    "account, role, process, participant, "
    "exists (select from access.account a where a.id = token.account and a.may_create) as creates"
)
UNNOTED: Final = "idle is not null and used_at < now() - interval '5 minutes' as unnoted"
FIND: Final = f"select {CALLER}, {UNNOTED} from access.token where {HOLDS}"
ARRIVE: Final = (
    f"select c.*, {STANDING} from {STANDING_OF} left join (select hash, kind, {CALLER}, {UNNOTED} "
    f"from access.token where hash = any(%(hashes)s) and {OPEN}) c on true"
)
NOTE: Final = "update access.token set used_at = now() where hash = %s"
"""That a session is in use is noted now and then, not for each request."""
USE: Final = f"delete from access.token where {HOLDS} returning {CALLER}"
SPEND: Final = (
    "update access.token set kind = 'spent', used_at = now(), expires_at = now() + %(lasting)s "
    f"where {HOLDS} and participant is not null returning {CALLER}"
)
DROP: Final = "delete from access.token where hash = %s"
DROP_EXPIRED: Final = "delete from access.token where expires_at <= now()"
END: Final = (
    "delete from access.token where (account = %(account)s or id = %(account)s) "
    "and (%(process)s::text is null or process = %(process)s)"
)
END_SESSIONS: Final = "delete from access.token where account = %s and kind in ('session', 'spent')"
END_LINKS: Final = "delete from access.token where process = %s and participant = %s and kind = any(%s)"
LIST: Final = (
    "select id, account, role, process, participant, kind, created_at, used_at, expires_at from access.token "
    "where expires_at > now() and (%(process)s::text is null or process = %(process)s) "
    "order by created_at, account"
)
Kind = Literal["api", "link", "session", "password", "invitation"]


class Lasting(NamedTuple):
    """How long a session lasts: at most, and at rest."""

    most: dt.timedelta
    idle: dt.timedelta


OURS: Final = Lasting(dt.timedelta(days=14), dt.timedelta(days=3))
"""For an account: a computer left alone is soon signed out, and its holder signs in again."""
LINKED: Final = Lasting(dt.timedelta(days=14), dt.timedelta(days=14))
"""For a part that came by a link alone: there is no way back in but another link."""
PARTICIPANTS: Final = Lasting(dt.timedelta(days=90), dt.timedelta(days=90))
"""For a participant on a phone of their own, from one gathering to the next."""


class Session(NamedTuple):
    """A session that begins: its secret, how long the browser keeps it, and whose it is."""

    secret: str
    lasting: dt.timedelta
    caller: Caller


class Arrival(NamedTuple):
    """Somebody who comes to a process with a token."""

    process: str
    hash: bytes
    kind: Kind


@dataclass(frozen=True, slots=True)
class Token:
    """What may be told of a token; its secret is nowhere."""

    id: str
    account: str
    role: AccessRole | None
    process: str | None
    participant: str | None
    kind: str
    created_at: dt.datetime
    used_at: dt.datetime
    expires_at: dt.datetime


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()


class Tokens:
    """The tokens of one cell."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._arrivals = Line(self._arrive, together=of_one_process)

    def create(
        self,
        *,
        role: AccessRole | None,
        process: str | None,
        lasting: dt.timedelta,
        kind: Kind = "api",
        account: str | None = None,
        participant: str | None = None,
        idle: dt.timedelta | None = None,
    ) -> str:
        """Make a token and return its secret; it is shown here and never again.

        Args:
            role: what it may do; None when the log alone says what its account may (see `acting`).
            process: where; None means everywhere.
            lasting: how long it works.
            kind: for a program (``api``), to be exchanged for a session (``link``), a browser's own (``session``), to
                set a password with (``password``), or to get a part in a process with (``invitation``).
            account: whose it is, of an invitation who invites; a new random account without one.
            participant: who comes by it, if it is a personal link; then there is a process.
            idle: how long a session may rest before it ends.
        """
        caller = Caller(account or f"a-{secrets.token_hex(8)}", role, process, participant)
        with self._log.connection() as connection:
            connection.execute(DROP_EXPIRED)
            return _made(connection, caller, kind, lasting, idle)

    def begin(self, account: str) -> Session:
        """Return a new session of an account: it acts as the log grants."""
        with self._log.connection() as connection:
            connection.execute(DROP_EXPIRED)
            return _session(connection, Caller(account))

    def caller(self, secret: str, kind: Kind = "api") -> Caller | None:
        """Return who holds this token; None when it is unknown, of another kind, too old, or of a closed account."""
        return self._noted(self._row(FIND, secret, kind), secret)

    def arriving(self, process: str, secret: str, kind: Kind = "api") -> tuple[Caller | None, Standing]:
        """Return who holds this token, as `caller` does, and where the process they come to stands.

        Both are asked in one statement, and together for all who come to the process at the same moment.
        """
        row, standing = self._arrivals.put(Arrival(process, _hash(secret), kind))
        return self._noted(row, secret), standing

    def _arrive(self, arrivals: Sequence[Arrival]) -> list[tuple[dict[str, Any] | None, Standing]]:
        process, hashes = arrivals[0].process, Blobs(one.hash for one in arrivals)
        with self._log.connection(process) as connection:
            asked = {"process": process, "hashes": hashes}
            rows = connection.execute(ARRIVE.encode(), asked, prepare=True, binary=True).fetchall()
        standing, found = Standing.of(rows[0]), {(row["hash"], row["kind"]): row for row in rows}
        return [(found.get((one.hash, one.kind)), standing) for one in arrivals]

    def _noted(self, row: dict[str, Any] | None, secret: str) -> Caller | None:
        if row and row["unnoted"]:
            with contextlib.suppress(BusyError), self._log.connection() as connection:  # a standby only reads
                connection.execute(NOTE, (_hash(secret),))
        return _caller(row)

    def exchange(self, secret: str) -> Session | None:
        """Use a link up and return a session in its place; None when it no longer works.

        Both in one transaction: whoever ends the links of a person meanwhile waits for the row, and ends the session.
        """
        asked = {"hash": _hash(secret), "kind": "link", "lasting": PARTICIPANTS.most}
        with self._log.connection() as connection, connection.transaction():
            row = connection.execute(SPEND, asked).fetchone() or connection.execute(USE, asked).fetchone()
            caller = _caller(row)
            return _session(connection, caller) if caller else None

    def used(self, secret: str, kind: Kind) -> Caller | None:
        """Use up what works once, and return whose it was."""
        return self._one(USE, secret, kind)

    def drop(self, secret: str) -> None:
        """End a session."""
        with self._log.connection() as connection:
            connection.execute(DROP, (_hash(secret),))

    def end(self, account: str, process: str | None = None) -> int:
        """End all tokens of an account, or one by its own id; return how many there were.

        Args:
            account: the account's id, or a token's.
            process: only those that work in this process alone.
        """
        with self._log.connection() as connection:
            return connection.execute(END, {"account": account, "process": process}).rowcount

    def end_sessions(self, account: str) -> None:
        """Sign an account out everywhere."""
        with self._log.connection() as connection:
            connection.execute(END_SESSIONS, (account,))

    def end_links(self, process: str, participant: str, *, unused_only: bool = False) -> int:
        """End a participant's links, and what they opened unless ``unused_only``; return how many there were."""
        kinds = ["link"] if unused_only else ["link", "spent", "session"]
        with self._log.connection() as connection, connection.transaction():
            connection.execute(HOLD_THEIRS, (process, [participant]))
            return connection.execute(END_LINKS, (process, participant, kinds)).rowcount

    def all(self, process: str | None = None) -> list[Token]:
        """Return the tokens that still hold, oldest first; of one process, or all."""
        with self._log.connection() as connection:
            rows = connection.execute(LIST.encode(), {"process": process}).fetchall()
        return [Token(**{**row, "role": AccessRole(row["role"]) if row["role"] else None}) for row in rows]

    def _one(self, query: str, secret: str, kind: Kind, **more: Any) -> Caller | None:
        return _caller(self._row(query, secret, kind, **more))

    def _row(self, query: str, secret: str, kind: Kind, **more: Any) -> dict[str, Any] | None:
        with self._log.connection() as connection:
            return connection.execute(query.encode(), {"hash": _hash(secret), "kind": kind, **more}).fetchone()


def _made(
    connection: Connection[DictRow], caller: Caller, kind: Kind, lasting: dt.timedelta, idle: dt.timedelta | None
) -> str:
    """Keep a new token's hash and return its secret."""
    secret, role = secrets.token_urlsafe(32), caller.role.value if caller.role else None
    expires = dt.datetime.now(dt.UTC) + lasting
    whose = (caller.account, role, caller.process, caller.participant)
    connection.execute(INSERT, (_hash(secret), *whose, kind, expires, idle))
    return secret


def _session(connection: Connection[DictRow], caller: Caller) -> Session:
    due = due_to(caller)
    return Session(_made(connection, caller, "session", due.most, due.idle), due.most, caller)


def due_to(caller: Caller) -> Lasting:
    """Return how long a session of this caller's lasts."""
    if caller.participant:
        return PARTICIPANTS
    return OURS if caller.role is None else LINKED


def _caller(row: dict[str, Any] | None) -> Caller | None:
    if row is None:
        return None
    role = AccessRole(row["role"]) if row["role"] else None
    return Caller(row["account"], role, row["process"], row["participant"], creates=row["creates"])
