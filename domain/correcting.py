"""Correcting: nothing is deleted; a correction stands beside what it corrects.

`effective` is the heart: the events as they are to be read, with corrections and withdrawals applied by position alone.
"""

from __future__ import annotations

import datetime as dt
import json
import typing
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, assert_never

import msgspec
from msgspec.structs import replace

from domain.admission import admit, check_envelope, check_fields, check_references, check_roles, check_sequence
from domain.kernel import TARGET, Envelope, World, event, in_order, settle, state_of, thing_of
from domain.refusals import Refused
from domain.shapes import Field, FieldType
from domain.vocabulary import UNKNOWN, Actor, EventId, LocalId, Personal, Public, Purpose, Record, Text, TimePrecision

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

TIME_FIELDS: Final = ("time", "timeend", "timeprecision")


class Change(Record, kw_only=True):
    """One field's new content: a public one in ``value`` (lists and records as JSON), personal text in ``text``.

    ``field`` is the field's name; ``time``, ``timeend`` and ``timeprecision`` correct when it happened; a text inside a
    list is named by its place, ``steps.0.text``.
    """

    field: LocalId
    value: Public | None = None
    text: Text | None = None


@event("event-corrected.v1", da="Rettelse", en="Correction", about=TARGET, core=True, purpose=Purpose.FACILITATION)
class EventCorrected:
    """An entry was mended; the first version can still be seen.

    Example: the meeting was on the 14th, not the 15th.
    """

    target: EventId
    fields: tuple[Change, ...]
    reason: Text


@event(
    "event-withdrawn.v1", da="Trukket tilbage", en="Withdrawn", about=TARGET, core=True, purpose=Purpose.FACILITATION
)
class EventWithdrawn:
    """An entry no longer counts; it can still be seen that it was there.

    Example: the note was written twice.
    """

    target: EventId
    reason: Text


