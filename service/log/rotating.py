"""Beginning a new epoch: every key is wrapped anew under a new master key; the old one opens nothing of today's.

At any moment one of the files opens the database: the new key is on disk before the first row is changed, and takes the
old one's place only once all are.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import psycopg

from service.log import durable
from service.log.vault import KEY_BYTES, MasterKey, new_of, old_of

ALONE: Final = "lock table log.person_key in share row exclusive mode"
SEAL: Final = "select sealed_check from log.cell for update"
KEYS: Final = "select key_id, wrapped from log.person_key where wrapped is not null"
REWRAP: Final = "update log.person_key set wrapped = %s where key_id = %s"
RESEAL: Final = "update log.cell set sealed_check = %s"
SHRED: Final = "vacuum full log.person_key"
"""So that no page of the table still holds a key as it was wrapped before."""


def rotate(dsn: str, path: Path) -> int:
    """Wrap every key under a new master key, and put that in the old one's place; return how many there are.

    The old one lies beside it then (``.old``), until `destroy` is called.

    Args:
        dsn: of the tables' owner.
        path: where the master key lies; its folder must be writable.

    Raises:
        MasterKeyError: when no key beside it opens this database.
    """
    with psycopg.connect(dsn) as connection:
        connection.execute(ALONE)
        row = connection.execute(SEAL).fetchone()
        old = MasterKey.load(path, make=False).opening(bytes(row[0]) if row else b"")
        if path.read_bytes() != old.key:  # an earlier call ended between its commit and the change of files
            _change_places(path)
        new_of(path).unlink(missing_ok=True)
        durable.write_once(new_of(path), os.urandom(KEY_BYTES))
        new = MasterKey.load(new_of(path), make=False)
        found = connection.execute(KEYS).fetchall()
        wrapped = [(new.wrap(key_id, old.unwrap(key_id, bytes(key))), key_id) for key_id, key in found]
        with connection.cursor() as cursor:
            cursor.executemany(REWRAP, wrapped)
        connection.execute(RESEAL, (new.seal_check(),))
    _change_places(path)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SHRED)
    return len(wrapped)


def _change_places(path: Path) -> None:
    durable.replace(old_of(path), path.read_bytes())
    new_of(path).replace(path)
    durable.to_disk(path.parent)


def destroy(path: Path) -> bool:
    """Overwrite and remove the old master key beside this one; return whether there was one."""
    old = old_of(path)
    if not old.exists():
        return False
    with old.open("r+b") as file:
        file.write(os.urandom(old.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    old.unlink()
    durable.to_disk(path.parent)
    return True
