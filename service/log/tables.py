"""The tables projections are kept in: one a projection and version, and how far each has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from psycopg import Connection
from psycopg.errors import UndefinedTable
from psycopg.rows import DictRow
from psycopg.sql import SQL, Composed, Identifier

from projections.kernel import Projection, Row, State

ENCODE: Final = msgspec.json.Encoder(order="sorted", decimal_format="string").encode
DECODE: Final = msgspec.json.Decoder(dict[str, Any]).decode

CREATE: Final = """
create table if not exists read.{table} (
    process text collate "C" not null, entity text collate "C" not null,
    known_from bigint not null, known_to bigint not null, happened_from bigint not null, happened_to bigint not null,
    depth_from smallint not null, depth_to smallint not null, state bytea not null
);
create index if not exists {by_entity} on read.{table} (process, entity) where known_to = 4611686018427387904;
create index if not exists {by_time} on read.{table} (process, known_to, known_from);
"""
ANALYZE: Final = (
    "analyze read.{table} "  # never the states: they are large, and no plan asks what is in them
    "(process, entity, known_from, known_to, happened_from, happened_to, depth_from, depth_to)"
)
STANDING: Final = (
    "select entity, known_from, known_to, happened_from, happened_to, depth_from, depth_to, state from read.{table} "
    "where process = %s and entity = any(%s) and known_to = 4611686018427387904"
)
CLOSE: Final = (
    "update read.{table} t set known_to = x.k from unnest(%s::text[], %s::bigint[], %s::bigint[], %s::smallint[], %s::bigint[]) x (e, f, h, d, k) "
    "where t.process = %s and t.entity = x.e and t.known_from = x.f and t.happened_from = x.h and t.depth_from = x.d and t.known_to = 4611686018427387904"
)
COPY: Final = "copy read.{table} (process, entity, known_from, known_to, happened_from, happened_to, depth_from, depth_to, state) from stdin (format binary)"
AS_OF: Final = (
    "select entity, state from read.{table} where process = %s and known_from <= %s and known_to > %s "
    "and happened_from <= %s and happened_to > %s and depth_from <= %s and depth_to > %s"
)
WALL: Final = "select log.wall(%s::regclass)"
BEGIN: Final = "insert into read.tracking (projection, position) values (%s, 0) on conflict do nothing"
PLACES: Final = "select projection, position from read.tracking order by projection"
MOVE: Final = "update read.tracking set position = %s where projection = %s and position = %s"
FORGET: Final = "delete from read.tracking where projection = %s"
TAKE_PLACE: Final = "update read.tracking set projection = %s where projection = %s"
VERSIONS: Final = "select projection from read.tracking where projection ~ ('^' || %s || '_v[0-9]+(_new)?$')"
BUILDING: Final = "_new"
"""Stands behind the name of a table that is being built; without it, the table serves."""


class OutOfStepError(Exception):
    """Another projector moved on meanwhile; this page was rolled back and is taken again."""


class NotBuiltError(Exception):
    """No table of this version serves yet: a worker is building it, or is about to."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a projection is written: its name in tracking and its table."""

    key: str
    projection: Projection

    @property
    def beside(self) -> Target:
        """The table that is built to take this one's place."""
        return Target(self.key + BUILDING, self.projection)

    def sql(self, text: str) -> Composed:
        """Return a statement for this table."""
        names = {"table": self.key, "by_entity": f"{self.key}_entity", "by_time": f"{self.key}_time"}
        return SQL(text).format(**{name: Identifier(value) for name, value in names.items()})

    def create(self, connection: Connection[DictRow]) -> None:
        """Make the table, empty and behind its wall, and its place at the log's beginning."""
        connection.execute(self.sql(CREATE))
        connection.execute(WALL, (f"read.{self.key}",))
        connection.execute(BEGIN, (self.key,))

    def analyze(self, connection: Connection[DictRow]) -> None:
        """Let PostgreSQL look at what was built before it is asked: at 6 000 rows, which tell what the plans ask."""
        with connection.transaction():
            connection.execute("set local default_statistics_target = 20")
            connection.execute(self.sql(ANALYZE))

    def drop(self, connection: Connection[DictRow]) -> None:
        """Remove the table and its place, if they are there."""
        connection.execute(self.sql("drop table if exists read.{table}"))
        connection.execute(FORGET, (self.key,))

    def standing(self, connection: Connection[DictRow], process: str, things: list[str]) -> dict[str, list[Row]]:
        """Return the rows of these things that are known still."""
        found: dict[str, list[Row]] = {}
        if things:
            for row in connection.execute(self.sql(STANDING), (process, things), binary=True):
                held = Row(*(row[name] for name in Row._fields[:6]), state=DECODE(row["state"]))  # type: ignore[misc]
                found.setdefault(row["entity"], []).append(held)
        return found

    def close(self, connection: Connection[DictRow], process: str, rows: Sequence[tuple[str, Row]]) -> None:
        """Note at which position rows ceased to be what was known."""
        if rows:
            names = ("known_from", "happened_from", "depth_from", "known_to")
            columns = [[thing for thing, _ in rows], *([getattr(row, name) for _, row in rows] for name in names)]
            connection.execute(self.sql(CLOSE), (*columns, process))

    def copy(self, connection: Connection[DictRow], process: str, rows: Iterable[tuple[str, Row]]) -> None:
        """Write new rows as they come."""
        with connection.cursor() as cursor, cursor.copy(self.sql(COPY)) as copy:
            copy.set_types(["text", "text", "int8", "int8", "int8", "int8", "int2", "int2", "bytea"])
            for thing, row in rows:
                copy.write_row((process, thing, *row[:6], ENCODE(row.state)))

    def states(
        self, connection: Connection[DictRow], process: str, known_by: int, happened_by: int, depth: int
    ) -> dict[str, State]:
        """Return the states of all things as of both clocks, as deep as the reader may see: one WHERE.

        Raises:
            NotBuiltError: when no such table serves.
        """
        values = (process, known_by, known_by, happened_by, happened_by, depth, depth)
        try:
            rows = connection.execute(self.sql(AS_OF), values, prepare=True, binary=True).fetchall()
        except UndefinedTable as error:
            raise NotBuiltError(self.key) from error
        return {row["entity"]: DECODE(row["state"]) for row in rows}


