"""Coding: what is read, by whom, where coders differ, what stands of a text, and how far they agree."""

import pytest
from msgspec.structs import replace

from domain.belonging import ParticipantRegistered
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
from domain.reflecting import ReflectionFormat, ReflectionRecorded, Step
from domain.vocabulary import UNKNOWN, Actor, ActorKind, NotRecorded, Personal, Sealed, Visibility
from projections.coded import Coded, read_texts
from projections.coding import coding
from projections.kernel import DEPTH, FOREVER, as_of
from projections.measures.agreement import interval_of_alpha, interval_of_kappa
from tests.projections.asking import asked

ANN, BO, IDA = (Actor(kind=ActorKind.PARTICIPANT, ref=ref) for ref in ("p1", "p2", "p3"))
CODES = (
    Code(id="asks", title="Spørger", definition="Spørger, før der handles", competence_id="co-creating"),
    Code(id="waits", title="Venter", definition="Venter", competence_id="co-creating", direction=Direction.LACKS),
    Code(id="names", title="Nævner", definition="Nævner noget, der virker", competence_id="strengths"),
    Code(id="other", title="Andet", definition="Alt andet"),
)


class Desk:
    """A log in which texts are coded: each text is known by its place, and sealed under a digest of its own."""

    def __init__(self, log):
        self.log, self.made = log, 0
        for one in (ANN, BO, IDA):
            log.given(ParticipantRegistered(participant_id=one.ref))
        log.given(CodebookPublished(codebook_id="book", version=1, codes=CODES))

    def text(self, ref, on="2026-02-01", author=None, **envelope):
        made = ContributionMade(
            contribution_id=ref,
            kind=ContributionKind.IDEA,
            text=Personal(sealed(ref)),
            author=author or Actor(kind=ActorKind.ANONYMOUS),
        )
        return self.log.given(made, on, **envelope)

    def code(self, coder, text, code="asks", *, start=0, end=9, blind=True, on="2026-03-01", **envelope):
        self.made += 1
        data = PassageCoded(
            coding_id=f"k{self.made}",
            codebook_id="book",
            version=1,
            target=str(text.id),
            field="text",
            text_commitment=text.data.text.value.sha256,
            start=start,
            end=end,
            code=code,
            coder=coder,
            blind=blind,
        )
        return self.log.given(data, on, **envelope)

    def done(self, coder, text, *, blind=True, version=1, on="2026-03-01", **envelope):
        self.made += 1
        data = TextCoded(
            reading_id=f"r{self.made}",
            codebook_id="book",
            version=version,
            target=str(text.id),
            field="text",
            text_commitment=text.data.text.value.sha256,
            coder=coder,
            blind=blind,
        )
        return self.log.given(data, on, **envelope)

    def retract(self, made):
        return self.log.given(CodingRetracted(coding_id=made.data.coding_id), "2026-03-02")

    def settle(self, code, *made, ref="j1"):
        codings = tuple(one.data.coding_id for one in made)
        return self.log.given(CodingAdjudicated(adjudication_id=ref, codings=codings, code=code, by=IDA), "2026-03-03")

    def asked(self, **clocks):
        return asked(coding, self.log, **{"as_": Visibility.EVALUATORS, **clocks}).data

    def agreement(self, code="asks"):
        return next(row for row in self.asked()["agreement"] if row["code"] == code)

    def read(self):
        return read_texts(Coded(as_of(coding, self.log.events, FOREVER, FOREVER, DEPTH[Visibility.EVALUATORS])))


def sealed(ref):
    return Sealed(ref.encode().hex().ljust(64, "0")[:64], "k")


@pytest.fixture
def desk(log):
    return Desk(log)


def by_id(data):
    return {one["id"]: one for one in data["codings"]}


# ------------------------------------------------------------------ texts and codings
def test_each_step_of_a_reflection_is_a_text_of_its_own(desk):
    steps = (Step(name="what", text=Personal(sealed("a"))), Step(name="now-what", text=Personal(sealed("b"))))
    desk.log.given(ReflectionRecorded(reflection_id="r", format=ReflectionFormat.FREE, steps=steps, by=ANN))

    [entry] = desk.asked()["entries"]

    assert [(part["field"], part["name"]) for part in entry["parts"]] == [
        ("steps.0.text", "what"),
        ("steps.1.text", "now-what"),
    ]


