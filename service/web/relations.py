"""The ties between groups and roles: how many cross from one role to another, what is new, and a map of it."""

from __future__ import annotations

from typing import Any, Final

from flask import request

from projections.measures.suppression import LEAST
from service import words
from service.app import Kurslog
from service.charts.map import NARROW, ORDER, WIDE, Drawing, Place, Ties, drawing
from service.charts.map_svg import map_svg
from service.web.leading import Lead
from service.web.page import ProcessPage
from service.web.waves import KINDS, may_ask

PROJECTION: Final = "relationship-map"
ENOUGH: Final = 80
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


def relations_page(kurslog: Kurslog, process: str) -> str:
    """Show the map of one wave, compared with the first, with its figures and its table."""
    page = ProcessPage.of(kurslog, process)
    data = page.answer(PROJECTION)
    waves = [wave for wave in data["waves"] if wave["drawn"]]
    names = named(page, data["waves"])
    kind = _asked(request.args.get("kind"), data["kinds"])
    chosen = _asked(request.args.get("wave"), [wave["id"] for wave in waves], last=True)
    maps = [one for one in data["maps"] if one["kind"] == kind]
    shown = next((one for one in maps if one["wave"] == chosen), None)
    places = [_place(page, node) for node in data["nodes"]]
    drawings = _drawings(page, places, maps, shown, names) if shown and places else None
    return page.render(
        "relations.html",
        data=data,
        waves=waves,
        names=names,
        kind=kind,
        kinds=KINDS,
        map=shown,
        wave=next((wave for wave in waves if wave["id"] == chosen), None),
        base=shown["base"] if shown else None,
        lead=leading(page, maps, shown, names) if shown else None,
        low=[wave for wave in waves if wave["response"] and wave["response"]["value"] < ENOUGH],
        drawings=drawings,
        titles={place.id: place.title for place in places},
        sides=[(side, words.capitalised(page.t(*_several(side)))) for side in COUNTED],
        has_part=page.caller.has_part_in(process),
        may_ask=may_ask(page),
    )


def _several(side: str) -> tuple[str, str]:
    return COUNTED[side][0][1], COUNTED[side][1][1]


def _asked(wanted: str | None, there: list[str], *, last: bool = False) -> str | None:
    if wanted in there:
        return wanted
    return (there[-1] if last else there[0]) if there else None


def named(page: ProcessPage, waves: list[dict[str, Any]]) -> dict[str, str]:
    """Return what each wave is called: its month, or its day where two share the month."""
    months = {wave["id"]: words.month(wave["when"]["time"], page.lang) for wave in waves if wave["when"]["time"]}
    years = {month.rpartition(" ")[2] for month in months.values()}
    found = {}
    for wave in waves:
        month = months.get(wave["id"])
        if month is None:
            found[wave["id"]] = words.when(wave["when"], page.lang)
        elif list(months.values()).count(month) > 1:
            found[wave["id"]] = words.day(wave["when"]["time"], page.lang)
        else:
            found[wave["id"]] = month if len(years) > 1 else month.rpartition(" ")[0]
    return found


# ------------------------------------------------------------------ the sentence
def leading(page: ProcessPage, maps: list[dict[str, Any]], shown: dict[str, Any], names: dict[str, str]) -> Lead:
    """Return the sentence of the page: how many ties cross from one role to another, now and the first time."""
    lead, now = Lead(page.lang), _in(page, names[shown["wave"]])
    if "value" not in shown["share"]:
        if "value" in shown["ties"] and shown["ties"]["value"] == 0:
            lead.add(
                f"{now} har ingen af dem, der svarede, nævnt en anden.", f"{now} nobody who answered named another."
            )
            return lead
        lead.add(
            "Der er for få svar til at vise forbindelserne. Ellers kunne man regne ud, hvad én har svaret.",
            "There are too few answers to show the ties. Otherwise one person’s answer could be worked out.",
        )
        return lead
    share = (_share(shown, page.lang), (PROJECTION, (shown["across"]["figure"],)))
    lead.add(
        f"{now} går {{share}} af forbindelserne på tværs af roller.",
        f"{now} {{share}} of the ties cross roles.",
        share=share,
    )
    first = next(one for one in maps if one["base"] is None)
    if shown["base"] and "value" in first["share"]:
        before = (_share(first, page.lang), (PROJECTION, (first["across"]["figure"],)))
        then = _in(page, names[first["wave"]])
        lead.add(f"{then} var det {{before}}.", f"{then} it was {{before}}.", before=before)
    return lead


def _in(page: ProcessPage, name: str) -> str:
    dated = name[:1].isdigit()
    return page.t("Den " if dated else "I ", "On " if dated else "In ") + name


def _share(shown: dict[str, Any], lang: str) -> str:
    return words.share(shown["across"]["value"], shown["ties"]["value"], lang)


# ------------------------------------------------------------------ the map
def _place(page: ProcessPage, node: dict[str, Any]) -> Place:
    one, several, short = COUNTED[node["role"]][0 if page.lang == "da" else 1]
    title = (
        node["title"] if isinstance(node["title"], str) else page.t(*TITLES.get(node["id"], ("En gruppe", "A group")))
    )
    size = node["size"]
    count = f"{size} {words.plural(size, one, several)}"
    return Place(node["id"], title, node["role"], count, f"{size} {words.plural(size, one, short)}")


def _drawings(
    page: ProcessPage,
    places: list[Place],
    maps: list[dict[str, Any]],
    shown: dict[str, Any],
    names: dict[str, str],
) -> tuple[Any, Any] | None:
    """Return the map for a wide and for a narrow page; None when no tie may be drawn."""
    most = max((count for one in maps for counts in _ties(one).values() for count in counts.values()), default=0)
    if not most:
        return None
    said = page.t(
        f"Kort over forbindelser mellem {len(places)} grupper og roller i {names[shown['wave']]}. Tallene står i tabellen.",
        f"Map of ties between {len(places)} groups and roles in {names[shown['wave']]}. The numbers are in the table.",
    )

    def drawn(sheet: Any) -> Drawing:
        return drawing(places, _ties(shown), most, said, sheet)

    return map_svg(drawn(WIDE), "only-wide"), map_svg(drawn(NARROW), "only-narrow")


def _ties(shown: dict[str, Any]) -> Ties:
    """Return the ties that are drawn: never fewer than five, also for whoever may see them all."""
    found = {
        (edge["from"], edge["to"]): {
            name: edge[name]["value"] for name in ORDER if name in edge and edge[name]["value"] >= LEAST
        }
        for edge in shown["edges"]
    }
    return {between: counts for between, counts in found.items() if counts}
