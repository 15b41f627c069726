"""Pages: the time the server takes for each, on the fictional twin and on a large process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from flask.testing import FlaskClient

from domain.keeping import AccessRole
from service.app import Kurslog
from service.bench.entries import ACCOUNT, PROCESS, plan_of, take_in
from service.bench.kernel import Bench
from service.bench.measuring import interleaved, median_ms
from service.bench.result import MILLISECONDS, Result, Said, measured, missing, worst
from service.bench.result import at_most as most
from service.http import create_app
from service.web.session import COOKIE

LARGE_MOST: Final = 100_000
ROOT: Final = "/p/<process>"


def pages(bench: Bench) -> Iterator[Result]:
    """Open every page of a process that has an address of its own."""
    yield from _on(bench.twin, "pages", ("på tvillingen", "on the twin"), 50, bench.rounds)
    large = bench.empty()
    head = take_in(large, plan_of(min(bench.events, LARGE_MOST)))
    yield from _on(large, "pages-large", (f"på {head} registreringer", f"on {head} entries"), 200, bench.rounds)

    uncached = "tegninger gemmes ikke endnu", "drawings are not kept yet"
    yield missing(
        "pages/charts-again",
        ("en tegning anden gang, mod første", "a drawing again, beside the first time"),
        uncached,
    )


def _on(app: Kurslog, name: str, where: Said, goal: float, rounds: int) -> Iterator[Result]:
    served = app.served()
    try:
        flask = create_app(served)
        client = flask.test_client()
        secret = app.tokens.create(
            role=AccessRole.FACILITATOR, process=None, lasting=dt.timedelta(hours=2), kind="session", account=ACCOUNT
        )
        client.set_cookie(COOKIE, secret)
        paths = {
            rule.rule.replace("<process>", PROCESS)
            for rule in flask.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.arguments == {"process"} and rule.rule.startswith(ROOT)
        }
        opened = [path for path in sorted(paths) if _is_page(client, path)]
        found = interleaved(rounds, {path: _opening(client, path) for path in opened})
    finally:
        served.close()
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


def _is_page(client: FlaskClient, path: str) -> bool:
    """Whether a page stands there: no file, and nothing that leads elsewhere."""
    answer = client.get(path)
    return answer.status_code == 200 and answer.mimetype == "text/html"


def _opening(client: FlaskClient, path: str) -> Callable[[], float]:
    return median_ms(1, partial(client.get, path))