def test_an_author_is_known_by_a_tag(desk):
    desk.log.given(ParticipantRegistered(participant_id="p9", pseudonym="K7Q"))
    desk.text("t", author=Actor(kind=ActorKind.PARTICIPANT, ref="p9"))

    assert [entry["by"] for entry in desk.asked()["entries"]] == ["K7Q"]


def test_a_coding_opens_to_its_entry(desk):
    made = desk.code(ANN, desk.text("t"))

    data = desk.asked()

    assert by_id(data)["k1"]["entries"].events == (made.position,)
    assert (data["coded"].value, data["coded"].events) == (1, (made.position,))
    [version] = data["codebooks"][0]["versions"]
    assert [code["count"].value for code in version["codes"]] == [1, 0, 0, 0]


def test_a_retracted_coding_is_told_and_not_counted(desk):
    desk.retract(desk.code(ANN, desk.text("t")))

    data = desk.asked()

    assert by_id(data)["k1"]["stands"] == "retracted"
    assert (data["coded"].value, data["retracted"].value) == (0, 1)


def test_a_coding_goes_with_the_text_it_is_of(desk):
    text = desk.text("t")
    desk.code(ANN, text)
    desk.done(ANN, text)
    desk.log.given(desk.log.withdrawal(text))

    data = desk.asked()

    assert (data["entries"], data["codings"], data["readings"]) == ([], [], [])
    assert data["coded"].value == 0


def test_a_text_that_was_mended_is_to_be_read_anew(desk):
    text = desk.text("t")
    desk.code(ANN, text)
    desk.done(ANN, text)
    desk.log.given(desk.log.correction(text, text=Personal(sealed("mended"))))

    data = desk.asked()

    assert by_id(data)["k1"]["stands"] == "changed"
    assert (data["coded"].value, data["changed"].value, data["readings"]) == (0, 1, [])


def test_a_source_that_is_silent_of_the_wording_has_read_it_as_it_stands(desk):
    text = desk.text("t")
    made = desk.code(ANN, text)
    silent = (NotRecorded(field="text_commitment", reason="kun uddraget er kendt"),)
    data = replace(made.data, coding_id="silent", text_commitment=UNKNOWN)
    desk.log.given(data, "2026-03-01", notrecorded=silent, citation="S1")

    assert by_id(desk.asked())["silent"]["stands"] == "coded"


def test_on_an_earlier_day_nothing_was_coded(desk):
    desk.code(ANN, desk.text("t"), on="2026-03-01")

    assert desk.asked(on="2026-02-28")["codings"] == []
    assert desk.asked(known=desk.log.events[-2].position)["codings"] == []


def test_who_sees_less_deep_than_the_evaluators_sees_no_coding(desk):
    text = desk.text("t")
    desk.code(ANN, text)
    desk.done(ANN, text)

    data = desk.asked(as_=Visibility.TEAM)

    assert (data["codings"], data["readings"], data["coded"].value) == ([], [], 0)


def test_two_evaluators_who_code_as_evaluators_are_two(desk):
    role = Actor(kind=ActorKind.ROLE, ref="evaluator")
    text = desk.text("t")
    desk.done(role, text, recordedby="a-1")
    desk.done(role, text, recordedby="a-2")

    assert {one["coder"] for one in desk.asked()["readings"]} == {"account/a-1", "account/a-2"}


# ------------------------------------------------------------------ where coders differ
def test_passages_that_overlap_under_different_codes_differ_until_it_is_settled(desk):
    text = desk.text("t")
    one, other = desk.code(ANN, text, "asks", start=0, end=9), desk.code(BO, text, "waits", start=8, end=20)
    [differing] = desk.asked()["differences"]
    assert (differing["codings"], differing["codes"]) == (["k1", "k2"], ["asks", "waits"])

    desk.settle("asks", one, other)

    data = desk.asked()
    assert data["differences"] == []
    assert [(by_id(data)[ref]["code"], by_id(data)[ref]["settled"]["code"]) for ref in ("k1", "k2")] == [
        ("asks", "asks"),
        ("waits", "asks"),
    ]


