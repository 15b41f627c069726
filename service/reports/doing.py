"""What was done and decided, what changed on the way, and who took part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from domain.acting import ActionPlanned, ActionRescheduled
from domain.deciding import CaseItemTreated, DecisionMade, DecisionProposed
from domain.gathering import AttendanceRecorded, GatheringPlanned, HeadcountRecorded, InvitationSent
from domain.kernel import Envelope
from domain.organising import (
    GrantChangeApproved,
    GrantChangeRefused,
    GrantChangeRequested,
    IndicatorRevised,
)
from projections.measures.disclosure import Sum, withheld
from service.reports.content import Block, Heading, Line, Paragraph, Run, Unrecorded, Withheld
from service.reports.material import Material, Node
from service.reports.measuring import figure_of
from service.reports.sentences import actions_sentence, contributions_sentence, decisions_sentence, gatherings_sentence
from service.reports.tables import absent, actor, headed, places, places_of, table, when_of
from service.words import capitalised, day, label, number, status_label, type_label

PLURALS: Final = {
    "citizen": ("borgere", "citizens"),
    "politician": ("politikere", "politicians"),
    "employee": ("medarbejdere", "employees"),
    "leader": ("ledere", "managers"),
    "facilitator": ("facilitatorer", "facilitators"),
    "evaluator": ("evaluatorer", "evaluators"),
}


def activities(m: Material) -> list[Block]:
    """Return gatherings, contributions, actions, decisions, and what was changed on the way."""
    return [*_gatherings(m), *_contributions(m), *_actions(m), *_decisions(m), *_changes(m)]


# ------------------------------------------------------------------ gatherings
def _gatherings(m: Material) -> list[Block]:
    t = m.t
    found = [one for one in m.answers["timeline"]["items"] if one["kind"] == "gathering"]
    title = Heading(t("Samlinger", "Gatherings"))
    if not found:
        return [title, absent(m, "logbogen har ingen samlinger.", "the log has no gatherings.", GatheringPlanned)]
    header = (
        t("Hvornår", "When"),
        t("Samling", "Gathering"),
        t("Sted", "Place"),
        t("Antal fremmødte", "Number present"),
        t("Nr.", "No."),
    )
    rows = [
        (
            ((m.date(one["when"]),),),
            _gathering(m, one),
            m.cell(one.get("place")),
            m.cell(one["headcount"]),
            places(m, "timeline", one["entries"]),
        )
        for one in found
    ]
    widths = (1.7, 2.2, 1.7, 1.3, 0.6)
    return [title, Paragraph(gatherings_sentence(m)), table(m, title.text, header, rows, widths)]


def _gathering(m: Material, one: Node) -> tuple[Line, ...]:
    line = m.line(one.get("title"))
    if one.get("status") == "cancelled":
        return ((*line, m.t(" (aflyst)", " (cancelled)")),)
    if one.get("status") != "held":
        return (line, (m.t("varslet; om den blev holdt, er ", "called; whether it was held is "), Unrecorded()))
    return (line,)


# ------------------------------------------------------------------ contributions and actions
def _contributions(m: Material) -> list[Block]:
    t, found = m.t, m.answers["fate-of-contributions"]
    blocks: list[Block] = [Heading(t("Bidrag", "Contributions")), Paragraph(contributions_sentence(m))]
    kinds = [(kind, figure) for kind, figure in found["by_kind"].items() if figure["value"]]
    if kinds:
        header = (t("Slags", "Kind"), t("Antal", "Number"))
        rows = [
            (
                ((capitalised(label(kind, m.language)),),),
                (
                    (
                        m.figure(
                            "fate-of-contributions",
                            figure,
                            t("Bidrag, slags: ", "Contributions, kind: ") + label(kind, m.language),
                        ),
                    ),
                ),
            )
            for kind, figure in kinds
        ]
        blocks.append(table(m, t("Bidrag efter slags", "Contributions by kind"), header, rows, (1, 3)))
    return blocks


def _actions(m: Material) -> list[Block]:
    t, found = m.t, m.answers["actions"]["actions"]
    title = Heading(t("Handlinger", "Actions"))
    if not found:
        return [title, absent(m, "logbogen har ingen handlinger.", "the log has no actions.", ActionPlanned)]
    header = (
        t("Handling", "Action"),
        t("Gruppe", "Group"),
        t("Hvor langt", "How far"),
        t("Hvad der kom ud af det", "What came of it"),
    )
    rows = [_action_row(m, one) for one in found]
    blocks = table(m, title.text, (*header, t("Nr.", "No.")), rows, (1.5, 1.5, 1.1, 3.2, 0.7))
    return [title, Paragraph(actions_sentence(m)), blocks]


def _action_row(m: Material, one: Node) -> list[tuple[Line, ...]]:
    status: list[Line] = [(status_label(one["status"], m.language),)]
    if one["late"]:
        status.append((status_label("late", m.language),))
    notes = [step["note"] for step in one["steps"] if step["note"] is not None]
    came = {"completed": one["result"], "abandoned": one["reason"]}.get(one["status"], notes[-1] if notes else None)
    group = one["group"]["title"] if one["group"] else None
    return [
        m.cell(headed(one["title"])),
        m.cell(group),
        tuple(status),
        m.cell(came),
        places(m, "actions", one["entries"]),
    ]


# ------------------------------------------------------------------ decisions
def _decisions(m: Material) -> list[Block]:
    t, found = m.t, m.answers["decisions"]
    title = Heading(t("Beslutninger og politiske sager", "Decisions and case items"))
    both = [*found["decisions"], *found["items"]]
    if not both:
        said = ("logbogen har ingen beslutninger.", "the log has no decisions.")
        return [title, absent(m, *said, DecisionMade, DecisionProposed, CaseItemTreated)]
    header = (
        t("Hvornår", "When"),
        t("Hvem", "Who"),
        t("Sag", "Matter"),
        t("Hvad det blev til", "What came of it"),
        t("Nr.", "No."),
    )
    rows = [_decision_row(m, one) for one in sorted(both, key=lambda one: (str(_time(one)), one["id"]))]
    return [title, Paragraph(decisions_sentence(m)), table(m, title.text, header, rows, (1.3, 1.8, 3.0, 2.0, 0.6))]


def _time(one: Node) -> object:
    return (one.get("when") or {}).get("time")


def _decision_row(m: Material, one: Node) -> list[tuple[Line, ...]]:
    if "body" in one:
        who = m.cell(actor(m, {"kind": "body", "ref": one["body"]}) if isinstance(one["body"], str) else one["body"])
        outcome = m.cell(capitalised(label(one["kind"], m.language)))
        what, places_here = one.get("heading"), places(m, "decisions", _entries(one, "case-item"))
    else:
        who = m.cell(*(actor(m, taker["actor"]) for taker in one.get("taken_by") or ()))
        outcome = (_outcome(m, one),)
        what, places_here = one.get("question"), places(m, "decisions", _entries(one, "decision"))
    return [((m.date(one.get("when")),),), who, m.cell(what), outcome, places_here]


def _entries(one: Node, kind: str) -> Node:
    return {"figure": f"{kind}:{one['id']}"}


def _outcome(m: Material, one: Node) -> Line:
    if one["status"] == "proposed":
        return (status_label("proposed", m.language),)
    chosen = next((option["text"] for option in one.get("options", ()) if option["id"] == one.get("chosen")), None)
    return m.line(chosen)


# ------------------------------------------------------------------ what was changed on the way
def _changes(m: Material) -> list[Block]:
    t = m.t
    title = Heading(t("Ændringer undervejs", "Changes on the way"))
    types = (GrantChangeRequested, GrantChangeApproved, GrantChangeRefused, ActionRescheduled, IndicatorRevised)
    events = m.of(*types)
    if not events:
        said = (
            "ingen har skrevet ændringer af projektet, frister eller målepunkter ned.",
            "nobody has noted changes of the project, due dates or indicators.",
        )
        return [title, absent(m, *said, *types)]
    header = (t("Hvornår", "When"), t("Ændring", "Change"), t("Hvad", "What"), t("Hvorfor", "Why"), t("Nr.", "No."))
    rows = [
        (
            when_of(m, event),
            m.cell(type_label(event.type, m.language)),
            m.cell(_changed(m, event)),
            m.cell(m.field(event, "reason")),
            places_of([event]),
        )
        for event in events
    ]
    return [title, table(m, title.text, header, rows, (1.3, 1.5, 2.2, 2.2, 0.5))]


def _changed(m: Material, event: Envelope) -> object:
    if isinstance(event.data, ActionRescheduled):
        due = m.field(event, "due")
        return m.t("ny frist ", "due ") + day(due, m.language) if isinstance(due, str) else due
    return m.field(event, "title" if isinstance(event.data, IndicatorRevised) else "what")


# ------------------------------------------------------------------ who took part
def participation(m: Material) -> list[Block]:
    """Return numbers present, attendance by role and invitations; small groups are not shown."""
    opening = m.t(
        "Antal fremmødte er det, nogen har talt eller skrevet. Fremmøde er registreret person for person og tælles én gang for hver rolle.",
        "The number present is what somebody counted or wrote. Attendance is recorded person by person and counted once for each role.",
    )
    return [Paragraph((opening,), "intro"), *_headcounts(m), *_attendance(m), *_invitations(m)]


def _headcounts(m: Material) -> list[Block]:
    t, events = m.t, m.of(HeadcountRecorded)
    title = Heading(t("Antal fremmødte", "Number present"))
    if not events:
        said = (
            "antallet er ikke talt. Det betyder ikke, at ingen kom.",
            "nobody counted. It does not mean that nobody came.",
        )
        return [title, absent(m, *said, HeadcountRecorded)]
    header = (
        t("Hvornår", "When"),
        t("Hvor", "Where"),
        t("I alt", "In all"),
        t("Fordelt på roller", "By role"),
        t("Sådan ved vi det", "How we know"),
    )
    rows = [_headcount_row(m, event) for event in events]
    return [title, table(m, title.text, header, rows, (1.4, 1.2, 1.5, 1.6, 2.6))]


def _headcount_row(m: Material, event: Envelope) -> list[tuple[Line, ...]]:
    titles = {one["id"]: one.get("title") for one in m.answers["timeline"]["items"] if one["kind"] == "gathering"}
    where = titles.get(event.data.gathering_id) if event.data.gathering_id else m.t("hele forløbet", "whole process")
    total = m.field(event, "total")
    what = (
        m.t("Antal fremmødte: ", "Number present: ") + str(where)
        if event.data.gathering_id
        else m.t("Antal fremmødte, hele forløbet", "Number present, whole process")
    )
    shown: Run = m.total(total, [event], what) if isinstance(total, int) else m.run(total)
    counts = {one.role.value: one.count for one in event.data.by_role or ()}
    roles = by_role(m, counts) if counts else m.cell(m.field(event, "by_role") or None)
    return [when_of(m, event), m.cell(where), ((shown,),), roles, m.cell(m.field(event, "basis"))]


def by_role(m: Material, counts: Mapping[str, int]) -> tuple[Line, ...]:
    """Return one line a role, those too small to be shown saying so."""
    hidden = withheld(counts, [Sum(tuple(counts))])
    return tuple(_role_line(m, role, None if role in hidden else count) for role, count in counts.items())


def _role_line(m: Material, role: str, count: int | None) -> Line:
    many = m.t(*PLURALS[role])
    if count is None:
        return (f"{many}: ", Withheld())
    return (f"{number(count, m.language)} {label(role, m.language) if count == 1 else many}",)


def _attendance(m: Material) -> list[Block]:
    t = m.t
    title = Heading(t("Fremmøde pr. rolle", "Attendance by role"))
    found = m.answers["participation"]["by_role"]
    if not found:
        said = ("ingen har skrevet ned, hvem der kom.", "nobody wrote down who came.")
        return [title, absent(m, *said, AttendanceRecorded)]
    header = (t("Rolle", "Role"), t("Personer", "Persons"))
    rows = [(((_role_name(m, one["role"]),),), ((_persons(m, one),),)) for one in found]
    note = t(
        "Vises ikke: færre end fem, eller så få, at tallet kunne regnes ud.",
        "Not shown: fewer than five, or so few that the number could be worked out.",
    )
    few = any("withheld" in one["people"] for one in found)
    return [title, table(m, title.text, header, rows, (1.5, 3), note if few else None)]


def _role_name(m: Material, role: str) -> str:
    return capitalised(m.t(*PLURALS[role])) if role in PLURALS else m.t("Rolle ikke registreret", "Role not recorded")


def _persons(m: Material, one: Node) -> Run:
    what = m.t("Fremmødte personer: ", "Persons present: ") + _role_name(m, one["role"]).lower()
    return figure_of(m, "participation", one["people"], what)


def _invitations(m: Material) -> list[Block]:
    t, events = m.t, m.of(InvitationSent)
    title = Heading(t("Invitationer", "Invitations"))
    if not events:
        said = (
            "hvem der blev inviteret, og hvordan, står ikke i logbogen.",
            "who was invited, and how, is not in the log.",
        )
        return [title, absent(m, *said, InvitationSent)]
    header = (t("Hvornår", "When"), t("Hvordan", "How"), t("Hvem den nåede", "Whom it reached"), t("Nr.", "No."))
    rows = [
        (
            when_of(m, event),
            m.cell(m.field(event, "channel")),
            by_role(m, {one.role.value: one.count for one in event.data.reach or ()}) or m.cell(),
            places_of([event]),
        )
        for event in events
    ]
    return [title, table(m, title.text, header, rows, (1.4, 2.4, 2.4, 0.5))]
