"""The projector: follows the log in pages, folds, and writes rows and its place in one transaction.

One works at a time, by advisory lock; web requests never project. Following and rebuilding are the same code: a rebuild
is following from the start into tables built beside those that serve.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Composed, Identifier

from domain.kernel import Envelope, thing_of
from projections.kernel import Projection, Row, State, advance
from service.log.reading import Reader
from service.log.store import Log, LostError

LOGGER: Final = logging.getLogger("kurslog")
PAGE: Final = 5000
LOCK: Final = "select pg_try_advisory_lock(771, 3) as mine"
UNLOCK: Final = "select pg_advisory_unlock(771, 3)"
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
PLACES: Final = "select projection, position from read.tracking where projection = any(%s)"
BEGIN: Final = "insert into read.tracking (projection, position) values (%s, 0) on conflict do nothing"
MOVE: Final = "update read.tracking set position = %s where projection = %s and position = %s"
CLOCK_KEY: Final = "clock"
CLOCK_HEAD: Final = "select process, max(known_at) as known_at from read.clock where process = any(%s) group by process"
CLOCK_ADD: Final = "insert into read.clock (process, position, known_at) select * from unnest(%s::text[], %s::bigint[], %s::timestamptz[])"


class OutOfStepError(Exception):
    """Another projector moved on meanwhile; this page was rolled back and is taken again."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a projection is written: its name in tracking and its table."""

    key: str
    projection: Projection

    def sql(self, text: str) -> Composed:
        """Return a statement for this table."""
        names = {"table": self.key, "by_entity": f"{self.key}_entity", "by_time": f"{self.key}_time"}
        return SQL(text).format(**{name: Identifier(value) for name, value in names.items()})


