"""The course as a picture: groups in lanes, gatherings, cases, actions as boxes, observed changes as flags."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any, Final

from service import words
from service.web.boxes import Box, boxes_of
from service.web.leading import Intensive, day_of
from service.web.scale import LEFT, RIGHT, WIDTH, Labels, Scale, fitted, scale_of, text_width

TOP: Final = 150.0
LANE: Final = 58.0
ROW: Final = 34.0
CLAUSE_MAX: Final = 36
NAMED: Final = 2
"""Up to so many silent actions are named."""

TITLE_MAX: Final = 24
CLOSE: Final = 24.0
"""Cases nearer to each other than this are counted under one label."""

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


@dataclass(frozen=True)
class Lane:
    """A group's lane: its boxes, its observed changes, and what nothing was heard of."""

    title: str
    actions: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]


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
        _lane(chart, lane)
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
    hundred = intensive.start + dt.timedelta(days=100)
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
    for item in sorted(dated, key=lambda one: (first.get(one["gathering_kind"], 2), one["date"])):
        at = chart.scale.place(dt.date.fromisoformat(item["date"]))
        kind = "gather planned" if item["status"] == "planned" else "gather"
        chart.add("line", "grid", x1=at, x2=at, y1=136, y2="end")
        chart.add("circle", kind, tip=tip(chart, item, item["title"]), cx=at, cy=104, r=6)
        chart.add("circle", "dec", cx=at, cy=104, r=2)
        title = str(item["title"])
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
    y = _lane_head(chart, title, _cases_said(chart, len(found)), LANE)
    marks: list[tuple[float, str]] = []
    for item in found:
        at = _placed(chart, item, y + 20)
        name = item.get("heading") or item.get("question")
        kind = "dec open" if _vague(item) else "dec"
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


def _vague(item: dict[str, Any]) -> bool:
    first, last = day_of(item["when"]), day_of(item["when"], "end")
    return bool(first and last and (last - first).days > LONG_SPAN_DAYS)


def _placed(chart: Chart, item: dict[str, Any], y: float) -> float:
    """Return a thing's place: its day, the middle of its month, or the end of its span, which is drawn dotted."""
    first, last = day_of(item["when"]), day_of(item["when"], "end")
    left, right = chart.scale.place(first or chart.now), chart.scale.place(last or first or chart.now)
    if _vague(item):
        chart.line("lost", left, right, y)
        chart.seen.add("vague")
        return right
    return (left + right) / 2


# ------------------------------------------------------------------ lanes
def lanes_of(chart: Chart, data: Any, actions: list[dict[str, Any]]) -> list[Lane]:
    """Return a lane per group, and one for what belongs to none."""
    outcomes = [
        item
        for item in data["items"]
        if item["kind"] == "outcome" and item["date"] and item.get("status") != "rejected"
    ]

    def under(found: list[dict[str, Any]], ref: str | None) -> list[dict[str, Any]]:
        return [one for one in found if (one["group"] or {}).get("id") == ref]

    lanes = [
        Lane(str(group["title"]), under(actions, group["id"]), under(outcomes, group["id"])) for group in data["groups"]
    ]
    loose = Lane(chart.t("Uden gruppe", "Without a group"), under(actions, None), under(outcomes, None))
    return [*lanes, loose] if loose.actions or loose.outcomes else lanes


def _lane(chart: Chart, lane: Lane) -> None:
    boxes, rows, left_out = boxes_of(chart.scale, lane.actions)
    count = len(lane.actions)
    said = (
        f"{count} {chart.t(words.plural(count, 'handling', 'handlinger'), words.plural(count, 'action', 'actions'))}"
        if count
        else ""
    )
    said += chart.t(f", {count - left_out} vist", f", {count - left_out} shown") if left_out else ""
    y = _lane_head(chart, lane.title, said, max(LANE, rows * ROW + 24))
    middle = y + 29
    ended = max((box.right for box in boxes), default=chart.scale.band[1] if chart.scale.band else LEFT)
    flags = _flags(chart, lane.outcomes, ended, middle)
    for box in boxes:
        _box(chart, box, y + 14 + box.row * ROW)
    _silence(chart, lane, ended, middle, flags)


