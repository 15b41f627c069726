"""What the log holds beside people's own answers: what they did, and what their texts were read to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from projections.coded import Coded, read_texts, sign_of
from projections.coded import passages as standing
from projections.competence_uplift.sheets import Answers
from projections.kernel import State, moment_of


@dataclass(frozen=True, slots=True)
class Act:
    """Something one person did, or a passage of theirs read as an instance of a code, and the events that say so."""

    person: str
    about: frozenset[str]
    """The signs it is, or the competences its code bears on."""
    at: dt.datetime
    events: tuple[int, ...]
    weight: int = 1
    """How much it speaks for them; what says that they lack it speaks against."""


def acts(answers: Answers) -> Iterable[Act]:
    """Yield what each person did, as far as it is known when."""
    for state in answers.states.values():
        for act in state.get("acts", ()):
            if act["when"]["precision"] != "unknown":
                for who in act["who"]:
                    yield Act(answers.person(who), frozenset(act["signs"]), moment_of(act), tuple(act["events"]))


def passages(found: Coded) -> list[State]:
    """Return each passage in which a competence was read, with the text it is of."""
    return [
        {
            "competence": one.competence,
            "code": one.state["code"],
            "title": one.code["title"],
            "sign": sign_of(one.code),
            "entry": one.entry["events"][0],
            "when": one.entry["when"],
            "text": one.part["text"],
            **{name: one.state[name] for name in ("start", "end")},
        }
        for one in standing(found)
        if all(isinstance(one.state[name], int) for name in ("start", "end"))
    ]


def read(answers: Answers, found: Coded) -> Iterable[Act]:
    """Yield each text of a person that shows a competence, or that it lacks, once however many read that there."""
    for text in read_texts(found):
        if text.participant is not None and text.when["precision"] != "unknown":
            events = tuple(sorted({position for state in text.states for position in state["events"]}))
            for competence, sign in text.signs.items():
                if sign:
                    yield Act(answers.person(text.participant), frozenset({competence}), text.said, events, sign)
