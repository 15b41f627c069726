"""What was reached: goals and their signs, results, and what did not succeed."""

from __future__ import annotations

from typing import Any, Final

from domain.acting import ProductDelivered, ProjectLaunched
from domain.harvesting import OutcomeHarvested
from domain.kernel import Envelope
from domain.organising import ObjectiveDefined
from service.reports.content import Block, Heading, Line, Paragraph, Table, Unrecorded
from service.reports.material import Material, Node
from service.reports.measuring import competences, relations
from service.reports.sentences import FRONT_GOALS, goals_sentence, short_line
from service.reports.tables import absent, actor, places, places_of, table, when_of
from service.words import capitalised, count_word, label, number, status_label

ORDER: Final = {"strong": 0, "stated": 1, "silent": 2}


# ------------------------------------------------------------------ goals
def legend(m: Material) -> str:
    """Say what strong, stated and silent mean."""
    return m.t(
        "Belæg: stærkt = bekræftet af mindst én uden for forløbet, og ingen derfra er uenig · angivet = nogen siger det,"
        " eller logbogen har et tal, ikke bekræftet udefra · tavst = intet registreret.",
        "Evidence: strong = confirmed by at least one from outside the process, and denied by none there · stated = somebody"
        " says so, or the log has a figure, not confirmed from outside · silent = nothing recorded.",
    )


def _goals(m: Material) -> list[Node]:
    """Return each goal with the changes under it, what was agreed of it, and how strong the evidence is."""
    changes = {one["id"]: one["outcomes"] for one in m.answers["goals"]["goals"]}
    return [{**one, "outcomes": changes[one["id"]]} for one in m.answers["evidence"]["objectives"]]


def goals_short(m: Material) -> list[Block]:
    """Return the goals and what became of them, short enough for the first page."""
    goals = list(enumerate(_goals(m), 1))
    if not goals:
        return [
            absent(m, "logbogen har ingen mål for forløbet.", "the log has no goals of the process.", ObjectiveDefined)
        ]
    chosen = sorted(goals, key=lambda item: (ORDER[item[1]["grade"]], item[0]))[:FRONT_GOALS]
    t = m.t
    header = (
        t("Nr.", "No."),
        t("Mål", "Goal"),
        t("Aftalt tegn", "Agreed sign"),
        t("Opnået", "Reached"),
        t("Belæg", "Evidence"),
    )
    rows = [
        (
            ((str(at),),),
            (short_line(m, goal["text"]),),
            (short_line(m, goal["criteria"][0]["text"] if goal["criteria"] else None, 40),),
            (_reached_count(m, at, goal),),
            ((status_label(goal["grade"], m.language),),),
        )
        for at, goal in chosen
    ]
    left = len(goals) - len(chosen)
    more = t(
        f"{capitalised(count_word(left, 'da', neuter=True))} mål til står i afsnit 3. ",
        f"{capitalised(count_word(left, 'en'))} more in section 3. ",
    )
    name = t("Målene, og hvad der blev af dem", "The goals, and what became of them")
    return [Table(name, header, tuple(rows), (0, 3.4, 1.4, 2.0, 0), (more if left else "") + legend(m))]


def _changes(m: Material, goal: Node) -> list[Envelope]:
    ids = {one["id"] for one in goal["outcomes"]}
    return [event for event in m.of(OutcomeHarvested) if event.data.outcome_id in ids]


def _reached_count(m: Material, at: int, goal: Node) -> Line:
    events = _changes(m, goal)
    if not events:
        return m.line({"notshown": True}) if goal["outcomes"] else (Unrecorded(),)
    one = len(events) == 1
    noun = m.t(
        "observeret ændring" if one else "observerede ændringer", "observed change" if one else "observed changes"
    )
    what = m.t(f"Observerede ændringer under mål {at}", f"Observed changes under goal {at}")
    return (m.count(events, what), f" {noun}")


def goals(m: Material) -> list[Block]:
    """Return each goal with its sign, indicator, baseline, what was reached, and how well that is evidenced."""
    t, found = m.t, _goals(m)
    if not found:
        return [
            absent(m, "logbogen har ingen mål for forløbet.", "the log has no goals of the process.", ObjectiveDefined)
        ]
    header = (
        t("Nr.", "No."),
        t("Mål", "Goal"),
        t("Aftalt tegn på succes", "Agreed sign of success"),
        t("Målepunkt", "Indicator"),
        t("Sådan var det før", "How it was before"),
        t("Opnået", "Reached"),
        t("Belæg", "Evidence"),
    )
    rows = [_goal_row(m, at, goal) for at, goal in enumerate(found, 1)]
    name = t("Målopfyldelse", "Goals and what was reached")
    blocks: list[Block] = [Paragraph(goals_sentence(m))]
    blocks.append(table(m, name, header, rows, (0, 2.6, 1.3, 1.3, 1.3, 2.2, 0), legend(m)))
    return [*blocks, *_baselines(m)]


