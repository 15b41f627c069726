"""Columns of rows on their way to PostgreSQL, as arrays in its binary form.

psycopg finds out of each list anew what it holds, and writes it as text for the server to parse: most of what an append
of one event cost here. These say what they hold, and always the same, so that their statement is prepared once.
"""

from __future__ import annotations

import operator
import struct
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from psycopg import Connection, adapters
from psycopg.abc import AdaptContext
from psycopg.adapt import Dumper
from psycopg.pq import Format

HEAD: Final = struct.Struct("!3i").pack
"""How many dimensions, whether an element is null, and their type."""
DIMENSION: Final = struct.Struct("!2i").pack
"""How many elements, and the number of the first."""
LENGTH: Final = struct.Struct("!i").pack


class Column:
    """Values of one type, none of them null."""

    __slots__ = ("values",)
    type: ClassVar[str]
    pack: ClassVar[Any]

    def __init__(self, values: Iterable[Any]) -> None:
        self.values = list(values)


class Ints(Column):
    """Numbers of four bytes."""

    type, pack = "int4", struct.Struct("!i").pack


class Longs(Column):
    """Numbers of eight bytes."""

    type, pack = "int8", struct.Struct("!q").pack


class Texts(Column):
    """Texts."""

    type, pack = "text", staticmethod(str.encode)


class Blobs(Column):
    """Bytes as they are."""

    type, pack = "bytea", staticmethod(bytes)


class Uuids(Column):
    """Ids of events."""

    type, pack = "uuid", operator.attrgetter("bytes")


class _ColumnDumper(Dumper):
    format = Format.BINARY

    def __init__(self, cls: type[Column], context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        held = adapters.types[cls.type]
        self.oid, self._element, self._pack = held.array_oid, held.oid, cls.pack

    def dump(self, obj: Column) -> bytes:
        """Return the array: its head, and each element behind its length."""
        if not obj.values:
            return HEAD(0, 0, self._element)
        packed = [self._pack(value) for value in obj.values]
        parts = [part for one in packed for part in (LENGTH(len(one)), one)]
        return b"".join((HEAD(1, 0, self._element), DIMENSION(len(packed), 1), *parts))


def know_columns(connection: Connection[Any]) -> None:
    """Let a connection take columns as arguments."""
    connection.adapters.register_dumper(Column, _ColumnDumper)
