"""Backing up: the whole cell from one snapshot into a folder, while writes go on.

The master key and the signer's key are not in it, and texts stay encrypted.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import gzip
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
import psycopg
from psycopg import Connection, IsolationLevel
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Composed, Identifier

from service.log.durable import to_disk
from service.log.erasures import erasures_of, keep, lines_of
from service.log.ledger import Ledger
from service.log.manifest import (
    ERASURES,
    FORMAT,
    MANIFEST,
    SCHEMAS,
    BackupRefusedError,
    Manifest,
    Stored,
    Table,
    file_of,
    refusing,
)
from service.log.migrate import check_known

BOUNDS: Final = "set lock_timeout = '5s'; set time zone 'UTC'; set row_security = off"
"""Whoever is not shown every row is refused: a backup is never less than the whole."""
BEGUN: Final = "select to_regclass('log.event') is not null as begun"
APPLIED: Final = "select name from public.kurslog_migration"
TABLES: Final = """
select n.nspname || '.' || c.relname as name,
    array(select attname::text from pg_attribute a where a.attrelid = c.oid and attnum > 0 and not attisdropped
        and attgenerated = '' order by attnum) as columns,
    array(select a.attname::text from pg_index i, unnest(i.indkey) with ordinality k (at, place), pg_attribute a
        where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and a.attnum = k.at order by place) as key,
    array(select m.nspname || '.' || d.relname from pg_constraint f join pg_class d on d.oid = f.confrelid
        join pg_namespace m on m.oid = d.relnamespace
        where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as needs
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname = any(%s) order by 1
"""
FACTS: Final = (
    "select id::text as cell, coalesce(encode(sealed_check, 'hex'), '') as sealed_check, "
    "current_setting('server_version') as postgresql, "
    "(select coalesce(max(notification_id), 0) from log.event) as head, "
    "to_regclass('ledger.checkpoint') is not null as signed from log.cell"
)
COUNT: Final = SQL("select count(*) as n from {}")
COPY: Final = SQL("copy (select {} from {} order by {}) to stdout")
LEVEL: Final = 1
"""Of packing: hex packs to half at once, and what is encrypted packs no further."""

Progress = Callable[[int], contextlib.AbstractContextManager[Callable[[int], None]]]
"""Given how many there are, what is told how many are done."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside the database: the command line's account, the public key, the list of erasures."""

    operator: str
    verifier: str
    erasures: Path


@refusing()
def back_up(dsn: str, folder: Path, beside: Beside, progress: Progress) -> Manifest:
    """Write the whole cell to a folder, which takes its name only when it is whole; return its manifest.

    Args:
        dsn: of the tables' owner, or of whoever may read them all.
        folder: where; it may not be there yet, or be empty.
        beside: what lies beside the database.
        progress: of rows.

    Raises:
        BackupRefusedError: when the folder is in use, or there is nothing to back up.
        SchemaTooNewError: when a newer Kurslog wrote the database.
    """
    started = _now()
    with _taking_its_name(folder) as part, _snapshot(dsn) as connection:
        if not _one(connection, BEGUN)["begun"]:
            raise BackupRefusedError("nothing-there")
        applied = check_known(row["name"] for row in connection.execute(APPLIED))
        facts = _one(connection, FACTS)
        tables = _copied(connection, part, progress)
        erased = keep(beside.erasures, erasures_of(connection))
        signed = Ledger(lambda: contextlib.nullcontext(connection)).signed() if facts.pop("signed") else None
        manifest = Manifest(
            **facts,
            format=FORMAT,
            kurslog=version("kurslog"),
            operator=beside.operator,
            migrations=tuple(applied),
            covered=signed.checkpoint.size if signed else 0,
            checkpoint=signed.note if signed else "",
            verifier=beside.verifier,
            tables=tuple(tables),
            erasures=_written(part / ERASURES, lines_of(one for one in erased if one.cell == facts["cell"])),
            started=started,
            finished=_now(),
        )
        _written(part / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    return manifest


@contextlib.contextmanager
def _snapshot(dsn: str) -> Iterator[Connection[DictRow]]:
    """Yield a connection that sees one moment of the database, and cannot write."""
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        connection.execute(BOUNDS)
        connection.commit()
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


@contextlib.contextmanager
def _taking_its_name(folder: Path) -> Iterator[Path]:
    """Yield a folder to write to; it is renamed when all went well, and else removed. A killed one is written over."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupRefusedError("folder-in-use", folder=folder)
    part = folder.with_name(f".{folder.name}.part")
    part.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(part, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRefusedError("backup-at-work", folder=folder) from error
        try:
            for stale in part.iterdir():
                stale.unlink()
            yield part
            os.fsync(handle)
            part.rename(folder)
            to_disk(folder.parent)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    finally:
        os.close(handle)


def _copied(connection: Connection[DictRow], folder: Path, progress: Progress) -> list[Table]:
    """Copy every table, those that others refer to first."""
    found = {row["name"]: row for row in connection.execute(TABLES, (list(SCHEMAS),))}
    order = list(TopologicalSorter({name: row["needs"] for name, row in found.items()}).static_order())
    rows = {name: _one(connection, COUNT.format(Identifier(*name.split("."))))["n"] for name in order}
    tables, done = [], 0
    with progress(sum(rows.values())) as told:
        for name in order:
            columns, key = ([Identifier(column) for column in found[name][which]] for which in ("columns", "key"))
            query = COPY.format(SQL(", ").join(columns), Identifier(*name.split(".")), SQL(", ").join(key))
            with (
                _sealed(folder / file_of(name)) as file,
                gzip.GzipFile("", "wb", LEVEL, file, mtime=0) as packed,
                connection.cursor() as cursor,
                cursor.copy(query) as copy,
            ):
                for count, row in enumerate(copy, done + 1):
                    packed.write(row)
                    told(count)
            done += rows[name]
            tables.append(Table(name, tuple(found[name]["columns"]), rows[name], file.stored()))
    return tables


class _Sealed:
    """A file that is summed up while it is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, content: bytes) -> int:
        """Write, and take it into the sum."""
        self._digest.update(content)
        self._size += len(content)
        return self._file.write(content)

    def flush(self) -> None:
        """Hand over what is written."""
        self._file.flush()

    def stored(self) -> Stored:
        """Return what was written."""
        return Stored(self._size, self._digest.hexdigest())


@contextlib.contextmanager
def _sealed(path: Path) -> Iterator[_Sealed]:
    """Yield a new file, for its owner alone; it is on disk afterwards."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        yield _Sealed(file)
        file.flush()
        os.fsync(file.fileno())


def _written(path: Path, content: bytes) -> Stored:
    with _sealed(path) as file:
        file.write(content)
    return file.stored()


def _one(connection: Connection[DictRow], query: str | Composed) -> DictRow:
    return connection.execute(query if isinstance(query, Composed) else query.encode()).fetchone() or {}


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
