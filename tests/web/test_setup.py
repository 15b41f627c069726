"""Setting a process up, its people, and the first screens of those who run it."""

import datetime as dt
import re

import pytest

from domain.correcting import effective
from tests.web.test_evening import saved
from tests.web.test_pages import token_in

SETUP = "/p/fabelby/setup"


@pytest.fixture
def team(app, signed_in, scribe):
    app.projector.catch_up()
    return signed_in("project-manager")


def standing(app, *stems):
    found = app.reader.process_page("fabelby", types=[f"{stem}.v1" for stem in stems])
    events = effective(app.reader.things("fabelby", sorted({event.subject for event in found})))
    return [event for event in events if event.declaration.stem in stems]


def names(app):
    events = standing(app, "participant-registered")
    texts = app.log.vault.texts([event.position for event in events])
    return [texts[event.position, "name"] for event in events]


@pytest.mark.parametrize("step", ["grant", "goals", "people", "groups", "gathering", "notice", "done"])
def test_each_step_can_be_skipped_and_come_back_to(team, step):
    assert team.get(f"{SETUP}/{step}").status_code == 200
    if step != "done":
        onward = saved(team, f"{SETUP}/{step}", {} if step != "notice" else {"basis": "x"})
        assert onward.status_code == (303 if step != "notice" else 422)


@pytest.mark.parametrize("role", ["participant", "evaluator", "researcher"])
@pytest.mark.parametrize("path", ["setup/people", "people", "now", "tonight"])
def test_what_the_team_runs_is_not_there_for_others(app, signed_in, scribe, role, path):
    app.projector.catch_up()
    assert signed_in(role).get(f"/p/fabelby/{path}").status_code == 404


def test_a_step_is_one_command_that_counts_once(app, team):
    html = team.get(f"{SETUP}/people").text
    typed = dict(re.findall(r'name="(form_token|command)" value="([^"]+)"', html)) | {"rows": "3"}
    typed |= {"name.0": "Åse Opdigtet", "role.0": "citizen", "name.1": "Bo Påfund", "role.1": "politician"}
    places = [team.post(f"{SETUP}/people", data=typed).location for _ in range(2)]
    assert places[0] == places[1]
    assert "/setup/groups" in places[0]
    assert names(app) == ["Åse Opdigtet", "Bo Påfund"]
    assert [event.data.role for event in standing(app, "role-assumed")] == ["citizen", "politician"]


def test_people_get_numbers_and_marks_and_never_names_as_ids(app, team):
    pasted = "Åse Opdigtet, borger\nBo Påfund; politiker\nCille Digt\tmedarbejder\n"
    assert saved(team, f"{SETUP}/people", {"list": pasted}).status_code == 303
    found = standing(app, "participant-registered")
    assert all(re.fullmatch(r"p\d{9}", event.data.participant_id) for event in found)
    assert len({event.data.pseudonym for event in found}) == 3
    assert b"Opdigtet" not in repr([event.data for event in found]).encode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"list": "Åse Opdigtet"}, "Vælg en rolle til linjen “Åse Opdigtet”."),
        ({"list": "Åse Opdigtet, pilot"}, "Vælg en rolle til linjen “Åse Opdigtet”."),
        ({"name.0": "x" * 201, "role.0": "citizen"}, "Skriv navnet, højst 200 tegn."),
    ],
)
def test_a_line_that_is_nobody_says_so_and_stays(app, team, typed, said):
    before = app.reader.head()
    page = saved(team, f"{SETUP}/people", typed)
    assert (page.status_code, said in page.text, app.reader.head()) == (422, True, before)


def test_more_lines_keep_what_was_typed(team):
    page = saved(team, f"{SETUP}/people", {"rows": "3", "name.0": "Åse Opdigtet", "role.0": "leader", "more": "1"})
    assert page.text.count('aria-label="Navn ') == 6
    assert 'value="Åse Opdigtet"' in page.text


def test_a_step_is_undone_as_a_whole(app, team):
    place = saved(team, f"{SETUP}/people", {"name.0": "Åse Opdigtet", "role.0": "citizen"}).location
    html = team.get(place).text
    positions, back = (re.search(rf'name="{name}" value="([^"]+)"', html)[1] for name in ("positions", "back"))
    typed = {"form_token": token_in(html), "positions": positions, "back": back}
    undone = team.post("/p/fabelby/undo", data=typed)
    assert "/setup/people" in undone.location
    assert standing(app, "participant-registered", "role-assumed") == []


def test_goals_come_with_the_sign_and_who_agreed(app, team):
    typed = {"ready.1": "1", "goal.0": "Flere stier", "sign.0": "Tre stier er lagt"}
    assert "Sæt hak ved dem, der aftalte det." in saved(team, f"{SETUP}/goals", typed).text
    assert saved(team, f"{SETUP}/goals", typed | {"agreed.citizen": "1"}).status_code == 303
    agreed = standing(app, "success-criterion-agreed")
    goals = {event.data.objective_id for event in standing(app, "objective-defined")}
    assert {event.data.objective_id for event in agreed} == goals
    assert [actor.ref for actor in agreed[0].data.agreed_by] == ["citizen"]


def test_a_sign_without_a_goal_asks_for_the_goal(team):
    page = saved(team, f"{SETUP}/goals", {"sign.0": "Tre stier", "agreed.citizen": "1"})
    assert "Skriv det mål, tegnet hører til." in page.text


def test_a_group_begins_with_its_members(app, team, scribe):
    scribe.record("participant-registered", {"participant_id": "p17"})
    assert saved(team, f"{SETUP}/groups", {"title": "Stier", "member.p17": "1"}).status_code == 303
    assert [event.data.participant_id for event in standing(app, "group-joined")] == ["p17"]


