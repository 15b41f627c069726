"""Participation: unknown is not absent, never asked is neither, one person counts once, and small numbers are not told."""

import datetime as dt

import pytest

from domain.belonging import GroupJoined, ParticipantLeft, ParticipantsMerged, RoleAssumed, RoleEnded
from domain.gathering import (
    Attendance,
    AttendanceRecorded,
    GatheringHeld,
    GatheringKind,
    GatheringPlanned,
    HeadcountRecorded,
    InvitationSent,
)
from domain.vocabulary import Role, RoleCount, Visibility
from projections.everything import PROJECTIONS
from projections.kernel import DEPTH, FOREVER, Figure, Request, as_of
from service.log.tables import stored_form
from tests.unit.conftest import InMemoryLog, moment

PROJECTION = PROJECTIONS["participation"]
KICK_OFF, SECOND, THIRD = "2026-02-01", "2026-03-01", "2026-04-01"
DAYS = {"kick-off": KICK_OFF, "second": SECOND, "third": THIRD}


class Village:
    """A process with people and gatherings, and what is answered of it."""

    def __init__(self):
        self.log = InMemoryLog()
        self.log.process_registered()

    def people(self, count, *roles, start=1, on="2026-01-02"):
        found = [f"p{number}" for number in range(start, start + count)]
        for one in found:
            self.log.participant(one, *(roles or (Role.CITIZEN,)), on=on)
        return found

    def gathering(self, ref="kick-off", *, series=None, held=True, **envelope):
        plan = GatheringPlanned(gathering_id=ref, title=ref, kind=GatheringKind.WORKSHOP, series=series)
        self.log.given(plan, "2026-01-15", **envelope)
        if held:
            self.log.given(GatheringHeld(gathering_id=ref), DAYS[ref], **envelope)

    def came(self, people, ref="kick-off", status="present", role=None):
        for one in people:
            row = AttendanceRecorded(
                gathering_id=ref, participant_id=one, status=Attendance(status), role=role and Role(role)
            )
            self.log.given(row, DAYS[ref])

    def answer(self, *, by=None, as_=Visibility.TEAM, counted=Visibility.TEAM):
        depth = max(DEPTH[as_], DEPTH[counted]) if as_ is not Visibility.PUBLIC else 0
        states = as_of(PROJECTION, self.log.events, FOREVER, FOREVER - 1, depth)
        states = {key: stored_form(state) for key, state in states.items()}
        return PROJECTION.query(states, Request("fabelby", by=by, at=moment("2026-12-31"), depth=DEPTH[as_]))

    def gathered(self, ref="kick-off", **how):
        return next(one for one in self.answer(**how).data["gatherings"] if one["id"] == ref)


@pytest.fixture
def village():
    return Village()


def values(figures):
    return {name: one.value if isinstance(one, Figure) else "withheld" for name, one in figures.items()}


# ------------------------------------------------------------------ unknown, absent, never asked
def test_unknown_attendance_is_never_counted_as_absent(village):
    people = village.people(4)
    village.gathering()
    village.came(people[:1])
    village.came(people[1:2], status="absent")
    village.came(people[2:], status="unknown")
    assert values(village.gathered()["standings"]) == {"present": 1, "absent": 1, "unknown": 2}
    assert village.answer().data["dropping_out"]["count"].value == 0
    assert "Om nogen kom, vides ikke 2 gange" in village.answer().notes[0][0]


def test_who_has_no_row_and_no_invitation_was_never_asked(village):
    people = village.people(3)
    village.gathering()
    village.came(people[:1])
    assert values(village.gathered()["standings"]) == {"present": 1, "never-asked": 2}


def test_an_invitation_reaches_the_roles_it_names_and_no_others(village):
    village.people(2)
    village.people(3, Role.POLITICIAN, start=10)
    village.gathering()
    reach = (RoleCount(role=Role.CITIZEN, count=700), RoleCount(role=Role.POLITICIAN, count=0))
    village.log.given(InvitationSent(gathering_id="kick-off", channel="leaflet", reach=reach), "2026-01-20")
    assert values(village.gathered()["standings"]) == {"asked": 2, "never-asked": 3}
    assert village.answer().data["never_reached"] == ["politician"]


