"""Serving: the web server, the worker and the signer beside it, and the demo."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

import click

from domain.contributing import ContributionMade
from domain.keeping import AccessRole
from domain.kernel import DECLARED
from service import logs
from service.app import Kurslog, database, kurslog
from service.cases import CASES, events_of
from service.cli.beginning import found_after, marked
from service.cli.operator import operator
from service.cli.say import refuse, t, words
from service.imports.ndjson import import_wires
from service.log.following import Follower
from service.metrics import FOLDER
from service.parent import PARENT, end_with
from service.settings import Settings
from service.simulation import Plan, events

if TYPE_CHECKING:
    from granian.server.common import AbstractServer

PERSONAS: Final = {
    AccessRole.PROJECT_MANAGER: ("Projektleder", "Project manager"),
    AccessRole.FACILITATOR: ("Facilitator", "Facilitator"),
    AccessRole.EVALUATOR: ("Evaluator", "Evaluator"),
    AccessRole.RESEARCHER: ("Forsker", "Researcher"),
    AccessRole.PARTICIPANT: ("Deltager", "Participant"),
}
COMPANIONS: Final = ("worker", "signer")
"""Commands that run beside the server, each a process of its own."""
LOGGER: Final = logging.getLogger("kurslog")
HEADER_MS: Final = 10_000
"""How long a request's head may take to come."""
HEADER_BYTES: Final = 64 * 2**10
STOP_SECONDS: Final = 5
WATCH_SECONDS: Final = 0.5
LINK_LASTS: Final = dt.timedelta(days=1)
BLOCKING_THREADS: Final = 12
"""Most of them wait for the database, and what they want of it at one moment goes together (`service.log.grouping`).

They are fewer than a pool's connections (`service.log.store`): whoever needs a second one while holding the first finds it.
"""


def work() -> None:
    """Keep the projections until SIGTERM or Ctrl-C."""
    settings = Settings.from_environment()
    logs.configure(settings.log_level)
    with marked(settings.home, "worker") as left, kurslog(settings) as app:
        if left:
            LOGGER.warning("%s", found_after(app))
        _run(app.worker())


def sign() -> None:
    """Sign the log until SIGTERM or Ctrl-C."""
    settings = Settings.from_environment()
    logs.configure(settings.log_level)
    with kurslog(settings) as app:
        _run(app.signer())


def _run(follower: Follower) -> None:
    def stop(_: int, __: FrameType | None) -> None:
        follower.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if parent := os.environ.get(PARENT):
        end_with(int(parent))
    follower.run()


def demo(*, serve: bool) -> None:
    """Load the demo processes; then serve them, with a link for each persona and no line for each request."""
    os.environ.setdefault("KURSLOG_LOG_LEVEL", "warning")
    settings = Settings.from_environment()
    if serve:
        _check_port(settings)
    with marked(settings.home, "demo") as left, database(settings) as dsn:
        app = Kurslog(settings, dsn)
        if left:
            words(found_after(app))
        load(app)
        links = _links(app, settings) if serve else []
        app.close()
        if serve:
            _welcome(settings, links)
            run(settings, workers=1)


def load(app: Kurslog) -> None:
    """Bring the demo processes in, the real case and the fictional twin; what is there already stays as it is."""
    twin = Plan()
    for case, wires in [*((case, events_of(case)) for case in CASES), (twin.process, events(twin))]:
        tally = import_wires(app, case, wires, account=operator(app).account)
        for item in tally.quarantined:
            words(t(f"{case}, linje {item.line}: {item.sentence}", f"{case}, line {item.line}: {item.sentence}"))
        words(
            t(
                f"{case}: {tally.accepted} registreringer taget ind, {tally.duplicate} fandtes i forvejen.",
                f"{case}: {tally.accepted} entries taken in, {tally.duplicate} already there.",
            )
        )
    app.projector.catch_up()


def _links(app: Kurslog, settings: Settings) -> list[tuple[str, str]]:
    base, twin = settings.address, Plan().process
    links = []
    for role, names in PERSONAS.items():
        own = role is AccessRole.PARTICIPANT
        secret = app.tokens.create(
            role=role,
            process=twin if own else None,
            lasting=LINK_LASTS,
            kind="link",
            participant=_somebody(app, twin) if own else None,
        )
        links.append((t(*names), f"{base}/sign-in/{secret}"))
    return links


