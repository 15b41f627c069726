"""The evaluator's first screen: the claims, who has answered, what was agreed before the figures, and what contradicts."""

from __future__ import annotations

from typing import Any

from domain.keeping import AccessRole
from service.app import Kurslog
from service.web.claims import leading
from service.web.page import ProcessPage
from service.web.sources import without_passages


def judging_page(kurslog: Kurslog, process: str) -> str:
    """Show what an evaluator looks at first.

    Raises:
        UnknownError: to anybody else; the page is not there for them.
    """
    page = ProcessPage.for_roles(kurslog, process, {AccessRole.EVALUATOR})
    claims, uplift = page.answer("claims"), page.answer("competence-uplift", part=without_passages)
    return page.render(
        "judging.html",
        lead=leading(page.lang, claims),
        claims=claims["claims"],
        rounds=uplift["rounds"],
        waves=page.answer("relationship-map", part=waves_alone)["waves"],
        late=page.answer("evidence", part=late_alone)["late"],
        torn=[one for one in claims["claims"] if one["for"] and one["against"]],
        lower=lower_of(uplift["cells"]),
    )


def waves_alone(relations: dict[str, Any]) -> dict[str, Any]:
    """Return who was asked and has answered, without the maps."""
    return {"waves": relations["waves"]}


def late_alone(evidence: dict[str, Any]) -> dict[str, Any]:
    """Return how many signs and indicators came after the first figures."""
    return {"late": evidence["late"]}


def lower_of(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the competences in which a role rates itself lower, whether or not that is beyond the uncertainty."""
    return [cell for cell in cells if cell["gain"] and cell["gain"]["change"]["value"] < 0]
