"""HTTP: the product's own server, asked by sixteen clients, beside the store itself and beside a bare route."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Final

import psycopg
from psycopg.sql import SQL, Identifier

from domain.contributing import ContributionMade
from domain.keeping import AccessRole
from domain.kernel import DECLARED
from service.app import Kurslog
from service.bench.bare import BYTES
from service.bench.clients import CLIENTS, Client, Clients, asking
from service.bench.entries import PROCESS, contributions, take_in, wires
from service.bench.kernel import Bench
from service.bench.measuring import interleaved, rate
from service.bench.result import PER_SECOND, Result, beside, measured
from service.bench.result import at_least as least
from service.bench.scratch import environment_of
from service.simulation import Plan

EACH: Final = 8
"""How many requests each client sends in a round."""
ASKED: Final = "timeline"
READ: Final = f"/api/v1/processes/{PROCESS}/projections/{ASKED}"
WRITE: Final = f"/api/v1/processes/{PROCESS}/events"
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0
TAGGED: Final = 20


class NotServingError(Exception):
    """The server did not answer in time; the message says which."""


def http(bench: Bench) -> Iterator[Result]:
    """Write and read over HTTP."""
    app = bench.empty()
    take_in(app, Plan())
    token = app.tokens.create(role=AccessRole.FACILITATOR, process=PROCESS, lasting=dt.timedelta(hours=2), kind="api")
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(_served(["service.cli.main", "serve"], environment_of(app)))
        with contextlib.closing(Client(port)) as client:
            answer = client.ask(asking("GET", READ, token))
            whole = app.settings.home / "answer.json"
            whole.write_bytes(answer.body)
            yield _not_modified(
                app, client, asking("GET", READ, token, headers={"If-None-Match": answer.headers["etag"]})
            )
        bare = stack.enter_context(_served(["service.bench.bare"], environment_of(app, **{BYTES: str(whole)})))
        product, plain = (stack.enter_context(contextlib.closing(Clients(at))) for at in (port, bare))
        author = _author(app)
        found = interleaved(
            bench.rounds,
            {
                "post-1": _posting(product, token, author, 1),
                "post-100": _posting(product, token, author, 100),
                "read": _reading(product, asking("GET", READ, token)),
                "bare": _reading(plain, asking("GET", "/")),
                "store-1": _saving(app, 1),
                "store-100": _saving(app, 100),
            },
        )
    yield measured(
        "http/post-1-rate",
        (f"POST af én, {CLIENTS} klienter", f"POST of one, {CLIENTS} clients"),
        PER_SECOND,
        found["post-1"],
    )
    yield beside(
        "http/post-1",
        ("POST af én, mod lageret selv", "POST of one, beside the store itself"),
        found["post-1"],
        found["store-1"],
        least(0.35),
    )
    yield beside(
        "http/post-100",
        ("POST af hundrede, mod lageret selv", "POST of a hundred, beside the store itself"),
        found["post-100"],
        found["store-100"],
        least(0.5),
    )
    yield measured(
        "http/read-rate",
        (f"GET {ASKED}, {len(answer.body)} bytes", f"GET {ASKED}, {len(answer.body)} bytes"),
        "requests/s",
        found["read"],
    )
    yield beside(
        "http/read",
        (f"GET {ASKED}, mod en bar rute med de samme bytes", f"GET {ASKED}, beside a bare route with the same bytes"),
        found["read"],
        found["bare"],
        least(0.5),
    )


def _not_modified(app: Kurslog, client: Client, request: bytes) -> Result:
    """Ask by ETag while nobody can look into the read model: who must, gets no answer in time."""
    table = app.queries.projection(ASKED).key
    with psycopg.connect(app.dsn) as connection:
        connection.execute(SQL("lock table read.{} in access exclusive mode").format(Identifier(table)))
        found = [client.ask(request).status for _ in range(TAGGED)]
        connection.rollback()
    answered = 100 * found.count(304) / len(found)
    return measured(
        "http/etag",
        ("304 efter ETag, mens visningen er låst", "304 by ETag while the read model is locked"),
        "%",
        [answered],
        least(100),
    )


def _author(app: Kurslog) -> str:
    """Return a participant who wrote before."""
    made = app.reader.walk(PROCESS, types=[DECLARED[ContributionMade].name])
    return next(event.author for event in made if event.author)


def _posting(clients: Clients, token: str, author: str, size: int) -> Callable[[], float]:
    """Return the measurement of posting events, one or an array a request."""

    def measure() -> float:
        count = EACH * CLIENTS if size == 1 else CLIENTS
        found = iter(wires(count * size, author))
        bodies = [json.dumps(list(islice(found, size)) if size > 1 else next(found)).encode() for _ in range(count)]
        requests = [asking("POST", WRITE, token, body) for body in bodies]
        clients.connect()
        return rate(count * size, lambda: clients.ask(requests, 201))()

    return measure


def _reading(clients: Clients, request: bytes) -> Callable[[], float]:
    def measure() -> float:
        requests = [request] * (EACH * CLIENTS)
        clients.connect()
        return rate(len(requests), lambda: clients.ask(requests, 200))()

    return measure


def _saving(app: Kurslog, size: int) -> Callable[[], float]:
    """Return the measurement of the store's own rate: one after another, in this process."""

    def measure() -> float:
        count = EACH * CLIENTS if size == 1 else CLIENTS
        events = iter(contributions(count * size))
        return rate(count * size, lambda: [app.log.save(*islice(events, size)) for _ in range(count)])()

    return measure


@contextlib.contextmanager
def _served(module: list[str], environment: Mapping[str, str]) -> Iterator[int]:
    """Run a server in a process of its own, and yield the port it answers on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        env={**environment, "KURSLOG_PORT": str(port)},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _await(process, port, module[0])
        yield port
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen[bytes], port: int, name: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), contextlib.closing(Client(port)) as client:
            client.ask(asking("GET", "/livez"))
            return
        time.sleep(0.05)
    raise NotServingError(f"{name} does not answer on port {port} within {START_SECONDS:.0f} s.")
