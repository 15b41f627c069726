"""Commands in random and backdated order: whatever is refused, what was taken in always holds together."""

import datetime as dt
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from domain.acting import (
    OVER,
    ActionAbandoned,
    ActionCompleted,
    ActionHandedOver,
    ActionProgressed,
    ActionRescheduled,
    ActionStarted,
    ObstacleMet,
)
from domain.belonging import ParticipantLeft, RoleAssumed, RoleEnded
from domain.deciding import (
    DecisionMade,
    DecisionProposed,
    DecisionSuperseded,
    DissentRecorded,
    Option,
    ParticipationLevel,
    ParticipationLevelJudged,
)
from domain.kernel import state_of
from domain.refusals import Refused
from domain.vocabulary import Actor, ActorInRole, ActorKind, Personal, Role

SAID = Personal("said")
ROLES = st.sampled_from([Role.CITIZEN, Role.POLITICIAN])
DAYS = st.dates(dt.date(2026, 2, 1), dt.date(2026, 2, 20))
MOMENTS = DAYS.map(lambda day: dt.datetime.combine(day, dt.time(12), dt.UTC))
A_FEW = settings(
    max_examples=150, stateful_step_count=40, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


class Recording(RuleBasedStateMachine):
    """Records, or is refused; either way the log is compared with what it should be."""

    new_log = None
    plan = None
    RESTS_ON_OTHERS = ()

    def __init__(self):
        super().__init__()
        self.log = self.new_log()
        self.log.process_registered()
        self.refused = Counter()

    def record(self, event, on):
        before = self.log.content()
        try:
            self.log.when(event, on)
        except Refused as refusal:
            self.refused[refusal.rule] += 1
            assert self.log.content() == before

    @precondition(lambda self: len(self.log.events) > 1)
    @rule(data=st.data())
    def withdraw(self, data):
        self.record(self.log.withdrawal(data.draw(st.sampled_from(self.log.events[1:]))), "2026-03-01")

    @precondition(lambda self: len(self.log.events) > 1)
    @rule(data=st.data(), to=MOMENTS)
    def move(self, data, to):
        target = data.draw(st.sampled_from(self.log.events[1:]))
        self.record(self.log.correction(target, time=to.isoformat()), "2026-03-01")

    @invariant()
    def everything_stored_is_still_admitted(self):
        self.log.check(but=self.RESTS_ON_OTHERS)

    def steps(self, subject):
        """The states a thing went through, with the event that led to each."""
        history = self.log.history(subject)
        kind = subject.partition("/")[0]
        return [(history[at], state_of(kind, history[: at + 1])) for at in range(len(history))]


class Actions(Recording):
    action_ids = st.sampled_from(["bench", "bus"])

    @rule(action_id=action_ids, on=MOMENTS)
    def planned(self, action_id, on):
        self.record(self.plan(action_id), on)

    @rule(
        action_id=action_ids,
        on=MOMENTS,
        event=st.sampled_from(
            [
                (ActionStarted, {}),
                (ActionProgressed, {"note": SAID}),
                (ObstacleMet, {"obstacle": SAID}),
                (ActionRescheduled, {"reason": SAID, "due": dt.date(2026, 6, 1)}),
            ]
        ),
    )
    def went_on(self, action_id, on, event):
        cls, fields = event
        self.record(cls(action_id=action_id, **fields), on)

    @rule(
        action_id=action_ids,
        on=MOMENTS,
        learning=st.sampled_from([SAID, Personal(" ")]),
        ending=st.sampled_from(["completed", "abandoned", "handed over"]),
    )
    def ended(self, action_id, on, learning, ending):
        event = {
            "completed": ActionCompleted(action_id=action_id, result=SAID, learning=learning),
            "abandoned": ActionAbandoned(action_id=action_id, reason=SAID, learning=learning),
            "handed over": ActionHandedOver(action_id=action_id, to=Actor(kind=ActorKind.ANONYMOUS)),
        }[ending]
        self.record(event, on)

    @invariant()
    def an_action_is_never_over_twice(self):
        for subject in ("action/bench", "action/bus"):
            over = [state.status in OVER for _, state in self.steps(subject)]
            assert over == sorted(over)
            assert sum(over) <= 1

    @invariant()
    def an_action_is_planned_first(self):
        for subject in ("action/bench", "action/bus"):
            types = [item.type for item in self.log.history(subject)]
            assert [at for at, name in enumerate(types) if name == "action-planned.v1"] == ([0] if types else [])


ANYBODY = (ActorInRole(actor=Actor(kind=ActorKind.ANONYMOUS)),)
OPTION_IDS = st.lists(st.sampled_from("abc"), max_size=3)


def options(names):
    return tuple(Option(id=name, text=SAID) for name in names)


class Decisions(Recording):
    RESTS_ON_OTHERS = (DecisionSuperseded,)

    decision_ids = st.sampled_from(["d1", "d2"])

    @rule(decision_id=decision_ids, on=MOMENTS, names=OPTION_IDS)
    def proposed(self, decision_id, on, names):
        self.record(DecisionProposed(decision_id=decision_id, question=SAID, options=options(names)), on)

    @rule(
        decision_id=decision_ids,
        on=MOMENTS,
        names=OPTION_IDS,
        chosen=st.sampled_from([None, "a", "b"]),
        taken_by=st.sampled_from([(), ANYBODY, ANYBODY]),
    )
    def made(self, decision_id, on, names, chosen, taken_by):
        event = DecisionMade(
            decision_id=decision_id, question=SAID, taken_by=taken_by, options=options(names), chosen=chosen
        )
        self.record(event, on)

    @rule(decision_id=decision_ids, by_id=decision_ids, on=MOMENTS)
    def superseded(self, decision_id, by_id, on):
        self.record(DecisionSuperseded(decision_id=decision_id, by_id=by_id, reason=SAID), on)

    @rule(decision_id=decision_ids, on=MOMENTS)
    def disagreed(self, decision_id, on):
        self.record(DissentRecorded(decision_id=decision_id, by=Actor(kind=ActorKind.ANONYMOUS), text=SAID), on)

    @rule(decision_id=decision_ids, on=MOMENTS)
    def judged(self, decision_id, on):
        event = ParticipationLevelJudged(decision_id=decision_id, level=ParticipationLevel.CONSULT, role=Role.CITIZEN)
        self.record(event, on)

    @invariant()
    def a_decision_is_made_at_most_once(self):
        for subject in ("decision/d1", "decision/d2"):
            assert sum(isinstance(item.data, DecisionMade) for item in self.log.history(subject)) <= 1

    @invariant()
    def what_was_chosen_was_among_the_options(self):
        for subject in ("decision/d1", "decision/d2"):
            for item, state in self.steps(subject):
                if isinstance(item.data, DecisionMade) and item.data.chosen:
                    assert item.data.chosen in state.options


class Roles(Recording):
    def __init__(self):
        super().__init__()
        self.log.participant("p1", on="2026-01-01")

    @rule(role=ROLES, on=MOMENTS, from_=st.none() | DAYS, to=st.none() | DAYS)
    def assumed(self, role, on, from_, to):
        self.record(RoleAssumed(participant_id="p1", role=role, from_=from_, to=to), on)

    @rule(role=ROLES, on=MOMENTS, to=st.none() | DAYS)
    def ended(self, role, on, to):
        self.record(RoleEnded(participant_id="p1", role=role, to=to), on)

    @rule(on=MOMENTS)
    def left(self, on):
        self.record(ParticipantLeft(participant_id="p1"), on)

    @invariant()
    def a_role_is_never_active_twice_at_once(self):
        spans = getattr(self.log.state("participant/p1"), "roles", ())
        for role in (Role.CITIZEN, Role.POLITICIAN):
            held = sorted((span for span in spans if span.role is role), key=lambda span: span.start)
            for early, late in pairwise(held):
                assert early.end is not None
                assert early.end < late.start


@pytest.mark.parametrize("machine", [Actions, Decisions, Roles])
def test_what_was_taken_in_always_holds_together(new_log, plan, machine):
    bound = type(machine.__name__, (machine,), {"new_log": staticmethod(new_log), "plan": staticmethod(plan)})

    run_state_machine_as_test(bound, settings=A_FEW)
