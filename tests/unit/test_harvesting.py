import uuid

import pytest

from domain.harvesting import (
    Bearing,
    Capital,
    ChangeStorySelected,
    ChangeStoryTold,
    ClaimMade,
    EvidenceLinked,
    OutcomeHarvested,
    OutcomeRejected,
    OutcomeSubstantiated,
    RippleLinked,
    RivalExplanationConsidered,
    RivalFate,
    Sign,
    Verdict,
)
from domain.vocabulary import Actor, ActorKind, Personal, Role

SAID = Personal("neighbours borrow tools from each other")
SOMEBODY = Actor(kind=ActorKind.ANONYMOUS)


def person(ref):
    return Actor(kind=ActorKind.PARTICIPANT, ref=ref)


def role(ref):
    return Actor(kind=ActorKind.ROLE, ref=ref)


def harvested(outcome_id="o1", harvester=SOMEBODY, **fields):
    texts = dict.fromkeys(("who", "change", "when", "where", "significance", "contribution"), SAID)
    return OutcomeHarvested(
        outcome_id=outcome_id, intended=False, sign=Sign.POSITIVE, harvester=harvester, **texts, **fields
    )


def substantiated(by):
    return OutcomeSubstantiated(outcome_id="o1", by=by, relation_to_process=Personal("none"), verdict=Verdict.PARTLY)


REJECTED = OutcomeRejected(outcome_id="o1", reason=Personal("the homes were sold before"))


@pytest.fixture
def people(log):
    for participant_id in ("p1", "p2", "p3"):
        log.participant(participant_id, Role.CITIZEN)


@pytest.fixture
def outcome(log, people):
    return log.given(harvested(harvester=person("p1"), contributors=(person("p2"),)))


# ------------------------------------------------------------------ observed changes
@pytest.mark.parametrize("who", ["p1", "p2"], ids=["the harvester", "the claimed contributor"])
def test_a_change_is_not_substantiated_by_those_who_stand_behind_it(log, outcome, who):
    log.refuses("substantiated-from-inside", substantiated(person(who)))


@pytest.mark.parametrize("team", [Role.FACILITATOR, Role.EVALUATOR, Role.LEADER])
def test_a_change_is_not_substantiated_by_somebody_of_the_team(log, outcome, team):
    log.participant("p4", team)

    log.refuses("substantiated-from-inside", substantiated(person("p4")))


@pytest.mark.parametrize("team", ["facilitator", "evaluator", "leader"])
def test_a_change_is_not_substantiated_by_a_role_of_the_team(log, outcome, team):
    log.refuses("substantiated-from-inside", substantiated(role(team)))


@pytest.mark.parametrize("by", [person("p3"), role("employee"), SOMEBODY], ids=["another", "a role", "anonymous"])
def test_a_change_is_substantiated_from_outside(log, outcome, by):
    assert log.when(substantiated(by)).subject == "outcome/o1"


def test_somebody_who_joins_the_team_later_was_outside_before(log, outcome):
    log.participant("p4", Role.FACILITATOR, on="2026-06-01")

    assert log.when(substantiated(person("p4")), on="2026-03-01").data.by == person("p4")


def test_who_substantiated_may_be_unknown(log, outcome, without):
    event, words = without(substantiated(SOMEBODY), "by")

    assert log.when(event, **words).kind == "outcome"


@pytest.mark.parametrize(
    "event",
    [
        substantiated(role("employee")),
        REJECTED,
        RivalExplanationConsidered(outcome_id="o1", text=SAID, fate=RivalFate.OPEN),
        RippleLinked(outcome_id="o1", parent_id="o2", capital=Capital.SOCIAL),
    ],
    ids=lambda event: type(event).__name__,
)
def test_nothing_is_added_to_a_change_that_was_rejected(log, outcome, event):
    log.given(harvested("o2"))
    log.given(REJECTED)

    log.refuses("outcome-rejected", event)


def test_a_change_does_not_spring_from_itself(log, outcome):
    log.refuses("ripple-to-itself", RippleLinked(outcome_id="o1", parent_id="o1", capital=Capital.SOCIAL))


def test_a_change_springs_from_one_that_is_known(log, outcome):
    log.refuses("unknown-thing", RippleLinked(outcome_id="o1", parent_id="o9", capital=Capital.SOCIAL))


def test_a_change_serves_a_goal_that_is_known(log):
    log.refuses("unknown-thing", harvested(objective_id="o9"))


# ------------------------------------------------------------------ stories and claims
def test_a_panel_passes_over_only_stories_that_were_told(log):
    log.given(ChangeStoryTold(story_id="s1", text=SAID, by=SOMEBODY))

    log.refuses(
        "unknown-thing",
        ChangeStorySelected(story_id="s1", panel=(SOMEBODY,), reasons=SAID, passed_over=("s2",)),
    )


def test_evidence_is_an_entry_of_the_log(log):
    launch = log.contribution("c1")
    log.given(ClaimMade(claim_id="k1", text=SAID, source="the project's page"))

    stored = log.when(EvidenceLinked(claim_id="k1", event=str(launch.id), bearing=Bearing.FOR))

    assert stored.subject == "claim/k1"


def test_evidence_may_be_an_entry_of_the_register(log):
    formed = log.participant("p1") and log.events[-1]
    log.given(ClaimMade(claim_id="k1", text=SAID, source="the project's page"))

    assert log.when(EvidenceLinked(claim_id="k1", event=str(formed.id), bearing=Bearing.CONTEXT)).kind == "claim"


def test_evidence_that_is_nowhere_in_the_log_is_none(log):
    log.given(ClaimMade(claim_id="k1", text=SAID, source="the project's page"))

    log.refuses("unknown-thing", EvidenceLinked(claim_id="k1", event=str(uuid.UUID(int=99)), bearing=Bearing.FOR))
