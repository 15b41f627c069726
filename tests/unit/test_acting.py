import datetime as dt

import pytest

from domain.acting import (
    ActionAbandoned,
    ActionCompleted,
    ActionHandedOver,
    ActionProgressed,
    ActionRescheduled,
    ActionStarted,
    MilestoneReached,
    MilestoneSet,
    ObstacleMet,
    ProductDelivered,
    ProductKind,
    ProjectHandedOver,
    ProjectLaunched,
    ProjectStopped,
    SustainabilityChecked,
)
from domain.vocabulary import Actor, ActorKind, Personal

FORUM = Actor(kind=ActorKind.ROLE, ref="citizen")


def completed(result="three benches stand", learning="ask the neighbours first"):
    return ActionCompleted(action_id="bench", result=Personal(result), learning=Personal(learning))


def abandoned(reason="no permission", learning="ask before we promise"):
    return ActionAbandoned(action_id="bench", reason=Personal(reason), learning=Personal(learning))


STARTED = ActionStarted(action_id="bench")
PROGRESSED = ActionProgressed(action_id="bench", note=Personal("two of three"))
HANDED_OVER = ActionHandedOver(action_id="bench", to=FORUM)
OBSTACLE = ObstacleMet(action_id="bench", obstacle=Personal("frost"))
RESCHEDULED = ActionRescheduled(action_id="bench", reason=Personal("frost"), due=dt.date(2026, 6, 1))
ENDINGS = [completed(), abandoned(), HANDED_OVER]
LAUNCHED = ProjectLaunched(project_id="homes", title="Homes for all ages")
STOPPED = ProjectStopped(project_id="homes", reason=Personal("the land was sold"), learning=Personal("sign first"))


def named(event):
    return type(event).__name__


@pytest.fixture
def action(log):
    return log.action("bench")


@pytest.fixture
def project(log):
    return log.given(LAUNCHED)


# ------------------------------------------------------------------ actions
def test_an_action_has_a_stream_of_its_own(log, action):
    assert action.stream == "fabelby/action/bench"


def test_an_action_is_planned_once(log, action, plan):
    log.refuses("already-exists", plan("bench"))


def test_an_action_is_not_due_before_it_starts(log, plan):
    log.refuses("due-before-start", plan("bench", starts=dt.date(2026, 5, 2), due=dt.date(2026, 5, 1)))


def test_an_action_may_be_due_the_day_it_starts(log, plan):
    day = dt.date(2026, 5, 1)

    assert log.when(plan("bench", starts=day, due=day)).position == 2


def test_an_action_past_day_100_is_taken_in(log, plan):
    event = plan("bench", starts=dt.date(2026, 2, 1), due=dt.date(2026, 5, 29))

    assert log.when(event).position == 2


@pytest.mark.parametrize("event", [STARTED, PROGRESSED, OBSTACLE, RESCHEDULED, *ENDINGS], ids=named)
def test_nothing_happens_to_an_action_nobody_planned(log, event):
    log.refuses("unknown-thing", event)


@pytest.mark.parametrize("event", [STARTED, PROGRESSED, OBSTACLE, RESCHEDULED, *ENDINGS], ids=named)
def test_nothing_happens_to_an_action_before_it_was_planned(log, action, event):
    log.refuses("unknown-thing", event, on="2026-01-15")


@pytest.mark.parametrize("event", [STARTED, PROGRESSED, OBSTACLE, RESCHEDULED, *ENDINGS], ids=named)
@pytest.mark.parametrize("ending", ENDINGS, ids=named)
def test_nothing_happens_to_an_action_that_is_over(log, action, ending, event):
    log.given(ending, on="2026-03-01")

    log.refuses("action-over", event, on="2026-03-02")


@pytest.mark.parametrize("ending", ENDINGS, ids=named)
def test_an_action_does_not_end_before_something_that_was_recorded(log, action, ending):
    later = log.given(PROGRESSED, on="2026-03-01")

    refusal = log.refuses("contradicts-later", ending, on="2026-02-15")

    assert (refusal.facts["position"], refusal.facts["because"]) == (later.position, "action-over")


@pytest.mark.parametrize("before", [STARTED, PROGRESSED], ids=named)
def test_an_action_that_is_under_way_does_not_start_again(log, action, before):
    log.given(before)

    log.refuses("action-already-started", STARTED)


def test_an_action_may_be_completed_without_having_been_started(log, action):
    assert log.when(completed()).position == 3


@pytest.mark.parametrize("blank", ["", "  ", "\n\t"])
@pytest.mark.parametrize("field", ["result", "learning"])
def test_completing_an_action_takes_a_result_and_what_was_learned(log, action, field, blank):
    refusal = log.refuses("completion-without-result", completed(**{field: blank}))

    assert refusal.field == field


@pytest.mark.parametrize("blank", ["", "  ", "\n\t"])
@pytest.mark.parametrize("field", ["reason", "learning"])
def test_stopping_an_action_takes_a_reason_and_what_was_learned(log, action, field, blank):
    refusal = log.refuses("abandonment-without-learning", abandoned(**{field: blank}))

    assert refusal.field == field


@pytest.mark.parametrize("event", [completed(), abandoned()], ids=named)
def test_what_was_learned_may_be_unknown_to_the_source(log, action, without, event):
    left, words = without(event, "learning")

    assert log.when(left, **words).position == 3


def test_an_action_builds_on_what_was_there_before_it(log, plan):
    log.contribution("dream", on="2026-02-10")

    log.refuses("builds-on-later", plan("bench", builds_on=("dream",)), on="2026-02-09")


def test_an_action_names_only_groups_and_strengths_that_are_known(log, plan):
    log.refuses("unknown-thing", plan("bench", group_id="traffic"))


# ------------------------------------------------------------------ projects
@pytest.mark.parametrize("ending", [STOPPED, ProjectHandedOver(project_id="homes", to=FORUM)], ids=named)
@pytest.mark.parametrize("again", [STOPPED, ProjectHandedOver(project_id="homes", to=FORUM)], ids=named)
def test_a_project_is_over_once(log, project, ending, again):
    log.given(ending)

    log.refuses("project-over", again)


def test_somebody_looks_after_a_project_that_is_over(log, project):
    log.given(ProjectHandedOver(project_id="homes", to=FORUM))
    event = SustainabilityChecked(project_id="homes", months_after=6, still_running=True)

    assert log.when(event, on="2026-08-01").subject == "project/homes"


def test_a_milestone_is_set_before_it_is_reached(log, project):
    log.refuses("milestone-unknown", MilestoneReached(project_id="homes", milestone_id="plan"))


def test_a_milestone_is_set_once(log, project):
    log.given(MilestoneSet(project_id="homes", milestone_id="plan", title="Local plan"))

    log.refuses("milestone-twice", MilestoneSet(project_id="homes", milestone_id="plan", title="Local plan"))


def test_a_milestone_that_was_set_is_reached(log, project):
    log.given(MilestoneSet(project_id="homes", milestone_id="plan", title="Local plan"))

    assert log.when(MilestoneReached(project_id="homes", milestone_id="plan")).position == 4


def test_a_product_is_delivered_once(log):
    event = ProductDelivered(product_id="film", title="The hall", kind=ProductKind.FILM)
    log.given(event)

    log.refuses("already-exists", event)
