"""Coming in by a link that works once, and going out."""

from __future__ import annotations

import datetime as dt

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from service.app import Kurslog
from service.web.fronts import FIRST
from service.web.page import Page
from service.web.session import COOKIE, SESSION_SECONDS, begin, check_form, check_origin, end


def sign_in_page(kurslog: Kurslog, secret: str) -> str:  # noqa: ARG001 - only the button uses the link up
    """Show a button: a page that is only fetched, by a mail scanner say, uses nothing up."""
    return Page.opened(kurslog).render("sign_in.html", used=False)


def sign_in(kurslog: Kurslog, secret: str) -> Answer | tuple[str, int]:
    """Exchange the link for a session, once."""
    check_origin()
    session = kurslog.tokens.exchange(secret, lasting=dt.timedelta(seconds=SESSION_SECONDS))
    page = Page.opened(kurslog)
    if session is None:
        return page.render("sign_in.html", used=True), 410
    caller = kurslog.tokens.caller(session, "session")
    process = caller.process if caller else None
    first = FIRST.get(caller.role, "course") if caller and caller.role else "course"
    return begin(redirect(page.link(first, process=process) if process else page.link("processes"), 303), session)  # type: ignore[arg-type]


def sign_out(kurslog: Kurslog) -> Answer:
    """End the session."""
    check_form()
    secret = request.cookies.get(COOKIE, "")
    if secret:
        kurslog.tokens.drop(secret)
    return end(redirect(Page.opened(kurslog).link("processes"), 303))  # type: ignore[arg-type]
