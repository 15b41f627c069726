"""Models: what is refused, and what is allowed beside it."""

from msgspec.structs import replace

from domain.modelling import (
    ProcessTemplateDerived,
    TemplateAdapted,
    TemplateAdopted,
    TemplateFeedbackGiven,
    TemplateStep,
)
from domain.vocabulary import Actor, ActorKind, Personal

DERIVED = ProcessTemplateDerived(template_id="t1", version=1, steps=(TemplateStep(title="Kick-off", day=0),))
ADOPTED = TemplateAdopted(process="knabstrup", template="t1", version=1)
ADAPTED = TemplateAdapted(template="t1", what=Personal("four sessions"), why=Personal("the hall was closed"))


def test_a_version_of_a_model_is_derived_once(log):
    log.given(DERIVED)

    log.refuses("version-already-published", DERIVED)

    assert log.when(replace(DERIVED, version=2)).subject == "template/t1"


def test_a_version_the_source_does_not_tell_clashes_with_none(log, without):
    event, words = without(DERIVED, "version")
    log.given(event, **words)

    assert log.when(event, **words).subject == "template/t1"


def test_a_model_rests_on_entries_that_are_there(log):
    log.refuses("unknown-thing", replace(DERIVED, evidence=("00000000-0000-0000-0000-000000000099",)))

    assert log.when(replace(DERIVED, evidence=(str(log.events[0].id),))).kind == "template"


def test_only_a_model_the_process_follows_is_adapted(log):
    log.refuses("template-not-adopted", ADAPTED)

    log.given(ADOPTED)
    log.refuses("template-not-adopted", replace(ADAPTED, template="t2"))

    assert log.when(ADAPTED).subject == "adoption/fabelby"


def test_a_model_is_not_adapted_before_it_is_followed(log):
    log.given(ADOPTED, on="2026-02-05")

    log.refuses("template-not-adopted", ADAPTED, on="2026-02-01")


def test_a_process_may_follow_the_model_of_another(log):
    assert log.when(ADOPTED).subject == "adoption/fabelby"


def test_anybody_may_say_how_a_model_went(log):
    told = TemplateFeedbackGiven(template="t9", text=Personal("twice the time"), by=Actor(kind=ActorKind.ANONYMOUS))

    assert log.when(told).kind == "template-feedback-given"
