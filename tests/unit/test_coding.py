"""Codebooks and passages: what is refused, and what is allowed beside it."""

import uuid

import pytest
from msgspec.structs import replace

from domain.coding import (
    Code,
    CodebookPublished,
    CodingAdjudicated,
    CodingRetracted,
    MemoWritten,
    PassageCoded,
    TextCoded,
    text_at,
)
from domain.contributing import ContributionKind, ContributionMade
from domain.reflecting import ReflectionFormat, ReflectionRecorded, Step
from domain.register import Histories, Known
from domain.vocabulary import Actor, ActorKind, Personal, Sealed

SOMEBODY = Actor(kind=ActorKind.ANONYMOUS)
ASKS = Code(id="asks", title="Spørger først", definition="Spørger, før der handles")
BOOK = CodebookPublished(codebook_id="b1", version=1, codes=(ASKS, replace(ASKS, id="acts")))
SAID, MENDED = Sealed("ab" * 32, "k"), Sealed("cd" * 32, "k")
"""The log holds texts sealed: what is coded is named by its commitment."""


@pytest.fixture
def text(log):
    log.given(BOOK)
    return log.given(
        ContributionMade(
            contribution_id="c1",
            kind=ContributionKind.IDEA,
            text=Personal(SAID),
            author=Actor(kind=ActorKind.ANONYMOUS),
        )
    )


def coded(target, **fields):
    needed = {
        "coding_id": "k1",
        "codebook_id": "b1",
        "version": 1,
        "target": str(target.id),
        "field": "text",
        "text_commitment": SAID.sha256,
        "start": 0,
        "end": 12,
        "code": "asks",
        "coder": SOMEBODY,
    }
    return PassageCoded(**{**needed, **fields})


def adjudicated(*codings):
    return CodingAdjudicated(adjudication_id="j1", codings=codings, code="asks", by=SOMEBODY)


# ------------------------------------------------------------------ codebooks
def test_a_version_of_a_codebook_is_published_once(log, text):
    log.refuses("version-already-published", BOOK)

    assert log.when(replace(BOOK, version=2)).subject == "codebook/b1"


def test_a_code_appears_once_in_a_codebook(log):
    log.refuses("listed-twice", replace(BOOK, codes=(ASKS, ASKS)))


def test_a_passage_is_coded_by_a_version_that_is_published(log, text):
    log.refuses("unknown-version", coded(text, version=2))


def test_a_passage_is_coded_by_a_codebook_that_is_published(log, text):
    log.refuses("unknown-thing", coded(text, codebook_id="b2"))


def test_a_code_is_in_the_codebook(log, text):
    log.refuses("code-unknown", coded(text, code="dances"))


@pytest.mark.parametrize("name", ["version", "start", "end", "text_commitment"])
def test_what_the_source_does_not_tell_is_not_held_against_a_coding(log, text, without, name):
    event, words = without(coded(text), name)

    assert log.when(event, **words).subject == "coding/k1"


def test_a_codebook_whose_codes_are_unknown_refuses_none(log, text, without):
    event, words = without(replace(BOOK, version=2), "codes")
    log.given(event, **words)

    assert log.when(coded(text, version=2)).subject == "coding/k1"


# ------------------------------------------------------------------ passages
@pytest.mark.parametrize(("start", "end"), [(5, 5), (9, 3)])
def test_a_passage_begins_before_it_ends(log, text, start, end):
    log.refuses("span-does-not-match", coded(text, start=start, end=end))


@pytest.mark.parametrize("field", ["kind", "author", "nonsense", "text.0", "steps.0.text"])
def test_a_passage_lies_in_a_text(log, text, field):
    log.refuses("span-does-not-match", coded(text, field=field))


def test_a_passage_is_of_the_text_that_was_read(log, text):
    log.refuses("span-does-not-match", coded(text, text_commitment=MENDED.sha256))


def test_a_passage_is_of_an_entry_that_is_there(log, text):
    log.refuses("unknown-thing", coded(replace(text, id=uuid.UUID(int=99))))


def test_a_mended_text_is_coded_as_it_stands_now(log, text):
    log.given(log.correction(text, text=Personal(MENDED)))

    log.refuses("span-does-not-match", coded(text))

    assert log.when(coded(text, text_commitment=MENDED.sha256)).subject == "coding/k1"


def test_a_withdrawn_text_is_not_coded(log, text):
    log.given(log.withdrawal(text))

    log.refuses("span-does-not-match", coded(text))


