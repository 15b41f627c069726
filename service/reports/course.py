"""The course drawn small: what was set, what was sailed, and the gatherings on the way, placed from 0 to 1."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from domain.timing import local_day
from service.reports.content import Course, Mark
from service.reports.material import Material, Node
from service.reports.sentences import process_of
from service.words import day, day_in_year, day_short, listed, month

HUNDRED_DAYS: Final = 100
BEFORE, DURING, AFTER = 0.2, 0.56, 0.24
"""Shares of the drawing before, in and after the intensive period, where that is enlarged."""
WIDTH_MM: Final = 170
LETTER_MM: Final = 1.5
GAP_MM: Final = 3.0
WORTH_ENLARGING: Final = 3
"""The whole is at least so many times as long as the intensive period before that is enlarged."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Days to places: in three pieces when the intensive period is enlarged, otherwise in one."""

    start: dt.date
    end: dt.date
    inner: tuple[dt.date, dt.date] | None = None

    def at(self, when: dt.date) -> float:
        """Return the place of a day; days outside stand at the edge."""
        if not self.inner:
            return round(_share(when, self.start, self.end), 4)
        first, last = self.inner
        if when <= first:
            return round(BEFORE * _share(when, self.start, first), 4)
        if when <= last:
            return round(BEFORE + DURING * _share(when, first, last), 4)
        return round(BEFORE + DURING + AFTER * _share(when, last, self.end), 4)


def _share(when: dt.date, first: dt.date, last: dt.date) -> float:
    length = (last - first).days
    return min(1.0, max(0.0, (when - first).days / length)) if length else 0.0


def course(m: Material) -> Course | None:
    """Return the drawing; None when no period and no gathering with a date is known."""
    stops = _stops(m)
    start, end = _edges(m, stops)
    if start is None or end is None or start >= end:
        return None
    scale = _scale(start, end, stops)
    marks = _labelled(m, scale, stops)
    held = [on for on, one in stops if one["status"] == "held"]
    sailed = (0.0, scale.at(max(held))) if held else None
    inner = (scale.at(scale.inner[0]), scale.at(scale.inner[1])) if scale.inner else None
    return Course(
        marks=marks,
        sailed=sailed,
        enlarged=inner,
        enlarged_label=m.t("det intensive forløb, forstørret", "the intensive period, enlarged"),
        set_label=m.t("kursen, der blev sat", "the course that was set"),
        sailed_label=m.t("kursen, der blev sejlet", "the course that was sailed"),
        start_label=month(start, m.language),
        end_label=month(end, m.language),
        description=_description(m, start, end, [(on, one) for on, one in stops]),
    )


def _stops(m: Material) -> list[tuple[dt.date, Node]]:
    """Return the gatherings whose day is known; one of unknown day is never put on an invented one."""
    found = []
    for one in m.answers["timeline"]["items"]:
        exact = one["kind"] == "gathering" and one["when"]["precision"] in {"instant", "day"}
        if exact and one["when"]["time"] and one.get("status") in {"held", "planned"}:
            found.append((local_day(dt.datetime.fromisoformat(one["when"]["time"])), one))
    return found


def _edges(m: Material, stops: list[tuple[dt.date, Node]]) -> tuple[dt.date | None, dt.date | None]:
    known = [
        dt.date.fromisoformat(text)
        for name in ("period_start", "period_end")
        if isinstance(text := process_of(m).get(name), str)
    ]
    days = sorted([*known, *(on for on, _ in stops)])
    return (days[0], days[-1]) if days else (None, None)


def _scale(start: dt.date, end: dt.date, stops: list[tuple[dt.date, Node]]) -> Scale:
    opened = [on for on, one in stops if one.get("gathering_kind") == "kick-off" and one["status"] == "held"]
    if not opened:
        return Scale(start, end)
    first = min(opened)
    closed = [on for on, one in stops if one.get("gathering_kind") == "celebration" and on > first]
    last = min(closed) if closed else first + dt.timedelta(days=HUNDRED_DAYS)
    if last >= end or (end - start).days < WORTH_ENLARGING * (last - first).days:
        return Scale(start, end)
    return Scale(start, end, (first, last))


def _words(m: Material, scale: Scale, on: dt.date) -> str:
    within = scale.inner or (scale.start, scale.end)
    plain = within[0] <= on <= within[1] and within[0].year == within[1].year
    return day_in_year(on, m.language) if plain else day_short(on, m.language)


def _labelled(m: Material, scale: Scale, stops: list[tuple[dt.date, Node]]) -> tuple[Mark, ...]:
    """Give each gathering a label in the first row that has room; without room it stands as a mark alone."""
    ends, marks = [-GAP_MM, -GAP_MM], []
    for on, one in stops:
        at, words = scale.at(on), _words(m, scale, on)
        width, centre = LETTER_MM * len(words), at * WIDTH_MM
        left = min(max(centre - width / 2, 0), WIDTH_MM - width)
        row = next((row for row, end in enumerate(ends) if left >= end + GAP_MM), -1)
        if row >= 0:
            ends[row] = left + width
        marks.append(Mark(at, words if row >= 0 else "", one["status"] == "held", row))
    return tuple(marks)


def _description(m: Material, start: dt.date, end: dt.date, stops: list[tuple[dt.date, Node]]) -> str:
    held = [f"{_title(one)} {day(on, m.language)}" for on, one in stops if one["status"] == "held"]
    called = [f"{_title(one)} {day(on, m.language)}" for on, one in stops if one["status"] != "held"]
    t = m.t
    said = [
        t(
            f"Tidslinje fra {day(start, m.language)} til {day(end, m.language)}.",
            f"Timeline from {day(start, m.language)} to {day(end, m.language)}.",
        )
    ]
    if held:
        said.append(t("Samlinger holdt: ", "Gatherings held: ") + listed(held, m.language) + ".")
    if called:
        said.append(t("Kun varslet: ", "Only called: ") + listed(called, m.language) + ".")
    return " ".join(said)


def _title(one: Node) -> str:
    return one["title"] if isinstance(one.get("title"), str) else str(one["id"])
