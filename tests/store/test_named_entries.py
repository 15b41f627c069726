"""An answer that names entries of other things: as they stand in the log, at the same clocks and for the same reader."""

import pytest

from domain.keeping import AccessRole
from service.security.gate import Caller
from tests.conftest import Scribe

MANAGER = Caller("a-test", AccessRole.PROJECT_MANAGER)


def id_of(app, recorded):
    return str(app.reader.at([recorded.position])[0].id)


@pytest.fixture
def linked(app, scribe):
    """A claim with one entry for it."""
    homes = id_of(app, scribe.record("project-launched", {"project_id": "homes", "title": "Fyrre boliger"}))
    scribe.record("claim-made", {"claim_id": "c1", "text": "Seks projekter", "source": "kommunen"})
    scribe.record("evidence-linked", {"claim_id": "c1", "event": homes, "bearing": "for"})
    return homes


def asked(app, name="claims", *, caller=MANAGER, replayed=False, known_by=None):
    app.projector.catch_up()
    clocks = app.queries.clocks("fabelby", known_by)
    return app.queries.document(caller, "fabelby", name, clocks, replayed=replayed)


def test_evidence_opens_to_the_entry_it_names(app, scribe, linked):
    [claim] = asked(app)["data"]["claims"]

    assert claim["for"][0]["sentence"] == "Fyrre boliger"
    assert claim["counts"]["for"]["value"] == 1
    behind = app.queries.behind(MANAGER, "fabelby", "claims", app.queries.clocks("fabelby"), ["for:c1"])
    assert [str(event.id) for event in behind] == [linked]


def test_withdrawn_evidence_drops_out_from_that_position_on(app, scribe, linked):
    before = str(app.reader.head())
    scribe.record("event-withdrawn", {"target": linked, "reason": "forkert forløb"})

    assert asked(app)["data"]["claims"][0]["stands"] == "silent"
    assert asked(app, known_by=before)["data"]["claims"][0]["stands"] == "for"


def test_replaying_gives_the_same_answer(app, scribe, linked):
    scribe.record("event-withdrawn", {"target": linked, "reason": "forkert forløb"})

    for name in ("claims", "evidence", "model", "budget"):
        assert asked(app, name, replayed=True)["data"] == asked(app, name)["data"]


def test_what_feeds_an_indicator_is_counted_in_the_log(app, scribe):
    scribe.record("objective-defined", {"objective_id": "o1", "text": "Idéer", "source": "ansøgningen"})
    measured = {"title": "Bidrag", "unit": "bidrag", "direction": "up", "formula": "antal", "target": "2"}
    fed = {"indicator_id": "i1", "objective_id": "o1", "fed_by": ["contribution-made"]}
    scribe.record("indicator-defined", {**fed, **measured})
    gone = id_of(app, scribe.contribute("c-1"))
    scribe.contribute("c-2")
    scribe.contribute("c-3")
    scribe.record("event-withdrawn", {"target": gone, "reason": "skrevet to gange"})

    [one] = asked(app, "evidence")["data"]["objectives"][0]["indicators"]

    assert (one["achieved"]["value"], one["reached"]) == (2, True)


def test_a_model_of_another_process_is_read_only_by_those_who_may_see_it(app, scribe):
    elsewhere = Scribe(app, "ladby")
    elsewhere.begin()
    drawn = {"template_id": "m", "version": 1, "steps": [{"title": "Startworkshop"}]}
    elsewhere.record("process-template-derived", drawn)
    scribe.record("template-adopted", {"process": "ladby", "template": "m", "version": 1})

    here_only = Caller("a-test", AccessRole.PROJECT_MANAGER, "fabelby")

    assert asked(app, "model")["data"]["template"]["process"] == "ladby"
    assert asked(app, "model", caller=here_only)["data"]["template"] is None
