"""What the log holds beside people's own answers: what they did, and what their texts were read to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.coding import text_at
from domain.kernel import Envelope
from domain.vocabulary import Personal, Sealed
from projections.competence_uplift.sheets import Answers, listed
from projections.kernel import State, moment_of, of_kind, ref_in, said, when


@dataclass(frozen=True, slots=True)
class Act:
    """Something one person did, or a passage of theirs read as an instance of a code, and the events that say so."""

    person: str
    about: frozenset[str]
    """The signs it is, or the competences its code bears on."""
    at: dt.datetime
    events: tuple[int, ...]


def acts(answers: Answers) -> Iterable[Act]:
    """Yield what each person did, as far as it is known when."""
    for state in answers.states.values():
        for act in state.get("acts", ()):
            if act["when"]["precision"] != "unknown":
                for who in act["who"]:
                    yield Act(answers.person(who), frozenset(act["signs"]), moment_of(act), tuple(act["events"]))


def standing_codings(states: Mapping[str, State]) -> Iterable[tuple[State, str | None]]:
    """Yield each coding that stands, and the competence its code bears on; one settled otherwise does not stand."""
    settled = {
        str(ref): one.get("code") for one in of_kind(states, "adjudication").values() for ref in listed(one, "codings")
    }
    books = of_kind(states, "codebook")
    for ref, state in of_kind(states, "coding").items():
        overruled = ref in settled and settled[ref] != state.get("code")
        if "target" in state and not state.get("retracted") and not overruled:
            version = (
                books.get(str(ref_in(state, "codebook_id")), {}).get("versions", {}).get(str(state.get("version")))
            )
            bears = {code["id"]: code.get("competence_id") for code in listed(version or {}, "codes")}
            yield state, bears.get(str(state.get("code")))


def passages(states: Mapping[str, State], entries: Sequence[Envelope]) -> list[State]:
    """Return each passage in which a competence was read, with its text; without it where that was mended since."""
    texts = {str(event.id): event for event in entries}
    found = []
    for coding, competence in standing_codings(states):
        event = texts.get(str(coding["target"]))
        if competence is not None and event is not None:
            text = text_at(event.data, str(coding["field"]))
            same = isinstance(text, Sealed) and text.sha256 == coding["text_commitment"]
            found.append(
                {
                    "competence": competence,
                    "code": coding["code"],
                    "entry": event.position,
                    "when": when(event),
                    "text": said(event, Personal(text)) if isinstance(text, Sealed) and same else None,
                    **{name: coding[name] for name in ("start", "end")},
                }
            )
    return found


def coded(answers: Answers, entries: Sequence[Envelope]) -> Iterable[Act]:
    """Yield each text in which a competence was read, once however many coders and passages read it there."""
    texts = {str(event.id): event for event in entries}
    read: dict[tuple[str, str], set[int]] = {}
    for coding, competence in standing_codings(answers.states):
        if competence is not None and str(coding["target"]) in texts:
            read.setdefault((str(coding["target"]), competence), set()).update(coding["events"])
    for (target, competence), positions in read.items():
        event = texts[target]
        if event.author is not None and event.ended is not None:
            found = (*sorted(positions), event.position)
            yield Act(answers.person(event.author), frozenset({competence}), event.time, found)
