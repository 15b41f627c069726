"""What stands beside people's own answers: measures in full, who is missing, other parts, and the four strands."""

import datetime as dt

import pytest
from msgspec.structs import replace

from domain.acting import ActionPlanned
from domain.assessing import (
    AssessmentRoundOpened,
    Competence,
    CompetenceFrameworkPublished,
    Frame,
    InstrumentPublished,
    Item,
    ItemAnswer,
    Layout,
    ObserverAssessmentSubmitted,
    RoundMoment,
    SelfAssessmentSubmitted,
    Sign,
)
from domain.coding import (
    Code,
    CodebookPublished,
    CodingAdjudicated,
    CodingRetracted,
    Direction,
    PassageCoded,
    TextCoded,
)
from domain.contributing import ContributionKind, ContributionMade
from domain.correcting import EventWithdrawn
from domain.gathering import Attendance, AttendanceRecorded, GatheringHeld
from domain.vocabulary import Actor, ActorKind, Localised, Personal, Role, Scale, Sealed, Visibility
from projections.competence_uplift import competence_uplift
from tests.oracles.golden import golden
from tests.projections.asking import asked

WORDS = Localised(da="Handle", en="Act")
EVALUATORS, TEAM, PROCESS = Visibility.EVALUATORS, Visibility.TEAM, Visibility.PROCESS
CITIZENS = tuple(f"p{n}" for n in range(1, 7))
START, END = "2026-02-10", "2026-05-20"
EARLY, LATE = "2026-02-20", "2026-05-10"
TEXT = Sealed("ab" * 32, "k")
CODER = Actor(kind=ActorKind.ROLE, ref="evaluator")
LACKS = Direction.LACKS


@pytest.fixture
def held(log):
    """A framework, two rounds and two gatherings for six citizens; the log reads them."""
    competence = Competence(id="act", title=WORDS, signs=(Sign.OFFER, Sign.PLANNED))
    log.given(CompetenceFrameworkPublished(framework_id="f", version=1, competences=(competence,)), "2026-01-05")
    items = tuple(Item(id=ref, competence_id="act", wording=WORDS) for ref in ("i1", "i2", "i3", "i4"))
    instrument = InstrumentPublished(
        instrument_id="i", version=1, framework_id="f", items=items, scale=Scale(min=1, max=5), layout=Layout.SEPARATE
    )
    log.given(instrument, "2026-01-05")
    for who in CITIZENS:
        log.participant(who, Role.CITIZEN)
    for ref, day in (("g1", START), ("g2", END)):
        log.gathering(ref)
        log.given(GatheringHeld(gathering_id=ref), day)
    return log


def rounds(log, people=CITIZENS):
    opened = AssessmentRoundOpened(
        round_id="b", instrument_id="i", version=1, moment=RoundMoment.BEFORE, eligible=tuple(people)
    )
    log.given(opened, "2026-01-20")
    log.given(replace(opened, round_id="a", moment=RoundMoment.AFTER), "2026-06-01")


def says(log, round_id, who, *values, frame=Frame.NOW):
    answers = tuple(ItemAnswer(item=f"i{at}", value=value) for at, value in enumerate(values, 1))
    said = SelfAssessmentSubmitted(
        assessment_id=f"{round_id}-{who}-{frame}",
        round_id=round_id,
        participant_id=who,
        role=Role.CITIZEN,
        frame=frame,
        answers=answers,
    )
    log.given(said, "2026-02-01" if round_id == "b" else "2026-06-02")


def answered(log, first=(2, 2, 3, 2, 3, 2), last=(3, 4, 4, 3, 4, 3), people=CITIZENS):
    rounds(log, people)
    for who, before, after in zip(people, first, last, strict=False):
        says(log, "b", who, before)
        says(log, "a", who, after)


def cell(log, as_=EVALUATORS):
    (found,) = asked(competence_uplift, log, as_=as_).data["cells"]
    return found


def verdict(log, as_=EVALUATORS):
    return cell(log, as_)["strands"]["verdict"]


