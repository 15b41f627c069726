"""Pages: the time the server takes for each, on the fictional twin and on a large process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from flask import Flask
from flask.testing import FlaskClient

from domain.keeping import AccessRole
from service.app import Kurslog
from service.bench.entries import ACCOUNT, PROCESS, contributions, plan_of, take_in
from service.bench.kernel import Bench
from service.bench.measuring import interleaved, median_ms
from service.bench.result import MILLISECONDS, Result, Said, beside, measured, worst
from service.bench.result import at_most as most
from service.charts.map import drawn
from service.http import create_app
from service.web.session import COOKIE

LARGE_MOST: Final = 100_000
ROOT: Final = "/p/<process>"


def pages(bench: Bench) -> Iterator[Result]:
    """Open every page of a process that has an address of its own."""
    yield from _on(bench.twin, "pages", ("på tvillingen", "on the twin"), 50, bench.rounds)
    yield _drawings(bench)
    large = bench.empty()
    head = take_in(large, plan_of(min(bench.events, LARGE_MOST)))
    yield from _on(large, "pages-large", (f"på {head} registreringer", f"on {head} entries"), 200, bench.rounds)


def _on(app: Kurslog, name: str, where: Said, goal: float, rounds: int) -> Iterator[Result]:
    served = app.served()
    try:
        flask = create_app(served)
        client = _signed_in(app, flask)
        paths = {
            rule.rule.replace("<process>", PROCESS)
            for rule in flask.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.arguments == {"process"} and rule.rule.startswith(ROOT)
        }
        opened = [path for path in sorted(paths) if _is_page(client, path)]
        found = interleaved(rounds, {path: _opening(client, path) for path in opened})
        fresh = interleaved(rounds, {path: _opening_anew(app, client, path) for path in opened})
    finally:
        served.close()
    yield from _slowest(name, where, goal, rounds, found)
    after = (f"{where[0]}, lige efter at der er skrevet", f"{where[1]}, right after something was written")
    yield next(_slowest(f"{name}-fresh", after, goal, rounds, fresh))


def _slowest(
    name: str, where: Said, goal: float, rounds: int, found: Mapping[str, Sequence[float]]
) -> Iterator[Result]:
    """Tell of the slowest page, then of each."""
    opened = list(found)
    slowest = max(opened, key=lambda path: sorted(found[path])[rounds // 2])
    yield worst(
        name,
        (
            f"den langsomste af {len(opened)} sider {where[0]}: {slowest}",
            f"the slowest of {len(opened)} pages {where[1]}: {slowest}",
        ),
        MILLISECONDS,
        [sorted(found[path])[rounds // 2] for path in opened],
        most(goal),
    )
    for path in opened:
        yield measured(
            f"{name}{path.removeprefix(f'/p/{PROCESS}') or '/'}", where, MILLISECONDS, found[path], most(goal)
        )


def _drawings(bench: Bench) -> Result:
    """Open the page with the map: its drawing made anew, and found again."""
    served = bench.twin.served()
    try:
        client = _signed_in(bench.twin, create_app(served))
        first, again = (_opening(client, f"/p/{PROCESS}/relations") for _ in range(2))

        def anew() -> float:
            drawn.cache_clear()
            return first()

        found = interleaved(bench.rounds, {"anew": anew, "again": again})
    finally:
        served.close()
    said = "siden med kortet, tegnet før, mod tegnet på ny", "the page with the map, drawn before, beside drawn anew"
    return beside("pages/charts-again", said, found["again"], found["anew"])


def _signed_in(app: Kurslog, flask: Flask) -> FlaskClient:
    """Return a facilitator's browser."""
    client = flask.test_client()
    secret = app.tokens.create(
        role=AccessRole.FACILITATOR, process=None, lasting=dt.timedelta(hours=2), kind="session", account=ACCOUNT
    )
    client.set_cookie(COOKIE, secret)
    return client


def _is_page(client: FlaskClient, path: str) -> bool:
    """Whether a page stands there: no file, and nothing that leads elsewhere."""
    answer = client.get(path)
    return answer.status_code == 200 and answer.mimetype == "text/html"


def _opening_anew(app: Kurslog, client: FlaskClient, path: str) -> Callable[[], float]:
    """Return the measurement of a page that is opened when something was written and taken in: nothing of it is kept."""
    opening = _opening(client, path)

    def measure() -> float:
        app.log.save(*contributions(1))
        app.projector.catch_up()
        return opening()

    return measure


def _opening(client: FlaskClient, path: str) -> Callable[[], float]:
    return median_ms(1, partial(client.get, path))
