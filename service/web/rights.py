"""The page of people's rights, for the team: what they said yes to and in which words, what waits, on which ground."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.consenting import ConsentPurpose, ErasureVerdict, GivenBy, ProcessingBasisDeclared
from domain.correcting import effective
from domain.kernel import Envelope, in_order
from domain.timing import COPENHAGEN
from domain.vocabulary import UNKNOWN, Purpose
from service.app import Kurslog
from service.consenting import Asked, changes, purposes_of
from service.consents import newest, texts
from service.queries import UnknownError
from service.reports.touched import Touched, notice, touching
from service.security.gate import TEAM
from service.security.rights import Rights as Standing
from service.web.page import ProcessPage
from service.web.people import Person, people_of
from service.web.reads import ANSWERING
from service.web.record import command_id, id_within, record_or_say
from service.web.roster import told_in
from service.web.things import texts_of

READ: Final = 2000
ANSWERS: Final = {"yes": True, "no": False}
TEXT_MAX: Final = 2000
Wires = list[dict[str, Any]]


@dataclass
class Row:
    """One participant: what they were told, what they said, and whether a guardian says it."""

    person: Person
    asked: list[Asked]
    told: str | None
    guardian: bool

    @property
    def answered(self) -> bool:
        """Whether they said anything yet."""
        return any(one.given is not None for one in self.asked)

    @property
    def yes(self) -> list[Asked]:
        """What they said yes to."""
        return [one for one in self.asked if one.given]

    @property
    def no(self) -> list[Asked]:
        """What they said no to, or took back."""
        return [one for one in self.asked if one.given is False]

    @property
    def versions(self) -> list[str]:
        """The versions of the words that their yeses stand on."""
        return sorted({one.given_on or "" for one in self.yes} - {""})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A recipient to be told: the report, whose words are in it, and the entry that led to it."""

    report: Touched
    person: Person
    cause: str

    @property
    def key(self) -> str:
        """What its form is known by."""
        return f"{self.report.report}/{self.person.id}"


@dataclass
class Rights:
    """Everything the page shows."""

    page: ProcessPage
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: list[tuple[str, str]] = field(default_factory=list)

    @cached_property
    def rows(self) -> list[Row]:
        """The participants; of those who left only whoever said something."""
        page = self.page
        kurslog, told = page.kurslog, told_in(page)
        said = kurslog.rights.of(page.process)
        rows = [
            Row(
                person,
                purposes_of(kurslog, page.process, ref, page.lang),
                told.get(ref),
                said.person(ref).guardian_required,
            )
            for ref, person in people_of(page).items()
        ]
        return [row for row in rows if row.person.here or row.answered]

    @cached_property
    def objections(self) -> list[tuple[Envelope, str | None]]:
        """The objections that have no answer yet, each with its words."""
        page = self.page
        found = [event for event in self._standing("objection-lodged") if event.data.verdict is None]
        said = texts_of(page.kurslog, page.caller, found)
        return [(event, said.get((event.position, "text"))) for event in found]

    @cached_property
    def bases(self) -> dict[Purpose, list[Envelope]]:
        """Each purpose with what was declared of it, the newest first."""
        found: dict[Purpose, list[Envelope]] = {purpose: [] for purpose in Purpose}
        for event in reversed(self._standing("processing-basis-declared")):
            if isinstance(event.data, ProcessingBasisDeclared) and event.data.purpose is not UNKNOWN:
                found[event.data.purpose].append(event)
        return found

    def _standing(self, stem: str) -> list[Envelope]:
        reader, process = self.page.kurslog.reader, self.page.process
        events = reader.process_page(process, types=[f"{stem}.v1"], limit=READ)
        return in_order(effective(reader.things(process, sorted({event.subject for event in events}))))

    @cached_property
    def waiting(self) -> list[Waiting]:
        """The recipients of issued reports that hold words which may no longer be used, and who were not told so."""
        kurslog, process = self.page.kurslog, self.page.process
        rights, people = kurslog.rights.of(process), people_of(self.page)
        stopped = [ref for ref in people if _stopped(rights, ref)]
        return [
            Waiting(one, people[one.participant], rights.latest(one.participant))
            for one in touching(kurslog, process, stopped)
            if one.stopped and not one.notified
        ]

    def typed_for(self, row: Row, one: Asked) -> str:
        """Return what is chosen for one purpose of one person: as typed, else as it stands."""
        stands = {True: "yes", False: "no", None: ""}[one.given]
        return self.typed.get(f"{one.purpose.value}.{row.person.id}", stands)


def _stopped(rights: Standing, participant: str) -> bool:
    """Whether something of a person's may no longer be used that may have been before."""
    said = rights.person(participant)
    return bool(said.withdrawn or said.objections or rights.erased(participant) or rights.quoted_back(participant))


