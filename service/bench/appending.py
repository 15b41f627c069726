"""Appending: one event, a hundred, five thousand, beside the same rows written by hand."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from msgspec.structs import replace

from service.bench.entries import contributions, sealed
from service.bench.kernel import Bench
from service.bench.measuring import interleaved, rate
from service.bench.raw import Raw
from service.bench.result import PER_SECOND, Result, beside, measured
from service.bench.result import at_least as least
from service.bench.shipped import Library
from service.log.mapper import SealedEvent
from service.log.vault import key_id_of

CALLS: Final = {1: 100, 100: 10, 5000: 1}
"""How many calls a round makes, by the events in each."""


class Ways:
    """The ways of appending, each on tables of its own in one database; every round gets events nobody recorded."""

    def __init__(self, bench: Bench, stack: contextlib.ExitStack) -> None:
        self.app = bench.empty()
        self.raw = Raw(self.app.dsn)
        self.unchanged = Library(self.app.dsn)
        stack.callback(self.raw.close)
        stack.callback(self.unchanged.close)

    def _each(self, size: int, write: Callable[[Sequence[SealedEvent]], object]) -> Callable[[], float]:
        """Return a measurement of writing stored events in calls of this size."""

        def measure() -> float:
            rows = sealed(self.app, contributions(size * CALLS[size]))
            return rate(len(rows), lambda: [write(rows[at : at + size]) for at in range(0, len(rows), size)])()

        return measure

    def recorder(self, size: int, *, bare: bool = False) -> Callable[[], float]:
        """Return the measurement of our recorder, with all rows or (``bare``) without the texts'."""
        recorder: Any = self.app.log.recorder
        return self._each(size, lambda rows: recorder.insert_events(list(map(_bare, rows)) if bare else rows))

    def save(self, size: int) -> Callable[[], float]:
        """Return the measurement of ``save``: encoding, sealing and all rows."""

        def measure() -> float:
            events = contributions(size * CALLS[size])
            save = self.app.log.save
            return rate(len(events), lambda: [save(*events[at : at + size]) for at in range(0, len(events), size)])()

        return measure

    def one_row(self, size: int) -> Callable[[], float]:
        """Return the measurement of ``save`` without the texts' rows: encoding, sealing, and one row an event."""
        mapper: Any = self.app.log.mapper
        recorder: Any = self.app.log.recorder

        def measure() -> float:
            events = contributions(size * CALLS[size])
            self.app.log.vault.ensure(map(key_id_of, events))
            calls = [events[at : at + size] for at in range(0, len(events), size)]
            return rate(
                len(events),
                lambda: [recorder.insert_events([_bare(mapper.to_stored_event(e)) for e in one]) for one in calls],
            )()

        return measure

    def by_hand(self, size: int, write: Callable[[Sequence[SealedEvent]], object]) -> Callable[[], float]:
        """Return the measurement of SQL written by hand."""
        return self._each(size, write)

    def shipped(self, size: int) -> Callable[[], float]:
        """Return the measurement of the library as shipped, which writes no texts."""
        return self._each(size, self.unchanged.append)


def _bare(row: SealedEvent) -> SealedEvent:
    return replace(row, vault=())


def one(bench: Bench) -> Iterator[Result]:
    """Append events one at a time."""
    with contextlib.ExitStack() as stack:
        ways = Ways(bench, stack)
        raw = ways.raw
        found = interleaved(
            bench.rounds,
            {
                "bare raw": ways.by_hand(1, lambda rows: raw.insert_bare(rows[0])),
                "raw": ways.by_hand(1, lambda rows: raw.insert(rows[0])),
                "bare": ways.recorder(1, bare=True),
                "save": ways.save(1),
                "library": ways.shipped(1),
            },
        )
    said = "INSERT + commit af rækken", "INSERT + commit of the row"
    yield measured("append-1/raw", said, PER_SECOND, found["bare raw"])
    yield measured("append-1/save-rate", ("save, alle rækker", "save, all rows"), PER_SECOND, found["save"])
    yield beside(
        "append-1/bare",
        ("optageren, rækken alene", "the recorder, the row alone"),
        found["bare"],
        found["bare raw"],
        least(0.55),
    )
    yield beside(
        "append-1/save",
        ("save med alle rækker", "save with all its rows"),
        found["save"],
        found["bare raw"],
        least(0.5),
    )
    yield beside(
        "append-1/save-same-rows",
        ("save, mod de samme rækker i hånden", "save, beside the same rows by hand"),
        found["save"],
        found["raw"],
    )
    yield beside(
        "append-1/library", ("biblioteket, som det er", "the library as shipped"), found["library"], found["bare raw"]
    )


def _many(bench: Bench, size: int, by_hand: str, goals: tuple[float, float]) -> Iterator[Result]:
    with contextlib.ExitStack() as stack:
        ways = Ways(bench, stack)
        write = ways.raw.copy if by_hand == "COPY" else ways.raw.insert_many
        found = interleaved(
            bench.rounds,
            {
                "raw": ways.by_hand(size, write),
                "recorder": ways.recorder(size),
                "save": ways.save(size),
                "library": ways.shipped(size),
            },
        )
    name = f"append-{size}"
    yield measured(
        f"{name}/raw", (f"{by_hand} af de samme rækker", f"{by_hand} of the same rows"), PER_SECOND, found["raw"]
    )
    yield measured(f"{name}/save-rate", ("save, alle rækker", "save, all rows"), PER_SECOND, found["save"])
    yield beside(f"{name}/recorder", ("optageren", "the recorder"), found["recorder"], found["raw"], least(goals[0]))
    yield beside(f"{name}/save", ("save", "save"), found["save"], found["raw"], least(goals[1]))
    yield beside(
        f"{name}/library",
        ("biblioteket, som det er, uden tekster", "the library as shipped, without texts"),
        found["library"],
        found["raw"],
    )


hundred = partial(_many, size=100, by_hand="INSERT", goals=(0.9, 0.75))
"""Append a hundred events in one call."""
thousands = partial(_many, size=5000, by_hand="COPY", goals=(0.95, 0.6))
"""Append five thousand events in one call."""
