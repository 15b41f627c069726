"""Contributions: what people offer at each gathering, what others tick, and the answers some of it gets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from domain.contributing import ContributionKind
from domain.gathering import GatheringKind
from domain.vocabulary import Role
from service.simulation.dice import Dice
from service.simulation.gatherings import gathering_id, kind_of, present
from service.simulation.person import Person
from service.simulation.texts import words
from service.simulation.village import Told, Village, actor

SPEAKS_UP: Final = 0.62
"""How many of those present leave something in writing."""
MIX: Final = {
    GatheringKind.KICK_OFF: "dream dream strength strength strength idea idea challenge concern question",
    GatheringKind.ACTION_LEARNING: "idea idea offer offer knowledge challenge concern question question strength",
    GatheringKind.CELEBRATION: "dream strength offer knowledge idea question",
}
ANSWERED: Final = {
    ContributionKind.QUESTION: 0.55,
    ContributionKind.CONCERN: 0.5,
    ContributionKind.IDEA: 0.35,
    ContributionKind.CHALLENGE: 0.3,
}
"""What share gets an answer; the rest stands unanswered."""
NAMELESS: Final = 0.15
GROUPED: Final = 0.4


@dataclass(frozen=True, slots=True)
class Offer:
    """One contribution of one gathering."""

    id: str
    kind: ContributionKind
    author: Person


def streams(village: Village) -> list[Iterator[Told]]:
    """Return the streams of what is told of contributions, each in order."""
    return [offered(village), taken_up(village)]


def offers(village: Village, number: int) -> Iterator[Offer]:
    """Yield what was offered at a gathering, in order."""
    mix = MIX[kind_of(village, number)].split()
    for person in present(village, number):
        dice = village.dice("offer", person.number, number)
        if dice.chance(SPEAKS_UP):
            kind = ContributionKind(dice.one(mix))
            yield Offer(f"c-{number}-{person.number}", kind, person)


def offered(village: Village) -> Iterator[Told]:
    """Yield the contributions, typed from the notes on the wall; one note was typed twice."""
    told: dict[str, int] = {}
    for number in village.gatherings():
        begins, typed = village.gathering_begins(number), village.after(number, 0.1)
        for place, offer in enumerate(offers(village, number)):
            language = "en" if offer.author.english else "da"
            nth = told[f"{language}{offer.kind}"] = told.get(f"{language}{offer.kind}", -1) + 1
            at = begins + dt.timedelta(minutes=15 + place % 90)
            yield village.tell("contribution-made", _data(village, offer, number, language, nth), at, max(at, typed))


def _data(village: Village, offer: Offer, number: int, language: str, nth: int) -> dict[str, Any]:
    dice = village.dice("words", offer.id)
    author: dict[str, Any] = actor(offer.author.id)
    if dice.chance(NAMELESS):
        author = dice.one([{"kind": "anonymous"}, {"kind": "role", "ref": offer.author.role}])
    group = village.group_of(offer.author)
    return {
        "contribution_id": offer.id,
        "kind": offer.kind,
        "text": said(offer.kind.value, language, nth, dice),
        "author": author,
        "gathering_id": gathering_id(number),
        "group_id": group if group is not None and number > 1 and dice.chance(GROUPED) else None,
        "channel": "seddel",
        "receipt": f"{number}{offer.author.number:03d}",
        "transcribed_by": actor(village.beside("facilitator")),
    }


def said(kind: str, language: str, nth: int, dice: Dice) -> str:
    """Return the n-th sentence of a kind; after the last they begin again, about other places and people."""
    sentences = words()["contributions"][language][kind]
    slots = {name: dice.one(choices) for name, choices in words()["slots"][language].items()}
    found: str = sentences[nth % len(sentences)].format(**slots)
    return found


def taken_up(village: Village) -> Iterator[Told]:
    """Yield who ticked what, what was built on what, and the answers."""
    before: list[Offer] = []
    for number in village.gatherings():
        now = list(offers(village, number))
        yield from _ticks(village, number, now)
        yield from _built(village, number, before, now)
        yield from _answers(village, number, now)
        before = now


def _ticks(village: Village, number: int, now: list[Offer]) -> Iterator[Told]:
    if not now:
        return
    at = village.after(number, 0.3)
    for person in present(village, number):
        dice = village.dice("ticks", person.number, number)
        ticked = {dice.one(now).id for _ in range(dice.between(0, 2))}
        for offer in sorted(ticked):
            data = {"contribution_id": offer, "participant_id": person.id}
            yield village.tell("contribution-endorsed", data, at, also=person.id)


def _built(village: Village, number: int, before: list[Offer], now: list[Offer]) -> Iterator[Told]:
    at, dice = village.after(number, 0.35), village.dice("built", number)
    earlier = [offer for offer in before if offer.kind not in {ContributionKind.CONCERN, ContributionKind.QUESTION}]
    for offer in now:
        if earlier and offer.kind in {ContributionKind.IDEA, ContributionKind.OFFER} and dice.chance(0.45):
            how = dice.one(["refines", "refines", "merges", "answers", "splits"])
            data = {"from_id": dice.one(earlier).id, "to_id": offer.id, "how": how}
            yield village.tell("contribution-built-upon", data, at, also=offer.id)


def _answers(village: Village, number: int, now: list[Offer]) -> Iterator[Told]:
    at, place = village.after(number, 0.6), 0
    for offer in now:
        dice = village.dice("answer", offer.id)
        if not dice.chance(ANSWERED.get(offer.kind, 0.08)):
            continue
        role = dice.one([Role.EMPLOYEE, Role.EMPLOYEE, Role.POLITICIAN, Role.LEADER])
        answers = words()["answers"][offer.kind.value if offer.kind.value in words()["answers"] else "other"]
        data = {
            "contribution_id": offer.id,
            "answer": answers[(number + place) % len(answers)],
            "by": {"kind": "role", "ref": role},
        }
        place += 1
        yield village.tell("contribution-answered", data, at)
