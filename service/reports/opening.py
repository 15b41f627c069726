"""The opening of a closing report: what a mayor reads aloud, the course, the facts and the summary."""

from __future__ import annotations

from typing import Any

from domain.gathering import GatheringHeld
from domain.organising import ExpenditureRecorded, HoursLogged, InstalmentReceived
from service.reports.content import Block, Facts, Line, Paragraph, Run, Strong, Unrecorded
from service.reports.material import Material, Node
from service.reports.sentences import (
    actions_sentence,
    contributions_sentence,
    course_sentence,
    decisions_sentence,
    gaps_sentence,
    gatherings_sentence,
    goals_sentence,
    grant_amount,
    grant_of,
    grant_sentence,
    headcount,
    nothing_of,
    period_line,
    process_of,
    title_of,
)
from service.words import capitalised, day, label, money, span


def lead(m: Material) -> Paragraph:
    """Return the one paragraph a mayor can read aloud: computed, and true at the position."""
    sentences = [course_sentence(m), grant_sentence(m), actions_sentence(m), goals_sentence(m), gaps_sentence(m)]
    runs: list[Run] = []
    for sentence in sentences:
        runs += [" ", *sentence] if runs and sentence else sentence
    return Paragraph(tuple(runs), "lead")


# ------------------------------------------------------------------ facts
def short_facts(m: Material) -> Facts:
    """Return the eight facts of the first page."""
    t, grant, found = m.t, grant_of(m) or {}, process_of(m)
    rows: list[tuple[str, Line]] = [
        (t("Tilskud", "Grant"), (grant_amount(m),)),
        (t("Brugt", "Spent"), (spent(m),)),
        (t("Periode", "Period"), period_line(m)),
        (t("Kommune", "Municipality"), _brief(m, found.get("municipality"))),
        (t("Antal fremmødte", "Number present"), (headcount(m),)),
        (t("Timer i alt", "Hours in all"), (hours_total(m),)),
        (t("Samlinger holdt", "Gatherings held"), (gatherings_held(m),)),
        (t("Sagsnummer", "Case number"), _brief(m, grant.get("case_number"))),
    ]
    return Facts(tuple(rows), columns=2)


def _brief(m: Material, found: Any) -> Line:
    run = m.run(found)
    return (Unrecorded() if isinstance(run, Unrecorded) else run,)


def spent(m: Material) -> Run:
    """Return what was spent in all."""
    found = m.answers["budget"]["total"]["paid"]
    return amount(m, found, m.t("Brugt i alt, kr.", "Spent in all, DKK"), ExpenditureRecorded)


def hours_total(m: Material) -> Run:
    """Return the hours in all, paid and given."""
    found = m.answers["budget"]["hours"]["total"]
    return m.figure("budget", found, m.t("Timer i alt", "Hours in all")) if found else nothing_of(m, HoursLogged)


def gatherings_held(m: Material) -> Run:
    """Return how many gatherings were held."""
    events = m.of(GatheringHeld)
    return m.count(events, m.t("Samlinger holdt", "Gatherings held")) if events else nothing_of(m, GatheringHeld)


def fact_sheet(m: Material) -> list[Block]:
    """Return the whole fact sheet; what a source leaves out stands with its reason."""
    t, found, grant = m.t, process_of(m), grant_of(m)
    given = grant or dict.fromkeys(("funder", "scheme", "case_number", "period", "report_due"))
    rows: list[tuple[str, Line]] = [
        (t("Forløb", "Process"), (Strong(title_of(m)),)),
        (t("Sted", "Place"), m.line(found.get("place"))),
        (t("Kommune", "Municipality"), m.line(found.get("municipality"))),
        (t("Forløbets periode", "Period of the process"), period_line(m)),
        (t("Formål", "Aim"), _aim(m, found.get("aim"))),
        (t("Tilskudsgiver", "Funder"), m.line(given["funder"])),
        (t("Pulje", "Scheme"), m.line(given["scheme"])),
        (t("Sagsnummer", "Case number"), m.line(given["case_number"])),
        (t("Tilsagn", "Grant"), (grant_amount(m),)),
        (t("Tilskuddets periode", "Period of the grant"), _period(m, given["period"])),
        (t("Frist for rapporten", "Report due"), _day(m, given["report_due"])),
        (t("Rater modtaget", "Instalments received"), (instalments(m),)),
        (t("Antal fremmødte", "Number present"), (headcount(m),)),
        (t("Grupper", "Groups"), _groups(m)),
        (t("Samlinger holdt", "Gatherings held"), (gatherings_held(m),)),
    ]
    return [Facts(tuple(rows))]


def _aim(m: Material, found: Any) -> Line:
    return (capitalised(label(found, m.language)),) if isinstance(found, str) else m.line(found)


def _day(m: Material, found: Any) -> Line:
    return (day(found, m.language),) if isinstance(found, str) else m.line(found)


def _period(m: Material, found: Any) -> Line:
    if isinstance(found, dict) and "start" in found:
        return (span(found["start"], found["end"], m.language),)
    return m.line(found)


def instalments(m: Material) -> Run:
    """Return how much of the grant was paid out."""
    found = (m.answers["budget"]["grant"] or {}).get("received")
    return amount(m, found, m.t("Rater modtaget, kr.", "Instalments received, DKK"), InstalmentReceived)


def amount(m: Material, found: Node | None, what: str, *types: type) -> Run:
    """Return a sum of money; without one, that it is not shown to the reader, or not recorded."""
    if found is None or found["value"] is None:
        return nothing_of(m, *types)
    return m.figure("budget", found, what, money(found["value"], m.language))


def _groups(m: Material) -> Line:
    events = [event for event in m.events if event.declaration.stem == "group-formed"]
    if not events:
        return (Unrecorded(),)
    names = [one for event in events if isinstance(one := m.field(event, "title"), str)]
    return (m.count(events, m.t("Grupper", "Groups")), ": " + ", ".join(names))


# ------------------------------------------------------------------ the summary
def summary(m: Material) -> list[Block]:
    """Return the summary: one paragraph a question, in the order people ask."""
    first = (*course_sentence(m), " ", *grant_sentence(m))
    lines = [first, gatherings_sentence(m), contributions_sentence(m), decisions_sentence(m), actions_sentence(m)]
    return [Paragraph(line) for line in [*lines, goals_sentence(m), gaps_sentence(m)] if line]
