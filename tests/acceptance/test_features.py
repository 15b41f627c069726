"""What the features say, run against the log; and a type declared here, to show that the steps need no edit."""

from enum import StrEnum
from pathlib import Path

import pytest
from pytest_bdd import scenarios

from domain.everything import CAPABILITIES
from domain.kernel import DECLARED, REGISTRY, event
from domain.vocabulary import Actor, Date, GroupId, LocalId, Number, Record, Text

FEATURES = Path(__file__).parents[2] / "features"
OWN_STEPS = {"keeping"}
"""Capabilities whose features speak of files: `test_keeping` has steps for them."""


class Colour(StrEnum):
    RED = "red"


class Coat(Record, kw_only=True):
    day: Date
    litres: Number


@pytest.fixture(autouse=True)
def bench_painted():
    """Declare an event type for this test alone."""
    registry, declared = dict(REGISTRY), dict(DECLARED)

    @event("bench-painted.v1", da="Bænk malet", en="Bench painted", about="bench_id", kind="bench", creates=True)
    class BenchPainted:
        """A bench was painted.

        Example: the bench by the path is red now.
        """

        bench_id: LocalId
        colour: Colour
        group_id: GroupId
        by: tuple[Actor, ...]
        note: Text
        coats: tuple[Coat, ...] = ()

    yield
    for held, before in ((REGISTRY, registry), (DECLARED, declared)):
        held.clear()
        held.update(before)


def test_every_capability_has_features_in_a_folder_of_its_name():
    folders = {path.parent.name for path in FEATURES.glob("*/*.feature")}

    assert folders == {module.__name__.rpartition(".")[2] for module in CAPABILITIES}


FOLDERS = [str(path) for path in sorted(FEATURES.iterdir()) if path.is_dir() and path.name not in OWN_STEPS]
scenarios(*FOLDERS, str(Path(__file__).with_name("throwaway.feature")))
