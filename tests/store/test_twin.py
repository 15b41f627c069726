"""The fictional twin on a real log: taken in whole, once, and walked on both clocks."""

from domain.keeping import AccessRole
from projections.everything import PROJECTIONS
from service.imports.ndjson import import_file
from service.security.gate import Caller
from service.simulation import Plan, events, lines

EVALUATOR = Caller("a-evaluator", AccessRole.EVALUATOR)


def test_it_is_taken_in_whole_and_a_second_time_doubles_nothing(app, tmp_path):
    path = tmp_path / "twin.ndjson"
    path.write_bytes(b"".join(lines(Plan())))
    count = path.read_bytes().count(b"\n")
    tally = import_file(app, "fabelby", path, account="a-import")
    assert (tally.accepted, tally.duplicate, tally.quarantined) == (count, 0, [])
    again = import_file(app, "fabelby", path, account="a-import")
    assert (again.accepted, again.duplicate, again.quarantined) == (0, count, [])


def test_nothing_in_it_waits_for_something_later(twin):
    sent = [event["id"] for event in events(Plan())]
    stored = [str(event.id) for event in twin.reader.walk("fabelby")]
    assert stored[: len(sent)] == sent


def test_the_late_sheet_is_unknown_before_it_turned_up(twin):
    def recorded(day):
        clocks = twin.queries.clocks("fabelby", day)
        held = twin.reader.walk("fabelby", until=clocks.position)
        return sum(e.type == "attendance-recorded.v1" and e.data.gathering_id == "ga-2" for e in held)

    assert 0 < recorded("2026-04-01") < recorded("2026-04-20")


def test_every_projection_answers_it_and_says_that_it_is_invented(twin):
    for name in PROJECTIONS:
        document = twin.queries.document(EVALUATOR, "fabelby", name, twin.queries.clocks("fabelby"))
        assert (document["fictional"], bool(document["data"])) == (True, True), name
