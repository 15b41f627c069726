"""Answers to a round as somebody might send them wrongly: each is refused by its rule, in both languages, and none is kept."""

import pytest

from service.frameworks import co_creation


@pytest.fixture
def asked(begun):
    """A round before, open for p1 and p2; one after, closed; both with the ready framework. p2 has answered."""
    ready = co_creation()
    begun.record("competence-framework-published", ready.framework, on="2026-01-02T12:00:00Z")
    begun.record("instrument-published", ready.instrument, on="2026-01-02T12:00:00Z")
    changed = [item for item in ready.instrument["items"] if item["id"] != "s1"]
    begun.record(
        "instrument-published", {**ready.instrument, "version": 2, "items": changed}, on="2026-01-02T12:00:00Z"
    )
    for who in ("p1", "p2", "p3"):
        begun.record("participant-registered", {"participant_id": who}, on="2026-01-03T12:00:00Z")
        begun.record("role-assumed", {"participant_id": who, "role": "citizen"}, on="2026-01-03T12:00:00Z")
    for ref, moment, version in (("b", "before", 1), ("a", "after", 1), ("b2", "before", 2)):
        opened = {"round_id": ref, "instrument_id": ready.instrument["instrument_id"], "version": version}
        begun.record("assessment-round-opened", {**opened, "moment": moment, "eligible": ["p1", "p2"]})
    begun.record("assessment-round-closed", {"round_id": "a"}, on="2026-02-02T12:00:00Z")
    begun.record("self-assessment-submitted", sheet(participant_id="p2"), on="2026-02-02T12:00:00Z")
    return begun


def sheet(*answers, **fields):
    given = {"round_id": "b", "participant_id": "p1", "role": "citizen", "frame": "now"} | fields
    who = f"{given['round_id']}-{given['participant_id']}"
    return {"assessment_id": who, **given, "answers": list(answers) or [{"item": "s1", "value": 3}]}


BAD = {
    "off the scale": (sheet({"item": "s1", "value": 6}), "value-off-scale"),
    "text in a number": (sheet({"item": "s1", "value": "tre"}), "unreadable"),
    "half a step": (sheet({"item": "s1", "value": 3.5}), "unreadable"),
    "skipped without a reason": (sheet({"item": "s1"}), "answer-or-skip"),
    "skipped for a reason of one's own": (sheet({"item": "s1", "skipped": "træt"}), "unreadable"),
    "a closed round": (sheet(round_id="a"), "round-closed"),
    "a round there is not": (sheet(round_id="c"), "unknown-thing"),
    "a round for others": (sheet(participant_id="p3"), "not-asked-in-round"),
    "a person twice": (sheet(participant_id="p2"), "already-answered"),
    "an item twice": (sheet({"item": "s1", "value": 3}, {"item": "s1", "value": 4}), "listed-twice"),
    "then, before the end": (sheet(frame="then"), "then-in-before-round"),
    "another version's item": (sheet(round_id="b2"), "item-unknown"),
    "an unknown item": (sheet({"item": "s9", "value": 3}), "item-unknown"),
    "a role one does not have": (sheet(role="politician"), "role-not-active"),
    "no answers": (sheet() | {"answers": []}, "assessment-without-answers"),
}


@pytest.mark.parametrize(("data", "rule"), BAD.values(), ids=BAD)
def test_a_wrong_answer_is_refused_by_its_rule_and_says_what_to_do(client, token, app, asked, data, rule):
    head, sentences = app.reader.head(), set()
    for language in ("da", "en"):
        wire = {"type": "self-assessment-submitted.v1", "time": "2026-02-03T12:00:00Z", "data": data}
        answer = client.post(
            "/api/v1/processes/fabelby/events", json=wire, headers=token() | {"Accept-Language": language}
        )
        assert (answer.json["rule"], answer.status_code) == (rule, 409 if rule == "already-answered" else 422)
        sentences.add(answer.json["detail"])
    assert len(sentences) == 2
    assert app.reader.head() == head


def test_a_right_answer_is_taken(client, token, app, asked):
    head = app.reader.head()
    wire = {"type": "self-assessment-submitted.v1", "time": "2026-02-03T12:00:00Z", "data": sheet()}
    answer = client.post("/api/v1/processes/fabelby/events", json=wire, headers=token())
    assert (answer.status_code, app.reader.head()) == (201, head + 1)
