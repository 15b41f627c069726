import datetime as dt
from decimal import Decimal
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.acting import ActionCompleted, ActionProgressed, ActionStarted
from domain.belonging import GroupJoined, GroupLeft
from domain.contributing import ContributionMade
from domain.correcting import (
    Change,
    DisputeOutcome,
    DisputeResolved,
    EventCorrected,
    EventDisputed,
    EventWithdrawn,
    TextRedacted,
    apply,
    effective,
    open_disputes,
)
from domain.deciding import DecisionSuperseded, DissentRecorded
from domain.gathering import Attendance, AttendanceRecorded, ExerciseRun, GatheringHeld
from domain.kernel import DECLARED
from domain.organising import CoFinancingReceived
from domain.reflecting import ReflectionFormat, ReflectionRecorded, Step
from domain.reporting import Audience, ReportApproved, ReportCommented, ReportDrafted, ReportIssued
from domain.vocabulary import Actor, ActorKind, Language, Personal, Role, TimePrecision

SOMEBODY = Actor(kind=ActorKind.ANONYMOUS)


@pytest.fixture
def contribution(log):
    return log.contribution("c1")


@pytest.fixture
def reflection(log):
    steps = (Step(name="what", text=Personal("we baked")), Step(name="now-what", text=Personal("bake more")))
    return log.given(ReflectionRecorded(reflection_id="r1", format=ReflectionFormat.FREE, steps=steps, by=SOMEBODY))


@pytest.fixture
def exercise(log):
    log.gathering("kick-off")
    return log.given(ExerciseRun(gathering_id="kick-off", tool="interview", planned_minutes=20))


def read(log, subject, place=0):
    return log.history(subject)[place]


# ------------------------------------------------------------------ what a correction does
def test_a_correction_lies_in_the_stream_of_its_target(log, contribution):
    stored = log.when(log.correction(contribution, text=Personal("a path")))

    assert (stored.subject, stored.stream) == (contribution.subject, contribution.stream)


def test_a_corrected_text_is_read_instead_of_the_first(log, contribution):
    log.given(log.correction(contribution, text=Personal("a path")))

    assert read(log, "contribution/c1").data.text == Personal("a path")


def test_the_first_version_is_still_stored(log, contribution):
    log.given(log.correction(contribution, text=Personal("a path")))

    assert log.stored("contribution/c1")[0] is contribution


def test_of_two_corrections_the_newer_holds(log, contribution):
    log.given(log.correction(contribution, text=Personal("a path")), on="2026-03-01")
    log.given(log.correction(contribution, text=Personal("a road")), on="2026-02-01")

    assert read(log, "contribution/c1").data.text == Personal("a road")


def test_two_corrections_of_different_fields_both_hold(log, exercise):
    log.given(log.correction(exercise, tool="dialogue"))
    log.given(log.correction(exercise, actual_minutes="30"))

    found = read(log, exercise.subject).data

    assert (found.tool, found.planned_minutes, found.actual_minutes) == ("dialogue", 20, 30)


def test_a_field_may_be_emptied(log, exercise):
    log.given(log.correction(exercise, planned_minutes="null"))

    assert read(log, exercise.subject).data.planned_minutes is None


@pytest.mark.parametrize("path", ["steps__0__text", "steps__1__text"])
def test_one_text_inside_a_list_is_corrected_by_its_place(log, reflection, path):
    log.given(log.correction(reflection, **{path: Personal("mended")}))

    texts = [step.text.value for step in read(log, "reflection/r1").data.steps]

    assert texts.index("mended") == int(path.split("__")[1])


def test_an_actor_is_corrected_as_json(log, contribution):
    log.participant("p1")

    log.given(log.correction(contribution, author='{"kind": "participant", "ref": "p1"}'))

    assert read(log, "contribution/c1").data.author == Actor(kind=ActorKind.PARTICIPANT, ref="p1")


