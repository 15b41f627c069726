"""The form of a round: what KoboToolbox and ODK take, and whose names and words are found again on the way back."""

import io

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from domain.vocabulary import Localised, Role
from service.asking import spoken_codes
from service.exports.xlsform import write_xlsform
from service.imports.asked import Asked
from service.imports.guessing import Guess
from service.imports.standing import plain_name
from tests.imports.test_answers import answered, given, placed, rounds  # noqa: F401 - fixtures


def sheet(content, name):
    head, *lines = load_workbook(io.BytesIO(content))[name].iter_rows(values_only=True)
    return [{key: value for key, value in zip(head, line, strict=True) if value} for line in lines]


@pytest.fixture
def form(app, rounds):  # noqa: F811
    def written(of):
        asked = Asked(app, "fabelby", of)
        return write_xlsform(asked.opened, asked.instrument, "Hvor står du?")

    return written


def test_the_form_has_the_three_sheets_of_the_standard(form):
    assert load_workbook(io.BytesIO(form("r-before"))).sheetnames == ["survey", "choices", "settings"]
    assert sheet(form("r-before"), "settings") == [
        {"form_title": "Hvor står du?", "form_id": "r-before", "version": "1", "default_language": "Dansk (da)", "style": "pages"}
    ]  # fmt: skip


def test_then_is_asked_on_a_page_of_its_own_and_not_before_the_start(form):
    def pages(of):
        return [line["name"] for line in sheet(form(of), "survey") if line["type"] == "begin_group"]

    assert (pages("r-before"), pages("r-after")) == (["now"], ["now", "then"])


def test_every_question_must_be_answered_and_may_be_skipped_with_a_reason(form):
    asked = [line for line in sheet(form("r-before"), "survey") if line["type"] == "select_one steps"]
    assert [(line["name"], line["required"]) for line in asked] == [("now_s1", "yes"), ("now_s2", "yes")]
    choices = [line for line in sheet(form("r-before"), "choices") if line["list_name"] == "steps"]
    assert [line["name"] for line in choices] == [
        "1",
        "2",
        "3",
        "4",
        "5",
        "do-not-know",
        "not-relevant",
        "rather-not-say",
    ]
    assert choices[4]["label::English (en)"] == "5 – very much"


@pytest.mark.parametrize("of", ["r-before", "r-after"])
def test_the_names_of_the_form_are_found_again_without_a_guess(app, form, of):
    names = [
        line["name"]
        for line in sheet(form(of), "survey")
        if line["type"] not in {"begin_group", "end_group", "start", "end"}
    ]
    guess = Guess(Asked(app, "fabelby", of), names)
    assert (guess.certain, set(guess.places.values())) == (True, set(range(len(names))))


@pytest.mark.parametrize("language", ["Dansk (da)", "English (en)"])
def test_an_export_by_labels_is_read_too(app, form, answered, language):  # noqa: F811
    label = f"label::{language}"
    survey, choices = sheet(form("r-after"), "survey"), sheet(form("r-after"), "choices")
    steps = [line[label] for line in choices if line["list_name"] == "steps"]
    asked = [line for line in survey if label in line and line["type"] != "begin_group"]
    head = ["end", *(line[label] for line in asked)]
    citizen = next(line[label] for line in choices if line["name"] == "citizen")
    row = ["2026-03-10T12:00:00.000+01:00", "p1", citizen, steps[3], steps[5], steps[0], steps[4]]
    tally, _ = answered(";".join(head) + "\n" + ";".join(row) + "\n", "r-after")
    assert placed(tally) == (1, 0, [])
    assert [one[2] for one in given(app)] == [{"s1": 4, "s2": "do-not-know"}, {"s1": 1, "s2": 5}]


def test_a_wording_that_looks_like_a_formula_stays_words(app, rounds):  # noqa: F811
    asked = Asked(app, "fabelby", "r-before")
    (first, *rest) = asked.instrument.items
    wicked = replace(asked.instrument, items=(replace(first, wording=Localised(da="=1+1", en="@cmd")), *rest))
    for one in load_workbook(io.BytesIO(write_xlsform(asked.opened, wicked, "=HYPERLINK(1)"))):
        assert {cell.data_type for line in one.iter_rows() for cell in line if cell.value} == {"s"}


def test_a_wording_that_looks_like_a_reference_stays_words_and_is_found_again(app, rounds):  # noqa: F811
    asked = Asked(app, "fabelby", "r-before")
    (first, *rest) = asked.instrument.items
    named = Localised(da="Det koster ${pris}.", en="It costs ${price}.")
    (lowest, *steps) = asked.instrument.scale.labels
    scale = replace(
        asked.instrument.scale, labels=(replace(lowest, text=Localised(da="${lidt}", en="${little}")), *steps)
    )
    asked.instrument = replace(asked.instrument, items=(replace(first, wording=named), *rest), scale=scale)
    content = write_xlsform(asked.opened, asked.instrument, "${titel}")
    label = next(line["label::Dansk (da)"] for line in sheet(content, "survey") if line["name"] == "now_s1")
    assert Guess(asked, ["participant", label]).places["now_s1"] == 1
    steps = [line["label::Dansk (da)"] for line in sheet(content, "choices") if line["list_name"] == "steps"]
    assert {plain_name(one) for one in steps} <= {plain_name(one) for one in spoken_codes(asked.instrument)}
    told = [cell.value for one in load_workbook(io.BytesIO(content)) for row in one for cell in row if cell.value]
    assert [one for one in told if "${" in one] == []
    seen = {one.replace("\u2060", "") for one in told}
    assert seen >= {named.da, named.en, f"{lowest.level} – ${{lidt}}", f"{lowest.level} – ${{little}}", "${titel}"}


def test_a_question_for_some_roles_is_asked_of_them_alone(app, rounds):  # noqa: F811
    asked = Asked(app, "fabelby", "r-before")
    meant = {"s1": frozenset(), "s2": frozenset({Role.POLITICIAN, Role.LEADER})}
    survey = sheet(write_xlsform(asked.opened, asked.instrument, "Hvor står du?", meant), "survey")
    when = {line["name"]: line.get("relevant") for line in survey}
    assert (when["now_s1"], when["now_s2"]) == (None, "${role} = 'politician' or ${role} = 'leader'")


def test_the_same_form_is_the_same_bytes(form):
    assert form("r-after") == form("r-after")
