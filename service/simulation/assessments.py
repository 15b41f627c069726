"""Self-assessments: a round before and one after, with *then* answers, skips, silence, and observers' ratings.

Gains are modest and differ by role and competence; some decline. Seen afterwards, people place their start lower than
they did then (response shift).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from domain.assessing import Frame, Mode, RoundMoment, Skip
from domain.consenting import ConsentPurpose
from domain.vocabulary import Role
from service.simulation.dice import Dice
from service.simulation.person import Person
from service.simulation.village import Told, Village, actor

COMPETENCES: Final = ("samskabe", "styrker", "mobilisere", "handle", "lytte")
ITEMS: Final = 3
GAIN: Final = {
    Role.CITIZEN: (0.65, 0.4, 0.55, 0.6, 0.1),
    Role.EMPLOYEE: (0.7, 0.45, 0.1, 0.35, 0.25),
    Role.POLITICIAN: (0.45, 0.15, -0.1, 0.3, 0.5),
}
"""How much people gain on the average, competence by competence."""
SHIFT: Final = -0.3
ANSWERS: Final = {
    RoundMoment.BEFORE: {Role.CITIZEN: 0.86, Role.EMPLOYEE: 0.95, Role.POLITICIAN: 0.92},
    RoundMoment.AFTER: {Role.CITIZEN: 0.8, Role.EMPLOYEE: 0.92, Role.POLITICIAN: 0.88},
}
BEFORE_OPENS, BEFORE_CLOSES, BEFORE_TYPED = -10, 0, 4
AFTER_OPENS, AFTER_CLOSES = 99, 115
STRICTER: Final = 0.2
OBSERVED: Final = 3
"""Every so manyth participant is rated by an observer, too."""


def streams(village: Village) -> list[Iterator[Told]]:
    """Return the streams of what is told of assessments, each in order."""
    return [
        opened(village, RoundMoment.BEFORE),
        answered_before(village),
        typed_from_paper(village),
        opened(village, RoundMoment.AFTER),
        answered_after(village, Frame.NOW),
        answered_after(village, Frame.THEN),
        observed(village, RoundMoment.BEFORE),
        observed(village, RoundMoment.AFTER),
        voided(village),
    ]


def round_id(village: Village, moment: RoundMoment, area: int) -> str:
    """Return the id of the round of an area."""
    return f"r-{moment.value}" if village.areas == 1 else f"r-{moment.value}-{area + 1}"


def asked(village: Village, moment: RoundMoment, area: int) -> Iterator[Person]:
    """Yield whom a round is meant for: whoever is with us when it opens."""
    day = BEFORE_CLOSES if moment is RoundMoment.BEFORE else AFTER_OPENS
    return (person for person in village.people(area) if person.here(day))


def opened(village: Village, moment: RoundMoment) -> Iterator[Told]:
    """Yield the opening and the closing of the rounds of one moment."""
    opens, closes = (BEFORE_OPENS, BEFORE_CLOSES) if moment is RoundMoment.BEFORE else (AFTER_OPENS, AFTER_CLOSES)
    for area in range(village.areas):
        data = {
            "round_id": round_id(village, moment, area),
            "instrument_id": "skema-fabelby",
            "version": 1,
            "moment": moment,
            "eligible": [person.id for person in asked(village, moment, area)],
        }
        yield village.tell("assessment-round-opened", data, village.moment(opens, "08:00"))
    for area in range(village.areas):
        data = {"round_id": round_id(village, moment, area)}
        yield village.tell("assessment-round-closed", data, village.moment(closes, "09:45"))


# ------------------------------------------------------------------ who answers
def answers(village: Village, person: Person, moment: RoundMoment) -> bool:
    """Return whether somebody answers: only who said yes to it, and not all of them."""
    if not person.agrees(ConsentPurpose.ASSESS):
        return False
    return village.dice("responds", moment.value, person.number).chance(ANSWERS[moment][person.role])


def on_paper(village: Village, person: Person) -> bool:
    """Return whether the first answer was given on paper, and typed in days later."""
    return village.dice("paper", person.number).chance(0.25)


def _answering(village: Village, moment: RoundMoment) -> Iterator[tuple[int, Person]]:
    for area in range(village.areas):
        for person in asked(village, moment, area):
            if answers(village, person, moment):
                yield area, person


def answered_before(village: Village) -> Iterator[Told]:
    """Yield the answers given online before the kick-off."""
    at = village.moment(BEFORE_CLOSES - 1, "20:00")
    for area, person in _answering(village, RoundMoment.BEFORE):
        if not on_paper(village, person):
            yield _submitted(village, person, RoundMoment.BEFORE, area, Frame.NOW, at, at)


def typed_from_paper(village: Village) -> Iterator[Told]:
    """Yield the answers on paper: given at the door, known when they were typed in."""
    at, typed = village.moment(BEFORE_CLOSES, "09:30"), village.moment(BEFORE_TYPED, "15:00")
    for area, person in _answering(village, RoundMoment.BEFORE):
        if on_paper(village, person):
            yield _submitted(village, person, RoundMoment.BEFORE, area, Frame.NOW, at, typed)


def answered_after(village: Village, frame: Frame) -> Iterator[Told]:
    """Yield the answers afterwards, about now; or about then, which fewer give."""
    at = village.moment(AFTER_OPENS + 6, "20:00" if frame is Frame.NOW else "20:30")
    for area, person in _answering(village, RoundMoment.AFTER):
        if frame is Frame.NOW or village.dice("looks-back", person.number).chance(0.88):
            yield _submitted(village, person, RoundMoment.AFTER, area, frame, at, at)


def _submitted(
    village: Village,
    person: Person,
    moment: RoundMoment,
    area: int,
    frame: Frame,
    at: dt.datetime,
    known: dt.datetime,
    *,
    again: str = "",
) -> Told:
    paper = moment is RoundMoment.BEFORE and on_paper(village, person)
    data = {
        "assessment_id": f"{round_id(village, moment, area)}-{person.id}-{frame.value}{again}",
        "round_id": round_id(village, moment, area),
        "participant_id": person.id,
        "role": person.role,
        "frame": frame,
        "answers": rated(village, person, moment, frame),
        "mode": Mode.PAPER if paper else Mode.ONLINE,
        "language": "en" if person.english else "da",
        "transcribed_by": "hold-1" if paper else None,
    }
    return village.tell("self-assessment-submitted", data, at, known, also=again)


# ------------------------------------------------------------------ what they answer
def rated(village: Village, person: Person, moment: RoundMoment, frame: Frame) -> list[dict[str, Any]]:
    """Return somebody's answers, item by item."""
    dice = village.dice("rated", person.number, moment.value, frame.value)
    found = []
    for place, competence in enumerate(COMPETENCES):
        level = _level(village, person, place, moment, frame)
        found += [_item(f"{competence}-{item}", level, dice) for item in range(1, ITEMS + 1)]
    return found


