"""The walk through the log that finds its published points."""

from __future__ import annotations

import datetime as dt
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import groupby
from typing import Final

from domain.belonging import ParticipantRegistered, ParticipantsMerged
from domain.consenting import ConsentGiven, ConsentWithdrawn, ErasureExecuted, ObjectionLodged, ProcessingBasisDeclared
from domain.correcting import CORRECTING, effective
from domain.kernel import DECLARED, Envelope, in_order
from domain.reporting import ReportIssued
from domain.vocabulary import Visibility
from projections.kernel import (
    ALWAYS,
    DEEPEST,
    DEPTH,
    Figure,
    Projection,
    Request,
    State,
    depth_of,
    figures_in,
    microseconds,
)
from projections.measures.disclosure import LEAST, singled_out
from service.log.tables import stored_form
from service.publishing.point import Change, People, Point, Rows, Said
from service.security.rights import Rights

RIGHTS: Final = (
    ParticipantRegistered,
    ParticipantsMerged,
    ConsentGiven,
    ConsentWithdrawn,
    ErasureExecuted,
    ObjectionLodged,
    ProcessingBasisDeclared,
)
"""What says whether an answer may be used (`Rights.stops`)."""
RIGHTS_KINDS: Final = frozenset(DECLARED[one].kind for one in RIGHTS)
NONE: Final = frozenset[str]()


