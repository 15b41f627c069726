"""Envelopes to stored bytes and back: plain JSON under stable names, personal text sealed on its way in.

The state is deterministic (sorted keys, UTF-8, absent fields left out) and is never re-encoded; upcasting happens on
reading. Reading never decrypts: a text comes back as its commitment, and whoever may see it asks the vault.
"""

from __future__ import annotations

import datetime as dt
import operator
import typing
import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import msgspec
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent

from domain.consenting import Erased, ErasureExecuted
from domain.kernel import REGISTRY, Envelope
from domain.shapes import Field, FieldType, fields_of
from domain.upcasting import STEPS, upcast
from domain.vocabulary import UNKNOWN, Personal, Record, Sealed
from service.log.vault import Place, Vault, Vaulted, key_id_of


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


class SealedEvent(Record):
    """A stored event, as the library knows it, with what travels beside it: handed untouched from mapper to recorder.

    ``replaces`` names the texts of its stream that go when it is stored, by version and dotted field; ``deletes`` what
    goes of a person.
    """

    originator_id: str
    originator_version: int
    topic: str
    state: bytes
    event_id: uuid.UUID
    process: str
    subject: str
    vault: tuple[Vaulted, ...]
    replaces: tuple[tuple[int, str], ...] = ()
    deletes: Deletion | None = None


ENCODE: Final = msgspec.json.Encoder(order="sorted", decimal_format="string").encode
NOT_STORED: Final = frozenset({"data", "owner", "untimed", "replaces", "erases", "position", "version", "recordedat"})
"""What is no part of the envelope as it stands in the state; ``data`` is written by its type."""
ENVELOPE_FIELDS: Final = tuple(name for name in Envelope.__struct_fields__ if name not in NOT_STORED)
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
def _envelope_decoder(data: Any) -> msgspec.json.Decoder[Envelope[Any]]:
    return _decoder(Envelope[data])


def decode_data(name: str, raw: bytes) -> Any:
    """Return the typed event behind stored data.

    Raises:
        UnknownEventTypeError: when neither today's vocabulary nor an upcasting step knows the name.
    """
    if name in REGISTRY and name not in STEPS:
        return _decoder(REGISTRY[name].cls).decode(raw)
    name, data = upcast(name, msgspec.json.decode(raw))
    if name not in REGISTRY:
        msg = f"The log holds {name!r}, which this version does not know. Install the version that wrote it."
        raise UnknownEventTypeError(msg)
    return msgspec.convert(data, REGISTRY[name].cls, dec_hook=_decode_personal)


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
    names = field.record.__struct_fields__
    return lambda holder, *_: {name: part for name in names if (part := getattr(holder, name)) is not None}


def utc(moment: dt.datetime) -> dt.datetime:
    """Return the moment in UTC, so that one moment has one spelling in the log."""
    return moment if moment.tzinfo is dt.UTC else moment.astimezone(dt.UTC)


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

    def to_stored_event(self, domain_event: Any) -> SealedEvent:  # type: ignore[override]  # all a StoredEvent has, and more
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
            event = _envelope_decoder(REGISTRY[topic].cls).decode(state)
        else:
            event = _envelope_decoder(msgspec.Raw).decode(state)
            event = msgspec.structs.replace(event, data=decode_data(topic, bytes(event.data)))
        put = msgspec.structs.force_setattr  # it is nobody's yet, and a copy would cost what decoding it costs
        put(event, "version", version)
        put(event, "position", position)
        if recorded_at is not None:
            put(event, "recordedat", dt.datetime.fromtimestamp(recorded_at / 1_000_000, dt.UTC))
        return event
