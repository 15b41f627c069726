"""Which issued reports hold somebody's texts, and who was told that these may no longer be used."""

import datetime as dt

from domain.keeping import AccessRole
from service.reports.issuing import Order, issue
from service.reports.touched import notice, touched
from service.security.gate import Caller

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
MANAGER = Caller("a-manager", AccessRole.PROJECT_MANAGER)
PLAN = {"title": "x", "aim": "x", "sign_of_success": "y", "owners": [], "due": "2026-04-01"}


def say(scribe, stem, *purposes, on="2026-01-03T12:00:00Z"):
    return scribe.record(stem, {"participant_id": "p2", "purposes": list(purposes), "text_version": "2026-1"}, on=on)


def issued(scribe, *purposes):
    """Issue a report that tells what p2 said, who said yes to these purposes."""
    for ref in ("p2", "p3"):
        scribe.record("participant-registered", {"participant_id": ref}, on="2026-01-02T12:00:00Z")
    if purposes:
        say(scribe, "consent-given", *purposes)
    scribe.record("action-planned", {"action_id": "h1", **PLAN}, on="2026-02-12T12:00:00Z")
    done = {"action_id": "h1", "result": "Mine ord", "learning": "Lært"}
    scribe.record("action-completed", done, on="2026-03-12T12:00:00Z", onbehalfof="p2")
    scribe.app.projector.catch_up()
    order = Order(template="landdistriktspuljen", language="da", format="json", recipient="Opdigtet Pulje")
    return issue(scribe.app, MANAGER, "fabelby", order, now=NOW)


def test_a_report_is_touched_until_its_recipient_was_told(scribe):
    report = issued(scribe, "quote-anonymous")
    (found,) = touched(scribe.app, "fabelby", "p2")
    assert (found.report, found.recipient, len(found.texts)) == (report.report, "Opdigtet Pulje", 2)
    assert found.stopped == frozenset()
    taken = say(scribe, "consent-withdrawn", "quote-anonymous", on="2026-04-03T12:00:00Z")
    (found,) = touched(scribe.app, "fabelby", "p2")
    assert (found.stopped, found.notified) == (found.texts, False)
    cause = str(scribe.app.reader.at([taken.position])[0].id)
    wire = notice(found, cause, recipient="Opdigtet Pulje", why="Et citat er trukket tilbage.")
    scribe.record(wire["type"], wire["data"], causationid=wire["causationid"])
    assert touched(scribe.app, "fabelby", "p2")[0].notified
    assert touched(scribe.app, "fabelby", "p3") == []


def test_a_report_without_their_words_is_not_touched(scribe):
    issued(scribe)
    assert touched(scribe.app, "fabelby", "p2") == []
