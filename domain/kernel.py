"""The kernel of the domain: declaring an event, naming its stream, admitting it.

A command is the event somebody wants recorded. `admit` takes it or raises `Refused`: no second class per event.
Nothing here reads a clock, a random number or a database: time, history and the world around come in as arguments.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, TypeVar, dataclass_transform
from uuid import UUID

from domain.refusals import Refused
from domain.shapes import Field, FieldType, fields_of
from domain.timing import latest_moment
from domain.vocabulary import (
    PARTICIPANT_PATTERN,
    UNKNOWN,
    Actor,
    ActorKind,
    NotRecorded,
    Purpose,
    Role,
    TimePrecision,
    Visibility,
)

E = TypeVar("E", bound=type)
TARGET: Final = "target"
"""Stands for "what the target is about": a correction lies in the stream of what it corrects."""
WHOLE: Final = "process"
"""Stands for "the process as a whole": its grant, its budget, the process itself."""


# ------------------------------------------------------------------ declarations
@dataclass(frozen=True, slots=True)
class Declaration:
    """All that is declared of one event type.

    ``about`` names the field(s) whose ids say what the event is about, ``kind`` the kind of that thing.
    ``creates`` is True when it must be the thing's first event, None when it may be, False when the thing must exist.
    ``owner`` names the field saying whose text it is; without one, text is encrypted under what it is about.
    """

    name: str
    cls: type
    da: str
    en: str
    about: tuple[str, ...]
    kind: str
    creates: bool | None
    core: bool
    owner: str | None
    visibility: Visibility
    purpose: Purpose

    @property
    def stem(self) -> str:
        """The name without its version: what routes and forms are called."""
        return self.name.rpartition(".")[0]

    @property
    def capability(self) -> str:
        """The module it was declared in."""
        return self.cls.__module__.rpartition(".")[2]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its fields, in declaration order."""
        return fields_of(self.cls)

    @property
    def meaning(self) -> str:
        """The first sentence of its docstring."""
        return (self.cls.__doc__ or "").strip().partition("\n")[0]

    @property
    def example(self) -> str:
        """The example in its docstring."""
        return " ".join((self.cls.__doc__ or "").partition("Example:")[2].split())


REGISTRY: Final[dict[str, Declaration]] = {}
DECLARED: Final[dict[type, Declaration]] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(  # noqa: PLR0913 - a declaration is a sentence with many optional words
    name: str,
    *,
    da: str,
    en: str,
    about: str | tuple[str, ...] = (),
    kind: str | None = None,
    creates: bool | None = False,
    core: bool = False,
    owner: str | None = None,
    visibility: Visibility = Visibility.PROCESS,
    purpose: Purpose = Purpose.EVALUATION,
) -> Callable[[E], E]:
    """Declare an event type; from here every schema, form, route and document follows.

    Args:
        name: the stored name with its version, ``contribution-made.v1``; never changes.
        da: its name in Danish.
        en: its name in English.
        about: the field or fields whose ids say what it is about; none means the event stands for itself.
        kind: the kind of thing; taken from the field's reference when there is one field.
        creates: whether it is the thing's first event; see `Declaration`.
        core: whether menus show it first.
        owner: the field that says whose text it is.
        visibility: who may see it when the sender does not say.
        purpose: what it is recorded for when the sender does not say.
    """

    def declare(cls: E) -> E:
        made: Any = dataclass(frozen=True, kw_only=True, slots=True)(_allow_unknown(cls))
        keys = (about,) if isinstance(about, str) else about
        what = kind or _kind_of(made, keys) or name.rpartition(".")[0]
        born = True if not keys else creates
        found = Declaration(name, made, da, en, keys, what, born, core, owner, visibility, purpose)
        REGISTRY[name] = DECLARED[made] = found
        return made  # type: ignore[no-any-return]

    return declare


def _allow_unknown(cls: E) -> E:
    """Let every field without a default be left out at run time: `check_fields` then asks for the reason."""
    for name in cls.__annotations__:
        if not hasattr(cls, name):
            setattr(cls, name, UNKNOWN)
    return cls


def _kind_of(cls: type, keys: tuple[str, ...]) -> str | None:
    if len(keys) != 1:
        return None
    if keys[0] in {TARGET, WHOLE}:
        return keys[0]
    return next(item.ref for item in fields_of(cls) if item.name == keys[0])


# ------------------------------------------------------------------ things and their rules
Admit = Callable[[Any, "Envelope", "World"], None]
Evolve = Callable[[Any, "Envelope"], Any]


def _no_rule(state: Any, happening: Envelope, world: World) -> None:
    """Admit everything: the kind has no rules of its own."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of thing events are about: its words, where it is kept, and its state machine."""

    kind: str
    da: str
    en: str
    register: bool = False
    admit: Admit = _no_rule
    evolve: Evolve = lambda _, happening: happening  # without rules the last event is state enough


THINGS: Final[dict[str, Thing]] = {}


def thing(
    kind: str, *, da: str, en: str, register: bool = False, admit: Admit = _no_rule, evolve: Evolve | None = None
) -> Thing:
    """Declare a kind of thing. ``register`` things are few and checked strongly: people, groups, gatherings, goals."""
    THINGS[kind] = Thing(kind, da, en, register, admit, evolve or (lambda _, happening: happening))
    return THINGS[kind]


def thing_of(kind: str) -> Thing:
    """Return the declared kind, or one without rules."""
    return THINGS.get(kind) or Thing(kind, kind, kind)


