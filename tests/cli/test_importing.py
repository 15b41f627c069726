"""Spreadsheets on the command line: a rehearsal, the import, the rows that wait, and undoing it."""

import json

import psycopg
import pytest
from click.testing import CliRunner

from service.cli.main import main
from service.imports.intake import LISTED_MAX

PEOPLE = "Navn;Rolle;Skostørrelse\nAnna Fabel;borger;38\nBo Fabel;vagabond;44\n"


@pytest.fixture
def run(dsn, tmp_path):
    def kurslog(*words):
        environment = {"KURSLOG_HOME": str(tmp_path), "KURSLOG_DATABASE_URL": dsn, "KURSLOG_LANGUAGE": "en"}
        done = CliRunner().invoke(main, [str(word) for word in words], env=environment, prog_name="kurslog")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    code, _, said = kurslog(
        "process", "create", "fabelby", "--title", "Fabelby", "--place", "Fabelby", "--municipality", "Fabeldal",
        "--from", "2026-01-01", "--fictional",
    )  # fmt: skip
    assert code == 0, said
    return kurslog


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "deltagere.csv"
    path.write_bytes(PEOPLE.encode("cp1252"))
    return path


def test_a_rehearsal_shows_each_row_and_saves_nothing(run, people):
    code, out, said = run("import", "fabelby", people, "--dry-run")
    assert code == 1
    assert "+ 2\tNew participant: Anna Fabel, citizen, from 1 January 2026." in out
    assert "? 3\t“Rolle” is a word not known here." in out
    assert "These columns are not read: “Skostørrelse”" in said
    assert "Nothing was saved" in said
    assert run("waiting", "fabelby")[1] == ""


def test_a_table_is_told_from_its_content_and_what_waits_by_its_line(run, people):
    code, out, said = run("import", "fabelby", people)
    assert (code, json.loads(out)) == (1, {"accepted": 1, "duplicate": 0, "quarantined": 1})
    assert "line 3: “Rolle” is a word not known here." in said
    assert "2 rows read: 1 taken in, 0 already there, 1 wait for you." in said
    assert json.loads(run("import", "fabelby", people)[1]) == {"accepted": 0, "duplicate": 1, "quarantined": 1}


def test_what_waits_is_written_out_mended_and_read_in(run, people, tmp_path):
    run("import", "fabelby", people)
    out = tmp_path / "venter.csv"
    assert run("waiting", "fabelby", "--out", out)[0] == 0
    out.write_bytes(out.read_bytes().replace(b"vagabond", b"borger"))
    code, said, _ = run("import", "fabelby", out, "--format", "csv", "--kind", "people")
    assert (code, json.loads(said)["accepted"]) == (0, 1)
    assert run("waiting", "fabelby")[1] == ""


def test_an_import_is_undone_at_once(run, people):
    run("import", "fabelby", people)
    code, out, said = run("undo-import", "fabelby", 4)
    assert (code, out.strip(), "3 entries withdrawn" in said) == (0, "3", True)
    assert run("undo-import", "fabelby", 2)[0] == 1


EVENT = {"type": "contribution-made", "data": {"contribution_id": "c1", "kind": "idea", "text": "x", "author": {"kind": "anonymous"}}}  # fmt: skip


def test_lines_for_a_process_that_is_not_there_are_refused_at_once(run, dsn, tmp_path):
    path = tmp_path / "f.ndjson"
    path.write_text(f"{json.dumps(EVENT)}\n" * 3)
    code, out, said = run("import", "fablby", path)
    assert (code, out, said.count("\n")) == (1, "", 1)
    assert "there is no process fablby, and no line of the file registers it." in said
    assert "kurslog process create fablby. [unknown-process]" in said
    with psycopg.connect(dsn) as connection:
        assert connection.execute("select count(*) from log.quarantine").fetchone() == (0,)


def test_a_process_may_be_registered_anywhere_in_its_file(run, tmp_path):
    data = {"title": "F", "place": "F", "municipality": "F", "aim": "democracy", "period_start": "2018-01-01"}
    path = tmp_path / "f.ndjson"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in (EVENT, {"type": "process-registered", "data": data})))
    code, out, said = run("import", "fablby", path)
    assert (code, json.loads(out)) == (0, {"accepted": 2, "duplicate": 0, "quarantined": 0}), said


