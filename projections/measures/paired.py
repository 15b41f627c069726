"""Paired change: the same persons on the same items, twice.

Everything here takes pairs. There is no way to hand over two groups of different people.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from projections.measures.exact import lowest, mean, whole
from projections.measures.intervals import Interval, interval_of_mean

Pair = tuple[Fraction, Fraction]
"""What one person answered first and last, each the mean over the items answered both times."""

TENTH: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many went up, stayed and went down. The three add up to the number of pairs."""

    improved: int
    same: int
    declined: int


@dataclass(frozen=True, slots=True)
class Paired:
    """The change of a set of pairs; ``interval`` is None where none can be worked out."""

    n: int
    first: float
    last: float
    gain: float
    interval: Interval | None
    counts: Counts


def pair_of(
    first: Mapping[str, int | None], last: Mapping[str, int | None], items: Collection[str] | None = None
) -> Pair | None:
    """Return a person's two means over the items answered with a number both times; None when there is none.

    ``items`` are those that count; without them all do.

    A skipped item (None) is no number: it takes its partner with it, and never counts as 0.

    Source: de Leeuw, Hox & Huisman (2003), Prevention and treatment of item nonresponse, J. Off. Stat. 19:153.
    """
    before, after, both = 0, 0, 0
    for item in first if items is None else items:
        value, other = first.get(item), last.get(item)
        if value is not None and other is not None:
            before, after, both = before + value, after + other, both + 1
    return _means(before, after, both) if both else None


@lru_cache(maxsize=4096)
def _means(first: int, last: int, count: int) -> Pair:
    """Return both sums over the count, made once: many people's means are the same."""
    return Fraction(first, count), Fraction(last, count)


def paired(pairs: Sequence[Pair]) -> Paired | None:
    """Return the paired change; None without a pair.

    gain = mean(last - first), over the same persons and items.

    Range: -(max - min) to max - min of the scale. Caveat: of self-ratings it is what people say of themselves, and it
    holds no comparison with people who took no part; it shows no cause.

    Source: Lakens (2013), Frontiers in Psychology 4:863, doi 10.3389/fpsyg.2013.00863.
    """
    if not pairs:
        return None
    parts, unit = changes_in(pairs)
    return Paired(
        n=len(pairs),
        first=mean(*whole([first for first, _ in pairs])),
        last=mean(*whole([last for _, last in pairs])),
        gain=mean(parts, unit),
        interval=interval_of_mean(parts, unit),
        counts=Counts(
            improved=sum(part > 0 for part in parts),
            same=parts.count(0),
            declined=sum(part < 0 for part in parts),
        ),
    )


def changes_in(pairs: Sequence[Pair]) -> tuple[list[int], int]:
    """Return last - first of each pair in parts, and how many parts make one."""
    ends, unit = whole([end for pair in pairs for end in pair])
    return lowest([last - first for first, last in zip(ends[::2], ends[1::2], strict=True)], unit)


def shown(value: float) -> Decimal:
    """Return a number as it is shown: one decimal, halves away from zero, and no minus before nothing."""
    found = Decimal(repr(round(value, 9))).quantize(TENTH, ROUND_HALF_UP)
    return abs(found) if found == 0 else found


def direction(interval: tuple[float, float] | None) -> int:
    """Return 1 or -1 where the interval as it is shown lies above or below 0; else 0: too uncertain to say.

    What a reader sees decides: an interval printed as 0.0 to 1.0 does not count as higher.
    """
    if interval is None:
        return 0
    low, high = map(shown, interval)
    return 1 if low > 0 else -1 if high < 0 else 0
