"""From the answer of `relationship-map` to its drawing: what each place is called, and which ties are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from projections.measures.disclosure import LEAST
from service.charts.map import ORDER, WIDE, Canvas, Drawing, Place, Ties, drawing
from service.words import Speech, plural

TITLES: Final = {
    "citizens": ("Uden gruppe", "No group"),
    "employee": ("Kommunen", "The municipality"),
    "politician": ("Byrådet", "The council"),
}
COUNTED: Final = {
    "citizen": (("borger", "borgere", "borgere"), ("citizen", "citizens", "citizens")),
    "employee": (("medarbejder", "medarbejdere", "medarb."), ("employee", "employees", "employees")),
    "politician": (("politiker", "politikere", "politikere"), ("politician", "politicians", "politicians")),
}
"""One, several, and several where there is little room."""


def side_of(side: str, lang: str) -> str:
    """Return what several of a side are called."""
    return Speech(lang)(COUNTED[side][0][1], COUNTED[side][1][1])


def places_of(nodes: Sequence[Mapping[str, Any]], lang: str) -> list[Place]:
    """Return the places of a map, as they are called and counted."""
    return [_place(node, lang) for node in nodes]


def _place(node: Mapping[str, Any], lang: str) -> Place:
    one, several, short = COUNTED[node["role"]][0 if lang == "da" else 1]
    named = TITLES.get(node["id"], ("En gruppe", "A group"))
    title = node["title"] if isinstance(node["title"], str) else Speech(lang)(*named)
    size = node["size"]
    return Place(
        node["id"], title, node["role"], f"{size} {plural(size, one, several)}", f"{size} {plural(size, one, short)}"
    )


def map_of(
    places: Sequence[Place],
    maps: Sequence[Mapping[str, Any]],
    shown: Mapping[str, Any],
    description: str,
    canvas: Canvas = WIDE,
) -> Drawing | None:
    """Return the drawing of one wave; None when no tie may be drawn in any.

    Args:
        places: see `places_of`.
        maps: the maps of all waves, of one kind: a line's width says the same in each.
        shown: the one that is drawn.
        description: the words that stand for it.
        canvas: what it is drawn on.
    """
    most = max((count for one in maps for counts in _ties(one).values() for count in counts.values()), default=0)
    return drawing(places, _ties(shown), most, description, canvas) if most else None


def _ties(shown: Mapping[str, Any]) -> Ties:
    """Return the ties that are drawn: never fewer than five, also for whoever may see them all."""
    found = {
        (edge["from"], edge["to"]): {
            name: edge[name]["value"] for name in ORDER if name in edge and edge[name]["value"] >= LEAST
        }
        for edge in shown["edges"]
    }
    return {between: counts for between, counts in found.items() if counts}
