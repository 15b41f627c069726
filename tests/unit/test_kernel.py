import datetime as dt
from uuid import UUID

import pytest

from domain.acting import ActionCompleted, ActionPlanned, ActionProgressed
from domain.admission import references
from domain.belonging import RoleAssumed, RoleEnded
from domain.contributing import ContributionEndorsed, ContributionKind, ContributionMade
from domain.gathering import Attendance, AttendanceRecorded
from domain.kernel import DECLARED, REGISTRY, THINGS, Envelope, state_of, stream_of, subject_of, thing_of
from domain.organising import GrantAwarded, HoursLogged
from domain.register import Histories, Known
from domain.timing import latest_moment
from domain.vocabulary import (
    Actor,
    ActorKind,
    NotRecorded,
    Personal,
    Purpose,
    Role,
    Sealed,
    TimePrecision,
    Visibility,
)

EVERY_TYPE = list(REGISTRY.values())
UTC = dt.UTC


def made(**fields):
    needed = {
        "contribution_id": "c1",
        "kind": ContributionKind.IDEA,
        "text": Personal("a bench"),
        "author": Actor(kind=ActorKind.ANONYMOUS),
    }
    return ContributionMade(**{**needed, **fields})


def progressed(action_id="bench"):
    return ActionProgressed(action_id=action_id, note=Personal("two of three"))


def completed():
    return ActionCompleted(action_id="bench", result=Personal("done"), learning=Personal("ask first"))


# ------------------------------------------------------------------ declarations
@pytest.mark.parametrize("found", EVERY_TYPE, ids=lambda found: found.name)
def test_every_type_says_in_both_languages_what_it_means_and_gives_an_example(found):
    assert found.da
    assert found.en
    assert found.meaning.endswith(".")
    assert found.example.endswith((".", "?"))


@pytest.mark.parametrize("found", EVERY_TYPE, ids=lambda found: found.name)
def test_every_type_is_about_a_declared_kind_of_thing(found):
    assert found.kind == "target" or found.kind in THINGS


@pytest.mark.parametrize("found", [found for found in EVERY_TYPE if found.owner], ids=lambda found: found.name)
def test_the_owner_of_a_text_is_a_field(found):
    assert found.owner in {field.name for field in found.fields}


def test_a_type_is_found_by_its_class_and_by_its_name():
    assert DECLARED[ContributionMade] is REGISTRY["contribution-made.v1"]


def test_a_types_stem_is_its_name_without_the_version():
    assert REGISTRY["contribution-made.v1"].stem == "contribution-made"


def test_a_types_capability_is_its_module():
    assert REGISTRY["contribution-made.v1"].capability == "contributing"


# ------------------------------------------------------------------ subject and stream
@pytest.mark.parametrize(
    ("event", "subject", "stream"),
    [
        (made(), "contribution/c1", "fabelby/contribution/c1"),
        (RoleEnded(participant_id="p1", role=Role.CITIZEN), "participant/p1", "process/fabelby"),
        (
            AttendanceRecorded(gathering_id="g1", participant_id="p1", status=Attendance.PRESENT),
            "attendance/g1/p1",
            "fabelby/attendance/g1/p1",
        ),
        (
            HoursLogged(hours=1, labour="paid"),
            f"hours-logged/{UUID(int=7)}",
            f"fabelby/hours-logged/{UUID(int=7)}",
        ),
        (GrantAwarded(), "grant/fabelby", "process/fabelby"),
    ],
    ids=["an id of its own", "the register", "two ids", "no id", "the process"],
)
def test_what_an_event_is_about_says_where_it_is_stored(event, subject, stream):
    found = subject_of(event, UUID(int=7), "fabelby")

    assert (found, stream_of("fabelby", found)) == (subject, stream)


def test_a_kind_nobody_declared_has_no_rules():
    assert thing_of("unheard-of").register is False


def test_a_thing_of_which_nothing_is_recorded_has_no_state():
    assert state_of("action", []) is None


# ------------------------------------------------------------------ the process
def test_nothing_is_recorded_in_a_process_that_does_not_exist(empty_log):
    empty_log.refuses("unknown-process", made())


def test_an_event_of_another_process_is_refused(log):
    log.refuses("unknown-process", made(), process="elsewhere")


# ------------------------------------------------------------------ the two clocks
def test_nothing_happens_in_the_future(log):
    log.refuses("time-in-future", made(), on="2027-01-01")


