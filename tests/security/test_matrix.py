"""Every route × everybody × own and foreign ids, made from the URL map and the OpenAPI document.

What is unknown and what is forbidden look the same, and a refused write leaves no trace.
"""

import dataclasses
import uuid

import pytest

from domain.kernel import REGISTRY
from service.api.events import ALIASES
from service.samples import sample_event
from tests.security.conftest import CONTENT, HOME, NOWHERE, OTHER, PERSONAS, PUBLIC
from tests.security.rules import BEGINNING, OUTSIDE, PROCESS, SEE, TEAM, rule_of

PDF = b"%PDF-1.4 fictional"
GONE = {401, 403, 404}
NOT_THERE = {
    "wave": "w9",
    "round_id": "r9",
    "participant": "p9",
    "position": 2**40,
    "sha256": "f" * 64,
    "report": "report-nil",
    "extension": "nil",
    "projection": "nil",
    "figure": "nil",
    "name": "nil",
    "stem": "nil",
    "step": "nil",
    "group": "nil",
    "what": "nil",
    "quote": "q9",
    "entry": "00000000-0000-4000-8000-000000000000",
}
"""What names a thing in an address, for one that is nowhere."""
SHARED = {
    "GET web.issued_file": ("extension",),
}
"""Places of an address where another process has nothing of its own to name."""
TRACES = (
    "select (select count(*) from log.event), (select count(*) from log.vault), (select count(*) from log.person_key), "
    "(select count(*) from log.file), (select count(*) from log.quarantine), (select count(*) from access.token)"
)


@dataclasses.dataclass(frozen=True)
class Route:
    """One method of one rule of the URL map."""

    name: str
    method: str
    rule: object

    @property
    def writes(self):
        return self.method != "GET"

    @property
    def api(self):
        return self.rule.rule.startswith("/api/")

    @property
    def of_process(self):
        return "process" in self.rule.arguments

    @property
    def of_type(self):
        """The event type whose own route this is."""
        path = self.rule.rule.rpartition("/")[2]
        stem = ALIASES.get(path, path) if self.rule.endpoint.startswith("events.record_") else ""
        return next((one for one in REGISTRY.values() if one.stem == stem), None)

    def path(self, **ids):
        """Return the address with these ids; one without an example fails by its name."""
        missing = self.rule.arguments - ids.keys()
        assert not missing, f"{self.name}: give {missing} an example in World._furnish and in NOT_THERE"
        _, path = self.rule.build(ids, append_unknown=False)
        return path


def routes(world):
    """Return every route there is."""
    found = [
        Route(f"{method} {rule.endpoint}", method, rule)
        for rule in world.web.url_map.iter_rules()
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]
    return sorted(found, key=lambda route: route.name)


def named(world, route, process, persona=None):
    """Return the ids that stand in a route's address; what is used up by being used is made for each who may."""
    ids = {**world.ids[process]}
    if route.name == "GET processes.show_export":
        ids["name"] = "events.ndjson"
    if persona and route.rule.endpoint in {
        "web.import_preview",
        "web.import_confirm",
        "web.columns",
        "web.save_columns",
    }:
        ids["sha256"] = world.brought(persona, process)
    if route.name == "POST web.import_undo":
        ids["position"] = world.read_in(process) if persona else ids["import"]
    if persona and persona.participant and route.name == "POST web.save_quote":
        ids["quote"] = world.quoted(persona, process)
    if persona and route.name == "POST web.undo":
        ids["position"] = world.another(process)
    return ids


