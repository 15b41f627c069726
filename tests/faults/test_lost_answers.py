"""Answers that are lost between the server and us: a command counts once, and nobody is told that it was not written."""

import random
import threading
import time

import pytest

from service.app import Kurslog
from tests.conftest import Scribe
from tests.faults.conftest import headers_of, until
from tests.faults.judging import differing, judge
from tests.faults.proxy import CUT, DELAY, GARBLE, PASS, SWALLOW, Proxy
from tests.faults.writer import Notes, command_of, write

pytestmark = pytest.mark.slow

ODDS = {PASS: 80, SWALLOW: 10, CUT: 4, GARBLE: 3, DELAY: 3}
LAST = "swallowed, and then the server is out of reach"


@pytest.fixture
def fates():
    """Return what is to become of the next appends, in order; then all pass."""
    return []


@pytest.fixture
def far(app, scribe, settings, fates, stack):
    """Return a Kurslog whose way to the database leads through the proxy."""

    def fate():
        found = fates.pop(0) if fates else PASS
        proxy.refusing = proxy.refusing or found == LAST
        return SWALLOW if found == LAST else found

    proxy = stack.enter_context(Proxy(app.dsn, fate))
    return met_before(settings, proxy, stack)


def met_before(settings, proxy, stack):
    """Return a Kurslog that has met its database through the proxy."""
    found = Kurslog(settings, proxy.dsn)
    stack.callback(found.close)
    found.projector.reached()
    return found


@pytest.mark.parametrize("fate", [SWALLOW, CUT, GARBLE])
@pytest.mark.parametrize("size", [1, 3, 400])
def test_a_lost_answer_is_found_out_by_the_record_itself(app, far, fates, fate, size):
    command = command_of(Scribe(far), "c", size)
    fates.append(fate)
    assert [item.position for item in far.record(*command)] == list(range(2, 2 + size))
    assert (fates, app.reader.head()) == ([], 1 + size)


@pytest.mark.parametrize(("lost", "head"), [([LAST], 2), ([CUT] * 5, 1)])
def test_who_cannot_find_out_says_so_and_the_same_again_counts_once(app, far, fates, web_of, lost, head):
    client, headers = web_of(far).test_client(), headers_of(app)
    data = {"contribution_id": "c1", "kind": "idea", "text": "En bænk", "author": {"kind": "anonymous"}}
    event = {"type": "contribution-made", "id": "00000000-0000-4000-8000-000000000001", "data": data}
    fates += lost
    answer = client.post("/api/v1/processes/fabelby/events", json=event, headers=headers)
    assert (answer.status_code, answer.json["rule"], answer.headers["Retry-After"]) == (503, "unanswered", "5")
    assert app.reader.head() == head
    near = web_of(app).test_client()
    again = near.post("/api/v1/processes/fabelby/events", json=event, headers=headers)
    assert (again.status_code, again.headers["Kurslog-Position"], app.reader.head()) == (
        200 if head == 2 else 201,
        "2",
        2,
    )


def test_an_import_whose_answer_is_lost_goes_on(app, far, fates):
    import datetime as dt

    command = command_of(Scribe(far), "c", 3)
    fates.append(SWALLOW)
    outcomes = far.records.take_in(command, now=dt.datetime.now(dt.UTC))
    assert [outcome.recorded.position for outcome in outcomes] == [2, 3, 4]
    assert app.reader.head() == 4


def test_lost_answers_under_four_writers_and_a_worker(app, scribe, settings, tmp_path, stack, often, counts):
    dice, stopping, faults, begun = random.Random(4), threading.Event(), [], time.monotonic()  # noqa: S311 - repeatable
    proxy = stack.enter_context(Proxy(app.dsn, lambda: PASS))
    apps = [met_before(settings, proxy, stack) for _ in range(3)]
    notes = [tmp_path / f"notes-{number}" for number in range(4)]
    _ = app.projector

    def work(number):
        try:
            write(apps[number % 2], Notes(notes[number]), number, stopping)
        except Exception as error:
            faults.append(error)

    worker = apps[2].worker()
    proxy.fate = lambda: dice.choices(list(ODDS), ODDS.values())[0]
    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    threads.append(threading.Thread(target=worker.run))
    for thread in threads:
        thread.start()
    stack.callback(lambda: [thread.join(60) for thread in threads])
    stack.callback(worker.stop)
    stack.callback(stopping.set)
    seconds = often(0, 300)
    until(
        lambda: faults or (proxy.met[SWALLOW] >= 20 and time.monotonic() > begun + seconds),
        "enough answers are lost",
        seconds + 120,
    )
    assert faults == []
    stopping.set()
    for thread in threads[:4]:
        thread.join(60)
    proxy.fate = lambda: PASS  # the storm is over; what it lost is what is counted
    until(lambda: app.projector.reached() == app.reader.head(), "the worker catches up through the proxy")
    worker.stop()
    threads[4].join(30)
    verdict, wrong = judge(app.dsn, notes), differing(app)
    met = ", ".join(f"{proxy.met[fate]} {fate}" for fate in ODDS)
    counts(
        f"{time.monotonic() - begun:.0f} s, answers {met}: {verdict}; {len(wrong)} projections differ from a clean replay"
    )
    assert faults == []
    assert verdict.kept, verdict
    assert wrong == []
