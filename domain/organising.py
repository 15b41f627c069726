"""Organising: the process, its grant and money, its goals and how they are to be measured."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from domain.kernel import REGISTRY, WHOLE, event, state_of, thing
from domain.refusals import Refused
from domain.vocabulary import (
    UNKNOWN,
    Actor,
    Amount,
    Count,
    CriterionId,
    Date,
    FileDigest,
    Flag,
    Hours,
    IndicatorId,
    Language,
    LocalId,
    Number,
    ObjectiveId,
    ParticipantId,
    Period,
    Public,
    Purpose,
    Record,
    Role,
    Text,
    Visibility,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope, World


class Aim(StrEnum):
    """What co-creation is for, in the literature's three kinds."""

    EFFICIENCY = "efficiency"
    DEMOCRACY = "democracy"
    INNOVATION = "innovation"


class Direction(StrEnum):
    """Which way an indicator is hoped to move."""

    UP = "up"
    DOWN = "down"
    STEADY = "steady"


class Labour(StrEnum):
    """Whether hours were paid or given."""

    PAID = "paid"
    VOLUNTEER = "volunteer"


class Instalment(Record, kw_only=True):
    """One part of the grant and when it falls due."""

    title: Public
    amount_dkk: Amount
    due: Date | None = None


class Condition(Record, kw_only=True):
    """One condition of the grant letter."""

    text: Text


class BudgetLine(Record, kw_only=True):
    """One line of a budget, of costs or of income."""

    id: LocalId
    title: Public
    amount_dkk: Amount


class Link(Record, kw_only=True):
    """One step of the theory of change: what is expected to lead to what."""

    text: Text


@event(
    "process-registered.v1",
    da="Forløb oprettet",
    en="Process registered",
    about=WHOLE,
    creates=True,
    core=True,
)
class ProcessRegistered:
    """A process of co-creation was set up in the log.

    Example: a village and its municipality begin a process called "Fabelby sætter sejl".
    """

    title: Public
    place: Public
    municipality: Public
    aim: Aim
    period_start: Date
    period_end: Date | None = None
    languages: tuple[Language, ...] = ()
    aliases: tuple[Public, ...] = ()
    fictional: Flag = False


@event(
    "grant-awarded.v1",
    da="Tilsagn",
    en="Grant awarded",
    about=WHOLE,
    kind="grant",
    creates=None,
    visibility=Visibility.PUBLIC,
)
class GrantAwarded:
    """A fund promised money to the process, on conditions.

    Example: a rural-development fund grants 420,000 kr., report due three months after the end.
    """

    funder: Public
    scheme: Public
    case_number: Public
    amount_dkk: Amount
    period: Period
    report_due: Date
    instalments: tuple[Instalment, ...] = ()
    conditions: tuple[Condition, ...] = ()


@event("instalment-received.v1", da="Rate", en="Instalment received", about=WHOLE, kind="grant")
class InstalmentReceived:
    """A part of the grant was paid out.

    Example: the first instalment of 336,000 kr. came on 3 March.
    """

    title: Public
    amount_dkk: Amount
    received_on: Date


@event("budget-approved.v1", da="Budget godkendt", en="Budget approved", about=WHOLE, kind="budget", creates=None)
class BudgetApproved:
    """A budget was approved; accounts are compared with the last one.

    Example: version 2 moves 20,000 kr. from travel to food.
    """

    version: Count
    lines: tuple[BudgetLine, ...]
    sources: tuple[BudgetLine, ...] = ()


@event(
    "grant-change-requested.v1",
    da="Projektændring ansøgt",
    en="Change requested",
    about="change_id",
    kind="change",
    creates=True,
)
class GrantChangeRequested:
    """The fund was asked to accept a change of the project.

    Example: may the closing date move by two months?
    """

    change_id: LocalId
    what: Text
    reason: Text
    budget_version: Count | None = None


@event("grant-change-approved.v1", da="Projektændring godkendt", en="Change approved", about="change_id", kind="change")
class GrantChangeApproved:
    """The fund accepted a change.

    Example: the closing date may move.
    """

    change_id: LocalId
    what: Text | None = None
    reason: Text | None = None
    budget_version: Count | None = None


@event("grant-change-refused.v1", da="Projektændring afslået", en="Change refused", about="change_id", kind="change")
class GrantChangeRefused:
    """The fund did not accept a change.

    Example: the closing date stands.
    """

    change_id: LocalId
    what: Text | None = None
    reason: Text | None = None
    budget_version: Count | None = None


@event(
    "theory-of-change-stated.v1",
    da="Forandringsteori",
    en="Theory of change stated",
    about=WHOLE,
    kind="theory",
    creates=None,
)
class TheoryOfChangeStated:
    """Somebody said how the process is expected to lead to change, and what is taken for granted.

    Example: shared meals lead to acquaintance, acquaintance to help between neighbours.
    """

    links: tuple[Link, ...]
    assumptions: tuple[Link, ...] = ()


