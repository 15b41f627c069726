"""A group of lines, and what it is given to measure with."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from service.app import Kurslog
from service.bench.entries import grow, plan_of, take_in
from service.bench.result import Result
from service.bench.scratch import Scratch
from service.simulation import Plan

FIXED_SHARE = 100
"""The log that grew is so many times as large as its one process of fixed size."""


@dataclass
class Bench:
    """One run: where it works, how large, how often, and who is told what it does. Logs are made when first asked for."""

    scratch: Scratch
    events: int
    rounds: int
    stack: contextlib.ExitStack = field(repr=False)
    peers: bool = False
    """Whether Node packages may be fetched to measure beside."""

    def empty(self) -> Kurslog:
        """Return a Kurslog on a new log, there until the run ends."""
        return self.stack.enter_context(self.scratch.kurslog())

    @cached_property
    def twin(self) -> Kurslog:
        """The fictional twin, as the demo shows it."""
        return self._holding(Plan())

    @cached_property
    def small(self) -> Kurslog:
        """A log that holds the process of fixed size, and nothing else."""
        return self._holding(plan_of(self.events // FIXED_SHARE))

    @cached_property
    def grown(self) -> Kurslog:
        """The same process, in a log of ``events`` events."""
        app = self._holding(plan_of(self.events // FIXED_SHARE))
        grow(app, self.events)
        return app

    def _holding(self, plan: Plan) -> Kurslog:
        app = self.empty()
        take_in(app, plan)
        return app


Group = Callable[[Bench], Iterator[Result]]
"""Yields its lines as they are measured."""
