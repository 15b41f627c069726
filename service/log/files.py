"""Files beside the log: encrypted, named by the SHA-256 of their content, deletable, one store for all web processes.

A file is sealed under the key of whose it is: the author's of the entry that names it, else a key of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from domain.bounds import DIGEST_PATTERN
from domain.correcting import EventCorrected
from domain.kernel import REGISTRY, Envelope
from domain.shapes import Field, FieldType, fields_of
from service.log.vault import ErasedKeyError, Vault

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from psycopg import Connection
    from psycopg.rows import DictRow

KEEP: Final = (
    "insert into log.file (process, sha256, key_id, media_type, size_bytes, brought_by, cipher) "
    "values (%(process)s, %(sha256)s, %(key_id)s, %(media_type)s, %(size_bytes)s, %(brought_by)s, %(cipher)s) "
    "on conflict (process, sha256, key_id) do update set brought_by = log.file.brought_by || excluded.brought_by "
    "where not log.file.brought_by @> excluded.brought_by"
)
FACTS: Final = (
    "select sha256, media_type, size_bytes, f.brought_by from log.file f join log.person_key k using (key_id) "
    "where f.process = %s and sha256 = any(%s) and k.wrapped is not null"
)
ROWS: Final = "select key_id, media_type, brought_by, cipher from log.file where process = %s and sha256 = %s"
ERASED: Final = "select distinct sha256 from log.erased_file where process = %s and sha256 = any(%s)"
DROP: Final = "delete from log.file where process = %s and sha256 = %s and (%s::text is null or key_id = %s)"
SWEEP: Final = (
    "delete from log.file f where process = %s and kept_at < now() - interval '7 days' "
    "and key_id = process || '/file/' || encode(sha256, 'hex') and not exists "
    "(select from log.event e where e.process = f.process and log.file_in(e.topic, e.state) is not null "
    "and log.file_in(e.topic, e.state) = encode(f.sha256, 'hex'))"
)
"""What nobody named in an entry within a week was left lying by a form that was never sent.

Only what has a key of its own: a file under the key of an author or of a report was handed over when it was named.
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a file without opening it."""

    sha256: str
    media_type: str
    size_bytes: int
    brought_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file, opened."""

    content: bytes
    media_type: str


def files_in(event: Envelope) -> dict[str, str]:
    """Return the files an event names, by field; those a correction brings in, too."""
    if isinstance(event.data, EventCorrected):
        names = {item.name for found in REGISTRY.values() for item in found.fields if item.type is FieldType.FILE}
        return {change.field: change.value for change in event.data.fields if change.field in names and change.value}
    cls: type = type(event.data)
    held = {item.name: getattr(event.data, item.attr) for item in _holding(cls)}
    return {name: value for name, value in held.items() if isinstance(value, str)}


@cache
def _holding(cls: type) -> tuple[Field, ...]:
    return tuple(item for item in fields_of(cls) if item.type is FieldType.FILE)


class Files:
    """The files of one cell."""

    def __init__(self, connection: Callable[[str], AbstractContextManager[Connection[DictRow]]], vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def keep(
        self, process: str, sha256: str, kept: Kept, *, accounts: Iterable[str], key_id: str | None = None
    ) -> bool:
        """Keep a file; return whether it was new. The same content is the same file.

        Args:
            process: where.
            sha256: of the content.
            kept: the content and its type.
            accounts: who brought it.
            key_id: whose it is; without one it gets a key of its own.
        """
        new = not self.facts(process, [sha256])
        key = key_id or _own_key(process, sha256)
        self._vault.ensure([key])
        row: dict[str, Any] = {
            "process": process,
            "sha256": bytes.fromhex(sha256),
            "key_id": key,
            "media_type": kept.media_type,
            "size_bytes": len(kept.content),
            "brought_by": sorted(set(accounts)),
            "cipher": self._vault.seal_content(key, _what(process, sha256), kept.content),
        }
        with self._connection(process) as connection:
            connection.execute(SWEEP, (process,))
            connection.execute(KEEP, row)
        return new

    def facts(self, process: str, sha256s: Iterable[str]) -> Mapping[str, Facts]:
        """Return what is known of these files; one that is deleted, or whose keys are, is not there."""
        wanted = [bytes.fromhex(item) for item in set(sha256s) if DIGEST_PATTERN.fullmatch(item)]
        found: dict[str, Facts] = {}
        if wanted:
            with self._connection(process) as connection:
                for row in connection.execute(FACTS, (process, wanted)):
                    name = bytes(row["sha256"]).hex()
                    before = found[name].brought_by if name in found else frozenset()
                    found[name] = Facts(name, row["media_type"], row["size_bytes"], before | set(row["brought_by"]))
        return found

    def erased(self, process: str, sha256s: Iterable[str]) -> frozenset[str]:
        """Return those of these files that were erased, so that nobody gets them any more."""
        wanted = [bytes.fromhex(item) for item in set(sha256s) if DIGEST_PATTERN.fullmatch(item)]
        with self._connection(process) as connection:
            rows = connection.execute(ERASED, (process, wanted)).fetchall() if wanted else []
        return frozenset(bytes(row["sha256"]).hex() for row in rows)

    def open(self, process: str, sha256: str) -> Kept | None:
        """Return a file; None when it is not there, or its keys are deleted."""
        for row in self._rows(process, sha256):
            content = self._vault.open_content(row["key_id"], _what(process, sha256), bytes(row["cipher"]))
            if content is not None:
                return Kept(content, row["media_type"])
        return None

    def drop(self, process: str, sha256: str, key_id: str | None = None) -> None:
        """Delete a file: under one key, or altogether."""
        with self._connection(process) as connection:
            connection.execute(DROP, (process, bytes.fromhex(sha256), key_id, key_id))

    def belong(self, events: Iterable[Envelope]) -> None:
        """Seal the files that these events name under their authors' keys, so that they are erased with them."""
        for event in events:
            for sha256 in files_in(event).values() if event.author else ():
                self._hand_over(event.process, sha256, f"{event.process}/participant/{event.author}")

    def _hand_over(self, process: str, sha256: str, key_id: str) -> None:
        rows = self._rows(process, sha256)
        kept = None if key_id in {row["key_id"] for row in rows} else self.open(process, sha256)
        if kept is None:
            return
        try:
            self.keep(process, sha256, kept, accounts=(a for row in rows for a in row["brought_by"]), key_id=key_id)
        except ErasedKeyError:
            return
        self.drop(process, sha256, _own_key(process, sha256))

    def _rows(self, process: str, sha256: str) -> list[DictRow]:
        with self._connection(process) as connection:
            return connection.execute(ROWS, (process, bytes.fromhex(sha256))).fetchall()


def _own_key(process: str, sha256: str) -> str:
    return f"{process}/file/{sha256}"


def _what(process: str, sha256: str) -> str:
    return f"file|{process}|{sha256}"
