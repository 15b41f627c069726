"""Restoring a backup: into an empty database, in one transaction, and proven before it is kept."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from service.ledger.tree import Frontier
from service.ledger.verify import EMPTY_ROOT, Checkpoint, Key, Note, ProofError, leaf_hash, open_checkpoint
from service.log.erasures import Erasure, Replayed, replay_erasures
from service.log.ledger import ENTRIES, PAGE, entry_of
from service.log.manifest import CHUNK, SCHEMAS, BackupRefusedError, Manifest, Table, refusing
from service.log.migrate import LOCK, migrate_within

BOUNDS: Final = "set lock_timeout = '5s'; set statement_timeout = 0; set time zone 'UTC'"
OURS: Final = "select to_regclass('public.kurslog_migration') is not null and to_regclass('log.event') is not null"
TAKEN: Final = "select exists (select from pg_namespace where nspname in ('log', 'read', 'access', 'ledger'))"
USED: Final = "select exists (select from log.event) or exists (select from log.person_key)"
CLEAR: Final = (
    "drop schema if exists read cascade; drop schema if exists access cascade; drop schema if exists ledger cascade; "
    "drop schema log cascade; drop table public.kurslog_migration"
)
TABLES: Final = (
    "select table_schema || '.' || table_name from information_schema.tables "
    "where table_schema = any(%s) and table_type = 'BASE TABLE'"
)
SIGNED: Final = "select size, root from ledger.checkpoint order by size"
TIDY: Final = SQL("vacuum (analyze) {}")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What was kept outside the backup: a checkpoint, the key it is verified with, and whether a loss is accepted."""

    checkpoint: str = ""
    key: Key | None = None
    accept_loss: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and what was proven of it."""

    events: int
    root: bytes
    covered: int
    """How many the backup's own checkpoint covers."""
    kept: int
    """How many the checkpoint kept elsewhere covers; more than ``events`` when a loss was accepted."""
    replayed: Replayed


def trusted(manifest: Manifest, elsewhere: Elsewhere) -> tuple[Checkpoint | None, Checkpoint | None]:
    """Return the backup's own checkpoint and the one kept elsewhere, once their signatures hold.

    Raises:
        BackupRefusedError: when one is no checkpoint of this log, or entries would be lost.
    """
    key = elsewhere.key or (Key.read(manifest.verifier) if manifest.verifier else None)
    own = _opened(manifest.checkpoint, key, "backup-not-ours")
    kept = _opened(elsewhere.checkpoint, key, "checkpoint-not-ours")
    if kept and kept.size > manifest.head and not elsewhere.accept_loss:
        raise BackupRefusedError("loss", head=manifest.head, kept=kept.size, lost=kept.size - manifest.head)
    return own, kept


def _opened(note: str, key: Key | None, rule: str) -> Checkpoint | None:
    if not note:
        return None
    try:
        return open_checkpoint(note, key)[0] if key else Checkpoint.read(Note.read(note).text)
    except ProofError as error:
        raise BackupRefusedError(rule) from error


@refusing()
def restore(
    dsn: str,
    folder: Path,
    manifest: Manifest,
    elsewhere: Elsewhere,
    erasures: Iterable[Erasure],
    told: Callable[[int], None],
) -> Restored:
    """Load a backup whose files were checked, bring it up to date, prove it, and delete again what was erased.

    All in one transaction: whatever goes wrong, the database is as empty as before.

    Args:
        dsn: of who is to own the tables.
        folder: the backup.
        manifest: what it says of itself.
        elsewhere: what was kept outside it.
        erasures: what must not come back.
        told: told how many rows were loaded, then how many events proven.

    Raises:
        BackupRefusedError: when the database is not empty, or the log is not the one that was signed.
    """
    own, kept = trusted(manifest, elsewhere)
    with psycopg.connect(dsn) as connection:
        connection.execute(BOUNDS)
        connection.execute("select pg_advisory_xact_lock(%s, %s)", LOCK)
        _clear(connection)
        migrate_within(connection, manifest.migrations)
        _load(connection, folder, manifest.tables, told)
        migrate_within(connection)
        connection.row_factory = dict_row  # type: ignore[assignment]
        root = _prove(connection, manifest, [one for one in (own, kept) if one], told)
        replayed = replay_erasures(connection, erasures)
    _tidy(dsn, manifest.tables)
    return Restored(manifest.head, root, own.size if own else 0, kept.size if kept else 0, replayed)


