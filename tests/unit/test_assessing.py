"""Frameworks, instruments, rounds and answers: what is refused, and what is allowed beside it."""

import pytest
from msgspec.structs import replace

from domain.assessing import (
    AssessmentRoundClosed,
    AssessmentRoundOpened,
    AssessmentVoided,
    Competence,
    CompetenceFrameworkPublished,
    Frame,
    InstrumentPublished,
    Item,
    ItemAnswer,
    Layout,
    ObserverAssessmentSubmitted,
    RoundMoment,
    SelfAssessmentSubmitted,
    Skip,
)
from domain.vocabulary import Actor, ActorKind, Localised, Personal, Role, Scale, TimePrecision

WORDS = Localised(da="Jeg får andre med", en="I get others to join")
ITEMS = (Item(id="i1", competence_id="mobilise", wording=WORDS), Item(id="i2", competence_id="act", wording=WORDS))
FRAMEWORK = CompetenceFrameworkPublished(
    framework_id="f1",
    version=1,
    competences=(Competence(id="mobilise", title=WORDS), Competence(id="act", title=WORDS)),
)
INSTRUMENT = InstrumentPublished(
    instrument_id="q1",
    version=1,
    framework_id="f1",
    items=ITEMS,
    scale=Scale(min=1, max=5),
    layout=Layout.SEPARATE,
)
OPENED = AssessmentRoundOpened(
    round_id="before", instrument_id="q1", version=1, moment=RoundMoment.BEFORE, eligible=("p1", "p2")
)
AFTER = replace(OPENED, round_id="after", moment=RoundMoment.AFTER)
CLOSED = AssessmentRoundClosed(round_id="before")
VOIDED = AssessmentVoided(round_id="before", participant_id="p1", frame=Frame.NOW, reason=Personal("the wrong sheet"))
SOMEBODY = Actor(kind=ActorKind.ANONYMOUS)


def answered(value=3, item="i1", person="p1", **fields):
    needed = {
        "assessment_id": f"a-{person}",
        "round_id": "before",
        "participant_id": person,
        "role": Role.CITIZEN,
        "frame": Frame.NOW,
        "answers": (ItemAnswer(item=item, value=value),),
    }
    return SelfAssessmentSubmitted(**{**needed, **fields})


def observed(rater=SOMEBODY, **fields):
    needed = {
        "assessment_id": "o1",
        "round_id": "before",
        "participant_id": "p1",
        "role": Role.CITIZEN,
        "rater": rater,
        "answers": (ItemAnswer(item="i1", value=3),),
    }
    return ObserverAssessmentSubmitted(**{**needed, **fields})


@pytest.fixture
def instrument(log):
    log.given(FRAMEWORK, on="2026-01-02")
    return log.given(INSTRUMENT, on="2026-01-02")


@pytest.fixture
def round_(log, instrument):
    for person in ("p1", "p2", "p3"):
        log.participant(person, Role.CITIZEN)
    return log.given(OPENED, on="2026-02-01")


# ------------------------------------------------------------------ frameworks and instruments
def test_a_version_of_a_framework_is_published_once(log, instrument):
    log.refuses("version-already-published", FRAMEWORK)


def test_a_framework_is_published_again_under_a_new_version(log, instrument):
    assert log.when(replace(FRAMEWORK, version=2)).subject == "framework/f1"


def test_a_version_the_source_does_not_tell_clashes_with_none(log, instrument, without):
    event, words = without(FRAMEWORK, "version")
    log.given(event, **words)

    assert log.when(event, **words).subject == "framework/f1"


def test_a_competence_appears_once_in_a_framework(log):
    twice = (Competence(id="act", title=WORDS), Competence(id="act", title=WORDS))

    log.refuses("listed-twice", replace(FRAMEWORK, competences=twice))


def test_a_version_of_an_instrument_is_published_once(log, instrument):
    log.refuses("version-already-published", INSTRUMENT)


def test_an_instrument_asks_by_a_framework_that_is_published(log):
    log.refuses("unknown-thing", INSTRUMENT)


@pytest.mark.parametrize("top", [1, 0])
def test_a_scale_rises(log, instrument, top):
    log.refuses("scale-does-not-rise", replace(INSTRUMENT, version=2, scale=Scale(min=1, max=top)))


def test_an_item_asks_for_a_competence_of_the_framework(log, instrument):
    stranger = (Item(id="i1", competence_id="juggle", wording=WORDS),)

    log.refuses("competence-unknown", replace(INSTRUMENT, version=2, items=stranger))


def test_an_item_may_ask_for_a_competence_of_an_older_version(log, instrument):
    log.given(replace(FRAMEWORK, version=2, competences=(Competence(id="act", title=WORDS),)))

    assert log.when(replace(INSTRUMENT, version=2)).subject == "instrument/q1"


