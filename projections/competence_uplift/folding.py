"""What is kept of every round, answer and person: numbers and skips apart, tags and never names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.acting import ActionPlanned
from domain.assessing import (
    AssessmentRoundClosed,
    AssessmentRoundOpened,
    AssessmentVoided,
    CompetenceFrameworkPublished,
    InstrumentPublished,
    ObserverAssessmentSubmitted,
    SelfAssessmentSubmitted,
    Sign,
)
from domain.belonging import GroupFormed, GroupJoined, GroupLeft, ParticipantRegistered, ParticipantsMerged, RoleAssumed
from domain.contributing import ContributionBuiltUpon, ContributionEndorsed, ContributionKind, ContributionMade
from domain.gathering import AttendanceRecorded, GatheringHeld
from domain.reflecting import ReflectionRecorded
from domain.vocabulary import UNKNOWN, Actor, ActorKind, Visibility
from projections.coded import CODING_EVENTS, TEXTS, coded
from projections.kernel import Projection, State, seen, value, when

if TYPE_CHECKING:
    from domain.kernel import Envelope

competence_uplift = Projection(
    name="competence-uplift",
    version=3,
    da="Hvilke kompetencer vurderer deltagerne højere efter end før?",
    en="Which competences do participants rate higher after than before?",
    rows="cells",
    breakdowns=("role", "group", "dose", "version", "competence"),
    deep=Visibility.EVALUATORS,
    evidence=TEXTS,
    ends=(GatheringHeld, AssessmentRoundOpened, AssessmentRoundClosed),
)
competence_uplift.on(*CODING_EVENTS)(coded)


@competence_uplift.on(CompetenceFrameworkPublished, InstrumentPublished)
def published(state: State, event: Envelope) -> State:
    """Keep each version by its number."""
    names = [item.name for item in event.declaration.fields]
    number = value(event, "version")
    versions = dict(state.get("versions", {}))
    if isinstance(number, int):
        versions[str(number)] = {name: value(event, name) for name in names}
    return seen({**state, "versions": versions, "when": when(event)}, event)


@competence_uplift.on(AssessmentRoundOpened)
def opened(state: State, event: Envelope) -> State:
    """Keep who is asked with what, and when in the process."""
    fields = {name: value(event, name) for name in ("instrument_id", "version", "moment", "eligible")}
    return seen({**state, **fields, "when": when(event)}, event)


@competence_uplift.on(AssessmentRoundClosed)
def closed(state: State, event: Envelope) -> State:
    """The round is over."""
    return seen({**state, "closed": when(event)}, event)


@competence_uplift.on(SelfAssessmentSubmitted)
def answered(state: State, event: Envelope) -> State:
    """Keep the numbers and the skips apart; an answer after a voided one counts."""
    fields = {name: value(event, name) for name in ("round_id", "participant_id", "role", "frame")}
    return seen({**state, **fields, **_values(event), "voided": False, "when": when(event)}, event)


@competence_uplift.on(AssessmentVoided)
def voided(state: State, event: Envelope) -> State:
    """The answer does not count."""
    return seen({**state, "voided": True, "when": state.get("when") or when(event)}, event)


@competence_uplift.on(ObserverAssessmentSubmitted)
def observed(state: State, event: Envelope) -> State:
    """Somebody else rated a participant."""
    fields = {name: value(event, name) for name in ("round_id", "participant_id", "role")}
    return seen({**state, **fields, **_values(event), "when": when(event)}, event)


def _values(event: Envelope) -> State:
    given = event.data.answers if event.data.answers is not UNKNOWN else ()
    return {"values": {one.item: one.value for one in given}}


@competence_uplift.on(ParticipantRegistered)
def registered(state: State, event: Envelope) -> State:
    """Know a participant by a tag, never by name."""
    return {**state, "tag": value(event, "pseudonym")}


@competence_uplift.on(ParticipantsMerged)
def merged(state: State, event: Envelope) -> State:
    """What the duplicate answered is this participant's."""
    return {**state, "is": [*state.get("is", []), value(event, "duplicate_id")]}


@competence_uplift.on(RoleAssumed)
def role_assumed(state: State, event: Envelope) -> State:
    """Know the roles of those who are asked, the first one first."""
    return {**state, "roles": [*state.get("roles", []), value(event, "role")]}


@competence_uplift.on(GroupFormed)
def formed(state: State, event: Envelope) -> State:
    """Know the groups by name."""
    return {**state, "title": value(event, "title"), "when": when(event)}


@competence_uplift.on(GroupJoined)
def joined(state: State, event: Envelope) -> State:
    """Know who is in a group."""
    return {**state, "members": [*state.get("members", []), value(event, "participant_id")]}


@competence_uplift.on(GroupLeft)
def left(state: State, event: Envelope) -> State:
    """Somebody left the group."""
    gone = value(event, "participant_id")
    return {**state, "members": [one for one in state.get("members", []) if one != gone]}


@competence_uplift.on(GatheringHeld)
def held(state: State, event: Envelope) -> State:
    """Know that the process has begun: what was before it cannot be fetched any more."""
    return {**state, "held": when(event)}


@competence_uplift.on(AttendanceRecorded)
def attended(state: State, event: Envelope) -> State:
    """Know who came to what: the dose."""
    fields = {name: value(event, name) for name in ("gathering_id", "participant_id", "status")}
    return seen({**state, **fields, "when": when(event)}, event)


# ------------------------------------------------------------------ what people do, and what texts were read to say
@competence_uplift.on(ContributionMade, ContributionBuiltUpon, ContributionEndorsed, ActionPlanned, ReflectionRecorded)
def done(state: State, event: Envelope) -> State:
    """Keep who did something that may speak for a competence, and which of its signs it is."""
    act = {"who": _doers(event), "signs": _signs(event), "when": when(event), "events": [event.position]}
    now = coded(state, event) if isinstance(event.data, ContributionMade | ReflectionRecorded) else state
    return {**now, "acts": [*state.get("acts", []), act]}


def _signs(event: Envelope) -> list[str]:
    kind = event.data.kind if isinstance(event.data, ContributionMade) else None
    also = [kind.value] if isinstance(kind, ContributionKind) and kind.value in set(Sign) else []
    return [event.declaration.stem, *also]


def _doers(event: Envelope) -> list[str]:
    """Return the participants who did it, as the entry says; else the one it was recorded for."""
    match event.data:
        case ContributionMade(author=Actor() as one) | ReflectionRecorded(by=Actor() as one):
            actors: tuple[Actor, ...] = (one,)
        case ActionPlanned(owners=tuple() as owners):
            actors = owners
        case ContributionEndorsed(participant_id=str(ref)):
            return [ref]
        case _:
            return [event.onbehalfof] if event.onbehalfof else []
    return [one.ref for one in actors if one.kind is ActorKind.PARTICIPANT and one.ref]