def _level(village: Village, person: Person, place: int, moment: RoundMoment, frame: Frame) -> float:
    dice = village.dice("level", person.number, place)
    before = person.level + dice.around(0.0, 0.35)
    gain, shift = dice.around(GAIN[person.role][place], 0.5), dice.around(SHIFT, 0.3)
    if moment is RoundMoment.BEFORE:
        return before
    return before + (gain if frame is Frame.NOW else shift)


def _item(item: str, level: float, dice: Dice) -> dict[str, Any]:
    if dice.chance(0.035):
        return {"item": item, "skipped": dice.one(list(Skip))}
    return {"item": item, "value": min(5, max(1, round(dice.around(level, 0.35))))}


# ------------------------------------------------------------------ seen from outside, and made invalid
def observed(village: Village, moment: RoundMoment) -> Iterator[Told]:
    """Yield what the evaluator rates of some, by the same anchors; less than they see themselves."""
    at = village.moment(AFTER_OPENS + 9 if moment is RoundMoment.AFTER else BEFORE_CLOSES - 1, "14:00")
    for area, person in _answering(village, moment):
        if person.number % OBSERVED:
            continue
        dice = village.dice("observer", person.number, moment.value)
        places = range(len(COMPETENCES))
        levels = [_level(village, person, place, moment, Frame.NOW) - STRICTER for place in places]
        data = {
            "assessment_id": f"o-{moment.value}-{person.id}",
            "round_id": round_id(village, moment, area),
            "participant_id": person.id,
            "role": person.role,
            "rater": actor(village.beside("evaluator")),
            "answers": [_item(f"{name}-1", level, dice) for name, level in zip(COMPETENCES, levels, strict=True)],
        }
        yield village.tell("observer-assessment-submitted", data, at)


def voided(village: Village) -> Iterator[Told]:
    """Yield one answer that was given in somebody else's name, and the one that stands instead."""
    area, person = next(_answering(village, RoundMoment.AFTER))
    at = village.moment(AFTER_OPENS + 8, "09:00")
    about = {"round_id": round_id(village, RoundMoment.AFTER, area), "participant_id": person.id, "frame": Frame.NOW}
    yield village.tell("assessment-voided", {**about, "reason": "Udfyldt af en nabo ved samme bord."}, at)
    later = at + dt.timedelta(hours=10)
    yield _submitted(village, person, RoundMoment.AFTER, area, Frame.NOW, later, later, again="-igen")
