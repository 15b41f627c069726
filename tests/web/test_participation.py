"""The pages of participation and learning: what is told to whom, and what nobody wrote down."""

import datetime as dt

import pytest

from domain.keeping import AccessRole

DAY = "2026-02-01T18:00:00Z"
READERS = ["facilitator", "participant", "researcher"]


@pytest.fixture
def read(app, scribe, web_of):
    """Return a page's text as somebody in a role sees it."""

    def page(path, role="facilitator", query=""):
        app.projector.catch_up()
        client = web_of(app).test_client()
        secret = app.tokens.create(
            role=AccessRole(role), process=None, lasting=dt.timedelta(hours=1), kind="session", account=f"a-{role}"
        )
        client.set_cookie("kurslog_session", secret)
        answer = client.get(f"/p/fabelby/{path}{query}")
        assert answer.status_code == 200
        return " ".join(answer.text.split())

    return page


@pytest.fixture
def gathered(scribe):
    """Seven citizens and two politicians; all but one citizen and one politician came, and one is not known of."""
    scribe.record("gathering-planned", {"gathering_id": "k", "title": "Startworkshop", "kind": "kick-off"}, on=DAY)
    scribe.record("gathering-held", {"gathering_id": "k"}, on=DAY)
    came = []
    for number in range(1, 10):
        who, role = f"p{number}", "politician" if number > 7 else "citizen"
        scribe.record("participant-registered", {"participant_id": who, "name": f"Opdigt Nr. {number}"})
        scribe.record("role-assumed", {"participant_id": who, "role": role, "from": "2026-01-01"})
        status = {1: "absent", 2: "unknown", 8: "excused"}.get(number, "present")
        row = {"gathering_id": "k", "participant_id": who, "status": status}
        came.append(scribe.read("attendance-recorded", row, on=DAY))
    scribe.app.record(*came)


# ------------------------------------------------------------------ participation
@pytest.mark.parametrize("role", READERS)
def test_nobody_is_named_on_the_page(read, gathered, role):
    page = read("participation", role)
    assert "Startworkshop" in page
    assert "Opdigt Nr." not in page
    assert "p1" not in page.replace("p1.", "")


def test_the_team_sees_every_number(read, gathered):
    page = read("participation")
    assert "Mindst <a" in page
    assert "kom ikke:" in page
    assert "vises ikke</span>" not in page


def test_a_participant_sees_how_many_came_and_no_small_number(read, gathered):
    page = read("participation", "participant")
    assert 'gathering:k:came">6</a>' in page
    assert "fordelt på roller: vises ikke" in page
    assert "hvem der ikke kom: vises ikke" in page


def test_an_outsider_reads_that_who_came_is_not_public(read, gathered):
    page = read("participation", "researcher")
    assert "Hvem der kom, er ikke offentligt." in page
    assert "antal fremmødte: ikke registreret" in page


def test_a_gathering_nobody_wrote_about_is_not_recorded_rather_than_empty(read, scribe):
    scribe.record("gathering-planned", {"gathering_id": "k", "title": "Startworkshop", "kind": "kick-off"}, on=DAY)
    scribe.record("gathering-held", {"gathering_id": "k"}, on=DAY)
    page = read("participation")
    assert "hvem der kom, og hvor mange: ikke registreret" in page
    assert "Det betyder ikke, at ingen kom." in page


def test_a_headcount_opens_and_stands_beside_the_people(read, gathered, scribe):
    scribe.record("headcount-recorded", {"total": 52, "basis": "talt ved døren", "gathering_id": "k"}, on=DAY)
    page = read("participation")
    assert ">52</a>" in page
    assert "talt ved døren" in page
    assert 'class="head-count"' in page


def test_roles_no_invitation_reached_were_never_asked(read, gathered, scribe):
    reach = [{"role": "citizen", "count": 700}]
    scribe.record("invitation-sent", {"gathering_id": "k", "channel": "løbeseddel", "reach": reach})
    page = read("participation")
    assert "Aldrig spurgt:" in page
    assert "700 borgere" in page


def test_the_page_of_a_day_knows_nothing_later(read, gathered):
    assert "Ingen samlinger endnu" in read("participation", query="?on=2026-01-15")


def test_both_pages_begin_with_what_will_come(read, scribe):
    assert "Ingen samlinger endnu" in read("participation")
    assert "Ingen har skrevet ned, hvad der blev lært" in read("learning")


def test_titles_are_escaped(read, scribe):
    plan = {"gathering_id": "k", "title": "<b>Fest</b>", "kind": "celebration", "series": "<i>række</i>"}
    scribe.record("gathering-planned", plan, on=DAY)
    scribe.record("gathering-held", {"gathering_id": "k"}, on=DAY)
    page = read("participation")
    assert "<b>Fest" not in page
    assert "<i>række" not in page


# ------------------------------------------------------------------ learning
@pytest.fixture
def learned(scribe):
    anybody = {"kind": "anonymous"}
    question = {"question_id": "q", "question": "Hvem kommer aldrig?", "by": anybody}
    scribe.record("learning-question-posed", question, on="2026-02-01T12:00:00Z")
    said = {"hypothesis": "flere kommer", "did": "Vi mødtes ved stationen", "saw": "Flere kom", "next": "Igen fredag"}
    scribe.record("experiment-tried", {"experiment_id": "e", "question_id": "q", **said}, on="2026-02-02T12:00:00Z")
    steps = [{"name": "what", "text": "Tolv kom"}, {"name": "now-what", "text": "Spørg to hver"}]
    data = {"reflection_id": "r", "format": "what-so-what-now-what", "steps": steps, "by": anybody}
    scribe.record("reflection-recorded", {**data, "about": ["experiment/e"]}, on="2026-02-03T12:00:00Z")
    return scribe


def test_a_question_stands_with_what_was_tried_and_what_is_missing(read, learned):
    page = read("learning")
    for text in (
        "Hvem kommer aldrig?",
        "Vi mødtes ved stationen",
        "Tolv kom",
        "Hvad nu:",
        "Spørg to hver",
        "Igen fredag",
    ):
        assert text in page
    assert "ingen erkendelse registreret endnu" in page
    assert "ingen refleksion registreret" not in page


def test_a_now_what_that_was_taken_up_says_by_what(read, learned):
    insight = {"insight_id": "i", "text": "Folk kommer, når nogen spørger", "from": ["r"]}
    learned.record("insight-derived", insight, on="2026-02-04T12:00:00Z")
    plan = {
        "action_id": "a",
        "title": "Spørg to",
        "aim": "x",
        "sign_of_success": "y",
        "owners": [],
        "due": "2026-05-01",
    }
    learned.record("action-planned", {**plan, "builds_on": ["i"]}, on="2026-02-05T12:00:00Z")
    page = read("learning")
    assert "Taget op (1)" in page
    assert "100-dages handling: Spørg to" in page or "Handling: Spørg to" in page


def test_a_reflection_for_the_team_is_not_shown_to_others(read, scribe):
    steps = [{"name": "what", "text": "Kun for holdet"}]
    data = {"reflection_id": "r", "format": "free", "steps": steps, "by": {"kind": "anonymous"}}
    scribe.record("reflection-recorded", data, visibility="team")
    assert "Kun for holdet" in read("learning")
    assert "Kun for holdet" not in read("learning", "participant")
    assert "Kun for holdet" not in read("learning", "researcher")


@pytest.mark.parametrize("path", ["participation", "learning"])
def test_both_pages_speak_english(read, gathered, learned, path):
    page = read(path, query="?lang=en")
    assert '<html lang="en">' in page
    assert {"participation": "At least", "learning": "There is"}[path] in page
