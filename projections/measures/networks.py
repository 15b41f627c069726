"""Networks: how dense, how mixed and how lasting ties are, among people who were asked.

Whoever was asked and did not answer is left out, never counted as somebody without ties. Two networks are compared only
over the people who answered both times: a density falls by itself when more people are asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

Arc = tuple[str, str]
"""Who said so, and of whom."""
Pair = frozenset[str]
"""Two people, in no order."""
BOTH: Final = 2


def response_rate(answered: int, asked: int) -> float | None:
    """Return answered / asked, from 0 to 1; None when nobody was asked.

    "None yet" is an answer. Caveat: a rate says how many are missing, not whether those who are missing differ.

    Source: AAPOR, Standard Definitions, 10th ed. (2023), response rate 1.
    """
    return answered / asked if asked else None


def density(ties: int, people: int, *, directed: bool = False) -> float | None:
    """Return the share of possible ties that are there: m/(n(n−1)) directed, 2m/(n(n−1)) undirected; 0 to 1.

    None for fewer than two people. Caveat: compare only over the same people; density falls as n grows.

    Source: Wasserman & Faust (1994), Social Network Analysis, 4.1.1 and 4.3.1.
    """
    possible = people * (people - 1) if directed else people * (people - 1) // 2
    return ties / possible if possible else None


def pairs_of(arcs: Iterable[Arc], among: Collection[str]) -> set[Pair]:
    """Return the pairs of which at least one said so, both of them among these people.

    This makes an undirected network of a directed one, by the weak rule. Say so wherever it is shown: a tie that one of
    two sees counts as much as one that both see.

    Source: Wasserman & Faust (1994), 4.3.4.
    """
    held = set(among)
    return {frozenset(arc) for arc in arcs if arc[0] != arc[1] and held.issuperset(arc)}


def reciprocity(arcs: Iterable[Arc], answered: Collection[str]) -> float | None:
    """Return reciprocated arcs / arcs, from 0 to 1, over those dyads only in which both answered; None without an arc.

    Caveat: over other dyads silence would count as a no.

    Source: Wasserman & Faust (1994), 13.3; Newman (2010), Networks, 7.10.
    """
    held = set(answered)
    found = {arc for arc in arcs if arc[0] != arc[1] and held.issuperset(arc)}
    return sum((to, giver) in found for giver, to in found) / len(found) if found else None


def mixing(pairs: Iterable[Pair], role_of: Mapping[str, str]) -> Counter[tuple[str, str]]:
    """Return how many ties there are between each two roles, a role with itself included; names in alphabetical order.

    Caveat: large roles have many ties; read each count against `possible`.

    Source: Newman (2003), Mixing patterns in networks, Physical Review E 67, 026126.
    """
    return Counter(between(*(role_of[person] for person in pair)) for pair in pairs)


def between(one: str, other: str) -> tuple[str, str]:
    """Return two names in alphabetical order."""
    return (one, other) if one <= other else (other, one)


def possible(sizes: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """Return how many pairs there can be between each two roles: a·b, and n(n−1)/2 within one."""
    names = sorted(sizes)
    return {
        (one, other): sizes[one] * (sizes[one] - 1) // 2 if one == other else sizes[one] * sizes[other]
        for at, one in enumerate(names)
        for other in names[at:]
    }


@dataclass(frozen=True, slots=True)
class Change:
    """Which ties were there both times, which are new, and which have ended."""

    kept: frozenset[Pair]
    new: frozenset[Pair]
    ended: frozenset[Pair]

    @property
    def jaccard(self) -> float | None:
        """Return kept / (kept + new + ended), from 0 (all others) to 1 (the same); None when there never was a tie.

        Caveat: under about 0.3 the network has turned over so much that single changes mean little.

        Source: Jaccard (1901); Snijders, van de Bunt & Steglich (2010), Social Networks 32, 44–60.
        """
        every = len(self.kept) + len(self.new) + len(self.ended)
        return len(self.kept) / every if every else None


def compared(before: Collection[Pair], after: Collection[Pair]) -> Change:
    """Return what became of ties between two waves; both must be over the people who answered both (see `pairs_of`).

    So a tie has ended only if those it joins were asked again and answered.
    """
    old, now = frozenset(before), frozenset(after)
    return Change(kept=old & now, new=now - old, ended=old - now)
