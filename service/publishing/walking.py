"""The walks of a server, one a process and projection: held, and gone on with whenever somebody asks."""

from __future__ import annotations

import contextvars
import threading
import time
from collections import OrderedDict
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Final

from domain.correcting import CORRECTING
from domain.kernel import DECLARED
from domain.reporting import ReportIssued
from projections.kernel import Projection
from service.log.reading import LAST, Reader
from service.publishing.known import RIGHTS

if TYPE_CHECKING:
    from service.publishing.published import Published

HELD: Final = 64
"""So many walks are kept in a server."""
AT_ONCE: Final = 5000
"""A process of so many entries, once it is held so many things, is walked while its reader waits: a second or two."""
PATIENCE_SECONDS: Final = 5.0
"""So long somebody waits for a walk through more, which goes on when they have gone."""

Walk = tuple[str, str]
"""A process, and the key of a projection."""


class BeingWalkedError(Exception):
    """The published points of a large process are being looked for. Try again shortly."""


class Publishing:
    """The published points of every process, walked as far as the log goes, and held."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._held: OrderedDict[Walk, Published] = OrderedDict()
        self._walkers: dict[Walk, Future[None]] = {}
        self._lock = threading.Lock()

    def of(self, process: str, projection: Projection) -> Published:
        """Return the points of a projection, up to the log's head.

        Raises:
            BeingWalkedError: when the process is large and the walk takes longer than somebody should wait.
        """
        found = self._published(process, projection)
        if (found.size or self._reader.count(process)) <= AT_ONCE:
            self._advance(process, found)
        else:
            self._wait_for(process, found)
        return found

    def _published(self, process: str, projection: Projection) -> Published:
        from service.publishing.published import Published  # noqa: PLC0415 - numpy takes a while to load

        with self._lock:
            found = self._held.pop((process, projection.key), None) or Published(projection)
            self._held[process, projection.key] = found
            while len(self._held) > HELD:
                self._held.popitem(last=False)
            return found

    def _advance(self, process: str, found: Published) -> None:
        """Walk on; a walk that fails on its way is dropped, so that the next begins anew and leaves nothing out."""
        projection = found.projection
        types = sorted({DECLARED[one].name for one in (*projection.folds, *CORRECTING, *RIGHTS, ReportIssued)})
        with found.walking:
            if found.failed:  # while we waited for it
                raise BeingWalkedError(projection.name)
            try:
                found.advance(list(self._reader.walk(process, after=found.position, until=LAST, types=types)))
            except BaseException:
                found.failed = True
                with self._lock:
                    if self._held.get((process, projection.key)) is found:
                        del self._held[process, projection.key]
                raise

    def _wait_for(self, process: str, found: Published) -> None:
        """Walk on beside the request; who comes while somebody else's walk is under way waits for it, then walks on."""
        key, until = (process, found.projection.key), time.monotonic() + PATIENCE_SECONDS
        mine = False
        while not mine:
            with self._lock:
                mine = key not in self._walkers
                walker = self._walkers.setdefault(key, Future())
            if mine:
                beside = contextvars.copy_context().run  # what is asked for in this process, and no other
                whose = (self._beside, process, found, walker)
                threading.Thread(target=beside, args=whose, name="published-points", daemon=True).start()
            if not wait([walker], max(0.0, until - time.monotonic())).done:
                raise BeingWalkedError(found.projection.name)
            walker.result()

    def _beside(self, process: str, found: Published, walker: Future[None]) -> None:
        failed: BaseException | None = None
        try:
            self._advance(process, found)
        except BaseException as error:  # noqa: BLE001 - told to whoever waits
            failed = error
        with self._lock:
            del self._walkers[process, found.projection.key]
        if failed:
            walker.set_exception(failed)
        else:
            walker.set_result(None)
