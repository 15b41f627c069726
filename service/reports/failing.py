"""What did not succeed, or is not known to have: told with the same weight as what did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from domain.acting import ActionAbandoned, ObstacleMet, ProjectStopped
from domain.deciding import DecisionSuperseded, DissentRecorded
from domain.gathering import GatheringCancelled
from domain.harvesting import OutcomeHarvested, OutcomeRejected, Sign
from domain.kernel import Envelope
from domain.organising import ObjectiveDefined
from service.reports.content import Block, Heading, Line, Paragraph, Run, Unrecorded
from service.reports.material import Material
from service.reports.sentences import shortened, waiting_sentence
from service.reports.tables import actor, places, places_of, table, when_of
from service.words import count_word, listed, number

NAMED: Final = 8
"""So many titles stand in one sentence; the rest are counted."""


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
    goals = [goal for goal in m.answers["goals"]["goals"] if not goal["outcomes"]]
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
