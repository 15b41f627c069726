"""The kernel of projections: entity segments on two clocks, and what an answer is made of.

An *as-of answer* for (known by K, happened by T): take the events with position ≤ K; apply corrections and withdrawals
by position alone, newest first; drop those that had not happened by T, where an event counts as happened once a later
one of its entity has; order by (corrected time, original position); fold. Folds accept any subset of events.

Read models keep this per entity as boxes ``known_from/known_to × happened_from/happened_to × depth_from/depth_to``, so
that both clocks and how deep a reader may see are one WHERE: what is folded for a reader holds no event that reader may
not see. Texts are referred to by their commitments and never copied.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple, TypeVar

from domain.correcting import CORRECTING, effective
from domain.kernel import DECLARED, Envelope, in_order
from domain.shapes import json_able
from domain.upcasting import stored_names
from domain.vocabulary import UNKNOWN, Personal, Purpose, Sealed, Visibility

State = dict[str, Any]
"""What is kept of one thing: JSON values only, so that it is the same before and after it is stored."""
Fold = Callable[[State, Envelope], State | None]
F = TypeVar("F", bound=Fold)

FOREVER: Final = 2**62
"""The end of what still holds, on either clock."""
ALWAYS: Final = -FOREVER
"""When an event of unknown date counts as happened: it is always shown, marked."""
DEPTH: Final = {visibility: depth for depth, visibility in enumerate(Visibility)}
"""How deep an entry of each visibility lies: public 0, process 1, team 2, evaluators 3, self 4."""
DEEPEST: Final = max(DEPTH.values())
WALLED: Final = DEEPEST + 1
"""Where an entry for research lies: beyond whatever is counted, for it is not for anything else."""
EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def microseconds(moment: dt.datetime | None) -> int:
    """Return a moment on the happened clock as microseconds since 1970; unknown counts as always."""
    if moment is None:
        return ALWAYS
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def depth_of(event: Envelope) -> int:
    """Return how deep an entry lies: what is recorded for research lies behind a wall, whatever its visibility."""
    return WALLED if event.purpose is Purpose.RESEARCH else DEPTH[event.visibility]


# ------------------------------------------------------------------ boxes
class Segment(NamedTuple):
    """What an entity looked like for a stretch of happened time, to whoever may see so deep."""

    happened_from: int
    happened_to: int
    depth_from: int
    depth_to: int
    state: State


class Row(NamedTuple):
    """A segment, and the positions between which we thought so."""

    known_from: int
    known_to: int
    happened_from: int
    happened_to: int
    depth_from: int
    depth_to: int
    state: State


# ------------------------------------------------------------------ a projection
@dataclass(frozen=True, slots=True)
class Figure:
    """A number that opens: its value, how many it rests on, and the positions of the events behind it."""

    key: str
    value: Any
    n: int
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked beside the two clocks: a breakdown, the moment both clocks stand at, and how deep the reader sees.

    ``depth`` matters to a `Projection` that is ``deep``: it withholds what would show one person's answer to a reader
    who may not see that answer. ``entries`` are those the projection names, as they stand at the same clocks and depth.
    ``standing`` are the states at the clocks themselves, where an answer is told as of an earlier published point: for
    the team, which may know at once who has answered, and never what. ``apart`` asks for each of several occasions over
    whoever answered it, where a comparison over those who answered them all would show what the few others said.
    """

    process: str
    by: str | None = None
    at: dt.datetime | None = None
    depth: int = DEEPEST
    entries: tuple[Envelope, ...] = ()
    standing: Mapping[str, State] | None = None
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a projection answers: data with figures in it, and notes in Danish and English.

    ``beside`` are figures that a deep answer tells without opening them, such as the size of a place on a map.
    """

    data: Any
    notes: tuple[tuple[str, str], ...] = ()
    beside: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """What an answer needs of the log beside the states of its own things.

    ``ids`` are entries by their ids, ``types`` all entries of these types (without version), ``things`` what is known
    of things in other processes, as (process, subject).
    """

    ids: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    things: frozenset[tuple[str, str]] = frozenset()


class Concern(NamedTuple):
    """Events of these types, and those of the ``mending`` types that are about things of these kinds."""

    types: list[str]
    mending: list[str]
    kinds: list[str]


Query = Callable[[Mapping[str, State], Request], Answer]
Naming = Callable[[Mapping[str, State]], Named]
Telling = Callable[[Mapping[str, State], Request], Iterable[Figure]]
Some = Callable[[Mapping[str, State]], AbstractSet[str]]
"""Which of the things, by their subjects."""


@dataclass
class Projection:
    """One question to the log.

    Args:
        name: as people type it. version: raised when the fold changes; the new one is built beside the old.
        da: the question in Danish. en: in English.
        rows: the list of its answer that a table shows; without one the longest.
        breakdowns: what ``by`` may be.
        deep: for an answer of aggregates only: how deep the entries lie that it counts for whoever has a part in the
            process, though they may not open them one by one. Without it nothing counts that its reader may not see.
        ends: for a deep one: the events that begin or end something; it is told outside anew where they are.
        figures_alone: every figure counts people, and each can be told outside as of another moment than the rest.
        occasions_apart: it can be asked for each occasion over whoever answered it (`Request.apart`).
        evidence: the kinds of things whose words it takes as evidence about who said them; as that person's answers
            are, those are left out once the person says no.
    """

    name: str
    version: int
    da: str
    en: str
    rows: str = ""
    breakdowns: tuple[str, ...] = ()
    deep: Visibility | None = None
    evidence: frozenset[str] = frozenset()
    ends: tuple[type, ...] = ()
    figures_alone: bool = False
    occasions_apart: bool = False
    folds: dict[type, Fold] = field(default_factory=dict)
    query: Query = lambda states, _: Answer(dict(states))
    naming: Naming | None = None
    unfinished: Some = lambda _: frozenset()
    telling: Telling | None = None

    @property
    def key(self) -> str:
        """The name of its table and of its place in the log."""
        return f"{self.name.replace('-', '_')}_v{self.version}"

    @property
    def kinds(self) -> set[str]:
        """The kinds of things it looks at."""
        return {DECLARED[cls].kind for cls in self.folds}

    @property
    def generated_from(self) -> list[str]:
        """The event types it is made of."""
        return sorted(DECLARED[cls].name for cls in self.folds)

    def on(self, *types: type) -> Callable[[F], F]:
        """Say how events of these types change the state of the thing they are about."""

        def take(fold: F) -> F:
            self.folds.update(dict.fromkeys(types, fold))
            return fold

        return take

    def answers(self, query: Query) -> Query:
        """Say how the states of all things become the answer."""
        self.query = query
        return query

    def tells(self, telling: Telling) -> Telling:
        """Say how to find, at less than a question each, the figures that the breakdowns tell together."""
        self.telling = telling
        return telling

    def told(self, states: Mapping[str, State], request: Request) -> dict[str, Figure]:
        """Return every figure by its key that a reader is told who asks for each breakdown in turn."""
        found = self.telling(states, request) if self.telling else self._asked_in_turn(states, request)
        return {one.key: one for one in found}

    def _asked_in_turn(self, states: Mapping[str, State], request: Request) -> Iterator[Figure]:
        for by in (None, *self.breakdowns):
            answer = self.query(states, replace(request, by=by))
            yield from (*figures_in(answer.data), *answer.beside)

    def names(self, naming: Naming) -> Naming:
        """Say which entries of other things the answer speaks of; they come with the request.

        A state is folded from one thing alone, so it cannot know that an entry of another was withdrawn. What is named
        is therefore read when asked, and stands as the log has it at that moment of both clocks, or is not there.
        """
        self.naming = naming
        return naming

    def waits(self, unfinished: Some) -> Some:
        """Say which things are part of something not over yet, such as answers to a round that others still answer.

        What is told outside only several people at a time waits for it, so that it can be told whole.
        """
        self.unfinished = unfinished
        return unfinished

    @property
    def concern(self) -> Concern:
        """What to ask the log for: all that `concerns` takes, and little else."""
        mending = {name for cls in CORRECTING for name in stored_names(DECLARED[cls].name)}
        types = {name for cls in self.folds for name in stored_names(DECLARED[cls].name)}
        return Concern(sorted(types), sorted(mending), sorted(self.kinds))

    def concerns(self, event: Envelope) -> bool:
        """Whether an event may change its read model."""
        if event.purpose is Purpose.RESEARCH:  # behind its wall it is not for anything else
            return False
        return type(event.data) in self.folds or (isinstance(event.data, CORRECTING) and event.kind in self.kinds)

    def fold(self, events: Iterable[Envelope]) -> State | None:
        """Fold effective events of one entity, in order, into its state; None when nothing is left."""
        state: State | None = None
        for event in events:
            step = self.folds.get(type(event.data))
            if step is not None:
                state = step(dict(state or {}), event)
        return state


# ------------------------------------------------------------------ the definition, and its rectangles
def as_of(
    projection: Projection, events: Sequence[Envelope], known_by: int, happened_by: int, depth: int = DEEPEST
) -> dict[str, State]:
    """Return the states of all entities by the definition, from the events themselves.

    This is what replay does and what every read model must equal.

    Args:
        projection: the question.
        events: of one process, as stored, in order of position.
        known_by: a position.
        happened_by: microseconds since 1970.
        depth: how deep the reader may see.
    """
    entities: dict[str, list[Envelope]] = {}
    for event in events:
        if event.position <= known_by and depth_of(event) <= depth and projection.concerns(event):
            entities.setdefault(event.subject, []).append(event)
    states = {}
    for entity, stored in entities.items():
        found = in_order(item for item in effective(stored) if type(item.data) in projection.folds)
        happened = sum(1 for end in _ends(found) if end <= happened_by)
        state = projection.fold(found[:happened])
        if state is not None:
            states[entity] = state
    return states


def standing(events: Iterable[Envelope], known_by: int, happened_by: int, depth: int = DEEPEST) -> list[Envelope]:
    """Return the entries that stand at both clocks for a reader of this depth, by the same definition.

    Args:
        events: all that is stored of some things, in order of position.
        known_by: a position.
        happened_by: microseconds since 1970.
        depth: how deep the reader may see.
    """
    things: dict[tuple[str, str], list[Envelope]] = {}
    for event in events:
        if event.position <= known_by and depth_of(event) <= depth:
            things.setdefault((event.process, event.subject), []).append(event)
    found: list[Envelope] = []
    for stored in things.values():
        ordered = in_order(effective(stored))
        found += ordered[: sum(1 for end in _ends(ordered) if end <= happened_by)]
    return found


def _ends(ordered: Sequence[Envelope]) -> list[int]:
    """Return when each event counts as happened: at its own latest moment, or once a later one has."""
    ends = [microseconds(event.ended) for event in ordered]
    for at in range(len(ends) - 2, -1, -1):
        ends[at] = min(ends[at], ends[at + 1])
    return ends


def segments(projection: Projection, stored: Sequence[Envelope]) -> list[Segment]:
    """Return one entity's segments on the happened clock, at each depth, given all that is known of it."""
    levels = sorted({DEPTH[event.visibility] for event in stored})
    found: list[Segment] = []
    for level, deeper in zip(levels, [*levels[1:], DEEPEST + 1], strict=True):
        seen_so_far = [event for event in stored if DEPTH[event.visibility] <= level]
        found += [
            Segment(start, end, level, deeper, state) for start, end, state in _stretches(projection, seen_so_far)
        ]
    return found


