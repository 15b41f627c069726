"""What the case was read from: the facts, their sources, when they happened and when they became known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from domain.timing import COPENHAGEN, end_of_day, start_of_day
from domain.vocabulary import TimePrecision

HERE: Final = Path(__file__).parent
Node = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page the facts were read from.

    ``kind`` is what the record calls it, ``kind_da`` the same in Danish. ``page_date`` is a day, a month or a year, as
    the page gives it. ``read`` says how much could be seen: the whole page, its opening, or the agenda of minutes.
    Two addresses have their last part left out, since it holds a name.
    """

    key: str
    publisher: str
    kind: str
    kind_da: str
    url: str
    page_date: str | None
    read: Literal["whole", "opening", "agenda"]

    @property
    def title(self) -> str:
        """How a text refers to it: publisher, what it is, and its key."""
        return f"{self.publisher}, {self.kind_da} ({self.key})"

    @property
    def known(self) -> dt.datetime | None:
        """The last moment of the date it carries: from then on what it tells can be known. None when undated."""
        return When.of(self.page_date).ended if self.page_date else None


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A first and a last day, how exactly they are known, and why, when they were worked out."""

    first: dt.date
    last: dt.date
    precision: TimePrecision
    basis: str | None = None

    @classmethod
    def of(cls, date: str | dict[str, str]) -> When:
        """Read a date of the record: a day, a month, a year, or a span of two of them."""
        if isinstance(date, dict):
            first, last = cls.of(date["from"]), cls.of(date["to"])
            return cls(first=first.first, last=last.last, precision=TimePrecision.SPAN)
        year, month, day = ([int(part) for part in date.split("-")] + [0, 0])[:3]
        if day:
            return cls(first=dt.date(year, month, day), last=dt.date(year, month, day), precision=TimePrecision.DAY)
        following = dt.date(year + (month or 12) // 12, (month or 12) % 12 + 1, 1)
        precision = TimePrecision.MONTH if month else TimePrecision.YEAR
        return cls(first=dt.date(year, month or 1, 1), last=following - dt.timedelta(days=1), precision=precision)

    @property
    def ended(self) -> dt.datetime:
        """The latest moment it can have happened."""
        return end_of_day(self.last).astimezone(COPENHAGEN)

    def because(self, basis: str | None) -> When:
        """Return the same time with another reason."""
        return replace(self, basis=basis)

    def wire(self) -> Node:
        """Return the envelope's fields of when it happened; the log fills in the end of a day, month or year."""
        found: Node = {
            "time": start_of_day(self.first).astimezone(COPENHAGEN).isoformat(),
            "timeprecision": self.precision.value,
        }
        if self.precision is TimePrecision.SPAN:
            found["timeend"] = self.ended.isoformat()
        return found | ({"timebasis": self.basis} if self.basis else {})


def _read(name: str) -> Node:
    found: Node = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return found


@cache
def record() -> Node:
    """Return the dated facts, as they were collected."""
    return _read("FACTS.yaml")


@cache
def danish() -> Node:
    """Return our own Danish texts."""
    return _read("dansk.yaml")


@cache
def sources() -> dict[str, Source]:
    """Return every source by its key, for the pages and the report to print."""
    kinds, publishers = danish()["kilder"], danish()["udgivere"]
    return {
        key: Source(
            key=key, kind_da=kinds[key], **{**page, "publisher": publishers.get(page["publisher"], page["publisher"])}
        )
        for key, page in record()["sources"].items()
    }


def _facts_in(node: Any) -> list[Node]:
    if isinstance(node, list):
        return [fact for item in node for fact in _facts_in(item)]
    if not isinstance(node, dict):
        return []
    return ([node] if "id" in node else []) + [fact for item in node.values() for fact in _facts_in(item)]


@cache
def facts() -> dict[str, Node]:
    """Return every fact of the record by its id."""
    return {fact["id"]: fact for fact in _facts_in(record())}


def text(fact: str) -> Node:
    """Return the Danish texts of a fact; none when it needs none of its own."""
    found: Node = danish()["tekster"].get(fact, {})
    return found


def basis(reason: str) -> str:
    """Return in Danish why a date was worked out, following "as BL-01" to the fact it points to."""
    while reason.startswith("as ") and reason[3:] in facts():
        reason = facts()[reason[3:]]["basis"]
    found: str = danish()["grundlag"][reason]
    return found


def when(fact: str) -> When:
    """Return when a fact happened, and why we say so where no source gives the date."""
    node, own = facts()[fact], text(fact).get("grundlag")
    inferred = node["basis"] if node["mark"] == "inferred" else None
    return When.of(node["date"]).because(own or (basis(inferred) if inferred else None))


TOLD_BY: Final = {"BL-06": "S31"}
"""Facts that only the later of their sources tells in full: what was said in 2021 was not known in 2017."""


def learned(fact: str, happened: When) -> dt.datetime | None:
    """Return when a fact could be known: with its earliest dated source, but never before it was over."""
    told_by = [TOLD_BY[fact]] if fact in TOLD_BY else facts()[fact]["src"]
    dated = [sources()[key].known for key in told_by]
    known = [moment for moment in dated if moment]
    return max(min(known), happened.ended) if known else None
