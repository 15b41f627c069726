"""Tables of ties: between sides and between places, over one panel, with what may not be shown already taken out.

The tables hang together: edges add up to cells, cells to the ties across sides and within them, and those to all ties.
So what is withheld is settled from the top down, for all waves at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from typing import Final

from projections.measures.disclosure import LEAST, Sum, withheld
from projections.measures.networks import Pair, between, compared, possible
from projections.relationship_map.waves import Panel, Wave

MEETING: Final = ("citizen", "employee", "politician")
"""The sides of the tables, in alphabetical order."""
CHANGES: Final = ("kept", "new", "ended")
DRAWN: Final = ("was", "new", "ended")
"""What an edge is drawn with: was there the first time (if it has ended, too), is new since, has ended since."""
Cell = tuple[str, str]
"""Two sides, or two places, in alphabetical order."""
Leaf = tuple[int, Cell, str]
"""The smallest part of the tables: in which wave, between which places, and what became of it."""


@dataclass(frozen=True, slots=True)
class Part:
    """Ties counted together: how many, who told of them, and in which entries."""

    count: int = 0
    givers: frozenset[str] = frozenset()
    events: tuple[int, ...] = ()

    @classmethod
    def of(cls, wave: Wave, kind: str, pairs: Collection[Pair]) -> Part:
        """Count these pairs of a wave."""
        behind = wave.behind(kind, pairs)
        return cls(len(pairs), frozenset(behind), tuple(sorted(set().union(*behind.values()))))

    @property
    def safe(self) -> bool:
        """Whether enough people are behind it that it does not show what one of them said."""
        return self.count >= LEAST and len(self.givers) >= LEAST


Parts = Mapping[str, Part]


def fine(parts: Iterable[Part]) -> bool:
    """Whether each part is nothing, or may be shown."""
    return all(part.count == 0 or part.safe for part in parts)


def crosses(cell: Cell) -> bool:
    """Whether two sides, or the sides of two places, differ."""
    one, other = (side_of_place(place) for place in cell)
    return one != other


def side_of_place(place: str) -> str:
    """Return the side a place belongs to: every group is a group of citizens."""
    return place if place in MEETING else "citizen"


@dataclass
class Tables:
    """The tables of one kind of tie over a panel; ``insider`` when the reader may see the answers themselves."""

    panel: Panel
    kind: str
    insider: bool

    # -------------------------------------------------------------- what is counted
    @cached_property
    def pairs(self) -> list[set[Pair]]:
        """The ties of each wave."""
        return [wave.pairs(self.kind, self.panel.members) for wave in self.panel.waves]

    def part(self, at: int, pairs: Collection[Pair]) -> Part:
        """Count ties, as the people told of them in a wave."""
        return Part.of(self.panel.waves[at], self.kind, pairs)

    def _sides(self, pair: Pair) -> Cell:
        return between(*(self.panel.side_of[person] for person in pair))

    def _places(self, pair: Pair) -> Cell:
        return between(*(self.panel.place_of[person] for person in pair))

    def across(self, at: int, *, crossing: bool = True) -> Part:
        """Return the ties of a wave across sides, or those within one."""
        return self.part(at, {pair for pair in self.pairs[at] if crosses(self._sides(pair)) is crossing})

    @cached_property
    def possible(self) -> dict[Cell, int]:
        """How many ties there could be between each two sides."""
        sides = list(self.panel.side_of.values())
        return possible({side: sides.count(side) for side in MEETING})

    @property
    def cells(self) -> list[Cell]:
        """Each two sides, a side with itself too."""
        return list(combinations_with_replacement(MEETING, 2))

    @cached_property
    def cell_parts(self) -> dict[tuple[Cell, int], Part]:
        """The ties between each two sides in each wave."""
        return {
            (cell, at): self.part(at, {pair for pair in pairs if self._sides(pair) == cell})
            for at, pairs in enumerate(self.pairs)
            for cell in self.cells
        }

    def changed(self, at: int, crossing: tuple[bool, ...] = (True, False)) -> dict[str, Part]:
        """Return what was kept since the first wave, is new and has ended; of the last the first wave tells."""
        change = compared(self.pairs[0], self.pairs[at])
        found = {name: {p for p in getattr(change, name) if crosses(self._sides(p)) in crossing} for name in CHANGES}
        return {name: self.part(0 if name == "ended" else at, pairs) for name, pairs in found.items()}

    @cached_property
    def leaves(self) -> dict[Leaf, Part]:
        """Between each two places: what was there first, and in each later wave what is new and what has ended."""
        found = self._between_places(0, "was", 0, self.pairs[0])
        for at in range(1, len(self.pairs)):
            change = compared(self.pairs[0], self.pairs[at])
            found |= self._between_places(at, "new", at, change.new)
            found |= self._between_places(at, "ended", 0, change.ended)
        return found

    def _between_places(self, at: int, name: str, told: int, pairs: Collection[Pair]) -> dict[Leaf, Part]:
        held: dict[Cell, set[Pair]] = {places: set() for places in self._all_places}
        for pair in pairs:
            held[self._places(pair)].add(pair)
        return {(at, places, name): self.part(told, found) for places, found in held.items()}

    @cached_property
    def _all_places(self) -> list[Cell]:
        return list(combinations_with_replacement(sorted(set(self.panel.place_of.values())), 2))

    # -------------------------------------------------------------- what may be shown
    @cached_property
    def shares_shown(self) -> bool:
        """Whether the ties across sides may stand beside all ties, in every wave."""
        return self.insider or fine(
            self.across(at, crossing=crossing) for at in range(len(self.pairs)) for crossing in (True, False)
        )

    def _scopes(self) -> list[list[Cell]]:
        """Return the cells that add up to something that is shown: all ties, or those across sides and those within."""
        if not self.shares_shown:
            return [self.cells]
        return [[cell for cell in self.cells if crosses(cell) is crossing] for crossing in (True, False)]

    @cached_property
    def cells_shown(self) -> set[Cell]:
        """The cells that may be shown; the same in every wave."""
        if self.insider:
            return set(self.cells)
        waves, parts = range(len(self.pairs)), self.cell_parts
        hidden = withheld(
            {key: part.count for key, part in parts.items()},
            [Sum(tuple((cell, at) for cell in scope)) for scope in self._scopes() for at in waves],
            [key for key, part in parts.items() if not fine([part])],
            together=lambda key: [(key[0], at) for at in waves],
            moved=lambda key: abs(parts[key[0], waves[-1]].count - parts[key[0], 0].count),
        )
        return {cell for cell in self.cells if (cell, 0) not in hidden}

    def changes_shown(self, at: int) -> dict[str, Parts]:
        """Return what was kept, is new and has ended, of all ties and of those across sides, where it may be shown."""
        every, over, inside = self.changed(at), self.changed(at, (True,)), self.changed(at, (False,))
        if self.insider:
            return {"all": every, "across": over}
        over_shown = self.shares_shown and fine(over.values())
        every_shown = fine(every.values()) and (not over_shown or fine(inside.values()))
        return {
            name: found for name, found, shown in (("all", every, every_shown), ("across", over, over_shown)) if shown
        }

    @cached_property
    def _hidden(self) -> set[Leaf]:
        """The parts of edges that may not be shown; what lies within one place is never drawn."""
        if self.insider:
            return set()
        counts = {leaf: part.count for leaf, part in self.leaves.items()}
        unsafe = [leaf for leaf, part in self.leaves.items() if not part.safe or leaf[1][0] == leaf[1][1]]
        return withheld(counts, self._sums(), unsafe)

    def _sums(self) -> Iterator[Sum[Leaf]]:
        """Yield the parts of every sum that is shown beside the edges, or follows from what is."""
        for sides in [*([cell] for cell in self.cells_shown), *self._scopes(), self.cells]:
            inside = self._places_of(sides)
            yield Sum(tuple((0, places, "was") for places in inside))
            for at in range(1, len(self.pairs)):  # from now and first follows what is new, less what has ended
                new, ended = (tuple((at, places, name) for places in inside) for name in ("new", "ended"))
                yield Sum(new, less=ended)
        for at in range(1, len(self.pairs)):
            for scope in self.changes_shown(at):
                inside = self._places_of([cell for cell in self.cells if scope == "all" or crosses(cell)])
                for name in ("new", "ended"):
                    yield Sum(tuple((at, places, name) for places in inside))

    def _places_of(self, sides: Collection[Cell]) -> list[Cell]:
        return [places for places in self._all_places if between(*map(side_of_place, places)) in sides]

    def others(self, at: int) -> dict[str, Part]:
        """Return what is not drawn as an edge: what lies within a place, and what is withheld, all together."""
        drawn = {(places, name) for places, parts in self.edges(at) for name in parts}
        found = {}
        for name in DRAWN if at else DRAWN[:1]:
            change = compared(self.pairs[0], self.pairs[at])
            pairs = self.pairs[0] if name == "was" else getattr(change, name)
            rest = {pair for pair in pairs if (self._places(pair), name) not in drawn}
            found[name] = self.part(at if name == "new" else 0, rest)
        return found

    def others_shown(self, at: int, name: str) -> bool:
        """Whether what is not drawn may be counted aloud: it follows from a sum that is shown."""
        known = fine([self.part(0, self.pairs[0])]) if name == "was" else "all" in self.changes_shown(at)
        return self.insider or (known and fine([self.others(at)[name]]))

    def edges(self, at: int) -> list[tuple[Cell, dict[str, Part]]]:
        """Return the ties between each two places that may be shown, by what became of them since the first wave."""
        found = []
        for places in self._all_places:
            wanted = {name: (0 if name == "was" else at, places, name) for name in DRAWN}
            parts = {
                name: self.leaves[leaf]
                for name, leaf in wanted.items()
                if leaf in self.leaves and leaf not in self._hidden and self.leaves[leaf].count
            }
            if parts and places[0] != places[1]:
                found.append((places, parts))
        return found
