"""The web server under load: asked to stop, it finishes what it began; killed, it loses nothing it acknowledged."""

import http.client
import itertools
import json
import os
import signal
import threading
import time
import uuid
from pathlib import Path

import pytest

from tests.conftest import free_port
from tests.faults.conftest import headers_of, started, until
from tests.faults.judging import acknowledged, differing, judge
from tests.faults.writer import Notes

pytestmark = pytest.mark.slow

CLIENTS = 4


class Server:
    """``kurslog serve`` on a port of its own."""

    def __init__(self, settings, stack):
        self._settings, self._stack = settings, stack
        self.port = free_port()

    def start(self):
        where = {"KURSLOG_HOME": str(self._settings.home), "KURSLOG_DATABASE_URL": self._settings.database_url}
        self.process = started(self._stack, "service.cli.main", "serve", KURSLOG_PORT=str(self.port), **where)
        self._stack.callback(self.kill)
        until(lambda: self.process.poll() is not None or self.answers(), "the server answers", 90)
        assert self.process.poll() is None

    def answers(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/livez")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def pids(self):
        """Return the processes that were started with this home."""
        mine = f"KURSLOG_HOME={self._settings.home}\0".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if mine in (entry / "environ").read_bytes() and (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def kill(self):
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


class Clients:
    """Programs that send events under ids of their own, and note what they were told."""

    def __init__(self, port, headers, folder):
        self.notes = [folder / f"notes-{number}" for number in range(CLIENTS)]
        self.stopping, self.errors, self.refused = threading.Event(), [], 0
        self._port, self._headers = port, headers | {"Content-Type": "application/json"}
        self.threads = [threading.Thread(target=self._work, args=(number,)) for number in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)

    def _work(self, number):
        notes = Notes(self.notes[number])
        for count in itertools.count():
            data = {"kind": "idea", "text": "En bænk", "author": {"kind": "anonymous"}}
            refs = [f"w{number}-{count}-{n}" for n in range(1 + count % 3)]
            events = [
                {"type": "contribution-made", "id": str(uuid.uuid4()), "data": {**data, "contribution_id": ref}}
                for ref in refs
            ]
            notes.write(sent=[event["id"] for event in events], refs=[f"contribution/{ref}" for ref in refs])
            while (answer := self._send(events)) is None:
                if self.stopping.is_set():
                    return
                time.sleep(0.05)
            notes.write(acked=[[item["id"], item["position"]] for item in answer])
            if self.stopping.is_set():
                return

    def _send(self, events):
        """Return what was acknowledged; None where nobody answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request("POST", "/api/v1/processes/fabelby/events", json.dumps(events), self._headers)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            self.refused += 1
            return None
        finally:
            connection.close()
        if answer.status not in {200, 201}:
            self.errors.append((answer.status, said))
            return None
        return json.loads(said)["events"]


def load(app, settings, stack, folder):
    """Return a server that is up, and clients that write through it."""
    server = Server(settings, stack)
    server.start()
    clients = Clients(server.port, headers_of(app), folder)
    stack.callback(clients.stop)
    return server, clients


def more(clients, count):
    before = acknowledged(clients.notes)
    until(lambda: acknowledged(clients.notes) >= before + count, f"{count} more acknowledged", 90)


def test_sigterm_under_load(app, scribe, settings, stack, tmp_path, often, counts):
    stops = often(1, 5)
    server, clients = load(app, settings, stack, tmp_path)
    for left in reversed(range(stops)):
        more(clients, 60)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
        until(lambda: not server.pids(), "every process of it has ended")
        if left:
            server.start()
    clients.stop()
    verdict, wrong = judge(app.dsn, clients.notes), differing(app)
    counts(f"{stops} stops: {verdict}; {len(clients.errors)} answers of 5xx, exit code 0, no process left")
    assert clients.errors == []
    assert verdict.kept, verdict
    assert wrong == []


def test_web_process_killed_under_load(app, scribe, settings, stack, tmp_path, often, counts):
    kills = often(2, 25)
    server, clients = load(app, settings, stack, tmp_path)
    for number in range(kills):
        more(clients, 40)
        if number % 2:
            server.kill()
        else:
            server.process.kill()
        server.process.wait()
        until(lambda: not server.pids(), "what it started has ended too")
        server.start()
    more(clients, 40)
    clients.stop()
    until(lambda: app.projector.reached() == app.reader.head(), "the worker has caught up")
    server.kill()
    until(lambda: not server.pids(), "all are gone")
    verdict, wrong = judge(app.dsn, clients.notes), differing(app)
    counts(f"{kills} kills: {verdict}; {len(wrong)} projections differ from a clean replay")
    assert [error for error in clients.errors if error[0] != 503] == []
    assert verdict.kept, verdict
    assert wrong == []
