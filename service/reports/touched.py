"""Which issued reports hold a participant's texts, and whether their recipients were told that these may no longer be used."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
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
    return touching(kurslog, process, [participant])


def touching(kurslog: Kurslog, process: str, participants: Collection[str]) -> list[Touched]:
    """Return the same for each of these participants in turn; the process is looked through once for all of them."""
    reports = issued(kurslog, handing_over(process), process) if participants else []
    if not reports:
        return []
    now, said = kurslog.rights.of(process), kurslog.reader.rights(process)
    stored, sent = list(kurslog.reader.walk(process)), _notices(kurslog, process)
    bundles = []
    for report in reports:
        known = [event for event in stored if event.position <= (report.known_by or report.position)]
        held = [*known, *effective(known)]
        bundles.append((report, held, staying(_as_of(report.position, said), held), staying(now, held)))
    return [
        _touched(report, participant, left, stays, _told(sent, now.causes(participant)))
        for participant in participants
        for report, held, stayed, stays in bundles
        if (left := _of(participant, held, now) - stayed)
    ]


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


def _notices(kurslog: Kurslog, process: str) -> list[Envelope]:
    """Return what recipients were told, as it stands."""
    sent = kurslog.reader.walk(process, types=[NOTICE])
    return effective(kurslog.reader.things(process, sorted({event.subject for event in sent})))


def _told(sent: Iterable[Envelope], causes: frozenset[str]) -> frozenset[str]:
    """Return the reports whose recipients were told because of one of these entries."""
    return frozenset(str(event.data.report_id) for event in sent if event.causationid in causes)


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
