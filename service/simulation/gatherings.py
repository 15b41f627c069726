"""Gatherings: called, announced, held; who came, who did not, of whom nobody knows; and what was done there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from domain.gathering import Attendance, GatheringKind
from domain.vocabulary import Role
from service.simulation.people import TEAM
from service.simulation.person import Person
from service.simulation.texts import words
from service.simulation.village import AFTERWARDS, Told, Village

LATE_SHEET: Final = 2
"""The gathering of which one table's sheet turned up only weeks later."""
LATE_TABLE: Final = 9
"""Every so manyth participant sat at that table."""
NEVER_ASKED: Final = 0.05
GATHERINGS_AT_HAND: Final = 4
HOURS: Final = {GatheringKind.KICK_OFF: 6, GatheringKind.CELEBRATION: 5}


def streams(village: Village) -> list[Iterator[Told]]:
    """Return the streams of what is told of gatherings, each in order."""
    return [called(village), held(village), typed_late(village), hours(village)]


def gathering_id(number: int) -> str:
    """Return the id of gathering ``number``."""
    return f"ga-{number}"


def kind_of(village: Village, number: int) -> GatheringKind:
    """Return what kind it is: a kick-off first, the celebration last, action learning between."""
    if number == 1:
        return GatheringKind.KICK_OFF
    return GatheringKind.CELEBRATION if number == village.plan.gatherings else GatheringKind.ACTION_LEARNING


def day_of(village: Village, number: int) -> int:
    """Return how many days after the kick-off it begins."""
    return (village.gathering_begins(number).date() - village.date(0)).days


def came(village: Village, person: Person, number: int) -> Attendance | None:
    """Return whether somebody came; None when they were never asked."""
    if not person.here(day_of(village, number)):
        return None
    if number == 1 and person.id in village.known[person.role]:
        return Attendance.PRESENT
    dice = village.dice("attendance", person.number, number)
    if dice.chance(NEVER_ASKED):
        return None
    wearing = 0.05 * min(number - 1, 3) if kind_of(village, number) is GatheringKind.ACTION_LEARNING else 0.0
    if dice.chance(person.faithful - wearing):
        return Attendance.PRESENT
    return Attendance.UNKNOWN if dice.chance(0.15) else Attendance.EXCUSED if dice.chance(0.3) else Attendance.ABSENT


@lru_cache(GATHERINGS_AT_HAND)
def present(village: Village, number: int) -> tuple[Person, ...]:
    """Return those who came."""
    return tuple(person for person in village.people() if came(village, person, number) is Attendance.PRESENT)


# ------------------------------------------------------------------ called
def called(village: Village) -> Iterator[Told]:
    """Yield the plan of every gathering, and the invitations to it, once the one before is over."""
    for number in village.gatherings():
        ref, begins = gathering_id(number), village.gathering_begins(number)
        at = village.moment(-30, "09:00") if number == 1 else village.after(number - 1, 0.02)
        yield village.tell("gathering-planned", _plan(village, number, begins), at)
        for place, (channel, reach) in enumerate(_invitations(village, number)):
            sent = {"gathering_id": ref, "channel": channel, "reach": reach}
            later = at + dt.timedelta(minutes=place)
            yield village.tell("invitation-sent", sent, later, also=f"{ref}/{place}")


def _plan(village: Village, number: int, begins: dt.datetime) -> dict[str, Any]:
    kind = kind_of(village, number)
    named = words()["gatherings"][kind.value]
    middle = number - 1 if kind is GatheringKind.ACTION_LEARNING else ""
    return {
        "gathering_id": gathering_id(number),
        "title": f"{named['title']} {middle}".strip(),
        "kind": kind,
        "series": "Aktionslæring" if kind is GatheringKind.ACTION_LEARNING else None,
        "place": named["places"][number % len(named["places"])],
        "starts": begins.isoformat(),
        "ends": (begins + dt.timedelta(hours=HOURS.get(kind, 3))).isoformat(),
        "purpose": named["purpose"],
    }


def _invitations(village: Village, number: int) -> list[tuple[str, list[dict[str, Any]]]]:
    dice = village.dice("invitation", number)
    citizens = village.citizens * 20 if number == 1 else village.citizens
    named = [("employee", village.employees), ("politician", village.politicians)]
    team = [{"role": role, "count": 1} for role in TEAM]
    reach = [{"role": role, "count": max(0, count - dice.between(0, 2))} for role, count in named]
    post = "Husstandsomdelt folder" if number == 1 else "Opslag i brugsen og på skærmen i hallen"
    return [(post, [{"role": "citizen", "count": citizens}]), ("E-mail", [*reach, *team])]


