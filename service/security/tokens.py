"""Tokens: 256-bit secrets, kept as hashes. One for a program is no session, and a link works once."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Final, Literal

from domain.keeping import AccessRole
from service.log.store import Log
from service.security.gate import Caller

INSERT: Final = (
    "insert into access.token (hash, account, role, process, participant, kind, expires_at) "
    "values (%s, %s, %s, %s, %s, %s, %s)"
)
FIND: Final = (
    "select account, role, process, participant from access.token where hash = %s and kind = %s and expires_at > now()"
)
USE: Final = (
    "delete from access.token where hash = %s and kind = %s and expires_at > now() "
    "returning account, role, process, participant"
)
DROP: Final = "delete from access.token where hash = %s"
DROP_EXPIRED: Final = "delete from access.token where expires_at <= now()"
Kind = Literal["api", "link", "session"]


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


class Tokens:
    """The tokens of one cell."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def create(
        self,
        *,
        role: AccessRole | None,
        process: str | None,
        lasting: dt.timedelta,
        kind: Kind = "api",
        account: str | None = None,
        participant: str | None = None,
    ) -> str:
        """Make a token and return its secret; it is shown here and never again.

        Args:
            role: what it may do; None when the log alone says what its account may (see `acting`).
            process: where; None means everywhere.
            lasting: how long it works.
            kind: for a program (``api``), to be exchanged for a session (``link``), or a browser's own (``session``).
            account: whose it is; a new random account without one.
            participant: who comes by it, if it is a personal link; then there is a process.
        """
        secret = secrets.token_urlsafe(32)
        owner = account or f"a-{secrets.token_hex(8)}"
        expires = dt.datetime.now(dt.UTC) + lasting
        with self._log.connection() as connection:
            connection.execute(DROP_EXPIRED)
            row = (_hash(secret), owner, role.value if role else None, process, participant, kind, expires)
            connection.execute(INSERT, row)
        return secret

    def caller(self, secret: str, kind: Kind = "api") -> Caller | None:
        """Return who holds this token; None when it is unknown, of another kind, or too old."""
        return self._one(FIND, secret, kind)

    def exchange(self, secret: str, *, lasting: dt.timedelta) -> str | None:
        """Use a link up and return the secret of a session in its place; None when it no longer works."""
        caller = self._one(USE, secret, "link")
        if caller is None:
            return None
        return self.create(
            role=caller.role,
            process=caller.process,
            lasting=lasting,
            kind="session",
            account=caller.account,
            participant=caller.participant,
        )

    def drop(self, secret: str) -> None:
        """End a session."""
        with self._log.connection() as connection:
            connection.execute(DROP, (_hash(secret),))

    def _one(self, query: str, secret: str, kind: Kind) -> Caller | None:
        with self._log.connection() as connection:
            row = connection.execute(query.encode(), (_hash(secret), kind)).fetchone()
        if row is None:
            return None
        role = AccessRole(row["role"]) if row["role"] else None
        return Caller(row["account"], role, row["process"], row["participant"])
