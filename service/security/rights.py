"""What people in a process have said yes to and asked for, at the log's head: whatever clock a reader stands at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from domain.belonging import ParticipantRegistered, ParticipantsMerged
from domain.consenting import (
    UNASKED,
    ConsentGiven,
    ConsentPurpose,
    ConsentWithdrawn,
    Erased,
    ErasureExecuted,
    ErasureVerdict,
    GivenBy,
    LegalBasis,
    ObjectionLodged,
    ProcessingBasisDeclared,
)
from domain.correcting import CORRECTING, effective
from domain.kernel import Envelope, in_order
from domain.observing import Attribution, QuoteApprovalWithdrawn, QuoteApproved, QuoteCaptured
from domain.register import one_person
from domain.vocabulary import Actor, ActorKind, Purpose
from service.log.once import once
from service.log.reading import Reader

PROCESSES_HELD: Final = 64
PAGE: Final = 5000
QUOTED: Final = frozenset({ConsentPurpose.QUOTE_NAMED, ConsentPurpose.QUOTE_ANONYMOUS})
"""What somebody has said yes to whose words may be used outside."""


OF_PARTICIPANTS: Final = (ParticipantRegistered, ParticipantsMerged, *CORRECTING)
"""What of a participant's entries says something of their rights; of the others most are about roles."""
ANSWERS: Final = frozenset({"answers", "observer-assessment", "ties"})
"""The kinds of things that are one person's answers: a no to being asked takes them out of every figure."""


@dataclass(frozen=True, slots=True)
class Said:
    """The last answer to one purpose: yes or no, when, on which version of the words, and by whom."""

    given: bool
    since: dt.datetime
    version: str | None
    by: GivenBy | None


@dataclass
class Person:
    """What one participant has said of what is held about them."""

    said: dict[ConsentPurpose, Said] = field(default_factory=dict)
    objections: set[Purpose | None] = field(default_factory=set)
    """The purposes an objection stops: not answered yet, or upheld. None is all of them."""
    erased: bool = False
    guardian_required: bool = False

    @property
    def given(self) -> frozenset[ConsentPurpose]:
        """What was said yes to, and not taken back."""
        return frozenset(purpose for purpose, last in self.said.items() if last.given)

    @property
    def withdrawn(self) -> frozenset[ConsentPurpose]:
        """What was said no to, or taken back."""
        return frozenset(purpose for purpose, last in self.said.items() if not last.given)


NOTHING_SAID: Final = Person()


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's words as they stand now: whose they are, and what its speaker approved."""

    speaker: str = ""
    """The participant; empty for somebody who is none."""
    approved: str = ""
    """The id of the entry with the approved words; empty while none are."""
    attribution: Attribution | None = None
    withdrawn: bool = False
    """Whether an approval was taken back."""


NO_QUOTE: Final = Quote()


