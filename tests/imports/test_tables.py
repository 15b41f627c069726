"""Import of tables: what can be placed goes in, what cannot waits and says why, and nothing doubles."""

import pytest

from service.imports.intake import Waiting
from service.imports.mending import mending_file
from service.imports.sheets import UnreadableTableError
from tests.imports.conftest import workbook


def placed(tally):
    return (tally.accepted, tally.duplicate, [(item.line, item.rule) for item in tally.quarantined])


def events(app, stem):
    return app.reader.process_page("fabelby", types=[f"{stem}.v1"])


PEOPLE = "Navn;Rolle;Telefon\nAnna Fabel;borger;+45 00\nBo Fabel;politiker og medarbejder;\n"


# ------------------------------------------------------------------ the five kinds
def test_people_become_participants_with_their_roles(app, imported):
    tally, _ = imported(PEOPLE)
    assert placed(tally) == (2, 0, [])
    assert [e.data.role.value for e in events(app, "role-assumed")] == ["citizen", "politician", "employee"]
    (anna, _) = events(app, "participant-registered")
    texts = app.log.vault.texts([anna.position])
    assert (texts[anna.position, "name"], texts[anna.position, "contact"]) == ("Anna Fabel", "+45 00")


def test_no_name_stands_in_an_id_or_in_the_open(app, imported):
    imported(PEOPLE)
    with app.log.connection() as connection:
        rows = connection.execute("select convert_from(state, 'UTF8') as said, subject from log.event").fetchall()
        rows += connection.execute("select rule as said, file_sha256 as subject from log.quarantine").fetchall()
    assert not any(word in row[part] for row in rows for part in ("said", "subject") for word in ("Anna", "Bo Fabel"))


def test_people_without_a_day_are_with_us_from_the_beginning_and_it_says_so(app, imported):
    imported(PEOPLE)
    event = events(app, "participant-registered")[0]
    assert (event.time.isoformat(), event.timeprecision.value) == ("2025-12-31T23:00:00+00:00", "day")
    assert event.timebasis == "Rækken har ingen dato; sat til forløbets begyndelse."


def test_attendance_finds_people_by_number_tag_or_whole_name(app, imported, kick_off, people):
    people(p17="Anna Fabel", p18="Bo Fabel")
    said = "Navn;Fremmøde;Samling\nanna  fabel;ja;startworkshop\np18;afbud;g-1\nAnna;nej;g-1\n"
    tally, _ = imported(said)
    assert placed(tally) == (2, 0, [(4, "person-unknown")])
    found = [
        (e.data.participant_id, e.data.status.value, e.time.isoformat()) for e in events(app, "attendance-recorded")
    ]
    assert found == [
        ("p17", "present", "2026-01-27T16:00:00+00:00"),
        ("p18", "excused", "2026-01-27T16:00:00+00:00"),
    ]


def test_a_gathering_may_be_told_by_its_day_or_chosen_for_the_whole_file(imported, kick_off, people):
    people(p17="Anna Fabel")
    assert placed(imported("Navn;Fremmøde;Dato\nAnna Fabel;ja;27.1.2026\n")[0]) == (1, 0, [])
    assert placed(imported("Navn;Fremmøde\nAnna Fabel;nej\n", gathering="g-1")[0]) == (1, 0, [])
    assert placed(imported("Navn;Fremmøde\nAnna Fabel;x\n")[0]) == (0, 0, [(2, "gathering-missing")])


def test_one_person_may_stand_in_many_rows(imported, people):
    people(p17="Anna Fabel")
    hours = "Navn;Timer;Lønnet/frivillig;Dato\nAnna Fabel;2;frivilligt;1.2.2026\nAnna Fabel;3;frivilligt;2.2.2026\n"
    assert placed(imported(hours)[0]) == (2, 0, [])


def test_two_people_of_one_name_are_never_guessed_at(imported, kick_off, people):
    people(p17="Anna Fabel", p18="Anna Fabel")
    said = "Navn;Nummer;Fremmøde;Samling\nAnna Fabel;;ja;g-1\nAnna Fabel;p18;ja;g-1\nAnna Fabel;p99;ja;g-1\n"
    assert placed(imported(said)[0]) == (1, 0, [(2, "person-ambiguous"), (4, "person-unknown")])


def test_two_gatherings_of_one_title_are_never_guessed_at(imported, kick_off, people, scribe):
    people(p17="Anna Fabel")
    again = {"gathering_id": "g-2", "title": "Startworkshop", "kind": "workshop"}
    scribe.record("gathering-planned", again, on="2026-01-05T12:00:00Z")
    said = "Navn;Fremmøde;Samling\nAnna Fabel;ja;Startworkshop\n"
    assert placed(imported(said)[0]) == (0, 0, [(2, "thing-ambiguous")])


