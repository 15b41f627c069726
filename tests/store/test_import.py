"""Import: by when it was known, twice without doubling, quarantine with line numbers, and a kill in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid

import pytest

from domain.keeping import AccessRole
from service.imports.intake import BATCH, LISTED_MAX
from service.imports.ndjson import import_file, import_wires
from service.security.gate import Caller
from tests.conftest import Scribe

PROCESS = {"title": "F", "place": "F", "municipality": "F", "aim": "democracy", "period_start": "2018-01-01"}


def line(stem, data, on="2026-02-01T12:00:00Z", **more):
    return {"id": str(uuid.uuid4()), "type": stem, "source": "/processes/fabelby", "time": on, "data": data, **more}


def registered():
    return line("process-registered", PROCESS, on="2018-01-01T00:00:00Z", learnedat="2018-01-01T00:00:00Z")


def contribution(ref, **more):
    return line(
        "contribution-made",
        {"contribution_id": ref, "kind": "idea", "text": f"idé {ref}", "author": {"kind": "anonymous"}},
        **more,
    )


def write(path, lines):
    path.write_bytes(
        b"".join((item if isinstance(item, bytes) else json.dumps(item).encode()) + b"\n" for item in lines)
    )
    return path


def run(app, path):
    return import_file(app, "fabelby", path, account="a-import")


def kept(app):
    """Return the lines that are written down as waiting, with their rules."""
    with app.log.connection() as connection:
        return {(row["line"], row["rule"]) for row in connection.execute("select line, rule from log.quarantine")}


def test_a_file_creates_its_process_and_says_in_the_log_that_it_was_read(app, tmp_path):
    tally = run(app, write(tmp_path / "f.ndjson", [registered(), contribution("c1")]))
    types = [event.type for event in app.reader.walk("fabelby")]
    assert (tally.accepted, tally.quarantined) == (2, [])
    assert types == ["process-registered.v1", "contribution-made.v1", "import-completed.v1"]


def test_the_same_file_again_doubles_nothing(app, tmp_path):
    without_id = contribution("c2")
    del without_id["id"]
    path = write(tmp_path / "f.ndjson", [registered(), contribution("c1"), without_id])
    run(app, path)
    head = app.reader.head()
    tally = run(app, path)
    assert (tally.accepted, tally.duplicate, app.reader.head()) == (0, 3, head)


def test_what_cannot_be_placed_is_told_by_line_and_rule_and_the_rest_goes_in(app, tmp_path):
    lines = [
        registered(),
        b'{"broken',
        contribution("c1"),
        contribution("c1"),
        {**contribution("c2"), "source": "/processes/another"},
        line("group-joined", {"group_id": "findes-ikke", "participant_id": "p1"}),
        line("made-up", {}),
        contribution("c3", on="2999-01-01T00:00:00Z"),
        "\xff\xfe".encode("latin-1"),
        contribution("c4"),
    ]
    tally = run(app, write(tmp_path / "f.ndjson", lines))
    assert {(item.line, item.rule) for item in tally.quarantined} == {
        (2, "not-json"), (4, "already-exists"), (5, "unreadable"), (6, "unknown-thing"), (7, "unreadable"), (8, "time-in-future"), (9, "not-json"),
    }  # fmt: skip
    assert tally.accepted == 3
    with app.log.connection() as connection:
        assert connection.execute("select count(*) as n from log.quarantine").fetchone()["n"] == 7


def test_lines_go_in_by_when_they_were_known_and_can_be_walked_on_that_clock(app, tmp_path):
    late = contribution("late", on="2018-02-01T00:00:00Z", learnedat="2020-01-01T00:00:00Z")
    early = contribution("early", on="2018-03-01T00:00:00Z", learnedat="2018-06-01T00:00:00Z")
    run(app, write(tmp_path / "f.ndjson", [registered(), late, contribution("unsaid"), early]))
    app.projector.catch_up()

    def known(day):
        clocks = app.queries.clocks("fabelby", day)
        return [
            item["id"]
            for item in app.queries.ask(
                Caller("a", AccessRole.EVALUATOR), "fabelby", "fate-of-contributions", clocks
            ).data["contributions"]
        ]

    assert [known(day) for day in ("2018-05-01", "2018-12-31", "2020-12-31")] == [[], ["early"], ["late", "early"]]
    assert set(known(None)) == {"early", "late", "unsaid"}


def test_what_names_something_later_in_the_file_waits_for_it(app, tmp_path):
    group = line("group-formed", {"group_id": "g", "title": "g", "theme": "g"}, learnedat="2020-01-01T00:00:00Z")
    made = contribution("c1", learnedat="2019-01-01T00:00:00Z")
    made["data"]["group_id"] = "g"
    tally = run(app, write(tmp_path / "f.ndjson", [registered(), made, group]))
    assert (tally.accepted, tally.quarantined) == (3, [])


def test_lines_that_wait_are_read_again_across_batches_each_by_its_own_number(app, tmp_path):
    def named(ref, group, **more):
        made = contribution(ref, **more)
        made["data"]["group_id"] = group
        return made

    early, late = ({"learnedat": f"{year}-01-01T00:00:00Z"} for year in (2019, 2020))
    waits = [named(f"c{n}", "g" if n % 2 else "nowhere", **early) for n in range(2 * BATCH + 1)]
    without_id = named("last", "g", **early)
    del without_id["id"]
    others = [line("group-joined", {"group_id": "g", "participant_id": "p"}, **early), b"", b"{"]
    group = line("group-formed", {"group_id": "g", "title": "g", "theme": "g"}, **late)
    begun = line("process-registered", PROCESS, on="2018-01-01T00:00:00Z")  # known last: at first all wait for it
    path = write(tmp_path / "f.ndjson", [*waits, without_id, *others, group, begun])

    tally = run(app, path)
    total = len(waits) + 4  # all but the empty line and the broken one
    homeless = {at for at, made in enumerate(waits, 1) if made["data"]["group_id"] == "nowhere"}
    expected = {(at, "unknown-thing") for at in {*homeless, len(waits) + 2}} | {(len(waits) + 4, "not-json")}
    assert {(item.line, item.rule) for item in tally.quarantined} == expected
    assert (tally.accepted, tally.duplicate, tally.waiting) == (total - len(homeless) - 1, 0, len(expected))
    assert kept(app) == expected
    made = [event.subject for event in app.reader.walk("fabelby") if event.kind == "contribution"]
    assert made == [f"contribution/c{n}" for n in range(1, 2 * BATCH + 1, 2)] + ["contribution/last"]

    again = run(app, path)
    assert (again.accepted, again.duplicate, again.waiting) == (0, tally.accepted, len(expected))
    assert kept(app) == expected


def test_events_at_hand_wait_as_the_lines_of_a_file_do(app):
    group = line("group-formed", {"group_id": "g", "title": "g", "theme": "g"})
    made, lost = contribution("c1"), contribution("c2")
    made["data"]["group_id"], lost["data"]["group_id"] = "g", "nowhere"
    tally = import_wires(app, "fabelby", [made, lost, group, registered()], account="a-import")
    assert (tally.accepted, [(item.line, item.rule) for item in tally.quarantined]) == (3, [(2, "unknown-thing")])


def test_what_never_can_be_placed_is_told_of_each_line_by_itself(app, tmp_path):
    made = contribution("c1")
    withdrawn = line("event-withdrawn", {"target": made["id"], "reason": "to gange"})
    run(app, write(tmp_path / "f.ndjson", [made, withdrawn]))
    assert kept(app) == {(1, "unknown-process"), (2, "unknown-event")}


def test_of_many_lines_that_wait_each_is_kept_and_only_the_first_are_told_one_by_one(app, tmp_path):
    many = LISTED_MAX + BATCH + 1
    tally = run(app, write(tmp_path / "f.ndjson", [registered(), *[b"{"] * many]))
    assert (tally.accepted, tally.waiting, tally.read) == (1, many, many + 1)
    assert [item.line for item in tally.quarantined] == list(range(2, LISTED_MAX + 2))
    assert kept(app) == {(at, "not-json") for at in range(2, many + 2)}
    done = list(app.reader.walk("fabelby"))[-1]
    assert (done.data.accepted, done.data.quarantined) == (1, many)


def test_an_export_can_be_read_back_somewhere_else(app, settings, tmp_path, server, template):
    import psycopg

    from service.app import Kurslog
    from service.exports import export_lines
    from tests.conftest import at

    scribe = Scribe(app)
    scribe.begin()
    scribe.contribute("c1", text="Æblegrød på bænken")
    caller = Caller("a", AccessRole.EVALUATOR)
    path = tmp_path / "export.ndjson"
    path.write_bytes(b"".join(export_lines(app, caller, "fabelby")))
    name = f"kurslog_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name} template {template}")
    other = Kurslog(settings, at(server, name))
    try:
        assert import_file(other, "fabelby", path, account="a").accepted == 2
        again = [json.loads(item) for chunk in export_lines(other, caller, "fabelby") for item in chunk.splitlines()]
        first = [json.loads(item) for item in path.read_bytes().splitlines()]
        ours = {"position", "recordedat", "recordedby"}
        kept = [
            {k: v for k, v in item.items() if k not in ours} for item in again if item["type"] != "import-completed.v1"
        ]
        assert kept == [{k: v for k, v in item.items() if k not in ours} for item in first]
    finally:
        other.close()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)")


def test_an_import_that_is_killed_and_run_again_doubles_nothing(app, tmp_path, dsn):
    path = write(tmp_path / "f.ndjson", [registered(), *(contribution(f"c{n}") for n in range(6000))])
    environment = {**os.environ, "KURSLOG_HOME": str(tmp_path), "KURSLOG_DATABASE_URL": dsn, "KURSLOG_LANGUAGE": "en"}
    command = [sys.executable, "-m", "service.cli.main", "import", "fabelby", str(path)]
    first = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while app.reader.head() < 1000 and time.monotonic() < deadline and first.poll() is None:
        pass
    first.send_signal(signal.SIGKILL)
    first.wait()
    halfway = app.reader.head()
    assert 1000 <= halfway < 6001
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"accepted": 6001 - halfway, "duplicate": halfway, "quarantined": 0}
    subjects = [event.subject for event in app.reader.walk("fabelby") if event.kind == "contribution"]
    assert (len(subjects), len(set(subjects))) == (6000, 6000)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\x01\x02\n"])
def test_a_file_of_nothing_is_no_error(app, tmp_path, content):
    path = tmp_path / "f.ndjson"
    path.write_bytes(content)
    assert run(app, path).accepted == 0