# ------------------------------------------------------------------ the envelope
@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An event on its way into, or out of, the log. Times are aware; ``position`` is 0 until stored.

    ``owner`` is the participant whose text it holds, where the data does not say so itself (a correction's is its
    target's); it is not stored, for it decides only under whose key the text is sealed.
    """

    id: UUID
    process: str
    time: dt.datetime
    data: Any
    subject: str
    recordedby: str
    visibility: Visibility
    purpose: Purpose
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
    owner: str | None = None
    position: int = 0
    version: int = 0
    recordedat: dt.datetime | None = None

    @property
    def declaration(self) -> Declaration:
        """What is declared of its type."""
        return DECLARED[type(self.data)]

    @property
    def type(self) -> str:
        """Its stored name."""
        return self.declaration.name

    @property
    def kind(self) -> str:
        """The kind of thing it is about."""
        return self.subject.partition("/")[0]

    @property
    def stream(self) -> str:
        """The stream it is stored in."""
        return stream_of(self.process, self.subject)

    @property
    def author(self) -> str | None:
        """The participant whose text it holds: stated, named by the declaration's field, or the one acted for."""
        said = getattr(self.data, self.declaration.owner, None) if self.declaration.owner else None
        if isinstance(said, Actor):
            said = said.ref if said.kind is ActorKind.PARTICIPANT else None
        return self.owner or (said if isinstance(said, str) else None) or self.onbehalfof

    @property
    def ended(self) -> dt.datetime | None:
        """The latest moment it can have happened; None when unknown (then it is always shown, marked)."""
        return self.timeend or latest_moment(self.time, self.timeprecision)


def subject_of(data: Any, event_id: UUID, process: str) -> str:
    """Return what an event is about, ``contribution/c-17``; without an id of its own ``<type>/<event id>``."""
    found = DECLARED[type(data)]
    keys = [process if name == WHOLE else str(getattr(data, name)) for name in found.about]
    return "/".join([found.kind, *(keys or [str(event_id)])])


def stream_of(process: str, subject: str) -> str:
    """Return the stream of a subject: the process's one register, or a short stream of its own."""
    if thing_of(subject.partition("/")[0]).register:
        return f"process/{process}"
    return f"{process}/{subject}"


# ------------------------------------------------------------------ the world an event is admitted into
class World(Protocol):
    """What a rule may look at: the moment, and what has been recorded of the things the event names."""

    @property
    def now(self) -> dt.datetime:
        """The moment the event is to be recorded."""

    @property
    def importing(self) -> bool:
        """Whether a whole history is being brought in, so that ``learnedat`` may be stated."""

    def history(self, kind: str, ref: str) -> Sequence[Envelope]:
        """Return the effective events of one thing, by happened time; empty when there is no such thing."""

    def find(self, ref: str) -> Sequence[Sequence[Envelope]]:
        """Return the histories of all entries that carry this id."""


class Person(Protocol):
    """What other capabilities may ask about a participant."""

    def in_role(self, role: Role, at: dt.datetime) -> bool:
        """Return whether the participant had the role at that moment."""


def state_of(kind: str, history: Iterable[Envelope]) -> Any:
    """Fold a thing's effective events into its state; None when there are none."""
    evolve, state = thing_of(kind).evolve, None
    for happening in history:
        state = evolve(state, happening)
    return state


def in_order(events: Iterable[Envelope]) -> list[Envelope]:
    """Sort by when it happened; what is recorded later stands later on the same moment, a new one last."""
    return sorted(events, key=lambda item: (item.time, item.position or float("inf")))


# ------------------------------------------------------------------ admission
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


def settle(new: Envelope) -> Envelope:
    """Fill in what follows from the precision: the latest moment of a day, month or year."""
    if new.timeend is None and new.timeprecision not in {TimePrecision.INSTANT, TimePrecision.UNKNOWN}:
        return replace(new, timeend=latest_moment(new.time, new.timeprecision))
    return new


def check_envelope(new: Envelope, world: World) -> None:
    """Check the two clocks: nothing in the future, no span without end, ``learnedat`` only on import."""
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
        if name not in known or not known[name].unknowable:
            raise Refused("not-recordable-as-unknown", field=name)
        if getattr(new.data, known[name].attr) not in {UNKNOWN, None, ()}:
            raise Refused("not-recorded-but-given", field=name)
    for name, item in known.items():
        if item.required and name not in silent and getattr(new.data, item.attr) is UNKNOWN:
            raise Refused("field-missing", field=name)


def references(new: Envelope) -> list[tuple[str, Field, str]]:
    """Return every id the event names beside its own: (dotted field, field, id); actors count as references."""
    own = (
        set(new.declaration.about)
        if new.declaration.creates is not False and len(new.declaration.about) == 1
        else set()
    )
    found = [item for item in _references(new.data, new.declaration.fields, "") if item[0] not in own]
    if new.onbehalfof:
        found.append(
            ("onbehalfof", Field("onbehalfof", FieldType.REF, required=False, ref="participant"), new.onbehalfof)
        )
    return found


def _references(holder: Any, fields: tuple[Field, ...], prefix: str) -> Iterable[tuple[str, Field, str]]:
    for item in fields:
        value = getattr(holder, item.attr)
        if value is UNKNOWN or value is None:
            continue
        for one in value if item.many else (value,):
            if item.type is FieldType.REF:
                yield prefix + item.name, item, one
            elif item.type is FieldType.ACTOR:
                yield from _actor(prefix + item.name, one)
            elif item.fields:
                yield from _references(one, item.fields, f"{prefix}{item.name}.")


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
        state = state_of("participant", world.history("participant", person))
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