# ------------------------------------------------------------------ measures
CASES = [case for case in golden("paired") if case["name"] in ("steps-12", "steps-40", "quarters-13", "mostly-zeros")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_answer_says_what_r_says(held, case):
    people = [f"p{100 + n}" for n in range(len(case["first"]))]
    for who in people:
        held.participant(who, Role.CITIZEN)
    rounds(held, people)
    quarters = any(value % 1 for value in case["first"])
    for who, *values in zip(people, case["first"], case["last"], strict=True):
        for round_id, value in zip("ba", values, strict=True):
            low, above = divmod(int(value * 4), 4)
            says(held, round_id, who, *([low + 1] * above + [low] * (4 - above) if quarters else [int(value)]))
    gain, r = cell(held)["gain"], case["r"]
    assert gain["change"].value == pytest.approx(r["gain"], abs=1e-9)
    assert {name: gain["sizes"][name].value for name in ("d_z", "d_av", "g_z")} == pytest.approx(
        {name: r[name] for name in ("d_z", "d_av", "g_z")}, abs=1e-9
    )
    assert gain["ranks"]["p"].value == pytest.approx(r["drop"]["exact"], abs=1e-9)
    assert gain["ranks"]["rank_biserial"].value == pytest.approx(r["rank_biserial"], abs=1e-9)
    assert gain["interval"] == pytest.approx(case["bca"] or r["t"], abs=1e-9)
    assert gain["method"]["name"] == ("bca" if case["bca"] else "t")
    improved = next(part for part in cell(held)["counts"] if part["of"] == ["improved"])
    assert improved["interval"] == pytest.approx(r["wilson"], abs=1e-9)


def test_every_figure_of_a_change_rests_on_both_answers_of_each(held):
    answered(held)
    gain = cell(held)["gain"]
    figures = [gain["change"], *(gain["sizes"][name] for name in ("d_z", "d_av", "g_z")), gain["ranks"]["p"]]
    assert {(figure.n, len(figure.events)) for figure in figures} == {(6, 12)}
    assert len({figure.key for figure in figures}) == 5


def test_the_convention_stands_beside_the_number(held):
    answered(held)
    gain = cell(held)["gain"]
    assert (gain["sizes"]["df"], round(gain["sizes"]["j"], 3)) == (5, 0.841)
    assert {name: gain["ranks"][name] for name in ("zeros", "exact", "changed")} == {
        "zeros": "drop",
        "exact": True,
        "changed": 6,
    }


def test_with_five_that_changed_no_p_is_given(held):
    answered(held, last=(3, 4, 4, 3, 4, 2))
    ranks = cell(held)["gain"]["ranks"]
    assert (ranks["changed"], ranks["p"]) == (5, None)


def test_ranks_are_not_told_where_counts_are_merged(held):
    """Five up and one down: W₋ would be the one."""
    answered(held, last=(3, 4, 4, 3, 4, 1))
    assert cell(held, TEAM)["counts"] is None
    assert cell(held, TEAM)["gain"]["ranks"] is None
    assert cell(held)["gain"]["ranks"]["rank_biserial"].value < 1


def test_how_each_side_is_spread_is_told_with_the_points(held):
    answered(held)
    sizes = cell(held, TEAM)["gain"]["sizes"]
    assert (sizes["d_av"], sizes["d_z"].n) == (None, 6)


# ------------------------------------------------------------------ who is missing, flags and other parts
def test_of_all_who_were_asked_it_is_said_how_many_are_paired(held):
    held.participant("p7", Role.CITIZEN)
    held.participant("p8", Role.POLITICIAN)
    answered(held, people=(*CITIZENS, "p7", "p8"))
    found = cell(held)
    assert (found["eligible"].value, found["response"].value) == (7, pytest.approx(6 / 7))


def test_who_answered_other_questions_is_flagged_and_five_cannot_be_tested(held):
    answered(held)
    assert cell(held)["flags"] == []
    changed = replace(held.events[2].data, version=2)
    held.given(changed, "2026-02-02")
    late = AssessmentRoundOpened(
        round_id="a2", instrument_id="i", version=2, moment=RoundMoment.AFTER, eligible=CITIZENS
    )
    held.given(late, "2026-06-01")
    says(held, "a2", "p1", 4)
    assert cell(held)["flags"] == ["instrument-changed", "too-few-to-test"]


def test_then_beside_now_is_flagged(held):
    held.given(replace(held.events[2].data, version=2, layout=Layout.ADJACENT), "2026-01-06")
    opened = AssessmentRoundOpened(
        round_id="b", instrument_id="i", version=2, moment=RoundMoment.BEFORE, eligible=CITIZENS
    )
    held.given(opened, "2026-01-20")
    held.given(replace(opened, round_id="a", moment=RoundMoment.AFTER), "2026-06-01")
    for who in CITIZENS:
        says(held, "b", who, 2)
        says(held, "a", who, 3)
        says(held, "a", who, 2, frame=Frame.THEN)
    assert cell(held)["flags"] == ["layout-adjacent"]


def came(log, who, *gatherings):
    for ref in gatherings:
        log.given(AttendanceRecorded(gathering_id=ref, participant_id=who, status=Attendance.PRESENT), END)


def test_by_dose_it_is_those_who_came_as_often(held):
    answered(held)
    came(held, "p1", "g1", "g2")
    came(held, "p2", "g1")
    for who, status in (("p3", Attendance.UNKNOWN), ("p4", Attendance.ABSENT)):
        held.given(AttendanceRecorded(gathering_id="g1", participant_id=who, status=status), END)
    found = asked(competence_uplift, held, by="dose", as_=EVALUATORS).data["by"]
    assert {one["dose"]: one["gain"]["change"].n for one in found} == {"0": 1, "1-2": 2, "unknown": 3}
    told = asked(competence_uplift, held, by="dose", as_=TEAM).data["by"]
    assert {one["shown"] for one in told} == {"withheld"}


def test_where_nobody_wrote_down_who_came_there_is_no_dose(held):
    answered(held)
    assert asked(competence_uplift, held, by="dose", as_=EVALUATORS).data["by"] == []


def test_by_version_it_is_those_who_were_asked_the_same(held):
    answered(held)
    (found,) = asked(competence_uplift, held, by="version", as_=EVALUATORS).data["by"]
    assert (found["instrument"], found["version"], found["gain"]["change"].n) == ("i", 1, 6)


# ------------------------------------------------------------------ the four strands
def offers(log, who, on, ref):
    said = ContributionMade(
        contribution_id=ref,
        kind=ContributionKind.OFFER,
        text=Personal(TEXT),
        author=Actor(kind=ActorKind.PARTICIPANT, ref=who),
    )
    return log.given(said, on)


def busier(log, early=1, late=3):
    """Each citizen offers something more or less often in the second half; the first of them once more."""
    for who in CITIZENS:
        for at in range(early + (who == "p1")):
            offers(log, who, EARLY, f"e-{who}-{at}")
        for at in range(late):
            offers(log, who, LATE, f"l-{who}-{at}")


def test_with_nothing_beside_the_answers_the_rest_is_silent(held):
    answered(held)
    found = cell(held)["strands"]
    assert {name: found[name]["says"] for name in ("self", "observer", "behaviour", "text")} == {
        "self": "up",
        "observer": "silent",
        "behaviour": "silent",
        "text": "silent",
    }
    assert found["verdict"] == "silent"


def test_what_people_do_converges_and_opens_to_what_they_did(held):
    answered(held)
    busier(held)
    behaviour = cell(held)["strands"]["behaviour"]
    assert (behaviour["says"], behaviour["n"]) == ("up", 6)
    assert (behaviour["early"].value, behaviour["late"].value) == (pytest.approx(7 / 6), 3.0)
    assert (len(behaviour["early"].events), len(behaviour["late"].events)) == (7, 18)
    assert verdict(held) == verdict(held, TEAM) == "converge"


def test_more_gatherings_in_one_half_are_more_occasions_and_no_rise(held):
    answered(held)
    busier(held, early=1, late=3)
    for ref in ("g3", "g4"):
        held.gathering(ref)
        held.given(GatheringHeld(gathering_id=ref), LATE)
    behaviour = cell(held)["strands"]["behaviour"]
    assert behaviour["gatherings"] == {"early": 1, "late": 3}
    assert (behaviour["early"].value, behaviour["late"].value) == (pytest.approx(7 / 6), 1.0)
    assert behaviour["says"] == "unclear"


def test_what_is_done_after_the_last_gathering_however_long_that_is_makes_no_rise(held):
    answered(held)
    busier(held, early=1, late=1)
    before = cell(held)["strands"]["behaviour"]
    for who in CITIZENS:
        for at, day in enumerate(("2026-02-09", "2026-05-21", "2026-09-01", "2026-10-01")):
            offers(held, who, day, f"x-{who}-{at}")
    assert cell(held)["strands"]["behaviour"] == before


def test_doing_less_contradicts_feeling_more_able(held):
    answered(held)
    busier(held, early=3, late=1)
    assert verdict(held) == "contradict"


def test_only_signs_of_the_competence_count_and_each_owner_of_an_action(held):
    answered(held)
    other = replace(offers(held, "p1", EARLY, "o1").data, contribution_id="o2", kind=ContributionKind.DREAM)
    held.given(other, EARLY)
    owners = tuple(Actor(kind=ActorKind.PARTICIPANT, ref=who) for who in ("p1", "p2"))
    planned = ActionPlanned(
        action_id="h1",
        title="Bænk",
        aim=Personal(TEXT),
        sign_of_success=Personal(TEXT),
        owners=owners,
        due=dt.date(2026, 6, 1),
    )
    held.given(planned, LATE)
    behaviour = cell(held)["strands"]["behaviour"]
    assert (behaviour["n"], behaviour["early"].value, behaviour["late"].value) == (2, 0.5, 1.0)


def test_who_has_no_answer_that_stands_is_judged_by_nothing_else(held):
    answered(held)
    held.participant("p9", Role.CITIZEN)
    for who in ("p1", "p9"):
        offers(held, who, LATE, f"o-{who}")
    assert cell(held)["strands"]["behaviour"]["n"] == 1


def test_what_few_did_is_withheld_from_the_team(held):
    answered(held)
    offers(held, "p1", LATE, "o1")
    assert cell(held, TEAM)["strands"]["behaviour"] == {"says": "withheld"}
    assert cell(held)["strands"]["behaviour"]["n"] == 1


def test_without_two_gatherings_there_is_no_early_and_late(log, held):
    answered(held)
    busier(held)
    last = next(
        event for event in held.events if isinstance(event.data, GatheringHeld) and event.subject.endswith("g2")
    )
    held.given(EventWithdrawn(target=str(last.id), reason=Personal("holdt ikke")), "2026-06-10")
    assert cell(held)["strands"]["behaviour"] == {"says": "silent"}


def rated(log, round_id, who, value):
    given = ObserverAssessmentSubmitted(
        assessment_id=f"o-{round_id}-{who}",
        round_id=round_id,
        participant_id=who,
        role=Role.CITIZEN,
        rater=CODER,
        answers=(ItemAnswer(item="i1", value=value),),
    )
    log.given(given, "2026-02-01" if round_id == "b" else "2026-06-02")


def test_observers_speak_where_they_rated_the_same_people_twice(held):
    answered(held)
    for at, who in enumerate(CITIZENS):
        rated(held, "a", who, 3 + at % 2)
    assert cell(held)["strands"]["observer"] == {"says": "silent"}
    for who in CITIZENS:
        rated(held, "b", who, 2)
    observer = cell(held)["strands"]["observer"]
    assert (observer["says"], observer["early"].value, observer["late"].value) == ("up", 2.0, 3.5)
    assert verdict(held) == "converge"


def test_observers_means_over_nearly_the_same_people_are_not_both_told(held):
    """Six were rated after, five of them also before: the two means would tell of the sixth."""
    answered(held)
    for at, who in enumerate(CITIZENS):
        rated(held, "a", who, 3 + at % 2)
    for who in CITIZENS[:5]:
        rated(held, "b", who, 2)
    found = cell(held, TEAM)
    assert (found["observed"].n, found["strands"]["observer"]) == (6, {"says": "withheld"})
    assert cell(held)["strands"]["observer"]["n"] == 5


def read_as(log, text, ref, code="acts"):
    coding = PassageCoded(
        coding_id=ref,
        codebook_id="book",
        version=1,
        target=str(text.id),
        field="text",
        text_commitment=TEXT.sha256,
        start=0,
        end=5,
        code=code,
        coder=CODER,
    )
    return log.given(coding, "2026-06-05")


@pytest.fixture
def texts(held):
    answered(held)
    codes = (
        Code(id="acts", title="Handler", definition="Gør det selv", competence_id="act"),
        Code(id="shirks", title="Lader ligge", definition="Lader det ligge", competence_id="act", direction=LACKS),
        Code(id="waits", title="Venter", definition="Venter på andre"),
    )
    held.given(CodebookPublished(codebook_id="book", version=1, codes=codes), "2026-06-04")
    return {
        (who, half, at): offers(held, who, on, f"t-{who}-{half}-{at}")
        for who in CITIZENS
        for half, on, count in (("early", EARLY, 1), ("late", LATE, 3))
        for at in range(count)
    }


def test_what_texts_were_read_to_say_counts_each_text_once(held, texts):
    for (who, half, at), text in texts.items():
        if half == "late" or who == "p1":
            read_as(held, text, f"k-{who}-{half}-{at}")
    read_as(held, texts["p1", "late", 0], "k-again")
    found = cell(held)["strands"]["text"]
    assert (found["says"], found["n"], found["late"].value) == ("up", 6, 3.0)
    assert len(found["late"].events) == 2 * 18 + 1


def test_a_coding_that_does_not_stand_counts_nowhere(held, texts):
    one, other = texts["p1", "late", 0], texts["p2", "late", 0]
    read_as(held, one, "k1")
    held.given(CodingRetracted(coding_id="k1"), "2026-06-06")
    read_as(held, other, "k2")
    read_as(held, other, "k3", "waits")
    held.given(CodingAdjudicated(adjudication_id="j", codings=("k2", "k3"), code="waits", by=CODER), "2026-06-07")
    assert cell(held)["strands"]["text"] == {"says": "silent"}


def test_a_text_that_was_withdrawn_speaks_for_nothing(held, texts):
    text = texts["p1", "late", 0]
    read_as(held, text, "k1")
    assert cell(held)["strands"]["text"]["n"] == 1
    held.given(EventWithdrawn(target=str(text.id), reason=Personal("fortrudt")), "2026-06-10")
    assert cell(held)["strands"]["text"] == {"says": "silent"}


def test_a_passage_is_shown_to_the_evaluator_alone_and_in_the_words_that_were_read(held, texts):
    text = texts["p1", "late", 0]
    read_as(held, text, "k1")
    (found,) = asked(competence_uplift, held, as_=EVALUATORS).data["passages"]
    assert (found["competence"], found["entry"], found["text"]["$text"]) == ("act", text.position, TEXT.sha256)
    assert asked(competence_uplift, held, as_=TEAM).data["passages"] == []


def test_a_text_that_was_mended_is_to_be_read_anew(held, texts):
    text = texts["p1", "late", 0]
    read_as(held, text, "k1")
    held.given(held.correction(text, text=Personal(Sealed("cd" * 32, "k"))), "2026-06-10")
    assert asked(competence_uplift, held, as_=EVALUATORS).data["passages"] == []
    assert cell(held)["strands"]["text"] == {"says": "silent"}


def test_a_text_that_shows_a_competence_lacking_speaks_against_it(held, texts):
    for who in CITIZENS:
        read_as(held, texts[who, "late", 0], f"k-{who}", "shirks")
    found = cell(held)["strands"]["text"]
    assert (found["early"].value, found["late"].value) == (0.0, -1.0)


def test_where_coders_differ_a_text_speaks_for_nothing(held, texts):
    text = texts["p1", "late", 0]
    read_as(held, text, "k1")
    read = {"target": str(text.id), "field": "text", "text_commitment": TEXT.sha256, "coder": CODER}
    held.given(TextCoded(reading_id="r1", codebook_id="book", version=1, **read), "2026-06-06", recordedby="account-2")
    assert cell(held)["strands"]["text"] == {"says": "silent"}


def test_what_only_sources_tell_of_is_not_said_to_have_been_left_out(log):
    log.gathering("g1")
    log.given(GatheringHeld(gathering_id="g1"), START, citation="kilde")
    for as_ in (EVALUATORS, Visibility.PUBLIC):
        answer = asked(competence_uplift, log, as_=as_)
        assert [en for _, en in answer.notes] == [
            "No assessments are on the public record. It does not mean that nobody was asked."
        ]
    assert (answer.data["sources"], answer.data["cells"]) == (True, [])
