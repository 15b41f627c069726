import datetime as dt
from decimal import Decimal

import pytest

from domain.organising import (
    Aim,
    BaselineRecorded,
    BudgetApproved,
    BudgetLine,
    CoFinancingReceived,
    Direction,
    ExpenditureRecorded,
    GrantAwarded,
    GrantChangeApproved,
    GrantChangeRefused,
    GrantChangeRequested,
    HoursLogged,
    IndicatorDefined,
    IndicatorRevised,
    Instalment,
    InstalmentReceived,
    Labour,
    Link,
    ObjectiveDefined,
    ProcessRegistered,
    SuccessCriterionAgreed,
    TheoryOfChangeStated,
)
from domain.vocabulary import Actor, ActorKind, Period, Personal, Role


def process(**fields):
    needed = {
        "title": "Fabelby sætter sejl",
        "place": "Fabelby",
        "municipality": "Fabelkommunen",
        "aim": Aim.DEMOCRACY,
        "period_start": dt.date(2026, 1, 1),
    }
    return ProcessRegistered(**{**needed, **fields})


def grant(**fields):
    needed = {
        "funder": "Fabelfonden",
        "scheme": "Landsbyer",
        "case_number": "26/0417",
        "amount_dkk": Decimal(420_000),
        "period": Period(start=dt.date(2026, 1, 1), end=dt.date(2026, 12, 31)),
        "report_due": dt.date(2027, 3, 31),
    }
    return GrantAwarded(**{**needed, **fields})


def line(name, amount_dkk="1000"):
    return BudgetLine(id=name, title=name, amount_dkk=Decimal(amount_dkk))


def budget(version, *names, sources=()):
    return BudgetApproved(version=version, lines=tuple(map(line, names)), sources=tuple(map(line, sources)))


def expenditure(line_id="food", amount_dkk="1250"):
    return ExpenditureRecorded(
        line_id=line_id, amount_dkk=Decimal(amount_dkk), voucher="14", paid_on=dt.date(2026, 2, 1)
    )


def indicator(indicator_id="benches", **fields):
    needed = {
        "objective_id": "o1",
        "title": "Actions completed",
        "unit": "actions",
        "direction": Direction.UP,
        "formula": "count",
    }
    return IndicatorDefined(indicator_id=indicator_id, **{**needed, **fields})


@pytest.fixture
def objective(log):
    return log.given(ObjectiveDefined(objective_id="o1", text=Personal("broad involvement"), source="grant letter"))


# ------------------------------------------------------------------ the process
def test_a_process_begins_its_own_register(empty_log):
    stored = empty_log.when(process())

    assert (stored.subject, stored.stream) == ("process/fabelby", "process/fabelby")


def test_a_process_is_registered_once(log):
    refusal = log.refuses("already-exists", process(title="Another title"))

    assert refusal.clash


def test_a_process_does_not_end_before_it_begins(empty_log):
    empty_log.refuses("period-ends-before-it-begins", process(period_end=dt.date(2025, 12, 31)))


def test_a_process_may_end_the_day_it_begins(empty_log):
    assert empty_log.when(process(period_end=dt.date(2026, 1, 1))).position == 1


# ------------------------------------------------------------------ grant and money
def test_a_grant_lies_in_the_register(log):
    assert log.when(grant()).stream == "process/fabelby"


def test_a_second_grant_may_follow_the_first(log):
    log.given(grant())

    assert log.when(grant(case_number="26/0500")).subject == "grant/fabelby"


def test_a_grants_period_does_not_end_before_it_begins(log):
    backwards = Period(start=dt.date(2026, 12, 31), end=dt.date(2026, 1, 1))

    log.refuses("period-ends-before-it-begins", grant(period=backwards))


def test_a_grants_period_may_be_unknown(log, without):
    event, words = without(grant(), "period")

    assert log.when(event, **words).position == 2


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(grant(amount_dkk=Decimal(-1)), id="a grant"),
        pytest.param(grant(instalments=(Instalment(title="1", amount_dkk=Decimal(-1)),)), id="an instalment promised"),
        pytest.param(BudgetApproved(version=1, lines=(line("food", "-1"),)), id="a line"),
        pytest.param(BudgetApproved(version=1, lines=(), sources=(line("fund", "-1"),)), id="a source"),
        pytest.param(expenditure(amount_dkk="-0.01"), id="an expenditure"),
        pytest.param(CoFinancingReceived(source_id="forum", amount_dkk=Decimal(-1)), id="co-financing"),
        pytest.param(HoursLogged(hours=Decimal(-1), labour=Labour.PAID, role=Role.EMPLOYEE), id="hours"),
    ],
)
def test_no_amount_is_below_zero(log, event):
    log.refuses("amount-negative", event)


def test_an_instalment_received_is_not_below_zero(log):
    log.given(grant())

    log.refuses(
        "amount-negative",
        InstalmentReceived(title="1", amount_dkk=Decimal(-1), received_on=dt.date(2026, 2, 2)),
        on="2026-02-02",
    )


def test_an_instalment_needs_a_grant(log):
    event = InstalmentReceived(title="1", amount_dkk=Decimal(336_000), received_on=dt.date(2026, 2, 1))

    log.refuses("unknown-thing", event)


def test_nothing_costs_nothing_is_an_amount_too(log):
    assert log.when(expenditure(amount_dkk="0")).position == 2


