"""Observing: what was seen, what was said word for word, and pictures."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from domain.kernel import event, thing
from domain.refusals import Refused
from domain.vocabulary import (
    Actor,
    FileDigest,
    GatheringId,
    MediaId,
    ObservationId,
    ParticipantId,
    Public,
    QuoteId,
    Role,
    SubjectId,
    Text,
    Visibility,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope, World


class Attribution(StrEnum):
    """How a quote may be signed."""

    NAMED = "named"
    ROLE = "role"
    ANONYMOUS = "anonymous"


class MediaKind(StrEnum):
    """What was captured."""

    PHOTO = "photo"
    AUDIO = "audio"
    VIDEO = "video"
    SCAN = "scan"


class Shows(StrEnum):
    """Whether a picture shows a situation or a portrait: a portrait needs the person's yes."""

    SITUATION = "situation"
    PORTRAIT = "portrait"


@event(
    "observation-noted.v1",
    da="Observation",
    en="Observation",
    about="observation_id",
    creates=True,
    core=True,
    owner="observer",
    visibility=Visibility.TEAM,
)
class ObservationNoted:
    """Somebody saw something: what was seen, and apart from it, what it may mean.

    Example: at table 3 the politician wrote the notes (seen); the roles shifted (meaning).
    """

    observation_id: ObservationId
    observer: Actor
    description: Text
    interpretation: Text | None = None
    about: tuple[SubjectId, ...] = ()


@event(
    "quote-captured.v1",
    da="Citat",
    en="Quote",
    about="quote_id",
    creates=True,
    core=True,
    owner="speaker",
    visibility=Visibility.TEAM,
)
class QuoteCaptured:
    """Somebody's words were written down; they are not used before they are approved.

    Example: a citizen's words after the party, to be shown to her first.
    """

    quote_id: QuoteId
    text: Text
    speaker: Actor
    role: Role | None = None
    gathering_id: GatheringId | None = None


@event("quote-approved.v1", da="Citat godkendt", en="Quote approved", about="quote_id")
class QuoteApproved:
    """The speaker approved exactly these words, signed so, for these uses.

    Example: yes to the report, as "a citizen".
    """

    quote_id: QuoteId
    exact_text: Text
    attribution: Attribution
    channels: tuple[Public, ...]


@event("quote-approval-withdrawn.v1", da="Citat trukket tilbage", en="Quote approval withdrawn", about="quote_id")
class QuoteApprovalWithdrawn:
    """The speaker took the approval back; from now on the words are not used.

    Example: not in the newspaper after all.
    """

    quote_id: QuoteId


@event(
    "media-captured.v1",
    da="Billede eller lyd",
    en="Media captured",
    about="media_id",
    creates=True,
    visibility=Visibility.TEAM,
)
class MediaCaptured:
    """A picture, film or recording was kept, by its hash; of a portrait it is said whom it shows.

    Example: a photo of the wall of notes.
    """

    media_id: MediaId
    sha256: FileDigest
    kind: MediaKind
    shows: Shows
    portrays: tuple[ParticipantId, ...] = ()


QuoteEvent = QuoteCaptured | QuoteApproved | QuoteApprovalWithdrawn


def evolve_quote(_: str | None, happening: Envelope) -> str:
    """Return where a quote stands: captured, approved or withdrawn."""
    data: QuoteEvent = happening.data
    match data:
        case QuoteCaptured():
            return "captured"
        case QuoteApproved():
            return "approved"
        case QuoteApprovalWithdrawn():
            return "withdrawn"
        case _:
            assert_never(data)


def admit_quote(state: str | None, happening: Envelope, _: World) -> None:
    """An approval is taken back only where it was given."""
    if isinstance(happening.data, QuoteApprovalWithdrawn) and state != "approved":
        raise Refused("quote-not-approved", field="quote_id")


thing("observation", da="observation", en="observation")
thing("quote", da="citat", en="quote", admit=admit_quote, evolve=evolve_quote)
thing("media", da="billede eller lyd", en="media")
