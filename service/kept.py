"""What was worked out for readers, kept as long as nothing is written in its process.

Consent, erasure, access, a correction: whatever an answer depends on is an entry of its process, and moves the
process's head. With the head everything kept of the process goes: nothing of it is given out again, and the next
request that asks for any answer there lets go of it.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final, NamedTuple, TypeVar

from projections.kernel import Answer, Figure

Found = TypeVar("Found")
MOST: Final = 1_000_000
"""So much is kept in a server, in values of some sixty bytes each; what was not asked for the longest goes first."""


class _Held(NamedTuple):
    found: Any
    weight: int


class _Process:
    """What is held of one process, found at one head."""

    def __init__(self, head: int) -> None:
        self.head = head
        self.held: OrderedDict[Hashable, _Held] = OrderedDict()
        self.weight = 0

    def put(self, key: Hashable, one: _Held) -> None:
        """Hold one more, in the place of what was found by the same key meanwhile."""
        before = self.held.pop(key, None)
        self.held[key] = one
        self.weight += one.weight - (before.weight if before else 0)

    def drop_oldest(self) -> None:
        """Let go of what was not asked for the longest."""
        _, one = self.held.popitem(last=False)
        self.weight -= one.weight


class Kept:
    """Keeps what was found, each process's at its head."""

    def __init__(self, most: int = MOST, lasting_seconds: float = math.inf) -> None:
        self._most = most
        self._lasting_seconds = lasting_seconds
        self._emptied = time.monotonic()
        self._processes: OrderedDict[str, _Process] = OrderedDict()
        self._lock = threading.Lock()

    def of(
        self, process: str, head: int, key: Hashable, ask: Callable[[], Found], weigh: Callable[[Found], int]
    ) -> Found:
        """Return what ``ask`` finds, or found before at the same head.

        Args:
            process: where it was asked.
            head: the process's last position, looked up before anything that is found depends on.
            key: what else it depends on; None where nobody can say.
            ask: works it out; whoever asks the same meanwhile works it out, too.
            weigh: tells how much there is to keep.
        """
        if key is None:
            return ask()
        with self._lock:
            self._let_go()
            at = self._at(process, head)
            if at.head == head and key in at.held:
                at.held.move_to_end(key)
                found: Found = at.held[key].found
                return found
        found = ask()
        self._keep(process, head, key, _Held(found, weigh(found)))
        return found

    def _let_go(self) -> None:
        """Let everything go now and then: in a process that nobody asks about any more, no head moves on."""
        if time.monotonic() - self._emptied > self._lasting_seconds:
            self._processes.clear()
            self._emptied = time.monotonic()

    def _at(self, process: str, head: int) -> _Process:
        """Return what is held of a process; nothing of what was found before its head moved on."""
        at = self._processes.pop(process, None)
        if at is None or at.head < head:
            at = _Process(head)
        self._processes[process] = at
        return at

    def _keep(self, process: str, head: int, key: Hashable, one: _Held) -> None:
        if one.weight > self._most:
            return
        with self._lock:
            at = self._at(process, head)
            if at.head == head:  # else another request has seen a later one meanwhile
                at.put(key, one)
            while self.weight > self._most:
                self._drop_oldest()

    def _drop_oldest(self) -> None:
        name, oldest = next(iter(self._processes.items()))
        if oldest.held:
            oldest.drop_oldest()
        else:
            del self._processes[name]

    @property
    def weight(self) -> int:
        """How much is held."""
        return sum(at.weight for at in self._processes.values())


def weight_of(answer: Answer) -> int:
    """Return how much an answer holds: its values, and the positions behind its figures."""
    weight, left = 0, [answer.data, *answer.beside]
    while left:
        one = left.pop()
        weight += 1
        if isinstance(one, Figure):
            weight += len(one.events)
            left.append(one.value)
        elif isinstance(one, dict):
            left.extend(one.values())
        elif isinstance(one, list | tuple):
            left.extend(one)
    return weight
