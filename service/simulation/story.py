"""The story of the village as a whole: its money and goals, decisions, actions, what was learned and harvested.

It stands in the YAML files of ``story/``, event by event, in days from the kick-off. A string that begins with ``$``
stands for something of this village:

``$citizen-3`` ``$employee-2`` ``$politician-1`` ``$facilitator`` ``$evaluator`` ``$leader``  a participant
``$gathering-2`` ``$gathering-last``   a gathering
``$day+35`` ``$day-60`` ``$day``       a date, from the kick-off, or the entry's own
``$event:action-completed/h-3``        the event of this name (see `Village.tell`)
``$digest:plakat``                     the fingerprint of a file nobody has
``$=group_id``                         what another column of the row says
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from functools import cache
from operator import attrgetter
from typing import Any, Final

from service.simulation.gatherings import gathering_id
from service.simulation.texts import read
from service.simulation.village import Node, Told, Village

FILES: Final = (
    "beginning",
    "money",
    "contributions",
    "deciding",
    "acting",
    "learning",
    "harvest",
    "rights",
    "keeping",
    "coding",
)
ENVELOPE: Final = ("citation", "visibility", "timeprecision", "onbehalfof", "actingrole", "notrecorded")
AT: Final = "12:00"
TEAM: Final = ("facilitator", "evaluator", "leader")
ROLES: Final = ("citizen", "employee", "politician")


def told(village: Village) -> Iterator[Told]:
    """Yield the story in the order in which it became known."""
    found = [_one(village, entry, row) for entry in _entries() for row in _rows(entry)]
    yield from sorted(found, key=attrgetter("known"))


@cache
def _entries() -> tuple[Node, ...]:
    return tuple(entry for name in FILES for entry in read(f"story/{name}.yaml"))


def _rows(entry: Node) -> Iterator[Node]:
    """Yield the rows of a table; an entry without one is its own single row."""
    if "rows" not in entry:
        yield {}
        return
    for row in entry["rows"]:
        yield dict(zip(entry["columns"], row, strict=True))


def _one(village: Village, entry: Node, row: Node) -> Told:
    common: Node = {name: entry[name] for name in ("day", "known", "also", *ENVELOPE) if name in entry}
    said = {**common, **row}
    columns = {**entry.get("data", {}), **said}
    at = _moment(village, said.pop("day"))
    known = said.pop("known", None)
    also = str(said.pop("also", ""))
    more = {name: said.pop(name) for name in ENVELOPE if name in said}
    data = {**entry.get("data", {}), **said}
    return village.tell(
        entry["tell"],
        _resolved(village, data, columns, at),
        at,
        _moment(village, known) if known is not None else at,
        also=also,
        **_resolved(village, more, columns, at),
    )


def _moment(village: Village, said: int | str) -> dt.datetime:
    """Read ``35`` or ``35 19:30``: a day from the kick-off, and a time of day."""
    day, _, clock = str(said).partition(" ")
    return village.moment(int(day), clock or AT)


def _resolved(village: Village, node: Any, row: Node, at: dt.datetime) -> Any:
    if isinstance(node, dict):
        return {name: _resolved(village, value, row, at) for name, value in node.items()}
    if isinstance(node, list):
        return [_resolved(village, value, row, at) for value in node]
    if isinstance(node, str) and node.startswith("$") and node != "$position":
        return _meant(village, node[1:], row, at)
    return node


def _meant(village: Village, said: str, row: Node, at: dt.datetime) -> Any:
    head, _, rest = said.partition(":")
    if head == "event":
        return village.event_id(rest)
    if head == "digest":
        return hashlib.sha256(rest.encode()).hexdigest()
    if said.startswith("="):
        return row[said[1:]]
    if said.startswith("day"):
        return (village.date(int(said[3:])) if said != "day" else at.date()).isoformat()
    return _named(village, said)


def _named(village: Village, said: str) -> str:
    name, _, number = said.partition("-")
    if name == "gathering":
        last = village.plan.gatherings
        return gathering_id(last if number == "last" else min(int(number), last))
    if name in TEAM:
        return village.beside(name)
    return village.named(ROLES[ROLES.index(name)], int(number))
