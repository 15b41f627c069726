"""The first screens of those who run a process: what is now or never, and what tonight needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.keeping import AccessRole
from service import words
from service.app import Kurslog
from service.security.gate import TEAM
from service.web.actions import OVER, stands
from service.web.budget import bar
from service.web.gatherings import Gathering, gatherings_of, meeting_of
from service.web.page import ProcessPage, today
from service.web.people import people_of
from service.web.registering import ROLES

FIRST: Final = {
    AccessRole.PROJECT_MANAGER: "now",
    AccessRole.ADMINISTRATOR: "access",
    AccessRole.FACILITATOR: "tonight",
    AccessRole.EVALUATOR: "judging",
}
"""The screen a role meets first."""

OFFERS: Final = {"strength", "offer"}
SOON: Final = 14
SHOWN: Final = 5


@dataclass
class Never:
    """One thing that cannot be fetched later: how many days there are, why, and the way to it."""

    days: int | None
    title: str
    why: str
    word: str
    href: str

    @property
    def soon(self) -> bool:
        """Whether there is little time."""
        return self.days is not None and self.days <= SOON


# ------------------------------------------------------------------ now or never
def now_page(kurslog: Kurslog, process: str) -> str:
    """Show what cannot be fetched later, soonest first, and what else the project manager looks at."""
    page = ProcessPage.for_roles(kurslog, process, TEAM)
    data, actions = page.answer("readiness"), page.answer("actions")
    start = kick_off_of(page)
    pressing = pressing_of(page, data, start)
    due = data["report_due"]
    return page.render(
        "now.html",
        data=data,
        start=start,
        pressing=pressing,
        lost=lost_of(page, data, start),
        late=[one for one in actions["actions"] if stands(page, one) == "late"],
        actions=actions,
        awaiting=page.answer("decisions")["awaiting"],
        due=dt.date.fromisoformat(due["day"]) if due and isinstance(due["day"], str) else None,
        due_figure=due["entries"] if due else None,
        today=page.on or today(),
        missing=missing_of(page, data),
        money=page.answer("budget"),
        bar=bar,
    )


def kick_off_of(page: ProcessPage) -> Gathering | None:
    """Return the kick-off, else the first gathering of any kind; held ones first."""
    found = [one for one in gatherings_of(page) if one.status != "cancelled"]
    found.sort(key=lambda one: (one.kind != "kick-off", one.status != "held"))
    return found[0] if found else None


def pressing_of(page: ProcessPage, data: Any, start: Gathering | None) -> list[Never]:
    """Return what cannot be fetched later and is not there yet, soonest first."""
    left = start.days_left if start and start.status == "planned" else None
    ahead = start is None or start.status == "planned"
    found = [*(_before(page, data, left) if ahead else []), *_told(page, data, left), *_agreed(page, data, left)]
    found += [_came(page, one) for one in gatherings_of(page) if _unknown(data, one)]
    return sorted(found, key=lambda one: (one.days is None, one.days or 0))


def _before(page: ProcessPage, data: Any, left: int | None) -> list[Never]:
    t, found = page.t, list[Never]()
    if not data["before"]["value"]:
        why = t(
            "Uden et “før” kan ingen sige, om nogen er blevet bedre til noget.",
            "Without a “before” nobody can say whether anybody got better at anything.",
        )
        title = t("Første runde af selvvurderingen", "The first round of self-assessment")
        found.append(Never(left, title, why, t("Åbn runden", "Open the round"), page.link("rounds")))
    if not data["waves"]["value"]:
        why = t(
            "Hvem der kendte hvem, skal stå, før grupperne mødes.", "Who knew whom must stand before the groups meet."
        )
        title = t("Kortet over relationer, første gang", "The map of relations, the first time")
        found.append(
            Never(
                left,
                title,
                why,
                t("Åbn spørgsmålet", "Open the question"),
                page.link("waves"),
            )
        )
    return found


def _told(page: ProcessPage, data: Any, left: int | None) -> list[Never]:
    t, untold = page.t, data["untold"]["value"]
    if not untold and data["basis"]["value"]:
        return []
    title = t("Oplysning til deltagerne", "Telling the participants")
    if not data["basis"]["value"]:
        why = t(
            "Skal gives, før det første bidrag skrives ned. Teksten er klar.",
            "Must be given before the first contribution is written down. The text is ready.",
        )
        return [Never(left, title, why, t("Se teksten", "See the text"), page.link("setup", step="notice"))]
    count = words.count_word(untold, page.lang)
    why = t(f"{words.capitalised(count)} har ikke fået den endnu.", f"{words.capitalised(count)} did not get it yet.")
    return [Never(left, title, why, t("Giv den", "Give it"), page.link("people", told=1))]


def _agreed(page: ProcessPage, data: Any, left: int | None) -> list[Never]:
    t = page.t
    if data["goals"]["value"] and not data["unmeasured"]["value"]:
        return []
    why = t(
        "Aftales det først, når der er tal, vil rapporten sige det.",
        "If it is agreed after the first figures, the report will say so.",
    )
    title = t("Aftal, hvad der tæller som en succes", "Agree on what counts as a success")
    return [Never(left, title, why, t("Aftal det", "Agree on it"), page.link("setup", step="goals"))]


def _unknown(data: Any, gathering: Gathering) -> bool:
    """Whether a gathering's day has come, and nobody has written who came or how many."""
    found = [item for item in data["gatherings"] if item["id"] == gathering.id]
    over = gathering.status == "held" or gathering.due
    return over and any(not (one["attendance"]["value"] or one["headcount"]["value"]) for one in found)


