"""Small numbers: what may be shown of a figure that rests on few people, to whoever may not see the answers themselves.

Nothing under five; no single points under ten; small counts inside a shown figure merged, or withheld if they are still
small. Where a hidden part could be worked out from a sum, the sum is not shown either.

Source: Hundepool et al. (2012), Statistical Disclosure Control, Wiley, chapters 4 and 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

LEAST: Final = 5
"""Fewer people than this: nothing is shown."""
LEAST_FOR_POINTS: Final = 10
"""Fewer people than this: no single points, for a point could be recognised."""

Parts = tuple[tuple[tuple[str, ...], int], ...]
"""Names that were counted together, and their count."""


def may_show(n: int, *, insider: bool = False) -> bool:
    """Whether a figure that rests on so many people may be shown; an insider may see each of their answers anyway."""
    return insider or n >= LEAST


def may_show_points(n: int, *, insider: bool = False) -> bool:
    """Whether single points may be drawn."""
    return insider or n >= LEAST_FOR_POINTS


def may_divide(sizes: Iterable[int]) -> bool:
    """Whether a whole may be shown in these parts beside the same whole in other parts.

    If one part had to be withheld, the others and the whole would give it away: then none is shown.
    """
    return all(size == 0 or size >= LEAST for size in sizes)


def merged(counts: Mapping[str, int]) -> Parts | None:
    """Return the counts of one figure with the small ones merged; None when they must all be withheld.

    A count of 1 to 4 joins the other small ones, and then the next smallest (the middle one of equals) until five
    are together. If that takes all
    of them, nothing is told: the number of people is known, and what is left out would follow from the rest.
    """
    middle = len(counts) // 2
    near = {name: abs(at - middle) for at, name in enumerate(counts)}
    found = sorted(((count, name) for name, count in counts.items() if count), key=lambda one: (one[0], near[one[1]]))
    small = [one for one in found if one[0] < LEAST]
    large = found[len(small) :]
    if not small:
        return tuple(((name,), count) for name, count in counts.items())
    while large and sum(count for count, _ in small) < LEAST:
        small.append(large.pop(0))
    if not large:
        return None
    together = {name for _, name in small}
    alone = [((name,), count) for name, count in counts.items() if name not in together]
    names = tuple(name for name in counts if name in together)
    return (*alone, (names, sum(count for count, _ in small)))
