"""Contributing: what people offer, what is built on it, who agrees, and the answer it gets."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from domain.kernel import event, thing
from domain.refusals import Refused
from domain.vocabulary import (
    Actor,
    ContributionId,
    FileDigest,
    GatheringId,
    GroupId,
    LocalId,
    ParticipantId,
    Public,
    Purpose,
    Record,
    Text,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope, World


class ContributionKind(StrEnum):
    """What somebody offers; strengths first, and critique has its place."""

    DREAM = "dream"
    STRENGTH = "strength"
    CHALLENGE = "challenge"
    IDEA = "idea"
    OFFER = "offer"
    KNOWLEDGE = "knowledge"
    CONCERN = "concern"
    QUESTION = "question"


class Building(StrEnum):
    """How one contribution builds on another."""

    REFINES = "refines"
    MERGES = "merges"
    SPLITS = "splits"
    ANSWERS = "answers"


@event(
    "contribution-made.v1",
    da="Bidrag",
    en="Contribution",
    about="contribution_id",
    creates=True,
    core=True,
    owner="author",
    purpose=Purpose.FACILITATION,
)
class ContributionMade:
    """Somebody offered a dream, strength, challenge, idea, offer, knowledge, concern or question.

    Example: at the kick-off a citizen dreams of a path to the school.
    """

    contribution_id: ContributionId
    kind: ContributionKind
    text: Text
    author: Actor
    gathering_id: GatheringId | None = None
    group_id: GroupId | None = None
    channel: Public | None = None
    receipt: LocalId | None = None
    transcribed_by: Actor | None = None
    artefact_sha256: FileDigest | None = None


@event("contribution-built-upon.v1", da="Bygget videre", en="Built upon", about="from_id", kind="contribution")
class ContributionBuiltUpon:
    """A later contribution builds on an earlier one.

    Example: the bench by the path (from) became benches along the whole path (to).
    """

    from_id: ContributionId
    to_id: ContributionId
    how: Building


@event("contribution-endorsed.v1", da="Sat et hak ved", en="Endorsed", about="contribution_id")
class ContributionEndorsed:
    """A participant ticked a contribution.

    Example: eleven people tick the cycle path.
    """

    contribution_id: ContributionId
    participant_id: ParticipantId


@event("contribution-answered.v1", da="Svar", en="Answer", about="contribution_id", core=True)
class ContributionAnswered:
    """Somebody answered a contribution.

    Example: the municipality says when the road humps come, or why not.
    """

    contribution_id: ContributionId
    answer: Text
    by: Actor


# ------------------------------------------------------------------ rules
class Contribution(Record):
    """Who has ticked it."""

    endorsed_by: frozenset[str] = frozenset()


ContributionEvent = ContributionMade | ContributionBuiltUpon | ContributionEndorsed | ContributionAnswered


def evolve(state: Contribution | None, happening: Envelope) -> Contribution:
    """Fold one event into the contribution."""
    data: ContributionEvent = happening.data
    now = state or Contribution()
    match data:
        case ContributionEndorsed():
            return replace(now, endorsed_by=now.endorsed_by | {data.participant_id})
        case ContributionMade() | ContributionBuiltUpon() | ContributionAnswered():
            return now
        case _:
            assert_never(data)


def admit(state: Contribution | None, happening: Envelope, _: World) -> None:
    """Nothing builds on itself, and nobody ticks twice."""
    data: ContributionEvent = happening.data
    match data:
        case ContributionBuiltUpon():
            if data.from_id == data.to_id:
                raise Refused("builds-on-itself", field="to_id", id=data.to_id)
        case ContributionEndorsed():
            if state is not None and data.participant_id in state.endorsed_by:
                raise Refused("already-endorsed", field="participant_id")
        case ContributionMade() | ContributionAnswered():
            pass
        case _:
            assert_never(data)


thing("contribution", da="bidrag", en="contribution", admit=admit, evolve=evolve)
