"""Who has access: given and taken on the page, by invitation, and to whoever begins a process."""

import datetime as dt
import html
import re
import threading

import pytest

from domain.keeping import AccessRole
from service.security.gate import Caller
from service.security.membership import members
from tests.web.test_pages import token_in
from tests.web.test_setup import saved

HOUR = dt.timedelta(hours=1)
ACCESS = "/p/fabelby/access"
PASSWORD = "fire små grønne ord"


@pytest.fixture
def team(app, signed_in, scribe):
    app.projector.catch_up()
    return signed_in("project-manager")


@pytest.fixture
def mia(app):
    return app.accounts.create("mia.fiktiv").id


def held(app):
    return {(one.account, one.role.value) for one in members(app.reader, "fabelby")}


def grant(team, name="mia.fiktiv", role="facilitator"):
    return saved(team, ACCESS, {"do": "grant", "name": name, "role": role})


def revoke(client, account, role):
    return saved(client, ACCESS, {"do": "revoke", "account": account, "role": role})


def test_access_is_given_by_name_and_taken_at_once(app, team, mia, web_of):
    assert grant(team).location == f"{ACCESS}?saved=1"
    assert held(app) == {(mia, "facilitator")}
    assert "mia.fiktiv" in team.get(ACCESS).text
    hers = app.tokens.begin(mia).secret
    program = app.tokens.create(role=AccessRole.FACILITATOR, process="fabelby", lasting=HOUR, account=mia)
    other = web_of(app.served()).test_client()
    other.set_cookie("kurslog_session", hers)
    assert other.get("/p/fabelby/people").status_code == 200
    assert revoke(team, mia, "facilitator").status_code == 303
    assert (held(app), other.get("/p/fabelby/people").status_code) == (set(), 404)
    assert app.tokens.caller(program) is None


@pytest.mark.parametrize("name", ["mia.fiktiw", "", "closed"])
def test_a_name_without_an_open_account_says_what_to_do(app, team, name):
    app.accounts.disable(app.accounts.create("closed").id)
    before = app.reader.head()
    answer = grant(team, name=name)
    assert (answer.status_code, "Ingen konto har det navn" in answer.text) == (422, True)
    assert app.reader.head() == before


@pytest.mark.parametrize("role", [one for one in AccessRole if one.value not in {"project-manager", "administrator"}])
def test_the_page_is_there_for_those_who_lead_alone(app, scribe, signed_in, role):
    app.projector.catch_up()
    client = signed_in(role.value)
    assert (client.get(ACCESS).status_code, '/p/fabelby/access"' in client.get("/p/fabelby").text) == (404, False)


def test_a_project_manager_gives_any_part_but_administrator(app, team, mia):
    page = team.get(ACCESS).text
    assert 'value="administrator"' not in page
    assert grant(team, role="administrator").status_code == 404
    assert held(app) == set()


def test_an_administrator_cares_for_access_and_meets_nobodys_words(app, signed_in, scribe, mia):
    scribe.contribute("c1")
    app.projector.catch_up()
    client = signed_in("administrator")
    page = client.get(ACCESS).text
    assert 'value="administrator"' in page
    assert "/p/fabelby/people" not in page
    assert grant(client, role="administrator").status_code == 303
    assert held(app) == {(mia, "administrator")}
    assert "skovstien" not in client.get("/p/fabelby/contributions").text
    closed = ("people", "rights", "links", "erasures", "record", "report.pdf", "now", "tonight")
    assert {client.get(f"/p/fabelby/{path}").status_code for path in closed} == {404}
    assert '/p/fabelby/reads"' in client.get("/p/fabelby").text


def test_the_last_who_leads_cannot_be_taken_away_from_the_page(app, team, mia):
    grant(team, role="project-manager")
    answer = revoke(team, mia, "project-manager")
    assert (answer.status_code, "Så var der ingen tilbage" in answer.text) == (422, True)
    other = app.accounts.create("bo.fiktiv").id
    grant(team, name="bo.fiktiv", role="project-manager")
    assert revoke(team, mia, "project-manager").status_code == 303
    assert held(app) == {(other, "project-manager")}


def test_nor_by_the_api(app, scribe, client, mia):
    scribe.record("access-granted", {"account": mia, "role": "project-manager"})
    secret = app.tokens.create(role=None, process=None, lasting=HOUR, account=mia)
    sent = {"type": "access-revoked", "data": {"account": mia, "role": "project-manager"}}
    answer = client.post("/api/v1/processes/fabelby/events", json=sent, headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.json["rule"]) == (409, "last-to-lead")


def test_two_who_take_each_others_part_leave_one(app, scribe, web_of):
    accounts = [app.accounts.create(name).id for name in ("mia.fiktiv", "bo.fiktiv")]
    for one in accounts:
        scribe.record("access-granted", {"account": one, "role": "project-manager"})
    app.projector.catch_up()
    served = app.served()
    web, ready = web_of(served), threading.Barrier(2)

    def take(mine, theirs):
        client = web.test_client()
        client.set_cookie("kurslog_session", app.tokens.begin(mine).secret)
        typed = dict(re.findall(r'name="(form_token|command)" value="([^"]+)"', client.get(ACCESS).text))
        ready.wait(30)
        client.post(ACCESS, data=typed | {"do": "revoke", "account": theirs, "role": "project-manager"})

    pairs = [accounts, accounts[::-1]]
    threads = [threading.Thread(target=take, args=pair) for pair in pairs]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(held(app)) == 1
    served.close()