def test_a_field_the_source_left_out_may_be_filled_in_later(log, contribution, without):
    left, words = without(contribution.data, "text")
    other = log.given(ContributionMade(contribution_id="c2", kind=left.kind, author=left.author), **words)

    log.given(log.correction(other, text=Personal("found in a drawer")))

    found = read(log, "contribution/c2")
    assert (found.data.text, found.notrecorded) == (Personal("found in a drawer"), ())


def test_a_correction_moves_an_entry_in_time(log, contribution):
    log.given(log.correction(contribution, time="2026-01-10T10:00:00+01:00"))

    assert read(log, "contribution/c1").time == dt.datetime(2026, 1, 10, 9, tzinfo=dt.UTC)


def test_a_corrected_day_ends_on_that_day(log):
    held = log.gathering("kick-off") and log.given(
        GatheringHeld(gathering_id="kick-off"), on="2026-01-15T00:00:00+01:00", timeprecision=TimePrecision.DAY
    )

    log.given(log.correction(held, time="2026-01-14T00:00:00+01:00"))

    assert read(log, "gathering/kick-off", 1).ended == dt.datetime(2026, 1, 14, 22, 59, 59, 999999, tzinfo=dt.UTC)


def test_a_corrected_precision_says_when_it_ended(log, contribution):
    log.given(log.correction(contribution, timeprecision="month"))

    assert read(log, "contribution/c1").ended == dt.datetime(2026, 1, 31, 22, 59, 59, 999999, tzinfo=dt.UTC)


def test_a_span_is_stated_by_its_end(log, contribution):
    log.given(log.correction(contribution, timeprecision="span", timeend="2026-01-20T12:00:00Z"), on="2026-02-01")

    assert read(log, "contribution/c1").ended == dt.datetime(2026, 1, 20, 12, tzinfo=dt.UTC)


# ------------------------------------------------------------------ what a correction may not do
def test_a_correction_has_a_reason(log, contribution):
    log.refuses("field-missing", EventCorrected(target=str(contribution.id), fields=(Change(field="text"),)))


def test_a_withdrawal_has_a_reason(log, contribution):
    log.refuses("field-missing", EventWithdrawn(target=str(contribution.id)))


def test_a_correction_corrects_something(log, contribution):
    log.refuses("nothing-to-correct", log.correction(contribution))


@pytest.mark.parametrize("word", ["correction", "withdrawal"])
def test_only_an_entry_that_is_there_is_corrected(log, contribution, word):
    event_ = getattr(log, word)(contribution)
    stranger = type(event_)(**{**_fields(event_), "target": str(UUID(int=99))})

    log.refuses("unknown-event", stranger)


def _fields(event_):
    return {field.attr: getattr(event_, field.attr) for field in DECLARED[type(event_)].fields}


@pytest.mark.parametrize("name", ["contribution_id", "kind"])
def test_what_an_entry_is_about_is_not_corrected(log, contribution, name):
    log.refuses("identity-field", log.correction(contribution, **{name: "c2"}))


@pytest.mark.parametrize("name", ["nonsense", "visibility", "position"])
def test_a_field_that_is_not_there_is_not_corrected(log, contribution, name):
    log.refuses("unknown-field", log.correction(contribution, **{name: "x"}))


@pytest.mark.parametrize("path", ["steps__2__text", "steps__99__text"])
def test_a_place_that_is_not_in_the_list_is_not_corrected(log, reflection, path):
    log.refuses("unknown-field", log.correction(reflection, **{path: Personal("x")}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time", "yesterday"),
        ("time", ""),
        ("time", None),
        ("time", "2026-01-10T10:00:00"),
        ("time", "0001-01-01T00:00:00+14:00"),
        ("timeend", "9999-12-31T23:59:59-14:00"),
        ("timeprecision", "fortnight"),
        ("planned_minutes", "many"),
        ("planned_minutes", ""),
        ("planned_minutes", "1.5"),
        ("tool", None),
    ],
)
def test_a_value_fits_its_field(log, exercise, name, value):
    log.refuses("value-does-not-fit", log.correction(exercise, **{name: value}))


