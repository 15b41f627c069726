"""The page of reports: what was issued, issuing one, and getting it with what verifies it."""

import re

import pytest

from service.reports.issued import issued
from service.security.gate import Caller
from tests.reports.test_issuing import MANAGER, ordered

PAGE = "/p/fabelby/reports"


def token_in(html):
    return re.search(r'name="form_token" value="([^"]+)"', html)[1]


def typed(client, **more):
    asked = {"form_token": token_in(client.get(PAGE).text), "language": "da", "format": "json"}
    return {**asked, "recipient": "Opdigtet Pulje", **more}


@pytest.fixture
def team(scribe, signed_in):
    scribe.app.projector.catch_up()
    return signed_in("project-manager")


def test_before_anything_is_issued_the_page_says_what_comes(team):
    html = team.get(PAGE).text
    assert "Ingen rapport er udstedt endnu" in html
    assert "No report has been issued yet" in team.get(PAGE + "?lang=en").text


def test_a_report_is_issued_by_the_form_and_fetched_as_it_was_issued(app, team):
    sent = typed(team)
    saved = team.post(PAGE, data=sent)
    assert saved.status_code == 303
    html = team.get(saved.headers["Location"]).text
    assert "Udstedt. Beviset er klar" in html
    assert "til Opdigtet Pulje" in html
    assert "beviset er ikke underskrevet endnu" in html
    app.signing().step()
    html = team.get(PAGE).text
    assert "beviset er ikke underskrevet endnu" not in html
    found = issued(app, MANAGER, "fabelby")[0]
    links = re.findall(rf'href="({PAGE}/[^"]+)"', html)
    assert [link.rpartition(".")[2] for link in links] == ["json", "tlog-proof"]
    answers = [team.get(link) for link in links]
    assert answers[0].data == app.files.open("fabelby", found.formats["json"]).content
    assert answers[1].data.startswith(b"c2sp.org/tlog-proof@v1")
    assert {one.headers["Content-Disposition"].partition(";")[0] for one in answers} == {"attachment"}
    again = team.post(PAGE, data=sent)
    assert "udstedt i forvejen" in team.get(again.headers["Location"]).text
    assert len(issued(app, MANAGER, "fabelby")) == 1


def test_a_proof_that_is_not_signed_yet_is_asked_for_again_later(app, team):
    report = ordered(app).report
    answer = team.get(f"{PAGE}/{report}.tlog-proof")
    assert answer.status_code == 503
    assert "Prøv igen" in answer.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"recipient": " "}, "Skriv, hvem der får rapporten"),
        ({"format": "docx"}, "Vælg sprog og filtype"),
        ({"supersedes": "x"}, "Skriv, hvorfor den gamle rapport afløses"),
        ({"reason": "x"}, "Vælg den rapport, der afløses"),
        ({"supersedes": "never", "reason": "x"}, "Rapporten blev ikke udstedt"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(app, team, changed, said):
    head = app.reader.head()
    answer = team.post(PAGE, data=typed(team, **changed))
    assert answer.status_code == 422
    assert said in answer.text
    assert app.reader.head() == head


def test_a_report_that_is_replaced_says_so(app, team, scribe):
    first = ordered(app)
    scribe.contribute("c-1")
    app.projector.catch_up()
    assert team.post(PAGE, data=typed(team, supersedes=first.report, reason="Et tal var forkert")).status_code == 303
    html = team.get(PAGE).text
    assert "Afløst af" in html
    assert html.count("<h3>Slutrapport til Landdistriktspuljen, på dansk</h3>") == 2


def test_a_form_of_another_session_issues_nothing(app, team):
    assert team.post(PAGE, data=typed(team, form_token="x")).status_code == 403
    assert issued(app, MANAGER, "fabelby") == []


@pytest.mark.parametrize("role", ["participant", "researcher"])
def test_others_have_no_such_page_and_cannot_issue(app, team, signed_in, role):
    report, sent = ordered(app).report, typed(team)
    client = signed_in(role)
    assert client.get(PAGE).status_code == 404
    own = {"form_token": token_in(client.get("/").text)}
    assert client.post(PAGE, data=sent | own).status_code == 404
    assert client.get(f"{PAGE}/{report}.json").status_code == 404


def test_a_funder_gets_what_was_issued_and_nothing_else(app, team, signed_in):
    report, sent = ordered(app).report, typed(team)
    client = signed_in("funder")
    html = client.get(PAGE).text
    assert "Hent rapporten" in html
    assert "Opdigtet Pulje" not in html
    assert 'id="recipient"' not in html
    assert "/p/fabelby/log" not in html
    assert client.get(f"{PAGE}/{report}.json").status_code == 200
    own = {"form_token": token_in(client.get("/").text)}
    assert client.post(PAGE, data=sent | own).status_code == 404
    assert client.get("/p/fabelby/report.pdf").status_code == 404
    assert signed_in("funder", "another").get(PAGE).status_code == 404


def test_a_visitor_of_an_open_process_sees_only_what_is_public(app, client, scribe):
    scribe.app.reader.register("fabelby")
    assert client.get(PAGE).status_code == 404
    assert issued(app, Caller("anonymous"), "fabelby") == []


def test_the_key_is_shown_once_there_is_one(app, team):
    assert "Logbogens nøgle" not in team.get(PAGE).text
    key = app.signing()._signer.key
    assert str(key).replace("+", "&#43;") in team.get(PAGE).text or str(key) in team.get(PAGE).text
