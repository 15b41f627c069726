"""Answering a round, for oneself or on somebody's behalf: steps with anchors, skipping, *then* on a page of its own."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.assessing import (
    Competence,
    Frame,
    InstrumentPublished,
    Item,
    Mode,
    Round,
    RoundMoment,
    SelfAssessmentSubmitted,
    Skip,
)
from domain.belonging import Participant
from domain.correcting import effective
from domain.kernel import Envelope, state_of
from domain.refusals import Refused
from domain.vocabulary import UNKNOWN, Level
from service.app import Kurslog
from service.asking import competences_of
from service.charts.dumbbell import role_name
from service.log.busy import BusyError
from service.queries import UnknownError
from service.record import ConflictError
from service.security.gate import sees
from service.web.competences import MOMENTS
from service.web.forms import form_of
from service.web.happened import When, read_when
from service.web.own_page import OwnPage
from service.web.page import ProcessPage, asked_number
from service.web.reading import sentence
from service.web.record import declared, record_once, waited
from service.web.rounds import asking_page, event_key, names, round_of, saved_positions

SKIPS: Final = {
    Skip.DO_NOT_KNOW: ("ved ikke", "do not know"),
    Skip.NOT_RELEVANT: ("passer ikke på mig", "does not fit me"),
    Skip.RATHER_NOT_SAY: ("vil helst ikke svare", "rather not say"),
    Skip.LEFT_BLANK: ("stod tomt på arket", "left blank on the sheet"),
}
MODES: Final = {
    Mode.ONLINE: ("deltageren selv, her på skærmen", "the participant, here on the screen"),
    Mode.PAPER: ("fra papir", "from paper"),
    Mode.INTERVIEW: ("i en samtale", "in a conversation"),
}
UNSAID: Final = ("Tidspunktet er ikke registreret", "The moment is not recorded")
STEM: Final = "self-assessment-submitted"


@dataclass
class Question:
    """One item to answer: its words, what was chosen, and what is wrong."""

    item: Item
    chosen: str = ""
    error: str | None = None


@dataclass
class AnswerSheet:
    """The sheet of one person, round and frame."""

    page: ProcessPage
    round: Round
    round_id: str
    participant: str
    frame: Frame
    instrument: InstrumentPublished
    person: Participant
    given: Envelope | None
    questions: list[Question]
    general: str | None = None

    @classmethod
    def of(cls, page: ProcessPage, round_id: str, participant: str, frame: Frame) -> AnswerSheet:
        """Return somebody's sheet in a round.

        Raises:
            UnknownError: when there is no such round, or the person is not asked in it.
        """
        found, register = round_of(page, round_id), page.kurslog.reader.register(page.process)
        person = state_of("participant", register.history(f"participant/{participant}"))
        published = state_of("instrument", register.history(f"instrument/{found.opened.instrument_id}"))
        instrument = published.version(found.opened.version) if published else None
        listed = not found.opened.eligible or participant in found.opened.eligible
        if not isinstance(person, Participant) or instrument is None or not listed:
            raise UnknownError(participant)
        sheet = cls(page, found, round_id, participant, frame, instrument, person, None, [])
        if frame not in sheet.frames:
            raise UnknownError(frame.value)
        sheet.given = sheet.standing(frame)
        sheet.questions = [Question(item) for item in instrument.items or () if sheet.asks(item)]
        return sheet

    @property
    def own(self) -> bool:
        """Whether whoever the sheet is about looks at it."""
        return isinstance(self.page, OwnPage)

    def link(self, *, save: bool = False, frame: Frame | None = None, **more: Any) -> str:
        """Return the address of this sheet, or of the one about another moment of it."""
        asked = "then" if (frame or self.frame) is Frame.THEN else None
        if self.own:
            return self.page.link("save_my_sheet" if save else "my_sheet", round_id=self.round_id, frame=asked, **more)
        who = {"round_id": self.round_id, "participant": self.participant}
        return self.page.link("save_sheet" if save else "sheet", **who, frame=asked, **more)

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The moments the round asks about: before there is a before, there is no *then* to look back on."""
        return (Frame.NOW,) if self.round.opened.moment is RoundMoment.BEFORE else (Frame.NOW, Frame.THEN)

    def standing(self, frame: Frame) -> Envelope | None:
        """Return the answer that stands, whoever may see it; None when there is none."""
        subject = f"answers/{self.round_id}/{self.participant}/{frame.value}"
        stored = effective(self.page.kurslog.reader.things(self.page.process, [subject]))
        last = stored[-1] if stored else None
        return last if last and isinstance(last.data, SelfAssessmentSubmitted) else None

    @property
    def mendable(self) -> bool:
        """Whether the caller may see the answer that stands, and so correct it."""
        found = self.given
        page = self.page
        return found is not None and sees(page.caller, found)

    @property
    def steps(self) -> range:
        """The steps of the scale."""
        scale = self.instrument.scale
        return range(1, 6) if scale is UNKNOWN else range(scale.min, scale.max + 1)

    @property
    def roles(self) -> list[str]:
        """The roles the person has had, the first one first."""
        return list(dict.fromkeys(span.role.value for span in self.person.roles))

    @property
    def left(self) -> list[Question]:
        """The questions without an answer that stands."""
        return [question for question in self.questions if question.item.id not in self.said]

    @cached_property
    def said(self) -> dict[str, str]:
        """What stands as the answer to each item: a step, or why it was skipped."""
        answers = self.given.data.answers or () if self.given else ()
        return {one.item: one.skipped or str(one.value) for one in answers}

    def asks(self, item: Item) -> bool:
        """Whether the person is asked this: of a competence for other roles nobody is asked, and nothing is kept."""
        meant = self.framework.get(item.competence_id)
        return meant is None or not meant.roles or item.id in self.said or bool({*meant.roles} & {*self.roles})

    @cached_property
    def framework(self) -> dict[str, Competence]:
        """The competences that the questions are about, by the newest version that has them."""
        return competences_of(self.instrument, self.page.kurslog.reader.register(self.page.process))

    def competences(self) -> list[tuple[Competence | None, list[Question]]]:
        """Return the questions under their competences."""
        grouped: dict[str, list[Question]] = {}
        for question in self.questions:
            grouped.setdefault(question.item.competence_id, []).append(question)
        return [(self.framework.get(ref), held) for ref, held in grouped.items()]

    def fill(self, values: Mapping[str, str]) -> None:
        """Put what was chosen into the questions."""
        for question in self.questions:
            question.chosen = values.get(question.item.id, "")

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """What is wrong: the id of the input, and the sentence."""
        return [(f"q-{one.item.id}", one.error) for one in self.questions if one.error]


