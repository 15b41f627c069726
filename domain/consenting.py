"""Consenting: on what ground data is kept, what people were told, what they said yes to, and what they asked for."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, assert_never

from msgspec.structs import replace

from domain.kernel import event, state_of, thing
from domain.refusals import Refused
from domain.vocabulary import (
    UNKNOWN,
    AccessRequestId,
    ErasureId,
    LocalId,
    Localised,
    ParticipantId,
    Public,
    Purpose,
    Record,
    ReportId,
    Text,
    Visibility,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope, Person, World


class LegalBasis(StrEnum):
    """The grounds of article 6(1) of the General Data Protection Regulation."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal-obligation"
    VITAL_INTERESTS = "vital-interests"
    PUBLIC_TASK = "public-task"
    LEGITIMATE_INTERESTS = "legitimate-interests"


class ConsentPurpose(StrEnum):
    """What a participant may say yes to, each on its own."""

    PARTICIPATE = "participate"
    ASSESS = "assess"
    BE_PICKABLE = "be-pickable"
    NAMED_MAP = "named-map"
    QUOTE_NAMED = "quote-named"
    QUOTE_ANONYMOUS = "quote-anonymous"
    PHOTO = "photo"
    RESEARCH_SHARE = "research-share"


UNASKED: Final = {ConsentPurpose.PARTICIPATE: Purpose.FACILITATION, ConsentPurpose.ASSESS: Purpose.EVALUATION}
"""What a person takes part in without having been asked, and the purpose whose declared ground decides it."""


class GivenBy(StrEnum):
    """Who said it: the participant, or whoever answers for a child."""

    PARTICIPANT = "participant"
    GUARDIAN = "guardian"


class ErasureVerdict(StrEnum):
    """How a request for erasure, or an objection, was decided."""

    GRANTED = "granted"
    PARTIAL = "partial"
    REFUSED = "refused"


class Erased(StrEnum):
    """What was deleted."""

    TEXTS = "texts"
    KEY = "key"
    READ_MODELS = "read-models"
    FILES = "files"
    EXPORTS = "exports"


@event(
    "processing-basis-declared.v1",
    da="Retsgrundlag",
    en="Legal basis declared",
    visibility=Visibility.PUBLIC,
    purpose=Purpose.FACILITATION,
)
class ProcessingBasisDeclared:
    """It was stated on which ground data is kept for a purpose, and in which words people are told.

    Example: evaluation rests on the municipality's public task, text 2026-1.
    """

    purpose: Purpose
    legal_basis: LegalBasis
    text_version: LocalId
    wording: Localised | None = None


@event(
    "privacy-notice-given.v1",
    da="Oplysning givet",
    en="Privacy notice given",
    visibility=Visibility.TEAM,
    purpose=Purpose.FACILITATION,
)
class PrivacyNoticeGiven:
    """A participant was told what is held, why, and what they can ask for.

    Example: p17 got the notice, text 2026-1, at the kick-off.
    """

    participant_id: ParticipantId
    text_version: LocalId
    channel: Public | None = None


@event(
    "objection-lodged.v1",
    da="Indsigelse",
    en="Objection",
    owner="participant_id",
    visibility=Visibility.TEAM,
    purpose=Purpose.FACILITATION,
)
class ObjectionLodged:
    """A participant does not agree that something is kept or used: it stops until the team has answered.

    The answer is put beside it as a correction: its verdict, and its words.

    Example: p17 does not want to be part of the research.
    """

    participant_id: ParticipantId
    text: Text
    concerns: Purpose | None = None
    verdict: ErasureVerdict | None = None
    answer: Text | None = None


@event(
    "consent-given.v1",
    da="Sagt ja",
    en="Consent given",
    about="participant_id",
    kind="consent",
    creates=None,
    core=True,
    owner="participant_id",
    visibility=Visibility.TEAM,
    purpose=Purpose.FACILITATION,
)
class ConsentGiven:
    """A participant said yes to these purposes, in these words.

    Example: p17 says yes to being asked before and after, and to being quoted without a name.
    """

    participant_id: ParticipantId
    purposes: tuple[ConsentPurpose, ...]
    text_version: LocalId
    evidence: Text | None = None
    given_by: GivenBy | None = None


@event(
    "consent-withdrawn.v1",
    da="Taget sit ja tilbage",
    en="Consent withdrawn",
    about="participant_id",
    kind="consent",
    creates=None,
    owner="participant_id",
    visibility=Visibility.TEAM,
    purpose=Purpose.FACILITATION,
)
class ConsentWithdrawn:
    """A participant took back a yes; from now on the purpose stops. To what one is part of unasked, it is a no.

    Example: p17 no longer wants to be quoted.
    """

    participant_id: ParticipantId
    purposes: tuple[ConsentPurpose, ...]
    text_version: LocalId | None = None
    evidence: Text | None = None
    given_by: GivenBy | None = None


@event(
    "access-requested.v1",
    da="Bedt om indsigt",
    en="Access requested",
    about="request_id",
    creates=True,
    owner="participant_id",
    visibility=Visibility.TEAM,
    purpose=Purpose.FACILITATION,
)
class AccessRequested:
    """A participant asked what is held about them.

    Example: p17 asks for a copy of everything.
    """

    request_id: AccessRequestId
    participant_id: ParticipantId
    note: Text | None = None


@event(
    "access-answered.v1",
    da="Indsigt givet",
    en="Access answered",
    about="request_id",
    visibility=Visibility.TEAM,
    purpose=Purpose.FACILITATION,
)
class AccessAnswered:
    """The participant got an answer.

    Example: p17 got a copy on paper.
    """

    request_id: AccessRequestId
    answer: Text | None = None


