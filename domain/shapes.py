"""What a field of an event is, derived once from its annotation.

Schemas, forms, documentation, columns and the generic rules are all made from `Field`; nobody reads annotations twice.
"""

from __future__ import annotations

import builtins
import datetime as dt
import keyword
import types
import typing
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Final

import msgspec

from domain.vocabulary import UNKNOWN, Actor, Localised, Mark, Personal, Record, Ref


class FieldType(StrEnum):
    """The few types a field may have."""

    ID = "id"
    REF = "ref"
    PUBLIC = "public"
    PERSONAL = "personal"
    ENUM = "enum"
    DATE = "date"
    MOMENT = "moment"
    AMOUNT = "amount"
    NUMBER = "number"
    COUNT = "count"
    FLAG = "flag"
    DIGEST = "digest"
    FILE = "file"
    LOCALISED = "localised"
    ACTOR = "actor"
    RECORD = "record"


PLAIN: Final = {dt.date: FieldType.DATE, dt.datetime: FieldType.MOMENT, bool: FieldType.FLAG, int: FieldType.COUNT}


class ShapeError(TypeError):
    """An event declares a field of a type the log does not keep (a bare ``str``, a map, a union)."""


class Field(Record):
    """One field: its name, type, whether it must be there and whether it is a list.

    ``ref`` is the kind an id points to, ``choices`` the enumeration, ``fields`` the parts of a record,
    ``earlier`` says that what the id names must not be later than the event.
    """

    name: str
    type: FieldType
    required: bool
    many: bool = False
    ref: str | None = None
    earlier: bool = False
    choices: builtins.type[StrEnum] | None = None
    record: builtins.type[Record] | None = None
    fields: tuple[Field, ...] = ()
    unit: str | None = None
    attr: str = ""
    """The attribute it is kept in: ``from`` is a word of Python's, so it is kept in ``from_``."""

    def __post_init__(self) -> None:
        """Name the attribute, once: it is asked for at every event."""
        attr = f"{self.name}_" if keyword.iskeyword(self.name) else self.name
        msgspec.structs.force_setattr(self, "attr", attr)

    @property
    def unknowable(self) -> bool:
        """Whether a public source may leave it out: anything but ids, references and kinds."""
        return self.type not in {FieldType.ID, FieldType.REF} and self.name != "kind"

    @property
    def personal(self) -> bool:
        """Whether it holds personal text, itself or in one of its parts."""
        return self.type is FieldType.PERSONAL or any(part.personal for part in self.fields)


@cache
def fields_of(cls: type) -> tuple[Field, ...]:
    """Return the fields of an event class or record, in declaration order.

    Raises:
        ShapeError: when an annotation is none of the few types.
    """
    if not issubclass(cls, Record):
        msg = f"{cls.__name__} is not declared with @event, and is no Record."
        raise ShapeError(msg)
    hints = typing.get_type_hints(cls, include_extras=True)
    return tuple(
        _field(spec.encode_name, hints[spec.name], required=spec.required or spec.default is UNKNOWN)
        for spec in msgspec.structs.fields(cls)
    )


@cache
def holds_text(cls: type) -> bool:
    """Return whether an event class or record holds personal text."""
    return any(field.personal for field in fields_of(cls))


def _field(name: str, hint: Any, *, required: bool) -> Field:
    optional, hint = _strip_none(hint)
    many = typing.get_origin(hint) is tuple
    if many:
        hint, *rest = typing.get_args(hint) or (None,)
        if rest != [Ellipsis]:
            msg = f"Field {name!r} is a tuple of fixed length: use tuple[X, ...] or a record."
            raise ShapeError(msg)
    return _typed(name, hint, required=required and not optional, many=many)


def _strip_none(hint: Any) -> tuple[bool, Any]:
    if typing.get_origin(hint) not in {typing.Union, types.UnionType}:
        return False, hint
    parts = [part for part in typing.get_args(hint) if part is not type(None)]
    return True, parts[0] if len(parts) == 1 else hint


def _typed(name: str, hint: Any, *, required: bool, many: bool) -> Field:
    if typing.get_origin(hint) is Annotated:
        return _marked(name, hint, required=required, many=many)
    if typing.get_origin(hint) is Personal:
        return Field(name, FieldType.PERSONAL, required, many)
    if hint in PLAIN:
        return Field(name, PLAIN[hint], required, many)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Field(name, FieldType.ENUM, required, many, choices=hint)
    if hint is Actor:
        return Field(name, FieldType.ACTOR, required, many, record=Actor)
    if hint is Localised:
        return Field(name, FieldType.LOCALISED, required, many, record=Localised)
    if isinstance(hint, type) and issubclass(hint, Record):
        return Field(name, FieldType.RECORD, required, many, record=hint, fields=fields_of(hint))
    msg = f"Field {name!r} is a {hint!r}: use an id, a reference, Public, Personal, an enum, a date or a record."
    raise ShapeError(msg)


def _marked(name: str, hint: Any, *, required: bool, many: bool) -> Field:
    base, *marks = typing.get_args(hint)
    for mark in marks:
        if isinstance(mark, Ref):
            return Field(name, FieldType.REF, required, many, ref=mark.kind, earlier=mark.earlier)
        if isinstance(mark, Mark):
            return Field(name, FieldType(mark.type), required, many, unit=mark.unit)
    msg = f"Field {name!r} is marked with nothing the log knows: {marks!r} on {base!r}."
    raise ShapeError(msg)


AS_IT_IS: Final = frozenset({str, int, bool, type(None)})


def json_able(value: Any) -> Any:
    """Return a value as JSON shows it: enumerations by value, numbers as exact strings, times as ISO 8601 (UTC)."""
    if type(value) in AS_IT_IS:
        return value
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        moment = value if value.tzinfo is dt.UTC else value.astimezone(dt.UTC)
        return moment.isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [json_able(item) for item in value]
    if isinstance(value, dict):
        return {name: json_able(item) for name, item in value.items()}
    if isinstance(value, Record):
        return {name: json_able(part) for name, part in msgspec.structs.asdict(value).items()}
    return value
