"""An evening's writing: notes from a table, choosing what a decision builds on, steps of a reflection, correcting."""

import re

import pytest

from domain.correcting import effective
from service.web.people import marks_for, number_for
from tests.web.test_pages import token_in

TABLE = "/p/fabelby/record/table?gathering=s1&table=bord-3"


@pytest.fixture
def evening(app, signed_in, scribe):
    scribe.record("gathering-planned", {"gathering_id": "s1", "title": "Startworkshop", "kind": "kick-off"})
    app.projector.catch_up()
    return signed_in()


def saved(client, address, typed):
    html = client.get(address).text
    hidden = dict(re.findall(r'name="(form_token|command|event_id)" value="([^"]+)"', html))
    return client.post(address, data={**hidden, **typed})


def notes(app):
    found = app.reader.process_page("fabelby", types=["contribution-made.v1"])
    return [event for event in effective(app.reader.things("fabelby", [e.subject for e in found])) if event.data]


def test_each_line_from_a_table_becomes_a_contribution_with_a_receipt(app, evening):
    sent = saved(evening, TABLE, {"kind": "dream", "text": "En bænk\r\n\r\n  En sti  \r\n", "author": "citizen"})
    assert sent.status_code == 303
    found = notes(app)
    assert [event.data.receipt for event in found] == ["1", "2"]
    assert {(e.data.gathering_id, e.data.channel, e.correlationid, e.data.author.ref) for e in found} == {
        ("s1", "post-it", "bord-3", "citizen")
    }
    assert "2 af ca. 30 sedler" in evening.get(TABLE).text


def test_the_same_notes_sent_twice_are_there_once(app, evening):
    html = evening.get(TABLE).text
    typed = dict(re.findall(r'name="(form_token|command)" value="([^"]+)"', html)) | {"kind": "idea", "text": "A\nB"}
    places = [evening.post(TABLE, data=typed).location for _ in range(2)]
    assert places[0] == places[1]
    assert [event.data.receipt for event in notes(app)] == ["1", "2"]


def test_receipts_go_on_after_the_highest(app, evening):
    for text in ("A\nB", "C"):
        saved(evening, TABLE, {"kind": "idea", "text": text})
    saved(evening, TABLE.replace("bord-3", "bord-4"), {"kind": "idea", "text": "D"})
    assert [event.data.receipt for event in notes(app)] == ["1", "2", "3", "4"]


def test_a_note_that_was_mended_is_told_as_mended(app, evening, scribe):
    saved(evening, TABLE, {"kind": "idea", "text": "En bnk"})
    change = {"target": str(notes(app)[0].id), "fields": [{"field": "text", "text": "En bænk"}], "reason": "tastefejl"}
    scribe.record("event-corrected", change)
    shown = evening.get(TABLE).text
    assert ("En bænk" in shown, "En bnk" in shown) == (True, False)


def test_undo_takes_all_notes_of_the_last_save_and_no_others(app, evening):
    saved(evening, TABLE, {"kind": "idea", "text": "A"})
    place = saved(evening, TABLE, {"kind": "idea", "text": "B\nC"}).location
    html = evening.get(place).text
    positions = re.search(r'name="positions" value="([^"]+)"', html)[1]
    back = re.search(r'name="back" value="([^"]+)"', html)[1].replace("&amp;", "&")
    typed = {"form_token": token_in(html), "positions": positions, "back": back}
    undone = evening.post("/p/fabelby/undo", data=typed)
    assert "Trukket tilbage" in evening.get(undone.location).text
    assert [event.data.receipt for event in notes(app)] == ["1"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "idea", "text": " \n "}, "Skriv mindst én seddel."),
        ({"kind": "gossip", "text": "A"}, "Vælg, hvad det er for en seddel."),
        ({"kind": "idea", "text": "A", "mark": "X9X"}, "Ingen deltager har mærket X9X."),
        ({"kind": "idea", "text": "A\n" * 61}, "Gem højst 60 sedler ad gangen."),
    ],
)
def test_what_cannot_be_saved_from_a_table_says_why_and_keeps_the_text(app, evening, typed, said):
    before = app.reader.head()
    page = saved(evening, TABLE, typed)
    assert (page.status_code, said in page.text, app.reader.head()) == (422, True, before)
    assert typed["text"].strip() in page.text


def test_a_mark_names_the_author_of_a_note(app, evening, scribe):
    scribe.record("participant-registered", {"participant_id": "p17", "pseudonym": "K7Q"})
    saved(evening, TABLE, {"kind": "idea", "text": "A", "mark": "k7q"})
    assert notes(app)[0].data.author.ref == "p17"


def test_undo_leads_nowhere_but_into_the_process(evening):
    token = token_in(evening.get(TABLE).text)
    sent = evening.post("/p/fabelby/undo", data={"form_token": token, "positions": "2-2", "back": "//elsewhere"})
    assert sent.location.startswith("/p/fabelby?")


def test_a_decision_builds_on_the_contributions_that_are_ticked(app, evening):
    saved(evening, TABLE, {"kind": "idea", "text": "En bænk\nEn sti\nEt træ"})
    ids = [event.data.contribution_id for event in notes(app)]
    typed = {"data.decision_id": "d-1", "data.question": "Hvad nu?", "data.taken_by.0.actor": "role/citizen"}
    typed |= {f"data.builds_on.{one}": "1" for one in ids[:2]}
    assert saved(evening, "/p/fabelby/record/decision-made", typed).status_code == 303
    decided = app.reader.process_page("fabelby", types=["decision-made.v1"])[0]
    assert sorted(decided.data.builds_on) == sorted(ids[:2])


