"""Issuing a report: once for the same content, kept byte for byte, without what stays in the house."""

import datetime as dt
import json

import pytest

from domain.keeping import AccessRole
from domain.refusals import Refused
from service.log.ledger import UnsignedError
from service.queries import UnknownError
from service.reports.issued import fetch, issued
from service.reports.issuing import Order, issue
from service.security.gate import Caller

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
MANAGER = Caller("a-manager", AccessRole.PROJECT_MANAGER)
EVALUATOR = Caller("a-evaluator", AccessRole.EVALUATOR)
FUNDER = Caller("a-funder", AccessRole.FUNDER)
PLAN = {"aim": "x", "sign_of_success": "y", "owners": [], "due": "2026-04-01"}


def order(**more):
    asked = {"template": "landdistriktspuljen", "language": "da", "format": "json", "recipient": "Opdigtet Pulje"}
    return Order(**{**asked, **more})


def ordered(app, caller=MANAGER, **more):
    app.projector.catch_up()
    return issue(app, caller, "fabelby", order(**more), now=NOW)


def told(scribe, ref, text, **more):
    """Record an action that was done, with these words of its result."""
    scribe.record("action-planned", {"action_id": ref, "title": f"Handling {ref}", **PLAN}, on="2026-02-12T12:00:00Z")
    data = {"action_id": ref, "result": text, "learning": f"Lært: {text}"}
    scribe.record("action-completed", data, on="2026-03-12T12:00:00Z", **more)


def consent(scribe, person, *purposes):
    scribe.record("participant-registered", {"participant_id": person}, on="2026-01-02T12:00:00Z")
    if purposes:
        said = {"participant_id": person, "purposes": list(purposes), "text_version": "2026-1"}
        scribe.record("consent-given", said, on="2026-01-03T12:00:00Z")


def test_a_report_is_issued_once_however_often_it_is_ordered(scribe):
    first = ordered(scribe.app)
    head = scribe.app.reader.head()
    again = ordered(scribe.app, EVALUATOR, recipient="Opdigtet Nævn")
    assert (first.new, again.new) == (True, False)
    assert (again.report, again.content, again.position) == (first.report, first.content, first.position)
    assert scribe.app.reader.head() == head
    scribe.contribute("c-1")
    assert ordered(scribe.app).new


