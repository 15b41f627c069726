"""The page of those who ask to be erased, or to see what is held: decided, answered, and recipients told."""

import datetime as dt
import re

import pytest

from service.erasing import execute, requests
from service.web.erasures import month_after
from tests.reports.test_issuing import ordered, told


@pytest.fixture
def mia(scribe):
    """Let Mia, who said something and is spoken of, ask to be erased."""
    scribe.record("participant-registered", {"participant_id": "p1", "name": "Mia Fiktiv", "pseudonym": "K7Q"})
    who = {"kind": "participant", "ref": "p1"}
    scribe.record("contribution-made", {"contribution_id": "c-1", "kind": "idea", "text": "En bænk", "author": who})
    asked = {"request_id": "e-1", "participant_id": "p1", "what": "Slet det hele"}
    scribe.record("erasure-requested", asked, on=dt.datetime.now(dt.UTC).isoformat())
    scribe.app.projector.catch_up()
    return scribe


def send(client, **typed):
    page = client.get("/p/fabelby/erasures").get_data(as_text=True)
    token, command = (re.search(f'name="{name}" value="([^"]*)"', page)[1] for name in ("form_token", "command"))
    return client.post("/p/fabelby/erasures", data={"form_token": token, "command": command, **typed})


def test_a_request_shows_what_goes_what_remains_and_the_days_left(mia, signed_in):
    page = signed_in("project-manager", "fabelby").get("/p/fabelby/erasures").get_data(as_text=True)
    assert "Mia Fiktiv" in page
    assert "Slet det hele" in page
    assert "3 tekster" in page
    assert re.search(r"(30|31|28|29) dage tilbage", page)


@pytest.mark.parametrize("role", ["participant", "evaluator", "researcher", "funder"])
def test_the_page_is_the_teams(mia, signed_in, role):
    client = signed_in(role, "fabelby")
    assert client.get("/p/fabelby/erasures").status_code == 404
    assert client.post("/p/fabelby/erasures", data={}).status_code in {403, 404}


def test_a_decision_is_recorded_once_with_its_ground_and_carried_out_by_the_worker(mia, signed_in):
    client = signed_in("project-manager", "fabelby")
    assert "Vælg, om der skal slettes" in send(client, do="decide", request="e-1", text="x").get_data(as_text=True)
    assert "Skriv en begrundelse" in send(client, do="decide", request="e-1", verdict="granted").get_data(as_text=True)
    decided = send(client, do="decide", request="e-1", verdict="granted", text="Intet står i vejen")
    assert decided.status_code == 303
    assert send_again(client).status_code == 422
    (one,) = requests(mia.app, "fabelby")
    assert (one.verdict, one.executed) == ("granted", None)

    execute(mia.app, "fabelby", "e-1")

    page = client.get("/p/fabelby/erasures").get_data(as_text=True)
    assert "Slettet deltager" in page
    assert "Intet står i vejen" in page
    for shown in ("Mia Fiktiv", "K7Q", "p1"):
        assert shown not in re.sub(r"<(style|svg).*?</\1>|/p1|[a-z]p1|p1[0-9a-z]", "", page, flags=re.DOTALL)
    people = client.get("/p/fabelby/people").get_data(as_text=True)
    assert "Mia" not in people
    assert "K7Q" not in people


def send_again(client, **typed):
    """Send the form as from a page that was opened before."""
    page = client.get("/p/fabelby/people").get_data(as_text=True)
    token = re.search('name="form_token" value="([^"]*)"', page)[1]
    typed = typed or {"do": "decide", "request": "e-1", "verdict": "refused", "text": "nej"}
    return client.post("/p/fabelby/erasures", data={"form_token": token, **typed})


def test_a_request_for_access_is_answered(mia, signed_in):
    client = signed_in("facilitator", "fabelby")
    mia.record("access-requested", {"request_id": "a-1", "participant_id": "p1"})
    assert "vil se, hvad I har" in client.get("/p/fabelby/erasures").get_data(as_text=True)
    assert send(client, do="answer", request="a-1", text="Fik en kopi på papir").status_code == 303
    page = client.get("/p/fabelby/erasures").get_data(as_text=True)
    assert "vil se, hvad I har" not in page


def test_words_of_others_that_may_mention_the_person_are_named(mia, signed_in):
    mia.record("participant-registered", {"participant_id": "p2", "name": "Bo Fiktiv"})
    mia.record(
        "event-disputed",
        {
            "target": str(mia.app.reader.at([2])[0].id),
            "reason": "Mia var der ikke",
            "by": {"kind": "participant", "ref": "p2"},
        },
    )
    page = signed_in("facilitator", "fabelby").get("/p/fabelby/erasures").get_data(as_text=True)
    assert "kan nævne personen (1)" in page


def test_the_recipient_of_a_report_with_words_of_the_erased_is_told_once(mia, signed_in):
    client, app = signed_in("project-manager", "fabelby"), mia.app
    mia.record("consent-given", {"participant_id": "p1", "purposes": ["quote-anonymous"], "text_version": "2026-1"})
    told(mia, "h1", "Bænken står der", onbehalfof="p1")
    report = ordered(app).report
    send(client, do="decide", request="e-1", verdict="granted", text="Intet står i vejen")
    execute(app, "fabelby", "e-1")
    page = client.get("/p/fabelby/erasures").get_data(as_text=True)
    assert "Opdigtet Pulje" in page
    assert "er lukket." in page
    assert "Modtageren har fået besked" not in page
    telling = {"do": "told", "request": "e-1", "report": report}
    assert "Skriv en begrundelse" in send_again(client, **telling, text="").get_data(as_text=True)
    assert send_again(client, **telling | {"report": "report-x"}, text="x").status_code == 404
    assert send_again(client, **telling | {"request": "e-x"}, text="x").status_code == 404
    for _ in range(2):
        assert send_again(client, **telling, text="De har fået en ny rapport.").status_code == 303
    notices = [event for event in app.reader.walk("fabelby") if event.type == "recipient-notified.v1"]
    (executed,) = [event for event in app.reader.walk("fabelby") if event.type == "erasure-executed.v1"]
    assert [(one.data.report_id, one.causationid) for one in notices] == [(report, str(executed.id))]
    page = client.get("/p/fabelby/erasures").get_data(as_text=True)
    assert "Modtageren har fået besked" in page
    assert 'value="told"' not in page


def test_a_month_is_a_month():
    assert month_after(dt.date(2026, 1, 31)) == dt.date(2026, 2, 28)
    assert month_after(dt.date(2026, 12, 15)) == dt.date(2027, 1, 15)
