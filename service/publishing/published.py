"""The published points of one projection in one process, found by walking through the log."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from itertools import groupby

from domain.kernel import Envelope
from domain.reporting import ReportIssued
from projections.kernel import Projection
from service.publishing.known import Known
from service.publishing.point import Point
from service.publishing.ways import way_of
from service.security.rights import Rights


class Published:
    """The points of a projection, as far as its log was walked."""

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self.points = [Point()]
        self.walking = threading.Lock()
        self.failed = False
        self._known = Known(projection)
        self._way = way_of(self._known)

    @property
    def position(self) -> int:
        """The last entry that was taken in."""
        return self._known.position

    @property
    def size(self) -> int:
        """How many things are known."""
        return len(self._known.states)

    def advance(self, events: Iterable[Envelope]) -> None:
        """Take in the next entries, in order of position; whole commands, for half an answer is never published."""
        for (known, _), command in groupby(events, key=lambda one: (one.learnedat or one.recordedat, one.recordedat)):
            over = heard = False
            for event in command:
                heard |= self._known.take(event)
                over |= type(event.data) in {*self.projection.ends, ReportIssued}
            if over or (heard and any(self._known.stopped(self.points[-1].states))):
                self.points = self._way.follow(self.points, known)

    def told(self, position: int, happened: int, rights: Rights) -> Point:
        """Return the last point at or before both clocks that holds nobody's answer that was taken back by now."""
        return next(
            point
            for point in reversed(self.points)
            if point.position <= position
            and point.happened <= happened
            and not any(self._known.stops(rights, one, state) for one, state in point.states.items())
        )
