"""Answering a round on a phone, by touch and by keyboard, and reading what came of it."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
ITEMS = ("s1", "s2", "t1", "t2", "m1", "m2", "h1", "l1")


def test_a_sheet_is_answered_on_a_phone_now_and_then_and_undone(visit):
    page = (watched := visit("facilitator", width=390)).page
    watched.go("/p/svar/rounds")
    expect(page.get_by_text("14 af 15 har svaret.")).to_be_visible()
    page.get_by_role("link", name="Svar for Opdigtet p15").first.click()
    for item in ITEMS[:-1]:
        page.locator(f"#q-{item} .steps5 label").nth(3).click()
    page.get_by_role("button", name="Gem svaret").click()
    expect(page.get_by_role("alert")).to_contain_text("Vælg et trin fra 1 til 5. Du kan også springe over.")
    expect(page.locator(".steps5 input:checked")).to_have_count(7)
    page.locator("#q-l1").get_by_label("ved ikke").check()
    page.get_by_role("button", name="Gem svaret").click()
    expect(page.locator(".lead")).to_contain_text("Hvordan var det dengang, set herfra?")
    for item in ITEMS:
        page.locator(f"#q-{item} .steps5 label").nth(1).click()
    page.get_by_role("button", name="Gem svaret").click()
    expect(page.locator("#a").get_by_text("15 af 15 har svaret.")).to_be_visible()
    page.get_by_role("button", name="Fortryd").click()
    expect(page.locator(".toast")).to_contain_text("Trukket tilbage.")
    page.locator("#a").get_by_role("link", name="Svar for Opdigtet p15").click()
    page.wait_for_load_state()
    assert all("422" in said for said in watched.complaints)  # the browser tells of the sheet that was sent back
    assert watched.outside == []


def test_a_step_is_chosen_by_keyboard(visit):
    page = (watched := visit("facilitator")).page
    watched.go("/p/svar/rounds/a/p15?frame=then")
    page.locator("[name=s1]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("[name=s1]:checked").input_value() == "3"


def test_a_change_opens_to_its_answers(visit):
    page = (watched := visit("facilitator", width=390)).page
    for _ in range(2):
        watched.go("/p/svar/rounds")
        page.get_by_role("button", name="Luk runden").first.click()
    watched.go("/p/svar/competences")
    assert page.locator(".lead").inner_text().startswith("Borgerne vurderer sig selv højere i")
    page.get_by_role("link", name="24 svar").first.click()
    expect(page.locator("h1")).to_have_text("Bag tallet")
    expect(page.locator(".lead")).to_contain_text("24 registreringer")
