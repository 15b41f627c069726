"""Issuing from the command line: the report, the proof beside it, once however often it is run."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from service.app import Kurslog
from service.cli import reporting
from service.cli.main import main
from service.ledger import verify
from service.settings import Settings
from tests.conftest import Scribe

ISSUE = ("report", "fabelby", "--issue", "--recipient", "Opdigtet Pulje", "--format", "json", "--out")


@pytest.fixture
def app(tmp_path, dsn):
    kurslog = Kurslog(Settings(home=tmp_path, database_url=dsn, master_key_file=tmp_path / "master.key"), dsn)
    Scribe(kurslog).begin()
    yield kurslog
    kurslog.close()


@pytest.fixture
def run(tmp_path, dsn, monkeypatch):
    monkeypatch.setattr(reporting, "SIGNER_SECONDS", 0.3)

    def kurslog(*words):
        environment = {"KURSLOG_HOME": str(tmp_path), "KURSLOG_DATABASE_URL": dsn, "KURSLOG_LANGUAGE": "en"}
        done = CliRunner().invoke(main, words, env=environment, prog_name="kurslog")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    return kurslog


def test_without_a_signer_it_is_issued_once_and_the_proof_is_fetched_later(app, run, tmp_path):
    out = tmp_path / "r.json"
    code, _, said = run(*ISSUE, str(out))
    assert code == 1
    assert "is issued" in said
    assert "not signed yet" in said
    head, content = app.reader.head(), out.read_bytes()
    app.signing().step()
    code, _, said = run(*ISSUE, str(out))
    assert (code, app.reader.head(), out.read_bytes()) == (0, head, content)
    assert "Nothing new was recorded" in said
    proof = (tmp_path / "r.json.tlog-proof").read_bytes()
    assert verify.verify_report(content, proof, key=app.ledger_key).position == head
    files = ("verify", "--report", str(out), "--proof", f"{out}.tlog-proof")
    code, told, said = run(*files)
    assert (code, verify.said("accepted", "en") in told) == (0, True)
    assert "The key was taken from" in said
    out.write_bytes(content + b" ")
    code, told, _ = run(*files)
    assert (code, verify.said("other-file", "en") in told) == (1, True)
    assert run(*files[:3])[0] == 2


@pytest.mark.parametrize(
    "words",
    [
        ("report", "fabelby", "--issue", "--out", "x"),
        ("report", "fabelby", "--issue", "--recipient", " ", "--out", "x"),
        ("report", "fabelby", "--recipient", "x", "--out", "x"),
        (*ISSUE, "x", "--supersedes", "r-1"),
        (*ISSUE, "x", "--reason", "y"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(app, run, words):
    assert run(*words)[0] == 2
    assert app.reader.head() == 1


def test_a_report_that_replaces_another_says_why_and_an_unknown_one_is_refused(app, run, tmp_path):
    out = str(tmp_path / "r.json")
    run(*ISSUE, out)
    first = next(event.data.report_id for event in app.reader.walk("fabelby") if event.type == "report-issued.v1")
    code, _, said = run(*ISSUE, out, "--language", "en", "--supersedes", "never", "--reason", "x")
    assert code == 1
    assert "unknown-thing" in said
    run(*ISSUE, out, "--language", "en", "--supersedes", first, "--reason", "Opdigtet grund")
    assert [event.data.report_id for event in app.reader.walk("fabelby") if event.type == "report-superseded.v1"] == [
        first
    ]


def test_a_draft_records_nothing(app, run, tmp_path):
    out = tmp_path / "r.json"
    assert run("report", "fabelby", "--format", "json", "--out", str(out))[0] == 0
    assert json.loads(out.read_bytes())["process"] == "fabelby"
    assert app.reader.head() == 1


def test_on_the_embedded_server_the_command_signs_where_no_signer_does(app, monkeypatch, capsys):
    monkeypatch.setattr(reporting, "EMBEDDED_SECONDS", 0.1)
    monkeypatch.setenv("KURSLOG_LANGUAGE", "da")
    app.settings = replace(app.settings, database_url=None)
    proof = reporting.proven(app, 1)
    assert verify.Proof.read(proof).check(app.ledger.entry(1), app.ledger_key)[0].size == 1
    assert "skrevet under" in capsys.readouterr().err
    assert reporting.proven(app, 1) == proof
    assert capsys.readouterr().err == ""