def _yes(connection: Connection[Any], query: str) -> bool:
    row = connection.execute(query.encode()).fetchone()
    return bool(row and row[0])


def _clear(connection: Connection[Any]) -> None:
    """Make room in a database that is empty, or was begun and never written to."""
    if _yes(connection, OURS) and not _yes(connection, USED):
        connection.execute(CLEAR)
    if _yes(connection, TAKEN):
        raise BackupRefusedError("not-empty")


def _load(connection: Connection[Any], folder: Path, tables: Sequence[Table], told: Callable[[int], None]) -> None:
    there = {row[0] for row in connection.execute(TABLES, (list(SCHEMAS),))}
    if there != {table.name for table in tables}:
        raise BackupRefusedError("other-tables", names=", ".join(sorted(there ^ {table.name for table in tables})))
    connection.execute(SQL("truncate {}").format(SQL(", ").join(_named(table) for table in tables)))
    done = 0
    for table in tables:
        columns = SQL(", ").join(Identifier(column) for column in table.columns)
        query = SQL("copy {} ({}) from stdin").format(_named(table), columns)
        with connection.cursor() as cursor, gzip.open(folder / table.file) as packed:
            with cursor.copy(query) as copy:
                while chunk := packed.read(CHUNK):
                    copy.write(chunk)
                    done += chunk.count(b"\n")
                    told(done)
            if cursor.rowcount != table.rows:
                raise BackupRefusedError("damaged", file=folder / table.file)


def _named(table: Table) -> Identifier:
    return Identifier(*table.name.split("."))


def _prove(
    connection: Connection[Any], manifest: Manifest, checkpoints: Sequence[Checkpoint], told: Callable[[int], None]
) -> bytes:
    """Work the tree out anew from the rows, hold it against every checkpoint, and return its root.

    Raises:
        BackupRefusedError: at the first size at which they differ, or where the log has a hole.
    """
    signed = {row["size"]: bytes(row["root"]) for row in connection.execute(SIGNED)}
    claims = [*signed.items(), *((one.size, one.root) for one in checkpoints if one.size <= manifest.head)]
    roots = _roots(connection, {size for size, _ in claims}, lambda n: told(sum(t.rows for t in manifest.tables) + n))
    if max(roots) != manifest.head:
        raise BackupRefusedError("hole", position=max(roots))
    for size, root in sorted(claims):
        if roots.get(size) != root:
            raise BackupRefusedError("other-root", size=size)
    return roots[manifest.head]


def _roots(connection: Connection[Any], sizes: set[int], told: Callable[[int], None]) -> Mapping[int, bytes]:
    """Return the roots at these sizes and at the end; nothing after a hole."""
    tree, roots = Frontier(), {0: EMPTY_ROOT}
    while rows := connection.execute(ENTRIES, (tree.size, PAGE), binary=True).fetchall():
        for row in rows:
            if row["notification_id"] != tree.size + 1:
                raise BackupRefusedError("hole", position=tree.size)
            tree.add(leaf_hash(entry_of(row)))
            if tree.size in sizes:
                roots[tree.size] = tree.root()
        told(tree.size)
    return {**roots, tree.size: tree.root()}


def _tidy(dsn: str, tables: Sequence[Table]) -> None:
    """Let PostgreSQL reuse what was deleted again, and look at what came in."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for table in tables:
            connection.execute(TIDY.format(_named(table)))
