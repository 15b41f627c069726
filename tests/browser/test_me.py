"""A new participant on a phone: what is held about them, who read it, and the way out, found by what is visible."""

import datetime as dt
import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from domain.keeping import AccessRole
from service.security.gate import Caller
from service.security.readlog import Use
from tests.conftest import Scribe

pytestmark = pytest.mark.browser
P1 = {"kind": "participant", "ref": "p1"}
MINUTE = 5
"""Clicks, for somebody who has never been here: how fast a machine clicks says nothing of that."""


@pytest.fixture(scope="module")
def told(kurslog):
    """Let a participant of the village have said things, and a facilitator have read them; return their link."""
    scribe = Scribe(kurslog, "landsby", account="a-table")
    idea = {"kind": "idea", "text": "En bænk ved skovstien, så man kan gå turen.", "author": P1, "receipt": "114"}
    position = scribe.record(
        "contribution-made", {**idea, "contribution_id": "c114"}, on="2026-02-28T12:00:00Z"
    ).position
    scribe.record("contribution-made", {**idea, "contribution_id": "c88", "receipt": "88", "text": "Et skovbad"})
    scribe.record(
        "contribution-answered",
        {"contribution_id": "c114", "answer": "Vi spørger skovens ejer.", "by": {"kind": "role", "ref": "employee"}},
        on="2026-03-02T12:00:00Z",
    )
    scribe.record("quote-captured", {"quote_id": "q1", "text": "Skoven er vores alle sammen", "speaker": P1})
    with kurslog.reads.during(Use.PAGE):
        kurslog.texts.of(Caller("a-f", AccessRole.FACILITATOR, "landsby"), kurslog.reader.at([position]))
    kurslog.queries.wait(kurslog.reader.head(), 60)
    return lambda: kurslog.tokens.create(
        role=AccessRole.PARTICIPANT, process="landsby", lasting=dt.timedelta(hours=1), kind="link", participant="p1"
    )


@pytest.fixture
def phone(visit, told):
    watched = visit(width=390)
    watched.go(f"/sign-in/{told()}")
    watched.page.get_by_role("button", name="Log ind").click()
    watched.page.wait_for_load_state()
    return watched


def kept(page, name):
    """Keep a picture for whoever wants to look."""
    if folder := os.environ.get("KURSLOG_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}-{page.viewport_size['width']}.png", full_page=True)


def test_a_new_participant_finds_own_data_its_readers_and_the_way_out_within_a_minute(phone):
    page, clicks = phone.page, 0

    def follow(name):
        nonlocal clicks
        page.get_by_role("link", name=name).locator("visible=true").first.click()
        page.wait_for_load_state()
        clicks += 1

    if not page.url.endswith("/me"):
        follow("Min side")
    follow("Det ved vi om dig")
    expect(page.locator("#held")).to_contain_text("En facilitator har læst")
    follow("Slet det, jeg har skrevet")
    expect(page.locator("main")).to_contain_text("Det går væk")
    page.get_by_role("button", name="Bed om at få det slettet").click()
    clicks += 1
    expect(page.locator("#out")).to_contain_text("Der er ikke svaret endnu")
    page.get_by_role("button", name="Fortryd det").click()
    page.wait_for_load_state()
    clicks += 1

    assert "Der er ikke svaret endnu" not in page.locator("#out").inner_text()
    assert clicks <= MINUTE
    assert phone.complaints == []


def for_everybody(watched, path, name):
    """Look at a page small and wide: nothing axe finds, and nothing to scroll sideways for."""
    page = watched.page
    watched.go(f"/p/landsby/{path}")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        kept(page, name)
        found = Axe().run(page).response["violations"]
        assert [(path, width, v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)


def test_each_of_ones_own_pages_is_for_everybody(phone):
    for path, name in (
        ("me", "me"),
        ("me?lang=en", "me-en"),
        ("me/held/contributions", "held"),
        ("me/held/who", "held-who"),
        ("me/readers", "readers"),
        ("me/ask/erasure", "erasure"),
        ("me/ask/objection", "objection"),
    ):
        for_everybody(phone, path, name)


def test_the_page_of_reads_is_for_everybody(visit, told):
    told()
    watched = visit("project-manager")
    for_everybody(watched, "reads", "reads")
    assert "a-f" in watched.page.locator("main").inner_text()
