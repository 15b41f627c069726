"""Eight writers at once, in the threads of one process, as in the web server."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from domain.kernel import Envelope
from service.app import Kurslog
from service.bench.entries import contributions, sealed
from service.bench.kernel import Bench
from service.bench.measuring import interleaved, rate
from service.bench.raw import Raw
from service.bench.result import PER_SECOND, Result, Said, beside, measured
from service.bench.result import at_least as least
from service.log.mapper import SealedEvent

WRITERS: Final = 8
EACH: Final = 40
"""How many events each writes in a round."""


def eight(bench: Bench) -> Iterator[Result]:
    """Let eight write, into an empty log and into one that has grown."""
    yield from _at(
        bench.empty(), bench.rounds, "writers-8", ("otte på én gang, tom logbog", "eight at once, an empty log")
    )
    yield from _at(
        bench.grown,
        bench.rounds,
        "writers-8/grown",
        (f"otte på én gang, {bench.events} i logbogen", f"eight at once, {bench.events} in the log"),
    )


def _at(app: Kurslog, rounds: int, name: str, what: Said) -> Iterator[Result]:
    with contextlib.closing(Raw(app.dsn)) as raw, ThreadPoolExecutor(WRITERS) as pool:

        def alone() -> float:
            rows = sealed(app, contributions(EACH))
            return rate(EACH, lambda: _inserted(raw, rows))()

        def together() -> float:
            events = contributions(WRITERS * EACH)
            parts = [events[at::WRITERS] for at in range(WRITERS)]
            return rate(len(events), lambda: list(pool.map(_saving(app), parts)))()

        found = interleaved(rounds, {"raw": alone, "eight": together})
    yield measured(f"{name}-rate", what, PER_SECOND, found["eight"])
    yield beside(
        name,
        (f"{what[0]}, mod én rå skriver", f"{what[1]}, beside one raw writer"),
        found["eight"],
        found["raw"],
        least(1.1),
    )


def _saving(app: Kurslog) -> Callable[[Sequence[Envelope]], None]:
    def save(events: Sequence[Envelope]) -> None:
        for event in events:
            app.log.save(event)

    return save


def _inserted(raw: Raw, rows: Sequence[SealedEvent]) -> None:
    for row in rows:
        raw.insert(row)
