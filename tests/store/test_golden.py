"""Every stored version of every event is read for ever: a golden file each, whose bytes nobody may change."""

import hashlib
import json
from pathlib import Path

import msgspec
import pytest

import domain.everything  # noqa: F401
from domain.kernel import REGISTRY
from domain.upcasting import STEPS, upcast
from service.log.mapper import ENCODE, LogMapper, decode_data, plain

GOLDEN = Path(__file__).parents[1] / "golden"
SUMS = GOLDEN / "SHA256SUMS"
FILES = sorted(GOLDEN.glob("*.json"))
SEALED = ("sealed", "0" * 64)


def sums():
    lines = SUMS.read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def test_every_declared_event_has_a_golden_file():
    assert {path.stem for path in FILES} >= set(REGISTRY)


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

    again = {**stored, "data": plain(data, REGISTRY[path.stem].fields, sealed)}
    assert ENCODE(again) == path.read_bytes()
