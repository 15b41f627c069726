import pytest

from domain.contributing import (
    Building,
    ContributionAnswered,
    ContributionBuiltUpon,
    ContributionEndorsed,
    ContributionKind,
    ContributionMade,
)
from domain.vocabulary import Actor, ActorKind, Personal

SOMEBODY = Actor(kind=ActorKind.ANONYMOUS)


def made(**fields):
    needed = {
        "contribution_id": "c1",
        "kind": ContributionKind.DREAM,
        "text": Personal("a path to the school"),
        "author": SOMEBODY,
    }
    return ContributionMade(**{**needed, **fields})


@pytest.fixture
def contribution(log):
    return log.contribution("c1")


@pytest.mark.parametrize("kind", ContributionKind)
def test_every_kind_of_contribution_is_taken_in(log, kind):
    assert log.when(made(kind=kind)).stream == "fabelby/contribution/c1"


def test_a_contribution_is_made_once(log, contribution):
    log.refuses("already-exists", made(text=Personal("something else")))


@pytest.mark.parametrize(
    "fields", [{"gathering_id": "party"}, {"group_id": "hall"}], ids=lambda fields: next(iter(fields))
)
def test_a_contribution_names_only_what_is_known(log, fields):
    log.refuses("unknown-thing", made(**fields))


def test_a_contribution_without_its_text_needs_a_source(log, without):
    event, words = without(made(), "text")

    assert log.when(event, **words).citation == "minutes-2026-02"


def test_nothing_builds_on_itself(log, contribution):
    log.refuses("builds-on-itself", ContributionBuiltUpon(from_id="c1", to_id="c1", how=Building.REFINES))


def test_what_builds_on_a_contribution_is_a_contribution(log, contribution):
    log.refuses("unknown-thing", ContributionBuiltUpon(from_id="c1", to_id="c2", how=Building.REFINES))


def test_a_contribution_builds_on_another(log, contribution):
    log.contribution("c2")

    stored = log.when(ContributionBuiltUpon(from_id="c1", to_id="c2", how=Building.MERGES))

    assert stored.subject == "contribution/c1"


def test_a_participant_ticks_a_contribution_once(log, contribution):
    log.participant("p1")
    log.given(ContributionEndorsed(contribution_id="c1", participant_id="p1"))

    log.refuses("already-endorsed", ContributionEndorsed(contribution_id="c1", participant_id="p1"))


def test_several_participants_tick_the_same_contribution(log, contribution):
    for person in ("p1", "p2"):
        log.participant(person)
        log.given(ContributionEndorsed(contribution_id="c1", participant_id=person))

    assert log.state("contribution/c1").endorsed_by == {"p1", "p2"}


def test_a_tick_before_the_contribution_was_made_has_nothing_to_tick(log, contribution):
    log.participant("p1")

    log.refuses("unknown-thing", ContributionEndorsed(contribution_id="c1", participant_id="p1"), on="2026-01-10")


def test_a_contribution_may_be_answered_more_than_once(log, contribution):
    answer = ContributionAnswered(contribution_id="c1", answer=Personal("in May"), by=SOMEBODY)
    log.given(answer)

    assert log.when(answer, on="2026-03-01").position == 4
