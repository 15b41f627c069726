"""Deciding: what was asked, what was chosen, by whom, on what ground; and what the politicians treated."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from domain.kernel import event, thing
from domain.refusals import Refused
from domain.vocabulary import (
    UNKNOWN,
    Actor,
    ActorInRole,
    BasisId,
    CaseItemId,
    Date,
    DecisionId,
    GatheringId,
    LocalId,
    OrganisationId,
    Public,
    Record,
    Role,
    Text,
    Visibility,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope, World


class ParticipationLevel(StrEnum):
    """How far people were let in, after the spectrum of public participation."""

    INFORM = "inform"
    CONSULT = "consult"
    INVOLVE = "involve"
    COLLABORATE = "collaborate"
    EMPOWER = "empower"


class CaseKind(StrEnum):
    """How a body treated an item of its agenda."""

    INFORMATION = "information"
    DISCUSSION = "discussion"
    RECOMMENDATION = "recommendation"
    DECISION = "decision"


class Option(Record, kw_only=True):
    """One of the things that could be chosen."""

    id: LocalId
    text: Text


@event(
    "participation-promise-made.v1",
    da="Løfte om inddragelse",
    en="Promise of participation",
    visibility=Visibility.PUBLIC,
)
class ParticipationPromiseMade:
    """It was promised how far people will be let in, and on what.

    Example: we will look for solutions together, and you decide about the path.
    """

    level: ParticipationLevel
    about: Text


@event("decision-proposed.v1", da="Beslutning foreslået", en="Decision proposed", about="decision_id", creates=True)
class DecisionProposed:
    """A question was put, with what could be chosen.

    Example: where should the benches stand, by the path or at the hall?
    """

    decision_id: DecisionId
    question: Text
    options: tuple[Option, ...] = ()


@event("decision-made.v1", da="Beslutning", en="Decision", about="decision_id", creates=None, core=True)
class DecisionMade:
    """Something was decided: what, how, by whom, why, building on what.

    Example: the group, two employees and a politician agree on three benches by the path.
    """

    decision_id: DecisionId
    taken_by: tuple[ActorInRole, ...]
    question: Text | None = None
    options: tuple[Option, ...] = ()
    chosen: LocalId | None = None
    method: Public | None = None
    mandate: Public | None = None
    rationale: Text | None = None
    builds_on: tuple[BasisId, ...] = ()
    gathering_id: GatheringId | None = None


@event("dissent-recorded.v1", da="Uenighed", en="Disagreement", about="decision_id", owner="by")
class DissentRecorded:
    """Somebody did not agree, and said why.

    Example: a neighbour finds the building too high.
    """

    decision_id: DecisionId
    by: Actor
    text: Text


@event("decision-referred.v1", da="Til politisk behandling", en="Sent to the politicians", about="decision_id")
class DecisionReferred:
    """A decision or question was sent to a political body.

    Example: the road committee gets the road humps as case 19/0417.
    """

    decision_id: DecisionId
    body: OrganisationId
    case_number: Public | None = None


@event("political-answer-received.v1", da="Politisk svar", en="Political answer", about="decision_id")
class PoliticalAnswerReceived:
    """The body answered.

    Example: the committee says yes to two road humps next year.
    """

    decision_id: DecisionId
    body: OrganisationId
    answer: Text
    date: Date


@event("decision-superseded.v1", da="Beslutning afløst", en="Decision replaced", about="decision_id")
class DecisionSuperseded:
    """A decision was replaced by a later one.

    Example: the benches went to the hall after all.
    """

    decision_id: DecisionId
    by_id: DecisionId
    reason: Text


@event(
    "case-item-treated.v1",
    da="Sag behandlet",
    en="Case item treated",
    about="item_id",
    creates=True,
    visibility=Visibility.PUBLIC,
)
class CaseItemTreated:
    """A political body treated an item of its agenda: took note, discussed, recommended or decided.

    Example: the committee discussed the collection from the meeting in the village.
    """

    item_id: CaseItemId
    body: OrganisationId
    heading: Public
    kind: CaseKind
    visible: Text | None = None


@event("participation-level-judged.v1", da="Inddragelse vurderet", en="Participation judged", about="decision_id")
class ParticipationLevelJudged:
    """A role judged how far it was let in on a decision.

    Example: the citizens say they were consulted where collaboration was promised.
    """

    decision_id: DecisionId
    level: ParticipationLevel
    role: Role


# ------------------------------------------------------------------ rules
class Decision(Record):
    """Where a decision stands."""

    options: frozenset[str] = frozenset()
    made: bool = False
    superseded: bool = False
    referred_to: frozenset[str] = frozenset()


DecisionEvent = (
    DecisionProposed
    | DecisionMade
    | DissentRecorded
    | DecisionReferred
    | PoliticalAnswerReceived
    | DecisionSuperseded
    | ParticipationLevelJudged
)


def evolve(state: Decision | None, happening: Envelope) -> Decision:
    """Fold one event into the decision."""
    data: DecisionEvent = happening.data
    now = state or Decision()
    match data:
        case DecisionProposed():
            return replace(now, options=_ids(data.options))
        case DecisionMade():
            return replace(now, made=True, options=now.options | _ids(data.options))
        case DecisionReferred():
            return replace(now, referred_to=now.referred_to | {data.body})
        case DecisionSuperseded():
            return replace(now, superseded=True)
        case DissentRecorded() | PoliticalAnswerReceived() | ParticipationLevelJudged():
            return now
        case _:
            assert_never(data)


def admit(state: Decision | None, happening: Envelope, world: World) -> None:
    """A decision is made once, by somebody, among its options; then answered, disputed or replaced."""
    data: DecisionEvent = happening.data
    now = state or Decision()
    match data:
        case DecisionProposed():
            _admit_options(data.options)
        case DecisionMade():
            _admit_made(now, data, happening, proposed=state is not None)
        case PoliticalAnswerReceived():
            if data.body is not UNKNOWN and data.body not in now.referred_to:
                raise Refused("never-referred", field="body", body=data.body)
        case DecisionSuperseded():
            _admit_superseded(now, data, world)
        case ParticipationLevelJudged():
            if not now.made:
                raise Refused("not-decided-yet", field="decision_id")
        case DissentRecorded() | DecisionReferred():
            pass
        case _:
            assert_never(data)


def _admit_made(now: Decision, data: DecisionMade, happening: Envelope, *, proposed: bool) -> None:
    if now.made:
        raise Refused("already-decided", field="decision_id")
    if data.taken_by is not UNKNOWN and not data.taken_by:
        raise Refused("decision-without-participants", field="taken_by")
    if not proposed and not data.question and "question" not in {x.field for x in happening.notrecorded}:
        raise Refused("field-missing", field="question")
    _admit_options(data.options)
    options = now.options | _ids(data.options)
    if "options" in {x.field for x in happening.notrecorded}:
        return
    if data.chosen and data.chosen not in options:
        raise Refused("choice-outside-options", field="chosen", id=data.chosen)


def _admit_options(options: tuple[Option, ...]) -> None:
    ids = [option.id for option in options or ()]
    if len(ids) != len(set(ids)):
        raise Refused("option-twice", field="options", id=next(x for x in ids if ids.count(x) > 1))


def _admit_superseded(now: Decision, data: DecisionSuperseded, world: World) -> None:
    if data.by_id == data.decision_id:
        raise Refused("superseded-by-itself", field="by_id", id=data.by_id)
    if not now.made:
        raise Refused("not-decided-yet", field="decision_id")
    if now.superseded:
        raise Refused("already-superseded", field="decision_id")
    if not any(isinstance(item.data, DecisionMade) for item in world.history("decision", data.by_id)):
        raise Refused("not-decided-yet", field="by_id")


def _ids(options: tuple[Option, ...]) -> frozenset[str]:
    return frozenset(option.id for option in options or ())


thing("decision", da="beslutning", en="decision", admit=admit, evolve=evolve)
thing("case-item", da="politisk sag", en="case item")
thing("participation-promise-made", da="løfte om inddragelse", en="promise of participation")
