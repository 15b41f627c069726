"""Issuing a report: written to leave the house, kept beside the log byte for byte, and recorded.

A report is known by its content: the same content is the same report, and is issued once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import msgspec

from domain.consenting import ErasureExecuted
from domain.keeping import AccessRole
from domain.kernel import DECLARED, Envelope
from domain.refusals import Refused
from domain.reporting import Audience, ReportIssued
from domain.shapes import json_able
from service.log.files import Kept
from service.queries import Clocks, UnknownError
from service.record import ConflictError
from service.reports import FORMATS, build
from service.security.gate import Act, Caller, may
from service.wire import Sender, read_event

if TYPE_CHECKING:
    from service.app import Kurslog

CAPABILITY: Final = "reporting"
DIGITS: Final = 16
"""How much of its fingerprint a report is named by."""
PAGE: Final = 200
CLASHES: Final = {"report-already-issued", "version-already-published"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants issued, and to whom.

    ``supersedes`` is the report it replaces, ``reason`` why; ``known_by`` and ``happened_by`` are what people type.
    """

    template: str
    language: str
    format: str
    recipient: str
    known_by: str | None = None
    happened_by: str | None = None
    supersedes: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """What became of an order: the report, its content, and whether this call issued it."""

    report: str
    content: bytes
    position: int
    known_by: int
    new: bool


# ------------------------------------------------------------------ issuing
def issue(kurslog: Kurslog, caller: Caller, process: str, order: Order, *, now: dt.datetime) -> Issue:
    """Issue a report, once: an order for the same content finds what was issued.

    It is written as it leaves the house, whoever orders it: with the figures the team may hand over, and without texts
    that stay (see `service.reports.leaving`).

    Raises:
        UnknownError: when there is no such process or template, or the caller may not issue.
        Refused: when a rule says no, such as replacing what was never issued. Nothing is recorded then.
        ConflictError: when somebody was erased meanwhile. Nothing is recorded then.
        NotYetError: when the projections have not reached the position.
    """
    kurslog.queries.check(caller, Act.SEE, process)
    if not may(caller, Act.ISSUE, process):
        raise UnknownError(process)
    erased = _last_erasure(kurslog, process)
    at = clocks(kurslog, process, order)
    kurslog.queries.wait(min(at.position, kurslog.reader.head()))
    content = build(
        kurslog,
        handing_over(process),
        process,
        template=order.template,
        language=order.language,
        format=order.format,
        clocks=at,
        leaving=True,
    )
    sha256 = hashlib.sha256(content).hexdigest()
    report = f"{order.template}-{sha256[:DIGITS]}"
    before = _issued_as(kurslog, process, report)
    if before:
        return Issue(report, content, before.position, at.position, new=False)
    files = {sha256: Kept(content, FORMATS[order.format])}
    manifest = _manifest(kurslog, process, order, at, sha256)
    files[hashlib.sha256(manifest).hexdigest()] = Kept(manifest, "application/json")
    events = [
        read_event(wire, process, Sender(account=caller.account, now=now))
        for wire in _wires(kurslog, report, order, at, list(files))
    ]
    with kurslog.log.alone(reporting(process)):
        if _last_erasure(kurslog, process) != erased:
            raise ConflictError("Somebody was erased while the report was written. Nothing was issued; try again.")
        for name, kept in files.items():
            kurslog.files.keep(process, name, kept, accounts=(), key_id=_key(process, report))
        try:
            recorded = kurslog.record(*events)
        except Refused as refusal:
            before = _issued_as(kurslog, process, report) if refusal.rule in CLASHES else None
            if before:
                return Issue(report, content, before.position, at.position, new=False)
            for name in files:
                kurslog.files.drop(process, name, _key(process, report))
            raise
    return Issue(report, content, recorded[1].position, at.position, new=True)


def reporting(process: str) -> str:
    """Return the name of the lock under which a report goes out, or a person's words are taken out of those that did."""
    return f"{process}/reports"


def _last_erasure(kurslog: Kurslog, process: str) -> int:
    types = [DECLARED[ErasureExecuted].name]
    last = kurslog.reader.process_page(process, types=types, limit=1, backwards=True)
    return last[0].position if last else 0


def handing_over(process: str) -> Caller:
    """Return who a report is written as that leaves the house: the same, whoever orders it."""
    return Caller("report", AccessRole.PROJECT_MANAGER, process)


def clocks(kurslog: Kurslog, process: str, order: Order) -> Clocks:
    """Return where the report stands: by default at the last entry that is not about reports.

    What is recorded of a report changes none of what it tells, so that a second order is an order for the same content.
    """
    happened = kurslog.queries.clocks(process, None, order.happened_by).happened_by
    if order.known_by:
        return kurslog.queries.clocks(process, order.known_by, order.happened_by)
    return Clocks(position=_last_told(kurslog, process), happened_by=happened)


def _last_told(kurslog: Kurslog, process: str) -> int:
    before = kurslog.reader.head() + 1
    while page := kurslog.reader.process_page(process, after=before, limit=PAGE, backwards=True):
        for event in page:
            if event.declaration.capability != CAPABILITY:
                return event.position
        before = page[-1].position
    return 0


def _wires(kurslog: Kurslog, report: str, order: Order, at: Clocks, digests: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the events of the command: the draft, the issue, and what it replaces."""
    sha256, manifest = digests
    drafted = {"template": order.template, "version": 1, "language": order.language, "known_by": at.position}
    yield _wire("report-drafted", report_id=report, audience=Audience.FUNDER, **drafted)
    signed = kurslog.ledger.signed()
    yield _wire(
        "report-issued",
        report_id=report,
        recipient=order.recipient,
        files=[{"name": f"{report}.{order.format}", "sha256": sha256}],
        known_by=at.position,
        manifest=manifest,
        **({"log_root": signed.checkpoint.root.hex()} if signed else {}),
    )
    if order.supersedes:
        yield _wire("report-superseded", report_id=order.supersedes, by_id=report, reason=order.reason or "")


def _wire(stem: str, **data: object) -> dict[str, Any]:
    return {"type": stem, "id": str(uuid.uuid4()), "data": data}


def _manifest(kurslog: Kurslog, process: str, order: Order, at: Clocks, sha256: str) -> bytes:
    """Return what the report was made by, as JSON: whoever has the log and these versions can make it again."""
    said = {
        "process": process,
        "template": order.template,
        "language": order.language,
        "format": order.format,
        "known_by": at.position,
        "happened_by": json_able(at.happened_by),
        "kurslog": version("kurslog"),
        "projections": {name: found.version for name, found in kurslog.queries.projections.items()},
        "sha256": sha256,
    }
    return msgspec.json.format(msgspec.json.encode(said, order="sorted"), indent=1) + b"\n"


def _key(process: str, report: str) -> str:
    """The key of the report: its recipient and its files are sealed under it."""
    return f"{process}/report/{report}"


def _issued_as(kurslog: Kurslog, process: str, report: str) -> Envelope | None:
    history = kurslog.reader.things(process, [f"report/{report}"])
    return next((event for event in history if isinstance(event.data, ReportIssued)), None)
