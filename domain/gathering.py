"""Gathering: planned and held, who was asked, who came, what was done there."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from domain.kernel import event, thing
from domain.refusals import Refused
from domain.vocabulary import (
    UNKNOWN,
    Count,
    GatheringId,
    Minutes,
    Moment,
    ParticipantId,
    Public,
    Purpose,
    Role,
    RoleCount,
    Text,
    Visibility,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope, World


class GatheringKind(StrEnum):
    """What kind of gathering it is."""

    KICK_OFF = "kick-off"
    WORKSHOP = "workshop"
    GROUP_MEETING = "group-meeting"
    ACTION_LEARNING = "action-learning"
    CELEBRATION = "celebration"
    COMMITTEE = "committee"
    OTHER = "other"


class Attendance(StrEnum):
    """Whether somebody came; unknown is never counted as absent."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"
    UNKNOWN = "unknown"


@event(
    "gathering-planned.v1",
    da="Samling planlagt",
    en="Gathering planned",
    about="gathering_id",
    creates=True,
    core=True,
    visibility=Visibility.PUBLIC,
    purpose=Purpose.FACILITATION,
)
class GatheringPlanned:
    """A gathering was called: when, where, for what.

    Example: a kick-off in the hall on a Sunday in January.
    """

    gathering_id: GatheringId
    title: Public
    kind: GatheringKind
    series: Public | None = None
    place: Public | None = None
    starts: Moment | None = None
    ends: Moment | None = None
    purpose: Text | None = None


@event(
    "gathering-held.v1",
    da="Samling holdt",
    en="Gathering held",
    about="gathering_id",
    core=True,
    visibility=Visibility.PUBLIC,
    purpose=Purpose.FACILITATION,
)
class GatheringHeld:
    """A gathering took place.

    Example: the kick-off was held.
    """

    gathering_id: GatheringId
    place: Public | None = None
    note: Text | None = None


@event(
    "gathering-cancelled.v1",
    da="Samling aflyst",
    en="Gathering cancelled",
    about="gathering_id",
    visibility=Visibility.PUBLIC,
)
class GatheringCancelled:
    """A gathering did not take place.

    Example: called off because of snow.
    """

    gathering_id: GatheringId
    reason: Text


@event("invitation-sent.v1", da="Invitation", en="Invitation sent", purpose=Purpose.FACILITATION)
class InvitationSent:
    """People were asked to come; those it did not reach were never asked.

    Example: a leaflet to 700 households.
    """

    gathering_id: GatheringId
    channel: Public
    reach: tuple[RoleCount, ...] = ()


@event(
    "attendance-recorded.v1",
    da="Fremmøde",
    en="Attendance",
    about=("gathering_id", "participant_id"),
    kind="attendance",
    creates=None,
    core=True,
    visibility=Visibility.TEAM,
)
class AttendanceRecorded:
    """Whether one participant came to one gathering, and in which role.

    Example: p17 was present at the kick-off as a citizen.
    """

    gathering_id: GatheringId
    participant_id: ParticipantId
    status: Attendance
    role: Role | None = None


@event("headcount-recorded.v1", da="Antal fremmødte", en="Headcount", visibility=Visibility.PUBLIC)
class HeadcountRecorded:
    """How many came, when nobody wrote down who.

    Example: 50 in all, counted at the door.
    """

    total: Count
    basis: Public
    gathering_id: GatheringId | None = None
    by_role: tuple[RoleCount, ...] = ()


@event("exercise-run.v1", da="Øvelse", en="Exercise", purpose=Purpose.FACILITATION)
class ExerciseRun:
    """A tool was used at a gathering, for so many minutes.

    Example: the three-voice interview took 30 minutes where 20 were planned.
    """

    gathering_id: GatheringId
    tool: Public
    planned_minutes: Minutes | None = None
    actual_minutes: Minutes | None = None
    note: Text | None = None


# ------------------------------------------------------------------ rules
GatheringEvent = GatheringPlanned | GatheringHeld | GatheringCancelled


def evolve_gathering(_: str | None, happening: Envelope) -> str:
    """Return where a gathering stands: planned, held or cancelled."""
    data: GatheringEvent = happening.data
    match data:
        case GatheringPlanned():
            return "planned"
        case GatheringHeld():
            return "held"
        case GatheringCancelled():
            return "cancelled"
        case _:
            assert_never(data)


def admit_gathering(state: str | None, happening: Envelope, _: World) -> None:
    """A gathering is held or cancelled once, and does not end before it starts."""
    data: GatheringEvent = happening.data
    if state == "cancelled":
        raise Refused("gathering-cancelled", field="gathering_id")
    if state == "held":
        raise Refused("gathering-already-held", field="gathering_id")
    if isinstance(data, GatheringPlanned) and data.starts and data.ends and data.ends < data.starts:
        raise Refused("time-ends-before-it-begins", field="ends")


def admit_headcount(_: Envelope | None, happening: Envelope, __: World) -> None:
    """The roles of a headcount add up to its total (when all are counted)."""
    data: HeadcountRecorded = happening.data
    counted = sum(item.count for item in data.by_role)
    if data.by_role and data.total is not UNKNOWN and counted > data.total:
        raise Refused("headcount-does-not-add-up", field="by_role", sum=counted, total=data.total)


thing("gathering", da="samling", en="gathering", register=True, admit=admit_gathering, evolve=evolve_gathering)
thing("attendance", da="fremmøde", en="attendance")
thing("headcount-recorded", da="antal fremmødte", en="headcount", admit=admit_headcount)
thing("invitation-sent", da="invitation", en="invitation")
thing("exercise-run", da="øvelse", en="exercise")