def swap(connection: Connection[DictRow], serving: Target) -> None:
    """Put the table that was built beside this one in its place, with the position it has come to.

    Tables of earlier versions go; a later one's stays, for it is followed on when that release comes back.
    """
    building = serving.beside
    serving.drop(connection)
    for suffix, what in (("", "table"), ("_entity", "index"), ("_time", "index")):
        names = [Identifier(target.key + suffix) for target in (building, serving)]
        connection.execute(SQL("alter {} read.{} rename to {}").format(SQL(what), *names))
    connection.execute(TAKE_PLACE, (serving.key, building.key))
    name, _, version = serving.key.rpartition("_v")
    for row in connection.execute(VERSIONS, (name,)).fetchall():
        key = row["projection"]
        if int(key.removesuffix(BUILDING).rpartition("_v")[2]) < int(version):
            Target(key, serving.projection).drop(connection)


def places(connection: Connection[DictRow]) -> dict[str, int]:
    """Return how far everything has come that has a place: the clock, what serves, what is being built."""
    return {row["projection"]: int(row["position"]) for row in connection.execute(PLACES, prepare=True)}


def move(connection: Connection[DictRow], key: str, start: int, stop: int) -> None:
    """Note how far a projection has come.

    Raises:
        OutOfStepError: when it no longer stands where this step began.
    """
    if connection.execute(MOVE, (stop, key, start)).rowcount != 1:
        raise OutOfStepError(f"{key} is no longer at {start}.")


def stored_form(state: State) -> State:
    """Return a state as it is read back from its row: dates as text, tuples as lists."""
    return DECODE(ENCODE(state))
