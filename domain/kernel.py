"""The kernel of the domain: declaring an event, naming what it is about, the envelope, the world around it.

A command is the event somebody wants recorded. `admit` takes it or raises `Refused`: no second class per event.
Nothing here reads a clock, a random number or a database: time, history and the world around come in as arguments.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final, Generic, Protocol, dataclass_transform
from uuid import UUID

from msgspec.structs import replace
from typing_extensions import TypeVar

from domain.shapes import Field, fields_of, holds_text
from domain.timing import latest_moment
from domain.vocabulary import (
    UNKNOWN,
    Actor,
    ActorKind,
    NotRecorded,
    Purpose,
    Record,
    Role,
    Sealed,
    TimePrecision,
    Visibility,
)

D = TypeVar("D", default=Any)
E = TypeVar("E", bound=type)
TARGET: Final = "target"
"""Stands for "what the target is about": a correction lies in the stream of what it corrects."""
WHOLE: Final = "process"
"""Stands for "the process as a whole": its grant, its budget, the process itself."""


# ------------------------------------------------------------------ declarations
class Declaration(Record):
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
    def personal(self) -> bool:
        """Whether it holds personal text."""
        return holds_text(self.cls)

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
        made: Any = _recorded(cls)
        keys = (about,) if isinstance(about, str) else about
        what = kind or _kind_of(made, keys) or name.rpartition(".")[0]
        born = True if not keys else creates
        found = Declaration(name, made, da, en, keys, what, born, core, owner, visibility, purpose)
        REGISTRY[name] = DECLARED[made] = found
        return made  # type: ignore[no-any-return]

    return declare


def _recorded(cls: type) -> type:
    """Return the class as a record; what has no default may be left out: `check_fields` then asks for the reason."""
    left_out = {name: UNKNOWN for name in cls.__annotations__ if name not in vars(cls)}
    body = {name: value for name, value in vars(cls).items() if name not in {"__dict__", "__weakref__"}} | left_out
    return types.new_class(cls.__name__, (Record,), {"kw_only": True}, lambda names: names.update(body))


def _kind_of(cls: type, keys: tuple[str, ...]) -> str | None:
    if len(keys) != 1:
        return None
    if keys[0] in {TARGET, WHOLE}:
        return keys[0]
    return next(item.ref for item in fields_of(cls) if item.name == keys[0])


# ------------------------------------------------------------------ things and their rules
Admit = Callable[[Any, "Envelope", "World"], None]
Evolve = Callable[[Any, "Envelope"], Any]


Stands = Callable[[Any, "Envelope"], None]


def _no_rule(state: Any, happening: Envelope, world: World) -> None:
    """Admit everything: the kind has no rules of its own."""


def _nothing_stands(state: Any, happening: Envelope) -> None:
    """Let everything be corrected and withdrawn."""


class Thing(Record):
    """A kind of thing events are about: its words, where it is kept, and its state machine.

    ``stands`` raises `Refused` for an entry that may no longer be corrected or withdrawn, the thing being as it is now.
    """

    kind: str
    da: str
    en: str
    register: bool = False
    admit: Admit = _no_rule
    evolve: Evolve = lambda _, happening: happening  # without rules the last event is state enough
    stands: Stands = _nothing_stands


THINGS: Final[dict[str, Thing]] = {}


def thing(
    kind: str,
    *,
    da: str,
    en: str,
    register: bool = False,
    admit: Admit = _no_rule,
    evolve: Evolve | None = None,
    stands: Stands = _nothing_stands,
) -> Thing:
    """Declare a kind of thing. ``register`` things are few and checked strongly: people, groups, gatherings, goals."""
    THINGS[kind] = Thing(kind, da, en, register, admit, evolve or (lambda _, happening: happening), stands)
    return THINGS[kind]


def thing_of(kind: str) -> Thing:
    """Return the declared kind, or one without rules."""
    return THINGS.get(kind) or Thing(kind, kind, kind)


# ------------------------------------------------------------------ the envelope
class Erasing(Record):
    """What goes for good when an erasure is stored.

    ``participants`` are all numbers of the person; ``things`` are theirs alone, by subject, such as what they were
    quoted with; ``issued`` are the files of reports that hold words of theirs, by SHA-256; ``waiting`` are lines of
    imports that name them, by file and line.
    """

    participants: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    issued: tuple[str, ...] = ()
    waiting: tuple[tuple[str, int], ...] = ()


class Envelope(Record, Generic[D], kw_only=True):
    """An event on its way into, or out of, the log. Times are aware; ``position`` is 0 until stored.

    ``owner`` is the participant whose text it holds, where the data does not say so itself (a correction's is its
    target's); it is not stored, for it decides only under whose key the text is sealed. Nor is ``untimed``, which
    says that the sender left the time to us: then it is not compared when the same event comes again. Nor are
    ``replaces`` (the texts of its stream, by version and dotted field) and ``erases``: they go as it is stored.
    """

    id: UUID
    process: str
    time: dt.datetime
    data: D
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
    untimed: bool = False
    replaces: tuple[tuple[int, str], ...] = ()
    erases: Erasing = Erasing()
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
        said = named(self.data, self.declaration.owner) if self.declaration.owner else None
        if isinstance(said, Actor):
            said = said.ref if said.kind is ActorKind.PARTICIPANT else None
        return self.owner or (said if isinstance(said, str) else None) or self.onbehalfof

    @property
    def ended(self) -> dt.datetime | None:
        """The latest moment it can have happened; None when unknown (then it is always shown, marked)."""
        return self.timeend or latest_moment(self.time, self.timeprecision)


def named(data: Any, name: str) -> Any:
    """Return the value of a field by its declared name; None when there is no such field."""
    cls: type = type(data)
    return getattr(data, _attr(cls, name), None)


@cache
def _attr(cls: type, name: str) -> str:
    return next((item.attr for item in fields_of(cls) if item.name == name), name)


def subject_of(data: Any, event_id: UUID, process: str) -> str:
    """Return what an event is about, ``contribution/c-17``; without an id of its own ``<type>/<event id>``."""
    found = DECLARED[type(data)]
    keys = [process if name == WHOLE else str(named(data, name)) for name in found.about]
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

    def length(self, text: Sealed) -> int | None:
        """Return how many code points a sealed text has; None when it is erased, or nobody can open it here."""


class Person(Protocol):
    """What other capabilities may ask about a participant."""

    @property
    def guardian_required(self) -> bool:
        """Whether a guardian answers for them."""

    def in_role(self, role: Role, at: dt.datetime) -> bool:
        """Return whether the participant had the role at that moment."""


def state_of(kind: str, history: Iterable[Envelope], at: dt.datetime | None = None) -> Any:
    """Fold a thing's effective events into its state, at a moment or (without one) now; None when there are none."""
    evolve, state = thing_of(kind).evolve, None
    for happening in history:
        if at is None or happening.time <= at:
            state = evolve(state, happening)
    return state


def over_before(happening: Envelope, later: Envelope) -> bool:
    """Return whether it had surely happened when the other began: on an imprecise day both may have happened."""
    return happening.ended is not None and happening.ended <= later.time


def in_order(events: Iterable[Envelope]) -> list[Envelope]:
    """Sort by when it happened; what is recorded later stands later on the same moment, a new one last.

    Those of one array have no position yet, but their places in the stream.
    """
    last = float("inf")
    return sorted(events, key=lambda item: (item.time, item.position or last, item.version or last))


def settle(new: Envelope) -> Envelope:
    """Fill in what follows from the precision: the latest moment of a day, month or year."""
    if new.timeend is None and new.timeprecision not in {TimePrecision.INSTANT, TimePrecision.UNKNOWN}:
        return replace(new, timeend=latest_moment(new.time, new.timeprecision))
    return new
