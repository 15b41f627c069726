"""Following the log: what the worker and the signer do between two events."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Final

import psycopg

from service.log.busy import BusyError
from service.log.tables import OutOfStepError

LOGGER: Final = logging.getLogger("kurslog")
POLL_SECONDS: Final = 1.0
PRESENT: Final = 8
"""The lock that those who follow the log for its readers share for as long as they are there."""


class _StoppedError(Exception):
    """It was told to stop, in the middle of a step."""


def every(seconds: float, chore: Callable[[], object]) -> Callable[[], None]:
    """Return the chore as a follower may call it at each step: done at once, and then at most so often."""
    due = -math.inf

    def look() -> None:
        nonlocal due
        if (now := time.monotonic()) >= due:
            due = now + seconds
            chore()

    return look


class Follower:
    """Follows the log until told to stop: woken by NOTIFY, and by itself every second should LISTEN be dead.

    Args:
        name: what it is called when it is interrupted.
        dsn: where to listen.
        step: does what there is to do; true when there may be more at once.
        recover: called after a lost connection, before it begins again.
        rest_seconds: how long it rests between two steps of which the first says that there may be more.
        awaited: whether others wait for what it does, and want to know that it is there.
    """

    def __init__(
        self,
        name: str,
        dsn: str,
        step: Callable[[], bool],
        *,
        recover: Callable[[], None] = lambda: None,
        rest_seconds: float = 0.0,
        awaited: bool = False,
    ) -> None:
        self._name = name
        self._dsn = dsn
        self._step = step
        self._recover = recover
        self._rest_seconds = rest_seconds
        self._awaited = awaited
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until `stop`. A lost connection is taken up again, and no error ends the work."""
        while not self.stopping.is_set():
            try:
                self._listen()
            except (psycopg.Error, BusyError, OutOfStepError) as error:
                LOGGER.warning("the %s was interrupted, and begins again: %s", self._name, type(error).__name__)
            except _StoppedError:
                return
            except Exception:  # whatever it is, the next round may go well
                LOGGER.exception("the %s failed, and begins again", self._name)
            else:
                continue
            self.stopping.wait(POLL_SECONDS)
            self._recover()

    def _listen(self) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            if self._awaited:
                connection.execute("select pg_advisory_lock_shared(771, %s)", (PRESENT,))
            connection.execute("listen event")
            while not self.stopping.is_set():
                if self._step():
                    self.stopping.wait(self._rest_seconds)
                    continue
                for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                    break

    def between(self) -> None:
        """Look up between the pages of a long step: where it was told to stop, the step ends here."""
        if self.stopping.is_set():
            raise _StoppedError

    def stop(self) -> None:
        """Finish the step or the page at hand and end."""
        self.stopping.set()