@pytest.mark.parametrize("value", ["what it says", "", None])
def test_personal_text_is_not_given_where_everybody_can_read_it(log, contribution, value):
    log.refuses("personal-text-in-public", log.correction(contribution, text=value))


@pytest.mark.parametrize(
    "path", ["format", "steps", "steps__0", "steps__0__name", "steps__-1__text", "steps__x__text", "by"]
)
def test_a_text_is_given_only_where_a_text_is_kept(log, reflection, path):
    log.refuses("not-a-personal-text", log.correction(reflection, **{path: Personal("x")}))


def test_the_sentence_of_the_rule_behind_is_told_in_the_readers_language(log, exercise):
    refusal = log.refuses("correction-does-not-fit", log.correction(exercise, gathering_id="party"))

    assert "findes ikke" in refusal.sentence("da")
    assert "There is no" in refusal.sentence("en")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("author", '{"kind": "participant", "ref": "p9"}'),
        ("author", '{"kind": "role", "ref": "mayor"}'),
        ("author", '{"kind": "group"}'),
        ("group_id", "hall"),
        ("time", "2027-01-01T00:00:00Z"),
        ("time", "9999-12-31T23:30:00Z"),
        ("timeprecision", "span"),
    ],
)
def test_a_corrected_entry_is_admitted_only_if_it_would_have_been(log, contribution, name, value):
    log.refuses("correction-does-not-fit", log.correction(contribution, **{name: value}))


def test_a_correction_does_not_make_a_role_somebody_never_had(log):
    log.participant("p1", Role.CITIZEN)
    log.gathering("kick-off")
    attendance = AttendanceRecorded(gathering_id="kick-off", participant_id="p1", status=Attendance.PRESENT)
    stored = log.given(attendance)

    log.refuses("correction-does-not-fit", log.correction(stored, role="politician"))


def test_a_correction_is_not_of_the_future(log, contribution):
    log.refuses("time-in-future", log.correction(contribution, text=Personal("a path")), on="2027-01-01")


def test_a_correction_is_made_for_somebody_known(log, contribution):
    log.refuses("unknown-thing", log.correction(contribution, text=Personal("a path")), onbehalfof="p9")


def test_a_correction_is_made_in_a_role_one_has(log, contribution):
    log.participant("p1", Role.CITIZEN)

    log.refuses(
        "role-not-active",
        log.correction(contribution, text=Personal("a path")),
        onbehalfof="p1",
        actingrole=Role.EVALUATOR,
    )


# ------------------------------------------------------------------ what rests on the entry
def test_an_entry_is_not_moved_behind_what_rests_on_it(log):
    planned = log.action("bench", on="2026-02-01")
    log.given(ActionStarted(action_id="bench"), on="2026-02-10")

    log.refuses("correction-does-not-fit", log.correction(planned, time="2026-02-20T00:00:00Z"), on="2026-03-01")


def test_joining_a_group_is_not_moved_behind_leaving_it(log):
    log.participant("p1")
    log.group("traffic")
    joined = log.given(GroupJoined(group_id="traffic", participant_id="p1"), on="2026-02-01")
    log.given(GroupLeft(group_id="traffic", participant_id="p1"), on="2026-02-10")

    log.refuses("contradicts-later", log.correction(joined, time="2026-02-20T00:00:00Z"), on="2026-03-01")


def test_an_ending_is_not_moved_before_what_came_after_all(log):
    log.action("bench", on="2026-02-01")
    log.given(ActionProgressed(action_id="bench", note=Personal("two")), on="2026-02-10")
    done = log.given(
        ActionCompleted(action_id="bench", result=Personal("three"), learning=Personal("ask")), on="2026-03-01"
    )

    log.refuses("contradicts-later", log.correction(done, time="2026-02-05T00:00:00Z"), on="2026-03-02")


