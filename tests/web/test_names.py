"""Who a participant is, is for the team: whoever sees each answer sees no name beside it."""

import datetime as dt

import pytest

from domain.keeping import AccessRole

NAME = "Åse Opdigt"
WAVE = {
    "wave_id": "w1",
    "wording": {"da": "Hvem?", "en": "Who?"},
    "kinds": ["works-with"],
    "roster": ["p1", "p2"],
}


@pytest.fixture
def named(app, scribe):
    """Two people, one with a name that was mended, and a wave that asks them."""
    registered = {"participant_id": "p1", "name": "Åse Opdgit", "pseudonym": "K7Q"}
    scribe.record("participant-registered", registered, on="2026-01-03T12:00:00Z")
    scribe.record("participant-registered", {"participant_id": "p2", "name": NAME}, on="2026-01-03T12:00:00Z")
    first = next(event for event in app.reader.walk("fabelby") if event.subject == "participant/p1")
    change = {"target": str(first.id), "fields": [{"field": "name", "text": NAME}], "reason": "tastefejl"}
    scribe.record("event-corrected", change)
    scribe.record("relationship-wave-opened", WAVE, on="2026-01-05T12:00:00Z")
    app.projector.catch_up()


PATHS = ("/waves", "/waves/w1/p1", "/log", "/log/2", "/log/3", "/log/4", "/record/role-assumed")


def told(app, client, role):
    """The paths, and the events of the API, on which this role reads a name."""
    secrets = [
        app.tokens.create(
            role=AccessRole(role), process=None, lasting=dt.timedelta(hours=1), kind=kind, account="a-other"
        )
        for kind in ("session", "api")
    ]
    client.set_cookie("kurslog_session", secrets[0])
    pages = {path: client.get(f"/p/fabelby{path}") for path in PATHS}
    assert {page.status_code for page in pages.values()} == {200}
    api = "/api/v1/processes/fabelby/events"
    pages[api] = client.get(api, headers={"Authorization": f"Bearer {secrets[1]}"})
    return [path for path, page in pages.items() if "Åse" in page.get_data(as_text=True)]


def test_the_team_reads_names(app, client, named):
    assert told(app, client, "facilitator") == [*PATHS, "/api/v1/processes/fabelby/events"]


def test_an_evaluator_reads_none(app, client, named):
    assert told(app, client, "evaluator") == []
