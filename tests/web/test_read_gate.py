"""Texts are opened by what holds at the log's head, whatever clock the reader stands at."""

import pytest

from domain.consenting import ConsentPurpose
from domain.keeping import AccessRole
from service.security.gate import Caller

FACILITATOR = Caller("a-other", AccessRole.FACILITATOR)
OWN = Caller("a-link", AccessRole.PARTICIPANT, "fabelby", "p17")


def contributed(scribe):
    scribe.record("participant-registered", {"participant_id": "p17", "name": "Mia Fiktiv"})
    author = {"kind": "participant", "ref": "p17"}
    data = {"contribution_id": "c1", "kind": "idea", "text": "Et skovbad", "author": author}
    return scribe.record("contribution-made", data)


def said(scribe, caller, position):
    app = scribe.app
    return list(app.texts.of(caller, app.reader.at([position])).values())


def consent(scribe, stem, *purposes):
    scribe.record(stem, {"participant_id": "p17", "purposes": list(purposes), "text_version": "2026-1"})


def test_who_takes_back_taking_part_is_read_by_themselves_alone_also_of_the_past(scribe):
    recorded = contributed(scribe)
    consent(scribe, "consent-given", "participate")
    assert said(scribe, FACILITATOR, recorded.position) == ["Et skovbad"]
    consent(scribe, "consent-withdrawn", "participate")
    assert said(scribe, FACILITATOR, recorded.position) == []
    assert said(scribe, OWN, recorded.position) == ["Et skovbad"]
    consent(scribe, "consent-given", "participate")
    assert said(scribe, FACILITATOR, recorded.position) == ["Et skovbad"]


def test_who_was_never_asked_takes_part_unless_consent_is_the_ground(scribe):
    recorded = contributed(scribe)
    assert said(scribe, FACILITATOR, recorded.position) == ["Et skovbad"]
    basis = {"purpose": "facilitation", "text_version": "2026-1"}
    scribe.record("processing-basis-declared", {**basis, "legal_basis": "public-task"})
    assert said(scribe, FACILITATOR, recorded.position) == ["Et skovbad"]
    scribe.record("processing-basis-declared", {**basis, "legal_basis": "consent"})
    assert said(scribe, FACILITATOR, recorded.position) == []


@pytest.mark.parametrize("purpose", ConsentPurpose)
def test_a_yes_is_a_yes_until_it_is_taken_back(scribe, purpose):
    contributed(scribe)
    consent(scribe, "consent-given", purpose.value)
    assert scribe.app.rights.of("fabelby").allows("p17", purpose)
    consent(scribe, "consent-withdrawn", purpose.value)
    assert not scribe.app.rights.of("fabelby").allows("p17", purpose)
