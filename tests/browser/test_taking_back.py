"""A yes taken back on a phone: at once the map, the quotes, the portrait and the next report are without the person.

No worker runs meanwhile: what may be seen is judged at the log's head, however far the projections have come.
"""

import datetime as dt
import hashlib
import io

import pypdf
import pytest
from playwright.sync_api import expect

from domain.keeping import AccessRole
from service.app import Kurslog
from service.log.files import Kept
from service.settings import Settings
from tests import village
from tests.browser.conftest import begun, serving, take_in, visits
from tests.browser.test_me import kept
from tests.conftest import Scribe, at, made
from tests.pictures import jpeg

SAVED = "Gemt. Det gælder fra nu."
pytestmark = pytest.mark.browser
HOME, WHO = "strand", "p3"
P3 = {"kind": "participant", "ref": WHO}
PLAN = {"aim": "At mødes", "sign_of_success": "Der sidder nogen", "owners": [], "due": "2026-04-01"}
DONE, TAUGHT = "Bålet brænder ved stranden", "Vi skal spørge naboen først"
LEARNT = "Røgen trækker folk til"
SAID, APPROVED = "Stranden er vores alle sammen, ikke", "Stranden er vores alle sammen"


@pytest.fixture(scope="module")
def strand(server, template, tmp_path_factory):
    """Yield a Kurslog with a village where p3 said yes to everything, and where that stands."""
    home = tmp_path_factory.mktemp("strand")
    with made(server, template) as name:
        dsn = at(server, name)
        app = Kurslog(Settings(home=home, database_url=dsn, master_key_file=home / "master.key"), dsn)
        asked = [village.opened("w1"), *village.answers("w1"), village.closed("w1")]
        take_in(app, HOME, [begun(HOME, "Strandby"), *village.people(), *asked])
        yield app, told(app)
        app.close()


def told(app):
    """Let p3 agree and be told of; return where the quote and the portrait stand."""
    scribe = Scribe(app, HOME, account="a-bord")
    yes = ["participate", "named-map", "photo", "quote-anonymous", "quote-named"]
    scribe.record("consent-given", {"participant_id": WHO, "purposes": yes, "text_version": "2026-1"})
    scribe.record("action-planned", {"action_id": "h1", "title": "Et bål", **PLAN}, on="2026-02-12T12:00:00Z")
    done = {"action_id": "h1", "result": DONE, "learning": TAUGHT}
    scribe.record("action-completed", done, on="2026-03-12T12:00:00Z", onbehalfof=WHO)
    steps = [{"name": "so-what", "text": LEARNT}]
    looked = {"reflection_id": "r1", "format": "what-so-what-now-what", "steps": steps, "by": P3}
    scribe.record("reflection-recorded", looked, on="2026-03-13T12:00:00Z")
    scribe.record("quote-captured", {"quote_id": "q1", "text": SAID, "speaker": P3})
    words = {"quote_id": "q1", "exact_text": APPROVED, "attribution": "role", "channels": ["rapport"]}
    quote = scribe.record("quote-approved", words).position
    content = jpeg()
    sha256 = hashlib.sha256(content).hexdigest()
    app.files.keep(HOME, sha256, Kept(content, "image/jpeg"), accounts=["a-bord"])
    picture = {"media_id": "m1", "kind": "photo", "sha256": sha256, "shows": "portrait", "portrays": [WHO]}
    portrait = scribe.record("media-captured", picture).position
    app.projector.catch_up()
    return quote, portrait


class Readers:
    """Those who look: the project manager, and a participant who is somebody else; each on pages that stay open."""

    def __init__(self, visit, quote, portrait):
        self.quote, self.portrait = quote, portrait
        self.manager, self.other = visit("project-manager"), visit("participant")

    def words(self, watched, path):
        assert watched.go(f"/p/{HOME}/{path}").ok
        return watched.page.locator("main").inner_text()

    def draft(self):
        """Return the words of the draft that the page of reports leads to."""
        self.manager.go(f"/p/{HOME}/reports")
        link = self.manager.page.get_by_role("link", name="Se udkastet, som det ser ud nu (PDF)").get_attribute("href")
        return printed(self.manager.page.context.request.get(self.manager.site + link).body())

    def issued(self):
        """Issue the next report by its form, and return its words."""
        self.manager.go(f"/p/{HOME}/reports")
        page = self.manager.page
        page.get_by_label("Hvem får den?").fill("Opdigtet Pulje")
        page.get_by_role("button", name="Udsted").click()
        expect(page.locator(".toast")).to_contain_text("Udstedt.")
        link = page.get_by_role("link", name="Hent rapporten").first.get_attribute("href")
        return printed(page.context.request.get(self.manager.site + link).body())

    def seen(self):
        """Return where the person is found now."""
        relations, draft = self.words(self.manager, "relations"), self.draft()
        portrait = self.words(self.manager, f"log/{self.portrait}") and self.manager.page.locator("main img").count()
        return {
            "the map, by name": "Opdigtet p3" in relations,
            "the map, counted": "Regnet over de 59 personer" in relations and "58" not in relations,
            "the page of actions": DONE in self.words(self.manager, "actions"),
            "the page of learning": LEARNT in self.words(self.manager, "learning"),
            "the portrait": portrait == 1,
            "the quote, for the others": APPROVED in self.words(self.other, f"log/{self.quote}"),
            "the draft": DONE in draft and TAUGHT in draft,
        }


def printed(pdf):
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.replace("\u200b", "").split())


def no_longer(page, *purposes):
    """Say no to what was said yes to, and save it."""
    for purpose in purposes:
        page.locator("#yes label", has=page.locator("b", has_text=purpose)).get_by_role("checkbox").uncheck()
    page.locator("#yes").get_by_role("button", name="Gem").click()
    expect(page.locator(".toast")).to_have_text(SAVED)


def test_what_is_taken_back_on_the_phone_is_gone_at_once(strand, chromium):
    app, (quote, portrait) = strand
    secret = app.tokens.create(
        role=AccessRole.PARTICIPANT, process=HOME, lasting=dt.timedelta(hours=1), kind="link", participant=WHO
    )
    with serving(app) as site, visits(chromium, site, app) as visit:
        readers = Readers(visit, quote, portrait)
        everywhere = readers.seen()
        assert all(everywhere.values()), everywhere
        assert DONE in readers.issued()
        phone = visit(width=390)
        phone.go(f"/sign-in/{secret}")
        page = phone.page
        page.get_by_role("button", name="Log ind").click()

        expect(page.locator("#quotes").get_by_text(SAID)).to_be_visible()
        page.get_by_role("button", name="Tag din godkendelse tilbage").click()
        expect(page.locator(".toast")).to_have_text(SAVED)
        no_longer(page, "på kortet med navn", "på billeder")
        now = everywhere | dict.fromkeys(("the quote, for the others", "the map, by name", "the portrait"), False)
        assert readers.seen() == now

        no_longer(page, "være med", "citeret med navn", "citeret uden navn")
        expect(page.locator("#yes")).to_contain_text("Du sagde nej")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        kept(page, "taken-back")
        assert readers.seen() == dict.fromkeys(everywhere, False)
        assert "Regnet over de 58 personer" in readers.words(readers.manager, "relations")
        assert "Et bål" in readers.draft()
        kept(readers.manager.page, "taken-back-seen")

        app.projector.catch_up()
        assert readers.seen() == dict.fromkeys(everywhere, False)
        words = readers.issued()
        assert not [one for one in (DONE, TAUGHT, LEARNT, SAID, APPROVED, "Opdigtet p3") if one in words]
        assert phone.complaints == readers.manager.complaints == readers.other.complaints == []
