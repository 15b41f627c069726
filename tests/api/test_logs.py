"""What a server logs: a line for each request and each error, and not a word of anybody's."""

import io
import json
import logging
import subprocess
import sys

import psycopg
import pytest

from domain.contributing import ContributionMade
from projections.everything import PROJECTIONS
from service import logs

CANARY = "Kanariefuglen Opdigtet Olsen"


@pytest.fixture
def lines():
    """Everything any logger says, in our form."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter())
    root, ours = logging.getLogger(), logging.getLogger("kurslog")
    before = root.level, ours.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    ours.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before[0])
    ours.setLevel(before[1])


def test_a_request_is_one_line_with_its_rule_and_number(client, scribe, lines):
    answer = client.get("/p/fabelby/log/1?q=x")
    (line,) = [line for line in lines() if line["event"] == "request"]
    assert {name: line[name] for name in ("method", "route", "status", "request_id", "level")} == {
        "method": "GET",
        "route": "/p/<process>/log/<int:position>",
        "status": answer.status_code,
        "request_id": answer.headers["X-Request-ID"],
        "level": "info",
    }
    assert line["ms"] >= 0
    assert "fabelby" not in json.dumps(line)


def contribution(ref, text=CANARY):
    return {"contribution_id": ref, "kind": "idea", "text": text, "author": {"kind": "anonymous"}}


def test_no_way_of_failing_puts_anybodys_words_into_the_log(app, web, scribe, client, token, lines, monkeypatch):
    headers, where = token(), "/api/v1/processes/fabelby/contributions"
    client.post(where, data=f"{{{CANARY}", headers=headers, content_type="application/json")
    client.post(where, json={**contribution("c1"), CANARY: CANARY, "kind": CANARY}, headers=headers)
    client.post(where, json={**contribution(CANARY)}, headers=headers)
    client.post(where, json=contribution("c2", text=[CANARY]), headers=headers)
    client.post(where, json=contribution("c3"), headers={**headers, "X-Request-ID": CANARY, "User-Agent": CANARY})
    client.post(where, json=contribution("c3"), headers={"Authorization": f"Bearer {CANARY}"})
    client.post(where, json=contribution("c3", text=f"{CANARY}\0"), headers=headers)
    client.get(f"/{CANARY}/{CANARY}?{CANARY}={CANARY}")
    client.get(f"/p/{CANARY}", headers={"Cookie": f"kurslog_session={CANARY}"})
    client.get(f"/p/fabelby?known_by={CANARY}")
    client.get(f"/sign-in/{CANARY}")
    client.post(f"/p/fabelby/record/{CANARY}", data={"text": CANARY})
    client.post("/p/fabelby/import", data={"file": (io.BytesIO(CANARY.encode()), f"{CANARY}.csv")})
    served = web.extensions["kurslog"]

    def refused(*_, **__):
        with served.log.connection() as connection:
            connection.execute("select %s::text::int", (CANARY,))

    def broken(*_, **__):
        raise ValueError(CANARY) from KeyError(CANARY)

    for failing in (refused, broken):
        with monkeypatch.context() as patched:
            patched.setattr(served.records, "record", failing)
            assert client.post(where, json=contribution("c4"), headers=headers).status_code == 500
    with monkeypatch.context() as patched:
        patched.setattr(served.queries, "processes", broken)
        assert client.get("/").status_code == 500

    def fold(state, event):
        raise ValueError(CANARY)

    with monkeypatch.context() as patched:
        patched.setitem(PROJECTIONS["actions"].folds, ContributionMade, fold)
        patched.setitem(PROJECTIONS["fate-of-contributions"].folds, ContributionMade, fold)
        app.projector.catch_up()
    with pytest.raises(psycopg.errors.UniqueViolation), app.log.connection() as connection:
        connection.execute("insert into log.person_key (key_id, process) values (%s, 'x'), (%s, 'x')", (CANARY, CANARY))
    logging.getLogger("psycopg.pool").error("error connecting in %r: %s", "pool-1", CANARY)
    logging.getLogger("kurslog").error("an error", exc_info=RuntimeError(CANARY))
    text = json.dumps(lines(), ensure_ascii=False)
    for word in CANARY.split():
        assert word not in text
    errors = [line for line in lines() if "error" in line]
    assert len(errors) >= 5
    assert [line["sqlstate"] for line in errors if "sqlstate" in line] == ["22P02"]
    assert {line["event"] for line in errors} >= {"the projection actions_v1 stands still at position 0", "an error"}
    assert [line["event"] for line in lines() if line.get("logger") == "psycopg.pool"] == ["error connecting in %r: %s"]
    frames = [frame for line in errors for frame in line["frames"]]
    assert any(frame.startswith("service/log/projector.py:") for frame in frames), frames


def test_nobody_begins_a_line_of_their_own(web, lines):
    forged, environ = '\n{"event": "forged"}\r\n', {"HTTP_X_REQUEST_ID": "a\n{}", "HTTP_USER_AGENT": "a\n{}"}
    before = len(lines())
    web.test_client().get(f"/p/{forged}/log", environ_overrides=environ)
    assert [line["event"] for line in lines()[before:]].count("request") == 1
    logging.getLogger("kurslog").warning("said: %s", forged)
    (line,) = [line for line in lines() if line["event"].startswith("said")]
    assert line["event"] == f"said: {forged}"
    assert "forged" not in json.dumps([line for line in lines() if line["event"] == "request"])


def test_what_nobody_caught_is_told_without_its_message(tmp_path):
    script = (
        "import threading\nfrom service import logs\nlogs.configure()\n"
        f"def fail():\n    raise ValueError({CANARY!r})\n"
        "thread = threading.Thread(target=fail)\nthread.start()\nthread.join()\nfail()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line["error"]) for line in told] == [("ended by an error", ["ValueError"])] * 2
    assert done.returncode == 1


def test_a_command_line_that_asks_loads_no_metrics():
    script = "import sys, service.app, service.queries, service.cli.main; print('prometheus_client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
