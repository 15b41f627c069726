"""Each stream is linearizable: its order agrees with what writers and readers saw, by the clock on the wall."""

import random
import threading
import time
from contextlib import suppress
from typing import NamedTuple

import pytest

from service.app import Kurslog
from tests.conftest import Scribe
from tests.faults.proxy import CUT, PASS, SWALLOW, Proxy
from tests.faults.writer import UNTOLD

STREAMS = ("c1", "c2")
WRITERS, READERS = 6, 2


class Operation(NamedTuple):
    """A write of a version, or a read that saw the stream up to a version; seconds of the monotonic clock."""

    kind: str
    stream: str
    version: int
    begun: float
    ended: float


def violations(operations):
    """Return the pairs that no order explains: what ended before another began must come before it."""
    found = []
    for first in operations:
        for then in operations:
            if first.stream != then.stream or first.ended >= then.begun:
                continue
            behind = then.version < first.version if then.kind == "read" else then.version <= first.version
            found += [(first, then)] if behind else []
    return found


@pytest.mark.parametrize(
    ("then", "wrong"),
    [
        (Operation("write", "s", 2, 1.5, 3), 0),
        (Operation("write", "s", 1, 2.5, 3), 1),
        (Operation("write", "s", 1, 1.5, 3), 0),
        (Operation("write", "t", 1, 2.5, 3), 0),
        (Operation("read", "s", 1, 2.5, 3), 1),
        (Operation("read", "s", 2, 2.5, 3), 0),
        (Operation("read", "s", 1, 0.5, 3), 0),
    ],
)
def test_the_checker_finds_what_no_order_explains(then, wrong):
    assert len(violations([Operation("write", "s", 2, 1, 2), then])) == wrong
    earlier = Operation("read", "s", 3, 0, 0.1)
    assert len(violations([earlier, Operation("write", "s", 3, 1, 2)])) == 1


class History:
    """What writers and readers did, and when."""

    def __init__(self):
        self.told, self.reads, self.faults, self.done = [], [], [], threading.Event()

    def write(self, app, number, each):
        mine = Scribe(app)
        for n in range(each):
            data = {"contribution_id": STREAMS[(number + n) % len(STREAMS)], "participant_id": f"p{1000 * number + n}"}
            begun = time.monotonic()
            with suppress(*UNTOLD):
                item = mine.record("contribution-endorsed", data)
                self.told.append((item.position, begun, time.monotonic()))

    def read(self, app, ref):
        while not self.done.is_set():
            begun = time.monotonic()
            seen = app.reader.things("fabelby", [f"contribution/{ref}"])
            assert [event.version for event in seen] == list(range(1, len(seen) + 1))
            self.reads.append(Operation("read", ref, len(seen), begun, time.monotonic()))
            time.sleep(0.005)

    def thread(self, work, *arguments):
        found = threading.Thread(target=self._guarded, args=(work, *arguments))
        found.start()
        return found

    def _guarded(self, work, *arguments):
        try:
            work(*arguments)
        except Exception as error:
            self.faults.append(error)

    def operations(self, app):
        """Return all of them; a write whose answer nobody got could stand anywhere, and is left out."""
        at = {event.position: event for event in app.reader.walk("fabelby")}
        writes = [
            Operation("write", at[position].subject.partition("/")[2], at[position].version, begun, ended)
            for position, begun, ended in self.told
        ]
        return [*writes, *self.reads]


def test_streams_are_linearizable(app, scribe, settings, stack, often, counts):
    each, dice, history = often(15, 150), random.Random(9), History()  # noqa: S311 - repeatable
    people = [f"p{1000 * writer + n}" for writer in range(WRITERS) for n in range(each)]
    app.record(*(scribe.read("participant-registered", {"participant_id": who}) for who in people))
    for ref in STREAMS:
        scribe.contribute(ref)
    proxy = stack.enter_context(Proxy(app.dsn, lambda: PASS))
    apps = [app, Kurslog(settings, proxy.dsn), Kurslog(settings, app.dsn)]
    for one in apps[1:]:
        stack.callback(one.close)
        one.reader.head()
    proxy.fate = lambda: dice.choices([PASS, SWALLOW, CUT], [75, 15, 10])[0]
    writers = [history.thread(history.write, apps[n % len(apps)], n, each) for n in range(WRITERS)]
    readers = [history.thread(history.read, app, STREAMS[n % len(STREAMS)]) for n in range(READERS)]
    for thread in writers:
        thread.join()
    history.done.set()
    for thread in readers:
        thread.join()
    operations = history.operations(app)
    wrong, lost = violations(operations), proxy.met[SWALLOW] + proxy.met[CUT]
    counts(
        f"{len(history.told)} writes and {len(history.reads)} reads of {len(STREAMS)} streams, {lost} answers lost: "
        f"{len(wrong)} out of order"
    )
    assert history.faults == []
    assert wrong == []
    assert len(history.told) > len(STREAMS)
