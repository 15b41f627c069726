"""Actions: which 100-day actions were planned, where each stands, and which are past their day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from domain.acting import (
    ActionAbandoned,
    ActionCompleted,
    ActionHandedOver,
    ActionPlanned,
    ActionProgressed,
    ActionRescheduled,
    ActionStarted,
    ObstacleMet,
)
from domain.belonging import GroupFormed
from domain.gathering import GatheringHeld, GatheringPlanned
from domain.timing import end_of_day, local_day
from projections.kernel import Answer, Projection, Request, State, counted, of_kind, ref_in, seen, value, when

if TYPE_CHECKING:
    from domain.kernel import Envelope

HUNDRED_DAYS: Final = 100
STATUSES: Final = ("planned", "started", "completed", "abandoned", "handed-over")
OVER: Final = ("completed", "abandoned", "handed-over")

actions = Projection(
    name="actions",
    version=1,
    da="Hvad blev der af handlingerne?",
    en="What became of the actions?",
    rows="actions",
    breakdowns=("group", "status"),
)


@actions.on(ActionPlanned)
def planned(state: State, event: Envelope) -> State:
    """Keep the plan; what was heard of it before it was planned stays."""
    fields = {name: value(event, name) for name in ("title", "aim", "sign_of_success", "due", "starts", "group_id")}
    plan = {**fields, "builds_on": list(event.data.builds_on or ()), "when": when(event), "planned": True}
    return seen({"status": "planned", **state, **plan}, event)


@actions.on(ActionStarted)
def started(state: State, event: Envelope) -> State:
    """It is under way."""
    return _moved(state, event, "started", note=value(event, "note"))


@actions.on(ActionProgressed)
def progressed(state: State, event: Envelope) -> State:
    """Something came of it."""
    return _moved(state, event, "started", note=value(event, "note"))


@actions.on(ObstacleMet)
def hindered(state: State, event: Envelope) -> State:
    """Something stands in its way."""
    return _moved(state, event, state.get("status", "planned"), note=value(event, "obstacle"))


@actions.on(ActionRescheduled)
def rescheduled(state: State, event: Envelope) -> State:
    """It got another day."""
    return _moved(
        {**state, "due": value(event, "due")}, event, state.get("status", "planned"), note=value(event, "reason")
    )


@actions.on(ActionCompleted)
def completed(state: State, event: Envelope) -> State:
    """It was done."""
    said = {"result": value(event, "result"), "learning": value(event, "learning")}
    return _moved({**state, **said, "ended": when(event)}, event, "completed", note=said["result"])


@actions.on(ActionAbandoned)
def abandoned(state: State, event: Envelope) -> State:
    """It was stopped."""
    said = {"reason": value(event, "reason"), "learning": value(event, "learning")}
    return _moved({**state, **said, "ended": when(event)}, event, "abandoned", note=said["reason"])


@actions.on(ActionHandedOver)
def handed_over(state: State, event: Envelope) -> State:
    """Others took it over."""
    return _moved({**state, "ended": when(event)}, event, "handed-over", note=None)


def _moved(state: State, event: Envelope, status: str, *, note: object) -> State:
    step = {"type": event.declaration.stem, "when": when(event), "note": note, "position": event.position}
    return seen({**state, "status": status, "steps": [*state.get("steps", []), step]}, event)


@actions.on(GroupFormed)
def group(state: State, event: Envelope) -> State:
    """Know the groups by name."""
    return seen({**state, "title": value(event, "title"), "when": when(event)}, event)


@actions.on(GatheringPlanned)
def gathering(state: State, event: Envelope) -> State:
    """Know the kick-off: the hundred days are counted from it."""
    return seen({**state, "kind": value(event, "kind"), "when": when(event)}, event)


@actions.on(GatheringHeld)
def held(state: State, event: Envelope) -> State:
    """A gathering that was held begins the count."""
    return seen({**state, "held": when(event), "when": when(event)}, event)


@actions.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:
    """List the actions with figures by status, those past their day and past day 100."""
    found, groups = of_kind(states, "action"), of_kind(states, "group")
    begun = _begun(states)
    items = [_item(ref, state, groups, begun, request) for ref, state in found.items()]
    data = {
        "count": counted("all", found.values()),
        "by_status": {
            status: counted(f"status:{status}", [s for s in found.values() if s["status"] == status])
            for status in STATUSES
        },
        "late": counted("late", [found[item["id"]] for item in items if item["late"]]),
        "past_day_100": counted(
            "past-day-100", [found[item["id"]] for item in items if item["day"] and item["day"] > HUNDRED_DAYS]
        ),
        "begun": begun.isoformat() if begun else None,
        "actions": items,
    }
    if request.by in actions.breakdowns:
        data["by"] = _broken_down(found, groups, request.by)
    return Answer(data, _notes(begun, items))


def _begun(states: Mapping[str, State]) -> dt.date | None:
    kick_offs = [
        s["held"]["time"] for s in of_kind(states, "gathering").values() if s.get("kind") == "kick-off" and "held" in s
    ]
    return local_day(min(dt.datetime.fromisoformat(time) for time in kick_offs)) if kick_offs else None


def _item(ref: str, state: State, groups: Mapping[str, State], begun: dt.date | None, request: Request) -> State:
    due = dt.date.fromisoformat(state["due"]) if isinstance(state.get("due"), str) else None
    day = (due - begun).days if begun and due else None
    late = state["status"] not in OVER and due is not None and request.at is not None and end_of_day(due) < request.at
    group_id = ref_in(state, "group_id")
    return {
        "id": ref,
        **{
            name: state.get(name)
            for name in ("title", "aim", "sign_of_success", "due", "starts", "status", "when", "ended")
        },
        **{name: state.get(name) for name in ("result", "reason", "learning")},
        "group": {"id": group_id, "title": groups.get(str(group_id), {}).get("title")} if group_id else None,
        "builds_on": state.get("builds_on", []),
        "steps": state.get("steps", []),
        "late": late,
        "day": day,
        "planned": bool(state.get("planned")),
        "entries": counted(f"action:{ref}", [state]),
    }


def _broken_down(found: Mapping[str, State], groups: Mapping[str, State], by: str) -> list[State]:
    keys: list[str | None] = [*groups, None] if by == "group" else list(STATUSES)
    name = "group_id" if by == "group" else "status"
    rows = []
    for key in keys:
        held = [s for s in found.values() if ref_in(s, name) == key]
        if held or key in groups:
            title = groups[key]["title"] if key and key in groups else key
            rows.append({by: key, "title": title, "count": counted(f"{by}:{key}", held)})
    return rows


def _notes(begun: dt.date | None, items: list[State]) -> tuple[tuple[str, str], ...]:
    late = [item for item in items if item["day"] and item["day"] > HUNDRED_DAYS]
    if not late or begun is None:
        return ()
    day = max(item["day"] for item in late)
    return (
        (
            f"{len(late)} handlinger har frist efter dag 100. Den seneste er dag {day}.",
            f"{len(late)} actions are due after day 100. The last is day {day}.",
        ),
    )