@event(
    "objective-defined.v1",
    da="Mål",
    en="Objective",
    about="objective_id",
    creates=True,
    core=True,
    visibility=Visibility.PUBLIC,
)
class ObjectiveDefined:
    """A goal of the process was set.

    Example: broad involvement of everybody concerned.
    """

    objective_id: ObjectiveId
    text: Text
    source: Public


@event(
    "success-criterion-agreed.v1",
    da="Aftalt tegn på succes",
    en="Success criterion agreed",
    about="criterion_id",
    creates=True,
)
class SuccessCriterionAgreed:
    """It was agreed what will show that a goal is reached.

    Example: at least five projects live on a year later.
    """

    criterion_id: CriterionId
    objective_id: ObjectiveId
    text: Text
    agreed_by: tuple[Actor, ...]


@event("indicator-defined.v1", da="Målepunkt", en="Indicator defined", about="indicator_id", creates=True)
class IndicatorDefined:
    """It was settled what is measured, in which unit, and which entries feed it.

    Example: number of actions completed, fed by action-completed, target 12.
    """

    indicator_id: IndicatorId
    objective_id: ObjectiveId
    title: Public
    unit: Public
    direction: Direction
    formula: Public
    fed_by: tuple[LocalId, ...] = ()
    target: Number | None = None
    min_n: Count | None = None


@event("indicator-revised.v1", da="Målepunkt ændret", en="Indicator revised", about="indicator_id")
class IndicatorRevised:
    """An indicator was changed on the way; the reason stands beside it.

    Example: the target went from 12 to 10, since one group stopped.
    """

    indicator_id: IndicatorId
    reason: Text
    title: Public | None = None
    unit: Public | None = None
    direction: Direction | None = None
    formula: Public | None = None
    fed_by: tuple[LocalId, ...] = ()
    target: Number | None = None
    min_n: Count | None = None


@event("baseline-recorded.v1", da="Sådan var det før", en="Baseline recorded", visibility=Visibility.PUBLIC)
class BaselineRecorded:
    """How it was before, as a figure of an indicator or in words.

    Example: 1,193 inhabitants in 2007, by the municipal plan.
    """

    indicator_id: IndicatorId | None = None
    text: Text | None = None
    value: Number | None = None
    unit: Public | None = None
    source: Public | None = None
    method: Public | None = None


@event(
    "expenditure-recorded.v1", da="Udgift", en="Expenditure", purpose=Purpose.FACILITATION, visibility=Visibility.TEAM
)
class ExpenditureRecorded:
    """Money was spent, on a line of the budget, against a voucher.

    Example: 1,250 kr. for bread at the kick-off, voucher 14.
    """

    line_id: LocalId
    amount_dkk: Amount
    voucher: Public
    paid_on: Date
    supplier: Public | None = None
    note: Text | None = None
    file_sha256: FileDigest | None = None


@event(
    "hours-logged.v1",
    da="Timer",
    en="Hours",
    purpose=Purpose.FACILITATION,
    visibility=Visibility.TEAM,
    owner="participant_id",
)
class HoursLogged:
    """Hours were spent, paid or given.

    Example: a citizen gave six hours to the website.
    """

    hours: Hours
    labour: Labour
    participant_id: ParticipantId | None = None
    role: Role | None = None
    rate_basis: Public | None = None


@event("co-financing-received.v1", da="Medfinansiering", en="Co-financing received", visibility=Visibility.TEAM)
class CoFinancingReceived:
    """Money or kind came from another source of the budget.

    Example: the local forum paid 10,000 kr. for the logo.
    """

    source_id: LocalId
    amount_dkk: Amount


# ------------------------------------------------------------------ rules
class Budget(Record):
    """The last approved budget: its version and the ids of its lines and sources."""

    version: int = 0
    lines: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()


def evolve_budget(state: Budget | None, happening: Envelope) -> Budget:
    """Take over the newest budget."""
    approved: BudgetApproved = happening.data
    if approved.version is UNKNOWN or approved.lines is UNKNOWN:
        return state or Budget()
    return Budget(approved.version, frozenset(x.id for x in approved.lines), frozenset(x.id for x in approved.sources))


def admit_budget(state: Budget | None, happening: Envelope, _: World) -> None:
    """A budget's version rises, no line appears twice, and no amount is negative."""
    approved: BudgetApproved = happening.data
    if state is not None and approved.version is not UNKNOWN and approved.version <= state.version:
        raise Refused("budget-version-not-newer", field="version", version=state.version)
    for name in ("lines", "sources"):
        lines: tuple[BudgetLine, ...] = getattr(approved, name) or ()
        for line in lines:
            _not_negative(line.amount_dkk, name)
        ids = [line.id for line in lines]
        if len(ids) != len(set(ids)):
            raise Refused("budget-line-twice", field=name, id=next(x for x in ids if ids.count(x) > 1))


