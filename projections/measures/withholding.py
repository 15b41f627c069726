"""Withholding: which parts of a sum may not be shown beside it, since a small one could be worked out.

Source: Hundepool et al. (2012), Statistical Disclosure Control, 4.3, on secondary cell suppression. This is the simple,
cautious form for tables whose sums are known; it looks at each sum by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import TypeVar

from projections.measures.suppression import LEAST

K = TypeVar("K", bound=Hashable)


def withheld(
    values: Mapping[K, int],
    sums: Iterable[Collection[K]],
    unsafe: Collection[K],
    together: Callable[[K], Collection[K]] = lambda key: (key,),
) -> set[K]:
    """Return the parts that may not be shown, if each of these sums is.

    What a sum leaves over when the shown parts are taken off is itself a part: it must be nothing, or at least `LEAST`
    made of two parts or more. Until it is, the smallest part that is still shown is taken in.

    Args:
        values: every part's count.
        sums: the parts of each sum that is shown.
        unsafe: the parts that may not be shown for their own sake.
        together: the parts that are shown or withheld with one another.
    """
    hidden = {other for key in unsafe for other in together(key)}
    known = [tuple(keys) for keys in sums]
    while True:
        more = {other for keys in known for other in _taken_in(values, keys, hidden, together)}
        if not more:
            return hidden
        hidden |= more


def _taken_in(
    values: Mapping[K, int], keys: Collection[K], hidden: set[K], together: Callable[[K], Collection[K]]
) -> Collection[K]:
    """Return what must be withheld too, so that this sum gives nothing away."""
    left = [key for key in keys if key in hidden]
    rest = sum(values[key] for key in left)
    if rest == 0 or (rest >= LEAST and len(left) > 1):
        return ()
    shown = sorted((key for key in keys if key not in hidden and values[key]), key=lambda key: values[key])
    return together(shown[0]) if shown else ()
