"""Reports: what is refused, and what is allowed beside it."""

import pytest
from msgspec.structs import replace

from domain.reporting import (
    Audience,
    ReportAccepted,
    ReportApproved,
    ReportCommented,
    ReportDrafted,
    ReportIssued,
    ReportSuperseded,
)
from domain.vocabulary import Actor, ActorKind, Language, Personal

SOMEBODY = Actor(kind=ActorKind.ANONYMOUS)
DRAFTED = ReportDrafted(
    report_id="r1",
    template="landdistriktspuljen",
    version=1,
    language=Language.DA,
    known_by=871,
    audience=Audience.FUNDER,
)
APPROVED = ReportApproved(report_id="r1", version=1, by=SOMEBODY)
ISSUED = ReportIssued(report_id="r1", recipient=Personal("the fund"), files=(), known_by=871)
SUPERSEDED = ReportSuperseded(report_id="r1", by_id="r2", reason=Personal("a quote was withdrawn"))
ACCEPTED = ReportAccepted(report_id="r1")


@pytest.fixture
def drafted(log):
    return log.given(DRAFTED, on="2026-02-01")


@pytest.fixture
def issued(log, drafted):
    return log.given(ISSUED, on="2026-02-10")


def test_a_version_is_drafted_once(log, drafted):
    log.refuses("version-already-published", DRAFTED)

    assert log.when(replace(DRAFTED, version=2)).subject == "report/r1"


def test_a_version_the_source_does_not_tell_clashes_with_none(log, drafted, without):
    event, words = without(DRAFTED, "version")
    log.given(event, **words)

    assert log.when(event, **words).subject == "report/r1"


def test_only_a_version_that_was_drafted_is_approved(log, drafted):
    log.refuses("report-not-drafted", replace(APPROVED, version=2))

    assert log.when(APPROVED).subject == "report/r1"


def test_only_a_report_that_was_drafted_is_issued_or_commented(log):
    log.refuses("unknown-thing", ISSUED)
    log.refuses("unknown-thing", ReportCommented(report_id="r1", text=Personal("fine"), by=SOMEBODY))


def test_a_report_is_issued_once(log, issued):
    log.refuses("report-already-issued", ISSUED, on="2026-02-11")


def test_an_issued_report_is_not_drafted_anew(log, issued):
    log.refuses("report-already-issued", replace(DRAFTED, version=2), on="2026-02-11")


def test_a_draft_from_before_the_issue_may_be_written_down_after_it(log, issued):
    assert log.when(replace(DRAFTED, version=2), on="2026-02-05").subject == "report/r1"


@pytest.mark.parametrize("event", [ACCEPTED, replace(SUPERSEDED)], ids=["accepted", "superseded"])
def test_only_what_was_issued_is_accepted_or_replaced(log, drafted, event):
    log.given(replace(DRAFTED, report_id="r2"))

    log.refuses("report-not-issued", event)


def test_a_report_does_not_replace_itself(log, issued):
    log.refuses("superseded-by-itself", replace(SUPERSEDED, by_id="r1"), on="2026-02-11")


def test_a_report_is_replaced_by_one_that_is_there(log, issued):
    log.refuses("unknown-thing", SUPERSEDED, on="2026-02-11")


def test_a_report_is_replaced_once(log, issued):
    log.given(replace(DRAFTED, report_id="r2"))
    log.given(SUPERSEDED, on="2026-02-11")

    log.refuses("report-superseded", SUPERSEDED, on="2026-02-12")


def test_an_issued_report_is_accepted(log, issued):
    assert log.when(ACCEPTED, on="2026-02-11").subject == "report/r1"
