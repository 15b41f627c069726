"""Participation: who came to each gathering, and what nobody wrote down; as strips, and as a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from domain.vocabulary import Visibility
from service.app import Kurslog
from service.security.gate import reaches
from service.web.page import ProcessPage

NOT_THERE: Final = ("excused", "absent", "unknown", "asked", "never-asked")
BAR_Y: Final = 6
BAR_HEIGHT: Final = 14


@dataclass
class Strip:
    """One gathering's people as a strip: pieces from the left in percent of the longest, and a pale bar for a headcount."""

    pieces: list[tuple[str, float, float, str]] = field(default_factory=list)
    counted: float = 0.0


def participation_page(kurslog: Kurslog, process: str) -> str:
    """Show who came, gathering by gathering, and how often."""
    page = ProcessPage.of(kurslog, process)
    data = page.answer("participation")
    gatherings = data["gatherings"]
    longest = max((length(one) for one in gatherings), default=0)
    return page.render(
        "participation.html",
        data=data,
        rows=[(one, strip(page, one, longest)) for one in gatherings],
        strips=longest > 0,
        held=[one for one in gatherings if one["status"] == "held"],
        silent=[one for one in gatherings if one["status"] == "held" and not one["recorded"] and not one["headcounts"]],
        seen=standings_seen(gatherings),
        most=max((number(one["people"]) for one in data["times"]), default=0),
        empty=not gatherings and not data["other_headcounts"],
        may_attend=page.may_record and reaches(page.caller, Visibility.TEAM, process),
    )


def number(figure: Any) -> int:
    """Return a figure's number; 0 for one that is withheld or not recorded."""
    return int(figure["value"]) if isinstance(figure, dict) and "value" in figure else 0


def shown(figures: dict[str, Any]) -> bool:
    """Whether figures that stand side by side are told to this reader."""
    return all("value" in one for one in figures.values())


def counted(one: dict[str, Any]) -> int:
    """Return the largest headcount of a gathering; 0 when nobody counted."""
    return max((head["total"] for head in one["headcounts"] if isinstance(head["total"], int)), default=0)


def length(one: dict[str, Any]) -> int:
    """Return how long a gathering's strip is, in people."""
    told = sum(number(figure) for figure in one["standings"].values())
    return max(told, number(one["came"]), counted(one))


def strip(page: ProcessPage, one: dict[str, Any], longest: int) -> Strip | None:
    """Return a gathering's strip; None when there is nothing to draw."""
    if not longest or not length(one):
        return None
    drawn, at = Strip(counted=round(100 * counted(one) / longest, 2)), 0.0
    for kind, count, word in pieces(page, one):
        width = 100 * count / longest
        drawn.pieces.append((kind, round(at, 2), round(width, 2), word))
        at += width
    return drawn


def pieces(page: ProcessPage, one: dict[str, Any]) -> list[tuple[str, int, str]]:
    """Return what the strip is made of: those who came by role, then the others by where they stand."""
    came = number(one["came"])
    found = [("r-all", came, page.say.label("present"))]
    if one["by_role"] and shown(one["by_role"]):
        found = [(f"r-{role}", number(people), page.say.label(role)) for role, people in one["by_role"].items()]
    if shown(one["standings"]):
        found += [(f"w-{name}", number(one["standings"].get(name)), page.say.label(name)) for name in NOT_THERE]
    return [(kind, count, f"{page.say.capital(word)}: {count}") for kind, count, word in found if count]


def standings_seen(gatherings: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """Return the roles and the standings that the legend and the table must name."""
    roles = {role: None for one in gatherings for role in one["by_role"]}
    standings = {name for one in gatherings for name in one["standings"]}
    return list(roles), [name for name in NOT_THERE if name in standings]
