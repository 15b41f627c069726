"""The fictional twin on a real log: taken in whole, once, and walked on both clocks."""

import pytest

from domain.keeping import AccessRole
from projections.everything import PROJECTIONS
from service.imports.ndjson import import_file
from service.security.gate import Caller
from service.simulation import Plan, lines

EVALUATOR = Caller("a-evaluator", AccessRole.EVALUATOR)


@pytest.fixture
def twin(app, tmp_path):
    """Return the file, and what became of its lines."""
    path = tmp_path / "twin.ndjson"
    path.write_bytes(b"".join(lines(Plan())))
    return path, import_file(app, "fabelby", path, account="a-import")


def test_it_is_taken_in_whole_and_a_second_time_doubles_nothing(app, twin):
    path, tally = twin
    count = path.read_bytes().count(b"\n")
    assert (tally.accepted, tally.duplicate, tally.quarantined) == (count, 0, [])
    again = import_file(app, "fabelby", path, account="a-import")
    assert (again.accepted, again.duplicate, again.quarantined) == (0, count, [])


def test_nothing_in_it_waits_for_something_later(app, twin):
    path, _ = twin
    sent = [line.split(b'"id":"', 1)[1][:36].decode() for line in path.read_bytes().splitlines()]
    stored = [str(event.id) for event in app.reader.walk("fabelby")]
    assert stored[: len(sent)] == sent


def test_the_late_sheet_is_unknown_before_it_turned_up(app, twin):
    def recorded(day):
        clocks = app.queries.clocks("fabelby", day)
        events = app.reader.walk("fabelby", until=clocks.position)
        return sum(e.type == "attendance-recorded.v1" and e.data.gathering_id == "ga-2" for e in events)

    assert 0 < recorded("2026-04-01") < recorded("2026-04-20")


def test_every_projection_answers_it_and_says_that_it_is_invented(app, twin):
    app.projector.catch_up()
    for name in PROJECTIONS:
        document = app.queries.document(EVALUATOR, "fabelby", name, app.queries.clocks("fabelby"))
        assert (document["fictional"], bool(document["data"])) == (True, True), name
