"""Ties: two waves; they grow, most of all across roles, and some are lost. Silence and "none yet" are kept apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from domain.consenting import ConsentPurpose
from domain.relating import TieKind
from domain.vocabulary import Role
from service.simulation.person import Person
from service.simulation.village import Told, Village, actor

C, E, P = Role.CITIZEN, Role.EMPLOYEE, Role.POLITICIAN
KNOWN: Final = {
    frozenset({C}): (0.13, 0.17),
    frozenset({E}): (0.34, 0.38),
    frozenset({P}): (0.75, 0.8),
    frozenset({C, E}): (0.05, 0.24),
    frozenset({C, P}): (0.06, 0.17),
    frozenset({E, P}): (0.18, 0.32),
}
"""What share of the pairs of two roles know one another before, and after."""
SAME_GROUP: Final = 1.9
"""In the same group the new ties are so much likelier."""
LOST: Final = 0.07
RESPONDS: Final = (0.92, 0.84)
WORDING: Final = {
    "da": "Hvem på listen kender du, hvem arbejder du sammen med, og hvem har du tillid til?",
    "en": "Whom on the list do you know, whom do you work with, and whom do you trust?",
}
KINDS: Final = (TieKind.KNOWS, TieKind.WORKS_WITH, TieKind.TRUSTS)
OPENS: Final = (-9, 99)
CLOSES: Final = (6, 114)
MOST: Final = 15


def streams(village: Village) -> list[Iterator[Told]]:
    """Return the streams of what is told of ties, each in order."""
    return [stream for wave in (0, 1) for stream in (asked(village, wave), declared(village, wave))]


def wave_id(village: Village, wave: int, area: int) -> str:
    """Return the id of a wave in an area."""
    return f"b-{wave + 1}" if village.areas == 1 else f"b-{wave + 1}-{area + 1}"


def roster(village: Village, wave: int, area: int) -> list[Person]:
    """Return who is asked, and may be named: whoever is with us and lets others pick them."""
    day = 0 if wave == 0 else OPENS[1]
    return [p for p in village.people(area) if p.here(day) and p.agrees(ConsentPurpose.BE_PICKABLE)]


def asked(village: Village, wave: int) -> Iterator[Told]:
    """Yield the opening and the closing of a wave."""
    for area in range(village.areas):
        data = {
            "wave_id": wave_id(village, wave, area),
            "wording": WORDING,
            "kinds": list(KINDS),
            "roster": [person.id for person in roster(village, wave, area)],
            "strength_scale": {"min": 1, "max": 3},
            "cap": MOST,
        }
        yield village.tell("relationship-wave-opened", data, village.moment(OPENS[wave], "08:30"))
    for area in range(village.areas):
        data = {"wave_id": wave_id(village, wave, area)}
        yield village.tell("relationship-wave-closed", data, village.moment(CLOSES[wave], "20:00"))


def declared(village: Village, wave: int) -> Iterator[Told]:
    """Yield what people answered, and the one tie that the other does not see so."""
    at, disputed = village.moment(CLOSES[wave] - 3, "21:00"), None
    for area in range(village.areas):
        people = roster(village, wave, area)
        for person in people:
            if not village.dice("wave", wave, person.number).chance(RESPONDS[wave]):
                continue
            ties = list(_ties(village, wave, area, person, people))
            disputed = disputed or _across(village, ties)
            for tie in ties:
                yield village.tell("relation-declared", tie, at, also=f"{tie['to']}/{tie['kind']}")
            if not ties:
                none = {"wave_id": wave_id(village, wave, area), "participant_id": person.id}
                yield village.tell("no-relations-declared", none, at)
    if wave == 1 and disputed:
        named = {name: disputed[name] for name in ("wave_id", "from", "to", "kind")}
        said = {"by": actor(disputed["to"]), "reason": "Vi har mødtes én gang. Det er ikke at arbejde sammen."}
        yield village.tell("relation-disputed", {**named, **said}, village.moment(CLOSES[1] + 2, "10:00"))


def _across(village: Village, ties: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return a tie of working together from a citizen to an employee."""
    for tie in ties:
        roles = village.role_of(int(tie["from"][1:])), village.role_of(int(tie["to"][1:]))
        if roles == (C, E) and tie["kind"] is TieKind.WORKS_WITH:
            return tie
    return None


def _ties(village: Village, wave: int, area: int, person: Person, people: list[Person]) -> Iterator[dict[str, Any]]:
    counts = dict.fromkeys(KINDS, 0)
    for other in people:
        for kind in KINDS if other.number != person.number and _knows(village, wave, person, other) else ():
            dice = village.dice("tie", wave, person.number, other.number, kind.value)
            if counts[kind] == MOST or not dice.chance(_share(kind, person, other)):
                continue
            counts[kind] += 1
            before = _knew(village, person, other)
            yield {
                "wave_id": wave_id(village, wave, area),
                "from": person.id,
                "to": other.id,
                "kind": kind,
                "strength": None if dice.chance(0.15) else dice.between(1, 3),
                "since": ("before" if before else "during") if wave == 1 else None,
            }


def _share(kind: TieKind, person: Person, other: Person) -> float:
    """One of two who know one another does not always say so; fewer work together, and trust one another."""
    together = person.group is not None and person.group == other.group
    return {TieKind.KNOWS: 0.92, TieKind.WORKS_WITH: 0.8 if together else 0.5, TieKind.TRUSTS: 0.38}[kind]


def _likely(person: Person, other: Person) -> tuple[float, float]:
    """Return how likely the two knew one another before, and after."""
    before, after = KNOWN[frozenset({person.role, other.role})]
    sociable = person.sociable * other.sociable
    if person.group is not None and person.group == other.group:
        after = before + (after - before) * SAME_GROUP
    return before * sociable, after * max(sociable, 0.35)


def _knew(village: Village, person: Person, other: Person) -> bool:
    return _luck(village, person, other) < _likely(person, other)[0]


def _luck(village: Village, person: Person, other: Person) -> float:
    low, high = sorted((person.number, other.number))
    return village.dice("luck", low, high).between(0, 999_999) / 1_000_000


def _knows(village: Village, wave: int, person: Person, other: Person) -> bool:
    if wave == 0:
        return _knew(village, person, other)
    if _knew(village, person, other):
        low, high = sorted((person.number, other.number))
        return not village.dice("lost", low, high).chance(LOST)
    return _luck(village, person, other) < _likely(person, other)[1]
