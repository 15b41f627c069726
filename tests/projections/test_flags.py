"""What is accepted and flagged of actions and decisions: it stands, and is said wherever it matters."""

import datetime as dt

import pytest

from domain.belonging import GroupJoined
from domain.contributing import ContributionKind, ContributionMade
from domain.deciding import DecisionMade
from domain.gathering import GatheringHeld
from domain.vocabulary import UNKNOWN, Actor, ActorInRole, ActorKind, NotRecorded, Personal, Role
from projections.actions import actions
from projections.decisions import ABSENT, decisions
from tests.projections.asking import asked
from tests.unit.conftest import InMemoryLog, planned

SAID = Personal("said")
SOMEBODY = Actor(kind=ActorKind.ANONYMOUS)


@pytest.fixture
def log():
    found = InMemoryLog()
    found.process_registered()
    return found


# ------------------------------------------------------------------ actions
@pytest.mark.parametrize(("due", "flagged"), [(dt.date(2026, 5, 1), False), (dt.date(2026, 5, 2), True)])
def test_an_action_due_past_day_100_is_flagged(log, due, flagged):
    log.gathering("kick-off", on="2026-01-10")
    log.given(GatheringHeld(gathering_id="kick-off"), on="2026-01-21")
    log.given(planned("bench", due=due), on="2026-01-22")

    found = asked(actions, log)

    assert [note[1] for note in found.notes] == (["1 actions are due after day 100. The last is day 101."] * flagged)


# ------------------------------------------------------------------ decisions
def said_by(author):
    return ContributionMade(contribution_id="c1", kind=ContributionKind.IDEA, text=SAID, author=author)


def person(ref):
    return Actor(kind=ActorKind.PARTICIPANT, ref=ref)


def role(name):
    return Actor(kind=ActorKind.ROLE, ref=name)


GROUP = Actor(kind=ActorKind.GROUP, ref="paths")
COUNCIL = Actor(kind=ActorKind.BODY, ref="council")


@pytest.fixture
def village(log):
    log.participant("p1", Role.CITIZEN)
    log.participant("p2", Role.POLITICIAN)
    log.group("paths")
    log.organisation("council")
    log.given(GroupJoined(group_id="paths", participant_id="p1"), on="2026-01-10")


def absent(log, *takers):
    log.given(DecisionMade(decision_id="d1", question=SAID, taken_by=takers, builds_on=("c1",)), on="2026-03-01")
    found = asked(decisions, log)
    named = found.data["decisions"][0]["absent"]
    assert (found.notes, found.data["absent"].value) == (((ABSENT,), 1) if named else ((), 0))
    return named


def by(actor, as_=None):
    return ActorInRole(actor=actor, role=as_)


@pytest.mark.parametrize("author", [role("citizen"), person("p1"), GROUP], ids=["a role", "a person", "a group"])
def test_a_role_absent_from_a_decision_that_concerns_it_is_flagged(log, village, author):
    log.given(said_by(author))

    assert absent(log, by(COUNCIL)) == ["citizen"]


@pytest.mark.parametrize(
    "takers",
    [(by(person("p1")),), (by(person("p2"), Role.POLITICIAN), by(role("citizen"))), (by(GROUP),)],
    ids=["the person", "the role", "the group"],
)
def test_a_role_that_decided_with_others_is_not_absent(log, village, takers):
    log.given(said_by(person("p1")))

    assert absent(log, *takers) == []


@pytest.mark.parametrize("takers", [(by(SOMEBODY),), (by(COUNCIL), by(SOMEBODY))])
def test_where_somebody_of_unknown_role_decided_nobody_is_called_absent(log, village, takers):
    log.given(said_by(person("p1")))

    assert absent(log, *takers) == []


def test_where_nobody_knows_who_decided_nobody_is_called_absent(log, village):
    log.given(said_by(person("p1")))
    log.given(
        DecisionMade(decision_id="d1", question=SAID, taken_by=UNKNOWN, builds_on=("c1",)),
        on="2026-03-01",
        notrecorded=(NotRecorded(field="taken_by", reason="the minutes do not say"),),
        citation="minutes",
    )

    assert asked(decisions, log).data["decisions"][0]["absent"] == []