def test_the_ready_texts_are_declared_in_both_languages(app, team):
    html = team.get(f"{SETUP}/notice").text
    texts = dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', html, re.DOTALL))
    assert {len(text) <= 500 for text in texts.values()} == {True}
    typed = texts | {"basis": "public-task", "version": "oplysning-1"}
    assert saved(team, f"{SETUP}/notice", typed).status_code == 303
    declared = standing(app, "processing-basis-declared")
    assert [str(event.data.purpose) for event in declared] == ["facilitation", "evaluation"]
    assert all(event.data.wording.da and event.data.wording.en for event in declared)


# ------------------------------------------------------------------ people
def test_the_team_sees_names_and_marks_and_who_was_told(app, team, scribe):
    scribe.record("participant-registered", {"participant_id": "p17", "name": "Åse Opdigtet", "pseudonym": "K7Q"})
    scribe.record("role-assumed", {"participant_id": "p17", "role": "citizen"})
    page = team.get("/p/fabelby/people").text
    assert "Åse Opdigtet" in page
    assert "K7Q" in page
    told = saved(team, "/p/fabelby/people", {"do": "told", "told.p17": "1", "channel": "med brev"})
    assert told.status_code == 303
    assert [event.data.channel for event in standing(app, "privacy-notice-given")] == ["med brev"]
    assert "mangler oplysningen" not in team.get("/p/fabelby/people").text


def test_a_name_is_corrected_by_its_own_form_and_shown_so(app, team, scribe):
    recorded = scribe.record("participant-registered", {"participant_id": "p17", "name": "Åse Opdigte"})
    app.projector.catch_up()
    typed = {"data.name": "Åse Opdigtet", "reason": "Stavet forkert"}
    assert saved(team, f"/p/fabelby/log/{recorded.position}/correct", typed).status_code == 303
    assert "Åse Opdigtet" in team.get("/p/fabelby/people").text


# ------------------------------------------------------------------ first screens
def called(scribe, days, kind="kick-off", ref="s1"):
    starts = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    data = {"gathering_id": ref, "title": "Startworkshop", "kind": kind, "starts": starts.isoformat()}
    scribe.record("gathering-planned", data)


def test_now_or_never_counts_down_to_the_kick_off(app, team, scribe):
    called(scribe, 8)
    app.projector.catch_up()
    page = team.get("/p/fabelby/now").text
    assert "<b>8 dage</b>" in page
    assert page.count('class="soon"') == 4
    assert re.findall(r'<a class="btn go"[^>]*>([^<]*)<', page) == ["Åbn runden"]


def test_what_was_missed_before_the_start_is_said_calmly(app, team, scribe):
    called(scribe, -1)
    scribe.record("gathering-held", {"gathering_id": "s1"})
    app.projector.catch_up()
    page = team.get("/p/fabelby/now").text
    assert "Runden før start blev ikke holdt. Den kan ikke hentes nu." in page
    assert "Hvem kom til Startworkshop?" in page
    scribe.record("headcount-recorded", {"gathering_id": "s1", "total": 50, "basis": "talt ved døren"})
    app.projector.catch_up()
    assert "Hvem kom til Startworkshop?" not in team.get("/p/fabelby/now").text


def test_nothing_left_to_fetch_is_said_too(app, team, scribe):
    scribe.record("objective-defined", {"objective_id": "m1", "text": "Stier", "source": "os"})
    agreed = {"criterion_id": "k1", "objective_id": "m1", "text": "Tre", "agreed_by": [{"kind": "anonymous"}]}
    scribe.record("success-criterion-agreed", agreed)
    basis = {"purpose": "facilitation", "legal_basis": "public-task", "text_version": "v1"}
    scribe.record("processing-basis-declared", basis)
    called(scribe, -1)
    scribe.record("gathering-held", {"gathering_id": "s1"})
    scribe.record("headcount-recorded", {"gathering_id": "s1", "total": 50, "basis": "talt"})
    app.projector.catch_up()
    assert "Det, der ikke kan hentes senere, er på plads." in team.get("/p/fabelby/now").text


def test_the_report_says_when_it_is_due_and_the_day_opens(app, team, scribe):
    grant = {"funder": "Fonden", "scheme": "Puljen", "case_number": "1", "amount_dkk": "100"}
    period = {"start": "2026-01-01", "end": "2030-01-01"}
    scribe.record("grant-awarded", {**grant, "period": period, "report_due": "2030-01-31"})
    app.projector.catch_up()
    page = team.get("/p/fabelby/now").text
    assert "31. januar 2030" in page
    assert team.get("/p/fabelby/figure/readiness/report-due").status_code == 200


def test_tonight_leads_to_the_gathering_its_notes_and_what_waits(app, team, scribe):
    called(scribe, 0)
    scribe.contribute("c-1")
    app.projector.catch_up()
    page = team.get("/p/fabelby/tonight").text
    assert "I dag: Startworkshop." in page
    assert "En bænk ved skovstien" in page
    assert "gathering=s1" in page


def test_signing_in_leads_to_the_first_screen_of_the_role(app, client, scribe):
    from domain.keeping import AccessRole

    found = {}
    for role in ("project-manager", "facilitator", "evaluator", "researcher"):
        hour = dt.timedelta(hours=1)
        link = app.tokens.create(role=AccessRole(role), process="fabelby", lasting=hour, kind="link")
        found[role] = client.post(f"/sign-in/{link}").location
    assert found == {
        "project-manager": "/p/fabelby/now",
        "facilitator": "/p/fabelby/tonight",
        "evaluator": "/p/fabelby/evaluation",
        "researcher": "/p/fabelby",
    }
