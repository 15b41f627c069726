"""Before and after: how people rated themselves, role by role, who answered, and what is not shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from service.app import Kurslog
from service.charts import dumbbell, svg
from service.security.gate import TEAM
from service.web.page import ProcessPage
from service.web.sources import MEASURES, compared_sources, drawers, measured

PROJECTION: Final = "competence-uplift"
THEY: Final = {
    "citizen": ("borgerne", "the citizens"),
    "politician": ("politikerne", "the politicians"),
    "employee": ("medarbejderne", "the employees"),
    "leader": ("lederne", "the managers"),
    "facilitator": ("facilitatorerne", "the facilitators"),
    "evaluator": ("evaluatorerne", "the evaluators"),
}
MOMENTS: Final = {
    "before": ("Før start", "Before the start"),
    "after": ("Efter", "After"),
    "follow-up": ("Senere", "Later"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a sentence; with a figure it opens."""

    text: str
    figure: str | None = None


def competences_page(kurslog: Kurslog, process: str) -> str:
    """Show the change per competence and role, with what it rests on."""
    page = ProcessPage.of(kurslog, process)
    data = page.answer(PROJECTION, part=without_people)
    change, sources = compared(data), compared_sources(page, data["cells"])
    other = change == "gain" and any(cell["then_gain"] for cell in data["cells"])
    return page.render(
        "competences.html",
        data=data,
        change=change,
        lead=lead(page, data) if change == "gain" else [],
        chart=dumbbell.dumbbell(data, page.lang, change=change) if change else None,
        then=dumbbell.dumbbell(data, page.lang, change="then_gain") if other else None,
        shifts=[cell for cell in data["cells"] if cell["response_shift"]] if other else [],
        rounds=[{**one, "name": page.t(*MOMENTS[one["moment"]])} for one in data["rounds"]],
        svg=svg,
        role_name=lambda role: dumbbell.role_name(role, page.lang),
        signed=lambda number: dumbbell.signed(number, page.lang),
        told=lambda counts: dumbbell.told(counts, page.lang),
        answers=answers_by_figure(data["cells"]),
        sources=sources,
        torn=[one for one in sources if one.verdict == "contradict"],
        drawers=drawers(page, data) if change == "gain" else {},
        measures=[page.t(*name) for name, _ in MEASURES],
        measured=measured(page, data["cells"]),
        may_ask=page.caller.role in TEAM and page.may_record,
    )


def without_people(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer without who has answered each round: this page counts them."""
    return {**data, "rounds": [{**one, "people": []} for one in data["rounds"]]}


def compared(data: Mapping[str, Any]) -> str | None:
    """Return which change the page is about: before and after where both were asked, else then and now, else none."""
    if data["cells"] and {"before", "after"} <= {one["moment"] for one in data["rounds"]}:
        return "gain"
    return "then_gain" if any(cell["then_gain"] for cell in data["cells"]) else None


def answers_by_figure(cells: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many answers each change rests on, by its figure."""
    found = [cell[name]["change"] for cell in cells for name in ("gain", "then_gain") if cell[name]]
    return {one["figure"]: one["events"]["count"] for one in found}


def lead(page: ProcessPage, data: Mapping[str, Any]) -> list[Piece]:
    """Return the sentence of the page: whose eyes, in how many competences, and what cannot be said."""
    t, said = page.t, list[Piece]()
    shown = [one for one in data["roles"] if one["shown"]]
    for at, one in enumerate(shown):
        name = t(*THEY.get(one["role"], (one["role"], one["role"])))
        verb = t(" vurderer sig selv højere i ", " rate themselves higher in ") if at == 0 else t(" i ", " in ")
        said += [Piece(f"{name}{verb}"), _of_all(page, one)]
        unit = t(" kompetencer", " competences") if at == 0 else ""
        said.append(Piece(unit + (", " if at < len(shown) - 1 else ".")))
    asked = [one["role"] for held in (data["roles"], *(one["response"] for one in data["rounds"])) for one in held]
    told = {one["role"] for one in shown}
    said += _lower(page, shown) + _hidden(page, [role for role in dict.fromkeys(asked) if role in THEY.keys() - told])
    if any(one["higher"]["value"] + one["lower"]["value"] < one["shown"] for one in shown):
        said.append(Piece(t(" Resten er for usikkert til at sige noget om.", " The rest is too uncertain to say.")))
    return [Piece(page.say.capital(said[0].text.lstrip())), *said[1:]] if said else []


def _of_all(page: ProcessPage, one: Mapping[str, Any]) -> Piece:
    count, whole = page.say.count_word(one["higher"]["value"]), page.say.count_word(one["shown"])
    all_of = page.t(f"{count} af {whole}", f"{count} of {whole}")
    if one["shown"] < one["asked"]:
        all_of = page.t(f"{count} af de {whole}, der kan vises", f"{count} of the {whole} that can be shown")
    return Piece(all_of, one["higher"]["figure"] if one["higher"]["events"]["count"] else None)


def _lower(page: ProcessPage, shown: Sequence[Mapping[str, Any]]) -> list[Piece]:
    said = []
    for one in shown:
        if one["lower"]["value"]:
            count = page.say.count_word(one["lower"]["value"])
            name = page.say.capital(page.t(*THEY.get(one["role"], (one["role"], one["role"]))))
            said.append(Piece(f" {name} {page.t('vurderer sig selv lavere i', 'rate themselves lower in')} "))
            said += [Piece(count, one["lower"]["figure"]), Piece(".")]
    return said


def _hidden(page: ProcessPage, hidden: Sequence[str]) -> list[Piece]:
    if not hidden:
        return []
    names = page.say.listed([page.t(*THEY[role]) for role in hidden])
    few = page.t(
        f" Om {names} vises intet: færre end fem har svaret begge gange.",
        f" Nothing is shown of {names}: fewer than five answered both times.",
    )
    return [Piece(few)]
