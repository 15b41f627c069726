"""One competence in one role or group: its change, its points and its counts, as far as the reader may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from projections.competence_uplift.sheets import Answers, Found, pairs_of
from projections.kernel import Figure, State, figure, of_kind, ref_in
from projections.measures import disclosure
from projections.measures.paired import Pair, Paired, direction, paired

Belongs = Callable[[str, str], bool]
"""Whether a person, in the role of both answers, is among those a cell is about."""


def cell_of(answers: Answers, competence: State, part: str, named: State, belongs: Belongs, *, insider: bool) -> State:
    """Return the figures of one competence for some of the people; only why, where they are too few."""
    ref, held = competence["id"], belongs
    key = f"{ref}:{part}"
    found = {
        "gain": within(pairs_of(answers, answers.of("before"), answers.of("after"), ref), held),
        "then_gain": within(pairs_of(answers, answers.of("after", "then"), answers.of("after"), ref), held),
        "response_shift": within(pairs_of(answers, answers.of("before"), answers.of("after", "then"), ref), held),
    }
    if not insider:
        _apart(found)
    cell: State = {"competence": ref, "title": competence["title"], **named}
    cell |= {name: _change(f"{name}:{key}", pairs, insider=insider) for name, pairs in found.items()}
    main = found["gain"]
    if cell["gain"] is None:
        return {**cell, "shown": "withheld", "direction": None}
    points = disclosure.may_show_points(len(main), insider=insider)
    return {
        **cell,
        "shown": "points" if points else "means",
        "direction": direction(cell["gain"]["interval"]),
        "points": _points(answers, main, insider=insider) if points else None,
        "counts": _counts(key, main, insider=insider),
        "observed": _observed(answers, key, ref, held, insider=insider),
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


def _change(key: str, found: Sequence[Found], *, insider: bool) -> State | None:
    """Return mean change, both means and the interval of enough pairs; None for too few.

    An interval of two or three pairs is wider than the scale: nobody gets one.
    """
    measured = paired([one.pair for one in found])
    if measured is None or not disclosure.may_show(measured.n, insider=insider):
        return None
    name, _, rest = key.partition(":")
    means = {"first": measured.first, "last": measured.last}
    enough = measured.interval if disclosure.may_show(measured.n) else None
    return {
        "change": _figure(key, measured.gain, found, measured),
        **{end: _figure(f"{name}-{end}:{rest}", number, found, measured) for end, number in means.items()},
        "interval": [_rounded(end) for end in enough.ends] if enough else None,
        "method": {"name": enough.method, "resamples": enough.resamples, "seed": enough.seed} if enough else None,
    }


def _figure(key: str, number: float, found: Sequence[Found], measured: Paired) -> Figure:
    return figure(key, _rounded(number), [state for one in found for state in one.states], measured.n)


def _rounded(number: float) -> float:
    return round(number, 6) + 0.0


def _points(answers: Answers, found: Sequence[Found], *, insider: bool) -> State:
    """Return the single answers: joined and tagged for an insider, else each side by itself and in order."""
    first, last = ([_rounded(float(one.pair[side])) for one in found] for side in (0, 1))
    if not insider:
        return {"first": sorted(first), "last": sorted(last)}
    tags = [answers.tag(one.person) for one in found]
    return {"first": first, "last": last, "tags": tags}


def _counts(key: str, found: Sequence[Found], *, insider: bool) -> list[State] | None:
    """Return how many rated themselves higher, the same and lower; small ones merged, or None."""
    measured = paired([one.pair for one in found])
    if measured is None:
        return None
    counts = {name: getattr(measured.counts, name) for name in ("improved", "same", "declined")}
    parts = tuple(((name,), count) for name, count in counts.items()) if insider else disclosure.merged(counts)
    if parts is None:
        return None
    sign = {"improved": 1, "same": 0, "declined": -1}
    return [
        {
            "of": list(names),
            "count": figure(
                f"{'-or-'.join(names)}:{key}",
                count,
                [s for one in found if _sign(one.pair) in {sign[name] for name in names} for s in one.states],
                count,
            ),
        }
        for names, count in parts
    ]


def _sign(pair: Pair) -> int:
    return (pair[1] > pair[0]) - (pair[1] < pair[0])


def _observed(answers: Answers, key: str, ref: str, belongs: Belongs, *, insider: bool) -> Figure | None:
    """Return the mean that observers gave in rounds after, over the people rated; None for too few."""
    ratings: dict[str, list[tuple[float, State]]] = {}
    for state in of_kind(answers.states, "observer-assessment").values():
        asked = answers.rounds.get(str(ref_in(state, "round_id")), {})
        who = answers.person(str(ref_in(state, "participant_id")))
        if asked.get("moment") != "after" or not belongs(who, str(ref_in(state, "role"))):
            continue
        given = answers.items(answers.sheet(who, asked, state), ref).values()
        numbers = [number for number in given if number is not None]
        if numbers:
            ratings.setdefault(who, []).append((sum(numbers) / len(numbers), state))
    if not ratings or not disclosure.may_show(len(ratings), insider=insider):
        return None
    each = [sum(mean for mean, _ in held) / len(held) for held in ratings.values()]
    behind = [state for held in ratings.values() for _, state in held]
    return figure(f"observed:{key}", _rounded(sum(each) / len(each)), behind, len(ratings))