def _came(page: ProcessPage, gathering: Gathering) -> Never:
    t = page.t
    title = t(f"Hvem kom til {gathering.title}?", f"Who came to {gathering.title}?")
    why = t(
        "Skriv det, mens nogen kan huske det. Ikke registreret er ikke det samme som ingen.",
        "Write it while somebody remembers. Not recorded is not the same as nobody.",
    )
    link = page.link("attendance", gathering=gathering.id)
    return Never(0, title, why, t("Skriv fremmøde", "Record who came"), link)


def lost_of(page: ProcessPage, data: Any, start: Gathering | None) -> list[str]:
    """Return what could have been fetched before the start and was not."""
    if start is None or start.status != "held":
        return []
    t, found = page.t, list[str]()
    if not data["before"]["value"]:
        danish = "Runden før start blev ikke holdt. Den kan ikke hentes nu. I kan spørge, hvordan det var dengang; det vises for sig."
        found.append(
            t(
                danish,
                "The before round was not held and cannot be fetched now. You may ask how it was then; shown apart.",
            )
        )
    if not data["waves"]["value"]:
        danish = "Relationerne før start blev ikke spurgt. I kan spørge nu og se, hvad der kommer til herfra."
        found.append(
            t(
                danish,
                "Relations before the start were not asked about. You may ask now and see what is added from here.",
            )
        )
    return found


def missing_of(page: ProcessPage, data: Any) -> list[tuple[str, str]]:
    """Return what the report lacks: what, and the way to it."""
    t, found = page.t, list[tuple[str, str]]()
    if not data["goals"]["value"]:
        found.append((t("Mål", "Goals"), page.link("setup", step="goals")))
    elif data["unmeasured"]["value"]:
        found.append((t("Tegn på succes", "Signs of success"), page.link("setup", step="goals")))
    if not data["report_due"]:
        found.append((t("Tilsagn", "The grant"), page.link("setup", step="grant")))
    if not page.answer("budget")["lines"]:
        found.append((t("Budget", "Budget"), page.link("form", stem="budget-approved")))
    unknown = [one for one in gatherings_of(page) if _unknown(data, one)]
    if unknown:
        found.append((t("Fremmøde", "Who came"), page.link("participation")))
    if not page.answer("goals")["outcomes"]["value"]:
        found.append((t("Observerede ændringer", "Observed changes"), page.link("form", stem="outcome-harvested")))
    return found


# ------------------------------------------------------------------ tonight
def tonight_page(kurslog: Kurslog, process: str) -> str:
    """Show what the facilitator needs at the next gathering."""
    page = ProcessPage.for_roles(kurslog, process, TEAM)
    gatherings = gatherings_of(page)
    fates = page.answer("fate-of-contributions", part=first_waiting)
    opened = [{**one, "stands": stands(page, one)} for one in page.answer("actions", part=promises)["actions"]]
    people = [one for one in people_of(page, named=()).values() if one.here]
    return page.render(
        "tonight.html",
        meeting=meeting_of(gatherings),
        before=[one for one in gatherings if one.status == "held"][-1:],
        people=people,
        by_role=[(role, sum(role in one.roles for one in people)) for role in ROLES],
        promised=sorted(opened, key=lambda one: (one["stands"] != "late", str(one["due"] or "")))[:SHOWN],
        promised_count=len(opened),
        waiting=fates["others"],
        strengths=fates["strengths"],
        fates=fates,
    )


def first_waiting(fates: Mapping[str, Any]) -> dict[str, Any]:
    """Return how many contributions wait for an answer, and the first of them, what people offer apart."""
    waiting = [{name: one[name] for name in ("id", "kind", "text")} for one in fates["contributions"] if one["waiting"]]
    offered = [one for one in waiting if one["kind"] in OFFERS]
    others = [one for one in waiting if one["kind"] not in OFFERS]
    return {"waiting": fates["waiting"], "strengths": offered[:SHOWN], "others": others[:SHOWN]}


def promises(actions: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was promised and is not over: what, and by when."""
    names = ("id", "title", "status", "late", "due")
    return {"actions": [{name: one[name] for name in names} for one in actions["actions"] if one["status"] not in OVER]}
