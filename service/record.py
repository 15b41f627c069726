"""The one write path: load what the rules read, admit, append; again when somebody else was first."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from domain.admission import references
from domain.correcting import CORRECTING, DisputeResolved, EventDisputed
from domain.kernel import REGISTRY, TARGET, THINGS, Envelope, settle, stream_of, thing_of
from domain.refusals import Refused
from domain.register import Known, decide
from service.log.busy import BusyError, LostError
from service.log.once import anew
from service.log.reading import Reader
from service.log.store import AlreadyRecordedError, Log, StaleError
from service.log.vault import ErasedKeyError
from service.wire import data_out

TRIES: Final = 12
LOST_PAUSES: Final = (0.05, 0.2, 0.5, 1.0)
"""Seconds to wait before asking again after a connection broke."""
UUID_PATTERN: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
ARRAY_MAX: Final = 5000
SENT: Final = (
    "timeprecision",
    "causationid",
    "correlationid",
    "timebasis",
    "citation",
    "onbehalfof",
    "actingrole",
    "learnedat",
    "visibility",
    "purpose",
    "notrecorded",
)
"""What a sender says of an event beside its data and times: compared when an id comes again."""


class ConflictError(Exception):
    """Too many wrote at once to the same thing. Nothing was written; try again in a moment."""


class UnansweredError(Exception):
    """The answer was lost, and asking again found nobody. The same ids sent again count once."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where an event stands, and whether this call put it there."""

    position: int
    new: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event of an import: recorded, or refused for a reason."""

    recorded: Recorded | None
    refusal: Refused | None = None


class Record:
    """Records events into one log."""

    def __init__(self, log: Log, reader: Reader) -> None:
        self._log = log
        self._reader = reader

    def record(self, events: Sequence[Envelope], *, now: dt.datetime) -> list[Recorded]:
        """Record one command: all of its events or none.

        Args:
            events: of one process, as read from the wire; each sees those before it.
            now: the moment, for the rules.

        Returns:
            Where each event stands, in order; the same event sent again keeps its position.

        Raises:
            Refused: when a rule says no. ConflictError: when others were first too often. BusyError: no answer in time.
            In each of these nothing was written. UnansweredError: whether it was written could not be found out.
        """
        outcomes = self._settled(lambda: self._once(events, now=now, importing=False))
        return [outcome.recorded for outcome in outcomes if outcome.recorded]

    def take_in(self, events: Sequence[Envelope], *, now: dt.datetime, rehearsal: bool = False) -> list[Outcome]:
        """Record part of an import: what is admitted goes in together, what is refused is told, event by event.

        In a rehearsal everything is judged in the same way and nothing is written; what would go in has position 0.
        """
        return self._settled(lambda: self._once(events, now=now, importing=True, rehearsal=rehearsal))

    # -------------------------------------------------------------- one try
    def _settled(self, once: Callable[[], list[Outcome]]) -> list[Outcome]:
        """Try until it is known what became of it: after a lost answer the ids tell, on the next try."""
        unsure: UnansweredError | None = None
        pauses = list(LOST_PAUSES)
        for _ in range(TRIES):
            try:
                return once()
            except (StaleError, AlreadyRecordedError):
                continue
            except UnansweredError as error:
                unsure = error
                if not pauses:
                    raise
            except BusyError as error:
                if not pauses or not isinstance(error, LostError):
                    if unsure is None:
                        raise
                    raise unsure from error
            finally:
                anew()  # what was asked before is old: something was written, by us or by somebody else
            time.sleep(pauses.pop(0))
            self._log.reconnect()
        raise unsure or ConflictError("Others were writing to the same thing. Nothing was written; try again.")

    def _once(
        self, events: Sequence[Envelope], *, now: dt.datetime, importing: bool, rehearsal: bool = False
    ) -> list[Outcome]:
        if not events:
            return []
        outcomes = list[Outcome | None]([None] * len(events))
        events, seen, known, reads = self._load(events, now=now, importing=importing)
        admitted: dict[int, Envelope] = {}
        for at, event in enumerate(events):
            try:
                if event.id in seen:
                    self._same(event, seen[event.id])
                    position = seen[event.id].position
                    outcomes[at] = Outcome(Recorded(position, new=False)) if position else None
                    continue
                admitted[at] = self._admit(event, known, reads)
                seen[event.id] = event
            except Refused as refusal:
                if not importing:
                    raise
                outcomes[at] = Outcome(None, refusal)
        positions = [0] * len(admitted) if rehearsal else self._append(list(admitted.values()), reads)
        for at, position in zip(admitted, positions, strict=True):
            outcomes[at] = Outcome(Recorded(position, new=True))
        placed = {events[at].id: outcome for at, outcome in enumerate(outcomes) if outcome}
        return [outcome or placed[events[at].id] for at, outcome in enumerate(outcomes)]

    def _load(
        self, events: Sequence[Envelope], *, now: dt.datetime, importing: bool
    ) -> tuple[list[Envelope], dict[UUID, Envelope], Known, dict[str, int]]:
        """Return the events placed, those that are stored by their ids, what the rules may look at, and its versions.

        The version of each stream that was read is what the log checks as it appends.
        """
        process = events[0].process
        register = self._reader.register(process)
        version = register.version
        subjects, pointed = _named(events)
        ids = {event.id for event in events}
        entries, found = self._reader.named(process, subjects, ids.union(_uuids(pointed)))
        placed = _placed(events, found)
        about = {event.subject for event in (*placed, *found.values())}
        further = {one for one in about if not thing_of(one.partition("/")[0]).register} - subjects
        entries = self._reader.entries(process, further, entries)
        reads = {f"process/{process}": version}
        for subject in sorted(subjects | further):
            held = entries.stored(subject)
            if held:
                reads[stream_of(process, subject)] = held[-1].version
        stored = {key: event for key, event in found.items() if key in ids}
        return placed, stored, Known(now, register.over(), entries, importing, self._log.vault.length), reads

    def _admit(self, event: Envelope, known: Known, reads: dict[str, int]) -> Envelope:
        if event.subject == TARGET:
            raise Refused("unknown-event", field="target", id=event.data.target)
        settled = decide(event, known)
        version = reads.get(f"{event.stream}#written", reads.get(event.stream, 0)) + 1
        placed = replace(settled, version=version)
        reads.setdefault(event.stream, version - 1)
        reads[f"{event.stream}#written"] = version
        known.advance(placed)
        return placed

    def _append(self, events: Sequence[Envelope], reads: Mapping[str, int]) -> list[int]:
        if not events:
            return []
        checked = {stream: version for stream, version in reads.items() if not stream.endswith("#written")}
        try:
            return [recording.notification.id for recording in self._log.save(*events, reads=checked)]
        except ErasedKeyError as error:
            raise Refused("text-erased") from error
        except LostError as error:
            raise UnansweredError(
                "No answer came: it is written or not. The same ids again tell, and count once."
            ) from error

    def _same(self, event: Envelope, stored: Envelope) -> None:
        """Let the same content pass, refuse other content under the same id.

        Erased and redacted texts are not compared, and another account learns nothing about what is there.
        """
        if event is not stored and (stored.recordedby != event.recordedby or not self._equal(event, stored)):
            raise Refused("same-id-other-content", field="id", id=str(event.id))

    def _equal(self, event: Envelope, stored: Envelope) -> bool:
        texts = self._log.vault.first_texts([stored.position]) if stored.position else {}
        old = data_out(stored, lambda path: texts.get((stored.position, path)))
        new = data_out(event, lambda _: None)
        said = all(getattr(event, name) == getattr(stored, name) for name in SENT)
        timed = event.untimed or (event.time, settle(event).timeend) == (stored.time, stored.timeend)
        return event.type == stored.type and timed and said and _match(new, old)


def _placed(events: Sequence[Envelope], found: Mapping[UUID, Envelope]) -> list[Envelope]:
    """Give each correction the subject of its target, and its author's key."""
    ids = {str(event.id): event for event in events}
    stored = {str(key): event for key, event in found.items()}
    placed = []
    for event in events:
        if isinstance(event.data, CORRECTING):
            target = stored.get(event.data.target) or ids.get(event.data.target)
            if target is not None:
                event = _beside(target, event)  # noqa: PLW2901 - the same event, placed
                ids[str(event.id)] = event  # a later one of the same array may correct this correction
        placed.append(event)
    return placed


