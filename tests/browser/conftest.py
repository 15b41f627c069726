"""Chromium against a live server of the real application, with Knabstrup, an invented process and one without events."""

import contextlib
import datetime as dt
import os
import shutil
import threading

import pytest
from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import make_server

from domain.keeping import AccessRole
from service.app import Kurslog
from service.cases import events_of
from service.frameworks import co_creation
from service.http import create_app
from service.settings import Settings
from service.wire import Sender, read_event
from tests.conftest import at, made
from tests.village import village

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
BATCH = 500
PATIENCE = 30_000
"""Milliseconds: how long a page may take where the machine has much else to do."""
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items):
    if CHROMIUM or os.environ.get("CI") == "true":
        return
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.skip(reason="chromium is not installed: apt-get install chromium"))


@pytest.fixture(scope="session")
def kurslog(server, template, tmp_path_factory):
    home = tmp_path_factory.mktemp("browser")
    with made(server, template) as name:
        dsn = at(server, name)
        app = Kurslog(Settings(home=home, database_url=dsn, master_key_file=home / "master.key"), dsn)
        load(app)
        yield app
        app.close()


def load(app):
    for process, wires in (
        ("knabstrup", events_of("knabstrup")),
        ("fabelby", fabelby()),
        ("ny", [begun("ny", "Ny by")]),
        ("landsby", [begun("landsby", "Landsby"), *list(village())[:-1]]),  # the second wave is still open
        ("svar", answered_twice("svar")),
        ("filby", answered_twice("filby")),  # for a file that is read in: what another test answers is not new
        ("kodeby", read_by_two()),
    ):
        take_in(app, process, wires)
    app.projector.catch_up()


def take_in(app, process, wires):
    """Record what was told, many at a time."""
    now = dt.datetime.now(dt.UTC)
    events = [read_event(wire, process, Sender(account="import", now=now)) for wire in wires]
    for first in range(0, len(events), BATCH):
        outcomes = app.records.take_in(events[first : first + BATCH], now=now)
        assert [one.refusal for one in outcomes if one.refusal] == []


def begun(process, title):
    data = {
        "title": title,
        "place": title,
        "municipality": "Fabeldal",
        "aim": "democracy",
        "period_start": "2026-01-01",
    }
    return {
        "type": "process-registered",
        "time": "2026-01-01T12:00:00Z",
        "visibility": "public",
        "data": data | {"fictional": True},
    }


def fabelby():
    """An invented process under way, with more actions than its lanes hold."""
    day = dt.datetime.now(dt.UTC).date()

    def event(stem, data, days_ago=40, **more):
        moment = dt.datetime.combine(day - dt.timedelta(days=days_ago), dt.time(12), dt.UTC)
        return {"type": stem, "time": moment.isoformat(), "visibility": "public", "data": data, **more}

    kick_off = {"gathering_id": "s1", "title": "Startworkshop", "kind": "kick-off"}
    yield begun("fabelby", "Fabelby")
    yield event("gathering-planned", kick_off, 60)
    yield event("gathering-held", {"gathering_id": "s1"}, 50)
    for group in range(3):
        formed = {"group_id": f"g{group}", "title": f"Gruppe {group} om stier, natur og andet", "theme": "Natur"}
        yield event("group-formed", formed, 49)
    for n in range(60):
        due = (day + dt.timedelta(days=7 * n % 90 - 30)).isoformat()
        planned = {
            "action_id": f"a{n}",
            "title": f"Handling nummer {n}",
            "aim": "At prøve.",
            "sign_of_success": "Det ses.",
            "owners": [],
            "due": due,
        }
        yield event("action-planned", planned | {"group_id": f"g{n % 3}"}, 45 - n % 20)
    for n in range(40):
        said = {
            "contribution_id": f"b{n}",
            "kind": "idea",
            "text": f"En bænk nummer {n} ved stien.",
            "author": {"kind": "role", "ref": "citizen"},
        }
        yield event("contribution-made", said, 44)


