"""The list of a gathering's people: saved as one command, once; a second answer corrects the first; undone as one."""

import datetime as dt
import re
import uuid

import pytest

from domain.correcting import EventCorrected
from domain.gathering import AttendanceRecorded, HeadcountRecorded
from domain.keeping import AccessRole

PAGE = "/p/fabelby/record/attendance"
DAY = "2026-02-01T18:00:00Z"
NAMES = {"p1": "Åse Opdigt", "p2": "Bo Opdigt", "p3": "Ærla Opdigt"}


class Visitor:
    """Somebody with the list before them."""

    def __init__(self, app, web_of, role="facilitator"):
        self.app, self.client = app, web_of(app).test_client()
        secret = app.tokens.create(
            role=AccessRole(role), process=None, lasting=dt.timedelta(hours=1), kind="session", account=f"a-{role}"
        )
        self.client.set_cookie("kurslog_session", secret)
        self.command = str(uuid.uuid4())

    def get(self, query="?gathering=k"):
        return self.client.get(PAGE + query)

    def send(self, command=None, **typed):
        self.app.projector.catch_up()
        token = re.search(r'name="form_token" value="([0-9a-f]+)"', self.get().text)[1]
        typed = {name.replace("_p", ".p"): value for name, value in typed.items()}
        form = {"form_token": token, "command": command or self.command, "gathering": "k", **typed}
        return self.client.post(PAGE, data=form)

    def undo(self, saved):
        self.app.projector.catch_up()
        shown = self.client.get(saved.location).text
        hidden = dict(re.findall(r'name="(form_token|positions|back)"\s+value="([^"]+)"', shown))
        return self.client.post("/p/fabelby/undo", data=hidden)


@pytest.fixture
def people(scribe):
    """Three people, the last a citizen and an employee, and a gathering that was held."""
    scribe.record("gathering-planned", {"gathering_id": "k", "title": "Startworkshop", "kind": "kick-off"}, on=DAY)
    scribe.record("gathering-held", {"gathering_id": "k"}, on=DAY, timeprecision="day")
    for who, name in NAMES.items():
        scribe.record("participant-registered", {"participant_id": who, "name": name}, on="2026-01-02T12:00:00Z")
        for role in ("citizen", "employee") if who == "p3" else ("citizen",):
            data = {"participant_id": who, "role": role, "from": "2026-01-02"}
            scribe.record("role-assumed", data, on="2026-01-02T12:00:00Z")
    return scribe


@pytest.fixture
def visitor(app, people, web_of):
    return Visitor(app, web_of)


def log_of(app, *types):
    return [event for event in app.reader.walk("fabelby") if isinstance(event.data, types)]


def answers(app):
    rows = {}
    for subject in (f"attendance/k/{who}" for who in NAMES):
        for event in app.reader.entries("fabelby", [subject]).history(subject):
            rows[event.data.participant_id] = (str(event.data.status), event.data.role and str(event.data.role))
    return rows


# ------------------------------------------------------------------ the list
def test_everybody_stands_with_name_and_role_in_danish_order(visitor):
    page = visitor.get().text
    assert re.findall(r"<legend>(.*?)</legend>", page) == ["Bo Opdigt", "Ærla Opdigt", "Åse Opdigt"]
    assert 'name="role.p3"' in page
    assert 'name="role.p1"' not in page


def test_the_gatherings_are_offered_first(visitor):
    assert "attendance?gathering=k" in visitor.get("").text


@pytest.mark.parametrize(("role", "status"), [("participant", 404), ("researcher", 404), ("project-manager", 200)])
def test_the_list_is_the_teams(app, people, web_of, role, status):
    assert Visitor(app, web_of, role).get().status_code == status


@pytest.mark.parametrize("query", ["?gathering=nowhere", "?gathering=%00"])
def test_a_gathering_that_is_not_there_is_not_found(visitor, query):
    assert visitor.get(query).status_code == 404


def test_a_process_without_people_or_gatherings_says_how_to_begin(app, scribe, web_of):
    assert "Ingen samlinger endnu" in Visitor(app, web_of).get("").text


# ------------------------------------------------------------------ saving
def test_all_answers_are_one_command_at_the_gatherings_time(app, visitor):
    saved = visitor.send(status_p1="present", status_p2="unknown", status_p3="present", role_p3="employee", total="52")
    assert saved.status_code == 303
    assert answers(app) == {"p1": ("present", "citizen"), "p2": ("unknown", "citizen"), "p3": ("present", "employee")}
    (head,) = log_of(app, HeadcountRecorded)
    assert (head.data.total, head.data.gathering_id, head.timeprecision.value) == (52, "k", "day")
    assert {event.time for event in log_of(app, AttendanceRecorded)} == {head.time}


def test_whoever_nothing_was_chosen_for_is_not_written_down(app, visitor):
    visitor.send(status_p1="excused")
    assert answers(app) == {"p1": ("excused", "citizen")}


def test_sent_twice_it_is_the_same_command(app, visitor):
    first = visitor.send(status_p1="present", total="52")
    before = app.reader.head()
    second = visitor.send(status_p1="present", total="52")
    assert app.reader.head() == before
    assert second.location == first.location


