"""The ledger in the database: tiles and checkpoints, written by the signer and read by whoever wants a proof."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, dict_row

from service.ledger.notes import Signer
from service.ledger.tree import (
    Read,
    TileId,
    consistency_proof,
    entry_bytes,
    grow,
    inclusion_proof,
    last_tiles,
    nodes_of,
    root,
)
from service.ledger.verify import Checkpoint, Key, Note, Proof, ProofError, leaf_hash, open_checkpoint
from service.log.keyfile import write_once

PAGE: Final = 20_000
"""How many events a checkpoint takes in at most, so that a long log is signed in steps."""
TIMEOUTS: Final = "set lock_timeout = '5s'; set statement_timeout = '60s'; set time zone 'UTC'"
COVERED: Final = "notification_id, originator_id, originator_version, topic, process, subject, event_id::text as event_id, recorded_at, state"
ENTRIES: Final = f"select {COVERED} from log.event where notification_id > %s order by notification_id limit %s"
ENTRY: Final = f"select {COVERED} from log.event where notification_id = %s"
TILE: Final = "select hashes from ledger.tile where level = %s and place = %s"
KEEP_TILE: Final = (
    "insert into ledger.tile (level, place, hashes) values (%s, %s, %s) "
    "on conflict (level, place) do update set hashes = excluded.hashes"
)
SIGNED: Final = "select size, root, note from ledger.checkpoint where size <= %s order by size desc limit 1"
COSIGNED: Final = "select line from ledger.cosignature where size = %s order by witness"
KEEP_SIGNED: Final = "insert into ledger.checkpoint (size, root, note) values (%s, %s, %s)"
KEEP_COSIGNED: Final = (
    "insert into ledger.cosignature (size, witness, line, witnessed_at) values (%s, %s, %s, to_timestamp(%s)) "
    "on conflict (size, witness) do nothing"
)
ONE_SIGNER: Final = "select pg_advisory_xact_lock(771, 6)"
ANY_SIZE: Final = 2**62

Connect = Callable[[], contextlib.AbstractContextManager[Connection[DictRow]]]


class UnsignedError(Exception):
    """No checkpoint covers this position yet. Try again in a moment: the signer follows the log."""


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
        return Signed(Checkpoint.read(Note.read(row["note"]).text), row["note"] + "".join(lines))

    def tile(self, at: TileId) -> bytes:
        """Return the hashes of a tile; empty when there is none."""
        with self._connect() as connection:
            return _tiles(connection)(at)

    def entry(self, position: int) -> bytes:
        """Return what the ledger covers of the event at a position.

        Raises:
            LookupError: when there is none.
        """
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
            path = inclusion_proof(position - 1, signed.checkpoint.size, nodes_of(_tiles(connection)))
        return Proof(position - 1, tuple(path), signed.note, entry if with_entry else b"")

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the log of ``new`` events begins with the log of ``old``.

        Raises:
            UnsignedError: when fewer than ``new`` are signed. ProofError: when ``old`` is not before ``new``.
        """
        signed = self.signed()
        if new > (signed.checkpoint.size if signed else 0):
            raise UnsignedError(str(new))
        with self._connect() as connection:
            return consistency_proof(old, new, nodes_of(_tiles(connection)))

    def cosign(self, note: str, key: Key, witnesses: Sequence[Key]) -> list[str]:
        """Keep the cosignatures on a checkpoint of ours, and return the names of those who signed.

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
        lines = {line.split(" ")[1]: line for line in note.rpartition("\n\n")[2].splitlines(keepends=True)}
        with self._connect() as connection:
            for name, moment in cosigners.items():
                connection.execute(KEEP_COSIGNED, (checkpoint.size, name, lines[name], moment))
        return sorted(cosigners)


def _tiles(connection: Connection[DictRow]) -> Read:
    """Return a reader of tiles; within one question each is fetched once."""
    held: dict[TileId, bytes] = {}

    def read(at: TileId) -> bytes:
        if at not in held:
            row = connection.execute(TILE, at, prepare=True, binary=True).fetchone()
            held[at] = bytes(row["hashes"]) if row else b""
        return held[at]

    return read


class Signing:
    """Follows the log and signs it: the only one that holds the key.

    What was signed last also lies in a file beside the key. If the database ever holds less than that, or something
    else, it was cut, restored or rewritten; then nothing more is signed.
    """

    def __init__(self, dsn: str, signer: Signer, last: Path) -> None:
        self._dsn = dsn
        self._signer = signer
        self._last = last

    def step(self) -> Checkpoint | None:
        """Take in the next events, write tiles and checkpoint together; None when there is nothing new.

        Raises:
            ForkError: when the database does not hold what was signed before.
        """
        with self._connected() as connection, connection.transaction():
            connection.execute(ONE_SIGNER)
            size = self._standing(connection)
            rows = connection.execute(ENTRIES, (size, PAGE), binary=True).fetchall()
            if not rows:
                return None
            if rows[-1]["notification_id"] != size + len(rows):
                raise ForkError(f"The log has a hole after position {size}. Restore the latest backup.")
            checkpoint = self._grown(connection, size, [leaf_hash(entry_of(row)) for row in rows])
            note = self._signer.sign(checkpoint)
            connection.execute(KEEP_SIGNED, (checkpoint.size, checkpoint.root, note))
        self._remember(note)
        return checkpoint

    def _grown(self, connection: Connection[DictRow], size: int, leaves: Sequence[bytes]) -> Checkpoint:
        read = _tiles(connection)
        before = {at: hashes for at in last_tiles(size) if (hashes := read(at))}
        tiles = dict(before)
        size = grow(size, leaves, tiles)
        for at, hashes in tiles.items():
            if before.get(at) != hashes:
                connection.execute(KEEP_TILE, (*at, hashes))
        return Checkpoint(self._signer.name, size, root(size, nodes_of(_tiles(connection))))

    def _standing(self, connection: Connection[DictRow]) -> int:
        """Return how much is signed, once it is sure that the database holds it."""
        row = connection.execute(SIGNED, (ANY_SIZE,)).fetchone()
        size = int(row["size"]) if row else 0
        head = connection.execute("select coalesce(max(notification_id), 0) as head from log.event").fetchone()
        if head is None or head["head"] < size:
            raise ForkError(f"The log was cut: {size} events were signed, and fewer are there. Restore the backup.")
        if self._last.exists():
            last, _ = open_checkpoint(self._last.read_text("utf-8"), self._signer.key)
            if last.size > size or root(last.size, nodes_of(_tiles(connection))) != last.root:
                raise ForkError(
                    f"The database does not hold the {last.size} events that were signed last: it was cut, restored or "
                    "rewritten. Run kurslog verify. To go on from a backup, begin a new ledger: another "
                    "KURSLOG_LEDGER_ORIGIN and a new signer key."
                )
        return size

    def _remember(self, note: str) -> None:
        part = self._last.with_suffix(".part")
        part.write_text(note, "utf-8")
        part.replace(self._last)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Connection[DictRow]]:
        with psycopg.connect(self._dsn, autocommit=True, row_factory=dict_row) as connection:
            connection.execute(TIMEOUTS)
            yield connection


def load_signer(path: Path, origin: str, *, make: bool = True) -> Signer:
    """Return the log's key from its file; where there is none, make it.

    Its public half is written beside it, with the ending ``.pub``: what others verify with.

    Raises:
        ProofError: when the file holds no key. FileNotFoundError: when there is none and none may be made.
    """
    if make and not path.exists():
        write_once(path, f"{Signer.make(origin)}\n".encode())
    signer = Signer.read(path.read_text("utf-8"))
    public = path.with_suffix(".pub")
    if not public.exists():
        public.write_text(f"{signer.key}\n", "utf-8")
    return signer
