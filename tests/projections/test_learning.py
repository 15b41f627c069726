"""Learning: from question to insight, what stands alone, and which «now whats» were taken up."""

import pytest

from domain.deciding import DecisionMade
from domain.gathering import GatheringHeld
from domain.reflecting import (
    ExperimentTried,
    InsightDerived,
    LearningQuestionPosed,
    ReflectionFormat,
    ReflectionRecorded,
    Step,
)
from domain.vocabulary import Actor, ActorKind, Personal, Visibility
from projections.everything import PROJECTIONS
from projections.kernel import DEPTH, FOREVER, Request, as_of
from service.log.tables import stored_form
from tests.unit.conftest import CITIZENS, InMemoryLog, moment, planned

PROJECTION = PROJECTIONS["learning"]
NOBODY = Actor(kind=ActorKind.ANONYMOUS)


@pytest.fixture
def log():
    found = InMemoryLog()
    found.process_registered()
    return found


def answer(log, by=None, depth=Visibility.TEAM):
    states = as_of(PROJECTION, log.events, FOREVER, FOREVER - 1, DEPTH[depth])
    states = {key: stored_form(state) for key, state in states.items()}
    return PROJECTION.query(states, Request("fabelby", by=by, at=moment("2026-12-31"), depth=DEPTH[depth])).data


def question(log, ref="who-comes", on="2026-02-01"):
    log.given(LearningQuestionPosed(question_id=ref, question=Personal("how?"), by=NOBODY), on)


def experiment(log, ref="station", question_id="who-comes", on="2026-02-10"):
    said = {name: Personal(name) for name in ("hypothesis", "did", "saw", "next")}
    log.given(ExperimentTried(experiment_id=ref, question_id=question_id, **said), on)


def reflection(log, ref="after", *names, on="2026-02-12", about=(), **more):
    steps = tuple(Step(name=name, text=Personal(name)) for name in names or ("what", "so-what", "now-what"))
    kind = ReflectionFormat.WHAT_SO_WHAT_NOW_WHAT
    log.given(ReflectionRecorded(reflection_id=ref, format=kind, steps=steps, by=NOBODY, about=about, **more), on)


def insight(log, ref="ask", *rests_on, on="2026-02-14"):
    log.given(InsightDerived(insight_id=ref, text=Personal("ask them"), from_=rests_on), on)


def ids(found):
    return [one["id"] for one in found]


def still_open(log):
    return [(one["kind"], one["id"]) for one in answer(log)["now_whats"] if not one["taken_up"]]


# ------------------------------------------------------------------ from question to insight
def test_a_question_leads_to_try_outs_reflections_and_insights(log):
    question(log)
    experiment(log)
    reflection(log, about=("experiment/station",))
    insight(log, "ask", "after")
    (found,) = answer(log)["questions"]
    assert [ids(found[name]) for name in ("experiments", "reflections", "insights")] == [
        ["station"],
        ["after"],
        ["ask"],
    ]
    assert len(found["entries"].events) == 4
    assert answer(log)["unanswered"].value == 0


def test_a_question_without_an_insight_is_unanswered(log):
    question(log)
    experiment(log)
    assert answer(log)["unanswered"].value == 1


def test_what_belongs_to_no_question_stands_alone(log):
    question(log)
    experiment(log, "hall", None)
    reflection(log, "party", about=("question/who-comes",))
    reflection(log, "dinner")
    insight(log, "alone")
    found = answer(log)
    assert [ids(found[name]) for name in ("experiments", "reflections", "insights")] == [
        ["hall"],
        ["dinner"],
        ["alone"],
    ]
    assert ids(found["questions"][0]["reflections"]) == ["party"]


# ------------------------------------------------------------------ now what
def test_a_now_what_nobody_took_up_is_open(log):
    experiment(log, question_id=None)
    reflection(log)
    assert still_open(log) == [("experiment", "station"), ("reflection", "after")]
    assert answer(log)["open"].value == 2


def test_a_reflection_that_says_nothing_of_what_next_has_no_now_what(log):
    reflection(log, "after", "what", "so-what")
    assert answer(log)["now_whats"] == []


@pytest.mark.parametrize("name", ["now-what", "Now_What", "hvad-nu", "action-plan", "active-experimentation"])
def test_the_last_step_of_each_format_is_a_now_what(log, name):
    reflection(log, "after", name)
    assert still_open(log) == [("reflection", "after")]


def test_a_later_action_takes_it_up(log):
    reflection(log)
    log.given(planned("bench", builds_on=("after",)), "2026-03-01")
    (found,) = answer(log)["now_whats"]
    assert [(one["kind"], one["id"]) for one in found["taken_up"]] == [("action", "bench")]


def test_a_later_decision_takes_it_up_by_an_insight_from_it(log):
    reflection(log)
    insight(log, "ask", "after")
    decided = DecisionMade(decision_id="d", taken_by=(CITIZENS,), question=Personal("Who?"), builds_on=("ask",))
    log.given(decided, "2026-03-01")
    assert still_open(log) == []


def test_only_a_later_try_out_of_the_same_question_takes_it_up(log):
    question(log)
    experiment(log, "station")
    experiment(log, "again", on="2026-03-01")
    assert still_open(log) == [("experiment", "again")]


def test_an_action_that_was_withdrawn_takes_nothing_up(log):
    reflection(log)
    action = log.given(planned("bench", builds_on=("after",)), "2026-03-01")
    log.given(log.withdrawal(action), "2026-03-02")
    assert still_open(log) == [("reflection", "after")]


# ------------------------------------------------------------------ breakdowns, and who may see
def test_reflections_are_counted_by_format_and_by_gathering(log):
    log.gathering("party")
    log.given(GatheringHeld(gathering_id="party"), "2026-02-11")
    reflection(log, "after", gathering_id="party")
    reflection(log, "about", about=("gathering/party",))
    reflection(log, "other")
    by_format = [(one["format"], one["count"].value) for one in answer(log, by="format")["by"]]
    by_gathering = [(one["gathering"], one["title"], one["count"].value) for one in answer(log, by="gathering")["by"]]
    assert by_format == [("what-so-what-now-what", 3)]
    assert by_gathering == [(None, None, 1), ("party", "party", 2)]


def test_a_reflection_for_the_team_is_not_counted_for_others(log):
    question(log)
    steps = (Step(name="now-what", text=Personal("again")),)
    log.given(
        ReflectionRecorded(reflection_id="ours", format=ReflectionFormat.FREE, steps=steps, by=NOBODY),
        "2026-02-12",
        visibility=Visibility.TEAM,
    )
    assert answer(log)["reflections_count"].value == 1
    found = answer(log, depth=Visibility.PROCESS)
    assert (found["reflections_count"].value, found["now_whats"], found["questions_count"].value) == (0, [], 1)


def test_an_empty_log_answers(log):
    found = answer(log)
    assert (found["questions"], found["now_whats"], found["open"].value) == ([], [], 0)