def admit_process(_: Envelope | None, happening: Envelope, __: World) -> None:
    """A process ends after it begins."""
    data: ProcessRegistered = happening.data
    if data.period_end and data.period_start is not UNKNOWN and data.period_end < data.period_start:
        raise Refused("period-ends-before-it-begins", field="period_end")


def admit_grant(_: Envelope | None, happening: Envelope, __: World) -> None:
    """A grant's period ends after it begins, and no amount is negative."""
    data: GrantAwarded | InstalmentReceived = happening.data
    _not_negative(data.amount_dkk, "amount_dkk")
    match data:
        case GrantAwarded():
            for part in data.instalments or ():
                _not_negative(part.amount_dkk, "instalments")
            if data.period is not UNKNOWN and data.period.end < data.period.start:
                raise Refused("period-ends-before-it-begins", field="period")
        case InstalmentReceived():
            pass
        case _:
            assert_never(data)


ChangeEvent = GrantChangeRequested | GrantChangeApproved | GrantChangeRefused


def evolve_change(state: str | None, happening: Envelope) -> str:
    """Return where a requested change stands: ``open`` or ``settled``."""
    data: ChangeEvent = happening.data
    match data:
        case GrantChangeRequested():
            return state or "open"
        case GrantChangeApproved() | GrantChangeRefused():
            return "settled"
        case _:
            assert_never(data)


def admit_change(state: str | None, happening: Envelope, _: World) -> None:
    """Only an open request is approved or refused."""
    if not isinstance(happening.data, GrantChangeRequested) and state != "open":
        raise Refused("change-never-requested", field="change_id", id=happening.data.change_id)


def admit_baseline(_: Envelope | None, happening: Envelope, __: World) -> None:
    """A baseline measures an indicator or says something in words."""
    if happening.data.indicator_id is None and happening.data.text is None and not happening.notrecorded:
        raise Refused("baseline-without-measure", field="text")


def admit_expenditure(_: Envelope | None, happening: Envelope, world: World) -> None:
    """Money is spent on a line of the last approved budget, and never less than nothing."""
    data: ExpenditureRecorded = happening.data
    _not_negative(data.amount_dkk, "amount_dkk")
    budget: Budget | None = state_of("budget", world.history("budget", happening.process))
    if budget is not None and budget.lines and data.line_id not in budget.lines:
        raise Refused("budget-line-unknown", field="line_id", id=data.line_id)


def admit_co_financing(_: Envelope | None, happening: Envelope, world: World) -> None:
    """Co-financing comes from a source of the last approved budget."""
    data: CoFinancingReceived = happening.data
    _not_negative(data.amount_dkk, "amount_dkk")
    budget: Budget | None = state_of("budget", world.history("budget", happening.process))
    if budget is not None and budget.sources and data.source_id not in budget.sources:
        raise Refused("budget-line-unknown", field="source_id", id=data.source_id)


def admit_hours(_: Envelope | None, happening: Envelope, __: World) -> None:
    """Hours belong to a person or a role."""
    data: HoursLogged = happening.data
    _not_negative(data.hours, "hours")
    if data.participant_id is None and data.role is None and "role" not in {x.field for x in happening.notrecorded}:
        raise Refused("hours-without-person-or-role", field="participant_id")


def admit_indicator(_: Envelope | None, happening: Envelope, __: World) -> None:
    """An indicator is fed by event types that exist."""
    names = {found.stem for found in REGISTRY.values()} | set(REGISTRY)
    for name in happening.data.fed_by or ():
        if name not in names:
            raise Refused("unknown-thing", field="fed_by", kind="event type", id=name)


def _not_negative(value: Amount, name: str) -> None:
    if value is not UNKNOWN and value < 0:
        raise Refused("amount-negative", field=name)


thing("process", da="forløb", en="process", register=True, admit=admit_process)
thing("grant", da="tilskud", en="grant", register=True, admit=admit_grant)
thing("budget", da="budget", en="budget", register=True, admit=admit_budget, evolve=evolve_budget)
thing("change", da="projektændring", en="grant change", register=True, admit=admit_change, evolve=evolve_change)
thing("theory", da="forandringsteori", en="theory of change", register=True)
thing("objective", da="mål", en="goal", register=True)
thing("criterion", da="tegn på succes", en="success criterion", register=True)
thing("indicator", da="målepunkt", en="indicator", register=True, admit=admit_indicator)
thing("baseline-recorded", da="udgangspunkt", en="baseline", admit=admit_baseline)
thing("expenditure-recorded", da="udgift", en="expenditure", admit=admit_expenditure)
thing("co-financing-received", da="medfinansiering", en="co-financing", admit=admit_co_financing)
thing("hours-logged", da="timer", en="hours", admit=admit_hours)