def test_contributions_have_an_author_a_role_or_nobody(app, imported, kick_off, people):
    people(p17="Anna Fabel")
    said = "Tekst;Slags;Navn;Rolle;Samling\nEn bænk;idé;Anna Fabel;;g-1\nEt bål;drøm;;politiker;g-1\nStøj;bekymring;;;g-1\n"
    tally, _ = imported(said)
    assert placed(tally) == (3, 0, [])
    found = [(e.data.kind.value, e.data.author.kind.value, e.data.author.ref) for e in events(app, "contribution-made")]
    assert found == [("idea", "participant", "p17"), ("dream", "role", "politician"), ("concern", "anonymous", None)]


def test_hours_and_expenditure_with_decimal_commas(app, imported, people, scribe):
    people(p17="Anna Fabel")
    lines = [{"id": "mad", "title": "Mad og drikke", "amount_dkk": "10000"}]
    scribe.record("budget-approved", {"version": 1, "lines": lines}, on="2026-01-03T12:00:00Z")
    hours = "Navn;Timer;Lønnet/frivillig;Dato\nAnna Fabel;6,5;frivilligt;1.2.2026\n"
    spent = "Post;Beløb;Bilag;Dato\nmad og drikke;1.250,50;14;2026-02-01\nRejser;10;15;2026-02-01\n"
    assert placed(imported(hours)[0]) == (1, 0, [])
    assert placed(imported(spent)[0]) == (1, 0, [(3, "thing-unknown")])
    assert str(events(app, "hours-logged")[0].data.hours) == "6.5"
    (event,) = events(app, "expenditure-recorded")
    assert (event.data.line_id, str(event.data.amount_dkk), event.data.paid_on.isoformat()) == (
        "mad", "1250.50", "2026-02-01",
    )  # fmt: skip


# ------------------------------------------------------------------ what waits
@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (";idé;1.2.2026", "cell-empty"),
        ("En bænk;ønske;1.2.2026", "choice-unknown"),
        ("En bænk;idé;i går", "day-unreadable"),
        ("En bænk;idé;", "day-missing"),
        ("En bænk;idé;1.2.2999", "time-in-future"),
        ("En \x00bænk;idé;1.2.2026", "cell-unreadable"),
        ("x" * 20_001 + ";idé;1.2.2026", "row-unreadable"),
    ],
)
def test_a_row_that_cannot_be_placed_waits_and_says_why_the_rest_goes_in(imported, row, rule):
    tally, told = imported(f"Tekst;Slags;Dato\nEt bål;drøm;1.2.2026\n{row}\n")
    assert placed(tally) == (1, 0, [(3, rule)])
    assert all(one.da and one.en for one in told)


def test_a_formula_waits_and_asks_for_its_value(imported):
    tally, _ = imported(
        workbook([["Tekst", "Slags", "Dato"], ["En bænk", "idé", "=TODAY()"], ["=1+1", "idé", "1.2.2026"]])
    )
    assert placed(tally) == (0, 0, [(2, "cell-is-a-formula"), (3, "cell-is-a-formula")])


def test_a_number_that_is_taken_is_not_given_again(imported, people):
    people(p17="Anna Fabel")
    tally, _ = imported("Nummer;Navn;Rolle\np17;En anden;leder\np18;En tredje;leder\np18;En fjerde;leder\n")
    assert placed(tally) == (1, 0, [(2, "number-known-already"), (4, "number-known-already")])


def test_a_person_goes_in_whole_or_not_at_all(app, imported):
    tally, _ = imported("Nummer;Navn;Rolle\nAnna;Anna Fabel;leder\n")
    assert placed(tally) == (0, 0, [(2, "participant-id-is-a-name")])
    assert [events(app, "participant-registered"), events(app, "role-assumed")] == [[], []]


def test_a_name_we_know_is_not_registered_again(imported, people):
    people(p17="Anna Fabel")
    tally, _ = imported("Navn;Rolle\nAnna Fabel;borger\nBo Fabel;borger\nBo Fabel;leder\n")
    assert placed(tally) == (1, 0, [(2, "person-known-already"), (4, "person-twice")])


def test_the_sentences_of_waiting_rows_name_columns_and_never_people(imported):
    tally, _ = imported("Navn;Fremmøde;Samling\nHemmelig Person;ja;Hemmelig samling\n")
    assert "Hemmelig" not in tally.quarantined[0].sentence


# ------------------------------------------------------------------ again
def test_the_same_file_again_doubles_nothing(app, imported):
    imported(PEOPLE)
    head = app.reader.head()
    assert placed(imported(PEOPLE)[0]) == (0, 2, [])
    assert placed(imported(PEOPLE, account="a-other")[0]) == (0, 2, [])
    assert app.reader.head() == head


def test_a_mended_file_takes_in_only_what_waited(imported):
    said = "Tekst;Slags;Dato\nEn bænk;idé;1.2.2026\nEt bål;ønske;1.2.2026\n"
    assert placed(imported(said)[0]) == (1, 0, [(3, "choice-unknown")])
    assert placed(imported(said.replace("ønske", "drøm"))[0]) == (1, 1, [])


