"""Building a projection beside the one that serves: no reader sees a half-built one, whatever happens meanwhile."""

import itertools
import logging
import threading
import time
from dataclasses import replace

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from domain.contributing import ContributionMade
from domain.correcting import CORRECTING
from domain.keeping import AccessRole
from projections.everything import PROJECTIONS
from service.log import projector as following
from service.log.projector import BUILDING, FOLLOWING, Projector
from service.log.scope import within
from service.log.tables import OutOfStepError
from service.queries import BeingBuiltError, Clocks, Queries
from service.security.gate import Caller, counting_depth
from tests.conftest import Scribe

NAME = "fate-of-contributions"
KEY = PROJECTIONS[NAME].key
EVALUATOR = Caller("a-test", AccessRole.EVALUATOR)


def failing(state, event):
    raise ValueError("no such fold")


def tables(app):
    with app.log.connection() as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'read'").fetchall()
    return {row["tablename"] for row in rows}


def newer(app, name=NAME, by=1):
    """A Kurslog's projector and queries as the next release has them: one projection has another version."""
    projections = {**PROJECTIONS, name: replace(PROJECTIONS[name], version=PROJECTIONS[name].version + by)}
    projector = Projector(app.log, app.reader, projections)
    projector.prepare()
    return projector, Queries(app.texts, app.rights, app.reader, projector, projections)


def named(app, recorded):
    """The id of what was recorded, as a correction names it."""
    (event,) = app.reader.at([recorded.position])
    return str(event.id)


def both(app, queries):
    """The states an answer is made of, from the table and by replay."""
    depth = counting_depth(EVALUATOR, "fabelby", queries.projections[NAME])
    clocks = Clocks(app.reader.head())
    return [
        queries._projector.states(NAME, "fabelby", clocks.position, clocks.happened, depth),
        queries._replayed(queries.projections[NAME], "fabelby", clocks, depth),
    ]


class Crowd:
    """Threads that do their work again and again until the end; whatever fails is kept."""

    def __init__(self):
        self.done, self.wrong, self.threads = threading.Event(), [], []

    def add(self, work, every):
        def run():
            while not self.done.is_set():
                begun = time.monotonic()
                try:
                    work()
                except Exception as error:
                    self.wrong.append(repr(error))
                self.done.wait(max(0.0, every - (time.monotonic() - begun)))

        self.threads.append(threading.Thread(target=run))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        for thread in self.threads:
            thread.join(30)


def test_readers_get_whole_answers_while_tables_are_built_and_swapped(app, scribe, monkeypatch):
    """A hundred reads a second, with prepared statements, beside a writer, a worker and three rebuilds."""
    for at in range(40):
        scribe.contribute(f"c{at}")
    app.projector.catch_up()
    monkeypatch.setattr(following, "PAGE", 10)
    served, worker = app.served(), app.worker()
    answers, built, numbers, crowd = [], [], itertools.count(), Crowd()

    def read():
        with within("fabelby"):
            at = served.queries.settled("fabelby", served.queries.clocks("fabelby"))
            answers.append((at, served.queries.ask(EVALUATOR, "fabelby", NAME, at)))

    crowd.add(read, 0.02)
    crowd.add(read, 0.02)
    crowd.add(lambda: scribe.contribute(f"meanwhile-{next(numbers)}"), 0.05)
    crowd.add(worker.run, 0)
    try:
        with crowd:
            for _ in range(3):
                before = app.projector.reached()
                app.projector.rebuild(NAME, built.append)
                assert app.projector.reached() >= before
            worker.stop()
    finally:
        served.close()
    assert crowd.wrong == []
    assert (len(built) > 12, f"{KEY}_new" in tables(app)) == (True, False)
    checked = {at: app.queries.replay(EVALUATOR, "fabelby", NAME, at) for at, _ in answers}
    assert len(checked) > 2
    assert all(answer == checked[at] for at, answer in answers)


def test_a_rebuild_begins_anew_after_one_that_was_interrupted(app, scribe, monkeypatch):
    scribe.contribute("c1")
    app.projector.catch_up()
    wanted, _ = both(app, app.queries)
    monkeypatch.setattr(following, "PAGE", 1)

    def stop(position):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        app.projector.rebuild(NAME, stop)
    assert {KEY, f"{KEY}_new"} <= tables(app)
    scribe.contribute("c2")
    assert app.projector.catch_up()
    held, replayed = both(app, app.queries)
    assert held == replayed != wanted
    app.projector.rebuild(NAME)
    assert f"{KEY}_new" not in tables(app)
    assert both(app, app.queries) == [held, held]


