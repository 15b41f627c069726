"""Every form, filled in from the story: what can be said on the wire can be written on a page."""

import json
from pathlib import Path

import pytest

from domain.kernel import REGISTRY
from domain.shapes import FieldType
from service.labels import LABELS
from service.security.writing import BY_ITSELF
from service.web import record
from service.web.hints import HINTS
from service.web.log import CAPABILITIES
from tests.conftest import Scribe
from tests.web.test_pages import token_in

STORY = Path(__file__).parents[2] / "docs" / "story.ndjson"
LINES = [json.loads(line) for line in STORY.read_text(encoding="utf-8").splitlines()]


def typed(fields, data, positions, prefix="data"):
    """What somebody types into the form to say this."""
    found = {}
    for field in fields:
        name, value = f"{prefix}.{field.name}", data.get(field.name)
        if value is None:
            continue
        if field.many and field.type is FieldType.ENUM:
            found |= {f"{name}.{one}": "on" for one in value}
        elif field.many:
            for at, one in enumerate(value):
                found |= one_typed(field, one, positions, f"{name}.{at}")
        else:
            found |= one_typed(field, value, positions, name)
    return found


def one_typed(field, value, positions, name):
    match field.type:
        case FieldType.RECORD:
            return typed(field.fields, value, positions, name)
        case FieldType.LOCALISED:
            return {f"{name}.da": value["da"], f"{name}.en": value["en"]}
    plain = {
        FieldType.ACTOR: lambda: f"{value['kind']}/{value.get('ref', '')}",
        FieldType.FLAG: lambda: "yes" if value else "no",
        FieldType.MOMENT: lambda: value[:16],
        FieldType.REF: lambda: str(positions.get(value, value)),
        FieldType.AMOUNT: lambda: value.replace(".", ","),
        FieldType.NUMBER: lambda: value.replace(".", ","),
    }
    return {name: plain.get(field.type, lambda: str(value))()}


def test_the_whole_story_is_written_by_forms(app, signed_in, monkeypatch):
    monkeypatch.setattr(record, "WAIT_SECONDS", 0.0)  # no worker runs here: what was saved is read from the log
    scribe = Scribe(app)
    scribe.record(LINES[0]["type"], LINES[0]["data"], on=LINES[0]["time"], id=LINES[0]["id"])
    scribe.record("access-granted", {"account": "a-leader", "role": "project-manager"})  # somebody is left to lead
    positions, refused = {LINES[0]["id"]: 1}, []
    lines = [line for line in LINES[1:] if REGISTRY[line["type"]].stem not in BY_ITSELF]
    for line in lines:
        found, data = REGISTRY[line["type"]], line["data"]
        client = signed_in("evaluator" if found.capability == "coding" else "project-manager")
        if "text_commitment" in data:
            target = app.reader.at([positions[data["target"]]])[0]
            data = {**data, "text_commitment": target.data.steps[1].text.value.sha256}
        page = client.get(f"/p/fabelby/record/{found.stem}").text
        said = typed(found.fields, data, positions)
        said |= {"form_token": token_in(page), "event_id": line["id"], "when.day": line["time"][:10]}
        answer = client.post(f"/p/fabelby/record/{found.stem}", data=said)
        if answer.status_code != 303:
            refused.append((found.stem, answer.status_code, errors_in(answer.text)))
            continue
        positions[line["id"]] = app.reader.head()

    assert refused == []
    assert app.reader.head() == 2 + len(lines)


def errors_in(html):
    return [part.partition("<")[0].strip() for part in html.split('class="error"')[1:]]


def test_every_value_one_can_choose_has_its_words():
    def choices(fields):
        for field in fields:
            yield from ((field.choices.__name__, one.value) for one in field.choices or ())
            yield from choices(field.fields)

    lacking = {
        (name, value)
        for found in REGISTRY.values()
        for name, value in choices(found.fields)
        if value not in LABELS and f"{name}.{value}" not in LABELS
    }
    assert lacking == set()


@pytest.mark.parametrize("found", REGISTRY.values(), ids=lambda found: found.stem)
def test_what_people_meet_first_is_explained_in_danish(found):
    assert found.capability in CAPABILITIES
    if found.core and found.stem != "process-registered":
        assert all(HINTS[found.stem])
