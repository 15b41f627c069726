"""The documents tell the truth about the routes; an event declared anywhere is found everywhere."""

import datetime as dt
import json
from pathlib import Path

import pytest

from domain.keeping import AccessRole
from domain.kernel import DECLARED, REGISTRY, event
from domain.vocabulary import ContributionId, Count, LocalId, Text
from service.api.documents import events_markdown
from service.http import create_app
from service.imports.ndjson import import_wires
from service.samples import sample_event


def test_the_document_is_openapi_and_has_a_route_per_event_type(client):
    document = client.get("/api/v1/openapi.json").json
    assert document["openapi"] == "3.1.0"
    stems = {found.stem for found in REGISTRY.values()}
    assert {f"/api/v1/processes/{{process}}/{stem}" for stem in stems} <= set(document["paths"])


def test_every_reference_of_the_document_leads_somewhere(client):
    text = client.get("/api/v1/openapi.json").get_data(as_text=True)
    schemas = json.loads(text)["components"]["schemas"]
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(schemas)


def test_the_readable_page_names_every_type_and_rule(client):
    page = client.get("/api/v1/").get_data(as_text=True)
    assert all(found.name in page for found in REGISTRY.values())


def test_the_committed_vocabulary_is_the_declared_one():
    assert (Path(__file__).parents[2] / "docs" / "events.md").read_text() == events_markdown()


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_the_sample_of_every_type_is_read(name):
    import datetime as dt

    from service.wire import Sender, read_event

    read = read_event(sample_event(REGISTRY[name]), "fabelby", Sender(account="a", now=dt.datetime.now(dt.UTC)))
    assert read.type == name


@pytest.fixture
def throwaway():
    @event("bench-painted.v1", da="Bænk malet", en="Bench painted", about="bench_id", kind="bench", creates=True)
    class BenchPainted:
        """Somebody painted the bench that was asked for.

        Example: on a Sunday the bench by the path turned blue.
        """

        bench_id: LocalId
        contribution_id: ContributionId
        coats: Count
        remark: Text | None = None

    yield BenchPainted
    del REGISTRY["bench-painted.v1"], DECLARED[BenchPainted]


def test_an_event_declared_once_is_found_everywhere(throwaway, app, begun, token):
    client, headers = create_app(app).test_client(), token()
    assert "/api/v1/processes/{process}/bench-painted" in client.get("/api/v1/openapi.json").json["paths"]
    assert "bench-painted.v1" in client.get("/api/v1/").get_data(as_text=True)
    assert "bench-painted.v1" in events_markdown()
    begun.contribute("c1")
    assert (
        client.post(
            "/api/v1/processes/fabelby/bench-painted",
            json={"bench_id": "b1", "contribution_id": "c1", "coats": 2},
            headers=headers,
        ).status_code
        == 201
    )
    wire = {
        "type": "bench-painted.v1",
        "time": "2026-02-02T00:00:00Z",
        "data": {"bench_id": "b2", "contribution_id": "c1", "coats": 3, "remark": "blå"},
    }
    assert import_wires(app, "fabelby", [wire], account="a-test").accepted == 1
    lines = client.get(
        "/api/v1/processes/fabelby/events?type=bench-painted", headers=headers | {"Accept": "application/x-ndjson"}
    ).data.splitlines()
    assert [json.loads(line)["data"].get("remark") for line in lines] == [None, "blå"]
    session = app.tokens.create(
        role=AccessRole.FACILITATOR, process=None, lasting=dt.timedelta(hours=1), kind="session"
    )
    client.set_cookie("kurslog_session", session)
    form = client.get("/p/fabelby/record/bench-painted")
    assert (form.status_code, "Bænk malet" in form.get_data(as_text=True)) == (200, True)
    assert "Bænk malet" in client.get("/p/fabelby/log").get_data(as_text=True)
