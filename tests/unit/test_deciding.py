import datetime as dt

import pytest

from domain.deciding import (
    CaseItemTreated,
    CaseKind,
    DecisionMade,
    DecisionProposed,
    DecisionReferred,
    DecisionSuperseded,
    DissentRecorded,
    Option,
    ParticipationLevel,
    ParticipationLevelJudged,
    PoliticalAnswerReceived,
)
from domain.vocabulary import Actor, ActorInRole, ActorKind, Personal, Role

CITIZENS = ActorInRole(actor=Actor(kind=ActorKind.ROLE, ref="citizen"))


def options(*names):
    return tuple(Option(id=name, text=Personal(name)) for name in names)


def proposed(*names):
    return DecisionProposed(decision_id="d1", question=Personal("Where?"), options=options(*names))


def made(decision_id="d1", **fields):
    needed = {"taken_by": (CITIZENS,), "question": Personal("Where?")}
    return DecisionMade(decision_id=decision_id, **{**needed, **fields})


def superseded(by_id="d2"):
    return DecisionSuperseded(decision_id="d1", by_id=by_id, reason=Personal("the hall is better"))


@pytest.fixture
def decision(log):
    return log.decision("d1")


def test_a_decision_may_be_made_without_having_been_proposed(log):
    assert log.when(made()).stream == "fabelby/decision/d1"


def test_a_decision_that_was_proposed_need_not_repeat_its_question(log):
    log.given(proposed("path", "hall"))

    assert log.when(made(question=None, chosen="path")).position == 3


def test_a_decision_that_was_not_proposed_has_a_question(log):
    refusal = log.refuses("field-missing", made(question=None))

    assert refusal.field == "question"


def test_a_question_the_source_leaves_out_is_unknown(log, without):
    event, words = without(made(), "question")

    assert log.when(event, **words).position == 2


def test_a_decision_is_proposed_first_and_once(log):
    log.given(proposed("path"))

    log.refuses("already-exists", proposed("path", "hall"))


def test_a_decision_is_made_once(log, decision):
    refusal = log.refuses("already-decided", made())

    assert refusal.clash


def test_a_decision_made_earlier_contradicts_the_one_on_record(log, decision):
    log.refuses("contradicts-later", made(), on="2026-01-10")


def test_somebody_takes_a_decision(log):
    log.refuses("decision-without-participants", made(taken_by=()))


def test_who_took_a_decision_may_be_unknown(log, without):
    event, words = without(made(), "taken_by")

    assert log.when(event, **words).position == 2


@pytest.mark.parametrize("offered", [(), ("hall",)], ids=["no options", "other options"])
def test_a_choice_is_among_the_options(log, offered):
    log.given(proposed(*offered))

    log.refuses("choice-outside-options", made(chosen="path"))


def test_a_choice_may_be_among_options_added_at_the_meeting(log):
    log.given(proposed("hall"))

    assert log.when(made(chosen="path", options=options("path"))).data.chosen == "path"


def test_a_choice_among_options_the_source_leaves_out_is_taken_in(log, without):
    event, words = without(made(chosen="path"), "options")

    assert log.when(event, **words).data.chosen == "path"


@pytest.mark.parametrize(
    "event", [proposed("path", "path"), made(options=options("path", "path"))], ids=["proposed", "made"]
)
def test_no_option_appears_twice(log, event):
    log.refuses("option-twice", event)


def test_a_decision_is_taken_in_a_role_one_has(log):
    log.participant("p1", Role.CITIZEN)
    politician = ActorInRole(actor=Actor(kind=ActorKind.PARTICIPANT, ref="p1"), role=Role.POLITICIAN)

    log.refuses("role-not-active", made(taken_by=(politician,)))


@pytest.mark.parametrize(
    "event",
    [made(builds_on=("c9",)), made(gathering_id="party")],
    ids=["a contribution nobody made", "a gathering nobody planned"],
)
def test_a_decision_rests_on_what_is_known(log, event):
    log.refuses("unknown-thing", event)


def test_a_decision_builds_on_contributions_and_actions_alike(log):
    log.contribution("c1", on="2026-01-10")
    log.action("bench", on="2026-01-11")

    assert log.when(made(builds_on=("c1", "bench"))).data.builds_on == ("c1", "bench")


# ------------------------------------------------------------------ after the decision
def test_a_decision_is_judged_after_it_was_made(log):
    log.given(proposed("path"))

    log.refuses(
        "not-decided-yet",
        ParticipationLevelJudged(decision_id="d1", level=ParticipationLevel.CONSULT, role=Role.CITIZEN),
    )


def test_the_politicians_answer_only_what_they_were_sent(log, decision):
    log.organisation("council")

    log.refuses(
        "never-referred",
        PoliticalAnswerReceived(decision_id="d1", body="council", answer=Personal("yes"), date=dt.date(2026, 3, 1)),
    )


def test_the_politicians_answer_what_they_were_sent(log, decision):
    log.organisation("council")
    log.given(DecisionReferred(decision_id="d1", body="council", case_number="26/0417"))

    stored = log.when(
        PoliticalAnswerReceived(decision_id="d1", body="council", answer=Personal("yes"), date=dt.date(2026, 3, 1)),
        on="2026-03-01",
    )

    assert stored.subject == "decision/d1"


def test_a_decision_does_not_replace_itself(log, decision):
    log.refuses("superseded-by-itself", superseded(by_id="d1"))


def test_only_a_decision_that_was_made_is_replaced(log):
    log.given(proposed("path"))
    log.decision("d2")

    refusal = log.refuses("not-decided-yet", superseded())

    assert refusal.field == "decision_id"


def test_a_decision_is_replaced_by_one_that_was_made(log, decision):
    log.given(DecisionProposed(decision_id="d2", question=Personal("Where now?")))

    refusal = log.refuses("not-decided-yet", superseded())

    assert refusal.field == "by_id"


def test_a_decision_is_replaced_once(log, decision):
    log.decision("d2")
    log.decision("d3")
    log.given(superseded("d2"))

    log.refuses("already-superseded", superseded("d3"))


def test_disagreement_is_recorded_even_before_the_decision(log):
    log.given(proposed("path"))
    event = DissentRecorded(decision_id="d1", by=Actor(kind=ActorKind.ANONYMOUS), text=Personal("too high"))

    assert log.when(event).subject == "decision/d1"


def test_a_case_item_is_treated_by_a_known_body(log):
    event = CaseItemTreated(item_id="i1", body="council", heading="Road humps", kind=CaseKind.DECISION)

    log.refuses("unknown-thing", event)