def rights_page(kurslog: Kurslog, process: str) -> str:
    """Show the page.

    Raises:
        UnknownError: to whoever is not of the team; the page is not there for them.
    """
    return _render(Rights(ProcessPage.for_roles(kurslog, process, TEAM)))


def _render(found: Rights) -> str:
    page, saved = found.page, request.args.get("saved", "")
    return page.render(
        "rights.html",
        found=found,
        purposes=list(ConsentPurpose),
        words=texts(newest()),
        version=newest(),
        verdicts=list(ErasureVerdict),
        command=request.form.get("command") or str(uuid.uuid4()),
        saved=saved if saved.replace("-", "").isdigit() else "",
        undone=request.args.get("undone"),
        back=page.link("rights", on=None),
        answering=page.caller.role in ANSWERING,
    )


# ------------------------------------------------------------------ saving
def save_rights(kurslog: Kurslog, process: str) -> Answer | tuple[str, int]:
    """Record what several people said on paper, the answer to an objection, or that a recipient was told."""
    typed = dict(request.form.items())
    found = Rights(ProcessPage.for_roles(kurslog, process, TEAM), typed)
    wires = {"objection": _answered, "notice": _noticed}.get(typed.get("do", ""), _said)(found)
    positions: list[int] = []
    if not found.wrong:
        positions, wrong = record_or_say(found.page, wires)
        found.wrong += [("main-rights", wrong)] if wrong else []
    if found.wrong:
        return _render(found), 422
    return redirect(found.page.link("rights", saved=f"{positions[0]}-{positions[-1]}", on=None), 303)


def _said(found: Rights) -> Wires:
    """Return what brings the log to what was chosen for each person."""
    when, command = _day(found), command_id()
    wires = [{**wire, **when} for row in found.rows for wire in _of_row(found, row, command)]
    if not wires and not found.wrong:
        none = found.page.t(
            "Der er intet nyt at gemme. Vælg først et svar.", "Nothing new to save. Choose an answer first."
        )
        found.wrong.append(("said", none))
    return wires


def _of_row(found: Rights, row: Row, command: str) -> Wires:
    chosen = {one.purpose: found.typed_for(row, one) for one in row.asked}
    old = {one.purpose for one in row.asked if one.on_old_words}
    wanted = {
        purpose: ANSWERS[said]
        for purpose, said in chosen.items()
        if said in ANSWERS and not (said == "yes" and purpose in old and not found.typed.get(f"again.{row.person.id}"))
    }
    guardian = bool(found.typed.get(f"guardian.{row.person.id}"))
    return changes(row.asked, wanted, command=command, given_by=GivenBy.GUARDIAN if guardian else None)


def _day(found: Rights) -> dict[str, Any]:
    """Return when it was said: the day on the paper, or now."""
    typed = found.typed.get("day", "").strip()
    if not typed:
        return {}
    try:
        noon = dt.datetime.combine(dt.date.fromisoformat(typed), dt.time(), COPENHAGEN)
    except ValueError:
        unread = found.page.t("Dagen kunne ikke læses. Vælg den i kalenderen.", "The day could not be read. Choose it.")
        found.wrong.append(("day", unread))
        return {}
    return {"time": noon.isoformat(), "timeprecision": "day"}


def _answered(found: Rights) -> Wires:
    """Return the team's answer to an objection, put beside it."""
    page, target, answer = found.page, found.typed.get("target", ""), found.typed.get("answer", "").strip()
    verdict = found.typed.get("verdict", "")
    event = next((event for event, _ in found.objections if str(event.id) == target), None)
    if event is None:
        raise UnknownError(target)
    if verdict not in set(ErasureVerdict) or not 0 < len(answer) <= TEXT_MAX:
        need = page.t("Vælg et svar, og skriv hvorfor.", "Choose an answer, and say why.")
        found.wrong.append((f"answer-{target}", need))
        return []
    fields = [{"field": "verdict", "value": verdict}, {"field": "answer", "text": answer}]
    data = {"target": target, "fields": fields, "reason": page.t("Svar på indsigelsen.", "Answer to the objection.")}
    return [{"type": "event-corrected.v1", "id": id_within(command_id(), f"answer {target}"), "data": data}]


def _noticed(found: Rights) -> Wires:
    """Return that the recipient of a report was told, or why not."""
    one = next((one for one in found.waiting if one.key == found.typed.get("waiting")), None)
    why = found.typed.get("why", "").strip()
    if one is None:
        raise UnknownError("waiting")
    if not 0 < len(why) <= TEXT_MAX:
        need = found.page.t("Skriv, hvad I har sagt, eller hvorfor ikke.", "Say what was told, or why not.")
        found.wrong.append((f"why-{one.key}", need))
        return []
    return [notice(one.report, one.cause, recipient=one.report.recipient or "–", why=why)]
