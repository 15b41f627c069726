"""The claims: what is said of the process, and the entries that speak for it, against it, or are its background."""

from __future__ import annotations

from typing import Any

from service import words
from service.app import Kurslog
from service.cases import cited
from service.web.leading import Lead
from service.web.page import ProcessPage
from service.web.things import actor_name, titles

BEARINGS = ("for", "against", "context")


def claims_page(kurslog: Kurslog, process: str) -> str:
    """Show each claim with its evidence, silent ones plainly so."""
    page = ProcessPage.of(kurslog, process)
    data = page.answer("claims")
    named = titles(kurslog, page.caller, process, _actors(data["claims"]))
    return page.render(
        "claims.html",
        data=data,
        lead=leading(page.lang, data),
        claims=[_shown(page, one, named) for one in data["claims"]],
        bearings=BEARINGS,
    )


def leading(lang: str, data: Any) -> Lead:
    """Return the sentence of the page: how many claims there are, and about how many the log is silent."""
    lead, n = Lead(lang), data["count"]["value"]
    if not n:
        return lead
    numbers = {
        name: (words.count_word(data[key]["value"], lang, neuter=False), ("claims", (data[key]["figure"],)))
        for name, key in (("n", "count"), ("b", "backed"), ("c", "contested"), ("s", "silent"))
    }
    lead.add(
        "Der er {n} " + words.plural(n, "påstand", "påstande") + " om forløbet.",
        words.plural(n, "There is {n} claim", "There are {n} claims") + " about the process.",
        n=numbers["n"],
    )
    if data["backed"]["value"]:
        lead.add("For {b} taler registreringer i logbogen.", "For {b}, entries of the log speak.", b=numbers["b"])
    if data["contested"]["value"]:
        lead.add("Imod {c} taler der også noget.", "Against {c}, something speaks.", c=numbers["c"])
    if data["silent"]["value"]:
        lead.add("Om {s} er logbogen tavs.", "About {s} the log is silent.", s=numbers["s"])
    return lead


def _actors(claims: list[dict[str, Any]]) -> set[str]:
    """Return the groups and organisations that confirmed something, by subject."""
    parts = (
        one["by"] for claim in claims for key in BEARINGS for item in claim[key] for one in item["substantiations"]
    )
    kinds = {"group": "group", "organisation": "organisation", "body": "organisation"}
    return {f"{kinds[by['kind']]}/{by['ref']}" for by in parts if isinstance(by, dict) and by.get("kind") in kinds}


def _shown(page: ProcessPage, claim: dict[str, Any], named: dict[str, str]) -> dict[str, Any]:
    held = {key: [_item(page, one, named) for one in claim[key]] for key in BEARINGS}
    return {**claim, "evidence": held}


def _item(page: ProcessPage, one: dict[str, Any], named: dict[str, str]) -> dict[str, Any]:
    """Return a piece of evidence with its source in words, and by name who confirmed it."""
    confirmed = [
        {**part, "who": actor_name(part["by"], named, page.lang) if "kind" in (part["by"] or {}) else None}
        for part in one["substantiations"]
    ]
    source = cited(page.process, one["when"].get("citation"), page.lang)
    return {**one, "source": source, "substantiations": confirmed}
