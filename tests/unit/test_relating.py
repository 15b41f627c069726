"""Waves and ties: what is refused, and what is allowed beside it."""

import pytest
from msgspec.structs import replace

from domain.relating import (
    NoRelationsDeclared,
    RelationDeclared,
    RelationDisputed,
    RelationshipWaveClosed,
    RelationshipWaveOpened,
    TieKind,
)
from domain.vocabulary import Actor, ActorKind, Localised, Personal, Role, Scale, TimePrecision

OPENED = RelationshipWaveOpened(
    wave_id="w1",
    wording=Localised(da="Hvem arbejder du sammen med?", en="Whom do you work with?"),
    kinds=(TieKind.KNOWS, TieKind.WORKS_WITH),
    roster=("p1", "p2", "p3", "p4"),
    strength_scale=Scale(min=1, max=3),
    cap=2,
)
CLOSED = RelationshipWaveClosed(wave_id="w1")
NONE = NoRelationsDeclared(wave_id="w1", participant_id="p1")


def tie(to="p2", from_="p1", kind=TieKind.WORKS_WITH, **fields):
    return RelationDeclared(wave_id="w1", from_=from_, to=to, kind=kind, **fields)


def disputed(to="p2", kind=TieKind.WORKS_WITH):
    by = Actor(kind=ActorKind.PARTICIPANT, ref="p2")
    return RelationDisputed(wave_id="w1", from_="p1", to=to, kind=kind, by=by, reason=Personal("we only say hello"))


@pytest.fixture
def people(log):
    for person in ("p1", "p2", "p3", "p4", "p5"):
        log.participant(person, Role.CITIZEN)


@pytest.fixture
def wave(log, people):
    return log.given(OPENED, on="2026-02-01")


# ------------------------------------------------------------------ waves
def test_a_person_stands_once_on_the_roster(log, people):
    log.refuses("listed-twice", replace(OPENED, roster=("p1", "p2", "p1")))


def test_the_roster_lists_people_who_are_registered(log, people):
    log.refuses("unknown-thing", replace(OPENED, roster=("p1", "p9")))


def test_the_scale_of_strength_rises(log, people):
    log.refuses("scale-does-not-rise", replace(OPENED, strength_scale=Scale(min=3, max=3)))


def test_a_wave_closes_once(log, wave):
    log.given(CLOSED, on="2026-02-10")

    log.refuses("wave-closed", CLOSED, on="2026-02-11")


@pytest.mark.parametrize("event", [tie(), NONE], ids=["a tie", "none yet"])
def test_nobody_answers_in_a_closed_wave(log, wave, event):
    log.given(CLOSED, on="2026-02-10")

    log.refuses("wave-closed", event, on="2026-02-11")


def test_an_answer_from_before_the_closing_may_be_written_down_after_it(log, wave):
    log.given(CLOSED, on="2026-02-10")

    assert log.when(tie(), on="2026-02-09").subject == "ties/w1/p1"


def test_an_answer_fits_the_day_the_wave_closed_when_the_hour_is_not_known(log, wave):
    log.given(CLOSED, on="2026-02-10T00:00:00+01:00", timeprecision=TimePrecision.DAY)

    assert log.when(tie(), on="2026-02-10T20:00:00+01:00").subject == "ties/w1/p1"


def test_a_wave_is_open_again_when_its_closing_is_withdrawn(log, wave):
    closed = log.given(CLOSED, on="2026-02-10")
    log.given(log.withdrawal(closed), on="2026-02-11")

    assert log.when(tie(), on="2026-02-12").subject == "ties/w1/p1"


def test_nobody_answers_before_the_wave_opens(log, wave):
    log.refuses("wave-not-open-yet", tie(), on="2026-01-20")


def test_ties_are_asked_for_in_a_wave(log, people):
    log.refuses("unknown-thing", tie())


# ------------------------------------------------------------------ ties
def test_nobody_has_a_tie_to_themselves(log, wave):
    log.refuses("tie-to-oneself", tie(to="p1"))


@pytest.mark.parametrize("event", [tie(to="p5"), tie(from_="p5")], ids=["to", "from"])
def test_a_tie_joins_two_of_the_roster(log, wave, event):
    log.refuses("off-the-roster", event)


def test_who_says_none_yet_is_on_the_roster(log, wave):
    log.refuses("off-the-roster", replace(NONE, participant_id="p5"))


def test_a_wave_without_a_roster_keeps_nobody_out(log, people):
    log.given(replace(OPENED, roster=()))

    assert log.when(tie(to="p5")).subject == "ties/w1/p1"


