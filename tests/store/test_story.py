"""One story with an example of every event type: what the documents show is what the log takes."""

import json
from pathlib import Path

import pytest

from domain.kernel import REGISTRY
from domain.refusals import Refused
from service.imports.ndjson import import_file
from service.wire import UnreadableError
from tests.conftest import Scribe

STORY = Path(__file__).parents[2] / "docs" / "story.ndjson"
LINES = [json.loads(line) for line in STORY.read_text(encoding="utf-8").splitlines()]


def test_every_event_type_has_an_example_in_the_story():
    assert sorted({line["type"] for line in LINES}) == sorted(REGISTRY)


@pytest.mark.parametrize("found", REGISTRY.values(), ids=lambda found: found.stem)
def test_every_event_type_says_what_it_means_with_an_example(found):
    assert found.meaning.endswith(".")
    assert found.example.endswith((".", "?"))


def test_the_story_is_recorded_line_by_line(app):
    scribe, refused = Scribe(app), []
    for number, line in enumerate(LINES, 1):
        data = with_commitment(app, line["data"])
        try:
            scribe.record(line["type"], data, on=line["time"], id=line["id"])
        except (Refused, UnreadableError) as error:
            refused.append((number, line["type"], str(error)))

    assert refused == []


def test_the_story_is_imported_whole_and_a_second_time_as_known(app):
    first = import_file(app, "fabelby", STORY, account="a-test")
    second = import_file(app, "fabelby", STORY, account="a-test")

    assert [(item.line, item.sentence) for item in first.quarantined] == []
    assert (first.accepted, second.accepted, second.duplicate) == (len(LINES), 0, len(LINES))


def with_commitment(app, data):
    """A coding names the text it read by its hash, which is another in every log."""
    if "text_commitment" not in data:
        return data
    target = next(item for item in app.reader.walk("fabelby") if str(item.id) == data["target"])
    return {**data, "text_commitment": target.data.steps[1].text.value.sha256}
