"""Schemas of what comes in, by marshmallow, derived from the registry; see `service.wire`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, Final

import marshmallow as ma
from marshmallow import validate

from domain.bounds import (
    DIGEST_PATTERN,
    FIRST_YEAR,
    LAST_YEAR,
    PUBLIC_MAX,
    SUBJECT_PATTERN,
    TEXT_MAX,
    keepable,
    within_reason,
)
from domain.bounds import within_history as in_history
from domain.kernel import REGISTRY
from domain.shapes import Field, FieldType, fields_of
from domain.vocabulary import (
    ID_PATTERN,
    Actor,
    ActorKind,
    Localised,
    NotRecorded,
    Personal,
    Role,
    TimePrecision,
    Visibility,
)
from domain.vocabulary import (
    Purpose as PurposeOf,
)


# ------------------------------------------------------------------ fields
def clean(value: str) -> None:
    """Refuse NUL and lone surrogates: no database keeps them, and nobody can write them."""
    if not keepable(value):
        raise ma.ValidationError("The text holds a character that cannot be kept (NUL or half a character). Remove it.")


def matching(pattern: re.Pattern[str]) -> Callable[[str], None]:
    """Return a check that the whole text is of this form."""

    def check(value: str) -> None:
        if not pattern.fullmatch(value):
            raise ma.ValidationError("It has a form that is not taken here; see the vocabulary at /api/v1/.")

    return check


class PersonalField(ma.fields.String):
    """Personal text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return Personal(super()._deserialize(value, attr, data, **kwargs))


