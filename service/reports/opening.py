"""The opening of a closing report: what a mayor reads aloud, the course, the facts and the summary."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from domain.gathering import GatheringHeld
from domain.harvesting import OutcomeSubstantiated, Verdict
from domain.organising import CoFinancingReceived, ExpenditureRecorded, GrantAwarded, HoursLogged, InstalmentReceived
from domain.timing import local_day
from service.reports.content import Block, Facts, Line, Paragraph, Run, Strong, Tally, Unrecorded
from service.reports.material import Material, Node
from service.words import capitalised, count_word, day, label, money, span

STATUS_ORDER: Final = ("completed", "handed-over", "started", "planned", "abandoned")
FRONT_GOALS: Final = 8
SHORT: Final = 105
"""Characters of a text that fit one or two lines of the first page's tables."""


def shortened(text: str, room: int = SHORT) -> str:
    """Return a text cut at a word so that it fits, marked with an ellipsis where it was cut."""
    words = " ".join(text.split())
    if len(words) <= room:
        return words
    first, stop, _ = words.partition(". ")
    if stop and len(first) < room:
        return first + ". …"
    return words[: room - 1].rsplit(" ", 1)[0].rstrip(",.;: ") + " …"


def short_line(m: Material, found: Any, room: int = SHORT) -> Line:
    """Return a value as a line, cut where it is long text."""
    run = m.run(found)
    return (shortened(run, room),) if isinstance(run, str) else (run,)


# ------------------------------------------------------------------ what everybody asks first
def process_of(m: Material) -> Node:
    """Return the process as it was known at the position; empty before it was registered."""
    found: Node = m.answers["timeline"]["process"]
    return found


def title_of(m: Material) -> str:
    """Return what the process is called."""
    found = process_of(m).get("title")
    return found if isinstance(found, str) else m.registered.title


def grant_of(m: Material) -> Node | None:
    """Return the last grant's fields, and the entries it rests on."""
    events = m.of(GrantAwarded)
    if not events:
        return None
    names = ("funder", "scheme", "case_number", "amount_dkk", "period", "report_due", "instalments")
    return {**{name: m.field(events[-1], name) for name in names}, "events": events[-1:]}


def grant_amount(m: Material) -> Run:
    """Return the amount that was granted."""
    grant = grant_of(m)
    if grant is None or not isinstance(grant["amount_dkk"], str):
        return m.run(grant["amount_dkk"]) if grant else Unrecorded()
    what = m.t("Tilsagn om tilskud, kr.", "Grant awarded, DKK")
    return m.total(grant["amount_dkk"], grant["events"], what, money(grant["amount_dkk"], m.language))


def whole_headcount(m: Material) -> Tally | None:
    """Return the number present for the process as a whole, where somebody gave one."""
    heads = [
        one for one in m.answers["timeline"]["headcounts"] if not one["gathering_id"] and isinstance(one["total"], int)
    ]
    if not heads:
        return None
    last = max(heads, key=lambda one: (str(one["when"]["time"]), one["entries"]["figure"]))
    places = [
        event
        for event in m.events
        if event.declaration.stem == "headcount-recorded" and event.data.gathering_id is None
    ]
    chosen = [event for event in places if event.data.total == last["total"]][-1:]
    return m.total(last["total"], chosen, m.t("Antal fremmødte, hele forløbet", "Number present, whole process"))


def period_line(m: Material) -> Line:
    """Return the process's first and last day."""
    start, end = process_of(m).get("period_start"), process_of(m).get("period_end")
    if not isinstance(start, str):
        return m.line(start)
    if isinstance(end, str):
        return (span(start, end, m.language),)
    return (m.t("fra ", "from ") + day(start, m.language) + m.t("; slut ", "; end "), m.run(end))


