"""Evidence: what was agreed under a goal, what the log itself says of it, and how strong that is."""

from decimal import Decimal

import pytest

from domain.harvesting import OutcomeHarvested, OutcomeRejected, OutcomeSubstantiated, Sign, Verdict
from domain.organising import (
    BaselineRecorded,
    Direction,
    IndicatorDefined,
    IndicatorRevised,
    ObjectiveDefined,
    SuccessCriterionAgreed,
)
from domain.vocabulary import Actor, ActorKind, Personal, Visibility
from projections.evidence import evidence
from tests.projections.asking import asked

CITIZEN = Actor(kind=ActorKind.ROLE, ref="citizen")
OUTSIDE = Actor(kind=ActorKind.ROLE, ref="employee")


@pytest.fixture(autouse=True)
def _goal(log):
    """A goal of lasting projects, set before anything happened."""
    log.given(ObjectiveDefined(objective_id="o1", text=Personal("Projekter"), source="ansøgningen"), "2026-01-05")


def measure(log, *, on="2026-01-06", **fields):
    needed = {"title": "Bidrag", "unit": "bidrag", "direction": Direction.UP, "formula": "antal"}
    fed = {"fed_by": ("contribution-made",), **fields}
    log.given(IndicatorDefined(indicator_id="i1", objective_id="o1", **{**needed, **fed}), on)


def change(log, on="2026-05-01"):
    said = {name: Personal(name) for name in ("who", "change", "when", "where", "significance", "contribution")}
    more = {"intended": True, "sign": Sign.POSITIVE, "harvester": CITIZEN, "objective_id": "o1"}
    log.given(OutcomeHarvested(outcome_id="c1", **said, **more), on)


def judged(log, *verdicts):
    for verdict in verdicts:
        said = {"by": OUTSIDE, "relation_to_process": Personal("nabo"), "verdict": verdict}
        log.given(OutcomeSubstantiated(outcome_id="c1", **said), "2026-05-02")


def goal(log, **how):
    [one] = asked(evidence, log, **how).data["objectives"]
    return one


def indicator(log, **how):
    [one] = goal(log, **how)["indicators"]
    return one


# ------------------------------------------------------------------ the grade
def test_a_goal_of_which_nothing_is_recorded_is_silent(log):
    measure(log)

    assert goal(log)["grade"] == "silent"


@pytest.mark.parametrize(
    ("verdicts", "grade"),
    [
        ((), "stated"),
        ((Verdict.PARTLY,), "stated"),
        ((Verdict.AGREE,), "strong"),
        ((Verdict.AGREE, Verdict.DISAGREE), "stated"),
    ],
)
def test_a_change_is_strong_when_somebody_outside_confirms_it_and_nobody_denies_it(log, verdicts, grade):
    change(log)
    judged(log, *verdicts)

    assert goal(log)["grade"] == grade


def test_a_count_of_entries_makes_a_goal_stated(log):
    measure(log)
    log.contribution("bench")

    assert goal(log)["grade"] == "stated"


def test_a_rejected_change_is_no_evidence(log):
    change(log)
    log.given(OutcomeRejected(outcome_id="c1", reason=Personal("var der i forvejen")), "2026-05-03")

    assert goal(log)["grade"] == "silent"


# ------------------------------------------------------------------ what was reached
def test_what_was_reached_is_what_the_log_counts_and_opens_to_its_entries(log):
    measure(log, target=Decimal(2))
    for ref in ("bench", "path"):
        log.contribution(ref)

    one = indicator(log)

    assert one["achieved"].value == 2
    assert one["achieved"].events == (4, 5)
    assert (one["reached"], one["why"]) == (True, None)


def test_a_withdrawn_entry_is_no_longer_counted(log):
    measure(log, target=Decimal(2))
    bench = log.contribution("bench")
    log.contribution("path")
    log.given(log.withdrawal(bench))

    assert (indicator(log)["achieved"].value, indicator(log)["reached"]) == (1, False)


def test_only_what_had_happened_by_the_day_is_counted(log):
    measure(log)
    log.contribution("bench", on="2026-02-01")
    log.contribution("path", on="2026-03-01")

    assert indicator(log, on="2026-02-15")["achieved"].value == 1


