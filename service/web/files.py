"""Files of a process for whoever is signed in: the report, as of the day the page stands at."""

from __future__ import annotations

from flask import Response

from service.app import Kurslog
from service.security.gate import Act
from service.web.page import ProcessPage


def report_file(kurslog: Kurslog, process: str) -> Response:
    """Return the closing report as PDF."""
    from service.reports import build  # noqa: PLC0415 - typst only where a report is wanted

    page = ProcessPage.of(kurslog, process, Act.REPORT)
    template = "landdistriktspuljen"
    pdf = build(kurslog, page.caller, process, template=template, language=page.lang, format="pdf", clocks=page.clocks)
    disposition = f'inline; filename="{process}-{template}.pdf"'
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": disposition})