def test_two_rows_alike_are_two_entries(app, imported):
    said = "Tekst;Slags;Dato\nEn bænk;idé;1.2.2026\nEn bænk;idé;1.2.2026\n"
    assert placed(imported(said)[0]) == (2, 0, [])
    assert placed(imported(said)[0]) == (0, 2, [])


def test_an_entry_that_was_withdrawn_by_itself_is_not_read_in_again(app, imported, scribe):
    said = "Tekst;Slags;Dato\nEn bænk;idé;1.2.2026\n"
    imported(said)
    scribe.record("event-withdrawn", {"target": str(events(app, "contribution-made")[0].id), "reason": "x"})
    assert placed(imported(said)[0]) == (0, 1, [])


def test_a_rehearsal_judges_everything_and_writes_nothing(app, imported):
    said = f"{PEOPLE}Cæcilie Fabel;vagabond;\n"
    head = app.reader.head()
    tally, told = imported(said, rehearsal=True)
    assert placed(tally) == (2, 0, [(4, "choice-unknown")])
    assert (app.reader.head(), Waiting(app, "fabelby").count()) == (head, 0)
    assert [one.da for one in told if one.state == "accepted"] == [
        "Ny deltager: Anna Fabel, borger, med fra 1. januar 2026.",
        "Ny deltager: Bo Fabel, politiker, medarbejder, med fra 1. januar 2026.",
    ]
    assert placed(imported(said)[0]) == placed(tally)


def test_a_table_that_cannot_be_read_to_its_end_writes_nothing(app, imported):
    head = app.reader.head()
    with pytest.raises(UnreadableTableError, match="table-broken-quotes"):
        imported(b'Tekst;Slags;Dato\nEn b\xc3\xa6nk;id\xc3\xa9;1.2.2026\n"' + b"x" * 200_000)
    assert app.reader.head() == head


def test_all_entries_of_an_import_carry_its_mark_and_the_log_says_that_it_was_read(app, imported):
    tally, _ = imported(f"{PEOPLE}Cæcilie Fabel;vagabond;\n")
    (done,) = events(app, "import-completed")
    assert tally.last_position == done.position
    assert (done.data.format, done.data.accepted, done.data.quarantined) == ("csv", 2, 1)
    assert done.data.mapping == "deltagere: navn, kontakt, rolle"
    marks = {event.correlationid for event in app.reader.walk("fabelby", after=1)}
    assert marks == {done.correlationid}


# ------------------------------------------------------------------ mending
def test_waiting_rows_are_taken_away_mended_and_read_in_and_wait_no_more(app, imported):
    imported("Navn;Rolle;Telefon\nCæcilie Fabel;vagabond;+45 11\nDitte Fabel;vagabond;\n")
    waiting = Waiting(app, "fabelby")
    held = waiting.listed()
    assert [(one.line, one.row.cells["Navn"]) for one in held] == [(2, "Cæcilie Fabel"), (3, "Ditte Fabel")]
    file = mending_file(held, "da").decode("utf-8-sig")
    assert file.splitlines()[0] == "kurslog-række;derfor venter den;Navn;Rolle;Telefon"
    assert "'+45 11" in file
    tally, _ = imported(file.replace("vagabond;'+45", "borger;'+45"))
    assert placed(tally) == (1, 0, [(3, "choice-unknown")])
    assert [one.row.cells["Navn"] for one in waiting.listed()] == ["Ditte Fabel"]
    (event,) = events(app, "participant-registered")
    assert app.log.vault.texts([event.position])[event.position, "contact"] == "+45 11"


def test_what_a_waiting_row_says_lies_encrypted(app, imported):
    imported("Navn;Rolle\nCæcilie Fabel;vagabond\n")
    with app.log.connection() as connection:
        row = connection.execute("select rule, cipher, key_id from log.quarantine").fetchone()
    assert b"Fabel" not in bytes(row["cipher"])
    assert (row["rule"], row["key_id"].startswith("fabelby/import/")) == ("choice-unknown", True)


# ------------------------------------------------------------------ many
@pytest.mark.slow
def test_ten_thousand_rows_with_three_bad_ones(app, imported):
    rows = [f"Seddel {n};idé;1.2.2026" for n in range(10_000)]
    for at, bad in ((17, "x;ønske;1.2.2026"), (4_999, "x;idé;i går"), (9_998, ";idé;1.2.2026")):
        rows[at] = bad
    tally, _ = imported("Tekst;Slags;Dato\n" + "\n".join(rows))
    assert placed(tally) == (9_997, 0, [(19, "choice-unknown"), (5_001, "day-unreadable"), (10_000, "cell-empty")])
    assert app.reader.count("fabelby") == 1 + 9_997 + 1
