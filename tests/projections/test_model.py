"""The model: its steps against what was run, by name and by nothing else; without one, what was run, told as one."""

import datetime as dt

from domain.gathering import (
    Attendance,
    AttendanceRecorded,
    ExerciseRun,
    GatheringCancelled,
    GatheringHeld,
    GatheringKind,
    GatheringPlanned,
    HeadcountRecorded,
)
from domain.modelling import (
    Principle,
    ProcessTemplateDerived,
    TemplateAdapted,
    TemplateAdopted,
    TemplateStep,
)
from domain.vocabulary import Personal, Role, RoleCount, Visibility
from projections.kernel import DEPTH, FOREVER, Request, as_of
from projections.model import model
from tests.projections.asking import LATER, asked


def meeting(log, ref, day, kind="workshop", minutes=120):
    starts = dt.datetime.fromisoformat(f"{day}T10:00:00+01:00")
    called = GatheringPlanned(
        gathering_id=ref,
        title=ref.capitalize(),
        kind=GatheringKind(kind),
        starts=starts,
        ends=starts + dt.timedelta(minutes=minutes),
    )
    log.given(called, day)
    return log.given(GatheringHeld(gathering_id=ref), day)


def template(*steps, version=1):
    principles = (Principle(text=Personal("ved samme bord")),)
    return ProcessTemplateDerived(template_id="m", version=version, steps=steps, principles=principles)


def step_of(data, title):
    return next(step for step in data["steps"] if step["title"] == title)


def test_without_a_model_what_was_run_is_told_in_order_with_days_from_the_kick_off(log):
    meeting(log, "talk", "2026-01-20")
    meeting(log, "start", "2026-02-01", "kick-off", minutes=300)
    meeting(log, "party", "2026-05-12", "celebration")

    data = asked(model, log).data

    assert data["template"] is None
    assert [(one["title"], one["day"], one["minutes"]) for one in data["run"]] == [
        ("Talk", -12, 120),
        ("Start", 0, 300),
        ("Party", 100, 120),
    ]
    assert data["held"].value == 3


def test_each_step_stands_beside_the_gathering_of_its_name(log):
    meeting(log, "start", "2026-02-01", "kick-off", minutes=300)
    meeting(log, "party", "2026-05-16", "celebration", minutes=180)
    steps = (TemplateStep(title="start ", day=0, minutes=240), TemplateStep(title="Party", day=100, minutes=180))
    log.given(template(*steps, TemplateStep(title="Walk")), "2026-06-01")

    data = asked(model, log).data

    assert (step_of(data, "start ")["days_off"], step_of(data, "start ")["minutes_off"]) == (0, 60)
    assert step_of(data, "Party")["days_off"] == 4
    assert step_of(data, "Walk")["status"] is None
    assert data["beside"] == []


def test_a_gathering_with_another_name_was_run_beside_the_model(log):
    meeting(log, "start", "2026-02-01", "kick-off")
    meeting(log, "soup", "2026-02-20")
    log.given(template(TemplateStep(title="Start")), "2026-06-01")

    assert asked(model, log).data["beside"] == ["soup"]


def test_a_step_that_was_cancelled_is_told_so_and_not_compared(log):
    log.given(GatheringPlanned(gathering_id="walk", title="Walk", kind=GatheringKind.OTHER), "2026-02-01")
    log.given(GatheringCancelled(gathering_id="walk", reason=Personal("sne")), "2026-02-02")
    log.given(template(TemplateStep(title="Walk", day=3, minutes=60)), "2026-06-01")

    walk = step_of(asked(model, log).data, "Walk")

    assert (walk["status"], walk["days_off"], walk["minutes_off"]) == ("cancelled", None, None)


def test_an_exercise_says_how_much_longer_it_took_than_planned(log):
    meeting(log, "start", "2026-02-01", "kick-off")
    log.given(ExerciseRun(gathering_id="start", tool="Drømme", planned_minutes=20, actual_minutes=35), "2026-02-01")
    log.given(ExerciseRun(gathering_id="start", tool="Nyt"), "2026-02-01")
    log.given(template(TemplateStep(title="Start", tool="drømme")), "2026-06-01")

    data = asked(model, log).data

    assert [one["minutes_off"] for one in data["run"][0]["exercises"]] == [15, None]
    assert step_of(data, "Start")["tool_used"]


def test_roles_come_from_who_was_noted_and_else_from_the_headcount(log):
    meeting(log, "start", "2026-02-01", "kick-off")
    counted = (RoleCount(role=Role.CITIZEN, count=20), RoleCount(role=Role.POLITICIAN, count=5))
    log.given(HeadcountRecorded(gathering_id="start", total=25, basis="talt", by_role=counted), "2026-02-01")
    heads = {one["role"]: one["present"].value for one in asked(model, log).data["run"][0]["roles"]}
    log.participant("p1", Role.CITIZEN)
    present = AttendanceRecorded(
        gathering_id="start", participant_id="p1", status=Attendance.PRESENT, role=Role.CITIZEN
    )
    log.given(present, "2026-02-01")

    noted = {one["role"]: one["present"].value for one in asked(model, log).data["run"][0]["roles"]}
    outside = asked(model, log, as_=Visibility.PROCESS).data["run"][0]["roles"]

    assert heads == {"citizen": 20, "politician": 5}
    assert noted == {"citizen": 1}
    assert {one["role"]: one["present"].value for one in outside} == heads


def test_a_role_the_step_is_for_and_nobody_came_in_is_named(log):
    meeting(log, "start", "2026-02-01", "kick-off")
    counted = (RoleCount(role=Role.CITIZEN, count=20),)
    log.given(HeadcountRecorded(gathering_id="start", total=20, basis="talt", by_role=counted), "2026-02-01")
    log.given(template(TemplateStep(title="Start", roles=(Role.CITIZEN, Role.POLITICIAN))), "2026-06-01")

    assert step_of(asked(model, log).data, "Start")["missing_roles"] == ["politician"]


def test_the_newest_version_is_held_against_the_run(log):
    log.given(template(TemplateStep(title="Start")), "2026-06-01")
    log.given(template(TemplateStep(title="Start"), TemplateStep(title="Party"), version=2), "2026-06-02")

    data = asked(model, log).data

    assert (data["template"]["version"], len(data["steps"])) == (2, 2)


def test_a_model_taken_over_from_another_process_is_looked_up_there(log, new_log):
    elsewhere = new_log(process="ladby")
    elsewhere.process_registered()
    there = elsewhere.given(template(TemplateStep(title="Start", day=0)), "2026-01-20")
    meeting(log, "start", "2026-02-01", "kick-off")
    log.given(TemplateAdopted(process="ladby", template="m", version=1), "2026-01-25")
    log.given(TemplateAdapted(template="m", what=Personal("tre samlinger"), why=Personal("hallen var lukket")))

    hidden = asked(model, log)
    states = as_of(model, log.events, FOREVER, FOREVER - 1)
    shown = model.query(states, Request("fabelby", at=LATER, depth=DEPTH[Visibility.TEAM], entries=(there,)))

    assert model.naming(states).things == {("ladby", "template/m")}
    assert hidden.data["template"] is None
    assert "som ikke kan ses herfra" in hidden.notes[0][0]
    assert shown.data["template"]["process"] == "ladby"
    assert step_of(shown.data, "Start")["days_off"] == 0
    assert len(shown.data["adaptations"]) == 1
