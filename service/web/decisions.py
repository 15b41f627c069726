"""Decisions, and what the political bodies treated, by date."""

from __future__ import annotations

from typing import Any, Final

from flask import request

from projections.kernel import moment_of
from service import words
from service.app import Kurslog
from service.web.page import ProcessPage, asked_number
from service.web.things import actor_name

SHOWN: Final = 60


def decisions_page(kurslog: Kurslog, process: str) -> str:
    """Show decisions and case items in order, of one body or all."""
    page = ProcessPage.of(kurslog, process)
    data = page.answer("decisions")
    organisations = data["organisations"]
    found = [
        *decisions_of(page),
        *(_case(one, organisations) for one in data["items"]),
    ]
    found.sort(key=lambda one: (moment_of(one), one["id"]))
    body = request.args.get("body", "")
    chosen = [one for one in found if body in {"", *one["bodies"]}]
    start = asked_number("from")
    return page.render(
        "decisions.html",
        data=data,
        found=chosen[start : start + SHOWN],
        body=body,
        bodies=bodies_of(found, organisations),
        more=page.link("decisions", body=body or None, **{"from": start + SHOWN})
        if len(chosen) > start + SHOWN
        else None,
        first=page.link("decisions", body=body or None) if start else None,
    )


def decisions_of(page: ProcessPage) -> list[dict[str, Any]]:
    """Return the decisions as pages show them: who took them, what was chosen, and who did not agree."""
    data = page.answer("decisions")
    return [_decision(page, one, data["organisations"]) for one in data["decisions"]]


def bodies_of(found: list[dict[str, Any]], organisations: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Return the bodies that treated something, the busiest first."""
    counted: dict[str, int] = {}
    for one in found:
        for body in one["bodies"]:
            counted[body] = counted.get(body, 0) + 1
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(body, str(organisations.get(body) or body), count) for body, count in ranked]


def _case(one: dict[str, Any], organisations: dict[str, Any]) -> dict[str, Any]:
    body = one["body"] if isinstance(one.get("body"), str) else None
    who = str(organisations.get(body) or body) if body else ""
    return {
        **one,
        "what": "case-item",
        "bodies": [body] if body else [],
        "who": who,
        "figure": f"case-item:{one['id']}",
    }


def _decision(page: ProcessPage, one: dict[str, Any], organisations: dict[str, Any]) -> dict[str, Any]:
    named = {f"organisation/{ref}": title for ref, title in organisations.items()}
    takers = one.get("taken_by") or []
    names = [_taker(page, taker, named) for taker in takers]
    options = {option["id"]: option["text"] for option in one.get("options", [])}
    chosen = one.get("chosen")
    return {
        "when": None,
        **one,
        "what": "decision",
        "bodies": [taker["actor"]["ref"] for taker in takers if taker["actor"] and taker["actor"]["kind"] == "body"],
        "who": words.listed([name for name in names if name], page.lang),
        "said": options.get(chosen) if isinstance(chosen, str) else None,
        "objections": [
            {**dissent, "who": actor_name(dissent["by"], named, page.lang)} for dissent in one.get("dissent", [])
        ],
        "replies": [
            {**reply, "who": organisations.get(reply["body"]) or reply["body"]} for reply in one.get("answers", [])
        ],
        "sent": [organisations.get(sent["body"]) or sent["body"] for sent in one.get("referred", [])],
    }


def _taker(page: ProcessPage, taker: dict[str, Any], named: dict[str, str]) -> str:
    name = actor_name(taker["actor"], named, page.lang)
    person = taker["actor"] and taker["actor"]["kind"] == "participant"
    return f"{name} ({page.say.label(taker['role'])})" if person and taker["role"] else name
