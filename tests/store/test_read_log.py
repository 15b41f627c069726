"""Who read whose texts is counted, kept apart, and sealed into the log once a day is over."""

import datetime as dt
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from domain.keeping import AccessRole
from service.app import Kurslog
from service.log.busy import BusyError
from service.log.scope import within
from service.security.gate import NOBODY, Caller
from service.security.readlog import Opened, ReadCount, ReadLog, Use
from service.security.sealing import root_of, seal, seal_or_say, seals_of, unfit
from tests.conftest import until

FACILITATOR = Caller("a-facilitator", AccessRole.FACILITATOR, "fabelby")
OWN = Caller("a-link", AccessRole.PARTICIPANT, "fabelby", "p17")


@pytest.fixture
def told(scribe):
    """Let two people say something; return where."""
    positions = []
    for ref in ("p17", "p18"):
        scribe.record("participant-registered", {"participant_id": ref, "name": f"Mia {ref} Fiktiv"})
        author = {"kind": "participant", "ref": ref}
        data = {"contribution_id": f"c{ref}", "kind": "idea", "text": "Et skovbad", "author": author}
        positions.append(scribe.record("contribution-made", data).position)
    return positions


def read(app, caller, positions, use=Use.PAGE):
    with app.reads.during(use):
        app.texts.of(caller, app.reader.at(positions))


def counted(app, **asked):
    return {
        (one.participant, one.account, one.role, one.use): one.times for one in app.reads.counts("fabelby", **asked)
    }


def yesterday(app):
    """Let everything that was read have been read yesterday."""
    with psycopg.connect(app.dsn) as connection:
        connection.execute("update log.read_count set day = day - 1")


def seal_days(app):
    return seal(app.log.connection, app.record)


def test_a_read_is_counted_by_account_part_and_use_each_entry_once_a_request(app, told):
    with app.reads.during(Use.PAGE):
        for _ in range(3):
            app.texts.of(FACILITATOR, app.reader.at(told))
    read(app, FACILITATOR, told[:1], Use.REPORT)
    assert counted(app) == {
        ("p17", "a-facilitator", "facilitator", "page"): 1,
        ("p18", "a-facilitator", "facilitator", "page"): 1,
        ("p17", "a-facilitator", "facilitator", "report"): 1,
    }
    read(app, FACILITATOR, told)
    assert counted(app, participant="p17", account="a-facilitator")["p17", "a-facilitator", "facilitator", "page"] == 2


def test_reading_ones_own_is_not_noted_and_what_was_not_opened_neither(app, told):
    read(app, OWN, told[:1])
    read(app, NOBODY, told)
    assert counted(app) == {}


def test_those_who_read_at_the_same_moment_share_a_commit_and_each_read_counts(app, told):
    asked = []

    def connect(*of):
        asked.append(of)
        return app.log.connection(*of)

    reads = ReadLog(connect)
    opened = [Opened("fabelby", who, at) for who, at in zip(("p17", "p18"), told, strict=True)]
    with ThreadPoolExecutor(6) as pool, psycopg.connect(app.dsn) as closing:
        closing.execute("select pg_advisory_xact_lock(771, 10)")
        for n in range(6):
            pool.submit(reads.note, FACILITATOR, opened[: 1 + n % 2])
            until(lambda n=n: len(reads) == n + 1, "it waits")
    assert counted(app) == {
        ("p17", "a-facilitator", "facilitator", "page"): 6,
        ("p18", "a-facilitator", "facilitator", "page"): 3,
    }
    assert len(asked) == 2


def test_without_a_note_each_of_those_who_read_is_told_so(app, told):
    def connect(*_):
        raise BusyError("no")

    with pytest.raises(BusyError):
        ReadLog(connect).note(FACILITATOR, [Opened("fabelby", "p17", told[0])])
    assert counted(app) == {}


def test_names_are_noted(app, scribe):
    name = scribe.record("participant-registered", {"participant_id": "p17", "name": "Mia Fiktiv"})
    read(app, FACILITATOR, [name.position])
    assert counted(app) == {("p17", "a-facilitator", "facilitator", "page"): 1}


def test_what_was_opened_before_something_failed_is_noted(app, told):
    def failing():
        with app.reads.during(Use.EXPORT):
            app.texts.of(FACILITATOR, app.reader.at(told))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert sum(counted(app).values()) == 2


