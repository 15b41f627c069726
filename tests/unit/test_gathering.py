import datetime as dt

import pytest

from domain.gathering import (
    Attendance,
    AttendanceRecorded,
    ExerciseRun,
    GatheringCancelled,
    GatheringHeld,
    GatheringKind,
    GatheringPlanned,
    HeadcountRecorded,
    InvitationSent,
)
from domain.vocabulary import Personal, Role, RoleCount

HELD = GatheringHeld(gathering_id="kick-off")
CANCELLED = GatheringCancelled(gathering_id="kick-off", reason=Personal("snow"))


def hour(at):
    return dt.datetime(2026, 6, 1, at, tzinfo=dt.UTC)


def attendance(**fields):
    return AttendanceRecorded(
        **{"gathering_id": "kick-off", "participant_id": "p1", "status": Attendance.PRESENT, **fields}
    )


def headcount(total, **by_role):
    counts = tuple(RoleCount(role=Role(role), count=count) for role, count in by_role.items())
    return HeadcountRecorded(total=total, basis="counted at the door", by_role=counts)


@pytest.fixture
def gathering(log):
    return log.gathering("kick-off")


def test_a_gathering_is_planned_for_a_day_that_has_not_come(log):
    event = GatheringPlanned(
        gathering_id="party",
        title="Party",
        kind=GatheringKind.CELEBRATION,
        starts=dt.datetime(2027, 6, 1, tzinfo=dt.UTC),
    )

    assert log.when(event).subject == "gathering/party"


def test_a_gathering_does_not_end_before_it_starts(log):
    event = GatheringPlanned(
        gathering_id="party", title="Party", kind=GatheringKind.CELEBRATION, starts=hour(18), ends=hour(17)
    )

    log.refuses("time-ends-before-it-begins", event)


@pytest.mark.parametrize("again", [HELD, CANCELLED], ids=["held", "cancelled"])
def test_a_gathering_is_held_once(log, gathering, again):
    log.given(HELD)

    log.refuses("gathering-already-held", again)


@pytest.mark.parametrize("again", [HELD, CANCELLED], ids=["held", "cancelled"])
def test_a_cancelled_gathering_stays_cancelled(log, gathering, again):
    log.given(CANCELLED)

    log.refuses("gathering-cancelled", again)


def test_a_gathering_nobody_planned_is_not_held(log):
    log.refuses("unknown-thing", HELD)


def test_attendance_is_kept_per_gathering_and_participant(log, gathering):
    log.participant("p1", Role.CITIZEN)

    stored = log.when(attendance(role=Role.CITIZEN))

    assert (stored.subject, stored.stream) == ("attendance/kick-off/p1", "fabelby/attendance/kick-off/p1")


def test_attendance_may_be_recorded_anew(log, gathering):
    log.participant("p1")
    log.given(attendance(status=Attendance.UNKNOWN))

    assert log.when(attendance(status=Attendance.EXCUSED)).data.status is Attendance.EXCUSED


def test_nobody_attends_in_a_role_they_do_not_have(log, gathering):
    log.participant("p1", Role.CITIZEN)

    log.refuses("role-not-active", attendance(role=Role.POLITICIAN))


@pytest.mark.parametrize(
    "event",
    [
        attendance(participant_id="p9"),
        attendance(gathering_id="party"),
        InvitationSent(gathering_id="party", channel="leaflet"),
        ExerciseRun(gathering_id="party", tool="three-voice interview"),
        HeadcountRecorded(total=50, basis="counted", gathering_id="party"),
    ],
    ids=["a stranger", "attendance", "invitation", "exercise", "headcount"],
)
def test_what_happens_at_a_gathering_needs_the_gathering_and_the_person(log, gathering, event):
    log.participant("p1")

    log.refuses("unknown-thing", event)


def test_the_roles_of_a_headcount_do_not_add_up_to_more_than_its_total(log):
    refusal = log.refuses("headcount-does-not-add-up", headcount(50, citizen=48, employee=3))

    assert (refusal.facts["sum"], refusal.facts["total"]) == (51, 50)


@pytest.mark.parametrize("event", [headcount(50, citizen=48), headcount(50, citizen=48, employee=2), headcount(50)])
def test_a_headcount_may_count_fewer_roles_than_people(log, event):
    assert log.when(event).kind == "headcount-recorded"


def test_a_headcount_whose_total_is_unknown_is_taken_in(log, without):
    event, words = without(headcount(50, citizen=48), "total")

    assert log.when(event, **words).position == 2
