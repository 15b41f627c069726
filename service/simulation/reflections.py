"""Reflections: each group looks back after each gathering, in one of four forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from domain.gathering import GatheringKind
from service.simulation.gatherings import day_of, gathering_id, kind_of
from service.simulation.people import DISSOLVED, DISSOLVED_ON
from service.simulation.texts import words
from service.simulation.village import Told, Village

FORMS: Final = ("what-so-what-now-what", "gibbs", "kolb", "free")
ENGLISH: Final = 0.12
SILENT: Final = 0.25
"""How often a group does not get round to it."""


def told(village: Village) -> Iterator[Told]:
    """Yield the groups' reflections, gathering by gathering."""
    nth: Counter[str] = Counter()
    for number in village.gatherings():
        if kind_of(village, number) is GatheringKind.KICK_OFF:
            continue
        for place in range(len(village.groups)):
            over = place == DISSOLVED and day_of(village, number) >= DISSOLVED_ON
            if not over and not village.dice("silent", number, place).chance(SILENT):
                form = FORMS[(number + place) % len(FORMS)]
                language = "en" if village.dice("language", number, place).chance(ENGLISH) else "da"
                yield _one(village, number, place, _steps(village, form, language, number, place, nth[form + language]))
                nth[form + language] += 1


def _one(village: Village, number: int, place: int, steps: list[dict[str, str]]) -> Told:
    data: dict[str, Any] = {
        "reflection_id": f"f-{number}-{place + 1}",
        "format": FORMS[(number + place) % len(FORMS)],
        "steps": steps,
        "by": {"kind": "group", "ref": village.groups[place]},
        "about": [f"gathering/{gathering_id(number)}"],
        "gathering_id": gathering_id(number),
    }
    return village.tell("reflection-recorded", data, village.after(number, 0.7))


def _steps(village: Village, form: str, language: str, number: int, place: int, nth: int) -> list[dict[str, str]]:
    """Return the steps of a form in its n-th use, each with a sentence; now and then the last one is missing."""
    found = []
    for name, sentences in words()["reflections"][language][form].items():
        sentence = sentences[nth % len(sentences)]
        found.append({"name": name, "text": sentence.format(theme=words()["themes"][language][place])})
    unfinished = len(found) > 1 and village.dice("unfinished", number, place).chance(0.3)
    return found[:-1] if unfinished else found
