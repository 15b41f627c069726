"""Reports: one process at one position, as pages to hand over, as sheets to work on, or as JSON.

The same position, language and reader give the same bytes: a report's date is that of the last entry it knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from service.queries import Clocks, UnknownError
from service.reports.content import Report
from service.reports.landdistriktspuljen import compose
from service.reports.material import Material, gather
from service.reports.written import written

if TYPE_CHECKING:
    from service.app import Kurslog
    from service.security.gate import Caller

FORMATS: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
"""Format -> media type."""
TEMPLATES: Final[dict[str, Callable[[Material], Report]]] = {"landdistriktspuljen": compose}
"""Template -> what composes it."""
LANGUAGES: Final = ("da", "en")


def build(
    kurslog: Kurslog,
    caller: Caller,
    process: str,
    *,
    template: str,
    language: str,
    format: str,  # noqa: A002 - the word people type
    clocks: Clocks,
    leaving: bool = False,
) -> bytes:
    """Return a report of a process as a file's content.

    Args:
        kurslog: the running Kurslog; its projections have reached the position.
        caller: for whom it is written: texts that are not for the caller are marked as not shown.
        process: its id.
        template: one of `TEMPLATES`.
        language: ``da`` or ``en``.
        format: one of `FORMATS`.
        clocks: what was known by a position, of what had happened by a moment.
        leaving: whether it leaves the house: then it holds no text that only the team may see, nor one whose author
            has not said yes to being quoted.

    Raises:
        UnknownError: for a template that does not exist, or a process that does not, or is not the caller's.
        ValueError: for another format or language.
    """
    if template not in TEMPLATES:
        raise UnknownError(f"There is no report {template!r}. There is: {', '.join(sorted(TEMPLATES))}.")
    if format not in FORMATS:
        raise ValueError(f"A report cannot be written as {format!r}. Choose one of {', '.join(FORMATS)}.")
    if language not in LANGUAGES:
        raise ValueError(f"Reports are not written in {language!r}. Choose one of {', '.join(LANGUAGES)}.")
    report = TEMPLATES[template](gather(kurslog, caller, process, clocks, language, leaving=leaving))
    return _writer(format)(report)


def _writer(name: str) -> Callable[[Report], bytes]:
    """Return the writer of a format; those with an engine of their own are loaded when they are asked for."""
    if name == "pdf":
        from service.reports.pdf import write_pdf  # noqa: PLC0415 - loads the typesetter

        return write_pdf
    if name == "xlsx":
        from service.reports.xlsx import write_xlsx  # noqa: PLC0415 - loads the spreadsheet writer

        return write_xlsx
    return written
