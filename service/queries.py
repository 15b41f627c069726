"""Asking projections: both clocks resolved, figures opened, texts shown to whoever may see them."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Final, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from domain.bounds import within_history
from domain.kernel import REGISTRY, Envelope
from domain.organising import ProcessRegistered
from domain.shapes import json_able
from domain.timing import end_of_day, local_day
from domain.vocabulary import ID_PATTERN, Visibility
from projections.kernel import (
    DEPTH,
    FOREVER,
    Answer,
    Figure,
    Projection,
    Request,
    State,
    as_of,
    figures_in,
    microseconds,
    standing,
)
from service.kept import MOST, Kept, weight_of
from service.log.clock import CLOCK_KEY
from service.log.once import anew
from service.log.projector import Projector
from service.log.reading import LAST, Reader, Standing
from service.log.scope import across, within
from service.log.tables import NotBuiltError, stored_form
from service.log.vault import KEYS_LAST_SECONDS
from service.publishing import Publishing
from service.security.gate import Act, Caller, counting_depth, depth, may, outside
from service.security.membership import acting
from service.security.reading import Texts, shows
from service.security.rights import RightsReader
from service.wire import cloud_event

T = TypeVar("T")
TOLD_BYTES: Final = 16 * 2**20
"""So much is kept of answers as they were told, texts included: while nothing is written, and no longer than a key."""
WAIT_SECONDS: Final = 5.0
WAIT_STEP_SECONDS: Final = 0.01
LOOK_SECONDS: Final = 0.2
"""Whoever waits so long looks whether there is anybody to wait for."""
REPLAYED_MOST: Final = 5000
"""How many events are replayed at most in place of a table that is being built: 0.1 to 0.7 s on a core of ours."""


class UnknownError(LookupError):
    """There is no such process, projection or figure, or the caller has no access: both look the same."""


class NotYetError(Exception):
    """The projections have not reached the position the caller waits for. Try again in a moment."""


class BeingBuiltError(Exception):
    """The answer's table is being built, and the process is too large to be replayed meanwhile. Try again shortly."""


class UnreadableTimeError(ValueError):
    """A moment that is neither a day, a time with zone nor a position."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Where both clocks stand: what was known by a position, of what had happened by a moment.

    ``live`` when nobody asked for a moment: then what is late is judged by today, not by the last entry.
    """

    position: int = LAST
    known_at: dt.datetime | None = None
    happened_by: dt.datetime | None = None
    live: bool = False

    @property
    def happened(self) -> int:
        """The moment on the happened clock, in microseconds; without one, everything."""
        return FOREVER - 1 if self.happened_by is None else microseconds(self.happened_by)


def moment(text: str) -> dt.datetime:
    """Read a moment: RFC 3339 with zone, or a bare day, which ends that day in Copenhagen.

    Raises:
        UnreadableTimeError: for anything else.
    """
    try:
        if len(text) == len("2019-01-27"):
            found = end_of_day(dt.date.fromisoformat(text))
        else:
            found = dt.datetime.fromisoformat(text.replace(" ", "+"))
    except (ValueError, OverflowError) as error:
        raise UnreadableTimeError(f"{text[:40]!r} is no day. Write 2019-05-24, or a time with its zone.") from error
    if found.tzinfo is None:
        raise UnreadableTimeError(f"{text[:40]!r} has no zone. Write 2019-05-24, or a time with its zone.")
    if not within_history(found):
        raise UnreadableTimeError(f"{text[:40]!r} is beyond the calendar. Write 2019-05-24, or a time with its zone.")
    return found.astimezone(dt.UTC)


ELSEWHERE: Final = {"model"}
"""Answers that tell of other processes, in their words, as far as whoever asks may see into each: no other does."""


@dataclass
class Found:
    """An answer, and how its figures are opened."""

    answer: Answer
    href: Callable[[str], str]

    @cached_property
    def data(self) -> Any:
        """The answer's data as it is told, but for its texts: those are opened for each reader anew."""
        return _rendered(self.answer.data, self.href)


