"""A long list of people on a page: so many at a time, in the order of their names, and the way to each of the others.

The ways are numbers in the address: a name is never in one, as whatever looks people up by name would put it there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from flask import request

from service.web.page import ProcessPage, asked_number

T = TypeVar("T")
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Way:
    """The way to one part of a list: whom it begins and ends with."""

    first: str
    last: str
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """What is shown of a list, counted from 0, and the ways to its parts; there are none where all of it is shown."""

    shown: Sequence[T]
    start: int
    total: int
    ways: Sequence[Way]


def listing(rounds: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rounds whose people are listed: the newest, what is open, and the one the address asks about."""
    return [one for one in rounds if not one["closed"] or one is rounds[-1] or one["id"] == request.args.get("who")]


def part_of(
    page: ProcessPage,
    endpoint: str,
    people: Sequence[T],
    *,
    called: Callable[[T], str],
    order: Callable[[T], object],
    opened: Callable[[Iterable[T]], None],
    of: str = "",
    size: int = SHOWN,
    **kept: str,
) -> Part[T]:
    """Return what is shown of a list: as it comes when it is short, else a part of it.

    Args:
        page: the page it stands on.
        endpoint: that page's own.
        people: all of them.
        called: what somebody is called on the page, once their name is opened.
        order: what they are put in order by, once they are many; their names are not opened for it.
        opened: opens the names of those who are shown, and of those whom the ways name.
        of: which list it is, where the page has several.
        size: how many are shown.
        kept: what else stands in the page's address.
    """
    if len(people) <= size:
        opened(people)
        return Part(people, 0, len(people), ())
    ordered = sorted(people, key=order)  # type: ignore[arg-type]
    asked = asked_number("from") if request.args.get("of", "") == of else 0
    start = asked // size * size if asked < len(ordered) else 0
    ends = [(at, min(at + size, len(ordered)) - 1) for at in range(0, len(ordered), size)]
    opened([*ordered[start : start + size], *(ordered[at] for end in ends for at in end)])
    ways = [
        Way(
            called(ordered[first]),
            called(ordered[last]),
            page.link(endpoint, of=of or None, **kept, **{"from": first or None}) + (f"#{of}" if of else ""),
            first == start,
        )
        for first, last in ends
    ]
    return Part(ordered[start : start + size], start, len(ordered), ways)
