"""What a participant is asked, says, and takes back: in which words, and how a change is told."""

import html
import re
import uuid

import pytest

from domain.consenting import ConsentPurpose
from service.consenting import changes, purposes_of
from service.consents import newest, texts, versions
from tests.reports.test_issuing import ordered, told

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


# ------------------------------------------------------------------ the page of the team
PAGE = "/p/fabelby/rights"


@pytest.fixture
def team(person, signed_in):
    """Return a facilitator's client; p17 and p18 take part."""
    person.record("participant-registered", {"participant_id": "p18", "name": "Bo Fiktiv", "guardian_required": True})
    return signed_in("facilitator")


def sent(client, **typed):
    token = re.search(r'name="form_token" value="([^"]+)"', client.get(PAGE).text).group(1)
    return client.post(PAGE, data={"form_token": token, "command": str(uuid.uuid4()), **typed})


def test_answers_on_paper_are_written_down_for_several_at_once(person, team):
    page = team.get(PAGE).text
    assert "Ingen af to har sagt" in page or "har ikke svaret" in page
    typed = {"do": "said", "day": "2026-03-01", "photo.p17": "yes", "assess.p17": "no", "photo.p18": "yes"}
    refused = sent(team, **typed)
    assert refused.status_code == 422
    assert "En forælder eller værge" in html.unescape(refused.text) or "barn" in refused.text
    assert said(person) == {}
    assert sent(team, **typed, **{"guardian.p18": "1"}).status_code == 303
    assert said(person) == {PHOTO: True, ASSESS: False}
    assert person.app.rights.of("fabelby").allows("p18", PHOTO)
    page = team.get(PAGE).text
    assert "forælder eller værge" in page
    assert sent(team, do="said").status_code == 422


def test_an_objection_stops_its_purpose_until_the_team_has_answered(person, team):
    contribution = {"contribution_id": "c1", "kind": "idea", "text": "Et skovbad"}
    written = person.record("contribution-made", {**contribution, "author": {"kind": "participant", "ref": "p17"}})
    objected = {"participant_id": "p17", "text": "Ikke mine ord", "concerns": "facilitation"}
    lodged = person.record("objection-lodged", objected)
    target = str(person.app.reader.at([lodged.position])[0].id)
    assert "Ikke mine ord" in team.get(PAGE).text
    assert "Et skovbad" not in team.get(f"/p/fabelby/log/{written.position}").text
    assert sent(team, do="objection", target=target, verdict="refused", answer="").status_code == 422
    answer = "Opgaven kan ikke løses uden."
    assert sent(team, do="objection", target=target, verdict="refused", answer=answer).status_code == 303
    assert "Ikke mine ord" not in team.get(PAGE).text
    assert "Et skovbad" in team.get(f"/p/fabelby/log/{written.position}").text


def test_the_ground_stands_with_its_words_in_every_version(person, team):
    wording = {"da": "Vi spørger før og efter.", "en": "We ask before and after."}
    for version, basis in (("oplysning-1", "consent"), ("oplysning-2", "public-task")):
        declared = {"purpose": "evaluation", "legal_basis": basis, "text_version": version, "wording": wording}
        person.record("processing-basis-declared", declared)
    page = team.get(PAGE).text
    assert page.index("oplysning-2") < page.index("oplysning-1")
    assert "gælder nu" in page
    assert "We ask before and after." in page


# ------------------------------------------------------------------ recipients of reports
@pytest.fixture
def sent_out(person):
    """Issue a report that tells what p17 said, who agreed to be quoted; then let p17 take the yes back."""
    person.record("consent-given", {"participant_id": "p17", "purposes": ["quote-anonymous"], "text_version": "2026-1"})
    told(person, "h1", "Bænken står der", onbehalfof="p17")
    report = ordered(person.app).report
    taken = person.record("consent-withdrawn", {"participant_id": "p17", "purposes": ["quote-anonymous"]})
    return report, str(person.app.reader.at([taken.position])[0].id)


def test_a_recipient_of_words_that_were_taken_back_waits_to_be_told_and_is_told_once(person, sent_out, team):
    (report, cause), app = sent_out, person.app
    page = team.get(PAGE).text
    assert "Skal have besked" in page
    assert "Opdigtet Pulje" in page
    assert "to tekster af" in page
    waiting = {"do": "notice", "waiting": f"{report}/p17"}
    refused = sent(team, **waiting, why="  ")
    assert refused.status_code == 422
    assert "Skriv, hvad I har sagt" in refused.text
    assert sent(team, do="notice", waiting="report-x/p17", why="x").status_code == 404
    head = app.reader.head()
    assert sent(team, **waiting, why="Et citat er trukket tilbage.").status_code == 303
    (notice,) = app.reader.at(range(head + 1, app.reader.head() + 1))
    assert (notice.type, notice.data.report_id, notice.causationid) == ("recipient-notified.v1", report, cause)
    assert "Skal have besked" not in team.get(PAGE).text
    assert sent(team, **waiting, why="Igen").status_code == 404
    assert app.reader.head() == head + 1


def test_whose_words_they_were_is_named_also_where_the_list_of_people_shows_others(person, sent_out, team):
    for at, name in enumerate([*["Aba Fiktiv"] * 26, "Øjvind Fiktiv"], 100):
        person.record("participant-registered", {"participant_id": f"p{at}", "name": name})
        person.record(
            "consent-given", {"participant_id": f"p{at}", "purposes": ["participate"], "text_version": "2026-1"}
        )
    page = " ".join(team.get(PAGE).text.split())
    assert "to tekster af p17 · Mia Fiktiv" in page
    assert page.count("Mia Fiktiv") == 1


def test_who_was_told_of_a_report_waits_for_the_next_one_alone(person, sent_out, team):
    report, _ = sent_out
    waiting = {"do": "notice", "waiting": f"{report}/p17"}
    assert sent(team, **waiting, why="Et citat er trukket tilbage.").status_code == 303
    person.record("consent-given", {"participant_id": "p17", "purposes": ["quote-anonymous"], "text_version": "2026-1"})
    again = ordered(person.app).report
    person.record("consent-withdrawn", {"participant_id": "p17", "purposes": ["quote-anonymous"]})
    page = team.get(PAGE).text
    assert [f'value="{one}/p17"' in page for one in (report, again)] == [False, True]


@pytest.mark.parametrize("role", ["evaluator", "researcher", "funder", "participant"])
def test_the_page_is_the_teams(person, signed_in, role):
    assert signed_in(role, "fabelby").get(PAGE).status_code == 404
