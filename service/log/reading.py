"""Reading the log: streams, things, pages and positions, always as envelopes with texts sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from threading import Lock
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from psycopg.rows import tuple_row

from domain.correcting import effective
from domain.kernel import Envelope, in_order, stream_of
from domain.register import Histories
from projections.kernel import Concern
from service.log.files import Files
from service.log.grouping import Line, of_one_process
from service.log.once import asking, once
from service.log.packing import Longs, Texts, Uuids
from service.log.scope import CELL
from service.log.store import Log, moment

COLUMNS: Final = "notification_id, originator_version, topic, state, recorded_at"
STREAM: Final = (
    f"select {COLUMNS} from log.event where originator_id = %s and originator_version > %s order by originator_version"
)
STREAMS: Final = f"select {COLUMNS} from log.event where originator_id = any(%s) order by notification_id"
THINGS: Final = f"select {COLUMNS} from log.event where process = %s and subject = any(%s) and notification_id <= %s order by notification_id"
WITH_FILE: Final = (
    f"select {COLUMNS} from log.event where process = %s and log.file_in(topic, state) = %s "
    "and log.file_in(topic, state) is not null order by notification_id"
)
HOLDING: Final = (
    f"select {COLUMNS} from log.event where process = %s and position(%s::bytea in state) > 0 order by notification_id"
)
BY_ID: Final = f"select {COLUMNS} from log.event where process = %s and event_id = any(%s)"
STREAMS_OR_IDS: Final = f"{STREAMS.removesuffix(' order by notification_id')} union {BY_ID} order by notification_id"
SUBJECTS: Final = (
    "select subject from log.event where process = %s and notification_id <= %s and event_id = any(%s) union "
    "select subject from log.event where process = %s and notification_id <= %s and topic = any(%s)"
)
AT: Final = f"select {COLUMNS} from log.event where notification_id = any(%s) order by notification_id"
CONCERNING: Final = "(topic = any(%s) or (topic = any(%s) and split_part(subject, '/', 1) = any(%s)))"
HISTORY: Final = THINGS.replace("order by", f"and {CONCERNING} order by")
PAGE: Final = f"select {COLUMNS} from log.event where notification_id > %s order by notification_id limit %s"
PAGE_CONCERNING: Final = (
    f"select {COLUMNS} from log.event where notification_id > %s and notification_id <= %s and {CONCERNING} "
    "order by notification_id limit %s"
)
PROCESS_PAGE: Final = (
    f"select {COLUMNS} from log.event where process = %(process)s "
    "and notification_id {after} %(start)s and notification_id <= %(until)s{more} order by notification_id{way} limit %(limit)s"
)
OF_SUBJECT: Final = " and subject = %(subject)s"
OF_TYPE: Final = " and topic = asked.topic"
OF_MANY_TYPES: Final = " and topic = any(%(types)s)"
OF_TYPES: Final = (
    "select found.* from unnest(%(types)s::text[]) as asked (topic) cross join lateral ({of_one}) as found "
    "order by notification_id{way} limit %(limit)s"
)
"""Each type from the index by itself: the few entries of a rare one are not looked for among all of a process.

