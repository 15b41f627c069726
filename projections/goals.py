"""Goals: what was to be reached, how it was to be seen, and what is recorded of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from domain.harvesting import (
    ClaimMade,
    OutcomeHarvested,
    OutcomeRejected,
    OutcomeSubstantiated,
    RivalExplanationConsidered,
)
from domain.organising import (
    BaselineRecorded,
    IndicatorDefined,
    IndicatorRevised,
    ObjectiveDefined,
    SuccessCriterionAgreed,
)
from projections.kernel import (
    Answer,
    Projection,
    Request,
    State,
    counted,
    moment_of,
    of_kind,
    ref_in,
    seen,
    value,
    when,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope

goals = Projection(
    name="goals", version=1, da="Målene, og hvad der blev af dem", en="The goals, and what became of them", rows="goals"
)


@goals.on(ObjectiveDefined)
def objective(state: State, event: Envelope) -> State:
    """A goal was set."""
    return seen({**state, "text": value(event, "text"), "source": value(event, "source"), "when": when(event)}, event)


@goals.on(SuccessCriterionAgreed)
def criterion(state: State, event: Envelope) -> State:
    """It was agreed what will show it."""
    fields = {"text": value(event, "text"), "objective_id": value(event, "objective_id"), "when": when(event)}
    return seen({**state, **fields}, event)


@goals.on(IndicatorDefined)
def indicator(state: State, event: Envelope) -> State:
    """It was settled what is measured."""
    names = ("title", "unit", "direction", "formula", "target", "min_n")
    fields = {name: value(event, name) for name in names} | {"fed_by": list(event.data.fed_by or ())}
    return seen({**state, **fields, "objective_id": value(event, "objective_id"), "when": when(event)}, event)


@goals.on(IndicatorRevised)
def revised(state: State, event: Envelope) -> State:
    """What is measured was changed; only what is said anew changes."""
    names = ("title", "unit", "direction", "formula", "target", "min_n", "fed_by")
    fields = {name: value(event, name) for name in names if value(event, name) not in (None, (), [])}
    return seen({**state, **fields, "revised": when(event)}, event)


@goals.on(BaselineRecorded)
def baseline(state: State, event: Envelope) -> State:
    """How it was before."""
    names = ("indicator_id", "text", "value", "unit", "source", "method")
    return seen({**state, **{name: value(event, name) for name in names}, "when": when(event)}, event)


@goals.on(OutcomeHarvested)
def outcome(state: State, event: Envelope) -> State:
    """Somebody saw a change."""
    names = ("change", "who", "significance", "contribution", "objective_id", "sign", "intended")
    fields = {name: value(event, name) for name in names}
    return seen({**state, **fields, "when": when(event)}, event)


@goals.on(OutcomeSubstantiated)
def substantiated(state: State, event: Envelope) -> State:
    """Somebody from outside said whether it is so."""
    return seen({**state, "verdicts": [*state.get("verdicts", []), value(event, "verdict")]}, event)


@goals.on(OutcomeRejected)
def rejected(state: State, event: Envelope) -> State:
    """It turned out not to be so."""
    return seen({**state, "rejected": value(event, "reason")}, event)


@goals.on(RivalExplanationConsidered)
def rival(state: State, event: Envelope) -> State:
    """Another explanation was looked at."""
    one = {"text": value(event, "text"), "fate": value(event, "fate")}
    return seen({**state, "rivals": [*state.get("rivals", []), one]}, event)


@goals.on(ClaimMade)
def claim(state: State, event: Envelope) -> State:
    """Somebody claims a result."""
    return seen({**state, "text": value(event, "text"), "source": value(event, "source"), "when": when(event)}, event)


@goals.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:  # noqa: ARG001 - the shape of a query
    """List each goal with its criteria, indicators and the changes recorded under it."""
    kinds = {kind: of_kind(states, kind) for kind in ("objective", "criterion", "indicator", "outcome", "claim")}
    baselines = of_kind(states, "baseline-recorded")
    goals_found = [_goal(ref, state, kinds) for ref, state in kinds["objective"].items()]
    loose = {ref: s for ref, s in kinds["outcome"].items() if not ref_in(s, "objective_id") and not s.get("rejected")}
    data = {
        "count": counted("objectives", kinds["objective"].values()),
        "with_change": counted("with-change", [kinds["objective"][g["id"]] for g in goals_found if g["outcomes"]]),
        "goals": goals_found,
        "outcomes": counted("outcomes", kinds["outcome"].values()),
        "other_outcomes": [_outcome(ref, state) for ref, state in loose.items()],
        "claims": [
            {"id": ref, **_without_events(state), "entries": counted(f"claim:{ref}", [state])}
            for ref, state in kinds["claim"].items()
        ],
        "baselines": [
            {"id": ref, **_without_events(s), "entries": counted(f"baseline:{ref}", [s])}
            for ref, s in baselines.items()
        ],
    }
    return Answer(data, _notes(kinds))


def _goal(ref: str, state: State, kinds: Mapping[str, Mapping[str, State]]) -> State:
    def under(kind: str) -> dict[str, State]:
        return {key: s for key, s in kinds[kind].items() if s.get("objective_id") == ref and not s.get("rejected")}

    criteria, indicators, outcomes = under("criterion"), under("indicator"), under("outcome")
    return {
        "id": ref,
        "text": state.get("text"),
        "source": state.get("source"),
        "when": state.get("when"),
        "criteria": [{"id": key, **_without_events(s)} for key, s in criteria.items()],
        "indicators": [{"id": key, **_without_events(s)} for key, s in indicators.items()],
        "outcomes": [_outcome(key, s) for key, s in outcomes.items()],
        "strength": _strength(outcomes.values()),
        "entries": counted(f"objective:{ref}", [state, *criteria.values(), *indicators.values(), *outcomes.values()]),
    }


def _outcome(ref: str, state: State) -> State:
    return {"id": ref, **_without_events(state), "entries": counted(f"outcome:{ref}", [state])}


def _without_events(state: State) -> State:
    return {name: item for name, item in state.items() if name != "events"}


def _strength(outcomes: object) -> str:
    """Strong = confirmed from outside; stated = somebody says so; silent = nothing is recorded."""
    held = list(outcomes)  # type: ignore[call-overload]
    if any("agree" in s.get("verdicts", []) for s in held):
        return "strong"
    return "stated" if held else "silent"


def _notes(kinds: Mapping[str, Mapping[str, State]]) -> tuple[tuple[str, str], ...]:
    notes = []
    first = min((moment_of(s) for s in kinds["outcome"].values()), default=None)
    late = [s for kind in ("criterion", "indicator") for s in kinds[kind].values() if first and moment_of(s) > first]
    if late:
        notes.append(
            (
                f"{len(late)} tegn eller målepunkter er aftalt efter de første tal.",
                f"{len(late)} signs or indicators were agreed after the first figures.",
            )
        )
    unfed = [s for s in kinds["indicator"].values() if not s.get("fed_by")]
    if unfed:
        notes.append(
            (
                f"{len(unfed)} målepunkter får ingen tal fra logbogen.",
                f"{len(unfed)} indicators are fed by nothing in the log.",
            )
        )
    return tuple(notes)
