"""Two evaluators code two reflections by the keyboard alone, each blind; then they see both readings, and settle one."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
FIRST, SECOND, THIRD = "Vi spurgte naboerne først.", "Så ventede vi på kommunen.", "🪑 Nu står bænken der."
TABS = 80


def kept(page, name):
    """Keep a picture for whoever wants to look."""
    if folder := os.environ.get("KURSLOG_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}-{page.viewport_size['width']}.png", full_page=True)


class Hands:
    """Somebody who has a keyboard and nothing else."""

    def __init__(self, watched):
        self.watched, self.page = watched, watched.page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def leading(self, key):
        """Press a key that leads to another page, and wait for that."""
        with self.page.expect_navigation():
            self.press(key)

    def focused(self):
        return self.page.evaluate("document.activeElement.textContent").strip()

    def tab_to(self, words):
        self.tab_until(f"document.activeElement.textContent.trim().startsWith({words!r})")

    def tab_until(self, reached):
        for _ in range(TABS):
            self.press("Tab")
            if self.page.evaluate(reached):
                return
        pytest.fail(f"the Tab key does not lead to: {reached}")

    def has_chosen(self, words):
        expect(self.page.locator("#chosen")).to_have_text(words)

    def begin(self):
        self.watched.go("/p/kodeby/coding?kind=reflection")
        self.tab_to("Begynd at læse")
        self.leading("Enter")
        assert self.focused().startswith("Vi spurgte")


@pytest.fixture
def ann(visit):
    return Hands(visit("evaluator", account="a-ann"))


@pytest.fixture
def bo(visit):
    return Hands(visit("evaluator", account="a-bo"))


def made(kurslog, stem):
    return list(kurslog.reader.walk("kodeby", types=[f"{stem}.v1"]))


def words_of(kurslog, coding):
    reflection = next(e for e in made(kurslog, "reflection-recorded") if str(e.id) == coding.data.target)
    text = kurslog.texts.unseen([reflection.data.steps[0].text.value.sha256]).popitem()[1]
    return text[coding.data.start : coding.data.end]


def test_two_code_blind_by_keyboard_and_settle_where_they_differ(kurslog, ann, bo):
    ann.begin()
    ann.press("1")
    ann.has_chosen("Intet er valgt.")
    ann.press("ArrowRight")
    ann.has_chosen(f"“{FIRST}”")
    ann.leading("1")
    ann.has_chosen(f"“{FIRST}”")  # a second code of the same words is one key away
    ann.press("ArrowRight", "ArrowRight")
    ann.has_chosen(f"“{THIRD}”")
    ann.leading("3")
    ann.leading("u")
    assert "Trukket tilbage" in ann.page.locator(".toast").inner_text()
    kept(ann.page, "coding-alone")
    ann.leading("d")
    ann.leading("n")
    ann.press("ArrowRight", "ArrowRight", "Shift+ArrowDown")
    ann.has_chosen("“gik vi selv rundt og spurgte, hvad folk kunne.”")
    ann.press("Shift+ArrowLeft")
    ann.leading("1")
    ann.leading("d")

    bo.begin()
    assert bo.page.locator("mark").count() == 0
    bo.press("ArrowRight")
    bo.press(*["Shift+ArrowRight"] * 5)
    bo.leading("2")
    assert bo.page.locator("mark").count() == 1
    assert "koder" not in bo.page.locator("main .desk .codings").inner_text()
    bo.leading("d")

    # side by side
    assert bo.page.locator(".codings > li").count() == 2
    assert "koder A" in bo.page.locator(".codings").inner_text()
    kept(bo.page, "coding-compared")
    assert Axe().run(bo.page).response["violations"] == []
    bo.tab_until("document.activeElement.type === 'radio'")
    bo.press("Space")
    bo.tab_to("Afgør")
    bo.leading("Enter")
    assert bo.page.locator("text=Afgjort:").count() == 2

    codings = made(kurslog, "passage-coded")
    assert [(one.recordedby, one.data.code, words_of(kurslog, one)) for one in codings] == [
        ("a-ann", "asks", FIRST),
        ("a-ann", "names", THIRD),
        ("a-ann", "asks", "gik vi selv rundt og spurgte, hvad folk kunne"),
        ("a-bo", "waits", f"{FIRST} {SECOND[:-1]}"),
    ]
    assert all(one.data.blind for one in codings)
    assert len(made(kurslog, "coding-adjudicated")) == 1
    assert (ann.watched.complaints, ann.watched.outside) == ([], [])
    assert (bo.watched.complaints, bo.watched.outside) == ([], [])


def test_a_passage_marked_with_the_mouse_is_the_one_that_is_coded(kurslog, visit):
    watched = visit("evaluator", account="a-mouse")
    [reflection, _] = made(kurslog, "reflection-recorded")
    watched.go(f"/p/kodeby/coding/{reflection.id}")
    box = watched.page.locator(".coded").bounding_box()
    watched.page.mouse.dblclick(box["x"] + 60, box["y"] + 30)

    expect(watched.page.locator("#chosen")).to_have_text("“spurgte”")
    assert (watched.page.input_value("#start"), watched.page.input_value("#end")) == ("3", "10")


def test_without_a_script_the_characters_are_typed(kurslog, chromium, site, visit):
    watched = visit("evaluator", account="a-plain")
    [_, reflection] = made(kurslog, "reflection-recorded")
    watched.page.route("**/*.js", lambda route: route.abort())
    watched.go(f"/p/kodeby/coding/{reflection.id}")
    kept(watched.page, "coding-without-script")
    watched.page.fill("#start", "23")
    watched.page.fill("#end", "32")
    watched.page.click("button[value=asks]")

    expect(watched.page.locator("mark")).to_have_text("Da gik vi")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["", "/codebook", "/agreement", "/text"])
def test_no_page_of_coding_is_wider_than_its_window(kurslog, visit, width, path):
    watched = visit("evaluator", account="a-ann", width=width)
    watched.go(f"/p/kodeby/coding{path.replace('text', str(made(kurslog, 'reflection-recorded')[0].id))}")
    kept(watched.page, f"coding{path.replace('/', '-')}")
    assert watched.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
