"""One PostgreSQL for the run (the embedded one, or the server of KURSLOG_DATABASE_URL), a database per test."""

import contextlib
import datetime as dt
import os
import secrets
import shutil
import socket
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from domain.keeping import AccessRole
from projections.everything import PROJECTIONS
from service.app import Kurslog
from service.cluster import Cluster
from service.log.clock import CLOCK_KEY
from service.log.migrate import migrate
from service.log.tables import BEGIN, Target
from service.security.gate import Caller
from service.settings import Settings
from service.wire import Sender, read_event
from tests.databases import Databases, at, made, run
from tests.webs import Webs


def pytest_collection_modifyitems(items):
    """Put the files with long tests first: what one process begins when the others are done is waited for."""
    long = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def server():
    """Yield the conninfo of a server where databases may be made."""
    if url := os.environ.get("KURSLOG_DATABASE_URL"):
        yield url
        return
    home = Path(tempfile.mkdtemp(prefix="kurslog-tests-"))
    home.chmod(0o711)
    cluster = Cluster(home)
    try:
        url = cluster.start()
        run(url, "alter system set synchronous_commit = off")  # nobody cuts its power: tests of that have their own
        run(url, "select pg_reload_conf()")
        yield url
    finally:
        cluster.stop(wait_seconds=20)
        shutil.rmtree(home, ignore_errors=True)


def until(condition, what, seconds=60.0):
    """Wait for a condition, and return what it found."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds} s: {what}")
        time.sleep(0.02)
    return found


def free_port():
    """Return a port where nobody listens, of those that the kernel gives to nobody who asks for any: it stays free."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@pytest.fixture(scope="session")
def template(server):
    """Make a migrated database that the others are copied from, its tables of projections there and empty."""
    with made(server, "template1") as name:
        migrate(at(server, name))
        with psycopg.connect(at(server, name), row_factory=dict_row) as connection:
            for projection in PROJECTIONS.values():
                Target(projection.key, projection).create(connection)
            connection.execute(BEGIN, (CLOCK_KEY,))
        yield name


@pytest.fixture(scope="session")
def databases(server, template):
    """Make room for the databases that tests have one after another."""
    kept = Databases(server, template)
    yield kept
    kept.close()


@pytest.fixture
def dsn(server, databases):
    """Yield the conninfo of an empty, migrated database of this test's own."""
    with databases.one() as name:
        yield at(server, name)


@pytest.fixture
def settings(tmp_path, dsn):
    return Settings(home=tmp_path, database_url=dsn, master_key_file=tmp_path / "master.key")


@pytest.fixture
def app(settings, dsn):
    """Yield a Kurslog on an empty log."""
    kurslog = Kurslog(settings, dsn)
    yield kurslog
    kurslog.close()


@pytest.fixture(scope="session")
def webs():
    """Make room for the web applications that tests have one after another."""
    return Webs()


@pytest.fixture
def web_of(webs):
    """Return a function that gives a Kurslog's web application, this test's own."""
    with contextlib.ExitStack() as stack:
        yield lambda kurslog: stack.enter_context(webs.one(kurslog))


@pytest.fixture(scope="session")
def twin_database(server, template, tmp_path_factory):
    """Make a database that holds the fictional twin, taken in and projected once; with the key its texts are sealed by."""
    from service.imports.ndjson import import_wires
    from service.simulation import Plan, events

    home = tmp_path_factory.mktemp("twin")
    with made(server, template) as name:
        held = Settings(home=home, database_url=at(server, name), master_key_file=home / "master.key")
        kurslog = Kurslog(held, at(server, name))
        import_wires(kurslog, "fabelby", events(Plan()), account="a-import")
        kurslog.projector.catch_up()
        kurslog.close()
        yield name, held.master_key_file


@pytest.fixture
def twin(server, twin_database, tmp_path):
    """Yield a Kurslog on a copy of the fictional twin, this test's own."""
    source, key = twin_database
    with made(server, source) as name:
        url = at(server, name)
        kurslog = Kurslog(Settings(home=tmp_path, database_url=url, master_key_file=key), url)
        yield kurslog
        kurslog.close()


@pytest.fixture(scope="session")
def read_twin(server, twin_database, tmp_path_factory):
    """Yield a Kurslog on one copy of the fictional twin, for tests that only read: what is worked out is there for the next."""
    source, key = twin_database
    with made(server, source) as name:
        url = at(server, name)
        kurslog = Kurslog(Settings(home=tmp_path_factory.mktemp("read"), database_url=url, master_key_file=key), url)
        yield kurslog
        kurslog.close()


@pytest.fixture
def facilitator():
    return Caller("a-test", AccessRole.FACILITATOR)


class Scribe:
    """Records events of one process from short wires."""

    def __init__(self, app, process="fabelby", account="a-test"):
        self.app, self.process, self.account = app, process, account

    def read(self, stem, data, *, on="2026-02-01T12:00:00Z", **envelope):
        wire = {"type": stem, "time": on, "data": data, **envelope}
        return read_event(wire, self.process, Sender(account=self.account, now=dt.datetime.now(dt.UTC)))

    def record(self, stem, data, **more):
        return self.app.record(self.read(stem, data, **more))[0]

    def begin(self, **more):
        data = {"title": "Fabelby sætter sejl", "place": "Fabelby", "municipality": "Fabeldal", "aim": "democracy"}
        return self.record(
            "process-registered",
            {**data, "period_start": "2026-01-01", "fictional": True},
            on="2026-01-01T12:00:00Z",
            **more,
        )

    def contribute(self, ref, text="En bænk ved skovstien", **more):
        data = {"contribution_id": ref, "kind": "idea", "text": text, "author": {"kind": "anonymous"}}
        return self.record("contribution-made", data, **more)


@pytest.fixture
def scribe(app):
    """Return a scribe on a process that has begun."""
    found = Scribe(app)
    found.begin()
    return found


def pytest_terminal_summary(terminalreporter):
    """Print what the tests of promises counted, a line each."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    lines = [
        said
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, said in report.user_properties
        if name == "counts"
    ]
    if lines:
        terminalreporter.section("promises")
        for line in lines:
            terminalreporter.write_line(line)
