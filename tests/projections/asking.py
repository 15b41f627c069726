"""Asking a projection about a log in memory, by the definition and as a reader of a given depth."""

import datetime as dt

from domain.vocabulary import Visibility
from projections.kernel import DEPTH, FOREVER, Named, Request, as_of, microseconds, standing
from service.log.tables import stored_form
from tests.unit.conftest import moment

LATER = dt.datetime(2026, 12, 31, 12, tzinfo=dt.UTC)


def asked(projection, log, *, by=None, on=None, known=FOREVER, as_=Visibility.TEAM):
    """Return the whole answer: as of a day (without one, everything that happened, judged at the year's end)."""
    at = moment(on) if on else LATER
    happened = microseconds(at) if on else FOREVER - 1
    deep = projection.deep if projection.deep and as_ is not Visibility.PUBLIC else as_
    counted = max(DEPTH[as_], DEPTH[deep])
    states = as_of(projection, log.events, known, happened, counted)
    named = projection.naming(states) if projection.naming else Named()
    entries = tuple(
        event
        for event in standing(log.events, known, happened, counted)
        if str(event.id) in named.ids or event.declaration.stem in named.types
    )
    request = Request(log.process, by=by, at=at, depth=DEPTH[as_], entries=entries)
    return projection.query({key: stored_form(state) for key, state in states.items()}, request)
