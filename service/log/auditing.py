"""Auditing the database: every row as it is stored, against tiles and checkpoints, two processes at it for a long log."""

from __future__ import annotations

import contextlib
import heapq
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import psycopg
from psycopg import Connection, IsolationLevel
from psycopg.rows import DictRow, dict_row

from service.ledger.auditing import UNREADABLE, Audit, Wrong
from service.ledger.tree import Read, TileId, entry_bytes
from service.ledger.verify import Checkpoint, Key, ProofError, leaf_hash, open_checkpoint
from service.log.ledger import COVERED, TILE, Ledger

BLOCK: Final = 1 << 14
PROCESSES: Final = 2
COLUMNS: Final = ("int8", "text", "int8", "text", "text", "text", "text", "int8", "bytea")
ROWS: Final = (
    f"copy (select {COVERED} from log.event where notification_id > %s and notification_id <= %s "
    "order by notification_id) to stdout (format binary)"
)
STANDING: Final = (
    "select coalesce(max(notification_id), 0) as head, coalesce(min(notification_id), 1) as first, "
    "(select coalesce(max(size), 0) from ledger.checkpoint) as signed from log.event"
)
HOLE: Final = (
    "select min(n) as hole from (select 1 as n where not exists (select from log.event where notification_id = 1) "
    "union all (select notification_id + 1 from log.event e where notification_id > 0 and not exists "
    "(select from log.event f where f.notification_id = e.notification_id + 1) order by 1 limit 1)) x"
)
CHECKPOINTS: Final = "select size, root, note from ledger.checkpoint order by size"
SEALED: Final = "select notification_id, state from log.event where notification_id > %s and notification_id <= %s order by notification_id"
VAULT: Final = "select position, field, encode(sha256(cipher), 'hex') as commitment from log.vault where position > %s and position <= %s"
GONE: Final = "select position, field from log.redacted where position > %s and position <= %s"
ERASED: Final = "select key_id from log.person_key where wrapped is null"


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit of the whole log found."""

    events: int
    signed: Checkpoint | None
    """The latest checkpoint whose signature holds."""
    witnesses: dict[str, int | None]
    """Who cosigned it, and when, in seconds since 1970."""
    wrong: Wrong | None


def audit(
    dsn: str,
    key: Key | None,
    *,
    witnesses: Sequence[Key] = (),
    elsewhere: Sequence[Checkpoint] = (),
    told: Callable[[int], None] = lambda _: None,
) -> Audited:
    """Grow the whole tree anew from the rows, and hold it against tiles, checkpoints, and those held elsewhere.

    Args:
        dsn: of whoever may read log and ledger.
        key: what the checkpoints are verified with; without one none holds.
        witnesses: whose cosignatures on the latest checkpoint are verified, too.
        elsewhere: checkpoints that lay outside the database; their signatures were verified.
        told: told how many entries are done.
    """
    with _snapshot(dsn) as connection:
        standing = _one(connection, STANDING)
        dense = _one(connection, HOLE)["hole"] - 1
        notes = _Notes(key, witnesses)
        held = heapq.merge(notes.opened(connection), sorted(elsewhere, key=_size), key=_size)
        found = Audit(standing["signed"], _kept(connection), held)
        for leaves in _blocks(dsn, dense):
            found.take(leaves)
            told(found.size)
        wrong = [found.wrong(), *_holes(standing, dense)]
        cosigners = notes.cosigners(Ledger(lambda: contextlib.nullcontext(connection)))
        first = min([one for one in [*wrong, notes.wrong] if one], key=lambda one: one.until, default=None)
    return Audited(standing["head"], notes.latest, cosigners, first)


@contextlib.contextmanager
def _snapshot(dsn: str) -> Iterator[Connection[DictRow]]:
    """Yield a connection that sees one moment, however the log grows meanwhile."""
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("set row_security = off")  # who is not shown every row is refused, and judges nothing
        yield connection


def _one(connection: Connection[DictRow], query: str) -> DictRow:
    return connection.execute(query.encode()).fetchone() or {}


def _size(checkpoint: Checkpoint) -> int:
    return checkpoint.size


def _holes(standing: DictRow, dense: int) -> Iterator[Wrong]:
    if standing["first"] < 1:
        yield Wrong("entry-added", standing["first"], standing["first"])
    if dense < standing["head"]:
        yield Wrong("entry-missing", dense + 1, dense + 1)


class _Notes:
    """The checkpoints that were kept, as far as their signatures hold."""

    def __init__(self, key: Key | None, witnesses: Sequence[Key]) -> None:
        self._key = key
        self._witnesses = witnesses
        self.latest: Checkpoint | None = None
        self.wrong: Wrong | None = None

    def opened(self, connection: Connection[DictRow]) -> Iterator[Checkpoint]:
        """Yield them, smallest first; the first that was changed is remembered."""
        with connection.cursor("checkpoints") as cursor:
            cursor.itersize = BLOCK
            for row in cursor.execute(CHECKPOINTS, binary=True):
                checkpoint = self._opened(row["note"])
                if checkpoint is None or (checkpoint.size, checkpoint.root) != (row["size"], bytes(row["root"])):
                    self.wrong = self.wrong or Wrong("checkpoint-changed", row["size"], row["size"])
                else:
                    self.latest = checkpoint
                    yield checkpoint

    def _opened(self, note: str) -> Checkpoint | None:
        with contextlib.suppress(ProofError):
            return open_checkpoint(note, self._key)[0] if self._key else None
        return None

    def cosigners(self, ledger: Ledger) -> dict[str, int | None]:
        """Return who cosigned the latest of them."""
        signed = ledger.signed(self.latest.size) if self.latest else None
        if signed is None or self._key is None:
            return {}
        try:
            return open_checkpoint(signed.note, self._key, self._witnesses)[1]
        except ProofError:
            self.wrong = self.wrong or Wrong("cosignature-changed", signed.checkpoint.size, signed.checkpoint.size)
            return {}


def _kept(connection: Connection[DictRow]) -> Read:
    def read(at: TileId) -> bytes:
        row = connection.execute(TILE, at, prepare=True, binary=True).fetchone()
        return bytes(row["hashes"]) if row else b""

    return read


def _blocks(dsn: str, head: int) -> Iterator[bytes]:
    """Yield the leaf hashes of the whole log in order, a block at a time."""
    blocks = [(dsn, start, min(start + BLOCK, head)) for start in range(0, head, BLOCK)]
    if len(blocks) <= PROCESSES:
        yield from map(_leaves, blocks)
        return
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = deque(pool.submit(_leaves, block) for block in blocks[: 2 * PROCESSES])
        for block in [*blocks[2 * PROCESSES :], *[None] * len(waiting)]:
            yield waiting.popleft().result()
            if block:
                waiting.append(pool.submit(_leaves, block))


def _leaves(block: tuple[str, int, int]) -> bytes:
    """Return the leaf hashes of one block of rows."""
    dsn, start, stop = block
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor, cursor.copy(ROWS, (start, stop)) as copy:
        copy.set_types(COLUMNS)
        return b"".join(map(_leaf, copy.rows()))


def _leaf(row: tuple[Any, ...]) -> bytes:
    try:
        return leaf_hash(entry_bytes(row[:-1], row[-1]))
    except ProofError:
        return UNREADABLE


# ------------------------------------------------------------------ texts
def audit_texts(dsn: str, told: Callable[[int], None] = lambda _: None) -> Wrong | None:
    """Hold every text of the vault against the commitment in its entry; return the first that is not the one.

    A text may be missing only where it was redacted, or its key erased. No text is decrypted.
    """
    with _snapshot(dsn) as connection:
        head = _one(connection, STANDING)["head"]
        erased = {row["key_id"] for row in connection.execute(ERASED)}
        for start in range(0, head, BLOCK):
            span = (start, min(start + BLOCK, head))
            kept = {(row["position"], row["field"]): row["commitment"] for row in connection.execute(VAULT, span)}
            gone = {(row["position"], row["field"]) for row in connection.execute(GONE, span)}
            said: dict[tuple[int, str], str] = {}
            for row in connection.execute(SEALED, span, binary=True):
                for field, key_id, commitment in _sealed(bytes(row["state"])):
                    place = (row["notification_id"], field)
                    if place in kept or not (place in gone or key_id in erased):
                        said[place] = commitment
            wrong = min(
                (place[0] for place in kept.keys() | said.keys() if kept.get(place) != said.get(place)), default=None
            )
            if wrong:
                return Wrong("text-changed", wrong, wrong)
            told(span[1])
    return None


def _sealed(state: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield the dotted field, key id and commitment of each text of an entry."""
    try:
        data = msgspec.json.decode(state)["data"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return
    waiting: list[tuple[str, Any]] = [("", data)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict) and value.keys() == {"key", "sha256"}:
            yield path.removeprefix("."), value["key"], value["sha256"]
        elif isinstance(value, dict):
            waiting += [(f"{path}.{name}", item) for name, item in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}.{at}", item) for at, item in enumerate(value)]
