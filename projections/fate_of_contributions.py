"""Fate of contributions: what became of each thing somebody offered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from domain.acting import (
    ActionAbandoned,
    ActionCompleted,
    ActionHandedOver,
    ActionPlanned,
    ActionProgressed,
    ActionStarted,
)
from domain.belonging import GroupFormed, OrganisationRegistered
from domain.contributing import ContributionAnswered, ContributionBuiltUpon, ContributionEndorsed, ContributionMade
from domain.deciding import DecisionMade, DecisionProposed, DecisionReferred, PoliticalAnswerReceived
from domain.gathering import GatheringPlanned
from domain.vocabulary import UNKNOWN
from projections.kernel import Answer, Projection, Request, State, counted, of_kind, ref_in, seen, value, when

if TYPE_CHECKING:
    from domain.kernel import Envelope

fate_of_contributions = Projection(
    name="fate-of-contributions",
    version=1,
    da="Hvad blev der af bidragene?",
    en="What became of the contributions?",
    rows="contributions",
    breakdowns=("kind", "group"),
)
on = fate_of_contributions.on


@on(ContributionMade)
def made(state: State, event: Envelope) -> State:
    """Somebody offered it."""
    author = event.data.author
    fields: State = {name: value(event, name) for name in ("text", "group_id", "gathering_id", "channel", "receipt")}
    known = value(event, "author") if author is UNKNOWN else {"kind": author.kind.value, "ref": author.ref}
    return seen({**state, **fields, "kind": event.data.kind.value, "author": known, "when": when(event)}, event)


@on(ContributionBuiltUpon)
def built_upon(state: State, event: Envelope) -> State:
    """A later one builds on it."""
    one = {"to": value(event, "to_id"), "how": value(event, "how")}
    return seen({**state, "built": [*state.get("built", []), one]}, event)


@on(ContributionEndorsed)
def endorsed(state: State, event: Envelope) -> State:
    """Somebody ticked it; who is not kept here."""
    return seen({**state, "endorsements": state.get("endorsements", 0) + 1}, event)


@on(ContributionAnswered)
def answered(state: State, event: Envelope) -> State:
    """It got an answer."""
    one = {"answer": value(event, "answer"), "when": when(event), "position": event.position}
    return seen({**state, "answers": [*state.get("answers", []), one]}, event)


@on(DecisionProposed, DecisionMade, DecisionReferred, PoliticalAnswerReceived)
def decision(state: State, event: Envelope) -> State:
    """A decision may build on it."""
    steps = {"decision-proposed": "proposed", "decision-made": "made", "decision-referred": "referred"}
    status = steps.get(event.declaration.stem, state.get("status", "proposed"))
    now = {**state, "status": "made" if "made" in {state.get("status"), status} else status, "when": when(event)}
    if isinstance(event.data, DecisionMade | DecisionProposed):
        now["question"] = value(event, "question") or state.get("question")
    if isinstance(event.data, DecisionMade):
        now["builds_on"] = list(event.data.builds_on or ())
    if isinstance(event.data, DecisionReferred):
        now["referred_to"] = value(event, "body")
    return seen(now, event)


@on(ActionPlanned)
def action_planned(state: State, event: Envelope) -> State:
    """An action may build on it."""
    fields = {name: value(event, name) for name in ("title", "due", "group_id")}
    return seen(
        {"status": "planned", **state, **fields, "builds_on": list(event.data.builds_on or ()), "when": when(event)},
        event,
    )


@on(ActionStarted, ActionProgressed, ActionCompleted, ActionAbandoned, ActionHandedOver)
def action_moved(state: State, event: Envelope) -> State:
    """Where the action stands."""
    status = event.declaration.stem.removeprefix("action-").replace("progressed", "started")
    now = {**state, "status": status, "moved": when(event)}
    if isinstance(event.data, ActionCompleted):
        now["result"] = value(event, "result")
    return seen(now, event)


@on(GroupFormed, GatheringPlanned, OrganisationRegistered)
def named(state: State, event: Envelope) -> State:
    """Know groups, gatherings and organisations by name."""
    return seen({**state, "title": value(event, "title"), "when": when(event)}, event)


@fate_of_contributions.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:
    """Follow each contribution through decisions and actions; count where they are."""
    found = {ref: state for ref, state in of_kind(states, "contribution").items() if "kind" in state}
    links = _links(states)
    items = [_item(ref, state, states, links) for ref, state in found.items()]

    def where(key: str, test: str) -> object:
        return counted(key, [found[item["id"]] for item in items if item[test]])

    data: State = {
        "count": counted("all", found.values()),
        "decided": where("decided", "decisions"),
        "acted": where("acted", "actions"),
        "answered": where("answered", "answers"),
        "waiting": where("waiting", "waiting"),
        "by_kind": {
            kind: counted(f"kind:{kind}", [s for s in found.values() if s["kind"] == kind])
            for kind in sorted({s["kind"] for s in found.values()})
        },
        "contributions": items,
    }
    if request.by in fate_of_contributions.breakdowns:
        data["by"] = _broken_down(found, states, request.by)
    return Answer(data)


def _links(states: Mapping[str, State]) -> dict[str, list[str]]:
    """Return, by id, the decisions and actions that build on it directly."""
    found: dict[str, list[str]] = {}
    for entity, state in states.items():
        for ref in state.get("builds_on", ()):
            found.setdefault(ref, []).append(entity)
    return found


def _reached(start: str, links: Mapping[str, list[str]], built: Iterable[str]) -> list[str]:
    """Return everything that rests on a contribution, directly or through others, nearest first."""
    todo, found = [start, *built], list[str]()
    while todo:
        for entity in links.get(todo.pop(0), ()):
            if entity not in found:
                found.append(entity)
                todo.append(entity.partition("/")[2])
    return found


def _item(ref: str, state: State, states: Mapping[str, State], links: Mapping[str, list[str]]) -> State:
    built = [one["to"] for one in state.get("built", ()) if isinstance(one["to"], str)]
    reached = _reached(ref, links, built)
    steps = {
        kind: [_step(entity, states[entity]) for entity in reached if entity.startswith(f"{kind}/")]
        for kind in ("decision", "action")
    }
    group, gathering = ref_in(state, "group_id"), ref_in(state, "gathering_id")
    return {
        "id": ref,
        **{name: state.get(name) for name in ("kind", "text", "author", "when", "channel", "receipt")},
        "author_title": _author_title(state, states),
        "group": {"id": group, "title": states.get(f"group/{group}", {}).get("title")} if group else None,
        "gathering": {"id": gathering, "title": states.get(f"gathering/{gathering}", {}).get("title")}
        if gathering
        else None,
        "endorsements": counted(f"endorsed:{ref}", [state]) if state.get("endorsements") else None,
        "endorsed": state.get("endorsements", 0),
        "built": state.get("built", []),
        "answers": state.get("answers", []),
        "decisions": steps["decision"],
        "actions": steps["action"],
        "waiting": not reached and not state.get("answers"),
        "entries": counted(f"contribution:{ref}", [state]),
    }


def _author_title(state: State, states: Mapping[str, State]) -> object:
    author = state.get("author") or {}
    kind = "organisation" if author.get("kind") == "body" else author.get("kind")
    return states.get(f"{kind}/{author.get('ref')}", {}).get("title")


def _step(entity: str, state: State) -> State:
    kind, _, ref = entity.partition("/")
    held = {name: item for name, item in state.items() if name != "events"}
    return {"id": ref, **held, "entries": counted(f"{kind}:{ref}", [state])}


def _broken_down(found: Mapping[str, State], states: Mapping[str, State], by: str) -> list[State]:
    name = "group_id" if by == "group" else "kind"
    keys = sorted({ref_in(s, name) or "" for s in found.values()})
    titles = {key: states.get(f"group/{key}", {}).get("title") if by == "group" else key for key in keys}
    return [
        {
            by: key or None,
            "title": titles[key],
            "count": counted(f"{by}:{key}", [s for s in found.values() if (ref_in(s, name) or "") == key]),
        }
        for key in keys
    ]
