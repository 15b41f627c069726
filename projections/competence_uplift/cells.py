"""One competence in one role or other part of the people: change, points, counts and sources, as far as may be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from projections.competence_uplift.changes import change_of, counts_of, points_of, rounded
from projections.competence_uplift.sheets import CHANGES, Answers, Found
from projections.kernel import Figure, State, figure
from projections.measures import disclosure
from projections.measures.effects import LEAST_FOR_TEST
from projections.measures.paired import direction

Belongs = Callable[[str, str], bool]
"""Whether a person, in the role of both answers, is among those a cell is about."""


def cell_of(answers: Answers, competence: State, part: str, named: State, belongs: Belongs, *, insider: bool) -> State:
    """Return the figures of one competence for some of the people; only why, where they are too few."""
    ref = competence["id"]
    key = f"{ref}:{part}"
    found = {change: within(answers.pairs(change, ref), belongs) for change in CHANGES}
    if not insider:
        _apart(found)
    cell: State = {"competence": ref, "title": competence["title"], **named}
    cell |= {name: change_of(f"{name}:{key}", pairs, insider=insider) for name, pairs in found.items()}
    main = found["gain"]
    if cell["gain"] is None:
        return {**cell, "shown": "withheld", "direction": None}
    points = disclosure.may_show_points(len(main), insider=insider)
    tags = [answers.tag(one.person) for one in main] if insider else None
    return {
        **cell,
        "shown": "points" if points else "means",
        "direction": direction(cell["gain"]["interval"]),
        "points": points_of(main, tags) if points else None,
        "counts": counts_of(key, main, insider=insider),
        "observed": _observed(answers, key, ref, belongs, insider=insider),
        **_answering(answers, key, ref, belongs, main),
        "flags": list(_flags(answers, found, belongs)),
    }


def _apart(found: dict[str, list[Found]]) -> None:
    """Leave out the changes over other people than the first, where means over both would tell of the few between."""
    told: list[dict[disclosure.Share, int]] = []
    for name, pairs in found.items():
        people: dict[disclosure.Share, int] = {(one.person, 0): 1 for one in pairs}
        if disclosure.may_show(len(pairs)) and disclosure.singled_out([*told, people]):
            found[name] = []
        elif disclosure.may_show(len(pairs)):
            told.append(people)


def within(found: Sequence[Found], belongs: Belongs) -> list[Found]:
    """Return the pairs of the people that belong."""
    return [one for one in found if belongs(one.person, one.role)]


def _answering(answers: Answers, key: str, ref: str, belongs: Belongs, main: Sequence[Found]) -> State:
    """Return how many were asked about the competence, before or after, and the share that is paired."""
    rounds, people = answers.asked(ref)
    asked = {who for who, role in people if belongs(who, role)}
    if not asked:
        return {"eligible": None, "response": None}
    asked |= {one.person for one in main}
    pairs = [state for one in main for state in one.states]
    return {
        "eligible": figure(f"eligible:{key}", len(asked), rounds, len(asked)),
        "response": figure(f"response:{key}", rounded(len(main) / len(asked)), [*rounds, *pairs], len(asked)),
    }


def _flags(answers: Answers, found: dict[str, list[Found]], belongs: Belongs) -> Sequence[str]:
    """Return what a reader must know of a cell: where people could not be compared, and what no test can tell."""
    said = {
        "layout-adjacent": any(answers.adjacent(one.person) for one in found["then_gain"]),
        "instrument-changed": any(belongs(*one) for one in answers.changed),
        "too-few-to-test": len(found["gain"]) < LEAST_FOR_TEST,
    }
    return [name for name, holds in said.items() if holds]


def _observed(answers: Answers, key: str, ref: str, belongs: Belongs, *, insider: bool) -> Figure | None:
    """Return the mean that observers gave in rounds after, over the people rated; None for too few."""
    ratings = answers.observed("after", ref, belongs)
    if not ratings or not disclosure.may_show(len(ratings), insider=insider):
        return None
    each = [rating.mean for rating in ratings.values()]
    behind = [state for rating in ratings.values() for state in rating.states]
    return figure(f"observed:{key}", rounded(float(sum(each) / len(each))), behind, len(ratings))