class Rights:
    """The rights of the people in one process, folded from the events that say them."""

    def __init__(self) -> None:
        self.position = 0
        self.bases: dict[Purpose, LegalBasis] = {}
        """On which ground data is kept for each purpose, as it was declared last."""
        self._stored: dict[str, list[Envelope]] = {}
        self._things: dict[str, tuple[str, ...]] = {}
        self._people: dict[str, Person] = {}
        self._quotes: dict[str, Quote] = {}
        self._same: dict[str, frozenset[str]] = {}

    def advance(self, events: Iterable[Envelope]) -> None:
        """Take in the next events, in order of position."""
        changed: set[str] = set()
        merged = False
        for event in events:
            self.position = event.position
            if event.kind == "participant" and not isinstance(event.data, OF_PARTICIPANTS):
                continue
            self._stored.setdefault(event.subject, []).append(event)
            changed.add(event.subject)
            merged = merged or (event.kind == "participant" and not isinstance(event.data, ParticipantRegistered))
            if (who := _about(event)) and event.subject not in self._things.get(who, ()):
                self._things[who] = (*self._things.get(who, ()), event.subject)
        for who in {who for subject in changed for event in self._stored[subject] if (who := _about(event))}:
            self._people[who] = self._said_by(who)
        for subject in changed:
            kind, _, ref = subject.partition("/")
            if kind == "quote":
                self._quotes[ref] = _quote(self._standing(subject))
        if any(subject.startswith("processing-basis-declared/") for subject in changed):
            self._declare()
        if merged:
            self._same = one_person(self._found("participant", ParticipantsMerged))

    def _standing(self, subject: str) -> list[Envelope]:
        return in_order(effective(self._stored[subject]))

    def _found(self, kind: str, of: type) -> list[Envelope]:
        subjects = [subject for subject in self._stored if subject.startswith(f"{kind}/")]
        return [event for subject in subjects for event in self._standing(subject) if isinstance(event.data, of)]

    def _said_by(self, participant: str) -> Person:
        found = Person()
        for thing in sorted(self._things[participant]):
            for event in self._standing(thing):
                _take(found, event)
        return found

    def _declare(self) -> None:
        declared = [event.data for event in self._found("processing-basis-declared", ProcessingBasisDeclared)]
        self.bases = {one.purpose: one.legal_basis for one in declared}

    def person(self, participant: str) -> Person:
        """Return what a participant has said; nothing, of one who was never asked."""
        return self._people.get(participant, NOTHING_SAID)

    def quote(self, quote: str) -> Quote:
        """Return where a quote stands."""
        return self._quotes.get(quote, NO_QUOTE)

    def same(self, participant: str) -> frozenset[str]:
        """Return all the ids of one person: registrations that were merged are one."""
        return self._same.get(participant, frozenset({participant}))

    def erased(self, participant: str) -> bool:
        """Return whether a person was erased, under any of their ids."""
        return any(self.person(one).erased for one in self.same(participant))

    def causes(self, participant: str) -> frozenset[str]:
        """Return the ids of the entries that say what a person said and asked for."""
        things = [thing for one in self.same(participant) for thing in self._things.get(one, ())]
        return frozenset(str(event.id) for thing in things for event in self._stored[thing])

    def latest(self, participant: str) -> str:
        """Return the id of the last entry that says what a person said or asked for."""
        things = [thing for one in self.same(participant) for thing in self._things.get(one, ())]
        said = [event for thing in things if not thing.startswith("participant/") for event in self._stored[thing]]
        return str(max(said, key=lambda event: event.position).id) if said else ""

    def quoted_back(self, participant: str) -> bool:
        """Return whether a person took back an approval of their words."""
        ids = self.same(participant)
        return any(quote.speaker in ids and quote.withdrawn for quote in self._quotes.values())

    def stops(self, subject: str, participant: object = None, evidence: Collection[str] = ()) -> bool:
        """Return whether a thing is somebody's answer that may no longer be used.

        Args:
            subject: the thing, such as ``answers/<round>/<participant>/<frame>``.
            participant: whom it is about, where the subject does not say.
            evidence: the kinds of things that are used as an answer is: as evidence about who said them.
        """
        kind, *parts = subject.split("/")
        if kind not in ANSWERS and kind not in evidence:
            return False
        who = parts[1] if len(parts) > 1 else participant
        return isinstance(who, str) and not all(self.allows(who, purpose) for purpose in UNASKED)

    def refuses(self, participant: str, purposes: Iterable[ConsentPurpose]) -> bool:
        """Return whether a participant said no to one of these, or took a yes back."""
        return any(set(purposes) & self.person(one).withdrawn for one in self.same(participant))

    def allows(self, participant: str, purpose: ConsentPurpose) -> bool:
        """Return whether what a participant said may be used for this, now.

        A yes that was taken back is a no. Somebody who was never asked takes part (`UNASKED`) unless consent is the
        declared ground; whatever else takes a yes takes an express one. Of two registrations of one person the
        stricter holds: a no to one is a no, and a yes to either is one.
        """
        people = [self.person(one) for one in self.same(participant)]
        if any(purpose in one.withdrawn for one in people):
            return False
        ground = self.bases.get(UNASKED[purpose]) if purpose in UNASKED else LegalBasis.CONSENT
        if ground is LegalBasis.CONSENT:
            return any(purpose in one.given for one in people)
        return not any({UNASKED[purpose], None} & one.objections for one in people)


def _about(event: Envelope) -> str | None:
    """Return the participant whose right an event tells of."""
    match event.data:
        case QuoteCaptured(speaker=Actor(kind=ActorKind.PARTICIPANT, ref=str(ref))):
            return ref
        case _:
            who = getattr(event.data, "participant_id", None)
            return who if isinstance(who, str) else None


def _take(person: Person, event: Envelope) -> None:
    match event.data:
        case ConsentGiven() | ConsentWithdrawn():
            data, yes = event.data, isinstance(event.data, ConsentGiven)
            last = Said(yes, event.time, data.text_version or None, data.given_by or None)
            person.said |= dict.fromkeys(data.purposes or (), last)
        case ObjectionLodged(concerns=concerns, verdict=verdict):
            if verdict is not ErasureVerdict.REFUSED:
                person.objections.add(concerns if isinstance(concerns, Purpose) else None)
        case ErasureExecuted(what=what):
            person.erased = person.erased or Erased.KEY in (what or ())
        case ParticipantRegistered(guardian_required=required):
            person.guardian_required = required is True
        case _:
            pass


def _quote(history: Iterable[Envelope]) -> Quote:
    found = NO_QUOTE
    for event in history:
        match event.data:
            case QuoteCaptured(speaker=Actor(kind=ActorKind.PARTICIPANT, ref=str(ref))):
                found = Quote(speaker=ref)
            case QuoteApproved(attribution=attribution):
                found = Quote(found.speaker, str(event.id), attribution or Attribution.ANONYMOUS)
            case QuoteApprovalWithdrawn():
                found = Quote(found.speaker, withdrawn=True)
            case _:
                pass
    return found


class RightsReader:
    """The rights of each process, held and advanced; the log is asked each time, for a page `once`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._held: dict[str, tuple[Rights, int | None]] = {}
        self._advancing = Lock()

    def of(self, process: str) -> Rights:
        """Return the rights in a process as they stand now."""
        return once((self, process), lambda: self._advanced(process))

    def _advanced(self, process: str) -> Rights:
        head = self._reader.asked_at(process)
        found, at = self._held.get(process, (Rights(), None))
        if at == head is not None:
            return found
        said = self._reader.rights(process, found.position, PAGE)
        with self._advancing:  # whoever finds them half advanced by another thread waits here, and sees them whole
            while said:
                found.advance([event for event in said if event.position > found.position])
                said = self._reader.rights(process, found.position, PAGE) if len(said) == PAGE else []
            self._held.pop(process, None)
            self._held[process] = found, head
            for oldest in list(self._held)[: max(0, len(self._held) - PROCESSES_HELD)]:
                del self._held[oldest]
        return found
