"""Waves: who was asked, who answered, which ties they named, and the place of each person on a map of groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from domain.timing import local_day
from projections.kernel import State, of_kind
from projections.measures.disclosure import LEAST, Sum, withheld
from projections.measures.networks import Arc, Pair, pairs_of
from projections.people import UNSTATED, People, day_of

SIDES: Final = {"citizen": "citizen", "employee": "employee", "leader": "employee", "politician": "politician"}
"""The sides that are to meet: managers count as employees."""
ALONE: Final = "citizens"
"""The place of citizens who are in no group."""
Entries = dict[str, set[int]]
"""Who said so, and in which entries."""


@dataclass
class Wave:
    """One wave, every person counted once."""

    ref: str
    state: State
    roster: set[str]
    arcs: dict[str, dict[Arc, set[int]]] = field(default_factory=dict)
    disputed: dict[str, dict[Arc, set[int]]] = field(default_factory=dict)
    said: Entries = field(default_factory=dict)
    none: Entries = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """Whether nobody can answer any more."""
        return "closed" in self.state

    @property
    def kinds(self) -> list[str]:
        """The kinds of tie that were asked."""
        found = self.state.get("kinds")
        return [str(kind) for kind in found] if isinstance(found, list) else sorted(self.arcs)

    @property
    def answered(self) -> set[str]:
        """Who of those asked has answered, if only "none yet"."""
        return set(self.said) & self.roster if self.roster else set(self.said)

    @property
    def counts(self) -> bool:
        """Whether it is drawn: closed, or answered by half of those asked; and by enough not to show what one said."""
        heard = len(self.answered)
        return heard >= LEAST and (self.closed or heard * 2 >= len(self.roster))

    def day(self, now: dt.datetime | None) -> dt.date | None:
        """Return the day roles are judged by: when it closed, else the day one looks."""
        if self.closed:
            return day_of(self.state["closed"])
        return local_day(now) if now else None

    def pairs(self, kind: str, among: Collection[str]) -> set[Pair]:
        """Return the pairs of which at least one named the other."""
        return pairs_of(self.arcs.get(kind, {}), among)

    def behind(self, kind: str, pairs: Iterable[Pair]) -> Entries:
        """Return who said so of these pairs, and in which entries."""
        wanted, found = set(pairs), Entries()
        for arc, positions in self.arcs.get(kind, {}).items():
            if frozenset(arc) in wanted:
                found.setdefault(arc[0], set()).update(positions)
        return found


def waves_of(states: Mapping[str, State], people: People) -> list[Wave]:
    """Return the waves that were opened, oldest first, with what was answered."""
    found = {
        ref: Wave(ref, state, {people.one(str(one)) for one in _listed(state, "roster")})
        for ref, state in of_kind(states, "wave").items()
        if "when" in state
    }
    for key, state in of_kind(states, "ties").items():
        ref, _, giver = key.rpartition("/")
        if ref in found:
            _take(found[ref], people.one(giver), state, people)
    return list(found.values())


def _take(wave: Wave, giver: str, state: State, people: People) -> None:
    for item in state.get("declared", ()):
        arc = (giver, people.one(item["to"]))
        wave.arcs.setdefault(item["kind"], {}).setdefault(arc, set()).add(item["position"])
        wave.said.setdefault(giver, set()).add(item["position"])
    for position in state.get("none", ()):
        wave.none.setdefault(giver, set()).add(position)
        wave.said.setdefault(giver, set()).add(position)
    for item in state.get("disputed", ()):
        arc = (giver, people.one(item["to"]))
        wave.disputed.setdefault(item["kind"], {}).setdefault(arc, set()).add(item["position"])


def _listed(state: State, name: str) -> list[Any]:
    found = state.get(name)
    return found if isinstance(found, list) else []


# ------------------------------------------------------------------ the map's people
@dataclass
class Panel:
    """The people a map is drawn over: they answered every wave that counts, and their side is known.

    Sides and groups are those of the last of these waves, so that each person keeps one place through all of them.
    """

    people: People
    waves: list[Wave]
    now: dt.datetime | None

    @cached_property
    def answered(self) -> set[str]:
        """Who answered every time."""
        heard = [wave.answered for wave in self.waves]
        return set.intersection(*heard) if heard else set()

    @cached_property
    def members(self) -> set[str]:
        """Those of them whose side is known."""
        return {person for person in self.answered if self.side(person) != UNSTATED}

    def side(self, person: str) -> str:
        """Return the side a person is on; *unstated* when there are several, or none."""
        roles = self.people.roles_on(person, self.waves[-1].day(self.now))
        found = {SIDES[role] for role in roles if role in SIDES}
        return found.pop() if len(found) == 1 else UNSTATED

    @cached_property
    def _group(self) -> dict[str, str]:
        """Each person's group; whoever is in several is counted in the first that was formed."""
        order = list(self.people.groups)
        held = {person: self.people.groups_of(person) for person in self.members | self.waves[-1].roster}
        return {person: min(groups, key=order.index) for person, groups in held.items() if groups}

    def place(self, person: str) -> str:
        """Return where a person stands on the map: citizens in their group, the others together with their side."""
        if (side := self.side(person)) != "citizen":
            return side
        group = self._group.get(person)
        return f"group/{group}" if group and not self.people.groups[group].get("over") else ALONE

    @cached_property
    def side_of(self) -> dict[str, str]:
        """The side of each of them."""
        return {person: self.side(person) for person in self.members}

    @cached_property
    def place_of(self) -> dict[str, str]:
        """The place of each of them."""
        return {person: self.place(person) for person in self.members}

    @cached_property
    def too_few(self) -> set[tuple[str, str]]:
        """The sides and places of which it is not told how many answered: ``("side", …)`` and ``("place", …)``.

        How many there are is known; that all three politicians answered is what they did.
        """
        sides, places = list(self.side_of.values()), list(self.place_of.values())
        of = {place: "citizen" if place not in SIDES.values() else place for place in places}
        counts = {("place", place): places.count(place) for place in of}
        counts |= {("side", side): sides.count(side) for side in sides}
        sums = [
            Sum(tuple(("place", place) for place in of if of[place] == side), ("side", side))
            for side in dict.fromkeys(sides)
        ]
        return withheld(counts, [*sums, Sum(tuple(("side", side) for side in dict.fromkeys(sides)))])

    def sizes(self) -> dict[str, int]:
        """Return how many were on the last list at each place, those who did not answer included."""
        found: dict[str, int] = {}
        for person in self.waves[-1].roster:
            place = self.place(person)
            found[place] = found.get(place, 0) + 1
        return found
