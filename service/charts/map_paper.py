"""The relationship map on paper: an SVG that stands alone, in the light colours, for the typesetter to place.

Its description is not inside: whoever places it gives it as the picture's alternative text.
"""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from service.charts.map import LINE, Drawing, Node, path
from service.charts.map_svg import ROUND, SHAPES, head_of

INK: Final = "#13293a"
QUIET: Final = "#3f515c"
COLOURS: Final = {
    "citizen": ("#0f4c81", "#dce8f3"),
    "employee": ("#1d7a68", "#d9ede8"),
    "politician": ("#b9500b", "#fae6d6"),
}
"""The colour of a role's outline and mark, and that of its ground."""
STROKES: Final = {
    "was": Markup('stroke="#a9b3b8"'),
    "new": Markup('stroke="#123f57"'),
    "ended": Markup('stroke="#566670" stroke-dasharray="2 6" stroke-linecap="round"'),
}
FONT: Final = Markup('font-family="Libertinus Serif" text-anchor="middle"')


def map_paper(drawn: Drawing) -> str:
    """Return the map as an SVG of its own."""
    head = Markup('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {:g} {:g}" width="{:g}" height="{:g}">').format(
        drawn.width, drawn.height, drawn.width, drawn.height
    )
    strokes = [
        Markup('<path fill="none" {} stroke-width="{:g}" d="{}"/>').format(STROKES[one.kind], one.width, path(one.way))
        for one in drawn.strokes
    ]
    return str(head + Markup("").join([*strokes, *(_node(node) for node in drawn.nodes)]) + Markup("</svg>"))


def _node(node: Node) -> Markup:
    outline, ground = COLOURS[node.place.role]
    top, bottom, left, letters = head_of(node)
    box = Markup(
        '<rect fill="{}" stroke="{}" stroke-width="1.5" x="{:g}" y="{:g}" width="{:g}" height="{:g}" rx="{}"/>'
    )
    corner = ROUND if node.place.role == "citizen" else 4
    lines = [
        Markup('<text {} font-size="14" font-weight="bold" fill="{}" y="{:g}">{}</text>').format(
            FONT, INK, top + LINE * (at + 1), line
        )
        for at, line in enumerate(node.lines)
    ]
    mark = Markup('<path fill="{}" transform="translate({:g} {:g})" d="{}"/>').format(
        outline, left + 5, bottom - 4, SHAPES[node.place.role]
    )
    count = Markup('<text {} font-size="12.5" fill="{}" x="8" y="{:g}">{}</text>').format(FONT, QUIET, bottom, letters)
    return (
        Markup('<g transform="translate({:g} {:g})">').format(node.x, node.y)
        + box.format(ground, outline, -node.width / 2, -node.height / 2, node.width, node.height, corner)
        + Markup("").join([*lines, mark, count])
        + Markup("</g>")
    )
