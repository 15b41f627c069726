"""Attendance of a whole gathering: one row a person, saved as one command; a second answer corrects the first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.gathering import Attendance
from domain.refusals import Refused
from domain.vocabulary import Visibility
from service.app import Kurslog
from service.log.busy import BusyError
from service.queries import UnknownError
from service.record import ConflictError
from service.security.gate import Act, reaches
from service.web.gatherings import Gathering, gatherings_of
from service.web.page import ProcessPage
from service.web.record import command_id, id_within, record_all, waited
from service.web.rollcall import Head, Row, head_of, moment_of, rows_of

COUNT_DIGITS: Final = 6
BASIS_MAX: Final = 200


@dataclass
class AttendanceList:
    """The list of one gathering: who there is, what was typed, and what is wrong."""

    gathering: Gathering
    rows: list[Row]
    head: Head
    command: str
    wrong: list[tuple[str, str]] = field(default_factory=list)
    general: str | None = None

    @property
    def written(self) -> int:
        """How many have an answer in the log."""
        return sum(row.standing is not None for row in self.rows)


def attendance_page(kurslog: Kurslog, process: str) -> str:
    """Show the list of a gathering, or the gatherings to choose from.

    Raises:
        UnknownError: to whoever may not see each attendance; the page is not there for them.
    """
    page = _team_page(kurslog, process)
    wanted = request.args.get("gathering", "")
    if wanted:
        return _render(page, _sheet(page, wanted, {}))
    found = [one for one in gatherings_of(page) if one.status != "cancelled"]
    return page.render("attendance_choice.html", gatherings=found[::-1])


def save_attendance(kurslog: Kurslog, process: str) -> Answer | tuple[str, int] | str:
    """Record what was chosen, all or nothing and once however often it is sent; or show it again."""
    page = _team_page(kurslog, process)
    sheet = _sheet(page, request.form.get("gathering", ""), request.form)
    if request.form.get("everybody"):
        for row in sheet.rows:
            row.status = row.status or Attendance.PRESENT.value
        return _render(page, sheet)
    wires = _wires(page, sheet)
    if sheet.wrong:
        return _render(page, sheet), 422
    before = _recorded_before(sheet)
    if not wires and not before:
        sheet.general = page.t(
            "Der er intet nyt at gemme. Vælg først, hvem der kom.",
            "There is nothing new to save. Choose who came first.",
        )
        return _render(page, sheet), 422
    try:
        positions = sorted({*before, *(record_all(page, wires) if wires else [])})
    except Refused as error:
        sheet.general = error.sentence(page.lang)
    except (ConflictError, BusyError):
        sheet.general = page.t(
            "Mange skriver lige nu. Intet er gemt. Prøv igen om fem sekunder.",
            "Many are writing. Nothing was saved. Try again in five seconds.",
        )
    else:
        waited(kurslog, positions[-1])
        saved = f"{positions[0]}-{positions[-1]}"
        return redirect(page.link("attendance", gathering=sheet.gathering.id, saved=saved, on=None), 303)
    return _render(page, sheet), 422


def _team_page(kurslog: Kurslog, process: str) -> ProcessPage:
    page = ProcessPage.of(kurslog, process, Act.RECORD)
    if not reaches(page.caller, Visibility.TEAM, process):
        raise UnknownError("attendance")
    return page


def _render(page: ProcessPage, sheet: AttendanceList) -> str:
    saved = request.args.get("saved", "")
    first, _, last = saved.partition("-")
    whole = first.isdigit() and last.isdigit()
    return page.render(
        "attendance.html",
        sheet=sheet,
        saved=saved if whole else None,
        undone=request.args.get("undone"),
        ahead=(sheet.gathering.days_left or 0) > 0,
    )


# ------------------------------------------------------------------ what was typed
def _sheet(page: ProcessPage, ref: str, typed: Mapping[str, str]) -> AttendanceList:
    """Return a gathering's list with what the log holds, and over it what was typed.

    Raises:
        UnknownError: for a gathering that is not there, or was cancelled.
    """
    found = next((one for one in gatherings_of(page) if one.id == ref and one.status != "cancelled"), None)
    if found is None:
        raise UnknownError(ref)
    at = moment_of(page, ref)
    sheet = AttendanceList(found, rows_of(page, ref, at), head_of(page, ref), command_id())
    for row in sheet.rows:
        status, role = typed.get(f"status.{row.id}", ""), typed.get(f"role.{row.id}", "")
        row.status = status if status in set(Attendance) else row.status
        row.role = role if role in row.roles else row.role
    sheet.head.total = typed.get("total", sheet.head.total).strip()
    sheet.head.basis = typed.get("basis", sheet.head.basis).strip()[:BASIS_MAX]
    return sheet


# ------------------------------------------------------------------ what is recorded
def _wires(page: ProcessPage, sheet: AttendanceList) -> list[dict[str, Any]]:
    """Return the events that bring the log to what was typed: new answers, and corrections of earlier ones."""
    times = _times(page, sheet.gathering.id)
    wires = [wire for row in sheet.rows if (wire := _row_wire(page, sheet, row, times))]
    head = _head_wire(page, sheet, times)
    return [*wires, head] if head else wires


def _row_wire(page: ProcessPage, sheet: AttendanceList, row: Row, times: dict[str, Any]) -> dict[str, Any] | None:
    if not row.status or not row.changed:
        return None
    event_id = id_within(sheet.command, row.part(row.stored))
    if row.standing is None:
        data = {"gathering_id": sheet.gathering.id, "participant_id": row.id, "status": row.status, "role": row.role}
        return {"type": "attendance-recorded", "id": event_id, "data": data, **times}
    changes = {name: new for name, old, new in row.changes if old != new}
    return _correction(page, event_id, str(row.standing.id), changes)


def _head_wire(page: ProcessPage, sheet: AttendanceList, times: dict[str, Any]) -> dict[str, Any] | None:
    head = sheet.head
    if not head.total:
        return None
    if not (head.total.isascii() and head.total.isdigit() and len(head.total) <= COUNT_DIGITS):
        said = page.t("Skriv antallet med tal, fx 52.", "Write the number in figures, such as 52.")
        sheet.wrong.append(("total", said))
        return None
    if not head.basis:
        said = page.t("Skriv, hvordan I ved det, fx talt ved døren.", "Say how you know, such as counted at the door.")
        sheet.wrong.append(("basis", said))
        return None
    changes = {name: new for name, old, new in head.changes if old != new}
    event_id = id_within(sheet.command, head.part(head.stored))
    if head.standing is not None:
        return _correction(page, event_id, str(head.standing.id), changes) if changes else None
    data = {"gathering_id": sheet.gathering.id, "total": int(head.total), "basis": head.basis}
    return {"type": "headcount-recorded", "id": event_id, "data": data, **times}


def _correction(page: ProcessPage, event_id: str, target: str, changes: Mapping[str, str | None]) -> dict[str, Any]:
    fields = [{"field": name, "value": value} for name, value in changes.items()]
    reason = page.t("Rettet i listen over fremmøde.", "Corrected in the list of attendance.")
    return {"type": "event-corrected", "id": event_id, "data": {"target": target, "fields": fields, "reason": reason}}


def _recorded_before(sheet: AttendanceList) -> list[int]:
    """Return where the events of this very form stand already: it was sent twice."""
    held: list[Row | Head] = [*sheet.rows, sheet.head]
    return [
        one.last.position
        for one in held
        if one.last and str(one.last.id) == id_within(sheet.command, one.part(one.stored - 1))
    ]


def _times(page: ProcessPage, ref: str) -> dict[str, Any]:
    """Return when it happened: when the gathering did, as exactly as that is known; before it began, now."""
    happening = moment_of(page, ref)
    if happening.time is None or happening.time > dt.datetime.now(dt.UTC):
        return {}
    times: dict[str, Any] = {"time": happening.time.isoformat(), "timeprecision": happening.precision.value}
    return times | ({"timeend": happening.end.isoformat()} if happening.end else {})