def test_a_text_inside_a_list_is_named_by_its_place(log, text):
    steps = (Step(name="what", text=Personal(MENDED)), Step(name="now-what", text=Personal(SAID)))
    told = log.given(ReflectionRecorded(reflection_id="r1", format=ReflectionFormat.FREE, steps=steps, by=SOMEBODY))

    assert log.when(coded(told, field="steps.1.text")).subject == "coding/k1"


@pytest.mark.parametrize("path", ["steps.2.text", "steps.x.text", "steps", "steps.-1.text", ""])
def test_a_place_that_is_not_in_the_list_holds_no_text(path):
    steps = (Step(name="what", text=Personal(SAID)),)
    told = ReflectionRecorded(reflection_id="r1", format=ReflectionFormat.FREE, steps=steps, by=SOMEBODY)

    assert text_at(told, path) is None


@pytest.fixture
def measured(new_log):
    """A log whose texts have twelve code points."""
    log = new_log()
    log._known = Known(log._known.now, Histories(), Histories(), length_of=lambda _: 12)
    log.process_registered()
    log.given(BOOK)
    return log


def test_a_passage_ends_inside_its_text(measured):
    made = ContributionMade(contribution_id="c1", kind=ContributionKind.IDEA, text=Personal(SAID), author=SOMEBODY)
    told = measured.given(made)

    measured.refuses("span-does-not-match", coded(told, end=13))

    assert measured.when(coded(told, end=12)).data.end == 12


def test_where_nobody_can_open_the_text_its_length_is_not_held_against_a_coding(log, text):
    assert log.when(coded(text, end=9999)).data.end == 9999


# ------------------------------------------------------------------ reading a text to its end
def finished(target, **fields):
    needed = {"reading_id": "r1", "codebook_id": "b1", "version": 1, "target": str(target.id), "field": "text"}
    return TextCoded(**{**needed, "text_commitment": SAID.sha256, "coder": SOMEBODY, **fields})


def test_who_found_nothing_in_a_text_says_so(log, text):
    assert log.when(finished(text)).subject == "reading/r1"


def test_a_text_is_read_by_a_version_that_is_published(log, text):
    log.refuses("unknown-version", finished(text, version=2))


def test_a_text_that_was_mended_since_is_not_the_one_that_was_read(log, text):
    log.given(log.correction(text, text=Personal(MENDED)))

    log.refuses("span-does-not-match", finished(text))


def test_where_there_is_no_text_none_was_read(log, text):
    log.refuses("span-does-not-match", finished(text, field="kind"))


def test_a_text_is_finished_once_under_one_name(log, text):
    log.given(finished(text))

    log.refuses("already-exists", finished(text))


# ------------------------------------------------------------------ retracting and settling
def test_a_coding_is_retracted_once(log, text):
    log.given(coded(text))
    log.given(CodingRetracted(coding_id="k1"), on="2026-02-02")

    log.refuses("coding-retracted", CodingRetracted(coding_id="k1"), on="2026-02-03")


def test_a_coding_is_retracted_when_its_text_has_changed_since(log, text):
    log.given(coded(text))
    log.given(log.correction(text, text=Personal(MENDED)))

    assert log.when(CodingRetracted(coding_id="k1"), on="2026-02-02").subject == "coding/k1"


@pytest.mark.parametrize("codings", [(), ("k1",), ("k1", "k1")])
def test_an_adjudication_settles_between_two(log, text, codings):
    log.given(coded(text))

    log.refuses("adjudication-without-codings", adjudicated(*codings))


def test_an_adjudication_keeps_the_originals(log, text):
    log.given(coded(text))
    log.given(coded(text, coding_id="k2", code="acts"))
    log.given(adjudicated("k1", "k2"))

    assert (log.state("coding/k1"), log.state("coding/k2")) == ("coded", "coded")


def test_an_adjudication_is_of_codings_that_are_there(log, text):
    log.refuses("unknown-thing", adjudicated("k1", "k2"))


def test_a_memo_is_about_what_is_there(log, text):
    log.refuses("unknown-thing", MemoWritten(memo_id="m1", text=Personal("we"), by=SOMEBODY, about=("coding/k1",)))

    log.given(coded(text))
    assert log.when(MemoWritten(memo_id="m1", text=Personal("we"), by=SOMEBODY, about=("coding/k1",))).kind == "memo"
