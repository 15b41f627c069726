"""Modelling: what of a process others can use again, and how they used it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.kernel import WHOLE, event, thing
from domain.refusals import Refused
from domain.vocabulary import (
    UNKNOWN,
    Actor,
    Count,
    EventId,
    LocalId,
    Minutes,
    Public,
    Record,
    Role,
    TemplateId,
    Text,
    Visibility,
)

if TYPE_CHECKING:
    from domain.kernel import Envelope, World


class TemplateStep(Record, kw_only=True):
    """One step of the model: what, how many days after the start, how long, with which tool, for whom."""

    title: Public
    day: Count | None = None
    minutes: Minutes | None = None
    tool: Public | None = None
    roles: tuple[Role, ...] = ()


class Principle(Record, kw_only=True):
    """One thing the model holds on to."""

    text: Text


@event(
    "process-template-derived.v1",
    da="Model udledt",
    en="Process template derived",
    about="template_id",
    creates=None,
    visibility=Visibility.PUBLIC,
)
class ProcessTemplateDerived:
    """A model was drawn from the process: steps, tools, principles, and the entries it rests on.

    Example: kick-off, groups, five sessions of action learning, a party after 100 days.
    """

    template_id: TemplateId
    version: Count
    steps: tuple[TemplateStep, ...]
    tools: tuple[Public, ...] = ()
    principles: tuple[Principle, ...] = ()
    evidence: tuple[EventId, ...] = ()


@event(
    "template-adopted.v1",
    da="Model taget i brug",
    en="Template adopted",
    about=WHOLE,
    kind="adoption",
    creates=None,
    visibility=Visibility.PUBLIC,
)
class TemplateAdopted:
    """This process follows the model of another.

    Example: the next village follows the model of the first, version 1.
    """

    process: LocalId
    template: LocalId
    version: Count


@event("template-adapted.v1", da="Model tilpasset", en="Template adapted", about=WHOLE, kind="adoption", creates=None)
class TemplateAdapted:
    """The process does something else than the model says, for a reason.

    Example: four sessions instead of five, since the hall was closed.
    """

    template: LocalId
    what: Text
    why: Text


@event("template-feedback-given.v1", da="Erfaring med modellen", en="Template feedback", owner="by")
class TemplateFeedbackGiven:
    """Somebody who used the model said how it went.

    Example: the post-its took twice the time the model says.
    """

    template: LocalId
    text: Text
    by: Actor


# ------------------------------------------------------------------ rules
def evolve_template(state: frozenset[int] | None, happening: Envelope) -> frozenset[int]:
    """Return the versions that were derived."""
    return (state or frozenset()) | {happening.data.version}


def admit_template(state: frozenset[int] | None, happening: Envelope, _: World) -> None:
    """A version is derived once."""
    if happening.data.version is not UNKNOWN and happening.data.version in (state or frozenset()):
        raise Refused("version-already-published", field="version", version=happening.data.version)


def evolve_adoption(state: frozenset[str] | None, happening: Envelope) -> frozenset[str]:
    """Return the templates the process follows."""
    return (state or frozenset()) | {happening.data.template}


def admit_adoption(state: frozenset[str] | None, happening: Envelope, _: World) -> None:
    """Only a template the process follows is adapted."""
    data: TemplateAdopted | TemplateAdapted = happening.data
    if isinstance(data, TemplateAdapted) and data.template not in (state or frozenset()):
        raise Refused("template-not-adopted", field="template", id=data.template)


thing("template", da="model", en="template", admit=admit_template, evolve=evolve_template)
thing(
    "adoption",
    da="brug af en model",
    en="use of a template",
    register=True,
    admit=admit_adoption,
    evolve=evolve_adoption,
)
thing("template-feedback-given", da="erfaring med modellen", en="feedback on a template")
