"""Learning: from question to try-out, reflection and insight; and the «now whats» nobody has taken up."""

from __future__ import annotations

from typing import Any

from service.app import Kurslog
from service.web.page import ProcessPage
from service.web.things import actor_name, titles

STEPS = (
    ("experiments", "action"),
    ("reflections", "knowledge"),
    ("insights", "insight"),
)


def learning_page(kurslog: Kurslog, process: str) -> str:
    """Show what was asked, tried, looked back upon and understood."""
    page = ProcessPage.of(kurslog, process)
    data = page.answer("learning")
    everything = [*data["questions"], *data["reflections"], *data["experiments"], *data["insights"], *data["now_whats"]]
    named = titles(kurslog, page.caller, process, _actors(data))
    return page.render(
        "learning.html",
        data=data,
        empty=not everything,
        steps=STEPS,
        open_ones=[one for one in data["now_whats"] if not one["taken_up"]],
        taken_up=[one for one in data["now_whats"] if one["taken_up"]],
        by=lambda actor: actor_name(actor, named, page.lang) if actor and "kind" in actor else "",
        reached=reached,
    )


def _actors(data: dict[str, Any]) -> set[str]:
    found = [*data["questions"], *data["reflections"], *(one for q in data["questions"] for one in q["reflections"])]
    kinds = {"group": "group", "organisation": "organisation", "body": "organisation"}
    actors = [one["by"] for one in found if one.get("by") and one["by"].get("kind") in kinds]
    return {f"{kinds[actor['kind']]}/{actor['ref']}" for actor in actors}


def reached(question: dict[str, Any]) -> str:
    """Return how far a question has come: posed, tried, looked back upon or understood."""
    for name in ("insights", "reflections", "experiments"):
        if question[name]:
            return name
    return "posed"
