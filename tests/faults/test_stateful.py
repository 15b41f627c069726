"""The write path against a plain model: what it takes in stands as it was answered, what it refuses leaves no trace."""

import uuid

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.refusals import Refused
from service.app import Kurslog
from tests.conftest import Scribe

pytestmark = pytest.mark.slow

REFS = st.sampled_from(["c1", "c2", "c3"])
WHO = st.sampled_from(["p1", "p2", "p3"])
PICK = st.integers(0, 50)


class Writing(RuleBasedStateMachine):
    """Two Kurslogs on one log, in a process of each example's own; the model is a list and two sets."""

    apps: tuple = ()
    told: list = []  # noqa: RUF012 - how many steps of each kind were taken, over all examples

    @initialize()
    def begin(self):
        self.process = f"p-{uuid.uuid4().hex[:10]}"
        self.scribes = [Scribe(app, self.process) for app in self.apps]
        self.base = self.apps[0].reader.head()
        self.taken, self.made, self.people, self.withdrawn = [], {}, set(), set()
        self.admit(
            [
                self.read(
                    0,
                    "process-registered",
                    {
                        "title": "Opdigtet",
                        "place": "Fabelby",
                        "municipality": "Fabeldal",
                        "aim": "democracy",
                        "period_start": "2026-01-01",
                        "fictional": True,
                    },
                )
            ],
            by=0,
        )

    # -------------------------------------------------------------- doing
    def read(self, by, stem, data, **more):
        return self.scribes[by].read(stem, data, **{"id": str(uuid.uuid4()), **more})

    def contribution(self, by, ref, **more):
        data = {"contribution_id": ref, "kind": "idea", "text": "En bænk", "author": {"kind": "anonymous"}}
        return self.read(by, "contribution-made", data, **more)

    def admit(self, command, *, by):
        recorded = self.apps[by].record(*command)
        assert [item.position for item in recorded] == [
            self.base + len(self.taken) + n for n in range(1, len(command) + 1)
        ]
        assert all(item.new for item in recorded)
        self.taken += command
        self.made |= {
            event.data.contribution_id: event for event in command if event.type.startswith("contribution-made")
        }
        self.told.append("admitted")

    def refuse(self, command, expected, *, by):
        try:
            self.apps[by].record(*command)
        except Refused as refusal:
            assert refusal.rule == expected  # noqa: PT017 - what is expected depends on the model
            self.told.append("refused")
        else:
            raise AssertionError(f"admitted, but {expected} was expected")

    # -------------------------------------------------------------- steps
    @rule(ref=REFS, by=st.integers(0, 1))
    def contribute(self, ref, by):
        command = [self.contribution(by, ref)]
        if ref in self.made and str(self.made[ref].id) not in self.withdrawn:  # what was withdrawn was never made
            self.refuse(command, "already-exists", by=by)
        else:
            self.admit(command, by=by)

    @rule(count=st.integers(1, 5), by=st.integers(0, 1))
    def contribute_many(self, count, by):
        self.admit([self.contribution(by, f"m-{uuid.uuid4().hex[:8]}") for _ in range(count)], by=by)

    @rule(count=st.integers(1, 4), by=st.integers(0, 1))
    def contribute_many_with_one_that_is_refused(self, count, by):
        fresh = [self.contribution(by, f"m-{uuid.uuid4().hex[:8]}") for _ in range(count)]
        wrong = self.read(by, "contribution-endorsed", {"contribution_id": "nowhere", "participant_id": "p1"})
        self.refuse([*fresh, wrong], "unknown-thing", by=by)

    @rule(who=WHO, by=st.integers(0, 1))
    def register(self, who, by):
        command = [self.read(by, "participant-registered", {"participant_id": who})]
        if who in self.people:
            self.refuse(command, "already-exists", by=by)
        else:
            self.admit(command, by=by)
            self.people.add(who)

    @precondition(lambda self: len(self.taken) > 1)
    @rule(pick=PICK, by=st.integers(0, 1))
    def send_again(self, pick, by):
        at = pick % len(self.taken)
        (recorded,) = self.apps[by].record(self.taken[at])
        assert (recorded.position, recorded.new) == (self.base + at + 1, False)
        self.told.append("again")

    @precondition(lambda self: self.made)
    @rule(pick=PICK, by=st.integers(0, 1))
    def send_again_with_other_content(self, pick, by):
        ref = sorted(self.made)[pick % len(self.made)]
        other = self.contribution(by, ref, id=str(self.made[ref].id), citation="S1")
        self.refuse([other], "same-id-other-content", by=by)

    @precondition(lambda self: self.made)
    @rule(pick=PICK, by=st.integers(0, 1), text=st.text("abc", min_size=1, max_size=4))
    def correct(self, pick, by, text):
        target = str(self.made[sorted(self.made)[pick % len(self.made)]].id)
        change = {"target": target, "fields": [{"field": "text", "text": text}], "reason": "opdigtet"}
        command = [self.read(by, "event-corrected", change)]
        if target in self.withdrawn:
            self.refuse(command, "already-withdrawn", by=by)
        else:
            self.admit(command, by=by)

    @precondition(lambda self: self.made)
    @rule(pick=PICK, by=st.integers(0, 1))
    def withdraw(self, pick, by):
        target = str(self.made[sorted(self.made)[pick % len(self.made)]].id)
        command = [self.read(by, "event-withdrawn", {"target": target, "reason": "opdigtet"})]
        if target in self.withdrawn:
            self.refuse(command, "already-withdrawn", by=by)
        else:
            self.admit(command, by=by)
            self.withdrawn.add(target)

    @rule(by=st.integers(0, 1))
    def withdraw_what_is_not_there(self, by):
        self.refuse(
            [self.read(by, "event-withdrawn", {"target": str(uuid.uuid4()), "reason": "x"})], "unknown-event", by=by
        )

    @rule(by=st.integers(0, 1), same=st.booleans())
    def another_is_first(self, by, same):
        """Between the reading and the append of one, the other writes: the same thing, or the same very event."""
        mine = self.contribution(by, f"r-{uuid.uuid4().hex[:8]}")
        first = mine if same else self.contribution(1 - by, mine.data.contribution_id)
        records = self.apps[by].records
        append = records._append

        def late(events, reads):
            records._append = append
            self.admit([first], by=1 - by)
            return append(events, reads)

        records._append = late
        if same:
            assert records.record([mine], now=mine.time)[0].position == self.base + len(self.taken)
        else:
            self.refuse([mine], "already-exists", by=by)
        self.told.append("raced")

    # -------------------------------------------------------------- what always holds
    @invariant()
    def log_is_what_was_answered(self):
        if not hasattr(self, "taken"):
            return
        events = list(self.apps[0].reader.walk(self.process))
        assert [event.id for event in events] == [event.id for event in self.taken]
        assert [event.position for event in events] == [self.base + n for n in range(1, len(events) + 1)]
        versions = {}
        for event in events:
            assert event.version == versions.get(event.stream, 0) + 1
            versions[event.stream] = event.version


def test_write_path_against_a_model(app, scribe, often, stack, counts):
    other = Kurslog(app.settings, app.dsn)
    stack.callback(other.close)

    class Here(Writing):
        apps, told = (app, other), []

    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    how = settings(
        max_examples=often(12, 150),
        stateful_step_count=often(20, 50),
        deadline=None,
        database=None,
        suppress_health_check=checks,
        derandomize=True,
    )
    run_state_machine_as_test(Here, settings=how)
    kinds = ", ".join(f"{Here.told.count(kind)} {kind}" for kind in ("admitted", "refused", "again", "raced"))
    counts(f"{kinds}: the log holds what was answered, in that order, and nothing else")
    assert all(Here.told.count(kind) for kind in ("admitted", "refused", "again", "raced"))
