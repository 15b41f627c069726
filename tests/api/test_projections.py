"""Asking over HTTP: figures that open, both clocks, one's own write, and nothing read twice."""

import threading

PROJECTIONS = "/api/v1/processes/fabelby/projections"
PLAN = {"action_id": "a1", "title": "bænk", "aim": "x", "sign_of_success": "y", "owners": [], "due": "2026-05-01"}


def test_a_figure_leads_to_the_events_it_rests_on(client, app, token, begun):
    begun.contribute("c1")
    begun.contribute("c2")
    app.projector.catch_up()
    headers = token()
    answer = client.get(f"{PROJECTIONS}/fate-of-contributions", headers=headers).json
    count = answer["data"]["count"]
    assert (count["value"], count["n"], count["events"]["count"]) == (2, 2, 2)
    behind = client.get(count["events"]["href"], headers=headers).json
    assert [event["data"]["contribution_id"] for event in behind] == ["c1", "c2"]


def test_every_figure_of_every_answer_opens_to_as_many_events_as_it_says(client, app, token, begun):
    begun.contribute("c1")
    begun.record("action-planned", {**PLAN, "builds_on": ["c1"]})
    begun.record("action-started", {"action_id": "a1"}, on="2026-02-03T00:00:00Z")
    begun.record("objective-defined", {"objective_id": "o1", "text": "mål", "source": "S1"})
    begun.record("organisation-registered", {"organisation_id": "udv", "title": "Udvalget", "kind": "committee"})
    begun.record("case-item-treated", {"item_id": "i1", "body": "udv", "heading": "Sag", "kind": "discussion"})
    app.projector.catch_up()
    headers = token()
    opened = 0
    for name in ("timeline", "fate-of-contributions", "decisions", "actions", "goals", "evidence"):
        for figure in figures(client.get(f"{PROJECTIONS}/{name}", headers=headers).json["data"]):
            behind = client.get(figure["events"]["href"], headers=headers)
            assert (behind.status_code, len(behind.json)) == (200, figure["events"]["count"]), (name, figure)
            opened += 1
    assert opened >= 30


def figures(data):
    if isinstance(data, dict):
        if "events" in data and "value" in data:
            yield data
        else:
            for value in data.values():
                yield from figures(value)
    elif isinstance(data, list):
        for value in data:
            yield from figures(value)


def test_a_read_that_waits_sees_its_own_write(client, app, token, begun):
    worker = app.worker()
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        headers = token()
        for number in range(5):
            wrote = client.post(
                "/api/v1/processes/fabelby/action-planned", json={**PLAN, "action_id": f"a{number}"}, headers=headers
            )
            wait = {"Kurslog-Wait": wrote.headers["Kurslog-Position"]}
            assert (
                client.get(f"{PROJECTIONS}/actions", headers=headers | wait).json["data"]["count"]["value"]
                == number + 1
            )
    finally:
        worker.stop()
        thread.join(10)
    assert not thread.is_alive()


def test_without_a_worker_a_waiting_read_answers_503_in_bounded_time(client, app, token, begun):
    for position in (app.reader.head(), 99):
        answer = client.get(f"{PROJECTIONS}/actions", headers=token() | {"Kurslog-Wait": str(position)})
        assert (answer.status_code, answer.json["rule"], answer.headers["Retry-After"]) == (503, "not-yet", "5")


def test_an_answer_that_has_not_changed_is_304(client, app, token, begun):
    app.projector.catch_up()
    headers = token()
    first = client.get(f"{PROJECTIONS}/actions", headers=headers)
    assert (
        client.get(f"{PROJECTIONS}/actions", headers=headers | {"If-None-Match": first.headers["ETag"]}).status_code
        == 304
    )
    begun.contribute("c1")
    app.projector.catch_up()
    assert (
        client.get(f"{PROJECTIONS}/actions", headers=headers | {"If-None-Match": first.headers["ETag"]}).status_code
        == 200
    )


def test_an_unknown_projection_breakdown_or_figure_is_404(client, app, token, begun):
    app.projector.catch_up()
    headers = token()
    for path in ("findes-ikke", "actions?by=findes-ikke", "actions/events?figure=findes-ikke", "actions/events"):
        assert client.get(f"{PROJECTIONS}/{path}", headers=headers).status_code == 404


