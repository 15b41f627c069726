"""What competence uplift costs with many people. By hand: ``python tests/projections/measure.py [PEOPLE] [FOLDER]``.

As many people as wished answer 20 questions in a round before and one after. Told is, in processor time and side by
side, what the worker's rebuild costs beside reading the log page by page, what the database does for one question, and
what the question and the page cost. FOLDER keeps the log, so that the next measurement need not write it again.

Events go in past the rules, whose cost is not what is measured here.
"""

import contextlib
import datetime as dt
import itertools
import os
import platform
import random
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import psycopg
from msgspec.structs import replace

from domain.keeping import AccessRole
from projections.competence_uplift import competence_uplift
from projections.everything import PROJECTIONS
from service.app import Kurslog
from service.cluster import Cluster
from service.http import create_app
from service.log.migrate import migrate
from service.log.projector import PAGE
from service.log.tables import AS_OF, Target
from service.publishing import BeingWalkedError
from service.queries import Queries
from service.security.gate import Caller
from service.settings import Settings
from service.wire import Sender, read_event

PROCESS, ITEMS, COMPETENCES = "fabelby", 20, 5
ROUNDS = {"before": "2026-02-01", "after": "2026-06-01"}
ROLES = ("citizen",) * 8 + ("employee", "politician")
READERS = {
    "facilitator": Caller("a-test", AccessRole.FACILITATOR),
    "evaluator": Caller("a-test", AccessRole.EVALUATOR),
}
MOST_ASKED = 1000
"""A round asks no more."""
TURNS = 3
MEASURED = ("processor", "elapsed")


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


# ------------------------------------------------------------------ the log
def told(people):
    """Yield the process: who is in it, what is asked, and what everybody answers twice."""
    dice = random.Random(1)  # noqa: S311 - an invented village, the same every time
    begin = {"title": "Fabelby", "place": "Fabelby", "municipality": "Fabeldal", "aim": "democracy"}
    yield "process-registered", begin, "2026-01-01"
    names = [f"k{at}" for at in range(COMPETENCES)]
    competences = [{"id": one, "title": {"da": one, "en": one}, "roles": [], "anchors": []} for one in names]
    yield (
        "competence-framework-published",
        {"framework_id": "f", "version": 1, "competences": competences},
        "2026-01-01",
    )
    asks = [
        {"id": f"i{at}", "competence_id": names[at % COMPETENCES], "wording": {"da": "Jeg kan.", "en": "I can."}}
        for at in range(ITEMS)
    ]
    scale = {"min": 1, "max": 5, "labels": []}
    published = {"instrument_id": "i", "version": 1, "framework_id": "f", "items": asks, "layout": "separate"}
    yield "instrument-published", {**published, "scale": scale}, "2026-01-01"
    everybody = [(f"p{at}", ROLES[at % len(ROLES)], dice.gauss(3, 0.7)) for at in range(1, people + 1)]
    for who, role, _ in everybody:
        yield "participant-registered", {"participant_id": who, "pseudonym": f"K{who}"}, "2026-01-02"
        yield "role-assumed", {"participant_id": who, "role": role}, "2026-01-02"
    for (moment, day), start in itertools.product(ROUNDS.items(), range(0, people, MOST_ASKED)):
        held, ref = everybody[start : start + MOST_ASKED], f"{moment}-{start // MOST_ASKED}"
        opened = {"round_id": ref, "instrument_id": "i", "version": 1, "moment": moment}
        yield "assessment-round-opened", {**opened, "eligible": [who for who, _, _ in held]}, day
        for who, role, level in held:
            said = {"assessment_id": f"{ref}-{who}", "round_id": ref, "participant_id": who, "role": role}
            answers = answered(dice, level + (0.3 if moment == "after" else 0))
            yield "self-assessment-submitted", {**said, "frame": "now", "answers": answers}, day


def answered(dice, level):
    return [
        {"item": f"i{at}", "skipped": "not-relevant"}
        if dice.random() < 0.02
        else {"item": f"i{at}", "value": min(5, max(1, round(dice.gauss(level, 0.6))))}
        for at in range(ITEMS)
    ]


def write(app, people):
    """Write the process, with the versions the rules would have given."""
    sender, versions = Sender(account="a-test", now=dt.datetime.now(dt.UTC)), {}
    events = (
        read_event({"type": stem, "time": f"{day}T12:00:00Z", "data": data}, PROCESS, sender)
        for stem, data, day in told(people)
    )
    while page := list(itertools.islice(events, PAGE)):
        for at, event in enumerate(page):
            versions[event.stream] = versions.get(event.stream, 0) + 1
            page[at] = replace(event, version=versions[event.stream])
        app.log.save(*page)


# ------------------------------------------------------------------ measuring
@dataclass(frozen=True)
class Spent:
    """The seconds of this process's processor that some work took, those that went by, and what it gave."""

    processor: float
    elapsed: float
    found: object


def spent(work):
    processor, elapsed = time.process_time(), time.perf_counter()
    found = work()
    return Spent(time.process_time() - processor, time.perf_counter() - elapsed, found)


