"""Claims: evidence stands as long as the entry it names, and a claim without any is told as silent."""

import pytest

from domain.acting import ProjectLaunched
from domain.harvesting import (
    Bearing,
    ClaimMade,
    EvidenceLinked,
    OutcomeHarvested,
    OutcomeSubstantiated,
    RivalExplanationConsidered,
    RivalFate,
    Sign,
    Verdict,
)
from domain.vocabulary import UNKNOWN, Actor, ActorKind, NotRecorded, Personal, Visibility
from projections.claims import claims
from tests.projections.asking import asked

OUTSIDE = Actor(kind=ActorKind.ROLE, ref="employee")
CITIZEN = Actor(kind=ActorKind.ROLE, ref="citizen")


@pytest.fixture
def claim(log):
    """A claim of six projects."""
    return log.given(ClaimMade(claim_id="six", text=Personal("seks projekter"), source="projektets egen side"))


def launch(log, ref, **envelope):
    return log.given(ProjectLaunched(project_id=ref, title=ref.capitalize()), "2026-05-01", **envelope)


def link(log, event, bearing="for", on="2026-06-01"):
    return log.given(EvidenceLinked(claim_id="six", event=str(event.id), bearing=Bearing(bearing)), on)


def only(answer):
    [one] = answer.data["claims"]
    return one


def change(ref):
    said = {name: Personal(name) for name in ("who", "change", "when", "where", "significance", "contribution")}
    return OutcomeHarvested(outcome_id=ref, intended=True, sign=Sign.POSITIVE, harvester=CITIZEN, **said)


def test_a_claim_nobody_held_anything_up_against_is_silent(log, claim):
    answer = asked(claims, log)

    assert only(answer)["stands"] == "silent"
    assert answer.data["silent"].value == 1


def test_context_alone_leaves_a_claim_silent(log, claim):
    link(log, launch(log, "homes"), "context")

    assert only(asked(claims, log))["stands"] == "silent"
    assert only(asked(claims, log))["counts"]["context"].value == 1


def test_evidence_says_what_it_says_and_when_and_opens_to_its_entry(log, claim):
    homes = launch(log, "homes", citation="S31")
    link(log, homes)

    one = only(asked(claims, log))

    [item] = one["for"]
    assert (item["sentence"], item["type"], item["position"]) == ("Homes", "project-launched", homes.position)
    assert item["when"]["time"] == "2026-05-01T12:00:00Z"
    assert item["when"]["citation"] == "S31"
    assert item["recorded"]["by"] == "account-1"
    assert one["counts"]["for"].events == (homes.position,)


def test_for_and_against_make_a_claim_contested(log, claim):
    link(log, launch(log, "homes"))
    link(log, launch(log, "school"), "against")

    answer = asked(claims, log)

    assert only(answer)["stands"] == "both"
    assert answer.data["contested"].value == 1


def test_evidence_whose_entry_was_withdrawn_drops_out_by_itself(log, claim):
    homes = launch(log, "homes")
    link(log, homes)
    before = log.events[-1].position
    log.given(log.withdrawal(homes))

    after = asked(claims, log)

    assert only(asked(claims, log, known=before))["stands"] == "for"
    assert only(after)["stands"] == "silent"
    assert only(after)["gone"].value == 1
    assert after.notes[0][0].startswith("1 belæg er ikke talt med")


def test_evidence_that_was_unlinked_is_not_even_counted_as_gone(log, claim):
    held = link(log, launch(log, "homes"))
    log.given(log.withdrawal(held))

    one = only(asked(claims, log))

    assert (one["stands"], one["gone"].value) == ("silent", 0)


def test_corrected_evidence_is_told_as_corrected(log, claim):
    homes = launch(log, "homes")
    link(log, homes)
    log.given(log.correction(homes, title="Forty homes"))

    assert only(asked(claims, log))["for"][0]["sentence"] == "Forty homes"


def test_evidence_that_had_not_happened_by_the_day_is_not_yet_evidence(log, claim):
    homes = launch(log, "homes")
    link(log, homes, on="2026-02-02")  # held up before the day it was to happen

    assert only(asked(claims, log, on="2026-04-01"))["stands"] == "silent"
    assert only(asked(claims, log, on="2026-05-02"))["stands"] == "for"


def test_evidence_a_reader_may_not_see_is_told_as_left_out(log, claim):
    link(log, launch(log, "homes", visibility=Visibility.TEAM))

    outside = only(asked(claims, log, as_=Visibility.PROCESS))

    assert (outside["stands"], outside["gone"].value, outside["for"]) == ("silent", 1, [])
    assert only(asked(claims, log))["stands"] == "for"


def test_the_same_entry_held_up_twice_is_counted_once(log, claim):
    homes = launch(log, "homes")
    link(log, homes)
    link(log, homes)

    assert only(asked(claims, log))["counts"]["for"].value == 1


def test_a_claim_a_reader_may_not_see_is_not_listed_though_its_evidence_was_linked(log):
    made = ClaimMade(claim_id="six", text=Personal("seks projekter"), source="et udkast")
    log.given(made, visibility=Visibility.TEAM)
    link(log, launch(log, "homes"))

    assert asked(claims, log, as_=Visibility.PROCESS).data["claims"] == []


def test_a_change_comes_with_who_confirmed_it_and_what_else_may_explain_it(log, claim):
    link(log, log.given(change("tools"), "2026-05-01"))
    confirmed = OutcomeSubstantiated(
        outcome_id="tools", by=OUTSIDE, relation_to_process=Personal("skolelederen"), verdict=Verdict.PARTLY
    )
    log.given(confirmed, "2026-05-02")
    log.given(
        RivalExplanationConsidered(outcome_id="tools", text=Personal("renten faldt"), fate=RivalFate.PLAYS_A_PART),
        "2026-05-03",
    )

    [item] = only(asked(claims, log))["for"]

    assert [one["verdict"] for one in item["substantiations"]] == ["partly"]
    assert [one["fate"] for one in item["rivals"]] == ["plays-a-part"]


def test_a_link_that_does_not_say_for_or_against_is_context(log, claim):
    silent = (NotRecorded(field="bearing", reason="kilden siger det ikke"),)
    linked = EvidenceLinked(claim_id="six", event=str(launch(log, "homes").id), bearing=UNKNOWN)
    log.given(linked, "2026-06-01", notrecorded=silent, citation="S31")

    one = only(asked(claims, log))
    assert (one["stands"], one["counts"]["context"].value) == ("silent", 1)