def test_two_orders_at_once_are_one_issue(scribe):
    import threading

    scribe.app.projector.catch_up()
    done = []

    def go():
        done.append(issue(scribe.app, MANAGER, "fabelby", order(), now=NOW))

    threads = [threading.Thread(target=go) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(one.new for one in done) == [False, False, False, True]
    assert len(issued(scribe.app, MANAGER, "fabelby")) == 1


def test_what_is_recorded_says_what_was_issued(scribe):
    scribe.app.signing().step()
    done = ordered(scribe.app)
    found = issued(scribe.app, MANAGER, "fabelby")[0]
    event = scribe.app.reader.at([done.position])[0]
    assert (found.id, found.recipient, found.template, found.language) == (
        done.report,
        "Opdigtet Pulje",
        "landdistriktspuljen",
        "da",
    )
    assert event.data.log_root == scribe.app.ledger.signed().checkpoint.root.hex()
    manifest = json.loads(fetch(scribe.app, MANAGER, "fabelby", done.report, "manifest").content)
    assert (manifest["known_by"], manifest["sha256"]) == (1, found.formats["json"])


def test_the_files_are_as_they_were_issued_also_a_year_later(scribe):
    done = ordered(scribe.app)
    told(scribe, "h1", "Noget andet")
    with scribe.app.log.connection() as connection:
        connection.execute("update log.file set kept_at = now() - interval '1 year'")
    ordered(scribe.app)
    kept = fetch(scribe.app, MANAGER, "fabelby", done.report, "json")
    assert (kept.content, kept.media_type) == (done.content, "application/json")


def test_the_proof_comes_once_it_is_signed(scribe):
    done = ordered(scribe.app)
    with pytest.raises(UnsignedError):
        fetch(scribe.app, FUNDER, "fabelby", done.report, "tlog-proof")
    scribe.app.signing().step()
    assert fetch(scribe.app, FUNDER, "fabelby", done.report, "tlog-proof").content.startswith(b"c2sp.org/tlog-proof@v1")


@pytest.mark.parametrize("role", [AccessRole.PARTICIPANT, AccessRole.RESEARCHER, AccessRole.FUNDER])
def test_whoever_may_not_issue_cannot_tell_that_from_no_process(scribe, role):
    with pytest.raises(UnknownError):
        ordered(scribe.app, Caller("a-x", role))
    with pytest.raises(UnknownError):
        ordered(scribe.app, Caller("a-x", AccessRole.PROJECT_MANAGER, "another"))
    assert scribe.app.reader.head() == 1


@pytest.mark.parametrize("role", [AccessRole.PARTICIPANT, AccessRole.RESEARCHER])
def test_what_was_issued_is_for_the_team_evaluators_and_funders(scribe, role):
    done = ordered(scribe.app)
    for caller in (Caller("a-x", role), Caller("a-x", AccessRole.FUNDER, "another")):
        with pytest.raises(UnknownError):
            fetch(scribe.app, caller, "fabelby", done.report, "json")
    assert fetch(scribe.app, FUNDER, "fabelby", done.report, "json").content == done.content
    assert [one.recipient for one in issued(scribe.app, FUNDER, "fabelby")] == [None]


def test_a_report_is_replaced_for_a_reason_and_only_one_that_was_issued(scribe):
    first = ordered(scribe.app)
    scribe.contribute("c-1")
    head = scribe.app.reader.head()
    with pytest.raises(Refused, match=r"."):
        ordered(scribe.app, supersedes="never", reason="x")
    assert scribe.app.reader.head() == head
    second = ordered(scribe.app, supersedes=first.report, reason="Et citat er trukket tilbage")
    assert [(one.id, one.superseded_by) for one in issued(scribe.app, MANAGER, "fabelby")] == [
        (second.report, None),
        (first.report, second.report),
    ]


def test_an_order_that_is_refused_leaves_no_file(scribe):
    with pytest.raises(Refused):
        ordered(scribe.app, supersedes="never", reason="x")
    with scribe.app.log.connection() as connection:
        assert connection.execute("select count(*) as n from log.file").fetchone()["n"] == 0


# ------------------------------------------------------------------ what stays in the house
def test_no_text_leaves_that_is_for_the_team_or_whose_author_has_not_said_yes(scribe):
    consent(scribe, "p1")
    consent(scribe, "p2", "quote-anonymous")
    told(scribe, "h1", "Delt med forløbet")
    told(scribe, "h2", "Kun for holdet", visibility="team")
    told(scribe, "h3", "Fra en uden ja", onbehalfof="p1")
    told(scribe, "h4", "Fra en med ja", onbehalfof="p2")
    content = ordered(scribe.app).content.decode()
    assert "Delt med forløbet" in content
    assert "Fra en med ja" in content
    assert "Kun for holdet" not in content
    assert "Fra en uden ja" not in content
    assert '"notshown": true' in content


def test_a_yes_taken_back_holds_from_now_on_also_for_an_earlier_position(scribe):
    consent(scribe, "p2", "quote-named")
    told(scribe, "h4", "Fra en med ja", onbehalfof="p2")
    position = scribe.app.reader.head()
    assert "Fra en med ja" in ordered(scribe.app).content.decode()
    taken = {"participant_id": "p2", "purposes": ["quote-named"]}
    scribe.record("consent-withdrawn", taken, on="2026-04-03T12:00:00Z")
    assert "Fra en med ja" not in ordered(scribe.app, known_by=str(position)).content.decode()


def test_whoever_orders_it_the_report_is_the_same(twin):
    mine = issue(twin, MANAGER, "fabelby", order(), now=NOW)
    theirs = issue(twin, EVALUATOR, "fabelby", order(), now=NOW)
    assert (mine.new, theirs.new, mine.report) == (True, False, theirs.report)


def test_a_step_of_the_model_that_was_never_held_stops_no_report(scribe):
    steps = [{"title": "Et trin, som ingen holdt"}]
    scribe.record("process-template-derived", {"template_id": "m", "version": 1, "steps": steps})
    assert "Et trin, som ingen holdt" in ordered(scribe.app).content.decode()
