"""The wire: CloudEvents in and out, by marshmallow schemas derived from the registry.

Everything that comes in (API, import, command line, forms) is read here, so that one mistake gets one sentence.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from domain.kernel import REGISTRY, TARGET, Declaration, Envelope, subject_of
from domain.shapes import json_able
from domain.upcasting import STEPS, upcast
from domain.vocabulary import ID_PATTERN
from service.later import later
from service.log.mapper import plain

if TYPE_CHECKING:
    import marshmallow as ma

    from service import schemas
else:
    ma, schemas = later("marshmallow"), later("service.schemas")


class UnreadableError(ValueError):
    """What came in is not an event of the log's vocabulary; ``errors`` names each field and what is wrong with it."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name}: {' '.join(said)}" for name, said in self.errors.items()))


OURS: Final = {
    "specversion",
    "type",
    "source",
    "datacontenttype",
    "process",
    "data",
    "position",
    "recordedat",
    "recordedby",
    "fictional",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends, and when it comes in."""

    account: str
    now: dt.datetime


def declaration_of(name: object) -> Declaration:
    """Return the declaration of a type, with or without its version.

    Raises:
        UnreadableError: for a type outside the vocabulary.
    """
    said = str(name)
    found = (
        REGISTRY.get(said) or REGISTRY.get(f"{said}.v1") or next((d for d in REGISTRY.values() if d.stem == said), None)
    )
    if found is None:
        raise UnreadableError({"type": [f"There is no event type {said[:80]!r}. See /api/v1/ for the vocabulary."]})
    return found


def read_event(wire: object, process: str, sender: Sender) -> Envelope:
    """Return the envelope somebody wants recorded.

    Args:
        wire: a CloudEvent as decoded JSON. Without ``id`` it gets one, without ``time`` it happens now.
        process: where it is recorded; another ``source`` is refused.
        sender: who sends, and when it comes in.

    Raises:
        UnreadableError: with a sentence per field.
    """
    if not isinstance(wire, dict):
        raise UnreadableError({"event": ["An event is a JSON object."]})
    if not ID_PATTERN.fullmatch(process):
        raise UnreadableError({"process": ["A process id is letters, digits and . _ : - ; no spaces, at most 80."]})
    head = _load(schemas.ENVELOPE, _todays(wire))
    found = declaration_of(head["type"])
    for name, want in (("source", f"/processes/{process}"), ("process", process)):
        if head.get(name, want) != want:
            raise UnreadableError({name: [f"The event belongs to another process. Here it must be {want!r}."]})
    data = _load(schemas.lenient_schema(found.name, found.cls), head.get("data") or {}, prefix="data.")
    event_id = head.get("id") or uuid.uuid4()
    given = {name: value for name, value in head.items() if name not in OURS and value is not None}
    given["notrecorded"] = tuple(given.get("notrecorded", ()))
    subject = given.pop("subject", None)
    own = subject or TARGET if found.kind == TARGET else subject_of(data, event_id, process)
    if subject not in {None, own}:
        raise UnreadableError({"subject": [f"By its data the event is about {own!r}. Leave subject out, or mend it."]})
    defaults = {
        "time": sender.now,
        "visibility": found.visibility,
        "purpose": found.purpose,
        "recordedby": sender.account,
    }
    said = {**defaults, **given, "id": event_id}
    return Envelope(**said, process=process, subject=own, data=data, untimed="time" not in given)


def _todays(wire: dict[str, Any]) -> dict[str, Any]:
    """Bring an event of an old shape (an older export's) to today's."""
    if str(wire.get("type")) not in STEPS or not isinstance(wire.get("data"), dict):
        return wire
    name, data = upcast(str(wire["type"]), wire["data"])
    return {**wire, "type": name, "data": data}


def _load(schema: ma.Schema, wire: dict[str, Any], prefix: str = "") -> Any:
    try:
        return _looking_for(schema, wire).load(wire)
    except ma.ValidationError as error:
        raise UnreadableError(_flat(error.messages, prefix)) from error


def _looking_for(schema: ma.Schema, wire: dict[str, Any]) -> ma.Schema:
    """Return the schema with those of its fields that are there or must be: to look for each of the others is dear."""
    narrowed = copy(schema)
    narrowed.load_fields = {name: field for name, field in schema.load_fields.items() if name in wire or field.required}
    return narrowed


def _flat(messages: Any, prefix: str) -> dict[str, list[str]]:
    if isinstance(messages, list):
        return {prefix.rstrip("."): [str(item) for item in messages]}
    found: dict[str, list[str]] = {}
    for name, said in messages.items():
        found |= _flat(said, f"{prefix}{name}.")
    return found


# ------------------------------------------------------------------ out
def cloud_event(event: Envelope, texts: Mapping[tuple[int, str], str], *, fictional: bool = False) -> dict[str, Any]:
    """Return the event as a CloudEvent. A text that is erased, or not for the reader, stands as null.

    Args:
        event: as stored, texts sealed.
        texts: the opened texts by (position, dotted field), as `Vault.texts` gives them.
        fictional: whether its process is made up; then every event of it says so.
    """
    out: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(event.id),
        "type": event.type,
        "source": f"/processes/{event.process}",
        "subject": event.subject,
        "time": json_able(event.time),
        "datacontenttype": "application/json",
        "process": event.process,
        "position": event.position,
        "recordedat": json_able(event.recordedat),
        "recordedby": event.recordedby,
        "timeprecision": event.timeprecision.value,
        "visibility": event.visibility.value,
        "purpose": event.purpose.value,
        **({"fictional": True} if fictional else {}),
    }
    for name in (
        "timeend",
        "timebasis",
        "citation",
        "onbehalfof",
        "actingrole",
        "learnedat",
        "causationid",
        "correlationid",
    ):
        if getattr(event, name) is not None:
            out[name] = json_able(getattr(event, name))
    if event.notrecorded:
        out["notrecorded"] = [{"field": item.field, "reason": item.reason} for item in event.notrecorded]
    out["data"] = data_out(event, lambda path: texts.get((event.position, path)))
    return out


def data_out(event: Envelope, text: Callable[[str], str | None]) -> dict[str, Any]:
    """Return an event's data as JSON values, with ``text(dotted field)`` in place of each personal text."""

    def seal(path: str, value: object) -> str | None:
        return value if isinstance(value, str) else text(path)

    return json_able(plain(event.data, seal))  # type: ignore[no-any-return]
