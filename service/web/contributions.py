"""What became of the contributions: each followed through decisions and actions."""

from __future__ import annotations

from typing import Any, Final

from flask import request

from service.app import Kurslog
from service.web.page import ProcessPage, asked_number
from service.web.things import actor_name, shortened

SHOWN: Final = 30
FATES: Final = ("acted", "decided", "answered", "waiting")
KINDS: Final = ("dream", "strength", "challenge", "idea", "offer", "knowledge", "concern", "question")


def contributions_page(kurslog: Kurslog, process: str) -> str:
    """Show the contributions and where each is, thirty at a time."""
    page = ProcessPage.of(kurslog, process)
    wanted, start = request.args.get("show", ""), asked_number("from")

    def shown(data: dict[str, Any]) -> dict[str, Any]:
        found = [one for one in data["contributions"] if chosen(one, wanted)]
        return {**data, "contributions": found[start : start + SHOWN], "more": len(found) > start + SHOWN}

    data = page.answer("fate-of-contributions", part=shown)
    return page.render(
        "contributions.html",
        data=data,
        filters=filters_of(page, data),
        wanted=wanted,
        contributions=[(one, steps_of(page, one)) for one in data["contributions"]],
        author=lambda one: author_of(page, one),
        more=page.link("contributions", show=wanted or None, **{"from": start + SHOWN}) if data["more"] else None,
        first=page.link("contributions", show=wanted or None) if start else None,
    )


def chosen(one: dict[str, Any], wanted: str) -> bool:
    """Whether a contribution passes the filter: a fate, a kind, or anything."""
    tests = {
        "acted": one["actions"],
        "decided": one["decisions"],
        "answered": one["answers"],
        "waiting": one["waiting"],
    }
    return bool(tests[wanted]) if wanted in tests else wanted in {"", one["kind"]}


def filters_of(page: ProcessPage, data: dict[str, Any]) -> list[tuple[str, str, int, str]]:
    """Return the filters that would show something: value, word, how many, mark."""
    fates = {
        "": (page.t("Alle", "All"), data["count"]),
        "acted": (page.t("Blev til handling", "Became an action"), data["acted"]),
        "decided": (page.t("Med i en beslutning", "Part of a decision"), data["decided"]),
        "answered": (page.t("Fik svar", "Answered"), data["answered"]),
        "waiting": (page.t("Ikke registreret siden", "Not recorded since"), data["waiting"]),
    }
    found = [(value, word, figure["value"], "") for value, (word, figure) in fates.items() if figure["value"]]
    kinds = [(kind, data["by_kind"][kind]["value"]) for kind in KINDS if kind in data["by_kind"]]
    return found + [(kind, page.say.capital(page.say.label(kind)), count, kind) for kind, count in kinds]


def author_of(page: ProcessPage, one: dict[str, Any]) -> str:
    """Return who offered it: a role, a group, a body, or nobody named; empty when not recorded."""
    author = one.get("author")
    if not isinstance(author, dict) or "kind" not in author:
        return ""
    named = (
        {f"{kind}/{author.get('ref')}": one["author_title"] for kind in ("group", "organisation")}
        if one["author_title"]
        else {}
    )
    return actor_name(author, named, page.lang)


def steps_of(page: ProcessPage, one: dict[str, Any]) -> list[dict[str, Any]]:
    """Return where a contribution has been: said, decided, acted upon; what is not recorded lies ahead."""
    said = {
        "mark": one["kind"],
        "kind": page.say.label(one["kind"]),
        "when": one["when"],
        "title": said_where(page, one),
    }
    steps = [
        {**said, "entries": one["entries"], "reached": True},
        step(page, "decision", one["decisions"], "question"),
        step(page, "action", one["actions"], "title"),
    ]
    for last in reversed(steps):
        if last["reached"]:
            last["here"] = True
            break
    return steps


def said_where(page: ProcessPage, one: dict[str, Any]) -> str:
    """Return at which gathering, in which group or how something was said."""
    if one["gathering"] and isinstance(one["gathering"]["title"], str):
        return page.t(f"Sagt ved {one['gathering']['title']}", f"Said at {one['gathering']['title']}")
    if one["group"] and isinstance(one["group"]["title"], str):
        return page.t(f"I gruppen {one['group']['title']}", f"In the group {one['group']['title']}")
    return page.say.capital(one["channel"]) if isinstance(one["channel"], str) else page.t("Skrevet ind", "Recorded")


def step(page: ProcessPage, kind: str, reached: list[dict[str, Any]], title: str) -> dict[str, Any]:
    """Return one step: the nearest decision or action, and how many more."""
    word = page.say.thing_label(kind)
    if not reached:
        return {"mark": kind, "kind": word, "when": None, "title": None, "reached": False}
    first = reached[0]
    name = first.get(title)
    others = len(reached) - 1
    return {
        "mark": kind,
        "kind": word,
        "when": first.get("moved") or first["when"],
        "title": shortened(page.say.capital(name))
        if isinstance(name, str)
        else page.say.capital(f"{word} {first['id']}"),
        "status": first["status"] if kind == "action" else None,
        "others": others,
        "entries": first["entries"],
        "reached": True,
    }
