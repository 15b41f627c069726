"""Alive, ready, measured: what a supervisor and a monitoring server ask, and who may ask it."""

import json
import re

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from domain.keeping import AccessRole
from service import watching
from service.http import create_app
from service.log import health
from service.log.health import Probe
from service.log.scope import within

LOCAL = {"REMOTE_ADDR": "127.0.0.1"}
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}
METRICS = {
    "kurslog_append_seconds_bucket",
    "kurslog_append_lock_wait_seconds_bucket",
    "kurslog_append_outcomes_total",
    "kurslog_request_seconds_bucket",
    "kurslog_pool_size",
    "kurslog_pool_waiting",
    "kurslog_worker_lag_events",
    "kurslog_worker_lag_seconds",
    "kurslog_unsigned_events",
    "kurslog_checkpoint_age_seconds",
}


@pytest.fixture
def web(app):
    """Yield an application whose measures begin with the test."""
    served = app.served()
    yield create_app(served)
    served.close()


def asked(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.json["checks"]


def measured(client, name):
    text = client.get("/metrics", environ_base=LOCAL).text
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name)
    }


def test_a_server_whose_parts_are_well_is_ready(app, scribe, client):
    app.projector.catch_up()
    app.signing().step()
    code, checks = asked(client)
    assert (code, {name: check["ok"] for name, check in checks.items()}) == (
        200,
        dict.fromkeys(("database", "schema", "worker", "ledger", "disk"), True),
    )
    assert (checks["worker"]["lag_events"], checks["ledger"]["unsigned_events"]) == (0, 0)
    assert client.get("/livez").data == b"ok\n"


@pytest.mark.parametrize(
    ("broken", "part"),
    [
        ("alter database {name} set default_transaction_read_only = on", "database"),
        ("delete from public.kurslog_migration where name like '007%%'", "schema"),
        ("insert into public.kurslog_migration values ('999_tomorrow.sql')", "schema"),
        ("update log.event set recorded_at = recorded_at - 3600000000", "ledger"),
        ("update log.event set recorded_at = recorded_at - 3600000000", "worker"),
    ],
)
def test_what_is_broken_is_said_and_the_server_is_not_ready(app, scribe, client, dsn, broken, part):
    scribe.contribute("c1")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(broken.format(name=connection.info.dbname).encode())
    code, checks = asked(client)
    assert (code, checks[part]["ok"]) == (503, False)


def test_a_full_disk_is_not_ready(app, scribe, client, monkeypatch):
    monkeypatch.setattr(watching, "FREE_BYTES", 2**62)
    code, checks = asked(client)
    assert (code, checks["disk"]["ok"]) == (503, False)


def test_a_database_that_hangs_keeps_no_answer_waiting(app, scribe, client, dsn, monkeypatch):
    monkeypatch.setattr(health, "LOOK", "select pg_sleep(600), %s::text[]")
    monkeypatch.setattr(health, "BOUNDS", "select 1")
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.2)
    assert [asked(client)[0] for _ in range(3)] == [503] * 3
    assert client.get("/livez").status_code == 200
    with psycopg.connect(dsn, autocommit=True) as connection:
        hanging = connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()"
        ).fetchall()
    assert hanging != []  # it hung all the while


def test_a_database_that_is_not_there_is_told_at_once(dsn):
    away = make_conninfo(**{**conninfo_to_dict(dsn), "dbname": "kurslog_findes_ikke"})
    assert Probe([]).look(away) is None


def test_everything_of_the_list_is_measured(app, scribe, client, token):
    data = {"contribution_id": "c1", "kind": "idea", "text": "en bænk", "author": {"kind": "anonymous"}}
    event = {"id": "0b0f24b8-6a44-4a4e-9d3c-51c5d24e3a10", "type": "contribution-made", "data": data}
    headers = token()
    for _ in range(2):
        client.post("/api/v1/processes/fabelby/events", json=event, headers=headers)
    client.post(
        "/api/v1/processes/fabelby/events",
        json={**event, "id": "0b0f24b8-6a44-4a4e-9d3c-51c5d24e3a11"},
        headers=headers,
    )
    text = client.get("/metrics", environ_base=LOCAL).text
    assert {re.split(r"[ {]", line)[0] for line in text.splitlines()} >= METRICS
    outcomes = measured(client, "kurslog_append_outcomes_total")
    assert outcomes == {
        'kurslog_append_outcomes_total{outcome="new"}': 1,
        'kurslog_append_outcomes_total{outcome="duplicate"}': 1,
        'kurslog_append_outcomes_total{outcome="refused"}': 1,
    }
    assert measured(client, "kurslog_append_lock_wait_seconds_count") == {"kurslog_append_lock_wait_seconds_count": 1}
    assert measured(client, "kurslog_unsigned_events") == {"kurslog_unsigned_events": 2}


def test_a_stream_that_moved_and_a_database_that_is_busy_are_counted(web, app, scribe, client, dsn):
    served = web.extensions["kurslog"]
    with within("fabelby"), pytest.raises(Exception, match="moved"):
        served.log.save(
            scribe.read(
                "contribution-made",
                {"contribution_id": "c", "kind": "idea", "text": "x", "author": {"kind": "anonymous"}},
            ),
            reads={"process/fabelby": 77},
        )
    assert measured(client, "kurslog_append_outcomes_total") == {'kurslog_append_outcomes_total{outcome="stale"}': 1}


def test_requests_are_measured_by_their_routes_rule_and_never_by_path_or_process(app, scribe, client):
    client.get("/p/fabelby/log/1?lang=en&hemmelig=1")
    client.get("/hemmelig-sti")
    client.open("/livez", method="HEMMELIG")
    text = client.get("/metrics", environ_base=LOCAL).text
    assert 'rule="/p/<process>/log/<int:position>"' in text
    assert not re.search(r"fabelby|hemmelig|pid=", text, re.IGNORECASE)


def test_only_this_machine_and_an_administrator_may_see_the_metrics(app, scribe, client, token):
    def code(base, **headers):
        return client.get("/metrics", environ_base=base, headers=headers).status_code

    assert code(LOCAL) == 200
    assert code(LOCAL, **{"X-Forwarded-For": "192.0.2.7"}) == 404
    assert code(ELSEWHERE) == 404
    assert code(ELSEWHERE, **token(AccessRole.EVALUATOR)) == 404
    assert code(ELSEWHERE, **token(AccessRole.ADMINISTRATOR, process="fabelby")) == 404
    assert code(ELSEWHERE, **token(AccessRole.ADMINISTRATOR)) == 200


def test_a_request_keeps_the_number_it_came_with_if_that_is_one(client):
    given = "0b0f24b8-6a44-4a4e-9d3c-51c5d24e3a10"
    assert client.get("/livez", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given
    other = client.get("/livez", headers={"X-Request-ID": "Opdigtet Navn"}).headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", other)


def test_ready_is_json_that_says_the_limits(client, app, scribe):
    checks = json.loads(client.get("/readyz").data)["checks"]
    assert [name for name, check in checks.items() if "limit_seconds" in check] == ["worker", "ledger"]
