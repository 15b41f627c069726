"""The signer: follows the log, writes its tiles and signs its checkpoints."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, dict_row

from service.ledger.notes import Signer
from service.ledger.tree import grow, last_tiles, nodes_of, root
from service.ledger.verify import Checkpoint, leaf_hash, open_checkpoint
from service.log import durable
from service.log.ledger import ANY_SIZE, ENTRIES, HEAD, PAGE, SIGNED, ForkError, entry_of, tiles_of

LOGGER: Final = logging.getLogger("kurslog")
SIGNS_EVERY_SECONDS: Final = 1.0
TIMEOUTS: Final = "set lock_timeout = '5s'; set statement_timeout = '60s'; set time zone 'UTC'; set kurslog.scope = '/'"
"""The signer's scope is the whole log: what it writes are hashes."""
KEEP_TILE: Final = (
    "insert into ledger.tile (level, place, hashes) values (%s, %s, %s) "
    "on conflict (level, place) do update set hashes = excluded.hashes"
)
KEEP_SIGNED: Final = "insert into ledger.checkpoint (size, root, note) values (%s, %s, %s)"
ONE_SIGNER: Final = "select pg_advisory_xact_lock(771, 6)"


class Signing:
    """Signs the log: the only one that holds the key.

    What is about to be signed is first written to a file beside the key. Whatever happens then, nothing else of that
    size is ever signed: after a crash the same checkpoint is signed again, and a database that does not hold what the
    file says was cut, restored or rewritten.
    """

    def __init__(self, dsn: str, signer: Signer, last: Path) -> None:
        self.dsn = dsn
        self._signer = signer
        self._last = last
        self._forked = False

    def follow(self) -> bool:
        """Sign what is new, and return whether there was any; after a fork, which is said once, sign nothing more."""
        if self._forked:
            return False
        try:
            return self.step() is not None
        except ForkError as error:
            self._forked = True
            LOGGER.critical("NOTHING MORE IS SIGNED: %s", error)
            return False

    def step(self) -> Checkpoint | None:
        """Take in the next events, write tiles and checkpoint together; None when there is nothing new.

        Raises:
            ForkError: when the database does not hold what was signed before.
        """
        with self._connected() as connection, connection.transaction():
            connection.execute(ONE_SIGNER)
            size, promised = self._standing(connection)
            most = promised.size - size if promised else PAGE
            leaves = _leaves(connection, size, most)
            if not leaves:
                return None
            checkpoint = self._grown(connection, size, leaves)
            if promised and checkpoint != promised:
                raise self._fork(promised)
            note = self._signer.sign(checkpoint)
            durable.replace(self._last, note.encode())  # the promise, before anybody can see the checkpoint
            connection.execute(KEEP_SIGNED, (checkpoint.size, checkpoint.root, note))
        return checkpoint

    def _grown(self, connection: Connection[DictRow], size: int, leaves: Sequence[bytes]) -> Checkpoint:
        read = tiles_of(connection)
        before = {at: hashes for at in last_tiles(size) if (hashes := read(at))}
        tiles = dict(before)
        size = grow(size, leaves, tiles)
        for at, hashes in tiles.items():
            if before.get(at) != hashes:
                connection.execute(KEEP_TILE, (*at, hashes))
        return Checkpoint(self._signer.name, size, root(size, nodes_of(tiles_of(connection))))

    def _standing(self, connection: Connection[DictRow]) -> tuple[int, Checkpoint | None]:
        """Return how much is signed, once it is sure that the database holds it.

        Beside it what was about to be signed next when a signer ended: that, and nothing else, comes next.
        """
        row = connection.execute(SIGNED, (ANY_SIZE,)).fetchone()
        size = int(row["size"]) if row else 0
        head = connection.execute(HEAD).fetchone()
        if head is None or head["head"] < size:
            raise ForkError(f"The log was cut: {size} events were signed, and fewer are there. Restore the backup.")
        if not self._last.exists():
            return size, None
        last, _ = open_checkpoint(self._last.read_text("utf-8"), self._signer.key)
        if head["head"] < last.size:
            raise self._fork(last)
        if last.size > size:
            return size, last
        if root(last.size, nodes_of(tiles_of(connection))) != last.root:
            raise self._fork(last)
        return size, None

    def _fork(self, last: Checkpoint) -> ForkError:
        return ForkError(
            f"The database does not hold the {last.size} events that were signed last: it was cut, restored or "
            "rewritten. Run kurslog verify. To go on from a backup, begin a new ledger: another "
            "KURSLOG_LEDGER_ORIGIN and a new signer key."
        )

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Connection[DictRow]]:
        with psycopg.connect(self.dsn, autocommit=True, row_factory=dict_row) as connection:
            connection.execute(TIMEOUTS)
            yield connection


def _leaves(connection: Connection[DictRow], size: int, most: int) -> list[bytes]:
    """Return the hashes of the events after a position: few as a rule, after a restore all that were promised.

    Raises:
        ForkError: when a position is missing.
    """
    leaves: list[bytes] = []
    with connection.cursor("entries", row_factory=dict_row) as rows:
        for row in rows.execute(ENTRIES, (size, most), binary=True):
            leaves.append(leaf_hash(entry_of(row)))
            if row["notification_id"] != size + len(leaves):
                raise ForkError(
                    f"The log has a hole after position {size + len(leaves) - 1}. Restore the latest backup."
                )
    return leaves


def cell_of(dsn: str) -> str:
    """Return the id of the log's cell; this takes no master key."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select id from log.cell").fetchone()
    return str(row[0]) if row else ""


def load_signer(path: Path, origin: str, *, make: bool = True) -> Signer:
    """Return the log's key from its file; where there is none, make it.

    Its public half is written beside it, with the ending ``.pub``: what others verify with.

    Raises:
        ProofError: when the file holds no key. FileNotFoundError: when there is none and none may be made.
    """
    if make and not path.exists():
        durable.write_once(path, f"{Signer.make(origin)}\n".encode())
    signer = Signer.read(path.read_text("utf-8"))
    public = path.with_suffix(".pub")
    if not public.exists():
        public.write_text(f"{signer.key}\n", "utf-8")
    return signer