def test_an_entry_on_which_others_rest_is_not_withdrawn(log):
    planned = log.action("bench", on="2026-02-01")
    started = log.given(ActionStarted(action_id="bench"), on="2026-02-10")

    refusal = log.refuses("contradicts-later", log.withdrawal(planned), on="2026-03-01")

    assert refusal.facts["position"] == started.position


def test_what_no_longer_fits_because_another_thing_changed_holds_nothing_up(log):
    log.decision("d1")
    other = log.decision("d2")
    log.given(DecisionSuperseded(decision_id="d1", by_id="d2", reason=Personal("the hall is better")), on="2026-03-01")
    log.given(log.withdrawal(other), on="2026-03-02")

    dissent = DissentRecorded(decision_id="d1", by=SOMEBODY, text=Personal("too high"))

    assert log.when(dissent, on="2026-02-01").subject == "decision/d1"


def test_a_correction_does_not_take_away_what_a_later_entry_needs(log):
    for person in ("p1", "p2"):
        log.participant(person)
    log.group("traffic")
    joined = log.given(GroupJoined(group_id="traffic", participant_id="p1"), on="2026-02-01")
    log.given(GroupLeft(group_id="traffic", participant_id="p1"), on="2026-02-10")

    log.refuses("contradicts-later", log.correction(joined, participant_id="p2"), on="2026-03-01")


def test_the_registration_of_a_process_is_corrected_but_never_withdrawn(log):
    log.refuses("registration-stands", log.withdrawal(log.events[0]))

    mended = log.given(log.correction(log.events[0], title="Fabelby finder vej"))
    log.given(log.withdrawal(mended))

    assert log.history("process/fabelby") == (log.events[0],)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timeend", "9999-12-31T23:59:59+00:00"),
        ("time", "0001-01-02T00:00:00+00:00"),
        ("aliases", '["\\ud800"]'),
        ("period_end", "9999-12-31"),
    ],
)
def test_a_correction_meets_the_same_bounds_as_any_entry(log, name, value):
    log.refuses("correction-does-not-fit", log.correction(log.events[0], **{name: value}), on="2026-06-01")


@pytest.mark.parametrize("amount", ["Infinity", "NaN", "1e99999999", "0.1234567"])
def test_money_is_counted_as_people_count_it(log, amount):
    event = CoFinancingReceived(source_id="s", amount_dkk=Decimal(amount))
    log.refuses("value-out-of-bounds", event)


# ------------------------------------------------------------------ withdrawals
def test_a_withdrawn_entry_is_no_longer_read(log, contribution):
    log.given(log.withdrawal(contribution))

    assert (log.history("contribution/c1"), len(log.stored("contribution/c1"))) == ((), 2)


def test_an_id_is_free_again_when_its_entry_was_withdrawn(log, contribution):
    log.given(log.withdrawal(contribution))

    again = log.contribution("c1")

    assert log.history("contribution/c1") == (again,)


@pytest.mark.parametrize("word", ["withdrawal", "correction"])
def test_a_withdrawn_entry_is_neither_withdrawn_nor_corrected(log, contribution, word):
    log.given(log.withdrawal(contribution))

    log.refuses("already-withdrawn", getattr(log, word)(contribution))


def test_a_withdrawn_withdrawal_brings_the_entry_back(log, contribution):
    gone = log.given(log.withdrawal(contribution))

    log.given(log.withdrawal(gone))

    assert log.history("contribution/c1") == (contribution,)


def test_a_withdrawn_withdrawal_is_not_withdrawn_again(log, contribution):
    gone = log.given(log.withdrawal(contribution))
    log.given(log.withdrawal(gone))

    log.refuses("already-withdrawn", log.withdrawal(gone))