@pytest.mark.parametrize(
    ("coder", "code", "start"),
    [
        pytest.param(BO, "waits", 9, id="passages that only touch"),
        pytest.param(BO, "asks", 0, id="the same code"),
        pytest.param(ANN, "waits", 0, id="two codes of one coder"),
    ],
)
def test_there_is_nothing_to_settle_between(desk, coder, code, start):
    text = desk.text("t")
    desk.code(ANN, text, "asks", start=0, end=9)
    desk.code(coder, text, code, start=start, end=20)

    assert desk.asked()["differences"] == []


def test_what_was_settled_last_stands(desk):
    text = desk.text("t")
    made = desk.code(ANN, text, "asks"), desk.code(BO, text, "waits")
    desk.settle("asks", *made)
    desk.settle("names", *made, ref="j2")

    assert {one["settled"]["code"] for one in desk.asked()["codings"]} == {"names"}


# ------------------------------------------------------------------ how far they agree
def test_agreement_is_over_the_texts_that_both_finished(desk):
    texts = [desk.text(f"t{n}") for n in range(4)]
    for text in texts[:2]:
        desk.code(ANN, text)
        desk.code(BO, text)
    desk.code(ANN, texts[2])
    for text in texts[:3]:
        desk.done(ANN, text)
        desk.done(BO, text)
    desk.done(ANN, texts[3])

    row = desk.agreement()

    assert (row["n"].value, row["coders"], row["found"], row["blind"]) == (3, 2, 3, 3)
    assert row["alike"].value == 2
    assert (row["kappa"].value, row["alpha"].value) == (pytest.approx(0), pytest.approx(0))
    assert row["alpha"].events == tuple(range(10, 21))  # codings and readings of those three


def test_beside_alpha_and_kappa_stands_how_far_off_the_texts_may_be(desk):
    found = [(True, True)] * 6 + [(True, False)] * 2 + [(False, False)] * 8
    for at, by in enumerate(found):
        text = desk.text(f"t{at}")
        for coder, finds in zip((ANN, BO), by, strict=True):
            if finds:
                desk.code(coder, text)
            desk.done(coder, text)

    row = desk.agreement()

    assert row["kappa_interval"] == {
        "ends": list(interval_of_kappa(found).ends),
        "method": "percentile",
        "resamples": 9999,
        "seed": 2019,
    }
    assert row["alpha_interval"]["ends"] == list(interval_of_alpha(found).ends)


@pytest.mark.parametrize("everywhere", [True, False])
def test_one_value_only_is_not_estimable(desk, everywhere):
    for text in [desk.text("t1"), desk.text("t2")]:
        for coder in (ANN, BO):
            if everywhere:
                desk.code(coder, text)
            desk.done(coder, text)

    row = desk.agreement()

    assert (row["kappa"].value, row["why_no_kappa"]) == (None, "one-value")
    assert (row["alpha"].value, row["why_no_alpha"]) == (None, "one-value")
    assert row["alike"].value == 2
    assert (row["kappa_interval"], row["alpha_interval"]) == (None, None)


def test_with_one_coder_there_is_nothing_to_compare(desk):
    text = desk.text("t")
    desk.code(ANN, text)
    desk.done(ANN, text)
    desk.code(BO, text)

    row = desk.agreement()

    assert (row["n"].value, row["alike"].value) == (0, 0)
    assert (row["why_no_alpha"], row["why_no_kappa"]) == ("not-compared", "not-compared")


def test_cohens_kappa_is_for_two_coders_and_alpha_for_any_number(desk):
    one, other = desk.text("t1"), desk.text("t2")
    for coder in (ANN, BO, IDA):
        desk.code(coder, one)
        desk.done(coder, one)
        desk.done(coder, other)

    row = desk.agreement()

    assert (row["kappa"].value, row["why_no_kappa"]) == (None, "not-two")
    assert row["alpha"].value == 1


