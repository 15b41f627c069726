"""The lanes of a course: each group's actions as boxes, its observed changes as flags, and what nothing was heard of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from service import words
from service.web.boxes import Box, boxes_of
from service.web.drawing import Chart, clause, placed, tip, vague
from service.web.scale import LEFT, WIDTH, Labels, fitted, text_width

LANE: Final = 58.0
ROW: Final = 34.0
TITLE_MAX: Final = 24
NAMED: Final = 2
"""Up to so many silent actions are named."""


@dataclass(frozen=True)
class Lane:
    """A group's lane: its boxes, its observed changes, and what nothing was heard of."""

    title: str
    actions: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]


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
        Lane(_title(chart, group["title"]), under(actions, group["id"]), under(outcomes, group["id"]))
        for group in data["groups"]
    ]
    loose = Lane(chart.t("Uden gruppe", "Without a group"), under(actions, None), under(outcomes, None))
    return [*lanes, loose] if loose.actions or loose.outcomes else lanes


def _title(chart: Chart, title: object) -> str:
    return title if isinstance(title, str) else chart.t("Titel ikke registreret", "Title not recorded")


def draw_lane(chart: Chart, lane: Lane) -> None:
    """Draw one lane under those before it."""
    boxes, rows, left_out = boxes_of(chart.scale, lane.actions)
    count = len(lane.actions)
    said = (
        f"{count} {chart.t(words.plural(count, 'handling', 'handlinger'), words.plural(count, 'action', 'actions'))}"
        if count
        else ""
    )
    said += chart.t(f", {count - left_out} vist", f", {count - left_out} shown") if left_out else ""
    y = lane_head(chart, lane.title, said, max(LANE, rows * ROW + 24))
    middle = y + 29
    ended = max((box.right for box in boxes), default=chart.scale.band[1] if chart.scale.band else LEFT)
    flags = _flags(chart, lane.outcomes, ended, middle)
    for box in boxes:
        _box(chart, box, y + 14 + box.row * ROW)
    _silence(chart, lane, ended, middle, flags)


def lane_head(chart: Chart, title: str, said: str, height: float) -> float:
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
    places = [placed(chart, item, y) for item in outcomes]
    if places:
        chart.seen.add("outcome")
        if max(places) > ended:
            chart.line("sail", ended, max(places), y)
    for item, at in zip(outcomes, places, strict=True):
        above.take(at - 4, at + 14)
        kind = "out open" if vague(item) else "out"
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
