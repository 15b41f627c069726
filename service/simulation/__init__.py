"""A process nobody lived: deterministic, believable, as large as wanted, and marked fictional.

The same plan gives the same bytes on any machine. Events come in the order in which they were known, one at a time, so
that a file of any length is written, and read in again, without waiting for anything.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import msgspec

from service.simulation import assessments, contributions, gatherings, people, reflections, story, ties
from service.simulation.plan import Plan
from service.simulation.village import Told, Village

__all__ = ["Plan", "about_how_many", "events", "lines"]

POSITION = "$position"
"""Stands for "so many events before this one", which is known only when they have been put in order."""


def events(plan: Plan) -> Iterator[dict[str, Any]]:
    """Yield the process as CloudEvents, what is named before what names it."""
    village = Village(plan)
    streams: list[Iterator[Told]] = [
        story.told(village),
        *people.streams(village),
        *gatherings.streams(village),
        *contributions.streams(village),
        *assessments.streams(village),
        *ties.streams(village),
        reflections.told(village),
    ]
    for number, one in enumerate(heapq.merge(*streams, key=attrgetter("known"))):
        wire = one.wire
        if wire["data"].get("known_by") == POSITION:
            wire = {**wire, "data": {**wire["data"], "known_by": number}}
        yield wire


def lines(plan: Plan) -> Iterator[bytes]:
    """Yield the process as lines of a file."""
    for wire in events(plan):
        yield msgspec.json.encode(wire) + b"\n"


def about_how_many(plan: Plan) -> int:
    """Return roughly how many events a plan gives."""
    return 500 + 14 * plan.gatherings + plan.participants * (23 + 2 * plan.gatherings)