def test_a_tie_is_declared_once_in_a_wave(log, wave):
    log.given(tie())

    log.refuses("relation-already-declared", tie())


def test_two_people_may_be_tied_in_two_ways_and_from_both_sides(log, wave):
    log.given(tie())
    log.given(tie(kind=TieKind.KNOWS))

    assert log.when(tie(from_="p2", to="p1")).subject == "ties/w1/p2"


def test_a_tie_is_of_a_kind_the_wave_asks_for(log, wave):
    refusal = log.refuses("kind-not-asked", tie(kind=TieKind.TRUSTS))

    assert "works-with" in refusal.sentence("da")


def test_no_more_ties_of_a_kind_than_the_wave_asks_for(log, wave):
    log.given(tie("p2"))
    log.given(tie("p3"))

    log.refuses("more-ties-than-asked", tie("p4"))

    assert log.when(tie("p4", kind=TieKind.KNOWS)).data.to == "p4"


def test_a_withdrawn_tie_makes_room(log, wave):
    first = log.given(tie("p2"))
    log.given(tie("p3"))
    log.given(log.withdrawal(first))

    assert log.when(tie("p4")).data.to == "p4"


@pytest.mark.parametrize("strength", [0, 4])
def test_a_strength_lies_on_the_scale(log, wave, strength):
    log.refuses("value-off-scale", tie(strength=strength))


def test_a_strength_may_be_left_out(log, wave):
    assert log.when(tie()).data.strength is None


def test_a_strength_is_given_only_where_it_is_asked_for(log, people):
    log.given(replace(OPENED, strength_scale=None))

    log.refuses("strength-not-asked", tie(strength=2))


# ------------------------------------------------------------------ none yet
def test_none_yet_does_not_stand_beside_a_tie(log, wave):
    log.given(tie())

    log.refuses("none-beside-relations", NONE)


def test_a_tie_does_not_stand_beside_none_yet(log, wave):
    log.given(NONE)

    log.refuses("none-beside-relations", tie())


def test_none_yet_is_answered_once(log, wave):
    log.given(NONE)

    log.refuses("none-already-declared", NONE)


def test_who_withdrew_none_yet_may_declare_a_tie(log, wave):
    nobody = log.given(NONE)
    log.given(log.withdrawal(nobody))

    assert log.when(tie()).subject == "ties/w1/p1"


def test_none_yet_is_not_slipped_in_before_a_tie(log, wave):
    log.given(tie(), on="2026-02-05")

    log.refuses("contradicts-later", NONE, on="2026-02-03")


# ------------------------------------------------------------------ mending and disputing
def test_a_tie_is_mended_by_a_correction(log, wave):
    stored = log.given(tie())
    log.given(log.correction(stored, to="p3", strength="2"))

    found = log.history("ties/w1/p1")[0].data
    assert (found.to, found.strength) == ("p3", 2)


@pytest.mark.parametrize(("name", "value"), [("to", "p1"), ("to", "p5"), ("to", "p3"), ("strength", "9")])
def test_a_mended_tie_meets_the_same_rules(log, wave, name, value):
    log.given(tie("p3"))
    stored = log.given(tie())

    log.refuses("correction-does-not-fit", log.correction(stored, **{name: value}))


@pytest.mark.parametrize("name", ["wave_id", "from", "kind"])
def test_whose_tie_it_is_and_of_which_kind_is_not_corrected(log, wave, name):
    stored = log.given(tie())

    log.refuses("identity-field", log.correction(stored, **{name: "p3"}))


@pytest.mark.parametrize("event", [disputed("p3"), disputed(kind=TieKind.KNOWS)], ids=["to", "kind"])
def test_only_a_tie_that_was_declared_is_disputed(log, wave, event):
    log.given(tie())

    log.refuses("relation-unknown", event)


def test_a_tie_is_disputed_after_the_wave_closed(log, wave):
    log.given(tie())
    log.given(CLOSED, on="2026-02-10")

    assert log.when(disputed(), on="2026-02-12").subject == "ties/w1/p1"


def test_a_dispute_does_not_keep_a_tie_from_being_withdrawn(log, wave):
    stored = log.given(tie())
    log.given(disputed(), on="2026-02-12")
    log.given(log.withdrawal(stored), on="2026-02-13")

    assert [item.type for item in log.history("ties/w1/p1")] == ["relation-disputed.v1"]


def test_a_dispute_does_not_keep_a_tie_from_being_mended(log, wave):
    stored = log.given(tie())
    log.given(disputed(), on="2026-02-12")
    log.given(log.correction(stored, to="p3"), on="2026-02-13")

    assert log.history("ties/w1/p1")[0].data.to == "p3"
