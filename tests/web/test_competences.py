"""Asking a round and reading the change, without a browser."""

import datetime as dt
import re
import uuid

import pytest

from domain.keeping import AccessRole


@pytest.fixture
def client(app, web_of):
    return web_of(app).test_client()


@pytest.fixture
def sign_in(app, client):
    def sign_in(role="facilitator", account="a-test"):
        secret = app.tokens.create(
            role=AccessRole(role), process=None, lasting=dt.timedelta(hours=1), kind="session", account=account
        )
        client.set_cookie("kurslog_session", secret)
        return client

    return sign_in


class Desk:
    """A facilitator's browser on the rounds of a process."""

    def __init__(self, app, client):
        self.app, self.client = app, client

    def see(self, path):
        self.app.projector.catch_up()
        return self.client.get(f"/p/fabelby{path}")

    def send(self, path, /, seen=None, **typed):
        html = self.see(seen or path.partition("/close")[0]).text
        token = re.search(r'name="form_token" value="([0-9a-f]+)"', html)
        hidden = {"form_token": token[1] if token else "", "event_id": str(uuid.uuid4())}
        answer = self.client.post(f"/p/fabelby{path}", data={**hidden, **typed})
        self.app.projector.catch_up()
        return answer

    def open_round(self, moment="before", **typed):
        self.send("/rounds", moment=moment, **typed)
        return next(event for event in reversed(self.entries("assessment-round-opened"))).data.round_id

    def answer(self, round_id, who, steps, frame=None, **typed):
        path = f"/rounds/{round_id}/{who}" + (f"?frame={frame}" if frame else "")
        return self.send(path, **dict(zip(ITEMS, steps, strict=True)), **typed)

    def entries(self, stem):
        return [event for event in self.app.reader.walk("fabelby") if event.declaration.stem == stem]


ITEMS = ("s1", "s2", "t1", "t2", "m1", "m2", "h1")


@pytest.fixture
def people(scribe):
    found = [f"p{n}" for n in range(1, 6)]
    for who in found:
        scribe.record(
            "participant-registered", {"participant_id": who, "name": f"Opdigtet {who}"}, on="2026-01-03T12:00:00Z"
        )
        scribe.record("role-assumed", {"participant_id": who, "role": "citizen"}, on="2026-01-03T12:00:00Z")
    return found


@pytest.fixture
def desk(app, sign_in, scribe, monkeypatch):
    monkeypatch.setattr("service.web.record.WAIT_SECONDS", 0)  # no worker runs here: the desk catches up by itself
    return Desk(app, sign_in())


def test_a_round_is_opened_in_one_step_with_the_ready_framework(desk, people):
    desk.open_round()
    stems = [event.declaration.stem for event in desk.app.reader.walk("fabelby")][-3:]
    assert stems == ["competence-framework-published", "instrument-published", "assessment-round-opened"]
    (opened,) = desk.entries("assessment-round-opened")
    assert opened.data.eligible == tuple(people)


def test_a_second_click_opens_no_second_round_and_a_second_round_no_second_framework(desk, people):
    key = str(uuid.uuid4())
    places = [desk.send("/rounds", moment="before", event_id=key).location for _ in range(2)]
    assert places[0].rpartition("-")[2] == places[1].rpartition("-")[2]
    desk.open_round("after")
    counts = [len(desk.entries(stem)) for stem in ("assessment-round-opened", "competence-framework-published")]
    assert counts == [2, 1]


def test_those_who_run_the_process_or_left_are_not_asked(desk, people, scribe):
    scribe.record("participant-registered", {"participant_id": "p90"}, on="2026-01-03T12:00:00Z")
    scribe.record("role-assumed", {"participant_id": "p90", "role": "facilitator"}, on="2026-01-03T12:00:00Z")
    scribe.record("participant-left", {"participant_id": "p5"}, on="2026-01-04T12:00:00Z")
    desk.open_round()
    (opened,) = desk.entries("assessment-round-opened")
    assert opened.data.eligible == ("p1", "p2", "p3", "p4")


def test_without_participants_it_is_said_and_how_to_go_on(desk):
    said = desk.send("/rounds", moment="before")
    assert said.status_code == 422
    assert "Der er ingen at spørge endnu. Skriv deltagerne ind først." in said.text
    assert "/record/participant-registered" in said.text