def _somebody(app: Kurslog, process: str) -> str | None:
    """Return the first participant of a process who contributed: there is something to be seen on their own page."""
    made = app.reader.walk(process, types=[DECLARED[ContributionMade].name])
    return next((event.author for event in made if event.author), None)


def _welcome(settings: Settings, links: list[tuple[str, str]]) -> None:
    click.echo(f"\n  Kurslog: http://{settings.host}:{settings.port}\n")
    words(t("  Log ind som (hvert link virker én gang):", "  Sign in as (each link works once):"))
    for name, link in links:
        click.echo(f"  {name:<16} {link}")
    words(t("\n  Ctrl-C stopper det hele.\n", "\n  Ctrl-C stops everything.\n"))


def serve(*, workers: int) -> None:
    """Serve until stopped."""
    settings = Settings.from_environment()
    logs.configure(settings.log_level)
    _check_port(settings)
    with marked(settings.home, "serve") as left, database(settings) as dsn:
        ready(settings, dsn, after_a_crash=left)
        words(t(f"Kurslog: http://{settings.host}:{settings.port}", f"Kurslog: http://{settings.host}:{settings.port}"))
        run(settings, workers=workers)


def ready(settings: Settings, dsn: str, *, after_a_crash: bool = False) -> None:
    """Make, as the tables' owner, what a web server may not make: the projections' tables, the seal of the key."""
    app = Kurslog(settings, dsn)
    _ = app.projector
    if after_a_crash:
        words(found_after(app))
    app.close()


def _check_port(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise refuse(
                t(
                    f"Porten {settings.port} er optaget. Vælg en anden: KURSLOG_PORT=8001 make demo",
                    f"Port {settings.port} is taken. Choose another: KURSLOG_PORT=8001 make demo",
                )
            ) from error


def run(settings: Settings, *, workers: int) -> None:
    """Run the web server with a worker and a signer beside it; all end together."""
    server = web_server("service.http:from_environment", settings, workers=workers)
    with _metrics_folder(), _companions():
        server.serve()


def web_server(factory: str, settings: Settings, *, workers: int) -> AbstractServer[Any]:
    """Return the server that hands requests to what the factory (``module:name``) makes in each of its processes."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    return Granian(
        factory,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=BLOCKING_THREADS,
        log_level=LogLevels.warning,
        log_dictconfig=logs.SERVER,
        backpressure=256,
        http=HTTPModes.http1,  # what a proxy speaks; of the other the bounds are many
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MS, max_buffer_size=HEADER_BYTES),
        websockets=False,
        workers_kill_timeout=STOP_SECONDS,  # a worker interrupted while it starts may miss the signal
    )


@contextlib.contextmanager
def _metrics_folder() -> Iterator[None]:
    """Give the server's processes a folder to add their metrics up in, before they fork."""
    with tempfile.TemporaryDirectory(prefix="kurslog-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[FOLDER] = folder
        yield


@contextlib.contextmanager
def _companions() -> Iterator[None]:
    """Keep a worker and a signer, each a process, while the server runs; one that dies is replaced.

    The first are started before the server forks: a fork in the middle of a start would inherit its pipe and stall it.
    """
    stopping = threading.Event()
    beside = {command: _started(command) for command in COMPANIONS}
    keeper = threading.Thread(target=_keep, args=(beside, stopping), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join(3 * STOP_SECONDS)


def _started(command: str) -> subprocess.Popen[bytes]:
    line = [sys.executable, "-m", "service.cli.main", command]
    environment = {**os.environ, PARENT: str(os.getpid())}
    return subprocess.Popen(line, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)


def _keep(beside: dict[str, subprocess.Popen[bytes]], stopping: threading.Event) -> None:
    while not stopping.wait(WATCH_SECONDS):
        for command, process in beside.items():
            if process.poll() is not None:
                beside[command] = _started(command)
    for process in beside.values():
        process.terminate()
    deadline = time.monotonic() + 2 * STOP_SECONDS
    for process in beside.values():
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
