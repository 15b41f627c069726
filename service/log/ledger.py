"""The ledger in the database: tiles and checkpoints, written by the signer and read by whoever wants a proof."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow

from service.ledger.tree import (
    Read,
    TileId,
    consistency_proof,
    entry_bytes,
    inclusion_proof,
    nodes_of,
)
from service.ledger.verify import Checkpoint, Key, Note, Proof, ProofError, open_checkpoint

PAGE: Final = 20_000
"""How many entries are taken at once: into one checkpoint at most, so that a long log is signed in steps."""
COVERED: Final = "notification_id, originator_id, originator_version, topic, process, subject, event_id::text as event_id, recorded_at, state"
ENTRIES: Final = f"select {COVERED} from log.event where notification_id > %s order by notification_id limit %s"
ENTRY: Final = f"select {COVERED} from log.event where notification_id = %s"
TILE: Final = "select hashes from ledger.tile where level = %s and place = %s"
SIGNED: Final = "select size, root, note, signed_at from ledger.checkpoint where size <= %s order by size desc limit 1"
COSIGNED: Final = "select line from ledger.cosignature where size = %s order by witness"
KEEP_COSIGNED: Final = (
    "insert into ledger.cosignature (size, witness, line, witnessed_at) values (%s, %s, %s, to_timestamp(%s)) "
    "on conflict (size, witness) do nothing"
)
HEAD: Final = "select coalesce(max(notification_id), 0) as head from log.event"
ANY_SIZE: Final = 2**62

Connect = Callable[[], contextlib.AbstractContextManager[Connection[DictRow]]]


class UnsignedError(Exception):
    """No checkpoint covers what was asked for yet. Try again in a moment: the signer follows the log."""


class ForkError(Exception):
    """The database does not hold what was signed; the signer signs nothing more. The message says what to do."""


def entry_of(row: DictRow) -> bytes:
    """Return what the ledger covers of a row of ``log.event``."""
    *fields, state = row.values()
    return entry_bytes(fields, bytes(state))


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint and the note that signs it, with the lines of those who cosigned."""

    checkpoint: Checkpoint
    note: str
    at: dt.datetime
    """When it was signed, by the database's clock."""


class Ledger:
    """Reads what was signed, and proves from it."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    def signed(self, at_most: int = ANY_SIZE) -> Signed | None:
        """Return the largest checkpoint of at most so many events; None when nothing was signed yet."""
        with self._connect() as connection:
            row = connection.execute(SIGNED, (at_most,)).fetchone()
            if row is None:
                return None
            lines = [one["line"] for one in connection.execute(COSIGNED, (row["size"],))]
        return Signed(Checkpoint.read(Note.read(row["note"]).text), row["note"] + "".join(lines), row["signed_at"])

    def tile(self, at: TileId) -> bytes:
        """Return the hashes of a tile; empty when there is none."""
        with self._connect() as connection:
            return tiles_of(connection)(at)

    def entry(self, position: int) -> bytes:
        """Return what the ledger covers of the event at a position.

        Raises:
            LookupError: when there is none.
        """
        if not 0 < position < ANY_SIZE:
            raise LookupError(position)
        with self._connect() as connection:
            row = connection.execute(ENTRY, (position,)).fetchone()
        if row is None:
            raise LookupError(position)
        return entry_of(row)

    def proof(self, position: int, *, with_entry: bool = False) -> Proof:
        """Return the proof that the event at a position lies in the log, under the latest checkpoint.

        Raises:
            UnsignedError: when no checkpoint covers it yet. LookupError: when there is no such position.
        """
        entry = self.entry(position)
        signed = self.signed()
        if signed is None or signed.checkpoint.size < position:
            raise UnsignedError(str(position))
        with self._connect() as connection:
            path = inclusion_proof(position - 1, signed.checkpoint.size, nodes_of(tiles_of(connection)))
        return Proof(position - 1, tuple(path), signed.note, entry if with_entry else b"")

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the log of ``new`` events begins with the log of ``old``.

        Raises:
            UnsignedError: when fewer than ``new`` are signed. ProofError: when ``old`` is not before ``new``, or the log is
            not so long.
        """
        signed = self.signed()
        size = signed.checkpoint.size if signed else 0
        if old > new or new > self._head():
            raise ProofError(f"The log of {size} signed events does not grow from {old} to {new}.")
        if new > size:
            raise UnsignedError(str(new))
        with self._connect() as connection:
            return consistency_proof(old, new, nodes_of(tiles_of(connection)))

    def _head(self) -> int:
        with self._connect() as connection:
            return int((connection.execute(HEAD).fetchone() or {})["head"])

    def cosign(self, note: str, key: Key, witnesses: Sequence[Key]) -> tuple[int, list[str]]:
        """Keep the cosignatures on a checkpoint of ours; return its size and the names of those who signed.

        Args:
            note: the checkpoint as it was signed here, with lines of witnesses.
            key: ours.
            witnesses: those whose cosignatures are kept.

        Raises:
            ProofError: when the checkpoint is not one of ours, or a signature does not hold.
        """
        checkpoint, cosigners = open_checkpoint(note, key, witnesses)
        signed = self.signed(checkpoint.size)
        if signed is None or signed.checkpoint != checkpoint:
            raise ProofError("That checkpoint was not signed here.")
        if not cosigners:
            raise ProofError("None of its lines is of a witness that is known here.")
        try:
            with self._connect() as connection:
                for name, line in _lines(note, witnesses):
                    connection.execute(KEEP_COSIGNED, (checkpoint.size, name, line, cosigners[name]))
        except psycopg.DataError as error:
            raise ProofError("A witness says that it signed at a time that no calendar has.") from error
        return checkpoint.size, sorted(cosigners)


def _lines(note: str, keys: Sequence[Key]) -> list[tuple[str, str]]:
    """Return the signature lines of these keys as they came, each with the key's name."""
    lines = note.rpartition("\n\n")[2][:-1].split("\n")
    known = {(key.name, key.id) for key in keys}
    signed = zip(Note.read(note).signatures, lines, strict=True)
    return [(name, f"{line}\n") for (name, raw), line in signed if (name, raw[:4]) in known]


def tiles_of(connection: Connection[DictRow]) -> Read:
    """Return a reader of tiles; within one question each is fetched once."""
    held: dict[TileId, bytes] = {}

    def read(at: TileId) -> bytes:
        if at not in held:
            row = connection.execute(TILE, at, prepare=True, binary=True).fetchone()
            held[at] = bytes(row["hashes"]) if row else b""
        return held[at]

    return read