def test_something_may_happen_this_very_moment(new_log):
    log = new_log(now="2026-02-01")
    log.process_registered()

    assert log.when(made(), on="2026-02-01").position == 2


@pytest.mark.parametrize("precision", [TimePrecision.DAY, TimePrecision.MONTH, TimePrecision.YEAR])
def test_the_last_day_of_the_calendar_is_beyond_what_can_be_reckoned_with(log, precision):
    log.refuses(
        "value-out-of-bounds", made(), on=dt.datetime(9999, 12, 31, 23, 30, tzinfo=UTC), timeprecision=precision
    )


def test_a_span_has_an_end(log):
    log.refuses("span-without-end", made(), timeprecision=TimePrecision.SPAN)


def test_a_span_with_an_end_is_taken_in(log):
    end = dt.datetime(2026, 2, 10, tzinfo=UTC)

    assert log.when(made(), timeprecision=TimePrecision.SPAN, timeend=end).ended == end


def test_a_time_does_not_end_before_it_begins(log):
    log.refuses("time-ends-before-it-begins", made(), timeend=dt.datetime(2026, 1, 31, tzinfo=UTC))


def test_what_the_source_learned_when_is_stated_on_import_only(log):
    log.refuses("learned-outside-import", made(), learnedat=dt.datetime(2026, 2, 2, tzinfo=UTC))


def test_on_import_the_source_says_when_it_learned_it(new_log):
    log = new_log(importing=True)
    log.process_registered()
    learned = dt.datetime(2026, 2, 2, tzinfo=UTC)

    assert log.when(made(), learnedat=learned).learnedat == learned


def test_no_source_learned_it_in_the_future(new_log):
    log = new_log(importing=True)
    log.process_registered()

    refusal = log.refuses("time-in-future", made(), learnedat=dt.datetime(2027, 2, 2, tzinfo=UTC))

    assert refusal.field == "learnedat"


@pytest.mark.parametrize(
    ("precision", "ended"),
    [
        (TimePrecision.INSTANT, dt.datetime(2026, 2, 1, 12, tzinfo=UTC)),
        (TimePrecision.DAY, dt.datetime(2026, 2, 1, 22, 59, 59, 999999, tzinfo=UTC)),
        (TimePrecision.MONTH, dt.datetime(2026, 2, 28, 22, 59, 59, 999999, tzinfo=UTC)),
        (TimePrecision.YEAR, dt.datetime(2026, 12, 31, 22, 59, 59, 999999, tzinfo=UTC)),
        (TimePrecision.UNKNOWN, None),
    ],
    ids=lambda value: value.value if isinstance(value, TimePrecision) else "",
)
def test_an_imprecise_date_ends_with_its_last_moment_in_copenhagen(log, precision, ended):
    assert log.when(made(), timeprecision=precision).ended == ended


def test_a_day_on_which_the_clocks_change_ends_at_midnight_all_the_same():
    noon = dt.datetime(2026, 3, 29, 12, tzinfo=UTC)

    assert latest_moment(noon, TimePrecision.DAY) == dt.datetime(2026, 3, 29, 21, 59, 59, 999999, tzinfo=UTC)


# ------------------------------------------------------------------ fields
def test_a_field_that_is_needed_is_given(log):
    refusal = log.refuses("field-missing", ContributionMade(contribution_id="c1", kind=ContributionKind.IDEA))

    assert refusal.field == "text"


def test_an_id_that_is_needed_is_given(log):
    refusal = log.refuses("field-missing", ActionPlanned())

    assert refusal.field == "action_id"


def test_only_a_public_source_leaves_a_field_out(log, without):
    event, words = without(made(), "text")

    log.refuses("not-recorded-without-source", event, **{**words, "citation": None})


@pytest.mark.parametrize("name", ["contribution_id", "kind", "group_id", "nonsense"])
def test_ids_and_kinds_are_not_left_out(log, name):
    silent = (NotRecorded(field=name, reason="lost"),)

    log.refuses("not-recordable-as-unknown", made(), notrecorded=silent, citation="minutes")


def test_a_field_is_not_both_given_and_left_out(log):
    silent = (NotRecorded(field="text", reason="lost"),)

    log.refuses("not-recorded-but-given", made(), notrecorded=silent, citation="minutes")


def test_several_fields_may_be_left_out(log, without):
    event, words = without(made(), "text", "author")

    assert [item.field for item in log.when(event, **words).notrecorded] == ["text", "author"]


