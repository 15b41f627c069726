"""Writing by form: what is saved, kept, undone, and by keyboard alone."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from domain.keeping import AccessRole

pytestmark = pytest.mark.browser
FORM = "/p/ny/record/contribution-made"


def filled(page, text):
    page.get_by_label("Drøm").check()
    page.get_by_label("Tekst").fill(text)
    page.get_by_label("Hvem siger det", exact=True).select_option("role/citizen")


def test_a_contribution_is_saved_seen_and_undone(visit):
    page = (watched := visit("facilitator")).page
    watched.go(FORM)
    filled(page, "En bænk ved skovstien.")
    page.get_by_role("button", name="Gem", exact=True).last.click()
    expect(page.locator(".toast")).to_contain_text("Gemt.")
    watched.go("/p/ny/contributions")
    assert page.locator("blockquote").inner_text() == "En bænk ved skovstien."
    page.go_back()
    page.get_by_role("button", name="Fortryd").click()
    expect(page.locator(".toast")).to_contain_text("Trukket tilbage. Det kan stadig ses, at den var der.")
    watched.go("/p/ny/contributions")
    assert page.locator("blockquote").count() == 0
    assert watched.complaints == []


def test_wrong_input_is_said_beside_the_field_and_nothing_typed_is_lost(visit):
    page = (watched := visit("facilitator")).page
    watched.go(FORM)
    page.get_by_label("Tekst").fill("Den skal stå her endnu.")
    page.get_by_role("button", name="Gem", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("Det blev ikke gemt.")
    expect(page.get_by_label("Tekst")).to_have_value("Den skal stå her endnu.")
    expect(page.locator("#data-author-error")).to_have_text("Vælg: hvem siger det.")
    page.get_by_role("link", name="Vælg: hvem siger det.").click()
    assert page.url.endswith("#data-author")


def test_a_rule_answers_in_the_language_of_the_page(visit):
    page = (watched := visit("facilitator")).page
    watched.go("/p/ny/record/decision-made?lang=en")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("Name at least one who took part. A role is enough.")


def test_more_lines_come_without_a_script_and_keep_what_was_typed(visit):
    page = (watched := visit("facilitator")).page
    watched.go("/p/ny/record/decision-made")
    page.get_by_label("Spørgsmål").fill("Hvor skal bænken stå?")
    assert page.locator("#data-taken_by .rowset").count() == 3
    page.get_by_role("button", name="Flere linjer").first.click()
    expect(page.locator("#data-taken_by .rowset")).to_have_count(6)
    expect(page.get_by_label("Spørgsmål")).to_have_value("Hvor skal bænken stå?")


def test_a_form_can_be_filled_in_and_sent_by_keyboard(visit):
    page = (watched := visit("facilitator")).page
    watched.go("/p/ny/record/gathering-planned")
    page.locator("[name='data.title']").focus()
    page.keyboard.type("Møde i hallen")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.locator("[name='data.title']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Gemt.")


def test_a_new_process_leads_to_its_first_steps(visit):
    page = (watched := visit("project-manager")).page
    watched.go("/new")
    for name, text in (("Titel", "Møllebæk sætter kurs"), ("Sted", "Møllebæk"), ("Kommune", "Fabeldal")):
        page.get_by_label(name).fill(text)
    page.get_by_label("Demokrati").check()
    page.get_by_label("Første dag").fill("2026-01-05")
    page.get_by_role("button", name="Opret", exact=True).last.click()
    assert page.url.endswith("/p/moellebaek-saetter-kurs/setup/grant")
    page.get_by_role("link", name="Spring over").click()
    expect(page.locator("h1")).to_have_text("Mål")
    watched.go("/p/moellebaek-saetter-kurs")
    page.get_by_role("link", name="Sæt et mål").click()
    expect(page.locator("h1")).to_have_text("Mål")


def test_a_link_signs_in_once(visit, kurslog):
    secret = kurslog.tokens.create(
        role=AccessRole.FACILITATOR, process="ny", lasting=dt.timedelta(hours=1), kind="link"
    )
    page = (watched := visit()).page
    watched.go(f"/sign-in/{secret}")
    watched.go(f"/sign-in/{secret}")
    page.get_by_role("button", name="Log ind").click()
    assert page.url.endswith("/p/ny/tonight")
    expect(page.get_by_role("link", name="Skriv ind").first).to_be_visible()
    other = visit()
    other.go(f"/sign-in/{secret}")
    other.page.get_by_role("button", name="Log ind").click()
    expect(other.page.locator(".lead")).to_contain_text("Linket er brugt")
    page.get_by_role("button", name="Log ud").click()
    page.wait_for_load_state()
    assert page.get_by_role("button", name="Log ud").count() == 0
