"""Beginning again: a run that was killed is noticed by the next, which says what it found."""

import os
import signal
import subprocess
import sys
import time

import pytest

from service.cli.beginning import found_after, marked
from tests.conftest import until


@pytest.fixture
def worker(settings):
    """Return a function that starts a worker process and waits until it works."""
    running = []

    def start():
        environment = {
            **os.environ,
            "KURSLOG_HOME": str(settings.home),
            "KURSLOG_DATABASE_URL": settings.database_url,
            "KURSLOG_LANGUAGE": "en",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "service.cli.main", "worker"], env=environment, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        deadline = time.monotonic() + 60
        while not (settings.home / "worker.running").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def test_a_worker_that_was_killed_is_noticed_by_the_next_and_one_that_was_asked_to_end_is_not(app, scribe, worker):
    killed = worker()
    until(lambda: app.projector.reached() == 1, "the worker follows")
    killed.send_signal(signal.SIGKILL)
    killed.wait(30)
    scribe.contribute("c1")
    following = worker()
    until(lambda: app.projector.reached() == 2, "the worker follows")
    following.terminate()
    _, said = following.communicate(timeout=30)
    assert "ended in the middle of things. The log holds 2 entries" in said
    assert "without holes" in said
    assert "1 behind and catch up" in said
    third = worker()
    scribe.contribute("c2")
    until(lambda: app.projector.reached() == 3, "the worker follows")
    third.terminate()
    _, said = third.communicate(timeout=30)
    assert said == ""


def test_what_was_found_tells_of_holes_and_of_the_checkpoint(app, scribe, monkeypatch):
    monkeypatch.setenv("KURSLOG_LANGUAGE", "en")
    assert "Nothing was signed yet" in found_after(app)
    app.signing().step()
    assert "The checkpoint at 1 agrees" in found_after(app)
    with app.log.connection() as connection:
        connection.execute("delete from ledger.checkpoint")
        connection.execute("update log.event set notification_id = 3")
    assert "does not agree" in found_after(app)
    assert "2 numbers are missing" in found_after(app)


def test_a_run_beside_another_is_not_taken_for_one_that_comes_after_it(tmp_path):
    with marked(tmp_path, "serve") as first, marked(tmp_path, "serve") as beside:
        assert (first, beside) == (False, False)
    with marked(tmp_path, "serve") as again:
        assert again is False
    (tmp_path / "serve.running").touch()
    with marked(tmp_path, "serve") as after:
        assert after is True
    assert not (tmp_path / "serve.running").exists()
