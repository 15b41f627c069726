"""What was reached: goals and their signs, results, and what did not succeed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from domain.acting import ActionAbandoned, ObstacleMet, ProductDelivered, ProjectLaunched, ProjectStopped
from domain.deciding import DecisionSuperseded, DissentRecorded
from domain.gathering import GatheringCancelled
from domain.harvesting import EvidenceLinked, OutcomeHarvested, OutcomeRejected, Sign
from domain.kernel import Envelope
from domain.organising import ObjectiveDefined
from service.reports.content import Block, Heading, Line, Paragraph, Run, Table, Unrecorded
from service.reports.material import Material, Node
from service.reports.opening import FRONT_GOALS, goals_sentence, short_line, shortened, waiting_sentence
from service.reports.tables import absent, actor, places, places_of, table, when_of
from service.words import capitalised, count_word, label, listed, number, status_label

ORDER: Final = {"strong": 0, "stated": 1, "silent": 2}
NAMED: Final = 8
"""So many titles stand in one sentence; the rest are counted."""


# ------------------------------------------------------------------ goals
def legend(m: Material) -> str:
    """Say what strong, stated and silent mean."""
    return m.t(
        "Belæg: stærkt = bekræftet af mindst én uden for forløbet · angivet = nogen siger det, ikke bekræftet udefra"
        " · tavst = intet registreret.",
        "Evidence: strong = confirmed by at least one from outside the process · stated = somebody says so, not confirmed"
        " from outside · silent = nothing recorded.",
    )


def goals_short(m: Material) -> list[Block]:
    """Return the goals and what became of them, short enough for the first page."""
    goals = list(enumerate(m.answers["goals"]["goals"], 1))
    if not goals:
        return [
            absent(m, "logbogen har ingen mål for forløbet.", "the log has no goals of the process.", ObjectiveDefined)
        ]
    chosen = sorted(goals, key=lambda item: (ORDER[item[1]["strength"]], item[0]))[:FRONT_GOALS]
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
            ((status_label(goal["strength"], m.language),),),
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
    t, found = m.t, m.answers["goals"]
    if not found["goals"]:
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
    rows = [_goal_row(m, at, goal) for at, goal in enumerate(found["goals"], 1)]
    name = t("Målopfyldelse", "Goals and what was reached")
    blocks: list[Block] = [Paragraph(goals_sentence(m))]
    blocks.append(table(m, name, header, rows, (0, 2.6, 1.3, 1.3, 1.3, 2.2, 0), legend(m)))
    return [*blocks, *_baselines(m)]


def _goal_row(m: Material, at: int, goal: Node) -> list[tuple[Line, ...]]:
    indicators = [one["id"] for one in goal["indicators"]]
    before = [one for one in m.answers["goals"]["baselines"] if one["indicator_id"] in indicators]
    return [
        ((str(at),),),
        m.cell(goal["text"]),
        m.cell(*(one["text"] for one in goal["criteria"])),
        tuple(_indicator(m, one) for one in goal["indicators"]) or m.cell(),
        tuple(_baseline(m, one) for one in before) or m.cell(),
        (_reached_count(m, at, goal),),
        ((status_label(goal["strength"], m.language),),),
    ]


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
    t, found = m.t, [one for one in m.answers["goals"]["baselines"] if not one["indicator_id"]]
    if not found:
        return []
    header = (t("Hvornår", "When"), t("Sådan var det før", "How it was before"), t("Kilde", "Source"), t("Nr.", "No."))
    rows = [
        (((m.date(one["when"]),),), (_baseline(m, one),), m.cell(one["source"]), places(m, "goals", one["entries"]))
        for one in found
    ]
    name = t("Sådan var det før, uden målepunkt", "How it was before, without an indicator")
    return [Heading(name), table(m, name, header, rows, (1.2, 3.6, 2.0, 0.6))]


# ------------------------------------------------------------------ results
def results(m: Material) -> list[Block]:
    """Return observed changes, projects, products and claims, each with whose eyes saw it."""
    return [*_outcomes(m), *_projects(m), *_claims(m)]


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
    t, claims = m.t, m.answers["goals"]["claims"]
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
        "Det siger andre om forløbet. For og imod er de registreringer, nogen har knyttet til påstanden.",
        "This is what others say of the process. For and against are the entries somebody linked to the claim.",
    )
    return [Heading(name), Paragraph((said,)), table(m, name, header, rows, (1.4, 3.6, 0.9, 0.9, 0.5))]


def _claim_row(m: Material, one: Node) -> list[tuple[Line, ...]]:
    linked = [event for event in m.of(EvidenceLinked) if event.data.claim_id == one["id"]]

    def bearing(word: str) -> tuple[Line, ...]:
        events = [event for event in linked if event.data.bearing.value == word]
        what = m.t(f"Belæg {label(word, 'da')} påstanden {one['id']}", f"Evidence {word} claim {one['id']}")
        return ((m.count(events, what),),) if events else m.cell()

    return [
        m.cell(one["source"]),
        m.cell(one["text"]),
        bearing("for"),
        bearing("against"),
        places(m, "goals", one["entries"]),
    ]


# ------------------------------------------------------------------ what did not succeed
def setbacks(m: Material) -> list[Line]:
    """Return, one sentence each, what did not succeed or is not known to have; empty when nothing of the kind is recorded."""
    found = [
        _abandoned(m),
        _overdue(m),
        _silent_goals(m),
        _cancelled(m),
        _stopped(m),
        _disputed(m),
        _rejected(m),
        _worse(m),
    ]
    return [line for line in [*found, _replaced(m), waiting_sentence(m)] if line]


def setbacks_short(m: Material) -> list[Block]:
    """Return the first of those sentences as one paragraph for the first page."""
    lines = setbacks(m)[:3]
    runs: list[Run] = []
    for line in lines or [_nothing_failed(m)]:
        runs += [" ", *line] if runs else line
    return [Paragraph(tuple(runs))]


def failures(m: Material) -> list[Block]:
    """Return what did not succeed, with the reasons people gave and what they learned."""
    lines = setbacks(m)
    blocks: list[Block] = [Paragraph(line) for line in lines] or [Paragraph(_nothing_failed(m))]
    blocks += [*_stopped_actions(m), *_obstacles(m), *_dissent(m), *_rejections(m)]
    if lines:
        said = m.t(
            "Listen bygger på det, der er skrevet ned. At noget ikke står her, viser ikke, at det lykkedes.",
            "The list rests on what was written down. That something is not on it does not show that it succeeded.",
        )
        blocks.append(Paragraph((said,), "small"))
    return blocks


def _nothing_failed(m: Material) -> Line:
    return (
        Unrecorded(),
        m.t(
            ": ingen har skrevet ned, at noget ikke lykkedes. Det betyder ikke, at alt lykkedes.",
            ": nobody has noted that anything did not succeed. It does not mean that everything did.",
        ),
    )


def _titles(m: Material, found: Sequence[Any]) -> str:
    names = [shortened(one, 40) if isinstance(one, str) else m.t("uden titel", "untitled") for one in found]
    if len(names) > NAMED:
        left = len(names) - NAMED
        names = [*names[:NAMED], m.t(f"{number(left, 'da')} til", f"{number(left, 'en')} more")]
    return listed(names, m.language)


def _noun(m: Material, count: int, da: tuple[str, str], en: tuple[str, str]) -> str:
    at = 0 if count == 1 else 1
    return m.t(da[at], en[at])


def _abandoned(m: Material) -> Line:
    found = [one for one in m.answers["actions"]["actions"] if one["status"] == "abandoned"]
    if not found:
        return ()
    figure = m.answers["actions"]["by_status"]["abandoned"]
    shown = count_word(len(found), m.language)
    stopped = m.figure("actions", figure, m.t("Handlinger, standset", "Actions stopped"), shown)
    noun = _noun(m, len(found), (" handling", " handlinger"), (" action was", " actions were"))
    tail = m.t(f"{noun}: ", f"{noun} stopped: ") + _titles(m, [one["title"] for one in found]) + "."
    return (m.t("Der blev standset ", "In all "), stopped, tail)


def _overdue(m: Material) -> Line:
    found = [one for one in m.answers["actions"]["actions"] if one["late"]]
    if not found:
        return ()
    what = m.t("Handlinger over tiden", "Actions past their day")
    late = m.figure("actions", m.answers["actions"]["late"], what, count_word(len(found), m.language))
    noun = _noun(m, len(found), (" handling", " handlinger"), (" action", " actions"))
    said = m.t(
        f"{noun} er fristen gået, uden at det er registreret, at de blev færdige: ",
        f"{noun} the day has passed and it is not recorded that they were finished: ",
    )
    if len(found) == 1:
        said = said.replace("at de blev færdige", "at den blev færdig").replace("they were finished", "it was finished")
    return (m.t("For ", "For "), late, said + _titles(m, [one["title"] for one in found]) + ".")


def _silent_goals(m: Material) -> Line:
    goals = [goal for goal in m.answers["goals"]["goals"] if goal["strength"] == "silent"]
    ids = {goal["id"] for goal in goals}
    events = [event for event in m.of(ObjectiveDefined) if event.data.objective_id in ids]
    if not events:
        return ()
    what = m.t("Mål uden registreret ændring", "Goals without a recorded change")
    shown = count_word(len(goals), m.language, neuter=True)
    silent = m.total(len(goals), events, what, shown)
    return (
        m.t("Under ", "Under "),
        silent,
        m.t(
            " mål er der ikke registreret nogen ændring.", " goal" + "s" * (len(goals) > 1) + " no change is recorded."
        ),
    )


def _simple(
    m: Material, events: list[Envelope], what: tuple[str, str], da: tuple[str, str], en: tuple[str, str]
) -> Line:
    """Return "Der er registreret to aflyste samlinger." for entries of one kind."""
    if not events:
        return ()
    figure = m.count(events, m.t(*what), count_word(len(events), m.language))
    return (m.t("Der er registreret ", "The log holds "), figure, _noun(m, len(events), da, en) + ".")


def _cancelled(m: Material) -> Line:
    words = (" aflyst samling", " aflyste samlinger"), (" cancelled gathering", " cancelled gatherings")
    return _simple(m, m.of(GatheringCancelled), ("Samlinger aflyst", "Gatherings cancelled"), *words)


def _stopped(m: Material) -> Line:
    words = (" standset projekt", " standsede projekter"), (" stopped project", " stopped projects")
    return _simple(m, m.of(ProjectStopped), ("Projekter standset", "Projects stopped"), *words)


def _rejected(m: Material) -> Line:
    words = (" ændring, der viste sig ikke at holde", " ændringer, der viste sig ikke at holde")
    english = (" change that did not hold on a closer look", " changes that did not hold on a closer look")
    return _simple(m, m.of(OutcomeRejected), ("Ændringer afvist", "Changes rejected"), words, english)


def _worse(m: Material) -> Line:
    events = [event for event in m.of(OutcomeHarvested) if event.data.sign is Sign.NEGATIVE]
    words = (" ændring til det værre", " ændringer til det værre"), (" change for the worse", " changes for the worse")
    return _simple(m, events, ("Ændringer til det værre", "Changes for the worse"), *words)


def _replaced(m: Material) -> Line:
    words = (" beslutning, der siden blev afløst", " beslutninger, der siden blev afløst")
    english = (" decision that was later replaced", " decisions that were later replaced")
    return _simple(m, m.of(DecisionSuperseded), ("Beslutninger afløst", "Decisions replaced"), words, english)


def _disputed(m: Material) -> Line:
    words = (" indsigelse mod en beslutning", " indsigelser mod beslutninger")
    english = (" disagreement with a decision", " disagreements with decisions")
    return _simple(
        m, m.of(DissentRecorded), ("Uenighed om beslutninger", "Disagreement with decisions"), words, english
    )


def _stopped_actions(m: Material) -> list[Block]:
    t, found = m.t, [one for one in m.answers["actions"]["actions"] if one["status"] == "abandoned"]
    if not found or not m.of(ActionAbandoned):
        return []
    header = (t("Standset", "Stopped"), t("Hvorfor", "Why"), t("Det lærte vi", "What we learned"), t("Nr.", "No."))
    rows = [
        (m.cell(one["title"]), m.cell(one["reason"]), m.cell(one["learning"]), places(m, "actions", one["entries"]))
        for one in found
    ]
    name = t("Handlinger, der blev standset", "Actions that were stopped")
    return [Heading(name), table(m, name, header, rows, (1.6, 2.4, 2.4, 0.6))]


def _said(m: Material, events: list[Envelope], name: str, header: Sequence[str], cells: Any) -> list[Block]:
    if not events:
        return []
    rows = [[when_of(m, event), *cells(event), places_of([event])] for event in events]
    widths = (1.2, *([2.6] * (len(header) - 2)), 0.5)
    return [Heading(name), table(m, name, header, rows, widths)]


def _obstacles(m: Material) -> list[Block]:
    t = m.t
    titles = {one["id"]: one["title"] for one in m.answers["actions"]["actions"]}
    header = (t("Hvornår", "When"), t("Handling", "Action"), t("Forhindring", "Obstacle"), t("Nr.", "No."))

    def cells(event: Envelope) -> list[tuple[Line, ...]]:
        return [m.cell(titles.get(event.data.action_id)), m.cell(m.field(event, "obstacle"))]

    return _said(m, m.of(ObstacleMet), t("Forhindringer", "Obstacles"), header, cells)


def _dissent(m: Material) -> list[Block]:
    t = m.t
    questions = {one["id"]: one.get("question") for one in m.answers["decisions"]["decisions"]}
    header = (
        t("Hvornår", "When"),
        t("Beslutning", "Decision"),
        t("Hvem", "Who"),
        t("Uenighed", "Disagreement"),
        t("Nr.", "No."),
    )

    def cells(event: Envelope) -> list[tuple[Line, ...]]:
        who = actor(m, m.field(event, "by"))
        return [m.cell(questions.get(event.data.decision_id)), m.cell(who), m.cell(m.field(event, "text"))]

    return _said(m, m.of(DissentRecorded), t("Uenighed", "Disagreement"), header, cells)


def _rejections(m: Material) -> list[Block]:
    t = m.t
    header = (t("Hvornår", "When"), t("Hvorfor ændringen blev afvist", "Why the change was rejected"), t("Nr.", "No."))
    name = t("Afviste ændringer", "Rejected changes")
    return _said(m, m.of(OutcomeRejected), name, header, lambda event: [m.cell(m.field(event, "reason"))])


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
