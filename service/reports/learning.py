"""What was learned, what lives on, and what was passed on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from domain.acting import (
    ActionAbandoned,
    ActionCompleted,
    ActionHandedOver,
    MilestoneReached,
    ProjectHandedOver,
    SustainabilityChecked,
)
from domain.gathering import ExerciseRun
from domain.kernel import Envelope
from domain.modelling import ProcessTemplateDerived, TemplateAdopted
from domain.observing import MediaCaptured, ObservationNoted
from domain.reflecting import ExperimentTried, InsightDerived, LearningQuestionPosed, ReflectionRecorded
from service.reports.content import Block, Heading, Line, Paragraph
from service.reports.material import Material, Node
from service.reports.reaching import products
from service.reports.tables import absent, actor, headed, places, places_of, table, when_of
from service.words import count_word, number, thing_label, type_label

Cells = Callable[[Envelope], Sequence[tuple[Line, ...]]]


def lessons(m: Material) -> list[Block]:
    """Return insights, reflections, try-outs and the tools that were used, and what is recorded of the model."""
    return [
        *_insights(m),
        *_reflections(m),
        *_experiments(m),
        *_open(m),
        *_action_lessons(m),
        *_tools(m),
        *_model(m),
        *_observed(m),
    ]


def _listing(
    m: Material, events: list[Envelope], name: str, header: Sequence[str], widths: Sequence[float], cells: Cells
) -> list[Block]:
    """Return a heading and a table of entries, each with when it was and its position."""
    rows = [[when_of(m, event), *cells(event), places_of([event])] for event in events]
    full = (m.t("Hvornår", "When"), *header, m.t("Nr.", "No."))
    return [Heading(name), table(m, name, full, rows, (1.3, *widths, 0.5))]


def _insights(m: Material) -> list[Block]:
    t, events = m.t, m.of(InsightDerived, LearningQuestionPosed)
    name = t("Erkendelser og læringsspørgsmål", "Insights and learning questions")
    if not events:
        return [
            Heading(name),
            absent(m, "ingen har skrevet en erkendelse ned.", "nobody has noted an insight.", InsightDerived),
        ]

    def cells(event: Envelope) -> list[tuple[Line, ...]]:
        said = m.field(event, "text" if isinstance(event.data, InsightDerived) else "question")
        return [m.cell(type_label(event.type, m.language)), m.cell(said)]

    return _listing(m, events, name, (t("Slags", "Kind"), t("Hvad", "What")), (1.4, 5), cells)


def _reflections(m: Material) -> list[Block]:
    t, events = m.t, m.of(ReflectionRecorded)
    name = t("Refleksioner", "Reflections")
    if not events:
        return [
            Heading(name),
            absent(m, "ingen har skrevet en refleksion ned.", "nobody has noted a reflection.", ReflectionRecorded),
        ]

    def cells(event: Envelope) -> list[tuple[Line, ...]]:
        return [m.cell(actor(m, m.field(event, "by"))), m.cell(*(m.text(step.text) for step in event.data.steps or ()))]

    return _listing(m, events, name, (t("Hvem", "Who"), t("Hvad de sagde", "What they said")), (1.5, 5), cells)


def _experiments(m: Material) -> list[Block]:
    t, events = m.t, m.of(ExperimentTried)
    if not events:
        return []
    header = (
        t("Det regnede vi med", "What we expected"),
        t("Det gjorde vi", "What we did"),
        t("Det så vi", "What we saw"),
        t("Det gør vi nu", "What we do next"),
    )

    def cells(event: Envelope) -> list[tuple[Line, ...]]:
        return [m.cell(m.field(event, name)) for name in ("hypothesis", "did", "saw", "next")]

    return _listing(m, events, t("Afprøvninger", "Try-outs"), header, (2, 2, 2, 2), cells)


def _open(m: Material) -> list[Block]:
    """Say how many "now whats" and questions nobody has taken up."""
    t, found = m.t, m.answers["learning"]
    if not found["open"]["value"] and not found["unanswered"]["value"]:
        return []
    waiting = m.figure(
        "learning", found["open"], t("“Hvad nu”, der ikke er taget op", "“Now what” that nobody has taken up")
    )
    asked = m.figure("learning", found["unanswered"], t("Spørgsmål uden erkendelse", "Questions without an insight"))
    line = (
        t("“Hvad nu”, som logbogen ikke viser taget op: ", "“Now what” that the log does not show taken up: "),
        waiting,
        t(". Læringsspørgsmål uden erkendelse: ", ". Learning questions without an insight: "),
        asked,
        ".",
    )
    return [Paragraph(line, "small")]


def _action_lessons(m: Material) -> list[Block]:
    t = m.t
    titles = {one["id"]: one["title"] for one in m.answers["actions"]["actions"]}
    events = m.of(ActionCompleted, ActionAbandoned)
    said = [
        event for event in events if not isinstance(m.field(event, "learning"), dict) and m.field(event, "learning")
    ]
    name = t("Det lærte vi af handlingerne", "What we learned from the actions")
    if not said:
        words = (
            "hvad man lærte af de enkelte handlinger, er ikke skrevet ned.",
            "what was learned from each action was not written down.",
        )
        return [Heading(name), absent(m, *words, ActionCompleted, ActionAbandoned)]

    def cells(event: Envelope) -> list[tuple[Line, ...]]:
        return [m.cell(headed(titles.get(event.data.action_id))), m.cell(m.field(event, "learning"))]

    return _listing(m, said, name, (t("Handling", "Action"), t("Det lærte vi", "What we learned")), (1.8, 4.6), cells)


def _tools(m: Material) -> list[Block]:
    t, events = m.t, m.of(ExerciseRun)
    if not events:
        return []
    header = (
        t("Øvelse", "Exercise"),
        t("Minutter, planlagt", "Minutes planned"),
        t("Minutter i alt", "Minutes used"),
        t("Note", "Note"),
    )

    def cells(event: Envelope) -> list[tuple[Line, ...]]:
        return [
            m.cell(m.field(event, "tool")),
            _minutes(m, event, "planned_minutes"),
            _minutes(m, event, "actual_minutes"),
            m.cell(m.field(event, "note")),
        ]

    return _listing(
        m, events, t("Øvelser, der blev brugt", "Exercises that were used"), header, (1.8, 1.3, 1.3, 2.8), cells
    )


def _minutes(m: Material, event: Envelope, name: str) -> tuple[Line, ...]:
    found = m.field(event, name)
    return m.cell(number(found, m.language) if isinstance(found, int) else found)


def _model(m: Material) -> list[Block]:
    """Return the model's steps against what was run, what was done otherwise and why, and what it holds on to."""
    t, found = m.t, m.answers["model"]
    title = Heading(t("Model", "Model"))
    if not found["template"]:
        said = (
            "ingen model er skrevet ned med trin, redskaber og principper.",
            "no model is written down with steps, tools and principles.",
        )
        return [title, absent(m, *said, ProcessTemplateDerived, TemplateAdopted)]
    steps = [_step_row(m, step) for step in found["steps"]]
    header = (t("Trin", "Step"), t("Dag i modellen", "Day in the model"), t("Holdt på dag", "Held on day"))
    used = (t("Minutter i modellen", "Minutes in the model"), t("Minutter brugt", "Minutes used"), t("Nr.", "No."))
    name = t("Modellens trin, og hvad der blev holdt", "The model’s steps, and what was held")
    return [
        title,
        *([table(m, name, (*header, *used), steps, (2.6, 1.1, 1.1, 1.3, 1.3, 0.9))] if steps else []),
        *_principles(m, found["template"]),
        *_adaptations(m, found["adaptations"]),
    ]


