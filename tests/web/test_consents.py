"""What a participant is asked, says, and takes back: in which words, and how a change is told."""

import uuid

import pytest

from domain.consenting import ConsentPurpose
from service.consenting import changes, purposes_of
from service.consents import newest, texts, versions

QUOTE, PHOTO, ASSESS = ConsentPurpose.QUOTE_NAMED, ConsentPurpose.PHOTO, ConsentPurpose.ASSESS


@pytest.fixture
def person(scribe):
    """Return a scribe on a process with one invented participant."""
    scribe.record("participant-registered", {"participant_id": "p17", "name": "Mia Fiktiv"})
    return scribe


def asked(scribe, lang="da"):
    return purposes_of(scribe.app, "fabelby", "p17", lang)


def said(scribe):
    return {one.purpose: one.given for one in asked(scribe) if one.given is not None}


def change(scribe, wanted):
    for wire in changes(asked(scribe), wanted):
        scribe.record(wire["type"], wire["data"])


# ------------------------------------------------------------------ the words
@pytest.mark.parametrize("version", versions())
def test_every_version_asks_for_all_eight_in_both_languages(version):
    found = texts(version)
    assert set(found) == set(ConsentPurpose)
    assert all(one.da.endswith(("?", ".")) and one.en.endswith(("?", ".")) for one in found.values())


def test_a_participant_is_asked_in_their_language_and_has_said_nothing_yet(person):
    danish, english = asked(person)[0], asked(person, "en")[0]
    assert danish.wording.startswith("Må vi gemme")
    assert english.wording.startswith("May we keep")
    assert (danish.given, danish.version) == (None, newest())


# ------------------------------------------------------------------ a change
def test_a_yes_and_a_no_are_recorded_and_nothing_twice(person):
    change(person, {QUOTE: True, PHOTO: False})
    assert said(person) == {QUOTE: True}
    assert changes(asked(person), {QUOTE: True, PHOTO: False}) == []
    change(person, {QUOTE: False})
    assert said(person) == {QUOTE: False}


def test_a_no_is_said_to_being_asked_before_and_after_though_nobody_asked(person):
    change(person, {ASSESS: False})
    assert said(person) == {ASSESS: False}
    assert not person.app.rights.of("fabelby").allows("p17", ASSESS)


def test_a_yes_to_older_words_is_not_carried_over_in_silence(person):
    data = {"participant_id": "p17", "purposes": ["photo"], "text_version": "2025-1"}
    person.record("consent-given", data)
    found = {one.purpose: one for one in asked(person)}[PHOTO]
    assert (found.given, found.given_on, found.on_old_words) == (True, "2025-1", True)
    change(person, {PHOTO: True})
    found = {one.purpose: one for one in asked(person)}[PHOTO]
    assert (found.given_on, found.on_old_words) == (newest(), False)


def test_the_same_command_has_the_same_ids(person):
    command = str(uuid.uuid4())
    first, second = (changes(asked(person), {QUOTE: True}, command=command) for _ in range(2))
    assert first == second
