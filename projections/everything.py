"""All projections, by the name people type. A new one is one file and one line here."""

from __future__ import annotations

from typing import Final

from projections.actions import actions
from projections.budget import budget
from projections.claims import claims
from projections.coding import coding
from projections.competence_uplift import competence_uplift
from projections.decisions import decisions
from projections.evidence import evidence
from projections.fate_of_contributions import fate_of_contributions
from projections.goals import goals
from projections.kernel import Projection
from projections.learning import learning
from projections.model import model
from projections.participation import participation
from projections.readiness import readiness
from projections.relationship_map import relationship_map
from projections.timeline import timeline

PROJECTIONS: Final[dict[str, Projection]] = {
    projection.name: projection
    for projection in (
        timeline,
        participation,
        learning,
        fate_of_contributions,
        decisions,
        actions,
        goals,
        competence_uplift,
        coding,
        relationship_map,
        budget,
        claims,
        evidence,
        model,
        readiness,
    )
}