# ------------------------------------------------------------------ sentences
def course_sentence(m: Material) -> Line:
    """Say which process it is, where, and when."""
    t, found = m.t, process_of(m)
    place = ", ".join(
        shortened(found[name], 60) for name in ("place", "municipality") if isinstance(found.get(name), str)
    )
    start, end = found.get("period_start"), found.get("period_end")
    where = t(f" i {place},", f" in {place},") if place else ""
    title = shortened(title_of(m), 80)
    name = t(f"Forløbet “{title}”", f"The process “{title}”") + where
    if not isinstance(start, str):
        return (name.rstrip(",") + t(": perioden er ", ": its period is "), Unrecorded(), ".")
    first = day(start, m.language)
    if isinstance(end, str) and m.clocks.known_at and end < local_day(m.clocks.known_at).isoformat():
        return (
            name + t(f" løb fra {first} til {day(end, m.language)}.", f" ran from {first} to {day(end, m.language)}."),
        )
    return (name + t(f" begyndte {first}.", f" began on {first}."),)


def grant_sentence(m: Material) -> Line:
    """Say who promised how much."""
    t, grant = m.t, grant_of(m)
    if grant is None:
        return (t("Et tilsagn om tilskud er ", "A grant is "), Unrecorded(), ".")
    funder, scheme = m.run(grant["funder"]), m.run(grant["scheme"])
    who = t("Tilskudsgiver: ", "Funder: ")
    if isinstance(funder, str) and isinstance(scheme, str):
        funder, scheme = shortened(funder, 60), shortened(scheme, 60)
        return (
            t(f"{funder} gav tilsagn om ", f"{funder} granted "),
            grant_amount(m),
            t(f" fra {scheme}.", f" from {scheme}."),
        )
    return (who, funder, t(", beløb: ", ", amount: "), grant_amount(m), ".")


def actions_sentence(m: Material) -> Line:
    """Say how many actions there are and where they stand."""
    t, found = m.t, m.answers["actions"]
    total = found["count"]["value"]
    if not total:
        return (t("Handlinger er ", "Actions are "), Unrecorded(), ".")
    all_of = m.figure("actions", found["count"], t("Handlinger", "Actions"), count_word(total, m.language))
    words = t("handling" if total == 1 else "handlinger", "action" if total == 1 else "actions")
    parts: list[Line] = []
    for status in STATUS_ORDER:
        number = found["by_status"][status]["value"]
        if number:
            parts.append(_standing(m, status, found["by_status"][status]))
    opening = t("Der er registreret ", "The log holds ")
    return (opening, all_of, f" {words}: ", *joined(m, parts), ".")


STANDING: Final = {
    "completed": ("er gennemført", "done"),
    "handed-over": ("er givet videre", "handed over"),
    "started": ("er i gang", "under way"),
    "planned": ("er kun planlagt", "only planned"),
    "abandoned": ("er standset", "stopped"),
}
STATUS_WHAT: Final = {
    "completed": ("Handlinger, gennemført", "Actions done"),
    "handed-over": ("Handlinger, givet videre", "Actions handed over"),
    "started": ("Handlinger, i gang", "Actions under way"),
    "planned": ("Handlinger, kun planlagt", "Actions only planned"),
    "abandoned": ("Handlinger, standset", "Actions stopped"),
}


def _standing(m: Material, status: str, found: Node) -> Line:
    shown = count_word(found["value"], m.language)
    return (m.figure("actions", found, m.t(*STATUS_WHAT[status]), shown), " " + m.t(*STANDING[status]))


def joined(m: Material, parts: list[Line]) -> Line:
    """Return lines joined as people do: a, b and c."""
    found: list[Run] = []
    for at, part in enumerate(parts):
        if at:
            found.append(m.t(" og ", " and ") if at == len(parts) - 1 else ", ")
        found.extend(part)
    return tuple(found)


