"""Going together: what the threads of one server want of the database at the same moment goes in one trip.

Whoever finds nobody there leads, and goes at once. Those who come meanwhile stand in line; then the first of them
leads, and takes along whom it can: one statement, one transaction, one flush, and to each its own answer. Whoever
comes is only ever answered by what was asked after they came. Nobody waits for a clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from service.log import scope
from service.log.busy import BusyError, LostError, of_the_question
from service.log.mapper import SealedEvent

MOST_EVENTS: Final = 400
"""How many events are appended together at most; a longer command goes alone."""
WAIT_SECONDS: Final = 5.0
"""How long to wait for one's turn, and for a connection."""
Wanted = TypeVar("Wanted")
Answer = TypeVar("Answer")


def _held() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class _Place(Generic[Wanted, Answer]):
    """A place in line: what is wanted, and what became of it."""

    wanted: Wanted
    taken: bool = False
    """Whether it is on its way, or is to lead."""
    answer: list[Answer | Exception] = field(default_factory=list)
    """One, once it is there."""
    turn: Lock = field(default_factory=_held)
    """Let go when it is answered, or is to lead."""


class Line(Generic[Wanted, Answer]):
    """Where the threads of one server wait for one another.

    Those of different scopes are shown different rows by the database, so each scope has a line of its own.
    """

    def __init__(
        self,
        go: Callable[[Sequence[Wanted]], Sequence[Answer]],
        wait_seconds: float = WAIT_SECONDS,
        together: Callable[[Sequence[Wanted]], int] = len,
    ) -> None:
        """Begin an empty line.

        Args:
            go: does what a group wants, and returns an answer for each, in order.
            wait_seconds: how long one's turn may take.
            together: tells how many of the first in line may go together; at least one.
        """
        self._go = go
        self._wait_seconds = wait_seconds
        self._together = together
        self._guard = Lock()
        self._lines: dict[str, deque[_Place[Wanted, Answer]]] = {}

    def __len__(self) -> int:
        """Return how many are on their way."""
        return sum(map(len, self._lines.values()))

    def put(self, wanted: Wanted) -> Answer:
        """Have something done, with what others want or alone, and return the answer to it.

        Raises:
            BusyError: when its turn did not come in time. Whatever doing it raises.
        """
        mine: _Place[Wanted, Answer] = _Place(wanted)
        whose = scope.now()
        with self._guard:
            line = self._lines.setdefault(whose, deque())
            line.append(mine)
            mine.taken = leads = len(line) == 1
        if not leads:
            self._wait(line, mine)
        if not mine.answer:
            self._lead(whose, line)
        (answer,) = mine.answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _wait(self, line: deque[_Place[Wanted, Answer]], mine: _Place[Wanted, Answer]) -> None:
        if mine.turn.acquire(timeout=self._wait_seconds):
            return
        with self._guard:
            if not mine.taken:
                line.remove(mine)
                raise BusyError("Its turn did not come. Nothing was written; try again.")
        mine.turn.acquire()  # whoever leads is bound by the time that the database gives a statement

    def _lead(self, whose: str, line: deque[_Place[Wanted, Answer]]) -> None:
        """Go for the first in line, which is ours, and those who can go along; then let the next one lead."""
        with self._guard:
            wanted = [one.wanted for one in line]
            del wanted[self._together(wanted) :]
            for one, _ in zip(line, wanted, strict=False):
                one.taken = True
        answers: Sequence[Answer | Exception] = [LostError("Whoever led was stopped.")] * len(wanted)
        try:
            answers = self._answers(wanted)
        finally:
            with self._guard:
                for answer in answers:
                    done = line.popleft()
                    done.answer.append(answer)
                    done.turn.release()
                if line:
                    line[0].taken = True
                    line[0].turn.release()
                else:
                    del self._lines[whose]

    def _answers(self, wanted: Sequence[Wanted]) -> Sequence[Answer | Exception]:
        """Return what became of each; where one spoils it for its group, each goes alone."""
        try:
            return self._go(wanted)
        except Exception as error:  # noqa: BLE001 - each is told, in its own thread
            if len(wanted) == 1 or not of_the_question(error):
                return [error] * len(wanted)
        return [self._answers([one])[0] for one in wanted]


class _OfProcess(Protocol):
    @property
    def process(self) -> str: ...


def of_one_process(wanted: Sequence[_OfProcess]) -> int:
    """Return how many of the first ask about the same process."""
    return next((at for at, one in enumerate(wanted) if one.process != wanted[0].process), len(wanted))


# ------------------------------------------------------------------ appending
class Command(NamedTuple):
    """A command: its events, and the version of each stream it read or writes."""

    events: Sequence[SealedEvent]
    reads: Mapping[str, int]


def together(commands: Sequence[Command]) -> int:
    """Return how many of these go in together: up to one that reads what another writes before it, or repeats it.

    The database judges each by what was there before the group.
    """
    written: set[str] = set()
    ids: set[UUID] = set()
    size = 0
    for at, one in enumerate(commands):
        size += len(one.events)
        own = {event.event_id for event in one.events}
        if at and (size > MOST_EVENTS or not written.isdisjoint(one.reads) or not ids.isdisjoint(own)):
            return at
        ids |= own
        written.update(str(event.originator_id) for event in one.events)
    return len(commands)