@pytest.mark.parametrize("version", [1, 2])
def test_a_budgets_version_rises(log, version):
    log.given(budget(2, "food"))

    refusal = log.refuses("budget-version-not-newer", budget(version, "food"))

    assert refusal.facts["version"] == 2


def test_a_newer_budget_replaces_the_older(log):
    log.given(budget(1, "food"))
    log.given(budget(2, "print"))

    assert log.state("budget/fabelby").lines == {"print"}


def test_a_budget_whose_lines_are_unknown_changes_nothing(log, without):
    log.given(budget(1, "food"))
    event, words = without(budget(2, "print"), "lines")

    log.given(event, **words)

    assert log.state("budget/fabelby").lines == {"food"}


@pytest.mark.parametrize(
    "event", [budget(1, "food", "food"), budget(1, "food", sources=("fund", "fund"))], ids=["line", "source"]
)
def test_a_budget_names_no_line_twice(log, event):
    log.refuses("budget-line-twice", event)


@pytest.mark.parametrize("version", [0, 1])
def test_money_is_spent_on_a_line_of_the_budget(log, version):
    log.given(budget(version, "food"))

    log.refuses("budget-line-unknown", expenditure("print"))


def test_money_may_be_spent_before_there_is_a_budget(log):
    assert log.when(expenditure("anything")).kind == "expenditure-recorded"


def test_money_is_measured_by_the_last_budget(log):
    log.given(budget(1, "food"))
    log.given(budget(2, "print"))

    log.refuses("budget-line-unknown", expenditure("food"))


def test_co_financing_comes_from_a_source_of_the_budget(log):
    log.given(budget(1, "food", sources=("forum",)))

    log.refuses("budget-line-unknown", CoFinancingReceived(source_id="fund", amount_dkk=Decimal(1)))


def test_co_financing_from_a_known_source_is_taken_in(log):
    log.given(budget(1, "food", sources=("forum",)))

    assert log.when(CoFinancingReceived(source_id="forum", amount_dkk=Decimal(1))).position == 3


def test_hours_belong_to_a_person_or_a_role(log):
    log.refuses("hours-without-person-or-role", HoursLogged(hours=Decimal(6), labour=Labour.VOLUNTEER))


def test_hours_of_a_role_are_enough(log):
    assert log.when(HoursLogged(hours=Decimal(6), labour=Labour.PAID, role=Role.EMPLOYEE)).position == 2


def test_hours_whose_role_the_source_leaves_out_are_taken_in(log, without):
    event, words = without(HoursLogged(hours=Decimal(6), labour=Labour.VOLUNTEER), "role")

    assert log.when(event, **words).position == 2


# ------------------------------------------------------------------ changes of the project
def test_a_change_is_approved_once(log):
    log.given(GrantChangeRequested(change_id="c1", what=Personal("two months more"), reason=Personal("snow")))
    log.given(GrantChangeApproved(change_id="c1"))

    log.refuses("change-never-requested", GrantChangeApproved(change_id="c1"))


def test_a_refused_change_is_not_approved_afterwards(log):
    log.given(GrantChangeRequested(change_id="c1", what=Personal("two months more"), reason=Personal("snow")))
    log.given(GrantChangeRefused(change_id="c1"))

    log.refuses("change-never-requested", GrantChangeApproved(change_id="c1"))


def test_a_change_nobody_asked_for_is_not_approved(log):
    log.refuses("unknown-thing", GrantChangeApproved(change_id="c1"))


# ------------------------------------------------------------------ goals and measures
def test_a_criterion_belongs_to_a_goal(log):
    everybody = (Actor(kind=ActorKind.ROLE, ref="citizen"),)
    event = SuccessCriterionAgreed(
        criterion_id="c1", objective_id="o9", text=Personal("five live on"), agreed_by=everybody
    )

    log.refuses("unknown-thing", event)


def test_an_indicator_is_fed_by_entries_that_exist(log, objective):
    refusal = log.refuses("unknown-thing", indicator(fed_by=("action-completed", "buns-baked")))

    assert refusal.facts["id"] == "buns-baked"


@pytest.mark.parametrize("name", ["action-completed", "action-completed.v1"])
def test_an_indicator_names_an_event_type_with_or_without_its_version(log, objective, name):
    assert log.when(indicator(fed_by=(name,))).subject == "indicator/benches"


def test_a_revised_indicator_is_fed_by_entries_that_exist_too(log, objective):
    log.given(indicator())

    log.refuses(
        "unknown-thing",
        IndicatorRevised(indicator_id="benches", reason=Personal("one group stopped"), fed_by=("buns-baked",)),
    )


def test_an_indicator_is_defined_before_it_is_revised(log):
    log.refuses("unknown-thing", IndicatorRevised(indicator_id="benches", reason=Personal("one group stopped")))


def test_a_baseline_measures_something_or_says_it_in_words(log):
    log.refuses("baseline-without-measure", BaselineRecorded(value=Decimal(1193)))


def test_a_baseline_in_words_is_enough(log):
    assert log.when(BaselineRecorded(text=Personal("nobody knew the neighbours"))).kind == "baseline-recorded"


def test_a_theory_of_change_may_be_stated_anew(log):
    log.given(TheoryOfChangeStated(links=(Link(text=Personal("meals lead to acquaintance")),)))

    assert log.when(TheoryOfChangeStated(links=())).subject == "theory/fabelby"
