"""From append to being seen by whoever follows the log."""

from __future__ import annotations

import contextlib
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

import psycopg

from service.app import Kurslog
from service.bench.entries import contributions, sealed
from service.bench.kernel import Bench
from service.bench.measuring import interleaved, seconds
from service.bench.raw import Raw
from service.bench.result import MILLISECONDS, Result, beside, measured, worst
from service.bench.result import at_most as most
from service.log.following import Follower

EACH: Final = 50
UNHEARD: Final = 4
PATIENCE_SECONDS: Final = 10.0
UNTOLD: Final = """
insert into log.event (notification_id, originator_id, originator_version, topic, state, process, subject, event_id, recorded_at)
select max(notification_id) + 1, 'untold/' || gen_random_uuid(), 1, 'untold.v1', '', 'untold', 'untold', gen_random_uuid(), max(recorded_at)
from log.event
"""
"""A row of which nobody is told: as when the connection that listens has died."""
HEAD: Final = "select notification_id from log.event where notification_id > %s order by notification_id"


class Watcher:
    """Follows a log as the worker does, and notes when each position came to its eyes."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True)
        self._last = 0
        self._seen = threading.Condition()
        self._at: dict[int, float] = {}
        self._follower = Follower("bench", dsn, self._look)
        self._thread = threading.Thread(target=self._follower.run, daemon=True)
        self._thread.start()

    def _look(self) -> bool:
        rows = self._connection.execute(HEAD, (self._last,), prepare=True).fetchall()
        with self._seen:
            now = time.perf_counter()
            for (position,) in rows:
                self._at[position] = now
                self._last = position
            self._seen.notify_all()
        return False

    def seen(self, position: int) -> float:
        """Return when a position was seen, once it has been."""
        with self._seen:
            if not self._seen.wait_for(lambda: self._last >= position, PATIENCE_SECONDS):
                raise TimeoutError(f"the follower has not seen position {position} within {PATIENCE_SECONDS} s")
            return self._at[position]

    def close(self) -> None:
        """Stop following."""
        self._follower.stop()
        self._thread.join(PATIENCE_SECONDS)
        self._connection.close()


def visible(bench: Bench) -> Iterator[Result]:
    """Measure how soon a follower sees what was appended, told by NOTIFY and untold."""
    app = bench.empty()
    with contextlib.closing(Raw(app.dsn)) as raw, contextlib.closing(Watcher(app.dsn)) as watcher:
        _seen_ms(app, watcher)
        found = interleaved(bench.rounds, {"raw": lambda: _raw_ms(app, raw), "seen": lambda: _seen_ms(app, watcher)})
        untold = [1000 * _untold_seconds(app.dsn, watcher) for _ in range(UNHEARD)]
    yield measured(
        "visible/raw-round-trip",
        ("INSERT + commit i hånden, til svaret er der", "INSERT + commit by hand, until it is answered"),
        MILLISECONDS,
        found["raw"],
    )
    yield measured(
        "visible/seen",
        ("fra save til en, der følger med, har set den", "from save until a follower has seen it"),
        MILLISECONDS,
        found["seen"],
    )
    yield beside(
        "visible",
        ("set af en, der følger med, mod den rå tur", "seen by a follower, beside the raw round trip"),
        found["seen"],
        found["raw"],
        most(2.5),
    )
    yield worst(
        "visible/listen-dead",
        ("uden LISTEN, i værste fald", "without LISTEN, at worst"),
        MILLISECONDS,
        untold,
        most(1000),
    )


def _raw_ms(app: Kurslog, raw: Raw) -> float:
    rows = sealed(app, contributions(EACH))
    return 1000 * statistics.median(seconds(_inserting(raw, row)) for row in rows)


def _inserting(raw: Raw, row: object) -> Callable[[], object]:
    return lambda: raw.insert(row)  # type: ignore[arg-type]


def _seen_ms(app: Kurslog, watcher: Watcher) -> float:
    took = []
    for event in contributions(EACH):
        begun = time.perf_counter()
        position = app.log.save(event)[0].notification.id
        took.append(watcher.seen(position) - begun)
    return 1000 * statistics.median(took)


def _untold_seconds(dsn: str, watcher: Watcher) -> float:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(UNTOLD)
        begun = time.perf_counter()
        row = connection.execute("select max(notification_id) from log.event").fetchone()
    return watcher.seen(row[0] if row else 0) - begun
