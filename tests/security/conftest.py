"""A cell with three processes (one's own, another, a public one), and everybody who may come to them."""

import dataclasses
import datetime as dt
import hashlib
import hmac
import io
import threading

import pytest

from domain.keeping import AccessRole
from service.app import Kurslog
from service.frameworks import co_creation
from service.http import create_app
from service.imports.tables import TableImport
from service.log.files import Kept
from service.reports.issuing import Order, issue
from service.security.gate import Caller
from service.settings import Settings
from tests import village
from tests.conftest import Scribe, at, made

HOME, OTHER, PUBLIC, NOWHERE = "fabelhjem", "fabelnabo", "fabeltorv", "fabelnul"
HOUR = dt.timedelta(hours=1)
CONTENT = b"Navn;Rolle\nMia Fiktiv;borger\nBo Fiktiv;vagabond\n"


@dataclasses.dataclass(frozen=True, eq=False)
class Persona:
    """Somebody who comes: what their token says, and what they are in each process because of it and of the log."""

    name: str
    account: str
    standing: dict
    role: AccessRole | None = None
    process: str | None = None
    participant: str | None = None

    @property
    def nobody(self):
        return not self.account


def personas():
    """Yield everybody: each role in its own process, in another, in the whole cell, granted or revoked in the log."""
    yield Persona("nobody", "", {})
    for role in AccessRole:
        r = role.value
        yield Persona(f"{r} of the process", f"a-own-{r}", {HOME: role}, role, HOME)
        yield Persona(f"{r} of another process", f"a-other-{r}", {OTHER: role}, role, OTHER)
        everywhere = {HOME: role, OTHER: role, PUBLIC: role}
        yield Persona(f"{r} of the cell", f"a-cell-{r}", everywhere, role, None)
        yield Persona(f"{r}, revoked in the log", f"a-revoked-{r}", {}, role, HOME)
        yield Persona(f"{r}, granted in the log", f"a-granted-{r}", {HOME: role})
    linked = (AccessRole.PARTICIPANT, HOME)
    yield Persona("participant by link", "a-link-1", {HOME: AccessRole.PARTICIPANT}, *linked, "p1")
    yield Persona("participant by another's link", "a-link-2", {HOME: AccessRole.PARTICIPANT}, *linked, "p2")
    yield Persona("participant by link, revoked", "a-link-3", {}, *linked, "p3")


PERSONAS = tuple(personas())


