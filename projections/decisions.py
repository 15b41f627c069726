"""Decisions: what was decided, by whom, on what ground; and what the political bodies treated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from domain.belonging import GroupJoined, GroupLeft, OrganisationRegistered, RoleAssumed
from domain.contributing import ContributionMade
from domain.deciding import (
    CaseItemTreated,
    DecisionMade,
    DecisionProposed,
    DecisionReferred,
    DecisionSuperseded,
    DissentRecorded,
    ParticipationLevelJudged,
    PoliticalAnswerReceived,
)
from domain.vocabulary import UNKNOWN, Actor, Role
from projections.kernel import Answer, Projection, Request, State, counted, of_kind, said, seen, value, when

if TYPE_CHECKING:
    from domain.kernel import Envelope

decisions = Projection(
    name="decisions",
    version=2,
    da="Hvad blev besluttet, af hvem og hvorfor?",
    en="What was decided, by whom and why?",
    rows="decisions",
    breakdowns=("body", "kind", "role"),
)


@decisions.on(DecisionProposed)
def proposed(state: State, event: Envelope) -> State:
    """A question was put."""
    fields = {"question": value(event, "question"), "options": _options(event), "proposed": when(event)}
    return seen({"status": "proposed", "when": when(event), **state, **fields}, event)


@decisions.on(DecisionMade)
def made(state: State, event: Envelope) -> State:
    """It was decided."""
    names = ("chosen", "method", "mandate", "rationale", "gathering_id")
    fields: State = {name: value(event, name) for name in names}
    fields["question"] = value(event, "question") or state.get("question")
    fields["options"] = [*state.get("options", []), *_options(event)]
    fields["taken_by"] = None if event.data.taken_by is UNKNOWN else [_taker(item) for item in event.data.taken_by]
    fields["builds_on"] = list(event.data.builds_on or ())
    status = "superseded" if state.get("superseded") else "made"
    return seen({**state, **fields, "status": status, "when": when(event)}, event)


def _options(event: Envelope) -> list[State]:
    return [{"id": item.id, "text": said(event, item.text)} for item in event.data.options or ()]


def _taker(item: Any) -> State:
    return {"actor": _actor(item.actor), "role": item.role.value if item.role else None}


def _actor(actor: Actor | None) -> State | None:
    return None if actor is None or actor is UNKNOWN else {"kind": actor.kind.value, "ref": actor.ref}


@decisions.on(DissentRecorded)
def dissented(state: State, event: Envelope) -> State:
    """Somebody did not agree."""
    one = {"by": _actor(event.data.by), "text": value(event, "text"), "when": when(event), "position": event.position}
    return seen({"status": "proposed", **state, "dissent": [*state.get("dissent", []), one]}, event)


@decisions.on(DecisionReferred)
def referred(state: State, event: Envelope) -> State:
    """It was sent to a political body."""
    one = {"body": value(event, "body"), "case_number": value(event, "case_number"), "when": when(event)}
    return seen({"status": "proposed", **state, "referred": [*state.get("referred", []), one]}, event)


@decisions.on(PoliticalAnswerReceived)
def answered(state: State, event: Envelope) -> State:
    """The body answered."""
    one = {"body": value(event, "body"), "answer": value(event, "answer"), "date": value(event, "date")}
    return seen({"status": "proposed", **state, "answers": [*state.get("answers", []), one]}, event)


@decisions.on(DecisionSuperseded)
def superseded(state: State, event: Envelope) -> State:
    """It was replaced."""
    one = {"by": value(event, "by_id"), "reason": value(event, "reason"), "when": when(event)}
    return seen({**state, "status": "superseded", "superseded": one}, event)


@decisions.on(ParticipationLevelJudged)
def judged(state: State, event: Envelope) -> State:
    """A role judged how far it was let in."""
    one = {"role": value(event, "role"), "level": value(event, "level")}
    return seen({"status": "proposed", **state, "levels": [*state.get("levels", []), one]}, event)


@decisions.on(CaseItemTreated)
def treated(state: State, event: Envelope) -> State:
    """A political body treated an item."""
    fields = {name: value(event, name) for name in ("body", "heading", "visible")}
    silent = [{"field": item.field, "reason": item.reason} for item in event.notrecorded]
    return seen({**state, **fields, "kind": value(event, "kind"), "when": when(event), "silent": silent}, event)


@decisions.on(OrganisationRegistered)
def organisation(state: State, event: Envelope) -> State:
    """Know the bodies by name."""
    return seen({**state, "title": value(event, "title")}, event)


@decisions.on(ContributionMade)
def contributed(state: State, event: Envelope) -> State:
    """Know whose words a decision may build on."""
    return seen({**state, "author": _actor(event.data.author)}, event)


@decisions.on(RoleAssumed)
def in_role(state: State, event: Envelope) -> State:
    """Know the roles of those who said something, and of those who decided."""
    return seen({**state, "roles": sorted({*state.get("roles", ()), *_given(value(event, "role"))})}, event)


@decisions.on(GroupJoined, GroupLeft)
def in_group(state: State, event: Envelope) -> State:
    """Know whom a group stands for: everybody who was ever in it."""
    return seen({**state, "members": sorted({*state.get("members", ()), event.data.participant_id})}, event)


def _given(role: Any) -> list[str]:
    return [role] if isinstance(role, str) else []


@decisions.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:
    """List decisions and case items, counted."""
    found, items = of_kind(states, "decision"), of_kind(states, "case-item")
    titles = {ref: state.get("title") for ref, state in of_kind(states, "organisation").items()}
    decided = {ref: state for ref, state in found.items() if state.get("status") in {"made", "superseded"}}
    absent = {ref: roles for ref, state in decided.items() if (roles := _absent(state, states))}
    awaiting = {ref: s for ref, s in found.items() if len(s.get("referred", [])) > len(s.get("answers", []))}
    data: State = {
        "count": counted("made", decided.values()),
        "proposed": counted("proposed", [s for s in found.values() if s.get("status") == "proposed"]),
        "dissent": counted("dissent", [s for s in found.values() if s.get("dissent")]),
        "awaiting": counted("awaiting", awaiting.values()),
        "absent": counted("absent", [decided[ref] for ref in absent]),
        "case_items": counted("case-items", items.values()),
        "decisions": [
            {
                "id": ref,
                **{k: v for k, v in s.items() if k != "events"},
                "absent": absent.get(ref, []),
                "entries": counted(f"decision:{ref}", [s]),
            }
            for ref, s in found.items()
        ],
        "items": [
            {"id": ref, **{k: v for k, v in s.items() if k != "events"}, "entries": counted(f"case-item:{ref}", [s])}
            for ref, s in items.items()
        ],
        "organisations": titles,
    }
    if request.by in decisions.breakdowns:
        data["by"] = _broken_down(decided, items, titles, request.by)
    return Answer(data, (ABSENT,) if absent else ())


# ------------------------------------------------------------------ a role absent from what concerns it
ABSENT: Final = (
    "Bygger på bidrag fra roller, der ikke står blandt dem, der besluttede. Det viser kun, hvad der er skrevet ned.",
    "Builds on contributions of roles not named among those who decided. That shows only what was written down.",
)


def _absent(decision: State, states: Mapping[str, State]) -> list[str]:
    """Return the roles whose words a decision builds on and that are not among those who took it.

    None where nobody knows who took it, or somebody of unknown role did.
    """
    takers = decision.get("taken_by")
    if not takers:
        return []
    present = [({t["role"]} if t["role"] else _roles(t["actor"], states)) for t in takers]
    if not all(present):
        return []
    authors = [states.get(f"contribution/{ref}", {}).get("author") for ref in decision.get("builds_on", ())]
    return sorted(set().union(*(_roles(author, states) for author in authors)) - set().union(*present))


def _roles(actor: State | None, states: Mapping[str, State]) -> set[str]:
    """Return the roles an actor stands for, as far as they were recorded; a political body is its politicians."""
    match (actor or {}).get("kind"), (actor or {}).get("ref"):
        case "role", str(role):
            return {role}
        case "body", _:
            return {Role.POLITICIAN.value}
        case "participant", str(ref):
            return set(states.get(f"participant/{ref}", {}).get("roles", ()))
        case "group", str(ref):
            members = states.get(f"group/{ref}", {}).get("members", ())
            return set().union(*(states.get(f"participant/{one}", {}).get("roles", ()) for one in members))
        case _:
            return set()


def _broken_down(decided: Mapping[str, State], items: Mapping[str, State], titles: State, by: str) -> list[State]:
    keys: Counter[str] = Counter()
    held: dict[str, list[State]] = {}
    for state in [*decided.values(), *items.values()]:
        for key in _keys(state, by):
            keys[key] += 1
            held.setdefault(key, []).append(state)
    return [
        {by: key, "title": titles.get(key, key), "count": counted(f"{by}:{key}", held[key])} for key in sorted(keys)
    ]


def _keys(state: State, by: str) -> list[str]:
    takers = state.get("taken_by") or []
    if by == "kind":
        return [str(state.get("kind") or "decision")]
    if by == "role":
        return sorted({taker["role"] or "unknown" for taker in takers})
    body = state.get("body")
    return [body] if isinstance(body, str) else sorted({str(t["actor"]["ref"]) for t in takers if t["actor"]})
