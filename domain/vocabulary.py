"""The words every capability shares: ids, units, roles, actors and the two kinds of text.

A field of an event has one of a few types, so that its schema, its form, its documentation and its column all follow
from the annotation. Text is either *public* (titles, places, tools) or *personal* (everything people say or write).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import FrozenInstanceError
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, Generic, Self, TypeVar, dataclass_transform

import msgspec

T = TypeVar("T")

ID_PATTERN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,78}[A-Za-z0-9])?")
"""Ids are chosen by the client, unique within the process, and never a name."""

PARTICIPANT_PATTERN: Final = re.compile(r"p\d{1,9}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A participant id cannot be a name: a UUID, or ``p`` and digits."""


class Unknown:
    """The value of a field the source leaves out; the envelope's ``notrecorded`` says why."""

    _only: ClassVar[Any] = None

    def __new__(cls) -> Self:
        """Return the one and only instance, so that ``is UNKNOWN`` is the test."""
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        """Show the word used on pages."""
        return "UNKNOWN"

    def __bool__(self) -> bool:
        """Be false: nothing is known."""
        return False


UNKNOWN: Final[Any] = Unknown()


@dataclass_transform(frozen_default=True)
class Record(msgspec.Struct, frozen=True, gc=False, rename=lambda attr: attr.rstrip("_")):
    """Named values that do not change, compared by them: an event's data, its parts, what a text is sealed as.

    ``from_`` is called ``from``. They never hold themselves, so the garbage collector need not look at them.
    """


class Sealed(Record):
    """What the log holds of a personal text: the ciphertext's SHA-256 (hex) and the id of its key."""

    sha256: str
    key: str


class Personal(Generic[T]):
    """Text somebody said or wrote: plain on its way in, `Sealed` when read back from the log.

    Its representation never shows the text, so that it cannot slip into a log line or a traceback.
    """

    __slots__ = ("value",)
    value: T | Sealed

    def __init__(self, value: T | Sealed) -> None:
        object.__setattr__(self, "value", value)

    def __setattr__(self, name: str, _: object) -> None:
        raise FrozenInstanceError(name)

    def __eq__(self, other: object) -> bool:
        """Compare by content."""
        return type(other) is Personal and bool(other.value == self.value)

    def __hash__(self) -> int:
        """Hash by content."""
        return hash(self.value)

    def __repr__(self) -> str:
        """Say whether it is sealed, never what it says."""
        return "Personal(sealed)" if isinstance(self.value, Sealed) else "Personal(***)"


# ------------------------------------------------------------------ marks on annotations
class Ref(Record):
    """An id of a thing of this kind; ``entry`` stands for any entry (contribution, decision, action …).

    ``earlier`` marks what an event builds on: it must not be later than the event.
    """

    kind: str
    earlier: bool = False


class Mark(Record):
    """What a plain annotation means beyond its Python type."""

    type: str
    unit: str | None = None


Public = Annotated[str, Mark("public")]
LocalId = Annotated[str, Mark("id")]
Amount = Annotated[Decimal, Mark("amount", "DKK")]
Number = Annotated[Decimal, Mark("number")]
Hours = Annotated[Decimal, Mark("number", "hours")]
Count = Annotated[int, Mark("count")]
Minutes = Annotated[int, Mark("count", "minutes")]
Flag = Annotated[bool, Mark("flag")]
Digest = Annotated[str, Mark("digest")]
FileDigest = Annotated[str, Mark("file")]
"""The SHA-256 of a file that is kept beside the log; the event holds nothing else of it."""
Date = dt.date
Moment = dt.datetime
Text = Personal[str]