@event(
    "erasure-requested.v1",
    da="Bedt om sletning",
    en="Erasure requested",
    about="request_id",
    creates=True,
    owner="participant_id",
    visibility=Visibility.TEAM,
    purpose=Purpose.FACILITATION,
)
class ErasureRequested:
    """A participant asked that what they wrote be deleted.

    Example: p17 asks that everything be deleted.
    """

    request_id: ErasureId
    participant_id: ParticipantId
    what: Text | None = None


@event(
    "erasure-decided.v1",
    da="Sletning besluttet",
    en="Erasure decided",
    about="request_id",
    visibility=Visibility.TEAM,
    purpose=Purpose.FACILITATION,
)
class ErasureDecided:
    """It was decided, on a ground, whether the request is met.

    Example: granted, except for the vouchers that accounting law keeps for five years.
    """

    request_id: ErasureId
    verdict: ErasureVerdict
    ground: Text


@event(
    "erasure-executed.v1",
    da="Slettet",
    en="Erasure executed",
    about="request_id",
    visibility=Visibility.TEAM,
    purpose=Purpose.FACILITATION,
)
class ErasureExecuted:
    """It was deleted; that it was there, and when it went, remains.

    Example: texts and key of p17 are gone.
    """

    request_id: ErasureId
    what: tuple[Erased, ...]


@event(
    "recipient-notified.v1",
    da="Modtager underrettet",
    en="Recipient notified",
    visibility=Visibility.TEAM,
    purpose=Purpose.FACILITATION,
)
class RecipientNotified:
    """Somebody who had got a report was told that part of it no longer may be used.

    Example: the fund is told that a quote was withdrawn.
    """

    report_id: ReportId
    recipient: Text
    why: Text


# ------------------------------------------------------------------ rules
ConsentEvent = ConsentGiven | ConsentWithdrawn


def evolve_consent(state: frozenset[ConsentPurpose] | None, happening: Envelope) -> frozenset[ConsentPurpose]:
    """Return what the participant has said yes to and not taken back."""
    data: ConsentEvent = happening.data
    purposes = frozenset(data.purposes or ())
    match data:
        case ConsentGiven():
            return (state or frozenset()) | purposes
        case ConsentWithdrawn():
            return (state or frozenset()) - purposes
        case _:
            assert_never(data)


def admit_consent(state: frozenset[ConsentPurpose] | None, happening: Envelope, world: World) -> None:
    """A yes names its purposes, a guardian gives it for a child, and what is taken back was given, or never asked."""
    data: ConsentEvent = happening.data
    if data.purposes is not UNKNOWN and not data.purposes:
        raise Refused("consent-without-purpose", field="purposes")
    match data:
        case ConsentGiven():
            person: Person | None = state_of("participant", world.history("participant", data.participant_id))
            if person and person.guardian_required and data.given_by not in {GivenBy.GUARDIAN, UNKNOWN}:
                raise Refused("guardian-required", field="given_by")
        case ConsentWithdrawn():
            for purpose in data.purposes or ():
                if purpose not in UNASKED and purpose not in (state or frozenset()):
                    raise Refused("consent-not-given", field="purposes", purpose=purpose.value)
        case _:
            assert_never(data)


def evolve_access(_: str | None, happening: Envelope) -> str:
    """Return where a request for access stands."""
    data: AccessRequested | AccessAnswered = happening.data
    match data:
        case AccessRequested():
            return "requested"
        case AccessAnswered():
            return "answered"
        case _:
            assert_never(data)


def admit_access(state: str | None, happening: Envelope, _: World) -> None:
    """A request is answered once."""
    if isinstance(happening.data, AccessAnswered) and state == "answered":
        raise Refused("request-already-answered", field="request_id")


class Erasure(Record):
    """How a request was decided, and whether it was carried out."""

    verdict: ErasureVerdict | None = None
    executed: bool = False


ErasureEvent = ErasureRequested | ErasureDecided | ErasureExecuted


def evolve_erasure(state: Erasure | None, happening: Envelope) -> Erasure:
    """Fold one event into the request."""
    data: ErasureEvent = happening.data
    now = state or Erasure()
    match data:
        case ErasureRequested():
            return now
        case ErasureDecided():
            return replace(now, verdict=data.verdict)
        case ErasureExecuted():
            return replace(now, executed=True)
        case _:
            assert_never(data)


def admit_erasure(state: Erasure | None, happening: Envelope, _: World) -> None:
    """A request is decided once, and carried out once, if it was granted."""
    data: ErasureEvent = happening.data
    now = state or Erasure()
    match data:
        case ErasureRequested():
            pass
        case ErasureDecided():
            if now.verdict is not None:
                raise Refused("request-already-answered", field="request_id")
        case ErasureExecuted():
            if now.executed:
                raise Refused("erasure-executed", field="request_id")
            if now.verdict in {None, ErasureVerdict.REFUSED}:
                raise Refused("erasure-not-granted", field="request_id")
        case _:
            assert_never(data)


thing("consent", da="det, der er sagt ja til", en="consent", admit=admit_consent, evolve=evolve_consent)
thing("access-request", da="anmodning om indsigt", en="access request", admit=admit_access, evolve=evolve_access)
thing("erasure", da="anmodning om sletning", en="erasure request", admit=admit_erasure, evolve=evolve_erasure)
thing("processing-basis-declared", da="retsgrundlag", en="legal basis")
thing("privacy-notice-given", da="oplysning", en="privacy notice")
thing("objection-lodged", da="indsigelse", en="objection")
thing("recipient-notified", da="underretning", en="notification")
