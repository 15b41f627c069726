"""The dumbbell: hollow is before, filled is after, the pale bar how uncertain the change is, laid at *after*."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from projections.measures.paired import shown
from service import words
from service.charts.spec import Chart, Line, Mark, Meaning, Panel, Scale, Table

LANES: Final = 3
MOST: Final = 4 * LANES
"""So many marks at one place are as dark as they get; of a larger crowd no more would be seen, so no more are drawn."""


def scale_of(instrument: Mapping[str, Any] | None, lang: str) -> Scale:
    """Return the scale people answered on; from 1 to 5 where the source leaves it out."""
    found = (instrument or {}).get("scale")
    kept: Mapping[str, Any] = found if isinstance(found, Mapping) and "max" in found else {"min": 1, "max": 5}
    said = {one["level"]: one["text"][lang] for one in kept.get("labels") or ()}
    low, high = int(kept["min"]), int(kept["max"])
    steps = range(low, high + 1) if high - low <= 10 else (low, high)  # noqa: PLR2004 - more are not read
    ticks = tuple(((step - low) / (high - low), f"{step} {said.get(step, '')}".strip()) for step in steps)
    return Scale(words.Speech(lang)("svar", "answers"), low, high, ticks)


def dumbbell(data: Mapping[str, Any], lang: str, *, change: str = "gain") -> Chart:
    """Return the chart of before and after (or, with ``then_gain``, of then and now) per competence and role.

    Args:
        data: the answer of `competence-uplift`, opened or as the projection gives it.
        lang: the language of its words.
        change: which change is drawn: ``gain`` or ``then_gain``.
    """
    t = words.Speech(lang)
    cells = data["cells"]
    scale = scale_of(next(iter(data["instruments"]), None), lang)
    keys = dict.fromkeys(cell["competence"] for cell in cells)
    panels = tuple(_panel([cell for cell in cells if cell["competence"] == key], scale, lang, change) for key in keys)
    before = t("før", "before") if change == "gain" else t("dengang, set herfra", "then, seen from now")
    after = t("efter", "after") if change == "gain" else t("nu", "now")
    return Chart(
        title=f"{words.capitalised(before)} → {after}, {t('samme personer', 'the same people')}",
        description=_described(panels, lang),
        scale=scale,
        panels=panels,
        table=_table(cells, lang, change, (before, after)),
        points=any(cell["shown"] == "points" for cell in cells),
        most=MOST if change == "gain" and any(map(_crowded, cells)) else None,
    )


def _panel(cells: Sequence[Mapping[str, Any]], scale: Scale, lang: str, change: str) -> Panel:
    title = cells[0]["title"]
    lines = tuple(_line(cell, scale, lang, change) for cell in cells)
    return Panel(title[lang] if title else cells[0]["competence"], lines)


def _line(cell: Mapping[str, Any], scale: Scale, lang: str, change: str) -> Line:
    label, role = name_of(cell, lang), cell.get("role")
    found = cell[change]
    if found is None:
        return Line(label, role, (Mark(Meaning.WITHHELD, 0, 1),), withheld=too_few(lang))
    number = _of(found["change"])
    first, last = (scale.place(_of(found[end])["value"]) for end in ("first", "last"))
    marks = [
        *(_interval(found, scale)),
        Mark(Meaning.CHANGE, first, last),
        Mark(Meaning.FIRST, first),
        Mark(Meaning.LAST, last),
    ]
    points = _points(cell, scale) if change == "gain" and cell.get("points") else []
    return Line(
        label,
        role,
        (*points, *marks),
        count=f"{number['n']} {words.Speech(lang)('par', words.plural(number['n'], 'pair', 'pairs'))}",
        result=signed(number["value"], lang),
        detail=between(found["interval"], lang),
        figure=number["figure"],
    )


def name_of(cell: Mapping[str, Any], lang: str) -> str:
    """Return whose a cell is: a role, or a group by its title."""
    if "role" in cell:
        return role_name(cell["role"], lang)
    return str(cell.get("group_title") or cell.get("group") or "")


def role_name(role: str, lang: str) -> str:
    """Return a role's name in the plural, as charts, tables and headings say it."""
    return words.capitalised(words.role_word(role, 2, lang))


def _of(found: Any) -> dict[str, Any]:
    """Return a figure's value, n and key, opened or as the projection gives it."""
    if isinstance(found, Mapping):
        return {"value": found["value"], "n": found["n"], "figure": found["figure"]}
    return {"value": found.value, "n": found.n, "figure": found.key}


