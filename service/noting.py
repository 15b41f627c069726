"""What goes with each request: what it needs time and again is asked once, and whose texts were read is noted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Flask, Response, request

from service.app import Kurslog
from service.log import once
from service.log.busy import BusyError
from service.security.readlog import Use

REPORTS: Final = {"web.report_file", "web.reports", "web.issue_report", "web.issued_file"}
EXPORTS: Final = {"processes.show_export", "events.read_events"}
CODING: Final = {"web.coding_text", "web.save_coding"}
ONLY_READING: Final = {"GET", "HEAD"}


def use_of(endpoint: str | None, stem: str | None = None) -> Use:
    """Return what a request reads texts for.

    Args:
        endpoint: the route that answers it.
        stem: the event type whose form it asks for, if any.
    """
    name = endpoint or ""
    if name in REPORTS or name.startswith("reports."):
        return Use.REPORT
    if name in EXPORTS:
        return Use.EXPORT
    if name.startswith("processes."):
        return Use.PROJECTION
    return Use.CODING if name in CODING or stem == "passage-coded" else Use.PAGE


def ask_once(app: Flask) -> None:
    """Let a request that only reads ask once what people said and what is registered, when it first wants to know.

    A request that writes asks each time, whatever became of the one before it in its thread, unless it begins to ask
    once itself; and so does what a stream sends after the answer has begun.
    """

    @app.before_request
    def begin() -> None:
        if request.method in ONLY_READING:
            once.begin()
        else:
            once.end()

    @app.after_request
    def end(response: Response) -> Response:
        once.end()
        return response


def note_reads(app: Flask, kurslog: Kurslog, refuse: Callable[[Exception], Response]) -> None:
    """Note what each request opens once it is answered, whatever the answer; without a note there is none.

    Args:
        app: the application.
        kurslog: whose read log it is.
        refuse: how the application answers an error.
    """

    @app.before_request
    def begin() -> None:
        kurslog.reads.begin(use_of(request.endpoint, (request.view_args or {}).get("stem")))

    @app.after_request
    def end(response: Response) -> Response:
        try:
            kurslog.reads.end()
        except BusyError as error:
            return refuse(error)
        return response