def test_nothing_recorded_is_not_nought(log):
    measure(log, target=Decimal(2))

    assert (indicator(log)["achieved"], indicator(log)["why"]) == (None, "nothing-recorded")


def test_an_indicator_fed_by_nothing_is_flagged(log):
    measure(log, fed_by=())

    answer = asked(evidence, log)

    assert answer.data["objectives"][0]["indicators"][0]["why"] == "unfed"
    assert answer.data["unfed"].value == 1


def test_what_lies_deeper_than_the_reader_sees_is_not_counted_at_all(log):
    measure(log, fed_by=("hours-logged",))

    assert indicator(log, as_=Visibility.PROCESS)["why"] == "not-shown"
    assert indicator(log)["why"] == "nothing-recorded"


@pytest.mark.parametrize(
    ("fields", "reached", "undecided"),
    [
        ({"target": Decimal(1)}, True, None),
        ({"target": Decimal(2)}, False, None),
        ({"target": Decimal(2), "direction": Direction.DOWN}, True, None),
        ({"target": Decimal(2), "direction": Direction.STEADY}, False, None),
        ({"target": Decimal(1), "formula": "antal registreringer"}, True, None),
        ({"target": Decimal(1), "formula": "antal med status til stede"}, None, "not-a-count"),
        ({"target": Decimal(1), "min_n": 5}, None, "too-few"),
        ({}, None, "no-target"),
    ],
)
def test_the_target_is_judged_only_where_a_count_can_say_so(log, fields, reached, undecided):
    measure(log, **fields)
    log.contribution("bench")

    assert (indicator(log)["reached"], indicator(log)["undecided"]) == (reached, undecided)


def test_entries_that_feed_another_formula_open_but_are_not_called_reached(log):
    measure(log, formula="antal højere delt med antal par", target=Decimal(1))
    log.contribution("bench")

    one = indicator(log)

    assert (one["achieved"], one["why"], one["feeding"].value) == (None, "not-a-count", 1)
    assert goal(log)["grade"] == "silent"


def test_since_the_baseline_counts_only_what_came_after_it(log):
    measure(log)
    log.contribution("bench", on="2026-02-01")
    log.given(BaselineRecorded(indicator_id="i1", value=Decimal(1), source="optælling"), "2026-02-02")
    log.contribution("path", on="2026-02-03")

    one = indicator(log)

    assert (one["achieved"].value, one["since_baseline"].value) == (2, 1)
    assert [item["value"] for item in one["baselines"]] == ["1"]


# ------------------------------------------------------------------ agreed before the data, or after
@pytest.mark.parametrize(("on", "late"), [("2026-04-30", False), ("2026-05-02", True)])
def test_a_sign_agreed_after_the_first_data_is_flagged(log, on, late):
    change(log, on="2026-05-01")
    log.given(
        SuccessCriterionAgreed(criterion_id="k1", objective_id="o1", text=Personal("fem"), agreed_by=(CITIZEN,)), on
    )

    assert goal(log)["criteria"][0]["late"] is late
    assert asked(evidence, log).data["late"].value == int(late)


def test_an_indicator_changed_after_the_first_data_is_flagged(log):
    measure(log, target=Decimal(12))
    log.contribution("bench")
    before = indicator(log)["late"]
    log.given(
        IndicatorRevised(indicator_id="i1", reason=Personal("en gruppe stoppede"), target=Decimal(1)), "2026-03-01"
    )

    one = indicator(log)

    assert (before, one["late"], one["reached"]) == (False, True, True)


def test_the_first_data_of_another_goal_flag_nothing(log):
    change(log)
    log.given(ObjectiveDefined(objective_id="o2", text=Personal("Andet"), source="ansøgningen"), "2026-01-06")
    log.given(
        SuccessCriterionAgreed(criterion_id="k2", objective_id="o2", text=Personal("to"), agreed_by=(CITIZEN,)),
        "2026-06-01",
    )

    assert asked(evidence, log).data["late"].value == 0