def test_an_invitation_that_does_not_say_whom_it_reached_leaves_nobody_out(village):
    village.people(2)
    village.gathering()
    village.log.given(InvitationSent(gathering_id="kick-off", channel="mail"), "2026-01-20")
    assert values(village.gathered()["standings"]) == {"asked": 2}
    assert village.answer().data["never_reached"] == []


def test_of_a_gathering_nobody_wrote_about_nothing_is_said(village):
    village.people(3)
    village.gathering()
    found = village.gathered()
    assert (found["recorded"], found["came"], found["standings"]) == (False, None, {})
    assert village.answer().notes[-1][1].startswith("At one of the gatherings held nobody wrote down who came.")


def test_who_came_later_or_had_left_was_not_left_out(village):
    people = village.people(2)
    village.people(1, start=8, on="2026-02-20")
    village.log.given(ParticipantLeft(participant_id="p2"), "2026-01-20")
    village.gathering()
    village.came(people[:1])
    assert values(village.gathered()["standings"]) == {"present": 1}


# ------------------------------------------------------------------ headcounts
def test_a_headcount_is_no_number_of_participants(village):
    people = village.people(2)
    village.gathering()
    village.came(people)
    by_role = (RoleCount(role=Role.CITIZEN, count=40),)
    counted = HeadcountRecorded(total=50, basis="at the door", gathering_id="kick-off", by_role=by_role)
    village.log.given(counted, KICK_OFF)
    (head,) = village.gathered()["headcounts"]
    assert (head["total"], head["by_role"]) == (50, [{"role": "citizen", "count": 40}])
    assert village.gathered()["came"].value == 2
    assert village.answer().data["people"].value == 2


def test_a_headcount_of_no_gathering_stands_apart(village):
    village.log.given(HeadcountRecorded(total=50, basis="the whole process"), KICK_OFF)
    assert [one["total"] for one in village.answer().data["other_headcounts"]] == [50]


# ------------------------------------------------------------------ roles
def test_the_role_is_the_one_of_that_day(village):
    (one,) = village.people(1, Role.POLITICIAN)
    village.gathering()
    village.gathering("second")
    village.log.given(RoleEnded(participant_id=one, role=Role.POLITICIAN, to=dt.date(2026, 2, 10)), "2026-02-10")
    village.log.given(RoleAssumed(participant_id=one, role=Role.CITIZEN), "2026-02-11")
    village.came([one])
    village.came([one], "second")
    assert values(village.gathered("kick-off")["by_role"]) == {"politician": 1}
    assert values(village.gathered("second")["by_role"]) == {"citizen": 1}
    assert village.answer().data["people"].value == 1


def test_of_several_roles_the_one_that_was_said_counts_else_none(village):
    people = village.people(2, Role.CITIZEN, Role.EMPLOYEE)
    village.gathering()
    village.came(people[:1], role="employee")
    village.came(people[1:])
    assert values(village.gathered()["by_role"]) == {"employee": 1, "unstated": 1}


# ------------------------------------------------------------------ one person
def test_somebody_registered_twice_counts_once(village):
    people = village.people(2)
    village.gathering()
    village.came(people[:1])
    village.came(people[1:], status="absent")
    village.log.given(ParticipantsMerged(participant_id="p1", duplicate_id="p2"), "2026-02-10")
    assert values(village.gathered()["standings"]) == {"present": 1}
    assert village.answer().data["registered"].value == 1


def test_a_corrected_and_a_withdrawn_answer_count_as_mended(village):
    people = village.people(2)
    village.gathering()
    village.came(people, status="absent")
    first, second = village.log.events[-2:]
    village.log.given(village.log.correction(first, status="present"), "2026-02-02")
    village.log.given(village.log.withdrawal(second), "2026-02-02")
    assert values(village.gathered()["standings"]) == {"present": 1, "never-asked": 1}


