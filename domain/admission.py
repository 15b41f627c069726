"""Admission: the rules every event meets, before and around those of what it is about.

`admit` takes an event or raises `Refused`. Nothing here reads a clock or a database: time, history and the world around
come in as arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from domain.bounds import check_values, within_history
from domain.kernel import Envelope, Person, World, in_order, state_of, thing_of
from domain.refusals import Refused
from domain.shapes import Field, FieldType, fields_of
from domain.vocabulary import PARTICIPANT_PATTERN, UNKNOWN, Actor, ActorKind, Role, TimePrecision


def admit(new: Envelope, history: Sequence[Envelope], world: World, before: Sequence[Envelope] | None = None) -> None:
    """Take the event, or raise `Refused`.

    Args:
        new: the event somebody wants recorded, settled (see `settle`).
        history: the effective events of the thing it is about, in any order.
        world: what else has been recorded.
        before: what is read of the thing until now, where that is more than ``history``: the corrected event, too.

    The thing is refolded with the event put in at its place in time; every later event must still be admitted.
    """
    check_envelope(new, world)
    check_fields(new)
    check_references(new, world)
    check_roles(new, world)
    check_sequence(in_order([*history, new]), new, world, in_order(history if before is None else before))


def check_sequence(
    events: Sequence[Envelope], new: Envelope | None, world: World, before: Sequence[Envelope] = ()
) -> None:
    """Fold the events of one thing in order; from ``new`` on each must be admitted (all, when ``new`` is None).

    An event that no longer fitted ``before`` either rests on other things, which have changed since: it is passed over.
    """
    state, checking = None, new is None
    for happening in events:
        checking = checking or happening is new
        if checking:
            try:
                _check_one(state, happening, world)
            except Refused as refusal:
                if happening is new:
                    raise
                if _fitted(happening, before, world):
                    raise Refused("contradicts-later", position=happening.position, because=refusal.rule) from refusal
        state = thing_of(happening.kind).evolve(state, happening)


def _fitted(happening: Envelope, before: Sequence[Envelope], world: World) -> bool:
    """Whether the event fitted what was read until now; one that was withdrawn, and so not read, counts as fitting."""
    state = None
    for item in before:
        if item.id == happening.id:
            try:
                _check_one(state, item, world)
            except Refused:
                return False
            return True
        state = thing_of(item.kind).evolve(state, item)
    return True


def _check_one(state: Any, happening: Envelope, world: World) -> None:
    found = happening.declaration
    ref = happening.subject.partition("/")[2]
    if found.creates is True and state is not None:
        raise Refused("already-exists", field=_last(found.about), id=ref)
    if found.creates is False and state is None:
        raise Refused("unknown-thing", field=_last(found.about), kind=happening.kind, id=ref)
    thing_of(happening.kind).admit(state, happening, world)


def _last(names: tuple[str, ...]) -> str | None:
    return names[-1] if names else None


def check_envelope(new: Envelope, world: World) -> None:
    """Check the two clocks: nothing in the future, no span without end, ``learnedat`` only on import."""
    for name in ("time", "timeend", "learnedat"):
        moment = getattr(new, name)
        if moment is not None and not within_history(moment):
            raise Refused("value-out-of-bounds", field=name)
    if new.time > world.now:
        raise Refused("time-in-future", field="time")
    if new.timeprecision is TimePrecision.SPAN and new.timeend is None:
        raise Refused("span-without-end", field="timeend")
    if new.timeend is not None and new.timeend < new.time:
        raise Refused("time-ends-before-it-begins", field="timeend")
    if new.learnedat is not None and not world.importing:
        raise Refused("learned-outside-import", field="learnedat")
    if new.learnedat is not None and new.learnedat > world.now:
        raise Refused("time-in-future", field="learnedat")


def check_fields(new: Envelope) -> None:
    """Check that every field is there, or is not recorded for a reason a public source gives."""
    silent = {item.field for item in new.notrecorded}
    known = {item.name: item for item in new.declaration.fields}
    if silent and not new.citation:
        raise Refused("not-recorded-without-source", field="notrecorded")
    for name in sorted(silent):
        if name not in known or not known[name].unknowable or name in new.declaration.about:
            raise Refused("not-recordable-as-unknown", field=name)
        if getattr(new.data, known[name].attr) not in {UNKNOWN, None, ()}:
            raise Refused("not-recorded-but-given", field=name)
    for name, item in known.items():
        if item.required and name not in silent and getattr(new.data, item.attr) is UNKNOWN:
            raise Refused("field-missing", field=name)
    check_values(new.data, new.declaration.fields)


def references(new: Envelope) -> list[tuple[str, Field, str]]:
    """Return every id the event names beside its own: (dotted field, field, id); actors count as references."""
    found_type = new.declaration
    own = {
        item.name
        for item in found_type.fields
        if (item.name,) == found_type.about and found_type.creates is not False and item.ref == found_type.kind
    }
    found = [item for item in _references(new.data, "") if item[0] not in own]
    if new.onbehalfof:
        found.append(
            ("onbehalfof", Field("onbehalfof", FieldType.REF, required=False, ref="participant"), new.onbehalfof)
        )
    return found


@cache
def _naming(cls: type) -> tuple[Field, ...]:
    """Return the fields of an event or record that name something, themselves or in their parts."""
    return tuple(item for item in fields_of(cls) if item.type in {FieldType.REF, FieldType.ACTOR} or item.fields)


def _references(holder: Any, prefix: str) -> Iterable[tuple[str, Field, str]]:
    cls: type = type(holder)
    for item in _naming(cls):
        value = getattr(holder, item.attr)
        if value is UNKNOWN or value is None:
            continue
        for one in value if item.many else (value,):
            if item.type is FieldType.REF:
                yield prefix + item.name, item, one
            elif item.type is FieldType.ACTOR:
                yield from _actor(prefix + item.name, one)
            else:
                yield from _references(one, f"{prefix}{item.name}.")


ACTOR_THINGS: Final = {
    ActorKind.PARTICIPANT: "participant",
    ActorKind.GROUP: "group",
    ActorKind.ORGANISATION: "organisation",
    ActorKind.BODY: "organisation",
}


def _actor(name: str, actor: Actor) -> Iterable[tuple[str, Field, str]]:
    if actor.kind is ActorKind.ANONYMOUS:
        if actor.ref is not None:
            raise Refused("anonymous-with-ref", field=name)
        return
    if not actor.ref:
        raise Refused("actor-without-ref", field=name, kind=actor.kind.value)
    if actor.kind is ActorKind.ROLE:
        if actor.ref not in set(Role):
            raise Refused("unknown-role", field=name, id=actor.ref, choices=", ".join(Role))
        return
    yield name, Field(name, FieldType.REF, required=False, ref=ACTOR_THINGS[actor.kind]), actor.ref


def check_references(new: Envelope, world: World) -> None:
    """Check that everything named exists, and that what is built upon is not later."""
    for name, item, ref in references(new):
        found = [history for history in _histories(item, ref, world) if history]
        if not found:
            raise Refused("unknown-thing", field=name, kind=item.ref or "", id=ref)
        if len(found) > 1:
            raise Refused("ambiguous-id", field=name, id=ref)
        if item.earlier and new.ended is not None and found[0][0].time > new.ended:
            raise Refused("builds-on-later", field=name, id=ref)


def _histories(item: Field, ref: str, world: World) -> Sequence[Sequence[Envelope]]:
    if item.ref == "entry":
        return world.find(ref)
    kind, _, one = ref.partition("/") if item.ref == "subject" else (item.ref or "", "", ref)
    return [world.history(kind, one)]


def check_roles(new: Envelope, world: World) -> None:
    """Check that whoever acts had that role when it happened, and that no participant id is a name."""
    for person, role, name in _acts(new):
        if not PARTICIPANT_PATTERN.fullmatch(person):
            raise Refused("participant-id-is-a-name", field=name)
        state: Person | None = state_of("participant", world.history("participant", person))
        if role is not None and state is not None and not state.in_role(role, new.time):
            raise Refused("role-not-active", field=name, id=person, role=role.value)


def _acts(new: Envelope) -> Iterable[tuple[str, Role | None, str]]:
    if new.onbehalfof:
        yield new.onbehalfof, new.actingrole, "actingrole"
    person = getattr(new.data, "participant_id", None)
    if isinstance(person, str) and new.kind != "participant":
        role = getattr(new.data, "role", None)
        yield person, role if isinstance(role, Role) else None, "role"
    for item in getattr(new.data, "taken_by", None) or ():
        if item.actor.kind is ActorKind.PARTICIPANT and item.actor.ref:
            yield item.actor.ref, item.role, "taken_by"
