"""Agreement between coders: how far two or more people read the same passages alike, beyond what chance would give.

Where everybody uses one and the same value, nothing shows whether they could tell another apart: agreement beyond
chance is then *not estimable*, neither 1 nor 0, and `Agreement.value` is None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction


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
