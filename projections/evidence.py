"""Evidence: for each goal the agreed signs, the indicators with how it was before and what was reached, and a grade.

*Reached* is what the log itself says of an indicator: how many entries of the types in its ``fed_by`` stand at both
clocks, counted when asked (`Projection.names`). The log says so only when the formula is a plain count (`COUNTING`):
*number of those present* is no count of entries, and calling it reached would be untrue. The entries that feed such a
formula are there to be opened, the number is left to whoever can work it out. Fed by nothing, with nothing recorded, or
fed by entries that lie deeper than the reader sees, nothing is reached, and the reason is told.

The grade of a goal is given here and nowhere else: *strong*, when somebody from outside confirmed a change under it and
nobody from outside denied it; *stated*, when a change or a count is recorded; else *silent*. The list of goals with
the changes themselves is `goals`; what people claim is `claims`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from domain.harvesting import OutcomeHarvested, OutcomeRejected, OutcomeSubstantiated
from domain.kernel import REGISTRY
from domain.organising import (
    BaselineRecorded,
    Direction,
    IndicatorDefined,
    IndicatorRevised,
    ObjectiveDefined,
    SuccessCriterionAgreed,
)
from projections.kernel import (
    DEPTH,
    Answer,
    Figure,
    Named,
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

GRADES: Final = ("strong", "stated", "silent")
COUNTING: Final = ("count", "number of entries", "antal", "antal registreringer", "optælling")
"""The formulas that are a plain count of entries, so that the log's own number is the indicator's."""
MEASURE: Final = ("title", "unit", "direction", "formula", "target", "min_n")

evidence = Projection(
    name="evidence",
    version=1,
    da="Hvad var aftalt, og hvad blev nået?",
    en="What was agreed, and what was reached?",
    rows="objectives",
)


# ------------------------------------------------------------------ folds
@evidence.on(ObjectiveDefined)
def objective(state: State, event: Envelope) -> State:
    """A goal was set."""
    return seen({**state, "text": value(event, "text"), "source": value(event, "source"), "when": when(event)}, event)


@evidence.on(SuccessCriterionAgreed)
def criterion(state: State, event: Envelope) -> State:
    """It was agreed what will show it."""
    fields = {name: value(event, name) for name in ("text", "objective_id", "agreed_by")}
    return seen({**state, **fields, "when": when(event)}, event)


@evidence.on(IndicatorDefined)
def indicator(state: State, event: Envelope) -> State:
    """It was settled what is measured."""
    fields = {name: value(event, name) for name in (*MEASURE, "objective_id")}
    return seen({**state, **fields, "fed_by": _stems(event), "when": when(event)}, event)


@evidence.on(IndicatorRevised)
def revised(state: State, event: Envelope) -> State:
    """What is measured was changed; only what is said anew changes."""
    fields: State = {name: said for name in MEASURE if (said := value(event, name)) is not None}
    if _stems(event):
        fields["fed_by"] = _stems(event)
    return seen({**state, **fields, "revised": {**when(event), "reason": value(event, "reason")}}, event)


def _stems(event: Envelope) -> list[str]:
    """Return the types that feed it, without their versions: all versions of a type count."""
    return [REGISTRY[name].stem if name in REGISTRY else name for name in event.data.fed_by or ()]


@evidence.on(BaselineRecorded)
def baseline(state: State, event: Envelope) -> State:
    """How it was before."""
    names = ("indicator_id", "text", "value", "unit", "source", "method")
    return seen({**state, **{name: value(event, name) for name in names}, "when": when(event)}, event)


@evidence.on(OutcomeHarvested)
def outcome(state: State, event: Envelope) -> State:
    """Somebody saw a change."""
    return seen({**state, "objective_id": value(event, "objective_id"), "when": when(event), "told": True}, event)


@evidence.on(OutcomeSubstantiated)
def substantiated(state: State, event: Envelope) -> State:
    """Somebody from outside said whether it is so."""
    return seen({**state, "verdicts": [*state.get("verdicts", []), value(event, "verdict")]}, event)


@evidence.on(OutcomeRejected)
def rejected(state: State, event: Envelope) -> State:
    """It turned out not to be so."""
    return seen({**state, "rejected": True}, event)


@evidence.names
def named(states: Mapping[str, State]) -> Named:
    """Look up every entry of the types that feed an indicator."""
    return Named(types=frozenset(stem for s in of_kind(states, "indicator").values() for stem in s.get("fed_by", [])))


# ------------------------------------------------------------------ the answer
@evidence.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:
    """Hold what was agreed under each goal against what is recorded."""
    objectives = of_kind(states, "objective")
    kinds = {kind: of_kind(states, kind) for kind in ("criterion", "indicator", "outcome")}
    before = of_kind(states, "baseline-recorded")
    found = [_Goal(ref, state, kinds, before, request) for ref, state in objectives.items()]
    rows = [goal.told() for goal in found]
    data = {
        "count": counted("objectives", objectives.values()),
        "grades": {
            grade: counted(f"grade:{grade}", [goal.state for goal in found if goal.grade == grade]) for grade in GRADES
        },
        "late": counted("late", [state for goal in found for state in goal.late]),
        "unfed": counted("unfed", [s for s in kinds["indicator"].values() if not s.get("fed_by")]),
        "objectives": rows,
        "baselines": [_baseline(ref, state) for ref, state in before.items() if not ref_in(state, "indicator_id")],
    }
    return Answer(data, _notes(data))


class _Goal:
    """One goal with all that was agreed and recorded under it."""

    def __init__(
        self,
        ref: str,
        state: State,
        kinds: Mapping[str, Mapping[str, State]],
        before: Mapping[str, State],
        request: Request,
    ) -> None:
        def under(kind: str) -> dict[str, State]:
            return {key: s for key, s in kinds[kind].items() if s.get("objective_id") == ref and not s.get("rejected")}

        self.ref, self.state, self.before, self.request = ref, state, before, request
        self.criteria, self.indicators = under("criterion"), under("indicator")
        self.outcomes = {key: s for key, s in under("outcome").items() if s.get("told")}
        self.feeding = {key: _feeding(s, request) for key, s in self.indicators.items()}

    @property
    def grade(self) -> str:
        """Return how strong the evidence is."""
        verdicts = [s.get("verdicts", []) for s in self.outcomes.values()]
        if any("agree" in one and "disagree" not in one for one in verdicts):
            return "strong"
        measured = any(_counts(s) and self.feeding[ref] for ref, s in self.indicators.items())
        return "stated" if self.outcomes or measured else "silent"

    @property
    def first(self) -> dt.datetime | None:
        """Return by when the first data were certainly there: a change under the goal, or an entry that feeds it."""
        changes = (_latest(s["when"]) for s in self.outcomes.values())
        entries = (event.ended for events in self.feeding.values() for event in events)
        return min((moment for moment in (*changes, *entries) if moment), default=None)

    @property
    def late(self) -> list[State]:
        """Return the signs and indicators that were agreed or changed after the first data."""
        return [s for s in (*self.criteria.values(), *self.indicators.values()) if self._late(s)]

    def _late(self, state: State) -> bool:
        first = self.first
        last_word = state.get("revised") or state.get("when")
        return first is not None and moment_of({"when": last_word}) > first

    def told(self) -> State:
        """Return the goal as the answer tells it."""
        held = [self.state, *self.criteria.values(), *self.indicators.values(), *self.outcomes.values()]
        agreed = [s for s in self.outcomes.values() if "agree" in s.get("verdicts", [])]
        return {
            "id": self.ref,
            **{name: self.state.get(name) for name in ("text", "source", "when")},
            "grade": self.grade,
            "first_data": _iso(self.first),
            "criteria": [self._criterion(key, s) for key, s in self.criteria.items()],
            "indicators": [self._indicator(key, s) for key, s in self.indicators.items()],
            "outcomes": counted(f"outcomes:{self.ref}", self.outcomes.values()),
            "confirmed": counted(f"confirmed:{self.ref}", agreed),
            "entries": counted(f"objective:{self.ref}", held),
        }

    def _criterion(self, ref: str, state: State) -> State:
        return {"id": ref, **_but_events(state), "late": self._late(state), "entries": counted(f"sign:{ref}", [state])}

    def _indicator(self, ref: str, state: State) -> State:
        before = {key: s for key, s in self.before.items() if s.get("indicator_id") == ref}
        events, since = self.feeding[ref], _since(before.values())
        why = _why(state, events, self.request)
        return {
            "id": ref,
            **_but_events(state),
            "baselines": [_baseline(key, s) for key, s in before.items()],
            "achieved": None if why else _count(f"achieved:{ref}", events),
            "since_baseline": None
            if why or since is None
            else _count(f"since:{ref}", [e for e in events if e.time > since]),
            "feeding": None if why in {"unfed", "not-shown"} else _count(f"feeding:{ref}", events),
            "why": why,
            **({"reached": None, "undecided": why} if why else _judged(state, len(events), before.values())),
            "late": self._late(state),
            "entries": counted(f"indicator:{ref}", [state, *before.values()]),
        }


def _feeding(state: State, request: Request) -> list[Envelope]:
    return [event for event in request.entries if event.declaration.stem in state.get("fed_by", [])]


def _count(key: str, events: Iterable[Envelope]) -> Figure:
    return counted(key, [{"events": [event.position]} for event in events])


def _why(state: State, events: list[Envelope], request: Request) -> str | None:
    """Return why nothing can be said of an indicator; None when something can."""
    fed = state.get("fed_by", [])
    if not fed:
        return "unfed"
    deepest = max((DEPTH[one.visibility] for one in REGISTRY.values() if one.stem in fed), default=0)
    if deepest > request.depth:
        return "not-shown"
    if not events:
        return "nothing-recorded"
    return None if _counts(state) else "not-a-count"


def _counts(state: State) -> bool:
    formula = state.get("formula")
    return isinstance(formula, str) and formula.strip().casefold() in COUNTING


def _judged(state: State, count: int, before: Iterable[State]) -> State:
    """Return whether the target is reached; when the log's count cannot say so, why not."""
    target, floor = state.get("target"), state.get("min_n")
    if state.get("direction") == Direction.STEADY.value and not isinstance(target, str):
        target = next((s["value"] for s in before if isinstance(s.get("value"), str)), None)
    reason = None
    if isinstance(floor, int) and count < floor:
        reason = "too-few"
    elif not isinstance(target, str):
        reason = "no-target"
    reached = None if reason else _there(str(state.get("direction")), count, Decimal(str(target)))
    return {"reached": reached, "undecided": reason}


