"""Measures of paired change against R: effectsize, coin and boot. What R said is kept; where R is, it is asked again."""

import math
import shutil
import subprocess
from fractions import Fraction

import pytest

from projections.measures.effects import SignedRank, Zeros, d_av, d_z, g_z, rank_biserial, signed_rank
from projections.measures.intervals import RESAMPLES, bca_interval, t_interval, wilson
from projections.measures.paired import paired
from tests.oracles.golden import ask_r, golden
from tests.oracles.pairs import changes_of, pairs_in

CLOSE = {"rel": 1e-9, "abs": 1e-9}
CASES = golden("paired")
each = pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])


def same(ours, theirs):
    """Whether both say the same, and both say nothing where there is nothing to say."""
    return ours is theirs is None or ours == pytest.approx(theirs, **CLOSE)


@each
def test_sizes_are_as_effectsize_has_them(case):
    pairs, r = pairs_in(case), case["r"]
    assert len(pairs) == r["n"]
    assert same(d_z(pairs), r["d_z"])
    assert same(d_av(pairs), r["d_av"])
    assert same(g_z(pairs), r["g_z"] if len(pairs) > 2 else None)  # with one degree of freedom R gives 0


@each
@pytest.mark.parametrize("zeros", Zeros)
def test_ranks_are_as_coin_has_them(case, zeros):
    found, r = signed_rank(pairs_in(case), zeros), case["r"][zeros]
    if found.n == 0:
        assert (found.p, r["exact"]) == (None, None)
        return
    assert same(found.plus, r["plus"])
    assert same(found.p, r["exact" if found.exact else "normal"])


@each
def test_how_one_sided_it_is_as_effectsize_has_it(case):
    found = signed_rank(pairs_in(case))
    assert same(rank_biserial(found), case["r"]["rank_biserial"] if found.n else None)


@each
def test_counts_and_intervals_are_as_r_has_them(case):
    pairs, r = pairs_in(case), case["r"]
    measured = paired(pairs)
    if measured is None:
        assert r["n"] == 0
        return
    counts = measured.counts
    assert (counts.improved, counts.same, counts.declined) == (r["improved"], r["same"], r["declined"])
    assert same(measured.gain, r["gain"])
    assert same(wilson(counts.improved, measured.n), r["wilson"])
    assert same(t_interval([float(change) for change in changes_of(pairs)]), r["t"])


RESAMPLED = [case for case in CASES if case["bca"] is not None]


@pytest.mark.parametrize("case", RESAMPLED, ids=[case["name"] for case in RESAMPLED])
def test_the_same_seed_resamples_the_same_for_ever_and_r_as_nearly_as_chance_lets(case):
    changes = changes_of(pairs_in(case))
    found = bca_interval(changes)
    assert list(found) == case["bca"]
    error = monte_carlo_error(changes)
    for ours, theirs in zip(found, case["r"]["bca"], strict=True):
        assert abs(ours - theirs) <= 4 * error + step(changes)


def monte_carlo_error(changes):
    """The standard error of the difference of two such ends: each a quantile near 2.5 %, moved twice by the bias."""
    n, mean = len(changes), sum(changes) / len(changes)
    spread = math.sqrt(sum((one - mean) ** 2 for one in changes) / n / n)
    density = math.exp(-(1.96**2) / 2) / math.sqrt(2 * math.pi)
    quantile = math.sqrt(0.025 * 0.975 / RESAMPLES) / density
    bias = math.sqrt(0.25 / RESAMPLES) * math.sqrt(2 * math.pi)
    return spread * math.sqrt(2 * (quantile**2 + (2 * bias) ** 2))


def step(changes):
    """How far apart two resampled means at least are."""
    return float(Fraction(1, len(changes) * math.lcm(*(one.denominator for one in changes))))


def test_the_order_of_the_answers_does_not_matter():
    changes = changes_of(pairs_in(RESAMPLED[0]))
    assert bca_interval(changes) == bca_interval(changes[::-1])


def test_what_r_says_where_r_is():
    if shutil.which("Rscript") is None:
        pytest.skip("R is not here: what it said is kept in golden.json")
    wanted = ("jsonlite", "effectsize", "coin", "boot", "psych")
    there = "q(status = !all(sapply(commandArgs(TRUE), requireNamespace, quietly = TRUE)))"
    if subprocess.run(["Rscript", "--vanilla", "-e", there, *wanted], check=False, capture_output=True).returncode:
        pytest.skip(f"R is here without {', '.join(wanted)}")
    kept = {kind: golden(kind) for kind in ("paired", "kappa", "alpha")}
    said = ask_r(kept)
    for kind, cases in kept.items():
        for case in cases:
            assert flat(said[kind][case["name"]]) == pytest.approx(flat(case["r"]), **CLOSE), case["name"]


def flat(said, at=""):
    """What R says, number by number; nothing where R has nothing."""
    parts = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else None
    if parts is None:
        return {} if said is None else {at: said}
    return {key: one for name, part in parts for key, one in flat(part, f"{at}.{name}").items()}


# ------------------------------------------------------------------ what the design says of each
def test_a_test_of_five_changes_cannot_tell_and_of_six_it_can():
    five, six = (signed_rank([(Fraction(1), Fraction(2))] * n) for n in (5, 6))
    assert (five.p, five.can_tell) == (0.0625, False)
    assert (six.p, six.can_tell) == (0.03125, True)


def test_ties_are_counted_with_their_mid_ranks():
    changes = [1, 1, 2, 3, -1, 2, 4, 1]
    found = signed_rank([(Fraction(0), Fraction(change)) for change in changes])
    # by hand: ranks 2.5 2.5 5.5 7 -2.5 5.5 8 2.5; of the 256 ways
    # five leave at most 2.5 below: none of them, or one of the four that changed by 1
    assert (found.plus, found.minus, found.p) == (33.5, 2.5, 2 * 5 / 256)


def test_many_changes_say_what_counting_them_through_would(monkeypatch):
    pairs = [(Fraction(0), Fraction(change)) for change in [1, 2, -1, 3, -2, 1, 4, -3] * 15]
    by_normal = signed_rank(pairs)
    monkeypatch.setattr("projections.measures.effects.MOST_EXACT", 1000)
    counted = signed_rank(pairs)
    assert (by_normal.exact, counted.exact) == (False, True)
    assert by_normal.p == pytest.approx(counted.p, rel=0.06)


def test_nobody_changed_is_nothing_to_test():
    assert signed_rank([(Fraction(2), Fraction(2))] * 3) == SignedRank(0, 3, 0.0, 0.0, Zeros.DROP, None, exact=True)
