"""All processes the caller may see, and beginning a new one."""

from __future__ import annotations

import datetime as dt
import logging
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.kernel import Envelope
from domain.organising import ProcessRegistered
from domain.refusals import Refused
from domain.vocabulary import ID_PATTERN
from service import words
from service.app import Kurslog
from service.log.scope import within
from service.queries import UnknownError
from service.security.membership import founding
from service.web.course import leading
from service.web.forms import Form, form_of
from service.web.fronts import FIRST
from service.web.page import Page, today
from service.web.reading import read_form, refused, unreadable
from service.web.timebar import bounds, gatherings
from service.wire import Sender, UnreadableError, declaration_of, read_event

LOGGER: Final = logging.getLogger("kurslog")
ID_CHARACTERS: Final = 40
MINI: Final = (6.0, 292.0)
"""Where the small course begins and ends, in its own units."""


@dataclass(frozen=True)
class Mini:
    """The small picture of a course: gatherings along the sailed line, and how far it has come."""

    gatherings: list[float]
    reached: float
    over: bool
    first: str
    last: str


def processes_page(kurslog: Kurslog) -> str:
    """List the processes, each with its sentence and its course."""
    page = Page.opened(kurslog)
    found = kurslog.queries.processes(page.caller)
    return page.render(
        "processes.html",
        processes=[summary_or_less(page, registration) for registration in found],
        first=FIRST.get(page.caller.role) if page.caller.role else None,
    )


def summary_or_less(page: Page, registration: Envelope) -> dict[str, Any]:
    """Return what the list says of one process; its name alone where the rest fails, so that the others are shown."""
    try:
        return summary(page, registration)
    except Exception:
        LOGGER.exception("the summary of process %s failed", registration.process)
        return {
            "id": registration.process,
            "data": registration.data,
            "fictional": registration.data.fictional is True,
            "failed": True,
        }


def summary(page: Page, registration: Envelope) -> dict[str, Any]:
    """Return what the list says of one process."""
    queries, process = page.kurslog.queries, registration.process
    with within(process):
        clocks = queries.clocks(process)
        answers = {
            name: queries.document(page.caller, process, name, clocks)["data"] for name in ("timeline", "actions")
        }
        entries = page.kurslog.reader.count(process)
    data: ProcessRegistered = registration.data
    return {
        "id": process,
        "data": data,
        "period": period(page, data),
        "fictional": data.fictional is True,
        "sentences": leading(page.lang, answers["timeline"], answers["actions"], today()).plain(),
        "entries": entries,
        "mini": mini_of(answers["timeline"], page.lang),
        "sources": any(item["when"].get("citation") for item in answers["timeline"]["items"]),
    }


def period(page: Page, data: ProcessRegistered) -> str:
    """Return a process's period, and whether it lies ahead, runs, or is over."""
    start: Any = data.period_start  # a source may leave it open
    end = data.period_end
    if not isinstance(start, dt.date):
        return page.t(*words.UNDATED)
    if start > today():
        return page.t(f"begynder {words.day(start, 'da')}", f"begins {words.day(start, 'en')}")
    if not isinstance(end, dt.date):
        return page.t(f"siden {words.month(start, 'da')} · i gang", f"since {words.month(start, 'en')} · under way")
    span = f"{words.month(start, page.lang)} – {words.month(end, page.lang)}"
    return f"{span} · {page.t('afsluttet', 'ended') if end < today() else page.t('i gang', 'under way')}"


def mini_of(timeline: Any, lang: str) -> Mini | None:
    """Return the small course, or None where nothing has been sailed."""
    if not timeline["items"]:
        return None
    first, last = bounds(timeline, today())
    left, right = MINI
    whole = (last - first).days or 1

    def place(day: dt.date) -> float:
        return round(left + (right - left - 14) * min(max((day - first).days / whole, 0), 1), 1)

    held = [place(day) for day in gatherings(timeline)]
    shown = [at for index, at in enumerate(held) if index == 0 or at - held[index - 1] > 12]  # noqa: PLR2004 - rings would touch
    return Mini(
        shown, place(min(today(), last)), last < today(), str(first.year), words.month(last, lang).rpartition(" ")[2]
    )


# ------------------------------------------------------------------ a new one
def new_page(kurslog: Kurslog) -> str:
    """Show the form that begins a process.

    Raises:
        UnknownError: to whoever may not begin one; the page is not there for them.
    """
    page = creating(kurslog)
    return _form(page, form_of(declaration_of("process-registered"), page.lang, {}))


def creating(kurslog: Kurslog) -> Page:
    """Return the page if the caller may begin a process.

    Raises:
        UnknownError: when not.
    """
    page = Page.opened(kurslog)
    if not page.may_create:
        raise UnknownError("new")
    return page


def _form(page: Page, form: Form, name: str = "", wrong: str | None = None) -> str:
    return page.render("new.html", form=form, name=name, wrong=wrong)


def register(kurslog: Kurslog) -> Answer | tuple[str, int]:
    """Record the process and lead to its page, or show the form again with what to mend."""
    page = creating(kurslog)
    found = declaration_of("process-registered")
    form = form_of(found, page.lang, {}, request.form)
    wire = read_form(form, request.form, {})
    name = request.form.get("name", "").strip() or slug(request.form.get("data.title", ""))
    wrong = wrong_name(page, name)
    if form.wrong or wrong:
        return _form(page, form, name, wrong), 422
    try:
        sender = Sender(account=page.caller.account, now=dt.datetime.now(dt.UTC))
        event = read_event({**wire, "type": found.name}, name, sender)
        with within(name):
            recorded = kurslog.record(event, *founding(page.caller, event, sender))[0]
    except UnreadableError as error:
        unreadable(form, error)
        return _form(page, form, name), 422
    except Refused as error:
        if error.clash:
            taken = page.t(
                "Et forløb har allerede det navn. Vælg et andet.", "A process has that name already. Choose another."
            )
            return _form(page, form, name, taken), 409
        refused(form, error)
        return _form(page, form, name), 422
    from service.web.record import waited  # noqa: PLC0415 - record builds on forms as we do

    waited(kurslog, recorded.position)
    return redirect(page.link("setup", process=name, step="grant"), 303)


def slug(title: str) -> str:
    """Return a title as an address: small letters, digits and hyphens."""
    plain = title.lower().translate({ord("æ"): "ae", ord("ø"): "oe", ord("å"): "aa"})
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:ID_CHARACTERS].strip("-")


def wrong_name(page: Page, name: str) -> str | None:
    """Return what is wrong with the short name; None when it can be used."""
    if ID_PATTERN.fullmatch(name):
        return None
    return page.t("Brug bogstaver uden æ, ø og å, tal og bindestreg.", "Use letters a to z, digits and hyphens.")
