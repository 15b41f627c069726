"""The words of pages and reports: labels in Danish and English, and how dates, numbers and counts are written.

Texts stand side by side, ``t("dansk", "english")``, so that none can lack a translation. A field or value without a
label of its own is written as its name with spaces, so that a newly declared event needs no edit here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from domain.kernel import REGISTRY, THINGS
from domain.timing import COPENHAGEN, local_day
from service.labels import LABELS, ROLES, STATUSES

MONTHS: Final = {
    "da": [
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
COUNTS: Final = {
    "da": ["ingen", "én", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti"],
    "en": ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
}
SEASONS: Final = {(3, 5): ("foråret", "spring"), (6, 8): ("sommeren", "summer"), (9, 11): ("efteråret", "autumn")}
"""First and last month of the seasons that lie within one year."""

MILLION: Final = Decimal(1_000_000)
MEGABYTE: Final = 1_000_000
UNDATED: Final = ("dato ikke registreret", "date not recorded")


@dataclass(frozen=True, slots=True)
class Speech:
    """One language; call it with both texts to get the one that is spoken."""

    lang: str

    def __call__(self, danish: str, english: str) -> str:
        """Return the text in this language."""
        return danish if self.lang == "da" else english


# ------------------------------------------------------------------ labels
def humanised(key: str) -> str:
    """Return a name as words: ``agreed_by`` and ``kick-off`` without their signs, ids without ``_id``."""
    return key.rpartition(".")[2].removesuffix("_id").replace("_", " ").replace("-", " ")


def label(key: str, lang: str, of: str = "") -> str:
    """Return the label of a field or of an enumeration's value.

    Args:
        key: the field's name or the value.
        lang: ``da`` or ``en``.
        of: the event's stem or the enumeration's name, for words that mean something else there.
    """
    pair = LABELS.get(f"{of}.{key}") or LABELS.get(key)
    return Speech(lang)(*pair) if pair else humanised(key)


def type_label(name: str, lang: str) -> str:
    """Return an event type's name as people say it; with or without its version."""
    found = REGISTRY.get(name) or REGISTRY.get(f"{name}.v1")
    return Speech(lang)(found.da, found.en) if found else humanised(name)


def thing_label(kind: str, lang: str) -> str:
    """Return what a kind of thing is called."""
    found = THINGS.get(kind)
    return Speech(lang)(found.da, found.en) if found else humanised(kind)


def status_label(status: str, lang: str) -> str:
    """Return where an action, a decision or a claim stands, as `LABELS` of statuses."""
    pair = STATUSES.get(status)
    return Speech(lang)(*pair) if pair else label(status, lang)


def role_word(role: str, count: int, lang: str) -> str:
    """Return what so many of one role are called: borger, borgere."""
    return label(role, lang) if count == 1 or role not in ROLES else Speech(lang)(*ROLES[role])


def capitalised(text: str) -> str:
    """Return the text with its first letter large, the rest untouched."""
    return text[:1].upper() + text[1:]


def size(size_bytes: int, lang: str) -> str:
    """Return a file's size: 240 kB, 3,4 MB."""
    if size_bytes < MEGABYTE:
        return f"{max(1, round(size_bytes / 1000))} kB"
    return f"{number(Decimal(size_bytes // 100_000) / 10, lang)} MB"


# ------------------------------------------------------------------ days
def _date(value: str | dt.date | dt.datetime) -> dt.date:
    if isinstance(value, str):
        value = dt.date.fromisoformat(value) if len(value) == len("2019-05-24") else dt.datetime.fromisoformat(value)
    return local_day(value) if isinstance(value, dt.datetime) else value


def day(value: str | dt.date | dt.datetime, lang: str) -> str:
    """Return 24. maj 2019 / 24 May 2019; a moment by its day in Copenhagen."""
    found = _date(value)
    dot = "." if lang == "da" else ""
    return f"{found.day}{dot} {MONTHS[lang][found.month - 1]} {found.year}"


def day_short(value: str | dt.date | dt.datetime, lang: str) -> str:
    """Return the day for tables: 24.5.2019 / 24/5/2019."""
    found = _date(value)
    sign = "." if lang == "da" else "/"
    return f"{found.day}{sign}{found.month}{sign}{found.year}"


def day_in_year(value: str | dt.date | dt.datetime, lang: str) -> str:
    """Return the day without its year: 24. maj / 24 May."""
    return day(value, lang).rpartition(" ")[0]


def month(value: str | dt.date | dt.datetime, lang: str) -> str:
    """Return maj 2019 / May 2019."""
    found = _date(value)
    return f"{MONTHS[lang][found.month - 1]} {found.year}"


