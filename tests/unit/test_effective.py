"""Reading with corrections, against a literal reading of STORE.md's sentence."""

import datetime as dt
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.correcting import (
    Change,
    DisputeOutcome,
    DisputeResolved,
    EventCorrected,
    EventDisputed,
    EventWithdrawn,
    TextRedacted,
    effective,
)
from domain.gathering import ExerciseRun
from domain.kernel import Envelope
from domain.vocabulary import Actor, ActorKind, Personal, Purpose, TimePrecision, Visibility

BEGIN = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
REASON = Personal("a slip of the pen")


def envelope(position, data):
    return Envelope(
        id=UUID(int=position),
        process="fabelby",
        time=BEGIN + dt.timedelta(days=position),
        data=data,
        subject="exercise-run/x",
        recordedby="account-1",
        visibility=Visibility.PROCESS,
        purpose=Purpose.FACILITATION,
        position=position,
    )


@st.composite
def change(draw):
    """A change of a public field, of a text, of the time, or of something the target does not have."""
    name = draw(st.sampled_from(["tool", "note", "time", "planned_minutes", "reason", "fields.0.text", "nonsense"]))
    word = draw(st.sampled_from("abcde"))
    if name in {"note", "reason", "fields.0.text"}:
        return Change(field=name, text=Personal(word))
    day = BEGIN + dt.timedelta(days=draw(st.integers(-9, 9)))
    values = {"tool": word, "time": day.isoformat(), "planned_minutes": str(ord(word)), "nonsense": word}
    return Change(field=name, value=values[name])


KINDS = ["entry", "correction", "correction", "withdrawal", "redaction", "dispute", "resolution"]


@st.composite
def logs(draw):
    """Entries and what bears on them in any order; a target is always earlier."""
    events = []
    for position in range(1, draw(st.integers(1, 14)) + 1):
        kind = draw(st.sampled_from(KINDS)) if events else "entry"
        target = str(UUID(int=draw(st.integers(1, position - 1)))) if position > 1 else ""
        if kind == "entry":
            data = ExerciseRun(gathering_id="kick-off", tool="first", note=Personal("first"))
        elif kind == "correction":
            fields = tuple(draw(st.lists(change(), min_size=1, max_size=3)))
            data = EventCorrected(target=target, fields=fields, reason=REASON)
        elif kind == "redaction":
            name = draw(st.sampled_from(["note", "reason", "fields.0.text", "text", "tool", "nonsense"]))
            data = TextRedacted(target=target, field=name, text=Personal(draw(st.sampled_from("abcde"))), reason=REASON)
        elif kind == "dispute":
            data = EventDisputed(target=target, by=Actor(kind=ActorKind.ANONYMOUS), reason=REASON)
        elif kind == "resolution":
            data = DisputeResolved(target=target, outcome=DisputeOutcome.UPHELD, reason=REASON)
        else:
            data = EventWithdrawn(target=target, reason=REASON)
        events.append(envelope(position, data))
    return events


def read_literally(events):
    """Apply corrections and withdrawals by position alone, newest first.

    Each step hands the log on with the newest correcting event used up: a withdrawal takes its target out; a correction
    settles those fields of its target that no newer one has settled.
    """
    standing = {str(item.id): item for item in events}
    settled = {key: {} for key in standing}
    for newest in sorted(events, key=lambda item: -item.position):
        key = str(newest.id)
        if key not in standing:
            continue
        read = as_read(newest, settled[key])
        if isinstance(newest.data, EventWithdrawn):
            del standing[key]
            standing.pop(read.data.target, None)
        elif isinstance(newest.data, EventCorrected):
            del standing[key]
            for one in reversed([one for one in read.data.fields if fits(one)]):
                settled[read.data.target].setdefault(one.field, one)
        elif isinstance(newest.data, TextRedacted):
            del standing[key]
            one = Change(field=read.data.field, text=read.data.text)
            if fits(one):
                settled[read.data.target].setdefault(one.field, one)
        elif isinstance(newest.data, EventDisputed | DisputeResolved):
            del standing[key]
    return [as_read(standing[str(item.id)], settled[str(item.id)]) for item in events if str(item.id) in standing]


def fits(one):
    """Text is passed over where no text is kept: a correction of a correction can put it there."""
    return one.text is None or one.field not in {"tool", "planned_minutes", "nonsense"}


def as_read(item, settled):
    """The event with each settled field's newest content, written out for the types of this test."""
    data = item.data
    for name, one in settled.items():
        if name == "time":
            item = replace(item, time=dt.datetime.fromisoformat(one.value))
        elif isinstance(data, ExerciseRun) and name == "tool":
            data = replace(data, tool=one.value)
        elif isinstance(data, ExerciseRun) and name == "planned_minutes":
            data = replace(data, planned_minutes=int(one.value))
        elif isinstance(data, ExerciseRun) and name == "note":
            data = replace(data, note=one.text)
        elif not isinstance(data, ExerciseRun) and name == "reason":
            data = replace(data, reason=one.text)
        elif isinstance(data, TextRedacted) and name == "text":
            data = replace(data, text=one.text)
        elif isinstance(data, EventCorrected) and name == "fields.0.text":
            data = replace(data, fields=(replace(data.fields[0], text=one.text), *data.fields[1:]))
    return replace(item, data=data)


def told(events):
    """What is read, briefly, so that a difference can be seen; texts are compared by content."""
    return [
        (item.position, item.time.date(), item.data.tool, item.data.planned_minutes, item.data.note.value)
        for item in events
    ]


def entry(position):
    return envelope(position, ExerciseRun(gathering_id="kick-off", tool="first", note=Personal("first")))


def withdrawal(position, target):
    return envelope(position, EventWithdrawn(target=str(UUID(int=target)), reason=REASON))


@settings(max_examples=500, deadline=None, database=None)
@given(logs())
@example([entry(1), withdrawal(2, 1), withdrawal(3, 2), withdrawal(4, 1), withdrawal(5, 3), withdrawal(6, 4)])
def test_corrections_and_withdrawals_take_effect_by_position_alone_newest_first(events):
    assert told(effective(events)) == told(read_literally(events))


@settings(max_examples=200, deadline=None, database=None)
@given(logs())
def test_reading_what_was_read_changes_nothing(events):
    assert effective(effective(events)) == effective(events)


@settings(max_examples=200, deadline=None, database=None)
@given(logs(), st.integers(0, 14))
def test_an_event_of_another_thing_changes_nothing(events, place):
    stranger = replace(entry(99), position=99)
    mixed = [*events[:place], stranger, *events[place:]]

    assert [item for item in effective(mixed) if item is not stranger] == effective(events)


def test_what_is_read_is_settled():
    planned = replace(entry(1), timeprecision=TimePrecision.DAY, timeend=BEGIN)
    moved = EventCorrected(
        target=str(planned.id), fields=(Change(field="timeprecision", value="month"),), reason=REASON
    )

    assert effective([planned, envelope(2, moved)])[0].timeend == dt.datetime(
        2026, 1, 31, 22, 59, 59, 999999, tzinfo=dt.UTC
    )
