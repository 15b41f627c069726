"""Beside people's own answers: what the other sources say of each competence and role, the passages, and the measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from service.charts.dumbbell import role_name, told
from service.web.page import ProcessPage

Cell = Mapping[str, Any]
SOURCES: Final = {
    "self": ("Egne svar", "Own answers"),
    "observer": ("Set udefra", "Seen from outside"),
    "behaviour": ("Det, de gør", "What they do"),
    "text": ("Det, de skriver", "What they write"),
}
SAYS: Final = {
    "up": ("højere", "higher"),
    "down": ("lavere", "lower"),
    "unclear": ("for usikkert", "too uncertain"),
    "silent": ("intet registreret", "nothing recorded"),
    "withheld": ("vises ikke", "not shown"),
}
VERDICTS: Final = {
    "converge": ("Peger samme vej", "They point the same way"),
    "contradict": ("Siger hinanden imod", "They contradict one another"),
    "unclear": ("For usikkert at sige", "Too uncertain to say"),
    "silent": ("Kun deres egne svar", "Their own answers only"),
}
FLAGS: Final = {
    "layout-adjacent": ("nu og dengang side om side", "now and then side by side"),
    "instrument-changed": ("spørgsmålene blev ændret for nogle", "the questions changed for some"),
    "too-few-to-test": ("for få til en test", "too few to test"),
}
LEAST_P: Final = 0.0001
"""Below this a p is told as less than this."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number in words, the figure it opens, and what is said after it."""

    text: str
    figure: str | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """What one source says, with its means early and late where they are told."""

    name: str
    says: str
    word: str
    early: Number | None = None
    late: Number | None = None
    of: str = ""
    """Over how many people, and per what."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One competence in one role: what each source says, and what they say together."""

    competence: str
    role: str
    verdict: str
    word: str
    sources: tuple[Source, ...]


def title_of(cell: Cell, lang: str) -> str:
    """Return what a competence is called; its id where no framework says."""
    return str(cell["title"][lang] if cell["title"] else cell["competence"])


def compared_sources(page: ProcessPage, cells: Sequence[Cell]) -> list[Compared]:
    """Return what the sources say of each competence and role that is shown, contradictions first."""
    found = [
        Compared(
            title_of(cell, page.lang),
            cell["role"],
            cell["strands"]["verdict"],
            page.t(*VERDICTS[cell["strands"]["verdict"]]),
            tuple(_source(page, name, cell["strands"][name]) for name in SOURCES),
        )
        for cell in cells
        if "strands" in cell
    ]
    return sorted(found, key=lambda one: one.verdict != "contradict")


def _source(page: ProcessPage, name: str, strand: Mapping[str, Any]) -> Source:
    early, late = (number_of(page, strand.get(side), 1) for side in ("early", "late"))
    return Source(
        page.t(*SOURCES[name]), strand["says"], page.t(*SAYS[strand["says"]]), early, late, _over(page, strand)
    )


def _over(page: ProcessPage, strand: Mapping[str, Any]) -> str:
    """Return over how many people a source speaks and, of what is counted, that it is per gathering, and of how many."""
    held = strand.get("gatherings")
    n = f"n = {page.say.number(strand['n'])}" if "n" in strand else ""
    if held is None:
        return n
    first, last = (page.say.number(held[side]) for side in ("early", "late"))
    return page.t(
        f"pr. samling, {n}; {first} og {last} samlinger", f"per gathering, {n}; {first} and {last} gatherings"
    )


def number_of(page: ProcessPage, figure: Mapping[str, Any] | None, places: int) -> Number | None:
    """Return a figure with so many decimals; None where there is none."""
    if figure is None:
        return None
    return Number(page.say.number(f"{figure['value'] + 0:.{places}f}"), figure["figure"])


# ------------------------------------------------------------------ behind the lines
@dataclass(frozen=True, slots=True)
class Drawer:
    """What lies behind the lines of one competence: a sentence a role, and the passages read as it."""

    sentences: tuple[tuple[str, Number], ...]
    passages: tuple[Mapping[str, Any], ...]


def drawers(page: ProcessPage, data: Mapping[str, Any]) -> dict[str, Drawer]:
    """Return what lies behind the lines of each competence, by its title."""
    refs = {cell["competence"]: title_of(cell, page.lang) for cell in data["cells"]}
    return {
        title: Drawer(
            tuple(
                (role_name(cell["role"], page.lang), _in_words(page, cell))
                for cell in data["cells"]
                if cell["competence"] == ref and cell["gain"]
            ),
            tuple(_quoted(data["passages"], ref)),
        )
        for ref, title in refs.items()
    }