def _goal_row(m: Material, at: int, goal: Node) -> list[tuple[Line, ...]]:
    before = [baseline for one in goal["indicators"] for baseline in one["baselines"]]
    return [
        ((str(at),),),
        m.cell(goal["text"]),
        m.cell(*(one["text"] for one in goal["criteria"])),
        tuple(_indicator(m, one) for one in goal["indicators"]) or m.cell(),
        tuple(_baseline(m, one) for one in before) or m.cell(),
        (_reached_count(m, at, goal), *(_achieved(m, one) for one in goal["indicators"] if one["achieved"])),
        ((status_label(goal["grade"], m.language),),),
    ]


def _achieved(m: Material, one: Node) -> Line:
    """Return what the log's own count says of an indicator."""
    what = m.t("Logbogens tal for målepunktet: ", "The log’s count for the indicator: ") + str(one["title"])
    return (m.figure("evidence", one["achieved"], what), f" ({one['title']})")


def _indicator(m: Material, one: Node) -> Line:
    line: Line = m.line(one["title"])
    if isinstance(one.get("target"), str):
        unit = f" {one['unit']}" if isinstance(one.get("unit"), str) else ""
        line = (*line, m.t("; mål ", "; target ") + number(one["target"], m.language) + unit)
    return line


def _baseline(m: Material, one: Node) -> Line:
    if one["text"] is not None:
        return m.line(one["text"])
    if isinstance(one["value"], str):
        unit = f" {one['unit']}" if isinstance(one["unit"], str) else ""
        return (number(one["value"], m.language) + unit,)
    return m.line(one["value"])


def _baselines(m: Material) -> list[Block]:
    t, found = m.t, m.answers["evidence"]["baselines"]
    if not found:
        return []
    header = (t("Hvornår", "When"), t("Sådan var det før", "How it was before"), t("Kilde", "Source"), t("Nr.", "No."))
    rows = [
        (
            ((m.date(one.get("when")),),),
            (_baseline(m, one),),
            m.cell(one["source"]),
            places(m, "evidence", one["entries"]),
        )
        for one in found
    ]
    name = t("Sådan var det før, uden målepunkt", "How it was before, without an indicator")
    return [Heading(name), table(m, name, header, rows, (1.2, 3.6, 2.0, 0.6))]


# ------------------------------------------------------------------ results
def results(m: Material) -> list[Block]:
    """Return observed changes, competences, relations, projects and claims, each with whose eyes saw it."""
    return [*_outcomes(m), *competences(m), *relations(m), *_projects(m), *_claims(m)]


def _outcomes(m: Material) -> list[Block]:
    t, found = m.t, m.answers["goals"]
    numbered = [(str(at), one) for at, goal in enumerate(found["goals"], 1) for one in goal["outcomes"]]
    loose = [("", one) for one in found["other_outcomes"]]
    title = Heading(t("Observerede ændringer", "Observed changes"))
    if not numbered and not loose:
        return [title, absent(m, "ingen har skrevet en ændring ned.", "nobody has noted a change.", OutcomeHarvested)]
    header = (
        t("Hvornår", "When"),
        t("Hvem gør noget andet", "Who does something else"),
        t("Hvad er anderledes", "What is different"),
        t("Mål", "Goal"),
        t("Bekræftet udefra", "Confirmed from outside"),
        t("Nr.", "No."),
    )
    rows = [_outcome_row(m, at, one) for at, one in [*numbered, *loose]]
    opening = _outcomes_sentence(m, len(rows))
    caution = t(
        "Det skete under eller efter forløbet. Om det skete på grund af forløbet, kan rapporten ikke vise.",
        "It happened during or after the process. Whether because of it, the report cannot show.",
    )
    return [
        title,
        Paragraph(opening),
        table(m, title.text, header, rows, (1.1, 1.5, 3.0, 0, 1.0, 0.5)),
        Paragraph((caution,)),
    ]


