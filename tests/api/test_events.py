"""Recording and reading over HTTP: what is acknowledged, what is refused, and how it is said."""

import json
import uuid
from contextvars import Context

import psycopg
import pytest

from domain.keeping import AccessRole
from service.log.reading import Reader

EVENTS = "/api/v1/processes/fabelby/events"
MADE = {"contribution_id": "c1", "kind": "idea", "text": "En bænk", "author": {"kind": "anonymous"}}


def made(ref="c1", **more):
    return {
        "specversion": "1.0",
        "type": "contribution-made.v1",
        "time": "2026-02-01T12:00:00+01:00",
        "data": {**MADE, "contribution_id": ref},
        **more,
    }


def test_one_event_is_recorded_and_seen(client, token, begun):
    answer = client.post(EVENTS, json=made(), headers=token())
    assert (answer.status_code, answer.json["events"][0]["position"], answer.headers["Kurslog-Position"]) == (
        201,
        2,
        "2",
    )
    (first, second) = client.get(EVENTS, headers=token()).json
    assert (first["type"], second["data"]["text"], second["time"]) == (
        "process-registered.v1",
        "En bænk",
        "2026-02-01T11:00:00Z",
    )


def test_the_same_again_is_200_with_the_same_positions_and_other_content_409(client, token, begun):
    headers, event_id = token(), str(uuid.uuid4())
    first = client.post(EVENTS, json=made(id=event_id), headers=headers)
    again = client.post(EVENTS, json=made(id=event_id), headers=headers)
    other = client.post(EVENTS, json=made(id=event_id, citation="S9"), headers=headers)
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json == again.json
    assert (other.content_type, other.json["rule"]) == ("application/problem+json", "same-id-other-content")


def test_an_array_is_all_or_nothing(client, app, token, begun):
    answer = client.post(EVENTS, json=[made("c1"), made("c1")], headers=token())
    assert (answer.status_code, answer.json["rule"], app.reader.head()) == (409, "already-exists", 1)
    answer = client.post(EVENTS, json=[made("c1"), made("c2")], headers=token())
    assert ([e["position"] for e in answer.json["events"]], app.reader.head()) == ([2, 3], 3)


@pytest.fixture
def statements(monkeypatch):
    """Return what the database is asked, in order."""
    found, execute = [], psycopg.Cursor.execute

    def noted(cursor, query, *asked, **more):
        found.append(str(query))
        return execute(cursor, query, *asked, **more)

    monkeypatch.setattr(psycopg.Cursor, "execute", noted)
    return found


def test_to_record_takes_three_statements_who_comes_what_it_names_and_the_append(client, token, begun, statements):
    begun.record("participant-registered", {"participant_id": "p1"})
    mine = {**MADE, "author": {"kind": "participant", "ref": "p1"}}
    headers = token()
    for ref in ("c1", "c2"):  # the first also makes the author's key, and whatever a connection begins with
        statements.clear()
        assert client.post(EVENTS, json=made(data={**mine, "contribution_id": ref}), headers=headers).status_code == 201
    asked = [said for said in statements if "set_config" not in said]
    assert len(asked) == 3
    assert all(word in said for word, said in zip(("access.token", "event_id", "log.append"), asked, strict=True))


def test_whoever_was_first_meanwhile_is_read_before_it_is_decided_again(client, token, begun, monkeypatch):
    joined = {"type": "participant-registered", "data": {"participant_id": "p1"}}
    named, others = Reader.named, iter(["p2"])

    def slowly(reader, *asked):
        for other in others:  # once, in a request of their own, between our question and our append
            Context().run(begun.record, "participant-registered", {"participant_id": other})
        return named(reader, *asked)

    monkeypatch.setattr(Reader, "named", slowly)
    answer = client.post(EVENTS, json=joined, headers=token())
    assert (answer.status_code, answer.json["events"][0]["position"]) == (201, 3)


@pytest.mark.parametrize("path", ["contribution-made", "contributions"])
@pytest.mark.parametrize("body", [MADE, {**MADE, "time": "2026-02-01T12:00:00Z", "citation": "S1"}, {"data": MADE}])
def test_every_type_has_a_route_that_takes_fields_or_an_envelope(client, token, begun, path, body):
    answer = client.post(f"/api/v1/processes/fabelby/{path}", json=body, headers=token())
    assert answer.status_code == 201