def _interval(found: Mapping[str, Any], scale: Scale) -> Iterable[Mark]:
    if found["interval"]:
        low, high = found["interval"]
        at = _of(found["first"])["value"]
        yield Mark(Meaning.INTERVAL, scale.place(at + low), scale.place(at + high))


def _crowded(cell: Mapping[str, Any]) -> bool:
    """Whether more people answered alike than are drawn at one place."""
    points = cell.get("points") or {}
    return any(max(Counter(points[side]).values(), default=0) > MOST for side in ("first", "last") if side in points)


def _points(cell: Mapping[str, Any], scale: Scale) -> list[Mark]:
    """Return the single answers; those at one place lie in lanes, so that a crowd looks like one."""
    marks = []
    for side, meaning in (("first", Meaning.POINT_FIRST), ("last", Meaning.POINT_LAST)):
        for number, many in sorted(Counter(cell["points"][side]).items()):
            at = scale.place(number)
            marks += [Mark(meaning, at, lane=one % LANES) for one in range(min(many, MOST))]
    return marks


# ------------------------------------------------------------------ words
def signed(number: float, lang: str) -> str:
    """Return +0,7 · −0,3 · 0,0: a change with its sign."""
    found = shown(number)
    return f"+{words.number(found, lang)}" if found > 0 else words.number(found, lang)


def between(interval: Sequence[float] | None, lang: str) -> str:
    """Return how uncertain a change is: mellem 0,5 og 0,8; in words where it cannot be worked out."""
    t = words.Speech(lang)
    if not interval:
        return t("usikkerheden kan ikke regnes ud", "the uncertainty cannot be worked out")
    low, high = (words.number(shown(end), lang) for end in interval)
    return t(f"mellem {low} og {high}", f"between {low} and {high}")


def too_few(lang: str) -> str:
    """Return why a line is not shown."""
    return words.Speech(lang)(
        "Vises ikke: færre end fem har svaret både før og efter.",
        "Not shown: fewer than five answered both before and after.",
    )


def _described(panels: Sequence[Panel], lang: str) -> str:
    """Return the chart in words, for whoever hears it."""
    said = []
    for panel in panels:
        lines = [
            f"{line.label}: {line.result} ({line.detail}, {line.count})"
            if line.result
            else f"{line.label}: {words.Speech(lang)('vises ikke', 'not shown')}"
            for line in panel.lines
        ]
        said.append(f"{panel.title}. {'; '.join(lines)}.")
    return " ".join(said)


def _table(cells: Sequence[Mapping[str, Any]], lang: str, change: str, ends: tuple[str, str]) -> Table:
    t = words.Speech(lang)
    header = (
        t("Kompetence", "Competence"),
        t("Hvem", "Who"),
        t("Par", "Pairs"),
        *(words.capitalised(end) for end in ends),
        t("Ændring", "Change"),
        t("Usikkerhed (95 %)", "Uncertainty (95%)"),
        t("Højere · samme · lavere", "Higher · same · lower"),
    )
    return Table(header, tuple(_row(cell, lang, change) for cell in cells))


def _row(cell: Mapping[str, Any], lang: str, change: str) -> tuple[str, ...]:
    title, found = cell["title"], cell[change]
    name = (title[lang] if title else cell["competence"], name_of(cell, lang))
    if found is None:
        return (*name, "", "", "", words.Speech(lang)("vises ikke", "not shown"), "", "")
    first, last = (words.number(shown(_of(found[end])["value"]), lang) for end in ("first", "last"))
    number = _of(found["change"])
    counted = told(cell.get("counts"), lang) if change == "gain" else ""
    return (
        *name,
        str(number["n"]),
        first,
        last,
        signed(number["value"], lang),
        between(found["interval"], lang),
        counted,
    )


COUNTED: Final = {
    "improved": ("højere", "higher"),
    "same": ("samme", "the same"),
    "declined": ("lavere", "lower"),
}


def told(counts: Sequence[Mapping[str, Any]] | None, lang: str) -> str:
    """Return how many went up, stayed and went down: 21 højere · 5 samme eller lavere."""
    t = words.Speech(lang)
    if counts is None:
        return t("vises ikke", "not shown")
    parts = []
    for part in counts:
        names = t(" eller ", " or ").join(t(*COUNTED[name]) for name in part["of"])
        parts.append(f"{_of(part['count'])['value']} {names}")
    return " · ".join(parts)
