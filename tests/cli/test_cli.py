"""The command line: data on stdout, words on stderr, 0 done, 1 refused, 2 wrong usage."""

import csv
import json
import os
import subprocess
import sys

import psycopg
import pytest
from click.testing import CliRunner

from service.cli.main import main
from tests.databases import durable


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def database(server, template):
    from tests.conftest import at, made

    with made(server, template) as name:
        yield at(server, name)


@pytest.fixture(scope="module")
def run(home, database):
    """Return a function that runs kurslog and gives (exit code, stdout, stderr)."""

    def kurslog(*words, stdin=None, **more):
        environment = {"KURSLOG_HOME": str(home), "KURSLOG_DATABASE_URL": database, "KURSLOG_LANGUAGE": "en", **more}
        done = CliRunner().invoke(main, words, input=stdin, env=environment, prog_name="kurslog")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    return kurslog


@pytest.fixture(scope="module")
def loaded(run):
    """Load the demo once."""
    code, _, said = run("demo", "--no-serve")
    assert code == 0, said
    return run


def asked(run, *words):
    code, out, said = run("query", "knabstrup", *words, "--format", "json")
    assert code == 0, said
    return json.loads(out)


DAYS = ["2019-01-27", "2019-02-05", "2019-05-06", "2019-05-24"]


def test_the_timeline_of_the_founding_case_has_its_four_days(loaded):
    dates = {item["date"] for item in asked(loaded, "timeline")["data"]["items"]}
    assert set(DAYS) <= dates


def test_by_the_first_of_february_only_the_kick_off_had_been_held(loaded):
    text = json.dumps(asked(loaded, "timeline", "--happened-by", "2019-02-01"))
    assert [day in text for day in DAYS] == [True, False, False, False]


def test_before_a_source_was_published_nobody_knew_what_it_tells(loaded):
    def known(day):
        return {item["id"] for item in asked(loaded, "decisions", "--known-by", day)["data"]["items"]}

    assert "de-07" not in known("2018-11-07")
    assert "de-07" in known("2018-11-08")


def test_the_founding_case_is_whole(loaded):
    assert len(asked(loaded, "timeline")["data"]["groups"]) == 6
    assert asked(loaded, "actions")["data"]["count"]["value"] == 20
    assert asked(loaded, "fate-of-contributions")["data"]["count"]["value"] == 19
    decisions = asked(loaded, "decisions")["data"]
    assert (decisions["count"]["value"], decisions["case_items"]["value"]) == (14, 16)


@pytest.mark.parametrize(
    "projection",
    ["timeline", "fate-of-contributions", "decisions", "actions", "goals", "budget", "claims", "evidence", "model"],
)
@pytest.mark.parametrize("until", ["1", "30", "90", "150", "214", "2019-12-31"])
def test_a_replay_to_any_position_equals_what_was_known_there(loaded, projection, until):
    code, replayed, said = loaded(
        "replay", "knabstrup", "--until", until, "--projection", projection, "--format", "json"
    )
    assert code == 0, said
    assert json.loads(replayed) == asked(loaded, projection, "--known-by", until)


def test_loading_the_demo_again_doubles_nothing(loaded):
    code, _, said = loaded("demo", "--no-serve")
    assert (code, "0 entries taken in" in said) == (0, True)


def test_one_event_is_recorded_by_the_same_rules(run, loaded):
    done = run(
        "process",
        "create",
        "nabolund",
        "--title",
        "Nabolund",
        "--place",
        "Nabolund",
        "--municipality",
        "Fabeldal",
        "--from",
        "2026-01-01",
        "--fictional",
    )
    assert done[0] == 0, done
    data = {"contribution_id": "c1", "kind": "idea", "text": "en bænk", "author": {"kind": "anonymous"}}
    code, out, _ = run("record", "nabolund", "contribution-made", "--time", "2026-02-01", stdin=json.dumps(data))
    assert (code, out.strip().isdigit()) == (0, True)
    code, out, said = run("record", "nabolund", "contribution-made", "--data", json.dumps(data))
    assert (code, out) == (1, "")
    assert "already-exists" in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["query", "findes-ikke", "timeline"], 1),
        (["query", "knabstrup", "findes-ikke"], 1),
        (["query", "knabstrup", "timeline", "--known-by", "i morgen"], 1),
        (["query", "knabstrup", "actions", "--by", "findes-ikke"], 1),
        (["record", "knabstrup", "contribution-made", "--data", "{"], 1),
        (["record", "knabstrup", "made-up", "--data", "{}"], 1),
        (["rebuild", "findes-ikke"], 1),
        (["import", "knabstrup", "no-such-file"], 2),
        (["simulate", "--participants", "3", "--out", "x"], 2),
        (["simulate", "--process", "et navn", "--out", "x"], 2),
        (["query"], 2),
        (["no-such-command"], 2),
        (["token", "create", "--role", "king"], 2),
        (["replay", "knabstrup", "--with", "no.such:Thing"], 1),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(loaded, words, code):
    done, out, said = loaded(*words)
    assert (done, out) == (code, "")
    assert said.strip()
    assert "Traceback" not in said


