"""The fictional twin on a real log: taken in whole, once, and walked on both clocks."""

from domain.keeping import AccessRole
from projections.everything import PROJECTIONS
from projections.kernel import Figure
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


def test_nothing_in_it_waits_for_something_later(read_twin):
    sent = [event["id"] for event in events(Plan())]
    stored = [str(event.id) for event in read_twin.reader.walk("fabelby")]
    assert stored[: len(sent)] == sent


def test_the_late_sheet_is_unknown_before_it_turned_up(read_twin):
    def recorded(day):
        clocks = read_twin.queries.clocks("fabelby", day)
        held = read_twin.reader.walk("fabelby", until=clocks.position)
        return sum(e.type == "attendance-recorded.v1" and e.data.gathering_id == "ga-2" for e in held)

    assert 0 < recorded("2026-04-01") < recorded("2026-04-20")


def test_every_projection_answers_it_and_says_that_it_is_invented(read_twin):
    for name in PROJECTIONS:
        document = read_twin.queries.document(EVALUATOR, "fabelby", name, read_twin.queries.clocks("fabelby"))
        assert (document["fictional"], bool(document["data"])) == (True, True), name


def test_three_roles_and_five_competences_and_every_number_leads_to_its_entries(read_twin):
    clocks = read_twin.queries.clocks("fabelby")
    answer = read_twin.queries.ask(EVALUATOR, "fabelby", "competence-uplift", clocks)
    cells = answer.data["cells"]
    assert len({cell["role"] for cell in cells}) == 3
    assert len({cell["competence"] for cell in cells}) == 5
    assert [cell for cell in cells if cell["gain"] is None] == []
    found = figures({name: part for name, part in answer.data.items() if name != "by"})
    assert len(found) > 15 * 20
    stored = {event.position for event in read_twin.reader.walk("fabelby")}
    assert [figure.key for figure in found if figure.value and not figure.events] == []
    assert {position for figure in found for position in figure.events} <= stored
    assert len({figure.key for figure in found}) == len(found)
    for figure in (found[0], found[len(found) // 2], found[-1]):
        opened = read_twin.queries.behind(EVALUATOR, "fabelby", "competence-uplift", clocks, [figure.key])
        assert tuple(event.position for event in opened) == figure.events


def figures(data):
    """Every number that opens."""
    if isinstance(data, Figure):
        return [data]
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [one for part in parts for one in figures(part)]
