"""Every page: no axe finding, no sideways scroll, no complaint of the browser, nothing fetched from elsewhere."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

OPEN = [
    "/",
    "/about",
    "/accessibility",
    "/sign-in/not-a-link",
    "/p/knabstrup",
    "/p/knabstrup?on=2019-04-01",
    "/p/knabstrup/contributions",
    "/p/knabstrup/decisions",
    "/p/knabstrup/actions",
    "/p/knabstrup/participation",
    "/p/knabstrup/learning",
    "/p/knabstrup/log",
    "/p/knabstrup/log/156",
    "/p/knabstrup/figure/actions/status:completed",
    "/p/fabelby",
    "/p/fabelby/actions",
    "/p/ny",
    "/p/ny?on=nonsense",
    "/p/ny/contributions",
    "/p/ny/participation",
    "/p/ny/learning",
    "/p/landsby/relations",
    "/p/knabstrup/competences",
    "/p/knabstrup/reports",
]
WRITERS = [
    "/new",
    "/p/ny",
    "/p/ny/import",
    "/p/ny/import/waiting",
    "/p/ny/record/media-captured",
    "/p/ny/reports",
    "/p/ny/relations",
    "/p/ny/waves",
    "/p/landsby/relations",
    "/p/landsby/relations?wave=w1",
    "/p/landsby/waves",
    "/p/landsby/waves/w2/p1",
    "/p/landsby/waves/w1/p1",
    "/p/knabstrup/record",
    "/p/knabstrup/record/attendance",
    "/p/knabstrup/record/attendance?gathering=ga-02",
    "/p/knabstrup/record/contribution-made",
    "/p/knabstrup/record/decision-made",
    "/p/knabstrup/record/outcome-harvested",
    "/p/svar/competences",
    "/p/ny/competences",
    "/p/svar/rounds",
    "/p/svar/import?round=a",
    "/p/ny/rounds",
    "/p/svar/rounds/a/p15",
    "/p/svar/rounds/a/p15?frame=then",
    "/p/svar/rounds/a/p1",
    "/p/knabstrup/record/reflection-recorded",
    "/p/knabstrup/log/156/correct",
    "/p/fabelby/record/table",
    "/p/fabelby/record/table?gathering=s1&table=bord-1",
    "/p/fabelby/actions",
    "/p/fabelby/contributions",
    "/p/fabelby/now",
    "/p/fabelby/tonight",
    "/p/ny/now",
    "/p/ny/tonight",
    "/p/ny/people",
    "/p/ny/setup/grant",
    "/p/ny/setup/goals",
    "/p/ny/setup/people",
    "/p/ny/setup/groups",
    "/p/ny/setup/gathering",
    "/p/ny/setup/notice",
    "/p/ny/setup/done",
]
CODERS = [
    "/p/kodeby/coding",
    "/p/kodeby/coding?kind=reflection",
    "/p/kodeby/coding/codebook",
    "/p/kodeby/coding/agreement",
    "/p/ny/coding",
    "/p/ny/coding/codebook",
    "/p/ny/coding/agreement",
]
DRAWN = ["/", "/p/knabstrup", "/p/fabelby", "/p/ny"]
"""Pages that show something else where there is room, each in colours of its own."""
WIDTHS = (1280, 390)
SETTINGS = [
    pytest.param("da", 1280, False, id="da-1280"),
    pytest.param("en", 390, True, id="en-390-dark"),
]
CROSSED = [
    pytest.param("en", 1280, True, id="en-1280-dark"),
    pytest.param("da", 390, False, id="da-390"),
]


def examined(watched, path, lang, width):
    """Return what is found on a page as it is, and whether it scrolls sideways at any width."""
    page, sign = watched.page, "&" if "?" in path else "?"
    watched.go(f"{path}{sign}lang={lang}")
    page.evaluate("for (const one of document.querySelectorAll('details:not(.pick)')) one.open = true")
    found = [f"{path}: {one['id']} {one['nodes'][0]['html'][:160]}" for one in Axe().run(page).response["violations"]]
    for at in sorted(WIDTHS, key=lambda one: one == width):  # last the one that the next page is to have
        page.set_viewport_size({"width": at, "height": 844})
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{path}: {sideways} px sideways at {at}"] if sideways > 0 else []
    return found


@pytest.mark.parametrize(("lang", "width", "dark"), SETTINGS)
def test_pages_for_everybody_have_no_findings(visit, lang, width, dark):
    no_findings(visit(width=width, dark=dark), OPEN, lang, width)


@pytest.mark.parametrize(("lang", "width", "dark"), CROSSED)
def test_what_is_drawn_has_no_findings_in_the_other_colours_either(visit, lang, width, dark):
    no_findings(visit(width=width, dark=dark), DRAWN, lang, width)


@pytest.mark.parametrize(("lang", "width", "dark"), SETTINGS)
def test_pages_for_writing_have_no_findings(visit, lang, width, dark):
    no_findings(visit("facilitator", width=width, dark=dark), WRITERS, lang, width)


@pytest.mark.parametrize(("lang", "width", "dark"), SETTINGS)
def test_pages_for_coding_have_no_findings(visit, kurslog, lang, width, dark):
    texts = kurslog.reader.walk("kodeby", types=["reflection-recorded.v1"])
    paths = [*CODERS, *(f"/p/kodeby/coding/{one.id}" for one in texts)]
    no_findings(visit("evaluator", width=width, dark=dark), paths, lang, width)


def no_findings(watched, paths, lang, width):
    assert [said for path in paths for said in examined(watched, path, lang, width)] == []
    assert (watched.complaints, watched.outside) == ([], [])


@pytest.mark.parametrize("width", [1280, 390])
def test_a_spreadsheet_shows_what_its_rows_become_without_findings(visit, width):
    watched = visit("facilitator", width=width)
    watched.go("/p/ny/import")
    rows = "Navn;Rolle;Sko\nÆgir Opdigt;borger;38\nCarl Påfund;vagabond;44\n".encode()
    watched.page.set_input_files("#file", {"name": "deltagere.csv", "mimeType": "text/csv", "buffer": rows})
    watched.page.click("form[enctype] .go")
    watched.page.wait_for_selector("#h-waits")
    watched.page.wait_for_load_state()
    watched.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert watched.page.locator(".lead").inner_text() == "Én række går ind som deltagere. Én må vente på dig."
    assert Axe().run(watched.page).response["violations"] == []
    assert watched.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert (watched.complaints, watched.outside) == ([], [])


def test_a_page_that_is_not_there_looks_like_the_others(visit):
    watched = visit()
    assert watched.go("/p/nowhere").status == 404
    assert watched.page.locator("h1").inner_text() == "Siden er ikke her"
    assert Axe().run(watched.page).response["violations"] == []


def test_the_first_tab_is_the_skip_link_and_it_skips(visit):
    watched = visit()
    watched.go("/p/knabstrup")
    watched.page.keyboard.press("Tab")
    assert watched.page.evaluate("document.activeElement.textContent") == "Gå til indholdet"
    watched.page.keyboard.press("Enter")
    assert watched.page.url.endswith("#main")
    watched.page.keyboard.press("Tab")
    assert watched.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_without_a_script_there_is_none(visit):
    watched = visit()
    for path in ("/", "/p/knabstrup"):
        watched.go(path)
        assert watched.page.locator("script, [style], style").count() == 0
