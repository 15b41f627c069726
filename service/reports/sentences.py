"""What a report says in sentences: computed from what is recorded, and true at the position."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, Final

from domain.gathering import GatheringHeld
from domain.harvesting import OutcomeRejected, OutcomeSubstantiated, Verdict
from domain.organising import CoFinancingReceived, ExpenditureRecorded, GrantAwarded, HoursLogged
from domain.timing import local_day
from service.reports.content import Line, Run, Tally, Unrecorded
from service.reports.material import Material, Node
from service.words import capitalised, count_word, day, money, span

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


def headcount(m: Material) -> Run:
    """Return the number present as a whole, or where the numbers of the single gatherings stand: they are never added up."""
    whole = whole_headcount(m)
    if whole is None and m.answers["timeline"]["headcounts"]:
        return m.t("pr. samling, se afsnit 5", "by gathering, see section 5")
    return whole or Unrecorded()


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
    if not reached:
        every = _all_goals(m, found["count"])
        opening = t("Der er registreret ", "The log holds ")
        goals = t(" mål", " goals" if total > 1 else " goal")
        return (opening, every, goals, t(" og ingen ændringer under dem.", " and no changes under them."))
    what = t("Mål med mindst én observeret ændring", "Goals with at least one observed change")
    with_change = m.figure("goals", found["with_change"], what, count_word(reached, m.language, neuter=True))
    if found["count"]["value"] == 1:
        only = m.figure("goals", found["with_change"], what, t("det ene", "the one"))
        return (
            "Under ",
            only,
            t(" mål er der registreret ændringer", " goal, changes are recorded"),
            *_confirmed(m),
            ".",
        )
    seen = t(" mål er der registreret ændringer", " goals, changes are recorded")
    return (
        t("Under ", "Under "),
        with_change,
        t(" af ", " of "),
        _all_goals(m, found["count"]),
        seen,
        *_confirmed(m),
        ".",
    )


def _all_goals(m: Material, found: Node) -> Tally:
    return m.figure("goals", found, m.t("Mål", "Goals"), count_word(found["value"], m.language, neuter=True))


def _confirmed(m: Material) -> Line:
    rejected = {event.subject for event in m.of(OutcomeRejected)}
    said = [event for event in m.of(OutcomeSubstantiated) if event.subject not in rejected]
    agreed = [event for event in said if event.data.verdict is Verdict.AGREE]
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


def gatherings_sentence(m: Material) -> Line:
    """Say how many gatherings were held, and when the first and the last were."""
    t, events = m.t, m.of(GatheringHeld)
    if not events:
        return (t("Samlinger er ", "Gatherings are "), nothing_of(m, GatheringHeld), ".")
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
    return replace(found, shown=found.shown.lower())


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


def nothing_of(m: Material, cls: type) -> Run:
    """Return that entries of a type are not recorded, or not for this reader."""
    return m.run({"notshown": True}) if m.hidden(cls) else Unrecorded()