class DisputeOutcome(StrEnum):
    """How a dispute ended."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"
    CORRECTED = "corrected"


@event("event-disputed.v1", da="Bestridt", en="Disputed", about=TARGET, owner="by", purpose=Purpose.FACILITATION)
class EventDisputed:
    """Somebody says that an entry is not right; it stands, and is marked until that is settled.

    Example: a group says that it never agreed to the decision.
    """

    target: EventId
    by: Actor
    reason: Text


@event("dispute-resolved.v1", da="Uenighed afgjort", en="Dispute settled", about=TARGET, purpose=Purpose.FACILITATION)
class DisputeResolved:
    """A dispute was settled: upheld, dismissed, or the entry was corrected.

    Example: the minutes show that two of the group were there, and the entry was corrected.
    """

    target: EventId
    outcome: DisputeOutcome
    reason: Text


@event("text-redacted.v1", da="Tekst overstreget", en="Text redacted", about=TARGET, purpose=Purpose.FACILITATION)
class TextRedacted:
    """A personal text was replaced for good, for every reader and at every moment; the old one is deleted.

    Example: a note named a neighbour, and now says "a neighbour" instead.
    """

    target: EventId
    field: LocalId
    text: Text
    reason: Text


CORRECTING: Final = (EventCorrected, EventWithdrawn, EventDisputed, DisputeResolved, TextRedacted)
"""What lies in the stream of its target, and is never read as an entry of its own."""
CHANGING: Final = (EventCorrected, TextRedacted)


# ------------------------------------------------------------------ reading with corrections
def effective(events: Iterable[Envelope]) -> list[Envelope]:
    """Return the events as they are to be read: withdrawn ones gone, corrected ones mended, corrections left out.

    Args:
        events: of one thing, or of many, in order of position. A target is always earlier than what corrects it.

    Corrections and withdrawals take effect by position alone, newest first, since each may itself be a target.
    """
    known = list(events)
    if not any(isinstance(item.data, CORRECTING) for item in known):
        return known
    gone: set[str] = set()
    changes: dict[str, list[Envelope]] = {}
    for item in reversed(known):
        if str(item.id) in gone:
            continue
        if isinstance(item.data, EventWithdrawn):
            gone.add(item.data.target)
        elif isinstance(item.data, CHANGING):
            mended = _mended(item, changes)
            changes.setdefault(item.data.target, []).append(mended)
    return [
        _mended(item, changes) for item in known if str(item.id) not in gone and not isinstance(item.data, CORRECTING)
    ]


def _mended(item: Envelope, changes: dict[str, list[Envelope]]) -> Envelope:
    for correction in reversed(changes.get(str(item.id), ())):
        for change in _changes(correction):
            item = apply(item, change, check=False)
    return settle(item)


def _changes(correction: Envelope) -> tuple[Change, ...]:
    data: EventCorrected | TextRedacted = correction.data
    if isinstance(data, TextRedacted):
        return (Change(field=data.field, text=None if data.text is UNKNOWN else data.text),)
    return data.fields


def standing(stored: Sequence[Envelope]) -> list[Envelope]:
    """Return the correcting events among these that no standing withdrawal takes back."""
    return [item for item in stored if isinstance(item.data, CORRECTING) and not _withdrawn(item, stored)]


def open_disputes(stored: Sequence[Envelope]) -> list[Envelope]:
    """Return the disputes among these that nobody has settled yet."""
    there = standing(stored)
    settled = {item.data.target for item in there if isinstance(item.data, DisputeResolved)}
    return [item for item in there if isinstance(item.data, EventDisputed) and str(item.id) not in settled]


def texts_replaced(target: str, path: str, stored: Sequence[Envelope]) -> tuple[tuple[int, str], ...]:
    """Return every place where the text at this path of the target ever stood: (version, dotted field).

    Beside the entry itself those are the corrections and redactions of it, and their own, withdrawn or not.
    """
    return tuple(_texts_replaced(target, path, stored))


def _texts_replaced(target: str, path: str, stored: Sequence[Envelope]) -> Iterator[tuple[int, str]]:
    for item in stored:
        if str(item.id) == target and isinstance(_held(item.data, path), Personal):
            yield item.version, path
        if isinstance(item.data, CHANGING) and item.data.target == target:
            for at, change in enumerate(_changes(item)):
                if change.field == path:
                    where = "text" if isinstance(item.data, TextRedacted) else f"fields.{at}.text"
                    yield from _texts_replaced(str(item.id), where, stored)


def _held(holder: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(holder, tuple):
            holder = holder[int(step)] if step.isascii() and step.isdigit() and int(step) < len(holder) else None
        else:
            holder = getattr(holder, step, None)
    return holder


def apply(target: Envelope, change: Change, *, check: bool) -> Envelope:
    """Return the target with one field changed.

    Raises:
        Refused: when ``check`` and the change does not fit; else such a change is passed over, for folds are total.
    """
    try:
        return _apply(target, change)
    except Refused:
        if check:
            raise
        return target


def _apply(target: Envelope, change: Change) -> Envelope:
    if change.field in TIME_FIELDS:
        return _apply_time(target, change)
    head, _, rest = change.field.partition(".")
    field = next((item for item in target.declaration.fields if item.name == head), None)
    if field is None:
        raise Refused("unknown-field", field=change.field)
    if field.name in {*target.declaration.about, "kind"}:
        raise Refused("identity-field", field=change.field)
    if field.personal and change.text is None:
        raise Refused("personal-text-in-public", field=change.field)
    if change.text is not None and not _holds_text((field,), change.field):
        raise Refused("not-a-personal-text", field=change.field)
    value = _with_text(getattr(target.data, field.attr), rest, change) if change.text else _value(target, field, change)
    silent = tuple(item for item in target.notrecorded if item.field != head)
    return replace(target, data=replace(target.data, **{field.attr: value}), notrecorded=silent)


def _apply_time(target: Envelope, change: Change) -> Envelope:
    try:
        if change.field == "timeprecision":
            return replace(target, timeprecision=TimePrecision(change.value or ""), timeend=None)
        moment = dt.datetime.fromisoformat(change.value or "")
        if moment.tzinfo is None:
            raise Refused("value-does-not-fit", field=change.field, why="a time needs its zone")
        moment = moment.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise Refused("value-does-not-fit", field=change.field, why=str(error)) from error
    stale: dict[str, Any] = (
        {"timeend": None} if change.field == "time" and target.timeprecision is not TimePrecision.SPAN else {}
    )
    return replace(target, **{**stale, change.field: moment})


def _holds_text(fields: tuple[Field, ...], path: str) -> bool:
    """Whether the path leads to one personal text: its name, and its place in each list on the way."""
    name, _, rest = path.partition(".")
    field = next((item for item in fields if item.name == name), None)
    if field is None:
        return False
    if field.many:
        place, _, rest = rest.partition(".")
        if not (place.isascii() and place.isdigit()):
            return False
    return _holds_text(field.fields, rest) if field.fields else field.type is FieldType.PERSONAL and not rest


def _with_text(held: Any, path: str, change: Change) -> Any:
    """Return the field's content with the text at ``path`` replaced (``''`` is the field itself)."""
    if not path:
        return change.text
    place, _, rest = path.partition(".")
    try:
        if isinstance(held, tuple):
            at = int(place)
            return (*held[:at], _with_text(held[at], rest, change), *held[at + 1 :])
        return replace(held, **{place: _with_text(getattr(held, place), rest, change)})
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise Refused("unknown-field", field=change.field) from error


STRUCTURED: Final = {FieldType.ACTOR, FieldType.RECORD, FieldType.LOCALISED, FieldType.FLAG, FieldType.COUNT}


