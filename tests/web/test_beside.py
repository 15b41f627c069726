"""What stands beside an entry, on its page: disputes as a flag until they are settled, redactions, corrections."""

import uuid

import pytest


@pytest.fixture
def entry(app, signed_in, scribe):
    """Read the page of a contribution, after what a test has recorded beside it."""
    scribe.contribute("c1", text="Naboen kører for stærkt", id=str(uuid.UUID(int=7)))
    client = signed_in()

    def read():
        app.projector.catch_up()
        return client.get("/p/fabelby/log/2").text

    return read


TARGET = str(uuid.UUID(int=7))
DISPUTE = str(uuid.UUID(int=8))


def dispute(scribe):
    data = {"target": TARGET, "by": {"kind": "anonymous"}, "reason": "sådan var det ikke"}
    scribe.record("event-disputed", data, id=DISPUTE)


def test_a_disputed_entry_is_flagged_until_it_is_settled(entry, scribe):
    assert "Bestridt, ikke afgjort" not in entry()

    dispute(scribe)
    flagged = entry()
    assert "Bestridt, ikke afgjort" in flagged
    assert "dispute-resolved?data.target=3" in flagged

    scribe.record("dispute-resolved", {"target": DISPUTE, "outcome": "dismissed", "reason": "referatet viser det"})
    assert "Bestridt, ikke afgjort" not in entry()


def test_a_disputed_entry_may_still_be_undone(entry, scribe):
    dispute(scribe)

    assert "Træk tilbage" in entry()


def test_a_redacted_entry_shows_the_new_text_once_and_says_so(entry, scribe):
    scribe.record("text-redacted", {"target": TARGET, "field": "text", "text": "Der køres stærkt", "reason": "et navn"})

    page = entry()
    assert "Naboen" not in page
    assert "Tekst overstreget" in page
    assert "Sådan læses den nu" not in page


def test_each_text_of_an_entry_has_its_way_to_be_redacted(entry):
    assert "text-redacted?data.target=2&amp;data.field=text" in entry()


def test_a_participant_redacts_nothing_others_wrote(app, client, signed_in, scribe):
    scribe.contribute("c1")
    scribe.account = "a-other"
    scribe.contribute("c2")
    app.projector.catch_up()

    page = signed_in("participant", "fabelby").get("/p/fabelby/log/3").text

    assert "text-redacted" not in page
