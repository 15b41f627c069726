"""Workers: two at once, one that stops in the middle of a rebuild, and one whose listening connection is cut."""

import multiprocessing
import os
import signal
import threading
from contextlib import ExitStack

import psycopg
import pytest

from projections.everything import PROJECTIONS
from service.app import Kurslog
from service.log import projector
from service.log.busy import LostError
from tests.faults.conftest import until
from tests.faults.judging import differing, kept_rows
from tests.faults.test_kills import worker_of

pytestmark = pytest.mark.slow

CUT_LISTENERS = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query = 'listen event'"

CUT_HOLDER = (
    "select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database "
    "where d.datname = current_database() and locktype = 'advisory' and classid = 771 and objid = 3"
)


def caught_up(app):
    until(lambda: app.projector.reached() == app.reader.head(), "the projections are up to date")


def test_two_workers_started_together(app, scribe, settings, stack, counts):
    _ = app.projector
    first, second = worker_of(settings, stack), worker_of(settings, stack)
    for number in range(20):
        scribe.contribute(f"a{number}")
    caught_up(app)
    assert (first.poll(), second.poll()) == (None, None)
    first.kill()
    first.wait()
    scribe.contribute("b")
    caught_up(app)
    second.terminate()
    assert second.wait(30) == 0
    wrong = differing(app)
    counts(
        f"one works, the other takes over: {app.reader.head()} events, {len(wrong)} projections differ from a clean replay"
    )
    assert wrong == []


def rebuild_until(settings, dsn, name, last):
    """Rebuild, and die of SIGKILL when so far."""
    app = Kurslog(settings, dsn)
    app.projector.rebuild(name, lambda position: position >= last and os.kill(os.getpid(), signal.SIGKILL))


@pytest.mark.parametrize("far", [0.3, 1.0])
def test_restart_in_the_middle_of_a_rebuild(app, scribe, settings, monkeypatch, far, counts):
    monkeypatch.setattr(projector, "PAGE", 10)
    for number in range(40):
        scribe.contribute(f"c{number}")
    app.projector.catch_up()
    before, name = kept_rows(app.dsn), "fate-of-contributions"
    fork = multiprocessing.get_context("fork")  # it makes a Kurslog of its own, after the fork
    child = fork.Process(target=rebuild_until, args=(settings, app.dsn, name, int(far * app.reader.head())))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert kept_rows(app.dsn)[1] == before[1]
    scribe.contribute("after")
    until(app.projector.catch_up, "the lock of the dead is free")
    assert app.projector.reached() == app.reader.head()
    wrong = differing(app)
    counts(
        f"killed at {far:.0%}: the old rows served on, {len(wrong)} of {len(PROJECTIONS)} projections differ afterwards"
    )
    assert wrong == []


def test_listening_connection_cut(app, scribe, stack, often, counts):
    worker, cuts = app.worker(), 0
    thread = threading.Thread(target=worker.run)
    thread.start()
    stack.callback(thread.join, 30)
    stack.callback(worker.stop)
    with psycopg.connect(app.dsn, autocommit=True) as owner:
        for number in range(often(2, 40)):
            until(lambda: owner.execute(CUT_LISTENERS).fetchall(), "somebody listens")
            cuts += 1
            scribe.contribute(f"c{number}")
            caught_up(app)
    assert thread.is_alive()
    worker.stop()
    thread.join(30)
    wrong = differing(app)
    counts(
        f"cut {cuts} times: {app.reader.head()} events, none missed, {len(wrong)} projections differ from a clean replay"
    )
    assert wrong == []


def test_the_worker_whose_lock_is_lost_counts_nothing_twice(app, scribe, settings, stack):
    """The lock lives and dies with its connection: a second worker may begin while the first is still at it."""
    for number in range(30):
        scribe.contribute(f"c{number}")
    other = Kurslog(settings, app.dsn)
    stack.callback(other.close)
    _ = other.projector
    with ExitStack() as held, psycopg.connect(app.dsn, autocommit=True) as owner:
        assert held.enter_context(app.projector.alone())
        assert not other.projector.catch_up()
        owner.execute(CUT_HOLDER)
        until(other.projector.catch_up, "the lock is free")
        with pytest.raises(LostError):
            held.close()
    assert app.projector.catch_up()
    assert differing(app) == []
