"""A whole import is undone by one command, or not at all."""

import pytest

from domain.correcting import EventWithdrawn, effective
from service.imports.undoing import StandsInTheWayError, undo_import
from service.queries import UnknownError
from tests.imports.test_tables import PEOPLE, events, placed


def undo(app, position):
    return undo_import(app, "fabelby", position, "a-test", "da")


def standing(app):
    return [event.declaration.stem for event in effective(list(app.reader.walk("fabelby")))]


def test_all_of_an_import_is_withdrawn_at_once_newest_first(app, imported):
    done = imported(PEOPLE)[0].last_position
    assert undo(app, done) == 6
    assert standing(app) == ["process-registered"]
    withdrawn = [event for event in app.reader.walk("fabelby") if isinstance(event.data, EventWithdrawn)]
    positions = {str(event.id): event.position for event in app.reader.walk("fabelby")}
    assert [positions[event.data.target] for event in withdrawn] == [7, 6, 5, 4, 3, 2]
    assert len({event.recordedat for event in withdrawn}) == 1


def test_undoing_twice_changes_nothing_more(app, imported):
    done = imported(PEOPLE)[0].last_position
    undo(app, done)
    head = app.reader.head()
    assert (undo(app, done), app.reader.head()) == (0, head)


def test_after_undoing_the_same_file_goes_in_again_and_can_be_undone_again(app, imported):
    undo(app, imported(PEOPLE)[0].last_position)
    tally, _ = imported(PEOPLE)
    assert placed(tally) == (2, 0, [])
    assert placed(imported(PEOPLE)[0]) == (0, 2, [])
    assert undo(app, tally.last_position) == 6
    assert placed(imported(PEOPLE)[0]) == (2, 0, [])


def test_a_rerun_is_part_of_the_same_import(app, imported):
    said = "Tekst;Slags;Dato\nEn bænk;idé;1.2.2026\n"
    done = imported(said)[0].last_position
    assert placed(imported(said)[0]) == (0, 1, [])
    assert undo(app, done) == 2


def test_what_was_built_on_it_stands_in_the_way_and_is_named(app, imported, scribe):
    done = imported("Tekst;Slags;Dato\nEn bænk;idé;1.2.2026\nEt bål;drøm;1.2.2026\n")[0].last_position
    ref = events(app, "contribution-made")[0].data.contribution_id
    answer = {"contribution_id": ref, "answer": "Ja", "by": {"kind": "role", "ref": "politician"}}
    answered = scribe.record("contribution-answered", answer, on="2026-03-01T12:00:00Z")
    decided = scribe.record(
        "decision-made",
        {
            "decision_id": "d-1",
            "question": "Bænken?",
            "chosen": "a",
            "options": [{"id": "a", "text": "Ja"}],
            "method": "consensus",
            "taken_by": [{"actor": {"kind": "role", "ref": "citizen"}}],
            "builds_on": [ref],
        },
        on="2026-03-02T12:00:00Z",
    )
    head = app.reader.head()
    with pytest.raises(StandsInTheWayError) as stopped:
        undo(app, done)
    assert stopped.value.positions == (answered.position, decided.position)
    assert app.reader.head() == head
    for recorded in (answered, decided):
        (event,) = app.reader.at([recorded.position])
        scribe.record("event-withdrawn", {"target": str(event.id), "reason": "x"})
    assert undo(app, done) == 3


def test_an_import_that_another_rests_on_waits_for_the_other(app, imported, kick_off):
    people = imported(PEOPLE)[0].last_position
    came = imported("Navn;Fremmøde;Samling\nAnna Fabel;ja;g-1\n")[0].last_position
    with pytest.raises(StandsInTheWayError) as stopped:
        undo(app, people)
    assert stopped.value.positions == (events(app, "attendance-recorded")[0].position,)
    undo(app, came)
    assert undo(app, people) == 6


def test_an_entry_withdrawn_by_hand_before_is_passed_over(app, imported, scribe):
    done = imported("Tekst;Slags;Dato\nEn bænk;idé;1.2.2026\nEt bål;drøm;1.2.2026\n")[0].last_position
    scribe.record("event-withdrawn", {"target": str(events(app, "contribution-made")[0].id), "reason": "x"})
    assert undo(app, done) == 2


def test_an_entry_corrected_by_hand_is_withdrawn_all_the_same(app, imported, scribe):
    done = imported("Tekst;Slags;Dato\nEn bænk;idé;1.2.2026\n")[0].last_position
    target = str(events(app, "contribution-made")[0].id)
    change = [{"field": "channel", "value": "seddel"}]
    scribe.record("event-corrected", {"target": target, "fields": change, "reason": "x"})
    assert undo(app, done) == 2
    assert standing(app) == ["process-registered"]


@pytest.mark.parametrize("position", [1, 999])
def test_what_is_no_import_is_not_undone(app, scribe, position):
    with pytest.raises(UnknownError):
        undo(app, position)


@pytest.mark.slow
def test_a_large_import_is_undone_in_one_command(app, imported):
    rows = "\n".join(f"Seddel {n};idé;1.2.2026" for n in range(6_000))
    done = imported(f"Tekst;Slags;Dato\n{rows}\n")[0].last_position
    assert undo(app, done) == 6_001
    assert standing(app) == ["process-registered"]
