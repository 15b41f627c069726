"""Reflecting: questions to learn from, try-outs, reflections and insights."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from domain.kernel import event, thing
from domain.refusals import Refused
from domain.vocabulary import (
    UNKNOWN,
    Actor,
    BasisId,
    ExperimentId,
    GatheringId,
    InsightId,
    LocalId,
    QuestionId,
    Record,
    ReflectionId,
    SubjectId,
    Text,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope, World


class ReflectionFormat(StrEnum):
    """The way a reflection is built up."""

    GIBBS = "gibbs"
    KOLB = "kolb"
    WHAT_SO_WHAT_NOW_WHAT = "what-so-what-now-what"
    FREE = "free"


class Step(Record, kw_only=True):
    """One step of a reflection: its name in the format, and what was said."""

    name: LocalId
    text: Text


@event(
    "learning-question-posed.v1",
    da="Læringsspørgsmål",
    en="Learning question",
    about="question_id",
    creates=True,
    owner="by",
)
class LearningQuestionPosed:
    """Somebody asked something the process should learn.

    Example: how do we get those to come who never come?
    """

    question_id: QuestionId
    question: Text
    by: Actor | None = None


@event(
    "reflection-recorded.v1",
    da="Refleksion",
    en="Reflection",
    about="reflection_id",
    creates=True,
    core=True,
    owner="by",
)
class ReflectionRecorded:
    """Somebody looked back: what happened, what it meant, what now.

    Example: after the party the groups say what they would do again.
    """

    reflection_id: ReflectionId
    format: ReflectionFormat
    steps: tuple[Step, ...]
    by: Actor
    about: tuple[SubjectId, ...] = ()
    gathering_id: GatheringId | None = None


@event("experiment-tried.v1", da="Afprøvning", en="Try-out", about="experiment_id", creates=True)
class ExperimentTried:
    """Something was tried out: what was expected, done and seen, and what comes next.

    Example: we met at the station instead of the hall; twice as many came.
    """

    experiment_id: ExperimentId
    hypothesis: Text
    did: Text
    saw: Text
    next: Text
    question_id: QuestionId | None = None


@event("insight-derived.v1", da="Erkendelse", en="Insight", about="insight_id", creates=True, core=True)
class InsightDerived:
    """Something was understood, from these entries.

    Example: people come when somebody they know asks them.
    """

    insight_id: InsightId
    text: Text
    from_: tuple[BasisId, ...] = ()


def admit_reflection(_: Envelope | None, happening: Envelope, __: World) -> None:
    """A reflection has at least one step."""
    data: ReflectionRecorded = happening.data
    if data.steps is not UNKNOWN and not data.steps:
        raise Refused("reflection-without-steps", field="steps")


thing("question", da="læringsspørgsmål", en="learning question")
thing("reflection", da="refleksion", en="reflection", admit=admit_reflection)
thing("experiment", da="afprøvning", en="try-out")
thing("insight", da="erkendelse", en="insight")