def _there(direction: str, count: int, target: Decimal) -> bool:
    if direction == Direction.STEADY.value:
        return count == target
    return count <= target if direction == Direction.DOWN.value else count >= target


def _since(before: Iterable[State]) -> dt.datetime | None:
    """Return the latest moment at which it was as before; None without a dated baseline."""
    return max((moment for s in before if (moment := _latest(s["when"]))), default=None)


def _latest(mark: Mapping[str, Any]) -> dt.datetime | None:
    return dt.datetime.fromisoformat(mark["end"]) if mark.get("end") else None


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _baseline(ref: str, state: State) -> State:
    return {"id": ref, **_but_events(state), "entries": counted(f"baseline:{ref}", [state])}


def _but_events(state: State) -> State:
    return {name: item for name, item in state.items() if name != "events"}


def _notes(data: State) -> tuple[tuple[str, str], ...]:
    late, unfed = data["late"].value, data["unfed"].value
    notes = []
    if late:
        notes.append(
            (
                f"{late} tegn eller målepunkter er aftalt eller ændret efter de første tal.",
                f"{late} signs or indicators were agreed or changed after the first figures.",
            )
        )
    if unfed:
        notes.append(
            (
                f"{unfed} målepunkter får ingen tal fra logbogen.",
                f"{unfed} indicators are fed by nothing in the log.",
            )
        )
    return tuple(notes)
