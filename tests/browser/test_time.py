"""The time bar: what had happened by a day, and nothing later."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_day_in_february_2019_knows_nothing_of_the_party(visit):
    page = (watched := visit()).page
    watched.go("/p/knabstrup")
    assert "100-dages fest" in page.locator("main").inner_text()
    page.get_by_text("Vælg dag").click()
    page.get_by_label("Vis det, som det så ud den").fill("2019-02-01")
    page.get_by_role("button", name="Vis", exact=True).click()
    page.wait_for_load_state()
    assert " ".join(page.locator(".asof").inner_text().split()) == "Som det så ud den 1. februar 2019"
    assert "100-dages fest" not in page.locator("main").inner_text()
    assert page.locator(".timebar.past").count() == 1
    page.get_by_role("link", name="Handlinger").first.click()
    assert "on=2019-02-01" in page.url
    expect(page.get_by_role("heading", name="Ingen handlinger endnu")).to_be_visible()


def test_one_walks_from_gathering_to_gathering_and_back_to_today(visit):
    page = (watched := visit()).page
    watched.go("/p/knabstrup?on=2019-02-05")
    page.get_by_label("Næste samling").click()
    assert "on=2019-05-06" in page.url
    page.get_by_label("Forrige samling").click()
    assert "on=2019-02-05" in page.url
    page.get_by_role("link", name="Tilbage til i dag").click()
    assert "on=" not in page.url


def test_the_chart_is_wide_and_the_voyage_is_narrow(visit):
    wide, narrow = visit(), visit(width=390)
    for watched in (wide, narrow):
        watched.go("/p/knabstrup")
    assert [wide.page.locator(".only-wide").is_visible(), wide.page.locator(".voyage").is_visible()] == [True, False]
    assert [narrow.page.locator(".only-wide").is_visible(), narrow.page.locator(".voyage").is_visible()] == [
        False,
        True,
    ]


@pytest.mark.parametrize("process", ["knabstrup", "fabelby"])
def test_labels_of_the_chart_do_not_overlap(visit, process):
    watched = visit()
    watched.go(f"/p/{process}")
    boxes = watched.page.eval_on_selector_all(
        ".only-wide text",
        "all => all.map(one => [one.textContent, one.getBoundingClientRect()]).map(([t, b]) => [t, b.left, b.right, b.top + 2, b.bottom - 2])",
    )
    pairs = [(a, b) for at, a in enumerate(boxes) for b in boxes[at + 1 :]]
    assert [(a[0], b[0]) for a, b in pairs if a[1] < b[2] and b[1] < a[2] and a[3] < b[4] and b[3] < a[4]] == []


def test_every_number_in_the_lead_opens(visit):
    page = (watched := visit()).page
    watched.go("/p/knabstrup")
    for address in page.eval_on_selector_all(".lead .tal", "all => all.map(one => one.getAttribute('href'))"):
        assert watched.go(address).status == 200
        assert page.locator(".events > li").count() > 0
