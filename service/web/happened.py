"""The part of a form that asks when it happened, as exactly as one knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.timing import end_of_day, start_of_day
from service import words

HOW: Final = {
    "now": ("nu", "now"),
    "day": ("en anden dag", "another day"),
    "month": ("en måned", "a month"),
    "year": ("et år", "a year"),
    "span": ("fra en dag til en anden", "from one day to another"),
    "unknown": ("dagen kendes ikke", "the day is not known"),
}


@dataclass
class When:
    """What was typed: how exactly, the (first) day, the last day; and what is wrong."""

    how: str
    day: str
    end: str
    error: str | None = None


def when_of(typed: Mapping[str, str]) -> When:
    """Return what was typed; a day without a choice means that day."""
    how, day, end = typed.get("when.how", "now"), typed.get("when.day", "").strip(), typed.get("when.end", "").strip()
    if how not in HOW or (how == "now" and day):
        how = "span" if end else "day" if day else "now"
    return When(how, day, end)


def read_when(when: When, lang: str) -> dict[str, Any]:
    """Return the envelope's times; an empty dict means now."""
    t = words.Speech(lang)
    if when.how == "now":
        return {}
    if when.how == "unknown":
        return {"timeprecision": "unknown"}
    try:
        day = dt.date.fromisoformat(when.day)
        first = {"month": day.replace(day=1), "year": day.replace(day=1, month=1)}.get(when.how, day)
        found: dict[str, Any] = {"time": start_of_day(first).isoformat(), "timeprecision": when.how}
        if when.how == "span":
            found["timeend"] = end_of_day(dt.date.fromisoformat(when.end)).isoformat()
    except (ValueError, OverflowError):
        when.error = t(
            "Vælg dagen i kalenderen; en periode skal også have en sidste dag.",
            "Choose the day in the calendar; a span needs a last day too.",
        )
        return {}
    return found