def _value(target: Envelope, field: Field, change: Change) -> Any:
    hint = typing.get_type_hints(type(target.data), include_extras=True)[field.attr]
    try:
        wire = json.loads(change.value or "") if field.many or field.type in STRUCTURED else change.value
        return msgspec.convert(wire, hint)
    except (ValueError, msgspec.ValidationError) as error:
        raise Refused("value-does-not-fit", field=change.field, why=str(error)) from error


# ------------------------------------------------------------------ admission
def admit_correcting(new: Envelope, stored: Sequence[Envelope], world: World) -> None:
    """Take a correction or withdrawal, or raise `Refused`.

    Args:
        new: the correcting event.
        stored: all events of its target's thing as stored, corrections included, in order of position.
        world: what else has been recorded.

    It is admitted only if the corrected event would be; what remains of the thing must still hold together. A text is
    redacted in a withdrawn entry, too: there it can still be seen.
    """
    check_envelope(new, world)
    check_fields(new)
    target = next((item for item in stored if str(item.id) == new.data.target), None)
    if target is None:
        raise Refused("unknown-event", field="target", id=new.data.target)
    if not isinstance(new.data, TextRedacted) and not _stands(target, stored):
        raise Refused("already-withdrawn", field="target")
    check_references(new, world)
    check_roles(new, world)
    data: EventCorrected | EventWithdrawn | EventDisputed | DisputeResolved | TextRedacted = new.data
    match data:
        case EventCorrected():
            _check_mendable(target, stored)
            _admit_changes(new, target, stored, world)
        case EventWithdrawn():
            if target.kind == "process" and not isinstance(target.data, CORRECTING):
                raise Refused("registration-stands", field="target")
            _check_mendable(target, stored)
            _admit_remaining(new, stored, world)
        case EventDisputed():
            pass
        case DisputeResolved():
            _admit_resolution(target, stored)
        case TextRedacted():
            _admit_redaction(data, target, stored)
        case _:
            assert_never(data)


def _stands(target: Envelope, stored: Sequence[Envelope]) -> bool:
    read = any(item.id == target.id for item in effective(stored)) or isinstance(target.data, CORRECTING)
    return read and not _withdrawn(target, stored)


def _check_mendable(target: Envelope, stored: Sequence[Envelope]) -> None:
    """Check that neither a deleted text would have to come back, nor the thing holds the entry fast."""
    if isinstance(target.data, TextRedacted):
        raise Refused("redaction-stands", field="target")
    if isinstance(target.data, EventDisputed | DisputeResolved):
        return
    root = target
    while isinstance(root.data, CORRECTING):
        root = next(item for item in stored if str(item.id) == root.data.target)
    thing_of(root.kind).stands(state_of(root.kind, in_order(effective(stored))), root)


def _admit_resolution(target: Envelope, stored: Sequence[Envelope]) -> None:
    if not isinstance(target.data, EventDisputed):
        raise Refused("not-a-dispute", field="target")
    if target not in open_disputes(stored):
        raise Refused("dispute-already-resolved", field="target")


def _admit_redaction(data: TextRedacted, target: Envelope, stored: Sequence[Envelope]) -> None:
    if not _holds_text(target.declaration.fields, data.field):
        raise Refused("not-a-personal-text", field=data.field)
    if not texts_replaced(data.target, data.field, stored):
        raise Refused("nothing-to-redact", field=data.field)


def _withdrawn(target: Envelope, stored: Sequence[Envelope]) -> bool:
    """Whether a standing withdrawal names the target."""
    return any(
        isinstance(item.data, EventWithdrawn) and item.data.target == str(target.id) and not _withdrawn(item, stored)
        for item in stored
    )


def _admit_changes(new: Envelope, target: Envelope, stored: Sequence[Envelope], world: World) -> None:
    if not new.data.fields:
        raise Refused("nothing-to-correct", field="fields")
    standing = next((item for item in effective(stored) if item.id == target.id), target)
    corrected = standing
    for change in new.data.fields:
        corrected = apply(corrected, change, check=True)
    if isinstance(target.data, CORRECTING):
        check_envelope(replace(settle(corrected), learnedat=None), world)
        check_references(corrected, world)
        _admit_remaining(new, stored, world)
        return
    others = [item for item in effective([*stored, new]) if item.id != target.id]
    try:
        admit(replace(settle(corrected), learnedat=None), others, world, effective(stored))
    except Refused as refusal:
        if refusal.rule == "contradicts-later":
            raise
        raise Refused("correction-does-not-fit", field=refusal.field, why=refusal) from refusal
    if corrected.time > standing.time:  # what lies between its old and its new place may have rested on it
        _admit_remaining(new, stored, world)


def _admit_remaining(new: Envelope, stored: Sequence[Envelope], world: World) -> None:
    check_sequence(in_order(effective([*stored, new])), None, world, in_order(effective(stored)))
