"""Commands that wait at the same moment go in together, and to each its own answer."""

import contextlib
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

import psycopg
import pytest
from msgspec.structs import replace

from service.log.busy import BusyError, LostError
from service.log.grouping import MOST_EVENTS, Line
from service.log.scope import within
from service.log.store import AlreadyRecordedError, StaleError
from service.log.vault import ErasedKeyError
from tests.conftest import Scribe, until

WAITING = "select pid from pg_locks where locktype = 'advisory' and classid = 771 and objid = 1 and not granted"


def contribution(scribe, ref, author=None, **more):
    """Return an entry of its own, ready to be saved as the first of its stream."""
    said = {"kind": "participant", "ref": author} if author else {"kind": "anonymous"}
    data = {"contribution_id": ref, "kind": "idea", "text": "En bænk", "author": said}
    return replace(scribe.read("contribution-made", data, id=str(uuid.uuid4()), **more), version=1)


class Crowd:
    """Saves in threads of their own while the log's lock is held; they stand in line in the order they came."""

    def __init__(self, app):
        self.app, self.answers = app, []
        self._pool = ThreadPoolExecutor(16)
        self._holder = psycopg.connect(app.dsn)

    def save(self, *events, reads=None):
        return self.come(lambda: [one.notification.id for one in self.app.log.save(*events, reads=reads or {})])

    def come(self, work):
        """Do this in a thread; return once it stands in line."""
        line = self.app.log.recorder.line
        before = len(line)
        if not self.answers:
            self._holder.execute("select pg_advisory_xact_lock(771, 1)")
        self.answers.append(self._pool.submit(work))
        until(lambda: len(line) > before, "it stands in line")

    def told(self):
        """Let them all go on, and return what each was told: its positions, or the error's type."""
        self._holder.close()
        wait(self.answers)
        return [type(one.exception()) if one.exception() else one.result() for one in self.answers]

    def close(self):
        self._holder.close()
        self._pool.shutdown()


@pytest.fixture
def crowd(app, scribe):
    with contextlib.closing(Crowd(app)) as found:
        yield found


def transactions(app):
    """Return the transaction of each event in the log."""
    with app.log.connection() as connection:
        rows = connection.execute("select xmin::text as x from log.event order by notification_id").fetchall()
    return [row["x"] for row in rows]


def test_those_who_wait_go_in_together_in_the_order_they_came(app, scribe, crowd):
    for n in range(5):
        crowd.save(contribution(scribe, f"c{n}", f"p{n}"))

    assert crowd.told() == [[2], [3], [4], [5], [6]]
    _, first, *rest = transactions(app)
    assert len({first, *rest}) == 2
    assert rest == rest[:1] * 4


def test_a_command_of_several_events_stays_in_one_piece(app, scribe, crowd):
    crowd.save(contribution(scribe, "c0"))
    crowd.save(contribution(scribe, "c1"), contribution(scribe, "c2"))
    crowd.save(contribution(scribe, "c3"), contribution(scribe, "c4"), contribution(scribe, "c5"))

    assert crowd.told() == [[2], [3, 4], [5, 6, 7]]
    texts = app.log.vault.texts(range(1, 8))
    assert {position for position, field in texts if field == "text"} == set(range(2, 8))


def test_a_stale_and_a_known_one_are_told_so_alone(app, scribe, crowd):
    known = contribution(scribe, "k")
    crowd.save(contribution(scribe, "c0"))
    crowd.save(contribution(scribe, "c1"))
    crowd.save(contribution(scribe, "c2"), reads={"process/fabelby": 0})
    crowd.save(replace(contribution(scribe, "c3"), id=next(iter(app.reader.walk("fabelby"))).id))
    crowd.save(contribution(scribe, "c4"), known)

    assert crowd.told() == [[2], [3], StaleError, AlreadyRecordedError, [4, 5]]
    assert len(set(transactions(app)[2:])) == 1
    assert [event.position for event in app.reader.walk("fabelby")] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_an_erased_key_stops_whom_it_belongs_to_and_nobody_beside(app, scribe, crowd, at):
    app.log.vault.ensure(["fabelby/participant/gone"])
    crowd.save(contribution(scribe, "first"))
    authors = ["p1", "p2"]
    authors.insert(at, "gone")
    for who in authors:
        crowd.save(contribution(scribe, f"of-{who}", who))
    with psycopg.connect(app.dsn) as connection:
        connection.execute("update log.person_key set wrapped = null where key_id = 'fabelby/participant/gone'")

    told = crowd.told()
    assert told.pop(at + 1) is ErasedKeyError
    assert told == [[2], [3], [4]]


def test_what_cannot_be_written_at_all_spoils_it_for_nobody(app, scribe, crowd):
    crowd.save(contribution(scribe, "c0"))
    crowd.save(contribution(scribe, "c1"))
    crowd.save(replace(contribution(scribe, "c2", "p1"), subject="contribution/\0"))
    crowd.save(contribution(scribe, "c3"))

    told = crowd.told()
    assert issubclass(told[2], psycopg.DataError)
    assert [told[0], told[1], told[3]] == [[2], [3], [4]]


