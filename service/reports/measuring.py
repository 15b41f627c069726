"""What people said of their own competences and of one another, before and after: charts, tables, and what is not shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from domain.assessing import AssessmentRoundOpened, SelfAssessmentSubmitted
from domain.relating import RelationDeclared, RelationshipWaveOpened
from service.charts.dumbbell import dumbbell, role_name
from service.charts.map_of import map_of, places_of
from service.charts.map_paper import map_paper
from service.charts.paper import paper
from service.reports.content import Block, Heading, Line, Paragraph, Picture, Run, Withheld
from service.reports.material import Material, Node
from service.reports.tables import Cell, absent, table
from service.words import capitalised, count_word, label, number, plural, role_word, share

UPLIFT: Final = "competence-uplift"
MAP: Final = "relationship-map"


def figure_of(m: Material, projection: str, found: Any, what: str, shown: str | None = None) -> Run:
    """Return a figure of an answer that may withhold it."""
    if isinstance(found, Mapping) and "value" in found:
        return m.figure(projection, dict(found), what, shown)
    return Withheld()


# ------------------------------------------------------------------ competences
def competences(m: Material) -> list[Block]:
    """Return who answered, and how people rated themselves before and after."""
    t, found = m.t, m.answers[UPLIFT]
    title = Heading(t("Kompetencer før og efter", "Competences before and after"))
    if not found["rounds"]:
        said = (
            "ingen er spurgt, hvordan de vurderer egne kompetencer, hverken før eller efter.",
            "nobody was asked how they rate their own competences, before or after.",
        )
        return [title, absent(m, *said, AssessmentRoundOpened, SelfAssessmentSubmitted)]
    caution = t(
        "Angivet, ikke bevist. Tallene er deltagernes egne svar om sig selv. De viser ikke, at forløbet var årsagen.",
        "Stated, not proven. The figures are the participants’ own answers about themselves. They do not show that the process was the cause.",
    )
    return [title, *_higher(m, found), Paragraph((caution,)), *_changes(m, found), *_responses(m, found)]


def _higher(m: Material, found: Node) -> list[Block]:
    """Say in one sentence a role in how many competences its people rate themselves higher."""
    lines = [
        (
            f"{role_name(one['role'], m.language)}{m.t(' vurderer sig selv højere i ', ' rate themselves higher in ')}",
            figure_of(
                m,
                UPLIFT,
                one["higher"],
                m.t("Kompetencer, hvor de vurderer sig højere: ", "Competences rated higher: ")
                + role_name(one["role"], m.language),
                count_word(one["higher"]["value"], m.language),
            ),
            m.t(
                f" af {count_word(one['shown'], 'da')} {plural(one['shown'], 'kompetence', 'kompetencer')}, der kan vises. ",
                f" of {count_word(one['shown'], 'en')} {plural(one['shown'], 'competence', 'competences')} that can be shown. ",
            ),
        )
        for one in found["roles"]
        if one["shown"]
    ]
    line: Line = tuple(run for part in lines for run in part)
    return [Paragraph(line)] if line else []


def _changes(m: Material, found: Node) -> list[Block]:
    """Return the chart and the table that says the same, each change with its trail."""
    t, cells = m.t, found["cells"]
    if not cells:
        return []
    chart = dumbbell(found, m.language)
    legend = t(
        "Hul: før · fyldt: efter · bred streg: usikkerhed (95 %).",
        "Hollow: before · filled: after · wide bar: uncertainty (95%).",
    )
    if chart.points:
        legend += t(
            " Små prikker: én person hver, når mindst ti har svaret.",
            " Small dots: one person each, where at least ten answered.",
        )
    if chart.most:
        legend += t(f" Højst {chart.most} på hvert sted.", f" At most {chart.most} at each place.")
    note = t(
        "Par: de samme personer, begge gange. Vises ikke: færre end fem har svaret både før og efter.",
        "Pairs: the same people both times. Not shown: fewer than five answered both before and after.",
    )
    rows = [
        [m.cell(*words[:1]), m.cell(words[1]), *_numbers(m, cell, words)]
        for cell, words in zip(cells, chart.table.rows, strict=True)
    ]
    header = chart.table.header[:7]
    return [
        Picture(paper(chart), chart.description),
        Paragraph((legend,), "small"),
        table(m, chart.title, header, rows, (1.7, 1.6, 0.6, 0.8, 0.8, 1.7, 1.6), note),
    ]


def _numbers(m: Material, cell: Node, words: tuple[str, ...]) -> list[Cell]:
    if cell["gain"] is None:
        return [((Withheld(),),)] * 5
    what = f"{m.t('Ændring', 'Change')}, {words[0]}: {words[1].lower()}"
    change = figure_of(m, UPLIFT, cell["gain"]["change"], what, words[5])
    return [*(m.cell(word) for word in words[2:5]), ((change,),), m.cell(words[6])]


def _responses(m: Material, found: Node) -> list[Block]:
    t = m.t
    header = (
        t("Runde", "Round"),
        t("Hvem", "Who"),
        t("Spurgt", "Asked"),
        t("Svaret", "Answered"),
        t("Svarprocent", "Rate"),
    )
    rows = [_response_row(m, one, part) for one in found["rounds"] for part in one["response"]]
    if not rows:
        return []
    few = any(one["withheld"] for one in found["rounds"])
    note = t("Roller med færre end fem vises ikke.", "Roles with fewer than five are not shown.") if few else None
    name = t("Hvem svarede", "Who answered")
    return [table(m, name, header, rows, (1.2, 1.6, 0.9, 1.9, 1.2), note)]


def _response_row(m: Material, one: Node, part: Node) -> list[Cell]:
    moment, who = capitalised(label(one["moment"], m.language)), role_name(part["role"], m.language)
    what = f"{m.t('Svaret', 'Answered')}, {moment.lower()}: {who.lower()}"
    asked, answered = part["asked"], part["answered"]
    return [
        m.cell(moment),
        m.cell(who),
        m.cell(number(asked["value"], m.language) if asked else None),
        ((figure_of(m, UPLIFT, answered, what),),),
        m.cell(share(answered["value"], asked["value"], m.language) if asked and asked["value"] else None),
    ]


# ------------------------------------------------------------------ relations
def relations(m: Material) -> list[Block]:
    """Return the ties across roles, the first time and the last, and who was not heard."""
    t, found = m.t, m.answers[MAP]
    title = Heading(t("Relationer", "Relations"))
    if not found["waves"]:
        said = ("ingen er spurgt, hvem de har med at gøre.", "nobody was asked whom they have to do with.")
        return [title, absent(m, *said, RelationshipWaveOpened, RelationDeclared)]
    drawn = [one for one in found["maps"] if one["kind"] == found["kinds"][0]] if found["kinds"] else []
    if not drawn:
        few = t("Kortet tegnes, når mindst fem har svaret.", "The map is drawn when at least five have answered.")
        return [title, Paragraph((few,)), *_waves(m, found)]
    return [title, *_across(m, found, drawn), *_map(m, found, drawn), *_matrix(m, drawn[-1]), *_waves(m, found)]


def _map(m: Material, found: Node, drawn: list[Node]) -> list[Block]:
    """Return the map of the last wave; a sentence where too few are behind every tie."""
    places, name = places_of(found["nodes"], m.language), _wave_name(m, drawn[-1]["wave"])
    said = m.t(
        f"Kort over forbindelser mellem {len(places)} grupper og roller, {name}. Tallene står i tabellen.",
        f"Map of ties between {len(places)} groups and roles, {name}. The numbers are in the table.",
    )
    picture = map_of(places, drawn, drawn[-1], said)
    if picture is None:
        few = m.t(
            "Kortet tegnes ikke: bag hver forbindelse mellem to grupper står færre end fem.",
            "The map is not drawn: behind each tie between two groups there are fewer than five.",
        )
        return [Paragraph((few,), "small")]
    legend = (
        m.t("Bredere streg: flere forbindelser.", "A wider line: more ties.")
        if found["apart"]
        else m.t(
            "Grå: fandtes første gang · mørk: ny siden · prikket: ophørt. Bredere streg: flere forbindelser.",
            "Grey: was there the first time · dark: new since · dotted: ended. A wider line: more ties.",
        )
    )
    return [Picture(map_paper(picture), said, 0.9), Paragraph((legend,), "small")]


def _wave_name(m: Material, ref: str) -> str:
    wave = next(one for one in m.answers[MAP]["waves"] if one["id"] == ref)
    when = m.date(wave["when"])
    return when if isinstance(when, str) else ref


def _across(m: Material, found: Node, drawn: list[Node]) -> list[Block]:
    lines: list[Run] = []
    for one in (drawn[0], drawn[-1])[: len(drawn)]:
        what = m.t("Forbindelser på tværs af roller, ", "Ties across roles, ") + _wave_name(m, one["wave"])
        across = figure_of(m, MAP, one["across"], what)
        every = figure_of(m, MAP, one["ties"], m.t("Forbindelser, ", "Ties, ") + _wave_name(m, one["wave"]))
        lines += [
            _wave_name(m, one["wave"]),
            m.t(": på tværs af roller ", ": across roles "),
            across,
            m.t(" af i alt ", " of "),
            every,
            m.t(". ", " in all. "),
        ]
    kind = label(drawn[0]["kind"], m.language)
    over = (
        m.t(
            "Hver runde er regnet over dem, der svarede den gang. Hvad der er nyt eller ophørt, vises ikke: nogle få svarede kun den ene gang, og deres svar kunne regnes ud.",
            "Each wave is over those who answered it. What is new or has ended is not shown: a few answered only one of them, and their answers could be worked out.",
        )
        if found["apart"]
        else m.t(
            "Tallene er regnet over dem, der svarede hver gang.", "The figures are over those who answered every time."
        )
    )
    said = m.t(
        f"Der er spurgt, hvem man {kind}. {over} At have været til samme samling tæller ikke som en relation.",
        f"People were asked about this tie: {kind}. {over} Coming to the same gathering is no tie.",
    )
    return [Paragraph(tuple(lines)), Paragraph((said,), "small")]


def _matrix(m: Material, last: Node) -> list[Block]:
    t = m.t
    header = (
        t("Mellem", "Between"),
        t("Første gang", "First time"),
        t("Sidste gang", "Last time"),
        t("Mulige", "Possible"),
    )
    rows = [
        [
            m.cell(f"{role_name(cell['from'], m.language)} – {role_word(cell['to'], 2, m.language)}"),
            *(((figure_of(m, MAP, cell[name], _cell_what(m, cell, name)),),) for name in ("first", "now")),
            m.cell(number(cell["possible"], m.language)) if isinstance(cell["possible"], int) else ((Withheld(),),),
        ]
        for cell in last["matrix"]
    ]
    note = t(
        "Vises ikke: færre end fem forbindelser, eller så få, at tallet kunne regnes ud.",
        "Not shown: fewer than five ties, or so few that the number could be worked out.",
    )
    return [table(m, t("Forbindelser mellem roller", "Ties between roles"), header, rows, (2.6, 2, 2, 1), note)]


def _cell_what(m: Material, cell: Node, name: str) -> str:
    when = m.t("første gang", "first time") if name == "first" else m.t("sidste gang", "last time")
    sides = f"{role_word(cell['from'], 2, m.language)} – {role_word(cell['to'], 2, m.language)}"
    return m.t(f"Forbindelser, {when}: {sides}", f"Ties, {when}: {sides}")


def _waves(m: Material, found: Node) -> list[Block]:
    t = m.t
    header = (
        t("Spurgt den", "Asked on"),
        t("Spurgt", "Asked"),
        t("Svaret", "Answered"),
        t("Svarede “ingen endnu”", "Answered “none yet”"),
    )
    rows = []
    for wave in found["waves"]:
        name = _wave_name(m, wave["id"])
        answered = figure_of(m, MAP, wave["answered"], m.t("Svarede om relationer, ", "Answered about ties, ") + name)
        none = figure_of(m, MAP, wave["none"], m.t("Svarede “ingen endnu”, ", "Answered “none yet”, ") + name)
        asked = number(wave["asked"]["value"], m.language) if wave["asked"] else None
        rows.append([m.cell(name), m.cell(asked), ((answered,),), ((none,),)])
    note = t(
        "Den, der ikke svarede, er ikke en uden relationer.",
        "Somebody who did not answer is not somebody without ties.",
    )
    return [table(m, t("Hvem blev spurgt", "Who was asked"), header, rows, (2, 0.9, 2, 2.2), note)]
