"""Pages without a browser: what is refused, what is empty, what is not shown."""

import base64
import datetime as dt
import re
from decimal import Decimal

import pytest

from domain.keeping import AccessRole
from domain.kernel import REGISTRY
from service.labels import LABELS
from service.web import processes
from service.web.leading import days_after, local
from tests.conftest import Scribe


def token_in(html):
    return re.search(r'name="form_token" value="([0-9a-f]+)"', html)[1]


def test_an_empty_log_says_what_will_come(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "Ingen forløb her endnu" in page.text


def test_a_forbidden_process_looks_like_one_that_is_not_there(client, scribe):
    forbidden, unknown = client.get("/p/fabelby"), client.get("/p/nowhere")
    assert (forbidden.status_code, unknown.status_code) == (404, 404)
    assert forbidden.text == unknown.text.replace("nowhere", "fabelby")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/contributions",
        "/decisions",
        "/actions",
        "/budget",
        "/claims",
        "/evidence",
        "/model",
        "/log",
        "/record",
        "/record/action-planned",
    ],
)
def test_a_process_without_events_has_every_page(app, signed_in, scribe, path):
    app.projector.catch_up()
    assert signed_in().get(f"/p/fabelby{path}").status_code == 200


def test_one_event_is_enough_for_every_page(app, signed_in, scribe):
    scribe.contribute("c-1")
    app.projector.catch_up()
    client = signed_in()
    assert "En bænk ved skovstien" in client.get("/p/fabelby/contributions").text
    assert client.get("/p/fabelby").status_code == 200
    assert "1 registrering" in client.get("/p/fabelby/figure/fate-of-contributions/all").text


@pytest.mark.parametrize("day", ["nonsense", "2019-13-40", "0000-00-00", "9999-12-31", "2019-02-01T00:00:00Z", "'"])
def test_a_bad_day_is_a_message(app, signed_in, scribe, day):
    app.projector.catch_up()
    page = signed_in().get("/p/fabelby", query_string={"on": day})
    assert page.status_code == 200
    assert 'role="alert"' in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/log/999999",
        "/log/0",
        "/figure/actions/nothing",
        "/figure/nothing/all",
        "/record/nothing",
        "/record/process-registered",
        "/log?subject=%00",
        "%00",
    ],
)
def test_what_is_not_there_is_not_found(app, signed_in, scribe, path):
    app.projector.catch_up()
    assert signed_in().get(f"/p/fabelby{path}").status_code == 404


@pytest.mark.parametrize("query", ["before=99999999999999999999", "type=x&capability=y", "before=-1", "before=²"])
def test_odd_filters_of_the_log_are_no_error(signed_in, scribe, query):
    assert signed_in().get(f"/p/fabelby/log?{query}").status_code == 200


def test_only_those_who_may_write_see_the_forms(signed_in, scribe):
    assert signed_in("researcher").get("/p/fabelby/record").status_code == 404


def test_a_part_in_one_process_begins_no_other(signed_in, scribe):
    assert signed_in("facilitator", "fabelby").get("/new").status_code == 404


def test_a_form_without_its_token_saves_nothing(app, signed_in, scribe):
    before = app.reader.head()
    page = signed_in().post("/p/fabelby/record/contribution-made", data={"data.text": "x"})
    assert page.status_code == 403
    assert "Det blev ikke gemt" in page.text
    assert app.reader.head() == before


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
def test_a_form_from_another_site_saves_nothing(signed_in, scribe, headers):
    client = signed_in()
    token = token_in(client.get("/p/fabelby/record/contribution-made").text)
    sent = client.post("/p/fabelby/record/contribution-made", data={"form_token": token}, headers=headers)
    assert sent.status_code == 403


def test_sending_twice_saves_once(app, signed_in, scribe):
    client = signed_in()
    html = client.get("/p/fabelby/record/contribution-made").text
    event_id = re.search(r'name="event_id" value="([^"]+)"', html)[1]
    typed = {"form_token": token_in(html), "event_id": event_id, "data.contribution_id": "c-9", "data.kind": "idea"}
    typed |= {"data.text": "En bænk", "data.author": "anonymous/"}
    before = app.reader.head()
    app.projector.catch_up()
    places = [client.post("/p/fabelby/record/contribution-made", data=typed).location for _ in range(2)]
    assert app.reader.head() == before + 1
    assert places[0] == places[1]


@pytest.mark.parametrize(("role", "status"), [("participant", 404), ("facilitator", 303)])
def test_only_the_team_undoes_what_others_recorded(app, client, scribe, role, status):
    recorded = scribe.contribute("c-1", visibility="process")
    app.projector.catch_up()
    secret = app.tokens.create(
        role=AccessRole(role), process=None, lasting=dt.timedelta(hours=1), kind="session", account="a-other"
    )
    client.set_cookie("kurslog_session", secret)
    token = token_in(client.get("/p/fabelby/record/contribution-made").text)
    undone = client.post(f"/p/fabelby/log/{recorded.position}/undo", data={"form_token": token})
    assert undone.status_code == status


