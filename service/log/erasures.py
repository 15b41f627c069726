"""What was erased or redacted, in a list kept outside the database: no backup brings it back.

One JSON line an erased key (its id), a text that is gone while its key lives (the SHA-256 of its ciphertext, and where
it stood) or such a file (the SHA-256 of its content, and the key). No personal text. The database's own rows are the
truth; the list outlives them.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from psycopg import Connection

from service.log import durable
from service.log.manifest import BackupRefusedError

LOGGER: Final = logging.getLogger("kurslog")
EVERY_SECONDS: Final = 5.0
CELL: Final = "select id::text as cell from log.cell"
ERASED: Final = "select key_id as key from log.person_key where wrapped is null order by key_id"
REDACTED: Final = "select encode(commitment, 'hex') as text, position from log.redacted order by position, field"
FILES: Final = (
    "select encode(sha256, 'hex') as file, key_id as under from log.erased_file order by process, sha256, key_id"
)
HOW_MANY: Final = (
    "select (select count(*) from log.redacted) + (select count(*) from log.person_key where wrapped is null) + "
    "(select count(*) from log.erased_file) as n"
)
HAS_REDACTED: Final = "select to_regclass('log.redacted') is not null as has"
HAS_ERASED_FILES: Final = "select to_regclass('log.erased_file') is not null as has"
FORGET_KEYS: Final = "update log.person_key set wrapped = null where key_id = any(%s) and wrapped is not null"
BAR_KEYS: Final = (
    "insert into log.person_key (key_id, process) select k, split_part(k, '/', 1) from unnest(%s::text[]) k "
    "on conflict do nothing"
)
FORGET_TEXTS: Final = "delete from log.vault where key_id = any(%s)"
REDACT_TEXTS: Final = (
    "with gone as (delete from log.vault where commitment = any(%s) returning position, field, commitment) "
    "insert into log.redacted (position, field, commitment, by_position, by_field) "
    "select position, field, commitment, position, field from gone"
)
"""What replaced the text was written after the backup, and is lost: the text is noted as replaced by nothing."""
FORGET_FILES: Final = "delete from log.file where key_id = any(%s)"
FORGET_FILE: Final = (
    "with named as (select * from unnest(%s::bytea[], %s::text[]) n (sha256, key_id)), noted as ("
    "insert into log.erased_file (process, sha256, key_id) "
    "select split_part(key_id, '/', 1), sha256, key_id from named on conflict do nothing) "
    "delete from log.file f using named n where f.sha256 = n.sha256 and f.key_id = n.key_id"
)
FORGET_WAITING: Final = "update log.quarantine set cipher = null where key_id = any(%s) and cipher is not null"


class Erasure(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: a key that was erased, or a text or a file that went while its key lives."""

    cell: str
    key: str = ""
    """The id of the key."""
    text: str = ""
    """The SHA-256 of the ciphertext, in hex."""
    position: int = 0
    """Where the text stood."""
    file: str = ""
    """The SHA-256 of the file, in hex."""
    under: str = ""
    """The id of the key it lay under."""


DECODER: Final = msgspec.json.Decoder(Erasure)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was deleted again: keys, texts and files."""

    keys: int
    texts: int
    files: int


def erasures_of(connection: Connection[Any]) -> list[Erasure]:
    """Return what the database knows to be erased or redacted; rows of the connection are dictionaries."""
    cell = _first(connection, CELL)
    found = [Erasure(cell, key=row["key"]) for row in connection.execute(ERASED)]
    if _first(connection, HAS_REDACTED):
        found += [Erasure(cell, text=row["text"], position=row["position"]) for row in connection.execute(REDACTED)]
    if _first(connection, HAS_ERASED_FILES):
        found += [Erasure(cell, file=row["file"], under=row["under"]) for row in connection.execute(FILES)]
    return found


def replay_erasures(connection: Connection[Any], erasures: Iterable[Erasure]) -> Replayed:
    """Delete from this cell, in the caller's transaction, what the list names; other cells' lines are passed over.

    An erased key stays barred, also where it is not known yet: nothing is written under it any more.
    """
    cell = _first(connection, CELL)
    mine = [one for one in erasures if one.cell == cell]
    keys = [one.key for one in mine if one.key]
    texts = [bytes.fromhex(one.text) for one in mine if one.text]
    forgotten = connection.execute(FORGET_KEYS, (keys,)).rowcount
    connection.execute(BAR_KEYS, (keys,))
    connection.execute(FORGET_WAITING, (keys,))
    gone = connection.execute(FORGET_TEXTS, (keys,)).rowcount + connection.execute(REDACT_TEXTS, (texts,)).rowcount
    files = [(bytes.fromhex(one.file), one.under) for one in mine if one.file]
    dropped = connection.execute(FORGET_FILE, ([sha256 for sha256, _ in files], [key for _, key in files])).rowcount
    return Replayed(forgotten, gone, dropped + connection.execute(FORGET_FILES, (keys,)).rowcount)


def _first(connection: Connection[Any], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return next(iter(row.values())) if row else None


# ------------------------------------------------------------------ the list
def read_list(path: Path) -> list[Erasure]:
    """Return the lines of a list; none when there is no such file.

    Raises:
        BackupRefusedError: when it holds something else.
    """
    if not path.exists():
        return []
    try:
        found = DECODER.decode_lines(path.read_bytes())
        for one in found:
            bytes.fromhex(one.text + one.file)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BackupRefusedError("erasures-damaged", file=path) from error
    return found


def lines_of(erasures: Iterable[Erasure]) -> bytes:
    """Return a list as it is written."""
    return b"".join(msgspec.json.encode(one) + b"\n" for one in erasures)


def union(*lists: Iterable[Erasure]) -> list[Erasure]:
    """Return all lines once, in order."""
    return list(dict.fromkeys(one for each in lists for one in each))


def keep(path: Path, erasures: Iterable[Erasure]) -> list[Erasure]:
    """Add to the list what it lacks, and return all of it; the file is there afterwards, whole and on disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        before = read_list(path)
        after = union(before, erasures)
        if after != before or not path.exists():
            durable.replace(path, lines_of(after))
    return after


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the list meanwhile: the worker and a backup may both write it."""
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def keeping(
    connect: Callable[[], contextlib.AbstractContextManager[Connection[Any]]], path: Path
) -> Callable[[], None]:
    """Return what adds to the list what is new, each time; a list that cannot be written stops nobody, and is said."""
    known = -1

    def look() -> None:
        nonlocal known
        with connect() as connection:
            count = _first(connection, HOW_MANY)
            if count == known:
                return
            found = erasures_of(connection)
        try:
            keep(path, found)
        except (OSError, BackupRefusedError) as error:
            LOGGER.warning("the list of erasures %s cannot be written: %s", path, error)
        else:
            known = count

    return look
