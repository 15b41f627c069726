"""What a chart shows, before anybody decides whether it becomes a page or paper.

A mark has a place from 0 to 1 on the chart's scale, a role (its shape and colour) and a meaning. Its words, its figure
and the table that says the same stand in the specification too, so that both writers tell the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Meaning(StrEnum):
    """What a mark stands for."""

    FIRST = "first"
    LAST = "last"
    CHANGE = "change"
    INTERVAL = "interval"
    POINT_FIRST = "point-first"
    POINT_LAST = "point-last"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: at a place, or from one place to another; ``lane`` keeps points of one place apart."""

    meaning: Meaning
    at: float
    to: float | None = None
    lane: int = 0


@dataclass(frozen=True, slots=True)
class Scale:
    """A named scale, and what is written at its places."""

    name: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def place(self, number: float) -> float:
        """Return the place of a number, from 0 to 1; beyond the ends it stands at the end."""
        return round(min(1.0, max(0.0, (number - self.low) / (self.high - self.low))), 4)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a panel: whose, how many, what is drawn, and the figure in words with what it opens."""

    label: str
    role: str | None
    marks: tuple[Mark, ...]
    count: str = ""
    result: str = ""
    detail: str = ""
    figure: str | None = None
    withheld: str | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines under one heading."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The same as the chart, in words and numbers."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole chart."""

    title: str
    description: str
    scale: Scale
    panels: tuple[Panel, ...]
    table: Table
    points: bool = field(default=False)
    """Whether single persons are drawn anywhere in it."""
    most: int | None = None
    """How many are drawn at one place, where there are more."""
