"""The happened clock: what an imprecise date means, in Copenhagen."""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

from domain.vocabulary import TimePrecision

COPENHAGEN: Final = ZoneInfo("Europe/Copenhagen")
MICROSECOND: Final = dt.timedelta(microseconds=1)


def start_of_day(day: dt.date) -> dt.datetime:
    """Return the day's first moment in Copenhagen, as UTC."""
    return dt.datetime.combine(day, dt.time.min, COPENHAGEN).astimezone(dt.UTC)


def end_of_day(day: dt.date) -> dt.datetime:
    """Return the day's last microsecond in Copenhagen, as UTC."""
    return start_of_day(day + dt.timedelta(days=1)) - MICROSECOND


def local_day(moment: dt.datetime) -> dt.date:
    """Return the calendar day of a moment in Copenhagen."""
    return moment.astimezone(COPENHAGEN).date()


def latest_moment(time: dt.datetime, precision: TimePrecision) -> dt.datetime | None:
    """Return the last moment a date of this precision can mean; None for a span (stated) and for unknown."""
    if precision is TimePrecision.INSTANT:
        return time
    try:
        return _latest(time, precision)
    except OverflowError:  # the end of the calendar: the rules will say that it has not come yet
        return dt.datetime.max.replace(tzinfo=dt.UTC)


def _latest(time: dt.datetime, precision: TimePrecision) -> dt.datetime | None:
    day = local_day(time)
    match precision:
        case TimePrecision.DAY:
            return end_of_day(day)
        case TimePrecision.MONTH:
            return end_of_day((day.replace(day=1) + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1))
        case TimePrecision.YEAR:
            return end_of_day(day.replace(month=12, day=31))
        case _:
            return None
