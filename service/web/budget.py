"""The money: line by line, what came in, the hours, and the changes the fund was asked for."""

from __future__ import annotations

from typing import Any, Final

from service import words
from service.app import Kurslog
from service.web.leading import Figures, Lead
from service.web.page import ProcessPage

WHOLE: Final = 100


def budget_page(kurslog: Kurslog, process: str) -> str:
    """Show the last approved budget against what was spent."""
    page = ProcessPage.of(kurslog, process)
    data = page.answer("budget")
    empty = not any((data["lines"], data["sources"], data["grant"], data["hours"]["total"], data["changes"]))
    return page.render(
        "budget.html",
        data=data,
        empty=empty,
        lead=None if empty else leading(page.lang, data),
        lines=[{**one, "bar": bar(one)} for one in data["lines"]],
        titles={one["id"]: one["title"] for one in data["lines"]},
    )


def bar(row: dict[str, Any]) -> int | None:
    """Return how much of the bar is filled, in percent; None when there is nothing to compare."""
    return min(WHOLE, int(row["percent"])) if row["percent"] is not None else None


NO_BUDGET: Final = (
    "Der er brugt {spent} Et godkendt budget er ikke registreret.",
    "So far {spent} was spent. An approved budget is not recorded.",
)
NO_LINES: Final = (
    "Tilsagnet er på {whole} Et godkendt budget er ikke registreret.",
    "The grant is {whole}. An approved budget is not recorded.",
)


def leading(lang: str, data: Any) -> Lead:
    """Return the sentence of the page: what was spent of what, and what is off."""
    lead, spent, whole = Lead(lang), _money(data["total"]["paid"], lang), _money(data["total"]["budget"], lang)
    granted = _money((data["grant"] or {}).get("amount"), lang)
    if whole and spent:
        lead.add("Der er brugt {spent} af {whole}", "So far {spent} of {whole} was spent.", spent=spent, whole=whole)
    elif whole:
        lead.add("Budgettet er på {whole}", "The budget is {whole}.", whole=whole)
    elif spent:
        lead.add(*NO_BUDGET, spent=spent)
    elif granted:
        lead.add(*NO_LINES, whole=granted)
    if n := data["flagged"]["value"]:
        count = (words.capitalised(words.count_word(n, lang)), ("budget", (data["flagged"]["figure"],)))
        danish, english = words.plural(n, "post", "poster"), words.plural(n, "line is", "lines are")
        lead.add(
            f"{{n}} {danish} er mere end 10 % fra budgettet.", f"{{n}} {english} more than 10% off the budget.", n=count
        )
    return lead


def _money(figure: Any, lang: str) -> tuple[str, Figures | None] | None:
    if not figure or not isinstance(figure["value"], str):
        return None
    return words.money(figure["value"], lang), ("budget", (figure["figure"],))