def test_an_answer_is_one_entry_on_behalf_of_the_participant(desk, people):
    ref = desk.open_round()
    desk.answer(ref, "p1", ["1", "2", "3", "4", "5", "do-not-know", "not-relevant"], mode="paper")
    (event,) = desk.entries("self-assessment-submitted")
    assert (event.onbehalfof, event.actingrole, event.data.transcribed_by) == ("p1", "citizen", "a-test")
    given = {one.item: one.value if one.skipped is None else one.skipped.value for one in event.data.answers}
    assert given == dict(zip(ITEMS, [1, 2, 3, 4, 5, "do-not-know", "not-relevant"], strict=True))


def test_nobody_is_asked_about_a_competence_for_other_roles(desk, people, scribe):
    scribe.record("participant-registered", {"participant_id": "p6"}, on="2026-01-03T12:00:00Z")
    scribe.record("role-assumed", {"participant_id": "p6", "role": "politician"}, on="2026-01-03T12:00:00Z")
    ref = desk.open_round()
    assert ['name="l1"' in desk.see(f"/rounds/{ref}/{who}").text for who in ("p1", "p6")] == [False, True]


def test_a_question_left_open_is_said_and_nothing_chosen_is_lost(desk, people):
    ref = desk.open_round()
    said = desk.answer(ref, "p1", ["1", "2", "", "4", "5", "9", "left-blank"])
    assert said.status_code == 422
    assert said.text.count("Vælg et trin fra 1 til 5. Du kan også springe over.") == 4
    assert len(re.findall(r"<input[^>]*checked", said.text)) == 6
    assert desk.entries("self-assessment-submitted") == []


def test_in_an_after_round_now_leads_on_to_then_on_a_page_of_its_own(desk, people):
    ref = desk.open_round("after")
    onward = desk.answer(ref, "p1", ["3"] * 7)
    assert "frame=then" in onward.location
    assert "Hvordan var det dengang, set herfra?" in desk.client.get(onward.location).text
    back = desk.answer(ref, "p1", ["2"] * 7, frame="then")
    assert "/rounds?saved=" in back.location
    assert [event.data.frame for event in desk.entries("self-assessment-submitted")] == ["now", "then"]


def test_a_before_round_has_no_then(desk, people):
    ref = desk.open_round()
    assert desk.see(f"/rounds/{ref}/p1?frame=then").status_code == 404


def test_a_second_answer_is_offered_as_a_correction(desk, people):
    ref = desk.open_round()
    desk.answer(ref, "p1", ["3"] * 7)
    seen = desk.see(f"/rounds/{ref}/p1").text
    assert "svarede den" in seen
    assert "Vil du rette svaret, så åbn det her." in seen
    assert desk.see(f"/rounds/{ref}/p1?correct=1").text.count("checked") == 7
    desk.send(f"/rounds/{ref}/p1", seen=f"/rounds/{ref}/p1?correct=1", **dict.fromkeys(ITEMS, "rather-not-say"))
    assert len(desk.entries("self-assessment-submitted")) == 1
    (mended,) = desk.entries("event-corrected")
    assert mended.visibility == "evaluators"


def test_whoever_did_not_type_it_in_sees_that_it_was_answered_never_what(desk, people, sign_in):
    ref = desk.open_round()
    desk.answer(ref, "p1", ["5"] * 7)
    sign_in(account="a-other")
    for path in (f"/rounds/{ref}/p1", f"/rounds/{ref}/p1?correct=1"):
        seen = desk.see(path).text
        assert "Deltageren selv, evaluatoren og den, der skrev svaret ind, kan rette det." in seen
        assert "checked" not in seen
    refused = desk.send(f"/rounds/{ref}/p1", seen="/rounds", **dict.fromkeys(ITEMS, "1"))
    assert refused.status_code == 404
    assert desk.entries("event-corrected") == []
    assert "1 af 5 har svaret." in desk.see("/rounds").text


def test_a_closed_round_takes_no_answers_and_closes_once(desk, people):
    ref = desk.open_round()
    for _ in range(2):
        desk.send(f"/rounds/{ref}/close", seen="/rounds")
    assert len(desk.entries("assessment-round-closed")) == 1
    assert "Runden er lukket. Der kan ikke svares mere." in desk.see(f"/rounds/{ref}/p1").text
    refused = desk.send(f"/rounds/{ref}/p1", seen="/rounds", **dict.fromkeys(ITEMS, "1"))
    assert refused.status_code == 422
    assert desk.entries("self-assessment-submitted") == []