def goals_sentence(m: Material) -> Line:
    """Say under how many goals a change is recorded, and whether anybody from outside confirmed it."""
    t, found = m.t, m.answers["goals"]
    total, reached = found["count"]["value"], found["with_change"]["value"]
    if not total:
        return (t("Målene er ", "The goals are "), Unrecorded(), ".")
    every = m.figure("goals", found["count"], t("Mål", "Goals"), count_word(total, m.language, neuter=True))
    if not reached:
        opening = t("Der er registreret ", "The log holds ")
        goals = t(" mål", " goals" if total > 1 else " goal")
        return (opening, every, goals, t(" og ingen ændringer under dem.", " and no changes under them."))
    what = t("Mål med mindst én observeret ændring", "Goals with at least one observed change")
    with_change = m.figure("goals", found["with_change"], what, count_word(reached, m.language, neuter=True))
    seen = t(" mål er der registreret ændringer", " goals, changes are recorded")
    return (t("Under ", "Under "), with_change, t(" af ", " of "), every, seen, *_confirmed(m), ".")


def _confirmed(m: Material) -> Line:
    agreed = [event for event in m.of(OutcomeSubstantiated) if event.data.verdict is Verdict.AGREE]
    if not agreed:
        words = m.t("; ingen er registreret som bekræftet udefra", "; none is recorded as confirmed from outside")
        return (words,)
    number = len({event.subject for event in agreed})
    what = m.t("Observerede ændringer, bekræftet udefra", "Observed changes confirmed from outside")
    confirmed = m.total(number, agreed, what, count_word(number, m.language))
    return ("; ", confirmed, m.t(" af ændringerne er bekræftet udefra", " of the changes confirmed from outside"))


def gaps_sentence(m: Material) -> Line:
    """Say what the money part of the report lacks; empty when nothing is missing."""
    t = m.t
    gaps = [
        (t("regnskab", "accounts"), ExpenditureRecorded),
        (t("timer", "hours"), HoursLogged),
        (t("medfinansiering", "co-financing"), CoFinancingReceived),
    ]
    missing = [word for word, cls in gaps if not m.of(cls) and not m.hidden(cls)]
    if not missing:
        return ()
    words = joined(m, [(word,) for word in missing])
    text = capitalised("".join(str(run) for run in words))
    return (text + t(" er ", " are " if len(missing) > 1 else " is "), Unrecorded(), ".")


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
        (t("Antal fremmødte", "Number present"), (whole_headcount(m) or Unrecorded(),)),
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
    events = [event for event in m.of(ExpenditureRecorded) if isinstance(m.field(event, "amount_dkk"), str)]
    if not events:
        return _none(m, ExpenditureRecorded)
    total = sum(event.data.amount_dkk for event in events)
    return m.total(total, events, m.t("Brugt i alt, kr.", "Spent in all, DKK"), money(total, m.language))


def hours_total(m: Material) -> Run:
    """Return the hours in all, paid and given."""
    events = [event for event in m.of(HoursLogged) if isinstance(m.field(event, "hours"), str)]
    if not events:
        return _none(m, HoursLogged)
    return m.total(sum(event.data.hours for event in events), events, m.t("Timer i alt", "Hours in all"))


def gatherings_held(m: Material) -> Run:
    """Return how many gatherings were held."""
    events = m.of(GatheringHeld)
    return m.count(events, m.t("Samlinger holdt", "Gatherings held")) if events else _none(m, GatheringHeld)


def _none(m: Material, cls: type) -> Run:
    return m.run({"notshown": True}) if m.hidden(cls) else Unrecorded()


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
        (t("Antal fremmødte", "Number present"), (whole_headcount(m) or Unrecorded(),)),
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
    events = [event for event in m.of(InstalmentReceived) if isinstance(m.field(event, "amount_dkk"), str)]
    if not events:
        return _none(m, InstalmentReceived)
    total = sum(event.data.amount_dkk for event in events)
    return m.total(total, events, m.t("Rater modtaget, kr.", "Instalments received, DKK"), money(total, m.language))


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


