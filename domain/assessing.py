"""Assessing: competence frameworks, instruments, rounds, and how people rate themselves and one another."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, assert_never

from msgspec.structs import replace

from domain.kernel import event, over_before, state_of, thing
from domain.refusals import Refused
from domain.vocabulary import (
    UNKNOWN,
    Actor,
    ActorKind,
    Count,
    FrameworkId,
    InstrumentId,
    Language,
    Level,
    LocalId,
    Localised,
    ParticipantId,
    Record,
    Role,
    RoundId,
    Scale,
    Text,
    Visibility,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.kernel import Envelope, World


class Layout(StrEnum):
    """Whether *now* and *then* stand apart or side by side: side by side biases most."""

    SEPARATE = "separate"
    ADJACENT = "adjacent"


class RoundMoment(StrEnum):
    """When in the process people are asked."""

    BEFORE = "before"
    AFTER = "after"
    FOLLOW_UP = "follow-up"


class Frame(StrEnum):
    """Which moment an answer is about: now, or how it was then, seen from now."""

    NOW = "now"
    THEN = "then"


class Skip(StrEnum):
    """Why an item was passed over; a skip is an answer of its own, never a number."""

    DO_NOT_KNOW = "do-not-know"
    NOT_RELEVANT = "not-relevant"
    RATHER_NOT_SAY = "rather-not-say"
    LEFT_BLANK = "left-blank"


class Mode(StrEnum):
    """How an answer was given."""

    ONLINE = "online"
    PAPER = "paper"
    INTERVIEW = "interview"


class Sign(StrEnum):
    """What people do, as the log has it, that speaks for a competence."""

    CONTRIBUTION = "contribution-made"
    STRENGTH = "strength"
    OFFER = "offer"
    QUESTION = "question"
    BUILT_UPON = "contribution-built-upon"
    ENDORSED = "contribution-endorsed"
    PLANNED = "action-planned"
    REFLECTED = "reflection-recorded"


class Competence(Record, kw_only=True):
    """One competence: for which roles, what each level looks like, and what in the log speaks for it."""

    id: LocalId
    title: Localised
    roles: tuple[Role, ...] = ()
    anchors: tuple[Level, ...] = ()
    signs: tuple[Sign, ...] = ()


class Item(Record, kw_only=True):
    """One question of an instrument, about one competence."""

    id: LocalId
    competence_id: LocalId
    wording: Localised


class ItemAnswer(Record, kw_only=True):
    """The answer to one item: a value on the scale, or why it was skipped."""

    item: LocalId
    value: Count | None = None
    skipped: Skip | None = None


@event(
    "competence-framework-published.v1",
    da="Kompetenceramme",
    en="Competence framework",
    about="framework_id",
    creates=None,
    visibility=Visibility.PUBLIC,
)
class CompetenceFrameworkPublished:
    """It was laid down which competences are meant, and what each level looks like.

    Example: co-creating, working from strengths, mobilising and acting, each in five levels.
    """

    framework_id: FrameworkId
    version: Count
    competences: tuple[Competence, ...]


@event(
    "instrument-published.v1",
    da="Måleinstrument",
    en="Instrument",
    about="instrument_id",
    creates=None,
    visibility=Visibility.PUBLIC,
)
class InstrumentPublished:
    """The exact questions and the scale were laid down.

    Example: eight questions on a scale from 1 to 5, *now* and *then* on separate pages.
    """

    instrument_id: InstrumentId
    version: Count
    framework_id: FrameworkId
    items: tuple[Item, ...]
    scale: Scale
    layout: Layout
    equivalent_to: Count | None = None


@event("assessment-round-opened.v1", da="Runde åbnet", en="Round opened", about="round_id", creates=True)
class AssessmentRoundOpened:
    """People are asked how they see their own competences.

    Example: the round before the kick-off, for 48 people.
    """

    round_id: RoundId
    instrument_id: InstrumentId
    version: Count
    moment: RoundMoment
    eligible: tuple[ParticipantId, ...]


@event("assessment-round-closed.v1", da="Runde lukket", en="Round closed", about="round_id")
class AssessmentRoundClosed:
    """The round is over; what was answered by now counts.

    Example: the round before closed on the day of the kick-off.
    """

    round_id: RoundId


@event(
    "self-assessment-submitted.v1",
    da="Selvvurdering",
    en="Self-assessment",
    about=("round_id", "participant_id", "frame"),
    kind="answers",
    creates=None,
    core=True,
    owner="participant_id",
    visibility=Visibility.EVALUATORS,
)
class SelfAssessmentSubmitted:
    """A participant said how able they see themselves, now or then.

    Example: p17, a citizen, before the kick-off: 2 at mobilising, 3 at acting, one item skipped.
    """

    assessment_id: LocalId
    round_id: RoundId
    participant_id: ParticipantId
    role: Role
    frame: Frame
    answers: tuple[ItemAnswer, ...]
    mode: Mode | None = None
    language: Language | None = None
    transcribed_by: LocalId | None = None


@event(
    "observer-assessment-submitted.v1",
    da="Vurdering udefra",
    en="Observer's assessment",
    about="assessment_id",
    kind="observer-assessment",
    creates=True,
    visibility=Visibility.EVALUATORS,
)
class ObserverAssessmentSubmitted:
    """Somebody else rated a participant by the same anchors.

    Example: the facilitator rates p17 at 3 for mobilising, after the third gathering.
    """

    assessment_id: LocalId
    round_id: RoundId
    participant_id: ParticipantId
    role: Role
    rater: Actor
    answers: tuple[ItemAnswer, ...]


@event(
    "assessment-voided.v1",
    da="Selvvurdering ugyldig",
    en="Assessment voided",
    about=("round_id", "participant_id", "frame"),
    kind="answers",
    visibility=Visibility.EVALUATORS,
)
class AssessmentVoided:
    """An answer does not count; the person may answer again.

    Example: the sheet was filled in for somebody else.
    """

    round_id: RoundId
    participant_id: ParticipantId
    frame: Frame
    reason: Text


# ------------------------------------------------------------------ rules of frameworks and instruments
class Framework(Record):
    """The competences of each version."""

    versions: tuple[tuple[int, frozenset[str]], ...] = ()

    @property
    def competences(self) -> frozenset[str]:
        """All competences ever in it: an instrument may ask for those of an older version."""
        return frozenset().union(*(ids for _, ids in self.versions))


def evolve_framework(state: Framework | None, happening: Envelope) -> Framework:
    """Take over one version."""
    data: CompetenceFrameworkPublished = happening.data
    now = state or Framework()
    ids = frozenset(item.id for item in data.competences or ())
    return now if data.version is UNKNOWN else Framework((*now.versions, (data.version, ids)))


def admit_framework(state: Framework | None, happening: Envelope, _: World) -> None:
    """A version is published once, and no competence appears twice in it."""
    data: CompetenceFrameworkPublished = happening.data
    _unpublished(data.version, [version for version, _ in state.versions] if state else [])
    _no_twin((item.id for item in data.competences or ()), "competences")


class Instrument(Record):
    """The versions of an instrument."""

    versions: tuple[InstrumentPublished, ...] = ()

    def version(self, number: int) -> InstrumentPublished | None:
        """Return one version; None when it was not published."""
        return next((item for item in self.versions if item.version == number), None)


def evolve_instrument(state: Instrument | None, happening: Envelope) -> Instrument:
    """Take over one version."""
    return Instrument((*(state.versions if state else ()), happening.data))


def admit_instrument(state: Instrument | None, happening: Envelope, world: World) -> None:
    """A version is published once; its scale rises; each item has its own id and a competence of the framework."""
    data: InstrumentPublished = happening.data
    known = [item.version for item in state.versions] if state else []
    _unpublished(data.version, known)
    if data.scale is not UNKNOWN and data.scale.max <= data.scale.min:
        raise Refused("scale-does-not-rise", field="scale")
    if data.equivalent_to is not None and data.equivalent_to not in known:
        raise Refused("unknown-version", field="equivalent_to", id=data.instrument_id, version=data.equivalent_to)
    _no_twin((item.id for item in data.items or ()), "items")
    framework: Framework | None = state_of("framework", world.history("framework", data.framework_id))
    for item in data.items or ():
        if framework is not None and framework.competences and item.competence_id not in framework.competences:
            raise Refused("competence-unknown", field="items", id=item.competence_id)


def _unpublished(version: int, known: list[int]) -> None:
    if version is not UNKNOWN and version in known:
        raise Refused("version-already-published", field="version", version=version)


def _no_twin(ids: Iterable[str], field: str) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise Refused("listed-twice", field=field, id=one)
        seen.add(one)


# ------------------------------------------------------------------ rules of rounds and answers
class Round(Record):
    """Who is asked with what, and whether the round is closed."""

    opened: AssessmentRoundOpened
    closed: bool = False


RoundEvent = AssessmentRoundOpened | AssessmentRoundClosed


def evolve_round(state: Round | None, happening: Envelope) -> Round | None:
    """Fold one event into the round."""
    data: RoundEvent = happening.data
    match data:
        case AssessmentRoundOpened():
            return Round(data, closed=bool(state and state.closed))
        case AssessmentRoundClosed():
            return replace(state, closed=True) if state else None
        case _:
            assert_never(data)


def admit_round(state: Round | None, happening: Envelope, world: World) -> None:
    """A round asks with an instrument version that exists, and closes once."""
    data: RoundEvent = happening.data
    match data:
        case AssessmentRoundOpened():
            _no_twin(data.eligible or (), "eligible")
            instrument = instrument_of(data, world)
            if data.version is not UNKNOWN and instrument is None:
                raise Refused("unknown-version", field="version", id=data.instrument_id, version=data.version)
        case AssessmentRoundClosed():
            if state is not None and state.closed:
                raise Refused("round-closed", field="round_id", id=data.round_id)
        case _:
            assert_never(data)


def instrument_of(opened: AssessmentRoundOpened, world: World) -> InstrumentPublished | None:
    """Return the version of the instrument a round asks with."""
    found: Instrument | None = state_of("instrument", world.history("instrument", opened.instrument_id))
    return found.version(opened.version) if found else None


AnswersEvent = SelfAssessmentSubmitted | AssessmentVoided


def evolve_answers(_: str | None, happening: Envelope) -> str:
    """Return where somebody's answer stands: submitted or voided."""
    data: AnswersEvent = happening.data
    match data:
        case SelfAssessmentSubmitted():
            return "submitted"
        case AssessmentVoided():
            return "voided"
        case _:
            assert_never(data)