def _stretches(projection: Projection, stored: Sequence[Envelope]) -> list[tuple[int, int, State]]:
    """Return the entity's states by the stretch of happened time they hold for."""
    ordered = in_order(item for item in effective(stored) if type(item.data) in projection.folds)
    ends, found = _ends(ordered), list[tuple[int, int, State]]()
    state: State | None = None
    for at, event in enumerate(ordered):
        state = projection.fold([event]) if state is None else projection.folds[type(event.data)](dict(state), event)
        until = ends[at + 1] if at + 1 < len(ends) else FOREVER
        if until == ends[at] or state is None:
            continue
        if found and found[-1][2] == state and found[-1][1] == ends[at]:
            found[-1] = (found[-1][0], until, state)
        else:
            found.append((ends[at], until, state))
    return found


def advance(
    projection: Projection, history: Sequence[Envelope], new: Sequence[Envelope], standing: Iterable[Row]
) -> Iterator[Row]:
    """Take new events of one entity in, holding no more rows than hold at one moment.

    Args:
        projection: the question.
        history: the entity's earlier events that concern it, as stored, in order of position.
        new: the new ones, in order of position.
        standing: its rows that still hold.

    Yields:
        Rows as they are closed (their ``known_to`` set; some were opened here, too), then those that hold.
    """
    known = list(history)
    held = {row[2:6]: row for row in standing}
    mended = any(isinstance(event.data, CORRECTING) for event in known)
    lasts: dict[int, Last] = {}
    for event in () if mended else known:
        _comes(lasts, event, microseconds(event.ended))
    for event in new:
        end = microseconds(event.ended)
        known.append(event)
        mended = mended or isinstance(event.data, CORRECTING)
        closed = None if mended or not _comes(lasts, event, end) else _extend(projection, held, event, end, lasts)
        if closed is None:
            closed = _fold_anew(projection, held, known)
        yield from closed
    yield from held.values()