def gatherings_sentence(m: Material) -> Line:
    """Say how many gatherings were held, and when the first and the last were."""
    t, events = m.t, m.of(GatheringHeld)
    if not events:
        return (t("Samlinger er ", "Gatherings are "), _none(m, GatheringHeld), ".")
    what = t("Samlinger holdt", "Gatherings held")
    held = m.count(events, what, count_word(len(events), m.language))
    noun = t("samling" if len(events) == 1 else "samlinger", "gathering was" if len(events) == 1 else "gatherings were")
    dated = [event for event in events if event.timeprecision.value in {"instant", "day"}]
    line: Line = (t("Der blev holdt ", ""), held, f" {noun}" + t("", " held"))
    if not dated:
        return (*line, ".")
    first, last = (day(one.time, m.language) for one in (dated[0], dated[-1]))
    tail = t(
        f"; den første med en dato var {first}, den sidste {last}.",
        f"; the first with a date on {first}, the last on {last}.",
    )
    return (*line, tail)


def contributions_sentence(m: Material) -> Line:
    """Say what people offered, and what became of it."""
    t, found = m.t, m.answers["fate-of-contributions"]
    total = found["count"]["value"]
    if not total:
        return (t("Bidrag er ", "Contributions are "), Unrecorded(), ".")
    every = m.figure(
        "fate-of-contributions",
        found["count"],
        t("Bidrag", "Contributions"),
        count_word(total, m.language, neuter=True),
    )
    line: Line = (t("Der er registreret ", "The log holds "), every, t(" bidrag. ", " contributions. "))
    return (*line, *_acted(m, found), *waiting_sentence(m))


def _acted(m: Material, found: Node) -> Line:
    number = found["acted"]["value"]
    if not number:
        return ()
    what = m.t("Bidrag, som en handling bygger på", "Contributions an action builds on")
    shown = capitalised(count_word(number, m.language, neuter=True))
    acted = m.figure("fate-of-contributions", found["acted"], what, shown)
    return (m.t("En handling bygger på ", "An action builds on "), _lower(acted), m.t(" af dem. ", " of them. "))


def _lower(found: Tally) -> Tally:
    return Tally(found.number, found.shown.lower(), found.what, found.value, found.positions)


def waiting_sentence(m: Material) -> Line:
    """Say how many contributions have led to nothing that is recorded; empty when none."""
    t, found = m.t, m.answers["fate-of-contributions"]
    number = found["waiting"]["value"]
    if not number:
        return ()
    what = t("Bidrag uden beslutning, handling eller svar", "Contributions without decision, action or answer")
    shown = count_word(number, m.language, neuter=True)
    waiting = m.figure("fate-of-contributions", found["waiting"], what, shown)
    tail = t(
        " bidrag er der hverken registreret en beslutning, en handling eller et svar.",
        " contributions, neither a decision, an action nor an answer is recorded.",
    )
    return (t("For ", "For "), waiting, tail)


def decisions_sentence(m: Material) -> Line:
    """Say how many decisions and political items are recorded."""
    t, found = m.t, m.answers["decisions"]
    made, items = found["count"]["value"], found["case_items"]["value"]
    parts: list[Line] = []
    if made:
        shown = count_word(made, m.language)
        noun = t(" beslutning" if made == 1 else " beslutninger", " decision" if made == 1 else " decisions")
        parts.append((m.figure("decisions", found["count"], t("Beslutninger", "Decisions"), shown), noun))
    if items:
        noun = t(
            " anden politisk sag" if items == 1 else " andre politiske sager", " other case item" + "s" * (items > 1)
        )
        what = t("Politiske sager uden beslutning", "Case items without a decision")
        parts.append((m.figure("decisions", found["case_items"], what, count_word(items, m.language)), noun))
    if not parts:
        return (t("Beslutninger er ", "Decisions are "), Unrecorded(), ".")
    return (t("Der er registreret ", "The log holds "), *joined(m, parts), ".")


def known_day(m: Material) -> dt.date | None:
    """Return the day of the last entry that is known."""
    return local_day(m.clocks.known_at) if m.clocks.known_at else None