# ------------------------------------------------------------------ references and actors
@pytest.mark.parametrize(
    "author",
    [Actor(kind=kind, ref="nobody") for kind in (ActorKind.GROUP, ActorKind.ORGANISATION, ActorKind.BODY)]
    + [Actor(kind=ActorKind.PARTICIPANT, ref="p9")],
    ids=lambda actor: actor.kind.value,
)
def test_an_actor_is_somebody_known(log, author):
    log.refuses("unknown-thing", made(author=author))


@pytest.mark.parametrize("kind", [kind for kind in ActorKind if kind is not ActorKind.ANONYMOUS])
@pytest.mark.parametrize("ref", [None, ""])
def test_an_actor_of_a_kind_says_which(log, kind, ref):
    log.refuses("actor-without-ref", made(author=Actor(kind=kind, ref=ref)))


def test_an_anonymous_actor_is_nobody_in_particular(log):
    log.refuses("anonymous-with-ref", made(author=Actor(kind=ActorKind.ANONYMOUS, ref="p1")))


def test_an_actor_known_by_role_has_a_role_that_exists(log):
    refusal = log.refuses("unknown-role", made(author=Actor(kind=ActorKind.ROLE, ref="mayor")))

    assert "citizen" in refusal.sentence("da")


@pytest.mark.parametrize(
    "author",
    [Actor(kind=ActorKind.ROLE, ref="citizen"), Actor(kind=ActorKind.ANONYMOUS)],
    ids=lambda actor: actor.kind.value,
)
def test_an_author_may_be_known_by_role_or_not_at_all(log, author):
    assert log.when(made(author=author)).data.author == author


def test_an_event_names_its_references_but_not_itself(log):
    stored = log.participant("p1") and log.when(
        made(author=Actor(kind=ActorKind.PARTICIPANT, ref="p1")), onbehalfof="p1"
    )

    found = [(name, field.ref, ref) for name, field, ref in references(stored)]

    assert found == [("author", "participant", "p1"), ("onbehalfof", "participant", "p1")]


def test_an_entry_built_on_is_known(log, plan):
    refusal = log.refuses("unknown-thing", plan("bench", builds_on=("nothing",)))

    assert refusal.field == "builds_on"


def test_an_id_of_several_things_says_nothing(log, plan):
    log.contribution("bench")
    log.action("bench")

    log.refuses("ambiguous-id", plan("benches", builds_on=("bench",)))


def test_nothing_builds_on_what_came_later(log, plan):
    log.contribution("dream", on="2026-02-10")

    log.refuses("builds-on-later", plan("bench", builds_on=("dream",)), on="2026-02-09")


def test_something_known_by_its_month_may_build_on_what_came_within_it(log, plan):
    log.contribution("dream", on="2026-02-10")

    stored = log.when(plan("bench", builds_on=("dream",)), on="2026-02-01", timeprecision=TimePrecision.MONTH)

    assert stored.data.builds_on == ("dream",)


def test_something_of_unknown_time_may_build_on_anything(log, plan):
    log.contribution("dream", on="2026-02-10")

    stored = log.when(plan("bench", builds_on=("dream",)), on="2026-02-01", timeprecision=TimePrecision.UNKNOWN)

    assert stored.ended is None


def test_a_thing_whose_only_event_was_withdrawn_is_unknown(log):
    made_once = log.contribution("c1")
    log.participant("p1")
    log.given(log.withdrawal(made_once))

    log.refuses("unknown-thing", ContributionEndorsed(contribution_id="c1", participant_id="p1"))


# ------------------------------------------------------------------ roles
def test_somebody_acts_in_a_role_they_have(log):
    log.participant("p1", Role.CITIZEN)

    assert log.when(made(), onbehalfof="p1", actingrole=Role.CITIZEN).actingrole is Role.CITIZEN


@pytest.mark.parametrize("on", ["2026-01-10", "2026-02-21"], ids=["before", "after"])
def test_nobody_acts_in_a_role_outside_its_days(log, on):
    log.participant("p1")
    log.given(RoleAssumed(participant_id="p1", role=Role.POLITICIAN), on="2026-02-01")
    log.given(RoleEnded(participant_id="p1", role=Role.POLITICIAN), on="2026-02-20")

    log.refuses("role-not-active", made(), on=on, onbehalfof="p1", actingrole=Role.POLITICIAN)