def test_a_fold_that_fails_leaves_what_serves_in_place(app, scribe, monkeypatch):
    scribe.contribute("c1")
    app.projector.catch_up()
    with monkeypatch.context() as broken:
        broken.setitem(PROJECTIONS[NAME].folds, ContributionMade, failing)
        with pytest.raises(ValueError, match="no such fold"):
            app.projector.rebuild(NAME)
        held = app.projector.states(NAME, "fabelby", 2, 2**61, 2)
    assert list(held) == ["contribution/c1"]
    assert app.projector.places()[KEY] == app.reader.head()


def test_a_rebuild_reads_all_that_concerns_a_projection_and_nothing_of_another_type(twin):
    scribe = Scribe(twin)
    entries = {name: scribe.contribute(name, visibility="team") for name in ("mended", "gone", "disputed", "hidden")}
    for stem, name, more in (
        ("event-corrected", "mended", {"fields": [{"field": "time", "value": "2026-02-03T12:00:00+00:00"}]}),
        ("event-withdrawn", "gone", {}),
        ("event-disputed", "disputed", {"by": {"kind": "anonymous"}}),
        ("text-redacted", "hidden", {"field": "text", "text": "En bænk"}),
    ):
        scribe.record(stem, {"target": named(twin, entries[name]), "reason": "Fordi", **more})
    head = twin.reader.head()
    everything = twin.reader.page(0, head)
    for projection in PROJECTIONS.values():
        read = twin.reader.concerning(projection.concern, 0, head, head)
        assert [one for one in read if projection.concerns(one)] == [
            one for one in everything if projection.concerns(one)
        ]
        mending = [one for one in read if type(one.data) not in projection.folds]
        assert all(isinstance(one.data, CORRECTING) and one.kind in projection.kinds for one in mending)
    assert {head - at for at in range(4)} <= {
        one.position for one in twin.reader.concerning(PROJECTIONS[NAME].concern, 0, head, head)
    }


@pytest.mark.parametrize("page", [1, 2, 5])
def test_a_table_built_in_pages_equals_the_definition_though_research_and_mending_lie_between(
    app, scribe, monkeypatch, page
):
    """What is recorded for research lies behind its wall, also as the history of a thing that goes on."""
    scribe.contribute("c1")
    for at, purpose in enumerate(("evaluation", "research", "evaluation")):
        endorsed = {"contribution_id": "c1", "participant_id": f"p{at}"}
        scribe.record("participant-registered", {"participant_id": f"p{at}", "pseudonym": f"P{at}"})
        entry = scribe.record("contribution-endorsed", endorsed, purpose=purpose)
        scribe.contribute(f"other-{at}")
    scribe.record("event-withdrawn", {"target": named(app, entry), "reason": "Fordi"})
    scribe.record("contribution-answered", {"contribution_id": "c1", "answer": "Ja", "by": {"kind": "anonymous"}})
    monkeypatch.setattr(following, "PAGE", page)
    monkeypatch.setattr(following, "REACH", 3)
    app.projector.catch_up()
    held, replayed = both(app, app.queries)
    assert held == replayed
    app.projector.rebuild(NAME)
    assert both(app, app.queries) == [replayed, replayed]
    assert app.projector.places()[KEY] == app.reader.head()


def test_two_do_not_build_at_once_and_a_rebuild_waits_for_the_worker(app, scribe, monkeypatch):
    app.projector.catch_up()
    with app.projector.alone(BUILDING), pytest.raises(OutOfStepError, match="Another builds"):
        app.projector.rebuild(NAME)
    monkeypatch.setattr(following, "SWAP_SECONDS", 0.1)
    with app.projector.alone(FOLLOWING), pytest.raises(OutOfStepError, match="busy"):
        app.projector.rebuild(NAME)
    app.projector.rebuild(NAME)


def test_a_new_version_serves_when_it_is_whole_and_the_old_one_goes_only_then(app, scribe, facilitator, monkeypatch):
    for at in range(6):
        scribe.contribute(f"c{at}")
    app.projector.catch_up()
    monkeypatch.setattr(following, "PAGE", 2)
    projector, queries = newer(app)
    key = projector._targets[list(PROJECTIONS).index(NAME)].key
    assert {KEY} == tables(app) & {KEY, key}
    seen = []

    def look(position):
        seen.append(tables(app) & {KEY, key, f"{key}_new"})
        at = queries.settled("fabelby", queries.clocks("fabelby"))
        assert at.position == app.reader.head()
        assert len(queries.ask(facilitator, "fabelby", NAME, at).data["contributions"]) == 6

    assert projector.catch_up(look)
    assert seen == [{KEY, f"{key}_new"}] * 4
    assert tables(app) & {KEY, key, f"{key}_new"} == {key}
    held, replayed = both(app, queries)
    assert held == replayed
    assert len(held) == 6