def _fold_anew(projection: Projection, held: dict[Box, Row], known: Sequence[Envelope]) -> list[Row]:
    """Take the last of the known events in, whatever it changes: fold all of them, and compare.

    Returns:
        The rows it closed.
    """
    position = known[-1].position
    now = {item[:4]: item for item in segments(projection, known)}
    closed = [row for box, row in held.items() if box not in now or now[box].state != row.state]
    for row in closed:
        del held[row[2:6]]
    for box, item in now.items():
        if box not in held:
            held[box] = Row(position, FOREVER, *item)
    return [row._replace(known_to=position) for row in closed]


Box = tuple[Any, ...]
"""From when to when something holds, and at which depths: `Row` without what was known."""
Last = tuple[dt.datetime, int]
"""When what happened last began, and when it ended."""


def _comes(lasts: dict[int, Last], event: Envelope, end: int) -> bool:
    """Note an event among what happened last, to readers of each depth.

    Returns:
        Whether it only follows: it comes after what was last, and ends no sooner, so that no earlier event counts
        otherwise for it; and there are readers of its depth already, so that no segment is parted for them.
    """
    level, time = DEPTH[event.visibility], event.time
    follows = level in lasts or not lasts
    if level not in lasts:
        wider = max((depth for depth in lasts if depth < level), default=None)
        lasts[level] = (time, end) if wider is None else lasts[wider]
    for depth, last in lasts.items():
        if depth >= level:
            follows = follows and time >= last[0] and end >= last[1]
            if time >= last[0]:
                lasts[depth] = (time, end)
    return follows