SAID = {
    "GET processes.show_events_behind": lambda *_: {"query_string": {"figure": "all"}},
    "GET web.columns": lambda *_: {"query_string": {"round": "r1"}},
    "POST web.save_columns": lambda *_: {"query_string": {"round": "r1"}, "data": {"c.0": "name", "c.1": "now_s1"}},
    "GET web.waiting_file": lambda *_: {"query_string": {"kind": "people"}},
    "POST web.save_attendance": lambda *_: {"data": {"gathering": "g-1"}},
    "POST web.save_access": lambda *_: {"data": {"do": "invite", "role": "participant"}},
    "POST web.undo_command": lambda world, process: {"data": {"positions": str(world.another(process))}},
    "POST files.keep_file": lambda *_: {"data": PDF, "headers": {"Content-Type": "application/pdf"}},
    "POST web.import_upload": lambda *_: {"data": {"file": (CONTENT, "people.csv")}},
    "POST web.save_ask": lambda *_: {"data": {"text": "Jeg er ikke enig"}},
    "POST web.save": lambda *_: {"data": {"data.text": "En bænk", "data.kind": "idea", "event_id": str(uuid.uuid4())}},
    "POST events.record_events": lambda *_: {"json": contribution()},
    "POST reports.issue_report": lambda *_: {"json": {"recipient": "Opdigtet Pulje", "format": "json"}},
}
"""What a request carries, so that nothing but who sends it is wrong with it."""


def said(world, route, process):
    if route.of_type:
        return {"json": {"data": sample_event(route.of_type)["data"]}}
    return SAID.get(route.name, lambda *_: {})(world, process)


def contribution():
    data = {
        "contribution_id": f"c-{uuid.uuid4().hex[:8]}",
        "kind": "idea",
        "text": "x",
        "author": {"kind": "anonymous"},
    }
    return {"type": "contribution-made", "data": data}


def may(persona, route, process):
    """Return whether the table lets this persona do this here."""
    rule = rule_of(route)
    if rule.linked is not None and rule.linked is (persona.participant is None):
        return False
    return persona.standing.get(process) in rule.roles or (rule.public and process == PUBLIC)


def asking(route, process):
    """Return who asks: everybody; fewer where one door stands before all event types, or stands open.

    Before the types of an open process stand nobody, and facilitators from everywhere: what each role may of a type is
    asked in its own.
    """
    if process == PUBLIC and route.of_type:
        return [one for one in PERSONAS if one.nobody or "facilitator" in one.name]
    if process == PUBLIC:
        return [one for one in PERSONAS if one.nobody or "of the cell" in one.name or one.process == OTHER]
    if route.of_type:
        return [one for one in PERSONAS if one.nobody or "facilitator" in one.name or "of the process" in one.name]
    return PERSONAS


def traces(world):
    with world.app.log.connection() as connection:
        return tuple(connection.execute(TRACES).fetchone().values())


# ------------------------------------------------------------------ the table is whole
def test_every_route_has_a_rule(world):
    found = routes(world)
    without = [
        route.name
        for route in found
        if not (rule_of(route) if route.of_process else route.name in OUTSIDE or route.name in BEGINNING)
    ]
    assert without == [], "each needs a line in tests/security/rules.py"
    assert {*PROCESS, *OUTSIDE, *BEGINNING} - {route.name for route in found} == set()


def test_the_document_of_the_api_and_the_url_map_name_the_same_routes(world):
    document = world.web.test_client().get("/api/v1/openapi.json").json["paths"]
    told = {
        (method.upper(), path) for path, methods in document.items() for method in methods if method != "parameters"
    }
    plain = {"documents.page", "api-docs.openapi_json"}
    mapped = {
        (route.method, "".join(f"{{{text}}}" if kind else text for kind, text in route.rule._trace))
        for route in routes(world)
        if route.api and route.rule.endpoint not in plain
    }
    assert {(method, path.replace("|", "")) for method, path in mapped} == told


# ------------------------------------------------------------------ who is refused, and who is not
@pytest.mark.parametrize("process", [HOME, PUBLIC])
def test_who_may_not_gets_what_an_unknown_process_gets_and_leaves_no_trace(world, process):
    wrong, asked = [], 0
    for route in (one for one in routes(world) if one.of_process):
        ids, content = named(world, route, process), said(world, route, process)
        before = traces(world)
        for persona in (one for one in asking(route, process) if not may(one, route, process)):
            asked += 1
            found, unknown = (
                world.ask(persona, route, route.path(**{**ids, "process": asked_for}), **content)
                for asked_for in (process, NOWHERE)
            )
            expected = rule_of(route).nobody if persona.nobody else 404
            if (found.status_code, unknown.status_code) != (expected, expected):
                wrong.append(f"{route.name} for {persona.name}: {found.status_code}, unknown {unknown.status_code}")
            elif found.text != unknown.text.replace(NOWHERE, process):
                wrong.append(f"{route.name} for {persona.name}: forbidden and unknown look different")
        if traces(world) != before:
            wrong.append(f"{route.name}: something was written")
    assert wrong == []
    assert asked > 500


