"""Texts are opened by what holds at the log's head, whatever clock the reader stands at."""

import pytest

from domain.consenting import ConsentPurpose
from domain.keeping import AccessRole
from service.frameworks import co_creation
from service.security.gate import Caller
from service.security.opening import may_be_seen
from service.security.reading import may_share

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


# ------------------------------------------------------------------ quotes, outside, research, pictures, names
PUBLIC = Caller("a-funder", AccessRole.FUNDER, "fabelby")
OTHER = Caller("a-guest", AccessRole.PARTICIPANT, "fabelby", "p18")
EVALUATOR = Caller("a-evaluator", AccessRole.EVALUATOR, "fabelby")


def quote(scribe, **more):
    speaker = {"kind": "participant", "ref": "p17"}
    captured = scribe.record("quote-captured", {"quote_id": "q1", "text": "Som det blev sagt", "speaker": speaker})
    approved = {"quote_id": "q1", "exact_text": "Som hun godkendte", "attribution": "role", "channels": ["rapport"]}
    return captured.position, scribe.record("quote-approved", approved | more).position


def test_a_quote_is_read_beyond_the_team_in_the_words_that_were_approved_while_they_are(scribe):
    contributed(scribe)
    captured, approved = quote(scribe)
    assert said(scribe, FACILITATOR, captured) == ["Som det blev sagt"]
    assert (said(scribe, OTHER, captured), said(scribe, OTHER, approved)) == ([], ["Som hun godkendte"])
    consent(scribe, "consent-given", "quote-anonymous")
    consent(scribe, "consent-withdrawn", "quote-anonymous")
    assert said(scribe, OTHER, approved) == []
    consent(scribe, "consent-given", "quote-anonymous")
    assert said(scribe, OTHER, approved) == ["Som hun godkendte"]
    scribe.record("quote-approval-withdrawn", {"quote_id": "q1"})
    assert said(scribe, OTHER, approved) == []
    assert said(scribe, OWN, approved) == ["Som hun godkendte"]


def test_a_quote_by_name_takes_a_yes_by_name(scribe):
    contributed(scribe)
    consent(scribe, "consent-given", "quote-anonymous")
    _, approved = quote(scribe, attribution="named")
    assert said(scribe, OTHER, approved) == []
    consent(scribe, "consent-given", "quote-named")
    assert said(scribe, OTHER, approved) == ["Som hun godkendte"]


def test_outside_a_participants_words_take_a_yes_to_being_quoted(scribe):
    scribe.record("participant-registered", {"participant_id": "p17"})
    author = {"kind": "participant", "ref": "p17"}
    data = {"contribution_id": "c1", "kind": "idea", "text": "Et skovbad", "author": author}
    position = scribe.record("contribution-made", data, visibility="public").position
    assert (said(scribe, PUBLIC, position), said(scribe, OTHER, position)) == ([], ["Et skovbad"])
    consent(scribe, "consent-given", "quote-anonymous")
    assert said(scribe, PUBLIC, position) == ["Et skovbad"]
    scribe.record("objection-lodged", {"participant_id": "p17", "text": "Ikke mere"})
    assert said(scribe, PUBLIC, position) == []


def test_what_is_for_research_is_seen_by_those_who_research_and_counted_by_nobody(scribe):
    contributed(scribe)
    app = scribe.app
    data = {"contribution_id": "c2", "kind": "idea", "text": "Fra et interview", "author": {"kind": "anonymous"}}
    position = scribe.record("contribution-made", data, purpose="research", visibility="public").position
    reason = {"target": str(app.reader.at([position])[0].id), "fields": [{"field": "text", "text": "Rettet"}]}
    mended = scribe.record("event-corrected", {**reason, "reason": "x"}).position
    researcher = Caller("a-researcher", AccessRole.RESEARCHER, "fabelby")
    for caller in (EVALUATOR, researcher):
        assert said(scribe, caller, position) == ["Fra et interview"]
        assert sorted(said(scribe, caller, mended)) == ["Rettet", "x"]
    app.projector.catch_up()
    at = app.queries.clocks("fabelby")
    for caller in (FACILITATOR, OTHER, PUBLIC):
        assert app.queries.seen(caller, app.reader.at([position, mended])) == []
    for caller in (FACILITATOR, EVALUATOR):
        for ask in (app.queries.ask, app.queries.replay):
            assert "'c2'" not in str(ask(caller, "fabelby", "fate-of-contributions", at).data)


