"""The relationship map: places on a ring, the sides they meet in the middle, ties between them; the same in every wave.

This is the specification that both writers read: where everything stands, in units of the drawing. Places depend on the
list of nodes alone, so that they do not move when ties do, and the eye can compare.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Final

Point = tuple[float, float]
MIDDLE: Final = ("employee", "politician")
"""Nodes that stand in the middle; all others stand on the ring."""
ORDER: Final = ("was", "new", "ended")
"""What a tie is drawn with, from left to right of it."""
LINE: Final = 14
"""The height of a line of text."""
THIN, THICK = 1.2, 6.0
DOTTED: Final = 2.0
GAP: Final = 16
"""The least room between two nodes."""
CLEAR: Final = 5
"""The least room between a tie and a node it does not belong to."""
BENDS: Final = (0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1, 1.3)
"""How far a tie may bow out, as a share of its length."""
SAMPLES: Final = 40
STEPS: Final = 80
"""How often the ring may grow."""
EDGE: Final = 4
"""The least room between a tie and the rim of the canvas."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """What the map is drawn on: its width, how wide nodes and letters are, and whether there is room for a ring."""

    width: float
    node: float
    letter: float
    ring: bool


WIDE: Final = Canvas(760, 156, 7.1, ring=True)
NARROW: Final = Canvas(358, 104, 7.3, ring=False)
LEAST: Final = 160
"""The least half height of the ring."""
APART: Final = 112
"""How far from its middle the two sides stand."""


@dataclass(frozen=True, slots=True)
class Place:
    """A group or a side: what it is called, whose it is, and how many."""

    id: str
    title: str
    role: str
    count: str
    short: str
    """How many, where there is little room."""


@dataclass(frozen=True, slots=True)
class Node:
    """A place on the drawing, by its centre."""

    place: Place
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]

    def holds(self, point: Point, room: float = 0) -> bool:
        """Whether a point lies in it, or nearer than so much room."""
        return abs(point[0] - self.x) < self.width / 2 + room and abs(point[1] - self.y) < self.height / 2 + room

    def meets(self, other: Node) -> bool:
        """Whether two stand too close."""
        beside = abs(self.x - other.x) < (self.width + other.width) / 2 + GAP
        return beside and abs(self.y - other.y) < (self.height + other.height) / 2 + GAP


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line of a tie: what it says, how thick, and its way: from, over, to."""

    kind: str
    width: float
    way: tuple[Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map, ready to be written."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    strokes: tuple[Stroke, ...]
    description: str


Ties = Mapping[tuple[str, str], Mapping[str, int]]
"""Between two places, how many ties of each kind of `ORDER`."""
Counted = tuple[tuple[tuple[str, str], tuple[tuple[str, int], ...]], ...]
"""The same, in order."""
KEPT: Final = 128
"""So many drawings are kept, a few thousand numbers each."""


def drawing(places: Sequence[Place], ties: Ties, most: int, description: str, canvas: Canvas = WIDE) -> Drawing:
    """Return the map of these ties.

    Args:
        places: in the order they stand on the ring, clockwise from the top; the same for every wave.
        ties: how many there are.
        most: the largest number in any wave, drawn thickest.
        description: what somebody who does not see it is told.
        canvas: for a page, or for a narrow one.
    """
    counted = tuple((between, tuple(counts.items())) for between, counts in sorted(ties.items()))
    return drawn(tuple(places), counted, most, description, canvas)


@lru_cache(maxsize=KEPT)
def drawn(places: Sequence[Place], ties: Counted, most: int, description: str, canvas: Canvas) -> Drawing:
    """Return the same, drawn once: the same content gives the same map, whoever asks for it."""
    nodes, height = placed(places, canvas)
    by_id = {node.place.id: node for node in nodes}
    strokes = [
        stroke
        for (one, other), counts in ties
        if one in by_id and other in by_id
        for stroke in _strokes(by_id[one], by_id[other], dict(counts), most, nodes, (canvas.width, height))
    ]
    return Drawing(canvas.width, height, tuple(nodes), tuple(strokes), description)


# ------------------------------------------------------------------ nodes
def placed(places: Sequence[Place], canvas: Canvas) -> tuple[list[Node], float]:
    """Return the nodes and how high the drawing is: the ring grows until none stands too close to another."""
    held = [labelled(place, canvas) for place in places]
    tall = max((node.height for node in held), default=0)
    held = [replace(node, height=tall) for node in held]
    ring = [node for node in held if node.place.id not in MIDDLE]
    middle = [node for node in held if node.place.id in MIDDLE]
    if not canvas.ring:
        return _columns(ring, middle, canvas, tall)
    nodes, height = list[Node](), 0.0
    for grown in range(STEPS):
        radius = LEAST + grown * 10
        height = 2 * radius + tall + GAP
        nodes = _ring(ring, canvas, radius, height) + _inside(middle, canvas, height)
        if not any(one.meets(other) for one, other in combinations(nodes, 2)):
            break
    return nodes, height


def _columns(ring: Sequence[Node], middle: Sequence[Node], canvas: Canvas, tall: float) -> tuple[list[Node], float]:
    """Place the groups in two columns with a channel between them, one side above and the other below."""
    step, rows = tall + GAP + 6, (len(ring) + 1) // 2
    height = step * (rows + 2)
    found = [
        replace(node, x=canvas.width - node.width / 2 - 2 if at % 2 else node.width / 2 + 2, y=step * (at // 2 + 1.5))
        for at, node in enumerate(ring)
    ]
    ends = (step / 2, height - step / 2)
    return found + [replace(node, x=canvas.width / 2, y=y) for node, y in zip(middle, ends, strict=False)], height


def labelled(place: Place, canvas: Canvas) -> Node:
    """Return a node with its title in lines that fit, not yet placed."""
    lines = wrapped(place.title, int((canvas.node - 8) / canvas.letter))
    return Node(place, 0, 0, canvas.node, 30 + LINE * len(lines), lines)


def wrapped(title: str, letters: int) -> tuple[str, ...]:
    """Return a title in at most two lines, cut with an ellipsis where it is longer."""
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= letters or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > 2:  # noqa: PLR2004 - two lines
        lines = [lines[0], " ".join(lines[1:])]
    return tuple(line if len(line) <= letters else f"{line[: letters - 1].rstrip()}…" for line in lines)


def _ring(nodes: Sequence[Node], canvas: Canvas, radius: float, height: float) -> list[Node]:
    """Place nodes on an ellipse, equally far from one another along it, the first at the top."""
    across = (canvas.width - canvas.node) / 2 - 2
    steps = [(across * math.sin(turn), -radius * math.cos(turn)) for turn in (math.tau * at / 720 for at in range(721))]
    walked = [0.0]
    for before, after in pairwise(steps):
        walked.append(walked[-1] + math.dist(before, after))
    found = []
    for at, node in enumerate(nodes):
        wanted = walked[-1] * at / len(nodes)
        x, y = steps[min(range(721), key=lambda one: abs(walked[one] - wanted))]
        found.append(replace(node, x=round(canvas.width / 2 + x, 1), y=round(height / 2 + y, 1)))
    return found


def _inside(nodes: Sequence[Node], canvas: Canvas, height: float) -> list[Node]:
    sides = (-1, 1) if len(nodes) > 1 else (0,)
    return [
        replace(node, x=canvas.width / 2 + side * APART, y=height / 2) for node, side in zip(nodes, sides, strict=False)
    ]


# ------------------------------------------------------------------ ties
def _strokes(
    one: Node, other: Node, counts: Mapping[str, int], most: int, nodes: Sequence[Node], size: Point
) -> Iterator[Stroke]:
    """Yield the lines of one tie side by side, on a way that runs behind no third node."""
    over = _over(one, other, nodes, size)
    kinds = [kind for kind in ORDER if counts.get(kind)]
    widths = [DOTTED if kind == "ended" else THIN + (THICK - THIN) * counts[kind] / max(most, 1) for kind in kinds]
    left = -(sum(widths) + 1.5 * (len(widths) - 1)) / 2
    for kind, width in zip(kinds, widths, strict=True):
        yield Stroke(kind, round(width, 1), _way(one, other, over, left + width / 2))
        left += width + 1.5


def _way(one: Node, other: Node, over: Point, aside: float = 0) -> tuple[Point, Point, Point]:
    """Return from, over and to, all moved aside."""
    length = math.dist((one.x, one.y), (other.x, other.y)) or 1
    across, down = -(other.y - one.y) / length * aside, (other.x - one.x) / length * aside
    first, second, third = (
        (round(x + across, 1), round(y + down, 1)) for x, y in ((one.x, one.y), over, (other.x, other.y))
    )
    return first, second, third


def _overs(one: Node, other: Node) -> Iterator[Point]:
    """Yield over which point a tie may go: straight, round a corner, bowing out further and further."""
    across, down = other.x - one.x, other.y - one.y
    middle = one.x + across / 2, one.y + down / 2
    yield middle
    for bend in BENDS:
        yield middle[0] - down * bend, middle[1] + across * bend
        yield middle[0] + down * bend, middle[1] - across * bend
    yield other.x, one.y
    yield one.x, other.y


def _over(one: Node, other: Node, nodes: Sequence[Node], size: Point) -> Point:
    """Return over which point the tie runs behind no third node, and stays on the canvas; the first that will do."""
    others = [node for node in nodes if node not in (one, other)]
    least, best = math.inf, (0.0, 0.0)
    for over in _overs(one, other):
        points = list(points_on(_way(one, other, over)))
        off = sum(not (EDGE < x < size[0] - EDGE and EDGE < y < size[1] - EDGE) for x, y in points)
        hits = off + sum(node.holds(point, CLEAR) for point in points for node in others)
        if hits < least:
            least, best = hits, over
        if not hits:
            break
    return best


def points_on(way: tuple[Point, Point, Point]) -> Iterator[Point]:
    """Yield points along a way."""
    (x0, y0), (x1, y1), (x2, y2) = way
    for at in range(SAMPLES + 1):
        t = at / SAMPLES
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        yield a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2


def path(way: tuple[Point, Point, Point]) -> str:
    """Return a way as SVG draws it: a line when it is straight."""
    (x0, y0), (x1, y1), (x2, y2) = way
    straight = abs((x2 - x0) * (y1 - y0) - (y2 - y0) * (x1 - x0)) < 1
    return f"M{x0:g} {y0:g}L{x2:g} {y2:g}" if straight else f"M{x0:g} {y0:g}Q{x1:g} {y1:g} {x2:g} {y2:g}"