class Published:
    """The published points of one projection in one process."""

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self.points = [Point()]
        self.position = 0
        self.walking = threading.Lock()
        self._deep = DEPTH[projection.deep] if projection.deep else DEEPEST
        self._rights = Rights()
        self._stored: dict[str, list[Envelope]] = {}
        self._states: dict[str, State] = {}
        self._subject_at: dict[int, str] = {}
        self._same: dict[str, str] = {}
        self._whose: dict[str, str | None] = {}
        self._stamps: dict[str, list[State]] = {}
        self._resting: dict[str, People] = {}
        self._happened = ALWAYS
        self._there = {one.key for one in figures_in(projection.query({}, Request("", depth=DEEPEST)).data)}

    # -------------------------------------------------------------- walking
    def advance(self, events: Iterable[Envelope]) -> None:
        """Take in the next entries, in order of position; whole commands, for half an answer is never published."""
        for (known, _), command in groupby(events, key=lambda one: (one.learnedat or one.recordedat, one.recordedat)):
            over = heard = False
            for event in command:
                self.position = event.position
                over |= type(event.data) in {*self.projection.ends, ReportIssued}
                if event.kind in RIGHTS_KINDS and (type(event.data) in RIGHTS or isinstance(event.data, CORRECTING)):
                    self._rights.advance([event])
                    heard = True
                if self.projection.concerns(event) and depth_of(event) <= self._deep:
                    self._take(event)
            if over or (heard and any(self._stopped(self.points[-1].states))):
                self._publish(known)

    def _take(self, event: Envelope) -> None:
        stored = self._stored.setdefault(event.subject, [])
        stored.append(event)
        self._whose.pop(event.subject, None)  # what says whose it is may come, or go
        self._subject_at[event.position] = event.subject
        self._happened = max(self._happened, microseconds(event.ended))
        if isinstance(event.data, ParticipantsMerged):
            self._same[str(event.data.duplicate_id)] = str(event.data.participant_id)
            self._whose.clear()
        found = in_order(one for one in effective(stored) if type(one.data) in self.projection.folds)
        state = self.projection.fold(found)
        if state is None:
            self._states.pop(event.subject, None)
        elif (kept := stored_form(state)) != self._states.get(event.subject):
            self._states[event.subject] = kept

    def _stopped(self, states: Mapping[str, State]) -> Iterator[str]:
        return (one for one, state in states.items() if self._stops(self._rights, one, state))

    def _stops(self, rights: Rights, subject: str, state: State) -> bool:
        return rights.stops(subject, state.get("participant_id"), self.projection.evidence)

    def _person(self, subject: str) -> str | None:
        """Return the person a thing is told of; None for a gathering, a round or a group."""
        if subject not in self._whose:
            self._whose[subject] = self._found(subject)
        return self._whose[subject]

    def _found(self, subject: str) -> str | None:
        kind, *parts = subject.split("/")
        who = {"participant": 0, "answers": 1, "ties": 1}.get(kind)
        held = self._states.get(subject) or next((p.states[subject] for p in self.points if subject in p.states), {})
        person = parts[who] if who is not None and who < len(parts) else held.get("participant_id")
        if not isinstance(person, str):
            return None
        passed = {person}
        while (kept := self._same.get(person)) and kept not in passed:
            person = kept
            passed.add(person)
        return person

    # -------------------------------------------------------------- publishing
    def _publish(self, known: dt.datetime | None) -> None:
        """Make the next point of what is known now: whole, if it can be; else by what its projection can do without."""
        stopped = {*self._stopped(self.points[-1].states), *self._stopped(self._states)}
        if self.projection.occasions_apart:
            self._without(stopped & self.points[-1].states.keys())
        told = self.points[-1].states
        early = self.projection.unfinished(self._states) - told.keys()
        now = {one: state for one, state in self._states.items() if one not in stopped | early}
        if not (let_in := _changed(told, now)):
            return
        point = Point(self.position, self._happened, known, now)
        if self.projection.figures_alone:
            self.points.append(self._staying(point))
            return
        if self.projection.occasions_apart:
            figures, rows = self._rows(now)
            if not self._seen(rows):
                self.points.append(replace(point, figures=figures, rows=rows))
                return
        self._let_in(replace(point, apart=self.projection.occasions_apart), let_in, stopped & told.keys())

    def _without(self, gone: AbstractSet[str]) -> None:
        """Tell on without what was taken back: on a map those who would go along would take more with them, and so on.

        What was told with it is told no more, nor what beside this would tell of few; no later point is held against
        those: it could tell of them alone who went.
        """
        if not gone:
            return
        last = self.points[-1]
        states = {one: state for one, state in last.states.items() if one not in gone}
        figures, rows = self._rows(states, apart=last.apart)
        still = [one for one in self.points if not gone & one.states.keys() and not self._seen(rows, [one])]
        now = replace(last, states=states, rows=rows, figures=figures)  # where that stood: nothing in it is new
        self.points = [*still, now]

    def _staying(self, point: Point) -> Point:
        """Return a point where each figure stays as it was told that would, alone or with others, tell of few."""
        figures, rows = self._rows(point.states)
        last, before = dict[str, frozenset[Said]](), dict[str, Figure]()
        for earlier in self.points:
            last |= earlier.rows
            before |= earlier.figures
        older = dict[str, Figure | None]()
        told = dict(rows)
        while few := next((moved for point_ in self.points if (moved := self._few(point_.rows, told))), None):
            key = min(few, key=lambda key: (len(_people(few[key])), key))
            if key in older or rows[key] == last[key]:
                older[key] = None
                del told[key]
            else:
                older[key], told[key] = before[key], last[key]
        if older:  # what was withheld beside these as they were stays withheld
            held = rows.keys() - self.points[-1].rows.keys() - older.keys()
            older |= dict.fromkeys(held & self._there)
            told = {key: row for key, row in told.items() if older.get(key, row) is not None}
        team = Request("", None, self._at, DEPTH[Visibility.TEAM])
        self._there |= {one.key for one in figures_in(self.projection.query(point.states, team).data)}
        shown = {key: kept for key, found in figures.items() if (kept := older.get(key, found))}
        return replace(point, figures=shown, rows=told, older=older)

    def _few(self, before: Rows, after: Rows) -> dict[str, Change]:
        """Return what changed in each figure, if that tells of few."""
        keys = [key for key in before.keys() & after.keys() if before[key] != after[key]]
        moved = {key: self._change(before[key], after[key]) for key in keys}
        return moved if singled_out(map(dict, moved.values())) else {}

    def _let_in(self, point: Point, let_in: set[str], gone: AbstractSet[str]) -> None:
        """Make a point without whoever would be seen by it: they wait."""
        told, now = self.points[-1].states, point.states
        beside = dict[str, People]()
        while let_in:
            states = {**told, **{one: now[one] for one in let_in if one in now}}
            for one in (let_in - now.keys()) | beside.keys():
                states.pop(one, None)
            figures, rows = self._rows(states, apart=point.apart)
            if not (seen := self._seen(rows)):
                self._resting |= beside
                self.points.append(replace(point, states=states, figures=figures, rows=rows))
                return
            more = {}
            less = {one for one in let_in - gone if self._person(one) in seen or self._resting.get(one, NONE) & seen}
            if not less:
                more = self._beside(seen, gone, told.keys() - gone - beside.keys())
            if not less and not more:
                less = self._moving(let_in)
            if not less and not more:
                return
            beside |= more
            let_in -= less

    def _moving(self, let_in: AbstractSet[str]) -> set[str]:
        """Return what moves people about who said nothing new: groups, or else whatever is nobody's own."""
        whole = {one for one in let_in if self._person(one) is None}
        return {one for one in whole if one.startswith("group/")} or whole

    def _beside(
        self, seen: AbstractSet[str], gone: AbstractSet[str], there: AbstractSet[str]
    ) -> dict[str, frozenset[str]]:
        """Return what goes out with the answers of people who took them back, so that they are not seen to be gone.

        That is what four others said, who stand in much the same figures: where five go, nobody tells who of them.
        """
        leaving = frozenset(person for one in gone if (person := self._person(one)))
        kinds = {one.partition("/")[0] for one in gone}
        stands = defaultdict[str, set[str]](set)
        for key, row in self.points[-1].rows.items():
            for person in {self._person(one) for one, _ in row}:
                stands[person or ""].add(key)
        alike = {
            person: max((len(held & stands[one]) / len(held | stands[one]) for one in seen & stands.keys()), default=0)
            for person, held in stands.items()
        }
        of = {one: person for one in there if one.partition("/")[0] in kinds and (person := self._person(one)) in alike}
        chosen = sorted({*of.values()}, key=lambda person: (-alike[person], person))[: LEAST - 1]
        return {one: leaving for one, person in of.items() if person in chosen} if leaving else {}

    def _rows(self, states: Mapping[str, State], *, apart: bool = False) -> tuple[dict[str, Figure], Rows]:
        """Return the figures that a reader outside is told of these states, with what each rests on.

        That is the answers; or, where each figure only counts people, the people it counts.
        """
        asked = [
            Request("", by, self._at, DEPTH[Visibility.PROCESS], apart=apart)
            for by in (None, *self.projection.breakdowns)
        ]
        answers = [self.projection.query(states, one) for one in asked]
        said: dict[str, Said] = {}
        figures = {one.key: one for answer in answers for one in (*figures_in(answer.data), *answer.beside)}
        rows: dict[str, frozenset[Said]] = {}
        for key, one in figures.items():
            subjects = {self._subject_at[position] for position in one.events}
            for subject in subjects - said.keys():
                if self.projection.figures_alone:
                    said[subject] = (f"participant/{self._person(subject)}", 0)
                else:
                    said[subject] = (subject, self._stamp(subject, states[subject]))
            rows[key] = frozenset(said[subject] for subject in subjects if self._person(subject))
        return figures, rows

    @property
    def _at(self) -> dt.datetime:
        return Point(happened=self._happened).at

    def _stamp(self, subject: str, state: State) -> int:
        """Return a number for what somebody said, another for each other thing they said."""
        known = self._stamps.setdefault(subject, [])
        for at, one in enumerate(known):
            if one is state or one == state:
                return at
        known.append(state)
        return len(known) - 1

    def _seen(self, rows: Rows, points: Sequence[Point] | None = None) -> set[str]:
        """Return the people who could be seen by what these figures would tell beside those of (all) earlier points."""
        known: dict[tuple[frozenset[Said], frozenset[Said]], Change] = {}
        changes = [self._changes(point.rows, rows, known) for point in points or self.points]
        found = {person for change in changes for row in change if len(_people(row)) < LEAST for person in _people(row)}
        return found or next((_between(rows) for rows in changes if singled_out(map(dict, rows))), set())

    def _changes(
        self, before: Rows, after: Rows, known: dict[tuple[frozenset[Said], frozenset[Said]], Change]
    ) -> list[Change]:
        """Return what came and went in the figures that both tell, each such change once."""
        pairs = dict.fromkeys((before[key], after[key]) for key in before.keys() & after.keys())
        for old, new in pairs:
            if (old, new) not in known:
                known[old, new] = self._change(old, new)
        return list(dict.fromkeys(known[pair] for pair in pairs if known[pair]))

    def _change(self, old: AbstractSet[Said], new: AbstractSet[Said]) -> Change:
        moved = old ^ new
        return frozenset(((self._person(one) or "", (one, at)), 1 if (one, at) in new else -1) for one, at in moved)

    # -------------------------------------------------------------- asking
    def told(self, position: int, happened: int, rights: Rights) -> Point:
        """Return the last point at or before both clocks that holds nobody's answer that was taken back by now."""
        return next(
            point
            for point in reversed(self.points)
            if point.position <= position
            and point.happened <= happened
            and not any(self._stops(rights, one, state) for one, state in point.states.items())
        )


def _changed(told: Mapping[str, State], now: Mapping[str, State]) -> set[str]:
    return {one for one in told.keys() | now.keys() if told.get(one) is not now.get(one)}


def _people(row: Change) -> set[str]:
    return {person for (person, _), _ in row}


def _between(rows: Collection[Change]) -> set[str]:
    """Return the fewest people who are seen by adding or subtracting two of these changes."""
    signed = [dict(row) for row in rows]
    found = [_people(row) for row in rows]
    for at, one in enumerate(signed):
        for other in signed[at + 1 :]:
            for sign in (1, -1):
                both = {share: one.get(share, 0) + sign * other.get(share, 0) for share in one.keys() | other.keys()}
                found.append({person for (person, _), weight in both.items() if weight})
    return min((people for people in found if people), key=lambda people: (len(people), sorted(people)), default=set())
