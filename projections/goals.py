"""Goals: what was to be reached, and the changes recorded under each.

How a goal was to be seen (signs, indicators, how it was before), what the log says of that, and how strong the evidence
is, belongs to `evidence`; what people claim belongs to `claims`. Neither is told here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from domain.harvesting import OutcomeHarvested, OutcomeRejected, OutcomeSubstantiated, RivalExplanationConsidered
from domain.organising import ObjectiveDefined
from projections.kernel import Answer, Projection, Request, State, counted, of_kind, ref_in, seen, value, when

if TYPE_CHECKING:
    from domain.kernel import Envelope

goals = Projection(
    name="goals", version=2, da="Målene, og hvad der blev af dem", en="The goals, and what became of them", rows="goals"
)


@goals.on(ObjectiveDefined)
def objective(state: State, event: Envelope) -> State:
    """A goal was set."""
    return seen({**state, "text": value(event, "text"), "source": value(event, "source"), "when": when(event)}, event)


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


@goals.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:  # noqa: ARG001 - the shape of a query
    """List each goal with the changes recorded under it, and the changes under none."""
    objectives, outcomes = of_kind(states, "objective"), of_kind(states, "outcome")
    found = [_goal(ref, state, outcomes) for ref, state in objectives.items()]
    loose = {ref: s for ref, s in outcomes.items() if not ref_in(s, "objective_id") and not s.get("rejected")}
    data = {
        "count": counted("objectives", objectives.values()),
        "with_change": counted("with-change", [objectives[goal["id"]] for goal in found if goal["outcomes"]]),
        "goals": found,
        "outcomes": counted("outcomes", outcomes.values()),
        "other_outcomes": [_outcome(ref, state) for ref, state in loose.items()],
    }
    return Answer(data)


def _goal(ref: str, state: State, outcomes: Mapping[str, State]) -> State:
    under = {key: s for key, s in outcomes.items() if s.get("objective_id") == ref and not s.get("rejected")}
    return {
        "id": ref,
        "text": state.get("text"),
        "source": state.get("source"),
        "when": state.get("when"),
        "outcomes": [_outcome(key, s) for key, s in under.items()],
        "entries": counted(f"objective:{ref}", [state, *under.values()]),
    }


def _outcome(ref: str, state: State) -> State:
    shown = {name: item for name, item in state.items() if name != "events"}
    return {"id": ref, **shown, "entries": counted(f"outcome:{ref}", [state])}