def _outcomes_sentence(m: Material, listed_here: int) -> Line:
    t, events = m.t, m.of(OutcomeHarvested)
    if not events:
        return m.line({"notshown": True})
    rejected = len(events) - listed_here
    every = m.count(events, t("Observerede ændringer", "Observed changes"), count_word(len(events), m.language))
    noun = t(
        " observeret ændring" if len(events) == 1 else " observerede ændringer",
        " observed change" + "s" * (len(events) > 1),
    )
    tail = t("; de afviste står i afsnit 7.", "; those rejected stand in section 7.") if rejected > 0 else "."
    return (t("Der er registreret ", "The log holds "), every, noun, tail)


def _outcome_row(m: Material, at: str, one: Node) -> list[tuple[Line, ...]]:
    verdicts = [label(verdict, m.language) for verdict in one.get("verdicts", []) if isinstance(verdict, str)]
    return [
        ((m.date(one["when"]),),),
        m.cell(one.get("who")),
        m.cell(one.get("change")),
        ((at or m.t("intet mål", "no goal"),),),
        ((", ".join(verdicts),),) if verdicts else m.cell(),
        places(m, "goals", one["entries"]),
    ]


def _projects(m: Material) -> list[Block]:
    t, events = m.t, m.of(ProjectLaunched)
    title = Heading(t("Projekter, der voksede ud af forløbet", "Projects that grew out of the process"))
    if not events:
        return [title, absent(m, "logbogen har ingen projekter.", "the log has no projects.", ProjectLaunched)]
    header = (t("Hvornår", "When"), t("Projekt", "Project"), t("Gruppe", "Group"), t("Nr.", "No."))
    rows = [
        (when_of(m, event), m.cell(m.field(event, "title")), m.cell(_group(m, event)), places_of([event]))
        for event in events
    ]
    return [title, table(m, title.text, header, rows, (1.2, 3, 2, 0.5))]


def _group(m: Material, event: Envelope) -> Any:
    found = m.field(event, "group_id")
    return actor(m, {"kind": "group", "ref": found}) if isinstance(found, str) else found


def _claims(m: Material) -> list[Block]:
    t, claims = m.t, m.answers["claims"]["claims"]
    if not claims:
        return []
    header = (
        t("Hvem siger det", "Who says so"),
        t("Påstand", "Claim"),
        t("For", "For"),
        t("Imod", "Against"),
        t("Nr.", "No."),
    )
    rows = [_claim_row(m, one) for one in claims]
    name = t("Påstande om forløbet", "Claims about the process")
    said = t(
        "Det siger andre om forløbet. For og imod er de registreringer, nogen har knyttet til påstanden. En påstand, som"
        " intet taler for eller imod, er tavs.",
        "This is what others say of the process. For and against are the entries somebody linked to the claim. A claim"
        " that nothing speaks for or against is silent.",
    )
    return [Heading(name), Paragraph((said,)), table(m, name, header, rows, (1.4, 3.6, 0.9, 0.9, 0.5))]


def _claim_row(m: Material, one: Node) -> list[tuple[Line, ...]]:
    def bearing(word: str) -> tuple[Line, ...]:
        if one["stands"] == "silent":
            return ((status_label("silent", m.language),),)
        what = m.t(f"Belæg {label(word, 'da')} påstanden {one['id']}", f"Evidence {word} claim {one['id']}")
        found = one["counts"][word]
        return (
            ((m.figure("claims", found, what),),)
            if found["value"]
            else ((m.t("intet registreret", "nothing recorded"),),)
        )

    return [
        m.cell(one["source"]),
        m.cell(one["text"]),
        bearing("for"),
        bearing("against"),
        places(m, "claims", one["entries"]),
    ]


def products(m: Material) -> list[Block]:
    """Return the products that were delivered."""
    t, events = m.t, m.of(ProductDelivered)
    if not events:
        return [absent(m, "logbogen har ingen produkter.", "the log has no products.", ProductDelivered)]
    header = (
        t("Hvornår", "When"),
        t("Produkt", "Product"),
        t("Slags", "Kind"),
        t("Fingeraftryk", "Fingerprint"),
        t("Nr.", "No."),
    )
    rows = [
        (
            when_of(m, event),
            m.cell(m.field(event, "title")),
            m.cell(capitalised(label(event.data.kind.value, m.language))),
            m.cell(m.field(event, "sha256")),
            places_of([event]),
        )
        for event in events
    ]
    return [table(m, t("Produkter", "Products"), header, rows, (1.4, 2.6, 1, 2, 0.5))]
