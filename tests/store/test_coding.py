"""A passage against the text it was read in, opened in the vault only for that."""

import pytest

from domain.refusals import Refused

TEXT = "Blå ører på bænken 🪑 ved stien"


@pytest.fixture
def target(app, scribe):
    code = {"id": "asks", "title": "Spørger først", "definition": "Spørger, før der handles"}
    scribe.record("codebook-published", {"codebook_id": "b1", "version": 1, "codes": [code]})
    scribe.contribute("c1", text=TEXT)
    return list(app.reader.walk("fabelby"))[-1]


def code(scribe, target, **fields):
    data = {
        "coding_id": "k1",
        "codebook_id": "b1",
        "version": 1,
        "target": str(target.id),
        "field": "text",
        "text_commitment": target.data.text.value.sha256,
        "start": 0,
        "end": len(TEXT),
        "code": "asks",
        "coder": {"kind": "anonymous"},
    }
    return scribe.record("passage-coded", {**data, **fields})


def test_a_passage_reaches_to_the_last_code_point_of_its_text(app, scribe, target):
    assert code(scribe, target).new


def test_a_passage_that_ends_outside_its_text_is_refused(app, scribe, target):
    with pytest.raises(Refused) as caught:
        code(scribe, target, end=len(TEXT) + 1)

    assert caught.value.rule == "span-does-not-match"


def test_the_length_of_an_erased_text_is_held_against_nobody(app, scribe, target):
    with app.log.connection() as connection:
        connection.execute("delete from log.vault")

    assert code(scribe, target, end=9999).new


def test_a_redacted_text_is_coded_as_it_stands_now(app, scribe, target):
    scribe.record("text-redacted", {"target": str(target.id), "field": "text", "text": "kort", "reason": "et navn"})
    redaction = list(app.reader.walk("fabelby"))[-1]
    with pytest.raises(Refused):
        code(scribe, target)

    commitment = redaction.data.text.value.sha256
    with pytest.raises(Refused):
        code(scribe, target, text_commitment=commitment, end=5)
    assert code(scribe, target, text_commitment=commitment, end=4).new


def test_no_text_is_opened_for_any_other_event(app, scribe, target, monkeypatch):
    opened = []
    monkeypatch.setattr(app.log.vault, "length", opened.append)

    scribe.contribute("c2")

    assert opened == []
