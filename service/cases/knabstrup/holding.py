"""What is held up against the claims: the entries that speak for one or against it, or are its background.

The record holds no one's list of evidence; the links are our reading. What happened speaks for a claim or against it.
What people say of it themselves is background: it is their view, and no measure. So the claims of better competences
and of new relations, of which no rating and no map is public, stay silent. Nothing in the record speaks against any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from service.cases.knabstrup.draft import Draft
from service.cases.knabstrup.record import When, danish

EVIDENCE: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    # six projects: what each of the six groups carried through, and the homes that were begun; the children's house
    # was decided before the course, and of the rest nothing is told since
    "OU-01": {
        "for": ("AC-01", "AC-05", "AC-06", "AC-08", "AC-11", "AC-14", "OU-09"),
        "context": ("DE-08", "OU-13"),
    },
    # better at co-creating, in three roles: only what some of them say; the committee's evaluation is a heading
    "OU-02": {"context": ("RE-01", "RE-03", "RE-05", "DE-13")},
    # new relations: only what some of them say
    "OU-03": {"context": ("RE-02", "RE-09", "ST-11", "ST-12")},
    # a tested model: it was used a second time; what is in it is not public
    "OU-04": {"for": ("OU-17", "DE-26"), "context": ("DE-16", "DE-19", "RE-10")},
}
TOLD_AS: Final = (
    "action-completed",
    "outcome-harvested",
    "decision-made",
    "case-item-treated",
    "reflection-recorded",
    "observation-noted",
)
"""The event that carries a fact as evidence, where it is told in several."""


def holding(told: Sequence[Draft]) -> Iterator[Draft]:
    """Yield the links from the claims to the entries among those told."""
    claims = {one.facts[0]: one for one in told if one.declaration.stem == "claim-made"}
    entries = {one.facts[0]: one for one in told if one.declaration.stem in TOLD_AS}
    for claim, bearings in EVIDENCE.items():
        for bearing, facts in bearings.items():
            for fact in facts:
                yield _link(claims[claim], entries[fact], bearing)


def _link(claim: Draft, entry: Draft, bearing: str) -> Draft:
    """Link one entry, as soon as both it and the claim were there."""
    known = [one.learned for one in (claim, entry) if one.learned]
    day = max(claim.when.last, entry.when.last)
    return Draft(
        facts=(f"evidence/{claim.facts[0]}/{entry.facts[0]}",),
        type="evidence-linked.v1",
        data={"claim_id": claim.data["claim_id"], "event": entry.id, "bearing": bearing},
        when=When.of(day.isoformat()).because(danish()["grundlag"]["evidence"]),
        sources=entry.sources,
        learned=max(known) if len(known) == 2 else None,  # noqa: PLR2004 - both
        silent={},
    )
