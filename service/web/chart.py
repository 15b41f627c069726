"""The course as a picture: groups in lanes, gatherings, cases, actions as boxes, observed changes as flags."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from service import words
from service.web.drawing import CLAUSE_MAX, TOP, Chart, placed, tip, vague
from service.web.lanes import LANE, draw_lane, lane_head, lanes_of
from service.web.leading import Intensive, day_of, days_after
from service.web.scale import RIGHT, WIDTH, Labels, scale_of, text_width

CLOSE: Final = 24.0
"""Cases nearer to each other than this are counted under one label."""


def draw(
    lang: str,
    data: Any,
    actions: list[dict[str, Any]],
    days: tuple[dt.date, dt.date, dt.date],
    intensive: Intensive | None,
) -> Chart:
    """Return the picture of a process.

    Args:
        lang: the language of its words.
        data: the timeline's answer.
        actions: the actions with where each ``stands``.
        days: the scale's first and last day, and the day the page stands at.
        intensive: the period to enlarge, if there is one.
    """
    first, last, now = days
    chart = Chart(lang, scale_of(first, last, (intensive.start, intensive.end) if intensive else None), now, last)
    _course(chart, first, intensive)
    _gatherings(chart, [item for item in data["items"] if item["kind"] == "gathering"])
    _cases(chart, data)
    for lane in lanes_of(chart, data, actions):
        draw_lane(chart, lane)
    _frame(chart, first, intensive)
    return chart


# ------------------------------------------------------------------ the frame and the course
def _frame(chart: Chart, first: dt.date, intensive: Intensive | None) -> None:
    """Put the band, the years and the needle under everything else."""
    drawn, chart.shapes = chart.shapes, []
    header = Labels(gap=14)
    if chart.scale.band and intensive:
        left, right = chart.scale.band
        chart.add("rect", "band", x=left, y=0, width=right - left, height=chart.height)
        name = words.span(intensive.start, intensive.end, chart.lang)
        name += chart.t(" (forstørret)", " (enlarged)") if chart.scale.enlarged else ""
        header.take((left + right - text_width(name)) / 2, (left + right + text_width(name)) / 2)
        chart.word(name, (left + right) / 2, 14, anchor="middle")
    _years(chart, first, header)
    chart.line("grid", 0, WIDTH, TOP)
    if chart.now < chart.last:
        at = chart.scale.place(chart.now)
        chart.add("line", "needle", x1=at, x2=at, y1=22, y2=chart.height)
    chart.shapes += drawn


def _years(chart: Chart, first: dt.date, header: Labels) -> None:
    chart_first = chart.scale.place(first)
    if header.put(chart_first + 4, str(first.year), ("start",)):
        chart.word(str(first.year), chart_first, 14)
    for year in range(first.year + 1, chart.last.year + 1):
        at = chart.scale.place(dt.date(year, 1, 1))
        if chart.scale.band and chart.scale.band[0] < at < chart.scale.band[1]:
            continue
        chart.add("line", "grid", x1=at, x2=at, y1=4, y2=chart.height)
        if header.put(at + 8, str(year), ("start",)):
            chart.word(str(year), at + 4, 14)


def _course(chart: Chart, first: dt.date, intensive: Intensive | None) -> None:
    """Draw the course that was set, dashed, and the one sailed so far, solid; their height means nothing."""
    start, reached = chart.scale.place(first), chart.scale.place(min(chart.now, chart.last))
    rise = chart.scale.place(intensive.start) if intensive else start + 120
    chart.word(chart.t("Kursen", "Course"), 0, 46, "lbl b")
    chart.word(chart.t("- - sat", "- - set"), 0, 64)
    chart.word(chart.t("— sejlet", "— sailed"), 0, 80)
    chart.add("path", "set", d=f"M{start:.1f} 68L{max(rise, start + 40):.1f} 48H{RIGHT:.1f}")
    long = reached - start
    if long > 0:
        turn = [f"{start + long * share:.1f}" for share in (0.12, 0.25, 0.4, 0.55, 0.75, 1)]
        chart.add(
            "path",
            "sail",
            d=f"M{start:.1f} 74C{turn[0]} 74 {turn[1]} 64 {turn[2]} 66S{turn[3]} 76 {turn[4]} 68"
            f"S{turn[5]} 62 {turn[5]} 60",
        )
    if not intensive:
        return
    hundred = days_after(intensive.start, 100)
    at, end = chart.scale.place(hundred), chart.scale.place(intensive.end)
    chart.add("line", "hair", x1=at, x2=at, y1=40, y2=64)
    chart.word(chart.t("dag 100", "day 100"), at - 4, 40, anchor="end")
    if intensive.closed:
        chart.word(chart.t(f"festen: dag {intensive.days}", f"celebration: day {intensive.days}"), end + 8, 40, "b")


# ------------------------------------------------------------------ gatherings and cases
def _gatherings(chart: Chart, held: list[dict[str, Any]]) -> None:
    chart.word(chart.t("Samlinger", "Gatherings"), 0, 108, "lbl b")
    dated = [
        item
        for item in held
        if item["date"] and item["when"]["precision"] in {"instant", "day"} and item["status"] != "cancelled"
    ]
    loose = [item for item in held if item not in dated and item["date"] and item["status"] != "cancelled"]
    below, above = Labels(), Labels()
    _undated(chart, loose, above)
    first = {"kick-off": 0, "celebration": 1}
    for item in sorted(dated, key=lambda one: (first.get(str(one.get("gathering_kind")), 2), one["date"])):
        at = chart.scale.place(dt.date.fromisoformat(item["date"]))
        kind = "gather planned" if item["status"] == "planned" else "gather"
        chart.add("line", "grid", x1=at, x2=at, y1=136, y2="end")
        chart.add("circle", kind, tip=tip(chart, item, item.get("title")), cx=at, cy=104, r=6)
        chart.add("circle", "dec", cx=at, cy=104, r=2)
        title = item["title"] if isinstance(item.get("title"), str) else ""
        anchor = below.put(at, title)
        if anchor:
            chart.word(title, at, 130, anchor=anchor)
        elif above.put(at, title, ("middle",)):
            chart.word(title, at, 94, anchor="middle")
    chart.seen |= {"gathering"} if held else set()


def _undated(chart: Chart, loose: list[dict[str, Any]], above: Labels) -> None:
    """Draw gatherings whose days nobody wrote down as one dotted line over the time they lie in."""
    if not loose:
        return
    starts = [day_of(item["when"]) for item in loose]
    ends = [day_of(item["when"], "end") for item in loose]
    left = chart.scale.place(min(day for day in starts if day))
    right = chart.scale.place(max(day for day in ends if day))
    count = words.count_word(len(loose), chart.lang)
    text = chart.t(
        f"{count} {words.plural(len(loose), 'samling', 'samlinger')}: dag ikke registreret",
        f"{count} without a recorded day",
    )
    chart.line("lost", left, max(right, left + 40), 104)
    if above.put((left + right) / 2, text):
        chart.word(text, (left + right) / 2, 96, "i", "middle")
    chart.seen.add("quiet")


def _cases(chart: Chart, data: Any) -> None:
    """Draw decisions and what politicians treated, in one lane of their own."""
    found = [item for item in data["items"] if item["kind"] in {"decision", "case-item"} and item["date"]]
    if not found:
        return
    political = all(item.get("bodies") for item in found)
    title = chart.t("Udvalg og byråd", "Politicians") if political else chart.t("Beslutninger", "Decisions")
    y = lane_head(chart, title, _cases_said(chart, len(found)), LANE)
    marks: list[tuple[float, str]] = []
    for item in found:
        at = placed(chart, item, y + 20)
        name = item.get("heading") or item.get("question")
        kind = "dec open" if vague(item) else "dec"
        chart.add("path", kind, tip=tip(chart, item, name), d=_hexagon(at, y + 20))
        marks.append((at, name if isinstance(name, str) else ""))
    _name_cases(chart, marks, y + 47)
    chart.seen.add("decision")


def _cases_said(chart: Chart, count: int) -> str:
    return f"{count} {chart.t(words.plural(count, 'sag', 'sager'), words.plural(count, 'item', 'items'))}"


def _name_cases(chart: Chart, marks: list[tuple[float, str]], y: float) -> None:
    """Write a short title under a case that stands alone, and how many there are under those that stand close."""
    labels = Labels()
    clusters: list[list[tuple[float, str]]] = []
    for mark in sorted(marks):
        if clusters and mark[0] - clusters[-1][-1][0] < CLOSE:
            clusters[-1].append(mark)
        else:
            clusters.append([mark])
    for held in clusters:
        at = (held[0][0] + held[-1][0]) / 2
        alone = held[0][1] if len(held[0][1]) <= CLAUSE_MAX else ""
        text = alone if len(held) == 1 else f"{len(held)} {chart.t('sager', 'items')}"
        anchor = labels.put(at, text, ("middle",)) if text else None
        if anchor:
            chart.word(text, at, y, anchor=anchor)


def _hexagon(x: float, y: float) -> str:
    top, foot = f"{y - 7:.1f}", f"{y + 7:.1f}"
    return f"M{x - 4:.1f} {top}H{x + 4:.1f}L{x + 8:.1f} {y:.1f}L{x + 4:.1f} {foot}H{x - 4:.1f}L{x - 8:.1f} {y:.1f}Z"
