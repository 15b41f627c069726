"""Acting: the 100-day actions, and the projects that grow out of them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from domain.kernel import event, thing
from domain.refusals import Refused
from domain.vocabulary import (
    UNKNOWN,
    ActionId,
    Actor,
    BasisId,
    Count,
    Date,
    FileDigest,
    Flag,
    GroupId,
    LocalId,
    ProductId,
    ProjectId,
    Public,
    Purpose,
    Record,
    Text,
    Visibility,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope, World


class ProductKind(StrEnum):
    """What kind of product was made."""

    DOCUMENT = "document"
    WEBSITE = "website"
    FILM = "film"
    PRINT = "print"
    OBJECT = "object"
    OTHER = "other"


@event(
    "action-planned.v1",
    da="100-dages handling",
    en="100-day action",
    about="action_id",
    creates=True,
    core=True,
    purpose=Purpose.FACILITATION,
)
class ActionPlanned:
    """A small experiment was planned for the 100 days: what, who, until when, and how it will show.

    Example: the traffic group bakes buns with a message, before the party.
    """

    action_id: ActionId
    title: Public
    aim: Text
    sign_of_success: Text
    owners: tuple[Actor, ...]
    due: Date
    group_id: GroupId | None = None
    starts: Date | None = None
    builds_on: tuple[BasisId, ...] = ()
    strengths: tuple[BasisId, ...] = ()


@event("action-started.v1", da="Handling i gang", en="Action started", about="action_id", purpose=Purpose.FACILITATION)
class ActionStarted:
    """Work on an action began.

    Example: the baker said yes, and the dough is set.
    """

    action_id: ActionId
    note: Text | None = None


@event(
    "action-progressed.v1",
    da="Nyt om handlingen",
    en="Action progressed",
    about="action_id",
    core=True,
    purpose=Purpose.FACILITATION,
)
class ActionProgressed:
    """Something came of an action on the way.

    Example: two of three benches stand.
    """

    action_id: ActionId
    note: Text
    evidence: Text | None = None


@event("obstacle-met.v1", da="Forhindring", en="Obstacle", about="action_id", purpose=Purpose.FACILITATION)
class ObstacleMet:
    """Something stood in the way.

    Example: the landowner has not answered.
    """

    action_id: ActionId
    obstacle: Text


@event("action-rescheduled.v1", da="Ny frist", en="Action rescheduled", about="action_id", purpose=Purpose.FACILITATION)
class ActionRescheduled:
    """An action got another due date, for a reason.

    Example: the third bench waits until June.
    """

    action_id: ActionId
    reason: Text
    due: Date


@event("action-completed.v1", da="Handling gennemført", en="Action completed", about="action_id", core=True)
class ActionCompleted:
    """An action was done: what came of it and what was learned.

    Example: 300 buns, and half the village talked about the speed limit.
    """

    action_id: ActionId
    result: Text
    learning: Text


@event("action-abandoned.v1", da="Handling standset", en="Action stopped", about="action_id", core=True)
class ActionAbandoned:
    """An action was stopped: why, and what was learned. That is no failure.

    Example: no bus company offered; next time we ask before we promise.
    """

    action_id: ActionId
    reason: Text
    learning: Text


@event("action-handed-over.v1", da="Handling givet videre", en="Action handed over", about="action_id")
class ActionHandedOver:
    """Others took an action over.

    Example: the local forum runs the website from now on.
    """

    action_id: ActionId
    to: Actor


@event(
    "project-launched.v1",
    da="Projekt søsat",
    en="Project launched",
    about="project_id",
    creates=True,
    visibility=Visibility.PUBLIC,
)
class ProjectLaunched:
    """A lasting project grew out of the process.

    Example: a co-housing community for families and seniors.
    """

    project_id: ProjectId
    title: Public
    group_id: GroupId | None = None
    builds_on: tuple[BasisId, ...] = ()


@event("milestone-set.v1", da="Milepæl sat", en="Milestone set", about="project_id")
class MilestoneSet:
    """A project set a mark to reach.

    Example: the local plan adopted before New Year.
    """

    project_id: ProjectId
    milestone_id: LocalId
    title: Public
    due: Date | None = None


@event("milestone-reached.v1", da="Milepæl nået", en="Milestone reached", about="project_id")
class MilestoneReached:
    """A project reached its mark.

    Example: the local plan was adopted.
    """

    project_id: ProjectId
    milestone_id: LocalId


@event("product-delivered.v1", da="Produkt afleveret", en="Product delivered", about="product_id", creates=True)
class ProductDelivered:
    """Something that can be handed on was made.

    Example: a film about the hall.
    """

    product_id: ProductId
    title: Public
    kind: ProductKind
    sha256: FileDigest | None = None


@event("project-handed-over.v1", da="Projekt givet videre", en="Project handed over", about="project_id")
class ProjectHandedOver:
    """Others took a project over.

    Example: the housing association builds the homes.
    """

    project_id: ProjectId
    to: Actor


@event("project-stopped.v1", da="Projekt standset", en="Project stopped", about="project_id")
class ProjectStopped:
    """A project was stopped: why, and what was learned.

    Example: the land was sold to others.
    """

    project_id: ProjectId
    reason: Text
    learning: Text


@event("sustainability-checked.v1", da="Forankring tjekket", en="Sustainability checked", about="project_id")
class SustainabilityChecked:
    """Months later, somebody looked whether it is still there.

    Example: a year on, the shared meals are still held every month.
    """

    project_id: ProjectId
    months_after: Count
    still_running: Flag
    note: Text | None = None


# ------------------------------------------------------------------ rules of an action
class Action(Record):
    """Where an action stands: planned, started, completed, abandoned or handed-over."""

    status: str = "planned"


OVER = frozenset({"completed", "abandoned", "handed-over"})

ActionEvent = (
    ActionPlanned
    | ActionStarted
    | ActionProgressed
    | ObstacleMet
    | ActionRescheduled
    | ActionCompleted
    | ActionAbandoned
    | ActionHandedOver
)


def evolve_action(state: Action | None, happening: Envelope) -> Action:
    """Fold one event into the action."""
    data: ActionEvent = happening.data
    now = state or Action()
    match data:
        case ActionPlanned() | ObstacleMet() | ActionRescheduled():
            return now
        case ActionStarted() | ActionProgressed():
            return Action("started")
        case ActionCompleted():
            return Action("completed")
        case ActionAbandoned():
            return Action("abandoned")
        case ActionHandedOver():
            return Action("handed-over")
        case _:
            assert_never(data)


def admit_action(state: Action | None, happening: Envelope, _: World) -> None:
    """Nothing happens to an action that is over; ending one takes a result or a reason, and what was learned."""
    data: ActionEvent = happening.data
    if state is not None and state.status in OVER:
        raise Refused("action-over", field="action_id", status=state.status)
    match data:
        case ActionPlanned():
            if data.starts and data.due is not UNKNOWN and data.due < data.starts:
                raise Refused("due-before-start", field="due")
        case ActionStarted():
            if state is not None and state.status == "started":
                raise Refused("action-already-started", field="action_id")
        case ActionCompleted():
            if _blank(data.result) or _blank(data.learning):
                raise Refused("completion-without-result", field="result" if _blank(data.result) else "learning")
        case ActionAbandoned():
            if _blank(data.reason) or _blank(data.learning):
                raise Refused("abandonment-without-learning", field="reason" if _blank(data.reason) else "learning")
        case ActionProgressed() | ObstacleMet() | ActionRescheduled() | ActionHandedOver():
            pass
        case _:
            assert_never(data)


def _blank(text: Text) -> bool:
    return text is not UNKNOWN and isinstance(text.value, str) and not text.value.strip()


# ------------------------------------------------------------------ rules of a project
class Project(Record):
    """Its milestones, and whether it is over."""

    milestones: frozenset[str] = frozenset()
    over: bool = False


ProjectEvent = (
    ProjectLaunched | MilestoneSet | MilestoneReached | ProjectHandedOver | ProjectStopped | SustainabilityChecked
)


def evolve_project(state: Project | None, happening: Envelope) -> Project:
    """Fold one event into the project."""
    data: ProjectEvent = happening.data
    now = state or Project()
    match data:
        case MilestoneSet():
            return replace(now, milestones=now.milestones | {data.milestone_id})
        case ProjectHandedOver() | ProjectStopped():
            return replace(now, over=True)
        case ProjectLaunched() | MilestoneReached() | SustainabilityChecked():
            return now
        case _:
            assert_never(data)


def admit_project(state: Project | None, happening: Envelope, _: World) -> None:
    """A project is handed over or stopped once; a milestone is set before it is reached."""
    data: ProjectEvent = happening.data
    now = state or Project()
    match data:
        case MilestoneSet():
            if data.milestone_id in now.milestones:
                raise Refused("milestone-twice", field="milestone_id", id=data.milestone_id)
        case MilestoneReached():
            if data.milestone_id not in now.milestones:
                raise Refused("milestone-unknown", field="milestone_id", id=data.milestone_id)
        case ProjectHandedOver() | ProjectStopped():
            if now.over:
                raise Refused("project-over", field="project_id")
        case ProjectLaunched() | SustainabilityChecked():
            pass
        case _:
            assert_never(data)


thing("action", da="handling", en="action", admit=admit_action, evolve=evolve_action)
thing("project", da="projekt", en="project", admit=admit_project, evolve=evolve_project)
thing("product", da="produkt", en="product")
