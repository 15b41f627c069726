"""Chance that is the same everywhere: only ``random()`` is used, the one method whose numbers Python promises to keep.

No logarithm or cosine either, since their last digit may differ from one machine to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """One stream of chance, named by what it is for."""

    def __init__(self, *name: object) -> None:
        self._random = Random("/".join(map(str, name))).random  # noqa: S311 - a story, no secret

    def chance(self, share: float) -> bool:
        """Return True in this share of cases."""
        return self._random() < share

    def between(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return low + int(self._random() * (high - low + 1))

    def around(self, middle: float, spread: float) -> float:
        """Return a number near the middle, bell-shaped, with this standard deviation, never far out."""
        return middle + (sum(self._random() for _ in range(6)) - 3) * spread * 2**0.5

    def one(self, choices: Sequence[T]) -> T:
        """Return one of them."""
        return choices[int(self._random() * len(choices))]

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """Return so many different ones, in the order they stood."""
        left, wanted, found = len(choices), min(count, len(choices)), []
        for choice in choices:
            if self._random() * left < wanted:
                found.append(choice)
                wanted -= 1
            left -= 1
        return found
