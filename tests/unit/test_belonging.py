import datetime as dt

import pytest

from domain.belonging import (
    CoordinatorNamed,
    GroupDissolved,
    GroupJoined,
    GroupLeft,
    GroupMerged,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantsMerged,
    RoleAssumed,
    RoleEnded,
)
from domain.timing import start_of_day
from domain.vocabulary import Role


def day(text):
    return dt.date.fromisoformat(text)


def assumed(role=Role.CITIZEN, **dates):
    return RoleAssumed(participant_id="p1", role=role, **{name: day(text) for name, text in dates.items()})


def ended(role=Role.CITIZEN, **dates):
    return RoleEnded(participant_id="p1", role=role, **{name: day(text) for name, text in dates.items()})


@pytest.fixture
def person(log):
    return log.participant("p1")


@pytest.fixture
def group(log, person):
    return log.group("traffic")


# ------------------------------------------------------------------ people
@pytest.mark.parametrize("participant_id", ["p1", "p123456789", "8e0a5e56-8f2d-4b0f-9a38-2b6a6f0c7d10"])
def test_a_participant_id_is_p_and_digits_or_a_uuid(log, participant_id):
    assert log.when(ParticipantRegistered(participant_id=participant_id)).stream == "process/fabelby"


@pytest.mark.parametrize("participant_id", ["anna", "p", "p1234567890", "P1"])
def test_a_participant_id_is_never_a_name(log, participant_id):
    log.refuses("participant-id-is-a-name", ParticipantRegistered(participant_id=participant_id))


def test_a_participant_is_registered_once(log, person):
    log.refuses("already-exists", ParticipantRegistered(participant_id="p1"))


def test_nobody_leaves_twice(log, person):
    log.given(ParticipantLeft(participant_id="p1"))

    log.refuses("participant-already-left", ParticipantLeft(participant_id="p1"))


def test_nobody_is_merged_with_themselves(log, person):
    log.refuses("merged-with-itself", ParticipantsMerged(participant_id="p1", duplicate_id="p1"))


def test_a_duplicate_is_merged_once(log, person):
    log.participant("p2")
    log.given(ParticipantsMerged(participant_id="p1", duplicate_id="p2"))

    log.refuses("already-merged", ParticipantsMerged(participant_id="p1", duplicate_id="p2"))


def test_a_duplicate_is_somebody_registered(log, person):
    log.refuses("unknown-thing", ParticipantsMerged(participant_id="p1", duplicate_id="p2"))


# ------------------------------------------------------------------ roles
def test_a_participant_may_have_several_roles(log, person):
    log.given(assumed(Role.CITIZEN))

    assert log.when(assumed(Role.EMPLOYEE)).type == "role-assumed.v1"


def test_a_role_is_not_held_twice_at_once(log, person):
    log.given(assumed())

    log.refuses("role-already-held", assumed(), on="2026-03-01")


def test_a_role_assumed_afterwards_for_days_already_covered_is_held_twice(log, person):
    log.given(assumed(from_="2026-02-01"), on="2026-02-01")

    log.refuses("role-already-held", assumed(from_="2026-01-15"), on="2026-03-01")


def test_a_role_may_be_held_again_after_it_ended(log, person):
    log.given(assumed(from_="2026-01-05", to="2026-02-01"))

    assert log.when(assumed(from_="2026-02-02"), on="2026-03-01").position == 4


def test_a_role_does_not_end_before_it_begins(log, person):
    log.refuses("period-ends-before-it-begins", assumed(from_="2026-02-01", to="2026-01-31"))


def test_a_role_may_last_one_day(log, person):
    assert log.when(assumed(from_="2026-02-01", to="2026-02-01")).position == 3


@pytest.mark.parametrize(
    ("at", "held"), [("2026-01-31", False), ("2026-02-01", True), ("2026-02-28", True), ("2026-03-01", False)]
)
def test_a_role_is_active_from_its_first_day_to_its_last(log, person, at, held):
    log.given(assumed(from_="2026-02-01", to="2026-02-28"), on="2026-01-10")

    assert log.state("participant/p1").in_role(Role.CITIZEN, start_of_day(day(at))) is held


def test_only_a_role_that_was_held_ends(log, person):
    log.refuses("role-never-held", ended())


def test_a_role_ends_on_a_day_it_was_held(log, person):
    log.given(assumed(from_="2026-02-01"))

    log.refuses("role-never-held", ended(to="2026-01-31"), on="2026-03-01")


def test_a_role_that_ended_is_not_active_afterwards(log, person):
    log.given(assumed(), on="2026-02-01")
    log.given(ended(to="2026-02-14"), on="2026-03-01")

    assert not log.state("participant/p1").in_role(Role.CITIZEN, start_of_day(day("2026-02-15")))


def test_a_role_slipped_in_before_one_that_is_held_contradicts_it(log, person):
    log.given(assumed(), on="2026-02-01")

    refusal = log.refuses("contradicts-later", assumed(), on="2026-01-15")

    assert refusal.facts["because"] == "role-already-held"


def test_two_roles_the_source_does_not_name_are_not_the_same_role(log, person, without):
    event, words = without(assumed(), "role")
    log.given(event, **words)

    assert log.when(event, **words).position == 4


def test_a_stranger_takes_on_no_role(log):
    log.refuses("unknown-thing", assumed())


# ------------------------------------------------------------------ groups
def test_nobody_joins_a_group_twice(log, group):
    log.given(GroupJoined(group_id="traffic", participant_id="p1"))

    log.refuses("already-member", GroupJoined(group_id="traffic", participant_id="p1"))


def test_only_a_member_leaves_a_group(log, group):
    log.refuses("not-a-member", GroupLeft(group_id="traffic", participant_id="p1"))


def test_somebody_who_left_a_group_may_join_again(log, group):
    log.given(GroupJoined(group_id="traffic", participant_id="p1"))
    log.given(GroupLeft(group_id="traffic", participant_id="p1"))

    log.given(GroupJoined(group_id="traffic", participant_id="p1"))

    assert log.state("group/traffic").members == {"p1"}


def test_leaving_before_one_joined_contradicts_nothing_but_itself(log, group):
    log.given(GroupJoined(group_id="traffic", participant_id="p1"), on="2026-02-10")

    log.refuses("not-a-member", GroupLeft(group_id="traffic", participant_id="p1"), on="2026-02-05")


def test_a_group_is_not_merged_with_itself(log, group):
    log.refuses("merged-with-itself", GroupMerged(group_id="traffic", into_id="traffic"))


@pytest.mark.parametrize(
    "event",
    [
        GroupJoined(group_id="traffic", participant_id="p1"),
        CoordinatorNamed(group_id="traffic", participant_id="p1"),
        GroupDissolved(group_id="traffic"),
        GroupMerged(group_id="traffic", into_id="hall"),
    ],
    ids=lambda event: type(event).__name__,
)
@pytest.mark.parametrize(
    "ending", [GroupDissolved(group_id="traffic"), GroupMerged(group_id="traffic", into_id="hall")]
)
def test_nothing_happens_in_a_group_that_is_over(log, group, ending, event):
    log.group("hall")
    log.given(ending)

    log.refuses("group-over", event)


def test_a_coordinator_need_not_be_a_member(log, group):
    assert log.when(CoordinatorNamed(group_id="traffic", participant_id="p1")).kind == "group"
