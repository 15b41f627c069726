"""Model: the steps of the model a process follows, or drew from itself, against what was run.

Steps are matched with gatherings by what they are called, and by nothing else: a gathering with another name is told as
run beside the model, a step without one as not run. A model taken over from another process lies in that process's
log, and is looked up there (`Projection.names`) as far as the reader may see it. Without any model, what was run is
told in the same shape, so that others can follow it.

Days are counted from the first kick-off that was held, without one from the first gathering held.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from domain.gathering import (
    Attendance,
    AttendanceRecorded,
    ExerciseRun,
    GatheringCancelled,
    GatheringHeld,
    GatheringPlanned,
    HeadcountRecorded,
)
from domain.modelling import ProcessTemplateDerived, TemplateAdapted, TemplateAdopted, TemplateFeedbackGiven
from domain.timing import local_day
from projections.kernel import (
    Answer,
    Named,
    Projection,
    Request,
    State,
    counted,
    figure,
    moment_of,
    of_kind,
    ref_in,
    said,
    seen,
    value,
    when,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope

model = Projection(
    name="model",
    version=1,
    da="Hvad sagde modellen, og hvad blev der gjort?",
    en="What did the model say, and what was done?",
    rows="run",
)


# ------------------------------------------------------------------ folds
@model.on(ProcessTemplateDerived)
def derived(state: State, event: Envelope) -> State:
    """A model was drawn from the process; all versions are kept."""
    kept = [*state.get("versions", []), _version(event)]
    return seen({**state, "versions": kept, "when": when(event)}, event)


def _version(event: Envelope) -> State:
    names = ("version", "steps", "tools", "principles", "evidence")
    texts = [said(event, one.text) for one in event.data.principles or ()]
    fields = {name: value(event, name) for name in names} | {"principles": texts}
    return {**fields, "when": when(event), "events": [event.position]}


@model.on(TemplateAdopted)
def adopted(state: State, event: Envelope) -> State:
    """The process follows the model of another."""
    one = {name: value(event, name) for name in ("process", "template", "version")}
    kept = [*state.get("adopted", []), {**one, "when": when(event), "events": [event.position]}]
    return seen({**state, "adopted": kept}, event)


@model.on(TemplateAdapted)
def adapted(state: State, event: Envelope) -> State:
    """Something is done another way than the model says, for a reason."""
    one = {name: value(event, name) for name in ("template", "what", "why")}
    kept = [*state.get("adapted", []), {**one, "when": when(event), "events": [event.position]}]
    return seen({**state, "adapted": kept}, event)


@model.on(TemplateFeedbackGiven)
def feedback(state: State, event: Envelope) -> State:
    """Somebody said how it went to use the model."""
    fields = {name: value(event, name) for name in ("template", "text", "by")}
    return seen({**state, **fields, "when": when(event)}, event)


@model.on(GatheringPlanned)
def planned(state: State, event: Envelope) -> State:
    """A gathering was called."""
    fields = {name: value(event, name) for name in ("title", "kind", "series", "place", "starts", "ends")}
    return seen({"status": "planned", **state, **fields, "when": when(event)}, event)


@model.on(GatheringHeld)
def held(state: State, event: Envelope) -> State:
    """It took place."""
    return seen({**state, "status": "held", "when": when(event)}, event)


@model.on(GatheringCancelled)
def cancelled(state: State, event: Envelope) -> State:
    """It did not take place."""
    return seen({**state, "status": "cancelled", "reason": value(event, "reason")}, event)


@model.on(ExerciseRun)
def exercise(state: State, event: Envelope) -> State:
    """A tool was used."""
    names = ("gathering_id", "tool", "planned_minutes", "actual_minutes", "note")
    return seen({**state, **{name: value(event, name) for name in names}, "when": when(event)}, event)


@model.on(AttendanceRecorded)
def attendance(state: State, event: Envelope) -> State:
    """Somebody came, in a role."""
    fields = {name: value(event, name) for name in ("gathering_id", "status", "role")}
    return seen({**state, **fields, "when": when(event)}, event)


@model.on(HeadcountRecorded)
def headcount(state: State, event: Envelope) -> State:
    """So many came, by role where it was counted."""
    fields = {name: value(event, name) for name in ("gathering_id", "total", "by_role")}
    return seen({**state, **fields, "when": when(event)}, event)


@model.names
def named(states: Mapping[str, State]) -> Named:
    """Look up the models that were taken over from other processes."""
    found = (one for s in of_kind(states, "adoption").values() for one in s.get("adopted", []))
    return Named(things=frozenset((str(one["process"]), f"template/{one['template']}") for one in found))


# ------------------------------------------------------------------ the answer
@model.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:
    """Hold the model against what was run; without a model, tell what was run as one."""
    kinds = {
        kind: of_kind(states, kind)
        for kind in ("gathering", "exercise-run", "attendance", "headcount-recorded", "template-feedback-given")
    }
    adoption = next(iter(of_kind(states, "adoption").values()), {})
    followed = _followed(adoption, states, request)
    run = _run(kinds)
    data = {
        "template": _template(followed) if followed else None,
        "steps": _steps(followed, run) if followed else [],
        "run": run,
        "held": counted("held", [s for s in kinds["gathering"].values() if s.get("status") == "held"]),
        "beside": [one["id"] for one in run if followed and not _is_in(one, followed)],
        "adaptations": [_part("adaptation", one) for one in adoption.get("adapted", [])],
        "feedback": [_part("feedback", s) for s in kinds["template-feedback-given"].values()],
    }
    return Answer(data, _notes(adoption, followed))


def _followed(adoption: State, states: Mapping[str, State], request: Request) -> State | None:
    """Return the model to hold the run against: the one taken over last, else the newest drawn from the process."""
    for one in reversed(adoption.get("adopted", [])):
        for event in request.entries:
            data = event.data
            if isinstance(data, ProcessTemplateDerived) and (event.process, data.template_id, data.version) == (
                one["process"],
                one["template"],
                one["version"],
            ):
                return {**_version(event), "id": one["template"], "process": one["process"], "events": one["events"]}
    own = [
        {**version, "id": ref, "process": None}
        for ref, state in of_kind(states, "template").items()
        for version in state.get("versions", [])
    ]
    return max(own, key=lambda one: (moment_of(one), one["events"]), default=None)


def _template(followed: State) -> State:
    names = ("id", "process", "version", "tools", "principles", "when")
    found = {name: followed.get(name) for name in names}
    return {**found, "entries": counted("template", [followed])}


def _steps(followed: State, run: list[State]) -> list[State]:
    """Return each step of the model beside the gathering of the same name."""
    found = []
    for at, step in enumerate(_listed(followed.get("steps")), 1):
        done = next((one for one in run if _same(one["title"], step.get("title"))), None)
        ran = done if done and done["status"] == "held" else None
        found.append(
            {
                "step": at,
                **{name: step.get(name) for name in ("title", "day", "minutes", "tool", "roles")},
                "gathering": done["id"] if done else None,
                "status": done["status"] if done else None,
                "run_day": ran["day"] if ran else None,
                "run_minutes": ran["minutes"] if ran else None,
                "days_off": _off(ran["day"], step.get("day")) if ran else None,
                "minutes_off": _off(ran["minutes"], step.get("minutes")) if ran else None,
                "tool_used": any(_same(one["tool"], step.get("tool")) for one in ran["exercises"]) if ran else None,
                "missing_roles": _missing(step.get("roles"), ran) if ran else [],
                "entries": done["entries"] if done else None,
            }
        )
    return found


def _is_in(one: State, followed: State) -> bool:
    return any(_same(one["title"], step.get("title")) for step in _listed(followed.get("steps")))


def _same(one: object, other: object) -> bool:
    return isinstance(one, str) and isinstance(other, str) and one.strip().casefold() == other.strip().casefold()


def _off(run: object, plan: object) -> int | None:
    return run - plan if isinstance(run, int) and isinstance(plan, int) else None


def _missing(wanted: object, run: State) -> list[str]:
    """Return the roles a step is for and nobody came in; none when it is not recorded who came."""
    came = {one["role"] for one in run["roles"]}
    return [role for role in _listed(wanted) if came and role not in came]


def _listed(found: object) -> list[Any]:
    return found if isinstance(found, list) else []


# ------------------------------------------------------------------ what was run
def _run(kinds: Mapping[str, Mapping[str, State]]) -> list[State]:
    """Return the gatherings in order, each with its day, its length, its exercises and who came."""
    gatherings = kinds["gathering"]
    begun = _begun(gatherings.values())
    held = {kind: _by_gathering(kinds[kind]) for kind in ("exercise-run", "attendance", "headcount-recorded")}
    return [_gathering(ref, state, begun, held) for ref, state in gatherings.items() if "title" in state]


def _by_gathering(states: Mapping[str, State]) -> dict[str | None, dict[str, State]]:
    """Return the states of a kind by the gathering they name."""
    found: dict[str | None, dict[str, State]] = {}
    for key, state in states.items():
        found.setdefault(ref_in(state, "gathering_id"), {})[key] = state
    return found


def _begun(gatherings: Iterable[State]) -> dt.date | None:
    ran = [s for s in gatherings if s.get("status") == "held" and (s.get("when") or {}).get("precision") != "unknown"]
    opening = [s for s in ran if s.get("kind") == "kick-off"] or ran
    return min((local_day(moment_of(s)) for s in opening), default=None)


def _gathering(
    ref: str, state: State, begun: dt.date | None, held: Mapping[str, Mapping[str | None, Mapping[str, State]]]
) -> State:
    def of(kind: str) -> Mapping[str, State]:
        return held[kind].get(ref, {})

    exercises = of("exercise-run")
    day = (local_day(moment_of(state)) - begun).days if begun and _dated(state) else None
    return {
        "id": ref,
        **{name: state.get(name) for name in ("title", "kind", "series", "place", "status", "when", "reason")},
        "day": day,
        "minutes": _minutes(state),
        "exercises": [_exercise(key, s) for key, s in exercises.items()],
        "roles": _roles(ref, of("attendance"), of("headcount-recorded")),
        "entries": counted(f"gathering:{ref}", [state, *exercises.values()]),
    }


def _dated(state: State) -> bool:
    return (state.get("when") or {}).get("precision") in {"instant", "day"}


def _minutes(state: State) -> int | None:
    starts, ends = state.get("starts"), state.get("ends")
    if not isinstance(starts, str) or not isinstance(ends, str):
        return None
    return (dt.datetime.fromisoformat(ends) - dt.datetime.fromisoformat(starts)) // dt.timedelta(minutes=1)


def _exercise(ref: str, state: State) -> State:
    fields = {name: state.get(name) for name in ("tool", "planned_minutes", "actual_minutes", "note")}
    off = _off(state.get("actual_minutes"), state.get("planned_minutes"))
    return {"id": ref, **fields, "minutes_off": off, "entries": counted(f"exercise:{ref}", [state])}


def _roles(ref: str, came: Mapping[str, State], heads: Mapping[str, State]) -> list[State]:
    """Return how many came in each role: by who was noted as present, else by the last headcount."""
    present = [s for s in came.values() if s.get("status") == Attendance.PRESENT.value and ref_in(s, "role")]
    if present:
        roles = sorted({s["role"] for s in present})
        return [
            {"role": role, "present": counted(f"present:{ref}:{role}", [s for s in present if s["role"] == role])}
            for role in roles
        ]
    counts = [s for s in heads.values() if _listed(s.get("by_role"))]
    return [
        {"role": one["role"], "present": figure(f"present:{ref}:{one['role']}", one["count"], counts[-1:])}
        for one in (counts[-1]["by_role"] if counts else [])
    ]


def _part(key: str, one: State) -> State:
    shown = {name: item for name, item in one.items() if name != "events"}
    return {**shown, "entries": counted(f"{key}:{one['events'][0]}", [one])}


def _notes(adoption: State, followed: State | None) -> tuple[tuple[str, str], ...]:
    taken = adoption.get("adopted", [])
    if not taken or (followed is not None and followed["process"] is not None):
        return ()
    name, where = taken[-1]["template"], taken[-1]["process"]
    return (
        (
            f"Forløbet følger modellen {name} fra {where}, som ikke kan ses herfra.",
            f"The process follows the model {name} of {where}, which cannot be seen from here.",
        ),
    )
