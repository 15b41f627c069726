"""Relating: who has to do with whom, asked of the same people in waves."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from domain.kernel import event, over_before, state_of, thing
from domain.refusals import Refused
from domain.vocabulary import (
    Actor,
    Count,
    GatheringId,
    Localised,
    ParticipantId,
    Record,
    Scale,
    Text,
    Visibility,
    WaveId,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope, World


class TieKind(StrEnum):
    """What one person is to another, as the one who says it sees it."""

    KNOWS = "knows"
    TALKS_WITH = "talks-with"
    GETS_HELP_FROM = "gets-help-from"
    TRUSTS = "trusts"
    WORKS_WITH = "works-with"


class Since(StrEnum):
    """Whether a tie is older than the process."""

    BEFORE = "before"
    DURING = "during"


@event("relationship-wave-opened.v1", da="Relationsrunde åbnet", en="Wave opened", about="wave_id", creates=True)
class RelationshipWaveOpened:
    """The people on a list are asked, in the same words, who they have to do with.

    Example: the first wave at the kick-off: whom of these do you know, and whom do you work with?
    """

    wave_id: WaveId
    wording: Localised
    kinds: tuple[TieKind, ...]
    roster: tuple[ParticipantId, ...]
    strength_scale: Scale | None = None
    cap: Count | None = None


@event("relationship-wave-closed.v1", da="Relationsrunde lukket", en="Wave closed", about="wave_id")
class RelationshipWaveClosed:
    """The wave is over; who has not answered by now is a non-respondent, not somebody without ties.

    Example: the first wave closed a week after the kick-off.
    """

    wave_id: WaveId


@event(
    "relation-declared.v1",
    da="Relation",
    en="Tie",
    about=("wave_id", "from"),
    kind="ties",
    creates=None,
    core=True,
    owner="from",
    visibility=Visibility.EVALUATORS,
)
class RelationDeclared:
    """A participant said what another is to them.

    Example: p17, a citizen, works with p3, an employee, since the second gathering.
    """

    wave_id: WaveId
    from_: ParticipantId
    to: ParticipantId
    kind: TieKind
    strength: Count | None = None
    since: Since | None = None
    gathering_id: GatheringId | None = None


@event(
    "no-relations-declared.v1",
    da="Ingen relationer endnu",
    en="No ties yet",
    about=("wave_id", "participant_id"),
    kind="ties",
    creates=None,
    owner="participant_id",
    visibility=Visibility.EVALUATORS,
)
class NoRelationsDeclared:
    """A participant answered that there are none yet; that is an answer, not silence.

    Example: p22 has just moved to the village and knows nobody on the list.
    """

    wave_id: WaveId
    participant_id: ParticipantId


@event(
    "relation-disputed.v1",
    da="Relation bestridt",
    en="Tie disputed",
    about=("wave_id", "from"),
    kind="ties",
    creates=None,
    visibility=Visibility.EVALUATORS,
)
class RelationDisputed:
    """Somebody named in a tie says it is not so.

    Example: p3 does not see it as working together.
    """

    wave_id: WaveId
    from_: ParticipantId
    to: ParticipantId
    kind: TieKind
    by: Actor
    reason: Text


# ------------------------------------------------------------------ rules of a wave
class Wave(Record):
    """What is asked of whom, and whether the wave is closed."""

    opened: RelationshipWaveOpened
    closed: bool = False


WaveEvent = RelationshipWaveOpened | RelationshipWaveClosed


def evolve_wave(state: Wave | None, happening: Envelope) -> Wave | None:
    """Fold one event into the wave."""
    data: WaveEvent = happening.data
    match data:
        case RelationshipWaveOpened():
            return Wave(data, closed=bool(state and state.closed))
        case RelationshipWaveClosed():
            return replace(state, closed=True) if state else None
        case _:
            assert_never(data)


def admit_wave(state: Wave | None, happening: Envelope, _: World) -> None:
    """A wave lists each person once, its scale rises, and it closes once."""
    data: WaveEvent = happening.data
    match data:
        case RelationshipWaveOpened():
            roster = data.roster or ()
            if len(roster) != len(set(roster)):
                raise Refused("listed-twice", field="roster", id=next(x for x in roster if roster.count(x) > 1))
            if data.strength_scale and data.strength_scale.max <= data.strength_scale.min:
                raise Refused("scale-does-not-rise", field="strength_scale")
        case RelationshipWaveClosed():
            if state is not None and state.closed:
                raise Refused("wave-closed", field="wave_id", id=data.wave_id)
        case _:
            assert_never(data)


# ------------------------------------------------------------------ rules of one person's answer
class Ties(Record):
    """What one person has answered in one wave."""

    declared: frozenset[tuple[str, str]] = frozenset()
    none: bool = False


TiesEvent = RelationDeclared | NoRelationsDeclared | RelationDisputed


def evolve_ties(state: Ties | None, happening: Envelope) -> Ties:
    """Fold one event into somebody's answer."""
    data: TiesEvent = happening.data
    now = state or Ties()
    match data:
        case RelationDeclared():
            return replace(now, declared=now.declared | {(data.to, data.kind)})
        case NoRelationsDeclared():
            return replace(now, none=True)
        case RelationDisputed():
            return now
        case _:
            assert_never(data)