@pytest.mark.parametrize(("language", "said"), [("en", "Ask the log"), ("da", "Stil logbogen")])
def test_help_speaks_the_persons_language(language, said):
    command = [sys.executable, "-m", "service.cli.main", "--help"]
    environment = {**os.environ, "KURSLOG_LANGUAGE": language}
    assert said in subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def test_a_setting_that_cannot_be_used_is_named(run):
    code, _, said = run("status", KURSLOG_PORT="many")
    assert (code, "KURSLOG_PORT" in said) == (1, True)


def test_tables_and_csv_show_the_rows(loaded):
    assert "badges" in loaded("query", "knabstrup", "actions")[1]
    plain = loaded("query", "knabstrup", "actions", "--format", "csv")[1]
    danish = loaded("query", "knabstrup", "actions", "--format", "csv-da")[1]
    assert plain.splitlines()[0].startswith("id,")
    assert danish.startswith("\ufeffid;")


def test_the_fictional_twin_is_there_and_says_so_in_tables_and_csv(loaded):
    assert "fabelby\tFabelby sætter sejl" in loaded("process", "list")[1]
    assert json.loads(loaded("process", "show", "fabelby")[1])["fictional"] is True
    assert "Invented" in loaded("query", "fabelby", "actions")[2]
    assert "Invented" not in loaded("query", "knabstrup", "actions")[2]
    head, *rows = csv.reader(loaded("query", "fabelby", "actions", "--format", "csv")[1].splitlines())
    assert (head[-1], {row[-1] for row in rows}) == ("fictional", {"true"})


def test_competences_by_role_are_a_row_each_with_the_change(loaded):
    said = loaded("query", "fabelby", "competence-uplift", "--by", "role", "--format", "csv")[1]
    rows = list(csv.DictReader(said.splitlines()))
    assert len(rows) == 15
    assert {row["role"] for row in rows} == {"citizen", "politician", "employee"}
    asked = json.loads(loaded("query", "fabelby", "competence-uplift", "--by", "role", "--format", "json")[1])
    cells = [cell for part in asked["data"]["by"] for cell in part["cells"]]
    assert [float(row["gain"]) for row in rows] == [cell["gain"]["change"]["value"] for cell in cells]
    assert rows[0]["what"] == cells[0]["title"]["en"]


def test_on_the_real_case_it_is_said_that_no_assessments_are_on_the_public_record(loaded):
    _, _, said = loaded("query", "knabstrup", "competence-uplift")
    assert "No assessments are on the public record." in said


def test_a_process_nobody_lived_is_written_and_read_in(loaded, tmp_path):
    out, again = tmp_path / "a.ndjson", tmp_path / "b.ndjson"
    plan = ("--participants", "12", "--gatherings", "3", "--seed", "4", "--process", "droemmelund")
    code, _, said = loaded("simulate", *plan, "--out", str(out))
    assert (code, "fictional entries written" in said) == (0, True)
    loaded("simulate", *plan, "--out", str(again))
    assert out.read_bytes() == again.read_bytes()
    count = out.read_bytes().count(b"\n")
    code, done, said = loaded("import", "droemmelund", str(out))
    assert (code, json.loads(done)) == (0, {"accepted": count, "duplicate": 0, "quarantined": 0}), said


def test_an_export_has_every_event(loaded, tmp_path):
    out = tmp_path / "log.ndjson"
    assert loaded("export", "knabstrup", "events.ndjson", "--out", str(out))[0] == 0
    lines = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert [event["position"] for event in lines][:3] == [1, 2, 3]
    assert len(lines) == 237


def test_a_rebuild_changes_no_answer(loaded):
    before = asked(loaded, "actions")
    assert loaded("rebuild")[0] == 0
    assert asked(loaded, "actions") == before


