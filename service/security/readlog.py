"""The read log: who read whose personal texts, how often and what for, by the day.

Noted at the one door to personal text (`service.security.reading`), kept apart from the log, and holding no text.
Reading one's own is not noted. A day that is over is sealed into the log by `service.security.sealing`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple

from psycopg import Connection

from service.log.grouping import Line
from service.log.packing import Longs, Texts
from service.security.gate import Caller

PUBLIC: Final = "public"
"""The part of whoever has none."""
NOTE: Final = "select log.note_reads(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[])"
COLUMNS: Final = "day, account, role, use, participant, times"
SELECT: Final = (
    f"select {COLUMNS} from log.read_count where process = %s and (%s::date is null or day = %s) "
    "and (%s::text is null or participant = %s) and (%s::text is null or account = %s) "
    "order by day desc, participant, role, account, use limit %s"
)
EVERYTHING: Final = 2**62

Noted = tuple[str, str, str, str, str]
"""What is counted: process, account, part, use and participant."""
Connect = Callable[..., AbstractContextManager[Connection[Any]]]
"""Hands out a connection; told of which process, in a web server only within the scope."""


class Use(StrEnum):
    """What a text was read for."""

    PAGE = "page"
    PROJECTION = "projection"
    REPORT = "report"
    EXPORT = "export"
    CODING = "coding"


class Opened(NamedTuple):
    """A participant's text that was opened: at which entry."""

    process: str
    participant: str
    position: int


class ReadCount(NamedTuple):
    """So many of somebody's entries were read on a day, by an account in a part, for a use."""

    day: dt.date
    account: str
    role: str
    use: str
    participant: str
    times: int


@dataclass
class _Reading:
    """What is read meanwhile: noted together at the end, or, once that was done, as it comes."""

    use: Use = Use.PAGE
    held: dict[Caller, set[Opened]] | None = field(default_factory=dict)


_NOW: Final[ContextVar[_Reading | None]] = ContextVar("reading", default=None)


class ReadLog:
    """Notes reads, and tells of them."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._line = Line(self._add)

    def __len__(self) -> int:
        """Return how many notes are on their way."""
        return len(self._line)

    def note(self, caller: Caller, opened: Iterable[Opened]) -> None:
        """Note that these texts were opened for somebody; between `begin` and `end` at the end, each entry once."""
        now = _NOW.get()
        if now is not None and now.held is not None:
            now.held.setdefault(caller, set()).update(opened)
        else:
            self._write(now.use if now else Use.PAGE, {caller: set(opened)})

    @staticmethod
    def noted(caller: Caller) -> frozenset[Opened]:
        """Return what was opened for somebody since `begin`: whoever is told the same again has opened the same."""
        now = _NOW.get()
        return frozenset((now.held or {}).get(caller, ()) if now else ())

    @staticmethod
    def begin(use: Use) -> None:
        """From now on, hold what is opened until `end`; what a stream opens after it is noted as it comes."""
        _NOW.set(_Reading(use))

    def end(self) -> None:
        """Note what was opened since `begin`, in one statement."""
        now = _NOW.get()
        if now is not None:
            held, now.held = now.held, None
            self._write(now.use, held or {})

    @contextlib.contextmanager
    def during(self, use: Use) -> Iterator[None]:
        """Hold what is opened meanwhile and note it at the end, also when something failed."""
        token = _NOW.set(_Reading(use))
        try:
            yield
        finally:
            self.end()
            _NOW.reset(token)

    def _write(self, use: Use, held: dict[Caller, set[Opened]]) -> None:
        counts = Counter(
            (one.process, caller.account, caller.role.value if caller.role else PUBLIC, use.value, one.participant)
            for caller, opened in held.items()
            for one in opened
        )
        if counts:
            self._line.put(counts)

    def _add(self, counted: Sequence[Counter[Noted]]) -> list[None]:
        """Add what was counted to what is noted, in one commit for all who note at the same moment."""
        counts = sum(counted, Counter[Noted]())
        columns = [Texts(column) for column in zip(*counts, strict=True)]
        with self._connect() as connection:
            connection.execute(NOTE, (*columns, Longs(counts.values())), prepare=True, binary=True)
        return [None] * len(counted)

    def counts(
        self,
        process: str,
        *,
        day: dt.date | None = None,
        participant: str | None = None,
        account: str | None = None,
        limit: int = EVERYTHING,
    ) -> list[ReadCount]:
        """Return the counts of a process, the newest day first."""
        asked = (process, day, day, participant, participant, account, account, limit)
        with self._connect(process) as connection:
            return [ReadCount(**row) for row in connection.execute(SELECT, asked)]
