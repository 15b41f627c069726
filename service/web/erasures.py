"""What people ask for of their rights: to be erased, and to see what is held. The team decides, answers, and tells recipients."""

from __future__ import annotations

import calendar
import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.bounds import TEXT_MAX
from domain.consenting import AccessAnswered, AccessRequested, ErasureVerdict
from domain.correcting import effective
from domain.kernel import DECLARED, Envelope, in_order
from domain.register import same_person
from domain.vocabulary import Record
from service.app import Kurslog
from service.erasing import Holding, Request, holding, requests
from service.queries import UnknownError
from service.reports.leaving import sealed_in
from service.reports.touched import Touched, notice, touched
from service.security.gate import TEAM
from service.web.page import ProcessPage, today
from service.web.people import people_of
from service.web.record import command_id, id_within, record_or_say

MENTIONS_MAX: Final = 30
VERDICTS: Final = {
    ErasureVerdict.GRANTED: ("Slet det hele", "Delete all of it"),
    ErasureVerdict.PARTIAL: ("Slet, men behold det, regnskabet kræver", "Delete, but keep what the accounts need"),
    ErasureVerdict.REFUSED: ("Slet ikke", "Do not delete"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request nobody has answered, and until when it must be."""

    id: str
    asked: Envelope
    who: str
    said: str | None
    due: dt.date
    held: Holding | None = None
    mentions: tuple[Envelope, ...] = ()

    @property
    def days(self) -> int:
        """How many days are left; less than none when it is late."""
        return (self.due - today()).days


@dataclass(frozen=True, slots=True)
class Settled:
    """A request that was decided: what came of it, and the reports whose recipients are to be told."""

    request: Request
    who: str
    ground: str | None
    reports: tuple[Touched, ...] = ()


def month_after(day: dt.date) -> dt.date:
    """Return the day a month later, by which article 12 of the regulation wants an answer."""
    year, month = day.year + day.month // 12, day.month % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def erasures_page(kurslog: Kurslog, process: str) -> str:
    """Show what was asked for, and what came of it.

    Raises:
        UnknownError: to whoever is not of the team; the page is not there for them.
    """
    return _render(ProcessPage.for_roles(kurslog, process, TEAM))


def _render(page: ProcessPage, wrong: str | None = None) -> str:
    found = requests(page.kurslog, page.process)
    access = _access(page)
    texts = page.kurslog.texts.of(
        page.caller,
        [event for one in found for event in (one.asked, one.decided) if event] + [one for one, _ in access],
    )
    asking = {one.participant for one in found} | {event.data.participant_id for event, _ in access}
    called = {ref: person.called for ref, person in people_of(page, named=asking).items()}
    return page.render(
        "erasures.html",
        waiting=[_waiting(page, one, called, texts) for one in found if one.decided is None],
        settled=[_settled(page, one, called, texts) for one in reversed(found) if one.decided],
        access=[_asked(event, called, texts, "note") for event, answered in access if not answered],
        answered=sum(1 for _, answered in access if answered),
        verdicts={one.value: page.t(*words) for one, words in VERDICTS.items()},
        command=str(uuid.uuid4()),
        typed=request.form,
        wrong=wrong,
        done=request.args.get("done"),
    )


def _access(page: ProcessPage) -> list[tuple[Envelope, bool]]:
    """Return the requests to see what is held, and whether each was answered."""
    reader = page.kurslog.reader
    asked = reader.walk(page.process, types=[DECLARED[AccessRequested].name])
    events = in_order(effective(reader.things(page.process, sorted({event.subject for event in asked}))))
    answered = {event.subject for event in events if isinstance(event.data, AccessAnswered)}
    return [(event, event.subject in answered) for event in events if isinstance(event.data, AccessRequested)]


def _asked(event: Envelope, called: dict[str, str], texts: Any, field: str) -> Waiting:
    who, ref = event.data.participant_id, event.data.request_id
    said = texts.get((event.position, field))
    return Waiting(ref, event, called.get(who, ""), said, month_after(event.time.date()))


def _waiting(page: ProcessPage, one: Request, called: dict[str, str], texts: Any) -> Waiting:
    kurslog, process = page.kurslog, page.process
    base = _asked(one.asked, called, texts, "what")
    held = holding(kurslog, process, one.participant)
    mentions = tuple(_mentions(page, one.participant, held.positions))[:MENTIONS_MAX]
    return Waiting(base.id, base.asked, base.who, base.said, base.due, held, mentions)


def _mentions(page: ProcessPage, participant: str, own: Iterable[int]) -> list[Envelope]:
    """Return the entries that name the person and hold a text of somebody else: there it may say who they are."""
    people = same_person(page.kurslog.reader.register(page.process), participant)
    named = {event.position: event for ref in people for event in page.kurslog.reader.naming(page.process, ref)}
    keys, mine = {f"{page.process}/participant/{ref}" for ref in people}, set(own)
    return [
        event
        for position, event in sorted(named.items())
        if position not in mine
        and event.kind != "erasure"
        and any(one.key not in keys for one in sealed_in(event.data))
        and not {*event.subject.split("/"), *_ids(event.data)}.isdisjoint(people)
    ]


def _ids(data: Any) -> set[str]:
    """Return every plain text of an event's data: ids are among them."""
    if isinstance(data, str):
        return {data}
    if isinstance(data, tuple):
        return {text for one in data for text in _ids(one)}
    names = data.__struct_fields__ if isinstance(data, Record) else ()
    return {text for name in names for text in _ids(getattr(data, name))}


def _settled(page: ProcessPage, one: Request, called: dict[str, str], texts: Any) -> Settled:
    gone = page.kurslog.rights.of(page.process).erased(one.participant)
    who = page.t("slettet deltager", "erased participant") if gone else called.get(one.participant, "")
    ground = texts.get((one.decided.position, "ground")) if one.decided else None
    reports = touched(page.kurslog, page.process, one.participant) if one.executed else []
    return Settled(one, who, ground, tuple(reports))


# ------------------------------------------------------------------ answering
def save_erasures(kurslog: Kurslog, process: str) -> Answer | tuple[str, int]:
    """Record a decision, an answer, or that a recipient was told; once however often it is sent."""
    page = ProcessPage.for_roles(kurslog, process, TEAM)
    wire, wrong = _wire(page)
    if wire:
        _, wrong = record_or_say(page, [wire])
    if wrong:
        return _render(page, wrong), 422
    return redirect(page.link("erasures", done=request.form.get("do"), on=None), 303)


def _wire(page: ProcessPage) -> tuple[dict[str, Any] | None, str | None]:
    """Return the event that was asked for, or what is to be mended."""
    do, ref = request.form.get("do", ""), request.form.get("request", "")
    text = request.form.get("text", "").strip()
    if not text:
        return None, page.t("Skriv en begrundelse eller et svar. Én linje er nok.", "Give a reason or an answer. One line will do.")  # fmt: skip
    if len(text) > TEXT_MAX:
        return None, page.t("Teksten er for lang. Gør den kortere.", "The text is too long. Shorten it.")
    if do == "told":
        return _told(page, ref, text)
    if do == "answer":
        return _command("access-answered", ref, {"request_id": ref, "answer": text}), None
    verdict = request.form.get("verdict", "")
    if verdict not in set(ErasureVerdict):
        return None, page.t("Vælg, om der skal slettes.", "Choose whether to delete.")
    return _command("erasure-decided", ref, {"request_id": ref, "verdict": verdict, "ground": text}), None


def _command(stem: str, ref: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"type": stem, "id": id_within(command_id(), f"{stem} {ref}"), "data": data}


def _told(page: ProcessPage, ref: str, why: str) -> tuple[dict[str, Any] | None, str | None]:
    found = next((one for one in requests(page.kurslog, page.process) if one.id == ref and one.executed), None)
    if found is None or found.executed is None:
        raise UnknownError(ref)
    wanted = request.form.get("report", "")
    report = next((one for one in touched(page.kurslog, page.process, found.participant) if one.report == wanted), None)
    if report is None:
        raise UnknownError(wanted)
    who = report.recipient or page.t("modtageren", "the recipient")
    return notice(report, str(found.executed.id), recipient=who, why=why), None
