"""The projector goes on: past a projection that fails, and past a database that went away."""

import logging
import threading
import time

import psycopg
import pytest

from domain.contributing import ContributionMade
from projections.everything import PROJECTIONS
from service.log.busy import BusyError
from service.log.projector import Projector
from service.queries import LOOK_SECONDS, NotYetError


def failing(monkeypatch, name, cls):
    def fold(state, event):
        raise ValueError("no such fold")

    monkeypatch.setitem(PROJECTIONS[name].folds, cls, fold)


def test_a_projection_that_fails_leaves_the_others_up_to_date(app, scribe, monkeypatch, caplog):
    scribe.contribute("c1")
    app.projector.catch_up()
    before = app.projector.reached()
    scribe.contribute("c2", text="en hemmelighed")
    key = PROJECTIONS["fate-of-contributions"].key
    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR, "kurslog"):
        failing(broken, "fate-of-contributions", ContributionMade)
        for _ in range(3):
            assert app.projector.catch_up()
        places = app.projector.places()
        assert places.pop(key) == before == app.projector.reached()
        assert set(places.values()) == {app.reader.head()}
        scribe.contribute("c3")
        assert app.projector.catch_up()
        assert set((app.projector.places() | {key: app.reader.head()}).values()) == {app.reader.head()}
    assert [record.message for record in caplog.records] == [f"the projection {key} stands still at position {before}"]
    assert "hemmelighed" not in caplog.text
    assert app.projector.catch_up()
    assert app.projector.reached() == app.reader.head()


def test_a_projection_that_fails_from_the_start_ends_no_loop(app, scribe, monkeypatch):
    for name in PROJECTIONS:
        failing(monkeypatch, name, ContributionMade)
    scribe.contribute("c1")
    fresh = Projector(app.log, app.reader, PROJECTIONS)
    fresh.prepare()
    assert fresh.catch_up()
    assert fresh.catch_up()
    assert fresh.places()["clock"] == app.reader.head()


@pytest.fixture
def working(app):
    worker = app.worker()
    thread = threading.Thread(target=worker.run)
    thread.start()
    yield thread
    worker.stop()
    thread.join(60)
    assert not thread.is_alive()


def eventually(test, seconds=60.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if test():
                return True
        except BusyError:
            pass
        time.sleep(0.05)
    return False


def test_whoever_waits_waits_for_a_worker_that_is_there_and_for_none_that_is_not(app, scribe, monkeypatch):
    scribe.contribute("c1")
    with pytest.raises(NotYetError):
        app.queries.wait(app.reader.head(), seconds=86_400)
    at_work, go_on = threading.Event(), threading.Event()

    def caught_up(*_):
        at_work.set()
        return go_on.wait(60) and Projector.catch_up(app.projector)

    monkeypatch.setattr(app.projector, "catch_up", caught_up)
    worker = app.worker()
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        assert at_work.wait(60)
        assert app.projector.followed()
        with pytest.raises(NotYetError):
            app.queries.wait(app.reader.head(), seconds=2 * LOOK_SECONDS)
        go_on.set()
        app.queries.wait(app.reader.head(), seconds=60)
    finally:
        worker.stop()
        go_on.set()
        thread.join(60)
    assert not thread.is_alive()
    assert eventually(lambda: not app.projector.followed())  # the server lets go of a lock after the connection


def test_the_worker_survives_the_loss_of_every_connection(app, scribe, working, dsn):
    assert eventually(lambda: app.projector.reached() == app.reader.head())
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
    assert eventually(lambda: scribe.contribute("c1"))
    assert eventually(lambda: app.projector.reached() == app.reader.head())
    assert working.is_alive()


def test_the_worker_survives_any_error(app, scribe, working, monkeypatch):
    failed = threading.Event()

    def fail(_):
        failed.set()
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(Projector, "places", fail)
        scribe.contribute("c1")
        assert failed.wait(60)
    assert eventually(lambda: app.projector.reached() == app.reader.head())
    assert working.is_alive()