def in_turns(works):
    """Do several works by turns, so that what else the machine does hits all alike; return each one's median turn."""
    turns = [{name: spent(work) for name, work in works.items()} for _ in range(TURNS)]
    return {
        name: Spent(*(statistics.median(getattr(turn[name], what) for turn in turns) for what in MEASURED), None)
        for name in works
    }


def read_log(app):
    """Read the whole log in pages, and do nothing with it."""
    position = 0
    while page := app.reader.page(position, PAGE):
        position = page[-1].position


def rebuilding(app):
    found = in_turns({"read": lambda: read_log(app), "rebuild": lambda: app.projector.rebuild(competence_uplift.name)})
    read, rebuild = found["read"], found["rebuild"]
    for what in MEASURED:
        one, other = getattr(rebuild, what), getattr(read, what)
        say(
            f"{what}: rebuild {one:.2f} s, paged read of the log {other:.2f} s; as fast as {other / one:.2f} of the read"
        )


def database(app):
    """Tell what PostgreSQL itself takes for the states of one question."""
    head = app.reader.head()
    values = (PROCESS, head, head, 2**62 - 1, 2**62 - 1, 3, 3)
    query = Target(competence_uplift.key, competence_uplift).sql(AS_OF)
    with psycopg.connect(app.dsn) as connection:
        statement = query.as_string(connection)
        plans = [connection.execute(f"explain (analyze, buffers) {statement}", values).fetchall() for _ in range(TURNS)]
        total = f"select count(*), sum(length(state)) from ({statement}) x"  # noqa: S608 - a statement of ours
        rows, size = connection.execute(total, values).fetchone()
    times = sorted(float(plan[-1][0].split()[-2]) for plan in plans)
    say(
        f"states: {rows} rows, {size / 1e6:.1f} MB; the database takes {statistics.median(times):.1f} ms ({times[0]:.1f} to {times[-1]:.1f})"
    )
    say("\n".join(line for (line,) in plans[-1]))


def until_walked(ask):
    """Ask until the walk is over that goes on beside whoever asks."""
    while True:
        with contextlib.suppress(BeingWalkedError):
            return ask()


def asking(app):
    clocks = app.queries.clocks(PROCESS)
    anew = Queries(app.texts, app.rights, app.reader, app.projector, PROJECTIONS, kept=0)
    first = spent(
        lambda: until_walked(lambda: anew.document(READERS["facilitator"], PROCESS, competence_uplift.name, clocks))
    )
    say(f"first question outside, which walks to the published points: {first.processor:.1f} s of processor")
    works = {
        f"{name}{' by ' + by if by else ''}": lambda caller=caller, by=by: anew.document(
            caller, PROCESS, competence_uplift.name, clocks, by=by
        )
        for name, caller in READERS.items()
        for by in (None, "dose")
    }
    works["the states alone"] = lambda: app.projector.states(
        competence_uplift.name, PROCESS, clocks.position, clocks.happened, 3
    )
    found = in_turns(works)
    alone = found["the states alone"].processor
    for name, one in found.items():
        say(f"question, {name}: {one.processor:.2f} s of processor, {one.processor / alone:.1f} times the states alone")


def pages(app):
    served = Kurslog(app.settings, app.dsn, serving=True)
    client = create_app(served).test_client()
    secret = app.tokens.create(
        role=AccessRole.FACILITATOR, process=PROCESS, lasting=dt.timedelta(hours=1), kind="session", account="a-test"
    )
    client.set_cookie("kurslog_session", secret)
    for page in ("", "/competences"):
        work = lambda page=page: client.get(f"/p/{PROCESS}{page}")  # noqa: E731 - asked again and again
        while (first := spent(work)).found.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            pass  # the walk goes on beside it
        again = in_turns({page: work})[page]
        size = len(first.found.data) / 1e6
        say(
            f"page /p/{PROCESS}{page}: first {first.processor:.2f} s of processor, then {again.processor:.2f} s, {size:.2f} MB"
        )
    served.close()


@contextlib.contextmanager
def cluster_in(folder):
    home = Path(folder or tempfile.mkdtemp(prefix="kurslog-measure-"))
    home.mkdir(exist_ok=True)
    home.chmod(0o711)
    cluster = Cluster(home)
    try:
        yield home, cluster.start()
    finally:
        cluster.stop(wait_seconds=20)
        if not folder:
            shutil.rmtree(home, ignore_errors=True)


def main(people=10_000, folder=None):
    with cluster_in(folder) as (home, dsn):
        migrate(dsn)
        app = Kurslog(Settings(home=home, master_key_file=home / "master.key"), dsn)
        if not app.reader.head():
            app.projector.prepare()
            say(f"wrote {people} people in {spent(lambda: write(app, people)).processor:.1f} s")
            app.projector.catch_up()
            with psycopg.connect(dsn, autocommit=True) as connection:
                connection.execute("vacuum analyze")
        say(f"{app.reader.head()} events; {os.cpu_count()} cores; Python {platform.python_version()}")
        for measure in (rebuilding, database, asking, pages):
            measure(app)
        app.close()


if __name__ == "__main__":
    main(*(int(one) if one.isdigit() else one for one in sys.argv[1:]))
