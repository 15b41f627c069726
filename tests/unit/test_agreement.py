"""Agreement between coders, against published examples, R and what cannot be estimated."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.measures.agreement import (
    Agreement,
    cohen_kappa,
    interval_of_alpha,
    interval_of_kappa,
    krippendorff_alpha,
)
from projections.measures.intervals import RESAMPLES, SEED
from tests.oracles.golden import ends_of, golden

# Krippendorff (2011): two coders and two values; two coders and four values; four coders, some of whom left a unit out.
TWO_VALUES = list(zip("0100000000", "1110010100", strict=True))
FOUR_VALUES = list(zip("aabbdcccedda", "babbbccceddd", strict=True))
FOUR_CODERS = ["111", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", "555", "11", "3"]


def test_alpha_is_as_its_author_computes_it():
    assert krippendorff_alpha(TWO_VALUES).value == pytest.approx(0.095, abs=5e-4)
    assert krippendorff_alpha(FOUR_VALUES).value == pytest.approx(0.692, abs=5e-4)
    assert krippendorff_alpha(FOUR_CODERS) == Agreement(
        11, pytest.approx(0.8, abs=0.001), pytest.approx(0.743, abs=5e-4)
    )


@pytest.mark.parametrize("case", golden("kappa"), ids=lambda case: case["name"])
def test_kappa_is_as_r_has_it(case):
    found = cohen_kappa(zip(case["first"], case["second"], strict=True))
    assert found.n == len(case["first"])
    assert found.value == pytest.approx(case["r"]["kappa"], abs=1e-9)


def test_much_agreement_may_be_less_than_chance():
    found = cohen_kappa([("a", "a")] * 18 + [("a", "b"), ("b", "a")])
    assert (found.observed, found.value) == (0.9, pytest.approx(-0.05263158))


@pytest.mark.parametrize("measure", [cohen_kappa, krippendorff_alpha])
def test_one_value_only_is_not_estimable(measure):
    assert measure([("a", "a")] * 7) == Agreement(7, 1.0, None)
    assert measure([]) == Agreement(0, None, None)


def test_what_one_alone_coded_is_not_compared():
    assert krippendorff_alpha(["a", "b", "", "a"]) == Agreement(0, None, None)


@pytest.mark.parametrize("case", golden("alpha"), ids=lambda case: case["name"])
def test_alpha_is_as_r_has_it(case):
    assert krippendorff_alpha(case["units"]).value == pytest.approx(case["r"]["alpha"], abs=1e-9)


# ------------------------------------------------------------------ how far off the units may be
def interval_in(case):
    pairs = zip(case["first"], case["second"], strict=True) if "first" in case else None
    return interval_of_alpha(case["units"]) if pairs is None else interval_of_kappa(pairs)


CASES = [*golden("kappa"), *golden("alpha")]
ESTIMABLE = [case for case in CASES if case["percentile"]]
each = pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])


@each
def test_the_same_seed_draws_the_same_for_ever(case):
    found = interval_in(case)
    assert ends_of(found) == case["percentile"]
    if found:
        assert (found.method, found.resamples, found.seed) == ("percentile", RESAMPLES, SEED)


@pytest.mark.parametrize("case", ESTIMABLE, ids=lambda case: case["name"])
def test_r_draws_the_same_as_nearly_as_chance_lets(case):
    """Other dice, as many draws: each end of R's lies where a share of ours four standard errors off lies."""
    error = 4 * (2 * 0.025 * 0.975 / RESAMPLES) ** 0.5
    units = case["units"] if "units" in case else list(zip(case["first"], case["second"], strict=True))
    measure = interval_of_alpha if "units" in case else interval_of_kappa
    for theirs, tail in zip(case["r"]["percentile"], (0.025, 0.975), strict=True):
        low, high = (between(measure, units, tail + off) for off in (-error, error))
        assert low - 1e-9 <= theirs <= high + 1e-9


def between(measure, units, share):
    """Return the quantile of our draws at a share."""
    found = measure(units, confidence=abs(1 - 2 * share)).ends
    return found.low if share < 0.5 else found.high


def test_the_order_of_the_units_does_not_matter():
    case = golden("alpha")[0]
    assert interval_of_alpha(case["units"][::-1]) == interval_of_alpha(case["units"])


@pytest.mark.parametrize("found", [interval_of_kappa, interval_of_alpha])
@pytest.mark.parametrize(
    "units",
    [
        [],
        ["aa"] * 9,
        ["aa"] * 5 + ["bb"] * 5,
        ["aa"] * 30 + ["ab"],
    ],
    ids=["nothing", "one value", "always alike", "too seldom"],
)
def test_where_units_do_not_tell_how_far_off_they_are_no_interval_is_given(found, units):
    assert found([tuple(unit) for unit in units]) is None


def test_the_interval_holds_what_was_found():
    for case in ESTIMABLE:
        low, high = interval_in(case).ends
        assert low <= case["r"].get("alpha", case["r"].get("kappa")) <= high


UNITS = st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=12)


@given(UNITS)
def test_alpha_by_every_pair(units):
    held = [unit for unit in units if len(unit) > 1]
    every = [value for unit in held for value in unit]
    unlike = sum(sum(one != other for one, other in itertools.permutations(unit, 2)) / (len(unit) - 1) for unit in held)
    chance = sum(one != other for one, other in itertools.permutations(every, 2))
    value = krippendorff_alpha(units).value
    if chance == 0:
        assert value is None
    else:
        assert value == pytest.approx(1 - (unlike / len(every)) / (chance / len(every) / (len(every) - 1)))
