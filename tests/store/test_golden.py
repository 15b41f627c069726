"""Every stored version of every event is read for ever: a golden file each, whose bytes nobody may change."""

import datetime as dt
import hashlib
import json
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

import domain.everything  # noqa: F401
from domain.kernel import REGISTRY
from domain.upcasting import STEPS, upcast
from service.log.mapper import ENCODE, LogMapper, UnknownEventTypeError, decode_data, plain

GOLDEN = Path(__file__).parents[1] / "golden"
SUMS = GOLDEN / "SHA256SUMS"
FILES = sorted(GOLDEN.glob("*.json"))


def sums():
    lines = SUMS.read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def test_every_event_declared_or_brought_up_from_an_old_shape_has_a_golden_file():
    assert {path.stem for path in FILES} >= set(REGISTRY) | set(STEPS)


def test_no_golden_file_was_edited_or_dropped():
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FILES} == sums()


def test_no_name_ever_stored_was_dropped():
    assert {path.stem for path in FILES} <= set(REGISTRY) | set(STEPS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_golden_event_is_read(path):
    envelope = LogMapper(None).envelope(path.stem, path.read_bytes())
    name, _ = upcast(path.stem, {})
    assert type(envelope.data) is REGISTRY[name].cls


@pytest.mark.parametrize("path", [path for path in FILES if path.stem in REGISTRY], ids=lambda path: path.stem)
def test_what_is_read_would_be_stored_as_the_same_bytes(path):
    stored = json.loads(path.read_bytes())
    data = decode_data(path.stem, msgspec.json.encode(stored["data"]))

    def sealed(_, text):
        return {"key": text.key, "sha256": text.sha256}

    again = {**stored, "data": plain(data, sealed)}
    assert ENCODE(again) == path.read_bytes()


def test_a_moment_among_the_data_has_one_spelling():
    stored = json.loads((GOLDEN / "gathering-planned.v1.json").read_bytes())
    data = decode_data("gathering-planned.v1", msgspec.json.encode(stored["data"]))
    here = replace(data, starts=dt.datetime.fromisoformat("2026-03-01T18:00:00+01:00"))

    assert ENCODE(plain(here, lambda *_: None)["starts"]) == b'"2026-03-01T17:00:00Z"'


def test_an_event_of_an_old_shape_is_read_in_todays(app, scribe, monkeypatch):
    position = scribe.contribute("c1").position
    with app.log.connection() as connection:
        connection.execute(
            "update log.event set topic = 'note-written.v1', state = convert_to(replace(convert_from(state, 'UTF8'), '\"kind\":\"idea\"', '\"sort\":\"idea\"'), 'UTF8') where notification_id = %s",
            (position,),
        )
    with pytest.raises(UnknownEventTypeError, match="Install the version"):
        app.reader.at([position])
    second = lambda data: {"kind": data["sort"], **{k: v for k, v in data.items() if k != "sort"}}  # noqa: E731
    monkeypatch.setitem(STEPS, "note-written.v1", ("note-written.v2", dict))
    monkeypatch.setitem(STEPS, "note-written.v2", ("contribution-made.v1", second))
    (event,) = app.reader.at([position])
    assert (event.type, event.data.kind.value) == ("contribution-made.v1", "idea")
    assert app.log.vault.texts([position])[position, "text"] == "En bænk ved skovstien"