def test_the_web_can_add_to_a_count_and_do_nothing_else_to_it(app, told):
    served = app.served()
    with within("fabelby"):
        read(served, FACILITATOR, told)
    note = "select log.note_reads('{fabelby}', '{a-facilitator}', '{facilitator}', '{page}', '{p17}', '{-1}')"
    with psycopg.connect(served.dsn, autocommit=True) as connection:
        connection.execute(note)
        for forbidden in (
            "update log.read_count set times = 1",
            "delete from log.read_count",
            "insert into log.read_count values ('fabelby', now(), 'a', 'b', 'page', 'p17', 1)",
            "delete from log.read_day",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)
    served.close()
    assert set(counted(app).values()) == {1}


def test_a_day_that_is_over_is_sealed_once_and_today_is_not(app, told):
    read(app, FACILITATOR, told)
    assert seal_days(app) == 0
    with psycopg.connect(app.dsn) as connection:
        connection.execute("delete from log.read_day")
    yesterday(app)
    assert seal_days(app) == 1
    assert seal_days(app) == 0
    (day, found), *more = seals_of(app.reader, "fabelby").items()
    assert not more
    assert (found.data.day, found.data.count) == (day, 2)
    assert found.data.root == root_of("fabelby", sorted(app.reads.counts("fabelby")))


def test_the_fingerprint_is_what_the_documentation_says():
    day = dt.date(2026, 5, 6)
    rows = [ReadCount(day, "a-1", "evaluator", "page", "p17", 3), ReadCount(day, "a-1", "evaluator", "page", "p18", 1)]
    leaves = [
        f'["fabelby","2026-05-06","a-1","evaluator","page","{who}",{count}]'.encode()
        for who, count in (("p17", 3), ("p18", 1))
    ]
    from hashlib import sha256

    left, right = (sha256(b"\0" + leaf).digest() for leaf in leaves)
    assert root_of("fabelby", rows) == sha256(b"\1" + left + right).hexdigest()


def test_two_workers_and_one_that_died_before_it_noted_the_seal_seal_a_day_once(app, settings, dsn, told):
    read(app, FACILITATOR, told)
    yesterday(app)
    other = Kurslog(settings, dsn)
    both = [threading.Thread(target=seal_or_say, args=(one.log.connection, one.record)) for one in (app, other)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    other.close()
    with psycopg.connect(dsn) as connection:
        connection.execute("update log.read_day set sealed = false")
    seal_days(app)
    assert len(list(app.reader.walk("fabelby", types=["read-log-sealed.v1"]))) == 1


def test_a_late_read_goes_to_the_day_it_is_written_though_the_clock_went_back(app, told):
    with psycopg.connect(app.dsn) as connection:
        connection.execute("insert into log.read_day (day, sealed) values (current_date + 2, true)")
        closed = connection.execute("select max(day) from log.read_day").fetchone()[0]
    read(app, FACILITATOR, told)
    assert {one.day for one in app.reads.counts("fabelby")} == {closed + dt.timedelta(days=1)}


@pytest.mark.parametrize(
    "tampering",
    [
        "update log.read_count set times = times - 1 where participant = 'p17'",
        "delete from log.read_count where participant = 'p17'",
        "delete from log.read_count",
        "insert into log.read_count select process, day, 'a-new', role, use, participant, 1 from log.read_count limit 1",
    ],
)
def test_a_sealed_day_that_was_changed_is_found(app, told, tampering):
    for _ in range(2):
        read(app, FACILITATOR, told)
    yesterday(app)
    seal_days(app)
    assert list(unfit(app.log.connection, app.reader)) == []
    with psycopg.connect(app.dsn) as connection:
        connection.execute(tampering)
    (found,) = unfit(app.log.connection, app.reader)
    assert found.position == seals_of(app.reader, "fabelby")[found.day].position


def test_rows_of_a_sealed_day_without_a_seal_are_found(app, told):
    seal_days(app)
    read(app, FACILITATOR, told)
    yesterday(app)
    assert [one.position for one in unfit(app.log.connection, app.reader)] == [None]


def test_kurslog_verify_says_which_day_was_changed(app, told, capsys):
    from service.cli.verifying import verify_log

    read(app, FACILITATOR, told)
    yesterday(app)
    seal_days(app)
    app.signing().follow()
    verify_log(app, checkpoint=None, key=None, texts=False)
    assert json.loads(capsys.readouterr().out)["reads"] == []
    with psycopg.connect(app.dsn) as connection:
        connection.execute("update log.read_count set times = 7")
    with pytest.raises(SystemExit):
        verify_log(app, checkpoint=None, key=None, texts=False)
    said = capsys.readouterr()
    assert [one["process"] for one in json.loads(said.out)["reads"]] == ["fabelby"]
    assert "fabelby" in said.err