def answered_twice(process):
    """An invented process whose twelve citizens and three politicians were asked before and after; one has not answered."""
    ready = co_creation()
    people = [(f"p{n}", "citizen" if n <= 12 else "politician") for n in range(1, 16)]

    def event(stem, data, on):
        return {"type": stem, "time": f"{on}T12:00:00Z", "data": data}

    yield begun(process, process.capitalize())
    yield event("competence-framework-published", ready.framework, "2026-01-02")
    yield event("instrument-published", ready.instrument, "2026-01-02")
    for who, role in people:
        yield event("participant-registered", {"participant_id": who, "name": f"Opdigtet {who}"}, "2026-01-03")
        yield event("role-assumed", {"participant_id": who, "role": role}, "2026-01-03")
    for late, (ref, moment, on) in enumerate((("b", "before", "2026-01-10"), ("a", "after", "2026-05-10"))):
        asked = {"instrument_id": "samskabelse-8", "version": 1, "eligible": [who for who, _ in people]}
        yield event("assessment-round-opened", {"round_id": ref, "moment": moment, **asked}, on)
        for n, (who, role) in enumerate(people[: -1 if moment == "after" else None]):
            for frame in ("now", "then")[: 1 + late]:
                step = 2 + n % 2 + (late if frame == "now" else 0) * (n % 5 > 0)
                given = [{"item": one["id"], "value": step} for one in ready.instrument["items"]]
                data = {"assessment_id": f"{ref}-{who}-{frame}", "round_id": ref, "participant_id": who, "role": role}
                yield event("self-assessment-submitted", {**data, "frame": frame, "answers": given}, on)


@contextlib.contextmanager
def serving(app):
    """Serve with the web's rights in the database, and yield the address."""
    web = app.served()
    served = make_server("127.0.0.1", 0, create_app(web), threaded=True)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    thread.join(timeout=10)
    web.close()


def read_by_two():
    """An invented process with two reflections and a contribution, and a codebook to read them by."""

    def event(stem, data, on):
        return {"type": stem, "time": f"{on}T12:00:00Z", "data": data}

    steps = (
        ("r1", "Vi spurgte naboerne først. Så ventede vi på kommunen. 🪑 Nu står bænken der."),
        ("r2", "Ingen ville være med.\r\nDa gik vi selv rundt og spurgte, hvad folk kunne."),
    )
    codes = (
        ("asks", "Spørger først", "Spørger nogen, det angår, før noget er besluttet", "co-creating", "shows"),
        ("waits", "Venter", "Venter på, at andre gør noget", "acting", "lacks"),
        ("names", "Nævner en styrke", "Nævner noget, nogen kan, eller som virker", "strengths", "shows"),
    )
    names = ("id", "title", "definition", "competence_id", "direction")
    yield begun("kodeby", "Kodeby")
    book = {"codebook_id": "kodebog", "version": 1, "codes": [dict(zip(names, one, strict=True)) for one in codes]}
    yield event("codebook-published", book, "2026-01-02")
    for number, (ref, text) in enumerate(steps, 1):
        yield event(
            "participant-registered", {"participant_id": f"p{number}", "name": f"Opdigtet {number}"}, "2026-01-02"
        )
        by = {"kind": "participant", "ref": f"p{number}"}
        told = {"reflection_id": ref, "format": "free", "steps": [{"name": "free", "text": text}], "by": by}
        yield event("reflection-recorded", told, f"2026-02-0{number}")
    said = {"contribution_id": "c1", "kind": "idea", "text": "En bænk mere.", "author": {"kind": "anonymous"}}
    yield event("contribution-made", said, "2026-02-09")


@pytest.fixture(scope="session")
def site(kurslog):
    """Yield the address of the live server."""
    worker = kurslog.worker()
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    with serving(kurslog) as address:
        yield address
    worker.stop()
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        assert CHROMIUM, "chromium is not installed, and CI=true asks for the browser tests"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watched:
    """A page that remembers what the browser complained of and what it asked other hosts for."""

    def __init__(self, context, site):
        self.site, self.complaints, self.outside = site, [], []
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in {"error", "warning"} else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "request",
            lambda asked: self.outside.append(asked.url) if not asked.url.startswith((site, "data:")) else None,
        )

    def go(self, path):
        return self.page.goto(self.site + path)


@contextlib.contextmanager
def visits(chromium, site, kurslog):
    """Yield a function that opens a page: ``visit(role=None, account=None, width=1280, dark=False)``."""
    opened = []

    def visit(role=None, *, account=None, width=1280, dark=False):
        context = chromium.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            locale="da-DK",
            reduced_motion="reduce",  # a colour that fades in is looked at when it is there
        )
        opened.append(context)
        if role:
            secret = kurslog.tokens.create(
                role=AccessRole(role),
                process=None,
                lasting=dt.timedelta(hours=1),
                kind="session",
                account=account or f"a-{role}",
            )
            context.add_cookies([{"name": "kurslog_session", "value": secret, "url": site}])
        return Watched(context, site)

    yield visit
    for context in opened:
        context.close()


@pytest.fixture
def visit(chromium, site, kurslog):
    """Return a function that opens a page of the live server."""
    with visits(chromium, site, kurslog) as visit:
        yield visit
