"""Which issued reports hold a participant's texts, and whether their recipients were told that these may no longer be used."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from domain.consenting import RecipientNotified
from domain.correcting import effective
from domain.kernel import DECLARED
from domain.reporting import IssuedFile
from service.reports.issued import Issued, issued
from service.reports.issuing import handing_over
from service.reports.leaving import sealed_in, staying
from service.security.reading import owner_of, speaker_of
from service.security.rights import Rights

if TYPE_CHECKING:
    from domain.kernel import Envelope
    from service.app import Kurslog

NOTICE: Final = DECLARED[RecipientNotified].name


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """An issued report that may hold texts of a participant.

    Args:
        texts: their commitments, as the report could hold them at its position and to its audience when it was issued.
        stopped: those of them that may not leave the house today.
        recipient: who got it; None when that is deleted.
        notified: whether the recipient was told, because of this participant.
    """

    report: str
    participant: str
    position: int
    recipient: str | None
    files: tuple[IssuedFile, ...]
    texts: frozenset[str]
    stopped: frozenset[str]
    notified: bool


def touched(kurslog: Kurslog, process: str, participant: str) -> list[Touched]:
    """Return the issued reports that may hold texts of this participant, the newest first.

    What is in one is worked out from where it stood and from what people had said when it was issued. So it may name a
    report too many, never one too few.

    Args:
        kurslog: the running Kurslog.
        process: its id.
        participant: under any of their ids.
    """
    reports = issued(kurslog, handing_over(process), process)
    if not reports:
        return []
    now, said = kurslog.rights.of(process), kurslog.reader.rights(process)
    stored, told = list(kurslog.reader.walk(process)), _told(kurslog, process, now.causes(participant))
    found = []
    for report in reports:
        known = [event for event in stored if event.position <= (report.known_by or report.position)]
        held = [*known, *effective(known)]
        left = _of(participant, held, now) - staying(_as_of(report.position, said), held)
        if left:
            found.append(_touched(report, participant, left, staying(now, held), told))
    return found


def _of(participant: str, events: Iterable[Envelope], rights: Rights) -> frozenset[str]:
    """Return the commitments of a person's own texts."""
    ids = rights.same(participant)
    return frozenset(
        text.sha256
        for event in events
        for text in sealed_in(event.data)
        if speaker_of(event, owner_of(text.key), rights) in ids
    )


def _as_of(position: int, said: Iterable[Envelope]) -> Rights:
    """Return the rights as they stood when a report was issued."""
    then = Rights()
    then.advance(event for event in said if event.position <= position)
    return then


def _told(kurslog: Kurslog, process: str, causes: frozenset[str]) -> frozenset[str]:
    """Return the reports whose recipients were told because of one of these entries."""
    sent = kurslog.reader.walk(process, types=[NOTICE])
    stored = kurslog.reader.things(process, sorted({event.subject for event in sent}))
    return frozenset(str(event.data.report_id) for event in effective(stored) if event.causationid in causes)


def notice(one: Touched, cause: str, *, recipient: str, why: str) -> dict[str, Any]:
    """Return the wire that says a recipient was told, or why they were not.

    Args:
        one: the report.
        cause: the id of the entry that led to it: the yes that was taken back, the erasure.
        recipient: who was told.
        why: what was said, or why nobody was told.
    """
    data = {"report_id": one.report, "recipient": recipient, "why": why}
    return {
        "type": NOTICE,
        "id": str(uuid.uuid5(uuid.UUID(cause), f"{one.report}/{one.participant}")),
        "causationid": cause,
        "data": data,
    }


def _touched(
    report: Issued, participant: str, left: frozenset[str], stays: frozenset[str], told: frozenset[str]
) -> Touched:
    return Touched(
        report=report.id,
        participant=participant,
        position=report.position,
        recipient=report.recipient,
        files=report.files,
        texts=left,
        stopped=left & stays,
        notified=report.id in told,
    )
