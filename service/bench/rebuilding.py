"""Rebuilding projections, beside reading the log and nothing else, and beside the library's runner."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

import psycopg

from service.bench.entries import plan_of, take_in
from service.bench.kernel import Bench
from service.bench.measuring import interleaved, rate
from service.bench.result import PER_SECOND, Result, beside, measured
from service.bench.result import at_least as least
from service.bench.shipped import Library
from service.log.mapper import SealedEvent
from service.log.projector import PAGE
from service.log.reading import PAGE as PAGE_OF_LOG

LIBRARY_MOST: Final = 2000
"""The library's runner takes one transaction an event: so many of them are enough."""
STORED: Final = (
    "select originator_id, originator_version, topic, state, event_id, process, subject from log.event "
    "order by notification_id limit %s"
)
ROUNDS_MOST: Final = 3
EVENTS_MOST: Final = 100_000
"""Both sides go through the log once: more of it changes no ratio."""


def rebuild(bench: Bench) -> Iterator[Result]:
    """Rebuild every projection of a process of so many events."""
    app = bench.empty()
    head = take_in(app, plan_of(min(bench.events, EVENTS_MOST)))
    with contextlib.closing(Library(app.dsn)) as library, psycopg.connect(app.dsn, autocommit=True) as connection:
        stored = [_stored(row) for row in connection.execute(STORED, (LIBRARY_MOST,))]
        library.append(stored)
        ways = {name: rate(head, partial(app.projector.rebuild, name)) for name in app.queries.projections}
        raw = rate(head, partial(_read_all, connection))
        shipped = rate(len(stored), library.project)
        found = interleaved(min(bench.rounds, ROUNDS_MOST), {"raw": raw, **ways, "library": shipped})
    slowest = min(ways, key=lambda name: sum(found[name]))
    yield measured(
        "rebuild/raw",
        (f"logbogen læst side for side, {head} registreringer", f"the log read page by page, {head} entries"),
        PER_SECOND,
        found["raw"],
    )
    yield measured(
        "rebuild/library-rate",
        ("bibliotekets ProjectionRunner, kun nu", "the library's ProjectionRunner, current only"),
        PER_SECOND,
        found["library"],
    )
    yield beside(
        "rebuild/library",
        (f"{slowest}, mod biblioteket", f"{slowest}, beside the library"),
        found[slowest],
        found["library"],
        least(25),
    )
    for name in ways:
        yield beside(
            f"rebuild/{name}", (f"{name}, begge ure", f"{name}, both clocks"), found[name], found["raw"], least(0.12)
        )


def _stored(columns: Sequence[Any]) -> SealedEvent:
    """Return a row of the log as it was handed to the recorder, without its texts."""
    stream, version, topic, state, event_id, process, subject = columns
    return SealedEvent(stream, version, topic, state, event_id, process, subject, ())


def _read_all(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Read the log as the projector does, and look at nothing."""
    after = 0
    while rows := connection.execute(PAGE_OF_LOG.encode(), (after, PAGE), prepare=True, binary=True).fetchall():
        after = int(str(rows[-1][0]))