def test_an_answer_broken_down_by_group(client, app, token, begun):
    begun.record("group-formed", {"group_id": "trafik", "title": "Trafik", "theme": "Trafik"})
    begun.record("action-planned", {**PLAN, "group_id": "trafik"})
    app.projector.catch_up()
    rows = client.get(f"{PROJECTIONS}/actions?by=group", headers=token()).json["data"]["by"]
    assert [(row["group"], row["title"], row["count"]["value"]) for row in rows] == [("trafik", "Trafik", 1)]


def test_what_is_not_for_the_caller_is_in_no_answer_and_no_figure(client, app, token):
    from tests.conftest import Scribe

    scribe = Scribe(app, "aaben")
    scribe.begin(visibility="public")
    scribe.contribute("c1", text="for alle", visibility="public")
    scribe.contribute("c2", text="for holdet", visibility="team")
    app.projector.catch_up()
    answer = client.get("/api/v1/processes/aaben/projections/fate-of-contributions")
    assert {item["id"]: item["text"] for item in answer.json["data"]["contributions"]} == {"c1": "for alle"}
    assert answer.json["data"]["count"]["value"] == 1
    inside = client.get("/api/v1/processes/aaben/projections/fate-of-contributions", headers=token()).json["data"]
    assert inside["count"]["value"] == 2
    assert [event["subject"] for event in client.get("/api/v1/processes/aaben/events").json] == [
        "process/aaben",
        "contribution/c1",
    ]


def test_what_a_source_leaves_out_is_said(client, app, token, begun):
    plan = {"action_id": "a1", "title": "bænk", "owners": [], "due": "2026-05-01"}
    silent = [{"field": "aim", "reason": "kilden tier"}, {"field": "sign_of_success", "reason": "kilden tier"}]
    begun.record("action-planned", plan, citation="S1", notrecorded=silent)
    app.projector.catch_up()
    (item,) = client.get(f"{PROJECTIONS}/actions", headers=token()).json["data"]["actions"]
    assert item["aim"] == {"notrecorded": "kilden tier"}


def test_a_correction_and_its_withdrawal_walk_through_every_answer(client, app, token, begun):
    begun.record("action-planned", PLAN)
    target = list(app.reader.walk("fabelby"))[-1]
    change = {"target": str(target.id), "fields": [{"field": "title", "value": "to bænke"}], "reason": "r"}
    begun.record("event-corrected", change)
    correction = list(app.reader.walk("fabelby"))[-1]
    begun.record("event-withdrawn", {"target": str(correction.id), "reason": "r"})
    app.projector.catch_up()
    headers = token()

    def title(known_by):
        return client.get(f"{PROJECTIONS}/actions?known_by={known_by}", headers=headers).json["data"]["actions"][0][
            "title"
        ]

    assert [title(position) for position in (2, 3, 4)] == ["bænk", "to bænke", "bænk"]


def test_figures_of_a_breakdown_open_too(client, app, token, begun):
    begun.record("group-formed", {"group_id": "trafik", "title": "Trafik", "theme": "Trafik"})
    begun.record("action-planned", {**PLAN, "group_id": "trafik"})
    app.projector.catch_up()
    headers = token()
    (row,) = client.get(f"{PROJECTIONS}/actions?by=group", headers=headers).json["data"]["by"]
    assert len(client.get(row["count"]["events"]["href"], headers=headers).json) == row["count"]["events"]["count"]


def test_an_answer_never_claims_to_know_more_than_it_has_taken_in(client, app, token, begun):
    app.projector.catch_up()
    begun.record("action-planned", PLAN)
    headers = token()
    behind = client.get(f"{PROJECTIONS}/actions", headers=headers)
    assert (behind.json["known_by"]["position"], behind.json["data"]["count"]["value"]) == (1, 0)
    app.projector.catch_up()
    fresh = client.get(f"{PROJECTIONS}/actions", headers=headers | {"If-None-Match": behind.headers["ETag"]})
    assert (fresh.status_code, fresh.json["data"]["count"]["value"]) == (200, 1)


def test_late_is_judged_by_today_not_by_the_last_entry(client, app, token, begun):
    begun.record("action-planned", {**PLAN, "due": "2026-02-03"}, on="2026-02-02T00:00:00Z")
    app.projector.catch_up()
    assert client.get(f"{PROJECTIONS}/actions", headers=token()).json["data"]["late"]["value"] == 1


def test_what_was_known_by_a_day_is_right_before_the_projections_have_caught_up(app, begun):
    import datetime as dt

    app.projector.catch_up()
    before = dt.datetime.now(dt.UTC)
    begun.contribute("c1")
    assert app.reader.known_by("fabelby", before) == 1
    app.projector.catch_up()
    assert app.reader.known_by("fabelby", before) == 1
