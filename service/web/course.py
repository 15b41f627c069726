"""The course of a process: what was set and what was sailed, the goals, and what is late."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from service import words
from service.app import Kurslog
from service.security.gate import TEAM
from service.web.actions import stands
from service.web.chart import draw
from service.web.gatherings import gatherings_of, meeting_of
from service.web.leading import day_of, intensive_of, leading
from service.web.page import ProcessPage, today
from service.web.timebar import bounds

__all__ = ["course_page", "leading"]

RUN: Final = 3
"""So many political cases in a row are told as one on the phone."""

GOAL_OUTCOMES: Final = 3


def course_page(kurslog: Kurslog, process: str) -> str:
    """Show the course."""
    page = ProcessPage.of(kurslog, process)
    timeline, actions, goals = (page.answer(name) for name in ("timeline", "actions", "goals"))
    found = [{**one, "stands": stands(page, one)} for one in actions["actions"]]
    shown = [*timeline["items"]] if timeline["items"] else []
    now = page.on or today()
    first, last = bounds(timeline, now)
    chart = draw(page.lang, timeline, found, (first, last, now), intensive_of(timeline)) if shown else None
    return page.render(
        "course.html",
        lead=leading(page.lang, timeline, actions, now),
        timeline=timeline,
        sources=any(item["when"].get("citation") for item in shown),
        chart=chart,
        span=words.span(first, last, page.lang),
        rows=[row_of(page, item) for item in shown if item["kind"] != "group"],
        voyage=voyage_of(page, timeline, found),
        goals=goals,
        graded=page.answer("evidence", part=grades_alone),
        goal_outcomes=GOAL_OUTCOMES,
        outcomes=goals["outcomes"]["value"],
        late=sum(one["stands"] == "late" for one in found),
        lead_first=next_steps(page) if page.caller.role in TEAM and page.may_record and not shown else [],
        meeting=meeting_of(gatherings_of(page)) if page.may_record and not page.on else None,
    )


def grades_alone(evidence: dict[str, Any]) -> dict[str, Any]:
    """Return how strong the evidence for each goal is, by the goal: `evidence` alone says so."""
    return {"grades": {one["id"]: one["grade"] for one in evidence["objectives"]}}


def row_of(page: ProcessPage, item: dict[str, Any]) -> dict[str, Any]:
    """Return one row of the table: when, what kind, what, and what is not known of it."""
    silent = [(page.say.label(one["field"], item["kind"]), one["reason"]) for one in item.get("silent", [])]
    if item["kind"] == "gathering" and item.get("status") == "held" and not isinstance(item["headcount"], int):
        silent.append((page.t("antal fremmødte", "number present"), ""))
    return {
        "when": item["when"],
        "kind": page.say.capital(page.say.thing_label(item["kind"])),
        "mark": {"case-item": "decision", "gathering": "gathering", "decision": "decision", "outcome": "outcome"}.get(
            item["kind"], "action"
        ),
        "what": name_of(item),
        "who": words.listed(
            [str(page.answer("timeline")["organisations"].get(body) or body) for body in item.get("bodies") or []],
            page.lang,
        ),
        "status": item.get("status")
        if item["kind"] in {"action", "project"} or item.get("status") in {"planned", "cancelled"}
        else None,
        "silent": silent,
        "entries": item["entries"],
        "item": item,
    }


def name_of(item: dict[str, Any]) -> Any:
    """Return what a thing on the time line is called."""
    for name in ("title", "heading", "question", "change"):
        if item.get(name) is not None:
            return item[name]
    return None


def voyage_of(page: ProcessPage, timeline: Any, actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the course as a list from top to bottom: long runs of political cases told as one, actions as one sum."""
    steps: list[dict[str, Any]] = []
    kinds = {"gathering", "decision", "case-item", "outcome", "product", "project"}
    for item in timeline["items"]:
        if item["kind"] in kinds and item.get("status") != "rejected":
            row = row_of(page, item)
            row["political"] = item["kind"] in {"decision", "case-item"}
            steps.append(row)
    folded = _folded(page, steps)
    if actions:
        folded.insert(_actions_at(timeline, folded), _all_actions(page, actions))
    return folded


def _folded(page: ProcessPage, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    run: list[dict[str, Any]] = []
    for step in [*steps, {"political": False, "end": True}]:
        if step["political"]:
            run.append(step)
            continue
        found += [_run(page, run)] if len(run) >= RUN else run
        run = []
        if not step.get("end"):
            found.append(step)
    return found


def _run(page: ProcessPage, run: list[dict[str, Any]]) -> dict[str, Any]:
    first, last = run[0]["when"]["time"], run[-1]["when"]["end"] or run[-1]["when"]["time"]
    count = words.count_word(len(run), page.lang)
    mark = {"time": first, "end": last, "precision": "span"}
    title = page.t(f"{count} politiske sager og beslutninger", f"{count} case items and decisions")
    return {
        "when": mark,
        "kind": page.t("Politik", "Politics"),
        "mark": "decision",
        "what": page.say.capital(title),
        "silent": [],
        "href": page.link("decisions"),
    }


def _actions_at(timeline: Any, steps: list[dict[str, Any]]) -> int:
    intensive = intensive_of(timeline)
    if intensive is None:
        return len(steps)
    later = (at for at, step in enumerate(steps) if _day(step["when"]) > intensive.end)
    return next(later, len(steps))


def _day(mark: dict[str, Any]) -> dt.date:
    return day_of(mark) or dt.date.max


def _all_actions(page: ProcessPage, actions: list[dict[str, Any]]) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for one in actions:
        counts[one["stands"]] = counts.get(one["stands"], 0) + 1
    said = ", ".join(f"{count} {words.status_label(name, page.lang)}" for name, count in counts.items())
    n = len(actions)
    title = page.t(
        f"{words.count_word(n, 'da')} {words.plural(n, 'handling', 'handlinger')}",
        f"{words.count_word(n, 'en')} {words.plural(n, 'action', 'actions')}",
    )
    return {
        "when": None,
        "kind": page.t("100-dages handlinger", "100-day actions"),
        "mark": "action",
        "what": page.say.capital(title),
        "more": said,
        "silent": [],
        "href": page.link("actions"),
    }


def next_steps(page: ProcessPage) -> list[tuple[str, str, str]]:
    """Return the first things to record in an empty process: where, title, why."""
    return [
        (
            page.link("setup", step="goals"),
            page.t("Sæt et mål", "Set a goal"),
            page.t("Hvad skal forløbet ende med?", "What should the process end in?"),
        ),
        (
            page.link("setup", step="people"),
            page.t("Skriv ind, hvem der er med", "Register who takes part"),
            page.t("Navn og rolle, flere ad gangen.", "Name and role, several at a time."),
        ),
        (
            page.link("setup", step="gathering"),
            page.t("Indkald til en samling", "Call a gathering"),
            page.t("Hvornår og hvor mødes I første gang?", "When and where do you first meet?"),
        ),
    ]
