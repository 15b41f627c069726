"""The village the process takes place in: its days, its people, and how an event of it is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, Final

import domain.everything  # noqa: F401 - declares every event type
from domain.kernel import REGISTRY, TARGET, WHOLE
from domain.timing import COPENHAGEN
from domain.vocabulary import Role
from service.simulation.dice import Dice
from service.simulation.person import Person, born
from service.simulation.plan import Plan

Node = dict[str, Any]
KICK_OFF: Final = dt.date(2026, 2, 28)
LAST_DAY: Final = 98
"""The day of the last gathering: the celebration of the hundred days."""
AFTERWARDS: Final = 24
"""How many days after the last gathering people still react to it."""
POLITICIANS_MOST: Final = 25
AREA: Final = 60
"""So many people at most are asked about one another in one wave, rated in one round, and gather in six groups."""
PEOPLE_AT_HAND: Final = 8192
NAMED: Final = {Role.CITIZEN: 24, Role.EMPLOYEE: 6, Role.POLITICIAN: 2}
"""How many of each role the story names."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and when it became known."""

    known: dt.datetime
    wire: Node


class Village:
    """Everything that follows from the plan. People are worked out when asked for, so that any number fits."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.politicians = min(max(1, round(plan.participants * 0.12)), POLITICIANS_MOST)
        self.employees = max(2, round(plan.participants * 0.24))
        self.citizens = plan.participants - self.politicians - self.employees
        self.groups = tuple(f"g-{number}" for number in range(1, 7))
        self.areas = -(-plan.participants // AREA)
        self.person = lru_cache(PEOPLE_AT_HAND)(self._person)
        first, last = self.moment(0, "10:00"), self.moment(LAST_DAY, "17:00")
        self._between = (last - first) / (plan.gatherings - 1)
        self._first = first

    # -------------------------------------------------------------- people
    def _person(self, number: int) -> Person:
        nth, last = (number - 1) // self.areas + 1, number == self.citizens
        return born(number, self.role_of(number), self.dice("person", number), nth=nth, last_citizen=last)

    def role_of(self, number: int) -> Role:
        """Return the role of participant ``number``, from 1: citizens first, then employees, then politicians."""
        if number <= self.citizens:
            return Role.CITIZEN
        return Role.EMPLOYEE if number <= self.citizens + self.employees else Role.POLITICIAN

    def people(self, area: int | None = None) -> Iterator[Person]:
        """Yield the participants, or those of one area (from 0), in order."""
        start, step = (1, 1) if area is None else (area + 1, self.areas)
        for number in range(start, self.plan.participants + 1, step):
            yield self.person(number)

    def group_of(self, person: Person) -> str | None:
        """Return the group somebody is in: one of the story's, or, in another area than the first, of their own."""
        if person.group is None:
            return None
        return self.area_groups((person.number - 1) % self.areas)[person.group]

    def area_groups(self, area: int) -> tuple[str, ...]:
        """Return the six groups of an area (from 0)."""
        return tuple(f"{group}-{area + 1}" for group in self.groups) if area else self.groups

    def named(self, role: str, number: int) -> str:
        """Return the id of the n-th (from 1) of a role whom the story names; in a small village they take turns."""
        known = self.known[Role(role)]
        return known[(number - 1) % len(known)]

    @cached_property
    def known(self) -> dict[Role, tuple[str, ...]]:
        """Whom the story names: the first of each role who are with us from the start, and stay."""
        return {
            role: tuple(islice((p.id for p in self._of(role) if p.joined < 0 and p.left is None), most))
            for role, most in NAMED.items()
        }

    def _of(self, role: Role) -> Iterator[Person]:
        return (self.person(number) for number in range(1, self.plan.participants + 1) if self.role_of(number) is role)

    def beside(self, role: str) -> str:
        """Return the id of somebody beside the participants: the team, and one who was registered twice."""
        return f"p{self.plan.participants + ('facilitator', 'evaluator', 'leader', 'double').index(role) + 1}"

    # -------------------------------------------------------------- time
    def moment(self, day: int, clock: str = "12:00") -> dt.datetime:
        """Return a time of day, so many days after the kick-off (before it: below zero)."""
        return dt.datetime.combine(self.date(day), dt.time.fromisoformat(clock), COPENHAGEN)

    def date(self, day: int) -> dt.date:
        """Return the date, so many days after the kick-off."""
        return KICK_OFF + dt.timedelta(days=day)

    def gathering_begins(self, number: int) -> dt.datetime:
        """Return when gathering ``number`` (from 1) begins; whole minutes, spread over the hundred days."""
        begins = self._first + self._between * (number - 1)
        if self.plan.gatherings <= LAST_DAY // 7:  # few enough to be in the evening, as people can come
            evening = number not in {1, self.plan.gatherings}
            return begins.replace(hour=19 if evening else begins.hour, minute=0, second=0, microsecond=0)
        return begins.replace(second=0, microsecond=0)

    def after(self, number: int, share: float) -> dt.datetime:
        """Return a moment between gathering ``number`` and the next, by the share of the time between them."""
        begins = self.gathering_begins(number)
        last = number == self.plan.gatherings
        gap = dt.timedelta(days=AFTERWARDS) if last else self.gathering_begins(number + 1) - begins
        return (begins + gap * share).replace(microsecond=0)

    def gatherings(self) -> range:
        """Return the numbers of the gatherings."""
        return range(1, self.plan.gatherings + 1)

    # -------------------------------------------------------------- telling
    def dice(self, *name: object) -> Dice:
        """Return a stream of chance for a purpose, of its own in every village."""
        return Dice(self.plan.seed, *name)

    def event_id(self, name: str) -> str:
        """Return the id of an event by its name, ``action-completed/h-3``."""
        return self.plan.event_id(name)

    def tell(
        self, stem: str, data: Node, at: dt.datetime, known: dt.datetime | None = None, *, also: str = "", **more: Any
    ) -> Told:
        """Tell that something happened.

        Args:
            stem: the event type without its version.
            data: what it says; values that are None are left out.
            at: when it happened.
            known: when it was written down; at once, if not said.
            also: what tells it from others of this type about the same thing; with it and the thing it has its name.
            more: further fields of the envelope.
        """
        found = REGISTRY[f"{stem}.v1"]
        ids = {**data, WHOLE: self.plan.process}
        about = [str(ids[name]) for name in found.about if name != TARGET]
        name = "/".join([stem, *about, *([also] if also else [])])
        learned = known or at
        wire: Node = {
            "specversion": "1.0",
            "id": self.event_id(name),
            "type": found.name,
            "source": f"/processes/{self.plan.process}",
            "time": at.isoformat(),
            **more,
            "learnedat": learned.isoformat(),
            "data": {field: value for field, value in data.items() if value is not None},
        }
        return Told(learned, wire)


def actor(participant: str) -> Node:
    """Return a participant as the one who acted."""
    return {"kind": "participant", "ref": participant}