def test_an_item_has_an_id_of_its_own(log, instrument):
    log.refuses("listed-twice", replace(INSTRUMENT, version=2, items=(ITEMS[0], ITEMS[0])))


def test_an_instrument_is_equivalent_only_to_a_version_that_exists(log, instrument):
    log.refuses("unknown-version", replace(INSTRUMENT, version=3, equivalent_to=2))

    assert log.when(replace(INSTRUMENT, version=3, equivalent_to=1)).data.equivalent_to == 1


# ------------------------------------------------------------------ rounds
def test_a_round_asks_with_a_version_that_is_published(log, instrument):
    log.refuses("unknown-version", replace(OPENED, version=9, eligible=()))


def test_a_round_asks_with_an_instrument_that_is_published(log):
    log.refuses("unknown-thing", replace(OPENED, eligible=()))


def test_a_round_asks_people_who_are_registered(log, instrument):
    log.refuses("unknown-thing", OPENED)


def test_a_person_stands_once_on_the_list_of_a_round(log, round_):
    log.refuses("listed-twice", replace(AFTER, eligible=("p1", "p1")))


def test_a_round_is_opened_once(log, round_):
    log.refuses("already-exists", OPENED)


def test_a_round_closes_once(log, round_):
    log.given(CLOSED, on="2026-02-10")

    log.refuses("round-closed", CLOSED, on="2026-02-11")


def test_a_round_that_was_never_opened_is_not_closed(log):
    log.refuses("unknown-thing", CLOSED)


def test_nobody_answers_in_a_closed_round(log, round_):
    log.given(CLOSED, on="2026-02-10")

    log.refuses("round-closed", answered(), on="2026-02-11")


def test_an_answer_from_before_the_closing_may_be_written_down_after_it(log, round_):
    log.given(CLOSED, on="2026-02-10")

    assert log.when(answered(), on="2026-02-09").kind == "answers"


@pytest.mark.parametrize("hour", ["2026-02-10T09:00:00+01:00", "2026-02-10T22:00:00+01:00"])
def test_an_answer_fits_the_day_the_round_closed_when_the_hour_is_not_known(log, round_, hour):
    log.given(CLOSED, on="2026-02-10T00:00:00+01:00", timeprecision=TimePrecision.DAY)

    assert log.when(answered(), on=hour).kind == "answers"


def test_an_answer_fits_the_day_the_round_opened_when_the_hour_is_not_known(log, round_):
    written = log.when(answered(), on="2026-02-01T00:00:00+01:00", timeprecision=TimePrecision.DAY)

    assert written.time < round_.time < written.ended


def test_an_answer_of_unknown_date_fits_an_open_round(log, round_):
    assert log.when(answered(), on="2026-01-10", timeprecision=TimePrecision.UNKNOWN).kind == "answers"


def test_a_round_is_open_again_when_its_closing_is_withdrawn(log, round_):
    closed = log.given(CLOSED, on="2026-02-10")
    log.given(log.withdrawal(closed), on="2026-02-11")

    assert log.when(answered(), on="2026-02-12").kind == "answers"


def test_nobody_answers_before_the_round_opens(log, round_):
    log.refuses("round-not-open-yet", answered(), on="2026-01-20")


def test_only_who_is_on_the_list_is_asked(log, round_):
    log.refuses("not-asked-in-round", answered(person="p3"))


def test_who_is_asked_may_be_unknown(log, instrument, without):
    log.participant("p3", Role.CITIZEN)
    event, words = without(replace(OPENED, eligible=()), "moment")
    log.given(event, **words)

    assert log.when(answered(person="p3")).subject == "answers/before/p3/now"


# ------------------------------------------------------------------ answers
def test_a_person_answers_once_in_a_round_and_frame(log, round_):
    log.given(answered())

    log.refuses("already-answered", answered(value=4))


def test_others_answer_in_the_same_round(log, round_):
    log.given(answered())

    assert log.when(answered(person="p2")).subject == "answers/before/p2/now"


def test_now_and_then_are_two_answers(log, round_):
    log.given(AFTER, on="2026-02-01")
    log.given(answered(round_id="after"))

    assert log.when(answered(round_id="after", frame=Frame.THEN)).subject == "answers/after/p1/then"


def test_an_answer_is_mended_by_a_correction(log, round_):
    stored = log.given(answered())
    log.given(log.correction(stored, answers='[{"item": "i1", "value": 4}]'))

    assert log.history("answers/before/p1/now")[0].data.answers == (ItemAnswer(item="i1", value=4),)