def _extend(
    projection: Projection, held: dict[Box, Row], event: Envelope, end: int, levels: Iterable[int]
) -> list[Row] | None:
    """Take in an event that only follows: one fold step at each depth that sees it, and only the last segment changes.

    Returns:
        The rows it closed; None, with nothing done, when a segment would join the one before: then all is folded anew.
    """
    position, depth, fold = event.position, DEPTH[event.visibility], projection.folds[type(event.data)]
    changes: list[tuple[int, Row | None, State | None]] = []
    for level in levels:
        if level < depth:
            continue
        standing = (row for row in reversed(held.values()) if row.happened_to == FOREVER and row.depth_from == level)
        last = next(standing, None)
        state = fold(dict(last.state) if last else {}, event)
        if last is not None and state == last.state:
            continue
        stands = last is not None and last.happened_from < end
        if not stands and any(row[3:5] == (end, level) and row.state == state for row in held.values()):
            return None
        changes.append((level, last, state))
    closed: list[Row] = []
    for level, last, state in changes:
        deeper = min((other for other in levels if other > level), default=DEEPEST + 1)
        if last is not None:
            start = last.happened_from
            del held[last[2:6]]
            closed.append(Row(last.known_from, position, start, FOREVER, level, deeper, last.state))
            if start < end:
                held[start, end, level, deeper] = Row(position, FOREVER, start, end, level, deeper, last.state)
        if state is not None:
            held[end, FOREVER, level, deeper] = Row(position, FOREVER, end, FOREVER, level, deeper, state)
    return closed


