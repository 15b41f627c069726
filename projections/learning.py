"""Learning: what was asked, tried, looked back upon and understood, and which «now whats» nobody took up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from domain.acting import ActionPlanned
from domain.deciding import DecisionMade, DecisionProposed
from domain.gathering import GatheringHeld, GatheringPlanned
from domain.reflecting import (
    ExperimentTried,
    InsightDerived,
    LearningQuestionPosed,
    ReflectionFormat,
    ReflectionRecorded,
)
from domain.vocabulary import UNKNOWN
from projections.kernel import (
    Answer,
    Projection,
    Request,
    State,
    counted,
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

learning = Projection(
    name="learning",
    version=1,
    da="Hvad lærte vi?",
    en="What did we learn?",
    rows="questions",
    breakdowns=("format", "gathering"),
)
on = learning.on

NOW_WHAT: Final = frozenset({"nowwhat", "hvadnu", "actionplan", "handlingsplan", "activeexperimentation"})
"""The step of a format that says what comes next: of what-so-what-now-what, of Gibbs and of Kolb."""
FOLLOWING: Final = ("action", "decision", "experiment")


# ------------------------------------------------------------------ folding
@on(LearningQuestionPosed)
def posed(state: State, event: Envelope) -> State:
    """Somebody asked."""
    return seen({**state, "text": value(event, "question"), "by": _actor(event), "when": when(event)}, event)


@on(ExperimentTried)
def tried(state: State, event: Envelope) -> State:
    """Something was tried."""
    names = ("hypothesis", "did", "saw", "next", "question_id")
    return seen(
        {
            **state,
            **{name: value(event, name) for name in names},
            "goes_on": bool(event.data.next),
            "when": when(event),
        },
        event,
    )


@on(ReflectionRecorded)
def reflected(state: State, event: Envelope) -> State:
    """Somebody looked back."""
    steps = [{"name": step.name, "text": said(event, step.text)} for step in event.data.steps or ()]
    fields = {name: value(event, name) for name in ("format", "gathering_id")}
    about = list(event.data.about or ())
    silent = value(event, "steps") if event.data.steps is UNKNOWN else None
    now = {
        **state,
        **fields,
        "steps": steps,
        "about": about,
        "silent": silent,
        "by": _actor(event),
        "when": when(event),
    }
    return seen(now, event)


@on(InsightDerived)
def understood(state: State, event: Envelope) -> State:
    """Something was understood."""
    builds_on = list(event.data.from_ or ())
    return seen({**state, "text": value(event, "text"), "builds_on": builds_on, "when": when(event)}, event)


@on(ActionPlanned)
def action(state: State, event: Envelope) -> State:
    """An action may take something up."""
    fields = {"title": value(event, "title"), "builds_on": list(event.data.builds_on or ())}
    return seen({**state, **fields, "when": when(event)}, event)


@on(DecisionProposed, DecisionMade)
def decision(state: State, event: Envelope) -> State:
    """A decision may take something up."""
    now = {**state, "title": value(event, "question") or state.get("title"), "when": when(event)}
    if isinstance(event.data, DecisionMade):
        now["builds_on"] = list(event.data.builds_on or ())
    return seen(now, event)


@on(GatheringPlanned)
def gathering(state: State, event: Envelope) -> State:
    """Know the gatherings by name."""
    return seen({**state, "title": value(event, "title"), "when": when(event)}, event)


@on(GatheringHeld)
def gathering_held(state: State, event: Envelope) -> State:
    """It took place."""
    return seen({**state, "when": when(event)}, event)


def _actor(event: Envelope) -> object:
    by = event.data.by
    return value(event, "by") if by is UNKNOWN or by is None else {"kind": by.kind.value, "ref": by.ref}


# ------------------------------------------------------------------ what leads to what
class Thread:
    """What was asked, tried, looked back upon and understood, and what each led to."""

    def __init__(self, states: Mapping[str, State]) -> None:
        self.states = states
        self.questions = {ref: s for ref, s in of_kind(states, "question").items() if "text" in s}
        self.experiments = {ref: s for ref, s in of_kind(states, "experiment").items() if "did" in s}
        self.reflections = {ref: s for ref, s in of_kind(states, "reflection").items() if "steps" in s}
        self.insights = {ref: s for ref, s in of_kind(states, "insight").items() if "text" in s}

    def tried(self, question: str) -> dict[str, State]:
        """Return what was tried to answer a question."""
        return {ref: s for ref, s in self.experiments.items() if ref_in(s, "question_id") == question}

    def looked_back(self, question: str) -> dict[str, State]:
        """Return the reflections about a question, or about what was tried to answer it."""
        about = {f"question/{question}", *(f"experiment/{ref}" for ref in self.tried(question))}
        return {ref: s for ref, s in self.reflections.items() if about & set(s["about"])}

    def understood(self, question: str) -> dict[str, State]:
        """Return the insights that rest on a question, on what was tried, or on a reflection about either."""
        basis = {question, *self.tried(question), *self.looked_back(question)}
        return {ref: s for ref, s in self.insights.items() if basis & set(s["builds_on"])}

    def _questions_of(self, kind: str, ref: str) -> set[str]:
        """Return the questions an experiment or reflection is about."""
        if kind == "experiment":
            return {question for question in self.questions if ref in self.tried(question)}
        return {question for question in self.questions if ref in self.looked_back(question)}

    def taken_up(self, kind: str, ref: str) -> list[str]:
        """Return what took a «now what» up: later actions and decisions that build on it, or on an insight from it.

        An experiment names no reflection; a later one that tries the same question takes it up.
        """
        source, questions = self.states[f"{kind}/{ref}"], self._questions_of(kind, ref)
        names = {ref, *(one for one, state in self.insights.items() if ref in state["builds_on"])}
        found = []
        for entity, state in self.states.items():
            what = entity.partition("/")[0]
            if what not in FOLLOWING or entity == f"{kind}/{ref}" or "when" not in state:
                continue
            later = moment_of(state) >= moment_of(source)
            tries = (
                what == "experiment"
                and ref_in(state, "question_id") in questions
                and moment_of(state) > moment_of(source)
            )
            if tries or (later and names & set(state.get("builds_on", ()))):
                found.append(entity)
        return found


def _now_whats(thread: Thread) -> list[State]:
    """Return every «now what»: the step of a reflection named so, and what an experiment says comes next."""
    found = [
        _now_what(thread, "reflection", ref, state, step["text"])
        for ref, state in thread.reflections.items()
        for step in state["steps"]
        if _plain(step["name"]) in NOW_WHAT
    ]
    found += [
        _now_what(thread, "experiment", ref, s, s["next"]) for ref, s in thread.experiments.items() if s["goes_on"]
    ]
    return sorted(found, key=lambda one: (moment_of(one), one["kind"], one["id"]))


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _now_what(thread: Thread, kind: str, ref: str, state: State, text: object) -> State:
    return {
        "kind": kind,
        "id": ref,
        "text": text,
        "when": state["when"],
        "taken_up": [_named(entity, thread.states[entity]) for entity in thread.taken_up(kind, ref)],
        "entries": counted(f"{kind}:{ref}:next", [state]),
    }


def _named(entity: str, state: State) -> State:
    kind, _, ref = entity.partition("/")
    title = state.get("title") if "title" in state else state.get("did")
    return {
        "kind": kind,
        "id": ref,
        "title": title,
        "when": state.get("when"),
        "entries": counted(f"{kind}:{ref}", [state]),
    }


# ------------------------------------------------------------------ the answer
@learning.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:
    """Follow each question to what was understood; list what stands alone, and the open «now whats»."""
    thread = Thread(states)
    questions = [_question(ref, state, thread) for ref, state in thread.questions.items()]
    now_whats = _now_whats(thread)
    data: State = {
        "questions_count": counted("questions", thread.questions.values()),
        "experiments_count": counted("experiments", thread.experiments.values()),
        "reflections_count": counted("reflections", thread.reflections.values()),
        "insights_count": counted("insights", thread.insights.values()),
        "unanswered": counted("unanswered", [thread.questions[q["id"]] for q in questions if not q["insights"]]),
        "open": counted("open", [states[f"{one['kind']}/{one['id']}"] for one in now_whats if not one["taken_up"]]),
        "formats": _by_format(thread),
        "questions": questions,
        "now_whats": now_whats,
        **_alone(thread, questions, states),
    }
    if request.by in learning.breakdowns:
        data["by"] = _by_format(thread) if request.by == "format" else _by_gathering(thread, states)
    return Answer(data, _notes(thread))


def _question(ref: str, state: State, thread: Thread) -> State:
    tried, looked_back, understood = thread.tried(ref), thread.looked_back(ref), thread.understood(ref)
    return {
        "id": ref,
        **{name: state.get(name) for name in ("text", "by", "when")},
        "experiments": [_entry("experiment", *item) for item in tried.items()],
        "reflections": [_entry("reflection", *item) for item in looked_back.items()],
        "insights": [_entry("insight", *item) for item in understood.items()],
        "entries": counted(f"question:{ref}", [state, *tried.values(), *looked_back.values(), *understood.values()]),
    }


def _entry(kind: str, ref: str, state: State) -> State:
    told = {name: item for name, item in state.items() if name != "events"}
    return {"id": ref, **told, "entries": counted(f"{kind}:{ref}", [state])}


def _alone(thread: Thread, questions: list[State], states: Mapping[str, State]) -> State:
    """Return what belongs to no question."""

    def left(kind: str, found: Mapping[str, State]) -> list[State]:
        told = {one["id"] for question in questions for one in question[f"{kind}s"]}
        return [_entry(kind, ref, state) for ref, state in found.items() if ref not in told]

    reflections = left("reflection", thread.reflections)
    for one in reflections:
        one["gathering"] = _gathering(one, states)
    return {
        "experiments": left("experiment", thread.experiments),
        "reflections": reflections,
        "insights": left("insight", thread.insights),
    }


def _gathering(one: State, states: Mapping[str, State]) -> State | None:
    """Return the gathering a reflection was made at, or is about."""
    about = [ref.partition("/")[2] for ref in one["about"] if ref.startswith("gathering/")]
    ref = ref_in(one, "gathering_id") or next(iter(about), None)
    return {"id": ref, "title": states.get(f"gathering/{ref}", {}).get("title")} if ref else None


def _by_format(thread: Thread) -> list[State]:
    rows = []
    for one in ReflectionFormat:
        held = [state for state in thread.reflections.values() if state["format"] == one.value]
        if held:
            rows.append({"format": one.value, "count": counted(f"format:{one.value}", held)})
    return rows


def _by_gathering(thread: Thread, states: Mapping[str, State]) -> list[State]:
    held: dict[str, list[State]] = {}
    for state in thread.reflections.values():
        found = _gathering(state, states)
        held.setdefault(found["id"] if found else "", []).append(state)
    return [
        {
            "gathering": ref or None,
            "title": states.get(f"gathering/{ref}", {}).get("title"),
            "count": counted(f"gathering:{ref}", found),
        }
        for ref, found in sorted(held.items())
    ]


def _notes(thread: Thread) -> tuple[tuple[str, str], ...]:
    if not thread.insights or any(state["builds_on"] for state in thread.insights.values()):
        return ()
    return (
        (
            "Ingen erkendelse siger, hvad den bygger på.",
            "No insight says what it rests on.",
        ),
    )
