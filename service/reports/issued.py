"""What was issued: to whom, which files, what became of it, and the proof that it stands in the log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from domain.correcting import effective
from domain.kernel import DECLARED, Envelope
from domain.reporting import IssuedFile, ReportAccepted, ReportDrafted, ReportIssued, ReportSuperseded
from service.files import FileRefusedError
from service.log.files import Kept
from service.queries import UnknownError
from service.security.gate import Act, Caller, may, sees

if TYPE_CHECKING:
    from service.app import Kurslog

ISSUE: Final = DECLARED[ReportIssued].name
PROOF: Final = "tlog-proof"
PROOF_TYPE: Final = "text/plain"
MANIFEST: Final = "manifest"
VERIFIERS: Final = {"verify.html": "text/html", "verify.py": "text/x-python"}
"""What checks a report without us, and its media type."""


class ClosedError(FileRefusedError):
    """The report is closed to download: it held words of somebody who was erased."""

    def __init__(self) -> None:
        super().__init__("report-closed", 410)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A report as it was issued, for one reader: without ``recipient`` when that is not theirs to know.

    A source may leave out what an import did not tell: then it is None, and there may be no files.
    """

    id: str
    position: int
    when: dt.datetime
    known_by: int | None
    files: tuple[IssuedFile, ...]
    manifest: str | None
    recipient: str | None
    template: str | None = None
    language: str | None = None
    superseded_by: str | None = None
    accepted: dt.datetime | None = None
    closed: bool = False
    """Its file is deleted: it held words of somebody who was erased."""

    @property
    def formats(self) -> dict[str, str]:
        """Format -> the SHA-256 of the file."""
        return {file.name.rpartition(".")[2]: file.sha256 for file in self.files}


def issued(kurslog: Kurslog, caller: Caller, process: str) -> list[Issued]:
    """Return the reports that were issued, as far as the caller may know of them, newest first."""
    every = may(caller, Act.FETCH, process)
    subjects = sorted({event.subject for event in kurslog.reader.walk(process, types=[ISSUE])})
    histories: dict[str, list[Envelope]] = {subject: [] for subject in subjects}
    for event in effective(kurslog.reader.things(process, subjects)):
        if every or sees(caller, event):
            histories[event.subject].append(event)
    known = [event for history in histories.values() for event in history if isinstance(event.data, ReportIssued)]
    open_to = [one for one in known if sees(caller, one)]
    texts = kurslog.texts.of(caller, open_to)
    found = [_read(histories[one.subject], one, texts) for one in known]
    erased = kurslog.files.erased(process, [file.sha256 for one in found for file in one.files])
    found = [replace(one, closed=any(file.sha256 in erased for file in one.files)) for one in found]
    return sorted(found, key=lambda one: one.position, reverse=True)


def _read(history: list[Envelope], issue: Envelope, texts: Mapping[tuple[int, str], str]) -> Issued:
    data: Any = issue.data
    more: dict[str, Any] = {}
    for event in history:
        match event.data:
            case ReportDrafted(template=str(template), language=str(language)):
                more |= {"template": template, "language": str(language)}
            case ReportSuperseded(by_id=str(by_id)):
                more["superseded_by"] = by_id
            case ReportAccepted():
                more["accepted"] = event.time
            case _:
                pass
    return Issued(
        id=data.report_id,
        position=issue.position,
        when=issue.time,
        known_by=data.known_by if isinstance(data.known_by, int) else None,
        files=data.files if isinstance(data.files, tuple) else (),
        manifest=data.manifest if isinstance(data.manifest, str) else None,
        recipient=texts.get((issue.position, "recipient")),
        **more,
    )


def fetch(kurslog: Kurslog, caller: Caller, process: str, report: str, extension: str) -> Kept:
    """Return a file of an issued report byte for byte as it was issued, its manifest, or the proof that it was.

    Raises:
        UnknownError: when there is no such file, or the caller may not have it.
        UnsignedError: while no signed checkpoint covers the issue yet.
        ClosedError: when it held words of somebody who was erased; its hash, manifest and proof stay.
    """
    if kurslog.queries.registration(process) is None or not may(caller, Act.FETCH, process):
        raise UnknownError(process)
    found = next((one for one in issued(kurslog, caller, process) if one.id == report), None)
    if found is None:
        raise UnknownError(report)
    if extension == PROOF:
        return Kept(str(kurslog.ledger.proof(found.position, with_entry=True)).encode(), PROOF_TYPE)
    sha256 = found.manifest if extension == MANIFEST else found.formats.get(extension)
    kept = kurslog.files.open(process, sha256) if sha256 else None
    if kept is None:
        if sha256 and kurslog.files.erased(process, [sha256]):
            raise ClosedError
        raise UnknownError(extension)
    return kept


def verifier(name: str) -> bytes:
    """Return a file that checks a report without us, one of `VERIFIERS`."""
    return (resources.files("service.ledger") / name).read_bytes()
