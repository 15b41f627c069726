"""Undoing a whole import: one command that withdraws all of it, newest first, or nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Final

from domain.admission import references
from domain.correcting import CORRECTING, effective
from domain.keeping import ImportCompleted
from domain.kernel import Envelope
from domain.refusals import Refused
from service import words
from service.app import Kurslog
from service.queries import UnknownError
from service.wire import Sender, read_event

CHUNK: Final = 1000


class StandsInTheWayError(Exception):
    """Something was built on what the import brought in; ``positions`` are the entries to withdraw first."""

    def __init__(self, positions: Sequence[int]) -> None:
        self.positions = tuple(positions)
        super().__init__(", ".join(map(str, positions)))


def brought_in(kurslog: Kurslog, process: str, position: int) -> tuple[Envelope, list[Envelope]]:
    """Return the entry that says an import was done, and all that stands of what it brought in, itself included.

    Raises:
        UnknownError: when no import of a table stands at the position.
    """
    done = next((event for event in kurslog.reader.at([position]) if event.process == process), None)
    if done is None or not isinstance(done.data, ImportCompleted) or not done.correlationid:
        raise UnknownError(str(position))
    events = kurslog.reader.correlated(process, done.correlationid)
    standing = {event.id for event in _effective(kurslog, process, events)}
    return done, [event for event in events if event.id in standing and not isinstance(event.data, CORRECTING)]


def withdrawals(kurslog: Kurslog, process: str, position: int, sender: Sender, language: str) -> list[Envelope]:
    """Return the command that undoes an import; empty when nothing of it stands.

    Raises:
        StandsInTheWayError: when something was built on it. UnknownError: when there is no such import.
    """
    done, standing = brought_in(kurslog, process, position)
    blocking = in_the_way(kurslog, process, standing)
    if blocking:
        raise StandsInTheWayError(blocking)
    reason = words.Speech(language)("Hele importen blev fortrudt.", "The whole import was undone.")
    return [
        read_event(
            {
                "type": "event-withdrawn",
                "id": str(uuid.uuid5(event.id, "import undone")),
                "correlationid": done.correlationid,
                "causationid": str(done.id),
                "data": {"target": str(event.id), "reason": reason},
            },
            process,
            sender,
        )
        for event in sorted(standing, key=lambda one: one.position, reverse=True)
    ]


def undo_import(kurslog: Kurslog, process: str, position: int, account: str, language: str) -> int:
    """Withdraw all of an import and return how many entries that were.

    Raises:
        StandsInTheWayError: when something was built on it; nothing is written. UnknownError: without such an import.
    """
    sender = Sender(account=account, now=dt.datetime.now(dt.UTC))
    events = withdrawals(kurslog, process, position, sender, language)
    try:
        return len(kurslog.record(*events)) if events else 0
    except Refused as refusal:
        if refusal.rule == "contradicts-later":  # somebody built on it just now
            raise StandsInTheWayError([int(str(refusal.facts["position"]))]) from refusal
        raise


def in_the_way(kurslog: Kurslog, process: str, standing: Sequence[Envelope]) -> list[int]:
    """Return the entries that name, or lie upon, what an import brought in, and are not part of it."""
    own = {event.id for event in standing}
    begun = {event.subject for event in standing if event.declaration.creates is True}
    ids = {str(event.id) for event in standing}
    first = min((event.position for event in standing), default=0)
    found = [
        event
        for event in kurslog.reader.walk(process, after=first)
        if event.id not in own and not isinstance(event.data, CORRECTING) and _rests(event, begun, ids)
    ]
    remaining = {event.id for event in _effective(kurslog, process, found)}
    return [event.position for event in found if event.id in remaining]


def _rests(event: Envelope, begun: set[str], ids: set[str]) -> bool:
    if event.declaration.creates is False and event.subject in begun:
        return True
    try:
        named = references(event)
    except Refused:
        return False
    return any(_names(field.ref or "", ref, begun, ids) for _, field, ref in named)


def _names(kind: str, ref: str, begun: set[str], ids: set[str]) -> bool:
    match kind:
        case "event":
            return ref in ids
        case "subject":
            return ref in begun
        case "entry":
            return any(subject.partition("/")[2] == ref for subject in begun)
        case _:
            return f"{kind}/{ref}" in begun


def _effective(kurslog: Kurslog, process: str, events: Sequence[Envelope]) -> list[Envelope]:
    subjects = sorted({event.subject for event in events})
    found: list[Envelope] = []
    for start in range(0, len(subjects), CHUNK):
        found += effective(kurslog.reader.things(process, subjects[start : start + CHUNK]))
    return found
