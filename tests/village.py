"""An invented village for tests: people in three roles and six groups, asked twice whom they work with. Nobody is real."""

import random

GROUPS = {
    "g1": "Stier og natur",
    "g2": "Børn og unge",
    "g3": "Bosætning",
    "g4": "Naboskab",
    "g5": "Hallen",
    "g6": "Fortælling",
}
CITIZENS = [f"p{n}" for n in range(1, 43)]
EMPLOYEES = [f"p{n}" for n in range(43, 57)]
POLITICIANS = [f"p{n}" for n in range(57, 65)]
EVERYBODY = [*CITIZENS, *EMPLOYEES, *POLITICIANS]
ROLES = {"citizen": CITIZENS, "employee": EMPLOYEES, "politician": POLITICIANS}
GROUP_OF = {person: f"g{at % 6 + 1}" for at, person in enumerate(CITIZENS[:-6])}
OPENED = {"w1": "2026-02-10T12:00:00Z", "w2": "2026-06-10T12:00:00Z"}
CLOSED = {"w1": "2026-02-20T12:00:00Z", "w2": "2026-06-20T12:00:00Z"}
ANSWERED = {"w1": "2026-02-12T12:00:00Z", "w2": "2026-06-12T12:00:00Z"}


def wire(stem, data, on, **more):
    return {"type": stem, "time": on, "data": data, **more}


def people(visibility="team"):
    """Yield everybody with role and group."""
    for group, title in GROUPS.items():
        yield wire("group-formed", {"group_id": group, "title": title, "theme": title}, "2026-01-05T12:00:00Z")
    for role, held in ROLES.items():
        for person in held:
            named = {"participant_id": person, "name": f"Opdigtet {person}"}
            yield wire("participant-registered", named, "2026-01-10T12:00:00Z", visibility=visibility)
            yield wire("role-assumed", {"participant_id": person, "role": role}, "2026-01-10T12:00:00Z")
    for person, group in GROUP_OF.items():
        yield wire("group-joined", {"group_id": group, "participant_id": person}, "2026-01-11T12:00:00Z")


def opened(wave, roster=EVERYBODY, kinds=("works-with",), **more):
    wording = {"da": "Hvem arbejder du sammen med?", "en": "Whom do you work with?"}
    asked = {"wave_id": wave, "wording": wording, "kinds": list(kinds), "roster": list(roster), **more}
    return wire("relationship-wave-opened", asked, OPENED[wave])


def closed(wave):
    return wire("relationship-wave-closed", {"wave_id": wave}, CLOSED[wave])


def tie(wave, giver, to, kind="works-with", **more):
    data = {"wave_id": wave, "from": giver, "to": to, "kind": kind}
    return wire("relation-declared", data, ANSWERED[wave], **more)


def none_yet(wave, giver):
    return wire("no-relations-declared", {"wave_id": wave, "participant_id": giver}, ANSWERED[wave])


def role_of(person):
    return next(role for role, held in ROLES.items() if person in held)


def answers(wave, seed=1):
    """Yield what they answer: in June more ties cross roles than in February; some do not answer, some have none yet."""
    dice = random.Random(f"{seed}/{wave}")  # noqa: S311 - an invented village, the same every time
    same = random.Random(seed)  # noqa: S311
    likely = {
        person: [other for other in EVERYBODY if other != person and same.random() < chance(person, other)]
        for person in EVERYBODY
    }
    for person in EVERYBODY:
        if dice.random() < 0.1:
            continue
        named = [other for other in likely[person] if dice.random() < (0.85 if wave == "w2" else weight(person, other))]
        if not named:
            yield none_yet(wave, person)
        yield from (tie(wave, person, other) for other in named)


def chance(person, other):
    if role_of(person) != role_of(other):
        return 0.12
    if role_of(person) == "citizen":
        return 0.5 if GROUP_OF.get(person) == GROUP_OF.get(other) else 0.05
    return 0.35


def weight(person, other):
    return 0.3 if role_of(person) != role_of(other) else 0.9


def village(*, seed=1):
    """Yield the whole: people, and two waves with their answers."""
    yield from people()
    for wave in OPENED:
        yield opened(wave)
        yield from answers(wave, seed)
        yield closed(wave)
