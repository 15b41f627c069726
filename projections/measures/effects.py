"""How large a paired change is beside its spread, and what a test of direction says, each with its convention.

Everything here takes the pairs of `projections.measures.paired`: the same persons on the same items.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import Final

from projections.measures.exact import mean, whole
from projections.measures.intervals import NORMAL
from projections.measures.paired import Pair, changes_in

LEAST_FOR_SPREAD: Final = 2
LEAST_FOR_TEST: Final = 6
"""With five pairs that differ the smallest p there is, 2/32, lies above .05: no test of them can tell."""
MOST_EXACT: Final = 100
"""So many changes are counted through in a few milliseconds; of more the normal distribution says the same."""


# ------------------------------------------------------------------ standardised
def d_z(pairs: Sequence[Pair]) -> float | None:
    """Return mean(d) / SD(d), for d = last - first and SD with n - 1.

    Range: any. None for fewer than two pairs and where all changed alike. Caveat: it grows as the two answers of a
    person go together, and so does not compare with a d between groups; in small samples it is too far from 0 (`g_z`).

    Source: Lakens (2013), Frontiers in Psychology 4:863, eq. 6, doi 10.3389/fpsyg.2013.00863.
    """
    changes = changes_in(pairs)
    spread = _spread(*changes)
    return mean(*changes) / spread if spread else None


def d_av(pairs: Sequence[Pair]) -> float | None:
    """Return mean(d) / ((SD(first) + SD(last)) / 2), each SD with n - 1.

    Range: any. None for fewer than two pairs and where neither side varies. Caveat: unlike `d_z` it leaves out how the
    two answers of a person go together; nearest to a d between groups.

    Source: Lakens (2013), eq. 10, doi 10.3389/fpsyg.2013.00863.
    """
    spread = sum(_spread(*whole([pair[side] for pair in pairs])) for side in (0, 1)) / 2
    return mean(*changes_in(pairs)) / spread if spread else None


def hedges_j(df: int) -> float | None:
    """Return the factor that takes the small-sample bias off a d: Γ(df/2) / (√(df/2) · Γ((df - 1)/2)).

    Range: 0 to 1, nearing 1; None under two degrees of freedom. Caveat: name the df. For ten pairs n - 1 gives .914 and
    2(n - 1) gives .958.

    Source: Hedges (1981), J. Educ. Stat. 6:107, eq. 6e, doi 10.3102/10769986006002107.
    """
    if df < LEAST_FOR_SPREAD:
        return None
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


def g_z(pairs: Sequence[Pair]) -> float | None:
    """Return Hedges' g of paired change: J(n - 1) · `d_z`; the df are n - 1.

    Range and caveat as for `d_z`, without its bias. None for fewer than three pairs and where all changed alike.

    Source: Hedges (1981); Lakens (2013), doi 10.3389/fpsyg.2013.00863.
    """
    size, factor = d_z(pairs), hedges_j(len(pairs) - 1)
    return None if size is None or factor is None else factor * size


def _spread(parts: Sequence[int], unit: int) -> float:
    """Return the SD of values in parts, with n - 1; 0 for fewer than two values, and where all are equal."""
    n = len(parts)
    if n < LEAST_FOR_SPREAD:
        return 0.0
    squares = n * sum(part * part for part in parts) - sum(parts) ** 2  # n times their squares about the mean, exactly
    return math.sqrt(squares / (n * (n - 1))) / unit


# ------------------------------------------------------------------ signed ranks
class Zeros(StrEnum):
    """What becomes of those who did not change."""

    DROP = "drop"
    """They are left out before the others are ranked (Wilcoxon)."""
    PRATT = "pratt"
    """They are ranked with the others, and their ranks are then left out."""


@dataclass(frozen=True, slots=True)
class SignedRank:
    """The ranks of those who went up and of those who went down, and how likely so uneven a split is by chance."""

    n: int
    """How many changed."""
    same: int
    plus: float
    minus: float
    zeros: Zeros
    p: float | None
    """Two-sided; None where nobody changed."""
    exact: bool

    @property
    def can_tell(self) -> bool:
        """Whether the test could come under .05 at all. Where not, say so instead of printing p."""
        return self.n >= LEAST_FOR_TEST


def signed_rank(pairs: Sequence[Pair], zeros: Zeros = Zeros.DROP) -> SignedRank:
    """Return Wilcoxon's signed-rank test of paired change, over mid-ranks where changes are as large.

    W₊ and W₋ are the sums of the ranks of |d| of those who went up and down. p is the share of all 2ⁿ ways to give the
    ranks signs in which the two sums lie at least as far apart, counted exactly with ties; for more than `MOST_EXACT`
    changes the normal distribution with these ranks' variance Σr²/4 stands for it, without continuity correction.

    Range: p from 2/2ⁿ to 1. Caveat: it tests whether the changes lie evenly about 0, not their mean; with five or fewer
    changes it cannot reach .05 (`SignedRank.can_tell`).

    Source: Wilcoxon (1945), Biometrics Bulletin 1:80; Pratt (1959), JASA 54:655 on zeros; ties as in Hollander, Wolfe &
    Chicken (2014), Nonparametric Statistical Methods, 3.1 (R's ``coin``).
    """
    changes, _ = changes_in(pairs)
    ranked = [change for change in changes if change or zeros is Zeros.PRATT]
    twice = _twice_the_mid_ranks([abs(change) for change in ranked])
    held = [(change, rank) for change, rank in zip(ranked, twice, strict=True) if change]
    ranks = [rank for _, rank in held]
    plus, total = sum(rank for change, rank in held if change > 0), sum(ranks)
    exact = len(held) <= MOST_EXACT
    p = (_exact_p if exact else _normal_p)(ranks, plus) if held else None
    return SignedRank(len(held), len(changes) - len(held), plus / 2, (total - plus) / 2, zeros, p, exact)


def _twice_the_mid_ranks(values: Sequence[int]) -> list[int]:
    """Return each value's rank, doubled so that the middle of a tie is a whole number."""
    found: dict[int, int] = {}
    before = 0
    for value, alike in groupby(sorted(values)):
        count = len(list(alike))
        found[value] = 2 * before + count + 1
        before += count
    return [found[value] for value in values]


def _exact_p(ranks: Sequence[int], plus: int) -> float:
    """Count the ways: the product of (1 + xʳ), whose coefficients stand side by side in one large whole number."""
    width, ways = len(ranks) + 1, 1
    for rank in ranks:
        ways += ways << (rank * width)
    above = ways >> (max(plus, sum(ranks) - plus) * width)
    tail = above % ((1 << width) - 1)  # the sum of its digits to the base 2^width, as there are at most 2ⁿ ways
    return min(1.0, float(Fraction(2 * tail, 1 << len(ranks))))


def _normal_p(ranks: Sequence[int], plus: int) -> float:
    away = abs(plus - sum(ranks) / 2) / math.sqrt(sum(rank * rank for rank in ranks) / 4)
    return 2 * NORMAL.cdf(-away)


def rank_biserial(found: SignedRank) -> float | None:
    """Return the matched-pairs rank-biserial correlation of a test's ranks: (W₊ - W₋) / (W₊ + W₋).

    Range: -1 (all who changed went down) to 1 (all went up); None where nobody changed. Caveat: it says how one-sided
    the changes are, not how large. With Pratt's zeros it is over Pratt's ranks.

    Source: Kerby (2014), Comprehensive Psychology 3:11, doi 10.2466/11.IT.3.1.
    """
    whole = found.plus + found.minus
    return (found.plus - found.minus) / whole if whole else None
