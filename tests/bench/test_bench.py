"""The bench: what its lines say of figures, and the whole of it once, as small as it gets."""

import json
import os

import psycopg
import pytest
from click.testing import CliRunner

from service.bench import appending, kernel, paging, querying, rebuilding, seeing, serving, starting, writing
from service.bench.entries import plan_of
from service.bench.everything import GROUPS, run
from service.bench.measuring import FailedError, command, interleaved
from service.bench.peers import url
from service.bench.result import at_least, at_most, beside, measured, missing, worst
from service.cli.benching import figure, heading, row
from service.cli.main import main
from service.simulation import about_how_many

WHAT = ("en måling", "a line")


def test_a_ratio_is_taken_round_against_round_and_its_value_is_the_median():
    found = beside("x", WHAT, ours=[50, 60, 10], theirs=[100, 100, 10], goal=at_least(0.55))
    assert (found.rounds, found.value, found.unit, found.met) == ((0.5, 0.6, 1.0), 0.6, "ratio", True)


@pytest.mark.parametrize(
    ("goal", "value", "met"),
    [(at_least(2), 2, True), (at_least(2), 1.99, False), (at_most(2), 2, True), (at_most(2), 2.01, False)],
)
def test_a_bound_itself_is_good_enough(goal, value, met):
    assert measured("x", WHAT, "ms", [value], goal).met is met


def test_what_is_promised_of_every_one_is_judged_by_the_worst():
    assert worst("x", WHAT, "ms", [1, 9, 2], at_most(5)).met is False
    assert measured("x", WHAT, "ms", [1, 9, 2], at_most(5)).met is True


def test_a_line_that_was_not_run_says_why_and_meets_nothing():
    said = missing("x", WHAT, ("ikke her", "not here"), at_least(1)).document()
    assert (said["value"], said["met"], said["goal"], said["why"]) == (
        None,
        None,
        "≥ 1",
        {"da": "ikke her", "en": "not here"},
    )


def test_every_other_round_goes_backwards_and_the_first_one_is_not_counted():
    order = []

    def noting(name):
        def measure():
            order.append(name)
            return float(len(order))

        return measure

    found = interleaved(2, {"a": noting("a"), "b": noting("b")})
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert found == {"a": [4.0, 5.0], "b": [3.0, 6.0]}


def test_a_command_that_fails_is_no_measurement():
    with pytest.raises(FailedError, match="no-such-command"):
        command(["no-such-command"], os.environ)


def test_a_commands_memory_is_its_own_and_not_that_of_whoever_measures():
    held = b"x" * 400_000_000
    assert 5 < command(["--help"], os.environ).megabytes < 200
    assert held


def test_the_table_speaks_the_persons_language():
    found = measured("append-1/save", WHAT, "ratio", [0.5], at_least(0.55))
    assert row(found, "da").split() == ["append-1/save", "0,5", "ratio", "≥", "0,55", "NEJ", "en", "måling"]
    assert row(found, "en").split() == ["append-1/save", "0.5", "ratio", "≥", "0.55", "NO", "a", "line"]
    assert (figure(12345.6, "da"), figure(12345.6, "en")) == ("12.346", "12,346")


def test_a_line_that_was_not_run_says_why_on_the_table():
    assert "ikke målt" in row(missing("x", WHAT, ("fordi", "because"), at_least(1)), "da")
    assert row(missing("x", WHAT, ("fordi", "because")), "en").endswith("a line: because")


def test_the_table_begins_with_what_it_was_measured_on():
    head = {"machine": {"cores": 2, "processor": None}, "versions": {"python": "3.11"}, "events": 1000, "rounds": 1}
    lines = list(heading(head))
    assert lines[:2] == ["cores 2", "python 3.11"]


@pytest.mark.parametrize("size", [5_000, 100_000, 1_000_000])
def test_a_village_has_about_as_many_events_as_were_asked_for(size):
    assert about_how_many(plan_of(size)) == pytest.approx(size, rel=0.01)


def test_an_address_is_written_as_node_reads_it():
    assert (
        url("host=/run/pg port=5432 user=kurslog dbname=b")
        == "postgresql://kurslog@localhost/b?host=%2Frun%2Fpg&port=5432"
    )
    assert url("postgresql://me:s%40fe@db.example:5433/b") == "postgresql://me:s%40fe@db.example:5433/b"


def test_a_group_that_fails_is_told_and_the_others_go_on(monkeypatch):
    def broken(_):
        yield measured("good", WHAT, "ms", [1.0])
        raise ValueError("the disk is gone")

    monkeypatch.setitem(GROUPS, "start", broken)
    monkeypatch.setitem(GROUPS, "http", lambda _: iter([measured("http", WHAT, "ms", [1.0])]))
    told = []
    found = list(run(None, ["start", "http"], told.append))
    assert [one.name for one in found] == ["good", "start", "http"]
    assert found[1].why == ("ValueError: the disk is gone",) * 2
    assert told == ["start", "http"]


@pytest.fixture
def little(monkeypatch):
    """Let every group do all it does, each once or twice where a run does it often: nothing is to be learned of speed."""
    for group in (appending, paging, querying, rebuilding, seeing, serving, starting, writing):
        monkeypatch.setattr(group, "interleaved", lambda _, works: {name: [work()] for name, work in works.items()})
    monkeypatch.setattr(appending, "CALLS", dict.fromkeys(appending.CALLS, 1))
    monkeypatch.setattr(serving, "CLIENTS", 2)
    monkeypatch.setattr(serving, "EACH", 2)
    monkeypatch.setattr(writing, "EACH", 5)
    monkeypatch.setattr(seeing, "EACH", 5)
    monkeypatch.setattr(querying, "TIMES", 1)
    monkeypatch.setattr(querying, "APPENDS", 2)
    for module in (kernel, serving, starting):
        monkeypatch.setattr(module, "Plan", lambda: plan_of(1000))


@pytest.mark.slow
def test_the_whole_bench_runs_says_every_line_and_leaves_nothing(tmp_path, dsn, monkeypatch, little):
    home = {"KURSLOG_HOME": str(tmp_path), "KURSLOG_DATABASE_URL": dsn, "KURSLOG_LANGUAGE": "en"}
    for name, value in home.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(main, ["bench", "--json", "--events", "1000", "--rounds", "1"])
    assert done.exit_code == 0, done.stderr
    said = json.loads(done.stdout)
    results = {one["name"]: one for one in said["results"]}
    assert [line for line in done.stderr.splitlines() if line.startswith("Measuring")] == [
        f"Measuring {name} …" for name in GROUPS
    ]
    unmeasured = {name: one["why"]["en"] for name, one in results.items() if one["value"] is None}
    assert unmeasured == {
        "peers/emmett": "fetched only with --peers",
        "peers/message-db": "fetched only with --peers",
    }
    assert all({"name", "value", "unit", "goal", "met", "rounds"} <= one.keys() for one in said["results"])
    assert all((one["met"] is None) == (one["goal"] is None or one["value"] is None) for one in said["results"])
    assert said["versions"]["postgresql"]
    assert said["versions"]["fsync"] == "on"
    assert said["machine"]["cores"]
    assert list(tmp_path.iterdir()) == []
    with psycopg.connect(dsn) as connection:
        left = connection.execute("select datname from pg_database where datname like 'kurslog\\_bench\\_%'").fetchall()
        untouched = connection.execute("select count(*) from log.event").fetchone()
    assert (left, untouched) == ([], (0,))
