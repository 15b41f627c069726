"""Fractions as whole numbers of their common part: exact, and many times faster to add, compare and count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction


def whole(values: Sequence[Fraction]) -> tuple[list[int], int]:
    """Return each value in parts, and how many parts make one."""
    unit = math.lcm(*{value.denominator for value in values})
    return [value.numerator * (unit // value.denominator) for value in values], unit


def lowest(parts: Sequence[int], unit: int) -> tuple[list[int], int]:
    """Return the same in the fewest parts that make one."""
    common = math.gcd(unit, *parts)
    return [part // common for part in parts], unit // common


def mean(parts: Sequence[int], unit: int) -> float:
    """Return the mean of at least one value in parts, exact but for its last rounding."""
    return sum(parts) / (unit * len(parts))