def test_a_mended_answer_lies_on_the_scale_too(log, round_):
    stored = log.given(answered())

    log.refuses("correction-does-not-fit", log.correction(stored, answers='[{"item": "i1", "value": 9}]'))


@pytest.mark.parametrize("name", ["frame", "round_id", "participant_id"])
def test_whose_answer_it_is_and_when_is_not_corrected(log, round_, name):
    stored = log.given(answered())

    log.refuses("identity-field", log.correction(stored, **{name: "then"}))


def test_the_frame_of_an_answer_is_never_unknown(log, round_, without):
    event, words = without(answered(), "frame")

    log.refuses("not-recordable-as-unknown", event, **words)


def test_then_is_not_asked_before_the_start(log, round_):
    log.refuses("then-in-before-round", answered(frame=Frame.THEN))


@pytest.mark.parametrize("value", [0, 6, 99])
def test_a_value_lies_on_the_scale(log, round_, value):
    refusal = log.refuses("value-off-scale", answered(value))

    assert "1 til 5" in refusal.sentence("da")


@pytest.mark.parametrize("value", [1, 5])
def test_both_ends_belong_to_the_scale(log, round_, value):
    assert log.when(answered(value)).kind == "answers"


@pytest.mark.parametrize(
    "answer", [ItemAnswer(item="i1"), ItemAnswer(item="i1", value=3, skipped=Skip.NOT_RELEVANT)], ids=["none", "both"]
)
def test_an_item_has_a_value_or_a_reason_never_both(log, round_, answer):
    log.refuses("answer-or-skip", answered(answers=(answer,)))


@pytest.mark.parametrize("skip", Skip)
def test_a_skip_is_an_answer(log, round_, skip):
    assert log.when(answered(answers=(ItemAnswer(item="i1", skipped=skip),))).kind == "answers"


def test_an_assessment_answers_something(log, round_):
    log.refuses("assessment-without-answers", answered(answers=()))


def test_an_item_is_answered_once(log, round_):
    log.refuses("listed-twice", answered(answers=(ItemAnswer(item="i1", value=3), ItemAnswer(item="i1", value=4))))


def test_an_item_is_one_the_round_asks(log, round_):
    log.refuses("item-unknown", answered(item="i9"))


def test_an_answer_is_given_in_a_role_one_has(log, round_):
    log.refuses("role-not-active", answered(role=Role.POLITICIAN))


def test_what_was_answered_may_be_unknown(log, round_, without):
    event, words = without(answered(), "answers")

    assert log.when(event, **words).kind == "answers"


# ------------------------------------------------------------------ voiding
def test_only_an_answer_that_was_given_is_voided(log, round_):
    log.refuses("unknown-thing", VOIDED)


def test_an_answer_is_voided_once(log, round_):
    log.given(answered())
    log.given(VOIDED, on="2026-02-02")

    log.refuses("nothing-to-void", VOIDED, on="2026-02-03")


def test_who_was_voided_may_answer_again(log, round_):
    log.given(answered())
    log.given(VOIDED, on="2026-02-02")

    assert log.when(answered(4), on="2026-02-03").subject == "answers/before/p1/now"


def test_a_voiding_in_between_does_not_make_room_for_two(log, round_):
    log.given(answered(), on="2026-02-02")
    voided = log.given(VOIDED, on="2026-02-03")
    log.given(answered(4), on="2026-02-04")

    log.refuses("contradicts-later", log.withdrawal(voided), on="2026-02-05")


# ------------------------------------------------------------------ observers
def test_an_observer_does_not_rate_themselves(log, round_):
    log.refuses("rater-rates-self", observed(Actor(kind=ActorKind.PARTICIPANT, ref="p1")))


def test_a_group_of_the_same_id_is_somebody_else(log, round_):
    log.group("p1")

    assert log.when(observed(Actor(kind=ActorKind.GROUP, ref="p1"))).subject == "observer-assessment/o1"


def test_several_observers_rate_the_same_person(log, round_):
    log.given(observed())

    assert log.when(observed(assessment_id="o2")).subject == "observer-assessment/o2"


def test_who_observed_may_be_unknown(log, round_, without):
    event, words = without(observed(), "rater")

    assert log.when(event, **words).kind == "observer-assessment"


@pytest.mark.parametrize(
    ("rule", "event", "on"),
    [
        ("value-off-scale", observed(answers=(ItemAnswer(item="i1", value=6),)), "2026-02-02"),
        ("item-unknown", observed(answers=(ItemAnswer(item="i9", value=3),)), "2026-02-02"),
        ("not-asked-in-round", observed(participant_id="p3"), "2026-02-02"),
        ("round-not-open-yet", observed(), "2026-01-20"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_an_observer_meets_the_rules_of_the_round(log, round_, rule, event, on):
    log.refuses(rule, event, on=on)