@pytest.mark.parametrize("process", [HOME, PUBLIC])
def test_who_may_is_let_in(world, process):
    wrong = []
    for route in (one for one in routes(world) if one.of_process):
        for persona in (one for one in asking(route, process) if may(one, route, process)):
            ids = named(world, route, process, persona)
            status = world.ask(persona, route, route.path(**ids), **said(world, route, process)).status_code
            if status in GONE or status >= 500:
                wrong.append(f"{route.name} for {persona.name}: {status}")
    assert wrong == []


def test_a_foreign_id_is_not_there_whoever_asks(world):
    """An id of another process, and one of nowhere, in every place of every address."""
    wrong, other = [], world.ids[OTHER]
    people = [one for one in PERSONAS if one.standing.get(HOME) and (" of the process" in one.name or one.participant)]
    for route in (one for one in routes(world) if one.of_process and one.rule.arguments - {"process"}):
        before = traces(world)
        for name in sorted(route.rule.arguments - {"process", *SHARED.get(route.name, ())}):
            for foreign in {NOT_THERE[name], other[name]} - {world.ids[HOME][name]}:
                for persona in (one for one in people if may(one, route, HOME)):
                    path = route.path(**{**named(world, route, HOME), name: foreign})
                    status = world.ask(persona, route, path, **said(world, route, HOME)).status_code
                    if status != 404:
                        wrong.append(f"{route.name} with {name} {foreign} for {persona.name}: {status}")
        if traces(world) != before:
            wrong.append(f"{route.name}: something was written")
    assert wrong == []


# ------------------------------------------------------------------ outside any process
def test_what_lies_outside_a_process_answers_everybody_alike(world):
    wrong = []
    for route in (one for one in routes(world) if not one.of_process and one.name in OUTSIDE):
        expected = OUTSIDE[route.name]
        path = route.path(secret="x" * 43, filename="kurslog.css", position=1, level=0, place="000")
        for persona in (one for one in PERSONAS if one.nobody or "of the process" in one.name):
            status = world.ask(persona, route, path).status_code
            if status not in (expected if isinstance(expected, tuple) else (expected,)):
                wrong.append(f"{route.name} for {persona.name}: {status}")
            if route.name == "POST web.sign_out":
                world.sign_in(persona)
    assert wrong == []


def test_the_list_of_processes_holds_those_one_may_see(world):
    for persona in PERSONAS:
        seen = {PUBLIC} | {process for process, role in persona.standing.items() if role in SEE.roles}
        page = world.ask(persona, next(r for r in routes(world) if r.name == "GET web.processes"), "/").text
        listed = world.ask(
            persona, next(r for r in routes(world) if r.name == "GET processes.list_processes"), "/api/v1/processes"
        )
        assert {process for process in (HOME, OTHER, PUBLIC) if f"/p/{process}" in page} == seen, persona.name
        assert {one["id"] for one in listed.json} == seen, persona.name


def test_a_process_is_begun_by_a_team_whose_part_is_in_no_one_process(world):
    for route in (one for one in routes(world) if one.name in BEGINNING):
        for persona in PERSONAS:
            everywhere = persona.role in TEAM and persona.process is None
            expected = BEGINNING[route.name] if everywhere else 404
            assert world.ask(persona, route, route.path()).status_code == expected, (route.name, persona.name)


def test_the_entry_behind_a_proof_is_for_who_may_see_it(world):
    world.app.signing().follow()
    position = world.ids[HOME]["position"]
    route = next(one for one in routes(world) if one.name == "GET ledger.show_proof")
    for persona in PERSONAS:
        may_see = persona.standing.get(HOME) in SEE.roles
        answer = world.ask(persona, route, route.path(position=position), query_string={"entry": "1"})
        assert answer.status_code == (200 if may_see else 404), persona.name
