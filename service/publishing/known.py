"""What is known of one process, so far as the log was walked: its things, whose each is, and what people allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from domain.belonging import ParticipantRegistered, ParticipantsMerged
from domain.consenting import ConsentGiven, ConsentWithdrawn, ErasureExecuted, ObjectionLodged, ProcessingBasisDeclared
from domain.correcting import CORRECTING, effective
from domain.kernel import DECLARED, Envelope, in_order
from projections.kernel import ALWAYS, DEEPEST, DEPTH, Projection, State, depth_of, microseconds
from service.log.tables import stored_form
from service.security.rights import Rights

RIGHTS: Final = (
    ParticipantRegistered,
    ParticipantsMerged,
    ConsentGiven,
    ConsentWithdrawn,
    ErasureExecuted,
    ObjectionLodged,
    ProcessingBasisDeclared,
)
"""What says whether an answer may be used (`Rights.stops`)."""
RIGHTS_KINDS: Final = frozenset(DECLARED[one].kind for one in RIGHTS)


class Known:
    """The things that a projection looks at, as they stand, and the people they are told of.

    What somebody says is a *share* of theirs, and has a number: another answer of theirs is another share.
    """

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self.states: dict[str, State] = {}
        self.position, self.happened = 0, ALWAYS
        self._deep = DEPTH[projection.deep] if projection.deep else DEEPEST
        self._rights = Rights()
        self._heard: list[Envelope] = []
        self._stored: dict[str, list[Envelope]] = {}
        self._last: dict[str, State] = {}
        self._subject_at: dict[int, str] = {}
        self._same: dict[str, str] = {}
        self._whose: dict[str, str | None] = {}
        self._stamps: dict[str, list[State]] = {}
        self._shares: dict[tuple[str, int], int] = {}

    # -------------------------------------------------------------- taking in
    def take(self, event: Envelope) -> bool:
        """Take in the next entry; return whether it says whether answers may be used."""
        self.position = event.position
        heard = event.kind in RIGHTS_KINDS and (type(event.data) in RIGHTS or isinstance(event.data, CORRECTING))
        if heard:
            self._heard.append(event)
        if self.projection.concerns(event) and depth_of(event) <= self._deep:
            self._fold(event)
        return heard

    def _fold(self, event: Envelope) -> None:
        stored = self._stored.setdefault(event.subject, [])
        stored.append(event)
        self._whose.pop(event.subject, None)  # what says whose it is may come, or go
        self._subject_at[event.position] = event.subject
        self.happened = max(self.happened, microseconds(event.ended))
        if isinstance(event.data, ParticipantsMerged):
            self._same[str(event.data.duplicate_id)] = str(event.data.participant_id)
            self._whose.clear()
        found = in_order(one for one in effective(stored) if type(one.data) in self.projection.folds)
        state = self.projection.fold(found)
        if state is None:
            self.states.pop(event.subject, None)
        elif (kept := stored_form(state)) != self.states.get(event.subject):
            self.states[event.subject] = self._last[event.subject] = kept

    # -------------------------------------------------------------- whose
    def stopped(self, states: Mapping[str, State]) -> Iterator[str]:
        """Yield which of these things may not be used any more."""
        return (one for one, state in states.items() if self.stops(self._allowed(), one, state))

    def _allowed(self) -> Rights:
        """Return what people allow; what was heard goes in together, since each time goes through all people."""
        if self._heard:
            self._rights.advance(self._heard)
            self._heard = []
        return self._rights

    def stops(self, rights: Rights, subject: str, state: State) -> bool:
        """Whether a thing may not be used."""
        return rights.stops(subject, state.get("participant_id"), self.projection.evidence)

    def person(self, subject: str) -> str | None:
        """Return the person a thing is told of; None for a gathering, a round or a group."""
        if subject not in self._whose:
            self._whose[subject] = self._found(subject)
        return self._whose[subject]

    def _found(self, subject: str) -> str | None:
        kind, *parts = subject.split("/")
        who = {"participant": 0, "answers": 1, "ties": 1}.get(kind)
        held: Mapping[str, Any] = self._last.get(subject, {})
        person = parts[who] if who is not None and who < len(parts) else held.get("participant_id")
        if not isinstance(person, str):
            return None
        passed = {person}
        while (kept := self._same.get(person)) and kept not in passed:
            person = kept
            passed.add(person)
        return person

    # -------------------------------------------------------------- shares
    def share(self, position: int, states: Mapping[str, State]) -> int | None:
        """Return the number of what the entry at a position says of somebody; None where it is of nobody.

        Where every figure counts people, that is the person, whatever is said of them.
        """
        subject = self._subject_at[position]
        person = self.person(subject)
        if person is None:
            return None
        alone = self.projection.figures_alone
        what = (f"participant/{person}", 0) if alone else (subject, self._stamp(subject, states[subject]))
        return self._shares.setdefault(what, len(self._shares))

    def _stamp(self, subject: str, state: State) -> int:
        """Return a number for what a thing says, another for each other thing it says."""
        known = self._stamps.setdefault(subject, [])
        for at, one in enumerate(known):
            if one is state or one == state:
                return at
        known.append(state)
        return len(known) - 1

    def owners(self) -> list[str]:
        """Return by its number whose each share is."""
        return [self.person(subject) or "" for subject, _ in self._shares]