def admit_ties(state: Ties | None, happening: Envelope, world: World) -> None:
    """A tie joins two of the roster in an open wave; "none yet" stands alone.

    A dispute that stands (it has a position) never keeps the tie from being mended or withdrawn: that settles it.
    """
    data: TiesEvent = happening.data
    now = state or Ties()
    match data:
        case RelationDeclared():
            wave = _open_wave(happening, world)
            if now.none:
                raise Refused("none-beside-relations", field="to")
            _admit_tie(now, data, wave)
        case NoRelationsDeclared():
            wave = _open_wave(happening, world)
            if now.declared:
                raise Refused("none-beside-relations", field="participant_id")
            if now.none:
                raise Refused("none-already-declared", field="participant_id")
            _on_roster(data.participant_id, wave, "participant_id")
        case RelationDisputed():
            if not happening.position and (data.to, data.kind) not in now.declared:
                raise Refused("relation-unknown", field="to")
        case _:
            assert_never(data)


def _admit_tie(now: Ties, data: RelationDeclared, wave: RelationshipWaveOpened | None) -> None:
    if data.to == data.from_:
        raise Refused("tie-to-oneself", field="to")
    if (data.to, data.kind) in now.declared:
        raise Refused("relation-already-declared", field="to", id=data.to)
    _on_roster(data.from_, wave, "from")
    _on_roster(data.to, wave, "to")
    if wave is None:
        return
    if wave.kinds and data.kind not in wave.kinds:
        raise Refused("kind-not-asked", field="kind", choices=", ".join(wave.kinds))
    if wave.cap and len({to for to, kind in now.declared if kind == data.kind}) >= wave.cap:
        raise Refused("more-ties-than-asked", field="to", cap=wave.cap)
    scale = wave.strength_scale
    if data.strength is None:
        return
    if scale is None:
        raise Refused("strength-not-asked", field="strength")
    if not scale.holds(data.strength):
        raise Refused("value-off-scale", field="strength", min=scale.min, max=scale.max)


def _open_wave(happening: Envelope, world: World) -> RelationshipWaveOpened | None:
    history = world.history("wave", happening.data.wave_id)
    found: Wave | None = state_of("wave", history, happening.ended)
    if found is None:
        if history:
            raise Refused("wave-not-open-yet", field="wave_id", id=happening.data.wave_id)
        return None
    if any(isinstance(item.data, RelationshipWaveClosed) and over_before(item, happening) for item in history):
        raise Refused("wave-closed", field="wave_id", id=happening.data.wave_id)
    return found.opened


def _on_roster(person: str, wave: RelationshipWaveOpened | None, field: str) -> None:
    if wave is not None and wave.roster and person not in wave.roster:
        raise Refused("off-the-roster", field=field, id=person)


thing("wave", da="relationsrunde", en="wave", register=True, admit=admit_wave, evolve=evolve_wave)
thing("ties", da="relationer", en="ties", admit=admit_ties, evolve=evolve_ties)
