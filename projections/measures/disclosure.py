"""Disclosure control: what may be told of few people, to whoever may not see what each of them said.

A number counts people, or rests on them. Fewer than `LEAST` are not told. What could be worked out of them from the
numbers that are told, by adding and subtracting, is not told either: not within a table (`withheld`), not between
numbers of people who overlap, and not between what was told at one time and at another (`singled_out`, `may_follow`).

Source: Hundepool et al. (2012), Statistical Disclosure Control, Wiley, chapters 4 and 5; on numbers asked again and
again Denning & Schlörer (1983), Inference controls for statistical databases, Computer 16(7):69.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, Final, Generic, TypeVar

LEAST: Final = 5
"""k: fewer people than this, and nothing is told."""
FLOOR: Final = 3
"""No smaller k: of two people each could work the other out."""
LEAST_FOR_POINTS: Final = 10
"""Fewer people than this: no single points, for a point could be recognised."""
SURE: Final = 1e-9

K = TypeVar("K", bound=Hashable)
Parts = tuple[tuple[tuple[str, ...], int], ...]
"""Names that were counted together, and their count."""
Standing = tuple[tuple[int, int], ...]
"""In which sums a cell stands, and with which sign."""


def prepare() -> None:
    """Load what solves the linear systems, which takes a while: as a server starts, so that nobody who asks waits."""
    import numpy as np  # noqa: F401
    from scipy import optimize, sparse  # noqa: F401


# ------------------------------------------------------------------ one number by itself
def may_show(n: int, *, insider: bool = False) -> bool:
    """Whether a figure that rests on so many people may be shown; an insider may see each of their answers anyway."""
    return insider or n >= LEAST


def may_show_points(n: int, *, insider: bool = False) -> bool:
    """Whether single points may be drawn."""
    return insider or n >= LEAST_FOR_POINTS


def small(count: int, least: int = LEAST) -> bool:
    """Whether a count is of few people. Nobody is not few: that none came, or none was asked, is told."""
    return 0 < count < least


def merged(counts: Mapping[str, int]) -> Parts | None:
    """Return the counts of one figure with the small ones merged; None when they must all be withheld.

    A count of 1 to 4 joins the other small ones, and then the next smallest (the middle one of equals) until five
    are together. If that takes all of them, nothing is told: the number of people is known, and what is left out would
    follow from the rest.
    """
    middle = len(counts) // 2
    near = {name: abs(at - middle) for at, name in enumerate(counts)}
    found = sorted(((count, name) for name, count in counts.items() if count), key=lambda one: (one[0], near[one[1]]))
    few = [one for one in found if small(one[0])]
    large = found[len(few) :]
    if not few:
        return tuple(((name,), count) for name, count in counts.items())
    while large and sum(count for count, _ in few) < LEAST:
        few.append(large.pop(0))
    if not large:
        return None
    together = {name for _, name in few}
    alone = [((name,), count) for name, count in counts.items() if name not in together]
    names = tuple(name for name in counts if name in together)
    return (*alone, (names, sum(count for count, _ in few)))


# ------------------------------------------------------------------ tables
@dataclass(frozen=True, slots=True)
class Sum(Generic[K]):
    """Parts that add up, those in ``less`` taken off; ``whole`` is the cell that tells the sum.

    Without a ``whole`` the sum is known to the reader, whatever is withheld.
    """

    parts: tuple[K, ...]
    whole: K | None = None
    less: tuple[K, ...] = ()

    @property
    def cells(self) -> tuple[K, ...]:
        """Every cell that the sum ties to the others."""
        return (*self.parts, *self.less) if self.whole is None else (*self.parts, *self.less, self.whole)


def withheld(
    counts: Mapping[K, int],
    sums: Iterable[Sum[K]],
    unsafe: Collection[K] | None = None,
    *,
    together: Callable[[K], Collection[K]] = lambda key: (key,),
    moved: Callable[[K], int] = lambda _: 0,
    last: Collection[K] = (),
    least: int = LEAST,
) -> set[K]:
    """Return the cells of tables that hang together which may not be told.

    Those that are unsafe for their own sake, and as few others as a greedy search finds, the smallest first, until no
    unsafe cell can be worked out from the cells told and the sums: neither exactly nor to within fewer than ``least``.
    Whether it can is asked of the linear system itself: the least and the greatest value that each unsafe cell could
    have, all that is told being as it is. In the end whatever turned out not to be needed is told after all.

    Two-way, hierarchical and linked tables are cells and sums like any others. The same tables give the same answer.

    Args:
        counts: every cell, margins too; the order breaks ties.
        sums: what adds up to what.
        unsafe: the cells that may not be told for their own sake; without it, the small ones.
        together: the cells that are told or withheld with one another.
        moved: how much a cell changed: of two as small, the one that changed more stays.
        last: cells that are withheld for another's sake only where nothing else helps.
        least: k.
    """
    if least < FLOOR:
        raise ValueError(f"k is at least {FLOOR}: of two people each could work the other out.")
    found = [key for key, count in counts.items() if small(count, least)] if unsafe is None else list(unsafe)
    groups = tuple((key, tuple(together(key)), moved(key)) for key in counts)
    return set(_settled(tuple(counts.items()), tuple(sums), tuple(found), groups, frozenset(last), least))


@lru_cache(maxsize=512)
def _settled(
    counts: tuple[tuple[Any, int], ...],
    sums: tuple[Sum[Any], ...],
    unsafe: tuple[Any, ...],
    groups: tuple[tuple[Any, tuple[Any, ...], int], ...],
    last: frozenset[Any],
    least: int,
) -> frozenset[Any]:
    """Settle tables once: the same tables give the same answer, and are asked about again and again."""
    group = {key: others for key, others, _ in groups}
    moved = {key: change for key, _, change in groups}
    table = _Table(dict(counts), list(sums), list(unsafe), group.__getitem__, moved.__getitem__, last, least)
    return frozenset(table.settled())


@dataclass
class _Table(Generic[K]):
    """Tables that hang together, and what of them is withheld."""

    counts: Mapping[K, int]
    sums: list[Sum[K]]
    unsafe: list[K]
    together: Callable[[K], Collection[K]]
    moved: Callable[[K], int]
    last: Collection[K]
    least: int
    hidden: set[K] = field(default_factory=set)
    seen: list[dict[Standing, float]] = field(default_factory=list)
    """Tables that would look the same to a reader, each by what it has more or less of: they hold while it can."""

    def settled(self) -> set[K]:
        """Withhold as much as it takes, and no more than a last look finds needed."""
        self.hidden = {other for key in self.unsafe for other in self.together(key)}
        first = set(self.hidden)
        while (more := self._next()) is not None:
            self.hidden |= set(self.together(more))
        exposed = set(self._exposed())  # what cannot be helped: a sum the reader knows, of few
        for key in sorted(self.hidden - first, key=self._size, reverse=True):
            group = set(self.together(key))
            if group <= self.hidden:
                self.hidden -= group
                if any(one not in exposed for one in self._exposed()):
                    self.hidden |= group
        return self.hidden

    def _size(self, key: K) -> tuple[bool, int, int, int]:
        group = self.together(key)
        count, moved = sum(self.counts[one] for one in group), max(self.moved(one) for one in group)
        return any(one in self.last for one in group), count, moved, self._places[key]

    @cached_property
    def _places(self) -> dict[K, int]:
        return {key: at for at, key in enumerate(self.counts)}

    def _next(self) -> K | None:
        """Return the next cell to withhold; None when all is well, or nothing is left that would help."""
        for one in self.sums:
            if self._open(one) and (found := self._smallest(one.cells)) is not None:
                return found
        if (key := next(self._exposed(), None)) is not None:
            near = [one for one in self.sums if key in one.cells]
            linked = {cell for one in near for cell in one.cells}
            far = [one for one in self.sums if linked & set(one.cells) & self.hidden]
            for sums in (near, far, self.sums):
                if (found := self._smallest({cell for one in sums for cell in one.cells})) is not None:
                    return found
        return None

    def _smallest(self, cells: Iterable[K]) -> K | None:
        shown = [key for key in cells if key not in self.hidden and self.counts[key]]
        return min(shown, key=self._size, default=None)

    def _open(self, one: Sum[K]) -> bool:
        """Whether a sum by itself gives a withheld cell away: what is left over is one cell, or small."""
        left = [key for key in one.cells if key in self.hidden]
        rest = sum(self.counts[key] for key in left)
        if rest == 0:
            return False
        return len(left) == 1 or (rest < self.least and one.whole not in self.hidden)

    # -------------------------------------------------------------- the linear system
    @cached_property
    def _stands(self) -> dict[K, Standing]:
        """In which sums each cell stands, and with which sign."""
        found: dict[K, dict[int, int]] = {key: {} for key in self.counts}
        for row, one in enumerate(self.sums):
            for key in one.cells:
                found[key][row] = 1 if key in one.parts else -1
        return {key: tuple(signs.items()) for key, signs in found.items()}

    def _exposed(self) -> Iterator[K]:
        """Yield the unsafe cells that can be worked out, or nearly; the smallest first."""
        given = {key for one in self.sums if self._open(one) for key in one.cells}
        wanted = sorted((key for key in self.unsafe if self.counts[key]), key=self._size)
        yield from (key for key in wanted if key in given)
        if all(len(self._stands[key]) < len(("one", "other")) for key in self.hidden):
            return  # no withheld cell stands in two sums: each sum by itself has told all there is to tell
        ranges = _Ranges({key: self.counts[key] for key in self.hidden}, self._stands, self.least, self.seen)
        asked = [key for key in wanted if key not in given]
        ranges.widen({self._stands[key] for key in asked})
        yield from (key for key in asked if not ranges.wide(self._stands[key]))


class _Ranges:
    """The least and the greatest value each withheld cell could have, given what is told.

    Cells that stand in the same sums are alike to the system: what one of them has, another could have. So it is asked
    of all alike together, and how far their total could be from what it is.
    """

    def __init__(
        self, counts: Mapping[K, int], stands: Mapping[K, Standing], least: int, seen: list[dict[Standing, float]]
    ) -> None:
        self.least, self.seen = least, seen
        self.alike, self.total = Counter[Standing](), Counter[Standing]()
        for key, count in counts.items():
            if stands[key]:
                self.alike[stands[key]] += 1
                self.total[stands[key]] += count
        self.kinds = sorted(self.alike)
        self.low, self.high = dict.fromkeys(self.kinds, 0.0), dict.fromkeys(self.kinds, 0.0)
        for change in seen:
            if all(kind in self.alike and self.total[kind] + moved >= 0 for kind, moved in change.items()):
                self._take(change)

    def wide(self, kind: Standing) -> bool:
        """Whether a cell that stands so could have values so far apart; every table found widens the others, too."""
        for sign in (-1, 1):
            if not self._is_wide(kind):
                self._solve([kind], sign)
        return self._is_wide(kind)

    def widen(self, kinds: Collection[Standing]) -> None:
        """Look for tables in which as many cells as can be are larger at once, then smaller; mostly that is enough."""
        while len(narrow := sorted(kind for kind in kinds if not self._is_wide(kind))) > 1:
            for sign in (-1, 1):
                self._solve(narrow, sign, self.least)
            if all(not self._is_wide(kind) for kind in narrow):
                return

    def _is_wide(self, kind: Standing) -> bool:
        if kind not in self.alike:
            return True  # it stands in no sum
        if self.alike[kind] > 1:  # it could be nothing, and another like it have what it has
            return self.total[kind] + self.high[kind] >= self.least
        return self.high[kind] - self.low[kind] >= self.least

    def _take(self, change: Mapping[Standing, float]) -> None:
        for kind, moved in change.items():
            self.low[kind], self.high[kind] = min(self.low[kind], moved), max(self.high[kind], moved)

    @cached_property
    def _system(self) -> Any:
        """The sums as equations over the changes: each sum stays as it is."""
        from scipy.sparse import csr_array

        places = [(row, at, sign) for at, kind in enumerate(self.kinds) for row, sign in kind]
        rows, columns, signs = zip(*places, strict=True)
        row_of = {row: at for at, row in enumerate(dict.fromkeys(rows))}
        shape = (len(row_of), len(self.kinds))
        return csr_array((list(map(float, signs)), ([row_of[row] for row in rows], columns)), shape=shape)

    def _solve(self, kinds: Sequence[Standing], sign: int, reach: float = math.inf) -> None:
        """Take in the table in which these cells are, in sum, greatest (-1) or least (1); each within ``reach``."""
        from scipy.optimize import linprog

        roof = float(self.total.total() + self.least)
        wanted = [float(sign) if kind in kinds else 0.0 for kind in self.kinds]
        bounds = [(-float(self.total[kind]), roof) for kind in self.kinds]
        for at, kind in enumerate(self.kinds):
            if kind in kinds:
                bounds[at] = (0.0, min(roof, reach)) if sign < 0 else (max(bounds[at][0], -reach), 0.0)
        nothing = [0.0] * self._system.shape[0]
        found = linprog(wanted, A_eq=self._system, b_eq=nothing, bounds=bounds, method="highs")
        if found.status:
            return  # not solved: the range stays as narrow as it was seen to be, and more is withheld
        change = {kind: round(float(value), 6) for kind, value in zip(self.kinds, found.x, strict=True)}
        self.seen.append({kind: moved for kind, moved in change.items() if moved})
        self._take(change)


# ------------------------------------------------------------------ figures of people who overlap, and of other times
Share = tuple[str, Hashable]
"""A person, and what of theirs a figure rests on: another answer is another share."""
Release = Mapping[str, AbstractSet[Share]]
"""What was told at one time: each figure by its key, with the shares it rests on."""


def may_follow(earlier: Sequence[Release], later: Release, least: int = LEAST) -> bool:
    """Whether something may be told after what was told before: the differences single nobody out.

    Whatever made the difference: an answer, a correction, a role, a withdrawal, somebody who left.

    Args:
        earlier: everything that was told, in order.
        later: what is to be told next.
        least: k.
    """
    return not singled_out(_changes([*earlier, later]), least)


def _changes(releases: Sequence[Release]) -> Iterator[dict[Share, int]]:
    """Yield what changed in each figure from one time it was told to the next: what came, and (-1) what went."""
    for key in dict.fromkeys(key for release in releases for key in release):
        told = [release[key] for release in releases if key in release]
        for before, after in pairwise(told):
            if before != after:
                yield {**dict.fromkeys(after - before, 1), **dict.fromkeys(before - after, -1)}


def singled_out(figures: Iterable[Mapping[Share, int]], least: int = LEAST) -> bool:
    """Whether figures that are told single out fewer people than ``least`` by adding and subtracting.

    Each figure is a row of a linear system over people's shares. People whose shares stand in the same figures in the
    same way cannot be told apart; they are one block. Looked at are every figure, every difference and sum of two, and
    every block, and two blocks, of so few people: whether some combination of all figures rests on them alone.

    Args:
        figures: what each rests on, with its sign.
        least: k.
    """
    rows = list(dict.fromkeys(frozenset(row.items()) for row in figures if row))
    if not rows:
        return False
    if any(len({person for (person, _), _ in row}) < least for row in rows):
        return True
    return len(rows) > 1 and _System(rows).tells(least)


class _System:
    """Figures as rows over the shares of blocks of people."""

    def __init__(self, rows: Sequence[AbstractSet[tuple[Share, int]]]) -> None:
        import numpy as np

        of: dict[Share, dict[int, int]] = {}
        for at, row in enumerate(rows):
            for share, sign in row:
                of.setdefault(share, {})[at] = sign
        people: dict[str, list[tuple[tuple[int, int], ...]]] = {}
        for (person, _), signs in of.items():
            people.setdefault(person, []).append(tuple(sorted(signs.items())))
        blocks: dict[tuple[Any, ...], int] = {}
        for columns in people.values():
            profile = tuple(sorted(columns))
            blocks[profile] = blocks.get(profile, 0) + 1
        self.sizes = np.array(list(blocks.values()))
        columns_of = [(at, column) for at, profile in enumerate(blocks) for column in profile]
        self.block = np.array([at for at, _ in columns_of])
        self.matrix = np.zeros((len(rows), len(columns_of)))
        for place, (_, column) in enumerate(columns_of):
            for row_at, sign in column:
                self.matrix[row_at, place] = sign

    def tells(self, least: int) -> bool:
        """Whether a combination rests on fewer people than ``least``."""
        return self._two_figures(least) or self._few_people(least)

    def _two_figures(self, least: int) -> bool:
        import numpy as np

        member = np.zeros((len(self.block), len(self.sizes)))
        member[np.arange(len(self.block)), self.block] = 1
        for at in range(len(self.matrix) - 1):
            for others in (self.matrix[at + 1 :] - self.matrix[at], self.matrix[at + 1 :] + self.matrix[at]):
                people = ((np.abs(others) > SURE) @ member > 0) @ self.sizes
                if ((people > 0) & (people < least)).any():
                    return True
        return False

    def _few_people(self, least: int) -> bool:
        """Whether the space the rows span holds a vector that rests on one or two such blocks alone.

        It does when the projector onto that space, cut down to their columns, has the eigenvalue 1.
        """
        import numpy as np

        _, weights, axes = np.linalg.svd(self.matrix, full_matrices=False)
        basis = axes[weights > SURE * max(1.0, weights[0])]
        few = [at for at in range(len(self.sizes)) if self.sizes[at] < least]
        columns = {at: np.flatnonzero(self.block == at) for at in few}
        weight = {at: float((basis[:, columns[at]] ** 2).sum()) for at in few}
        for place, one in enumerate(few):
            for other in few[place:]:
                size = self.sizes[one] + (self.sizes[other] if other != one else 0)
                if size >= least or weight[one] + (weight[other] if other != one else 0) < 1 - SURE:
                    continue
                cut = basis[:, np.unique(np.concatenate([columns[one], columns[other]]))]
                if float(np.linalg.norm(cut, 2)) > 1 - SURE:
                    return True
        return False
