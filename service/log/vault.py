"""The vault: personal text, encrypted under its author's key, in rows that can be deleted.

The event holds a commitment instead: the SHA-256 of the ciphertext and the id of the key. Deleting row and key erases
the text and leaves the log's proof standing.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.log.durable import write_once
from service.log.packing import Blobs, Column, Longs, Texts

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from psycopg import Connection
    from psycopg.rows import DictRow

    from domain.kernel import Envelope
    from domain.vocabulary import Sealed

NONCE: Final = 12
KEY_BYTES: Final = 32
CHECK: Final = b"kurslog"
KEYS_HELD: Final = 20_000
KEYS_LAST_SECONDS: Final = 300.0
"""How long an opened key stays in memory: what was erased by another process leaves this one's, too."""
INSERT_KEYS: Final = (
    "with here as (select sealed_check = %s as same from log.cell), made as ("
    "insert into log.person_key (key_id, process, wrapped) "
    "select k.* from unnest(%s::text[], %s::text[], %s::bytea[]) k, here where same on conflict do nothing) "
    "select same from here"
)
"""Only under the master key of now: who rotates it holds the table meanwhile."""
SEALED: Final = "select sealed_check from log.cell"
SELECT_KEYS: Final = "select key_id, wrapped from log.person_key where key_id = any(%s)"
FIRST_TEXTS: Final = (
    "select v.position, v.field as said, v.position as place, v.field, v.key_id, v.cipher, "
    "e.originator_id, e.originator_version "
    "from log.vault v join log.event e on e.notification_id = v.position where v.position = any(%s)"
)
SELECT_TEXTS: Final = (
    f"{FIRST_TEXTS} union all "
    "select r.position, r.field, v.position, v.field, v.key_id, v.cipher, e.originator_id, e.originator_version "
    "from log.redacted r join log.vault v on v.position = r.by_position and v.field = r.by_field "
    "join log.event e on e.notification_id = v.position where r.position = any(%s)"
)
BY_COMMITMENT: Final = (
    "select v.position as place, v.field, v.key_id, v.cipher, e.originator_id, e.originator_version, "
    "v.commitment from log.vault v join log.event e on e.notification_id = v.position where v.commitment = any(%s)"
)
SELECT_SAID: Final = (
    f"{BY_COMMITMENT} union all "
    "select v.position, v.field, v.key_id, v.cipher, e.originator_id, e.originator_version, r.commitment "
    "from log.redacted r join log.vault v on v.position = r.by_position and v.field = r.by_field "
    "join log.event e on e.notification_id = v.position where r.commitment = any(%s)"
)
"""A redacted text is asked for by its old place or hash, on whatever clock, and answered by what replaced it."""


class Vaulted(NamedTuple):
    """One personal text on its way to its row."""

    field: str
    key_id: str
    cipher: bytes


class Place(NamedTuple):
    """Where a text belongs; it cannot be decrypted anywhere else."""

    stream: str
    version: int
    field: str


class Held(NamedTuple):
    """A text as it lies in the vault: at which event, and under whose key."""

    place: int
    key_id: str


Chosen = Callable[[Collection[Held]], Collection[Held]]
"""Says which of these texts may be opened."""


class MasterKeyError(Exception):
    """The master key is missing, damaged, or not this database's; the message says which and what to do."""


class ErasedKeyError(Exception):
    """The key the texts were sealed under has been erased; nothing is written in that name any more."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The key that wraps all others, kept in a file outside the database (mode 0600)."""

    key: bytes
    path: Path | None = field(default=None, compare=False, repr=False)

    @classmethod
    def load(cls, path: Path, *, make: bool = True) -> MasterKey:
        """Read the key, or make one the first time; two processes starting at once agree on it.

        Raises:
            MasterKeyError: when there is none and none may be made, or the file holds something else.
        """
        if make and not path.exists():
            write_once(path, os.urandom(KEY_BYTES))
        if not path.exists():
            raise MasterKeyError(f"The master key {path} is not there. Bring it back: without it no text can be read.")
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise MasterKeyError(f"{path} is no master key: it has {len(key)} bytes instead of {KEY_BYTES}.")
        return cls(key, path)

    def seal_check(self) -> bytes:
        """Return the known word under this key."""
        return self.wrap("check", CHECK)

    def check(self, sealed: bytes) -> None:
        """Make sure that this is the key the database was begun with.

        Raises:
            MasterKeyError: when it is another.
        """
        try:
            self.unwrap("check", sealed)
        except InvalidTag as error:
            raise MasterKeyError(
                "This database was begun with another master key. Set KURSLOG_MASTER_KEY_FILE (or KURSLOG_HOME) to it."
            ) from error

    def opening(self, sealed: bytes) -> MasterKey:
        """Return the key the database is under now: this one, or one that lies beside it since the key was changed.

        Raises:
            MasterKeyError: when none of them is.
        """
        for other in [self, *_beside(self.path)]:
            with contextlib.suppress(MasterKeyError):
                other.check(sealed)
                return other
        self.check(sealed)
        return self

    def wrap(self, key_id: str, key: bytes) -> bytes:
        """Encrypt a key under this one, bound to its id."""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self.key).encrypt(nonce, key, key_id.encode())

    def unwrap(self, key_id: str, wrapped: bytes) -> bytes:
        """Return the key inside."""
        return AESGCM(self.key).decrypt(wrapped[:NONCE], wrapped[NONCE:], key_id.encode())