def test_of_many_lines_that_wait_the_first_are_told_and_how_many_more(run, tmp_path):
    path = tmp_path / "f.ndjson"
    path.write_text("{\n" * (LISTED_MAX + 3))
    code, out, said = run("import", "fabelby", path)
    assert (code, json.loads(out)["quarantined"]) == (1, LISTED_MAX + 3)
    assert f"line {LISTED_MAX}: " in said
    assert f"line {LISTED_MAX + 1}: " not in said
    assert "and 3 more. Mend those above, and read the file in again." in said


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (b"Navn;name\nx;y\n", (), "say the same"),
        (b"en;to\n1;2\n", ("--format", "csv"), "None of the headers is known"),
        (b"PK\x03\x04", (), "could not be read"),
        (b"Tekst;Slags\nx;y\n", ("--gathering", "g-9"), "no such gathering"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(run, tmp_path, content, words, said):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    code, _, heard = run("import", "fabelby", path, *words)
    assert (code, said in heard) == (1, True), heard


def test_a_day_that_is_none_is_wrong_usage(run, people):
    assert run("import", "fabelby", people, "--date", "yesterday")[0] == 2


# ------------------------------------------------------------------ answers to a round
ANSWERS = "Hvem;Dato;Et\np1;2026-01-10;Enig\np2;2026-01-10;3\n"


@pytest.fixture
def asked(run, tmp_path):
    from tests.imports.test_answers import FRAMEWORK, INSTRUMENT

    for stem, data in (
        ("participant-registered", {"participant_id": "p1"}),
        ("role-assumed", {"participant_id": "p1", "role": "citizen"}),
        ("competence-framework-published", FRAMEWORK),
        ("instrument-published", INSTRUMENT),
        (
            "assessment-round-opened",
            {"round_id": "r1", "instrument_id": "skema", "version": 1, "moment": "before", "eligible": ["p1"]},
        ),
    ):
        code, _, said = run("record", "fabelby", stem, "--data", json.dumps(data), "--time", "2026-01-05T12:00:00Z")
        assert code == 0, said
    path = tmp_path / "svar.csv"
    path.write_text(ANSWERS)
    return path


def test_answers_wait_until_somebody_says_what_the_columns_mean(run, asked):
    way = ("import", "fabelby", asked, "--kind", "answers", "--round", "r1")
    code, out, said = run(*way)
    assert (code, out) == (1, "1\tHvem\t-\n2\tDato\tdate\n3\tEt\t-\n")
    assert "Nothing was read in." in said
    told = ("--column", "1=participant", "--column", "Et=now_s1", "--word", "Enig=4")
    code, out, said = run(*way, *told, "--dry-run")
    assert (code, "+ 2\tp1: now 1 answers." in out, "? 3\tNo participant of the process fits." in out) == (
        1,
        True,
        True,
    )
    code, out, _ = run(*way, *told, "--confirm")
    assert (code, json.loads(out)) == (1, {"accepted": 1, "duplicate": 0, "quarantined": 1})
    asked.write_text(ANSWERS.replace("p2", "p3"))  # the next file of the shape needs no more words
    assert json.loads(run(*way)[1]) == {"accepted": 0, "duplicate": 1, "quarantined": 1}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Choose the round by --round"),
        (("--round", "r9"), "There is no such round"),
        (("--round", "r1", "--column", "1=now_q9"), "There are: participant"),
        (("--round", "r1", "--column", "9=now_s1"), "There are: participant"),
        (("--round", "r1", "--word", "Enig=6"), "There are: 1, 2, 3, 4, 5"),
        (("--round", "r1", "--blank", "0"), "There are: do-not-know"),
        (("--round", "r1", "--confirm"), "No column says who answers"),
    ],
)
def test_what_cannot_be_meant_is_told(run, asked, words, said):
    code, _, error = run("import", "fabelby", asked, "--kind", "answers", *words)
    assert (code in {1, 2}, said in error) == (True, True), error


def test_a_round_is_for_answers_alone(run, people):
    assert run("import", "fabelby", people, "--round", "r1")[0] == 2


def test_the_form_of_a_round_is_written_out(run, asked, tmp_path):
    from openpyxl import load_workbook

    out = tmp_path / "skema.xlsx"
    assert run("export", "fabelby", "xlsform", "--round", "r1", "--out", out)[0] == 0
    assert load_workbook(out)["settings"]["A2"].value == "Fabelby: before"
    assert run("export", "fabelby", "xlsform", "--out", out)[0] == 2
    assert run("export", "fabelby", "xlsform", "--round", "r9", "--out", tmp_path / "no.xlsx")[0] == 1
