"""What people answered, one sheet per person, moment and frame, and which of them may be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, NamedTuple

from domain.vocabulary import Role
from projections.kernel import State, of_kind, ref_in
from projections.measures.paired import Pair, pair_of

ORDER: Final = {role.value: at for at, role in enumerate(Role)}
"""The roles in the order in which they are told."""


CHANGES: Final = {
    "gain": (("before", "now"), ("after", "now")),
    "then_gain": (("after", "then"), ("after", "now")),
    "response_shift": (("before", "now"), ("after", "then")),
}
"""From which sheets to which each change is: moment and frame."""


class Sheet(NamedTuple):
    """One person's answer to one round: which version, in which role, and the state it is kept in."""

    person: str
    role: str
    instrument: str
    version: int
    values: dict[str, int | None]
    state: State


@dataclass(frozen=True, slots=True)
class Rating:
    """What observers gave one person, on the average, and the states it rests on."""

    mean: Fraction
    states: list[State]


@dataclass
class Answers:
    """All answers by moment and frame, one per person: the latest round's counts."""

    states: Mapping[str, State]
    rounds: dict[str, State] = field(init=False)
    same: dict[str, str] = field(init=False)
    sheets: dict[tuple[str, str], dict[str, Sheet]] = field(init=False)

    def __post_init__(self) -> None:
        self.people = of_kind(self.states, "participant")
        self.rounds = {ref: s for ref, s in of_kind(self.states, "round").items() if ref_in(s, "moment")}
        self.same = {str(dup): ref for ref, state in self.people.items() for dup in state.get("is", [])}
        self.instruments = of_kind(self.states, "instrument")
        self._both: dict[str, list[tuple[Sheet, Sheet]]] = {}
        self._pairs: dict[tuple[str, str], list[Found]] = {}
        self._roots: dict[tuple[str, int], int] = {}
        self._wanted: dict[tuple[str, int, str], frozenset[str]] = {}
        self._meant: dict[tuple[str, str, str], frozenset[str]] = {}
        self.sheets = {}
        self._asked: dict[tuple[int, ...], list[tuple[str, str]]] = {}
        self._answers = list(of_kind(self.states, "answers").values())
        for state in self._answers:
            found = self._sheet(state)
            if found is not None:
                moment = self.rounds[state["round_id"]]["moment"]
                self.sheets.setdefault((moment, state["frame"]), {})[found.person] = found

    def person(self, ref: str) -> str:
        """Return who somebody is, after registrations were merged."""
        known: set[str] = set()
        while ref in self.same and ref not in known:
            known.add(ref)
            ref = self.same[ref]
        return ref

    def tag(self, person: str) -> str:
        """Return the tag a person is known by; their number where none was given."""
        return str(self.people.get(person, {}).get("tag") or person)

    def _sheet(self, state: State) -> Sheet | None:
        asked, who = self.rounds.get(str(ref_in(state, "round_id"))), ref_in(state, "participant_id")
        if asked is None or who is None or not counts(state) or not ref_in(state, "frame"):
            return None
        return self.sheet(self.person(who), asked, state)

    def sheet(self, person: str, asked: State, state: State) -> Sheet:
        """Return what stands in an answer to a round, a participant's own or an observer's."""
        version, role = asked.get("version"), ref_in(state, "role")
        number = version if isinstance(version, int) else 0
        return Sheet(person, role or "", str(ref_in(asked, "instrument_id")), number, state.get("values", {}), state)

    def version(self, instrument: str, number: object) -> State:
        """Return a version of an instrument; empty when it is not known."""
        found: State = self.instruments.get(instrument, {}).get("versions", {}).get(str(number), {})
        return found

    def of(self, moment: str, frame: str = "now") -> dict[str, Sheet]:
        """Return the sheets of a moment and frame by person."""
        return self.sheets.get((moment, frame), {})

    def alike(self, one: Sheet, other: Sheet) -> bool:
        """Whether two answers were given to the same questions: one version, or versions declared equivalent."""
        return one.instrument == other.instrument and self._root(one) == self._root(other)

    def _root(self, sheet: Sheet) -> int:
        if (sheet.instrument, sheet.version) not in self._roots:
            root, known = sheet.version, set[int]()
            while root not in known:
                known.add(root)
                equal = self.version(sheet.instrument, root).get("equivalent_to")
                root = equal if isinstance(equal, int) else root
            self._roots[sheet.instrument, sheet.version] = root
        return self._roots[sheet.instrument, sheet.version]

    def adjacent(self, person: str) -> bool:
        """Whether somebody saw *now* and *then* side by side."""
        sheet = self.of("after", "then").get(person)
        return sheet is not None and self.version(sheet.instrument, sheet.version).get("layout") == "adjacent"

    def asks(self, asked: State, competence: str) -> bool:
        """Whether a round asks about a competence."""
        version = self.version(str(ref_in(asked, "instrument_id")), asked.get("version"))
        return any(item["competence_id"] == competence for item in listed(version, "items"))

    def whole(self, asked: State, state: State) -> bool:
        """Whether a sheet was sent with nothing left: each question meant for its role is answered, or skipped."""
        key = (str(ref_in(asked, "instrument_id")), str(asked.get("version")), ref_in(state, "role") or "")
        if key not in self._meant:
            self._meant[key] = frozenset(self._meant_for(*key))
        return self._meant[key].issubset(state["values"])

    def _meant_for(self, instrument: str, number: str, role: str) -> Iterator[str]:
        """Yield the items of a version that are about a competence meant for a role, by the newest word of it."""
        version = self.version(instrument, number)
        framework: State = self.states.get(f"framework/{ref_in(version, 'framework_id')}", {})
        roles: dict[str, list[str]] = {}
        for _, published in sorted(framework.get("versions", {}).items(), key=lambda one: int(one[0])):
            roles |= {one["id"]: listed(one, "roles") for one in listed(published, "competences")}
        for item in listed(version, "items"):
            meant = roles.get(item["competence_id"])
            if not meant or role in meant:
                yield item["id"]

    def eligible(self, asked: State) -> set[str]:
        """Return whom a round is meant for."""
        return {self.person(str(one)) for one in listed(asked, "eligible")}

    @cached_property
    def given(self) -> dict[str, dict[str, State]]:
        """The answers of now that stand, by round and person."""
        found: dict[str, dict[str, State]] = {}
        for state in self._answers:
            if state.get("frame") == "now" and counts(state):
                person = self.person(str(ref_in(state, "participant_id")))
                found.setdefault(str(ref_in(state, "round_id")), {})[person] = state
        return found

    def asked(self, competence: str) -> tuple[list[State], list[tuple[str, str]]]:
        """Return the rounds before and after that ask about a competence, and whom they ask, each with their role."""
        rounds = [one for one in self.rounds.values() if one["moment"] in ("before", "after")]
        about = tuple(at for at, one in enumerate(rounds) if self.asks(one, competence))
        if about not in self._asked:
            people = {who for at in about for who in self.eligible(rounds[at])}
            self._asked[about] = [(who, self.role_of(who)) for who in people]
        return [rounds[at] for at in about], self._asked[about]

    def role_of(self, person: str) -> str:
        """Return the role somebody answered in, after or before; of who has not, the first role they took on."""
        for moment in ("after", "before"):
            if person in self.of(moment):
                return self.of(moment)[person].role
        return self.first_role(person)

    def first_role(self, person: str) -> str:
        """Return the first role somebody took on; *unstated* where none is known."""
        known = (role for role in self.people.get(person, {}).get("roles", []) if isinstance(role, str))
        return next((role for role in known if role in ORDER), "unstated")

    def pairs(self, change: str, competence: str) -> list[Found]:
        """Return the pairs of those who answered both times, in the same role, to the same questions.

        ``change`` is one of `CHANGES`.
        """
        key = (change, competence)
        if key not in self._pairs:
            self._pairs[key] = list(self._paired(change, competence))
        return self._pairs[key]

    def _paired(self, change: str, competence: str) -> Iterator[Found]:
        for one, other in self.both(change):
            if one.role == other.role and self.alike(one, other):
                items = self.about(one, competence)
                if one.version != other.version:
                    items &= self.about(other, competence)
                pair = pair_of(one.values, other.values, items)
                if pair is not None:
                    yield Found(one.person, one.role, pair, (one.state, other.state))

    def both(self, change: str) -> list[tuple[Sheet, Sheet]]:
        """Return the two sheets of everybody who gave both that a change is between, one of `CHANGES`."""
        if change not in self._both:
            first, last = (self.of(*side) for side in CHANGES[change])
            self._both[change] = [(first[who], last[who]) for who in sorted(first.keys() & last.keys())]
        return self._both[change]

    @cached_property
    def changed(self) -> list[tuple[str, str]]:
        """Who was asked other questions after than before, each with the role answered in."""
        return [(last.person, last.role) for first, last in self.both("gain") if not self.alike(first, last)]

    @cached_property
    def _ratings(self) -> list[tuple[object, Sheet]]:
        """What observers gave, each with the moment of its round."""
        found = []
        for state in of_kind(self.states, "observer-assessment").values():
            asked = self.rounds.get(str(ref_in(state, "round_id")))
            who = ref_in(state, "participant_id")
            if asked is not None and who is not None:
                found.append((asked.get("moment"), self.sheet(self.person(who), asked, state)))
        return found

    def observed(self, moment: str, competence: str, belongs: Callable[[str, str], bool]) -> dict[str, Rating]:
        """Return what observers gave the people that belong on a competence, in rounds of a moment."""
        found: dict[str, list[tuple[Fraction, State]]] = {}
        for given_at, sheet in self._ratings:
            if given_at == moment and belongs(sheet.person, sheet.role):
                given = (sheet.values.get(item) for item in self.about(sheet, competence))
                numbers = [number for number in given if number is not None]
                if numbers:
                    found.setdefault(sheet.person, []).append((Fraction(sum(numbers), len(numbers)), sheet.state))
        return {
            who: Rating(sum((mean for mean, _ in held), Fraction()) / len(held), [state for _, state in held])
            for who, held in found.items()
        }

    def about(self, sheet: Sheet, competence: str) -> frozenset[str]:
        """Return the items of a competence in the questions a person was asked."""
        key = (sheet.instrument, sheet.version, competence)
        if key not in self._wanted:
            asked = listed(self.version(sheet.instrument, sheet.version), "items")
            self._wanted[key] = frozenset(item["id"] for item in asked if item["competence_id"] == competence)
        return self._wanted[key]


def counts(state: State) -> bool:
    """Whether an answer stands: given in a known role, and not voided."""
    return not state.get("voided") and ref_in(state, "role") is not None and "values" in state


def listed(state: State, name: str) -> list[Any]:
    """Return a list a state keeps; empty when there is none, or the source is silent of it."""
    found = state.get(name)
    return found if isinstance(found, list) else []


class Found(NamedTuple):
    """A person's pair on one competence, the role both answers were given in, and the states it rests on."""

    person: str
    role: str
    pair: Pair
    states: tuple[State, State]