def test_saving_can_be_undone(desk, people):
    ref = desk.open_round()
    place = desk.answer(ref, "p1", ["3"] * 7).location
    position = re.search(r"saved=(\d+)", place)[1]
    undone = desk.send("/undo", seen="/rounds", positions=position, back="/p/fabelby/rounds")
    assert undone.location == f"/p/fabelby/rounds?undone={position}"
    assert "0 af 5 har svaret." in desk.see("/rounds").text


@pytest.mark.parametrize("role", ["participant", "researcher", "funder"])
def test_the_rounds_are_for_those_who_run_them(desk, people, sign_in, role):
    ref = desk.open_round()
    sign_in(role)
    assert [desk.see(path).status_code for path in ("/rounds", f"/rounds/{ref}/p1")] == [404, 404]


def test_names_are_shown_to_the_team_and_tags_to_the_evaluator(desk, people, sign_in):
    desk.open_round()
    assert "Opdigtet p1" in desk.see("/rounds").text
    sign_in("evaluator")
    assert "Opdigtet p1" not in desk.see("/rounds").text


def test_opening_can_be_undone_with_all_it_published(desk, people):
    place = desk.send("/rounds", moment="before").location
    saved = re.search(r"saved=(\d+-\d+)", place)[1]
    desk.send("/undo", seen="/rounds", positions=saved, back="/p/fabelby/rounds")
    assert len(desk.entries("event-withdrawn")) == 3
    assert "Ingen runder endnu" in desk.see("/rounds").text


def test_somebody_who_is_not_asked_has_no_sheet(desk, people):
    ref = desk.open_round()
    assert [desk.see(f"/rounds/{one}").status_code for one in (f"{ref}/p99", "nowhere/p1")] == [404, 404]


# ------------------------------------------------------------------ the page of the change
def both(desk, count=5):
    for moment, step in (("before", 2), ("after", 3)):
        ref = desk.open_round(moment)
        for n in range(1, count + 1):
            desk.answer(ref, f"p{n}", [str(step + n % 2)] * 2 + [str(step)] * 5)
        if moment == "after":
            desk.answer(ref, "p1", [str(5)] * 7, frame="then")
        desk.send(f"/rounds/{ref}/close", seen="/rounds")


def test_before_anybody_is_asked_the_page_says_what_will_come(desk, people):
    seen = desk.see("/competences").text
    assert "Ingen er spurgt endnu" in seen
    assert "/p/fabelby/rounds" in seen


def test_a_missed_before_round_is_said(desk, people, scribe):
    scribe.record(
        "gathering-planned", {"gathering_id": "s", "title": "Start", "kind": "kick-off"}, on="2026-01-05T12:00:00Z"
    )
    scribe.record("gathering-held", {"gathering_id": "s"}, on="2026-01-06T12:00:00Z")
    assert "Runden før start blev ikke holdt. Den kan ikke hentes nu." in desk.see("/competences").text
    desk.open_round("before")
    assert "Før-runden blev åbnet, efter at den første samling var holdt." in desk.see("/competences").text


def test_the_change_stands_in_a_sentence_a_chart_and_a_table(desk, people):
    both(desk)
    seen = desk.see("/competences").text
    assert "Borgerne vurderer sig selv højere i" in seen
    assert "Angivet, ikke bevist." in seen
    assert seen.count('<section class="comp">') == 4
    assert seen.count('<td data-l="Par">5</td>') == 4
    assert "+1,0" in seen
    assert seen.count("10 svar") == 4


def test_too_few_are_hatched_and_it_is_said_why(desk, people, scribe):
    scribe.record("participant-left", {"participant_id": "p5"}, on="2026-01-04T12:00:00Z")
    both(desk, 4)
    seen = desk.see("/competences").text
    assert "Om borgerne vises intet: færre end fem har svaret begge gange." in seen
    assert (seen.count('class="hatch"'), seen.count("+1,0")) == (4, 0)


def test_who_has_no_part_sees_no_answers_and_is_told_so(desk, people, client, app, scribe):
    both(desk)
    client.delete_cookie("kurslog_session")
    assert desk.see("/competences").status_code == 404


