"""What pictures of a course are drawn with: shapes, their words, and where a thing that is known roughly stands."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any, Final

from service import words
from service.web.leading import day_of
from service.web.scale import Scale

TOP: Final = 150.0
CLAUSE_MAX: Final = 36
LONG_SPAN_DAYS: Final = 31
"""A thing known only within a longer span than this is drawn hollow, with its span."""


@dataclass(frozen=True)
class Shape:
    """One element of the picture, with the words that appear when one points at it."""

    tag: str
    kind: str
    at: dict[str, Any]
    text: str = ""
    tip: str = ""


@dataclass
class Chart:
    """The picture being drawn."""

    lang: str
    scale: Scale
    now: dt.date
    last: dt.date
    shapes: list[Shape] = field(default_factory=list)
    height: float = TOP
    seen: set[str] = field(default_factory=set)

    def add(self, tag: str, kind: str, text: str = "", tip: str = "", **at: Any) -> None:
        """Draw one element."""
        named = {
            name.replace("_", "-"): round(value, 1) if isinstance(value, float) else value for name, value in at.items()
        }
        self.shapes.append(Shape(tag, kind, named, text, tip))

    def line(self, kind: str, left: float, right: float, y: float) -> None:
        """Draw a line across."""
        self.add("line", kind, x1=left, x2=right, y1=y, y2=y)

    def word(self, text: str, x: float, y: float, kind: str = "", anchor: str = "start") -> None:
        """Write a text."""
        self.add("text", kind, text, x=x, y=y, text_anchor=anchor)

    def t(self, danish: str, english: str) -> str:
        """Return the text in the picture's language."""
        return danish if self.lang == "da" else english


def vague(item: dict[str, Any]) -> bool:
    """Whether a thing is known only within a long span."""
    first, last = day_of(item["when"]), day_of(item["when"], "end")
    return bool(first and last and (last - first).days > LONG_SPAN_DAYS)


def placed(chart: Chart, item: dict[str, Any], y: float) -> float:
    """Return a thing's place: its day, the middle of its month, or the end of its span, which is drawn dotted."""
    first, last = day_of(item["when"]), day_of(item["when"], "end")
    left, right = chart.scale.place(first or chart.now), chart.scale.place(last or first or chart.now)
    if vague(item):
        chart.line("lost", left, right, y)
        chart.seen.add("vague")
        return right
    return (left + right) / 2


def clause(text: str) -> str:
    """Return the first clause of a sentence if it is short, else its beginning."""
    for found in re.finditer(r"[:;,.](?=\s|$)", text):
        if 15 <= found.start() <= CLAUSE_MAX:  # noqa: PLR2004 - shorter clauses are abbreviations
            return text[: found.start()]
    if len(text) <= CLAUSE_MAX:
        return text
    head = text[: CLAUSE_MAX - 2].rpartition(" ")[0]
    return re.sub(r"[\W\d]+$", "", head) + " …"


def tip(chart: Chart, item: dict[str, Any], name: Any) -> str:
    """Return what is said when one points at a mark: when, and what."""
    return (
        f"{words.when(item['when'], chart.lang)}: {name}"
        if isinstance(name, str)
        else words.when(item["when"], chart.lang)
    )
