"""Intervals: how far off the people that answered, or the texts that were read, may be, and by which method it is said.

Nothing here is certain of more than its numbers hold: without two different values there is no interval of a mean.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from statistics import NormalDist
from typing import Any, Final, NamedTuple

from projections.measures.exact import whole

CONFIDENCE: Final = 0.95
LEAST_FOR_INTERVAL: Final = 2
LEAST_FOR_BOOTSTRAP: Final = 20
"""From so many values on the bootstrap covers what it says; below, Student's t does so better."""
RESAMPLES: Final = 9999
SEED: Final = 2019
NORMAL: Final = NormalDist()


class Ends(NamedTuple):
    """The two ends of an interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Interval:
    """The ends of a 95 % interval, the method, and what it takes to get the same again."""

    ends: Ends
    method: str
    """``t``: Student's t with n - 1 degrees of freedom; ``bca``: bootstrap, corrected for bias and skew;
    ``percentile``: bootstrap as it is."""
    resamples: int | None = None
    seed: int | None = None


def interval_of_mean(parts: Sequence[int], unit: int) -> Interval | None:
    """Return the interval that fits so many values: Student's t below twenty, BCa from there on; None where none is.

    Args:
        parts: each value in parts.
        unit: how many parts make one.

    Source: for small n Efron & Tibshirani (1993), An Introduction to the Bootstrap, 12.4 and 14.3: a bootstrap of few
    values is too narrow.
    """
    if len(parts) < LEAST_FOR_BOOTSTRAP:
        found = t_interval([part / unit for part in parts])
        return found and Interval(found, "t")
    drawn = _bca_of(parts, unit, CONFIDENCE, RESAMPLES, SEED)
    return drawn and Interval(drawn, "bca", RESAMPLES, SEED)


def t_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Ends | None:
    """Return the interval of a mean: mean ± t(n - 1) · SD / √n.

    Range: any. None for fewer than two values, and where all are equal: then nothing says how much they vary.
    Caveat: it takes the mean to be about normal.

    Source: Student (1908), The probable error of a mean, Biometrika 6:1.
    """
    n = len(values)
    if n < LEAST_FOR_INTERVAL or min(values) == max(values):
        return None
    from scipy.special import stdtrit

    mean = sum(values) / n
    spread: float = (sum((value - mean) ** 2 for value in values) / (n - 1)) ** 0.5
    reach = float(stdtrit(n - 1, (1 + confidence) / 2)) * spread / n**0.5
    return Ends(mean - reach, mean + reach)


def bca_interval(
    values: Sequence[Fraction], *, confidence: float = CONFIDENCE, resamples: int = RESAMPLES, seed: int = SEED
) -> Ends | None:
    """Return the bootstrap interval of a mean, corrected for bias and acceleration (BCa).

    With z(p) the normal quantile, the ends are the quantiles of the resampled means at Φ(b + (b + z) / (1 - a(b + z))),
    where b = z(share of resampled means under the mean) and a = ΣL³ / (6 (ΣL²)^1.5) for L = value - mean.

    Range: within the values. None for fewer than two values, and where all are equal. The same values in any order and
    the same seed give the same interval. Caveat: under about twenty values it is too narrow.

    Source: Efron (1987), Better bootstrap confidence intervals, JASA 82:171, doi 10.2307/2289144; bias with a strict <
    and ends between order statistics as in Davison & Hinkley (1997), Bootstrap Methods, 5.3, eq. 5.8 (R's ``boot``).
    """
    return _bca_of(*whole(values), confidence, resamples, seed)


def _bca_of(parts: Sequence[int], unit: int, confidence: float, resamples: int, seed: int) -> Ends | None:
    counted = tuple(sorted(Counter(parts).items()))
    return _bca(counted, unit, confidence, resamples, seed) if len(counted) > 1 else None


@lru_cache(maxsize=512)
def _bca(counted: tuple[tuple[int, int], ...], unit: int, confidence: float, resamples: int, seed: int) -> Ends:
    """Resample whole numbers, so that a mean like the one observed is like it to the last digit."""
    import numpy as np

    steps, counts = (np.array(side) for side in zip(*counted, strict=True))
    n = int(counts.sum())
    dice = np.random.RandomState(seed)  # the one stream that numpy promises never to change
    sums = np.sort(dice.multinomial(n, counts / n, size=resamples) @ steps)
    total = int(counts @ steps)
    bias = NORMAL.inv_cdf(int((sums < total).sum()) / resamples)
    off = steps - total / n
    skew = float(counts @ off**3) / (6 * float(counts @ off**2) ** 1.5)

    def end(tail: float) -> float:
        moved = bias + NORMAL.inv_cdf(tail)
        return _between(sums, NORMAL.cdf(bias + moved / (1 - skew * moved))) / (n * unit)

    return Ends(end((1 - confidence) / 2), end((1 + confidence) / 2))


def percentile_interval(drawn: Any, confidence: float = CONFIDENCE) -> Ends:
    """Return the ends between which the middle of what was resampled lies.

    Range: that of the resampled values. Caveat: of few units it is too narrow (at five to eight it covers 85 to 89 %).

    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, 13.3; ends between order statistics as in
    Davison & Hinkley (1997), Bootstrap Methods, 5.3, eq. 5.8 (R's ``boot``).

    Args:
        drawn: an array of resampled values, in any order, at least one.
        confidence: how much is the middle.
    """
    ordered = sorted(float(one) for one in drawn)
    tail = (1 - confidence) / 2
    return Ends(_between(ordered, tail), _between(ordered, 1 - tail))


def _between(ordered: Any, share: float) -> float:
    """Return a quantile, between two order statistics on the scale of normal quantiles."""
    most = len(ordered)
    rank = (most + 1) * share
    at = math.floor(rank)
    if not 0 < at < most:
        return float(ordered[0 if at <= 0 else -1])
    low, high = float(ordered[at - 1]), float(ordered[at])
    if rank == at:
        return low
    left, right = (NORMAL.inv_cdf(place / (most + 1)) for place in (at, at + 1))
    return low + (NORMAL.inv_cdf(share) - left) / (right - left) * (high - low)


def wilson(count: int, n: int, confidence: float = CONFIDENCE) -> Ends | None:
    """Return Wilson's interval of the share count / n.

    (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n).

    Range: 0 to 1, also where nobody or everybody did; None of nobody. Caveat: it takes each person to be independent of
    the others. Five of six are 44 to 97 %.

    Source: Wilson (1927), Probable inference, JASA 22:209, doi 10.1080/01621459.1927.10502953; Brown, Cai & DasGupta
    (2001), Statistical Science 16:101.
    """
    if not n:
        return None
    z, share = NORMAL.inv_cdf((1 + confidence) / 2), count / n
    middle = share + z * z / (2 * n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    return Ends(max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole))
