"""How the next point is made: whole where it tells of nobody, and else without what its projection can do without."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Final

from domain.vocabulary import Visibility
from projections.kernel import DEEPEST, DEPTH, Figure, Request, figures_in
from projections.measures.disclosure import LEAST
from service.publishing.judging import Judge
from service.publishing.known import Known
from service.publishing.point import Point, Row

NONE: Final = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Step:
    """A point that would tell all there is, what is new in it, and what was taken back of what was told before."""

    point: Point
    changed: AbstractSet[str]
    gone: AbstractSet[str]


@dataclass
class Way(ABC):
    """What becomes of a point that would tell of few."""

    known: Known
    judge: Judge

    def step(self, points: Sequence[Point], at: dt.datetime | None) -> Step:
        """Return what could be told now, all of it."""
        known, told = self.known, points[-1].states
        stopped = {*known.stopped(told), *known.stopped(known.states)}
        early = known.projection.unfinished(known.states) - told.keys()
        now = {one: state for one, state in known.states.items() if one not in stopped | early}
        changed = {one for one in told.keys() | now.keys() if told.get(one) is not now.get(one)}
        return Step(Point(known.position, known.happened, at, now), changed, stopped & told.keys())

    @abstractmethod
    def follow(self, points: Sequence[Point], at: dt.datetime | None) -> list[Point]:
        """Return the points that are told from now on: those of before, and the next where there is one."""


@dataclass
class Waiting(Way):
    """Whoever would be seen waits; whoever takes an answer back takes others along. For competences."""

    _resting: dict[str, AbstractSet[str]] = field(default_factory=dict)
    """What rests for others' sake, and whose."""

    def follow(self, points: Sequence[Point], at: dt.datetime | None) -> list[Point]:
        """Add a point without whoever would be seen by it."""
        return self._without_the_seen(points, self.step(points, at))

    def _without_the_seen(self, points: Sequence[Point], step: Step) -> list[Point]:
        told, now, let_in = points[-1].states, step.point.states, set(step.changed)
        beside = dict[str, AbstractSet[str]]()
        while let_in:
            states = {**told, **{one: now[one] for one in let_in if one in now}}
            for one in (let_in - now.keys()) | beside.keys():
                states.pop(one, None)
            figures, rows = self.judge.told(states, apart=step.point.apart)
            if not (seen := self.judge.seen(rows, points)):
                self._resting |= beside
                return [*points, replace(step.point, states=states, figures=figures, rows=rows)]
            more = dict[str, AbstractSet[str]]()
            less = {one for one in let_in - step.gone if self._shown(one, seen)}
            if not less:
                more = self._beside(points[-1], seen, step.gone, told.keys() - step.gone - beside.keys())
            if not less and not more:
                less = self._moving(let_in)
            if not less and not more:
                break
            beside |= more
            let_in -= less
        return list(points)

    def _shown(self, one: str, seen: AbstractSet[str]) -> bool:
        return self.known.person(one) in seen or bool(self._resting.get(one, NONE) & seen)

    def _moving(self, let_in: AbstractSet[str]) -> set[str]:
        """Return what moves people about who said nothing new: groups, or else whatever is nobody's own."""
        whole = {one for one in let_in if self.known.person(one) is None}
        return {one for one in whole if one.startswith("group/")} or whole

    def _beside(
        self, last: Point, seen: AbstractSet[str], gone: AbstractSet[str], there: AbstractSet[str]
    ) -> dict[str, AbstractSet[str]]:
        """Return what goes out with the answers of people who took them back, so that they are not seen to be gone.

        That is what four others said, who stand in much the same figures: where five go, nobody tells who of them.
        """
        person = self.known.person
        leaving = frozenset(found for one in gone if (found := person(one)))
        kinds = {one.partition("/")[0] for one in gone}
        stands = self.judge.standing(last.rows)
        alike = {
            who: max((len(held & stands[one]) / len(held | stands[one]) for one in seen & stands.keys()), default=0)
            for who, held in stands.items()
        }
        of = {one: found for one in there if one.partition("/")[0] in kinds and (found := person(one)) in alike}
        chosen = sorted({*of.values()}, key=lambda who: (-alike[who], who))[: LEAST - 1]
        return {one: leaving for one, who in of.items() if who in chosen} if leaving else {}


class Apart(Waiting):
    """As `Waiting`, but each occasion is told over whoever answered it, and whoever goes, goes alone. For the map."""

    def follow(self, points: Sequence[Point], at: dt.datetime | None) -> list[Point]:
        """Add a point that compares the occasions; else one that does not, without whoever would be seen."""
        if gone := self.step(points, at).gone:
            points = self._left(points, gone)
        step = self.step(points, at)
        if not step.changed:
            return list(points)
        figures, rows = self.judge.told(step.point.states)
        if not self.judge.seen(rows, points):
            return [*points, replace(step.point, figures=figures, rows=rows)]
        return self._without_the_seen(points, replace(step, point=replace(step.point, apart=True)))

    def _left(self, points: Sequence[Point], gone: AbstractSet[str]) -> list[Point]:
        """Tell on without what was taken back: those who would go along would take more with them, and so on.

        What was told with it is told no more, nor what beside this would tell of few; no later point is held against
        those: it could tell of them alone who went.
        """
        last = points[-1]
        states = {one: state for one, state in last.states.items() if one not in gone}
        figures, rows = self.judge.told(states, apart=last.apart)
        still = [one for one in points if not gone & one.states.keys() and not self.judge.seen(rows, [one])]
        return [*still, replace(last, states=states, rows=rows, figures=figures)]  # where that stood: nothing is new


@dataclass
class Staying(Way):
    """Each figure stays as it was told that would, alone or with others, tell of few. For who came."""

    _there: set[str] = field(init=False)
    """The figures that are there for the team, and could be told outside."""

    def __post_init__(self) -> None:
        nothing = self.known.projection.query({}, Request("", depth=DEEPEST))
        self._there = {one.key for one in figures_in(nothing.data)}

    def follow(self, points: Sequence[Point], at: dt.datetime | None) -> list[Point]:
        """Add a point with what stays as it was."""
        step = self.step(points, at)
        return [*points, self._with_what_stays(points, step.point)] if step.changed else list(points)

    def _with_what_stays(self, points: Sequence[Point], point: Point) -> Point:
        figures, rows = self.judge.told(point.states)
        last, before = dict[str, Row](), dict[str, Figure]()
        for earlier in points:
            last |= earlier.rows
            before |= earlier.figures
        older = dict[str, Figure | None]()
        told = dict(rows)
        while few := next((found for one in points if (found := self.judge.few(one.rows, told))), None):
            key = min(few, key=lambda key: (few[key], key))
            if key in older or rows[key] == last[key]:
                older[key] = None
                del told[key]
            else:
                older[key], told[key] = before[key], last[key]
        if older:  # what was withheld beside these as they were stays withheld
            held = rows.keys() - points[-1].rows.keys() - older.keys()
            older |= dict.fromkeys(held & self._there)
            told = {key: row for key, row in told.items() if older.get(key, row) is not None}
        team = Request("", None, point.at, DEPTH[Visibility.TEAM])
        self._there |= {one.key for one in figures_in(self.known.projection.query(point.states, team).data)}
        shown = {key: kept for key, found in figures.items() if (kept := older.get(key, found))}
        return replace(point, figures=shown, rows=told, older=older)


def way_of(known: Known) -> Way:
    """Return how a projection's points are made."""
    if known.projection.figures_alone:
        return Staying(known, Judge(known))
    return (Apart if known.projection.occasions_apart else Waiting)(known, Judge(known))
