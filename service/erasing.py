"""Erasing a person: a request that was granted is carried out, once, by whoever owns the tables.

What goes, goes in the transaction that appends ``erasure-executed`` (`log.erase`). What was asked and decided, and
what is left to do by hand, stands in the log.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec

from domain.assessing import AssessmentVoided
from domain.consenting import AccessRequested, Erased, ErasureDecided, ErasureExecuted, ErasureRequested, ErasureVerdict
from domain.correcting import effective
from domain.kernel import DECLARED, REGISTRY, Envelope, Erasing, in_order
from domain.observing import QuoteCaptured
from domain.refusals import Refused
from domain.register import same_person
from domain.relating import RelationDisputed
from domain.shapes import FieldType
from service.imports.intake import Held, Waiting
from service.imports.standing import plain_name
from service.log.erasures import erasures_of, keep
from service.log.vault import ErasedKeyError
from service.reports.issuing import reporting
from service.reports.leaving import sealed_in
from service.reports.touched import touched
from service.wire import Sender, read_event

if TYPE_CHECKING:
    from service.app import Kurslog

LOGGER: Final = logging.getLogger("kurslog")
ACCOUNT: Final = "a-kurslog"
"""Who says that an erasure was carried out: nobody's account."""
EVERY_SECONDS: Final = 2.0
GONE: Final = {
    ErasureVerdict.GRANTED: (Erased.TEXTS, Erased.KEY, Erased.READ_MODELS, Erased.FILES, Erased.EXPORTS),
    ErasureVerdict.PARTIAL: (Erased.TEXTS, Erased.READ_MODELS, Erased.FILES, Erased.EXPORTS),
}
THEIRS: Final = [DECLARED[one].name for one in (QuoteCaptured, AccessRequested, AssessmentVoided, RelationDisputed)]
HELD: Final = (
    "select (select count(*) from log.vault where key_id = any(%(keys)s)) as texts, "
    "(select count(*) from log.file where key_id = any(%(keys)s)) as files, "
    "(select count(*) from log.vault v join log.event e on e.notification_id = v.position "
    "where key_id = any(%(keys)s) and log.of_the_accounts(e)) as for_accounts, "
    "(select array_agg(distinct position order by position) from log.vault where key_id = any(%(keys)s)) as positions"
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request for erasure, as it stands now."""

    id: str
    participant: str
    asked: Envelope
    decided: Envelope | None = None
    executed: Envelope | None = None

    @property
    def verdict(self) -> ErasureVerdict | None:
        """How it was decided."""
        return self.decided.data.verdict if self.decided else None

    @property
    def due(self) -> bool:
        """Whether it is to be carried out."""
        return self.verdict in GONE and self.executed is None


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held of a person: counts, and the entries their texts stand in."""

    texts: int
    files: int
    for_accounts: int
    """How many of the texts the accounts need."""
    waiting: int
    reports: int
    positions: tuple[int, ...]


# ------------------------------------------------------------------ what stands in the log
def requests(kurslog: Kurslog, process: str) -> list[Request]:
    """Return the requests for erasure in a process, in the order they came."""
    asked = kurslog.reader.walk(process, types=[DECLARED[ErasureRequested].name])
    events = kurslog.reader.things(process, sorted({event.subject for event in asked}))
    found: dict[str, Request] = {}
    for event in in_order(effective(events)):
        match event.data:
            case ErasureRequested(request_id=ref, participant_id=participant):
                found[ref] = Request(ref, participant, event)
            case ErasureDecided(request_id=ref) if ref in found:
                found[ref] = replace(found[ref], decided=event)
            case ErasureExecuted(request_id=ref) if ref in found:
                found[ref] = replace(found[ref], executed=event)
            case _:
                pass
    return list(found.values())


def holding(kurslog: Kurslog, process: str, participant: str) -> Holding:
    """Return what is held of a person, under all their numbers."""
    people = same_person(kurslog.reader.register(process), participant)
    subjects = [*(f"participant/{one}" for one in people), *_things(kurslog, process, people)]
    with kurslog.log.connection(process) as connection:
        row = connection.execute(HELD, {"keys": [f"{process}/{one}" for one in subjects]}).fetchone() or {}
    return Holding(
        row["texts"],
        row["files"],
        row["for_accounts"],
        len(_naming(kurslog, process, people)),
        len(touched(kurslog, process, participant)),
        tuple(row["positions"] or ()),
    )


# ------------------------------------------------------------------ carrying out
def execute(kurslog: Kurslog, process: str, request: str) -> int | None:
    """Carry out a request that was granted, and return where that stands; None when there is nothing to carry out.

    Called again, or by two at once, it is carried out once. No report is issued in the process meanwhile.

    Raises:
        Refused: when a rule says no.
    """
    with kurslog.log.alone(reporting(process)):
        found = next((one for one in requests(kurslog, process) if one.id == request), None)
        if found is None or not found.due or found.decided is None or found.verdict is None:
            return None
        people = same_person(kurslog.reader.register(process), found.participant)
        _hand_over_files(kurslog, process, people)
        wire = {
            "type": "erasure-executed",
            "id": str(uuid.uuid5(found.decided.id, "executed")),
            "causationid": str(found.decided.id),
            "data": {"request_id": request, "what": [one.value for one in GONE[found.verdict]]},
        }
        event = read_event(wire, process, Sender(account=ACCOUNT, now=dt.datetime.now(dt.UTC)))
        (recorded,) = kurslog.record(msgspec.structs.replace(event, erases=_goes(kurslog, process, people)))
    kurslog.log.vault.forget(f"{process}/participant/{one}" for one in people)
    _write_down(kurslog)
    return recorded.position


def _goes(kurslog: Kurslog, process: str, people: tuple[str, ...]) -> Erasing:
    """Return what goes beside the texts and files under the person's keys."""
    issued = sorted({file.sha256 for report in touched(kurslog, process, people[0]) for file in report.files})
    waiting = [(line.file_sha256, line.line) for line in _naming(kurslog, process, people)]
    return Erasing(people, _things(kurslog, process, people), tuple(issued), tuple(waiting))


def _things(kurslog: Kurslog, process: str, people: tuple[str, ...]) -> tuple[str, ...]:
    """Return the things that are the person's alone, and whose texts lie under keys of their own.

    What they were quoted with, what they were answered, and why an answer of theirs does not count.
    """
    found = {event.subject for event in kurslog.reader.walk(process, types=THEIRS) if _whose(event) in people}
    return tuple(sorted(found))


def _whose(event: Envelope) -> str | None:
    match event.data:
        case RelationDisputed(from_=str(who)):
            return who
        case AccessRequested(participant_id=str(who)) | AssessmentVoided(participant_id=str(who)):
            return who
        case _:
            return event.author


def _hand_over_files(kurslog: Kurslog, process: str, people: tuple[str, ...]) -> None:
    """Seal under the person's key what a crash left under its own: files that their entries name."""
    types = [d.name for d in REGISTRY.values() if any(one.type is FieldType.FILE for one in d.fields)]
    kurslog.files.belong(event for event in kurslog.reader.walk(process, types=types) if event.author in people)


def _naming(kurslog: Kurslog, process: str, people: tuple[str, ...]) -> list[Held]:
    """Return the waiting lines in which the name, the contact or a number of the person stands."""
    lines = Waiting(kurslog, process).listed()
    if not lines:
        return []
    stored = kurslog.reader.things(process, [f"participant/{one}" for one in people])
    said = kurslog.texts.unseen(one.sha256 for event in stored for one in sealed_in(event.data))
    wanted = {plain_name(text) for text in [*said.values(), *people]} - {""}
    return [
        line for line in lines if any(one in plain_name(cell) for one in wanted for cell in line.row.cells.values())
    ]


def _write_down(kurslog: Kurslog) -> None:
    """Let the list outside the database know, and PostgreSQL let go of the rows."""
    with kurslog.log.connection() as connection:
        found = erasures_of(connection)
        for table in ("log.person_key", "log.vault", "log.file", "log.quarantine"):
            connection.execute(f"vacuum {table}".encode())
    keep(kurslog.settings.erasures, found)


def execute_decided(kurslog: Kurslog) -> None:
    """Carry out what was decided, beside the worker; what a rule stops is said, and tried again the next time."""
    for process, request in kurslog.reader.decided_erasures():
        try:
            execute(kurslog, process, request)
        except (Refused, ErasedKeyError) as error:
            LOGGER.warning("an erasure in %s was not carried out: %s", process, error)


def ask(kurslog: Kurslog, process: str, participant: str, account: str, *, verdict: str, ground: str) -> str:
    """Record that somebody asked to be erased, or take up their open request, and how it was decided.

    Raises:
        Refused: when a rule says no, such as that there is no such participant.
    """
    open_one = next((r for r in requests(kurslog, process) if r.participant == participant and not r.decided), None)
    request = open_one.id if open_one else f"erasure-{uuid.uuid4().hex[:12]}"
    asked = {"type": "erasure-requested", "data": {"request_id": request, "participant_id": participant}}
    decided = {"type": "erasure-decided", "data": {"request_id": request, "verdict": verdict, "ground": ground}}
    sender = Sender(account=account, now=dt.datetime.now(dt.UTC))
    wires = [decided] if open_one else [asked, decided]
    kurslog.record(*(read_event({"id": str(uuid.uuid4()), **one}, process, sender) for one in wires))
    return request
