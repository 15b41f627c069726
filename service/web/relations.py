"""The ties between groups and roles: how many cross from one role to another, what is new, and a map of it."""

from __future__ import annotations

from typing import Any, Final

from flask import request

from domain.belonging import ParticipantRegistered
from domain.consenting import ConsentPurpose
from service import words
from service.app import Kurslog
from service.charts.map import NARROW, WIDE, Place
from service.charts.map_of import COUNTED, map_of, places_of, side_of
from service.charts.map_svg import map_svg
from service.web.leading import Lead
from service.web.page import ProcessPage
from service.web.people import danish
from service.web.waves import KINDS, may_ask

PROJECTION: Final = "relationship-map"
ENOUGH: Final = 80


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
    places = places_of(data["nodes"], page.lang)
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
        before=maps[0]["wave"] if shown and shown is not maps[0] else None,
        lead=leading(page, maps, shown, names) if shown else None,
        low=[wave for wave in waves if wave["response"] and wave["response"]["value"] < ENOUGH],
        drawings=drawings,
        titles={place.id: place.title for place in places},
        sides=[(side, words.capitalised(side_of(side, page.lang))) for side in COUNTED],
        has_part=page.caller.has_part_in(process),
        may_ask=may_ask(page),
        on_map=on_map(page) if shown else [],
    )


def on_map(page: ProcessPage) -> list[str]:
    """Return the names of those who said yes to standing on the map with theirs: judged now, whatever the day."""
    register = page.kurslog.reader.register(page.process)
    registered = [event for one in register.all_of("participant") for event in register.history(one)]
    people = {
        event.data.participant_id
        for event in registered
        if isinstance(event.data, ParticipantRegistered) and (event.ended is None or event.ended <= page.moment)
    }
    names = page.kurslog.texts.names(page.caller, page.process, people, ConsentPurpose.NAMED_MAP)
    same = page.kurslog.rights.of(page.process).same
    return sorted({min(same(one)): name for one, name in names.items()}.values(), key=danish)


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
    first = maps[0]
    if shown is not first and "value" in first["share"]:
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
def _drawings(
    page: ProcessPage,
    places: list[Place],
    maps: list[dict[str, Any]],
    shown: dict[str, Any],
    names: dict[str, str],
) -> tuple[Any, Any] | None:
    """Return the map for a wide and for a narrow page; None when no tie may be drawn."""
    said = page.t(
        f"Kort over forbindelser mellem {len(places)} grupper og roller i {names[shown['wave']]}. Tallene står i tabellen.",
        f"Map of ties between {len(places)} groups and roles in {names[shown['wave']]}. The numbers are in the table.",
    )
    wide, narrow = (map_of(places, maps, shown, said, canvas) for canvas in (WIDE, NARROW))
    return (map_svg(wide, "only-wide"), map_svg(narrow, "only-narrow")) if wide and narrow else None
