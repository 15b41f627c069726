"""Harvesting: observed changes, who confirms them from outside, and the claims the process makes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, assert_never

from msgspec.structs import replace

from domain.kernel import event, state_of, thing
from domain.refusals import Refused
from domain.vocabulary import (
    UNKNOWN,
    Actor,
    ActorKind,
    ClaimId,
    EventId,
    Flag,
    ObjectiveId,
    OutcomeId,
    Public,
    Record,
    Role,
    StoryId,
    Text,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope, World


class Sign(StrEnum):
    """Whether a change is for better or worse, by the one who saw it."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class Verdict(StrEnum):
    """What somebody from outside says of an observed change."""

    AGREE = "agree"
    PARTLY = "partly"
    DISAGREE = "disagree"
    UNKNOWN = "unknown"


class Capital(StrEnum):
    """The seven community capitals a ripple may touch."""

    NATURAL = "natural"
    CULTURAL = "cultural"
    HUMAN = "human"
    SOCIAL = "social"
    POLITICAL = "political"
    FINANCIAL = "financial"
    BUILT = "built"


class RivalFate(StrEnum):
    """What became of another possible explanation."""

    RULED_OUT = "ruled-out"
    PLAYS_A_PART = "plays-a-part"
    EXPLAINS_IT = "explains-it"
    OPEN = "open"


class Bearing(StrEnum):
    """Whether evidence speaks for a claim, against it, or is its background."""

    FOR = "for"
    AGAINST = "against"
    CONTEXT = "context"


@event(
    "outcome-harvested.v1",
    da="Observeret ændring",
    en="Observed change",
    about="outcome_id",
    creates=True,
    core=True,
    owner="harvester",
)
class OutcomeHarvested:
    """Somebody does something else than before: who, what, when, where, and why it matters.

    Example: since the summer, neighbours borrow tools from each other by the codes on the mailboxes.
    """

    outcome_id: OutcomeId
    who: Text
    change: Text
    when: Text
    where: Text
    significance: Text
    contribution: Text
    intended: Flag
    sign: Sign
    harvester: Actor
    sources: tuple[Public, ...] = ()
    objective_id: ObjectiveId | None = None
    contributors: tuple[Actor, ...] = ()


@event("outcome-substantiated.v1", da="Bekræftet udefra", en="Substantiated", about="outcome_id", core=True, owner="by")
class OutcomeSubstantiated:
    """Somebody outside the process said whether the change is so.

    Example: the school head, not part of the process, partly agrees.
    """

    outcome_id: OutcomeId
    by: Actor
    relation_to_process: Text
    verdict: Verdict
    comment: Text | None = None


@event("outcome-rejected.v1", da="Ændring afvist", en="Outcome rejected", about="outcome_id")
class OutcomeRejected:
    """On a closer look the change is not so, or not new.

    Example: the homes were sold before the process began.
    """

    outcome_id: OutcomeId
    reason: Text


@event("ripple-linked.v1", da="Ring i vandet", en="Ripple", about="outcome_id")
class RippleLinked:
    """A change sprang from another; ripples are not counted as impact.

    Example: from the shared meals sprang the walking group.
    """

    outcome_id: OutcomeId
    parent_id: OutcomeId
    capital: Capital


@event(
    "change-story-told.v1", da="Forandringsfortælling", en="Change story", about="story_id", creates=True, owner="by"
)
class ChangeStoryTold:
    """Somebody told of the change that mattered most to them.

    Example: a resident on what it meant to know the neighbours.
    """

    story_id: StoryId
    text: Text
    by: Actor


@event("change-story-selected.v1", da="Fortælling udvalgt", en="Story selected", about="story_id")
class ChangeStorySelected:
    """A panel chose a story, for these reasons, and passed these over.

    Example: the panel chose story 3 since it shows a new role; 1 and 2 were passed over.
    """

    story_id: StoryId
    panel: tuple[Actor, ...]
    reasons: Text
    passed_over: tuple[StoryId, ...] = ()


@event("rival-explanation-considered.v1", da="Anden mulig forklaring", en="Rival explanation", about="outcome_id")
class RivalExplanationConsidered:
    """Another possible explanation of a change was looked at.

    Example: interest rates fell the same spring; that plays a part.
    """

    outcome_id: OutcomeId
    text: Text
    fate: RivalFate


@event("claim-made.v1", da="Påstand", en="Claim", about="claim_id", creates=True)
class ClaimMade:
    """Somebody claims a result; evidence for and against is linked to it.

    Example: the process gave six projects, says the project's own page.
    """

    claim_id: ClaimId
    text: Text
    source: Public


@event("evidence-linked.v1", da="Belæg", en="Evidence", about="claim_id")
class EvidenceLinked:
    """An entry bears on a claim: for, against, or as context.

    Example: the launch of the co-housing project speaks for the claim of six projects.
    """

    claim_id: ClaimId
    event: EventId
    bearing: Bearing


# ------------------------------------------------------------------ rules
class Outcome(Record):
    """Who may not substantiate it, and whether it was rejected."""

    inside: frozenset[Actor] = frozenset()
    rejected: bool = False


TEAM: Final = frozenset({Role.FACILITATOR, Role.EVALUATOR, Role.LEADER})
OutcomeEvent = OutcomeHarvested | OutcomeSubstantiated | OutcomeRejected | RippleLinked | RivalExplanationConsidered


def evolve_outcome(state: Outcome | None, happening: Envelope) -> Outcome:
    """Fold one event into the observed change."""
    data: OutcomeEvent = happening.data
    now = state or Outcome()
    match data:
        case OutcomeHarvested():
            harvester = () if data.harvester is UNKNOWN else (data.harvester,)
            return replace(now, inside=frozenset({*harvester, *data.contributors}))
        case OutcomeRejected():
            return replace(now, rejected=True)
        case OutcomeSubstantiated() | RippleLinked() | RivalExplanationConsidered():
            return now
        case _:
            assert_never(data)


def admit_outcome(state: Outcome | None, happening: Envelope, world: World) -> None:
    """Substantiation comes from outside; nothing is added to what was rejected."""
    data: OutcomeEvent = happening.data
    now = state or Outcome()
    if now.rejected:
        raise Refused("outcome-rejected", field="outcome_id")
    match data:
        case OutcomeSubstantiated():
            if data.by is not UNKNOWN and (data.by in now.inside or _in_team(data.by, happening, world)):
                raise Refused("substantiated-from-inside", field="by")
        case RippleLinked():
            if data.parent_id == data.outcome_id:
                raise Refused("ripple-to-itself", field="parent_id", id=data.parent_id)
        case OutcomeHarvested() | OutcomeRejected() | RivalExplanationConsidered():
            pass
        case _:
            assert_never(data)


def _in_team(actor: Actor, happening: Envelope, world: World) -> bool:
    if actor.kind is ActorKind.ROLE:
        return actor.ref in TEAM
    if actor.kind is not ActorKind.PARTICIPANT or actor.ref is None:
        return False
    person: Any = state_of("participant", world.history("participant", actor.ref))
    return person is not None and any(person.in_role(role, happening.time) for role in TEAM)


thing("outcome", da="observeret ændring", en="observed change", admit=admit_outcome, evolve=evolve_outcome)
thing("story", da="forandringsfortælling", en="change story")
thing("claim", da="påstand", en="claim")