def admit_answers(state: str | None, happening: Envelope, world: World) -> None:
    """One answer per person, round and frame, in an open round, on the scale; *then* only after the start."""
    data: AnswersEvent = happening.data
    match data:
        case SelfAssessmentSubmitted():
            if state == "submitted":
                raise Refused("already-answered", field="round_id", id=data.round_id)
            found = _open_round(data.round_id, data.participant_id, happening, world)
            if found is not None and data.frame is Frame.THEN and found.moment is RoundMoment.BEFORE:
                raise Refused("then-in-before-round", field="frame")
            _admit_items(data.answers, found, world)
        case AssessmentVoided():
            if state != "submitted":
                raise Refused("nothing-to-void", field="round_id", id=data.round_id)
        case _:
            assert_never(data)


def admit_observer(_: Any, happening: Envelope, world: World) -> None:
    """An observer rates by the same items and scale, and never oneself."""
    data: ObserverAssessmentSubmitted = happening.data
    if data.rater == Actor(kind=ActorKind.PARTICIPANT, ref=data.participant_id):
        raise Refused("rater-rates-self", field="rater")
    _admit_items(data.answers, _open_round(data.round_id, data.participant_id, happening, world), world)


def _open_round(round_id: str, participant_id: str, happening: Envelope, world: World) -> AssessmentRoundOpened | None:
    """Return the round, open when the answer was given and meant for this person."""
    history = world.history("round", round_id)
    found: Round | None = state_of("round", history, happening.ended)
    if found is None:
        if history:
            raise Refused("round-not-open-yet", field="round_id", id=round_id)
        return None
    if any(isinstance(item.data, AssessmentRoundClosed) and over_before(item, happening) for item in history):
        raise Refused("round-closed", field="round_id", id=round_id)
    if found.opened.eligible and participant_id not in found.opened.eligible:
        raise Refused("not-asked-in-round", field="participant_id", id=participant_id)
    return found.opened


