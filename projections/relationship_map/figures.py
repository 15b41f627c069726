"""Figures of a map: the tables of ties as an answer holds them, each number with the entries it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from projections.kernel import Figure, State
from projections.measures.disclosure import LEAST
from projections.measures.networks import Pair, between, compared, density, reciprocity
from projections.relationship_map.tables import Cell, Part, Tables, fine
from projections.relationship_map.waves import Panel, Wave

WITHHELD: Final[State] = {"withheld": True}
"""Stands where a figure is known and not shown."""


def maps_of(panel: Panel, kind: str, *, insider: bool) -> list[State]:
    """Return the map of each wave of the panel, compared with the first."""
    tables = Tables(panel, kind, insider)
    return [Map(tables, at).drawn() for at in range(len(panel.waves))]


@dataclass
class Map:
    """The figures of one wave's ties of one kind."""

    tables: Tables
    at: int

    @property
    def wave(self) -> Wave:
        """The wave."""
        return self.tables.panel.waves[self.at]

    @property
    def members(self) -> set[str]:
        """Whom it is over."""
        return self.tables.panel.members

    @cached_property
    def every(self) -> Part:
        """All ties."""
        return self.tables.part(self.at, self.tables.pairs[self.at])

    def key(self, name: str, cell: Cell | None = None) -> str:
        """Return a figure's key."""
        places = f":{cell[0]}~{cell[1]}" if cell else ""
        return f"{name}:{self.tables.kind}:{self.wave.ref}{places}"

    def figure(self, name: str, part: Part, *, shown: bool, cell: Cell | None = None) -> Figure | State:
        """Return how many ties these are, or that it is not shown."""
        return Figure(self.key(name, cell), part.count, len(part.givers), part.events) if shown else dict(WITHHELD)

    def measure(self, name: str, part: Part, number: float | None, *, shown: bool) -> Figure | State:
        """Return a measure over these ties, or that it is not shown."""
        known = shown and number is not None
        return Figure(self.key(name), round(number or 0, 3), part.count, part.events) if known else dict(WITHHELD)

    def drawn(self) -> State:
        """Return everything of the map."""
        tables, at, across = self.tables, self.at, self.tables.across(self.at)
        share = round(100 * across.count / self.every.count) if self.every.count else None
        return {
            "wave": self.wave.ref,
            "base": tables.panel.waves[0].ref if at else None,
            "kind": tables.kind,
            "ties": self.figure("ties", self.every, shown=self._open(self.every)),
            "across": self.figure("across", across, shown=tables.shares_shown),
            "share": self.measure("share", self.every, share, shown=tables.shares_shown),
            "density": self.measure(
                "density", self.every, density(self.every.count, len(self.members)), shown=self._open(self.every)
            ),
            "density_answered": self._density_answered(),
            "reciprocity": self._reciprocity(),
            "jaccard": self._jaccard() if at else None,
            "changes": self._changes() if at else None,
            "disputed": self._disputed(),
            "matrix": [self._cell(cell) for cell in tables.cells],
            "edges": [
                {"from": one, "to": other}
                | {
                    name: self.figure(f"edge-{name}", part, shown=True, cell=(one, other))
                    for name, part in parts.items()
                }
                for (one, other), parts in tables.edges(at)
            ],
            "others": {
                name: self.figure(f"others-{name}", part, shown=tables.others_shown(at, name))
                for name, part in tables.others(at).items()
            },
        }

    def _open(self, *parts: Part) -> bool:
        return self.tables.insider or fine(parts)

    def _cell(self, cell: Cell) -> State:
        shown = cell in self.tables.cells_shown
        held = {
            name: self.figure(f"cell-{name}", self.tables.cell_parts[cell, at], shown=shown, cell=cell)
            for name, at in (("now", self.at), ("first", 0))
        }
        few = not self.tables.insider and any(("side", side) in self.tables.panel.too_few for side in cell)
        possible = dict(WITHHELD) if few else self.tables.possible[cell]  # it would tell how many answered
        return {"from": cell[0], "to": cell[1], "possible": possible, **held}

    def _changes(self) -> State:
        shown = self.tables.changes_shown(self.at)
        return {
            scope: {name: self.figure(f"{scope}-{name}", part, shown=True) for name, part in shown[scope].items()}
            if scope in shown
            else dict(WITHHELD)
            for scope in ("all", "across")
        }

    def _density_answered(self) -> Figure | State:
        """Return the density over everybody who answered this wave, unless it tells of the few outside the panel."""
        answered = self.wave.answered
        pairs = self.wave.pairs(self.tables.kind, answered)
        part, outside = self.tables.part(self.at, pairs), self.tables.part(self.at, pairs - self.tables.pairs[self.at])
        few = 0 < len(answered - self.members) < LEAST
        shown = self._open(self.every, part, outside) and (self.tables.insider or not few)
        return self.measure("density-answered", part, density(part.count, len(answered)), shown=shown)

    def _reciprocity(self) -> Figure | State:
        arcs, pairs = self.wave.arcs.get(self.tables.kind, {}), self.tables.pairs[self.at]
        mutual = {pair for pair in pairs if all(way in arcs for way in _ways(pair))}
        parts = [self.tables.part(self.at, mutual), self.tables.part(self.at, pairs - mutual)]
        return self.measure("reciprocity", self.every, reciprocity(arcs, self.members), shown=self._open(*parts))

    def _jaccard(self) -> Figure | State:
        first, now = self.tables.pairs[0], self.tables.pairs[self.at]
        parts = self.tables.changed(self.at)
        every = Part(
            sum(part.count for part in parts.values()),
            events=tuple(sorted({position for part in parts.values() for position in part.events})),
        )
        return self.measure(
            "jaccard", every, compared(first, now).jaccard, shown="all" in self.tables.changes_shown(self.at)
        )

    def _disputed(self) -> Figure | State:
        """Return how many ties somebody named says are not so; they are still counted, and marked."""
        arcs = self.wave.arcs.get(self.tables.kind, {})
        found = {arc: held for arc, held in self.wave.disputed.get(self.tables.kind, {}).items() if arc in arcs}
        if not self.tables.insider and 0 < len(found) < LEAST:
            return dict(WITHHELD)
        positions = {position for held in found.values() for position in held}
        return Figure(self.key("disputed"), len(found), len(found), tuple(sorted(positions)))


def _ways(pair: Pair) -> tuple[Cell, Cell]:
    one, other = between(*pair)
    return (one, other), (other, one)
