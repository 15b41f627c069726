"""What stands in a cell: read as it was meant, or not at all."""

import datetime as dt
from decimal import Decimal

import pytest

from domain.contributing import ContributionKind
from domain.gathering import Attendance
from domain.organising import Labour
from domain.vocabulary import Role
from service.imports.columns import KINDS
from service.imports.values import choice_of, day_of, number_of


@pytest.mark.parametrize(
    "text", ["2019-05-24", "24.5.2019", "24-05-2019", "24/5/2019", "24.05.19", "24. maj 2019", "24 May 2019"]
)
def test_a_day_in_the_ways_people_write_it(text):
    assert day_of(text) == dt.date(2019, 5, 24)


@pytest.mark.parametrize(
    "text",
    [
        "2019-05-24 14:05",
        "2019-05-23T22:30:00.000Z",
        "2019-05-24T23:30:00+02:00",
        "24-05-2019 14:05:22",
        "24.5.2019 kl. 9.30",
    ],
)
def test_an_hour_may_follow_and_where_it_was_is_heeded(text):
    assert day_of(text) == dt.date(2019, 5, 24)


@pytest.mark.parametrize("text", ["5/4/2019 14:05", "9999-12-31T23:59:00Z", "2019-05-24T25:00:00Z"])
def test_a_moment_that_may_be_another_is_no_day(text):
    assert day_of(text) is None


@pytest.mark.parametrize("text", ["", "i går", "31.2.2019", "5.24.2019", "2019", "maj 2019", "24.5", "24. xyz 2019"])
def test_what_is_no_day(text):
    assert day_of(text) is None


@pytest.mark.parametrize(
    ("text", "danish", "value"),
    [
        ("1250", True, "1250"),
        ("1.250,50", True, "1250.50"),
        ("1.250", True, "1250"),
        ("1250,5", True, "1250.5"),
        ("1.234.567", True, "1234567"),
        ("1.250,50 kr.", True, "1250.50"),
        ("kr. 1.250,-", True, "1250"),
        ("12.5", True, "12.5"),
        ("−3,5", True, "-3.5"),
        ("1,250.50", False, "1250.50"),
        ("1,250", False, "1250"),
        ("12,50", False, "12.50"),
        ("DKK 1 250.50", False, "1250.50"),
    ],
)
def test_a_number_as_danes_and_britons_write_it(text, danish, value):
    assert number_of(text, danish=danish) == Decimal(value)


def test_what_a_workbook_holds_as_a_number_has_its_decimals_where_they_are():
    assert number_of("1.125", danish=True, exact=True) == Decimal("1.125")


@pytest.mark.parametrize(
    "text", ["", "mange", "1.2.3", "1,2,3", "1.25,000.1", "1e9", "12%", "--3", "=2", "NaN", "9" * 40]
)
def test_what_is_no_number(text):
    assert number_of(text, danish=True) is None


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("Borger", Role.CITIZEN),
        ("politician", Role.POLITICIAN),
        ("medarbejder", Role.EMPLOYEE),
        ("Leder", Role.LEADER),
        ("ja", Attendance.PRESENT),
        ("x", Attendance.PRESENT),
        ("", Attendance.UNKNOWN),
        ("Afbud", Attendance.EXCUSED),
        ("nej", Attendance.ABSENT),
        ("Frivilligt", Labour.VOLUNTEER),
        ("drøm", ContributionKind.DREAM),
        ("Idé", ContributionKind.IDEA),
        ("concern", ContributionKind.CONCERN),
    ],
)
def test_the_words_for_a_choice(text, choice):
    assert choice_of(text, type(choice)) is choice


def test_another_word_is_no_choice():
    assert choice_of("vagabond", Role) is None


def test_no_header_means_two_things_within_one_kind_of_table():
    for kind in KINDS.values():
        said = [word for one in kind.columns for word in {*one.da, *one.en}]
        assert sorted(said) == sorted(set(said)), kind.name