def clock(value: str | dt.datetime, lang: str) -> str:
    """Return a moment's day and time in Copenhagen: 24. maj 2019 kl. 16.00 / 24 May 2019, 16:00."""
    moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    local = moment.astimezone(COPENHAGEN)
    return day(local.date(), lang) + (f" kl. {local:%H.%M}" if lang == "da" else f", {local:%H:%M}")


def span(first: str | dt.date | dt.datetime, last: str | dt.date | dt.datetime, lang: str) -> str:
    """Return 27. januar – 24. maj 2019; whole months, seasons and years are called by their names."""
    start, end = _date(first), _date(last)
    if start == end:
        return day(start, lang)
    whole = start.day == 1 and (end + dt.timedelta(days=1)).day == 1 if end < dt.date.max else False
    if whole:
        return _months(start, end, lang)
    if start.year != end.year:
        return f"{day(start, lang)} – {day(end, lang)}"
    if start.month != end.month:
        return f"{day_in_year(start, lang)} – {day(end, lang)}"
    return f"{start.day}.–{day(end, lang)}" if lang == "da" else f"{start.day}–{day(end, lang)}"


def _months(start: dt.date, end: dt.date, lang: str) -> str:
    if (start.month, end.month) == (1, 12):
        return str(start.year) if start.year == end.year else f"{start.year} – {end.year}"
    if start.year != end.year:
        return f"{month(start, lang)} – {month(end, lang)}"
    if start.month == end.month:
        return month(start, lang)
    season = SEASONS.get((start.month, end.month))
    if season:
        return f"{Speech(lang)(*season)} {start.year}"
    return f"{MONTHS[lang][start.month - 1]} – {month(end, lang)}"


def when(mark: Mapping[str, Any] | None, lang: str) -> str:
    """Return when something happened, as exactly as it is known.

    Args:
        mark: a projection's ``when``: ``time``, ``end`` and ``precision``; None or without a time: not recorded.
        lang: ``da`` or ``en``.
    """
    if not mark or not mark.get("time") or mark.get("precision") == "unknown":
        return Speech(lang)(*UNDATED)
    match mark.get("precision"):
        case "month":
            return month(mark["time"], lang)
        case "year":
            return str(_date(mark["time"]).year)
        case "span" if mark.get("end"):
            return span(mark["time"], mark["end"], lang)
        case _:
            return day(mark["time"], lang)


# ------------------------------------------------------------------ numbers
def number(value: float | str | Decimal, lang: str) -> str:
    """Return 1.204 · 3,5 · −0,3 / 1,204 · 3.5 · −0.3, exactly as many decimals as given."""
    exact = Decimal(str(value))
    english = f"{abs(exact):,f}"
    text = english.translate(str.maketrans(",.", ".,")) if lang == "da" else english
    return f"\u2212{text}" if exact < 0 else text


def money(value: float | str | Decimal, lang: str) -> str:
    """Return an amount of Danish kroner: 418.230 kr. · 36,4 mio. kr. / DKK 418,230 · DKK 36.4 million."""
    exact = Decimal(str(value))
    if abs(exact) >= MILLION and exact % (MILLION / 10) == 0:
        millions = number((exact / MILLION).quantize(Decimal("0.1")).normalize() + 0, lang)
        return f"{millions} mio. kr." if lang == "da" else f"DKK {millions} million"
    amount = number(exact.to_integral_value() if exact == exact.to_integral_value() else exact, lang)
    return f"{amount} kr." if lang == "da" else f"DKK {amount}"


def share(part: int, whole: int, lang: str) -> str:
    """Return 77 % (24 af 31): the share, and under a hundred the count beside it; empty without a whole."""
    if not whole:
        return ""
    percent = f"{round(100 * part / whole)} %" if lang == "da" else f"{round(100 * part / whole)}%"
    return percent if whole >= 100 else f"{percent} ({part} {'af' if lang == 'da' else 'of'} {whole})"  # noqa: PLR2004 - the rule


def count_word(count: int, lang: str, *, neuter: bool = False) -> str:
    """Return a count as in a sentence: words to ten, then figures. ``neuter`` is for Danish *ét*."""
    if count == 1 and neuter and lang == "da":
        return "ét"
    return COUNTS[lang][count] if 0 <= count < len(COUNTS[lang]) else number(count, lang)


def plural(count: int, one: str, many: str) -> str:
    """Return the word that goes with the count."""
    return one if count == 1 else many


def entries(count: int, lang: str) -> str:
    """Return 7 registreringer / 7 entries."""
    words = ("registrering", "registreringer") if lang == "da" else ("entry", "entries")
    return f"{number(count, lang)} {plural(count, *words)}"


def listed(items: list[str], lang: str) -> str:
    """Return a, b og c / a, b and c."""
    if len(items) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(items)
    return f"{', '.join(items[:-1])} {'og' if lang == 'da' else 'and'} {items[-1]}"