def _admit_items(answers: tuple[ItemAnswer, ...], opened: AssessmentRoundOpened | None, world: World) -> None:
    if answers is not UNKNOWN and not answers:
        raise Refused("assessment-without-answers", field="answers")
    _no_twin((answer.item for answer in answers or ()), "answers")
    instrument = instrument_of(opened, world) if opened else None
    items = {item.id for item in instrument.items or ()} if instrument else set()
    for answer in answers or ():
        if (answer.value is None) == (answer.skipped is None):
            raise Refused("answer-or-skip", field="answers", id=answer.item)
        if instrument is None:
            continue
        if items and answer.item not in items:
            raise Refused("item-unknown", field="answers", id=answer.item)
        scale = instrument.scale
        if scale is not UNKNOWN and answer.value is not None and not scale.holds(answer.value):
            raise Refused("value-off-scale", field="answers", min=scale.min, max=scale.max)


thing(
    "framework",
    da="kompetenceramme",
    en="competence framework",
    register=True,
    admit=admit_framework,
    evolve=evolve_framework,
)
thing(
    "instrument", da="måleinstrument", en="instrument", register=True, admit=admit_instrument, evolve=evolve_instrument
)
thing("round", da="runde", en="round", register=True, admit=admit_round, evolve=evolve_round)
thing("answers", da="selvvurdering", en="self-assessment", admit=admit_answers, evolve=evolve_answers)
thing("observer-assessment", da="vurdering udefra", en="observer's assessment", admit=admit_observer)