def test_a_projection_of_ones_own_runs_over_the_history(loaded, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "mine.py").write_text(
        "from domain.contributing import ContributionMade\n"
        "from projections.kernel import Answer, Projection\n"
        "counting = Projection(name='counting', version=1, da='Hvor fjorten?', en='How many?')\n"
        "@counting.on(ContributionMade)\n"
        "def made(state, event):\n"
        "    return {'kind': event.data.kind.value}\n"
        "@counting.answers\n"
        "def answer(states, request):\n"
        "    return Answer({'count': len(states)})\n"
    )
    code, out, said = loaded("replay", "knabstrup", "--with", "mine:counting", "--format", "json")
    assert code == 0, said
    assert json.loads(out)["data"] == {"count": 19}


def test_the_history_is_replayed_step_by_step(loaded):
    code, out, _ = loaded("replay", "knabstrup", "--from", "10", "--until", "12")
    assert (code, [json.loads(line)["position"] for line in out.splitlines()]) == (0, [10, 11, 12])


def test_a_sign_in_link_is_made_once_and_a_token_for_machines(loaded):
    assert "/sign-in/" in loaded("token", "create", "--role", "facilitator", "--link")[1]
    assert "/sign-in/" not in loaded("token", "create", "--role", "facilitator")[1]


def test_a_token_for_a_process_is_in_its_log_and_is_ended_by_its_id(loaded):
    secret = loaded("token", "create", "--role", "evaluator", "--process", "knabstrup")[1].strip()
    line = next(line for line in loaded("token", "list")[1].splitlines() if "knabstrup" in line)
    ref, kind, role, where, account, _ = line.split("\t")
    assert (kind, role, where, secret in line) == ("api", "evaluator", "knabstrup", False)
    assert loaded("token", "revoke", ref)[0] == 0
    assert loaded("token", "revoke", account)[0] == 1
    revoked = json.dumps({"account": account, "role": "evaluator"})
    assert loaded("record", "knabstrup", "access-revoked", "--data", revoked)[0] == 0
    assert loaded("token", "create", "--role", "evaluator", "--process", "no-such")[0] == 1


def test_an_account_is_made_gets_a_password_and_is_closed(loaded, run):
    code, link, _ = loaded("account", "create", "mia.fiktiv", "--may-create")
    assert (code, "/password/" in link) == (0, True)
    assert loaded("account", "create", "Mia.Fiktiv")[0] == 1
    assert "/password/" in loaded("account", "password", "mia.fiktiv")[1]
    typed = "fire små grønne ord\n"
    assert run("account", "password", "mia.fiktiv", "--type", stdin=typed * 2)[0] == 0
    assert run("account", "password", "mia.fiktiv", "--type", stdin="kort\nkort\n")[0] == 1
    (line,) = loaded("account", "list")[1].splitlines()
    assert all(said in line for said in ("mia.fiktiv", "password", "may create"))
    assert loaded("account", "disable", line.split("\t")[0])[0] == 0
    assert "closed" in loaded("account", "list")[1]
    assert [loaded("account", way, "nobody")[0] for way in ("disable", "password")] == [1, 1]


def test_status_and_doctor_say_how_things_are(loaded, database):
    loaded("query", "knabstrup", "goals")  # takes in what was recorded since
    code, out, _ = loaded("status")
    assert (code, json.loads(out)["lag"]) == (0, 0)
    with durable(database):
        code, out, _ = loaded("doctor")
    with psycopg.connect(database) as connection:
        marks = connection.execute("show data_checksums").fetchone() == ("on",)
    assert (code, "no holes" in out) == (0 if marks else 1, True)


def test_a_report_is_written_whole(loaded, tmp_path):
    out = tmp_path / "report.pdf"
    code, _, said = loaded(
        "report", "knabstrup", "--template", "landdistriktspuljen", "--language", "da", "--out", str(out)
    )
    assert code == 0, said
    assert out.read_bytes().startswith(b"%PDF")


def test_status_is_lines_for_people_and_json_for_programs(loaded):
    loaded("query", "knabstrup", "goals")
    assert json.loads(loaded("status", "--format", "json")[1])["lag"] == 0
    lines = loaded("status", "--format", "table")[1].splitlines()
    assert any(line.startswith("Behind") and line.endswith(" 0") for line in lines)
    assert loaded("status", "--format", "xml")[0] == 2