def test_a_withdrawn_entry_is_still_there_and_says_so(app, signed_in, scribe):
    recorded = scribe.contribute("c-1")
    app.projector.catch_up()
    client = signed_in()
    token = token_in(client.get(f"/p/fabelby/log/{recorded.position}").text)
    client.post(f"/p/fabelby/log/{recorded.position}/undo", data={"form_token": token})
    page = client.get(f"/p/fabelby/log/{recorded.position}").text
    assert "Trukket tilbage (nr." in page
    assert "En bænk ved skovstien" in page


def test_english_pages_mark_stored_texts_as_danish(app, signed_in, scribe):
    scribe.contribute("c-1")
    app.projector.catch_up()
    page = signed_in().get("/p/fabelby/contributions?lang=en")
    assert '<html lang="en">' in page.text
    assert '<span lang="da">En bænk ved skovstien</span>' in page.text
    assert "kurslog_language=en" in page.headers["Set-Cookie"]


def test_the_language_is_danish_until_somebody_asks(client):
    assert '<html lang="da">' in client.get("/", headers={"Accept-Language": "en"}).text


def test_texts_are_escaped(app, signed_in, scribe):
    scribe.contribute("c-1", text="<script>alert(1)</script>")
    app.projector.catch_up()
    page = signed_in().get("/p/fabelby/contributions").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_every_event_type_has_a_form_with_all_its_fields(signed_in, scribe):
    client, lacking = signed_in(), []
    for found in REGISTRY.values():
        if found.stem != "process-registered":
            page = client.get(f"/p/fabelby/record/{found.stem}").text
            names = [item.name for item in found.fields]
            lacking += [
                (found.stem, name) for name in names if f'"data.{name}' not in page and f'id="data-{name}' not in page
            ]
    assert lacking == []


def test_no_label_shows_a_name_from_the_code():
    fields = [item for found in REGISTRY.values() for item in found.fields]
    names = {item.name for item in [*fields, *(part for item in fields for part in item.fields)]}
    assert sorted(name for name in names if name not in LABELS) == []


def test_a_form_carries_lists_amounts_and_spans_to_the_log(app, signed_in, scribe):
    client = signed_in()
    html = client.get("/p/fabelby/record/budget-approved").text
    typed = {"form_token": token_in(html), "event_id": "7d44a4f6-2c7c-4d0e-9d3b-5f0c3a1b2c3d", "data.version": "1"}
    typed |= {"data.lines.0.id": "mad", "data.lines.0.title": "Mad", "data.lines.0.amount_dkk": "1.250,50"}
    typed |= {"when.day": "2026-01-05", "when.end": "2026-01-09"}
    app.projector.catch_up()
    assert client.post("/p/fabelby/record/budget-approved", data=typed).status_code == 303
    event = app.reader.process_page("fabelby", backwards=True, limit=1)[0]
    assert (event.data.lines[0].amount_dkk, event.timeprecision.value) == (Decimal("1250.50"), "span")


def test_a_signed_in_project_manager_gets_the_report_of_a_process_that_is_not_public(app, web_of):
    Scribe(app).begin()
    app.projector.catch_up()
    client = web_of(app).test_client()
    assert client.get("/p/fabelby/report.pdf").status_code == 404
    secret = app.tokens.create(
        role=AccessRole.PROJECT_MANAGER, process=None, lasting=dt.timedelta(hours=1), kind="session"
    )
    client.set_cookie("kurslog_session", secret)
    assert "/p/fabelby/reports" in client.get("/p/fabelby").get_data(as_text=True)
    assert "/p/fabelby/report.pdf" in client.get("/p/fabelby/reports").get_data(as_text=True)
    assert client.get("/p/fabelby/report.pdf").data.startswith(b"%PDF")


def test_a_token_of_another_kind_is_no_session(app, client, scribe):
    for kind, status in (("api", 404), ("link", 404), ("session", 200)):
        secret = app.tokens.create(
            role=AccessRole.FACILITATOR, process=None, lasting=dt.timedelta(hours=1), kind=kind, account="a-test"
        )
        client.set_cookie("kurslog_session", secret)
        assert client.get("/p/fabelby/record").status_code == status


def test_a_link_becomes_a_session_once(app):
    hour = dt.timedelta(hours=1)
    link = app.tokens.create(role=AccessRole.PARTICIPANT, process="fabelby", lasting=hour, kind="link")
    session = app.tokens.exchange(link).secret
    assert (app.tokens.caller(session), app.tokens.exchange(session)) == (None, None)
    assert app.tokens.caller(session, "session").role is AccessRole.PARTICIPANT
    assert app.tokens.exchange(link) is None


def test_expired_tokens_are_deleted_when_one_is_made(app):
    for lasting in (dt.timedelta(hours=-1), dt.timedelta(hours=1), dt.timedelta(hours=1)):
        app.tokens.create(role=AccessRole.PARTICIPANT, process=None, lasting=lasting)
    with app.log.connection() as connection:
        assert connection.execute(b"select count(*) as n from access.token").fetchone()["n"] == 2


