"""The record of processing, for whoever answers for the data in a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.privacy import record
from service.reports.processing import declared
from service.security.membership import LEADING
from service.web.page import ProcessPage

if TYPE_CHECKING:
    from service.app import Kurslog


def record_page(kurslog: Kurslog, process: str) -> str:
    """Show the record.

    Raises:
        UnknownError: to whoever does not answer for the data; the page is not there for them.
    """
    page = ProcessPage.for_roles(kurslog, process, LEADING)
    page.on, page.problem = None, None
    sections = record(declared(kurslog, page.caller, page.registration), page.lang)
    return page.render("processing.html", sections=sections)
