"""Claims: each with the evidence for it, against it and around it, and those about which the log is silent.

Evidence names an entry by its id, and stands only as long as that entry does. The entry is another thing's, so it is
looked up when asked (`Projection.names`). Withdrawn by then, or not for the reader, it is no evidence, and is counted
as gone; corrected, it is told as corrected. A claim with nothing for and nothing against is *silent*, whatever its
context.

Where the evidence is an observed change, whoever confirmed it from outside and the other possible explanations stand
beside it. This is the only place that lists claims; `goals` and `evidence` speak of what was set as a goal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from domain.harvesting import (
    Bearing,
    ClaimMade,
    EvidenceLinked,
    OutcomeHarvested,
    OutcomeRejected,
    OutcomeSubstantiated,
    RivalExplanationConsidered,
)
from domain.shapes import FieldType, json_able
from domain.vocabulary import UNKNOWN
from projections.kernel import (
    Answer,
    Named,
    Projection,
    Request,
    State,
    counted,
    figure,
    of_kind,
    ref_in,
    seen,
    value,
    when,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope

BEARINGS: Final = tuple(bearing.value for bearing in Bearing)
SENTENCE: Final = (
    "change",
    "text",
    "result",
    "question",
    "heading",
    "title",
    "answer",
    "description",
    "comment",
    "note",
    "reason",
)
"""The fields that say most of an entry, best first; one that has none of them is told by its first text, if any."""

claims = Projection(
    name="claims",
    version=1,
    da="Hvad påstås der, og hvad taler for og imod?",
    en="What is claimed, and what speaks for and against?",
    rows="claims",
)


# ------------------------------------------------------------------ folds
@claims.on(ClaimMade)
def made(state: State, event: Envelope) -> State:
    """Somebody claims a result."""
    fields = {"text": value(event, "text"), "source": value(event, "source"), "when": when(event), "made": True}
    return seen({**state, **fields}, event)


@claims.on(EvidenceLinked)
def linked(state: State, event: Envelope) -> State:
    """An entry was held up against the claim."""
    said = value(event, "bearing")
    bearing = said if said in BEARINGS else Bearing.CONTEXT.value  # a source that does not say which speaks for neither
    one = {"event": value(event, "event"), "bearing": bearing, "by": event.recordedby}
    link = {**one, "when": when(event), "events": [event.position]}
    return seen({**state, "links": [*state.get("links", []), link]}, event)


@claims.on(OutcomeHarvested)
def outcome(state: State, event: Envelope) -> State:
    """An observed change may be the evidence."""
    return seen({**state, "when": when(event)}, event)


@claims.on(OutcomeSubstantiated)
def substantiated(state: State, event: Envelope) -> State:
    """Somebody from outside said whether the change is so."""
    one = {name: value(event, name) for name in ("by", "verdict", "relation_to_process", "comment")}
    one |= {"when": when(event), "events": [event.position]}
    return seen({**state, "substantiations": [*state.get("substantiations", []), one]}, event)


@claims.on(RivalExplanationConsidered)
def rival(state: State, event: Envelope) -> State:
    """Another possible explanation was looked at."""
    one = {"text": value(event, "text"), "fate": value(event, "fate"), "when": when(event), "events": [event.position]}
    return seen({**state, "rivals": [*state.get("rivals", []), one]}, event)


@claims.on(OutcomeRejected)
def rejected(state: State, event: Envelope) -> State:
    """The change turned out not to be so."""
    return seen({**state, "rejected": value(event, "reason")}, event)


# ------------------------------------------------------------------ the entries that are named
@claims.names
def named(states: Mapping[str, State]) -> Named:
    """Look up every entry that is linked as evidence."""
    links = (link for claim in of_kind(states, "claim").values() for link in claim.get("links", []))
    return Named(ids=frozenset(one for link in links if (one := ref_in(link, "event"))))


def sentence(event: Envelope) -> Any:
    """Return what an entry says, in the field that says most."""
    said = {FieldType.PERSONAL, FieldType.PUBLIC}
    own = [item.name for item in event.declaration.fields if item.type in said and not item.many]
    given = [name for name in own if getattr(event.data, name, None) not in {None, UNKNOWN, ()}]
    best = next((name for name in SENTENCE if name in given), given[0] if given else None)
    return value(event, best) if best else None


# ------------------------------------------------------------------ the answer
@claims.answers
def answer(states: Mapping[str, State], request: Request) -> Answer:
    """List the claims, each with what speaks for it, against it, and around it."""
    found = {ref: state for ref, state in of_kind(states, "claim").items() if state.get("made")}
    entries = {str(event.id): event for event in request.entries}
    outcomes = of_kind(states, "outcome")
    items = [_claim(ref, state, entries, outcomes) for ref, state in found.items()]

    def those(*wanted: str) -> list[State]:
        return [found[item["id"]] for item in items if item["stands"] in wanted]

    data = {
        "count": counted("claims", found.values()),
        "backed": counted("backed", those("for")),
        "contested": counted("contested", those("both", "against")),
        "silent": counted("silent", those("silent")),
        "claims": items,
    }
    return Answer(data, _notes(items))


def _claim(ref: str, state: State, entries: Mapping[str, Envelope], outcomes: Mapping[str, State]) -> State:
    links = state.get("links", [])
    standing = _once([link for link in links if link["event"] in entries])
    gone = [link for link in links if link["event"] not in entries]
    by = {bearing: [link for link in standing if link["bearing"] == bearing] for bearing in BEARINGS}
    evidence = {
        bearing: [_evidence(link, entries[link["event"]], outcomes) for link in held] for bearing, held in by.items()
    }
    return {
        "id": ref,
        "text": state.get("text"),
        "source": state.get("source"),
        "when": state.get("when"),
        "stands": _stands(by),
        "counts": {bearing: _figure(f"{bearing}:{ref}", held, entries) for bearing, held in by.items()},
        **evidence,
        "gone": counted(f"gone:{ref}", gone),
        "entries": counted(f"claim:{ref}", [state]),
    }


def _once(links: Iterable[State]) -> list[State]:
    """Leave out an entry that was linked again with the same bearing: evidence is counted once."""
    return list({(link["event"], link["bearing"]): link for link in reversed(list(links))}.values())[::-1]


def _stands(by: Mapping[str, list[State]]) -> str:
    match bool(by["for"]), bool(by["against"]):
        case True, True:
            return "both"
        case True, False:
            return "for"
        case False, True:
            return "against"
        case _:
            return "silent"


def _figure(key: str, links: list[State], entries: Mapping[str, Envelope]) -> Any:
    """Return how many entries bear so on the claim, resting on those entries themselves."""
    return figure(key, len(links), [{"events": [entries[link["event"]].position]} for link in links])


def _evidence(link: State, event: Envelope, outcomes: Mapping[str, State]) -> State:
    """Return one entry that bears on a claim: what it says, when, by which source, and who held it up."""
    kind, _, ref = event.subject.partition("/")
    state = outcomes.get(ref, {}) if kind == "outcome" else {}
    return {
        "id": link["event"],
        "position": event.position,
        "type": event.declaration.stem,
        "subject": event.subject,
        "sentence": sentence(event),
        "when": when(event),
        "recorded": {"by": event.recordedby, "at": json_able(event.recordedat)},
        "linked": {"by": link["by"], "when": link["when"], "position": link["events"][0]},
        "rejected": state.get("rejected"),
        "substantiations": [_part(f"substantiation:{ref}", one) for one in state.get("substantiations", [])],
        "rivals": [_part(f"rival:{ref}", one) for one in state.get("rivals", [])],
    }


def _part(key: str, one: State) -> State:
    held = {name: item for name, item in one.items() if name != "events"}
    return {**held, "entries": counted(f"{key}:{one['events'][0]}", [one])}


def _notes(items: list[State]) -> tuple[tuple[str, str], ...]:
    gone = sum(item["gone"].value for item in items)
    if not gone:
        return ()
    return (
        (
            f"{gone} belæg er ikke talt med: trukket tilbage, endnu ikke sket, eller vises ikke for dig.",
            f"{gone} pieces of evidence are left out: withdrawn, not yet happened, or not shown to you.",
        ),
    )
