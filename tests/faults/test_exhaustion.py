"""No connection left, or the log's lock held by somebody: 503 with Retry-After in bounded time, and nothing written."""

import threading
import time
from contextlib import ExitStack

import psycopg
import pytest

from service.log.store import POOL_OVERFLOW, POOL_SIZE
from tests.faults.conftest import headers_of

EVENTS = "/api/v1/processes/fabelby/events"
BOUND_SECONDS = 30
"""Five seconds are waited for a lock or a connection; the rest is for a machine that has other things to do."""


@pytest.fixture
def served(app, scribe, stack):
    """Return a Kurslog as it runs in a web server."""
    _ = app.projector
    found = app.served()
    stack.callback(found.close)
    return found


def contribution(ref):
    data = {"contribution_id": ref, "kind": "idea", "text": "En bænk", "author": {"kind": "anonymous"}}
    return {"type": "contribution-made", "id": "00000000-0000-4000-8000-000000000001", "data": data}


def together(*asking):
    """Ask all at once; return each answer and how many seconds it took."""
    found = [None] * len(asking)

    def ask(at):
        begun = time.monotonic()
        found[at] = (asking[at](), time.monotonic() - begun)

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(len(asking))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_lock_held_by_another(app, served, web_of, counts):
    web, headers = web_of(served), headers_of(app)
    with psycopg.connect(app.dsn) as holder:
        holder.execute("select pg_advisory_xact_lock(771, 1)")
        (written, seconds), (read, _) = together(
            lambda: web.test_client().post(EVENTS, json=contribution("c1"), headers=headers),
            lambda: web.test_client().get(EVENTS, headers=headers),
        )
    counts(f"a write is answered {written.status_code} after {seconds:.1f} s, a read meanwhile {read.status_code}")
    assert (written.status_code, written.json["rule"], written.headers["Retry-After"]) == (503, "busy", "5")
    assert read.status_code == 200
    assert seconds < BOUND_SECONDS
    assert app.reader.head() == 1
    assert web.test_client().post(EVENTS, json=contribution("c1"), headers=headers).status_code == 201


def test_pool_exhausted(app, served, web_of, counts):
    web, headers = web_of(served), headers_of(app)
    served.log.reconnect()
    with ExitStack() as held:
        for _ in range(POOL_SIZE + POOL_OVERFLOW):
            held.enter_context(served.log.connection())
        answers = together(
            lambda: web.test_client().post(EVENTS, json=contribution("c1"), headers=headers),
            lambda: web.test_client().get(EVENTS, headers=headers),
            lambda: web.test_client().get("/p/fabelby"),
        )
    slowest = max(seconds for _, seconds in answers)
    counts(f"{[answer.status_code for answer, _ in answers]} for a write, a read and a page, within {slowest:.1f} s")
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer, _ in answers] == [(503, "5")] * 3
    assert [answer.json["rule"] for answer, _ in answers[:2]] == ["busy", "busy"]
    assert "Prøv igen om lidt" in answers[2][0].get_data(as_text=True)
    assert slowest < BOUND_SECONDS
    assert app.reader.head() == 1
    assert web.test_client().post(EVENTS, json=contribution("c1"), headers=headers).status_code == 201


def test_server_out_of_reach_from_the_first_request_on(app, served, web_of, stack):
    """Also where the web server has not met its database yet."""
    from tests.faults.proxy import PASS, Proxy

    proxy = stack.enter_context(Proxy(app.dsn, lambda: PASS))
    proxy.refusing = True
    served.dsn = proxy.dsn
    web = web_of(served)
    for address in (EVENTS, "/p/fabelby"):
        answer = web.test_client().get(address)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