class Queries:
    """Answers questions to one log."""

    def __init__(
        self,
        texts: Texts,
        rights: RightsReader,
        reader: Reader,
        projector: Projector,
        projections: dict[str, Projection],
        kept: int = MOST,
    ) -> None:
        self._texts = texts
        self._rights = rights
        self.reader = reader
        self._publishing = Publishing(reader)
        self._projector = projector
        self._kept = Kept(kept)
        self.told = Kept(TOLD_BYTES, KEYS_LAST_SECONDS)
        self.projections = projections

    # -------------------------------------------------------------- processes
    def registration(self, process: str) -> Envelope | None:
        """Return the event that registered a process, corrections applied."""
        if not ID_PATTERN.fullmatch(process):
            return None
        history = self.reader.thing(process, f"process/{process}")
        return next((event for event in history if isinstance(event.data, ProcessRegistered)), None)

    def check(self, caller: Caller, act: Act, process: str) -> Envelope:
        """Return the process's registration if the caller may do this there.

        Raises:
            UnknownError: when not; an unknown process looks the same as a forbidden one.
        """
        found = self.registration(process)
        if found is None or not may(caller, act, process, public=found.visibility is Visibility.PUBLIC):
            raise UnknownError(process)
        return found

    def processes(self, caller: Caller) -> list[Envelope]:
        """Return the registrations of the processes the caller may see."""
        with across("which processes there are, and who may see them"):
            found = [self.registration(process) for process in self.reader.processes()]
            return [event for event in found if event and self._seen(caller, event)]

    def _seen(self, caller: Caller, registration: Envelope) -> bool:
        """Whether the caller may see a process, as they stand in it."""
        process = registration.process
        here = acting(caller, process, self.reader.register(process))
        return may(here, Act.SEE, process, public=registration.visibility is Visibility.PUBLIC)

    # -------------------------------------------------------------- clocks
    def clocks(self, process: str, known_by: str | None = None, happened_by: str | None = None) -> Clocks:
        """Resolve what people type: a position, a day or a time, for either clock (a position only for *known*)."""
        standing = self.reader.standing(process)
        happened = moment(happened_by) if happened_by else None
        if not known_by:
            return Clocks(standing.head, standing.recorded_at, happened, live=True)
        if known_by.isascii() and known_by.isdigit():
            return Clocks(min(int(known_by[:19]), LAST), None, happened)
        at = moment(known_by)
        return Clocks(self.reader.known_by(process, at), at, happened)

    def wait(self, position: int, seconds: float = WAIT_SECONDS) -> None:
        """Wait until the projections have taken in a position, as long as somebody takes anything in.

        Raises:
            NotYetError: when they have not in time, or no worker is there.
        """
        if position > self.reader.head():
            raise NotYetError(str(position))
        looked = time.monotonic()
        until = looked + seconds
        while self._projector.reached() < position:
            now = time.monotonic()
            alone = False
            if now > looked + LOOK_SECONDS:
                looked, alone = now, not self._projector.followed()
            if alone or now > until:
                raise NotYetError(str(position))
            time.sleep(WAIT_STEP_SECONDS)  # polls the tracking row; nothing is locked meanwhile
        anew()

    # -------------------------------------------------------------- answers
    def projection(self, name: str) -> Projection:
        """Return a projection by the name people type.

        Raises:
            UnknownError: when there is none.
        """
        if name not in self.projections:
            raise UnknownError(name)
        return self.projections[name]

    def ask(
        self, caller: Caller, process: str, name: str, clocks: Clocks, by: str | None = None, *, outward: bool = False
    ) -> Answer:
        """Return a projection's answer from what the caller may see, its texts still as references.

        ``outward`` is for what leaves the team: aggregates then withhold what they withhold from a participant.

        Raises:
            UnknownError: for a projection or breakdown that does not exist.
        """
        return self._found(caller, process, name, clocks, by, outward=outward).answer

    def _found(
        self, caller: Caller, process: str, name: str, clocks: Clocks, by: str | None, *, outward: bool = False
    ) -> Found:
        """Return the answer, as it was found before if nothing was written in the process since."""

        def find() -> Found:
            answer = self._asked(self._states, caller, process, name, clocks, by, outward=outward)
            return Found(answer, _hrefs(process, name, clocks, by))

        key = self._rests_on(caller, process, name, clocks, by, outward=outward)
        if key is not None and name in ELSEWHERE:
            key = key, self.reader.head(), caller
        return self.kept(process, key, find, lambda found: weight_of(found.answer))

    def kept(self, process: str, key: Hashable, find: Callable[[], T], weigh: Callable[[T], int]) -> T:
        """Return what ``find`` finds, as it was found by this key before if nothing was written in the process since.

        No text of a person may be in it: what is kept outlives the request of whoever may read it.
        """
        return self._kept.of(process, self.reader.standing(process).head, key, find, weigh)

    def hangs_on(self, caller: Caller, process: str, name: str, clocks: Clocks, by: str | None) -> Hashable:
        """Return what an answer hangs on beside what is written in its process; None where that is not all.

        Its texts hang on who reads them, too. What tells of other processes hangs on those; and what has not been
        taken in is told as soon as it is.

        Raises:
            UnknownError: for a projection that does not exist.
        """
        return None if name in ELSEWHERE else self._rests_on(caller, process, name, clocks, by, outward=False)

    def _rests_on(
        self, caller: Caller, process: str, name: str, clocks: Clocks, by: str | None, *, outward: bool
    ) -> Hashable:
        """Return what an answer hangs on in its process, beside what is written there; None before it was taken in."""
        projection, standing = self.projection(name), self.reader.standing(process)
        if clocks.position > self._reached(standing):
            return None
        return (
            projection.key,
            standing.places.get(projection.key),
            clocks.position,
            clocks.happened_by,
            self._at(clocks),
            by,
            depth(caller, process),
            counting_depth(caller, process, projection),
            outside(caller, process, projection, outward=outward),
            outward,
            self._rights.of(process).position,
        )

    def replay(self, caller: Caller, process: str, name: str, clocks: Clocks, by: str | None = None) -> Answer:
        """Return the same answer from the events themselves, by the definition."""
        return self._asked(self._replayed, caller, process, name, clocks, by)

    def _asked(
        self,
        states_of: Callable[[Projection, str, Clocks, int], dict[str, State]],
        caller: Caller,
        process: str,
        name: str,
        clocks: Clocks,
        by: str | None,
        *,
        outward: bool = False,
    ) -> Answer:
        projection = self.projection(name)
        if by and by not in projection.breakdowns:
            raise UnknownError(by)
        if outside(caller, process, projection, outward=outward):
            return self._told(states_of, caller, process, projection, clocks, by, outward=outward)
        states = states_of(projection, process, clocks, counting_depth(caller, process, projection))
        entries = self._entries(caller, process, projection, states, clocks)
        return projection.query(states, self._request(caller, process, clocks, by, entries))

    def _told(
        self,
        states_of: Callable[[Projection, str, Clocks, int], dict[str, State]],
        caller: Caller,
        process: str,
        projection: Projection,
        clocks: Clocks,
        by: str | None,
        *,
        outward: bool,
    ) -> Answer:
        """Return an answer of aggregates as of the last published point at or before both clocks."""
        rights = self._rights.of(process)
        point = self._publishing.of(process, projection).told(clocks.position, clocks.happened, rights)
        seen, standing = depth(caller, process), None
        if outward:
            seen = DEPTH[Visibility.PROCESS]
        elif seen >= DEPTH[Visibility.TEAM]:
            standing = states_of(projection, process, clocks, counting_depth(caller, process, projection))
        request = Request(process, by, point.at, seen, standing=standing, apart=point.apart)
        answer = projection.query(point.states, request)
        return replace(answer, data=point.settled(answer.data), notes=(*answer.notes, point.sentence))

    def _states(self, projection: Projection, process: str, clocks: Clocks, counted: int) -> dict[str, State]:
        """Return the states from their table; while that is being built, from the events of a small process.

        Raises:
            BeingBuiltError: when there is no table yet and the process is large.
        """
        try:
            states = self._projector.states(projection.name, process, clocks.position, clocks.happened, counted)
            return self._usable(projection, process, states)
        except NotBuiltError as error:
            if self.reader.count(process, clocks.position) > REPLAYED_MOST:
                raise BeingBuiltError(projection.name) from error
            return self._replayed(projection, process, clocks, counted)

    def _replayed(self, projection: Projection, process: str, clocks: Clocks, counted: int) -> dict[str, State]:
        events = list(self.reader.walk(process, until=clocks.position))
        found = as_of(projection, events, clocks.position, clocks.happened, counted)
        return self._usable(projection, process, {key: stored_form(state) for key, state in found.items()})

    def _usable(self, projection: Projection, process: str, states: dict[str, State]) -> dict[str, State]:
        """Return the states without the answers that people took back: judged now, whatever the clocks say."""
        stops = partial(self._rights.of(process).stops, evidence=projection.evidence)
        return {key: state for key, state in states.items() if not stops(key, state.get("participant_id"))}

    def _entries(
        self, caller: Caller, process: str, projection: Projection, states: Mapping[str, State], clocks: Clocks
    ) -> tuple[Envelope, ...]:
        """Return the entries a projection names, as they stand for the caller at these clocks."""
        if projection.naming is None:
            return ()
        named = projection.naming(states)
        ids, types = _uuids(named.ids), [one.name for one in REGISTRY.values() if one.stem in named.types]
        subjects = self.reader.subjects(process, clocks.position, ids=ids, types=types) if ids or types else []
        stored = self.reader.things(process, subjects, clocks.position) if subjects else []
        counted, rights = counting_depth(caller, process, projection), self._rights.of(process)
        found = [
            event
            for event in standing(stored, clocks.position, clocks.happened, counted)
            if (str(event.id) in named.ids or event.declaration.stem in named.types)
            and not rights.stops(event.subject, getattr(event.data, "participant_id", None))
        ]
        return (*found, *(self._elsewhere(caller, named.things, clocks) if projection.name in ELSEWHERE else ()))

    def _elsewhere(self, caller: Caller, things: Iterable[tuple[str, str]], clocks: Clocks) -> Iterable[Envelope]:
        """Yield what stands of things in other processes, as far as the caller may see into each."""
        for other, subject in sorted(things):
            with within(other):
                found = self.registration(other)
                seen = found and self._seen(caller, found)
                stored = self.reader.things(other, [subject], clocks.position) if seen else []
                here = acting(caller, other, self.reader.register(other))
            yield from standing(stored, clocks.position, clocks.happened, depth(here, other))

    def _request(
        self,
        caller: Caller,
        process: str,
        clocks: Clocks,
        by: str | None,
        entries: tuple[Envelope, ...],
    ) -> Request:
        return Request(process, by, self._at(clocks), depth(caller, process), entries)

    @staticmethod
    def _at(clocks: Clocks) -> dt.datetime:
        """Return the moment what is late is judged by."""
        known_at = None if clocks.live else clocks.known_at
        return clocks.happened_by or known_at or end_of_day(local_day(dt.datetime.now(dt.UTC)))

    def settled(self, process: str, clocks: Clocks) -> Clocks:
        """Return the clocks no further than the read models have come: an answer never claims to know more."""
        return replace(clocks, position=min(clocks.position, self._reached(self.reader.standing(process))))

    def _reached(self, standing: Standing) -> int:
        """Return the position that the clock and every projection that serves have reached."""
        wanted = {CLOCK_KEY, *self._projector.keys}
        return min((position for key, (position, _) in standing.places.items() if key in wanted), default=0)

    def document(
        self,
        caller: Caller,
        process: str,
        name: str,
        clocks: Clocks,
        *,
        by: str | None = None,
        replayed: bool = False,
        part: Callable[[Any], Any] = lambda data: data,
    ) -> dict[str, Any]:
        """Return the answer as the API, the command line and files give it.

        ``part`` takes what is wanted out of the data before any text is opened: what nobody is shown, nobody has read.
        """
        if replayed:
            found = Found(self.replay(caller, process, name, clocks, by), _hrefs(process, name, clocks, by))
        else:
            clocks = self.settled(process, clocks)
            found = self._found(caller, process, name, clocks, by)
        projection = self.projection(name)
        return {
            "process": process,
            "fictional": self.fictional(process),
            "projection": name,
            "version": projection.version,
            "known_by": {"position": clocks.position, "time": json_able(clocks.known_at)},
            "happened_by": json_able(clocks.happened_by),
            "generated_from": projection.generated_from,
            "data": self._opened(caller, name, part(found.data)),
            "notes": [{"da": da, "en": en} for da, en in found.answer.notes],
        }

    def shown(self, caller: Caller, name: str, data: Any, href: Callable[[str], str]) -> Any:
        """Return a projection's data with figures opened and texts in place, each only if the caller may see it.

        A text that is erased, or not for the caller, is null; what a source leaves out is ``{"notrecorded": why}``.
        """
        return self._opened(caller, name, _rendered(data, href))

    def _opened(self, caller: Caller, name: str, data: Any) -> Any:
        """Return rendered data with the texts in place that the caller may see now."""
        told = name in ELSEWHERE
        with across("the words of a model that another process made") if told else contextlib.nullcontext():
            return _filled(data, self._texts.said(caller, _refs(data)).get)

    def behind(
        self, caller: Caller, process: str, name: str, clocks: Clocks, figures: Collection[str], by: str | None = None
    ) -> list[Envelope]:
        """Return the events behind these figures of the answer the caller gets, which is asked once.

        Raises:
            UnknownError: when the answer lacks one of them.
        """
        found = {one.key: one.events for one in figures_in(self.ask(caller, process, name, clocks, by).data)}
        missing = set(figures) - found.keys()
        if missing or not figures:
            raise UnknownError(", ".join(sorted(missing)))
        return self.reader.at(sorted({position for key in figures for position in found[key]}))

    def seen(self, caller: Caller, events: Iterable[Envelope]) -> list[Envelope]:
        """Return the events that the caller may see now."""
        found = list(events)
        rights = {process: self._rights.of(process) for process in {event.process for event in found}}
        return [event for event in found if shows(caller, event, rights[event.process])]

    def events_out(
        self, caller: Caller, events: Iterable[Envelope]
    ) -> list[tuple[Envelope, dict[tuple[int, str], str]]]:
        """Return the events the caller may see, each with its opened texts."""
        seen = self.seen(caller, events)
        texts = self._texts.of(caller, seen)
        return [(event, texts) for event in seen]

    def fictional(self, process: str) -> bool:
        """Return whether a process is made up: every answer and export of it says so."""
        found = self.registration(process)
        return found is not None and found.data.fictional is True

    def cloud_events(self, caller: Caller, process: str, events: Iterable[Envelope]) -> list[dict[str, Any]]:
        """Return the events of a process the caller may see, as CloudEvents with their opened texts."""
        fictional = self.fictional(process)
        return [cloud_event(event, texts, fictional=fictional) for event, texts in self.events_out(caller, events)]


