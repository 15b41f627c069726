"""The as-of definition holds for money, claims, evidence and the model, and for the entries an answer looks up."""

import uuid
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.gathering import ExerciseRun, GatheringHeld, GatheringKind, GatheringPlanned
from domain.harvesting import (
    Bearing,
    ClaimMade,
    EvidenceLinked,
    OutcomeHarvested,
    OutcomeRejected,
    OutcomeSubstantiated,
    Sign,
    Verdict,
)
from domain.kernel import DECLARED
from domain.modelling import ProcessTemplateDerived, TemplateAdapted, TemplateAdopted, TemplateStep
from domain.organising import (
    BaselineRecorded,
    BudgetApproved,
    BudgetLine,
    CoFinancingReceived,
    Direction,
    ExpenditureRecorded,
    HoursLogged,
    IndicatorDefined,
    InstalmentReceived,
    Labour,
    ObjectiveDefined,
    SuccessCriterionAgreed,
)
from projections.everything import PROJECTIONS
from projections.kernel import FOREVER, Named, Projection, Request, as_of, microseconds, seen, standing
from service.log.tables import stored_form
from tests.projections.test_as_of import ANYBODY, DAY, SEALED, START, agree
from tests.projections.test_as_of_people import log_from, steps

SAID = dict.fromkeys(("who", "change", "when", "where", "significance", "contribution"), SEALED)
PAID_ON = START.date()
MONEY = {
    "budget": lambda _, day: BudgetApproved(
        version=day, lines=(BudgetLine(id="a", title="a", amount_dkk=Decimal(day)),)
    ),
    "spent": lambda ref, day: ExpenditureRecorded(
        line_id=ref, amount_dkk=Decimal(day), voucher=str(day), paid_on=PAID_ON
    ),
    "paid": lambda _, day: InstalmentReceived(title=str(day), amount_dkk=Decimal(day), received_on=PAID_ON),
    "forum": lambda ref, day: CoFinancingReceived(source_id=ref, amount_dkk=Decimal(day)),
    "worked": lambda _, day: HoursLogged(hours=Decimal(day), labour=Labour.PAID),
}
CLAIMED = {
    "claimed": lambda ref, _: ClaimMade(claim_id=ref, text=SEALED, source="s"),
    "linked": lambda ref, day: EvidenceLinked(
        claim_id=ref, event=str(uuid.UUID(int=day + 1)), bearing=list(Bearing)[day % 3]
    ),
    "seen": lambda ref, _: OutcomeHarvested(
        outcome_id=ref, intended=True, sign=Sign.POSITIVE, harvester=ANYBODY, objective_id="a", **SAID
    ),
    "judged": lambda ref, day: OutcomeSubstantiated(
        outcome_id=ref, by=ANYBODY, relation_to_process=SEALED, verdict=list(Verdict)[day % 4]
    ),
    "not so": lambda ref, _: OutcomeRejected(outcome_id=ref, reason=SEALED),
}
AGREED = {
    "goal": lambda ref, _: ObjectiveDefined(objective_id=ref, text=SEALED, source="s"),
    "sign": lambda ref, _: SuccessCriterionAgreed(criterion_id=ref, objective_id="a", text=SEALED, agreed_by=()),
    "measure": lambda ref, day: IndicatorDefined(
        indicator_id=ref,
        objective_id="a",
        title="t",
        unit="u",
        direction=list(Direction)[day % 3],
        formula="antal",
        fed_by=("outcome-harvested",),
        target=Decimal(day),
    ),
    "before": lambda ref, day: BaselineRecorded(indicator_id=ref, value=Decimal(day)),
    "seen": CLAIMED["seen"],
    "judged": CLAIMED["judged"],
}
MODELLED = {
    "drawn": lambda ref, day: ProcessTemplateDerived(
        template_id=ref, version=day, steps=(TemplateStep(title="a", day=day),)
    ),
    "followed": lambda ref, day: TemplateAdopted(process="ladby", template=ref, version=day),
    "adapted": lambda ref, _: TemplateAdapted(template=ref, what=SEALED, why=SEALED),
    "called": lambda ref, day: GatheringPlanned(
        gathering_id=ref, title=ref, kind=list(GatheringKind)[day % 3], starts=START, ends=START + DAY
    ),
    "held": lambda ref, _: GatheringHeld(gathering_id=ref),
    "ran": lambda ref, day: ExerciseRun(gathering_id=ref, tool="t", planned_minutes=day),
}
ASKED = [("budget", MONEY), ("claims", CLAIMED), ("evidence", AGREED), ("model", MODELLED)]


@pytest.mark.parametrize(("name", "kinds"), ASKED)
@given(data=st.data(), page=st.integers(1, 6))
@settings(max_examples=30, deadline=None)
def test_rectangles_equal_the_definition(name, kinds, data, page):
    agree(PROJECTIONS[name], log_from(kinds, data.draw(steps(kinds))), page)


@pytest.mark.parametrize(("name", "kinds"), ASKED)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_subset_of_events_is_answered_at_any_depth(name, kinds, data):
    projection, log = PROJECTIONS[name], log_from(kinds, data.draw(steps(kinds)))
    for depth in (0, 1, 2):
        states = as_of(projection, log, FOREVER, FOREVER - 1, depth)
        assert all(stored_form(state) == state for state in states.values())
        named = projection.naming(states) if projection.naming else Named()
        found = standing(log, FOREVER, FOREVER - 1, depth)
        entries = tuple(e for e in found if str(e.id) in named.ids or e.declaration.stem in named.types)
        for by in (None, *projection.breakdowns):
            projection.query(states, Request("fabelby", by=by, at=START + 9 * DAY, depth=depth, entries=entries))


EVERYTHING = Projection("everything", 1, "", "")
EVERYTHING.on(*DECLARED)(seen)


@given(data=st.data(), known=st.integers(0, 16), day=st.integers(-1, 12), depth=st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_an_entry_that_is_looked_up_stands_by_the_same_definition(data, known, day, depth):
    log = log_from(CLAIMED, data.draw(steps(CLAIMED)))
    happened = microseconds(START + day * DAY)

    states = as_of(EVERYTHING, log, known, happened, depth)

    folded = {position for state in states.values() for position in state["events"]}
    assert {event.position for event in standing(log, known, happened, depth)} == folded
