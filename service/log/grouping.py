"""Group append: commands that wait at the same moment, in the threads of one server, go in together.

Whoever finds nobody there leads, and appends at once. Those who come meanwhile stand in line; then the first of them
leads, and takes along whom it can: one transaction, one lock, one flush, and to each its own answer. Nobody waits for
a clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final
from uuid import UUID

from service.log import scope
from service.log.busy import BusyError, LostError, of_the_question
from service.log.mapper import SealedEvent

MOST_EVENTS: Final = 400
"""How many events go in together at most; a longer command goes alone."""
Answer = Sequence[int]


def _held() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class Command:
    """A command in line: its events, the version of each stream it read or writes, and what became of it."""

    events: Sequence[SealedEvent]
    reads: Mapping[str, int]
    taken: bool = False
    """Whether it is being appended, or is to lead."""
    answer: Answer | Exception | None = None
    turn: Lock = field(default_factory=_held)
    """Let go when it is answered, or is to lead."""


class Line:
    """Where the commands of one server wait for one another.

    Those of different scopes are shown different rows by the database, so each scope has a line of its own.
    """

    def __init__(self, append: Callable[[Sequence[Command]], Sequence[Answer]], wait_seconds: float) -> None:
        self._append = append
        self._wait_seconds = wait_seconds
        self._guard = Lock()
        self._lines: dict[str, deque[Command]] = {}

    def __len__(self) -> int:
        """Return how many commands are on their way."""
        return sum(map(len, self._lines.values()))

    def put(self, events: Sequence[SealedEvent], reads: Mapping[str, int]) -> Answer:
        """Append a command, with others or alone, and return what the log answers of its events.

        Raises:
            BusyError: when its turn did not come in time. Whatever appending raises of this command.
        """
        mine, whose = Command(events, reads), scope.now()
        with self._guard:
            line = self._lines.setdefault(whose, deque())
            line.append(mine)
            mine.taken = leads = len(line) == 1
        if not leads:
            self._wait(line, mine)
        if mine.answer is None:
            self._lead(whose, line)
        if isinstance(mine.answer, Exception):
            raise mine.answer
        return mine.answer or ()

    def _wait(self, line: deque[Command], mine: Command) -> None:
        if mine.turn.acquire(timeout=self._wait_seconds):
            return
        with self._guard:
            if not mine.taken:
                line.remove(mine)
                raise BusyError("Others were writing. Nothing was written; try again.")
        mine.turn.acquire()  # whoever leads is bound by the time that the database gives a statement

    def _lead(self, whose: str, line: deque[Command]) -> None:
        """Append the first in line, which is ours, and those who can go along; then let the next one lead."""
        with self._guard:
            group = _together(line)
            for one in group:
                one.taken = True
        answers: Sequence[Answer | Exception] = [LostError("Whoever was appending was stopped.")] * len(group)
        try:
            answers = self._answers(group)
        finally:
            with self._guard:
                for answer in answers:
                    done = line.popleft()
                    done.answer = answer
                    done.turn.release()
                if line:
                    line[0].taken = True
                    line[0].turn.release()
                else:
                    del self._lines[whose]

    def _answers(self, group: Sequence[Command]) -> Sequence[Answer | Exception]:
        """Return what became of each; where one spoils it for its group, each goes alone."""
        try:
            return self._append(group)
        except Exception as error:  # noqa: BLE001 - each is told, in its own thread
            if len(group) == 1 or not of_the_question(error):
                return [error] * len(group)
        return [self._answers([one])[0] for one in group]


def _together(line: Iterable[Command]) -> list[Command]:
    """Return the first in line and those behind it, up to one that reads what another writes before it, or repeats it.

    The database judges each by what was there before the group.
    """
    group: list[Command] = []
    written: set[str] = set()
    ids: set[UUID] = set()
    size = 0
    for one in line:
        size += len(one.events)
        own = {event.event_id for event in one.events}
        if group and (size > MOST_EVENTS or not written.isdisjoint(one.reads) or not ids.isdisjoint(own)):
            break
        group.append(one)
        ids |= own
        written.update(str(event.originator_id) for event in one.events)
    return group
