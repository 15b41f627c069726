"""A backup's folder: its manifest, what is refused of it, and its files held against their sums.

``manifest.json`` says what the folder holds. Beside it lies a file a table, ``schema.table.copy.gz``: PostgreSQL's
COPY in text form, which every later version reads, ordered by key. ``erasures.ndjson`` names what must not come back.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec
import psycopg

from service.log.migrate import migrations

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
ERASURES: Final = "erasures.ndjson"
SCHEMAS: Final = ("log", "ledger")
"""What a backup holds. ``read`` is rebuilt; ``access`` is left out, so that no old backup lets anybody in."""
CHUNK: Final = 2**20


class BackupRefusedError(Exception):
    """A backup was not made, or not restored: ``rule`` names why, ``facts`` fill the sentence. Nothing was changed."""

    def __init__(self, rule: str, **facts: object) -> None:
        self.rule = rule
        self.facts = facts
        super().__init__(rule)


class Stored(msgspec.Struct, frozen=True):
    """A file of the backup, as it lies on disk."""

    size_bytes: int
    sha256: str


class Table(msgspec.Struct, frozen=True):
    """A table of the backup."""

    name: str
    columns: tuple[str, ...]
    rows: int
    stored: Stored

    @property
    def file(self) -> str:
        """The name of its file."""
        return file_of(self.name)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds, and which log it is of."""

    format: int
    kurslog: str
    postgresql: str
    cell: str
    sealed_check: str
    """The known word under the master key, in hex: another key is noticed before anything is loaded."""
    operator: str
    """The account that the command line records as."""
    migrations: tuple[str, ...]
    head: int
    """How many events: the positions 1 to head."""
    covered: int
    """How many of them the latest checkpoint covers."""
    checkpoint: str
    """Its note with all signatures; empty when nothing was signed."""
    verifier: str
    """The public half of the signer's key, where it could be read."""
    tables: tuple[Table, ...]
    """In an order in which each refers to earlier ones only."""
    erasures: Stored
    started: str
    finished: str

    def files(self) -> Iterator[tuple[str, Stored]]:
        """Yield the files by name."""
        yield ERASURES, self.erasures
        for table in self.tables:
            yield table.file, table.stored


class _Form(msgspec.Struct):
    format: int


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """Turn what PostgreSQL refuses for want of rights into a refusal of ours."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise BackupRefusedError("not-owner") from error


def file_of(table: str) -> str:
    """Return the name of a table's file."""
    return f"{table}.copy.gz"


def read_manifest(folder: Path) -> Manifest:
    """Return what a backup says of itself.

    Raises:
        BackupRefusedError: when it is none, damaged, or written by a newer Kurslog.
    """
    try:
        said = (folder / MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BackupRefusedError("no-backup", folder=folder) from error
    try:
        if msgspec.json.decode(said, type=_Form).format > FORMAT:
            raise BackupRefusedError("newer-format", folder=folder)
        manifest = msgspec.json.decode(said, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BackupRefusedError("damaged", file=folder / MANIFEST) from error
    if unknown := sorted(set(manifest.migrations) - set(migrations())):
        raise BackupRefusedError("newer-migrations", version=manifest.kurslog, names=", ".join(unknown))
    return manifest


def check_files(folder: Path, manifest: Manifest, told: Callable[[int], None]) -> None:
    """Make sure that every file is there, byte for byte.

    Args:
        folder: the backup.
        manifest: what it says of itself.
        told: told how many bytes were read.

    Raises:
        BackupRefusedError: when one is missing or was changed.
    """
    done = 0
    for name, stored in manifest.files():
        path, digest, size = folder / name, hashlib.sha256(), 0
        if not path.is_file():
            raise BackupRefusedError("missing", file=path)
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                told(done + size)
        if Stored(size, digest.hexdigest()) != stored:
            raise BackupRefusedError("damaged", file=path)
        done += size
