"""What has been recorded of the things around an event, kept by thing; and the one door events go through.

The register of a process (people, roles, groups, gatherings, goals) is one strongly consistent stream of low volume:
`service/log` caches one `Histories` per process and advances it event by event. Entries are loaded as they are named.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec.structs import replace

from domain.admission import admit
from domain.belonging import ParticipantsMerged
from domain.consenting import ErasureExecuted, ErasureRequested
from domain.correcting import CORRECTING, TextRedacted, admit_correcting, effective, texts_replaced
from domain.kernel import in_order, settle, thing_of
from domain.refusals import Refused
from domain.vocabulary import Record

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from domain.kernel import Envelope
    from domain.vocabulary import Sealed


class Histories:
    """Stored events by thing, and their effective histories, folded when first asked for.

    With a ``parent`` it is a thin layer over another: the events of an array see those before them, and nothing below
    changes until they are stored.
    """

    def __init__(self, parent: Histories | None = None) -> None:
        self._parent = parent
        self.version: int = parent.version if parent else 0
        self._stored: dict[str, list[Envelope]] = {}
        self._effective: dict[str, tuple[int, list[Envelope]]] = {}
        self._subjects: dict[str, set[str]] = defaultdict(set)
        self._events: dict[str, Envelope] = {}

    def advance(self, stored: Envelope) -> None:
        """Take in the next event of its stream."""
        subject = stored.subject
        if subject not in self._stored:
            self._stored[subject] = [*self._parent.stored(subject)] if self._parent else []
        self._stored[subject].append(stored)
        self._subjects[subject.partition("/")[2]].add(subject)
        self._events[str(stored.id)] = stored
        self.version = max(self.version, stored.version)  # last: who reads this version has read the event

    def stored(self, subject: str) -> Sequence[Envelope]:
        """Return everything stored of one thing, corrections included, in order of position."""
        if subject in self._stored or self._parent is None:
            return self._stored.get(subject, ())
        return self._parent.stored(subject)

    def history(self, subject: str) -> Sequence[Envelope]:
        """Return the effective events of one thing, by happened time; empty when there is none."""
        if subject not in self._stored:
            return self._parent.history(subject) if self._parent else ()
        stored = self._stored[subject]
        count, events = self._effective.get(subject, (0, []))
        if count != len(stored):  # a cached register is read by many threads: what was folded says of how many events
            count = len(stored)
            events = in_order(effective(stored[:count]))
            self._effective[subject] = (count, events)
        return events

    def subjects(self, ref: str) -> set[str]:
        """Return everything that carries this id."""
        below = self._parent.subjects(ref) if self._parent else set()
        return below | self._subjects.get(ref, set())

    def event(self, event_id: str) -> Envelope | None:
        """Return the event of this id, as stored."""
        found = self._events.get(event_id)
        return found if found or not self._parent else self._parent.event(event_id)

    def all_of(self, kind: str) -> set[str]:
        """Return every thing of one kind."""
        below = self._parent.all_of(kind) if self._parent else set()
        return below | {subject for subject in list(self._stored) if subject.startswith(f"{kind}/")}

    def over(self) -> Histories:
        """Return a layer over this one."""
        return Histories(self)


class Known(Record):
    """The `World` made of histories: the process's register, and the entries somebody loaded."""

    now: dt.datetime
    register: Histories
    entries: Histories
    importing: bool = False
    length_of: Callable[[Sealed], int | None] = lambda _: None

    def length(self, text: Sealed) -> int | None:
        """Return how many code points a sealed text has; None when nobody can open it here."""
        return self.length_of(text)

    def _of(self, kind: str) -> Histories:
        return self.register if thing_of(kind).register else self.entries

    def history(self, kind: str, ref: str) -> Sequence[Envelope]:
        """Return the effective events of one thing; empty when there is no such thing."""
        if kind == "event":
            found = self.register.event(ref) or self.entries.event(ref)
            return [found] if found else []
        return self._of(kind).history(f"{kind}/{ref}")

    def find(self, ref: str) -> list[Sequence[Envelope]]:
        """Return the histories of all entries that carry this id."""
        return [self.entries.history(subject) for subject in sorted(self.entries.subjects(ref))]

    def stored(self, subject: str) -> Sequence[Envelope]:
        """Return everything stored of one thing, corrections included."""
        return self._of(subject.partition("/")[0]).stored(subject)

    def advance(self, stored: Envelope) -> None:
        """Take in an event that has been admitted, so that the next one sees it."""
        self._of(stored.kind).advance(stored)


def decide(new: Envelope, known: Known) -> Envelope:
    """Return the event as it is to be stored, or raise `Refused`.

    Args:
        new: the event somebody wants recorded; of a correction, ``subject`` is its target's.
        known: the register of its process, and the entries it names.
    """
    settled = settle(new)
    if settled.kind != "process" and not known.history("process", settled.process):
        raise Refused("unknown-process", field="process")
    if isinstance(settled.data, CORRECTING):
        stored = known.stored(settled.subject)
        admit_correcting(settled, stored, known)
        if isinstance(settled.data, TextRedacted):
            settled = replace(settled, replaces=texts_replaced(settled.data.target, settled.data.field, stored))
    else:
        history = known.history(settled.kind, settled.subject.partition("/")[2])
        admit(settled, history, known)
        if isinstance(settled.data, ErasureExecuted):
            asked = next(event.data.participant_id for event in history if isinstance(event.data, ErasureRequested))
            gone = same_person(known.register, asked)
            settled = replace(settled, erases=replace(settled.erases, participants=gone))
    return settled


def same_person(register: Histories, participant: str) -> tuple[str, ...]:
    """Return all numbers of a person: the one, and those it was merged with, in either direction."""
    mergers = (
        event
        for subject in register.all_of("participant")
        for event in register.history(subject)
        if isinstance(event.data, ParticipantsMerged)
    )
    return tuple(sorted(one_person(mergers).get(participant, {participant})))


def one_person(mergers: Iterable[Envelope]) -> dict[str, frozenset[str]]:
    """Return for each number that was merged all numbers of the same person, in whatever order it was said."""
    same: dict[str, frozenset[str]] = {}
    for event in mergers:
        two = (str(event.data.participant_id), str(event.data.duplicate_id))
        ids = frozenset[str]().union(*(same.get(one, frozenset({one})) for one in two))
        same |= dict.fromkeys(ids, ids)
    return same
