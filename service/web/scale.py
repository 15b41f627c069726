"""The scale of the course: one piece, or three with the intensive period enlarged; and room for labels."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

LEFT: Final = 190.0
RIGHT: Final = 1130.0
WIDTH: Final = 1168.0
ENLARGED_SHARE: Final = 0.37
"""The part of the width the intensive period gets when it is short beside the whole."""

NARROW: Final = frozenset("ijltfrI.,:;'|! ")
WIDE: Final = frozenset("mwMWÆæ@%—…")


def text_width(text: str, size: float = 12) -> float:
    """Return about how wide a text is, in the chart's units; rather too wide than too narrow."""
    ems = sum(0.36 if c in NARROW else 0.9 if c in WIDE else 0.68 if c.isupper() else 0.58 for c in text)
    return ems * size + 2


def fitted(text: str, width: float, size: float = 12) -> str:
    """Return the text, cut at the end until it fits; empty when not even a few letters do."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip(' ,.;:')}…" if len(text) > 2 else ""  # noqa: PLR2004 - two letters say nothing


@dataclass(frozen=True)
class Scale:
    """Days to places: pieces of (first day, last day, left, right)."""

    pieces: tuple[tuple[dt.date, dt.date, float, float], ...]
    band: tuple[float, float] | None = None
    enlarged: bool = False

    def place(self, day: dt.date) -> float:
        """Return where a day stands; days outside stand at the edges."""
        for first, last, left, right in self.pieces:
            if day <= last:
                share = (day - first).days / ((last - first).days or 1)
                return round(left + (right - left) * min(max(share, 0), 1), 1)
        return self.pieces[-1][3]


def scale_of(first: dt.date, last: dt.date, intensive: tuple[dt.date, dt.date] | None) -> Scale:
    """Return the scale from first to last day, with the intensive period enlarged where it is short."""
    if intensive is None or not first <= intensive[0] < intensive[1] <= last:
        return Scale(((first, last, LEFT, RIGHT),))
    start, end = intensive
    days, width = (last - first).days, RIGHT - LEFT
    share = (end - start).days / days
    middle = width * max(ENLARGED_SHARE, share)
    before, after = (start - first).days, (last - end).days
    rest = width - middle
    part = _part(before, after)
    left, right = LEFT + rest * part, RIGHT - rest * (1 - part)
    pieces = ((first, start, LEFT, left), (start, end, left, right), (end, last, right, RIGHT))
    kept = tuple(piece for piece in pieces if piece[1] > piece[0])
    return Scale(kept, (left, right), share < ENLARGED_SHARE)


def _part(before: int, after: int) -> float:
    """Return the share of the remaining width that lies before; a side with days gets a fifth at least."""
    if not before or not after:
        return 0.0 if not before else 1.0
    return min(max(before / (before + after), 0.2), 0.8)


@dataclass
class Labels:
    """One row of labels: what fits is placed, what would touch another is left to the table."""

    least: float = LEFT - 8
    most: float = WIDTH
    gap: float = 10
    taken: list[tuple[float, float]] = field(default_factory=list)

    def put(self, at: float, text: str, anchors: tuple[str, ...] = ("middle", "start", "end")) -> str | None:
        """Take room for a text at a place; return its anchor, or None when there is no room."""
        width = text_width(text)
        for anchor in anchors:
            left = {"middle": at - width / 2, "start": at - 4, "end": at + 4 - width}[anchor]
            if self.free(left, left + width):
                self.take(left, left + width)
                return anchor
        return None

    def free(self, left: float, right: float) -> bool:
        """Whether nothing stands there."""
        inside = self.least <= left and right <= self.most
        return inside and all(right + self.gap <= start or left - self.gap >= end for start, end in self.taken)

    def take(self, left: float, right: float) -> None:
        """Keep a stretch for something."""
        self.taken.append((left, right))