def sheet_of(kurslog: Kurslog, process: str, round_id: str, participant: str | None) -> AnswerSheet:
    """Return the sheet the request asks for: one's own, or, to whoever runs rounds, that of a participant."""
    frame = Frame.THEN if request.args.get("frame") == "then" else Frame.NOW
    if participant is None:
        own = OwnPage.of_participant(kurslog, process)
        return AnswerSheet.of(own, round_id, own.me, frame)
    return AnswerSheet.of(asking_page(kurslog, process), round_id, participant, frame)


def sheet_page(kurslog: Kurslog, process: str, round_id: str, participant: str | None = None) -> str:
    """Show the sheet, or that it was answered and how to correct it."""
    sheet = sheet_of(kurslog, process, round_id, participant)
    if sheet.mendable:
        sheet.fill(sheet.said)
    return _render(sheet)


def _render(sheet: AnswerSheet) -> str:
    page, t = sheet.page, sheet.page.t
    scale = sheet.instrument.scale
    labels: tuple[Level, ...] = () if scale is UNKNOWN else scale.labels
    goes_on = sheet.own and bool(sheet.left) and not sheet.round.closed
    asked = request.method == "POST" or bool(request.args.get("correct"))
    editing = sheet.given is None or (sheet.mendable and (asked or goes_on))
    return page.render(
        "sheet.html",
        sheet=sheet,
        groups=sheet.competences(),
        then=sheet.frame is Frame.THEN,
        editing=editing,
        closed=sheet.round.closed and sheet.given is None,
        name=names(page, [sheet.participant]).get(sheet.participant, sheet.participant),
        moment=t(*MOMENTS.get(str(sheet.round.opened.moment), UNSAID)),
        roles=[(role, role_name(role, page.lang)) for role in sheet.roles],
        skips=[(skip.value, t(*pair)) for skip, pair in SKIPS.items() if skip is not Skip.LEFT_BLANK or not sheet.own],
        skip_words={skip.value: t(*pair) for skip, pair in SKIPS.items()},
        modes=[(mode.value, t(*pair)) for mode, pair in MODES.items()],
        labels={one.level: getattr(one.text, page.lang) for one in labels},
        event_id=str(event_key()) if request.method == "POST" else str(uuid.uuid4()),
        typed=request.form,
        saved=saved_positions(),
        undone=asked_number("undone"),
    )


