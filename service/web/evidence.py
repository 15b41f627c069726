"""The evidence for each goal: the agreed signs, what was measured, how it was before, and what the log says now."""

from __future__ import annotations

from typing import Any, Final

from service import words
from service.app import Kurslog
from service.web.leading import Lead
from service.web.page import ProcessPage

WHY: Final = {
    "unfed": ("får ingen tal fra logbogen", "is fed by nothing in the log"),
    "nothing-recorded": ("ikke registreret", "not recorded"),
    "not-shown": ("vises ikke for dig", "not shown to you"),
    "not-a-count": (
        "ikke regnet ud: formlen er ikke en ren optælling",
        "not worked out: the formula is no plain count",
    ),
    "too-few": ("for få til at sige noget", "too few to say anything"),
    "no-target": ("der er ikke aftalt noget at nå", "no target was agreed"),
}
"""Why there is no number, or why it was not held against the target."""
GRADES: Final = ("strong", "stated", "silent")


def evidence_page(kurslog: Kurslog, process: str) -> str:
    """Show each goal with what was agreed and what is recorded."""
    page = ProcessPage.of(kurslog, process)
    data = page.answer("evidence")
    why = {key: page.t(*pair) for key, pair in WHY.items()}
    return page.render("evidence.html", data=data, lead=leading(page.lang, data), why=why)


def leading(lang: str, data: Any) -> Lead:
    """Return the sentence of the page: how many goals, and how strong the evidence for them is."""
    lead, n = Lead(lang), data["count"]["value"]
    if not n:
        return lead
    count = (words.count_word(n, lang, neuter=True), ("evidence", (data["count"]["figure"],)))
    graded: dict[str, Any] = {
        grade: (words.count_word(one["value"], lang, neuter=True), ("evidence", (one["figure"],)))
        for grade, one in data["grades"].items()
        if one["value"]
    }
    parts = [f"{{{grade}}} {words.status_label(grade, lang)}" for grade in GRADES if grade in graded]
    said = words.listed(parts, lang)
    lead.add(
        "Forløbet har {n} mål. Belægget er: " + said + ".",
        words.plural(n, "The process has {n} goal.", "The process has {n} goals.") + " The evidence: " + said + ".",
        n=count,
        **graded,
    )
    return lead
