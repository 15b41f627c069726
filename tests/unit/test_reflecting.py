import pytest

from domain.reflecting import (
    ExperimentTried,
    InsightDerived,
    LearningQuestionPosed,
    ReflectionFormat,
    ReflectionRecorded,
    Step,
)
from domain.vocabulary import Actor, ActorKind, Personal

SOMEBODY = Actor(kind=ActorKind.ANONYMOUS)
STEP = Step(name="what", text=Personal("we baked buns"))


def reflection(**fields):
    needed = {"format": ReflectionFormat.WHAT_SO_WHAT_NOW_WHAT, "steps": (STEP,), "by": SOMEBODY}
    return ReflectionRecorded(reflection_id="r1", **{**needed, **fields})


def experiment(**fields):
    said = Personal("we met at the station")
    return ExperimentTried(experiment_id="e1", hypothesis=said, did=said, saw=said, next=said, **fields)


@pytest.mark.parametrize("format_", ReflectionFormat)
def test_every_way_of_reflecting_is_taken_in(log, format_):
    assert log.when(reflection(format=format_)).subject == "reflection/r1"


def test_a_reflection_has_a_step(log):
    log.refuses("reflection-without-steps", reflection(steps=()))


def test_the_steps_of_a_reflection_may_be_unknown(log, without):
    event, words = without(reflection(), "steps")

    assert log.when(event, **words).position == 2


def test_a_reflection_is_about_something_that_is_known(log):
    log.refuses("unknown-thing", reflection(about=("action/bench",)))


def test_a_reflection_may_be_about_a_gathering_and_an_action(log):
    log.gathering("kick-off")
    log.action("bench")

    stored = log.when(reflection(about=("gathering/kick-off", "action/bench")))

    assert stored.data.about == ("gathering/kick-off", "action/bench")


def test_a_try_out_answers_a_question_that_was_posed(log):
    log.refuses("unknown-thing", experiment(question_id="q1"))


def test_a_try_out_with_a_question_is_taken_in(log):
    log.given(LearningQuestionPosed(question_id="q1", question=Personal("how do we get those who never come?")))

    assert log.when(experiment(question_id="q1")).data.question_id == "q1"


def test_an_insight_does_not_come_before_what_it_comes_from(log):
    log.given(reflection(), on="2026-02-10")

    log.refuses(
        "builds-on-later", InsightDerived(insight_id="i1", text=Personal("ask"), from_=("r1",)), on="2026-02-01"
    )


def test_an_insight_comes_from_entries(log):
    log.given(reflection(), on="2026-02-10")

    stored = log.when(InsightDerived(insight_id="i1", text=Personal("ask"), from_=("r1",)), on="2026-02-10")

    assert stored.data.from_ == ("r1",)
