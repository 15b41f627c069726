"""What is told of aggregates, and when, to whoever may not open the answers beneath them.

Between two moments one person may have answered. Whoever may ask before and after subtracts. So such a reader is told
an answer as it stood at a *published point*: where something begins or is over (`Projection.ends`), a report was
issued or somebody took an answer back, and only when no figure differs, from any point told before, by fewer than k
people (`disclosure.singled_out`). Where it would, whose answer would be seen waits; waves are told each over those who
answered it (``occasions_apart``); counts of people stay one by one as they were told (``figures_alone``). Points follow
from the log alone, walked from its beginning.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from domain.correcting import CORRECTING
from domain.kernel import DECLARED
from domain.reporting import ReportIssued
from projections.kernel import Projection
from service.log.reading import LAST, Reader
from service.publishing.point import Point
from service.publishing.walking import RIGHTS, RIGHTS_KINDS, Published

__all__ = ["RIGHTS_KINDS", "Point", "Published", "Publishing"]

HELD: Final = 64
"""So many walks, one a process and projection, are kept in a server."""


class Publishing:
    """The published points of every process, walked as far as the log goes, and held."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._held: OrderedDict[tuple[str, str], Published] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, process: str, projection: Projection) -> Published:
        """Return the points of a projection, up to the log's head."""
        with self._lock:
            found = self._held.pop((process, projection.key), None) or Published(projection)
            self._held[process, projection.key] = found
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        types = sorted({DECLARED[one].name for one in (*projection.folds, *CORRECTING, *RIGHTS, ReportIssued)})
        with found.walking:
            found.advance(list(self._reader.walk(process, after=found.position, until=LAST, types=types)))
        return found
