"""Readiness: what cannot be fetched later, and what is still missing while there is time.

Before the kick-off: the round before, the first wave, what people are told, what will count as a success. At each
gathering: who came. A day in the plan is a plan; what was held counts from when it was held.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from domain.assessing import AssessmentRoundOpened
from domain.belonging import ParticipantLeft, ParticipantRegistered
from domain.consenting import PrivacyNoticeGiven, ProcessingBasisDeclared
from domain.contributing import ContributionMade
from domain.gathering import (
    AttendanceRecorded,
    GatheringCancelled,
    GatheringHeld,
    GatheringPlanned,
    HeadcountRecorded,
)
from domain.organising import GrantAwarded, ObjectiveDefined, SuccessCriterionAgreed
from domain.relating import RelationshipWaveOpened
from projections.kernel import (
    Answer,
    Projection,
    Request,
    State,
    counted,
    figure,
    moment_of,
    of_kind,
    seen,
    value,
    when,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope

readiness = Projection(
    name="readiness",
    version=1,
    da="Hvad kan ikke hentes senere, og hvad mangler?",
    en="What cannot be fetched later, and what is missing?",
    rows="gatherings",
)


@readiness.on(ParticipantRegistered)
def registered(state: State, event: Envelope) -> State:
    """Somebody takes part."""
    return seen({"here": True, **state, "registered": True}, event)


@readiness.on(ParticipantLeft)
def left(state: State, event: Envelope) -> State:
    """Somebody no longer does."""
    return seen({**state, "here": False}, event)


@readiness.on(PrivacyNoticeGiven, AttendanceRecorded, HeadcountRecorded, SuccessCriterionAgreed)
def pointing(state: State, event: Envelope) -> State:
    """Something was recorded of a person, a gathering or a goal."""
    names = ("participant_id", "gathering_id", "objective_id")
    found = {name: value(event, name) for name in names if hasattr(event.data, name)}
    return seen({**state, **found, "when": when(event)}, event)


@readiness.on(AssessmentRoundOpened)
def round_opened(state: State, event: Envelope) -> State:
    """People were asked about themselves."""
    return seen({**state, "moment": value(event, "moment"), "when": when(event)}, event)


@readiness.on(ContributionMade)
def contributed(state: State, event: Envelope) -> State:
    """Somebody said something; only the first matters here, and its day."""
    return seen({**state, "when": when(event)}, event)


@readiness.on(RelationshipWaveOpened, ProcessingBasisDeclared, ObjectiveDefined)
def begun(state: State, event: Envelope) -> State:
    """Something is there."""
    return seen({**state, "when": when(event)}, event)


@readiness.on(GrantAwarded)
def granted(state: State, event: Envelope) -> State:
    """A report will be due."""
    return seen({**state, "report_due": value(event, "report_due"), "when": when(event)}, event)


@readiness.on(GatheringPlanned)
def planned(state: State, event: Envelope) -> State:
    """A gathering was called."""
    fields = {"title": value(event, "title"), "kind": value(event, "kind"), "starts": value(event, "starts")}
    return seen({"status": "planned", "when": when(event), **state, **fields}, event)


@readiness.on(GatheringHeld)
def held(state: State, event: Envelope) -> State:
    """It took place."""
    return seen({**state, "status": "held", "when": when(event)}, event)


@readiness.on(GatheringCancelled)
def cancelled(state: State, event: Envelope) -> State:
    """It did not."""
    return seen({**state, "status": "cancelled"}, event)


@readiness.answers
def answer(states: Mapping[str, State], _: Request) -> Answer:
    """Say for each thing that cannot be fetched later whether it is there."""
    people = {ref: s for ref, s in of_kind(states, "participant").items() if s.get("registered") and s.get("here")}
    notices = [s for s in of_kind(states, "privacy-notice-given").values() if s.get("participant_id") in people]
    told = {s.get("participant_id") for s in notices}
    goals, criteria = of_kind(states, "objective"), of_kind(states, "criterion").values()
    measured = {s.get("objective_id") for s in criteria}
    rounds = of_kind(states, "round")
    before = [s for s in rounds.values() if s.get("moment") == "before"]
    gatherings = [_gathering(ref, s, states) for ref, s in of_kind(states, "gathering").items()]
    return Answer(
        {
            "people": counted("people", people.values()),
            "told": figure("told", len(told), notices),
            "untold": counted("untold", [s for ref, s in people.items() if ref not in told]),
            "basis": counted("basis", of_kind(states, "processing-basis-declared").values()),
            "before": counted("before", before),
            "waves": counted("waves", of_kind(states, "wave").values()),
            "goals": counted("goals", goals.values()),
            "criteria": counted("criteria", criteria),
            "unmeasured": counted("unmeasured", [s for ref, s in goals.items() if ref not in measured]),
            "contributions": counted("contributions", of_kind(states, "contribution").values()),
            "report_due": _due(states),
            "kick_off": _kick_off(gatherings),
            "gatherings": gatherings,
        }
    )


def _due(states: Mapping[str, State]) -> State | None:
    """Return when the report is due, by the grant that was awarded last."""
    grants = [s for s in of_kind(states, "grant").values() if s.get("report_due")]
    last = max(grants, key=moment_of, default=None)
    return {"day": last["report_due"], "entries": figure("report-due", 1, [last])} if last else None


def _gathering(ref: str, state: State, states: Mapping[str, State]) -> State:
    named = [s for s in of_kind(states, "attendance").values() if s.get("gathering_id") == ref]
    heads = [s for s in of_kind(states, "headcount-recorded").values() if s.get("gathering_id") == ref]
    return {
        "id": ref,
        **{name: state.get(name) for name in ("title", "kind", "starts", "status", "when")},
        "attendance": counted(f"attendance:{ref}", named),
        "headcount": counted(f"headcount:{ref}", heads),
        "entries": counted(f"gathering:{ref}", [state]),
    }


def _kick_off(gatherings: list[State]) -> State | None:
    """Return the kick-off: the one that was held, else the next one planned."""
    found = [one for one in gatherings if one["kind"] == "kick-off" and one["status"] in {"planned", "held"}]
    return min(found, key=lambda one: (one["status"] != "held", _at(one)), default=None)


def _at(one: Mapping[str, Any]) -> dt.datetime:
    starts = one.get("starts") if one.get("status") != "held" else None
    return dt.datetime.fromisoformat(starts) if isinstance(starts, str) else moment_of(dict(one))