def test_what_serves_is_followed_between_the_pages_of_what_is_built(app, scribe, monkeypatch):
    for at in range(6):
        scribe.contribute(f"c{at}")
    app.projector.catch_up()
    scribe.contribute("c6")
    monkeypatch.setattr(following, "PAGE", 1)
    projector, _ = newer(app)
    lags = []
    projector.catch_up(lambda _: lags.append(app.reader.head() - projector.reached()))
    assert lags[1:] == [0] * 8 or lags == [0] * len(lags)


def test_of_what_is_not_built_yet_a_small_process_is_replayed_and_a_large_one_comes_later(
    app, scribe, facilitator, monkeypatch
):
    scribe.contribute("c1")
    app.projector.catch_up()
    _, queries = newer(app)
    clocks = queries.clocks("fabelby")
    assert len(queries.ask(facilitator, "fabelby", NAME, clocks).data["contributions"]) == 1
    monkeypatch.setattr("service.queries.REPLAYED_MOST", 1)
    _, another = newer(app)  # that replayed nothing yet
    with pytest.raises(BeingBuiltError):
        another.ask(facilitator, "fabelby", NAME, clocks)


def test_a_new_version_whose_fold_fails_leaves_the_old_ones_table_for_the_old_release(
    app, scribe, facilitator, monkeypatch, caplog
):
    scribe.contribute("c1")
    app.projector.catch_up()
    held = app.projector.states(NAME, "fabelby", 2, 2**61, 2)
    projector, _ = newer(app)
    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR, "kurslog"):
        broken.setitem(PROJECTIONS[NAME].folds, ContributionMade, failing)
        assert projector.catch_up()
        assert projector.reached() == app.reader.head()
        assert app.projector.states(NAME, "fabelby", 2, 2**61, 2) == held
    assert [record.message.split(" at ")[0] for record in caplog.records] == [
        f"the projection {KEY[:-1]}{int(KEY[-1]) + 1}_new stands still"
    ]
    assert projector.catch_up()
    assert KEY not in tables(app)


def test_a_rollback_builds_the_old_version_again_and_follows_the_new_one_on_when_it_comes_back(app, scribe):
    scribe.contribute("c1")
    app.projector.catch_up()
    projector, _ = newer(app)
    projector.catch_up()
    assert KEY not in tables(app)
    scribe.contribute("c2")
    app.projector.catch_up()
    assert set(app.projector.states(NAME, "fabelby", 3, 2**61, 2)) == {"contribution/c1", "contribution/c2"}
    assert projector.reached() == 2
    projector.catch_up()
    assert set(projector.states(NAME, "fabelby", 3, 2**61, 2)) == {"contribution/c1", "contribution/c2"}
    assert KEY in tables(app)


def test_a_web_server_sees_a_table_that_was_swapped_in(app, scribe, facilitator):
    scribe.contribute("c1")
    app.projector.catch_up()
    served = app.served()
    try:
        with within("fabelby"):
            before = served.queries.ask(facilitator, "fabelby", NAME, Clocks(2, live=True))
            app.projector.rebuild(NAME)
            assert served.queries.ask(facilitator, "fabelby", NAME, Clocks(2, live=True)) == before
        with served.log.connection() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(SQL("delete from read.{}").format(Identifier(KEY)))
    finally:
        served.close()


def test_a_worker_that_is_told_to_stop_finishes_its_page_and_builds_anew_the_next_time(app, scribe, monkeypatch):
    for at in range(6):
        scribe.contribute(f"c{at}")
    monkeypatch.setattr(following, "PAGE", 1)
    worker, catch_up = app.worker(), app.projector.catch_up

    def stopped(progress):
        worker.stop()
        return catch_up(progress)

    monkeypatch.setattr(app.projector, "catch_up", stopped)
    worker.run()
    assert app.projector.places().get("clock") == 1
    assert Projector(app.log, app.reader, PROJECTIONS).catch_up()
    assert {key for key in tables(app) if key.endswith("_new")} == set()
    assert set(app.projector.places().values()) == {app.reader.head()}
