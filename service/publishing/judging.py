"""Whom figures could tell of that are told beside those of earlier points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.vocabulary import Visibility
from projections.kernel import DEPTH, Figure, Request, State
from projections.measures.disclosure import Overlap
from service.publishing.known import Known
from service.publishing.point import Point, Row, Rows, moment_by

Pair = tuple[Row, Row]
"""What a figure rested on, and rests on now."""


class Judge:
    """The figures of one projection, and the shares that each rests on."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._alike: dict[Row, Row] = {}

    def told(self, states: Mapping[str, State], *, apart: bool = False) -> tuple[dict[str, Figure], Rows]:
        """Return the figures that a reader outside is told of these states, with what each rests on."""
        known = self._known
        request = Request("", None, moment_by(known.happened), DEPTH[Visibility.PROCESS], apart=apart)
        figures = known.projection.told(states, request)
        shares: dict[int, int | None] = {}
        rows: dict[tuple[int, ...], Row] = {}
        for events in dict.fromkeys(one.events for one in figures.values()):
            shares |= {at: known.share(at, states) for at in events if at not in shares}
            held = np.unique([share for share in map(shares.__getitem__, events) if share is not None])
            row = held.astype(np.int32).tobytes()
            rows[events] = self._alike.setdefault(row, row)
        return figures, {key: rows[one.events] for key, one in figures.items()}

    def seen(self, rows: Rows, points: Iterable[Point]) -> set[str]:
        """Return the people who could be seen by what these figures would tell beside those of these points."""
        people = People(self._known.owners())
        changes = [
            Change(pairs, people)
            for pairs in dict.fromkeys(frozenset(moved(one.rows, rows).values()) for one in points)
            if pairs
        ]
        if few := {who for change in changes for who in change.overlap.few()}:
            return {people.names[who] for who in few}
        telling = next((change for change in changes if change.overlap.tells()), None)
        return {people.names[who] for who in telling.overlap.fewest()} if telling else set()

    def few(self, before: Rows, after: Rows) -> dict[str, int]:
        """Return of how many people each changed figure tells, if that tells of few; empty, if not."""
        if not (pairs := moved(before, after)):
            return {}
        change = Change(frozenset(pairs.values()), People(self._known.owners()))
        return {key: change.people[pair] for key, pair in pairs.items()} if change.overlap.tells() else {}

    def standing(self, rows: Rows) -> dict[str, set[str]]:
        """Return by their figures everybody whose shares stand in some."""
        owners, found = self._known.owners(), dict[str, set[str]]()
        of = {row: {owners[share] for share in unpacked(row).tolist()} for row in dict.fromkeys(rows.values())}
        for key, row in rows.items():
            for person in of[row]:
                found.setdefault(person, set()).add(key)
        return found


def moved(before: Rows, after: Rows) -> dict[str, Pair]:
    """Return the figures told both times that rest on something else now."""
    return {key: (before[key], after[key]) for key in before.keys() & after.keys() if before[key] != after[key]}


def unpacked(row: Row) -> NDArray[np.int32]:
    """Return the numbers of the shares in a row."""
    return np.frombuffer(row, np.int32)


class People:
    """Whose each share is, by name and by number."""

    def __init__(self, owners: Sequence[str]) -> None:
        number = {person: at for at, person in enumerate(dict.fromkeys(owners))}
        self.names = list(number)
        self.of = np.array([number[person] for person in owners], np.int64)


class Change:
    """What came and went in several figures from one time they were told to another."""

    def __init__(self, pairs: frozenset[Pair], people: People) -> None:
        self._pairs = sorted(pairs)
        self._people = people

    @cached_property
    def _signed(self) -> list[tuple[Any, Any]]:
        rows = [(unpacked(old), unpacked(new)) for old, new in self._pairs]
        return [
            (np.setdiff1d(new, old, assume_unique=True), np.setdiff1d(old, new, assume_unique=True))
            for old, new in rows
        ]

    @cached_property
    def overlap(self) -> Overlap:
        """The changes as rows over the shares that moved."""
        shares = np.unique(np.concatenate([side for sides in self._signed for side in sides]))
        matrix = np.zeros((len(self._signed), len(shares)), np.int8)
        for row, (came, went) in zip(matrix, self._signed, strict=True):
            row[np.searchsorted(shares, came)] = 1
            row[np.searchsorted(shares, went)] = -1
        return Overlap(matrix, self._people.of[shares])

    @cached_property
    def people(self) -> dict[Pair, int]:
        """How many people each change is of."""
        sizes = (len(np.unique(self._people.of[np.concatenate(sides)])) for sides in self._signed)
        return dict(zip(self._pairs, sizes, strict=True))