def test_a_figure_opens_to_what_it_rests_on_and_says_what_is_not_shown(desk, people, sign_in):
    both(desk)
    sign_in(account="a-other")
    place = re.search(r'href="([^"]*figure/competence-uplift/gain[^"]*)"', desk.see("/competences").text)[1]
    seen = desk.client.get(place).text
    assert "10 registreringer" in seen
    assert "vises ikke for dig. De er talt med." in seen


def test_a_sheet_sent_twice_is_one_answer(desk, people):
    ref, key = desk.open_round(), str(uuid.uuid4())
    first, second = (desk.answer(ref, "p1", ["3"] * 7, event_id=key, mode="paper") for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert (len(desk.entries("self-assessment-submitted")), desk.entries("event-corrected")) == (1, [])


def test_a_name_that_was_mended_is_told_as_mended(desk, people, scribe):
    first = next(event for event in desk.app.reader.walk("fabelby") if event.subject == "participant/p1")
    change = {"target": str(first.id), "fields": [{"field": "name", "text": "Åse Opdigt"}], "reason": "tastefejl"}
    scribe.record("event-corrected", change)
    desk.open_round()
    shown = desk.see("/rounds").text
    assert ("Åse Opdigt" in shown, "Opdigtet p1" in shown) == (True, False)


def test_sources_that_contradict_stand_first_and_each_measure_opens(desk, people, scribe, sign_in):
    for moment, step in (("before", 2), ("after", 3)):
        ref = desk.open_round(moment)
        for at, who in enumerate(people):
            desk.answer(ref, who, [str(step + (moment == "after") * at % 2)] * 7)
    for on, ref in (("2026-02-10T12:00:00Z", "g1"), ("2026-05-20T12:00:00Z", "g2")):
        scribe.record("gathering-planned", {"gathering_id": ref, "title": ref, "kind": "kick-off"}, on=on)
        scribe.record("gathering-held", {"gathering_id": ref}, on=on)
    for at, who in enumerate(people):
        for n in range(2 + at % 2):
            author = {"kind": "participant", "ref": who}
            offered = {"contribution_id": f"c{n}-{who}", "kind": "offer", "text": "Jeg kan bage.", "author": author}
            scribe.record("contribution-made", offered, on="2026-02-20T12:00:00Z")
    for opened in desk.entries("assessment-round-opened"):
        desk.send(f"/rounds/{opened.data.round_id}/close", seen="/rounds")
    seen = desk.see("/competences").text
    torn = re.search(r"Arbejde ud fra styrker, borgere: siger hinanden imod\.</b>(.*?)</div>", seen, re.DOTALL)[1]
    assert " ".join(torn.split()) == "Egne svar: højere · Det, de gør: lavere."
    for kind in ("behaviour-early", "g_z", "response"):
        place = re.search(rf'href="([^"]*figure/competence-uplift/{kind}[^"]*)"', seen)[1]
        assert "Bag tallet" in desk.client.get(place).text
    assert "5 af 5" in seen


def test_passages_are_quoted_to_the_evaluator_alone(desk, people, scribe, sign_in):
    both(desk)
    author = {"kind": "participant", "ref": "p1"}
    said = {"contribution_id": "c1", "kind": "idea", "text": "Vi bygger videre på bænken.", "author": author}
    text = scribe.record("contribution-made", said)
    code = {
        "id": "bygger",
        "title": "Bygger videre",
        "definition": "Går ud fra andres idé",
        "competence_id": "co-creating",
    }
    scribe.record("codebook-published", {"codebook_id": "book", "version": 1, "codes": [code]})
    stored = next(event for event in desk.entries("contribution-made"))
    coding = {"coding_id": "k1", "codebook_id": "book", "version": 1, "target": str(stored.id), "field": "text"}
    read = {"text_commitment": stored.data.text.value.sha256, "start": 3, "end": 16, "code": "bygger"}
    scribe.record("passage-coded", {**coding, **read, "coder": {"kind": "role", "ref": "evaluator"}})
    assert text is not None
    assert "bygger videre" not in desk.see("/competences").text
    sign_in("evaluator")
    seen = desk.see("/competences").text
    assert "<q>bygger videre</q>" in seen
    assert "– Bygger videre</span>" in seen
    assert seen.count("Læst i teksterne") == 1