def test_what_was_decided_on_what_another_of_them_writes_is_stale(app, scribe, crowd):
    joined = replace(scribe.read("participant-registered", {"participant_id": "p1"}), version=2)
    crowd.save(contribution(scribe, "c0"))
    crowd.save(contribution(scribe, "c1"), reads={"process/fabelby": 1})
    crowd.save(joined)
    crowd.save(contribution(scribe, "c2"), reads={"process/fabelby": 1})
    crowd.save(contribution(scribe, "c3"), reads={"process/fabelby": 2})

    assert crowd.told() == [[2], [3], [4], StaleError, [5]]


def test_two_who_write_to_the_same_stream_come_one_after_the_other(app, scribe, crowd):
    scribe.record("participant-registered", {"participant_id": "p1"})
    scribe.record("participant-registered", {"participant_id": "p2"})
    scribe.contribute("c1")
    crowd.save(contribution(scribe, "c0"))
    for who in ("p1", "p2"):
        endorsed = scribe.read("contribution-endorsed", {"contribution_id": "c1", "participant_id": who})
        crowd.come(lambda event=endorsed: app.record(event)[0].position)

    assert sorted(crowd.told()[1:]) == [6, 7]
    assert [event.version for event in app.reader.things("fabelby", ["contribution/c1"])] == [1, 2, 3]


def test_the_same_command_sent_twice_at_once_counts_once(app, scribe, crowd):
    crowd.save(contribution(scribe, "c0"))
    event = replace(contribution(scribe, "c1"), version=0)
    for _ in range(2):
        crowd.come(lambda: app.record(event)[0])

    _, first, second = crowd.told()
    assert (first.position, second.position) == (3, 3)
    assert {first.new, second.new} == {True, False}


def test_a_connection_that_breaks_tells_each_of_its_group_that_nobody_knows(app, scribe, crowd):
    crowd.save(contribution(scribe, "c0"))
    with psycopg.connect(app.dsn, autocommit=True) as connection:
        until(lambda: connection.execute(WAITING).fetchone(), "the first waits for the lock")
        crowd.save(contribution(scribe, "c1"))
        crowd.save(contribution(scribe, "c2"))
        (first,) = connection.execute(WAITING).fetchone()
        connection.execute("select pg_terminate_backend(%s)", (first,))
        until(crowd.answers[0].done, "the first is told")
        until(lambda: connection.execute(WAITING).fetchone() not in {None, (first,)}, "the group waits for the lock")
        connection.execute("select pg_terminate_backend(%s)", connection.execute(WAITING).fetchone())

    assert crowd.told() == [LostError] * 3
    app.log.reconnect()
    crowd.app.log.save(contribution(scribe, "c3"))
    assert app.reader.head() == 2


def test_no_more_go_in_together_than_a_statement_bears(app, scribe, crowd):
    many = [contribution(scribe, f"d{n}") for n in range(MOST_EVENTS - 1)]
    for ref in ("c0", "c1", "c2"):
        crowd.save(contribution(scribe, ref))
    crowd.save(*many)
    crowd.save(contribution(scribe, "c3"))
    crowd.save(contribution(scribe, "c4"))

    crowd.told()
    found = transactions(app)
    assert found[2] == found[3] != found[4]
    assert found[4 : 4 + MOST_EVENTS] == [found[4]] * MOST_EVENTS
    assert len(found[4 + MOST_EVENTS :]) == 1
    assert found[-1] != found[-2]


def test_whose_turn_does_not_come_in_time_is_told_that_nothing_was_written(app, scribe, crowd):
    line = Line(app.log.recorder.append, wait_seconds=0.2)
    app.log.recorder.line = line
    crowd.save(contribution(scribe, "c0"))
    crowd.save(contribution(scribe, "c1"))

    until(crowd.answers[1].done, "it is told")
    assert len(line) == 1
    assert crowd.told() == [[2], BusyError]


def test_whoever_comes_is_answered_together_with_others_and_by_what_was_asked_after_they_came():
    asked, go_on, world = [], threading.Event(), ["before"]

    def go(wanted):
        asked.append(list(wanted))
        found = world[0]
        if len(asked) == 1:
            go_on.wait()
        return [(one, found) for one in wanted]

    line, pool = Line(go), ThreadPoolExecutor(4)
    answers = [pool.submit(line.put, "a")]
    until(lambda: asked, "the first leads")
    world[0] = "since"
    for name in "bcd":
        answers.append(pool.submit(line.put, name))
        until(lambda: len(line) == len(answers), "it stands in line")
    go_on.set()

    assert [one.result() for one in answers] == [("a", "before"), ("b", "since"), ("c", "since"), ("d", "since")]
    assert asked == [["a"], ["b", "c", "d"]]
    pool.shutdown()


def test_processes_are_never_mixed_behind_the_wall(app, scribe):
    other = Scribe(app, "andenby")
    other.begin()
    _ = app.projector
    with contextlib.closing(app.served()) as served, contextlib.closing(Crowd(served)) as crowd:

        def save(event):
            with within(event.process):
                return served.log.save(event)[0].notification.id

        for n in range(3):
            for whose in (scribe, other):
                crowd.come(partial(save, contribution(whose, f"c{n}")))

        assert sorted(crowd.told()) == [3, 4, 5, 6, 7, 8]
    with app.log.connection() as connection:
        rows = connection.execute(
            "select count(distinct process) as n, count(*) as events from log.event where notification_id > 2 "
            "group by xmin::text"
        ).fetchall()
    assert {row["n"] for row in rows} == {1}
    assert sorted(row["events"] for row in rows) == [1, 1, 2, 2]