def _beside(target: Envelope, event: Envelope) -> Envelope:
    """Return a correcting event in the stream of its target; its text is the target's author's, a dispute's its own."""
    owner = event.owner if isinstance(event.data, EventDisputed | DisputeResolved) else target.author
    return replace(event, subject=target.subject, owner=owner, visibility=target.visibility, purpose=target.purpose)


def _match(new: object, old: object) -> bool:
    """Whether two data are equal, passing over what was erased (None in the old)."""
    if isinstance(new, dict) and isinstance(old, dict):
        return set(new) == set(old) and all(_match(new[name], old[name]) for name in new)
    if isinstance(new, list) and isinstance(old, list):
        return len(new) == len(old) and all(_match(a, b) for a, b in zip(new, old, strict=True))
    return old is None or new == old


def entry_kinds() -> list[str]:
    """Return the kinds of entries an id may name where any entry is meant."""
    declared = {d.kind for d in REGISTRY.values() if d.about and d.creates is not False and len(d.about) == 1}
    return sorted(kind for kind in declared if not thing_of(kind).register and kind in THINGS)


def _named(events: Sequence[Envelope]) -> tuple[set[str], list[str]]:
    """Return the entries (subjects) and the events (ids) that these events name or are about."""
    subjects: set[str] = set()
    ids: list[str] = []
    for event in events:
        if isinstance(event.data, CORRECTING):
            ids.append(event.data.target)
        elif not thing_of(event.kind).register:
            subjects.add(event.subject)
        for _, field, ref in _references(event):
            if field == "event":
                ids.append(ref)
            elif field == "entry":
                subjects.update(f"{kind}/{ref}" for kind in entry_kinds())
            else:
                subject = ref if field == "subject" else f"{field}/{ref}"
                if not thing_of(subject.partition("/")[0]).register:
                    subjects.add(subject)
    return subjects, ids


def _references(event: Envelope) -> list[tuple[str, str, str]]:
    try:
        return [(name, field.ref or "", ref) for name, field, ref in references(event)]
    except Refused:  # a malformed actor: the rules will say so
        return []


def _uuids(ids: Sequence[str]) -> list[UUID]:
    return [UUID(text) for text in ids if UUID_PATTERN.fullmatch(text)]