class Projector:
    """Keeps the read models of one log up to date."""

    def __init__(self, log: Log, reader: Reader, projections: Mapping[str, Projection]) -> None:
        self._log = log
        self._reader = reader
        self._targets = [Target(projection.key, projection) for projection in projections.values()]
        self._stuck: dict[str, int] = {}

    # -------------------------------------------------------------- following
    def prepare(self) -> None:
        """Make tables and places for projections that are new."""
        with self._log.connection() as connection, connection.transaction():
            connection.execute("select pg_advisory_xact_lock(771, 4)")
            connection.execute(BEGIN, (CLOCK_KEY,))
            for target in self._targets:
                self._create(connection, target)

    def _create(self, connection: Connection[DictRow], target: Target) -> None:
        connection.execute(target.sql(CREATE))
        connection.execute(BEGIN, (target.key,))

    @contextlib.contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the worker's lock; False when another has it."""
        with self._log.connection() as connection:
            row = connection.execute(LOCK).fetchone()
            mine = bool(row and row["mine"])
            try:
                yield mine
            finally:
                if mine:
                    connection.execute(UNLOCK)

    def catch_up(self, progress: Callable[[int], None] = lambda _: None) -> bool:
        """Take in everything the log has; False when another works already.

        A projection that fails keeps its place, and is tried again the next time, after the others.
        """
        with self.alone() as mine:
            rounds = [set(self._stuck), set[str]()] if self._stuck else [set[str]()]
            for aside in rounds:
                while mine and self._step(aside, progress):
                    pass
        return mine

    def _step(self, aside: set[str], progress: Callable[[int], None]) -> bool:
        """Take in the next page of whatever is furthest behind; False when nothing is left.

        Args:
            aside: those passed over; whatever fails is added.
            progress: told how far it came.
        """
        places = {key: place for key, place in self.places().items() if key not in aside}
        if not places:
            return False
        start = min(places.values())
        events = self._reader.page(start, PAGE)
        if not events:
            return False
        behind = [target for target in self._targets if places.get(target.key) == start]
        stop = min([events[-1].position, *(place for place in places.values() if place > start)])
        page = [event for event in events if event.position <= stop]
        if places.get(CLOCK_KEY) == start:
            with self._apart(CLOCK_KEY, start, aside):
                self._tick(page, start)
        for target in behind:
            with self._apart(target.key, start, aside):
                self._take(target, page, start)
        progress(stop)
        return True

    @contextlib.contextmanager
    def _apart(self, key: str, start: int, aside: set[str]) -> Iterator[None]:
        """Let what fails here stop nobody else: it is set aside, and said once for each place it fails at."""
        try:
            yield
        except (OutOfStepError, LostError):
            raise
        except Exception:  # anything a fold may do
            aside.add(key)
            if self._stuck.get(key) != start:
                LOGGER.exception("the projection %s stands still at position %s", key, start)
            self._stuck[key] = start
        else:
            self._stuck.pop(key, None)

    def reconnect(self) -> None:
        """Replace the connections that died; without a database there is nothing to replace yet."""
        self._log.reconnect()

    def places(self) -> dict[str, int]:
        """Return how far the clock and each projection have come."""
        keys = [CLOCK_KEY, *(target.key for target in self._targets)]
        with self._log.connection() as connection:
            rows = connection.execute(PLACES, (keys,), prepare=True).fetchall()
        return dict.fromkeys(keys, 0) | {row["projection"]: int(row["position"]) for row in rows}

    def reached(self) -> int:
        """Return the position that every projection has reached."""
        return min(self.places().values())

    # -------------------------------------------------------------- one page of one projection
    def _take(self, target: Target, page: Sequence[Envelope], start: int) -> None:
        news: dict[str, dict[str, list[Envelope]]] = {}
        for event in page:
            if target.projection.concerns(event):
                news.setdefault(event.process, {}).setdefault(event.subject, []).append(event)
        histories = {process: self._histories(process, things, start) for process, things in news.items()}
        with self._log.connection() as connection, connection.transaction():
            for process, things in news.items():
                self._write(connection, target, process, things, histories[process])
            self._move(connection, target.key, start, page[-1].position)
            connection.execute("notify projected")

    def _histories(self, process: str, things: Mapping[str, list[Envelope]], start: int) -> dict[str, list[Envelope]]:
        """Return what is known of these things from before the page; nothing is read for those that begin in it."""
        older = [subject for subject, events in things.items() if not _begins(events)]
        found: dict[str, list[Envelope]] = {}
        if older:
            for event in self._reader.things(process, older, start):
                found.setdefault(event.subject, []).append(event)
        return found

    def _write(
        self,
        connection: Connection[DictRow],
        target: Target,
        process: str,
        things: Mapping[str, list[Envelope]],
        histories: Mapping[str, list[Envelope]],
    ) -> None:
        standing = self._standing(connection, target, process, list(histories))
        shut: list[tuple[str, Row]] = []
        fresh: list[tuple[str, Row]] = []
        for subject, new in things.items():
            closed, held = advance(target.projection, histories.get(subject, []), new, standing.get(subject, []))
            before = new[0].position
            shut += [(subject, row) for row in closed if row.known_from < before]
            fresh += [(subject, row) for row in closed if before <= row.known_from < row.known_to]
            fresh += [(subject, row) for row in held if row.known_from >= before]
        if shut:
            columns = [
                [s for s, _ in shut],
                *([getattr(r, n) for _, r in shut] for n in ("known_from", "happened_from", "depth_from", "known_to")),
            ]
            connection.execute(target.sql(CLOSE), (*columns, process))
        if fresh:
            self._copy(connection, target, process, fresh)

    def _standing(
        self, connection: Connection[DictRow], target: Target, process: str, subjects: list[str]
    ) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        if subjects:
            for row in connection.execute(target.sql(STANDING), (process, subjects), binary=True):
                held = Row(*(row[name] for name in Row._fields[:6]), state=DECODE(row["state"]))  # type: ignore[misc]
                found.setdefault(row["entity"], []).append(held)
        return found

    def _copy(
        self, connection: Connection[DictRow], target: Target, process: str, rows: Sequence[tuple[str, Row]]
    ) -> None:
        with connection.cursor() as cursor, cursor.copy(target.sql(COPY)) as copy:
            copy.set_types(["text", "text", "int8", "int8", "int8", "int8", "int2", "int2", "bytea"])
            for subject, row in rows:
                copy.write_row((process, subject, *row[:6], ENCODE(row.state)))

    def _move(self, connection: Connection[DictRow], key: str, start: int, stop: int) -> None:
        if connection.execute(MOVE, (stop, key, start)).rowcount != 1:
            raise OutOfStepError(f"{key} is no longer at {start}.")

    # -------------------------------------------------------------- the known clock
    def _tick(self, page: Sequence[Envelope], start: int) -> None:
        processes = sorted({event.process for event in page})
        with self._log.connection() as connection, connection.transaction():
            heads = {row["process"]: row["known_at"] for row in connection.execute(CLOCK_HEAD, (processes,))}
            rises: list[tuple[str, int, dt.datetime]] = []
            for event in page:
                known_at = event.learnedat or event.recordedat
                if known_at is not None and (event.process not in heads or known_at > heads[event.process]):
                    heads[event.process] = known_at
                    rises.append((event.process, event.position, known_at))
            if rises:
                connection.execute(CLOCK_ADD, [list(column) for column in zip(*rises, strict=True)])
            self._move(connection, CLOCK_KEY, start, page[-1].position)

    # -------------------------------------------------------------- rebuilding
    def rebuild(self, name: str, progress: Callable[[int], None] = lambda _: None) -> None:
        """Build a projection anew beside the one that serves, and swap them in one transaction.

        Raises:
            OutOfStepError: when a worker holds the lock; stop it, or wait.
        """
        serving = next(target for target in self._targets if target.projection.name == name)
        building = Target(f"{serving.key}_new", serving.projection)
        with self.alone() as mine:
            if not mine:
                raise OutOfStepError("A worker is at it already.")
            self._drop(building)
            with self._log.connection() as connection:
                self._create(connection, building)
            position = 0
            while page := self._reader.page(position, PAGE):
                self._take(building, page, position)
                position = page[-1].position
                progress(position)
            self._swap(serving, building, position)

    def _drop(self, target: Target) -> None:
        with self._log.connection() as connection, connection.transaction():
            connection.execute(target.sql("drop table if exists read.{table}"))
            connection.execute("delete from read.tracking where projection = %s", (target.key,))

    def _swap(self, serving: Target, building: Target, position: int) -> None:
        with self._log.connection() as connection, connection.transaction():
            connection.execute(serving.sql("drop table read.{table}"))
            for suffix, what in (("", "table"), ("_entity", "index"), ("_time", "index")):
                rename = SQL("alter {} read.{} rename to {}").format(
                    SQL(what), Identifier(building.key + suffix), Identifier(serving.key + suffix)
                )
                connection.execute(rename)
            connection.execute("delete from read.tracking where projection = %s", (building.key,))
            connection.execute("update read.tracking set position = %s where projection = %s", (position, serving.key))
            connection.execute("notify projected")

    # -------------------------------------------------------------- asking
    def states(self, name: str, process: str, known_by: int, happened_by: int, depth: int) -> dict[str, State]:
        """Return the states of all things as of both clocks, as deep as the reader may see: one WHERE."""
        target = next(target for target in self._targets if target.projection.name == name)
        with self._log.connection() as connection:
            rows = connection.execute(
                target.sql(AS_OF),
                (process, known_by, known_by, happened_by, happened_by, depth, depth),
                prepare=True,
                binary=True,
            ).fetchall()
        return {row["entity"]: DECODE(row["state"]) for row in rows}


def _begins(events: Sequence[Envelope]) -> bool:
    """Whether a thing's first event is among these: in a stream of its own by version, in the register by declaration."""
    first = events[0]
    if thing_of(first.kind).register:
        return first.declaration.creates is True
    return first.version == 1


def stored_form(state: State) -> State:
    """Return a state as it is read back from its row: dates as text, tuples as lists."""
    return DECODE(ENCODE(state))
