"""What must be said beside the figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from projections.competence_uplift.sheets import Answers
from projections.kernel import State, of_kind

NOTES: Final = {
    "sources": (
        (
            "Der er ingen selvvurderinger i det, der er offentligt om forløbet. "
            "Det betyder ikke, at ingen er blevet spurgt."
        ),
        "No assessments are on the public record. It does not mean that nobody was asked.",
    ),
    "no-before": (
        (
            "Runden før start blev ikke holdt. Den kan ikke hentes nu. "
            "I kan spørge, hvordan det var dengang; det vises for sig."
        ),
        "The before round was not held and cannot be fetched now. You may ask how it was then; shown apart.",
    ),
    "late-before": (
        "Før-runden blev åbnet, efter at den første samling var holdt. Den viser ikke, hvordan det var før start.",
        "The before round was opened after the first gathering was held. It does not show how it was before the start.",
    ),
    "few": (
        "Med fem par kan ingen test sige noget sikkert. Se gennemsnit og usikkerhed.",
        "With five pairs no test can be sure. Look at the mean and its uncertainty.",
    ),
    "adjacent": (
        "Nu og dengang stod ved siden af hinanden på arket. Det gør forskellen større end på adskilte sider.",
        "Now and then stood side by side on the sheet. That makes the difference larger than on separate pages.",
    ),
    "instrument": (
        "Spørgsmålene blev ændret mellem runderne. Svar på forskellige spørgsmål er ikke sammenlignet.",
        "The questions changed between the rounds. Answers to different questions are not compared.",
    ),
    "role": (
        "Nogle svarede i en anden rolle anden gang. De er ikke regnet med.",
        "Some answered in another role the second time. They are not counted.",
    ),
    "follow-up": (
        "Der er også spurgt senere. Det er ikke regnet med her.",
        "People were asked again later. That is not counted here.",
    ),
}
FEW: Final = 5


def told_by_sources(answers: Answers, states: Mapping[str, State]) -> bool:
    """Whether all we know of the process is what sources say, and they say nothing of any round."""
    gatherings = of_kind(states, "gathering").values()
    return not answers.rounds and any(state["held"]["citation"] for state in gatherings if "held" in state)


def notes_of(answers: Answers, states: Mapping[str, State], cells: Sequence[State]) -> Iterable[tuple[str, str]]:
    """Yield what must be said beside these cells, in Danish and English."""
    if told_by_sources(answers, states):
        yield NOTES["sources"]
        return
    moments = {state["moment"] for state in answers.rounds.values()}
    held = [state["held"]["time"] for state in of_kind(states, "gathering").values() if "held" in state]
    before = [state["when"]["time"] for state in answers.rounds.values() if state["moment"] == "before"]
    if not before and (held or "after" in moments):
        yield NOTES["no-before"]
    if before and held and min(before) > min(held):
        yield NOTES["late-before"]
    if any(cell["gain"] and cell["gain"]["change"].n <= FEW for cell in cells):
        yield NOTES["few"]
    then = {sheet.instrument: sheet.version for sheet in answers.of("after", "then").values()}
    if any(answers.version(ref, number).get("layout") == "adjacent" for ref, number in then.items()):
        yield NOTES["adjacent"]
    if answers.changed:
        yield NOTES["instrument"]
    if any(one.role != other.role for one, other in answers.both("gain")):
        yield NOTES["role"]
    if "follow-up" in moments:
        yield NOTES["follow-up"]
