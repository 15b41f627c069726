"""The budget: the last approved one against what was spent, exact to the øre, and what is off said when it is due."""

import datetime as dt
from decimal import Decimal

import pytest
from msgspec.structs import replace

from domain.belonging import RoleAssumed
from domain.organising import (
    Aim,
    BudgetApproved,
    BudgetLine,
    CoFinancingReceived,
    ExpenditureRecorded,
    GrantAwarded,
    GrantChangeApproved,
    GrantChangeRequested,
    HoursLogged,
    Instalment,
    InstalmentReceived,
    Labour,
    ProcessRegistered,
)
from domain.vocabulary import UNKNOWN, NotRecorded, Period, Personal, Role, Visibility
from projections.budget import budget
from tests.projections.asking import asked
from tests.unit.conftest import InMemoryLog

DAY = dt.date(2026, 2, 1)


def line(ref, amount):
    return BudgetLine(id=ref, title=ref.capitalize(), amount_dkk=Decimal(amount))


def spent(ref, amount, voucher="1", paid_on=DAY):
    return ExpenditureRecorded(line_id=ref, amount_dkk=Decimal(amount), voucher=voucher, paid_on=paid_on)


def silent_of(name):
    return {"notrecorded": (NotRecorded(field=name, reason="bilaget er væk"),), "citation": "kassebogen"}


@pytest.fixture
def log():
    """A process that ends in September, with a budget of food and film and one source beside the grant."""
    found = InMemoryLog()
    found.given(
        ProcessRegistered(
            title="Fabelby sætter sejl",
            place="Fabelby",
            municipality="Fabeldal",
            aim=Aim.DEMOCRACY,
            period_start=dt.date(2026, 1, 1),
            period_end=dt.date(2026, 9, 30),
        ),
        "2026-01-01",
    )
    lines = (line("food", "1000"), line("film", "500"))
    found.given(BudgetApproved(version=1, lines=lines, sources=(line("forum", "300"),)), "2026-01-05")
    return found


def row_of(rows, ref):
    return next(row for row in rows if row["id"] == ref)


def test_amounts_are_summed_exactly(log):
    for amount in ("0.10", "0.20", "333.33"):
        log.given(spent("food", amount))

    food = row_of(asked(budget, log).data["lines"], "food")

    assert food["paid"].value == "333.63"
    assert food["rest"].value == "666.37"
    assert food["percent"] == "33"
    assert food["paid"].n == 3


def test_spending_is_held_against_the_last_approved_budget(log):
    log.given(spent("food", "800"))
    log.given(BudgetApproved(version=2, lines=(line("food", "1600"),)), "2026-03-01")

    data = asked(budget, log).data

    assert data["version"] == 2
    assert row_of(data["lines"], "food")["budget"].value == "1600"
    assert row_of(data["lines"], "food")["rest"].value == "800"
    assert [one["total"].value for one in data["versions"]] == ["1500", "1600"]


@pytest.mark.parametrize(
    ("amount", "on", "off"),
    [
        ("1100", "2026-06-01", None),
        ("1100.01", "2026-06-01", "over"),
        ("899.99", "2026-09-30", None),
        ("900", "2026-10-01", None),
        ("899.99", "2026-10-01", "under"),
    ],
)
def test_a_line_more_than_ten_percent_off_is_flagged(log, amount, on, off):
    log.given(spent("food", amount))
    log.given(spent("film", "500"))

    data = asked(budget, log, on=on).data

    assert row_of(data["lines"], "food")["off"] == off
    assert data["flagged"].value == (1 if off else 0)


def test_a_line_on_which_nothing_was_spent_is_not_nought_but_not_recorded(log):
    film = row_of(asked(budget, log).data["lines"], "film")

    assert film["paid"] is None
    assert film["rest"].value == "500"
    assert film["off"] == "under"


def test_what_was_spent_on_a_line_that_is_gone_stands_on_no_line(log):
    log.given(spent("film", "70"))
    log.given(BudgetApproved(version=2, lines=(line("food", "1000"),)), "2026-03-01")

    data = asked(budget, log).data

    film = row_of(data["lines"], "film")
    assert (film["title"], film["budget"], film["off"]) == ("Film", None, "unplanned")
    assert data["off_budget"].value == 1
    assert data["total"]["paid"].value == "70"


def test_a_sum_with_an_amount_that_is_not_recorded_is_not_known(log):
    log.given(spent("food", "100"))
    log.given(replace(spent("food", "50", "2"), amount_dkk=UNKNOWN), **silent_of("amount_dkk"))

    food = row_of(asked(budget, log).data["lines"], "food")

    assert food["paid"].value is None
    assert food["paid"].n == 2
    assert food["rest"] is None
    assert food["off"] is None


def test_a_withdrawn_voucher_is_no_longer_spent(log):
    voucher = log.given(spent("food", "100"))
    log.given(spent("food", "40", "2"))
    log.given(log.withdrawal(voucher))

    assert row_of(asked(budget, log).data["lines"], "food")["paid"].value == "40"


