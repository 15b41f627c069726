"""What a source leaves out is told as not recorded on every page, and stops none."""

import re

import pytest


def silent(*names):
    return {"notrecorded": [{"field": name, "reason": "kilden er tavs"} for name in names], "citation": "kilde"}


@pytest.fixture
def told(app, scribe):
    """Entries that leave out what a page leads with."""
    scribe.record("participant-registered", {"participant_id": "p1"}, on="2026-01-03T12:00:00Z")
    scribe.record("group-formed", {"group_id": "g", "theme": "stier"}, on="2026-01-03T12:00:00Z", **silent("title"))
    bench = {
        "group_id": "g",
        "action_id": "bench",
        "aim": "ro",
        "sign_of_success": "nogen sidder",
        "owners": [],
        "due": "2026-05-01",
    }
    scribe.record("action-planned", bench, **silent("title"))
    lines = [{"id": "food", "title": "Mad", "amount_dkk": "1000"}]
    scribe.record("budget-approved", {"lines": lines, "sources": []}, **silent("version"))
    scribe.record("import-completed", {"file_sha256": "a" * 64}, **silent("format", "accepted", "quarantined"))
    competence = {"id": "act", "title": {"da": "Handle", "en": "Act"}, "roles": [], "anchors": []}
    scribe.record("competence-framework-published", {"framework_id": "f", "version": 1, "competences": [competence]})
    item = {"id": "i1", "competence_id": "act", "wording": {"da": "Jeg gør det.", "en": "I do it."}}
    instrument = {"instrument_id": "i", "version": 1, "framework_id": "f", "items": [item], "layout": "separate"}
    scribe.record("instrument-published", {**instrument, "scale": {"min": 1, "max": 5, "labels": []}})
    asked = {"round_id": "r", "instrument_id": "i", "version": 1, "eligible": ["p1"]}
    scribe.record("assessment-round-opened", asked, **silent("moment"))
    app.projector.catch_up()


@pytest.mark.parametrize("path", ["", "/actions", "/budget", "/import", "/rounds/r/p1"])
def test_it_is_not_recorded(signed_in, told, path):
    page = signed_in().get(f"/p/fabelby{path}")
    assert page.status_code == 200
    assert "ikke registreret" in page.text
    assert "notrecorded" not in page.text
    assert "UNKNOWN" not in page.text


def test_the_figures_of_a_budget_without_a_version_open(signed_in, told):
    client = signed_in()
    figures = set(re.findall(r'href="(/p/fabelby/figure/budget/[^"]+)"', client.get("/p/fabelby/budget").text))
    assert any("version:entry-" in one for one in figures)
    assert {client.get(one).status_code for one in figures} == {200}


def test_what_others_said_of_a_hidden_entry_stops_no_page(app, signed_in, scribe):
    """A plan or a change that the reader may not see, and what was said of it, which they may."""
    planned = {"gathering_id": "s", "title": "Møde", "kind": "kick-off"}
    scribe.record("gathering-planned", planned, on="2026-01-04T12:00:00Z", visibility="team")
    scribe.record("gathering-held", {"gathering_id": "s"}, on="2026-01-05T12:00:00Z", timeprecision="day")
    app.projector.catch_up()
    client = signed_in("participant")
    assert [client.get(f"/p/fabelby{path}").status_code for path in ("", "/participation", "/log")] == [200] * 3
