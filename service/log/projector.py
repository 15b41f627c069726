"""The projector: follows the log in pages, folds, and writes rows and its place in one transaction.

One follows at a time, by advisory lock, and one builds; web requests never project. Following and building are the same
code: a table is built by following the log from the start beside the one that serves, and takes its place when it has
come as far. No reader ever sees a half-built one.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from psycopg import Connection
from psycopg.errors import LockNotAvailable
from psycopg.rows import DictRow

from domain.kernel import Envelope, thing_of
from projections.kernel import FOREVER, Projection, Row, State, advance
from service.log.busy import BusyError, LostError
from service.log.clock import CLOCK_KEY, tick
from service.log.following import PRESENT
from service.log.reading import Reader
from service.log.store import Log
from service.log.tables import BEGIN, OutOfStepError, Target, move, places, swap

LOGGER: Final = logging.getLogger("kurslog")
PAGE: Final = 5000
REACH: Final = 100_000
"""How much of the log one statement of a rebuild looks through, of which it may find little."""
FOLLOWING: Final = 3
"""The lock of whoever follows the log for the tables that serve."""
BUILDING: Final = 7
"""The lock of whoever builds tables beside them."""
FOLLOWED: Final = """
select exists (select from pg_locks where locktype = 'advisory' and classid = 771 and objid = any(%s) and granted
    and database = (select oid from pg_database where datname = current_database())) as found
"""
SWAP_SECONDS: Final = 50.0
"""How long a finished table waits for the worker's lock, and for readers of the one it replaces."""


