"""The log: dense positions, versions checked in the database, idempotency, and texts apart from events."""

import dataclasses
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from cryptography.exceptions import InvalidTag
from msgspec.structs import replace

from domain.consenting import ConsentPurpose
from domain.refusals import Refused
from service.app import Kurslog
from service.log.store import COPY_FROM, AlreadyRecordedError, StaleError
from service.log.vault import ErasedKeyError, MasterKey, MasterKeyError, key_id_of
from tests.conftest import until

WAITS = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


def rows(app, query, *arguments):
    with app.log.connection() as connection:
        return [tuple(row.values()) for row in connection.execute(query, arguments)]


def test_an_event_is_read_back_as_it_was_recorded(app, scribe):
    scribe.contribute("c1", on="2026-02-01T12:00:00+01:00", timeprecision="day", citation="S1")
    event = list(app.reader.walk("fabelby"))[-1]
    assert (event.type, event.subject, event.citation, event.position, event.version) == (
        "contribution-made.v1",
        "contribution/c1",
        "S1",
        2,
        1,
    )
    assert event.time.isoformat() == "2026-02-01T11:00:00+00:00"
    assert event.timeend.isoformat() == "2026-02-01T22:59:59.999999+00:00"


def test_the_state_of_an_event_never_holds_personal_text(app, scribe):
    scribe.contribute("c1", text="KANARIEFUGL")
    stored = rows(app, "select state from log.event union all select cipher from log.vault")
    assert not any(b"KANARIEFUGL" in bytes(value) for (value,) in stored)
    position = app.reader.head()
    assert app.log.vault.texts([position]) == {(position, "text"): "KANARIEFUGL"}


def test_a_deleted_key_and_row_leave_the_event_standing(app, scribe):
    scribe.contribute("c1", text="KANARIEFUGL")
    before = rows(app, "select notification_id, state from log.event order by 1")
    with app.log.connection() as connection:
        connection.execute("delete from log.vault")
        connection.execute("delete from log.person_key")
    assert rows(app, "select notification_id, state from log.event order by 1") == before
    assert app.log.vault.texts([2]) == {}


def test_a_text_cannot_be_moved_to_another_place(app, scribe):
    scribe.contribute("c1", text="det ene")
    scribe.contribute("c2", text="det andet")
    with app.log.connection() as connection:
        connection.execute(
            "update log.vault set cipher = (select cipher from log.vault where position = 2), key_id = (select key_id from log.vault where position = 2) where position = 3"
        )
    with pytest.raises(InvalidTag):
        app.log.vault.texts([3])


def test_a_write_under_an_erased_key_is_refused_by_whoever_writes(app, scribe, settings, dsn):
    scribe.contribute("c1")
    with app.log.connection() as connection:
        connection.execute("delete from log.vault")
        connection.execute("update log.person_key set wrapped = null")
    other = Kurslog(settings, dsn)
    scribe.app = other
    answer = {"contribution_id": "c1", "answer": "ja", "by": {"kind": "role", "ref": "employee"}}
    with pytest.raises(Refused, match="have been deleted"):
        scribe.record("contribution-answered", answer)
    assert app.reader.head() == 2
    other.close()


@pytest.mark.parametrize("size", [1, 2, COPY_FROM])
@pytest.mark.parametrize("erased", [True, False])
def test_a_write_waits_for_whoever_erases_its_key(app, scribe, dsn, size, erased):
    events = entries(scribe, size)
    app.log.vault.ensure({key_id_of(event) for event in events})
    with psycopg.connect(dsn) as eraser, psycopg.connect(dsn, autocommit=True) as watch, ThreadPoolExecutor() as pool:
        eraser.execute("update log.person_key set wrapped = null where key_id = %s", (key_id_of(events[-1]),))
        writing = pool.submit(app.log.save, *events)
        until(lambda: writing.done() or watch.execute(WAITS).fetchone() == (1,), "the write waits")
        assert not writing.done()
        eraser.commit() if erased else eraser.rollback()
        assert isinstance(writing.exception(), ErasedKeyError if erased else type(None))
    assert app.reader.head() == (1 if erased else 1 + size)


