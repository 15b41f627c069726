"""Triangulation: whether sources that do not hang on one another point the same way."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Says(StrEnum):
    """What one source says of a change."""

    UP = "up"
    DOWN = "down"
    UNCLEAR = "unclear"
    """It speaks, but its interval holds 0."""
    SILENT = "silent"
    """It holds nothing on this. Nothing follows from that."""
    WITHHELD = "withheld"
    """It rests on too few people to be told."""


class Verdict(StrEnum):
    """What the sources say together."""

    CONVERGE = "converge"
    CONTRADICT = "contradict"
    UNCLEAR = "unclear"
    SILENT = "silent"


def verdict(own: Says, others: Mapping[str, Says]) -> Verdict:
    """Return what people's own rating and the other sources say together.

    *Contradict* where two sources are sure of opposite directions; *converge* where the own rating and at least one
    other are sure of the same, and none of the opposite; *silent* where no two sources speak; else *unclear*.

    Caveat: sources that agree may share an error, and a source's silence is no evidence against.

    Source: Denzin (1978), The Research Act, ch. 10; on the three outcomes Mathison (1988), Why triangulate?,
    Educational Researcher 17(2):13, doi 10.3102/0013189X017002013.
    """
    speaking = [said for said in (own, *others.values()) if said not in (Says.SILENT, Says.WITHHELD)]
    sure = {said for said in speaking if said is not Says.UNCLEAR}
    if {Says.UP, Says.DOWN} <= sure:
        return Verdict.CONTRADICT
    if len(speaking) < len(("one", "another")):
        return Verdict.SILENT
    return Verdict.CONVERGE if own in sure and own in others.values() else Verdict.UNCLEAR