def test_a_list_to_tick_can_be_searched_and_keeps_what_is_ticked(app, evening):
    saved(evening, TABLE, {"kind": "idea", "text": "\n".join(f"Bænk {n}" for n in range(20)) + "\nEn sti"})
    ids = [event.data.contribution_id for event in notes(app)]
    typed = {f"data.builds_on.{ids[0]}": "1", "data.builds_on.find": "sti", "more": "data.builds_on.find"}
    page = saved(evening, "/p/fabelby/record/decision-made", typed).text
    boxes = re.search(r'<div class="picks".*?</div>', page, re.DOTALL)[0]
    assert re.findall(r"<span>(.*?)</span>", boxes) == ["En sti", "Bænk 0"]
    assert boxes.count("checked") == 1


def test_a_reflection_asks_the_steps_of_its_format_and_keeps_them_by_name(app, evening):
    address = "/p/fabelby/record/reflection-recorded"
    page = saved(evening, address, {"shape": "kolb", "data.format": "what-so-what-now-what"}).text
    assert "Hvad prøver vi nu?" in page
    typed = {"data.reflection_id": "r-1", "data.format": "kolb", "data.by": "role/facilitator"}
    typed |= {"data.steps.0.name": "experience", "data.steps.0.text": "Mange kom."}
    assert saved(evening, address, typed).status_code == 303
    event = app.reader.process_page("fabelby", types=["reflection-recorded.v1"])[0]
    assert [step.name for step in event.data.steps] == ["experience"]


# ------------------------------------------------------------------ correcting
def mended(client, position, changed, reason="Stavefejl"):
    """Send the form back as it came, with some fields changed."""
    address = f"/p/fabelby/log/{position}/correct"
    html = client.get(address).text
    typed = {}
    for tag in re.findall(r"<input[^>]*>", html, re.DOTALL):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        boxed = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and (not boxed or "checked" in tag):
            typed[name[1]] = value[1] if value else "on"
    typed |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', html, re.DOTALL))
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        typed[name] = chosen[1] if chosen else ""
    return client.post(address, data={**typed, "reason": reason, **changed})


def corrections(app):
    return app.reader.process_page("fabelby", types=["event-corrected.v1"])


def test_correcting_keeps_only_what_was_changed(app, evening, scribe):
    recorded = scribe.contribute("c-1")
    app.projector.catch_up()
    assert mended(evening, recorded.position, {"data.text": "En bænk ved søen"}).status_code == 303
    (event,) = corrections(app)
    assert [change.field for change in event.data.fields] == ["text"]
    assert "En bænk ved søen" in evening.get(f"/p/fabelby/log/{recorded.position}").text
    assert "En bænk ved søen" in evening.get(f"/p/fabelby/log/{recorded.position}/correct").text


def test_correcting_takes_lists_amounts_days_and_texts_in_lists(app, evening, scribe):
    lines = [{"id": "mad", "title": "Mad", "amount_dkk": "1250.5"}]
    budget = scribe.record("budget-approved", {"version": 1, "lines": lines})
    grown = {"data.lines.0.amount_dkk": "1.300,75", "when.how": "day", "when.day": "2026-01-20"}
    assert mended(evening, budget.position, grown).status_code == 303
    assert [change.field for change in corrections(app)[0].data.fields] == ["lines", "timeprecision", "time"]
    steps = [{"name": "what", "text": "Mange kom."}, {"name": "now-what", "text": "Igen."}]
    data = {"reflection_id": "r-1", "format": "what-so-what-now-what", "steps": steps, "by": {"kind": "anonymous"}}
    reflection = scribe.record("reflection-recorded", data)
    sent = mended(evening, reflection.position, {"data.steps.0.text": "Alle kom."})
    assert sent.status_code == 303
    assert [change.field for change in corrections(app)[1].data.fields] == ["steps.0.text"]


@pytest.mark.parametrize(
    ("changed", "reason", "said"),
    [
        ({}, "Stavefejl", "Der er ikke ændret noget."),
        ({"data.text": "En bro"}, "", "Skriv, hvad der var forkert."),
        ({"data.text": ""}, "Stavefejl", "Her kan teksten rettes, men ikke tømmes"),
    ],
)
def test_a_correction_that_says_too_little_is_not_kept(app, evening, scribe, changed, reason, said):
    recorded = scribe.contribute("c-1")
    app.projector.catch_up()
    page = mended(evening, recorded.position, changed, reason)
    assert (page.status_code, said in page.text, corrections(app)) == (422, True, [])


def test_what_others_wrote_is_corrected_by_the_team_only(app, signed_in, scribe):
    scribe.account = "a-other"
    recorded = scribe.contribute("c-1", visibility="process")
    app.projector.catch_up()
    address = f"/p/fabelby/log/{recorded.position}/correct"
    assert [signed_in(role).get(address).status_code for role in ("participant", "facilitator")] == [404, 200]


# ------------------------------------------------------------------ marks
def test_marks_are_short_and_never_the_same_for_two():
    marks = marks_for([str(n) for n in range(500)], ["K7Q"])
    assert len({*marks, "K7Q"}) == 501
    assert all(re.fullmatch(r"[A-Z][2-9][A-Z]", mark) for mark in marks)
    assert marks_for(["3"], []) == marks_for(["3"], [])


def test_numbers_of_participants_are_digits_of_their_own():
    assert re.fullmatch(r"p\d{9}", number_for("a"))
    assert number_for("a") != number_for("b")