def test_a_process_is_created_by_its_registration(client, app, token):
    data = {
        "title": "Nyt",
        "place": "Fabelby",
        "municipality": "Fabeldal",
        "aim": "democracy",
        "period_start": "2026-01-01",
    }
    answer = client.post("/api/v1/processes/nyt/process-registered", json=data, headers=token())
    assert (answer.status_code, app.queries.registration("nyt").data.title) == (201, "Nyt")


def test_a_rule_answers_422_and_says_which_and_what_to_do_in_both_languages(client, app, token, begun):
    late = made(time="2999-01-01T00:00:00Z")
    danish = client.post(EVENTS, json=late, headers=token() | {"Accept-Language": "da"})
    english = client.post(EVENTS, json=late, headers=token() | {"Accept-Language": "en"})
    assert (danish.status_code, danish.json["rule"], danish.json["field"]) == (422, "time-in-future", "time")
    assert danish.json["detail"].startswith("Dagen er ikke kommet endnu")
    assert english.json["detail"].startswith("That day has not come yet")
    assert app.reader.head() == 1


BAD = {
    "broken": b'{"type": "contribution-made.v1", ',
    "not utf-8": '{"type": "contribution-made.v1", "data": {"text": "bæ'.encode("latin-1"),
    "a lone surrogate": b'{"type":"contribution-made.v1","data":{"contribution_id":"c1","kind":"idea","text":"\\ud800","author":{"kind":"anonymous"}}}',
    "NUL": b'{"type":"contribution-made.v1","data":{"contribution_id":"c1","kind":"idea","text":"a\\u0000b","author":{"kind":"anonymous"}}}',
    "NUL in an id": b'{"type":"contribution-made.v1","data":{"contribution_id":"c\\u0000","kind":"idea","text":"a","author":{"kind":"anonymous"}}}',
    "nothing": b"",
    "a number": b"42",
    "a nested abyss": b"[" * 100_000,
    "an empty array": b"[]",
    "an unknown type": b'{"type":"made-up.v1","data":{}}',
    "a type that is no text": b'{"type":["x"],"data":{}}',
    "an unknown field": b'{"type":"contribution-made.v1","data":{"contribution_id":"c1","kind":"idea","text":"a","author":{"kind":"anonymous"},"extra":1}}',
    "an unknown envelope field": b'{"type":"contribution-made.v1","admin":true,"data":{}}',
    "data that is a list": b'{"type":"contribution-made.v1","data":[]}',
    "a time without zone": b'{"type":"contribution-made.v1","time":"2026-01-01T00:00:00","data":{}}',
    "a time of nonsense": b'{"type":"contribution-made.v1","time":"i morgen","data":{}}',
    "the year zero": b'{"type":"contribution-made.v1","time":"0000-01-01T00:00:00Z","data":{}}',
    "the year one": b'{"type":"contribution-made.v1","time":"0001-01-01T00:00:00+14:00","timeprecision":"day","data":{"contribution_id":"c1","kind":"idea","text":"a","author":{"kind":"anonymous"}}}',
    "the last year there is": b'{"type":"contribution-made.v1","time":"9999-12-31T23:59:59Z","timeprecision":"year","data":{"contribution_id":"c1","kind":"idea","text":"a","author":{"kind":"anonymous"}}}',
    "another source": b'{"type":"contribution-made.v1","source":"/processes/other","data":{"contribution_id":"c1","kind":"idea","text":"a","author":{"kind":"anonymous"}}}',
    "another subject": b'{"type":"contribution-made.v1","subject":"contribution/c9","data":{"contribution_id":"c1","kind":"idea","text":"a","author":{"kind":"anonymous"}}}',
    "an id with a slash": b'{"type":"contribution-made.v1","data":{"contribution_id":"a/b","kind":"idea","text":"a","author":{"kind":"anonymous"}}}',
    "a money that is a float": b'{"type":"expenditure-recorded.v1","data":{"line_id":"l1","amount_dkk":12.5,"voucher":"1","paid_on":"2026-01-01"}}',
    "a learnedat outside an import": b'{"type":"contribution-made.v1","learnedat":"2026-01-01T00:00:00Z","time":"2026-01-01T00:00:00Z","data":{"contribution_id":"c1","kind":"idea","text":"a","author":{"kind":"anonymous"}}}',
    "a target that is no event": b'{"type":"event-withdrawn.v1","data":{"target":"x","reason":"y"}}',
    "an actor without a name": b'{"type":"contribution-made.v1","data":{"contribution_id":"c1","kind":"idea","text":"a","author":{"kind":"participant"}}}',
    "NaN": b'{"type":"baseline-recorded.v1","data":{"value":"NaN","text":"x"}}',
    "infinity": b'{"type":"baseline-recorded.v1","data":{"value":"Infinity","text":"x"}}',
}


