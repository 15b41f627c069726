"""A redacted text is gone for good, for every reader and on every clock; counts and folds go on."""

import uuid

import pytest
from psycopg import sql

from domain.refusals import Refused
from service.log.store import COPY_FROM
from service.queries import Clocks
from service.wire import cloud_event

CANARY = "KANARIEFUGL"
"""Stands for what must not be found any more."""
INSTEAD = "en nabo"


def entry(app):
    return list(app.reader.walk("fabelby"))[-1]


def redact(scribe, target, field="text", text=INSTEAD):
    data = {"target": str(target.id), "field": field, "text": text, "reason": "et navn"}
    return scribe.record("text-redacted", data)


def correct(scribe, target, text):
    data = {"target": str(target.id), "fields": [{"field": "text", "text": text}], "reason": "tastefejl"}
    return scribe.record("event-corrected", data)


@pytest.fixture
def contribution(app, scribe):
    scribe.contribute("c1", text=f"{CANARY} kører for stærkt")
    return entry(app)


def everything(app):
    """Every row of every table, as the bytes and words it holds."""
    with app.log.connection() as connection:
        tables = connection.execute(
            "select table_schema as s, table_name as t from information_schema.tables "
            "where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'"
        ).fetchall()
        return "\n".join(
            str(row)
            for table in tables
            for row in connection.execute(sql.SQL("select * from {}").format(sql.Identifier(table["s"], table["t"])))
        )


def ciphers(app, position):
    with app.log.connection() as connection:
        rows = connection.execute("select cipher from log.vault where position = %s", (position,)).fetchall()
    return [bytes(row["cipher"]) for row in rows]


def test_the_old_text_is_gone_from_every_table(app, scribe, contribution):
    correct(scribe, contribution, f"{CANARY} kører langsomt")
    correction = entry(app)
    old = [*ciphers(app, contribution.position), *ciphers(app, correction.position)[:1]]
    assert all(repr(cipher) in everything(app) for cipher in old)

    redact(scribe, contribution)

    held = everything(app)
    assert [cipher for cipher in old if repr(cipher) in held] == []
    assert CANARY not in str(app.log.vault.texts(range(1, app.reader.head() + 1)))


def test_the_event_itself_is_not_touched(app, scribe, contribution):
    query = "select state from log.event where notification_id = %s"
    with app.log.connection() as connection:
        before = connection.execute(query, (contribution.position,)).fetchone()
    redact(scribe, contribution)
    with app.log.connection() as connection:
        assert connection.execute(query, (contribution.position,)).fetchone() == before


def test_whoever_reads_the_first_entry_gets_the_new_text(app, scribe, contribution):
    redact(scribe, contribution)

    texts = app.log.vault.texts([contribution.position])
    assert cloud_event(contribution, texts)["data"]["text"] == INSTEAD


def test_of_two_redactions_the_newer_is_read_everywhere(app, scribe, contribution):
    redact(scribe, contribution)
    first = entry(app)
    redact(scribe, contribution, text="nogen")

    assert app.log.vault.texts([contribution.position, first.position])[contribution.position, "text"] == "nogen"
    assert app.log.vault.texts([first.position])[first.position, "text"] == "nogen"


def test_a_redaction_is_itself_redacted(app, scribe, contribution):
    redact(scribe, contribution)
    redact(scribe, entry(app), text="nogen")

    assert app.log.vault.texts([contribution.position]) == {(contribution.position, "text"): "nogen"}


def test_every_clock_tells_the_new_text_and_counts_as_before(app, scribe, facilitator, contribution):
    redact(scribe, contribution)
    app.projector.catch_up()

    for known_by in (contribution.position, app.reader.head()):
        clocks = Clocks(position=known_by)
        for document in (
            app.queries.document(facilitator, "fabelby", "fate-of-contributions", clocks),
            app.queries.document(facilitator, "fabelby", "fate-of-contributions", clocks, replayed=True),
        ):
            assert CANARY not in str(document)
            assert INSTEAD in str(document)
            assert document["data"]["count"]["value"] == 1


def test_other_texts_of_the_entry_stay(app, scribe):
    steps = [{"name": "what", "text": "vi bagte"}, {"name": "now", "text": CANARY}]
    by = {"kind": "anonymous"}
    scribe.record("reflection-recorded", {"reflection_id": "r1", "format": "free", "steps": steps, "by": by})
    reflection = entry(app)
    redact(scribe, reflection, "steps.1.text")

    assert app.log.vault.texts([reflection.position]) == {
        (reflection.position, "steps.0.text"): "vi bagte",
        (reflection.position, "steps.1.text"): INSTEAD,
    }


def test_a_refused_redaction_deletes_nothing(app, scribe, contribution):
    good = {"target": str(contribution.id), "field": "text", "text": INSTEAD, "reason": "et navn"}
    bad = {**good, "field": "kind"}
    with pytest.raises(Refused):
        app.record(scribe.read("text-redacted", good), scribe.read("text-redacted", bad))

    assert app.log.vault.texts([contribution.position])[contribution.position, "text"].startswith(CANARY)


def test_a_redaction_amid_a_long_array_deletes_as_well(app, scribe, contribution):
    data = {"target": str(contribution.id), "field": "text", "text": INSTEAD, "reason": "et navn"}
    made = {"kind": "idea", "text": "en bænk", "author": {"kind": "anonymous"}}
    many = [scribe.read("contribution-made", {**made, "contribution_id": f"m{at}"}) for at in range(COPY_FROM)]
    app.record(*many, scribe.read("text-redacted", data))

    assert app.log.vault.texts([contribution.position]) == {(contribution.position, "text"): INSTEAD}


def test_a_text_is_redacted_in_the_array_that_brings_it(app, scribe):
    made = {"contribution_id": "c1", "kind": "idea", "text": CANARY, "author": {"kind": "anonymous"}}
    event_id = str(uuid.uuid4())
    data = {"target": event_id, "field": "text", "text": INSTEAD, "reason": "et navn"}
    app.record(scribe.read("contribution-made", made, id=event_id), scribe.read("text-redacted", data))

    assert CANARY not in str(app.log.vault.texts([2, 3]))


def test_the_first_entry_sent_again_is_still_the_same(app, scribe):
    event_id = str(uuid.uuid4())
    first = scribe.contribute("c1", text=CANARY, id=event_id)
    redact(scribe, entry(app))

    again = scribe.contribute("c1", text=CANARY, id=event_id)

    assert (again.position, again.new) == (first.position, False)
    assert CANARY not in str(app.log.vault.texts(range(1, app.reader.head() + 1)))


def test_a_redaction_is_sealed_under_the_first_authors_key(app, scribe):
    scribe.record("participant-registered", {"participant_id": "p1"})
    author = {"kind": "participant", "ref": "p1"}
    scribe.record("contribution-made", {"contribution_id": "c1", "kind": "idea", "text": CANARY, "author": author})
    redact(scribe, entry(app))
    with app.log.connection() as connection:
        keys = {row["key_id"] for row in connection.execute("select key_id from log.vault")}

    assert keys == {"fabelby/participant/p1"}


def test_a_dispute_is_sealed_under_the_key_of_who_disputes(app, scribe, contribution):
    scribe.record("participant-registered", {"participant_id": "p1"})
    by = {"kind": "participant", "ref": "p1"}
    scribe.record("event-disputed", {"target": str(contribution.id), "by": by, "reason": "sådan var det ikke"})
    with app.log.connection() as connection:
        row = connection.execute("select key_id from log.vault order by position desc limit 1").fetchone()

    assert row["key_id"] == "fabelby/participant/p1"
