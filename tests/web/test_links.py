"""Personal links: made, shown once as squares, used once, closed; and who has come in."""

import re

import pytest

from service.http import create_app
from tests.conftest import Scribe
from tests.web.test_pages import token_in

LINKS = "/p/fabelby/links"


@pytest.fixture
def team(app, signed_in, scribe):
    for ref, name in (("p1", "Mia Fiktiv"), ("p2", "Bo Fiktiv"), ("p3", "Cille Fiktiv")):
        scribe.record("participant-registered", {"participant_id": ref, "name": name, "pseudonym": f"K{ref[1]}Q"})
    scribe.record("participant-left", {"participant_id": "p3", "reason": "flyttet"})
    scribe.record("group-formed", {"group_id": "g-sti", "title": "Stien", "theme": "natur"})
    scribe.record("group-joined", {"group_id": "g-sti", "participant_id": "p1"})
    scribe.record("gathering-planned", {"gathering_id": "kaffe", "title": "Kaffe", "kind": "workshop"})
    scribe.record("gathering-held", {"gathering_id": "kaffe"})
    scribe.record("attendance-recorded", {"gathering_id": "kaffe", "participant_id": "p2", "status": "present"})
    app.projector.catch_up()
    return signed_in("facilitator")


def make(team, *who, do="make"):
    typed = {"form_token": token_in(team.get(LINKS).text), "do": do, **{f"who.{one}": "1" for one in who}}
    return team.post(LINKS, data=typed)


def secrets_in(page):
    return re.findall(r"/sign-in/([\w-]{43})", page.text)


def come_in(team, secret):
    client = team.application.test_client()
    return client, client.post(f"/sign-in/{secret}")


def test_a_link_lets_its_participant_in_once(app, team):
    (secret,) = secrets_in(make(team, "p1"))
    client, answer = come_in(team, secret)
    assert (answer.status_code, answer.location) == (303, "/p/fabelby/me")
    assert client.get("/p/fabelby/me").status_code == 200
    caller = app.tokens.caller(client.get_cookie("kurslog_session").value, "session")
    assert (caller.participant, caller.process, caller.role.value) == ("p1", "fabelby", "participant")
    assert come_in(team, secret)[1].status_code == 410
    held = next(line for line in answer.headers.getlist("Set-Cookie") if "session" in line)
    assert f"Max-Age={90 * 24 * 3600};" in held


def test_a_sheet_has_a_square_and_the_name_for_each_and_is_not_kept(app, team):
    page = make(team, "p1", "p2")
    assert page.text.count('class="square"') == 2
    assert all(one in page.text for one in ("K1Q", "Mia Fiktiv", "K2Q", "Bo Fiktiv"))
    assert "style=" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    with app.log.connection() as connection:
        rows = connection.execute(b"select t::text as said from access.token t").fetchall()
    assert all(secret not in row["said"] for row in rows for secret in secrets_in(page))
    assert secrets_in(team.get(LINKS)) == []


def test_the_team_sees_who_has_come_in_and_when(team):
    first, _ = secrets_in(make(team, "p1", "p2"))
    come_in(team, first)
    rows = re.findall(r"<li>.*?</li>", team.get(LINKS).text, re.DOTALL)
    said = {one: next(row for row in rows if one in row) for one in ("Mia Fiktiv", "Bo Fiktiv")}
    assert ("kom ind" in said["Mia Fiktiv"], "kom ind" in said["Bo Fiktiv"]) == (True, False)
    assert "link lavet" in said["Bo Fiktiv"]
    assert not any("Cille" in row for row in rows)


def test_a_few_stand_open_and_many_are_folded_by_how_far_their_links_have_come(app, team, scribe):
    make(team, "p1")
    page = team.get(LINKS).text
    assert [one.strip() for one in re.findall("<summary>(Har.*?)</summary>", page)] == [
        "Har intet link: 1",
        "Har et link, der ikke er brugt: 1",
    ]
    assert re.findall('name="who.(p.)"\\s+value="1"\\s+(checked)?', page) == [("p2", "checked"), ("p1", "")]
    assert len(re.findall(r"<details id=\"(?:none|made)\"\s+open>", page)) == 2
    for number in range(10, 20):
        scribe.record("participant-registered", {"participant_id": f"p{number}"})
    app.projector.catch_up()
    page = team.get(LINKS).text
    assert (bool(re.search(r"<details id=\"\w+\"\s+open>", page)), "Har intet link: 11" in page) == (False, True)


def test_a_new_link_closes_the_one_that_was_not_used(app, team):
    (lost,) = secrets_in(make(team, "p1"))
    (found,) = secrets_in(make(team, "p1"))
    assert come_in(team, lost)[1].status_code == 410
    client, answer = come_in(team, found)
    assert answer.status_code == 303
    (again,) = secrets_in(make(team, "p1"))
    other, _ = come_in(team, again)
    accounts = [
        app.tokens.caller(one.get_cookie("kurslog_session").value, "session").account for one in (client, other)
    ]
    assert accounts[0] == accounts[1] != app.accounts.participants("fabelby", "p2")


def test_closing_a_link_ends_what_it_opened(app, team):
    used, unused = secrets_in(make(team, "p1", "p2"))
    client, _ = come_in(team, used)
    assert client.get("/p/fabelby").status_code == 200
    assert make(team, "p1", "p2", do="revoke").location == f"{LINKS}?revoked=1"
    assert client.get("/p/fabelby").status_code == 404
    assert come_in(team, unused)[1].status_code == 410


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", {"Mia", "Bo"}), ("?group=Stien", {"Mia"}), ("?gathering=kaffe", {"Bo"}), ("?group=x", set())],
)
def test_participants_are_chosen_by_group_and_gathering(team, query, shown):
    page = team.get(LINKS + query).text
    assert {one for one in ("Mia", "Bo", "Cille") if f"{one} Fiktiv" in page} == shown


def test_nobody_ticked_says_so_and_another_process_is_not_reached(app, team):
    assert make(team).status_code == 422
    other = Scribe(app, "nabo")
    other.begin()
    other.record("participant-registered", {"participant_id": "p9", "name": "Dan Fiktiv"})
    assert make(team, "p9").status_code == 422
    assert app.tokens.all("nabo") == []


@pytest.mark.parametrize("role", ["participant", "evaluator", "researcher", "funder"])
def test_links_are_the_teams(app, team, signed_in, role):
    client = signed_in(role)
    assert (client.get(LINKS).status_code, '/p/fabelby/links"' in client.get("/p/fabelby").text) == (404, False)


def test_links_lead_to_the_public_address(app, team, settings):
    import dataclasses

    app.settings = dataclasses.replace(settings, url="https://kurslog.example")
    served = app.served()
    client = create_app(served).test_client()
    client.set_cookie("__Host-kurslog_session", team.get_cookie("kurslog_session").value, secure=True)
    page = client.get(LINKS, base_url="https://localhost").text
    made = client.post(
        LINKS, data={"form_token": token_in(page), "do": "make", "who.p1": "1"}, base_url="https://localhost"
    )
    assert "https://kurslog.example/sign-in/" in made.text
    served.close()
