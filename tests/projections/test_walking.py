"""The walks of a server: gone on with when somebody asks, beside the request where that takes long, anew when one fails."""

import threading

import pytest

from domain.vocabulary import Visibility
from projections.everything import PROJECTIONS
from projections.kernel import DEPTH, Request
from projections.measures.disclosure import LEAST
from service.log.scope import within
from service.problems import problem_of
from service.publishing import BeingWalkedError, walking
from service.publishing.published import Published

UPLIFT = PROJECTIONS["competence-uplift"]


@pytest.fixture
def walks(read_twin):
    with within("fabelby"):
        yield walking.Publishing(read_twin.reader)


def reached(walks):
    return walks.of("fabelby", UPLIFT).points[-1].position


@pytest.mark.parametrize("depth", [Visibility.PROCESS, Visibility.TEAM, Visibility.EVALUATORS])
def test_what_the_breakdowns_tell_together_is_what_each_tells_that_is_asked_for_in_turn(read_twin, depth):
    clocks = read_twin.queries.clocks("fabelby")
    states = read_twin.projector.states(UPLIFT.name, "fabelby", clocks.position, clocks.happened, DEPTH[UPLIFT.deep])
    request = Request("fabelby", None, clocks.known_at, DEPTH[depth])
    together = UPLIFT.told(states, request)
    in_turn = {one.key: one for one in UPLIFT._asked_in_turn(states, request)}
    assert together == in_turn
    assert any(":dose:" in key for key in together) is (depth is Visibility.EVALUATORS)


def test_a_walk_that_fails_on_its_way_is_begun_anew_and_leaves_nothing_out(walks, monkeypatch):
    head = reached(walks)
    walks = walking.Publishing(walks._reader)
    steps, take = [], Published.advance

    def failing(published, events):
        take(published, events[: len(events) // 2])
        steps.append(published)
        raise OSError("the connection is gone")

    with monkeypatch.context() as broken:
        broken.setattr(Published, "advance", failing)
        with pytest.raises(OSError, match="gone"):
            reached(walks)
    assert 0 < steps[0].position < head
    with pytest.raises(BeingWalkedError):  # whoever had waited for it
        walks._advance("fabelby", steps[0])
    assert reached(walks) == head


@pytest.fixture
def large(monkeypatch):
    """Every process counts as large."""
    monkeypatch.setattr(walking, "AT_ONCE", LEAST)


@pytest.mark.usefixtures("large")
def test_a_large_process_is_walked_beside_the_request_and_its_reader_is_told_to_come_again(walks, monkeypatch):
    go_on, take = threading.Event(), Published.advance

    def held(published, events):
        assert go_on.wait(60)
        take(published, events)

    monkeypatch.setattr(Published, "advance", held)
    with monkeypatch.context() as hurried:
        hurried.setattr(walking, "PATIENCE_SECONDS", 0.01)
        for _ in range(2):  # and no second walk is begun meanwhile
            with pytest.raises(BeingWalkedError) as told:
                reached(walks)
            assert (problem_of(told.value, "da").status, problem_of(told.value, "da").rule) == (503, "being-built")
        assert [one.name for one in threading.enumerate()].count("published-points") == 1
    monkeypatch.setattr(walking, "PATIENCE_SECONDS", 60)
    go_on.set()
    assert reached(walks) == walking.Publishing(walks._reader).of("fabelby", UPLIFT).points[-1].position > 0


@pytest.mark.usefixtures("large")
def test_what_fails_beside_the_request_is_told_to_whoever_waits(walks, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(walks._reader, "walk", lambda *_, **__: (_ for _ in ()).throw(OSError("the connection is gone")))
        with pytest.raises(OSError, match="gone"):
            reached(walks)
    assert reached(walks)
    assert not walks._walkers