def test_a_withdrawn_correction_no_longer_holds(log, contribution):
    mended = log.given(log.correction(contribution, text=Personal("a path")))

    log.given(log.withdrawal(mended))

    assert log.history("contribution/c1") == (contribution,)


def test_a_correction_that_stands_again_is_one_of_two_that_may_be_withdrawn(log, contribution):
    first = log.given(log.withdrawal(contribution))
    back = log.given(log.withdrawal(first))
    second = log.given(log.withdrawal(contribution))
    log.given(log.withdrawal(back))
    log.given(log.withdrawal(second))

    assert log.history("contribution/c1") == ()
    log.refuses("already-withdrawn", log.correction(contribution, text=Personal("a path")))


def test_what_stands_withdrawn_by_either_of_two_is_withdrawn(log, contribution):
    mended = log.given(log.correction(contribution, text=Personal("a path")))
    first = log.given(log.withdrawal(mended))
    back = log.given(log.withdrawal(first))
    second = log.given(log.withdrawal(mended))
    log.given(log.withdrawal(back))
    log.given(log.withdrawal(second))

    log.refuses("already-withdrawn", log.withdrawal(mended))


def test_a_correction_is_itself_corrected(log, contribution):
    mended = log.given(log.correction(contribution, text=Personal("a path")))

    log.given(log.correction(mended, fields__0__text=Personal("a road")))

    assert read(log, "contribution/c1").data.text == Personal("a road")


def test_the_reason_of_a_withdrawal_is_corrected(log, contribution):
    gone = log.given(log.withdrawal(contribution))

    log.given(reasoned(gone))

    assert log.history("contribution/c1") == ()