def test_who_may_not_see_expenditure_gets_no_comparison(log):
    log.given(spent("food", "5000"))

    answer = asked(budget, log, as_=Visibility.PROCESS)

    food = row_of(answer.data["lines"], "food")
    assert (food["paid"], food["rest"], food["percent"], food["off"]) == (None, None, None, None)
    assert not answer.data["compared"]
    assert answer.notes[0][0].startswith("Udgifter ses af dem, der kører forløbet.")


def test_co_financing_is_held_against_its_source(log):
    log.given(CoFinancingReceived(source_id="forum", amount_dkk=Decimal("120.50")))

    forum = row_of(asked(budget, log).data["sources"], "forum")

    assert forum["paid"].value == "120.50"
    assert forum["rest"].value == "179.50"


def test_the_grant_among_the_sources_is_paid_by_its_instalments(log):
    log.given(BudgetApproved(version=2, lines=(line("food", "1000"),), sources=(line("tilskud", "800"),)), "2026-02-02")
    period = Period(start=dt.date(2026, 1, 1), end=dt.date(2026, 6, 30))
    named = {"funder": "Puljen", "scheme": "Opdigtet pulje", "case_number": "0000", "report_due": DAY}
    log.given(GrantAwarded(**named, amount_dkk=Decimal(800), period=period))
    log.given(InstalmentReceived(title="1. rate", amount_dkk=Decimal(600), received_on=DAY))

    grant = row_of(asked(budget, log).data["sources"], "tilskud")

    assert (grant["paid"].value, grant["rest"].value) == ("600", "200")


def test_instalments_are_held_against_the_grant(log):
    period = Period(start=dt.date(2026, 1, 1), end=dt.date(2026, 6, 30))
    promised = (Instalment(title="1. rate", amount_dkk=Decimal(336000), due=DAY),)
    log.given(
        GrantAwarded(
            funder="Puljen",
            scheme="Opdigtet pulje",
            case_number="0000",
            amount_dkk=Decimal(420000),
            period=period,
            report_due=dt.date(2026, 9, 30),
            instalments=promised,
        )
    )
    log.given(InstalmentReceived(title="1. rate", amount_dkk=Decimal(336000), received_on=DAY))

    data = asked(budget, log, on="2026-07-01").data

    assert data["grant"]["amount"].value == "420000"
    assert data["grant"]["received"].value == "336000"
    assert data["period_over"]  # by the period of the grant, which ends before the process


def test_hours_stand_by_role_paid_and_given_apart(log):
    log.participant("p1", Role.CITIZEN)
    log.given(HoursLogged(hours=Decimal("2.5"), labour=Labour.VOLUNTEER, participant_id="p1"), "2026-02-01")
    log.given(HoursLogged(hours=Decimal(4), labour=Labour.PAID, role=Role.EMPLOYEE), "2026-02-01")

    hours = asked(budget, log).data["hours"]

    assert hours["total"].value == "6.5"
    assert [(one["role"], one["paid"] and one["paid"].value) for one in hours["by_role"]] == [
        ("citizen", None),
        ("employee", "4"),
    ]
    assert hours["volunteer"].value == "2.5"


def test_hours_of_somebody_with_two_roles_stand_without_a_role(log):
    log.participant("p1", Role.CITIZEN, Role.EMPLOYEE)
    log.given(HoursLogged(hours=Decimal(2), labour=Labour.VOLUNTEER, participant_id="p1"), "2026-02-01")

    assert [one["role"] for one in asked(budget, log).data["hours"]["by_role"]] == [None]


def test_hours_of_somebody_whose_role_the_source_leaves_out_stand_without_a_role(log):
    log.participant("p1")
    log.given(RoleAssumed(participant_id="p1", role=UNKNOWN), "2026-01-10", **silent_of("role"))
    log.given(HoursLogged(hours=Decimal(2), labour=Labour.VOLUNTEER, participant_id="p1"), "2026-02-01")

    assert [one["role"] for one in asked(budget, log).data["hours"]["by_role"]] == [None]


def test_a_change_says_what_was_asked_and_what_the_fund_answered(log):
    log.given(GrantChangeRequested(change_id="c1", what=Personal("to måneder"), reason=Personal("sne")))
    asked_for = asked(budget, log).data["changes"][0]["status"]
    log.given(GrantChangeApproved(change_id="c1", budget_version=2), "2026-03-01")

    change = asked(budget, log).data["changes"][0]

    assert (asked_for, change["status"], change["budget_version"]) == ("requested", "approved", 2)


def test_months_go_by_the_day_of_payment(log):
    log.given(spent("food", "10", paid_on=dt.date(2026, 3, 4)), "2026-04-01")
    log.given(spent("food", "5"), "2026-04-02")

    rows = asked(budget, log, by="month").data["by"]

    assert [(row["month"], row["paid"].value) for row in rows] == [("2026-02", "5"), ("2026-03", "10")]


def test_a_voucher_nobody_kept_is_counted(log):
    log.given(replace(spent("food", "50"), voucher=UNKNOWN), **silent_of("voucher"))

    assert asked(budget, log).data["without_voucher"].value == 1
