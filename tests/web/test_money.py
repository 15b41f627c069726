"""The page of the money: exact amounts that open, and nothing of it for those who may not see."""

import pytest

from domain.keeping import AccessRole
from service.security.gate import Caller

LINES = [
    {"id": "mad", "title": "Forplejning", "amount_dkk": "1000"},
    {"id": "film", "title": "Film", "amount_dkk": "500"},
]


@pytest.fixture
def spent(app, scribe):
    """A budget of two lines, and too much spent on one of them."""
    scribe.record("budget-approved", {"version": 1, "lines": LINES})
    bread = {"line_id": "mad", "amount_dkk": "1250.50", "voucher": "14", "paid_on": "2026-02-01"}
    scribe.record("expenditure-recorded", bread)
    app.projector.catch_up()


def test_the_page_says_what_was_spent_of_what_and_what_is_off(signed_in, spent):
    page = signed_in("project-manager").get("/p/fabelby/budget").text

    assert "1.250,50 kr." in page
    assert "Mere end 10 % over" in page
    assert "Én" in page
    assert "post er mere end 10 % fra budgettet." in page


def test_a_line_without_expenditure_is_not_nought(signed_in, spent):
    page = signed_in("project-manager").get("/p/fabelby/budget").text

    assert 'class="unrec"' in page
    assert ">0 kr." not in page


def test_a_participant_sees_the_budget_and_not_what_was_spent(signed_in, spent):
    page = signed_in("participant", "fabelby").get("/p/fabelby/budget").text

    assert "Forplejning" in page
    assert "1.250,50" not in page
    assert "vises ikke" in page
    assert "Udgifter ses af dem, der kører forløbet." in page


def test_every_figure_on_the_page_opens(app, signed_in, spent):
    manager = Caller("a-test", AccessRole.PROJECT_MANAGER)
    data = app.queries.document(manager, "fabelby", "budget", app.queries.clocks("fabelby"))["data"]
    keys = [one["figure"] for line in [*data["lines"], data["total"]] for one in line.values() if isinstance(one, dict)]
    client = signed_in("project-manager")

    assert len(keys) > 6
    for key in keys:
        assert client.get(f"/p/fabelby/figure/budget/{key}").status_code == 200


def test_the_page_speaks_english(signed_in, spent):
    assert "So far" in signed_in("project-manager").get("/p/fabelby/budget?lang=en").text
