"""Timeline: what happened, in order: gatherings, decisions and cases, actions, projects and observed changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from domain.acting import (
    ActionAbandoned,
    ActionCompleted,
    ActionHandedOver,
    ActionPlanned,
    ActionProgressed,
    ActionStarted,
    ProductDelivered,
    ProjectHandedOver,
    ProjectLaunched,
    ProjectStopped,
)
from domain.belonging import GroupFormed, OrganisationRegistered
from domain.deciding import CaseItemTreated, DecisionMade, DecisionProposed, DissentRecorded
from domain.gathering import GatheringCancelled, GatheringHeld, GatheringPlanned, HeadcountRecorded
from domain.harvesting import OutcomeHarvested, OutcomeRejected
from domain.organising import GrantAwarded, ProcessRegistered
from domain.timing import local_day
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

timeline = Projection(
    name="timeline",
    version=1,
    da="Hvad skete der hvornår?",
    en="What happened when?",
    rows="items",
    breakdowns=("kind", "group"),
)
on = timeline.on

LISTED: Final = ("gathering", "decision", "case-item", "action", "project", "product", "outcome", "group", "grant")


@on(ProcessRegistered)
def process(state: State, event: Envelope) -> State:
    """The process itself."""
    names = ("title", "place", "municipality", "aim", "period_start", "period_end", "fictional")
    return seen({**state, **{name: value(event, name) for name in names}, "when": when(event)}, event)


@on(GrantAwarded)
def grant(state: State, event: Envelope) -> State:
    """Money was promised."""
    names = ("funder", "scheme", "amount_dkk", "case_number", "report_due")
    return seen(
        {**state, **{name: value(event, name) for name in names}, "title": value(event, "scheme"), "when": when(event)},
        event,
    )


@on(GroupFormed, OrganisationRegistered, ProjectLaunched, ProductDelivered)
def titled(state: State, event: Envelope) -> State:
    """Something with a title came to be."""
    group_id = value(event, "group_id") if event.kind == "project" else None
    return seen({**state, "title": value(event, "title"), "when": when(event), "group_id": group_id}, event)


@on(GatheringPlanned)
def gathering_planned(state: State, event: Envelope) -> State:
    """A gathering was called."""
    fields = {name: value(event, name) for name in ("title", "series", "place", "starts", "ends", "purpose")}
    return seen(
        {"status": "planned", "when": when(event), **state, **fields, "gathering_kind": value(event, "kind")}, event
    )


@on(GatheringHeld)
def gathering_held(state: State, event: Envelope) -> State:
    """A gathering took place."""
    place = {"place": event.data.place} if event.data.place else {}
    silent = [{"field": item.field, "reason": item.reason} for item in event.notrecorded]
    return seen({**state, **place, "status": "held", "when": when(event), "silent": silent}, event)


@on(GatheringCancelled)
def gathering_cancelled(state: State, event: Envelope) -> State:
    """A gathering did not take place."""
    return seen({**state, "status": "cancelled"}, event)


@on(HeadcountRecorded)
def headcount(state: State, event: Envelope) -> State:
    """How many came."""
    fields = {name: value(event, name) for name in ("total", "basis", "gathering_id")}
    by_role = [{"role": item.role.value, "count": item.count} for item in event.data.by_role or ()]
    return seen({**state, **fields, "by_role": by_role, "when": when(event)}, event)


@on(DecisionProposed, DecisionMade)
def decision(state: State, event: Envelope) -> State:
    """Something was put or decided."""
    made = isinstance(event.data, DecisionMade)
    takers = event.data.taken_by or () if made else ()
    bodies = [item.actor.ref for item in takers if item.actor.kind == "body"]
    status = "made" if made else state.get("status", "proposed")
    now = {"question": value(event, "question") or state.get("question"), "status": status, "when": when(event)}
    silent = [{"field": item.field, "reason": item.reason} for item in event.notrecorded]
    return seen({**state, **now, "bodies": bodies or state.get("bodies", []), "silent": silent}, event)


@on(DissentRecorded)
def dissent(state: State, event: Envelope) -> State:
    """Somebody did not agree."""
    return seen({"status": "proposed", "when": when(event), **state, "dissent": state.get("dissent", 0) + 1}, event)


@on(CaseItemTreated)
def case_item(state: State, event: Envelope) -> State:
    """A political body treated an item."""
    bodies = [event.data.body] if event.data.body else []
    fields = {"heading": value(event, "heading"), "bodies": bodies, "case_kind": value(event, "kind")}
    silent = [{"field": item.field, "reason": item.reason} for item in event.notrecorded]
    return seen({**state, **fields, "when": when(event), "silent": silent, "visible": value(event, "visible")}, event)


@on(ActionPlanned)
def action_planned(state: State, event: Envelope) -> State:
    """An action was planned."""
    fields = {name: value(event, name) for name in ("title", "group_id", "due")}
    return seen({"status": "planned", **state, **fields, "when": when(event)}, event)


@on(ActionStarted, ActionProgressed, ActionCompleted, ActionAbandoned, ActionHandedOver)
def action_moved(state: State, event: Envelope) -> State:
    """Where an action stands."""
    status = event.declaration.stem.removeprefix("action-").replace("progressed", "started")
    return seen({"when": when(event), **state, "status": status, "moved": when(event)}, event)


@on(ProjectHandedOver, ProjectStopped)
def project_over(state: State, event: Envelope) -> State:
    """A project was handed over or stopped."""
    return seen({"when": when(event), **state, "status": event.declaration.stem.removeprefix("project-")}, event)


@on(OutcomeHarvested)
def outcome(state: State, event: Envelope) -> State:
    """Somebody saw a change."""
    fields = {name: value(event, name) for name in ("change", "sign", "objective_id")}
    groups = [actor.ref for actor in event.data.contributors or () if actor.kind == "group"]
    return seen({**state, **fields, "group_id": groups[0] if groups else None, "when": when(event)}, event)


@on(OutcomeRejected)
def outcome_rejected(state: State, event: Envelope) -> State:
    """It turned out not to be so."""
    return seen({"when": when(event), **state, "status": "rejected"}, event)


@timeline.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:
    """List everything in order, with the groups and the process."""
    groups = of_kind(states, "group")
    organisations = {ref: state.get("title") for ref, state in of_kind(states, "organisation").items()}
    heads = [state for kind in ("headcount-recorded",) for state in of_kind(states, kind).values()]
    items = [
        _item(entity, state, groups, heads) for entity, state in states.items() if entity.partition("/")[0] in LISTED
    ]
    items.sort(key=lambda item: (moment_of(item), str(item["when"]["end"]), item["kind"], item["id"]))
    process_id, process_state = next(iter(of_kind(states, "process").items()), ("", {}))
    data: State = {
        "process": {"id": process_id, **{k: v for k, v in process_state.items() if k != "events"}},
        "groups": [
            {"id": ref, "title": s.get("title"), "entries": counted(f"group:{ref}", [s])} for ref, s in groups.items()
        ],
        "organisations": organisations,
        "headcounts": [
            {**{k: v for k, v in s.items() if k != "events"}, "entries": counted("headcount", [s])} for s in heads
        ],
        "count": counted("all", [states[f"{item['kind']}/{item['id']}"] for item in items]),
        "items": items,
    }
    if request.by in timeline.breakdowns:
        data["by"] = _broken_down(items, states, request.by)
    return Answer(data)


def _item(entity: str, state: State, groups: Mapping[str, State], heads: list[State]) -> State:
    kind, _, ref = entity.partition("/")
    mark: dict[str, Any] = state.get("when") or {
        "time": None,
        "end": None,
        "precision": "unknown",
        "basis": None,
        "citation": None,
    }
    group_id = ref_in(state, "group_id")
    held = {name: item for name, item in state.items() if name not in {"events", "when", "group_id"}}
    return {
        "date": local_day(moment_of(state)).isoformat() if mark["time"] else None,
        "kind": kind,
        "id": ref,
        "when": mark,
        **held,
        "group": {"id": group_id, "title": groups.get(group_id, {}).get("title")} if group_id else None,
        "headcount": next((s.get("total") for s in heads if s.get("gathering_id") == ref), None)
        if kind == "gathering"
        else None,
        "entries": counted(f"{kind}:{ref}", [state]),
    }


def _broken_down(items: list[State], states: Mapping[str, State], by: str) -> list[State]:
    def key(item: State) -> str | None:
        return (item["group"] or {}).get("id") if by == "group" else item["kind"]

    keys = sorted({key(item) or "" for item in items})
    rows = []
    for one in keys:
        held = [states[f"{item['kind']}/{item['id']}"] for item in items if (key(item) or "") == one]
        rows.append({by: one or None, "count": counted(f"{by}:{one}", held)})
    return rows
