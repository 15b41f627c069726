"""What every test of a promise needs: how long to go on, a line of counts, a scratch home, and nothing left behind."""

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from domain.keeping import AccessRole
from service.app import Kurslog
from service.cluster import Cluster, ClusterError
from service.log.migrate import migrate
from service.settings import Settings
from tests.conftest import Scribe, until
from tests.faults.judging import acknowledged

ROOT = Path(__file__).parents[2]
LONG = os.environ.get("KURSLOG_FAULTS") == "long"


def headers_of(app, role=AccessRole.FACILITATOR):
    """Return the headers of a program that may write."""
    secret = app.tokens.create(role=role, process=None, lasting=dt.timedelta(hours=1))
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def often():
    """Choose between the short form, that runs with every test, and the long one of ``make faults``."""
    return lambda short, long: long if LONG else short


@pytest.fixture
def counts(record_property, request):
    """Return a function that has a line printed when all tests have run."""
    return lambda line: record_property(
        "counts", f"{request.node.name.removeprefix('test_').replace('_', ' ')}: {line}"
    )


class Scratch:
    """An embedded server in a home of its own, that may be killed."""

    def __init__(self, home):
        self.home = home
        self._cluster = Cluster(home)
        self.dsn = self._cluster.start()
        migrate(self.dsn)
        self.settings = Settings(home=home, database_url=self.dsn, master_key_file=home / "master.key")

    def app(self):
        return Kurslog(self.settings, self.dsn)

    @property
    def root(self):
        return (self.home / "postgres").resolve()

    @property
    def postmaster(self):
        return int((self.root / "data" / "postmaster.pid").read_text().split("\n")[0])

    @property
    def supervisor(self):
        return int((self.root / "owner.lock").read_text())

    def leave(self):
        """Let go of the server without waiting."""
        self._cluster.stop()

    def revive(self):
        """Join the server again, also where its supervisor is gone."""
        old, self._cluster = self._cluster, Cluster(self.home)
        self._cluster.start()
        old.stop()

    def end(self):
        """Let go of the server, and end what is left of it however it is."""
        pids = self.pids()
        self._cluster.stop(wait_seconds=20)
        for pid in pids:
            if str(self.root).encode() in command_of_process(pid):
                os.kill(pid, signal.SIGKILL)
        note = self.root / "socket"
        if note.exists():
            shutil.rmtree(note.read_text(), ignore_errors=True)

    def pids(self):
        """Return the processes of the server that its files name."""
        found = []
        for name in ("supervisor", "postmaster"):
            try:
                found.append(getattr(self, name))
            except (OSError, ValueError):
                continue
        return found


def command_of_process(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.fixture
def scratch():
    """Yield an embedded server of this test's own."""
    home = Path(tempfile.mkdtemp(prefix="kurslog-faults-"))
    home.chmod(0o711)
    found = None
    try:
        found = Scratch(home)
        yield found
    except ClusterError as error:
        pytest.skip(str(error))
    finally:
        if found:
            found.end()
        elsewhere = (home / "postgres").resolve()
        shutil.rmtree(elsewhere, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


class Writers:
    """Processes that write into a log, and their notes."""

    def __init__(self, scratch, folder, stack):
        self._scratch, self._folder, self._stack = scratch, folder, stack
        self._process = None
        self.notes = []

    def start(self, count):
        """Begin the process that is written to, and start so many writers."""
        app = self._scratch.app()
        Scribe(app).begin()
        app.close()
        self.notes = [self._folder / f"notes-{number}" for number in range(count)]
        arguments = [self._scratch.dsn, self._scratch.home, count, self._folder]
        self._process = started(self._stack, "tests.faults.writer", *arguments)

    def more(self, count, seconds=60):
        """Wait until so many more events were acknowledged."""
        before = acknowledged(self.notes)
        until(lambda: acknowledged(self.notes) >= before + count, f"{count} more acknowledged", seconds)

    def stop(self):
        """Let each finish the command at hand."""
        self._process.terminate()
        assert self._process.wait(90) == 0


def started(stack, module, *arguments, **environment):
    """Start a Python module as a process that does not outlive the test."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("KURSLOG_")}
    process = subprocess.Popen(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env={**env, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    stack.callback(process.wait, 20)
    stack.callback(kill_group, process.pid)
    return process


def kill_group(pid):
    """Kill a process and those it forked; they may be gone."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


@pytest.fixture
def stack():
    """Yield a stack of what is undone when the test is over, the last first."""
    with ExitStack() as found:
        yield found


@pytest.fixture
def writers(scratch, tmp_path, stack):
    return Writers(scratch, tmp_path, stack)
