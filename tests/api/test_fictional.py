"""What is made up says so wherever it leaves the house."""

import io
import json

import openpyxl
import pypdf
import pytest

from service.imports.ndjson import import_file
from service.security.gate import AccessRole
from tests.conftest import Scribe

PROCESS = "/api/v1/processes/fabelby"
REAL = {"title": "R", "place": "R", "municipality": "R", "aim": "democracy", "period_start": "2026-01-01"}


@pytest.fixture
def asked(client, app, token, begun):
    """Return a function that asks for something of the fictional process, as the evaluator."""
    begun.contribute("c1")
    app.projector.catch_up()
    headers = token(AccessRole.EVALUATOR)

    def get(path):
        answer = client.get(f"{PROCESS}{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer

    return get


def test_the_process_says_so(asked, client, token):
    assert asked("").json["fictional"] is True
    assert client.get("/api/v1/processes", headers=token()).json[0]["fictional"] is True


def test_an_answer_and_the_events_behind_its_figures_say_so(asked):
    document = asked("/projections/fate-of-contributions").json
    assert document["fictional"] is True
    behind = asked("/projections/fate-of-contributions/events?figure=all").json
    assert [event["fictional"] for event in behind] == [True]


def test_each_event_and_each_line_of_an_export_says_so(asked):
    assert all(event["fictional"] is True for event in asked("/events").json)
    lines = [json.loads(line) for line in asked("/exports/events.ndjson").data.splitlines()]
    assert [line["fictional"] for line in lines] == [True, True]


def test_what_was_exported_is_read_in_again(asked, app, tmp_path):
    path = tmp_path / "fabelby.ndjson"
    path.write_bytes(asked("/exports/events.ndjson").data)
    tally = import_file(app, "fabelby", path, account="a-test")
    assert (tally.accepted, tally.duplicate, tally.quarantined) == (0, 2, [])


def test_a_report_says_so_in_every_format(asked):
    report = "/reports/landdistriktspuljen"
    assert "fundet på" in asked(f"{report}.json").json["invented"]
    pages = pypdf.PdfReader(io.BytesIO(asked(f"{report}.pdf").data)).pages
    assert "fundet på" in " ".join(pages[0].extract_text().split())
    front = openpyxl.load_workbook(io.BytesIO(asked(f"{report}.xlsx").data)).worksheets[0]
    assert any("fundet på" in str(cell) for row in front.iter_rows(values_only=True) for cell in row)


def test_a_real_process_does_not(client, app, token, begun):
    Scribe(app, process="rigtigby").record("process-registered", REAL, on="2026-01-01T12:00:00Z")
    app.projector.catch_up()
    headers = token(AccessRole.EVALUATOR)
    answer = client.get("/api/v1/processes/rigtigby/projections/timeline", headers=headers).json
    events = client.get("/api/v1/processes/rigtigby/events", headers=headers).json
    assert (answer["fictional"], ["fictional" in event for event in events]) == (False, [False])
