import datetime as dt
import types
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import pytest

from domain import vocabulary as v
from domain.kernel import REGISTRY
from domain.shapes import FieldType, ShapeError, fields_of

PUBLIC_BY_CONTRACT = {
    "title",
    "heading",
    "place",
    "municipality",
    "funder",
    "scheme",
    "theme",
    "tool",
    "wording",
    "anchors",
    "definition",
    "formula",
    "unit",
    "source",
    "case_number",
    "voucher",
    "supplier",
    "method",
    "mandate",
    "series",
}
"""EVENTS.md's list of public text."""

PUBLIC_FOR_A_REASON = {
    "aliases": "other titles of a process or a group, public as the title is",
    "basis": "how heads were counted; nobody is named",
    "channel": "the way something came or went: leaflet, web form",
    "channels": "the uses a quote was approved for: report, web page",
    "format": "the file format of an import",
    "mapping": "the name of the mapping an import was read with",
    "rate_basis": "the rule an hourly rate rests on",
    "sources": "where an observed change is documented: addresses and titles",
    "tools": "the names of tools a model uses, public as one tool is",
    "value": "a correction's new content of a field that is itself not personal text",
}
"""Further public text, each with the reason why it is not personal."""


class Colour(StrEnum):
    RED = "red"


class Inner(v.Record, kw_only=True):
    text: v.Text


def declared(hint):
    """The one field of a class annotated so."""
    body = {"__annotations__": {"it": hint}, "__module__": __name__}
    cls = types.new_class("Throwaway", (v.Record,), exec_body=lambda names: names.update(body))
    return fields_of(cls)[0]


@pytest.mark.parametrize(
    ("hint", "type_"),
    [
        (v.LocalId, FieldType.ID),
        (v.GroupId, FieldType.REF),
        (v.Public, FieldType.PUBLIC),
        (v.Text, FieldType.PERSONAL),
        (Colour, FieldType.ENUM),
        (v.Date, FieldType.DATE),
        (v.Moment, FieldType.MOMENT),
        (v.Amount, FieldType.AMOUNT),
        (v.Number, FieldType.NUMBER),
        (v.Hours, FieldType.NUMBER),
        (v.Count, FieldType.COUNT),
        (v.Minutes, FieldType.COUNT),
        (int, FieldType.COUNT),
        (v.Flag, FieldType.FLAG),
        (bool, FieldType.FLAG),
        (v.Digest, FieldType.DIGEST),
        (v.FileDigest, FieldType.FILE),
        (v.Localised, FieldType.LOCALISED),
        (v.Actor, FieldType.ACTOR),
        (Inner, FieldType.RECORD),
    ],
    ids=str,
)
@pytest.mark.parametrize("many", [False, True], ids=["one", "many"])
def test_the_few_types_a_field_may_have(hint, type_, many):
    field = declared(tuple[hint, ...] if many else hint)

    assert (field.type, field.many, field.required) == (type_, many, True)


@pytest.mark.parametrize(
    "hint",
    [
        str,
        float,
        Decimal,
        bytes,
        object,
        dt.timedelta,
        dict[str, str],
        list[v.Public],
        set[int],
        str | None,
        int | v.Actor,
        tuple[str, ...],
        tuple[v.Public | None, ...],
        tuple[v.Count, v.Count],
        tuple[v.Count],
        tuple[()],
        tuple,
        Annotated[str, "a remark"],
    ],
    ids=str,
)
def test_no_other_type_is_kept(hint):
    with pytest.raises(ShapeError):
        declared(hint)


def test_only_what_is_declared_has_fields():
    with pytest.raises(ShapeError):
        fields_of(int)


def test_a_field_that_may_be_empty_is_not_required():
    assert declared(v.Public | None).required is False


def test_a_list_of_records_knows_the_fields_of_its_records():
    field = declared(tuple[Inner, ...])

    assert ([part.name for part in field.fields], field.personal) == (["text"], True)


def test_a_reference_knows_its_kind_and_whether_it_must_be_earlier():
    assert (declared(v.BasisId).ref, declared(v.BasisId).earlier, declared(v.GroupId).earlier) == ("entry", True, False)


def test_an_amount_knows_its_unit():
    assert (declared(v.Amount).unit, declared(v.Hours).unit) == ("DKK", "hours")


def test_a_field_named_by_a_word_of_pythons_is_kept_beside_it():
    insight = next(field for field in REGISTRY["insight-derived.v1"].fields if field.name == "from")

    assert insight.attr == "from_"


# ------------------------------------------------------------------ the whole vocabulary
def walk(fields, path):
    for field in fields:
        yield f"{path}.{field.name}", field
        yield from walk(field.fields, f"{path}.{field.name}")


EVERY_FIELD = [pair for found in REGISTRY.values() for pair in walk(found.fields, found.stem)]


@pytest.mark.parametrize(("path", "field"), EVERY_FIELD, ids=[path for path, _ in EVERY_FIELD])
def test_free_text_is_personal_unless_it_is_listed(path, field):
    assert field.type in set(FieldType)
    if field.type is FieldType.PUBLIC:
        assert field.name in PUBLIC_BY_CONTRACT | set(PUBLIC_FOR_A_REASON)


def test_no_reason_stands_for_a_field_that_is_gone():
    used = {field.name for _, field in EVERY_FIELD if field.type is FieldType.PUBLIC}

    assert set(PUBLIC_FOR_A_REASON) - used == set()