A page of each is read: for more than `FEW_TYPES` the process is gone through instead, as most of those pages would be thrown away.
"""
FEW_TYPES: Final = 6
HEAD: Final = "select head from log.tip()"
PROCESS_HEAD: Final = "select notification_id as head, recorded_at from log.event where process = %s order by notification_id desc limit 1"
STANDING: Final = "s.head, s.recorded_at, s.register, t.projections, t.positions, t.tables"
STANDING_OF: Final = (
    "log.standing(%(process)s) s, (select array_agg(projection) as projections, array_agg(position) as positions, "
    "array_agg(to_regclass('read.' || projection)::oid::bigint) as tables from read.tracking) t"
)
STANDS: Final = f"select {STANDING} from {STANDING_OF}"
PROCESSES: Final = "select process from log.event where topic like 'process-registered.%%' order by notification_id"
COUNT: Final = "select count(*) as n from log.event where process = %s and notification_id <= %s"
RIGHTS: Final = (
    f"select {COLUMNS} from log.event where process = %s and notification_id > %s and split_part(subject, '/', 1) "
    "in ('consent', 'erasure', 'objection-lodged', 'participant', 'processing-basis-declared', 'quote') order by notification_id limit %s"
)
DECIDED: Final = (
    "select distinct process, split_part(subject, '/', 2) as request from log.event e "
    "where topic like 'erasure-%%' and topic like 'erasure-decided.%%' and not exists (select from log.event x "
    "where x.process = e.process and x.subject = e.subject and x.topic like 'erasure-%%' "
    "and x.topic like 'erasure-executed.%%') order by process, request"
)
"""The first of each pair is what the index says."""
CLOCK: Final = (
    "select position from read.clock where process = %s and known_at > %s order by known_at, position limit 1"
)
CLOCK_PLACE: Final = "select position from read.tracking where projection = 'clock'"
REGISTERS_HELD: Final = 64
FEW: Final = 50
"""Whoever names more entries and events than that asks for them alone."""
FETCHED: Final = 2000
LAST: Final = 2**62
"""A position no log reaches."""


@cache
def process_page(*, of_types: int, of_subject: bool, backwards: bool) -> str:
    """Return the statement for a page of a process, of so many types, or (0) of all.

    What is not asked for is not in it, so that each has a plan of its own.
    """
    after, way = ("<", " desc") if backwards else (">", "")
    one_by_one = 0 < of_types <= FEW_TYPES
    types = OF_TYPE if one_by_one else OF_MANY_TYPES if of_types else ""
    page = PROCESS_PAGE.format(after=after, way=way, more=types + (OF_SUBJECT if of_subject else ""))
    return OF_TYPES.format(of_one=page, way=way) if one_by_one else page


class Standing(NamedTuple):
    """Where a process and its register stand, and the read models: each one's position and table.

    A table that is built anew is another.
    """

    head: int
    register: int
    recorded_at: dt.datetime | None
    places: Mapping[str, tuple[int, int | None]]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Standing:
        """Return what a row of `STANDING` says."""
        places = zip(row["positions"] or (), row["tables"] or (), strict=True)
        recorded_at = None if row["head"] is None else moment(row["recorded_at"])
        by_name = dict(zip(row["projections"] or (), places, strict=True))
        return cls(row["head"] or 0, row["register"] or 0, recorded_at, by_name)


class Named(NamedTuple):
    """What a command names: entries, and events by id."""

    process: str
    subjects: Collection[str]
    ids: Collection[UUID]


class Reader:
    """Reads one log."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._registers: dict[str, Histories] = {}
        self._advancing = Lock()
        self._naming_line = Line(self._found, together=of_one_process)

    def _events(self, query: str, arguments: Sequence[Any] | Mapping[str, Any], of: str | None) -> list[Envelope]:
        """Return the events a query of `COLUMNS` finds; of a hundred thousand, few are held as rows beside."""
        envelope, found = self._log.mapper.envelope, list[Envelope]()  # type: ignore[attr-defined]
        with self._log.connection(of) as connection, connection.cursor(row_factory=tuple_row, binary=True) as cursor:
            cursor.execute(query.encode(), arguments, prepare=True)
            while rows := cursor.fetchmany(FETCHED):
                found += [
                    envelope(topic, state, version=version, position=position, recorded_at=at)
                    for position, version, topic, state, at in rows
                ]
        return found

    def _rows(self, query: str, arguments: Sequence[Any] | Mapping[str, Any], of: str | None) -> list[dict[str, Any]]:
        with self._log.connection(of) as connection:
            return connection.execute(query.encode(), arguments, prepare=True, binary=True).fetchall()

    def register(self, process: str) -> Histories:
        """Return the process's register, advanced to its stream's end; cached, never refolded.

        A request that only reads asks for it `once`.
        """
        return once((self, process), lambda: self._advanced(process))

    def thing(self, process: str, subject: str) -> Sequence[Envelope]:
        """Return the effective events of one thing of the register, which is used if it is held, and not read for this."""
        if process in self._registers:
            return self.register(process).history(subject)
        return once((self, process, subject), lambda: in_order(effective(self.things(process, [subject]))))

    def let_go(self) -> None:
        """Hold no register any more; whoever asks for one reads it anew."""
        self._registers.clear()

    def _advanced(self, process: str) -> Histories:
        held = self._registers.get(process) or Histories()
        if asking() and 0 < self.standing(process).register <= held.version:
            return held
        events = self._events(STREAM, (f"process/{process}", held.version), process)
        with self._advancing:  # whoever finds it half advanced by another thread waits here
            for event in events:
                if event.version > held.version:
                    held.advance(event)
            if held.version:
                self._registers.pop(process, None)
                self._registers[process] = held
            for oldest in list(self._registers)[: max(0, len(self._registers) - REGISTERS_HELD)]:
                del self._registers[oldest]
        return held

    def entries(self, process: str, subjects: Collection[str], beside: Histories | None = None) -> Histories:
        """Return the histories of these entries (those that exist), ``beside`` those of others."""
        found = beside or Histories()
        if subjects:
            streams = Texts(stream_of(process, subject) for subject in sorted(set(subjects)))
            for event in self._events(STREAMS, (streams,), process):
                found.advance(event)
        return found

    def named(
        self, process: str, subjects: Collection[str], ids: Collection[UUID]
    ) -> tuple[Histories, dict[UUID, Envelope]]:
        """Return the histories of these entries, and the events of these ids, found in one statement.

        Few of them are asked for together with what others ask for at the same moment.
        """
        entries, found, wanted = Histories(), {}, Named(process, subjects, ids)
        few = len(subjects) + len(ids) <= FEW
        for event in self._naming_line.put(wanted) if few else self._found([wanted])[0]:
            if event.subject in subjects:
                entries.advance(event)
            if event.id in ids:
                found[event.id] = event
        return entries, found

    def _found(self, wanted: Sequence[Named]) -> list[list[Envelope]]:
        """Return what all of these name, for each of them: they are of one process."""
        process, ids = wanted[0].process, Uuids({key for one in wanted for key in one.ids})
        streams = Texts({stream_of(process, subject) for one in wanted for subject in one.subjects})
        return [self._events(STREAMS_OR_IDS, (streams, process, ids), process)] * len(wanted)

    def by_id(self, process: str, ids: Sequence[UUID]) -> dict[UUID, Envelope]:
        """Return the events of these ids."""
        return {event.id: event for event in self._events(BY_ID, (process, Uuids(ids)), process)}

    def subjects(self, process: str, until: int, *, ids: Sequence[UUID] = (), types: Sequence[str] = ()) -> list[str]:
        """Return the things that entries with these ids or of these types are about, up to a position."""
        rows = self._rows(SUBJECTS, (process, until, list(ids), process, until, list(types)), process)
        return sorted(row["subject"] for row in rows)

    def correlated(self, process: str, correlation: str) -> list[Envelope]:
        """Return the events that carry this ``correlationid``, in order; the whole process is looked through."""
        said = f'"correlationid":{msgspec.json.encode(correlation).decode()}'.encode()
        found = self._events(HOLDING, (process, said), process)
        return [event for event in found if event.correlationid == correlation]

    def naming(self, process: str, ref: str) -> list[Envelope]:
        """Return the events that hold a thing's id somewhere, in order; the whole process is looked through."""
        return self._events(HOLDING, (process, f'{ref}"'.encode()), process)

    @property
    def files(self) -> Files:
        """The files beside the log."""
        return self._log.files

    def with_file(self, process: str, sha256: str) -> list[Envelope]:
        """Return the events that name a file, corrections that name it included."""
        return self._events(WITH_FILE, (process, sha256), process)

    def at(self, positions: Sequence[int]) -> list[Envelope]:
        """Return the events at these positions, in order: those within the scope, in a web server."""
        return self._events(AT, (Longs(sorted(set(positions))),), None)

    def things(self, process: str, subjects: Sequence[str], until: int = LAST) -> list[Envelope]:
        """Return all events of these things up to a position, in order of position."""
        return self._events(THINGS, (process, Texts(subjects), until), process)

    def rights(self, process: str, after: int = 0, limit: int = LAST) -> list[Envelope]:
        """Return what was said after a position about what may be held and used, in order."""
        return self._events(RIGHTS, (process, after, limit), process)

    def decided_erasures(self) -> list[tuple[str, str]]:
        """Return the requests for erasure that were decided, however, and not carried out: (process, request)."""
        return [(row["process"], row["request"]) for row in self._rows(DECIDED, (), CELL)]

    def page(self, after: int, limit: int) -> list[Envelope]:
        """Return the log's next events of all processes."""
        return self._events(PAGE, (after, limit), CELL)

    def concerning(self, concern: Concern, after: int, until: int, limit: int) -> list[Envelope]:
        """Return the log's next events of all processes that a projection is concerned with."""
        return self._events(PAGE_CONCERNING, (after, until, *concern, limit), CELL)

    def history(self, process: str, subjects: Sequence[str], until: int, concern: Concern) -> list[Envelope]:
        """Return the events of these things up to a position that a projection is concerned with, in order."""
        return self._events(HISTORY, (process, list(subjects), until, *concern), process)

    def process_page(
        self,
        process: str,
        *,
        after: int = 0,
        until: int = LAST,
        limit: int = 500,
        types: Sequence[str] | None = None,
        subject: str | None = None,
        backwards: bool = False,
    ) -> list[Envelope]:
        """Return a process's next events after a position (or, ``backwards``, those before it, newest first)."""
        values: dict[str, Any] = {
            "process": process,
            "start": (after or LAST) if backwards else after,
            "until": until,
            "limit": limit,
            "subject": subject,
            "types": sorted(set(types or ())),
        }
        query = process_page(of_types=len(values["types"]), of_subject=subject is not None, backwards=backwards)
        return self._events(query, values, process)

    def walk(
        self,
        process: str,
        *,
        after: int = 0,
        until: int = LAST,
        page: int = 2000,
        types: Sequence[str] | None = None,
    ) -> Iterator[Envelope]:
        """Yield a process's events in order, or those of these types, page by page."""
        while events := self.process_page(process, after=after, until=until, limit=page, types=types):
            yield from events
            after = events[-1].position

    def head(self) -> int:
        """Return the log's last position."""
        return int(self._rows(HEAD, (), None)[0]["head"])

    def process_head(self, process: str) -> tuple[int, dt.datetime | None]:
        """Return a process's last position and when it was recorded; (0, None) for an unknown process."""
        rows = self._rows(PROCESS_HEAD, (process,), process)
        return (int(rows[0]["head"]), moment(rows[0]["recorded_at"])) if rows else (0, None)

    def standing(self, process: str) -> Standing:
        """Return where a process and the read models stand, in one statement; a request that only reads asks `once`."""
        return once((self, "standing", process), lambda: self._standing(process))

    def _standing(self, process: str) -> Standing:
        return Standing.of(self._rows(STANDS, {"process": process}, process)[0])

    def stands(self, process: str, standing: Standing) -> None:
        """Take note of where a process stands, asked along with something else: a request that asks once goes by it."""
        once((self, "standing", process), lambda: standing)

    def asked_at(self, process: str) -> int | None:
        """Return the head that a request which only reads stands at; None for whoever asks each time.

        What was read of the process when it was at the same head is not read again: the log only grows.
        """
        return self.standing(process).head if asking() else None

    def processes(self) -> list[str]:
        """Return the ids of all processes, in the order they were registered."""
        return [str(row["process"]) for row in self._rows(PROCESSES, (), CELL)]

    def count(self, process: str, until: int = LAST) -> int:
        """Return how many events a process has up to a position."""
        return int(self._rows(COUNT, (process, until), process)[0]["n"])

    def known_by(self, process: str, at: dt.datetime) -> int:
        """Return the last position whose running maximum of (learnedat, else recordedat) is not after ``at``."""
        taken_in = self._rows(CLOCK_PLACE, (), None)
        rows = self._rows(CLOCK, (process, at), process)
        if rows:
            return int(rows[0]["position"]) - 1
        for event in self.walk(process, after=int(taken_in[0]["position"]) if taken_in else 0):
            if (event.learnedat or event.recordedat or at) > at:
                return event.position - 1
        return self.process_head(process)[0]
