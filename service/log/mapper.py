"""Envelopes to stored bytes and back: plain JSON under stable names, personal text sealed on its way in.

The state is deterministic (sorted keys, UTF-8, absent fields left out) and is never re-encoded; upcasting happens on
reading. Reading never decrypts: a text comes back as its commitment, and whoever may see it asks the vault.
"""

from __future__ import annotations

import datetime as dt
import operator
import typing
import uuid
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Final, Generic, TypeVar

import msgspec
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent

from domain.consenting import Erased, ErasureExecuted
from domain.kernel import REGISTRY, Envelope
from domain.shapes import Field, FieldType, fields_of
from domain.upcasting import STEPS, upcast
from domain.vocabulary import UNKNOWN, NotRecorded, Personal, Purpose, Role, Sealed, TimePrecision, Visibility
from service.log.vault import Place, Vault, Vaulted, key_id_of

D = TypeVar("D")


class UnknownEventTypeError(Exception):
    """The log holds an event type this version does not know: install the version that wrote it."""


@dataclass(frozen=True)
class Deletion:
    """What an erasure deletes: everything under these keys, or (not ``whole``) all that the accounts do not need.

    ``people`` are the numbers a person had, ``issued`` files of reports, ``waiting`` lines of imports.
    """

    people: tuple[str, ...]
    keys: tuple[str, ...]
    whole: bool
    issued: tuple[str, ...]
    waiting: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class SealedEvent(StoredEvent):
    """A stored event with what travels beside it; the library hands it untouched from mapper to recorder.

    ``replaces`` names the texts of its stream that go when it is stored, by version and dotted field; ``deletes`` what
    goes of a person.
    """

    event_id: uuid.UUID
    process: str
    subject: str
    vault: tuple[Vaulted, ...]
    replaces: tuple[tuple[int, str], ...] = ()
    deletes: Deletion | None = None


class Head(msgspec.Struct, Generic[D], omit_defaults=True):
    """The envelope as it stands in the state; ``data`` is read by its type with it, or stays raw where it is of old."""

    id: uuid.UUID
    process: str
    subject: str
    time: dt.datetime
    recordedby: str
    visibility: Visibility
    purpose: Purpose
    data: D
    timeprecision: TimePrecision = TimePrecision.INSTANT
    timeend: dt.datetime | None = None
    timebasis: str | None = None
    citation: str | None = None
    onbehalfof: str | None = None
    actingrole: Role | None = None
    learnedat: dt.datetime | None = None
    causationid: str | None = None
    correlationid: str | None = None
    notrecorded: tuple[NotRecorded, ...] = ()


Head.__annotations__ = typing.get_type_hints(Head)  # once, and not again for every type of data
ENCODE: Final = msgspec.json.Encoder(order="sorted", decimal_format="string").encode
ENVELOPE_FIELDS: Final = tuple(field.name for field in msgspec.structs.fields(Head) if field.name != "data")
OF_ENVELOPE: Final = operator.attrgetter(*ENVELOPE_FIELDS)
MOMENTS: Final = frozenset({"time", "timeend", "learnedat"})


def _decode_personal(kind: Any, value: Any) -> Any:
    if (typing.get_origin(kind) or kind) is Personal:
        return Personal(msgspec.convert(value, Sealed))
    msg = f"No reading of {kind!r}."
    raise NotImplementedError(msg)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, dec_hook=_decode_personal)


@cache
def _head_decoder(data: Any) -> msgspec.json.Decoder[Head[Any]]:
    return _decoder(Head[data])


@cache
def _renamed(cls: type) -> type | None:
    """Return what is decoded in a class's place where a field is kept under another attribute: its name is Python's."""
    names = {field.attr: field.name for field in fields_of(cls)}
    if all(attr == name for attr, name in names.items()):
        return None
    hints = typing.get_type_hints(cls, include_extras=True)
    held = [(item.name, hints[item.name], item.default) for item in fields(cls)]
    return msgspec.defstruct(cls.__name__, held, rename=names)


def _wire_of(name: str) -> Any:
    """Return the type that the data of today's events of this name is decoded as."""
    cls = REGISTRY[name].cls
    return _renamed(cls) or cls


def _typed(name: str, data: Any) -> Any:
    """Return decoded data as the event class it is declared with."""
    return REGISTRY[name].cls(**msgspec.structs.asdict(data)) if isinstance(data, msgspec.Struct) else data


def decode_data(name: str, raw: bytes) -> Any:
    """Return the typed event behind stored data.

    Raises:
        UnknownEventTypeError: when neither today's vocabulary nor an upcasting step knows the name.
    """
    if name in REGISTRY and name not in STEPS:
        return _typed(name, _decoder(_wire_of(name)).decode(raw))
    name, data = upcast(name, msgspec.json.decode(raw))
    if name not in REGISTRY:
        msg = f"The log holds {name!r}, which this version does not know. Install the version that wrote it."
        raise UnknownEventTypeError(msg)
    return _typed(name, msgspec.convert(data, _wire_of(name), dec_hook=_decode_personal))