def test_two_registrations_of_one_person_take_the_stricter(scribe):
    recorded = contributed(scribe)
    scribe.record("participant-registered", {"participant_id": "p41"})
    scribe.record("participants-merged", {"participant_id": "p17", "duplicate_id": "p41"})
    scribe.record("consent-withdrawn", {"participant_id": "p41", "purposes": ["participate"]})
    assert said(scribe, FACILITATOR, recorded.position) == []
    assert said(scribe, Caller("a-link", AccessRole.PARTICIPANT, "fabelby", "p41"), recorded.position) == ["Et skovbad"]


def test_a_name_is_for_whoever_takes_part_once_its_owner_agreed(scribe):
    contributed(scribe)
    names = scribe.app.texts.names
    for purpose in (ConsentPurpose.BE_PICKABLE, ConsentPurpose.NAMED_MAP):
        assert names(OTHER, "fabelby", ["p17"], purpose) == {}
        consent(scribe, "consent-given", purpose.value)
        assert names(OTHER, "fabelby", ["p17"], purpose) == {"p17": "Mia Fiktiv"}
        assert names(EVALUATOR, "fabelby", ["p17"], purpose) == names(PUBLIC, "fabelby", ["p17"], purpose) == {}
        consent(scribe, "consent-withdrawn", purpose.value)
        assert names(FACILITATOR, "fabelby", ["p17"], purpose) == {}


def test_a_portrait_is_shown_with_the_yes_of_everybody_on_it(scribe):
    contributed(scribe)
    rights = scribe.app.rights.of
    picture = {"media_id": "m1", "sha256": "a" * 64, "kind": "photo", "shows": "portrait"}
    nobody = scribe.read("media-captured", picture)
    mia = scribe.read("media-captured", picture | {"portrays": ["p17"]})
    assert not may_be_seen(nobody, FACILITATOR, rights("fabelby"))
    assert may_be_seen(mia, OWN, rights("fabelby"))
    assert not may_be_seen(mia, FACILITATOR, rights("fabelby"))
    consent(scribe, "consent-given", "photo")
    assert may_be_seen(mia, FACILITATOR, rights("fabelby"))
    assert may_be_seen(scribe.read("media-captured", picture | {"shows": "situation"}), PUBLIC, rights("fabelby"))


def test_a_research_export_takes_a_yes_to_sharing(scribe):
    contributed(scribe)
    assert not may_share("p17", scribe.app.rights.of("fabelby"))
    consent(scribe, "consent-given", "research-share")
    assert may_share("p17", scribe.app.rights.of("fabelby"))
    consent(scribe, "consent-withdrawn", "participate")
    assert not may_share("p17", scribe.app.rights.of("fabelby"))


@pytest.mark.parametrize("purpose", ["assess", "participate"])
def test_answers_that_were_taken_back_leave_every_figure_and_list_on_all_clocks(scribe, purpose):
    contributed(scribe)
    app, ready = scribe.app, co_creation()
    scribe.record("role-assumed", {"participant_id": "p17", "role": "citizen"}, on="2026-02-02T12:00:00Z")
    scribe.record("competence-framework-published", ready.framework, on="2026-02-02T12:00:00Z")
    scribe.record("instrument-published", ready.instrument, on="2026-02-02T12:00:00Z")
    asked = {name: ready.instrument[name] for name in ("instrument_id", "version")}
    opened = {**asked, "round_id": "r1", "moment": "before", "eligible": ["p17"]}
    scribe.record("assessment-round-opened", opened, on="2026-02-02T12:00:00Z")
    answers = [{"item": ready.instrument["items"][0]["id"], "value": 3}]
    given = {"assessment_id": "s1", "round_id": "r1", "participant_id": "p17", "role": "citizen", "frame": "now"}
    answer = scribe.record(
        "self-assessment-submitted", {**given, "answers": answers}, on="2026-02-03T12:00:00Z"
    ).position
    app.projector.catch_up()
    at = app.queries.clocks("fabelby", str(answer))

    def counted():
        both = [
            str(ask(EVALUATOR, "fabelby", "competence-uplift", at).data)
            for ask in (app.queries.ask, app.queries.replay)
        ]
        assert both[0] == both[1]
        return both[0], len(app.queries.seen(EVALUATOR, app.reader.at([answer])))

    before = counted()
    consent(scribe, "consent-given", purpose)
    consent(scribe, "consent-withdrawn", purpose)
    assert counted()[0] != before[0]
    assert counted()[1] == 0
    consent(scribe, "consent-given", purpose)
    assert counted() == before
