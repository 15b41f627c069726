"""What stands in a cell, read: days, numbers and words of few choices. What is none of them is not guessed at."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, TypeVar

from domain.contributing import ContributionKind
from domain.gathering import Attendance
from domain.organising import Labour
from domain.timing import local_day
from domain.vocabulary import Role
from service import words

E = TypeVar("E", bound=StrEnum)
NUMERIC_DAY: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})")
ISO_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ][\d:.,]+(Z|[+-]\d{2}:?\d{2})")
HOUR: Final = re.compile(r"(?<=\d)(?:,| kl\.)? \d{1,2}[:.]\d{2}([:.]\d{2})?$")
WRITTEN_DAY: Final = re.compile(r"(\d{1,2})\.? ([a-zæøå]+) (\d{4})")
MONTHS: Final = {name.casefold(): at for names in words.MONTHS.values() for at, name in enumerate(names, 1)}
CENTURY: Final = 2000
SPOKEN: Final[dict[StrEnum, tuple[str, ...]]] = {
    Role.CITIZEN: ("borgere", "beboer", "resident"),
    Role.POLITICIAN: ("politikere", "byrådsmedlem", "kommunalbestyrelsesmedlem", "councillor"),
    Role.EMPLOYEE: ("medarbejdere", "ansat", "kommunalt ansat", "official", "staff"),
    Role.LEADER: ("ledere", "chef", "leader"),
    Attendance.PRESENT: ("ja", "j", "x", "1", "mødt", "kom", "til stede", "deltog", "yes", "y", "came", "attended"),
    Attendance.ABSENT: ("nej", "n", "0", "kom ikke", "fraværende", "udeblevet", "ikke mødt", "no", "did not come"),
    Attendance.EXCUSED: ("afbud", "meldt afbud", "meldte afbud", "sent apologies", "apologies"),
    Attendance.UNKNOWN: ("", "?", "ved ikke", "ikke noteret", "not noted"),
    Labour.PAID: ("lønnet", "løn", "betalt", "paid"),
    Labour.VOLUNTEER: ("frivilligt", "frivillig", "ulønnet", "voluntary", "unpaid"),
    ContributionKind.DREAM: ("drømme", "dreams"),
    ContributionKind.STRENGTH: ("styrker", "strengths"),
    ContributionKind.CHALLENGE: ("udfordringer", "challenges"),
    ContributionKind.IDEA: ("ideer", "idéer", "ide", "ideas"),
    ContributionKind.OFFER: ("offers",),
    ContributionKind.CONCERN: ("bekymringer", "concerns"),
    ContributionKind.QUESTION: ("questions",),
}
"""What people write for a choice beside its own name and its labels."""


def choice_of(text: str, choices: type[E]) -> E | None:
    """Return the choice a word stands for; None for any other word."""
    said = " ".join(text.casefold().split())
    for one in choices:
        labels = {words.label(one.value, lang, choices.__name__).casefold() for lang in ("da", "en")}
        if said in {one.value, *labels, *SPOKEN.get(one, ())}:
            return one
    return None


def day_of(text: str) -> dt.date | None:
    """Return a day: 2019-05-24, 24.5.2019, 24-05-2019, 24/5/2019 (the day first), 24. maj 2019; else None.

    An hour may follow, but not upon 5/24/2019: where hours stand beside strokes, the month is often first.
    """
    text = text if "/" in text else HOUR.sub("", text)
    try:
        if ISO_MOMENT.fullmatch(text):
            return local_day(dt.datetime.fromisoformat(text))
        if re.match(r"\d{4}-\d{2}-\d{2}", text):
            return dt.date.fromisoformat(text[:10])
        if found := NUMERIC_DAY.fullmatch(text):
            year = int(found[3]) + (CENTURY if len(found[3]) < 4 else 0)  # noqa: PLR2004 - the digits of a year
            return dt.date(year, int(found[2]), int(found[1]))
        if (found := WRITTEN_DAY.fullmatch(text.casefold())) and found[2] in MONTHS:
            return dt.date(int(found[3]), MONTHS[found[2]], int(found[1]))
    except (ValueError, OverflowError):
        pass
    return None


def number_of(text: str, *, danish: bool, exact: bool = False) -> Decimal | None:
    """Return a number as Danes or Britons write it, with or without kr.; None for what is none.

    Args:
        text: the cell.
        danish: whose sign is the decimal one, where "1.250" could be read both ways.
        exact: whether the spreadsheet itself held it as a number: then the point is the decimal one.
    """
    bare = re.sub(r"(?i)\bkr\b\.?|\bdkk\b", "", text).replace("\u2212", "-")
    bare = re.sub(r"[\s\u00a0\u202f]|,-$", "", bare)
    if not exact:
        bare = _pointed(bare, danish=danish)
    try:
        return Decimal(bare) if re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", bare) else None
    except InvalidOperation:
        return None


def _pointed(bare: str, *, danish: bool) -> str:
    """Return the number with a point before its decimals and nothing between its thousands."""
    last = max(bare.rfind("."), bare.rfind(","))
    if last < 0:
        return bare
    sign, other = bare[last], "," if bare[last] == "." else "."
    grouped = re.fullmatch(rf"-?\d{{1,3}}(\{sign}\d{{3}})+", bare) is not None
    if bare.count(sign) > 1 or (grouped and sign == ("." if danish else ",")):
        return bare.replace(sign, "") if grouped else "?"
    whole = bare[:last]
    if other in whole:
        whole = whole.replace(other, "") if re.fullmatch(rf"-?\d{{1,3}}(\{other}\d{{3}})+", whole) else "?"
    return f"{whole}.{bare[last + 1 :]}"