def _step_row(m: Material, step: Node) -> list[tuple[Line, ...]]:
    numbers = [step[name] for name in ("day", "run_day", "minutes", "run_minutes")]
    shown = [number(one, m.language) if isinstance(one, int) else None for one in numbers]
    rests_on = places(m, "model", step["entries"]) if step["entries"] else m.cell()  # a step that was never held
    return [m.cell(step["title"]), *(m.cell(one) for one in shown), rests_on]


def _principles(m: Material, template: Node) -> list[Block]:
    held = [one for one in template["principles"] if isinstance(one, str)]
    return [Paragraph((m.t("Den holder på: ", "It holds on to: ") + " ".join(held),))] if held else []


def _adaptations(m: Material, found: list[Node]) -> list[Block]:
    if not found:
        return []
    t = m.t
    name = t("Gjort anderledes end modellen", "Done otherwise than the model")
    header = (t("Hvornår", "When"), t("Hvad", "What"), t("Hvorfor", "Why"), t("Nr.", "No."))
    rows = [
        [((m.date(one["when"]),),), m.cell(one["what"]), m.cell(one["why"]), places(m, "model", one["entries"])]
        for one in found
    ]
    return [table(m, name, header, rows, (1.3, 3, 3, 0.6))]


def _observed(m: Material) -> list[Block]:
    t, events = m.t, m.of(ObservationNoted)
    if not events:
        return []
    noted = m.count(events, t("Observationer", "Observations"), count_word(len(events), m.language))
    noun = t(" observation" if len(events) == 1 else " observationer", " observation" + "s" * (len(events) > 1))
    tail = t(". De er grundlag og gengives ikke her.", ". They are ground to stand on and are not told here.")
    return [Paragraph((t("Logbogen har desuden ", "The log also holds "), noted, noun + tail), "small")]


