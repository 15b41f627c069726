"""The signer as a process: two at once, killed at any moment, and after a fork; there is never a second history."""

import logging
import os
import signal
import subprocess
import sys
import threading
from itertools import pairwise

import psycopg
import pytest

from service.ledger.verify import Checkpoint, check_consistency, open_checkpoint
from service.log import durable
from service.log.auditing import audit
from service.log.health import look
from service.log.ledger import ForkError
from tests.conftest import until

pytestmark = pytest.mark.slow


def seen(app):
    return look(app.dsn, app.projector.keys)


def size_of(app):
    signed = app.ledger.signed()
    return signed.checkpoint.size if signed else 0


def history(app):
    """Return every checkpoint, once its signature holds and each is shown to begin with the one before."""
    with psycopg.connect(app.dsn) as connection:
        notes = [note for (note,) in connection.execute("select note from ledger.checkpoint order by size")]
    found = [open_checkpoint(note, app.ledger_key)[0] for note in notes]
    for old, new in pairwise(found):
        check_consistency(old.size, new.size, app.ledger.consistency(old.size, new.size), old.root, new.root)
    assert audit(app.dsn, app.ledger_key).wrong is None
    return found


@pytest.fixture
def started(settings):
    """Return a function that starts a signer process."""
    running = []
    environment = {
        **os.environ,
        "KURSLOG_HOME": str(settings.home),
        "KURSLOG_DATABASE_URL": settings.database_url,
        "KURSLOG_LANGUAGE": "en",
    }

    def start():
        command = [sys.executable, "-m", "service.cli.main", "signer"]
        running.append(subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def test_a_signer_follows_the_log_and_ends_when_told(scribe, started):
    signer = started()
    until(lambda: size_of(scribe.app) == 1, "the first is signed")
    scribe.contribute("c-1")
    until(lambda: size_of(scribe.app) == 2, "the second is signed")
    assert seen(scribe.app).unsigned == 0
    signer.send_signal(signal.SIGTERM)
    assert signer.wait(30) == 0
    history(scribe.app)


def test_after_a_fork_it_stays_says_so_once_and_signs_nothing(scribe, started):
    scribe.contribute("c-1")
    scribe.app.signing().step()
    with psycopg.connect(scribe.app.dsn) as connection:
        connection.execute("delete from log.vault where position = 2; delete from log.event where notification_id = 2")
    signer = started()
    line = signer.stderr.readline()
    assert "NOTHING MORE IS SIGNED" in line
    scribe.contribute("c-2")
    scribe.contribute("c-3")
    assert signer.poll() is None
    signer.send_signal(signal.SIGTERM)
    _, said = signer.communicate(timeout=30)
    assert (signer.returncode, "NOTHING MORE" in said, size_of(scribe.app)) == (0, False, 2)


def test_it_is_said_once_however_often_it_looks(scribe, caplog):
    scribe.contribute("c-1")
    signing = scribe.app.signing()
    assert signing.follow()
    with psycopg.connect(scribe.app.dsn) as connection:
        connection.execute("delete from log.vault where position = 2; delete from log.event where notification_id = 2")
    with caplog.at_level(logging.CRITICAL, "kurslog"):
        assert [signing.follow() for _ in range(3)] == [False] * 3
    assert len([record for record in caplog.records if record.levelno == logging.CRITICAL]) == 1


def test_two_at_once_sign_one_history(scribe):
    wrong = []
    done = threading.Event()

    def sign(signing):
        while not done.is_set():
            try:
                signing.step()
            except (ForkError, psycopg.Error) as error:
                wrong.append(error)
                return

    threads = [threading.Thread(target=sign, args=(scribe.app.signing(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for at in range(40):
        scribe.contribute(f"c-{at}")
    until(lambda: size_of(scribe.app) == 41 or wrong, "all is signed")
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert history(scribe.app)[-1].size == 41


def test_killed_at_any_moment_it_signs_one_history(scribe, started):
    for at in range(6):
        signer = started()
        until(lambda: size_of(scribe.app) == scribe.app.reader.head(), "what is there is signed")
        for more in range(at):
            scribe.contribute(f"c-{at}-{more}")
        signer.kill()
        signer.wait()
        history(scribe.app)
    scribe.app.signing().step()
    assert history(scribe.app)[-1].size == scribe.app.reader.head()


class TornError(Exception):
    """The signer ended between its promise and its commit."""


def test_what_was_promised_is_signed_next_and_nothing_else(scribe, monkeypatch):
    signing = scribe.app.signing()
    signing.step()
    scribe.contribute("c-1")
    replace = durable.replace

    def torn(*promise):
        replace(*promise)
        raise TornError

    with monkeypatch.context() as power:
        power.setattr(durable, "replace", torn)
        with pytest.raises(TornError):
            signing.step()
    assert size_of(scribe.app) == 1
    scribe.contribute("c-2")
    assert scribe.app.signing().step().size == 2
    assert scribe.app.signing().step().size == 3
    history(scribe.app)


def test_a_promise_that_the_log_does_not_keep_is_a_fork(scribe):
    signing = scribe.app.signing()
    signing.step()
    scribe.contribute("c-1")
    signing._last.write_text(signing._signer.sign(Checkpoint(signing._signer.name, 2, bytes(32))), "utf-8")
    with pytest.raises(ForkError, match="signed last"):
        signing.step()


def test_how_far_the_signer_is_behind_is_told(scribe):
    health = seen(scribe.app)
    assert (health.unsigned, health.checkpoint_seconds) == (1, None)
    assert health.unsigned_seconds > 0
    scribe.app.signing().step()
    health = seen(scribe.app)
    assert (health.unsigned, health.unsigned_seconds) == (0, 0)
    assert health.checkpoint_seconds >= 0
