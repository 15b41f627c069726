"""Agreement between coders, against published examples, R and what cannot be estimated."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.measures.agreement import Agreement, cohen_kappa, krippendorff_alpha
from tests.oracles.golden import golden

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