# ------------------------------------------------------------------ what lives on
def anchoring(m: Material) -> list[Block]:
    """Return what was handed over, and whether it was still there when somebody looked."""
    t = m.t
    types = (ProjectHandedOver, ActionHandedOver, MilestoneReached, SustainabilityChecked)
    events = m.of(*types)
    if not events:
        said = (
            "ingen har skrevet ned, hvem der tog over, eller set efter måneder senere, om det stadig er der.",
            "nobody has noted who took over, or looked months later whether it is still there.",
        )
        pointer = t(
            "Hvad udvalgene siden har behandlet, står under beslutninger og politiske sager i afsnit 4; hvad folk har set, står i afsnit 6.",
            "What the committees have treated since stands under decisions in section 4; what people have seen, in section 6.",
        )
        return [absent(m, *said, *types), Paragraph((pointer,), "small")]
    header = (t("Hvad", "What"), t("Slags", "Kind"), t("Hvem eller hvor længe", "Who or how long"))

    def cells(event: Envelope) -> list[tuple[Line, ...]]:
        return [m.cell(_titled(m, event)), m.cell(type_label(event.type, m.language)), m.cell(_standing(m, event))]

    return _listing(
        m, events, t("Givet videre og set efter", "Handed over and looked after"), header, (2.4, 1.8, 2.6), cells
    )


def _titled(m: Material, event: Envelope) -> Any:
    kind, _, ref = event.subject.partition("/")
    items: list[Node] = m.answers["timeline"]["items"]
    found = next((one.get("title") for one in items if (one["kind"], one["id"]) == (kind, ref)), None)
    return found or thing_label(kind, m.language)


def _standing(m: Material, event: Envelope) -> Any:
    if isinstance(event.data, SustainabilityChecked):
        months, there = m.field(event, "months_after"), event.data.still_running
        if not isinstance(months, int):
            return months
        still = m.t("findes stadig" if there else "findes ikke længere", "still there" if there else "no longer there")
        return m.t(f"{months} måneder efter: {still}", f"{months} months after: {still}")
    if isinstance(event.data, MilestoneReached):
        return m.t("milepæl nået", "milestone reached")
    return actor(m, m.field(event, "to"))


# ------------------------------------------------------------------ what was passed on
def dissemination(m: Material) -> list[Block]:
    """Return the products, and the pictures that were kept."""
    t, media = m.t, m.of(MediaCaptured)
    blocks: list[Block] = products(m)
    if media:
        kept = m.count(
            media, t("Billeder, lyd og film", "Pictures, sound and film"), count_word(len(media), m.language)
        )
        blocks.append(
            Paragraph(
                (
                    t("Der er gemt ", "There are "),
                    kept,
                    t(" billeder, lydoptagelser eller film.", " pictures, recordings or films."),
                )
            )
        )
    return blocks
