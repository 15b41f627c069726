"""A client as it should be: it notes what it sends before, and what was acknowledged after, each line on the disk.

``python -m tests.faults.writer DSN HOME COUNT FOLDER`` starts so many; each writes arrays of 1, 2 and 5 events until
SIGTERM. A command whose fate it was not told is sent again, or, every third, given up: that one may be in the log or not,
but only whole.
"""

import json
import multiprocessing
import os
import random
import signal
import sys
import threading
import time
import uuid
from pathlib import Path

import psycopg

from service.app import Kurslog
from service.log.busy import BusyError
from service.record import ConflictError, UnansweredError
from service.settings import Settings
from tests.conftest import Scribe

SIZES = (1, 2, 5)
PATIENCE_SECONDS = 60
UNTOLD = (BusyError, ConflictError, UnansweredError, psycopg.OperationalError)


class Notes:
    """The writer's own memory, a line of JSON each: what survives of it is what it may claim."""

    def __init__(self, path):
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, **line):
        os.write(self._file, json.dumps(line).encode() + b"\n")
        os.fsync(self._file)


def command_of(scribe, ref, size):
    """Return an array of events, each in a stream of its own."""
    data = {"kind": "idea", "text": "En bænk", "author": {"kind": "anonymous"}}
    return [
        scribe.read("contribution-made", {**data, "contribution_id": f"{ref}-{n}"}, id=str(uuid.uuid4()))
        for n in range(size)
    ]


def write(app, notes, number, stopping, *, pause_seconds=0.0):
    """Send commands until told to stop; return how often the answer was an error."""
    scribe, dice, errors = Scribe(app, account=f"a-{number}"), random.Random(number), 0  # noqa: S311 - repeatable
    for count in range(10**9):
        if stopping.is_set():
            break
        command = command_of(scribe, f"w{number}-{count}", dice.choice(SIZES))
        notes.write(sent=[str(event.id) for event in command], refs=[event.subject for event in command])
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                recorded = app.record(*command)
            except UNTOLD:
                errors += 1
                if dice.random() < 1 / 3:
                    break
                time.sleep(0.1)
                continue
            acked = [[str(event.id), item.position] for event, item in zip(command, recorded, strict=True)]
            notes.write(acked=acked)
            break
        time.sleep(pause_seconds)
    return errors


def work(dsn, home, number, notes):
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    settings = Settings(home=Path(home), database_url=dsn, master_key_file=Path(home) / "master.key")
    app = Kurslog(settings, dsn)
    write(app, Notes(notes), number, stopping)
    app.close()


def main(dsn, home, count, folder):
    fork = multiprocessing.get_context("fork")  # the imports cost more than the work
    found = [fork.Process(target=work, args=(dsn, home, n, Path(folder) / f"notes-{n}")) for n in range(int(count))]
    for process in found:
        process.start()
    signal.signal(signal.SIGTERM, lambda *_: [process.terminate() for process in found])
    for process in found:
        process.join()
    sys.exit(max(process.exitcode for process in found))


if __name__ == "__main__":
    main(*sys.argv[1:])