ProcessId = Annotated[str, Ref("process")]
ParticipantId = Annotated[str, Ref("participant")]
OrganisationId = Annotated[str, Ref("organisation")]
GroupId = Annotated[str, Ref("group")]
GatheringId = Annotated[str, Ref("gathering")]
ObjectiveId = Annotated[str, Ref("objective")]
CriterionId = Annotated[str, Ref("criterion")]
IndicatorId = Annotated[str, Ref("indicator")]
ContributionId = Annotated[str, Ref("contribution")]
DecisionId = Annotated[str, Ref("decision")]
CaseItemId = Annotated[str, Ref("case-item")]
ActionId = Annotated[str, Ref("action")]
ProjectId = Annotated[str, Ref("project")]
ProductId = Annotated[str, Ref("product")]
QuestionId = Annotated[str, Ref("question")]
ReflectionId = Annotated[str, Ref("reflection")]
ExperimentId = Annotated[str, Ref("experiment")]
InsightId = Annotated[str, Ref("insight")]
ObservationId = Annotated[str, Ref("observation")]
QuoteId = Annotated[str, Ref("quote")]
MediaId = Annotated[str, Ref("media")]
OutcomeId = Annotated[str, Ref("outcome")]
StoryId = Annotated[str, Ref("story")]
ClaimId = Annotated[str, Ref("claim")]
FrameworkId = Annotated[str, Ref("framework")]
InstrumentId = Annotated[str, Ref("instrument")]
RoundId = Annotated[str, Ref("round")]
WaveId = Annotated[str, Ref("wave")]
CodebookId = Annotated[str, Ref("codebook")]
ReadingId = Annotated[str, Ref("reading")]
CodingId = Annotated[str, Ref("coding")]
AdjudicationId = Annotated[str, Ref("adjudication")]
MemoId = Annotated[str, Ref("memo")]
AccessRequestId = Annotated[str, Ref("access-request")]
ErasureId = Annotated[str, Ref("erasure")]
ReportId = Annotated[str, Ref("report")]
TemplateId = Annotated[str, Ref("template")]
EntryId = Annotated[str, Ref("entry")]
BasisId = Annotated[str, Ref("entry", earlier=True)]
SubjectId = Annotated[str, Ref("subject")]
EventId = Annotated[str, Ref("event")]


# ------------------------------------------------------------------ enumerations
class Role(StrEnum):
    """The part a person plays in the process; a person may have several."""

    CITIZEN = "citizen"
    POLITICIAN = "politician"
    EMPLOYEE = "employee"
    LEADER = "leader"
    FACILITATOR = "facilitator"
    EVALUATOR = "evaluator"


class ActorKind(StrEnum):
    """Who acted: a person, several, an institution, or somebody known by role only."""

    PARTICIPANT = "participant"
    GROUP = "group"
    ORGANISATION = "organisation"
    BODY = "body"
    ROLE = "role"
    ANONYMOUS = "anonymous"


class TimePrecision(StrEnum):
    """How exactly we know when it happened."""

    INSTANT = "instant"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    SPAN = "span"
    UNKNOWN = "unknown"


class Visibility(StrEnum):
    """Who may see an entry, widest first."""

    PUBLIC = "public"
    PROCESS = "process"
    TEAM = "team"
    EVALUATORS = "evaluators"
    SELF = "self"


class Purpose(StrEnum):
    """What an entry was recorded for."""

    EVALUATION = "evaluation"
    FACILITATION = "facilitation"
    RESEARCH = "research"


class Language(StrEnum):
    """The languages Kurslog speaks."""

    DA = "da"
    EN = "en"


# ------------------------------------------------------------------ shared records
class Actor(Record, kw_only=True):
    """Who did it, always tagged. ``ref`` is an id, or the role's name for a role; empty when anonymous."""

    kind: ActorKind
    ref: str | None = None


class ActorInRole(Record, kw_only=True):
    """An actor and the role the act was done in."""

    actor: Actor
    role: Role | None = None


class Localised(Record, kw_only=True):
    """A public text in Danish and English."""

    da: Public
    en: Public


class Period(Record, kw_only=True):
    """From one day to another, both included."""

    start: Date
    end: Date


class RoleCount(Record, kw_only=True):
    """How many of one role."""

    role: Role
    count: Count


class NotRecorded(Record, kw_only=True):
    """A field the source leaves out, and why."""

    field: str
    reason: str


class Level(Record, kw_only=True):
    """What one step of a scale, or of a competence, means."""

    level: Count
    text: Localised


class Scale(Record, kw_only=True):
    """An ordinal scale, both ends included. Its steps are ranked, not measured."""

    min: Count
    max: Count
    labels: tuple[Level, ...] = ()

    def holds(self, value: int) -> bool:
        """Return whether the value lies on the scale."""
        return self.min <= value <= self.max