def test_another_master_key_is_noticed_before_anything_is_written(app, scribe, settings, dsn, tmp_path):
    scribe.contribute("c1")
    elsewhere = dataclasses.replace(settings, master_key_file=tmp_path / "other" / "master.key")
    with pytest.raises(MasterKeyError, match="is not there"):
        _ = Kurslog(elsewhere, dsn).log
    MasterKey.load(elsewhere.master_key_file)
    with pytest.raises(MasterKeyError, match="another master key"):
        _ = Kurslog(elsewhere, dsn).log


def test_a_stream_that_moved_since_it_was_read_refuses_the_append(app, scribe):
    scribe.contribute("c1")
    event = scribe.read("contribution-endorsed", {"contribution_id": "c1", "participant_id": "p1"})
    stale = {"fabelby/contribution/c1": 0}
    with pytest.raises(StaleError):
        app.log.save(replace(event, version=2), reads=stale)
    assert app.reader.head() == 2


def test_a_known_id_is_not_appended_again(app, scribe):
    event = scribe.read(
        "contribution-made", {"contribution_id": "c1", "kind": "idea", "text": "x", "author": {"kind": "anonymous"}}
    )
    app.record(event)
    for version in (1, 2, 3):  # whatever else is wrong with it
        with pytest.raises(AlreadyRecordedError):
            app.log.save(replace(event, version=version), reads={"process/fabelby": version})
    assert app.reader.head() == 2


def entries(scribe, count):
    """Return entries of their own, ready to be saved."""
    data = {"kind": "idea", "text": "x", "author": {"kind": "anonymous"}}
    wires = [{**data, "contribution_id": f"e{n}"} for n in range(count)]
    return [replace(scribe.read("contribution-made", wire, id=str(uuid.uuid4())), version=1) for wire in wires]


@pytest.mark.parametrize("size", [1, 2, COPY_FROM])
class TestEveryWayIn:
    """One event, short commands and long ones are told the same."""

    def test_an_id_that_is_known(self, app, scribe, size):
        begun = next(app.reader.walk("fabelby"))
        events = entries(scribe, size)
        with pytest.raises(AlreadyRecordedError):
            app.log.save(*events[1:], replace(events[0], id=begun.id))
        assert app.reader.head() == 1

    def test_a_stream_that_somebody_else_began(self, app, scribe, size):
        events = entries(scribe, size)
        app.log.save(replace(events[-1], id=uuid.uuid4()))
        with pytest.raises(StaleError):
            app.log.save(*events)
        assert app.reader.head() == 2

    def test_a_stream_that_somebody_else_continued(self, app, scribe, size):
        first, *events = entries(scribe, size)
        app.log.save(first)
        app.log.save(replace(first, id=uuid.uuid4(), version=2))
        with pytest.raises(StaleError):
            app.log.save(*events, replace(first, id=uuid.uuid4(), version=2))
        assert app.reader.head() == 3

    def test_a_stream_that_was_only_read(self, app, scribe, size):
        for read in (0, 2):
            with pytest.raises(StaleError):
                app.log.save(*entries(scribe, size), reads={"process/fabelby": read})
        assert app.reader.head() == 1

    def test_a_stream_that_was_not_there_when_it_was_read(self, app, scribe, size):
        first, *events = entries(scribe, size + 1)
        app.log.save(first)
        with pytest.raises(StaleError):
            app.log.save(*events, reads={first.stream: 0})
        assert app.reader.head() == 2

    def test_a_stream_that_lacks_what_goes_before(self, app, scribe, size):
        *events, last = entries(scribe, size)
        with pytest.raises(StaleError):
            app.log.save(*events, replace(last, version=3))
        assert app.reader.head() == 1

    def test_all_as_they_were_read(self, app, scribe, size):
        first, *events = entries(scribe, size)
        app.log.save(first)
        again = replace(first, id=uuid.uuid4(), version=2)
        recorded = app.log.save(*events, again, reads={"process/fabelby": 1, first.stream: 1})
        assert [one.notification.id for one in recorded] == list(range(3, size + 3))