def _in_words(page: ProcessPage, cell: Cell) -> Number:
    """Return how many are paired, of how many; how many went up and down; and what to beware of."""
    change = cell["gain"]["change"]
    of = page.t("af", "of")
    asked = f" {of} {page.say.number(cell['eligible']['value'])}" if cell["eligible"] else ""
    counted = told(cell["counts"], page.lang)
    said = page.t(f"{asked} spurgte har svaret både før og efter", f"{asked} asked answered both before and after")
    if cell["counts"] is None:
        counted = page.t(
            "hvor mange der gik op og ned, vises ikke: en af grupperne er for lille",
            "how many went up and down is not shown: one of the groups is too small",
        )
    beware = "".join(f" {page.say.capital(page.t(*FLAGS[flag]))}." for flag in cell["flags"])
    return Number(page.say.number(change["n"]), change["figure"], f"{said}: {counted}.{beware}")


def _quoted(passages: Sequence[Mapping[str, Any]], competence: str) -> Iterator[dict[str, Any]]:
    """Yield the passages read as a competence with their words, once however many coders read one alike."""
    names = ("entry", "start", "end", "code")
    alike = {tuple(one[name] for name in names): one for one in passages if one["competence"] == competence}
    for one in alike.values():
        yield {**one, "words": one["text"][one["start"] : one["end"]] if one["text"] else None}


def without_passages(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer without the passages: what a page does not show, nobody has read."""
    return {**data, "passages": []}


# ------------------------------------------------------------------ measures
def measured(page: ProcessPage, cells: Sequence[Cell]) -> list[tuple[str, str, list[Number]]]:
    """Return the measures of each change that is shown: whose, of what, and the numbers in the order of `MEASURES`."""
    return [
        (title_of(cell, page.lang), role_name(cell["role"], page.lang), [write(page, cell) for _, write in MEASURES])
        for cell in cells
        if cell["gain"]
    ]


def _size(name: str) -> Callable[[ProcessPage, Cell], Number]:
    return lambda page, cell: number_of(page, cell["gain"]["sizes"][name], 2) or Number("–")


def _g(page: ProcessPage, cell: Cell) -> Number:
    found = number_of(page, cell["gain"]["sizes"]["g_z"], 2)
    return replace(found, after=f"(df {cell['gain']['sizes']['df']})") if found else Number("–")


def _p(page: ProcessPage, cell: Cell) -> Number:
    ranks = cell["gain"]["ranks"]
    if ranks is None:
        return Number(page.t(*SAYS["withheld"]))
    found = number_of(page, ranks["p"], 4)
    changed = page.t(f"{ranks['changed']} ændrede sig", f"{ranks['changed']} changed")
    if found is None:
        return Number(page.t(f"for få til en test ({changed})", f"too few to test ({changed})"))
    how = page.t("eksakt", "exact") if ranks["exact"] else page.t("normalfordeling", "normal")
    least = page.say.number(LEAST_P)
    text = f"< {least}" if ranks["p"]["value"] < LEAST_P else found.text
    return replace(found, text=text, after=f"({how}, {changed})")


def _rank_biserial(page: ProcessPage, cell: Cell) -> Number:
    ranks = cell["gain"]["ranks"]
    if ranks is None:
        return Number(page.t(*SAYS["withheld"]))
    return number_of(page, ranks["rank_biserial"], 2) or Number("–")


def _response(page: ProcessPage, cell: Cell) -> Number:
    if cell["response"] is None:
        return Number(page.t("ikke registreret", "not recorded"))
    n = cell["gain"]["change"]["n"]
    return Number(
        page.t(f"{n} af {cell['eligible']['value']}", f"{n} of {cell['eligible']['value']}"), cell["response"]["figure"]
    )


def _told_of(page: ProcessPage, cell: Cell) -> Number:
    method = cell["gain"]["method"]
    names = [{"t": "t", "bca": "BCa"}[method["name"]]] if method else []
    return Number(" · ".join([*names, *(page.t(*FLAGS[flag]) for flag in cell["flags"])]) or "–")


MEASURES: Final[tuple[tuple[tuple[str, str], Callable[[ProcessPage, Cell], Number]], ...]] = (
    (("Par af spurgte", "Pairs of those asked"), _response),
    (("d_z", "d_z"), _size("d_z")),
    (("d_av", "d_av"), _size("d_av")),
    (("Hedges g", "Hedges’ g"), _g),
    (("Wilcoxon, p", "Wilcoxon, p"), _p),
    (("Rang-biseriel", "Rank-biserial"), _rank_biserial),
    (("Interval og forbehold", "Interval and caveats"), _told_of),
)
