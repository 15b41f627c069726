"""A source may be silent of any field: every projection folds and answers all the same."""

import datetime as dt
import hashlib

import pytest
from msgspec.structs import replace

from domain.kernel import DECLARED
from projections.everything import PROJECTIONS
from projections.kernel import Request
from service.log.mapper import LogMapper
from service.log.tables import stored_form
from service.log.vault import Vaulted
from service.samples import sample_data
from service.wire import Sender, read_event

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


class Still:
    """A vault that always answers the same."""

    def seal(self, key_id, place, text):
        return Vaulted(place.field, key_id, b""), hashlib.sha256(repr(place).encode()).hexdigest()


def stored(declaration, silent):
    """Return a sample of the event as the log gives it back, with nothing said of these fields."""
    wire = {
        "type": declaration.name,
        "time": "2026-02-28T16:00:00Z",
        "citation": "S1",
        "data": {name: item for name, item in sample_data(declaration).items() if name not in silent},
        "notrecorded": [{"field": name, "reason": "kilden tier"} for name in silent],
    }
    event = read_event(wire, "fabelby", Sender(account="a-1", now=NOW))
    mapper = LogMapper(Still())
    return replace(mapper.to_domain_event(mapper.to_stored_event(event)), position=1)


def cases():
    for projection in PROJECTIONS.values():
        for cls in projection.folds:
            yield projection, DECLARED[cls]


@pytest.mark.parametrize(("projection", "declaration"), list(cases()), ids=lambda item: item.name)
def test_silence_of_any_field_stops_no_projection(projection, declaration):
    unknowable = [field.name for field in declaration.fields if field.unknowable]
    for silent in ([], *([name] for name in unknowable), unknowable):
        event = stored(declaration, silent)
        first = projection.fold([event])
        for state in (first, projection.fold([stored(declaration, []), replace(event, position=2)])):
            assert stored_form(state) == state
            for by in (None, *projection.breakdowns):
                projection.query({event.subject: state}, Request("fabelby", by=by, at=NOW))