class Projector:
    """Keeps the read models of one log up to date."""

    def __init__(self, log: Log, reader: Reader, projections: Mapping[str, Projection]) -> None:
        self._log = log
        self._reader = reader
        self._targets = [Target(projection.key, projection) for projection in projections.values()]
        self._stuck: dict[str, int] = {}
        self._begun: set[str] = set()

    # -------------------------------------------------------------- following
    def prepare(self) -> None:
        """Make the clock's place, and the tables of projections where the log is empty: those are complete."""
        empty = self._reader.head() == 0
        with self._log.connection() as connection, connection.transaction():
            connection.execute("select pg_advisory_xact_lock(771, 4)")
            connection.execute(BEGIN, (CLOCK_KEY,))
            for target in self._targets if empty else ():
                target.create(connection)

    @contextlib.contextmanager
    def alone(self, what: int = FOLLOWING, *, wait_seconds: float = 0) -> Iterator[bool]:
        """Hold a lock, of whoever follows or of whoever builds; False when another has it, also after the wait."""
        with self._log.connection() as connection:
            mine = _lock(connection, what, wait_seconds)
            try:
                yield mine
            finally:
                if mine:
                    connection.execute("select pg_advisory_unlock(771, %s)", (what,))

    def catch_up(self, progress: Callable[[int], None] = lambda _: None) -> bool:
        """Take in everything the log has now; False when another works already.

        What serves comes first; between its pages, versions that have no table yet are built. A projection that fails
        keeps its place, and is tried again the next time, after the others.
        """
        with self.alone() as mine:
            if mine:
                self._catch_up(self._reader.head(), progress)
        return mine

    def _catch_up(self, goal: int, progress: Callable[[int], None]) -> None:
        known = self.places()
        served = [target for target in self._targets if target.key in known]
        with self._building([target for target in self._targets if target not in served], goal) as beside:
            for aside in [set(self._stuck), set[str]()] if self._stuck else [set[str]()]:
                while any(self._step(targets, aside, goal, progress) for targets in (served, beside)):
                    pass

    @contextlib.contextmanager
    def _building(self, missing: Sequence[Target], goal: int) -> Iterator[list[Target]]:
        """Yield the tables to build in place of those missing, and let serve what has come to the goal."""
        if not missing:
            yield []
            return
        with self.alone(BUILDING) as mine:
            if not mine:
                missing = []
            self._begin(missing)
            yield [target.beside for target in missing]
            at = self.places()
            self._serve([target for target in missing if at[target.beside.key] >= goal])

    def _begin(self, missing: Sequence[Target]) -> None:
        """Begin the tables that are missing; what another left half-built, maybe by other folds, goes first."""
        for target in missing:
            with self._log.connection() as connection, connection.transaction():
                if target.key not in self._begun:
                    target.beside.drop(connection)
                target.beside.create(connection)
            self._begun.add(target.key)

    def _serve(self, built: Sequence[Target]) -> None:
        """Let tables that have come as far as the others serve, all at once."""
        if not built:
            return
        with self._log.connection() as connection:
            for target in built:
                target.beside.analyze(connection)
            with connection.transaction():
                for target in built:
                    swap(connection, target)
                connection.execute("notify projected")

    def _step(self, targets: Sequence[Target], aside: set[str], goal: int, progress: Callable[[int], None]) -> bool:
        """Take in the next page of whatever of these is furthest behind; False when nothing is left.

        Args:
            targets: those to move on.
            aside: those passed over; whatever fails is added.
            goal: the position to come to.
            progress: told how far it came.
        """
        wanted = {target.key for target in targets} | {CLOCK_KEY}
        at = {key: place for key, place in self.places().items() if key in wanted - aside}
        start = min(at.values(), default=goal)
        events = self._reader.page(start, PAGE) if start < goal else []
        if not events:
            return False
        stop = min([events[-1].position, goal, *(place for place in at.values() if place > start)])
        page = [event for event in events if event.position <= stop]
        if at.get(CLOCK_KEY) == start:
            with self._apart(CLOCK_KEY, start, aside), self._log.connection() as connection, connection.transaction():
                tick(connection, page, start)
        for target in targets:
            if at.get(target.key) == start:
                with self._apart(target.key, start, aside):
                    self._take(target, page, start, stop)
        progress(stop)
        return True

    @contextlib.contextmanager
    def _apart(self, key: str, start: int, aside: set[str]) -> Iterator[None]:
        """Let what fails here stop nobody else: it is set aside, and said once for each place it fails at."""
        try:
            yield
        except (OutOfStepError, LostError):
            raise
        except Exception:  # anything a fold may do
            aside.add(key)
            if self._stuck.get(key) != start:
                LOGGER.exception("the projection %s stands still at position %s", key, start)
            self._stuck[key] = start
        else:
            self._stuck.pop(key, None)

    def reconnect(self) -> None:
        """Replace the connections that died; without a database there is nothing to replace yet."""
        self._log.reconnect()

    def places(self) -> dict[str, int]:
        """Return how far everything has come that has a place, also what is being built."""
        with self._log.connection() as connection:
            return places(connection)

    @property
    def keys(self) -> list[str]:
        """The names of the projections' tables and places."""
        return [target.key for target in self._targets]

    def reached(self) -> int:
        """Return the position that the clock and every projection that serves have reached."""
        wanted = {CLOCK_KEY, *self.keys}
        return min((place for key, place in self.places().items() if key in wanted), default=0)

    def followed(self) -> bool:
        """Whether somebody takes the log in: a worker that is there, or a command that catches up just now."""
        with self._log.connection() as connection:
            row = connection.execute(FOLLOWED, ([FOLLOWING, PRESENT],)).fetchone()
        return bool(row and row["found"])

    # -------------------------------------------------------------- one page of one projection
    def _take(self, target: Target, page: Sequence[Envelope], start: int, stop: int) -> None:
        """Take in what concerns a projection of a page that goes from one position to another, and move it there."""
        news: dict[str, dict[str, list[Envelope]]] = {}
        for event in page:
            if target.projection.concerns(event):
                news.setdefault(event.process, {}).setdefault(event.subject, []).append(event)
        histories = {process: self._histories(target, process, things, start) for process, things in news.items()}
        with self._log.connection() as connection, connection.transaction():
            for process, things in news.items():
                _write(connection, target, process, things, histories[process])
            move(connection, target.key, start, stop)
            connection.execute("notify projected")

    def _histories(
        self, target: Target, process: str, things: Mapping[str, list[Envelope]], start: int
    ) -> dict[str, list[Envelope]]:
        """Return what concerns it of these things from before the page; nothing is read for those that begin in it."""
        older = [subject for subject, events in things.items() if not _begins(events)]
        found: dict[str, list[Envelope]] = {}
        if older:
            for event in self._reader.history(process, older, start, target.projection.concern):
                if target.projection.concerns(event):
                    found.setdefault(event.subject, []).append(event)
        return found

    # -------------------------------------------------------------- rebuilding
    def rebuild(self, name: str, progress: Callable[[int], None] = lambda _: None) -> None:
        """Build a projection anew beside the one that serves, and let it take its place; a worker goes on meanwhile.

        If this is interrupted, or a fold fails, what serves goes on serving; the next rebuild begins anew.

        Raises:
            OutOfStepError: when another builds, or the worker's lock is not to be had within a minute.
        """
        serving = next(target for target in self._targets if target.projection.name == name)
        with self.alone(BUILDING) as mine:
            if not mine:
                raise OutOfStepError("Another builds just now. Try again when it has finished.")
            with self._log.connection() as connection, connection.transaction():
                serving.beside.drop(connection)
                serving.beside.create(connection)
            position = self._build(serving.beside, 0, progress)
            with self._log.connection() as connection:
                serving.beside.analyze(connection)
            with self.alone(wait_seconds=SWAP_SECONDS) as followed:
                if not followed:
                    raise OutOfStepError("The worker has been busy for a minute. What serves is as before; try again.")
                self._build(serving.beside, position, progress)
                self._take_place(serving)

    def _build(self, building: Target, position: int, progress: Callable[[int], None]) -> int:
        """Follow the log to its end, reading only what concerns the projection; return how far that was."""
        concern = building.projection.concern
        while (head := self._reader.head()) > position:
            until = min(head, position + REACH)
            page = self._reader.concerning(concern, position, until, PAGE)
            stop = page[-1].position if len(page) == PAGE else until
            self._take(building, page, position, stop)
            progress(stop)
            position = stop
        return position

    def _take_place(self, serving: Target) -> None:
        """Swap, once the readers of the old table let go of it."""
        until = time.monotonic() + SWAP_SECONDS
        while True:
            try:
                with self._log.connection() as connection, connection.transaction():
                    swap(connection, serving)
                    connection.execute("notify projected")
            except BusyError as error:  # a reader held the table longer than a lock may be waited for
                if isinstance(error, LostError) or time.monotonic() > until:
                    raise
            else:
                return

    # -------------------------------------------------------------- asking
    def states(self, name: str, process: str, known_by: int, happened_by: int, depth: int) -> dict[str, State]:
        """Return the states of all things as of both clocks; see `Target.states`."""
        target = next(target for target in self._targets if target.projection.name == name)
        with self._log.connection(process) as connection:
            return target.states(connection, process, known_by, happened_by, depth)


