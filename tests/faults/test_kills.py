"""kill -9: of the server under four writers, of its supervisor, and of the worker; nothing acknowledged is lost."""

import os
import signal
import threading

import pytest

from tests.faults.conftest import command_of_process, started, until
from tests.faults.judging import differing, judge, kept_rows
from tests.faults.writer import Notes, write

pytestmark = pytest.mark.slow

SUPERVISOR_TOO = 5
"""Every fifth time the supervisor is killed with the server."""


def worker_of(settings, stack):
    environment = {"KURSLOG_HOME": str(settings.home), "KURSLOG_DATABASE_URL": settings.database_url}
    return started(stack, "service.cli.main", "worker", **environment)


def test_server_killed_under_four_writers(scratch, writers, stack, often, counts):
    kills, with_supervisor = often(2, 25), 0
    writers.start(4)
    worker = worker_of(scratch.settings, stack)
    for number in range(kills):
        writers.more(40)
        victims = [scratch.postmaster]
        if number % SUPERVISOR_TOO == 1:
            victims.insert(0, scratch.supervisor)
            with_supervisor += 1
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        # One that is dying still holds its lock and its socket: who joined it now would wait for nobody.
        until(lambda victims=victims: not any(map(command_of_process, victims)), "the killed are gone")
        scratch.revive()
    writers.more(40)
    taken = kept_rows(scratch.dsn)
    worker.kill()
    writers.stop()
    app = scratch.app()
    stack.callback(app.close)
    verdict = judge(scratch.dsn, writers.notes)
    wrong = differing(app, taken)
    counts(
        f"{kills} kills ({with_supervisor} with the supervisor): {verdict}; {len(wrong)} projections differ from a clean replay"
    )
    assert verdict.kept, verdict
    assert wrong == []


def test_worker_killed_while_events_stream_in(app, scribe, settings, tmp_path, stack, often, counts):
    kills, moved, notes = often(2, 50), 0, tmp_path / "notes"
    stopping = threading.Event()
    writer = threading.Thread(target=write, args=(app, Notes(notes), 0, stopping), kwargs={"pause_seconds": 0.005})
    stack.callback(writer.join)
    stack.callback(stopping.set)
    _ = app.projector
    writer.start()
    for _ in range(kills):
        before = app.projector.reached()
        worker = worker_of(settings, stack)
        until(lambda before=before: app.projector.reached() > before, "the worker moves on")
        worker.kill()
        worker.wait()
        moved += app.projector.reached() - before
    taken = kept_rows(app.dsn)
    stopping.set()
    writer.join()
    verdict, wrong = judge(app.dsn, [notes]), differing(app, taken)
    counts(f"{kills} kills over {moved} events: {verdict}; {len(wrong)} projections differ from a clean replay")
    assert verdict.kept, verdict
    assert wrong == []
