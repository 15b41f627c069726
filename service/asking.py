"""How an instrument is called where others ask with it: the same names and words on the way out and on the way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from domain.assessing import AssessmentRoundOpened, Competence, Frame, InstrumentPublished, RoundMoment, Skip
from domain.vocabulary import UNKNOWN, Role
from service import words

if TYPE_CHECKING:
    from domain.register import Histories

OFFERED: Final = (Skip.DO_NOT_KNOW, Skip.NOT_RELEVANT, Skip.RATHER_NOT_SAY)
"""The skips a form offers; that a question stood empty is nothing anybody chooses."""
ROUND: Final = "kurslog_round"
INSTRUMENT: Final = "kurslog_instrument"
MODE: Final = "kurslog_mode"
WHO: Final = ("Dit nummer eller mærke, som det står på din invitation", "Your number or tag, as your invitation has it")
PAGES: Final = {
    Frame.NOW: ("Sådan ser jeg det nu", "How I see it now"),
    Frame.THEN: ("Sådan var det dengang, set herfra", "How it was then, seen from now"),
}
AS_WHAT: Final = ("Hvilken rolle svarer du i?", "In which role do you answer?")


def column_of(frame: Frame, item: str) -> str:
    """Return what the column of an item is called: a name XML takes, too."""
    return f"{frame.value}_{item.replace(':', '.')}"


APART: Final = "\u2060"
"""What is seen by nobody and keeps two signs together, and apart for a machine."""


def as_words(text: str) -> str:
    """Return a text as a form's tools take it for words: ``${`` would begin a reference to another question."""
    return text.replace("${", f"${APART}{{")


def columns_of(instrument: InstrumentPublished) -> dict[str, tuple[Frame, str]]:
    """Return the frame and item of each column an instrument may have."""
    return {column_of(frame, item.id): (frame, item.id) for frame in Frame for item in instrument.items or ()}


def competences_of(instrument: InstrumentPublished, register: Histories) -> dict[str, Competence]:
    """Return the competences a version's questions are about, by the newest version of the framework that has them."""
    history = register.history(f"framework/{instrument.framework_id}")
    return {one.id: one for event in history for one in event.data.competences or ()}


def roles_of(instrument: InstrumentPublished, register: Histories) -> dict[str, frozenset[Role]]:
    """Return for each item which roles it is meant for: of a competence for other roles nobody is asked; empty, all."""
    meant = competences_of(instrument, register)
    return {
        item.id: frozenset(meant[item.competence_id].roles if item.competence_id in meant else ())
        for item in instrument.items or ()
    }


def frames_of(opened: AssessmentRoundOpened) -> tuple[Frame, ...]:
    """Return what a round asks about: *then* is not asked before the start."""
    return (Frame.NOW,) if opened.moment is RoundMoment.BEFORE else (Frame.NOW, Frame.THEN)


def edition(instrument: InstrumentPublished) -> str:
    """Return which version of which instrument this is, in one word."""
    return f"{instrument.instrument_id}/{instrument.version}"


def steps_of(instrument: InstrumentPublished) -> range:
    """Return the steps of the scale; of one that is not recorded, the usual five."""
    scale = instrument.scale
    return range(1, 6) if scale is UNKNOWN else range(scale.min, scale.max + 1)


def step_words(instrument: InstrumentPublished, level: int, lang: str) -> str:
    """Return a step as it is shown to who answers: its number, and its words where it has some."""
    said = [text for at, text in _labels(instrument, lang) if at == level]
    return f"{level} – {said[0]}" if said else str(level)


def _labels(instrument: InstrumentPublished, lang: str) -> Iterator[tuple[int, str]]:
    scale = instrument.scale
    return ((one.level, getattr(one.text, lang)) for one in (() if scale is UNKNOWN else scale.labels))


def spoken_codes(instrument: InstrumentPublished) -> dict[str, str]:
    """Return all words that stand for an answer by themselves, in small letters, with the step or skip each means."""
    found: dict[str, str] = {}
    for lang in ("da", "en"):
        found |= {text.casefold(): str(level) for level, text in _labels(instrument, lang)}
        found |= {step_words(instrument, level, lang).casefold(): str(level) for level in steps_of(instrument)}
        found |= {words.label(skip.value, lang).casefold(): skip.value for skip in Skip}
    return found | {skip.value: skip.value for skip in Skip}
