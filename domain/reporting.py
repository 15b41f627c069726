"""Reporting: drafts, comments, approval, what was issued to whom, and what replaced it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from domain.kernel import event, thing
from domain.refusals import Refused
from domain.vocabulary import UNKNOWN, Actor, Count, Digest, Language, LocalId, Purpose, Record, ReportId, Text

if TYPE_CHECKING:
    from domain.kernel import Envelope, World


class Audience(StrEnum):
    """Whom a report is written for."""

    FUNDER = "funder"
    TEAM = "team"
    PARTICIPANTS = "participants"
    PUBLIC = "public"


class IssuedFile(Record, kw_only=True):
    """A file of a report, and the fingerprint of its bytes."""

    name: LocalId
    sha256: Digest


@event(
    "report-drafted.v1",
    da="Rapport, udkast",
    en="Report drafted",
    about="report_id",
    creates=None,
    purpose=Purpose.FACILITATION,
)
class ReportDrafted:
    """A report was drafted from what was known by a position.

    Example: the second draft of the closing report, as known by no. 871.
    """

    report_id: ReportId
    template: LocalId
    version: Count
    language: Language
    known_by: Count
    audience: Audience


@event(
    "report-commented.v1",
    da="Rapport kommenteret",
    en="Report commented",
    about="report_id",
    owner="by",
    purpose=Purpose.FACILITATION,
)
class ReportCommented:
    """Somebody said what they think of a draft.

    Example: the evaluator asks for the negative changes, too.
    """

    report_id: ReportId
    text: Text
    by: Actor


@event(
    "report-approved.v1", da="Rapport godkendt", en="Report approved", about="report_id", purpose=Purpose.FACILITATION
)
class ReportApproved:
    """A draft was approved inside the process.

    Example: the steering group approves the second draft.
    """

    report_id: ReportId
    version: Count
    by: Actor


@event("report-issued.v1", da="Rapport udstedt", en="Report issued", about="report_id", purpose=Purpose.FACILITATION)
class ReportIssued:
    """A report left the house: to whom, which files, and what it rests on.

    Example: the closing report, to the fund, as known by no. 871.
    """

    report_id: ReportId
    recipient: Text
    files: tuple[IssuedFile, ...]
    known_by: Count
    log_root: Digest | None = None
    manifest: Digest | None = None


@event("report-superseded.v1", da="Rapport afløst", en="Report superseded", about="report_id")
class ReportSuperseded:
    """A report was replaced by a later one.

    Example: report 2 replaces report 1, since a quote was withdrawn.
    """

    report_id: ReportId
    by_id: ReportId
    reason: Text


@event("report-accepted.v1", da="Rapport godtaget", en="Report accepted", about="report_id")
class ReportAccepted:
    """Whoever got the report accepted it.

    Example: the fund approves the report, and the last instalment is paid.
    """

    report_id: ReportId
    note: Text | None = None


# ------------------------------------------------------------------ rules
class Report(Record):
    """The drafts of a report, and how far it has come."""

    versions: frozenset[int] = frozenset()
    issued: bool = False
    superseded: bool = False


ReportEvent = ReportDrafted | ReportCommented | ReportApproved | ReportIssued | ReportSuperseded | ReportAccepted


def evolve_report(state: Report | None, happening: Envelope) -> Report:
    """Fold one event into the report."""
    data: ReportEvent = happening.data
    now = state or Report()
    match data:
        case ReportDrafted():
            return replace(now, versions=now.versions | {data.version})
        case ReportIssued():
            return replace(now, issued=True)
        case ReportSuperseded():
            return replace(now, superseded=True)
        case ReportCommented() | ReportApproved() | ReportAccepted():
            return now
        case _:
            assert_never(data)


def admit_report(state: Report | None, happening: Envelope, _: World) -> None:
    """What is issued stands; it is accepted or replaced, never drafted anew."""
    data: ReportEvent = happening.data
    now = state or Report()
    match data:
        case ReportDrafted():
            if now.issued:
                raise Refused("report-already-issued", field="report_id")
            if data.version is not UNKNOWN and data.version in now.versions:
                raise Refused("version-already-published", field="version", version=data.version)
        case ReportApproved():
            if data.version is not UNKNOWN and data.version not in now.versions:
                raise Refused("report-not-drafted", field="version", version=data.version)
        case ReportIssued():
            if now.issued:
                raise Refused("report-already-issued", field="report_id")
        case ReportSuperseded():
            _admit_superseded(now, data)
        case ReportAccepted():
            if not now.issued:
                raise Refused("report-not-issued", field="report_id")
        case ReportCommented():
            pass
        case _:
            assert_never(data)


def _admit_superseded(now: Report, data: ReportSuperseded) -> None:
    if data.by_id == data.report_id:
        raise Refused("superseded-by-itself", field="by_id", id=data.by_id)
    if not now.issued:
        raise Refused("report-not-issued", field="report_id")
    if now.superseded:
        raise Refused("report-superseded", field="report_id")


def keep_issued(state: Report | None, happening: Envelope) -> None:
    """Once a report has left the house, neither its issue nor the drafts and approvals behind it are mended."""
    if state is not None and state.issued and isinstance(happening.data, ReportDrafted | ReportApproved | ReportIssued):
        raise Refused("issued-report", field="target")


thing("report", da="rapport", en="report", admit=admit_report, evolve=evolve_report, stands=keep_issued)
