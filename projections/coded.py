"""Coded texts as projections read them: who coded what, what stands of it, and of whose competence it tells.

States of texts, codebooks, codings and readings are folded here, so that every projection that needs coded text folds
it alike. A text is one contribution, or one step of a reflection. A coding stands as long as its text does, unchanged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from domain.coding import CodebookPublished, CodingAdjudicated, CodingRetracted, Direction, PassageCoded, TextCoded
from domain.contributing import ContributionMade
from domain.reflecting import ReflectionRecorded
from domain.vocabulary import Actor, ActorKind
from projections.kernel import State, moment_of, of_kind, ref_in, said, seen, value, when

if TYPE_CHECKING:
    from domain.kernel import Envelope

TEXTS: Final = frozenset({"contribution", "reflection"})
"""The kinds of things whose texts are coded: evidence about whoever said them."""
CODING_EVENTS: Final = (CodebookPublished, PassageCoded, TextCoded, CodingRetracted, CodingAdjudicated)
CODED_EVENTS: Final = (*CODING_EVENTS, ContributionMade, ReflectionRecorded)
SIGNS: Final = {Direction.SHOWS.value: 1, Direction.LACKS.value: -1}


# ------------------------------------------------------------------ folding
def coded(state: State, event: Envelope) -> State:
    """Fold what is coded, by what and by whom."""
    match event.data:
        case ContributionMade():
            now = _text(event, [_part("text", None, said(event, event.data.text))])
        case ReflectionRecorded():
            steps = event.data.steps or ()
            now = _text(
                event, [_part(f"steps.{n}.text", one.name, said(event, one.text)) for n, one in enumerate(steps)]
            )
        case CodebookPublished():
            now = {"versions": {**state.get("versions", {}), **_version(event)}}
        case CodingRetracted():
            now = {"retracted": event.position, "reason": value(event, "reason")}
        case CodingAdjudicated():
            now = {name: value(event, name) for name in ("codings", "code", "reason")} | {
                "by": _reader(event, event.data.by)
            }
        case _:
            names = [item.name for item in event.declaration.fields if item.name != "coder"]
            now = {name: value(event, name) for name in names} | {"coder": _reader(event, event.data.coder)}
    return seen({"when": when(event), **state, **now}, event)


def _text(event: Envelope, parts: list[State]) -> State:
    """Return a text by the entry that holds it: codings name that, and not the thing it is about."""
    author = event.author
    role = event.actingrole.value if event.actingrole else None
    return {"event": str(event.id), "parts": parts, "participant_id": author, "role": role, "when": when(event)}


def _part(field: str, name: object, text: State | None) -> State:
    return {"field": field, "name": name if isinstance(name, str) else None, "text": text}


def _version(event: Envelope) -> State:
    """Return the codes of a version by its number; nothing where a source does not say which it is."""
    number, codes = value(event, "version"), value(event, "codes")
    held = {"codes": codes if isinstance(codes, list) else [], "when": when(event), "events": [event.position]}
    return {str(number): held} if isinstance(number, int) else {}


def _reader(event: Envelope, who: object) -> str:
    """Return who read: the person or body that is named, else the account it was recorded by."""
    if isinstance(who, Actor) and who.ref and who.kind is not ActorKind.ROLE:
        return f"{who.kind.value}/{who.ref}"
    return f"account/{event.recordedby}"


# ------------------------------------------------------------------ what is there
class Place(NamedTuple):
    """A text: the entry that holds it, and its field there."""

    target: str
    field: str


class By(NamedTuple):
    """By which version of which codebook a text is read."""

    codebook: str
    version: str


class Unit(NamedTuple):
    """One text as read by one version of a codebook: what coders agree or differ about."""

    place: Place
    by: By


class Coded:
    """All codings of texts that are there and read as they were coded, and who has finished which text."""

    def __init__(self, states: Mapping[str, State]) -> None:
        self.codebooks = {ref: state for ref, state in of_kind(states, "codebook").items() if state.get("versions")}
        self.entries = {
            state["event"]: {**state, "kind": kind, "id": ref}
            for kind in sorted(TEXTS)
            for ref, state in of_kind(states, kind).items()
            if "parts" in state
        }
        self._parts = {
            Place(event, part["field"]): part for event, state in self.entries.items() for part in state["parts"]
        }
        made = {ref: state for ref, state in of_kind(states, "coding").items() if ref_in(state, "code")}
        self.codings = {ref: state for ref, state in made.items() if self.holds(state)}
        self.changed = {ref: state for ref, state in made.items() if self._there(state) and not self.holds(state)}
        self._made: dict[Unit, dict[str, State]] = {}
        for ref, state in self.codings.items():
            self._made.setdefault(unit_of(state), {})[ref] = state
        self.readings: dict[Unit, dict[str, State]] = {}
        for state in of_kind(states, "reading").values():
            if self.holds(state):
                self.readings.setdefault(unit_of(state), {}).setdefault(state["coder"], state)
        self.settlements = of_kind(states, "adjudication")
        self._settled = {
            one: state
            for state in sorted(self.settlements.values(), key=lambda state: int(state["events"][-1]))
            for one in state.get("codings") or ()
        }

    def _there(self, state: State) -> bool:
        return place_of(state) in self._parts

    def holds(self, state: State) -> bool:
        """Whether the text is there, and the one that was read; a source silent of which has read it as it stands."""
        part = self._parts.get(place_of(state))
        if part is None or part["text"] is None:
            return False
        read = ref_in(state, "text_commitment")
        return read is None or read == part["text"]["$text"]

    def part(self, place: Place) -> State:
        """Return a text: its field, the name of its step, and the reference to its words."""
        found: State = self._parts[place]
        return found

    def codes(self, by: By) -> list[State]:
        """Return the codes of one version of a codebook."""
        found: list[State] = (
            self.codebooks.get(by.codebook, {}).get("versions", {}).get(by.version, {}).get("codes", [])
        )
        return found

    def settled(self, coding: str) -> State | None:
        """Return the last adjudication of a coding; None when nobody settled it."""
        return self._settled.get(coding)

    def code_of(self, coding: str) -> str:
        """Return the code that stands for a coding: its own, or the one that was settled."""
        settled = self.settled(coding)
        return str((ref_in(settled, "code") if settled else None) or self.codings[coding]["code"])

    @property
    def units(self) -> list[Unit]:
        """Every text that something was coded in, by the version it was read by."""
        return list(self._made)

    def made_in(self, unit: Unit) -> dict[str, State]:
        """Return the codings of a text by one version of a codebook, retracted ones too."""
        return self._made.get(unit, {})

    # -------------------------------------------------------------- what stands
    def alone(self, unit: Unit, code: str) -> dict[str, bool]:
        """Return by coder whether each found the code while reading alone: as it stood when that coder was done."""
        made = [state for state in self.made_in(unit).values() if state["code"] == code]
        return {
            coder: any(one["coder"] == coder and _before(one, reading["events"][0]) for one in made)
            for coder, reading in self.readings.get(unit, {}).items()
        }

    def stands(self, unit: Unit, code: str) -> bool | None:
        """Return whether a code stands in a text: found, or settled, and nobody has finished without it.

        None while they differ.
        """
        finders = {
            state["coder"]
            for ref, state in self.made_in(unit).items()
            if "retracted" not in state and self.code_of(ref) == code
        }
        return None if finders and self.readings.get(unit, {}).keys() - finders else bool(finders)


def place_of(state: State) -> Place:
    """Return the text a coding or reading is of."""
    return Place(str(ref_in(state, "target")), str(ref_in(state, "field")))


def unit_of(state: State) -> Unit:
    """Return the text a coding or reading is of, with the codebook it was read by."""
    return Unit(place_of(state), By(str(ref_in(state, "codebook_id")), str(state.get("version"))))


def _before(coding: State, position: int) -> bool:
    """Whether a coding was made by then, and not yet retracted."""
    return bool(coding["events"][0] < position and not coding.get("retracted", position) < position)


# ------------------------------------------------------------------ of whose competence it tells
class Passage(NamedTuple):
    """A passage that stands under its own code: the competence that bears on, the text it is of, and both states."""

    competence: str
    code: State
    part: State
    entry: State
    state: State


def passages(found: Coded) -> list[Passage]:
    """Return every passage in which a competence was read and still is: not taken back, nor settled otherwise."""
    told = []
    for ref, state in found.codings.items():
        code = next((one for one in found.codes(unit_of(state).by) if one["id"] == state["code"]), {})
        competence = code.get("competence_id")
        if competence is not None and "retracted" not in state and found.code_of(ref) == state["code"]:
            place = place_of(state)
            told.append(Passage(competence, code, found.part(place), found.entries[place.target], state))
    return told


class ReadText(NamedTuple):
    """A text somebody read: whose it is, when it was said, and what it shows of each competence.

    ``signs`` is by competence how many codes that stand show it, less those that say it lacks: 0 where somebody read
    the text to its end and found none. A competence about which coders still differ is not in it.
    """

    place: Place
    participant: str | None
    role: str | None
    said: dt.datetime
    when: State
    signs: dict[str, int]
    states: tuple[State, ...]


def read_texts(found: Coded) -> list[ReadText]:
    """Return every text that was read, by when it was said; by the newest version of each codebook."""
    newest: dict[tuple[Place, str], Unit] = {}
    for unit in sorted(dict.fromkeys([*found.units, *found.readings]), key=lambda one: _number(one.by.version)):
        newest[unit.place, unit.by.codebook] = unit
    places: dict[Place, list[Unit]] = {}
    for unit in newest.values():
        places.setdefault(unit.place, []).append(unit)
    texts = [_read_text(found, place, units) for place, units in places.items()]
    return sorted(texts, key=lambda one: (one.said, one.place))


def _read_text(found: Coded, place: Place, units: Iterable[Unit]) -> ReadText:
    entry, signs, differing, states = found.entries[place.target], dict[str, int](), set[str](), list[State]()
    for unit in units:
        states += [*found.readings.get(unit, {}).values(), *found.made_in(unit).values()]
        for code in found.codes(unit.by):
            competence, stands = code.get("competence_id"), found.stands(unit, code["id"])
            if competence is None or (not stands and unit not in found.readings):
                continue  # nobody said that it is not there
            signs[competence] = signs.get(competence, 0) + (sign_of(code) if stands else 0)
            differing |= {competence} if stands is None else set()
    told = {competence: sign for competence, sign in signs.items() if competence not in differing}
    return ReadText(
        place, entry["participant_id"], entry["role"], moment_of(entry), entry["when"], told, (entry, *states)
    )


def sign_of(code: Mapping[str, Any]) -> int:
    """Return +1 for a code that shows its competence, -1 for one that says it lacks; one that does not say shows it."""
    return SIGNS.get(str(code.get("direction")), 1)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
