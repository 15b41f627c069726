"""What people in a process have said yes to and asked for, at the log's head: whatever clock a reader stands at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from domain.consenting import (
    ConsentGiven,
    ConsentPurpose,
    ConsentWithdrawn,
    ErasureExecuted,
    LegalBasis,
    ObjectionLodged,
    ProcessingBasisDeclared,
)
from domain.correcting import effective
from domain.kernel import Envelope, in_order
from domain.vocabulary import Purpose
from service.log.reading import Reader

PROCESSES_HELD: Final = 64


@dataclass
class Person:
    """What one participant has said of what is held about them."""

    given: set[ConsentPurpose] = field(default_factory=set)
    withdrawn: set[ConsentPurpose] = field(default_factory=set)
    objections: set[Purpose | None] = field(default_factory=set)
    erased: bool = False


NOTHING_SAID: Final = Person()
UNASKED: Final = {ConsentPurpose.PARTICIPATE: Purpose.FACILITATION, ConsentPurpose.ASSESS: Purpose.EVALUATION}
"""What a person takes part in without having been asked, and the purpose whose declared ground decides it."""


class Rights:
    """The rights of the people in one process, folded from the events that say them."""

    def __init__(self) -> None:
        self.position = 0
        self.bases: dict[Purpose, LegalBasis] = {}
        """On which ground data is kept for each purpose, as it was declared last."""
        self._stored: dict[str, list[Envelope]] = {}
        self._things: dict[str, set[str]] = {}
        self._people: dict[str, Person] = {}

    def advance(self, events: Iterable[Envelope]) -> None:
        """Take in the next events, in order of position."""
        changed: set[str] = set()
        for event in events:
            self._stored.setdefault(event.subject, []).append(event)
            changed.add(event.subject)
            if isinstance(who := getattr(event.data, "participant_id", None), str):
                self._things.setdefault(who, set()).add(event.subject)
            self.position = event.position
        for who, things in self._things.items():
            if things & changed:
                self._people[who] = self._said_by(who)
        if any(subject.startswith("processing-basis-declared/") for subject in changed):
            self._declare()

    def _said_by(self, participant: str) -> Person:
        found = Person()
        for thing in sorted(self._things[participant]):
            for event in in_order(effective(self._stored[thing])):
                _take(found, event)
        return found

    def _declare(self) -> None:
        declared = [
            event.data
            for subject, stored in self._stored.items()
            if subject.startswith("processing-basis-declared/")
            for event in effective(stored)
        ]
        self.bases = {one.purpose: one.legal_basis for one in declared if isinstance(one, ProcessingBasisDeclared)}

    def person(self, participant: str) -> Person:
        """Return what a participant has said; nothing, of one who was never asked."""
        return self._people.get(participant, NOTHING_SAID)

    def allows(self, participant: str, purpose: ConsentPurpose) -> bool:
        """Return whether what a participant said may be used for this, now.

        A yes that was taken back is a no. Somebody who was never asked takes part (`UNASKED`) unless consent is the
        declared ground; whatever else takes a yes takes an express one.
        """
        person = self.person(participant)
        if purpose in person.given:
            return True
        ground = self.bases.get(UNASKED[purpose]) if purpose in UNASKED else LegalBasis.CONSENT
        return purpose not in person.withdrawn and ground is not LegalBasis.CONSENT


def _take(person: Person, event: Envelope) -> None:
    match event.data:
        case ConsentGiven(purposes=tuple(purposes)):
            person.given |= set(purposes)
            person.withdrawn -= set(purposes)
        case ConsentWithdrawn(purposes=tuple(purposes)):
            person.given -= set(purposes)
            person.withdrawn |= set(purposes)
        case ObjectionLodged(concerns=concerns):
            person.objections.add(concerns if isinstance(concerns, Purpose) else None)
        case ErasureExecuted():
            person.erased = True
        case _:
            pass


class RightsReader:
    """The rights of each process, held and advanced; the log's head is asked each time."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._held: dict[str, Rights] = {}

    def of(self, process: str) -> Rights:
        """Return the rights in a process as they stand now."""
        found = self._held.pop(process, None) or Rights()
        # Whoever reads while another thread advances sees a person as they were or as they are, never half.
        found.advance(self._reader.rights(process, found.position))
        self._held[process] = found
        for oldest in list(self._held)[: max(0, len(self._held) - PROCESSES_HELD)]:
            self._held.pop(oldest, None)
        return found
