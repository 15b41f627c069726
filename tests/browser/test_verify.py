"""verify.html, opened from a folder: it accepts what verify.py accepts, refuses what that refuses, and says why."""

import base64
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from service.ledger.verify import RejectedError, said, verify_report
from tests.browser.conftest import PATIENCE
from tests.ledger.proofs import LOG, OTHER, PROVE, REPORT, WITNESS, mutants, plain_of
from tests.ledger.vectors import vectors

pytestmark = pytest.mark.browser

PAGE = (Path(__file__).parents[2] / "service" / "ledger" / "verify.html").as_uri()
MUTANTS = 200
AGREE = """async ([pairs, key]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const held = await readKey(key), found = [];
  for (const [report, proof] of pairs) {
    try { await verifyReport(bytes(report), bytes(proof), { key: held }); found.push("accepted"); }
    catch (error) { found.push(error.reason); }
  }
  return found;
}"""


@pytest.fixture
def opened(chromium):
    """Return a function that opens the page from its file; everything it asks for beyond that is remembered."""
    contexts = []

    def opened(*, width=1280, dark=False):
        context = chromium.new_context(
            viewport={"width": width, "height": 844}, color_scheme="dark" if dark else "light", locale="da-DK"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on(
            "console", lambda line: page.complaints.append(line.text) if line.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(PAGE)
        return page

    yield opened
    for context in contexts:
        context.close()


def given(page, report, proof, key="", held=""):
    """Give the page its files and keys, press the button, and return what it says."""
    page.set_input_files("#report", {"name": "r.pdf", "mimeType": "application/pdf", "buffer": report})
    page.set_input_files("#proof", {"name": "r.tlog-proof", "mimeType": "text/plain", "buffer": proof})
    page.fill("#key", key)
    if held:
        page.get_by_text("Jeg har selv gemt").click()
        page.fill("#held", held)
    page.get_by_role("button", name="Kontrollér").click()
    page.locator("#result h2").wait_for()
    return page.locator("#result").inner_text()


def test_a_report_is_accepted_and_the_page_says_what_that_shows(opened):
    page = opened()
    text = given(page, REPORT, PROVE(5), f"{LOG.key}\n{WITNESS.key}\n")
    for name in ("accepted", "shows", "shows-not"):
        assert said(name, "da") in text
    assert "nr. 5 af 11" in text
    assert "24. juni 2026 kl. 14.03 UTC" in text
    assert "library.example, 24. juni 2026" in text
    page.get_by_role("button", name="English").click()
    assert said("accepted", "en") in page.locator("#result").inner_text()
    assert page.locator("h1").inner_text() == "Verify a report"
    assert page.asked == [PAGE]
    assert page.complaints == []


@pytest.mark.parametrize(
    ("report", "proof", "key", "reason"),
    [
        (REPORT + b"x", PROVE(5), str(LOG.key), "other-file"),
        (REPORT, PROVE(4), str(LOG.key), "other-file"),
        (REPORT, PROVE(5), str(OTHER.key), "other-key"),
        (REPORT, PROVE(5)[:200], str(LOG.key), "no-proof"),
        (REPORT, PROVE(5), "x", "no-key"),
        (REPORT, PROVE(5), str(WITNESS.key), "no-key"),
        (REPORT, PROVE(5)[:-9] + b"A" + PROVE(5)[-8:], f"{LOG.key}\n{WITNESS.key}", "bad-signature"),
    ],
)
def test_what_is_refused_says_why(opened, report, proof, key, reason):
    page = opened()
    text = given(page, report, proof, key)
    assert said("rejected", "da") in text
    assert said(reason, "da") in text
    assert said("shows", "da") not in text
    assert page.complaints == []


def test_without_a_key_it_says_that_anybody_can_make_a_proof(opened):
    text = given(opened(), REPORT, PROVE(5))
    assert said("shows-not-key", "da") in text
    assert f"example.org/log+{LOG.key.id.hex()}" in text
    assert said("accepted", "da") not in text


def test_a_fingerprint_that_was_kept_is_compared(opened):
    held = PROVE(5).decode().partition("\n\n")[2]
    assert said("same-as-held", "da") in given(opened(), REPORT, PROVE(5), str(LOG.key), held)


def test_where_the_browser_cannot_check_signatures_it_says_so_and_checks_the_rest(opened):
    page = opened()
    page.evaluate("() => { hasEd25519 = async () => false; }")
    assert "kan ikke kontrollere underskrifter" in given(page, REPORT, PROVE(5), str(LOG.key))
    assert said("other-file", "da") in given(page, REPORT + b"x", PROVE(5), str(LOG.key))


def test_both_verifiers_agree_on_the_same_mutants(opened):
    def judged(report, proof):
        try:
            verify_report(report, proof, key=LOG.key)
        except RejectedError as error:
            return error.reason
        return "accepted"

    pairs = [
        (REPORT, PROVE(5)),
        *mutants(REPORT, plain_of(PROVE(5)), MUTANTS, seed=7),
        *mutants(REPORT, PROVE(5), MUTANTS),
    ]
    pairs += [(base64.b64decode(one["report"]), one["proof"].encode()) for one in vectors()]
    sent = [[base64.b64encode(one).decode() for one in pair] for pair in pairs]
    assert opened().evaluate(AGREE, [sent, str(LOG.key)]) == [judged(*pair) for pair in pairs]


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_the_page_is_for_everybody(opened, width, dark):
    page = opened(width=width, dark=dark)
    for report in (REPORT, REPORT + b"x"):
        given(page, report, PROVE(5), str(LOG.key))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
