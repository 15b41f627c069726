"""Registering several people at once: a line each, with name and role; numbers and marks are given, never names."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from domain.belonging import ParticipantRegistered
from domain.vocabulary import Role
from service import words
from service.web.page import ProcessPage
from service.web.people import marks_for, number_for, people_of
from service.web.record import id_within

ROLES: Final = tuple(role.value for role in Role)
NAME_MAX: Final = 200
PEOPLE_MAX: Final = 100
SPLITS: Final = (";", "\t", ",")


@dataclass
class Typed:
    """The people who were typed, as name and role, and what is wrong."""

    people: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)


def typed_people(page: ProcessPage, typed: Mapping[str, str], rows: int) -> Typed:
    """Return the people of the lines of the form, and of the list that was pasted in."""
    found = Typed()
    for n in range(rows):
        _take(page, found, f"name-{n}", typed.get(f"name.{n}", "").strip(), typed.get(f"role.{n}", ""))
    for line in typed.get("list", "").splitlines():
        if line.strip():
            _take(page, found, "list", *_split(line))
    if len(found.people) > PEOPLE_MAX:
        many = page.t(f"Gem højst {PEOPLE_MAX} ad gangen.", f"Save at most {PEOPLE_MAX} at a time.")
        found.wrong.append(("list", many))
    return found


def _split(line: str) -> tuple[str, str]:
    """Return name and role of a line such as *Åse Opdigtet, borger*; the role empty when it is none."""
    for sign in SPLITS:
        name, found, word = line.rpartition(sign)
        if found:
            said = word.strip().casefold()
            known = {words.label(role, one).casefold(): role for role in ROLES for one in ("da", "en")}
            return name.strip(), known.get(said, word.strip() if said else "")
    return line.strip(), ""


def _take(page: ProcessPage, found: Typed, where: str, name: str, role: str) -> None:
    t = page.t
    if not name and not (role and where == "list"):
        return
    if role not in ROLES:
        said = t(f"Vælg en rolle til linjen “{name[:40]}”.", f"Choose a role for the line “{name[:40]}”.")
        found.wrong.append((where, said))
    elif not name or len(name) > NAME_MAX:
        found.wrong.append((where, t("Skriv navnet, højst 200 tegn.", "Write the name, 200 characters at most.")))
    else:
        found.people.append((name, role))


def people_wires(page: ProcessPage, people: list[tuple[str, str]], command: str) -> list[dict[str, Any]]:
    """Return the registration and the role of each; sent again, each keeps its number and mark."""
    ids = [id_within(command, f"person {at}") for at in range(len(people))]
    stored = page.kurslog.reader.by_id(page.process, [uuid.UUID(one) for one in ids])
    kept = {
        str(key): event.data.pseudonym for key, event in stored.items() if isinstance(event.data, ParticipantRegistered)
    }
    taken = {person.mark for person in people_of(page, named=()).values() if str(person.registered.id) not in kept}
    wires: list[dict[str, Any]] = []
    for at, ((name, role), key, mark) in enumerate(zip(people, ids, marks_for(ids, taken), strict=True)):
        number = number_for(key)
        registered = {"participant_id": number, "name": name, "pseudonym": kept.get(key) or mark}
        wires.append({"type": "participant-registered", "id": key, "data": registered})
        assumed = {"participant_id": number, "role": role}
        wires.append({"type": "role-assumed", "id": id_within(command, f"role {at}"), "data": assumed})
    return wires