Seal = typing.Callable[[str, Any], Any]
"""Takes a text by its dotted field, and returns what stands in the state in its place."""
Part = typing.Callable[[Any, Seal, str], Any]
"""Writes a value found at a dotted path as a JSON-able one."""


def plain(data: Any, seal: Seal) -> dict[str, Any]:
    """Return an event's data as JSON-able values: nothing for the absent, ``seal(dotted field, text)`` for texts."""
    cls: type = type(data)
    return _record(cls)(data, seal, "")  # type: ignore[no-any-return]


@cache
def _record(cls: type) -> Part:
    """Return what writes an event or a record of this class; what its fields are is asked once, not once an event."""
    steps = tuple((field.attr, field.name, field.many and not field.required, _part(field)) for field in fields_of(cls))

    def write(holder: Any, seal: Seal, path: str) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for attr, name, droppable, part in steps:
            value = getattr(holder, attr)
            if value is None or value is UNKNOWN or (droppable and not value):
                continue
            out[name] = part(value, seal, path + name) if part else value
        return out

    return write


def _part(field: Field) -> Part | None:
    """Return what writes a field; None where the encoder needs no help."""
    one = _one(field)
    if one is None or not field.many:
        return one
    return lambda values, seal, path: [one(value, seal, f"{path}.{at}") for at, value in enumerate(values)]


def _one(field: Field) -> Part | None:
    if field.type is FieldType.PERSONAL:
        return lambda text, seal, path: seal(path, text.value)
    if field.type is FieldType.MOMENT:
        return lambda moment, *_: utc(moment)
    if field.record is None:
        return None
    if field.fields:
        record = _record(field.record)
        return lambda holder, seal, path: record(holder, seal, f"{path}.")
    names = tuple(part.name for part in fields(field.record))
    return lambda holder, *_: {name: part for name in names if (part := getattr(holder, name)) is not None}


def utc(moment: dt.datetime) -> dt.datetime:
    """Return the moment in UTC, so that one moment has one spelling in the log."""
    return moment.astimezone(dt.UTC)


def _deletion(event: Envelope) -> Deletion | None:
    if not isinstance(event.data, ErasureExecuted):
        return None
    goes = event.erases
    whose = [f"participant/{one}" for one in goes.participants]
    keys = tuple(f"{event.process}/{subject}" for subject in [*whose, *goes.things])
    return Deletion(goes.participants, keys, Erased.KEY in event.data.what, goes.issued, goes.waiting)


class LogMapper(Mapper[str]):
    """The library's mapper, with our names, our JSON and the vault."""

    def __init__(self, vault: Vault) -> None:
        super().__init__(JSONTranscoder())
        self._vault = vault

    def to_stored_event(self, domain_event: Any) -> SealedEvent:
        """Encode an envelope; its texts leave for the vault."""
        event: Envelope = domain_event
        stream, key_id, rows = event.stream, key_id_of(event), list[Vaulted]()

        def seal(path: str, text: object) -> dict[str, str]:
            row, commitment = self._vault.seal(key_id, Place(stream, event.version, path), text)
            rows.append(row)
            return {"key": key_id, "sha256": commitment}

        head: dict[str, Any] = {"data": plain(event.data, seal)}
        for name, value in zip(ENVELOPE_FIELDS, OF_ENVELOPE(event), strict=True):
            if value is not None:
                head[name] = utc(value) if name in MOMENTS else value
        if not event.notrecorded:
            del head["notrecorded"]
        return SealedEvent(
            stream,
            event.version,
            event.type,
            ENCODE(head),
            event.id,
            event.process,
            event.subject,
            tuple(rows),
            event.replaces,
            _deletion(event),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """Decode an envelope; texts stay sealed."""
        return self.envelope(stored_event.topic, bytes(stored_event.state), version=stored_event.originator_version)

    def envelope(
        self, topic: str, state: bytes, *, version: int = 0, position: int = 0, recorded_at: int | None = None
    ) -> Envelope:
        """Return the envelope behind a row. ``recorded_at`` is in microseconds since 1970."""
        if topic in REGISTRY and topic not in STEPS:
            head = _head_decoder(_wire_of(topic)).decode(state)
            data = _typed(topic, head.data)
        else:
            head = _head_decoder(msgspec.Raw).decode(state)
            data = decode_data(topic, bytes(head.data))
        known = msgspec.structs.asdict(head)
        known["data"] = data
        at = None if recorded_at is None else dt.datetime.fromtimestamp(recorded_at / 1_000_000, dt.UTC)
        return Envelope(**known, version=version, position=position, recordedat=at)
