"""The page's writer: SVG elements, places across in percent, so that a chart stretches and its text does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from service.charts.spec import Line, Mark, Meaning, Scale

DRAWN: Final = {"citizen", "politician", "employee", "leader"}
"""The roles that have a mark of their own; others share one."""
MARGIN: Final = 2.0
"""Percent left free on either side, so that marks at the ends are whole."""
HEIGHT: Final = 44
MIDDLE: Final = 22
LANE: Final = 3


@dataclass(frozen=True, slots=True)
class Shape:
    """One SVG element: its tag, its classes, its attributes and its text."""

    tag: str
    kind: str
    at: dict[str, Any]
    text: str = ""


def symbol(role: str | None) -> str:
    """Return the name of a role's shape."""
    return role if role in DRAWN else "unstated"


def across(place: float) -> str:
    """Return a place from 0 to 1 in percent of the width."""
    return f"{round(MARGIN + place * (100 - 2 * MARGIN), 2)}%"


def axis(scale: Scale) -> list[Shape]:
    """Return the words over the scale's places."""
    anchors = {0: "start", len(scale.ticks) - 1: "end"}
    return [
        Shape("text", "", {"x": across(at), "y": 14, "text-anchor": anchors.get(number, "middle")}, text)
        for number, (at, text) in enumerate(scale.ticks)
    ]


def strip(line: Line, scale: Scale) -> list[Shape]:
    """Return one line of marks. The words beside it and the table say the same, so it is silent."""
    if line.withheld:
        whole = f"{100 - 2 * MARGIN}%"
        return [Shape("rect", "hatch", {"x": across(0), "y": 10, "width": whole, "height": 24})]
    grid = [Shape("line", "grid", {"x1": across(at), "x2": across(at), "y1": 0, "y2": HEIGHT}) for at, _ in scale.ticks]
    return [*grid, *(_mark(mark, f"m-{symbol(line.role)}", symbol(line.role)) for mark in line.marks)]


def _mark(mark: Mark, colour: str, shape: str) -> Shape:
    at = across(mark.at)
    match mark.meaning:
        case Meaning.POINT_FIRST:
            return Shape("circle", f"pt0 {colour}", {"cx": at, "cy": 9 - LANE * mark.lane, "r": 2.2})
        case Meaning.POINT_LAST:
            return Shape("circle", f"pt {colour}", {"cx": at, "cy": HEIGHT - 9 + LANE * mark.lane, "r": 2.4})
        case Meaning.INTERVAL | Meaning.CHANGE:
            kind = "ci" if mark.meaning is Meaning.INTERVAL else "link"
            ends = {"x1": at, "x2": across(mark.to or 0), "y1": MIDDLE, "y2": MIDDLE}
            return Shape("line", f"{kind} {colour}", ends)
        case _:
            hollow = " m-hollow" if mark.meaning is Meaning.FIRST else ""
            return Shape("use", colour + hollow, {"href": f"#p-{shape}", "x": at, "y": MIDDLE})
