"""Undoing: one entry, or all that one command recorded. What is withdrawn can still be seen."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import TYPE_CHECKING, Final

from flask import redirect, request

from domain.correcting import EventWithdrawn, standing
from domain.refusals import Refused
from service.queries import UnknownError
from service.security.gate import Act, says
from service.web.log import one_entry
from service.web.page import ProcessPage
from service.web.record import POSITION_DIGITS, record_all, waited

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from domain.kernel import Envelope
    from service.app import Kurslog

COMMAND_MAX: Final = 500
"""So many entries at most are withdrawn at once."""


def undo(kurslog: Kurslog, process: str, position: int) -> Answer:
    """Withdraw an entry. It can still be seen that it was there.

    Raises:
        UnknownError: for an entry that is not the caller's to withdraw.
    """
    page = ProcessPage.of(kurslog, process, Act.RECORD)
    event = one_entry(page, position)
    withdraw(page, [event])
    if request.form.get("back") == "form":
        return redirect(page.link("form", stem=event.declaration.stem, undone=position, on=None), 303)
    return redirect(page.link("entry", position=position, on=None), 303)


def undo_command(kurslog: Kurslog, process: str) -> Answer:
    """Withdraw all that one command recorded, and lead back to the page that did it.

    Raises:
        UnknownError: when any of it is not there, or not the caller's to withdraw.
    """
    page = ProcessPage.of(kurslog, process, Act.RECORD)
    first, _, last = request.form.get("positions", "").partition("-")
    if not (first.isdigit() and (last or first).isdigit() and len(first + last) <= 2 * POSITION_DIGITS):
        raise UnknownError("positions")
    found = page.kurslog.reader.at(range(int(first), min(int(last or first), int(first) + COMMAND_MAX) + 1))
    events = [one_entry(page, event.position) for event in found]
    withdraw(page, events)
    here = page.link("course", on=None)
    back = request.form.get("back", "") if request.form.get("back", "").startswith(f"{here}/") else here
    return redirect(f"{back}{'&' if '?' in back else '?'}undone={events[0].position if events else 0}", 303)


def withdraw(page: ProcessPage, events: list[Envelope]) -> None:
    """Withdraw entries, the last first, since it may rest on those before; what is withdrawn already stays so.

    Raises:
        UnknownError: when any of it is not the caller's to withdraw.
    """
    try:
        _withdraw(page, events)
    except Refused as error:
        if error.rule == "unknown-event":
            raise UnknownError("undo") from error
        if error.rule not in {"already-withdrawn", "same-id-other-content"}:
            raise
        _withdraw(page, events)  # another was first with some of it: now that is seen


def _withdraw(page: ProcessPage, events: list[Envelope]) -> None:
    gone, times = _withdrawn(page, events)
    wires = [
        {
            "type": "event-withdrawn.v1",
            "id": str(uuid.uuid5(event.id, "/".join(["undo"] * (times[str(event.id)] + 1)))),
            "data": {"target": str(event.id), "reason": _undone(page, event)},
        }
        for event in reversed(events)
        if str(event.id) not in gone
    ]
    if wires:
        waited(page.kurslog, record_all(page, wires)[-1])


def _withdrawn(page: ProcessPage, events: list[Envelope]) -> tuple[set[str], Counter[str]]:
    """Return which of these entries are withdrawn, and how often each was: a withdrawal may itself be taken back."""
    stored = page.kurslog.reader.things(page.process, sorted({event.subject for event in events}))
    gone = {str(one.data.target) for one in standing(stored) if isinstance(one.data, EventWithdrawn)}
    return gone, Counter(str(one.data.target) for one in stored if isinstance(one.data, EventWithdrawn))


def _undone(page: ProcessPage, event: Envelope) -> str:
    if says(page.caller, event) or event.recordedby == page.caller.account:
        return page.t("Fortrudt af den, der skrev det.", "Undone by the one who wrote it.")
    return page.t("Trukket tilbage af en anden end den, der skrev det.", "Withdrawn by another than its writer.")