def _uuids(ids: Iterable[str]) -> list[UUID]:
    """Return the ids that are ones; no entry has another."""
    found = []
    for one in sorted(ids):
        with contextlib.suppress(ValueError):
            found.append(UUID(one))
    return found


def _hrefs(process: str, name: str, clocks: Clocks, by: str | None) -> Callable[[str], str]:
    base = f"/api/v1/processes/{process}/projections/{name}/events"
    more = {"by": by, "known_by": clocks.position, "happened_by": json_able(clocks.happened_by)}
    query = urlencode({key: value for key, value in more.items() if value is not None})

    def href(figure: str) -> str:
        return f"{base}?{urlencode({'figure': figure}, safe=':')}&{query}"

    return href


def _rendered(data: Any, href: Callable[[str], str]) -> Any:
    """Return data as it is told, of dictionaries, lists and plain values; a text stays the reference that it is."""
    if isinstance(data, Figure):
        return {
            "value": data.value,
            "n": data.n,
            "events": {"count": len(data.events), "href": href(data.key)},
            "figure": data.key,
        }
    if isinstance(data, dict):
        if "$text" in data:
            return data
        if "$silent" in data:
            return {"notrecorded": data["$silent"]}
        return {name: _rendered(item, href) for name, item in data.items()}
    if isinstance(data, list | tuple):
        return [_rendered(item, href) for item in data]
    return data


def _refs(data: Any) -> set[str]:
    """Return the commitments of the texts that rendered data refers to."""
    found, left = set[str](), [data]
    while left:
        one = left.pop()
        if type(one) is dict:
            if "$text" in one:
                found.add(one["$text"])
            else:
                left += one.values()
        elif type(one) is list:
            left += one
    return found


def _filled(data: Any, text: Callable[[str], str | None]) -> Any:
    """Return a copy of rendered data with each reference replaced by its text."""
    if type(data) is dict:
        return text(data["$text"]) if "$text" in data else {name: _filled(one, text) for name, one in data.items()}
    return [_filled(one, text) for one in data] if type(data) is list else data
