"""Agreement between coders: how far two or more people read the same passages alike, beyond what chance would give.

Where everybody uses one and the same value, nothing shows whether they could tell another apart: agreement beyond
chance is then *not estimable*, neither 1 nor 0, and `Agreement.value` is None.

How far off the units may be is said by a bootstrap of units: whole units are drawn again, each with all its coders.
Source: Hayes & Krippendorff (2007), Communication Methods and Measures 1:77, doi 10.1080/19312450709336664.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from projections.measures.intervals import CONFIDENCE, RESAMPLES, SEED, Interval, percentile_interval


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement over ``n`` units; ``value`` is None where not estimable, ``observed`` where nothing was compared."""

    n: int
    observed: float | None
    value: float | None


def cohen_kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> Agreement:
    """Return Cohen's κ of two coders over the units that both coded; `n` is how many.

    κ = (pₒ - pₑ) / (1 - pₑ), where pₒ is the share read alike and pₑ = Σ p₁(c) · p₂(c) what their own shares give.

    Range: -1 to 1; 0 is as much as chance gives. Caveat: it takes the coders' shares as given, so that with one rare
    code 90 % agreement can give κ below 0; nominal values, two coders, no missing ones.

    Source: Cohen (1960), Educational and Psychological Measurement 20:37, doi 10.1177/001316446002000104.
    """
    held = list(pairs)
    if not held:
        return Agreement(0, None, None)
    n = len(held)
    first, second = Counter(one for one, _ in held), Counter(other for _, other in held)
    alike = Fraction(sum(one == other for one, other in held), n)
    chance = Fraction(sum(count * second[code] for code, count in first.items()), n * n)
    return Agreement(n, float(alike), None if chance == 1 else float((alike - chance) / (1 - chance)))


def krippendorff_alpha(units: Iterable[Sequence[Hashable]]) -> Agreement:
    """Return Krippendorff's α for nominal values; `n` is how many units at least two coded.

    α = 1 - Dₒ / Dₑ. Dₒ is the share of unlike pairs within units, each unit's pairs weighted by 1 / (mᵤ - 1) for its mᵤ
    values; Dₑ is the share of unlike pairs among all values of those units, whoever gave them and wherever.

    Range: up to 1; 0 is as much as chance gives, below it coders disagree systematically. Caveat: a unit that one coder
    alone coded says nothing about agreement and is left out.

    Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability,
    https://repository.upenn.edu/asc_papers/43; Hayes & Krippendorff (2007), doi 10.1080/19312450709336664.

    Args:
        units: for each unit the values that its coders gave; a coder who gave none is not in it.
    """
    paired = [Counter(values) for values in units if len(values) > 1]
    totals = sum(paired, Counter[Hashable]())
    n = totals.total()
    if not n:
        return Agreement(0, None, None)
    unlike = sum((Fraction(_unlike(unit), unit.total() - 1) for unit in paired), Fraction(0)) / n
    expected = Fraction(_unlike(totals), n * (n - 1))
    return Agreement(len(paired), float(1 - unlike), None if expected == 0 else float(1 - unlike / expected))


def _unlike(values: Counter[Hashable]) -> int:
    """Return how many ordered pairs of these values are unlike."""
    return values.total() ** 2 - sum(count * count for count in values.values())


# ------------------------------------------------------------------ how far off the units may be
Unit = tuple[Hashable, ...]
ESTIMABLE: Final = 0.95
"""So large a share of the resamples must hold two values at least."""
Drawn = Callable[[Any, list[Unit]], tuple[Any, Any]]
"""Takes how often each unit was drawn, a row per resample; returns numerators and denominators of what was found."""


def interval_of_kappa(pairs: Iterable[tuple[Hashable, Hashable]], *, confidence: float = CONFIDENCE) -> Interval | None:
    """Return the 95 % interval of `cohen_kappa` over these units, resampled by unit; None where it is not estimable.

    Range: -1 to 1. It is not estimable where κ is not, where every resample says the same, and where more than one in
    twenty resamples holds one value only: those might lie beyond either end. The same units in any order and the same
    seed give the same interval. Caveat: under about twenty units it is too narrow.
    """
    return _interval(Counter(tuple(pair) for pair in pairs), _kappas, confidence)


def interval_of_alpha(units: Iterable[Sequence[Hashable]], *, confidence: float = CONFIDENCE) -> Interval | None:
    """Return the 95 % interval of `krippendorff_alpha` over these units, as `interval_of_kappa` does of κ."""
    return _interval(
        Counter(tuple(sorted(values, key=repr)) for values in units if len(values) > 1), _alphas, confidence
    )


def _interval(units: Counter[Unit], measure: Drawn, confidence: float) -> Interval | None:
    return _resampled(tuple(sorted(units.items(), key=repr)), measure, confidence) if units else None


@lru_cache(maxsize=512)
def _resampled(counted: tuple[tuple[Unit, int], ...], measure: Drawn, confidence: float) -> Interval | None:
    import numpy as np

    counts = np.array([count for _, count in counted])
    dice = np.random.RandomState(SEED)  # the one stream that numpy promises never to change
    drawn = dice.multinomial(counts.sum(), counts / counts.sum(), size=RESAMPLES)
    above, below = measure(drawn, [unit for unit, _ in counted])
    found = above[below > 0] / below[below > 0]
    if len(found) < ESTIMABLE * RESAMPLES:
        return None
    ends = percentile_interval(found, confidence)
    return None if ends.low == ends.high else Interval(ends, "percentile", RESAMPLES, SEED)


def _kappas(drawn: Any, units: list[Unit]) -> tuple[Any, Any]:
    """Return n² (pₒ - pₑ) and n² (1 - pₑ) of each resample, in whole numbers."""
    values = sorted({value for unit in units for value in unit}, key=repr)
    first, second = (drawn @ _holding([(unit[side],) for unit in units], values) for side in (0, 1))
    n, alike = drawn.sum(axis=1), drawn @ [int(one == other) for one, other in units]
    chance = (first * second).sum(axis=1)
    return n * alike - chance, n * n - chance


def _alphas(drawn: Any, units: list[Unit]) -> tuple[Any, Any]:
    """Return Dₑ - Dₒ and Dₑ of each resample, both times the number of values and that less one."""
    values = sorted({value for unit in units for value in unit}, key=repr)
    totals = drawn @ _holding(units, values)
    n = totals.sum(axis=1)
    expected = n * n - (totals * totals).sum(axis=1)
    unlike = drawn @ [_unlike(Counter(unit)) / (len(unit) - 1) for unit in units]
    return expected - unlike * (n - 1), expected


def _holding(units: Sequence[Unit], values: Sequence[Hashable]) -> Any:
    """Return how often each unit holds each value: a row per unit, and a column per value."""
    import numpy as np

    return np.array([[unit.count(value) for value in values] for unit in units])
