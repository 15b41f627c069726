"""Actions as boxes in a lane: where each lies, in how many rows, and how many find no room."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from service.web.leading import day_of
from service.web.scale import RIGHT, Scale, text_width

ROWS_MAX: Final = 4
GAP: Final = 4.0
PADDING: Final = 18.0
NARROWEST: Final = 34.0


@dataclass(frozen=True)
class Box:
    """One action's box: its row and its two sides."""

    action: dict[str, Any]
    row: int
    left: float
    right: float


def boxes_of(scale: Scale, actions: list[dict[str, Any]]) -> tuple[list[Box], int, int]:
    """Return the boxes of a lane, how many rows they take, and how many actions are left to the table.

    Actions known only to lie in the same stretch share it: their order within it means nothing.
    """
    bundles: dict[tuple[float, float], list[dict[str, Any]]] = {}
    for action in actions:
        stretch = stretch_of(scale, action)
        if stretch:
            bundles.setdefault(stretch, []).append(action)
    boxes: list[Box] = []
    ends: list[float] = []
    left_out = len(actions) - sum(len(held) for held in bundles.values())
    for (left, right), held in sorted(bundles.items(), key=lambda pair: pair[0]):
        for shared in lines(held, right - left):
            row = next((at for at, end in enumerate(ends) if end <= left), len(ends))
            if row >= ROWS_MAX:
                left_out += len(shared)
                continue
            ends[row:] = [right + GAP, *ends[row + 1 :]]
            boxes += side_by_side(shared, row, left, right)
    return boxes, len(ends), left_out


def stretch_of(scale: Scale, action: dict[str, Any]) -> tuple[float, float] | None:
    """Return where an action lies: from its start (or plan) to its end, its due day, or the day it was planned."""
    starts = action["starts"] if isinstance(action["starts"], str) else None
    first = dt.date.fromisoformat(starts) if starts else day_of(action["when"] or {})
    if first is None:
        return None
    due = dt.date.fromisoformat(action["due"]) if isinstance(action["due"], str) else None
    last = day_of(action["ended"], "end") if action["ended"] else due or day_of(action["when"], "end")
    left, right = scale.place(first), scale.place(max(last or first, first))
    right = max(right, left + NARROWEST)
    return (min(left, RIGHT - NARROWEST), min(right, RIGHT + NARROWEST))


def lines(held: list[dict[str, Any]], width: float) -> list[list[dict[str, Any]]]:
    """Break actions that share a stretch into rows whose titles fit side by side."""
    found: list[list[dict[str, Any]]] = []
    room = -1.0
    for action in held:
        need = _need(action)
        if not found or room < need:
            found.append([])
            room = width
        found[-1].append(action)
        room -= need + GAP
    return found


def _need(action: dict[str, Any]) -> float:
    return max(text_width(str(action["title"] or "")) + PADDING, NARROWEST)


def side_by_side(shared: list[dict[str, Any]], row: int, left: float, right: float) -> list[Box]:
    """Return boxes that fill a stretch, each as wide as its title asks for."""
    needs = [_need(action) for action in shared]
    room = right - left - GAP * (len(shared) - 1)
    boxes, at = [], left
    for action, need in zip(shared, needs, strict=True):
        width = room * need / sum(needs)
        boxes.append(Box(action, row, at, at + width))
        at += width + GAP
    return boxes
