"""The time bar: a zebra scale from first to last day, a tick per gathering, and a needle at the day shown."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from service.web.leading import days_after, intensive_of, local

if TYPE_CHECKING:
    from service.web.page import ProcessPage

MONTHS_SHOWN: Final = 14
"""Up to so many months the scale is in months, beyond in quarters and years."""
LABEL_ROOM: Final = {1: 7.0, 3: 9.0, 12: 9.0}
"""Percent of the track a label needs on a phone, by the scale's step: three letters of a month, or a year."""


@dataclass
class TimeBar:
    """What the bar shows; places in percent of its length."""

    first: dt.date
    last: dt.date
    needle: float
    day: dt.date
    ongoing: bool
    before: str | None
    after: str | None
    zebra: list[tuple[float, float, bool]] = field(default_factory=list)
    labels: list[tuple[float, str]] = field(default_factory=list)
    ticks: list[float] = field(default_factory=list)

    def place(self, day: dt.date) -> float:
        """Return where a day stands, in percent."""
        whole = (self.last - self.first).days or 1
        return round(100 * min(max((day - self.first).days / whole, 0), 1), 2)


def timebar_of(page: ProcessPage) -> TimeBar:
    """Return the bar of a process's page: always the whole course, whatever day is shown."""
    from service.web.page import today  # noqa: PLC0415 - the page draws its bar

    whole = page.answer("timeline", whole=True, part=without_words)
    first, last = bounds(whole, today())
    day = page.on or min(today(), last)
    held = gatherings(whole)
    bar = TimeBar(first, last, 0, day, last >= today(), *steps(held, page.on, today()))
    bar.needle = bar.place(day)
    bar.ticks = [bar.place(one) for one in held if first <= one <= last]
    draw_scale(bar, page)
    return bar


def without_words(timeline: Any) -> dict[str, Any]:
    """Return the days of the time line alone: the bar tells nothing else, and on every page."""
    names = ("id", "kind", "date", "when", "status", "gathering_kind")
    return {
        "process": {name: timeline["process"].get(name) for name in ("period_start", "period_end")},
        "items": [{name: item[name] for name in names if name in item} for item in timeline["items"]],
    }


def bounds(timeline: Any, now: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of the scale: the process's period, stretched to what was recorded since."""
    process = timeline["process"]
    first = _day(process.get("period_start")) or now
    stated = _day(process.get("period_end"))
    happened = [_end(item["when"]) for item in timeline["items"] if item["date"] and item["date"] >= first.isoformat()]
    last = max([stated or first, *happened])
    if stated is None:
        last = max(last, now)
    intensive = intensive_of(timeline)
    if intensive and not intensive.closed:
        last = max(last, intensive.end)
    if last <= first:
        last = days_after(first, 1)
    return (first, last) if last > first else (first - dt.timedelta(days=1), last)  # the last day of the calendar


def _day(text: Any) -> dt.date | None:
    return dt.date.fromisoformat(text) if isinstance(text, str) else None


def _end(mark: dict[str, Any]) -> dt.date:
    return local(mark["end"] or mark["time"])


def gatherings(timeline: Any) -> list[dt.date]:
    """Return the days on which a gathering was held, each once."""
    held = (item for item in timeline["items"] if item["kind"] == "gathering" and item.get("status") == "held")
    return sorted({_end(item["when"]) for item in held if item["when"]["precision"] in {"instant", "day"}})


def steps(held: list[dt.date], on: dt.date | None, now: dt.date) -> tuple[str | None, str | None]:
    """Return the days of the gatherings before and after the day shown."""
    here = on or now
    before = [one for one in held if one < here]
    after = [one for one in held if here < one < now] if on else []
    return (before[-1].isoformat() if before else None), (after[0].isoformat() if after else None)


def draw_scale(bar: TimeBar, page: ProcessPage) -> None:
    """Fill in the zebra and its labels: months in a short process, quarters and years in a long one."""
    months = (bar.last.year - bar.first.year) * 12 + bar.last.month - bar.first.month + 1
    step = 1 if months <= MONTHS_SHOWN else 3 if months <= 8 * 12 else 12
    start = bar.first.replace(day=1, month=(bar.first.month - 1) // step * step + 1)
    dark = False
    while start <= bar.last and start < dt.date.max:
        following = _later(start, step)
        left, right = bar.place(start), bar.place(following)
        if right > left:
            bar.zebra.append((left, round(right - left, 2), dark))
        if step == 1 or start.month == 1 or not bar.labels:
            name = page.say.month(start).split(" ")[0][:3] if step == 1 else str(start.year)
            _label(bar, left, name, LABEL_ROOM[step])
        start, dark = following, not dark


def _label(bar: TimeBar, place: float, name: str, room: float) -> None:
    if place > 100 - room:
        return
    if bar.labels and place - bar.labels[-1][0] < room:
        if bar.labels[-1][1] != name and len(bar.labels) == 1 and bar.labels[0][0] == 0:
            bar.labels[-1] = (place, name)
        return
    bar.labels.append((place, name))


def _later(day: dt.date, months: int) -> dt.date:
    at = day.year * 12 + day.month - 1 + months
    return day.replace(year=at // 12, month=at % 12 + 1) if at // 12 <= dt.MAXYEAR else dt.date.max
