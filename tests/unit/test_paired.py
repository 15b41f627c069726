"""Paired change, against numbers worked out by hand, published t tables and the rules of the sums."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.measures.intervals import t_interval
from projections.measures.paired import Counts, direction, pair_of, paired, shown

T_975 = {1: 12.706, 2: 4.303, 4: 2.776, 5: 2.571, 9: 2.262, 19: 2.093, 23: 2.069, 30: 2.042, 39: 2.023}
"""Two-sided 95 % quantiles of Student's t as printed in tables."""


def pairs_of(*changes):
    return [(Fraction(2), Fraction(2) + Fraction(change)) for change in changes]


def test_no_pairs_give_no_figure():
    assert paired([]) is None


def test_one_pair_has_a_gain_and_no_interval():
    found = paired(pairs_of(1))
    assert (found.n, found.gain, found.interval, found.counts) == (1, 1.0, None, Counts(1, 0, 0))


def test_five_pairs_worked_out_by_hand():
    # changes 1, 0, 2, 1, -1: mean 0.6, squares of the rest 0.16 + 0.36 + 1.96 + 0.16 + 2.56 = 5.2, variance 1.3,
    # standard error sqrt(1.3 / 5) = 0.50990, times t(4) = 2.77645 gives 1.41572
    found = paired(pairs_of(1, 0, 2, 1, -1))
    assert found.gain == pytest.approx(0.6)
    assert found.interval.method == "t"
    assert found.interval.ends == pytest.approx((-0.81572, 2.01572), abs=1e-5)
    assert found.counts == Counts(improved=3, same=1, declined=1)
    assert (found.first, found.last) == (2.0, 2.6)


@pytest.mark.parametrize(("df", "quantile"), T_975.items())
def test_the_interval_uses_the_exact_quantile(df, quantile):
    n = df + 1
    values = [float(at % 2) for at in range(n)]
    mean = sum(values) / n
    spread = (sum((value - mean) ** 2 for value in values) / df) ** 0.5
    low, high = t_interval(values)
    assert (high - low) / 2 / (spread / n**0.5) == pytest.approx(quantile, abs=0.0006)


def test_where_all_change_alike_no_interval_is_claimed():
    found = paired(pairs_of(1, 1, 1, 1, 1, 1))
    assert (found.gain, found.interval) == (1.0, None)
    assert direction(found.interval) == 0


def test_a_skip_takes_its_partner_with_it_and_is_never_nought():
    assert pair_of({"a": 2, "b": None, "c": 3}, {"a": 4, "b": 5, "c": None}) == (2, 4)


@pytest.mark.parametrize(
    ("first", "last"), [({}, {"a": 3}), ({"a": 3}, {}), ({"a": None}, {"a": 3}), ({"a": 2}, {"b": 3})]
)
def test_a_missing_half_is_no_pair(first, last):
    assert pair_of(first, last) is None


def test_the_same_answers_in_another_order_of_items_are_a_tie():
    pair = pair_of({"a": 1, "b": 2, "c": 2}, {"c": 1, "a": 2, "b": 2})
    assert paired([pair]).counts == Counts(0, 1, 0)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.25, "0.3"), (0.35, "0.4"), (-0.25, "-0.3"), (-0.04, "0.0"), (0.049, "0.0"), (2, "2.0")]
)
def test_a_number_is_shown_with_one_decimal_halves_away_from_nought(value, expected):
    assert shown(value) == Decimal(expected)
    assert str(shown(value)) == expected


@pytest.mark.parametrize(
    ("interval", "expected"),
    [((0.05, 0.9), 1), ((0.04, 0.9), 0), ((-0.9, -0.05), -1), ((-0.9, -0.04), 0), ((-0.1, 0.6), 0), (None, 0)],
)
def test_only_an_interval_that_is_seen_to_leave_out_nought_has_a_direction(interval, expected):
    assert direction(interval) == expected


ANSWERS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=40)


@given(ANSWERS)
def test_counts_add_up_and_the_gain_lies_in_its_interval(answers):
    found = paired([(Fraction(first), Fraction(last)) for first, last in answers])
    counts = found.counts
    assert counts.improved + counts.same + counts.declined == found.n == len(answers)
    assert found.gain == pytest.approx(found.last - found.first)
    assert -4 <= found.gain <= 4
    if found.interval:
        low, high = found.interval.ends
        assert low <= found.gain <= high


@given(ANSWERS)
def test_turned_around_in_time_everything_turns_sign(answers):
    found = paired([(Fraction(first), Fraction(last)) for first, last in answers])
    back = paired([(Fraction(last), Fraction(first)) for first, last in answers])
    assert back.gain == pytest.approx(-found.gain)
    assert (back.counts.improved, back.counts.declined) == (found.counts.declined, found.counts.improved)