# ------------------------------------------------------------------ what states are made of
def value(event: Envelope, name: str) -> Any:
    """Return a field as a state keeps it: its value, a reference to its text, or that the source is silent and why."""
    found = getattr(event.data, name)
    for item in event.notrecorded:
        if item.field == name:
            return {"$silent": item.reason}
    if found is UNKNOWN or found is None:
        return None
    return said(event, found) if isinstance(found, Personal) else json_able(found)


def said(event: Envelope, text: Personal[str] | None) -> State | None:
    """Return a reference to a personal text by its commitment; the read gate decides who may open it."""
    if text is None or text is UNKNOWN or not isinstance(text.value, Sealed):
        return None
    # Nothing reads ``seen_by`` any more; without it stored rows would differ, and every table be built anew.
    return {"$text": text.value.sha256, "seen_by": event.visibility.value}


def ref_in(state: State, name: str) -> str | None:
    """Return the id a state keeps under this name; None when there is none, or the source is silent of it."""
    found = state.get(name)
    return found if isinstance(found, str) and found else None


def when(event: Envelope) -> State:
    """Return when an event happened, how exactly that is known, and by which source."""
    time, ended = json_able(event.time), event.ended
    return {
        "time": time,
        "end": time if ended is event.time else json_able(ended),
        "precision": event.timeprecision.value,
        "basis": event.timebasis,
        "citation": event.citation,
    }


def seen(state: State, event: Envelope) -> State:
    """Return the state with the event added to those it rests on."""
    return {**state, "events": [*state.get("events", []), event.position]}


def figure(key: str, number: Any, states: Iterable[State], n: int | None = None) -> Figure:
    """Return a figure resting on the events of these states."""
    held = list(states)
    positions = sorted({position for state in held for position in state.get("events", [])})
    return Figure(key, number, len(held) if n is None else n, tuple(positions))


def counted(key: str, states: Iterable[State]) -> Figure:
    """Return a figure that counts these states."""
    held = list(states)
    return figure(key, len(held), held)


def figures_in(data: Any) -> Iterator[Figure]:
    """Yield the figures in an answer's data."""
    if isinstance(data, Figure):
        yield data
        return
    items = data.values() if isinstance(data, dict) else data if isinstance(data, list | tuple) else ()
    for item in items:
        yield from figures_in(item)


def of_kind(states: Mapping[str, State], kind: str) -> dict[str, State]:
    """Return the states of one kind of thing by id, ordered by when they begin."""
    prefix = f"{kind}/"
    found = {entity[len(prefix) :]: state for entity, state in states.items() if entity.startswith(prefix)}
    return dict(sorted(found.items(), key=lambda item: (moment_of(item[1]), item[0])))


def moment_of(state: State) -> dt.datetime:
    """Return when a state's thing begins; the beginning of time when nobody knows."""
    time = (state.get("when") or {}).get("time")
    return dt.datetime.fromisoformat(time) if time else EPOCH.replace(year=1)