def test_a_large_command_goes_in_whole_or_not_at_all(app, scribe):
    def wire(ref):
        return scribe.read(
            "contribution-made", {"contribution_id": ref, "kind": "idea", "text": "x", "author": {"kind": "anonymous"}}
        )

    recorded = app.record(*[wire(f"c{n}") for n in range(900)])
    assert [item.position for item in recorded] == list(range(2, 902))
    with pytest.raises(Refused):
        app.record(*[wire(f"d{n}") for n in range(500)], wire("c0"))
    assert app.reader.head() == 901


def test_the_recorded_clock_never_goes_back(app, scribe):
    with app.log.connection() as connection:
        connection.execute("update log.event set recorded_at = recorded_at + 3600000000")
    scribe.contribute("c1")
    first, second = [at for (at,) in rows(app, "select recorded_at from log.event order by notification_id")]
    assert second >= first


def test_sixteen_processes_agree_on_one_key(app, scribe):
    keys = [f"fabelby/participant/p{n}" for n in range(5)]
    threads = [threading.Thread(target=lambda: app.log.vault.ensure(keys)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(app, "select count(*) from log.person_key where key_id = any(%s)", keys) == [(5,)]


def test_the_master_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "deep" / "master.key"
    made = MasterKey.load(path)
    assert (MasterKey.load(path), len(made.key), path.stat().st_mode & 0o777) == (made, 32, 0o600)


def test_another_master_key_opens_nothing(app, scribe, tmp_path):
    scribe.contribute("c1")
    key = MasterKey.load(tmp_path / "other.key")
    (key_id, wrapped), *_ = rows(app, "select key_id, wrapped from log.person_key")
    with pytest.raises(InvalidTag):
        key.unwrap(key_id, bytes(wrapped))


def test_the_server_keeps_what_it_acknowledges(app):
    assert rows(app, "select current_setting('fsync')") == [("on",)]


def test_the_database_checks_event_ids_by_process(app, scribe, dsn):
    event_id = str(uuid.uuid4())
    scribe.contribute("c1", id=event_id)
    with psycopg.connect(dsn) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(
            "insert into log.event select 99, 'x', 1, topic, state, process, subject, event_id, recorded_at from log.event where event_id = %s",
            (event_id,),
        )


def test_where_a_process_stands_is_found_in_its_own_index_whatever_is_known_of_the_log(dsn):
    with psycopg.connect(dsn) as connection:
        found = connection.execute("select proconfig from pg_proc where oid = 'log.standing'::regproc").fetchone()
    assert {f"enable_{what}=off" for what in ("seqscan", "bitmapscan", "sort")} <= set(found[0])


def test_a_register_and_rights_that_many_ask_for_at_once_are_whole_and_hold_nothing_twice(app, scribe):
    with ThreadPoolExecutor(8) as pool:
        for many in (10, 20, 30):
            for n in range(many - 9, many + 1):
                scribe.record("participant-registered", {"participant_id": f"p{n}"})
                scribe.record("consent-withdrawn", {"participant_id": f"p{n}", "purposes": ["participate"]})
            start = threading.Barrier(8)

            def ask(people, start=start):
                start.wait()
                register, rights = app.reader.register("fabelby"), app.rights.of("fabelby")
                return [
                    (len(register.stored(f"participant/{one}")), rights.allows(one, ConsentPurpose.PARTICIPATE))
                    for one in people
                ]

            people = [f"p{n}" for n in range(1, many + 1)]
            assert list(pool.map(ask, [people] * 8)) == [[(1, False)] * many] * 8


def test_an_append_is_planned_once_a_connection_and_never_scans_the_log(dsn):
    with psycopg.connect(dsn) as connection:
        found = connection.execute(
            "select proconfig from pg_proc where proname in ('append', 'append_one') and pronamespace = 'log'::regnamespace"
        ).fetchall()
    wanted = {"enable_seqscan=off", "plan_cache_mode=force_generic_plan"}
    assert [wanted <= set(settings) for (settings,) in found] == [True, True]