def _lane_head(chart: Chart, title: str, said: str, height: float) -> float:
    """Begin a lane: its name, what it holds and the line under it. Return its top."""
    y = chart.height
    lines = _wrapped(title)
    for at, text in enumerate(lines):
        chart.word(text, 0, y + 21 + at * 15, "lbl b")
    chart.word(said, 0, y + 22 + len(lines) * 15)
    chart.height = y + height
    chart.line("grid", 0, WIDTH, chart.height)
    return y


def _wrapped(title: str) -> list[str]:
    if len(title) <= TITLE_MAX:
        return [title]
    head = title[: TITLE_MAX + 1].rpartition(" ")[0] or title[:TITLE_MAX]
    return [head, fitted(title[len(head) :].strip(), LEFT - 16, 13)]


def _box(chart: Chart, box: Box, y: float) -> None:
    action, width = box.action, box.right - box.left
    stands = action["stands"]
    kind = {"completed": "bar", "handed-over": "bar"}.get(
        stands, "bar-half" if action["status"] == "started" else "bar-plan"
    )
    kind = "bar-stop" if stands == "abandoned" else kind
    title = str(action["title"]) if isinstance(action["title"], str) else ""
    status = words.status_label(stands, chart.lang)
    chart.add("rect", kind, tip=f"{title}: {status}", x=box.left, y=y, width=width, height=30, rx=3)
    text = fitted(title, width - 12)
    if kind == "bar-half":
        chart.add(
            "path", "hatchline", d="".join(f"M{x:.0f} {y + 29:.0f}l10-28" for x in _steps(box.left + 2, box.right - 11))
        )
        if text:
            room = text_width(text)
            chart.add("rect", "lane", x=box.left + (width - room) / 2, y=y + 5, width=room, height=20)
    if text:
        chart.word(text, box.left + width / 2, y + 19, "onbar" if kind == "bar" else "inbar", "middle")
    chart.seen.add(kind)


def _steps(left: float, right: float) -> list[float]:
    return [left + 9 * n for n in range(max(int((right - left) / 9) + 1, 0))]


def _flags(chart: Chart, outcomes: list[dict[str, Any]], ended: float, y: float) -> Labels:
    """Draw the observed changes of a lane as flags on a solid line; return the labels' room above it."""
    below, above = Labels(least=ended + 4), Labels()
    places = [_placed(chart, item, y) for item in outcomes]
    if places:
        chart.seen.add("outcome")
        if max(places) > ended:
            chart.line("sail", ended, max(places), y)
    for item, at in zip(outcomes, places, strict=True):
        above.take(at - 4, at + 14)
        kind = "out open" if _vague(item) else "out"
        flag = f"M{at:.1f} {y + 9:.1f}V{y - 11:.1f}M{at:.1f} {y - 11:.1f}l12 4.5-12 4.5Z"
        chart.add("path", kind, tip=tip(chart, item, item.get("change")), d=flag)
        name = clause(str(item["change"])) if isinstance(item.get("change"), str) else ""
        anchor = below.put(at + 8, name, ("start", "middle", "end")) if name else None
        if anchor:
            chart.word(name, at + 8, y + 24, anchor=anchor)
    return above


def _silence(chart: Chart, lane: Lane, ended: float, y: float, above: Labels) -> None:
    """Say which actions nothing was recorded of since."""
    quiet = [str(one["title"]) for one in lane.actions if one["stands"] == "quiet" and one["title"]]
    if not quiet:
        return
    name = words.listed(quiet, chart.lang)
    said = words.status_label("quiet", chart.lang)
    text = f"{name if len(quiet) <= NAMED else words.count_word(len(quiet), chart.lang)}: {said}"
    chart.seen.add("quiet")
    if lane.outcomes:
        text = fitted(text, 330)
        if above.put(ended + 12, text, ("start",)):
            chart.word(text, ended + 8, y - 14, "i")
        return
    chart.line("lost", ended + 3, ended + 48, y)
    chart.word(fitted(text, WIDTH - ended - 60), ended + 56, y + 4, "i")


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
