"""The relationship map on a page: SVG whose classes take their colours from the style sheet."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from service.charts.map import LINE, Drawing, Node, path

ROLES: Final = {"citizen": "borger", "employee": "medarbejder", "politician": "politiker"}
"""The classes of the roles."""
STROKES: Final = {"was": "tie", "new": "tie-new", "ended": "tie-lost"}
SHAPES: Final = {
    "citizen": "M-5 0A5 5 0 1 1 5 0A5 5 0 1 1-5 0Z",
    "employee": "M-4.5-4.5H4.5V4.5H-4.5Z",
    "politician": "M0-6.5 6.5 0 0 6.5-6.5 0Z",
}
ROUND: Final = 22
ROOMY: Final = 120
"""A node at least so wide has room for the whole words."""


def map_svg(drawn: Drawing, kind: str) -> Markup:
    """Return the map as SVG; ``kind`` is a class that says for which width it is."""
    head = Markup('<svg class="plot map {}" viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">').format(
        kind, drawn.width, drawn.height, drawn.description
    )
    strokes = [
        Markup('<path class="{}" stroke-width="{:g}" d="{}"/>').format(STROKES[one.kind], one.width, path(one.way))
        for one in drawn.strokes
    ]
    return head + Markup("").join([*strokes, *(_node(node) for node in drawn.nodes)]) + Markup("</svg>")


def head_of(node: Node) -> tuple[float, float, float, str]:
    """Return where a node's title begins and its count stands, where its mark is, and the words of its count."""
    top = -node.height / 2 + 4 + (node.height - 30 - LINE * len(node.lines)) / 2
    letters = node.place.count if node.width > ROOMY else node.place.short
    return top, node.height / 2 - 7, -(len(letters) * 6 + 16) / 2, letters


def _node(node: Node) -> Markup:
    role, corner = ROLES[node.place.role], ROUND if node.place.role == "citizen" else 4
    top, bottom, left, letters = head_of(node)
    box = Markup('<rect class="isl m-{}" x="{:g}" y="{:g}" width="{:g}" height="{:g}" rx="{}"/>').format(
        role, -node.width / 2, -node.height / 2, node.width, node.height, corner
    )
    lines = [
        Markup('<text class="lbl b" y="{:g}" text-anchor="middle">{}</text>').format(top + LINE * (at + 1), line)
        for at, line in enumerate(node.lines)
    ]
    mark = Markup('<path class="m-{}" transform="translate({:g} {:g})" d="{}"/>').format(
        role, left + 5, bottom - 4, SHAPES[node.place.role]
    )
    count = Markup('<text x="{:g}" y="{:g}">{}</text>').format(left + 17, bottom, letters)
    title = Markup("<title>{}</title>").format(f"{node.place.title}: {node.place.count}")
    at = Markup('<g transform="translate({:g} {:g})">').format(node.x, node.y)
    return at + title + box + Markup("").join([*lines, mark, count]) + Markup("</g>")