class World:
    """The cell, and how to ask it."""

    def __init__(self, app, web):
        self.app, self.web = app, web
        self.ids = {process: self._furnish(process) for process in (HOME, OTHER, PUBLIC)}
        self.secrets = {}
        for persona in PERSONAS:
            self.sign_in(persona)

    # ---------------------------------------------------------------- what there is
    def _furnish(self, process):
        scribe = Scribe(self.app, process, account="a-import")
        scribe.begin(visibility="public" if process == PUBLIC else "process")
        for one in village.people("public"):
            if one["data"].get("participant_id", "p1") in {"p1", "p2", "p3"}:
                scribe.record(one["type"], one["data"], on=one["time"], visibility=one.get("visibility", "team"))
        sha256 = self.kept(process, b"%PDF-1.4 fictional " + process.encode(), "application/pdf")
        position = scribe.record(
            "media-captured",
            {"media_id": "m1", "kind": "photo", "sha256": sha256, "shows": "situation"},
            visibility="public",
        ).position
        said = scribe.contribute("c-1", visibility="public").position
        scribe.record("gathering-planned", {"gathering_id": "g-1", "title": "Kaffe", "kind": "kick-off"})
        wave = village.opened("w1", ["p1", "p2", "p3"])
        scribe.record(wave["type"], wave["data"], on=wave["time"])
        ready = co_creation()
        scribe.record("competence-framework-published", ready.framework)
        scribe.record("instrument-published", ready.instrument)
        asked = {name: ready.instrument[name] for name in ("instrument_id", "version")}
        scribe.record(
            "assessment-round-opened", {**asked, "round_id": "r1", "moment": "before", "eligible": ["p1", "p2"]}
        )
        if process == HOME:
            self._members(scribe)
        self.app.projector.catch_up()
        order = Order(template="landdistriktspuljen", language="da", format="json", recipient="Opdigtet Pulje")
        issuer = Caller("a-import", AccessRole.PROJECT_MANAGER)
        done = issue(self.app, issuer, process, order, now=dt.datetime.now(dt.UTC))
        return {
            "process": process,
            "import": self.read_in(process),
            "wave": "w1",
            "round_id": "r1",
            "participant": "p1",
            "position": position,
            "sha256": sha256,
            "report": done.report,
            "extension": "json",
            "projection": "fate-of-contributions",
            "figure": "all",
            "name": "fate-of-contributions",
            "stem": "contribution-made",
            "step": "grant",
            "group": "who",
            "what": "objection",
            "quote": "q1",
            "entry": str(self.app.reader.at([said])[0].id),
        }

    def _members(self, scribe):
        for persona in PERSONAS:
            granted, revoked = "granted in" in persona.name, "revoked" in persona.name
            role = persona.role or persona.standing.get(HOME)
            if granted or revoked:
                scribe.record("access-granted", {"account": persona.account, "role": role.value})
            if revoked:
                scribe.record("access-revoked", {"account": persona.account, "role": role.value})

    def kept(self, process, content, media_type="text/csv"):
        """Keep a file that an import brought."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.app.files.keep(process, sha256, Kept(content, media_type), accounts=["a-import"])
        return sha256

    def brought(self, persona, process):
        """Keep a table that this persona brought."""
        sha256 = hashlib.sha256(CONTENT).hexdigest()
        self.app.files.keep(process, sha256, Kept(CONTENT, "text/csv"), accounts=[persona.account])
        return sha256

    def read_in(self, process):
        """Read a table in, of which a row waits, and return the position of the entry that says so."""
        rows = f"Navn;Rolle\nFiktiv {self.app.reader.head()};borger\nBo Fiktiv;vagabond\n".encode()
        TableImport(self.app, process, "a-import", io.BytesIO(rows)).run()
        return self.app.reader.process_head(process)[0]

    def quoted(self, persona, process):
        """Record words of a participant's own, and return their quote's id."""
        ref = f"q-{self.app.reader.head()}"
        speaker = {"kind": "participant", "ref": persona.participant}
        data = {"quote_id": ref, "text": "Et opdigtet citat", "speaker": speaker}
        Scribe(self.app, process, account="a-import").record("quote-captured", data)
        return ref

    def another(self, process):
        """Record an entry that may be undone, and return its position."""
        ref = f"c-{self.app.reader.head()}"
        return Scribe(self.app, process, account="a-import").contribute(ref).position

    # ---------------------------------------------------------------- asking
    def sign_in(self, persona):
        """Give a persona a token and a session."""
        held = {"role": persona.role, "process": persona.process, "participant": persona.participant}
        for kind in ("api", "session"):
            self.secrets[persona, kind] = (
                ""
                if persona.nobody
                else self.app.tokens.create(**held, account=persona.account, lasting=HOUR, kind=kind)
            )

    def ask(self, persona, route, path, **more):
        """Send a request as this persona: to the API with a token, a form with that of their own session."""
        secret = self.secrets[persona, "api" if route.api else "session"]
        headers = {**more.pop("headers", {})}
        if route.api and secret:
            headers["Authorization"] = f"Bearer {secret}"
        elif secret:
            headers["Cookie"] = f"kurslog_session={secret}"
        if route.writes and not route.api:
            token = hmac.new(secret.encode(), b"kurslog form", hashlib.sha256).hexdigest()
            files = {
                name: (io.BytesIO(it[0]), it[1]) for name, it in more.get("data", {}).items() if isinstance(it, tuple)
            }
            more["data"] = {**more.get("data", {}), **files, "form_token": token}
        return self.web.test_client(use_cookies=False).open(path, method=route.method, headers=headers, **more)


@pytest.fixture(scope="module")
def world(server, template, tmp_path_factory):
    """Yield the cell: served with the web's database role, with a worker beside it, as in earnest."""
    home = tmp_path_factory.mktemp("world")
    with made(server, template) as name:
        url = at(server, name)
        app = Kurslog(Settings(home=home, database_url=url, master_key_file=home / "master.key"), url)
        served = app.served()
        found = World(app, create_app(served))
        follower = Kurslog(app.settings, url).worker()
        worker = threading.Thread(target=follower.run, daemon=True)
        worker.start()
        yield found
        follower.stop()
        worker.join(30)
        served.close()
        app.close()