def test_how_many_times_people_came_is_told_without_names(village):
    people = village.people(4)
    for ref in ("kick-off", "second"):
        village.gathering(ref, series="talks")
        village.came(people[:2], ref)
    village.came(people[2:3], "second")
    data = village.answer().data
    assert [(one["times"], one["people"].value) for one in data["times"]] == [(0, 1), (1, 1), (2, 2)]
    assert [(one["gatherings"].value, one["people"].value) for one in data["series"]] == [(2, 3)]
    assert "p1" not in str(data)


# ------------------------------------------------------------------ dropping out
def dropping_out(village, statuses):
    people = village.people(1)
    village.log.group("paths")
    village.log.given(GroupJoined(group_id="paths", participant_id="p1"), "2026-01-05")
    for ref, status in zip(DAYS, statuses, strict=True):
        village.gathering(ref)
        if status:
            village.came(people, ref, status)
    return village.answer().data["dropping_out"]


@pytest.mark.parametrize(
    ("statuses", "count"),
    [
        (("present", "absent", "excused"), 1),
        (("present", "absent", "unknown"), 0),
        (("present", "absent", None), 0),
        (("present", "absent", "present"), 0),
        (("absent", "absent", "absent"), 0),
    ],
)
def test_dropping_out_is_to_have_come_and_then_been_away_twice_as_far_as_known(village, statuses, count):
    found = dropping_out(village, statuses)
    assert found["count"].value == count
    assert [(one["role"], one["people"].value) for one in found["by_role"]] == [("citizen", 1)] * count
    assert [(one["group"], one["people"].value) for one in found["by_group"]] == [("paths", 1)] * count


# ------------------------------------------------------------------ who may see what
def test_every_figure_opens_to_the_events_behind_it(village):
    people = village.people(2)
    village.gathering()
    village.came(people)
    rows = [event.position for event in village.log.events if isinstance(event.data, AttendanceRecorded)]
    assert village.gathered()["came"].events == tuple(rows)


@pytest.mark.parametrize("by", [None, *PROJECTION.breakdowns])
def test_a_participant_is_told_no_number_from_one_to_four(village, by):
    people = village.people(9)
    village.people(2, Role.POLITICIAN, start=20)
    village.log.group("paths")
    village.log.given(GroupJoined(group_id="paths", participant_id="p1"), "2026-01-05")
    village.gathering()
    village.came(["p20", *people[:6]])
    village.came(people[6:], status="absent")
    data = village.answer(by=by, as_=Visibility.PROCESS).data
    small = [one for one in figures(data) if one.key.startswith(PERSONAL) and 0 < one.value < 5]
    assert small == []
    assert data["people"].value == 7
    assert village.gathered(as_=Visibility.PROCESS)["by_role"]["citizen"] == {"withheld": "few"}


PERSONAL = ("people", "registered", "role", "group", "times", "dropping", "left", "gathering:kick-off:")


def figures(data):
    if isinstance(data, Figure):
        yield data
    elif isinstance(data, dict | list):
        for one in data.values() if isinstance(data, dict) else data:
            yield from figures(one)


def test_a_gathering_that_is_the_teams_own_is_not_named_to_others(village):
    people = village.people(6)
    village.gathering(visibility=Visibility.TEAM)
    village.came(people)
    assert village.answer(as_=Visibility.PROCESS).data["gatherings"] == []
    assert village.gathered()["came"].value == 6


def test_an_outsider_is_told_that_who_came_is_not_public(village):
    people = village.people(6)
    village.gathering()
    village.came(people)
    answer = village.answer(as_=Visibility.PUBLIC)
    assert answer.data["individual"] is False
    assert answer.data["gatherings"][0]["came"] is None
    assert answer.notes == (
        (
            "Hvem der kom, er ikke offentligt. Her står kun, hvor mange nogen har talt.",
            "Who came is not public. Only what somebody counted stands here.",
        ),
    )