# ------------------------------------------------------------------ saving
def save_sheet(
    kurslog: Kurslog, process: str, round_id: str, participant: str | None = None
) -> Answer | tuple[str, int]:
    """Record the sheet as one entry of the participant's, or as a correction of the one that stands."""
    sheet = sheet_of(kurslog, process, round_id, participant)
    if sheet.given is not None and sheet.given.id == event_key():  # sent twice: now it is there
        return redirect(_onwards(sheet, sheet.given.position), 303)
    sheet.fill({one.item.id: request.form.get(one.item.id, "") for one in sheet.questions})
    wire = _wire(sheet)
    if sheet.wrong or sheet.general:
        return _render(sheet), 422
    try:
        position = record_once(sheet.page, {**wire, "id": str(event_key())})
    except Refused as error:
        sheet.general = sentence(error, form_of(declared(STEM), sheet.page.lang, {}))
    except (ConflictError, BusyError):
        sheet.general = sheet.page.t(
            "Mange skriver lige nu. Intet er gemt. Prøv igen om fem sekunder.",
            "Many are writing. Nothing was saved. Try again in five seconds.",
        )
    else:
        waited(kurslog, position)
        return redirect(_onwards(sheet, position), 303)
    return _render(sheet), 422


def _onwards(sheet: AnswerSheet, position: int) -> str:
    """Return where to go: from *now* on to *then*, where that is asked; else to what one said, or back to the round."""
    later = "later" in request.form
    if not later and Frame.THEN in sheet.frames and sheet.standing(Frame.THEN) is None:
        return sheet.link(frame=Frame.THEN, saved=position, on=None)
    if sheet.own:
        return sheet.page.link("me", saved="answers") if later else sheet.link(saved=position)
    return sheet.page.link("rounds", saved=position, on=None) + f"#{sheet.round_id}"


def _wire(sheet: AnswerSheet) -> dict[str, Any]:
    answers = [found for one in sheet.questions if (found := _answered(sheet, one)) is not None]
    if not answers and not sheet.wrong:
        sheet.general = sheet.page.t("Svar på mindst ét spørgsmål først.", "Answer at least one question first.")
    role = request.form.get("role") or (sheet.roles[0] if len(sheet.roles) == 1 else "")
    if role not in sheet.roles:
        which = ("Vælg, hvilken rolle der svares i.", "Choose the role the answer is given in.")
        sheet.general = sheet.general or sheet.page.t(*which)
    if sheet.given is not None:
        return _correction(sheet, answers)
    day = request.form.get("day", "").strip()
    when = When("day" if day else "now", day, "")
    timed = read_when(when, sheet.page.lang)
    sheet.general = sheet.general or when.error
    who = {"round_id": sheet.round_id, "participant_id": sheet.participant, "frame": sheet.frame.value, "role": role}
    mode = Mode.ONLINE.value if sheet.own else request.form.get("mode")
    said = {"mode": mode if mode in {one.value for one in Mode} else None, "language": sheet.page.lang}
    data = {"assessment_id": f"a-{event_key().hex[:10]}", **who, "answers": answers, **said}
    if mode != Mode.ONLINE.value:
        data["transcribed_by"] = sheet.page.caller.account
    return {"type": f"{STEM}.v1", "onbehalfof": sheet.participant, "actingrole": role or None, "data": data, **timed}


def _answered(sheet: AnswerSheet, one: Question) -> dict[str, Any] | None:
    if one.chosen in {skip.value for skip in Skip}:
        return {"item": one.item.id, "skipped": one.chosen}
    if one.chosen.isascii() and one.chosen.isdigit() and int(one.chosen[:4]) in sheet.steps:
        return {"item": one.item.id, "value": int(one.chosen)}
    if not one.chosen and "later" in request.form:
        return None
    low, high = sheet.steps[0], sheet.steps[-1]
    one.error = sheet.page.t(
        f"Vælg et trin fra {low} til {high}. Du kan også springe over.",
        f"Choose a step from {low} to {high}. You may also skip it.",
    )
    return None


def _correction(sheet: AnswerSheet, answers: list[dict[str, Any]]) -> dict[str, Any]:
    if not sheet.mendable or sheet.given is None:
        raise UnknownError(sheet.participant)
    change = {"field": "answers", "value": json.dumps(answers, separators=(",", ":"))}
    reason = sheet.page.t("Rettet på svararket.", "Corrected on the sheet.")
    return {
        "type": "event-corrected.v1",
        "data": {"target": str(sheet.given.id), "fields": [change], "reason": reason},
    }
