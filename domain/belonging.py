"""Belonging: people, the roles they have, the organisations and groups they are part of."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from domain.kernel import event, thing
from domain.refusals import Refused
from domain.timing import end_of_day, start_of_day
from domain.vocabulary import (
    PARTICIPANT_PATTERN,
    UNKNOWN,
    Date,
    Flag,
    GroupId,
    LocalId,
    OrganisationId,
    ParticipantId,
    Public,
    Purpose,
    Record,
    Role,
    Text,
    Visibility,
)

if TYPE_CHECKING:
    import datetime as dt

    from domain.kernel import Envelope, World


class OrganisationKind(StrEnum):
    """What kind of institution it is."""

    MUNICIPALITY = "municipality"
    COUNCIL = "council"
    COMMITTEE = "committee"
    ASSOCIATION = "association"
    COMPANY = "company"
    FUND = "fund"
    INSTITUTION = "institution"
    OTHER = "other"


@event(
    "participant-registered.v1",
    da="Deltager",
    en="Participant",
    about="participant_id",
    creates=True,
    core=True,
    owner="participant_id",
    visibility=Visibility.TEAM,
    purpose=Purpose.FACILITATION,
)
class ParticipantRegistered:
    """Somebody takes part; the name is kept where it can be deleted.

    Example: a citizen signs up at the kick-off and becomes p17.
    """

    participant_id: ParticipantId
    name: Text | None = None
    contact: Text | None = None
    pseudonym: LocalId | None = None
    guardian_required: Flag | None = None


@event(
    "participant-left.v1", da="Deltager gået ud", en="Participant left", about="participant_id", owner="participant_id"
)
class ParticipantLeft:
    """Somebody no longer takes part.

    Example: a family moved away in April.
    """

    participant_id: ParticipantId
    reason: Text | None = None


@event("participants-merged.v1", da="Deltagere lagt sammen", en="Participants merged", about="participant_id")
class ParticipantsMerged:
    """Two registrations turned out to be the same person; the first one stays.

    Example: p17 and p41 are one; what p41 did counts as p17's.
    """

    participant_id: ParticipantId
    duplicate_id: ParticipantId


@event(
    "organisation-registered.v1",
    da="Organisation",
    en="Organisation",
    about="organisation_id",
    creates=True,
    visibility=Visibility.PUBLIC,
)
class OrganisationRegistered:
    """An institution, committee or association that acts in the process.

    Example: the municipal council, as a body that decides.
    """

    organisation_id: OrganisationId
    title: Public
    kind: OrganisationKind


@event("role-assumed.v1", da="Rolle", en="Role assumed", about="participant_id", core=True)
class RoleAssumed:
    """A participant took on a role; one may have several.

    Example: a resident who also works for the municipality is both citizen and employee.
    """

    participant_id: ParticipantId
    role: Role
    from_: Date | None = None
    to: Date | None = None


@event("role-ended.v1", da="Rolle ophørt", en="Role ended", about="participant_id")
class RoleEnded:
    """A participant gave up a role.

    Example: after the election the politician is a citizen again.
    """

    participant_id: ParticipantId
    role: Role
    to: Date | None = None


@event(
    "group-formed.v1",
    da="Borgergruppe",
    en="Citizens' group",
    about="group_id",
    creates=True,
    core=True,
    visibility=Visibility.PUBLIC,
)
class GroupFormed:
    """A group was formed around a theme.

    Example: eight people gather around safe traffic.
    """

    group_id: GroupId
    title: Public
    theme: Public
    aliases: tuple[Public, ...] = ()


@event("group-joined.v1", da="Kom med i gruppen", en="Group joined", about="group_id")
class GroupJoined:
    """A participant joined a group.

    Example: p17 joins the traffic group.
    """

    group_id: GroupId
    participant_id: ParticipantId


@event("group-left.v1", da="Gik ud af gruppen", en="Group left", about="group_id")
class GroupLeft:
    """A participant left a group.

    Example: p17 leaves the traffic group for the hall.
    """

    group_id: GroupId
    participant_id: ParticipantId


@event("coordinator-named.v1", da="Tovholder", en="Coordinator named", about="group_id")
class CoordinatorNamed:
    """A participant holds the strings of a group.

    Example: p17 is the traffic group's coordinator.
    """

    group_id: GroupId
    participant_id: ParticipantId


@event("group-merged.v1", da="Grupper lagt sammen", en="Group merged", about="group_id")
class GroupMerged:
    """A group went into another.

    Example: the garden group goes into the children's group.
    """

    group_id: GroupId
    into_id: GroupId


@event("group-dissolved.v1", da="Gruppe opløst", en="Group dissolved", about="group_id")
class GroupDissolved:
    """A group stopped.

    Example: the group's work is done.
    """

    group_id: GroupId
    reason: Text | None = None


# ------------------------------------------------------------------ rules
class RoleSpan(Record):
    """A role and the moments it lasted between; no end means it still does."""

    role: Role
    start: dt.datetime
    end: dt.datetime | None = None

    def covers(self, at: dt.datetime) -> bool:
        """Return whether the role was held at that moment."""
        return self.start <= at and (self.end is None or at <= self.end)

    def meets(self, other: RoleSpan) -> bool:
        """Return whether there is a moment of the same role in both."""
        early, late = sorted((self, other), key=lambda span: span.start)
        return self.role is other.role and (early.end is None or late.start <= early.end)


class Participant(Record):
    """Whether somebody still takes part, in which roles, and whether a guardian answers for them."""

    here: bool = True
    guardian_required: bool = False
    roles: tuple[RoleSpan, ...] = ()
    merged: frozenset[str] = frozenset()

    def in_role(self, role: Role, at: dt.datetime) -> bool:
        """Return whether the participant had the role at that moment."""
        return any(span.role is role and span.covers(at) for span in self.roles)


ParticipantEvent = ParticipantRegistered | ParticipantLeft | ParticipantsMerged | RoleAssumed | RoleEnded


def evolve_participant(state: Participant | None, happening: Envelope) -> Participant:
    """Fold one event into the participant."""
    data: ParticipantEvent = happening.data
    now = state or Participant()
    match data:
        case ParticipantRegistered():
            return replace(now, guardian_required=data.guardian_required is True)
        case ParticipantLeft():
            return replace(now, here=False)
        case ParticipantsMerged():
            return replace(now, merged=now.merged | {data.duplicate_id})
        case RoleAssumed():
            return replace(now, roles=(*now.roles, _span(data, happening)))
        case RoleEnded():
            end = end_of_day(data.to) if data.to else happening.time
            return replace(now, roles=tuple(_ended(span, data.role, end) for span in now.roles))
        case _:
            assert_never(data)


def _span(data: RoleAssumed, happening: Envelope) -> RoleSpan:
    start = start_of_day(data.from_) if data.from_ else happening.time
    return RoleSpan(data.role, start, end_of_day(data.to) if data.to else None)


def _ended(span: RoleSpan, role: Role, end: dt.datetime) -> RoleSpan:
    return replace(span, end=end) if span.role is role and span.covers(end) else span


def admit_participant(state: Participant | None, happening: Envelope, world: World) -> None:
    """Nobody leaves twice, holds one role twice at once, or ends a role never held."""
    data: ParticipantEvent = happening.data
    match data:
        case ParticipantRegistered():
            if not PARTICIPANT_PATTERN.fullmatch(data.participant_id):
                raise Refused("participant-id-is-a-name", field="participant_id")
        case ParticipantLeft():
            if state is not None and not state.here:
                raise Refused("participant-already-left", field="participant_id")
        case ParticipantsMerged():
            _admit_merge(state, data)
        case RoleAssumed():
            _admit_role(state, _span(data, happening))
        case RoleEnded():
            end = end_of_day(data.to) if data.to else happening.time
            if state is not None and data.role is not UNKNOWN and not state.in_role(data.role, end):
                raise Refused("role-never-held", field="role")
        case _:
            assert_never(data)


def _admit_role(state: Participant | None, new: RoleSpan) -> None:
    if new.end is not None and new.end < new.start:
        raise Refused("period-ends-before-it-begins", field="to")
    if state is not None and new.role is not UNKNOWN and any(span.meets(new) for span in state.roles):
        raise Refused("role-already-held", field="role")


def _admit_merge(state: Participant | None, data: ParticipantsMerged) -> None:
    if data.duplicate_id == data.participant_id:
        raise Refused("merged-with-itself", field="duplicate_id", id=data.duplicate_id)
    if state is not None and data.duplicate_id in state.merged:
        raise Refused("already-merged", field="duplicate_id", id=data.duplicate_id)


class Group(Record):
    """Who is in a group, and whether it still exists."""

    members: frozenset[str] = frozenset()
    over: bool = False


GroupEvent = GroupFormed | GroupJoined | GroupLeft | CoordinatorNamed | GroupMerged | GroupDissolved


def evolve_group(state: Group | None, happening: Envelope) -> Group:
    """Fold one event into the group."""
    data: GroupEvent = happening.data
    now = state or Group()
    match data:
        case GroupFormed():
            return now
        case GroupJoined():
            return replace(now, members=now.members | {data.participant_id})
        case GroupLeft():
            return replace(now, members=now.members - {data.participant_id})
        case CoordinatorNamed():
            return now
        case GroupMerged() | GroupDissolved():
            return replace(now, over=True)
        case _:
            assert_never(data)


def admit_group(state: Group | None, happening: Envelope, world: World) -> None:
    """Nothing happens in a group that is over; nobody joins twice or leaves unjoined."""
    data: GroupEvent = happening.data
    now = state or Group()
    if now.over:
        raise Refused("group-over", field="group_id")
    match data:
        case GroupJoined():
            if data.participant_id in now.members:
                raise Refused("already-member", field="participant_id")
        case GroupLeft():
            if data.participant_id not in now.members:
                raise Refused("not-a-member", field="participant_id")
        case GroupMerged():
            if data.into_id == data.group_id:
                raise Refused("merged-with-itself", field="into_id", id=data.into_id)
        case GroupFormed() | CoordinatorNamed() | GroupDissolved():
            pass
        case _:
            assert_never(data)


thing("participant", da="deltager", en="participant", register=True, admit=admit_participant, evolve=evolve_participant)
thing("organisation", da="organisation", en="organisation", register=True)
thing("group", da="gruppe", en="group", register=True, admit=admit_group, evolve=evolve_group)
