"""One change over pairs of answers: mean and interval, sizes, test and counts, as far as may be told."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Final

from projections.competence_uplift.sheets import Found
from projections.kernel import Figure, State, figure
from projections.measures import disclosure
from projections.measures.effects import Zeros, d_av, d_z, g_z, hedges_j, rank_biserial, signed_rank
from projections.measures.intervals import wilson
from projections.measures.paired import Pair, Paired, paired

DIGITS: Final = 12
"""As exact as a number can be checked; rounded at all only so that sums in another order are the same number."""
ZEROS: Final = Zeros.DROP
SIGN: Final = {"improved": 1, "same": 0, "declined": -1}


def change_of(key: str, found: Sequence[Found], *, insider: bool) -> State | None:
    """Return mean change, both means and the interval of enough pairs; None for too few.

    An interval of two or three pairs is wider than the scale: nobody gets one.
    """
    pairs = [one.pair for one in found]
    measured = paired(pairs)
    if measured is None or not disclosure.may_show(measured.n, insider=insider):
        return None
    name, _, rest = key.partition(":")
    means = {"first": measured.first, "last": measured.last}
    enough = measured.interval if disclosure.may_show(measured.n) else None
    return {
        "change": _figure(key, measured.gain, found),
        **{end: _figure(f"{name}-{end}:{rest}", number, found) for end, number in means.items()},
        "interval": [rounded(end) for end in enough.ends] if enough else None,
        "method": {"name": enough.method, "resamples": enough.resamples, "seed": enough.seed} if enough else None,
        "sizes": _sizes(key, found, insider=insider),
        "ranks": _ranks(key, found) if insider or _told_apart(measured) else None,
    }


def _figure(key: str, number: float, found: Sequence[Found]) -> Figure:
    return figure(key, rounded(number), [state for one in found for state in one.states], len(found))


def rounded(number: float) -> float:
    """Return a number as an answer holds it, and nothing without a minus."""
    return round(number, DIGITS) + 0.0


def _sizes(key: str, found: Sequence[Found], *, insider: bool) -> State:
    """Return the standardised sizes; d_av, which tells how both sides are spread, where the points are shown too."""
    pairs = [one.pair for one in found]
    sizes = {"d_z": d_z(pairs), "g_z": g_z(pairs)}
    sizes["d_av"] = d_av(pairs) if disclosure.may_show_points(len(pairs), insider=insider) else None
    told = {name: None if size is None else _figure(f"{name}:{key}", size, found) for name, size in sizes.items()}
    df = len(pairs) - 1
    factor = hedges_j(df)
    return {**told, "df": df, "j": None if factor is None else rounded(factor)}


def _told_apart(measured: Paired) -> bool:
    """Whether the counts are told one by one; where not, the ranks would tell what is merged or withheld there."""
    parts = disclosure.merged(_counts_in(measured))
    return parts is not None and all(len(names) == 1 for names, _ in parts)


def _ranks(key: str, found: Sequence[Found]) -> State:
    """Return the exact signed-rank test and how one-sided the changes are; p only where a test could tell."""
    ranks = signed_rank([one.pair for one in found], ZEROS)
    one_sided = rank_biserial(ranks)
    return {
        "rank_biserial": None if one_sided is None else _figure(f"rank_biserial:{key}", one_sided, found),
        "p": _figure(f"p:{key}", ranks.p, found) if ranks.can_tell and ranks.p is not None else None,
        "w_plus": ranks.plus,
        "w_minus": ranks.minus,
        "changed": ranks.n,
        "zeros": ranks.zeros.value,
        "exact": ranks.exact,
    }


# ------------------------------------------------------------------ how many
def _counts_in(measured: Paired) -> dict[str, int]:
    return {name: getattr(measured.counts, name) for name in SIGN}


def counts_of(key: str, found: Sequence[Found], *, insider: bool) -> list[State] | None:
    """Return how many rated themselves higher, the same and lower, with the interval; small ones merged, or None."""
    measured = paired([one.pair for one in found])
    if measured is None:
        return None
    counts = _counts_in(measured)
    parts = tuple(((name,), count) for name, count in counts.items()) if insider else disclosure.merged(counts)
    if parts is None:
        return None
    return [
        {
            "of": list(names),
            "count": figure(f"{'-or-'.join(names)}:{key}", count, chain(*_those(found, names)), count),
            "interval": [rounded(end) for end in wilson(count, measured.n) or ()],
        }
        for names, count in parts
    ]


def _those(found: Sequence[Found], names: Sequence[str]) -> list[tuple[State, State]]:
    signs = {SIGN[name] for name in names}
    return [one.states for one in found if _sign(one.pair) in signs]


def _sign(pair: Pair) -> int:
    return (pair[1] > pair[0]) - (pair[1] < pair[0])


def points_of(found: Sequence[Found], tags: Sequence[str] | None) -> State:
    """Return the single answers: joined and tagged where tags are given, else each side by itself and in order."""
    first, last = ([rounded(float(one.pair[side])) for one in found] for side in (0, 1))
    if tags is None:
        return {"first": sorted(first), "last": sorted(last)}
    return {"first": first, "last": last, "tags": list(tags)}
