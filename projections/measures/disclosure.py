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
from itertools import accumulate, combinations_with_replacement, pairwise
from typing import Any, Final, Generic, NamedTuple, TypeVar

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

    Args:
        figures: what each rests on, with its sign.
        least: k.
    """
    rows = [row for row in figures if row]
    if any(len({person for person, _ in row}) < least for row in rows):
        return True
    if len(rows) < len(("one", "other")):
        return False
    import numpy as np

    shares = {share: at for at, share in enumerate(dict.fromkeys(share for row in rows for share in row))}
    people = {person: at for at, person in enumerate(dict.fromkeys(person for person, _ in shares))}
    matrix = np.zeros((len(rows), len(shares)), np.int8)
    for at, row in enumerate(rows):
        for share, sign in row.items():
            matrix[at, shares[share]] = sign
    return Overlap(matrix, np.array([people[person] for person, _ in shares])).tells(least)


class _Blocks(NamedTuple):
    """Figures × columns, those of each block side by side (``ends``: where each begins, and the last ends)."""

    columns: Any
    ends: list[int]
    people: list[list[int]]
    sizes: Any


class Overlap:
    """Figures as the rows of a linear system over people's shares.

    People whose shares stand in the same figures in the same way cannot be told apart; they are one block. Looked at
    are every figure, every difference and sum of two, and every block, and two blocks, of fewer people than k: whether
    some combination of all figures rests on them alone.

    Args:
        matrix: figures × shares of whole numbers: 1 or -1 where the figure rests on the share, or (of a change) where
            the share came or went; else 0.
        owners: whose each share is, as a number.
    """

    def __init__(self, matrix: Any, owners: Any) -> None:
        import numpy as np

        rows = list({row.tobytes(): row for row in matrix if row.any()}.values())
        self._matrix = np.array(rows, matrix.dtype).reshape(len(rows), matrix.shape[1])
        self._owners = owners

    def few(self, least: int = LEAST) -> set[int]:
        """Return whoever stands in a figure of fewer people than ``least``."""
        import numpy as np

        if not len(self._matrix):
            return set()
        order = np.argsort(self._owners, kind="stable")
        people, starts = np.unique(self._owners[order], return_index=True)
        stands = np.logical_or.reduceat(self._matrix[:, order] != 0, starts, axis=1)
        return set(people[stands[stands.sum(axis=1) < least].any(axis=0)].tolist())

    def tells(self, least: int = LEAST) -> bool:
        """Whether a figure, or a combination of them, rests on fewer people than ``least``."""
        return bool(self.few(least)) or (
            len(self._matrix) > 1 and (self._two_figures(least) or self._two_blocks(least))
        )

    def fewest(self) -> set[int]:
        """Return the fewest people in a figure, a difference or a sum of two; of as few the first ones."""
        import numpy as np

        blocks = self._blocks
        found: list[tuple[int, list[int]]] = []
        for stands in (self._stands(blocks.columns), *self._differences()):
            sizes = stands @ blocks.sizes
            least = int(min(sizes[sizes > 0], default=0))
            if least and (not found or least <= found[0][0]):
                those = {tuple(np.flatnonzero(row)) for row in stands[sizes == least]}
                found += [(least, sorted(who for at in one for who in blocks.people[at])) for one in those]
        return set(min(found)[1]) if found else set()

    # -------------------------------------------------------------- blocks
    @cached_property
    def _blocks(self) -> _Blocks:
        import numpy as np

        columns: dict[bytes, int] = {}
        stands: dict[int, list[int]] = {}
        for owner, column in zip(self._owners.tolist(), np.ascontiguousarray(self._matrix.T), strict=True):
            if column.any():
                stands.setdefault(owner, []).append(columns.setdefault(column.tobytes(), len(columns)))
        people: dict[tuple[int, ...], list[int]] = {}
        for owner, those in stands.items():
            people.setdefault(tuple(sorted(those)), []).append(owner)
        kinds = np.array([np.frombuffer(column, self._matrix.dtype) for column in columns])
        return _Blocks(
            columns=kinds[[at for profile in people for at in profile]].T,
            ends=[0, *accumulate(map(len, people))],
            people=list(people.values()),
            sizes=np.array([len(those) for those in people.values()]),
        )

    def _stands(self, rows: Any) -> Any:
        """Return rows × blocks: whether the block stands in the row."""
        import numpy as np

        return np.logical_or.reduceat(rows != 0, self._blocks.ends[:-1], axis=1)

    def _differences(self) -> Iterator[Any]:
        columns = self._blocks.columns
        for at in range(len(columns) - 1):
            for sign in (1, -1):
                yield self._stands(columns[at + 1 :] - sign * columns[at])

    def _two_figures(self, least: int) -> bool:
        sizes = (stands @ self._blocks.sizes for stands in self._differences())
        return any(((people > 0) & (people < least)).any() for people in sizes)

    def _two_blocks(self, least: int) -> bool:
        """Whether the space the rows span holds a vector that rests on one or two such blocks alone.

        It does when the projector onto that space, cut down to their columns, has the eigenvalue 1.
        """
        import numpy as np

        blocks = self._blocks
        sizes = blocks.sizes.tolist()
        if not (few := [at for at, size in enumerate(sizes) if size < least]):
            return False
        _, weights, axes = np.linalg.svd(blocks.columns.astype(float), full_matrices=False)
        basis = axes[weights > SURE * max(1.0, weights[0])]
        columns = [range(*ends) for ends in pairwise(blocks.ends)]
        weight = [float((basis[:, those] ** 2).sum()) for those in columns]
        for one, other in combinations_with_replacement(few, 2):
            held = {one, other}
            if sum(sizes[at] for at in held) < least and sum(weight[at] for at in held) >= 1 - SURE:
                cut = basis[:, sorted(column for at in held for column in columns[at])]
                if float(np.linalg.norm(cut, 2)) > 1 - SURE:
                    return True
        return False
