"""One change over pairs of answers: mean and interval, sizes, test and counts, as far as may be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from projections.competence_uplift.sheets import Found
from projections.kernel import Figure, State
from projections.measures import disclosure
from projections.measures.effects import Zeros, d_av, d_z, g_z, hedges_j, rank_biserial, signed_rank
from projections.measures.exact import whole
from projections.measures.intervals import wilson
from projections.measures.paired import Pair, Paired, changes_in, paired

DIGITS: Final = 12
"""As exact as a number can be checked; rounded at all only so that sums in another order are the same number."""
ZEROS: Final = Zeros.DROP
SIGN: Final = {"improved": 1, "same": 0, "declined": -1}
NAMES: Final = {sign: name for name, sign in SIGN.items()}
Positions = tuple[int, ...]


def change_of(key: str, found: Sequence[Found], *, insider: bool) -> State | None:
    """Return mean change, both means and the interval of enough pairs; None for too few.

    An interval of two or three pairs is wider than the scale: nobody gets one.
    """
    pairs = [one.pair for one in found]
    measured = paired(pairs)
    if measured is None or not disclosure.may_show(measured.n, insider=insider):
        return None
    name, _, rest = key.partition(":")
    behind = positions(found)
    means = {"first": measured.first, "last": measured.last}
    enough = measured.interval if disclosure.may_show(measured.n) else None
    return {
        "change": _figure(key, measured.gain, pairs, behind),
        **{end: _figure(f"{name}-{end}:{rest}", number, pairs, behind) for end, number in means.items()},
        "interval": [rounded(end) for end in enough.ends] if enough else None,
        "method": {"name": enough.method, "resamples": enough.resamples, "seed": enough.seed} if enough else None,
        "sizes": _sizes(key, pairs, behind, insider=insider),
        "ranks": _ranks(key, pairs, behind) if insider or _told_apart(measured) else None,
    }


def positions(found: Iterable[Found]) -> Positions:
    """Return the events behind these pairs."""
    return tuple(sorted({position for one in found for state in one.states for position in state["events"]}))


def _figure(key: str, number: float, pairs: Sequence[Pair], behind: Positions) -> Figure:
    return Figure(key, rounded(number), len(pairs), behind)


def rounded(number: float) -> float:
    """Return a number as an answer holds it, and nothing without a minus."""
    return round(number, DIGITS) + 0.0


def _sizes(key: str, pairs: Sequence[Pair], behind: Positions, *, insider: bool) -> State:
    """Return the standardised sizes; d_av, which tells how both sides are spread, where the points are shown too."""
    sizes = {"d_z": d_z(pairs), "g_z": g_z(pairs)}
    sizes["d_av"] = d_av(pairs) if disclosure.may_show_points(len(pairs), insider=insider) else None
    told = {
        name: None if size is None else _figure(f"{name}:{key}", size, pairs, behind) for name, size in sizes.items()
    }
    df = len(pairs) - 1
    factor = hedges_j(df)
    return {**told, "df": df, "j": None if factor is None else rounded(factor)}


def _told_apart(measured: Paired) -> bool:
    """Whether the counts are told one by one; where not, the ranks would tell what is merged or withheld there."""
    parts = disclosure.merged(_counts_in(measured))
    return parts is not None and all(len(names) == 1 for names, _ in parts)


def _ranks(key: str, pairs: Sequence[Pair], behind: Positions) -> State:
    """Return the exact signed-rank test and how one-sided the changes are; p only where a test could tell."""
    ranks = signed_rank(pairs, ZEROS)
    one_sided = rank_biserial(ranks)
    return {
        "rank_biserial": None if one_sided is None else _figure(f"rank_biserial:{key}", one_sided, pairs, behind),
        "p": _figure(f"p:{key}", ranks.p, pairs, behind) if ranks.can_tell and ranks.p is not None else None,
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
    changes, _ = changes_in([one.pair for one in found])
    held: dict[str, list[Found]] = {name: [] for name in SIGN}
    for one, change in zip(found, changes, strict=True):
        held[NAMES[(change > 0) - (change < 0)]].append(one)
    counts = {name: len(those) for name, those in held.items()}
    parts = tuple(((name,), count) for name, count in counts.items()) if insider else disclosure.merged(counts)
    if parts is None:
        return None
    return [
        {
            "of": list(names),
            "count": Figure(
                f"{'-or-'.join(names)}:{key}", count, count, positions(one for name in names for one in held[name])
            ),
            "interval": [rounded(end) for end in wilson(count, len(found)) or ()],
        }
        for names, count in parts
    ]


def points_of(found: Sequence[Found], tags: Sequence[str] | None) -> State:
    """Return the single answers: joined and tagged where tags are given, else each side by itself and in order."""
    sides = (whole([one.pair[side] for one in found]) for side in (0, 1))
    first, last = ([rounded(part / unit) for part in parts] for parts, unit in sides)
    if tags is None:
        return {"first": sorted(first), "last": sorted(last)}
    return {"first": first, "last": last, "tags": list(tags)}