# ------------------------------------------------------------------ invitations
def invited(team, role="facilitator"):
    page = saved(team, ACCESS, {"do": "invite", "role": role}).text
    return re.search(r"/invitation/([\w-]{43})", page)[1]


def stranger(team):
    return team.application.test_client()


def accept(client, secret, name="bo.fiktiv", password=PASSWORD, **more):
    return client.post(f"/invitation/{secret}", data={"name": name, "password": password, **more})


def test_an_invitation_makes_an_account_with_the_part_once(app, team):
    secret, client = invited(team), stranger(team)
    assert "Fabelby sætter sejl" in client.get(f"/invitation/{secret}").text
    assert held(app) == set()
    assert accept(client, secret).location == "/p/fabelby/tonight"
    account = app.accounts.named("bo.fiktiv")
    assert held(app) == {(account.id, "facilitator")}
    (event,) = app.reader.process_page("fabelby", types=["access-granted.v1"])
    assert event.recordedby == "a-test"
    app.projector.catch_up()
    assert client.get("/p/fabelby/people").status_code == 200
    assert accept(stranger(team), secret, name="en.anden").status_code == 410
    assert secret not in team.get(ACCESS).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "x"}, "3 til 40"),
        ({"name": "mia@fabelby.example"}, "3 til 40"),
        ({"name": "mia.fiktiv"}, "optaget"),
        ({"password": "kort"}, "12 til 1000"),
    ],
)
def test_what_cannot_be_used_does_not_use_the_invitation_up(app, team, mia, typed, said):
    secret = invited(team)
    answer = accept(stranger(team), secret, **typed)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert accept(stranger(team), secret).status_code == 303


def test_who_has_an_account_accepts_with_it(app, team, mia):
    secret, client = invited(team, "evaluator"), stranger(team)
    client.set_cookie("kurslog_session", app.tokens.begin(mia).secret)
    page = client.get(f"/invitation/{secret}").text
    assert "mia.fiktiv" in page
    assert client.post(f"/invitation/{secret}").status_code == 403
    assert client.post(f"/invitation/{secret}", data={"form_token": token_in(page)}).status_code == 303
    assert held(app) == {(mia, "evaluator")}
    assert len(app.accounts.all()) == 1


def test_an_invitation_is_taken_back_and_falls_with_whoever_made_it(app, team, scribe):
    secret = invited(team)
    shown = re.search(r'name="id" value="(t-\w+)"', team.get(ACCESS).text)[1]
    assert saved(team, ACCESS, {"do": "cancel", "id": shown}).status_code == 303
    assert accept(stranger(team), secret).status_code == 410
    again = invited(team)
    scribe.record("access-granted", {"account": "a-test", "role": "project-manager"})
    scribe.record("access-revoked", {"account": "a-test", "role": "project-manager"})
    assert accept(stranger(team), again).status_code == 410
    assert app.accounts.all() == []


# ------------------------------------------------------------------ beginning a process
def creator(app, client):
    account = app.accounts.create("mia.fiktiv", may_create=True).id
    client.set_cookie("kurslog_session", app.tokens.begin(account).secret)
    return account


def test_who_begins_a_process_leads_it(app, client):
    account = creator(app, client)
    typed = {"data.title": "Fabelby", "data.place": "Fabelby", "data.municipality": "Fabeldal", "name": "fabelby"}
    typed |= {"data.aim": "democracy", "data.period_start": "2026-01-01"}
    answer = saved(client, "/new", typed)
    assert (answer.status_code, answer.location) == (303, "/p/fabelby/setup/grant")
    assert held(app) == {(account, "project-manager")}
    assert app.reader.head() == 2
    assert app.acting(Caller(account), "fabelby").role is AccessRole.PROJECT_MANAGER
    app.projector.catch_up()
    assert client.get(ACCESS).status_code == 200


def test_also_by_the_api_and_once(app, client):
    account = creator(app, client)
    secret = app.tokens.create(role=None, process=None, lasting=HOUR, account=account)
    data = {"title": "Fabelby", "place": "Fabelby", "municipality": "Fabeldal", "aim": "democracy", "period_start": "2026-01-01"}  # fmt: skip
    sent = {"type": "process-registered", "id": "6f9d5c3e-0f0a-4f0e-8d3e-6f1d3a3b1c11", "time": "2026-01-01T12:00:00Z", "data": data}  # fmt: skip
    answers = [
        client.post("/api/v1/processes/fabelby/events", json=sent, headers={"Authorization": f"Bearer {secret}"})
        for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 200]
    assert (held(app), app.reader.head()) == ({(account, "project-manager")}, 2)


def test_an_account_that_may_not_create_does_not(app, client):
    account = app.accounts.create("mia.fiktiv").id
    client.set_cookie("kurslog_session", app.tokens.begin(account).secret)
    assert client.get("/new").status_code == 404
    assert html.unescape(client.get("/").text).count("/new") == 0