def test_a_participant_withdraws_own_entries_only(app, signed_in, scribe):
    scribe.account = "a-other"
    scribe.contribute("c-1", visibility="process")
    scribe.account = "a-test"
    scribe.contribute("c-2", visibility="process")
    app.projector.catch_up()
    client, found = signed_in("participant"), []
    for event in app.reader.process_page("fabelby")[1:]:
        html = client.get("/p/fabelby/record/event-withdrawn").text
        event_id = re.search(r'name="event_id" value="([^"]+)"', html)[1]
        typed = {"form_token": token_in(html), "event_id": event_id, "data.target": str(event.id), "data.reason": "x"}
        found.append(client.post("/p/fabelby/record/event-withdrawn", data=typed).status_code)
    assert found == [422, 303]


def test_the_logs_own_care_is_offered_to_the_team_and_access_to_who_leads(app, signed_in, scribe):
    app.projector.catch_up()
    assert "read-log-sealed" in signed_in("facilitator").get("/p/fabelby/record").text
    assert "access-granted" not in signed_in("facilitator").get("/p/fabelby/record").text
    assert "access-granted" in signed_in("project-manager").get("/p/fabelby/record").text
    client = signed_in("participant")
    assert "read-log-sealed" not in client.get("/p/fabelby/record").text
    assert "access-granted" not in client.get("/p/fabelby/record").text
    html = client.get("/p/fabelby/record/access-granted").text
    typed = {"form_token": token_in(html), "data.account": "a-1", "data.role": "administrator"}
    assert client.post("/p/fabelby/record/access-granted", data=typed).status_code == 404


def test_a_form_token_that_is_not_ascii_is_refused(signed_in, scribe):
    sent = signed_in().post("/p/fabelby/record/contribution-made", data={"form_token": "æ"})
    assert sent.status_code == 403


@pytest.mark.parametrize("text", ["1e99999999", "1e-99999999", "Infinity"])
def test_an_immense_number_is_refused_before_it_is_written_out(signed_in, scribe, text):
    client = signed_in()
    html = client.get("/p/fabelby/record/budget-approved").text
    typed = {"form_token": token_in(html), "data.version": "1e800000", "data.lines.0.id": "mad"}
    typed |= {"data.lines.0.title": "Mad", "data.lines.0.amount_dkk": text}
    page = client.post("/p/fabelby/record/budget-approved", data=typed)
    assert page.status_code == 422
    assert "Skriv et helt tal." in page.text
    assert "Skriv et tal, fx 1250,50." in page.text
    assert len(page.text) < 200_000


def test_a_process_whose_summary_fails_leaves_the_others(app, signed_in, scribe, monkeypatch, caplog):
    other = Scribe(app, "godby")
    other.begin()
    scribe.contribute("c-1")
    app.projector.catch_up()
    whole = processes.summary

    def failing(page, registration):
        if registration.process == "godby":
            raise OverflowError
        return whole(page, registration)

    monkeypatch.setattr(processes, "summary", failing)
    page = signed_in().get("/")
    assert (page.status_code, page.text.count("<article")) == (200, 2)
    assert page.text.count("Forløbet kan ikke opsummeres lige nu") == 1
    assert "godby" in caplog.text


@pytest.mark.parametrize(("start", "end"), [("2026-01-01", "9999-12-31"), ("9999-12-31", "9999-12-31")])
@pytest.mark.parametrize("on", [None, "-1", "-2026-01-01", "9" * 5000, "0001-01-01", "9999-12-31"])
def test_the_time_bar_survives_the_ends_of_the_calendar(app, signed_in, monkeypatch, start, end, on):
    monkeypatch.setattr("domain.bounds.LAST_YEAR", dt.MAXYEAR)  # as a log written before the bounds may hold
    data = {"title": "Fabelby", "place": "Fabelby", "municipality": "Fabeldal", "aim": "democracy"}
    data |= {"period_start": start, "period_end": end}
    scribe = Scribe(app)
    scribe.record("process-registered", data, on="2026-01-01T12:00:00Z")
    planned = {"gathering_id": "s1", "title": "Startworkshop", "kind": "kick-off"}
    scribe.record("gathering-planned", planned)
    scribe.record("gathering-held", {"gathering_id": "s1"})
    app.projector.catch_up()
    client = signed_in()
    assert client.get("/p/fabelby", query_string={"on": on} if on else {}).status_code == 200
    assert "kan ikke opsummeres" not in client.get("/").text


def test_days_and_months_stop_at_the_end_of_the_calendar():
    last = dt.date.max
    assert (days_after(last, 100), days_after(dt.date(2026, 1, 1), 1)) == (last, dt.date(2026, 1, 2))
    assert local("9999-12-31T23:30:00+00:00") == last


def test_the_fingerprint_stands_on_the_page_about_the_figures(app, client, scribe):
    assert "Der er intet fingeraftryk endnu" in client.get("/about").text
    app.signing().step()
    page = client.get("/about")
    assert base64.b64encode(app.ledger.signed().checkpoint.root).decode() in page.text.replace("&#43;", "+")
    assert "nr. 1 til 1" in re.sub(r"\s+", " ", page.text)
    assert "Ingen udefra endnu" in page.text
    assert "Nobody from outside yet" in client.get("/about?lang=en").text
