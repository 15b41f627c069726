"""Who comes by a personal link writes of themselves alone, and is told what is held about them and nobody else."""

import pytest

from domain.keeping import AccessRole
from domain.refusals import Refused
from service.oneself import as_json, oneself
from service.queries import UnknownError
from service.security.gate import Caller
from service.security.writing import check_writes, mendable

MIA = Caller("a-mia", AccessRole.PARTICIPANT, "fabelby", "p17")
LINK = Caller("a-mia", AccessRole.PARTICIPANT, "fabelby")
P17, P18 = ({"kind": "participant", "ref": ref} for ref in ("p17", "p18"))
WAVE = {"wave_id": "w1", "from": "p17", "to": "p18", "kind": "knows"}
CONSENT = {"purposes": ["assess"], "text_version": "1"}
VERDICT = {"request_id": "e1", "verdict": "granted", "ground": "Bedt om"}


@pytest.fixture
def village(scribe):
    for ref in ("p17", "p18"):
        scribe.record("participant-registered", {"participant_id": ref, "name": f"Navn {ref}", "pseudonym": f"K{ref}"})
    return scribe


def checked(scribe, caller, stem, data, **more):
    check_writes(scribe.app.reader, caller, [scribe.read(stem, data, **more)])


@pytest.mark.parametrize(
    ("stem", "data", "field"),
    [
        ("consent-given", {**CONSENT, "participant_id": "p18"}, "participant_id"),
        ("consent-withdrawn", {**CONSENT, "participant_id": "p18"}, "participant_id"),
        ("erasure-requested", {"request_id": "e1", "participant_id": "p18"}, "participant_id"),
        ("relation-declared", {**WAVE, "from": "p18", "to": "p17"}, "from"),
        ("no-relations-declared", {"wave_id": "w1", "participant_id": "p18"}, "participant_id"),
        ("relation-disputed", {**WAVE, "from": "p18", "to": "p17", "by": P18, "reason": "Nej"}, "by"),
        ("relation-disputed", {**WAVE, "from": "p17", "to": "p18", "by": P17, "reason": "Nej"}, "to"),
        ("relation-disputed", {**WAVE, "by": {"kind": "role", "ref": "citizen"}, "reason": "Nej"}, "by"),
    ],
)
def test_nobody_elses_yes_answer_or_tie_is_written_by_a_participant(village, stem, data, field):
    with pytest.raises(Refused) as refused:
        checked(village, MIA, stem, data)
    assert (refused.value.rule, refused.value.field) == ("unknown-thing", field)
    checked(village, LINK, stem, data)


@pytest.mark.parametrize(
    ("stem", "data"),
    [
        ("consent-given", {**CONSENT, "participant_id": "p17"}),
        ("erasure-requested", {"request_id": "e1", "participant_id": "p17"}),
        ("objection-lodged", {"participant_id": "p17", "text": "Jeg er ikke enig"}),
        ("relation-declared", WAVE),
        ("relation-disputed", {**WAVE, "from": "p18", "to": "p17", "by": P17, "reason": "Nej"}),
    ],
)
def test_ones_own_is(village, stem, data):
    checked(village, MIA, stem, data)


@pytest.mark.parametrize("stem", ["erasure-decided", "processing-basis-declared", "instrument-published"])
def test_what_is_for_those_who_run_it_is_not_a_participants_to_write(village, stem):
    wires = {
        "erasure-decided": VERDICT,
        "processing-basis-declared": {"purpose": "research", "legal_basis": "consent", "text_version": "1"},
        "instrument-published": {"instrument_id": "i1", "version": 1, "framework_id": "f", "items": []},
    }
    data = wires[stem] | ({"scale": {"min": 1, "max": 5, "labels": []}, "layout": "separate"} if "ins" in stem else {})
    with pytest.raises(UnknownError):
        checked(village, MIA, stem, data)


def test_nobody_acts_on_behalf_of_another(village):
    data = {"contribution_id": "c1", "kind": "idea", "text": "Et skovbad", "author": {"kind": "anonymous"}}
    checked(village, MIA, "contribution-made", data, onbehalfof="p17")
    with pytest.raises(Refused):
        checked(village, MIA, "contribution-made", data, onbehalfof="p18")


@pytest.mark.parametrize(("speaker", "allowed"), [(P17, True), (P18, False)])
def test_only_the_speaker_approves_a_quote(village, speaker, allowed):
    village.record("quote-captured", {"quote_id": "q1", "text": "Skoven er vores", "speaker": speaker})
    data = {"quote_id": "q1", "exact_text": "Skoven er vores", "attribution": "role", "channels": ["report"]}
    if allowed:
        checked(village, MIA, "quote-approved", data)
    else:
        with pytest.raises(Refused):
            checked(village, MIA, "quote-approved", data)


def said(scribe, ref, author, **more):
    data = {"contribution_id": ref, "kind": "idea", "text": f"Tanke {ref}", "author": author}
    return scribe.record("contribution-made", data, **more).position


def test_what_a_participant_said_is_theirs_to_mend_whoever_wrote_it_down(village):
    mine, others = said(village, "c1", P17), said(village, "c2", P18)
    events = {event.position: event for event in village.app.reader.at([mine, others])}
    assert mendable(MIA, events[mine])
    assert not mendable(MIA, events[others])


def test_all_that_is_held_about_somebody_is_told_and_nobody_elses_words(village):
    said(village, "c1", P17, visibility="team")
    said(village, "c2", P18)
    data = {"observation_id": "o1", "observer": {"kind": "role", "ref": "facilitator"}, "description": "Hemmeligt"}
    village.record("observation-noted", {**data, "about": ["participant/p17"]})
    village.record("quote-captured", {"quote_id": "q1", "text": "Skoven er vores", "speaker": P17})
    gone = said(village, "c3", P17)
    target = str(village.app.reader.at([gone])[0].id)
    village.record("event-withdrawn", {"target": target, "reason": "Fortrudt"})

    found = oneself(village.app, MIA)
    told = as_json(found, fictional=True, now=village.app.reader.at([gone])[0].recordedat)

    assert found.mark == "Kp17"
    assert [(one["type"], one["withdrawn"], one["own_words"]) for one in told["entries"]] == [
        ("participant-registered.v1", False, True),
        ("contribution-made.v1", False, True),
        ("observation-noted.v1", False, False),
        ("quote-captured.v1", False, True),
        ("contribution-made.v1", True, True),
    ]
    assert [one["data"].get("text") for one in told["entries"]] == [
        None,
        "Tanke c1",
        None,
        "Skoven er vores",
        "Tanke c3",
    ]
    assert told["entries"][2]["data"] == {"named_in": ["about"]}
    assert told["entries"][0]["data"]["name"] == "Navn p17"
    assert not {"Hemmeligt", "Tanke c2", "Navn p18"} & set(str(told).replace("'", "\n").split("\n"))