def _lock(connection: Connection[DictRow], what: int, seconds: float) -> bool:
    """Take a lock, or stand in line for it: who only looks in from time to time never gets it of a busy worker."""
    if not seconds:
        row = connection.execute("select pg_try_advisory_lock(771, %s) as mine", (what,)).fetchone()
        return bool(row and row["mine"])
    try:
        with connection.transaction():
            connection.execute("select set_config('lock_timeout', %s, true)", (f"{seconds * 1000:.0f}ms",))
            connection.execute("select pg_advisory_lock(771, %s)", (what,))
    except LockNotAvailable:
        return False
    return True


def _write(
    connection: Connection[DictRow],
    target: Target,
    process: str,
    things: Mapping[str, list[Envelope]],
    histories: Mapping[str, list[Envelope]],
) -> None:
    """Write what these things have become: rows go to the server while the next thing is folded."""
    standing = target.standing(connection, process, list(histories))
    shut: list[tuple[str, Row]] = []

    def fresh() -> Iterator[tuple[str, Row]]:
        for subject, new in things.items():
            before = new[0].position
            for row in advance(target.projection, histories.get(subject, []), new, standing.get(subject, [])):
                if row.known_from >= before:
                    yield subject, row
                elif row.known_to < FOREVER:
                    shut.append((subject, row))

    target.copy(connection, process, fresh())
    target.close(connection, process, shut)


def _begins(events: Sequence[Envelope]) -> bool:
    """Whether a thing's first event is among these: by its version, or in the register by its declaration."""
    first = events[0]
    if thing_of(first.kind).register:
        return first.declaration.creates is True
    return first.version == 1
