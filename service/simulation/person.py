"""A participant: what follows for one person from chance and role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.consenting import ConsentPurpose
from domain.vocabulary import Role
from service.simulation.dice import Dice
from service.simulation.texts import words

SAYS_YES: Final = {
    ConsentPurpose.PARTICIPATE: 1.0,
    ConsentPurpose.ASSESS: 0.96,
    ConsentPurpose.BE_PICKABLE: 0.96,
    ConsentPurpose.NAMED_MAP: 0.25,
    ConsentPurpose.QUOTE_NAMED: 0.3,
    ConsentPurpose.QUOTE_ANONYMOUS: 0.7,
    ConsentPurpose.PHOTO: 0.6,
    ConsentPurpose.RESEARCH_SHARE: 0.5,
}
"""What share of people say yes to each purpose."""
SAYS_NOTHING: Final = 21
"""Every so manyth participant says yes to nothing."""
LEVEL: Final = {Role.CITIZEN: 2.75, Role.EMPLOYEE: 3.1, Role.POLITICIAN: 3.2}
"""Where people see themselves before, on a scale from 1 to 5."""
FAITHFUL: Final = {Role.CITIZEN: 0.74, Role.EMPLOYEE: 0.8, Role.POLITICIAN: 0.6}
"""How often they come."""
LEAVES_ON: Final = 47


@dataclass(frozen=True, slots=True)
class Person:
    """One participant: who, when with us, how faithful, in which group, with which yes."""

    number: int
    role: Role
    name: str
    contact: str
    joined: int
    left: int | None
    faithful: float
    group: int | None
    consents: tuple[ConsentPurpose, ...]
    level: float
    sociable: float
    english: bool

    @property
    def id(self) -> str:
        """The participant id."""
        return f"p{self.number}"

    def here(self, day: float) -> bool:
        """Return whether they take part that many days after the kick-off: from the day after they signed up."""
        return self.joined < day and (self.left is None or day < self.left)

    def agrees(self, purpose: ConsentPurpose) -> bool:
        """Return whether they said yes to a purpose."""
        return purpose in self.consents


def born(number: int, role: Role, dice: Dice, *, nth: int, last_citizen: bool) -> Person:
    """Return participant ``number``, the ``nth`` of an area, as chance has it; the last citizen always moves away."""
    first, last = dice.one(words()["first_names"]), words()["last_names"][number % len(words()["last_names"])]
    late = role is not Role.POLITICIAN and not last_citizen and dice.chance(0.12)
    joined = dice.between(2, 60) if late else -dice.between(11, 26)
    left = _left(role, dice, last_citizen=last_citizen)
    return Person(
        number=number,
        role=role,
        name=f"{first} {last}",
        contact=f"{first}.{last}.{number}@fabelby.example".lower(),
        joined=joined,
        left=None if left is None or left <= joined else left,
        faithful=min(0.97, max(0.1, dice.around(FAITHFUL[role], 0.18))),
        group=_group(nth, role, dice),
        consents=() if number % SAYS_NOTHING == 0 else _consents(dice),
        level=dice.around(LEVEL[role], 0.55),
        sociable=0.0 if dice.chance(0.07) else dice.around(1.0, 0.3),
        english=role is Role.CITIZEN and dice.chance(0.07),
    )


def _left(role: Role, dice: Dice, *, last_citizen: bool) -> int | None:
    if last_citizen:
        return LEAVES_ON
    return dice.between(30, 90) if role is not Role.POLITICIAN and dice.chance(0.03) else None


def _group(nth: int, role: Role, dice: Dice) -> int | None:
    """Citizens and employees gather in six groups; few politicians do, and one group has none of the employees."""
    share = {Role.CITIZEN: 0.88, Role.EMPLOYEE: 0.6, Role.POLITICIAN: 0.35}[role]
    if not dice.chance(share):
        return None
    return nth % 6 if role is Role.CITIZEN else nth % 5


def _consents(dice: Dice) -> tuple[ConsentPurpose, ...]:
    return tuple(purpose for purpose, share in SAYS_YES.items() if dice.chance(share))