def test_the_one_somebody_acts_for_is_known(log):
    refusal = log.refuses("unknown-thing", made(), onbehalfof="p9")

    assert refusal.field == "onbehalfof"


def test_somebody_may_act_for_another_without_a_role(log):
    log.participant("p1")

    assert log.when(made(), onbehalfof="p1").onbehalfof == "p1"


# ------------------------------------------------------------------ order and backdating
def test_an_event_put_in_before_others_takes_its_place_in_time(log):
    log.action("bench", on="2026-02-01")
    log.given(completed(), on="2026-03-01")

    log.given(progressed(), on="2026-02-15")

    assert [item.type for item in log.history("action/bench")] == [
        "action-planned.v1",
        "action-progressed.v1",
        "action-completed.v1",
    ]


def test_on_the_same_moment_what_was_recorded_first_stands_first(log):
    log.action("bench", on="2026-02-01")
    first = log.given(progressed(), on="2026-02-01")
    second = log.given(progressed(), on="2026-02-01")

    assert log.history("action/bench")[1:] == (first, second)


def test_a_backdated_event_that_later_ones_do_not_bear_is_refused(log):
    log.action("bench", on="2026-02-01")
    later = log.given(progressed(), on="2026-03-01")

    refusal = log.refuses("contradicts-later", completed(), on="2026-02-15")

    assert (refusal.clash, refusal.facts["position"]) == (True, later.position)


def test_a_beginning_may_be_put_in_before_one_that_is_withdrawn(log, plan):
    wrong = log.action("bench", on="2026-02-01")
    log.given(log.withdrawal(wrong), on="2026-02-02")

    assert log.when(plan("bench"), on="2026-01-20").subject == "action/bench"


# ------------------------------------------------------------------ the histories
def test_a_layer_sees_what_lies_below_and_changes_nothing_there(log):
    stored = log.contribution("c1")
    below = Histories()
    below.advance(stored)
    above = below.over()

    above.advance(log.contribution("c2"))

    assert (above.subjects("c1"), below.subjects("c2")) == ({"contribution/c1"}, set())


def test_a_layer_continues_a_thing_that_lies_below(log):
    below = Histories()
    below.advance(log.action("bench"))
    above = below.over()

    above.advance(log.given(progressed()))

    assert (len(above.history("action/bench")), len(below.history("action/bench"))) == (2, 1)


def test_a_layer_finds_an_event_below_it(log):
    stored = log.contribution("c1")
    below = Histories()
    below.advance(stored)

    assert below.over().event(str(stored.id)) is stored


def test_a_layer_shows_the_history_that_lies_below(log):
    stored = log.contribution("c1")
    below = Histories()
    below.advance(stored)

    assert list(below.over().history("contribution/c1")) == [stored]


def test_a_register_and_its_entries_are_kept_apart(log):
    known = Known(dt.datetime(2026, 12, 31, tzinfo=UTC), Histories(), Histories())
    for event in (log.contribution("c1"), log.participant("p1") and log.events[-1]):
        known.advance(event)

    assert (known.find("c1") != [], known.find("p1")) == (True, [])


# ------------------------------------------------------------------ whose text it is
@pytest.mark.parametrize(
    ("event", "envelope", "author"),
    [
        (made(author=Actor(kind=ActorKind.PARTICIPANT, ref="p1")), {}, "p1"),
        (made(author=Actor(kind=ActorKind.ANONYMOUS)), {"onbehalfof": "p1"}, "p1"),
        (made(author=Actor(kind=ActorKind.ROLE, ref="citizen")), {}, None),
        (HoursLogged(hours=1, labour="paid", participant_id="p1"), {}, "p1"),
        (completed(), {}, None),
    ],
    ids=["its author", "the one acted for", "a role is nobody", "a participant named", "nobody"],
)
def test_a_text_belongs_to_the_one_who_said_it(event, envelope, author):
    found = Envelope(
        id=UUID(int=1),
        process="fabelby",
        time=dt.datetime(2026, 2, 1, tzinfo=UTC),
        data=event,
        subject="x/y",
        recordedby="account-1",
        visibility=Visibility.PROCESS,
        purpose=Purpose.EVALUATION,
        **envelope,
    )

    assert found.author == author


def test_personal_text_never_shows_itself():
    assert (repr(Personal("secret")), repr(Personal(Sealed("0", "k")))) == ("Personal(***)", "Personal(sealed)")
