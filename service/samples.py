"""A small, valid sample of every event type, derived from its fields: for documents, examples and golden files."""

from __future__ import annotations

from typing import Any, Final

from domain.kernel import Declaration
from domain.shapes import Field, FieldType, fields_of

TEXT: Final = "En bænk ved skovstien, så man kan gå turen."
ATOMS: Final[dict[FieldType, Any]] = {
    FieldType.ID: "a1",
    FieldType.PUBLIC: "Bænk ved stien",
    FieldType.PERSONAL: TEXT,
    FieldType.DATE: "2026-02-28",
    FieldType.MOMENT: "2026-02-28T16:00:00Z",
    FieldType.AMOUNT: "1250.50",
    FieldType.NUMBER: "12.5",
    FieldType.COUNT: 3,
    FieldType.FLAG: True,
    FieldType.DIGEST: "ab" * 32,
    FieldType.FILE: "ab" * 32,
    FieldType.LOCALISED: {"da": "Bænk", "en": "Bench"},
    FieldType.ACTOR: {"kind": "role", "ref": "citizen"},
}
REFS: Final = {"participant": "p17", "event": "0f8fad5b-d9cb-469f-a165-70867728950e", "subject": "contribution/c-1"}


def sample_data(found: Declaration) -> dict[str, Any]:
    """Return data that the wire takes for this event type."""
    return _record(found.fields)


def _record(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {field.name: [_atom(field)] if field.many else _atom(field) for field in fields}


def _atom(field: Field) -> Any:
    if field.type is FieldType.REF:
        return REFS.get(field.ref or "", f"{field.ref}-1")
    if field.type is FieldType.ENUM and field.choices:
        return next(iter(field.choices)).value
    if field.type is FieldType.RECORD and field.record:
        return _record(fields_of(field.record))
    return ATOMS[field.type]


def sample_event(found: Declaration, process: str = "fabelby") -> dict[str, Any]:
    """Return a CloudEvent of this type, as a sender would write it."""
    return {
        "specversion": "1.0",
        "id": "7d44a4f6-2c7c-4d0e-9d3b-5f0c3a1b2c3d",
        "type": found.name,
        "source": f"/processes/{process}",
        "time": "2026-02-28T16:00:00Z",
        "data": sample_data(found),
    }
