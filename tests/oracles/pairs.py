"""The pairs of a kept case, as the measures take them."""

from fractions import Fraction

from projections.measures.paired import pair_of


def pairs_in(case):
    """Return the pairs of those who answered both times."""
    both = zip(case["first"], case["last"], strict=True)
    found = [pair_of({"i": _exact(first)}, {"i": _exact(last)}) for first, last in both]
    return [pair for pair in found if pair is not None]


def _exact(value):
    return None if value is None else Fraction(value)


def changes_of(pairs):
    return [last - first for first, last in pairs]
