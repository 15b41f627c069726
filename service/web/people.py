"""The people of a process: names for the team alone, marks that stand in for them, roles and groups."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from domain.belonging import (
    GroupFormed,
    GroupJoined,
    GroupLeft,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantsMerged,
    RoleAssumed,
    RoleEnded,
)
from domain.vocabulary import Personal, Sealed
from service.security.gate import sees

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from domain.kernel import Envelope
    from domain.register import Histories
    from service.web.page import ProcessPage

LETTERS: Final = "ABCDEFGHJKLMNPRSTUVXYZ"
DIGITS: Final = "23456789"
DANISH: Final = str.maketrans("æøå", "{|}")
"""What follows z in ASCII, for what follows it in Danish."""


@dataclass
class Person:
    """One participant, as far as the caller may see."""

    id: str
    registered: Envelope
    name: str | None = None
    mark: str = ""
    here: bool = True
    erased: bool = False
    roles: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    @property
    def called(self) -> str:
        """What to call the person in a list of choices: mark and name, else the number; never of one who was erased."""
        if self.erased:
            return self.name or ""
        return " · ".join(one for one in (self.mark or self.id, self.name) if one)


def listed_as(person: Person) -> str:
    """Return what a list in the order of names knows somebody by."""
    return person.name or person.mark or person.id


def people_of(page: ProcessPage, *, named: Container[str] | None = None) -> dict[str, Person]:
    """Return the participants the caller may see, by id, in the order they came; those who left are marked.

    ``named``: whose names are opened (None: everybody's), as far as the caller may read them: a name that nobody is shown
    is read by nobody.
    """
    kurslog = page.kurslog
    register = kurslog.reader.register(page.process)
    found: dict[str, Person] = {}
    heard = [
        event
        for subject in in_order_of_coming(register, "participant")
        for event in register.history(subject)
        if sees(page.caller, event)
    ]
    for event in sorted(heard, key=lambda one: not isinstance(one.data, ParticipantRegistered)):  # a merger names two
        _take(found, event)
    rights = kurslog.rights.of(page.process)
    for person in found.values():
        if rights.erased(person.id):
            person.name, person.mark = page.t("slettet deltager", "erased participant"), ""
            person.here, person.erased = False, True
    open_names(page, (person for person in found.values() if named is None or person.id in named))
    _join(page, found)
    return found


def open_names(page: ProcessPage, people: Iterable[Person]) -> None:
    """Fill in the names of those who are shown, as far as the caller may read them; they are noted to have been read."""
    opened = [person for person in people if not person.erased]
    names = names_in((person.registered for person in opened), partial(page.kurslog.texts.said, page.caller))
    for person in opened:
        person.name = names.get(person.id)


def names_in(registered: Iterable[Envelope], look_up: Callable[[Iterable[str]], dict[str, str]]) -> dict[str, str]:
    """Return the names in these registrations by participant, as far as ``look_up`` finds their commitments' texts."""
    held = {
        event.data.participant_id: text.value.sha256
        for event in registered
        if isinstance(text := event.data.name, Personal) and isinstance(text.value, Sealed)
    }
    said = look_up(held.values())
    return {participant: said[commitment] for participant, commitment in held.items() if commitment in said}


def by_name(page: ProcessPage) -> Callable[[str], tuple[int, str]]:
    """Return what puts participants in the order of their names; those the caller knows by no name come last.

    No name is in it, so it is kept until something is written, and nobody is noted to have read one. It is found when
    it is first asked for: a short list stands as it comes. Whoever was registered meanwhile comes last.
    """

    @cache
    def places() -> Mapping[str, int]:
        return page.kurslog.queries.kept(page.process, ("by name", page.caller), find, len)

    def find() -> dict[str, int]:
        people = people_of(page, named=())
        look_up = partial(page.kurslog.texts.compared, page.caller)
        names = names_in((one.registered for one in people.values() if not one.erased), look_up)
        for person in people.values():
            person.name = names.get(person.id)
        return {person.id: place for place, person in enumerate(sorted(people.values(), key=in_list))}

    return lambda participant: (places().get(participant, len(places())), participant)


def in_order_of_coming(register: Histories, kind: str) -> list[str]:
    """Return the register's things of a kind, by when they were first recorded."""
    return sorted(register.all_of(kind), key=lambda subject: register.stored(subject)[0].position)


def _take(found: dict[str, Person], event: Envelope) -> None:
    data = event.data
    if isinstance(data, ParticipantRegistered):
        found[data.participant_id] = Person(data.participant_id, event, mark=data.pseudonym or "")
        return
    person = found.get(event.subject.partition("/")[2])
    if person is None:
        return
    match data:
        case ParticipantLeft():
            person.here = False
        case ParticipantsMerged() if data.duplicate_id in found:
            found[data.duplicate_id].here = False
        case RoleAssumed() if str(data.role) not in person.roles:
            person.roles.append(str(data.role))
        case RoleEnded() if str(data.role) in person.roles:
            person.roles.remove(str(data.role))
        case _:
            pass


def _join(page: ProcessPage, found: dict[str, Person]) -> None:
    register = page.kurslog.reader.register(page.process)
    for subject in in_order_of_coming(register, "group"):
        title, members = None, dict[str, None]()
        for event in register.history(subject):
            data = event.data
            if isinstance(data, GroupFormed):
                title = data.title
            elif isinstance(data, GroupJoined):
                members[data.participant_id] = None
            elif isinstance(data, GroupLeft):
                members.pop(data.participant_id, None)
        for ref in members:
            if ref in found and isinstance(title, str):
                found[ref].groups.append(title)


def in_list(person: Person) -> tuple[str, str]:
    """Return what a list of people is ordered by: the name as Danes order it, else the mark or number."""
    return danish(person.name or "~"), person.mark or person.id


def danish(name: str) -> str:
    """Return what a name is ordered by: æ, ø and å come after z."""
    return name.casefold().translate(DANISH)


def person_of_mark(page: ProcessPage, mark: str) -> str | None:
    """Return the id of the participant with this mark, or this number; None when there is none to be seen."""
    wanted = mark.strip().casefold()
    for person in people_of(page).values():
        if wanted in {person.mark.casefold(), person.id.casefold()}:
            return person.id
    return None


def marks_for(seeds: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Return a mark such as K7Q for each random seed, none of them taken.

    Args:
        seeds: the random ids of the registrations, so that the same one sent again gets the same mark.
        taken: the marks that others have.
    """
    held, found = set(taken), []
    for seed in seeds:
        tries = (_mark(f"{seed}/{at}") for at in range(10_000))
        mark = next(one for one in tries if one not in held)
        held.add(mark)
        found.append(mark)
    return found


def _mark(seed: str) -> str:
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    number, last = divmod(number, len(LETTERS))
    number, digit = divmod(number, len(DIGITS))
    return LETTERS[number % len(LETTERS)] + DIGITS[digit] + LETTERS[last]


def number_for(seed: str) -> str:
    """Return a participant's number from a random seed: never a name, and the same when sent again."""
    return f"p{int.from_bytes(hashlib.sha256(f'participant {seed}'.encode()).digest()[:8]) % 900_000_000 + 100_000_000}"
