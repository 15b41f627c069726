"""What one may write over HTTP: which tokens hold, whose entries one mends, and the log's own care."""

import datetime as dt
import uuid

import pytest

from domain.keeping import AccessRole
from domain.refusals import Refused
from service.security.gate import Caller
from service.security.writing import check_oneself
from tests.api.test_events import EVENTS, made


def withdrawn(target, **more):
    return {"type": "event-withdrawn", "data": {"target": str(target), "reason": "x"}, **more}


def event_of(app, recorded):
    return app.reader.at([recorded.position])[0].id


def test_a_session_is_no_bearer_token(client, app, begun):
    hour = dt.timedelta(hours=1)
    for kind in ("session", "link"):
        secret = app.tokens.create(role=AccessRole.FACILITATOR, process=None, lasting=hour, kind=kind)
        assert client.get(EVENTS, headers={"Authorization": f"Bearer {secret}"}).status_code == 401


@pytest.mark.parametrize(
    ("visibility", "role", "status"),
    [
        ("process", AccessRole.PARTICIPANT, 422),
        ("process", AccessRole.FACILITATOR, 201),
        ("process", AccessRole.EVALUATOR, 201),
        ("team", AccessRole.PARTICIPANT, 422),
        ("evaluators", AccessRole.FACILITATOR, 422),
        ("evaluators", AccessRole.EVALUATOR, 201),
    ],
)
def test_one_mends_what_one_sees_and_participants_only_their_own(client, app, token, begun, visibility, role, status):
    target, missing = event_of(app, begun.contribute("c1", visibility=visibility)), uuid.uuid4()
    headers = token(role)
    answer = client.post(EVENTS, json=withdrawn(target), headers=headers)
    other = client.post(EVENTS, json=withdrawn(missing), headers=headers)
    assert (answer.status_code, other.status_code) == (status, 422)
    if status == 422:
        assert answer.text.replace(str(target), "") == other.text.replace(str(missing), "")
        assert answer.json["rule"] == "unknown-event"


def test_a_participant_withdraws_own_entries_also_in_the_same_array(client, app, token, begun):
    headers, first = token(AccessRole.PARTICIPANT), str(uuid.uuid4())
    sent = [made("c1", id=first), withdrawn(first)]
    assert client.post(EVENTS, json=sent, headers=headers).status_code == 201
    own = client.post(EVENTS, json=made("c2"), headers=headers).json["events"][0]["id"]
    assert client.post(EVENTS, json=withdrawn(own), headers=headers).status_code == 201


def test_an_array_makes_nobody_the_owner_of_what_is_there(client, app, token, begun):
    target = str(event_of(app, begun.contribute("c1", visibility="team")))
    sent = [made("c1", id=target), withdrawn(target)]
    assert client.post(EVENTS, json=sent, headers=token(AccessRole.PARTICIPANT)).json["rule"] == "unknown-event"


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (AccessRole.PARTICIPANT, 404),
        (AccessRole.EVALUATOR, 404),
        (AccessRole.FACILITATOR, 404),
        (AccessRole.PROJECT_MANAGER, 409),
    ],
)
def test_only_a_manager_gives_access_by_api_and_none_more_than_their_own(client, app, token, begun, role, status):
    granted = {"type": "access-granted", "data": {"account": "a-1", "role": "administrator"}}
    headers = token(role)
    assert client.post(EVENTS, json=granted, headers=headers).status_code == status
    target = event_of(app, begun.record("access-granted", {"account": "a-2", "role": "participant"}))
    assert client.post(EVENTS, json=withdrawn(target), headers=headers).status_code == 422
    raised = {"target": str(target), "reason": "x", "fields": [{"field": "role", "value": "administrator"}]}
    answer = client.post(EVENTS, json={"type": "event-corrected", "data": raised}, headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (AccessRole.PARTICIPANT, 404),
        (AccessRole.EVALUATOR, 404),
        (AccessRole.FACILITATOR, 201),
        (AccessRole.PROJECT_MANAGER, 201),
    ],
)
def test_nobody_but_the_team_says_that_two_are_one_person(client, app, token, begun, role, status):
    for one in ("p1", "p2"):
        begun.record("participant-registered", {"participant_id": one, "name": f"Opdigtet {one}"})
    merged = {"type": "participants-merged", "data": {"participant_id": "p1", "duplicate_id": "p2"}}
    assert client.post(EVENTS, json=merged, headers=token(role)).status_code == status
    assert (app.rights.of("fabelby").same("p1") == {"p1", "p2"}) is (status == 201)


@pytest.mark.parametrize(
    ("role", "status"), [(AccessRole.PARTICIPANT, 422), (AccessRole.EVALUATOR, 422), (AccessRole.FACILITATOR, 201)]
)
def test_nobody_but_the_team_mends_who_is_one_with_whom(client, app, token, begun, role, status):
    for one in ("p1", "p2", "p3"):
        begun.record("participant-registered", {"participant_id": one, "name": f"Opdigtet {one}"})
    merged = {"participant_id": "p1", "duplicate_id": "p2"}
    target = event_of(app, begun.record("participants-merged", merged, onbehalfof="p1"))
    other = {"target": str(target), "reason": "x", "fields": [{"field": "duplicate_id", "value": "p3"}]}
    corrected = {"type": "event-corrected", "data": other}
    assert client.post(EVENTS, json=corrected, headers=token(role)).status_code == status
    assert (app.rights.of("fabelby").same("p1") == {"p1", "p3"}) is (status == 201)


@pytest.mark.parametrize(
    ("author", "passes"),
    [
        ({"kind": "participant", "ref": "p1"}, True),
        ({"kind": "anonymous"}, True),
        ({"kind": "participant", "ref": "p2"}, False),
    ],
)
def test_nobody_speaks_as_another_participant(begun, author, passes):
    data = {"contribution_id": "c1", "kind": "idea", "text": "En bro", "author": author}
    event = begun.read("contribution-made", data)
    check_oneself(Caller("a-team", AccessRole.FACILITATOR, "fabelby"), event)
    said = "passes"
    try:
        check_oneself(Caller("a-link", AccessRole.PARTICIPANT, "fabelby", "p1"), event)
    except Refused as error:
        said = error.rule
    assert said == ("passes" if passes else "unknown-thing")


@pytest.mark.parametrize("role", [AccessRole.PARTICIPANT, AccessRole.FACILITATOR, AccessRole.PROJECT_MANAGER])
def test_what_a_text_shows_is_for_evaluators_to_say(client, token, begun, role):
    data = {"reading_id": "l1", "codebook_id": "b1", "version": 1, "target": str(uuid.uuid4()), "field": "text"}
    data |= {"text_commitment": "0" * 64, "coder": {"kind": "participant", "ref": "p1"}, "blind": True}
    sent = {"type": "text-coded", "data": data}
    answer = client.post(EVENTS, json=sent, headers=token(role))
    assert answer.status_code == 404
    coder = client.post(EVENTS, json=sent, headers=token(AccessRole.EVALUATOR))
    assert (coder.status_code, coder.json["rule"]) == (
        422,
        "unknown-thing",
    )  # theirs to say, of a codebook that is there
