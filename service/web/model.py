"""The model: what was planned to be done, against what was run; or what was run, told so that others can follow it."""

from __future__ import annotations

from typing import Any

from service import words
from service.app import Kurslog
from service.web.leading import Figures, Lead
from service.web.page import ProcessPage
from service.web.things import actor_name, titles


def model_page(kurslog: Kurslog, process: str) -> str:
    """Show the model's steps beside the gatherings held."""
    page = ProcessPage.of(kurslog, process)
    data = page.answer("model")
    by = [one["by"] for one in data["feedback"] if isinstance(one["by"], dict) and one["by"].get("kind")]
    kinds = {"group": "group", "organisation": "organisation", "body": "organisation"}
    subjects = {f"{kinds[one['kind']]}/{one['ref']}" for one in by if one["kind"] in kinds}
    named = titles(kurslog, page.caller, process, subjects)
    beside = [one for one in data["run"] if one["id"] in data["beside"]]
    return page.render(
        "model.html",
        data=data,
        lead=leading(page.lang, data),
        run=beside if data["template"] else data["run"],
        feedback=[
            {**one, "who": actor_name(one["by"], named, page.lang) if one["by"] in by else ""}
            for one in data["feedback"]
        ],
    )


def leading(lang: str, data: Any) -> Lead:
    """Return the sentence of the page: how much of the model was run, or how many gatherings were held."""
    lead, steps, held = Lead(lang), data["steps"], data["held"]
    ran = [step for step in steps if step["status"] == "held"]
    if steps:
        all_steps: Figures = ("model", (data["template"]["entries"]["figure"],))
        numbers = {"n": (words.count_word(len(steps), lang, neuter=True), all_steps)}
        if ran:
            keys = tuple(step["entries"]["figure"] for step in ran)
            numbers["r"] = (words.count_word(len(ran), lang, neuter=True), ("model", keys))
            lead.add(
                "Modellen har {n} trin. Af dem blev {r} holdt.",
                "The model has {n} steps. Of these {r} were held.",
                **numbers,
            )
        else:
            lead.add(
                "Modellen har {n} trin. Ingen af dem er holdt.",
                "The model has {n} steps. None of them was held.",
                **numbers,
            )
    elif held["value"]:
        count = (words.count_word(held["value"], lang), ("model", (held["figure"],)))
        lead.add(
            "Der er holdt {n} " + words.plural(held["value"], "samling.", "samlinger."),
            "So far {n} " + words.plural(held["value"], "gathering was held.", "gatherings were held."),
            n=count,
        )
        lead.add(
            "Ingen model er skrevet ned; her står det, der blev gjort, så andre kan følge det.",
            "No model is written down; here stands what was done, so that others can follow it.",
        )
    return lead