def test_what_is_changed_after_the_reading_leaves_the_agreement_as_it_was(desk):
    one, other = desk.text("t1"), desk.text("t2")
    mine, theirs = desk.code(ANN, one, "asks"), desk.code(BO, one, "waits")
    for text in (one, other):
        desk.done(ANN, text)
        desk.done(BO, text)
    before = desk.agreement()

    desk.code(BO, one, "asks", blind=False)
    desk.settle("asks", mine, theirs)
    desk.retract(theirs)

    assert desk.agreement()["alike"].value == before["alike"].value == 1


def test_a_coding_retracted_while_reading_alone_never_was(desk):
    text = desk.text("t")
    desk.retract(desk.code(ANN, text))
    desk.done(ANN, text)
    desk.done(BO, text)

    assert desk.agreement()["found"] == 0


def test_reading_with_the_others_codings_in_sight_is_said(desk):
    text = desk.text("t")
    desk.done(ANN, text)
    desk.done(BO, text, blind=False)

    assert desk.agreement()["blind"] == 0
    said = asked(coding, desk.log, as_=Visibility.EVALUATORS).notes
    assert any("not read blind" in english for _, english in said)


# ------------------------------------------------------------------ of whose competence it tells
def test_a_text_tells_of_each_competence_how_far_it_shows_it(desk):
    early, late = desk.text("t1", "2026-02-01", author=ANN), desk.text("t2", "2026-02-20", author=ANN)
    desk.code(BO, early, "waits")
    desk.code(BO, late, "asks")
    desk.code(BO, late, "other")
    for text in (early, late):
        desk.done(BO, text)

    found = desk.read()

    assert [(one.participant, one.said.day, one.signs) for one in found] == [
        ("p1", 1, {"co-creating": -1, "strengths": 0}),
        ("p1", 20, {"co-creating": 1, "strengths": 0}),
    ]


def test_a_code_counts_once_a_text_however_often_it_is_found(desk):
    text = desk.text("t")
    desk.code(BO, text, "asks", start=0, end=3)
    desk.code(BO, text, "asks", start=5, end=9)
    desk.done(BO, text)

    assert desk.read()[0].signs["co-creating"] == 1


def test_of_a_text_that_nobody_finished_only_what_was_found_is_told(desk):
    desk.code(ANN, desk.text("t"))

    assert [one.signs for one in desk.read()] == [{"co-creating": 1}]


def test_what_was_taken_back_tells_of_nothing_any_more(desk):
    text = desk.text("t")
    made = desk.code(ANN, text)
    desk.done(ANN, text)
    desk.retract(made)

    assert desk.read()[0].signs == {"co-creating": 0, "strengths": 0}


def test_of_a_text_that_nobody_read_nothing_is_told(desk):
    desk.text("t")

    assert desk.read() == []


def test_who_is_not_done_has_not_said_that_a_code_is_not_there(desk):
    text = desk.text("t")
    desk.code(ANN, text, "asks")
    desk.done(ANN, text)
    desk.code(BO, text, "other")

    assert desk.read()[0].signs == {"co-creating": 1, "strengths": 0}


def test_where_coders_differ_nothing_is_told_until_they_agree(desk):
    text = desk.text("t")
    mine, theirs = desk.code(ANN, text, "asks"), desk.code(BO, text, "waits")
    for coder in (ANN, BO):
        desk.done(coder, text)
    assert desk.read()[0].signs == {"strengths": 0}

    desk.settle("asks", mine, theirs)

    assert desk.read()[0].signs == {"strengths": 0, "co-creating": 1}


def test_the_newest_version_a_text_was_read_by_counts(desk):
    text = desk.text("t")
    desk.code(ANN, text)
    desk.done(ANN, text)
    desk.log.given(CodebookPublished(codebook_id="book", version=2, codes=CODES[2:]))
    desk.done(ANN, text, version=2)

    assert desk.read()[0].signs == {"strengths": 0}
