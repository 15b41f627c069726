"""Four strands beside one another: what people say of themselves, what observers saw, what they did, what texts show.

Each strand is a set of people with one number early and one late, and says a direction only where the interval of their
changes leaves out 0. Counted are those alone whose own answers stand: whoever takes them back is judged by nothing
else. Early and late are the two halves of the time from the first gathering held to the last. What people do and write
is counted per gathering held in its half, for a gathering is the occasion: a half with more of them is no rise. What
was done after the last, however long that is, is in neither half.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from domain.timing import local_day
from projections.coded import Coded
from projections.competence_uplift.changes import rounded
from projections.competence_uplift.doings import Act, acts, read
from projections.competence_uplift.sheets import Answers, listed
from projections.kernel import Figure, State, moment_of, of_kind
from projections.measures import disclosure
from projections.measures.paired import Pair, direction, paired
from projections.measures.triangulation import Says, verdict

Belongs = Callable[[str, str], bool]
SURE: Final = {1: Says.UP, 0: Says.UNCLEAR, -1: Says.DOWN}
SIDES: Final = ("early", "late")
PER_GATHERING: Final = ("behaviour", "text")


@dataclass(frozen=True, slots=True)
class Twice:
    """What one person has early and late, and the events behind each side."""

    pair: Pair
    events: tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Halves:
    """The two halves of the time from the first gathering held to the last, its day included."""

    first: dt.date
    middle: dt.datetime
    last: dt.date
    gatherings: tuple[int, int]
    """How many gatherings were held in each: at least one."""

    @classmethod
    def of(cls, held: Sequence[dt.datetime]) -> Halves | None:
        """Return the halves, of the moments of all gatherings held in order; None where they are not two moments."""
        if not held or held[0] == held[-1]:
            return None
        middle = held[0] + (held[-1] - held[0]) / 2
        early = sum(one <= middle for one in held)
        return cls(local_day(held[0]), middle, local_day(held[-1]), (early, len(held) - early))

    def hold(self, act: Act) -> bool:
        """Whether something was done in the time."""
        return self.first <= local_day(act.at) <= self.last


class Strands:
    """What the log holds beside people's own answers."""

    def __init__(self, answers: Answers, texts: Coded) -> None:
        self._answers = answers
        held = [s["held"] for s in of_kind(answers.states, "gathering").values() if "held" in s]
        known = sorted(moment_of({"when": one}) for one in held if one["precision"] != "unknown")
        self._halves = Halves.of(known)
        self._people = {who for sheets in answers.sheets.values() for who in sheets}
        self._acts, self._read = (self._within(found) for found in (acts(answers), read(answers, texts)))

    def of(self, competence: State, part: str, belongs: Belongs, sign: int, *, insider: bool) -> State:
        """Return the four strands of a competence for the people that belong, and what they say together.

        ``sign`` is the direction of their own ratings.
        """
        own = SURE[sign]
        ref, signs = competence["id"], set(listed(competence, "signs"))
        observed = self._observed(ref, belongs)
        rated = self._answers.observed("after", ref, belongs)
        found = {
            "observer": observed if insider or _as_told(rated, observed) else None,
            "behaviour": self._done(self._acts, signs, belongs),
            "text": self._done(self._read, {ref}, belongs),
        }
        others = {name: _strand(f"{name}:{ref}:{part}", held, insider=insider) for name, held in found.items()}
        for name in PER_GATHERING:
            if self._halves is not None and "n" in others[name]:
                others[name]["gatherings"] = dict(zip(SIDES, self._halves.gatherings, strict=True))
        together = verdict(own, {name: Says(one["says"]) for name, one in others.items()})
        return {"verdict": together.value, "self": {"says": own.value}, **others}

    def _within(self, found: Iterable[Act]) -> list[Act]:
        halves = self._halves
        return [act for act in found if halves.hold(act)] if halves else []

    def _observed(self, ref: str, belongs: Belongs) -> dict[str, Twice]:
        """Return what observers gave the same people before and after."""
        early, late = (self._answers.observed(moment, ref, belongs) for moment in ("before", "after"))
        return {
            who: Twice((early[who].mean, late[who].mean), (_events(early[who].states), _events(late[who].states)))
            for who in sorted(early.keys() & late.keys())
        }

    def _done(self, acts: Iterable[Act], wanted: Collection[str], belongs: Belongs) -> dict[str, Twice]:
        """Return how much each person did of what is wanted, per gathering of either half; only who did any of it."""
        halves = self._halves
        if halves is None:
            return {}
        held: dict[str, tuple[list[Act], list[Act]]] = {}
        for act in acts:
            if (
                act.person in self._people
                and act.about & set(wanted)
                and belongs(act.person, self._answers.role_of(act.person))
            ):
                held.setdefault(act.person, ([], []))[act.at > halves.middle].append(act)
        return {
            who: Twice(
                (_sum(early) / halves.gatherings[0], _sum(late) / halves.gatherings[1]),
                (_positions(early), _positions(late)),
            )
            for who, (early, late) in sorted(held.items())
        }


def _sum(acts: Sequence[Act]) -> Fraction:
    return Fraction(sum(act.weight for act in acts))


def _as_told(rated: Mapping[str, object], observed: Mapping[str, object]) -> bool:
    """Whether the mean over all who were rated after may stand beside the means over those rated both times."""
    people: list[dict[disclosure.Share, int]] = [
        {(who, 0): 1 for who in held} for held in (rated, observed) if disclosure.may_show(len(held))
    ]
    return not disclosure.singled_out(people)


def _strand(key: str, found: Mapping[str, Twice] | None, *, insider: bool) -> State:
    """Return what a strand says, and its mean early and late; without numbers where it rests on too few people."""
    measured = paired([one.pair for one in found.values()]) if found is not None else None
    if found is not None and measured is None:
        return {"says": Says.SILENT.value}
    if found is None or measured is None or not disclosure.may_show(measured.n, insider=insider):
        return {"says": Says.WITHHELD.value}
    enough = disclosure.may_show(measured.n) and measured.interval
    ends = [rounded(end) for end in enough.ends] if enough else None
    name, _, rest = key.partition(":")
    sides = (measured.first, measured.last)
    return {
        "says": SURE[direction((ends[0], ends[1]) if ends else None)].value,
        "n": measured.n,
        **{
            side: Figure(f"{name}-{side}:{rest}", rounded(number), measured.n, _behind(found.values(), at))
            for at, (side, number) in enumerate(zip(SIDES, sides, strict=True))
        },
        "interval": ends,
    }


def _behind(found: Iterable[Twice], side: int) -> tuple[int, ...]:
    return tuple(sorted({position for one in found for position in one.events[side]}))


def _events(states: Iterable[State]) -> tuple[int, ...]:
    return tuple(sorted({position for state in states for position in state["events"]}))


def _positions(acts: Iterable[Act]) -> tuple[int, ...]:
    return tuple(sorted({position for act in acts for position in act.events}))
