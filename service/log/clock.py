"""The known clock: per process, the positions at which the running maximum of (learnedat, else recordedat) rises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from psycopg import Connection
from psycopg.rows import DictRow

from domain.kernel import Envelope
from service.log.tables import move

CLOCK_KEY: Final = "clock"
HEADS: Final = "select process, max(known_at) as known_at from read.clock where process = any(%s) group by process"
ADD: Final = (
    "insert into read.clock (process, position, known_at) "
    "select * from unnest(%s::text[], %s::bigint[], %s::timestamptz[])"
)


def tick(connection: Connection[DictRow], page: Sequence[Envelope], start: int) -> None:
    """Take in a page of events, the first after ``start``, and move the clock's place to its end."""
    processes = sorted({event.process for event in page})
    heads = {row["process"]: row["known_at"] for row in connection.execute(HEADS, (processes,))}
    rises: list[tuple[str, int, dt.datetime]] = []
    for event in page:
        known_at = event.learnedat or event.recordedat
        if known_at is not None and (event.process not in heads or known_at > heads[event.process]):
            heads[event.process] = known_at
            rises.append((event.process, event.position, known_at))
    if rises:
        connection.execute(ADD, [list(column) for column in zip(*rises, strict=True)])
    move(connection, CLOCK_KEY, start, page[-1].position)
