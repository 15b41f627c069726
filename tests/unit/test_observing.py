import pytest

from domain.observing import (
    Attribution,
    MediaCaptured,
    MediaKind,
    ObservationNoted,
    QuoteApprovalWithdrawn,
    QuoteApproved,
    QuoteCaptured,
    Shows,
)
from domain.vocabulary import Actor, ActorKind, Personal, Role, Visibility

SOMEBODY = Actor(kind=ActorKind.ANONYMOUS)
CAPTURED = QuoteCaptured(quote_id="q1", text=Personal("now I know my neighbours"), speaker=SOMEBODY)
APPROVED = QuoteApproved(
    quote_id="q1", exact_text=Personal("now I know them"), attribution=Attribution.ROLE, channels=("report",)
)
WITHDRAWN = QuoteApprovalWithdrawn(quote_id="q1")


def test_an_observation_is_first_seen_by_the_team_only(log):
    stored = log.when(
        ObservationNoted(observation_id="o1", observer=SOMEBODY, description=Personal("the politician took notes"))
    )

    assert stored.visibility is Visibility.TEAM


def test_an_observation_is_about_something_that_is_known(log):
    event = ObservationNoted(
        observation_id="o1", observer=SOMEBODY, description=Personal("notes"), about=("gathering/party",)
    )

    log.refuses("unknown-thing", event)


def test_an_observer_known_by_role_has_a_role_that_exists(log):
    stranger = Actor(kind=ActorKind.ROLE, ref="mayor")

    log.refuses("unknown-role", ObservationNoted(observation_id="o1", observer=stranger, description=Personal("notes")))


def test_an_observer_known_by_role_is_enough(log):
    evaluator = Actor(kind=ActorKind.ROLE, ref=Role.EVALUATOR.value)

    stored = log.when(ObservationNoted(observation_id="o1", observer=evaluator, description=Personal("notes")))

    assert stored.data.observer == evaluator


def test_only_a_quote_that_was_captured_is_approved(log):
    log.refuses("unknown-thing", APPROVED)


def test_an_approval_is_taken_back_only_where_it_was_given(log):
    log.given(CAPTURED)

    log.refuses("quote-not-approved", WITHDRAWN)


def test_an_approval_is_not_taken_back_twice(log):
    for event in (CAPTURED, APPROVED, WITHDRAWN):
        log.given(event)

    log.refuses("quote-not-approved", WITHDRAWN)


def test_a_quote_may_be_approved_again(log):
    for event in (CAPTURED, APPROVED, WITHDRAWN):
        log.given(event)

    log.given(APPROVED)

    assert log.state("quote/q1") == "approved"


@pytest.mark.parametrize("shows", Shows)
def test_a_picture_is_kept_by_its_hash(log, shows):
    event = MediaCaptured(media_id="m1", sha256="0" * 64, kind=MediaKind.PHOTO, shows=shows)

    assert log.when(event).subject == "media/m1"
