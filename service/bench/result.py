"""What a measurement says: a figure, and whether it reaches its goal."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

RATIO: Final = "ratio"
PER_SECOND: Final = "events/s"
MILLISECONDS: Final = "ms"
MEGABYTES: Final = "MB"

Said = tuple[str, str]
"""A sentence in Danish and in English."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on a figure: from below (``least``) or from above."""

    bound: float
    least: bool

    def met(self, value: float) -> bool:
        """Whether a value reaches it."""
        return value >= self.bound if self.least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.bound:g}"


def at_least(bound: float) -> Goal:
    """Return the goal of what should be large."""
    return Goal(bound, least=True)


def at_most(bound: float) -> Goal:
    """Return the goal of what should be small."""
    return Goal(bound, least=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the bench.

    ``value`` is the median of ``rounds``, in ``unit``; None where it could not be measured here, and ``why`` says why not.
    """

    name: str
    what: Said
    unit: str
    rounds: tuple[float, ...] = ()
    goal: Goal | None = None
    value: float | None = None
    why: Said | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without a goal, or without a value."""
        return None if self.goal is None or self.value is None else self.goal.met(self.value)

    def document(self) -> dict[str, Any]:
        """Return the line as JSON."""
        said = {"what": self.what} | ({"why": self.why} if self.why else {})
        return {
            "name": self.name,
            "value": _rounded(self.value),
            "unit": self.unit,
            "goal": str(self.goal) if self.goal else None,
            "met": self.met,
            "rounds": [_rounded(one) for one in self.rounds],
            **{name: {"da": da, "en": en} for name, (da, en) in said.items()},
        }


def measured(name: str, what: Said, unit: str, rounds: Sequence[float], goal: Goal | None = None) -> Result:
    """Return a line whose value is the median of its rounds."""
    return Result(
        name=name, what=what, unit=unit, rounds=tuple(rounds), goal=goal, value=statistics.median(rounds)
    )  # fmt: skip


def worst(name: str, what: Said, unit: str, rounds: Sequence[float], goal: Goal | None = None) -> Result:
    """Return a line whose value is the largest of its rounds: for what is promised of every one of them."""
    return Result(name=name, what=what, unit=unit, rounds=tuple(rounds), goal=goal, value=max(rounds))


def beside(name: str, what: Said, ours: Sequence[float], theirs: Sequence[float], goal: Goal | None = None) -> Result:
    """Return the ratio of two figures that were measured turn by turn, round against round."""
    return measured(name, what, RATIO, [a / b for a, b in zip(ours, theirs, strict=True)], goal)


def missing(name: str, what: Said, why: Said, goal: Goal | None = None) -> Result:
    """Return a line that could not be measured here."""
    return Result(name=name, what=what, unit="", goal=goal, why=why)


def _rounded(value: float | None) -> float | None:
    """Return a value with four digits that count: more would say more than was measured."""
    return None if value is None else float(f"{value:.4g}")
