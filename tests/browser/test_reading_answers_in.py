"""Reading a file of answers in: what the columns mean is looked over and confirmed, on a screen and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from service.frameworks import co_creation

pytestmark = pytest.mark.browser
WORDINGS = [item["wording"]["da"] for item in co_creation().instrument["items"]]


def forms_file(width):
    """A file as Microsoft Forms heads it; each width has a shape of its own."""
    head = ["ID", "Starttidspunkt", "Færdiggørelsestidspunkt", "Mail", f"Hold {width}", *WORDINGS]
    steps = ["4", "Enig", "3", "2", "ved ikke", "5", "i høj grad", "3"]
    rows = [
        ["1", "2026-05-12 09:00", "2026-05-12 09:04", "", "p15", *steps],
        ["2", "2026-05-12 09:00", "2026-05-12 09:05", "", "p15", *steps],
        ["3", "2026-05-12 09:00", "2026-05-12 09:05", "", "p99", *steps],
        ["4", "2026-05-12 09:00", "2026-05-12 09:05", "", "p15", "9", *steps[1:]],
    ]
    return "\n".join(";".join(row) for row in [head, *rows]).encode("utf-8-sig")


def without_findings(watched):
    watched.page.wait_for_load_state()
    watched.page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    assert Axe().run(watched.page).response["violations"] == []
    assert watched.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize("width", [1280, 390])
def test_answers_from_another_form_are_read_as_somebody_says(visit, width):
    page = (watched := visit("facilitator", width=width)).page
    watched.go("/p/filby/rounds")
    page.locator("#a details summary").last.click()
    without_findings(watched)
    page.locator("#a").get_by_role("link", name="Læs svar ind").click()
    expect(page.locator("#round option:checked")).to_have_text("Efter, 10. maj 2026")
    page.set_input_files("#file", {"name": "svar.csv", "mimeType": "text/csv", "buffer": forms_file(width)})
    page.click("form[enctype] .go")
    expect(page.locator("h1")).to_have_text("Hvad betyder kolonnerne?")
    without_findings(watched)
    page.get_by_label("Mail").select_option("")
    page.get_by_label(f"Hold {width}").select_option("participant")
    page.get_by_label("Enig", exact=True).select_option("4")
    page.get_by_role("button", name="Ja, sådan skal de læses").click()
    expect(page.locator(".lead")).to_contain_text("Én række går ind som svar på en runde. Tre må vente på dig.")
    expect(page.get_by_text("p15: nu 7 svar og 1 sprunget over.")).to_be_visible()
    without_findings(watched)
    page.get_by_role("link", name="Se eller ret, hvad kolonnerne betyder").click()
    expect(page.locator(".lead")).to_contain_text("Sådan blev det bekræftet sidst")
    expect(page.get_by_label("Enig", exact=True)).to_have_value("4")
    assert (watched.complaints, watched.outside) == ([], [])
