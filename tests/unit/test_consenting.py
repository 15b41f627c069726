"""Consent, access and erasure: what is refused, and what is allowed beside it."""

import pytest
from msgspec.structs import replace

from domain.belonging import ParticipantRegistered
from domain.consenting import (
    UNASKED,
    AccessAnswered,
    AccessRequested,
    ConsentGiven,
    ConsentPurpose,
    ConsentWithdrawn,
    Erased,
    ErasureDecided,
    ErasureExecuted,
    ErasureRequested,
    ErasureVerdict,
    GivenBy,
    ObjectionLodged,
    PrivacyNoticeGiven,
    RecipientNotified,
)
from domain.vocabulary import Personal, Visibility

ASSESS, PHOTO = ConsentPurpose.ASSESS, ConsentPurpose.PHOTO
ASKED = ErasureRequested(request_id="e1", participant_id="p1")
EXECUTED = ErasureExecuted(request_id="e1", what=(Erased.TEXTS,))


def yes(*purposes):
    return ConsentGiven(participant_id="p1", purposes=purposes, text_version="2026-1")


def no(*purposes):
    return ConsentWithdrawn(participant_id="p1", purposes=purposes)


def decided(verdict):
    return ErasureDecided(request_id="e1", verdict=verdict, ground=Personal("nothing stands against it"))


@pytest.fixture(autouse=True)
def person(log):
    log.participant("p1")


# ------------------------------------------------------------------ consent
@pytest.mark.parametrize("event", [yes(), no()], ids=["yes", "no"])
def test_a_yes_or_no_is_to_something(log, event):
    log.refuses("consent-without-purpose", event)


def test_only_somebody_registered_says_yes(log):
    log.refuses("unknown-thing", ConsentGiven(participant_id="p9", purposes=(ASSESS,), text_version="2026-1"))


def test_a_yes_never_given_is_not_taken_back(log):
    log.refuses("consent-not-given", no(PHOTO))


def test_a_yes_to_one_thing_is_not_taken_back_from_another(log):
    log.given(yes(ASSESS))

    log.refuses("consent-not-given", no(ASSESS, PHOTO))


def test_a_yes_is_taken_back_once_and_may_be_given_again(log):
    log.given(yes(ASSESS, PHOTO), on="2026-02-01")
    log.given(no(PHOTO), on="2026-02-02")

    log.refuses("consent-not-given", no(PHOTO), on="2026-02-03")

    log.given(yes(PHOTO), on="2026-02-04")
    assert log.state("consent/p1") == {ASSESS, PHOTO}


def test_a_yes_is_not_taken_back_before_it_was_given(log):
    log.given(yes(PHOTO), on="2026-02-05")

    log.refuses("consent-not-given", no(PHOTO), on="2026-02-01")


def test_a_yes_that_was_taken_back_is_not_withdrawn_as_if_never_given(log):
    given = log.given(yes(PHOTO))
    log.given(no(PHOTO), on="2026-02-02")

    log.refuses("contradicts-later", log.withdrawal(given), on="2026-02-03")


def test_what_was_agreed_to_may_be_unknown(log, without):
    event, words = without(yes(ASSESS), "purposes")

    assert log.when(event, **words).subject == "consent/p1"


def test_consent_is_not_for_everybody_to_see(log):
    assert log.when(yes(ASSESS)).visibility is Visibility.TEAM


def test_a_notice_and_an_objection_stand_for_themselves(log):
    told = log.when(PrivacyNoticeGiven(participant_id="p1", text_version="2026-1"))
    objected = log.when(ObjectionLodged(participant_id="p1", text=Personal("not in the research")))

    assert (told.kind, objected.kind) == ("privacy-notice-given", "objection-lodged")


# ------------------------------------------------------------------ access and erasure
def test_a_request_for_access_is_answered_once(log):
    log.given(AccessRequested(request_id="a1", participant_id="p1"))
    log.given(AccessAnswered(request_id="a1"), on="2026-02-02")

    log.refuses("request-already-answered", AccessAnswered(request_id="a1"), on="2026-02-03")


def test_only_what_was_asked_for_is_answered(log):
    log.refuses("unknown-thing", AccessAnswered(request_id="a1"))
    log.refuses("unknown-thing", decided(ErasureVerdict.GRANTED))


def test_erasure_is_decided_once(log):
    log.given(ASKED)
    log.given(decided(ErasureVerdict.REFUSED), on="2026-02-02")

    log.refuses("request-already-answered", decided(ErasureVerdict.GRANTED), on="2026-02-03")


def test_nothing_is_erased_before_it_is_decided(log):
    log.given(ASKED)

    log.refuses("erasure-not-granted", EXECUTED)


def test_nothing_is_erased_when_it_was_refused(log):
    log.given(ASKED)
    log.given(decided(ErasureVerdict.REFUSED))

    log.refuses("erasure-not-granted", EXECUTED, on="2026-02-02")


@pytest.mark.parametrize("verdict", [ErasureVerdict.GRANTED, ErasureVerdict.PARTIAL])
def test_what_was_granted_is_erased_once(log, verdict):
    log.given(ASKED)
    log.given(decided(verdict))
    log.given(EXECUTED, on="2026-02-02")

    log.refuses("erasure-executed", EXECUTED, on="2026-02-03")


def test_an_erasure_is_not_put_before_its_decision(log):
    log.given(ASKED, on="2026-02-01")
    log.given(decided(ErasureVerdict.GRANTED), on="2026-02-05")

    log.refuses("erasure-not-granted", EXECUTED, on="2026-02-03")


def test_how_it_was_decided_may_be_unknown(log, without):
    log.given(ASKED)
    event, words = without(decided(ErasureVerdict.GRANTED), "verdict")
    log.given(event, **words)

    assert log.when(EXECUTED, on="2026-02-02").subject == "erasure/e1"


def test_a_recipient_is_told_of_a_report_that_is_there(log):
    log.refuses("unknown-thing", RecipientNotified(report_id="r1", recipient=Personal("the fund"), why=Personal("x")))


# ------------------------------------------------------------------ children, and what one is part of unasked
def test_a_guardian_says_yes_for_a_child(log):
    log.given(ParticipantRegistered(participant_id="p2", guardian_required=True))
    said = ConsentGiven(participant_id="p2", purposes=(PHOTO,), text_version="2026-1")

    log.refuses("guardian-required", said)
    log.refuses("guardian-required", replace(said, given_by=GivenBy.PARTICIPANT))

    log.given(replace(said, given_by=GivenBy.GUARDIAN))
    assert log.state("consent/p2") == {PHOTO}


def test_a_child_takes_back_a_yes_alone(log):
    log.given(ParticipantRegistered(participant_id="p2", guardian_required=True))
    yes_of = ConsentGiven(participant_id="p2", purposes=(PHOTO,), text_version="2026-1", given_by=GivenBy.GUARDIAN)
    log.given(yes_of)

    log.given(ConsentWithdrawn(participant_id="p2", purposes=(PHOTO,)), on="2026-02-02")
    assert log.state("consent/p2") == set()


@pytest.mark.parametrize("purpose", UNASKED)
def test_a_no_is_said_to_what_one_is_part_of_unasked(log, purpose):
    assert log.when(no(purpose)).subject == "consent/p1"
