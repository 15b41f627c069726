"""What the team saves on the page of rights: what was said on paper, answers to objections, and who was told."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.consenting import ErasureVerdict, GivenBy
from domain.timing import COPENHAGEN
from service.app import Kurslog
from service.consenting import changes
from service.queries import UnknownError
from service.reports.touched import notice
from service.security.gate import TEAM
from service.web.page import ProcessPage
from service.web.record import command_id, id_within, record_or_say
from service.web.rights import Rights, Row, shown

ANSWERS: Final = {"yes": True, "no": False}
TEXT_MAX: Final = 2000
Wires = list[dict[str, Any]]


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
        return shown(found), 422
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