def reasoned(target):
    change = Change(field="reason", text=Personal("twice"))
    return EventCorrected(target=str(target.id), fields=(change,), reason=Personal("typo"))


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("identity-field", Change(field="target", value=str(UUID(int=1)))),
        ("unknown-field", Change(field="nonsense", value="x")),
        ("time-in-future", Change(field="time", value="2027-01-01T00:00:00Z")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_correction_of_a_correction_fits_it(log, contribution, rule, change):
    mended = log.given(log.correction(contribution, text=Personal("a path")))

    log.refuses(rule, EventCorrected(target=str(mended.id), fields=(change,), reason=Personal("typo")))


def test_a_correction_rests_on_the_corrections_before_it(log):
    log.action("bench", on="2026-02-01")
    done = log.given(
        ActionCompleted(action_id="bench", result=Personal("three"), learning=Personal("ask")), on="2026-03-01"
    )
    log.given(log.correction(done, time="2026-04-01T00:00:00Z"), on="2026-04-02")
    log.given(ActionProgressed(action_id="bench", note=Personal("two")), on="2026-03-15")

    log.given(log.correction(done, result=Personal("four")), on="2026-04-03")

    assert read(log, "action/bench", -1).data.result == Personal("four")


# ------------------------------------------------------------------ folds are total
def test_reading_passes_over_a_change_that_does_not_fit(log, contribution):
    assert apply(contribution, Change(field="nonsense", value="x"), check=False) is contribution


def test_a_history_without_corrections_is_read_as_it_is(log, contribution):
    assert effective([contribution]) == [contribution]


# ------------------------------------------------------------------ issued reports
@pytest.fixture
def report(log):
    """A report that was drafted, commented, approved and issued; returned by what happened."""
    said = Personal("to the fund")
    drafted = ReportDrafted(
        report_id="r1", template="t", version=1, language=Language.DA, known_by=9, audience=Audience.FUNDER
    )
    return {
        "drafted": log.given(drafted),
        "commented": log.given(ReportCommented(report_id="r1", text=said, by=SOMEBODY)),
        "approved": log.given(ReportApproved(report_id="r1", version=1, by=SOMEBODY)),
        "issued": log.given(ReportIssued(report_id="r1", recipient=said, files=(), known_by=9), on="2026-02-02"),
    }


@pytest.mark.parametrize("what", ["drafted", "approved", "issued"])
def test_an_issued_report_and_what_lies_behind_it_is_not_corrected(log, report, what):
    log.refuses("issued-report", log.correction(report[what], known_by="8"), on="2026-02-03")


@pytest.mark.parametrize("what", ["drafted", "approved", "issued"])
def test_an_issued_report_and_what_lies_behind_it_is_not_withdrawn(log, report, what):
    log.refuses("issued-report", log.withdrawal(report[what]), on="2026-02-03")


def test_a_correction_of_a_draft_is_not_withdrawn_once_the_report_is_issued(log):
    drafted = ReportDrafted(
        report_id="r1", template="t", version=1, language=Language.DA, known_by=9, audience=Audience.FUNDER
    )
    mended = log.given(log.correction(log.given(drafted), known_by="8"))
    log.given(ReportIssued(report_id="r1", recipient=Personal("the fund"), files=(), known_by=8), on="2026-02-02")

    log.refuses("issued-report", log.withdrawal(mended), on="2026-02-03")


def test_a_comment_on_an_issued_report_may_be_mended(log, report):
    log.given(log.correction(report["commented"], text=Personal("to the fund, too")), on="2026-02-03")

    assert log.history("report/r1")[1].data.text == Personal("to the fund, too")


def test_an_issued_report_may_be_disputed_and_its_texts_redacted(log, report):
    log.given(disputed(report["issued"]), on="2026-02-03")

    assert log.when(redacted(report["issued"], "recipient"), on="2026-02-03").subject == "report/r1"


# ------------------------------------------------------------------ disputes
def disputed(target):
    return EventDisputed(target=str(target.id), by=SOMEBODY, reason=Personal("we never said so"))


def resolved(dispute, outcome=DisputeOutcome.DISMISSED):
    return DisputeResolved(target=str(dispute.id), outcome=outcome, reason=Personal("the minutes say so"))


def test_a_dispute_changes_nothing(log, contribution):
    log.given(disputed(contribution))

    assert log.history("contribution/c1") == (contribution,)


def test_a_dispute_is_open_until_it_is_settled(log, contribution):
    dispute = log.given(disputed(contribution))
    open_before = open_disputes(log.stored("contribution/c1"))
    log.given(resolved(dispute))

    assert (open_before, open_disputes(log.stored("contribution/c1"))) == ([dispute], [])


def test_a_withdrawn_dispute_is_not_open(log, contribution):
    log.given(log.withdrawal(log.given(disputed(contribution))))

    assert open_disputes(log.stored("contribution/c1")) == []


def test_a_dispute_whose_settling_is_withdrawn_is_open_again_and_may_be_settled_otherwise(log, contribution):
    dispute = log.given(disputed(contribution))
    settled = log.given(resolved(dispute))
    log.given(log.withdrawal(settled))

    assert open_disputes(log.stored("contribution/c1")) == [dispute]
    log.given(resolved(dispute, DisputeOutcome.UPHELD))


@pytest.mark.parametrize("event_", [disputed, resolved])
def test_only_what_is_there_is_disputed_or_settled(log, contribution, event_):
    log.refuses("unknown-event", event_(replace(contribution, id=UUID(int=99))))


def test_a_withdrawn_entry_is_not_disputed(log, contribution):
    log.given(log.withdrawal(contribution))

    log.refuses("already-withdrawn", disputed(contribution))


def test_a_withdrawn_dispute_is_not_settled(log, contribution):
    dispute = log.given(disputed(contribution))
    log.given(log.withdrawal(dispute))

    log.refuses("already-withdrawn", resolved(dispute))


def test_only_a_dispute_is_settled(log, contribution):
    log.refuses("not-a-dispute", resolved(contribution))


def test_a_dispute_is_settled_once(log, contribution):
    dispute = log.given(disputed(contribution))
    log.given(resolved(dispute))

    log.refuses("dispute-already-resolved", resolved(dispute, DisputeOutcome.UPHELD))


def test_a_dispute_is_of_somebody_known(log, contribution):
    somebody = Actor(kind=ActorKind.PARTICIPANT, ref="p9")

    log.refuses("unknown-thing", replace(disputed(contribution), by=somebody))


def test_how_a_dispute_was_settled_is_corrected(log, contribution):
    settled = log.given(resolved(log.given(disputed(contribution))))

    assert log.when(log.correction(settled, outcome="upheld")).subject == "contribution/c1"
    log.refuses("value-does-not-fit", log.correction(settled, outcome="shrugged at"))


def test_a_corrected_dispute_is_of_somebody_known(log, contribution):
    dispute = log.given(disputed(contribution))

    log.refuses("unknown-thing", log.correction(dispute, by='{"kind": "participant", "ref": "p9"}'))


# ------------------------------------------------------------------ redactions
def redacted(target, field="text", text="a bench"):
    return TextRedacted(target=str(target.id), field=field, text=Personal(text), reason=Personal("a name"))


def test_a_redacted_text_is_read_instead_of_the_first(log, contribution):
    log.given(redacted(contribution))

    assert read(log, "contribution/c1").data.text == Personal("a bench")


def test_a_redaction_names_every_place_where_the_text_ever_stood(log, contribution):
    mended = log.given(log.correction(contribution, text=Personal("a path")))
    twice = log.given(log.correction(mended, fields__0__text=Personal("a road")))
    log.given(log.withdrawal(twice))
    first = log.given(redacted(contribution))

    second = log.when(redacted(contribution, text="somewhere"))

    assert first.replaces == (
        (contribution.version, "text"),
        (mended.version, "fields.0.text"),
        (twice.version, "fields.0.text"),
    )
    assert second.replaces == (*first.replaces, (first.version, "text"))
    assert read(log, "contribution/c1").data.text == Personal("somewhere")


def test_a_redaction_leaves_other_texts_alone(log, reflection):
    stored = log.when(redacted(reflection, "steps.1.text"))

    texts = [step.text.value for step in read(log, "reflection/r1").data.steps]
    assert (stored.replaces, texts) == (((reflection.version, "steps.1.text"),), ["we baked", "a bench"])


def test_a_correction_of_a_redacted_text_holds_as_any_newer_one(log, contribution):
    log.given(redacted(contribution))
    log.given(log.correction(contribution, text=Personal("two benches")))

    assert read(log, "contribution/c1").data.text == Personal("two benches")


def test_the_reason_of_a_correction_is_redacted(log, contribution):
    mended = log.given(log.correction(contribution, text=Personal("a path")))

    assert log.when(redacted(mended, "reason")).replaces == ((mended.version, "reason"),)


def test_a_text_of_a_withdrawn_entry_is_redacted_too(log, contribution):
    log.given(log.withdrawal(contribution))

    assert log.when(redacted(contribution)).replaces == ((contribution.version, "text"),)


@pytest.mark.parametrize("field", ["kind", "author", "nonsense", "text.0"])
def test_only_a_personal_text_is_redacted(log, contribution, field):
    log.refuses("not-a-personal-text", redacted(contribution, field))


def test_only_a_text_that_was_written_is_redacted(log, exercise, reflection):
    log.refuses("nothing-to-redact", redacted(exercise, "note"))
    log.refuses("nothing-to-redact", redacted(reflection, "steps.2.text"))


def test_only_an_entry_that_is_there_is_redacted(log, contribution):
    log.refuses("unknown-event", redacted(replace(contribution, id=UUID(int=99))))


@pytest.mark.parametrize("word", ["withdrawal", "correction"])
def test_a_redaction_is_neither_withdrawn_nor_corrected(log, contribution, word):
    done = log.given(redacted(contribution))

    log.refuses("redaction-stands", getattr(log, word)(done))
