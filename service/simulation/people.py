"""People: who signed up, in which role, what they were told and said yes to, and which group they joined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from operator import attrgetter
from typing import Final

from domain.consenting import ConsentPurpose
from domain.vocabulary import Role
from service.simulation.person import LEAVES_ON, Person
from service.simulation.texts import words
from service.simulation.village import Told, Village

TEXT_VERSION: Final = "2026-1"
TEAM: Final = ("facilitator", "evaluator", "leader")
FORMED_ON: Final = 0
DISSOLVED, DISSOLVED_ON = 5, 64
"""The place of the group that stops on the way, and its last day; the story tells why."""
GROUPS_OPEN: Final = "15:10"
GROUPS_FORM: Final = "15:30"
SHEETS_TYPED: Final = (-19, -11)
"""The days on which the sign-ups until then were typed in: the sheets lie a while."""


def streams(village: Village) -> list[Iterator[Told]]:
    """Return the streams of what is told of people, each in order."""
    return [
        team(village),
        *(signing_up(village, day) for day in SHEETS_TYPED),
        coming_later(village),
        joining(village),
        on_the_way(village),
        twice(village),
    ]


def team(village: Village) -> Iterator[Told]:
    """Yield the team: a facilitator, an evaluator and a leader, before anybody else."""
    for place, role in enumerate(TEAM):
        at = village.moment(-40, f"09:{place}0")
        ref = village.beside(role)
        yield village.tell("participant-registered", {"participant_id": ref, "pseudonym": f"hold-{place + 1}"}, at)
        yield village.tell("role-assumed", {"participant_id": ref, "role": role}, at)


def signing_up(village: Village, day: int) -> Iterator[Told]:
    """Yield those whose sign-up was typed in on a day: registered, in a role, told, and asked for their yes."""
    typed = village.moment(day, "16:00")
    for person in village.people():
        if next((sheet for sheet in SHEETS_TYPED if person.joined <= sheet), None) == day:
            yield from _one(village, person, village.moment(person.joined, "11:00"), typed)


def coming_later(village: Village) -> Iterator[Told]:
    """Yield those who came to us on the way."""
    for person in _later(village):
        at = village.moment(person.joined, "11:00")
        yield from _one(village, person, at, at)


def _one(village: Village, person: Person, at: dt.datetime, typed: dt.datetime) -> Iterator[Told]:
    ref, channel = person.id, village.dice("channel", person.number).one(["papir", "web", "telefon"])
    named = {"name": person.name, "contact": person.contact, "pseudonym": _pseudonym(village, person)}
    yield village.tell("participant-registered", {"participant_id": ref, **named}, at, typed)
    yield village.tell("role-assumed", {"participant_id": ref, "role": person.role}, at, typed)
    notice = {"participant_id": ref, "text_version": TEXT_VERSION, "channel": channel}
    yield village.tell("privacy-notice-given", notice, at, typed, also=ref)
    if person.consents:
        said = {"participant_id": ref, "purposes": list(person.consents), "text_version": TEXT_VERSION}
        yield village.tell("consent-given", said, at, typed)


def _pseudonym(village: Village, person: Person) -> str:
    dice = village.dice("pseudonym", person.number)
    letters = "ABCDEFGHJKLMNPRSTUVXYZ"
    return dice.one(letters) + str(dice.between(2, 9)) + dice.one(letters) + str(person.number)


def joining(village: Village) -> Iterator[Told]:
    """Yield the groups of areas beyond the story's, and who joined which: at the kick-off, or when they came to us."""
    for area in range(1, village.areas):
        for group, theme in zip(village.area_groups(area), words()["themes"]["da"], strict=True):
            data = {"group_id": group, "title": f"{theme} {area + 1}".capitalize(), "theme": theme}
            yield village.tell("group-formed", data, village.moment(FORMED_ON, GROUPS_OPEN))
    at = village.moment(FORMED_ON, GROUPS_FORM)
    for person in village.people():
        if person.group is not None and person.here(0):
            yield _joined(village, person, at)
    for person in _later(village):
        if person.group is not None:
            yield _joined(village, person, village.moment(person.joined + 3, "20:00"))


def _joined(village: Village, person: Person, at: dt.datetime) -> Told:
    joined = {"group_id": village.group_of(person), "participant_id": person.id}
    return village.tell("group-joined", joined, at, also=person.id)


def _later(village: Village) -> list[Person]:
    """Return those who came after the kick-off, by day; few, and fewer than one in eight."""
    return sorted((person for person in village.people() if person.joined > 0), key=attrgetter("joined", "number"))


def on_the_way(village: Village) -> Iterator[Told]:
    """Yield what happens to people on the way: some leave, and a few take back a yes."""
    leaving = sorted((p for p in village.people() if p.left is not None), key=attrgetter("left", "number"))
    for person in leaving:
        day = person.left or LEAVES_ON
        if person.group is not None and person.joined + 3 < day and (person.group != DISSOLVED or day < DISSOLVED_ON):
            left = {"group_id": village.group_of(person), "participant_id": person.id}
            yield village.tell("group-left", left, village.moment(day, "09:00"), also=person.id)
        reason = village.dice("leaving", person.number).one(words()["leaving"])
        yield village.tell(
            "participant-left", {"participant_id": person.id, "reason": reason}, village.moment(day, "09:00")
        )


def twice(village: Village) -> Iterator[Told]:
    """Yield what was mended or taken back about people, none of them by name.

    One citizen signed up on paper and on the web, one took back a yes, one employee leads for a while, one citizen also
    works for the municipality.
    """
    first, double = village.named("citizen", 5), village.beside("double")
    at = village.moment(-3, "18:00")
    yield village.tell("participant-registered", {"participant_id": double, "name": village.person(1).name}, at)
    yield village.tell(
        "role-assumed",
        {"participant_id": village.named("employee", 2), "role": Role.LEADER},
        village.moment(5, "08:00"),
        also="leader",
    )
    merged = {"participant_id": first, "duplicate_id": double}
    yield village.tell("participants-merged", merged, village.moment(9, "10:00"))
    both = {"participant_id": village.named("citizen", 7), "role": Role.EMPLOYEE, "from": village.date(14).isoformat()}
    yield village.tell("role-assumed", both, village.moment(14, "08:00"), village.moment(21, "09:00"), also="employee")
    quoted = next((p for p in village.people() if p.agrees(ConsentPurpose.QUOTE_NAMED) and p.joined < 0), None)
    if quoted is not None:
        taken_back = {
            "participant_id": quoted.id,
            "purposes": [ConsentPurpose.QUOTE_NAMED],
            "text_version": TEXT_VERSION,
            "evidence": "Ringede og sagde det til projektlederen.",
        }
        yield village.tell("consent-withdrawn", taken_back, village.moment(61, "13:00"))
    ended = {"participant_id": village.named("employee", 2), "role": Role.LEADER}
    yield village.tell("role-ended", ended, village.moment(75, "16:00"))