def test_everybody_else_came_is_filled_in_and_not_saved(app, visitor):
    before = app.reader.head()
    page = visitor.send(everybody="1", status_p1="absent").text
    chosen = re.findall(r'name="status.(p\d)"\s+value="(\w+)"\s+checked', page)
    assert sorted(chosen) == [("p1", "absent"), ("p2", "present"), ("p3", "present")]
    assert app.reader.head() == before


def test_another_answer_is_a_correction(app, visitor):
    visitor.send(status_p1="present", status_p2="present", total="52")
    visitor.send(str(uuid.uuid4()), status_p1="absent", status_p2="present", total="50")
    assert answers(app) == {"p1": ("absent", "citizen"), "p2": ("present", "citizen")}
    assert len(log_of(app, AttendanceRecorded)) == 2
    assert len(log_of(app, HeadcountRecorded)) == 1
    assert len(log_of(app, EventCorrected)) == 2
    assert 'value="50"' in visitor.get().text


def test_back_and_forth_in_the_same_form_ends_where_it_was_left(app, visitor):
    for status in ("present", "absent", "present", "absent"):
        visitor.send(status_p1=status)
    assert answers(app)["p1"] == ("absent", "citizen")


# ------------------------------------------------------------------ undoing
def test_the_whole_list_is_undone_at_once(app, visitor):
    saved = visitor.send(status_p1="present", status_p2="absent", total="52")
    undone = visitor.undo(saved)
    assert "Trukket tilbage" in visitor.client.get(undone.location).text
    assert answers(app) == {}
    visitor.send(str(uuid.uuid4()), status_p1="absent")
    assert answers(app) == {"p1": ("absent", "citizen")}


def test_undoing_a_correction_brings_the_first_answer_back(app, visitor):
    visitor.send(status_p1="present")
    visitor.undo(visitor.send(str(uuid.uuid4()), status_p1="absent"))
    assert answers(app) == {"p1": ("present", "citizen")}


# ------------------------------------------------------------------ what is wrong
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"total": "mange"}, "Skriv antallet med tal"),
        ({"total": "52", "basis": " "}, "talt ved døren"),
        ({}, "Der er intet nyt at gemme"),
        ({"status_p1": "dancing"}, "Der er intet nyt at gemme"),
    ],
)
def test_what_cannot_be_saved_says_why_and_keeps_the_rest(app, visitor, typed, said):
    before = app.reader.head()
    page = visitor.send(**typed)
    assert page.status_code == 422
    assert said in page.text
    assert app.reader.head() == before


def test_a_wrong_count_loses_no_answer(app, visitor):
    page = visitor.send(status_p1="excused", total="mange").text
    assert re.search(r'name="status.p1"\s+value="excused"\s+checked', page)
    assert 'value="mange"' in page
    assert answers(app) == {}


def test_a_form_without_its_token_saves_nothing(app, visitor):
    assert visitor.client.post(PAGE, data={"gathering": "k", "status.p1": "present"}).status_code == 403
    assert answers(app) == {}


def test_somebody_registered_twice_stands_once(app, people, visitor):
    people.record("participants-merged", {"participant_id": "p1", "duplicate_id": "p2"}, on=DAY)
    assert re.findall(r"<legend>(.*?)</legend>", visitor.get().text) == ["Ærla Opdigt", "Åse Opdigt"]


def test_a_word_of_absence_can_be_written_before_the_gathering(app, people, visitor):
    plan = {"gathering_id": "k2", "title": "Næste", "kind": "workshop", "starts": "2030-01-01T18:00:00Z"}
    people.record("gathering-planned", plan, on=DAY)
    assert "Samlingen er ikke begyndt" in visitor.get("?gathering=k2").text
    assert visitor.send(gathering="k2", status_p1="excused").status_code == 303


def test_a_corrected_name_is_the_one_that_stands(app, people, visitor):
    registered = next(event for event in app.reader.walk("fabelby") if event.subject == "participant/p1")
    fields = [{"field": "name", "text": "Aase Opdigt"}]
    people.record("event-corrected", {"target": str(registered.id), "fields": fields, "reason": "stavet forkert"})
    assert re.findall(r"<legend>(.*?)</legend>", visitor.get().text)[0] == "Aase Opdigt"


def test_what_another_took_back_of_the_list_stays_so_and_the_rest_is_undone(app, people, visitor):
    saved = visitor.send(status_p1="present", status_p2="absent")
    first = log_of(app, AttendanceRecorded)[0]
    people.record("event-withdrawn", {"target": str(first.id), "reason": "en fejl"}, on="2026-02-02T12:00:00Z")
    visitor.undo(saved)
    assert answers(app) == {}


def test_what_was_undone_and_brought_back_can_be_undone_again(app, people, visitor):
    saved = visitor.send(status_p1="present", status_p2="absent")
    visitor.undo(saved)
    for taken in [event for event in app.reader.walk("fabelby") if event.declaration.stem == "event-withdrawn"]:
        people.record("event-withdrawn", {"target": str(taken.id), "reason": "alligevel"}, on="2026-02-02T12:00:00Z")
    assert len(answers(app)) == 2
    visitor.undo(saved)
    assert answers(app) == {}