class ExactDecimal(ma.fields.Decimal):
    """A number kept exactly; on the wire a string, so that no reader rounds it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, float):
            raise ma.ValidationError('Write the number as a string, "12.50", so that nothing is rounded.')
        found: Decimal = super()._deserialize(value, attr, data, **kwargs)
        if found.is_finite() and not within_reason(found):
            raise ma.ValidationError("The number is longer or finer than anybody counts.")
        return found


def within_history(value: dt.date) -> None:
    """Refuse years that no calendar arithmetic reaches."""
    if not in_history(value):
        raise ma.ValidationError(f"Give a time between the years {FIRST_YEAR} and {LAST_YEAR}.")


def _moment(**options: Any) -> ma.fields.Field[Any]:
    return ma.fields.AwareDateTime(format="iso", default_timezone=None, validate=within_history, **options)


MAKERS: Final[dict[FieldType, Callable[..., ma.fields.Field[Any]]]] = {
    FieldType.ID: lambda **o: ma.fields.String(validate=matching(ID_PATTERN), **o),
    FieldType.REF: lambda **o: ma.fields.String(validate=matching(ID_PATTERN), **o),
    FieldType.PUBLIC: lambda **o: ma.fields.String(validate=[clean, validate.Length(1, PUBLIC_MAX)], **o),
    FieldType.PERSONAL: lambda **o: PersonalField(validate=[_clean_personal], **o),
    FieldType.DATE: lambda **o: ma.fields.Date(validate=within_history, **o),
    FieldType.MOMENT: _moment,
    FieldType.AMOUNT: lambda **o: ExactDecimal(as_string=True, allow_nan=False, **o),
    FieldType.NUMBER: lambda **o: ExactDecimal(as_string=True, allow_nan=False, **o),
    FieldType.COUNT: lambda **o: ma.fields.Integer(strict=True, validate=validate.Range(0, 10**9), **o),
    FieldType.FLAG: lambda **o: ma.fields.Boolean(truthy={True}, falsy={False}, **o),
    FieldType.DIGEST: lambda **o: ma.fields.String(validate=matching(DIGEST_PATTERN), **o),
    FieldType.FILE: lambda **o: ma.fields.String(validate=matching(DIGEST_PATTERN), **o),
}


def _clean_personal(value: Personal[str]) -> None:
    text = value.value if isinstance(value.value, str) else ""
    clean(text)
    if len(text) > TEXT_MAX:
        raise ma.ValidationError(f"The text is longer than {TEXT_MAX} characters. Shorten it, or attach it as a file.")


def _field(field: Field, *, required: bool) -> ma.fields.Field[Any]:
    options: dict[str, Any] = {"required": required and not field.many, "allow_none": not field.required}
    if field.unit:
        options["metadata"] = {"description": f"In {field.unit}."}
    if field.many:
        return ma.fields.List(_atom(field, {}), required=required, validate=validate.Length(0, 1000))
    return _atom(field, options)


def _atom(field: Field, options: dict[str, Any]) -> ma.fields.Field[Any]:
    if field.type is FieldType.ENUM and field.choices:
        return ma.fields.Enum(field.choices, by_value=True, **options)
    if field.type is FieldType.ACTOR:
        return ma.fields.Nested(ActorSchema, **options)
    if field.type is FieldType.LOCALISED:
        return ma.fields.Nested(LocalisedSchema, **options)
    if field.type is FieldType.RECORD and field.record:
        return ma.fields.Nested(_nested(field.record), **options)
    if field.type is FieldType.REF and field.ref == "subject":
        return ma.fields.String(validate=matching(SUBJECT_PATTERN), **options)
    return MAKERS[field.type](**options)


class ActorSchema(ma.Schema):
    """Who did it: a kind, and an id (the role's name for a role; nothing when anonymous)."""

    kind = ma.fields.Enum(ActorKind, by_value=True, required=True)
    ref = ma.fields.String(validate=matching(ID_PATTERN), allow_none=True)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Actor:
        """Build the actor."""
        return Actor(**data)


class LocalisedSchema(ma.Schema):
    """A public text in both languages."""

    da = ma.fields.String(required=True, validate=[clean, validate.Length(1, PUBLIC_MAX)])
    en = ma.fields.String(required=True, validate=[clean, validate.Length(1, PUBLIC_MAX)])

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Localised:
        """Build the pair."""
        return Localised(**data)


class NotRecordedSchema(ma.Schema):
    """A field the source leaves out, and why."""

    field = ma.fields.String(required=True, validate=[clean, validate.Length(1, 80)])
    reason = ma.fields.String(required=True, validate=[clean, validate.Length(1, PUBLIC_MAX)])

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> NotRecorded:
        """Build the pair."""
        return NotRecorded(**data)


def _build(cls: type, fields: tuple[Field, ...]) -> Callable[..., Any]:
    def make(_: ma.Schema, data: dict[str, Any], **__: Any) -> Any:
        known = {item.name: item for item in fields}
        values = {known[name].attr: tuple(v) if isinstance(v, list) else v for name, v in data.items()}
        return cls(**{name: value for name, value in values.items() if value is not None})

    return make


def record_schema(cls: type, fields: tuple[Field, ...], *, lenient: bool = False) -> type[ma.Schema]:
    """Return the schema of a record or an event class. ``lenient`` leaves asking for required fields to the rules."""
    members: dict[str, Any] = {item.name: _field(item, required=item.required and not lenient) for item in fields}
    members["make"] = ma.post_load(_build(cls, fields))
    return type(cls.__name__, (ma.Schema,), members)


@cache
def _nested(cls: type) -> type[ma.Schema]:
    """Return the schema of a record, one for each, so that documents name it once."""
    return record_schema(cls, fields_of(cls))


@cache
def event_schema(name: str, cls: type) -> type[ma.Schema]:
    """Return the schema of a whole event of this type: the envelope, with its own data."""
    return type(f"{cls.__name__}Event", (EnvelopeSchema,), {"data": ma.fields.Nested(data_schema(name, cls))})


@cache
def data_schema(name: str, cls: type) -> type[ma.Schema]:
    """Return the strict schema of an event type's data, as documents show it."""
    return record_schema(cls, REGISTRY[name].fields)


@cache
def lenient_schema(name: str, cls: type) -> ma.Schema:
    """A missing field may be *not recorded*; the rules then ask why."""
    return record_schema(cls, REGISTRY[name].fields, lenient=True)()


# ------------------------------------------------------------------ the envelope
class EnvelopeSchema(ma.Schema):
    """What a sender may say of an event beside its data. Anything else is refused, so that nothing is lost silently."""

    specversion = ma.fields.Constant("1.0")
    id = ma.fields.UUID()
    type = ma.fields.String(required=True)
    source = ma.fields.String()
    subject = ma.fields.String(validate=matching(SUBJECT_PATTERN))
    time = _moment()
    datacontenttype = ma.fields.String(validate=validate.Equal("application/json"))
    process = ma.fields.String()
    timeprecision = ma.fields.Enum(TimePrecision, by_value=True)
    timeend = _moment(allow_none=True)
    timebasis = ma.fields.String(validate=[clean, validate.Length(1, PUBLIC_MAX)], allow_none=True)
    citation = ma.fields.String(validate=[clean, validate.Length(1, PUBLIC_MAX)], allow_none=True)
    onbehalfof = ma.fields.String(validate=matching(ID_PATTERN), allow_none=True)
    actingrole = ma.fields.Enum(Role, by_value=True, allow_none=True)
    learnedat = _moment(allow_none=True)
    visibility = ma.fields.Enum(Visibility, by_value=True)
    purpose = ma.fields.Enum(PurposeOf, by_value=True)
    causationid = ma.fields.String(validate=[clean, validate.Length(1, 80)], allow_none=True)
    correlationid = ma.fields.String(validate=[clean, validate.Length(1, 80)], allow_none=True)
    notrecorded = ma.fields.List(ma.fields.Nested(NotRecordedSchema), validate=validate.Length(0, 50))
    data = ma.fields.Dict()
    # what the log gives itself: accepted on import, so that an export can be read back, and ignored
    position = ma.fields.Raw(load_only=True)
    recordedat = ma.fields.Raw(load_only=True)
    recordedby = ma.fields.Raw(load_only=True)
    fictional = ma.fields.Raw(load_only=True)


ENVELOPE: Final = EnvelopeSchema()
