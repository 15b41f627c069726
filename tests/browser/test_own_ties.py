"""People answer on their own phones whom they work with: by name, none yet, corrected, and taken back."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.test_asking import made_links, to_my_page
from tests.browser.test_evening import follow, press, set_up
from tests.browser.test_me import kept

pytestmark = pytest.mark.browser
PEOPLE = (("Åse Opdigtet", "citizen"), ("Bo Påfund", "citizen"), ("Cille Digt", "politician"))


def to_the_waves(desk):
    desk.get_by_role("navigation", name="Forløbet").get_by_text("Mennesker").click()
    desk.get_by_role("link", name="Relationer", exact=True).locator("visible=true").first.click()
    desk.locator("main").get_by_role("link", name="Spørg").first.click()


def links(desk):
    desk.get_by_role("navigation", name="Forløbet").get_by_text("Mennesker").click()
    desk.get_by_role("link", name="Deltagere", exact=True).locator("visible=true").first.click()
    desk.locator("main").get_by_role("link", name="link").first.click()
    return made_links(desk)


def agree(phone):
    """Say yes to being on the list others choose from."""
    phone.get_by_label("at kunne vælges af andre på listen").check()
    press(phone, "Gem")
    expect(phone.locator(".toast")).to_contain_text("Gemt.")


def examined(phone, name):
    """Look at a page in both languages, small and wide: nothing axe finds, and nothing to scroll sideways for."""
    here = phone.url.partition("#")[0]
    for lang, widths in (("en", (390, 1280)), ("da", (1280, 390))):  # what axe finds it finds at the last of them
        phone.goto(f"{here}{'&' if '?' in here else '?'}lang={lang}")
        for width in widths:
            phone.set_viewport_size({"width": width, "height": 844})
            kept(phone, f"{name}-{lang}")
            assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert [
            (one["id"], [node["html"] for node in one["nodes"]]) for one in Axe().run(phone).response["violations"]
        ] == []


def test_people_say_on_their_own_phones_whom_they_work_with(visit):
    watched = [visit("facilitator")]
    watched[0].go("/")
    desk = watched[0].page
    set_up(desk, "Båndby", PEOPLE)
    to_the_waves(desk)
    press(desk, "Åbn runden")
    for way in links(desk).values():
        watched.append(one := visit(width=390))
        one.go(way)
        press(one.page, "Log ind")
    phone, other, _ = phones = [one.page for one in watched[1:]]
    follow(phone, "Svar nu")
    expect(phone.get_by_text("Ingen på listen har sagt ja til at kunne vælges endnu.")).to_be_visible()
    to_my_page(phone)
    for one in phones:
        agree(one)
    examined(phone, "me-wave")
    follow(phone, "Svar nu")
    examined(phone, "ties-own")
    phone.locator(".ticks input[type=checkbox]").first.check()
    press(phone, "Gem svaret")
    expect(phone.locator(".toast")).to_contain_text("Tak for dit svar")
    examined(phone, "ties-saved")
    to_my_page(phone)
    follow(phone, "Se, hvad du svarede")
    expect(phone.locator(".ticks input:checked")).to_have_count(1)
    kept(phone, "ties-back")
    phone.locator(".ticks input[type=checkbox]").nth(1).check()
    press(phone, "Gem svaret")
    expect(phone.locator(".ticks input:checked")).to_have_count(2)
    to_my_page(phone)
    follow(phone, "Se, hvad du svarede")
    press(phone, "Tag svaret tilbage")
    expect(phone.locator(".toast")).to_contain_text("Trukket tilbage.")
    expect(phone.locator("input:checked")).to_have_count(0)
    follow(other, "Svar nu")
    other.get_by_label("Ingen endnu").check()
    press(other, "Gem svaret")
    expect(other.locator(".toast")).to_contain_text("Tak for dit svar")
    to_the_waves(desk)
    expect(desk.get_by_text("1 af 3 har svaret.")).to_be_visible()
    assert [one.complaints + one.outside for one in watched] == [[]] * 4