# ------------------------------------------------------------------ held
def held(village: Village) -> Iterator[Told]:
    """Yield what took place, then who came, and what was done."""
    for number in village.gatherings():
        begins, ref = village.gathering_begins(number), gathering_id(number)
        over = begins + min(dt.timedelta(hours=2), (village.after(number, 0.04) - begins))
        yield village.tell("gathering-held", {"gathering_id": ref}, begins, over)
        yield from _exercises(village, number, over)
        yield from _attendance(village, number)


def _exercises(village: Village, number: int, over: dt.datetime) -> Iterator[Told]:
    dice = village.dice("exercises", number)
    tools = words()["tools"][kind_of(village, number).value]
    for place, (tool, minutes) in enumerate(tools):
        took = max(5, round(dice.around(minutes * 1.12, minutes * 0.2) / 5) * 5)
        noted = {"planned_minutes": minutes, "actual_minutes": None if dice.chance(0.1) else took}
        data = {"gathering_id": gathering_id(number), "tool": tool, **noted}
        yield village.tell("exercise-run", data, over, also=f"{gathering_id(number)}/{place}")


def _attendance(village: Village, number: int) -> Iterator[Told]:
    typed, counts = village.after(number, 0.05), dict.fromkeys(Role, 0)
    for person in village.people():
        status = came(village, person, number)
        if status is Attendance.PRESENT:
            counts[person.role] += 1
        if status is not None and not _late(person, number):
            yield _recorded(village, person, number, status, typed)
    for role in TEAM:
        yield _of_team(village, role, number, typed)
    yield _headcount(village, number, counts, typed)


def _late(person: Person, number: int) -> bool:
    return number == LATE_SHEET and person.number % LATE_TABLE == 1


def _recorded(village: Village, person: Person, number: int, status: Attendance, typed: dt.datetime) -> Told:
    data = {
        "gathering_id": gathering_id(number),
        "participant_id": person.id,
        "status": status,
        "role": person.role,
    }
    return village.tell("attendance-recorded", data, village.gathering_begins(number), typed)


def _of_team(village: Village, role: str, number: int, typed: dt.datetime) -> Told:
    """Facilitator and leader are always there; the evaluator comes to every other gathering."""
    there = role != "evaluator" or number % 2 == 1
    data = {
        "gathering_id": gathering_id(number),
        "participant_id": village.beside(role),
        "status": Attendance.PRESENT if there else Attendance.EXCUSED,
        "role": role,
    }
    return village.tell("attendance-recorded", data, village.gathering_begins(number), typed)


def _headcount(village: Village, number: int, counts: dict[Role, int], typed: dt.datetime) -> Told:
    """At the door more are counted than the lists know: children, and those who only looked in."""
    more = village.dice("door", number).between(2, 9)
    data = {
        "gathering_id": gathering_id(number),
        "total": sum(counts.values()) + more,
        "basis": "Talt ved døren",
        "by_role": [{"role": role, "count": count} for role, count in counts.items() if count],
    }
    return village.tell("headcount-recorded", data, village.gathering_begins(number), typed, also=gathering_id(number))


def typed_late(village: Village) -> Iterator[Told]:
    """Yield the sheet that turned up late: what it tells was not known before."""
    for number in village.gatherings():
        if number == LATE_SHEET:
            typed = village.after(number, 0.85)
            for person in village.people():
                status = came(village, person, number)
                if status is not None and _late(person, number):
                    yield _recorded(village, person, number, status, typed)


# ------------------------------------------------------------------ hours
def hours(village: Village) -> Iterator[Told]:
    """Yield the hours people gave between the gatherings, and those the team was paid for."""
    for number in village.gatherings():
        at = village.after(number, 0.9)
        for person in present(village, number):
            dice = village.dice("hours", person.number, number)
            if person.role is Role.CITIZEN and dice.chance(0.3):
                yield _given(village, person, number, at, f"{dice.between(1, 9)}.{dice.one('05')}")
        yield from _paid(village, number, at)


def _given(village: Village, person: Person, number: int, at: dt.datetime, count: str) -> Told:
    data = {"hours": count, "labour": "volunteer", "participant_id": person.id, "role": person.role}
    return village.tell("hours-logged", data, at, also=f"{person.id}/{number}")


def _paid(village: Village, number: int, at: dt.datetime) -> Iterator[Told]:
    day, gap = day_of(village, number), AFTERWARDS * 4 // village.plan.gatherings
    for role, most in (("facilitator", 2), ("leader", 3)):
        count = village.dice("paid", role, number).between(gap, gap * most)
        data = {
            "hours": f"{count}.0",
            "labour": "paid",
            "participant_id": village.beside(role),
            "role": role,
            "rate_basis": "Timesats efter tilsagnet (opdigtet)",
        }
        yield village.tell("hours-logged", data, at, also=f"{role}/{day}/{number}")