def new_of(path: Path) -> Path:
    """Return where a master key lies that is about to take this one's place."""
    return path.with_name(f"{path.name}.new")


def old_of(path: Path) -> Path:
    """Return where the master key lies whose place this one took."""
    return path.with_name(f"{path.name}.old")


def _beside(path: Path | None) -> Iterator[MasterKey]:
    for one in (path, new_of(path), old_of(path)) if path else ():
        with contextlib.suppress(MasterKeyError):
            yield replace(MasterKey.load(one, make=False), path=path)


def key_id_of(event: Envelope) -> str:
    """Return whose key the event's texts are sealed under: its author's, or that of the thing it is about."""
    author = event.author
    return f"{event.process}/participant/{author}" if author else f"{event.process}/{event.subject}"


class Vault:
    """Seals and opens personal texts."""

    def __init__(
        self, connection: Callable[[], AbstractContextManager[Connection[DictRow]]], master: MasterKey, cell: str
    ) -> None:
        self._connection = connection
        self._master = master
        self._sealed = b""
        self._cell = cell
        self._keys: dict[str, bytes] = {}  # a cipher takes forty times the room of its key, and 1.5 µs to make
        self._digesting: dict[str, bytes] = {}
        self._emptied = time.monotonic()

    def ensure(self, key_ids: Iterable[str]) -> None:
        """Make sure that these keys exist, in one small transaction of its own: two writers must agree on one key."""
        missing = sorted({key_id for key_id in key_ids if key_id not in self._keys})
        if not missing:
            return
        processes = [key_id.partition("/")[0] for key_id in missing]
        made = False
        while not made:
            wrapped = [self._master.wrap(key_id, AESGCM.generate_key(256)) for key_id in missing]
            with self._connection() as connection:
                row = connection.execute(INSERT_KEYS, (self._sealed, missing, processes, wrapped)).fetchone()
            made = row is None or bool(row["same"])
            if not made:
                self._renew()
        self._fetched(missing)

    def _renew(self) -> None:
        """Take the master key of now: it was changed, by whoever owns the tables."""
        with self._connection() as connection:
            row = connection.execute(SEALED).fetchone()
        sealed = bytes(row["sealed_check"]) if row else b""
        self._master, self._sealed = self._master.opening(sealed), sealed

    def _unwrapped(self, key_id: str, wrapped: bytes) -> bytes:
        try:
            return self._master.unwrap(key_id, wrapped)
        except InvalidTag:
            self._renew()
            return self._master.unwrap(key_id, wrapped)

    def _fetched(self, key_ids: Iterable[str]) -> dict[str, bytes]:
        """Return these keys, from memory or the database; an erased one is not there."""
        if time.monotonic() - self._emptied > KEYS_LAST_SECONDS:
            self._keys, self._emptied = {}, time.monotonic()
        found = {key_id: key for key_id in set(key_ids) if (key := self._keys.get(key_id))}
        absent = sorted(set(key_ids) - set(found))
        if absent:
            with self._connection() as connection:
                for row in connection.execute(SELECT_KEYS, (Texts(absent),)):
                    if row["wrapped"] is not None:
                        found[row["key_id"]] = self._unwrapped(row["key_id"], bytes(row["wrapped"]))
            self._keys.update({key_id: found[key_id] for key_id in absent if key_id in found})
            for key_id in list(self._keys)[: max(0, len(self._keys) - KEYS_HELD)]:
                self._keys.pop(key_id, None)
        return found

    def forget(self, key_ids: Iterable[str]) -> None:
        """Let these keys go from memory."""
        for key_id in key_ids:
            self._keys.pop(key_id, None)

    def _cipher(self, key_id: str) -> AESGCM:
        """Return the cipher of a key that `ensure` made.

        Raises:
            ErasedKeyError: when it has been erased.
        """
        key = self._keys.get(key_id) or self._fetched([key_id]).get(key_id)
        if key is None:
            raise ErasedKeyError(key_id)
        return AESGCM(key)

    def seal(self, key_id: str, place: Place, text: object) -> tuple[Vaulted, str]:
        """Encrypt a text for its place; return its row and the commitment (hex SHA-256 of the ciphertext)."""
        nonce = os.urandom(NONCE)
        cipher = nonce + self._cipher(key_id).encrypt(nonce, msgspec.json.encode(text), self._aad(place))
        return Vaulted(place.field, key_id, cipher), hashlib.sha256(cipher).hexdigest()

    def texts(self, positions: Sequence[int], chosen: Chosen | None = None) -> dict[tuple[int, str], str]:
        """Return the texts of these events by (position, dotted field); what was erased is not there.

        In place of a text that was redacted stands the one that replaced it. ``chosen`` says which may be opened; `service.security.reading` is the
        door for people.
        """
        found = self._opened(SELECT_TEXTS, Longs(positions), Longs(positions), chosen=chosen)
        return {(row["position"], row["said"]): text for row, text in found}

    def first_texts(self, positions: Sequence[int]) -> dict[tuple[int, str], str]:
        """Return the texts as these events brought them; what was redacted or erased is not there."""
        return {(row["position"], row["said"]): text for row, text in self._opened(FIRST_TEXTS, Longs(positions))}

    def length(self, text: Sealed) -> int | None:
        """Return how many code points a text has; None when it was redacted or erased."""
        wanted = Blobs([bytes.fromhex(text.sha256)])
        return next((len(found) for _, found in self._opened(BY_COMMITMENT, wanted)), None)

    def said(self, commitments: Iterable[str], chosen: Chosen | None = None) -> dict[str, str]:
        """Return the texts behind these commitments (hex), or what replaced them; what was erased is not there.

        ``chosen`` as for `texts`.
        """
        wanted = Blobs(bytes.fromhex(commitment) for commitment in set(commitments))
        found = self._opened(SELECT_SAID, wanted, wanted, chosen=chosen)
        return {bytes(row["commitment"]).hex(): text for row, text in found}

    def _opened(
        self, query: str, *wanted: Column, chosen: Chosen | None = None
    ) -> Iterator[tuple[dict[str, Any], str]]:
        if not wanted[0].values:
            return
        with self._connection() as connection:
            rows: list[dict[str, Any]] = connection.execute(query.encode(), wanted, binary=True).fetchall()
        if chosen:
            may = set(chosen({Held(row["place"], row["key_id"]) for row in rows}))
            rows = [row for row in rows if Held(row["place"], row["key_id"]) in may]
        keys = self._fetched({row["key_id"] for row in rows})
        for row in rows:
            if row["key_id"] in keys:
                place = Place(row["originator_id"], row["originator_version"], row["field"])
                yield row, self._open(AESGCM(keys[row["key_id"]]), bytes(row["cipher"]), place)

    def _open(self, key: AESGCM, cipher: bytes, place: Place) -> str:
        return str(msgspec.json.decode(key.decrypt(cipher[:NONCE], cipher[NONCE:], self._aad(place))))

    def seal_content(self, key_id: str, what: str, content: bytes) -> bytes:
        """Encrypt bytes that are no text of an event (a file, a row that waits), bound to ``what`` they are.

        Raises:
            ErasedKeyError: when the key has been erased.
        """
        nonce = os.urandom(NONCE)
        return nonce + self._cipher(key_id).encrypt(nonce, content, f"{self._cell}|{what}".encode())

    def open_content(self, key_id: str, what: str, cipher: bytes) -> bytes | None:
        """Return bytes that `seal_content` encrypted; None when their key has been erased."""
        key = self._fetched([key_id]).get(key_id)
        return AESGCM(key).decrypt(cipher[:NONCE], cipher[NONCE:], f"{self._cell}|{what}".encode()) if key else None

    def digest(self, key_id: str, text: str) -> bytes:
        """Return a hash to know a short text again by, which nobody can find by trying who lacks the key.

        Raises:
            ErasedKeyError: when the key has been erased.
        """
        if key_id not in self._digesting:
            self.ensure([key_id])
            with self._connection() as connection:
                row = connection.execute(SELECT_KEYS, ([key_id],)).fetchone()
            if row is None or row["wrapped"] is None:
                raise ErasedKeyError(key_id)
            self._digesting[key_id] = self._unwrapped(key_id, bytes(row["wrapped"]))
        return hmac.digest(self._digesting[key_id], b"digest " + text.encode(errors="replace"), "sha256")

    def _aad(self, place: Place) -> bytes:
        return f"{self._cell}|{place.stream}|{place.version}|{place.field}".encode()
