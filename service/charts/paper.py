"""The paper's writer: a chart of lines as an SVG that stands alone, in the light colours, for the typesetter to place.

Its description is not inside: whoever places it gives `Chart.description` as the picture's alternative text.
"""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from service.charts.spec import Chart, Line, Mark, Meaning, Panel, Scale
from service.charts.svg import HEIGHT, LANE, MIDDLE, symbol

WIDTH: Final = 720
LEFT: Final = 170
RIGHT: Final = 520
"""Between these the scale lies; whose it is stands before, the change after."""
HEADING: Final = 26
ROW: Final = 34
INK: Final = "#13293a"
QUIET: Final = "#3f515c"
HAIR: Final = "#d6d3c7"
COLOURS: Final = {"citizen": "#0f4c81", "politician": "#b9500b", "employee": "#1d7a68"}
NEUTRAL: Final = "#5f6b73"
SHAPES: Final = {
    "citizen": "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0Z",
    "politician": "M0-7.5 7.5 0 0 7.5-7.5 0Z",
    "employee": "M-5.5-5.5H5.5V5.5H-5.5Z",
    "leader": "M0-6.5 6.5 5.5H-6.5Z",
    "unstated": "M-3.5-6H3.5L7 0 3.5 6H-3.5L-7 0Z",
}
TEXT: Final = Markup('<text x="{:g}" y="{:g}" font-family="Libertinus Serif" font-size="{:g}" fill="{}" {}>{}</text>')
STROKE: Final = Markup('<line x1="{:g}" x2="{:g}" y1="{:g}" y2="{:g}" stroke="{}" stroke-width="{:g}" opacity="{:g}"/>')
DOT: Final = Markup('<circle cx="{:g}" cy="{:g}" r="2" fill="{}" stroke="{}" opacity=".6"/>')
SIGN: Final = Markup('<path transform="translate({:g} {:g})" d="{}" fill="{}" stroke="{}" stroke-width="1.8"/>')
HATCH: Final = Markup('<rect x="{}" y="{:g}" width="{}" height="18" fill="#ebe9e0" stroke="{}"/>')
BOLD: Final = Markup('font-weight="bold"')
CENTRED: Final = Markup('text-anchor="middle"')


def across(place: float) -> float:
    """Return a place from 0 to 1 on the sheet."""
    return round(LEFT + place * (RIGHT - LEFT), 1)


def paper(chart: Chart) -> str:
    """Return the chart as an SVG of its own."""
    drawn, y = _axis(chart.scale), HEADING
    for panel in chart.panels:
        drawn += _panel(panel, chart.scale, y)
        y += HEADING + ROW * len(panel.lines)
    head = Markup('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}">')
    return str(head.format(WIDTH, y + 6) + Markup("").join(drawn) + Markup("</svg>"))


def _axis(scale: Scale) -> list[Markup]:
    return [TEXT.format(across(at), 14, 10, QUIET, CENTRED, text) for at, text in scale.ticks]


def _panel(panel: Panel, scale: Scale, y: float) -> list[Markup]:
    rule = STROKE.format(0, WIDTH, y, y, HAIR, 1, 1)
    drawn = [rule, TEXT.format(0, y + 17, 12.5, INK, BOLD, panel.title)]
    for at, line in enumerate(panel.lines):
        drawn += _line(line, scale, y + HEADING + ROW * at + ROW / 2)
    return drawn


def _line(line: Line, scale: Scale, middle: float) -> list[Markup]:
    name = symbol(line.role)
    colour = COLOURS.get(name, NEUTRAL)
    drawn = [
        SIGN.format(8, middle, SHAPES[name], colour, colour),
        TEXT.format(22, middle + 4, 11, INK, "", f"{line.label} {line.count}"),
    ]
    if line.withheld:
        block = HATCH.format(across(0), middle - 9, across(1) - across(0), HAIR)
        return [*drawn, block, TEXT.format(across(0) + 8, middle + 4, 10.5, QUIET, "", line.withheld)]
    drawn += [STROKE.format(across(at), across(at), middle - 16, middle + 16, HAIR, 0.7, 1) for at, _ in scale.ticks]
    drawn += [_mark(mark, name, colour, middle) for mark in line.marks]
    drawn.append(TEXT.format(RIGHT + 16, middle + 4, 11.5, INK, BOLD, line.result))
    return [*drawn, TEXT.format(RIGHT + 60, middle + 4, 10.5, QUIET, "", line.detail)]


def _mark(mark: Mark, name: str, colour: str, middle: float) -> Markup:
    at, top, foot = across(mark.at), middle - MIDDLE * 0.62, middle + (HEIGHT - MIDDLE) * 0.62
    match mark.meaning:
        case Meaning.POINT_FIRST:
            return DOT.format(at, top - LANE * 0.6 * mark.lane, "none", colour)
        case Meaning.POINT_LAST:
            return DOT.format(at, foot + LANE * 0.6 * mark.lane, colour, "none")
        case Meaning.INTERVAL | Meaning.CHANGE:
            width, opacity = (6, 0.28) if mark.meaning is Meaning.INTERVAL else (1.8, 1)
            return STROKE.format(at, across(mark.to or 0), middle, middle, colour, width, opacity)
        case _:
            return SIGN.format(at, middle, SHAPES[name], "#ffffff" if mark.meaning is Meaning.FIRST else colour, colour)