@pytest.mark.parametrize("said", BAD)
def test_bad_input_is_refused_with_a_sentence_and_writes_nothing(client, app, token, begun, said):
    answer = client.post(EVENTS, data=BAD[said], headers=token(), content_type="application/json")
    assert (answer.status_code in {400, 409, 422}, answer.content_type, app.reader.head()) == (
        True,
        "application/problem+json",
        1,
    ), answer.json
    assert answer.json["detail"]


def test_a_problem_never_repeats_what_somebody_wrote(client, token, begun):
    wrong = made()
    wrong["data"] = {**wrong["data"], "kind": "KANARIEFUGL", "author": "KANARIEFUGL"}
    assert b"KANARIEFUGL" not in client.post(EVENTS, json=wrong, headers=token()).data


def test_a_huge_body_is_refused(client, app, token, begun):
    answer = client.post(EVENTS, data=b"x" * (17 * 1024 * 1024), headers=token(), content_type="application/json")
    assert (answer.status_code, answer.json["rule"], app.reader.head()) == (413, "too-large", 1)


def test_writing_takes_a_token_that_holds(client, app, token, begun):
    assert client.post(EVENTS, json=made()).status_code == 401
    assert client.post(EVENTS, json=made(), headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.post(EVENTS, json=made(), headers=token(process="another")).status_code == 404
    assert client.post(EVENTS, json=made(), headers=token(AccessRole.FUNDER)).status_code == 404
    assert app.reader.head() == 1


def test_unknown_and_forbidden_look_the_same(client, token, begun):
    forbidden = client.get(EVENTS)
    unknown = client.get("/api/v1/processes/findes-ikke/events")
    assert (forbidden.status_code, forbidden.json) == (404, unknown.json)
    assert client.get("/api/v1/processes/fabelby").status_code == 404
    assert client.get("/api/v1/processes").json == []


def test_pages_follow_one_another_by_link(client, token, begun):
    headers = token()
    client.post(EVENTS, json=[made(f"c{n}") for n in range(5)], headers=headers)
    first = client.get(f"{EVENTS}?limit=4&type=contribution-made", headers=headers)
    assert len(first.json) == 4
    link = first.headers["Link"].partition(">")[0].removeprefix("<")
    assert [event["data"]["contribution_id"] for event in client.get(link, headers=headers).json] == ["c4"]


def test_lines_stream_every_event(client, token, begun):
    headers = token()
    client.post(EVENTS, json=[made(f"c{n}") for n in range(5)], headers=headers)
    answer = client.get(EVENTS, headers=headers | {"Accept": "application/x-ndjson"})
    assert [json.loads(line)["position"] for line in answer.data.splitlines()] == [1, 2, 3, 4, 5, 6]


def test_events_as_of_both_clocks(client, token, begun):
    headers = token()
    client.post(EVENTS, json=[made("c1"), made("c2", time="2026-03-01T12:00:00Z")], headers=headers)
    assert len(client.get(f"{EVENTS}?known_by=2", headers=headers).json) == 2
    assert len(client.get(f"{EVENTS}?happened_by=2026-02-15", headers=headers).json) == 2
    assert client.get(f"{EVENTS}?happened_by=i-morgen", headers=headers).status_code == 422


def test_every_answer_carries_the_headers_that_protect_it(client):
    headers = client.get("/api/v1/processes").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert (headers["Referrer-Policy"], headers["X-Content-Type-Options"]) == ("no-referrer", "nosniff")


def test_what_is_not_there_is_a_problem_too(client):
    answer = client.get("/api/v1/no-such-route")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert client.delete(EVENTS).status_code == 405


def test_an_erased_text_is_null(client, app, token, begun):
    begun.contribute("c1")
    with app.log.connection() as connection:
        connection.execute("delete from log.vault")
    assert client.get(EVENTS, headers=token()).json[-1]["data"]["text"] is None


ODD_PROCESSES = ["a%00b", "a%20b", "x" * 500, "a%0Ab", "%C3%A6"]


@pytest.mark.parametrize("process", ODD_PROCESSES)
def test_a_process_id_that_cannot_be_is_never_a_500_and_never_made(client, app, token, process):
    data = {
        "title": "x",
        "place": "x",
        "municipality": "x",
        "aim": "democracy",
        "period_start": "2026-01-01",
    }
    headers = token()
    for answer in (
        client.get(f"/api/v1/processes/{process}"),
        client.get(f"/api/v1/processes/{process}/events", headers=headers),
        client.post(f"/api/v1/processes/{process}/process-registered", json=data, headers=headers),
        client.get(f"/p/{process}"),
    ):
        assert 400 <= answer.status_code < 500
    assert app.reader.head() == 0


ODD_QUESTIONS = [
    "known_by=²",
    "known_by=" + "9" * 5000,
    "after=²",
    "limit=²",
    "limit=-1",
    "subject=a%00",
    "happened_by=0001-01-01T00:00:00%2B14:00",
    "happened_by=9999-12-31T23:59:59-14:00",
    "known_by=9999-12-31",
    "type=%00",
]


@pytest.mark.parametrize("query", ODD_QUESTIONS)
def test_an_odd_question_is_answered_or_refused_but_never_fails(client, app, token, begun, query):
    app.projector.catch_up()
    headers = token() | {"Kurslog-Wait": "²"}
    for path in (EVENTS, "/api/v1/processes/fabelby/projections/timeline"):
        assert client.get(f"{path}?{query}", headers=headers).status_code < 500


def test_waiting_for_what_is_not_there_answers_at_once(client, token, begun):
    answer = client.get(EVENTS, headers=token() | {"Kurslog-Wait": "99999999999999999"})
    assert (answer.status_code, answer.json["rule"]) == (503, "not-yet")


def test_the_same_event_without_a_time_is_the_same_event(client, token, begun):
    headers, event = token(), made(id=str(uuid.uuid4()))
    del event["time"]
    assert [client.post(EVENTS, json=event, headers=headers).status_code for _ in range(2)] == [201, 200]


@pytest.mark.parametrize(
    "more", [{"data": {"channel": "bord 3"}}, {"timeend": "2026-02-03T00:00:00Z"}, {"correlationid": "x"}]
)
def test_anything_more_or_else_under_the_same_id_is_other_content(client, token, begun, more):
    headers, event = token(), made(id=str(uuid.uuid4()), timeprecision="span", timeend="2026-02-02T00:00:00Z")
    assert client.post(EVENTS, json=event, headers=headers).status_code == 201
    other = {**event, **more, "data": {**event["data"], **more.get("data", {})}}
    assert client.post(EVENTS, json=other, headers=headers).status_code == 409


def test_a_lost_acknowledgement_doubles_nothing(app, begun, monkeypatch):
    from service.log.busy import LostError

    real, failing = app.log.save, [True]

    def save(*events, reads):
        done = real(*events, reads=reads)
        if failing.pop() if failing else False:
            raise LostError("the acknowledgement was lost")
        return done

    monkeypatch.setattr(app.log, "save", save)
    recorded = begun.contribute("c1")
    assert (recorded.new, recorded.position, app.reader.head()) == (False, 2, 2)


def test_only_so_many_follow_live_and_the_others_come_back(client, token, begun):
    headers = token() | {"Accept": "text/event-stream"}

    def follow():
        return iter(client.get(EVENTS, headers=headers, buffered=False).response)

    first, second, third = follow(), follow(), follow()
    assert next(first).startswith(b"id: 1\nevent: process-registered.v1\ndata: {")
    assert next(second).startswith(b"id: 1")
    assert next(third).startswith(b"retry: ")
    first.close()
    fourth = follow()
    assert next(fourth).startswith(b"id: 1")
    for stream in (second, fourth):
        stream.close()
