"""The 100-day actions by group: where each stands, what came of it, and which are past their day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import request

from domain.timing import end_of_day
from service.app import Kurslog
from service.web.page import ProcessPage

ORDER = ("late", "started", "planned", "completed", "handed-over", "abandoned", "quiet")
OVER = frozenset({"completed", "abandoned", "handed-over"})


def actions_page(kurslog: Kurslog, process: str) -> str:
    """Show the actions under their groups."""
    page = ProcessPage.of(kurslog, process)
    data = page.answer("actions")
    found = [{**one, "stands": stands(page, one)} for one in data["actions"]]
    wanted = request.args.get("show", "")
    shown = [one for one in found if wanted in {"", one["stands"]}]
    return page.render(
        "actions.html",
        data=data,
        groups=by_group(shown),
        wanted=wanted,
        filters=[(status, sum(one["stands"] == status for one in found)) for status in ORDER],
        total=len(found),
        late=sum(one["stands"] == "late" for one in found),
        quiet=sum(one["stands"] == "quiet" for one in found),
        last_day=max((one["day"] for one in found if one["day"]), default=0),
    )


def stands(page: ProcessPage, one: dict[str, Any]) -> str:
    """Return where an action stands; one left open is *late*, and once its process is over *not recorded since*."""
    if one["status"] in OVER or not one["late"]:
        return str(one["status"])
    end = page.registration.data.period_end
    return "quiet" if isinstance(end, dt.date) and end_of_day(end) < page.moment else "late"


def _called(group: dict[str, Any] | None) -> str | None:
    """Return a group's title, or its id where the source has no title; None without a group."""
    if group is None:
        return None
    return group["title"] if isinstance(group["title"], str) else str(group["id"])


def by_group(found: list[dict[str, Any]]) -> list[tuple[str | None, list[dict[str, Any]]]]:
    """Return the actions under their groups' titles, those without a group last."""
    held: dict[str | None, list[dict[str, Any]]] = {}
    for one in found:
        held.setdefault(_called(one["group"]), []).append(one)
    return sorted(held.items(), key=lambda pair: (pair[0] is None, pair[0] or ""))
