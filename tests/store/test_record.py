"""The one write path: the same event once, arrays whole, corrections in place, and nothing written when refused."""

import threading
import uuid

import pytest

from domain.refusals import Refused
from service.wire import cloud_event


def refused(rule, act, *arguments, **more):
    with pytest.raises(Refused) as caught:
        act(*arguments, **more)
    assert caught.value.rule == rule


def test_the_same_event_twice_keeps_its_position(app, scribe):
    event_id = str(uuid.uuid4())
    first = scribe.contribute("c1", id=event_id)
    again = scribe.contribute("c1", id=event_id)
    assert (again.position, first.new, again.new, app.reader.head()) == (first.position, True, False, 2)


def test_the_same_id_with_other_content_is_refused(app, scribe):
    event_id = str(uuid.uuid4())
    scribe.contribute("c1", id=event_id)
    for other in ({"text": "noget andet"}, {"on": "2026-02-02T12:00:00Z"}, {"citation": "S1"}):
        refused("same-id-other-content", scribe.contribute, "c1", id=event_id, **other)
    assert app.reader.head() == 2


def test_another_account_learns_nothing_about_an_id(app, scribe):
    event_id = str(uuid.uuid4())
    scribe.contribute("c1", id=event_id)
    scribe.account = "a-other"
    refused("same-id-other-content", scribe.contribute, "c1", id=event_id)


def test_an_erased_text_is_not_compared(app, scribe):
    event_id = str(uuid.uuid4())
    scribe.contribute("c1", id=event_id)
    with app.log.connection() as connection:
        connection.execute("delete from log.vault")
    assert scribe.contribute("c1", text="hvad som helst", id=event_id).new is False


def test_in_an_array_each_event_sees_those_before_it(app, scribe):
    group = scribe.read("group-formed", {"group_id": "trafik", "title": "Trafik", "theme": "Trafik"})
    data = {
        "contribution_id": "c1",
        "kind": "idea",
        "text": "bump",
        "author": {"kind": "group", "ref": "trafik"},
        "group_id": "trafik",
    }
    made = scribe.read("contribution-made", data)
    answer = scribe.read(
        "contribution-answered", {"contribution_id": "c1", "answer": "ja", "by": {"kind": "group", "ref": "trafik"}}
    )
    assert [item.position for item in app.record(group, made, answer)] == [2, 3, 4]


def test_an_array_with_one_refused_event_leaves_the_log_untouched(app, scribe):
    good = scribe.read("group-formed", {"group_id": "trafik", "title": "Trafik", "theme": "Trafik"})
    bad = scribe.read("group-joined", {"group_id": "findes-ikke", "participant_id": "p1"})
    refused("unknown-thing", app.record, good, bad)
    assert app.reader.head() == 1


def test_a_correction_lies_with_what_it_corrects_and_changes_what_is_read(app, scribe):
    scribe.contribute("c1", text="En bænk")
    target = list(app.reader.walk("fabelby"))[-1]
    scribe.record(
        "event-corrected",
        {"target": str(target.id), "fields": [{"field": "text", "text": "To bænke"}], "reason": "tastefejl"},
    )
    correction = list(app.reader.walk("fabelby"))[-1]
    assert (correction.subject, correction.stream, correction.version) == (target.subject, target.stream, 2)
    texts = app.log.vault.texts([target.position, correction.position])
    assert cloud_event(correction, texts)["data"]["fields"] == [{"field": "text", "text": "To bænke"}]


def test_a_corrected_text_is_sealed_under_its_first_authors_key(app, scribe):
    scribe.record("participant-registered", {"participant_id": "p1"})
    scribe.contribute("c1")
    scribe.record(
        "contribution-made",
        {"contribution_id": "c2", "kind": "idea", "text": "a", "author": {"kind": "participant", "ref": "p1"}},
    )
    target = list(app.reader.walk("fabelby"))[-1]
    scribe.record(
        "event-corrected", {"target": str(target.id), "fields": [{"field": "text", "text": "b"}], "reason": "c"}
    )
    with app.log.connection() as connection:
        keys = {
            row["key_id"]
            for row in connection.execute("select key_id from log.vault where position >= %s", (target.position,))
        }
    assert keys == {"fabelby/participant/p1"}


def test_an_entry_is_corrected_in_the_array_that_brings_it_and_what_follows_at_once(app, scribe):
    scribe.record("participant-registered", {"participant_id": "p1"})
    data = {"contribution_id": "c1", "kind": "idea", "text": "En bænk", "author": {"kind": "anonymous"}}
    made = scribe.read("contribution-made", data, id=str(uuid.uuid4()))
    ticked = scribe.read("contribution-endorsed", {"contribution_id": "c1", "participant_id": "p1"})
    changes = [{"field": "text", "text": "To bænke"}]
    mended = scribe.read("event-corrected", {"target": str(made.id), "fields": changes, "reason": "der var to"})

    assert [item.position for item in app.record(made, ticked, mended)] == [3, 4, 5]


def test_an_unknown_target_is_refused(app, scribe):
    refused("unknown-event", scribe.record, "event-withdrawn", {"target": str(uuid.uuid4()), "reason": "x"})


def test_evidence_points_to_an_event_of_the_process(app, scribe):
    scribe.contribute("c1")
    event = list(app.reader.walk("fabelby"))[-1]
    scribe.record("claim-made", {"claim_id": "cl", "text": "seks projekter", "source": "siden"})
    scribe.record("evidence-linked", {"claim_id": "cl", "event": str(event.id), "bearing": "for"})
    refused(
        "unknown-thing",
        scribe.record,
        "evidence-linked",
        {"claim_id": "cl", "event": str(uuid.uuid4()), "bearing": "for"},
    )


def test_many_who_tick_the_same_contribution_all_get_through(app, scribe):
    for number in range(8):
        scribe.record("participant-registered", {"participant_id": f"p{number}"})
    scribe.contribute("c1")
    errors = []

    def tick(number):
        try:
            scribe.record("contribution-endorsed", {"contribution_id": "c1", "participant_id": f"p{number}"})
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=tick, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (errors, len(app.reader.things("fabelby", ["contribution/c1"]))) == ([], 9)


def test_two_who_decide_at_once_decide_once(app, scribe):
    results = []

    def decide(number):
        taker = {"actor": {"kind": "role", "ref": "citizen"}, "role": "citizen"}
        try:
            scribe.record("decision-made", {"decision_id": "d1", "question": f"hvad {number}", "taken_by": [taker]})
            results.append("made")
        except Refused as refusal:
            results.append(refusal.rule)

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["already-decided"] * 3 + ["made"]


def test_an_unknown_process_is_refused(app, scribe):
    scribe.process = "findes-ikke"
    refused("unknown-process", scribe.contribute, "c1")


def test_a_correction_and_its_withdrawal_may_come_in_one_array(app, scribe):
    made = scribe.contribute("c1")
    target = str(app.reader.at([made.position])[0].id)
    change = {"field": "text", "text": "noget andet"}
    mended = scribe.read("event-corrected", {"target": target, "fields": [change], "reason": "forkert"})
    undone = scribe.read("event-withdrawn", {"target": str(mended.id), "reason": "det var rigtigt"})
    assert [one.new for one in app.record(mended, undone)] == [True, True]
    assert app.reader.at([made.position + 2])[0].subject == "contribution/c1"
