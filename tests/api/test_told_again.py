"""An answer told again from memory: the same bytes, noted again as read, and gone with what it says."""

import datetime as dt
import gc

import pytest

from domain.keeping import AccessRole
from service.api.processes import Told
from service.erasing import ask, execute

HOUR = dt.timedelta(hours=1)
FATES = "/api/v1/processes/fabelby/projections/fate-of-contributions"
ACTIONS = "/api/v1/processes/fabelby/projections/actions"
CANARY = "kanariefuglen ved skovstien"
MIA = {"kind": "participant", "ref": "p1"}
BACK = {"participant_id": "p1", "purposes": ["participate"]}
READS = "select participant, times from log.read_count order by participant"


@pytest.fixture
def said(app, scribe):
    """Let Mia say something, and the projections take it in; return its scribe."""
    scribe.record("participant-registered", {"participant_id": "p1", "name": "Mia Fiktiv"})
    idea = {"contribution_id": "c1", "kind": "idea", "text": CANARY, "author": MIA}
    scribe.record("contribution-made", idea)
    app.projector.catch_up()
    return scribe


def words(answer):
    return [one["text"] for one in answer.json["data"]["contributions"]]


def held():
    gc.collect()  # what another test left behind
    return [one for one in gc.get_objects() if isinstance(one, Told) and CANARY.encode() in one.document]


def test_it_is_told_again_without_its_table_and_noted_as_read_each_time(app, client, token, said):
    headers = token()
    first = client.get(FATES, headers=headers)
    assert words(first) == [CANARY]
    with app.log.connection() as connection:
        connection.execute("alter table read.fate_of_contributions_v1 drop column state")
        again = [client.get(FATES, headers=headers) for _ in range(2)]
        assert [answer.data for answer in again] == [first.data] * 2
        assert [tuple(row.values()) for row in connection.execute(READS)] == [("p1", 3)]


def erased(app, scribe):
    request = ask(app, "fabelby", "p1", "a-leder", verdict="granted", ground="intet står i vejen")
    execute(app, "fabelby", request)


def withdrawn(app, scribe):
    scribe.record("consent-withdrawn", BACK)


def redacted(app, scribe):
    target = next(event for event in app.reader.walk("fabelby") if event.kind == "contribution")
    redaction = {"target": str(target.id), "field": "text", "text": "en fugl", "reason": "et sted"}
    scribe.record("text-redacted", redaction)


@pytest.mark.parametrize(("taken", "left"), [(erased, None), (withdrawn, None), (redacted, "en fugl")])
@pytest.mark.parametrize("query", ["", "?known_by=3"])
def test_what_is_taken_away_is_gone_from_the_next_request_on_also_as_of_before_and_from_memory(
    app, client, token, said, taken, left, query
):
    headers = token()
    first = client.get(FATES + query, headers=headers)
    assert words(first) == [CANARY]
    assert held()
    taken(app, said)
    again = client.get(FATES + query, headers=headers | {"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert words(again) == [left]
    assert not held()


def test_whoever_asks_after_another_is_told_what_is_theirs(app, client, token, said):
    """A researcher and an administrator see as deep, and read other words; a participant reads their own."""
    said.record(
        "contribution-made",
        {"contribution_id": "c2", "kind": "idea", "text": "for alle", "author": MIA},
        visibility="public",
    )
    said.record("consent-withdrawn", BACK)
    app.projector.catch_up()
    roles = (AccessRole.FACILITATOR, AccessRole.PARTICIPANT)
    own = app.tokens.create(role=AccessRole.PARTICIPANT, process="fabelby", lasting=HOUR, participant="p1")
    asks = {role: token(role, "fabelby") for role in roles} | {"own": {"Authorization": f"Bearer {own}"}}
    told = {who: words(client.get(FATES, headers=headers)) for who, headers in asks.items()}
    assert told == {
        AccessRole.FACILITATOR: [None, None],
        AccessRole.PARTICIPANT: [None, None],
        "own": [CANARY, "for alle"],
    }
    assert {who: words(client.get(FATES, headers=headers)) for who, headers in asks.items()} == told


def test_an_answer_that_tells_of_other_processes_has_no_tag(app, client, token, said):
    headers = token()
    answer = client.get("/api/v1/processes/fabelby/projections/model", headers=headers)
    assert (answer.status_code, answer.headers.get("ETag")) == (200, None)
    assert "ETag" in client.get(ACTIONS, headers=headers).headers


def test_the_tag_of_one_reader_is_no_other_readers(app, client, token, said):
    tags = {client.get(ACTIONS, headers=token(role)).headers["ETag"] for role in AccessRole if role != "funder"}
    assert len(tags) == len(AccessRole) - 1
