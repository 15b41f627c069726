"""A report as a workbook: one sheet a section, figures beside their trail, every text a text and never a formula."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any, Final

import xlsxwriter

from service.reports.content import (
    Block,
    Course,
    Facts,
    Heading,
    Line,
    Paragraph,
    Picture,
    Report,
    Section,
    Table,
    plain,
    trail_of,
)
from service.reports.written import fingerprint

OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
CELL_MAX: Final = 32_000
"""Characters a cell holds; a longer text is cut there and says so."""
EPOCH: Final = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
NAME_MAX: Final = 31
WIDE: Final = 60
LANGUAGES: Final = {"da": "da-DK", "en": "en-GB"}
Sheet = Any
"""A worksheet of XlsxWriter, which ships no types."""


def write_xlsx(report: Report) -> bytes:
    """Return the report as a workbook whose dates are the report's own, so that its bytes are."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, OPTIONS)
    book.set_properties(_properties(report))
    book.set_custom_property("Language", LANGUAGES[report.language], "text")
    writer = _Writer(book, report)
    writer.front()
    for number, section in enumerate(report.sections, 1):
        writer.section(number, section)
    writer.trail()
    book.close()
    return content.getvalue()


def _properties(report: Report) -> dict[str, Any]:
    known = (report.known or EPOCH).astimezone(dt.UTC).replace(tzinfo=None)
    return {
        "title": report.title,
        "subject": report.kicker,
        "category": report.unofficial,
        "keywords": LANGUAGES[report.language],
        "comments": f"{report.process} {report.position} {fingerprint(report)}",
        "created": known,
    }


class _Writer:
    """Writes sections into sheets, each from the top down."""

    def __init__(self, book: Any, report: Report) -> None:
        self._book = book
        self._report = report
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._part = book.add_format({"bold": True, "font_size": 12})
        self._body = book.add_format({"text_wrap": True, "valign": "top"})
        self._quiet = book.add_format({"text_wrap": True, "valign": "top", "italic": True})

    def front(self) -> None:
        """Write the first page as the first sheet."""
        report, words = self._report, "Forside" if self._report.language == "da" else "Front page"
        sheet = self._sheet(words)
        lines = [report.title, report.kicker, *([report.invented] if report.invented else [])]
        row = self._opening(sheet, lines)
        for block in report.front:
            row = self._block(sheet, row, block)
        for line in [*report.foot, f"SHA-256: {fingerprint(report)}"]:
            row = self._write(sheet, row, 0, line, self._quiet) + 1

    def section(self, number: int, section: Section) -> None:
        """Write a section as a sheet; one with a single table freezes its header."""
        sheet = self._sheet(f"{number} {section.title}")
        row = self._opening(sheet, [f"{number} {section.title}", self._report.footer])
        for block in section.blocks:
            row = self._block(sheet, row, block)

    def trail(self) -> None:
        """Write the control trail as a sheet of its own: numbers as numbers, under a header that stays."""
        danish = self._report.language == "da"
        sheet = self._sheet("Kontrolspor" if danish else "Control trail")
        danish_header = ("Spor", "Tal", "Værdi", "Antal registreringer", "Registreringer, nr.")
        header = danish_header if danish else ("Trail", "Figure", "Value", "Number of entries", "Entries, no.")
        for column, name in enumerate(header):
            self._write(sheet, 0, column, name, self._head)
        for row, one in enumerate(self._report.trail, 1):
            sheet.write_number(row, 0, one.number, self._body)
            self._write(sheet, row, 1, one.what, self._body)
            sheet.write_number(row, 2, float(one.value), self._body)
            sheet.write_number(row, 3, one.count, self._body)
            self._write(sheet, row, 4, trail_of(one, self._report.language), self._body)
        sheet.set_column(4, 4, WIDE)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)

    def _sheet(self, name: str) -> Sheet:
        sheet = self._book.add_worksheet("".join(char for char in name if char not in "[]:*?/\\")[:NAME_MAX])
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 8, 30)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _opening(self, sheet: Sheet, lines: list[str]) -> int:
        for row, line in enumerate(lines):
            self._write(sheet, row, 0, line, self._title if row == 0 else None)
        sheet.freeze_panes(1, 0)
        return len(lines) + 1

    # -------------------------------------------------------------- blocks
    def _block(self, sheet: Sheet, row: int, block: Block) -> int:
        match block:
            case Paragraph():
                return self._merged(sheet, row, self._plain(block.line)) + 1
            case Heading():
                return self._write(sheet, row, 0, block.text, self._part) + 1
            case Facts():
                return self._facts(sheet, row, block)
            case Table():
                return self._table(sheet, row, block)
            case Course() | Picture():
                return self._merged(sheet, row, block.description) + 1

    def _merged(self, sheet: Sheet, row: int, text: str) -> int:
        """Write a paragraph over four columns, as high as it needs to be."""
        sheet.merge_range(row, 0, row, 3, "", self._body)
        self._write(sheet, row, 0, text, self._body)
        sheet.set_row(row, 15 * (len(text) // 110 + 1))
        return row

    def _facts(self, sheet: Sheet, row: int, block: Facts) -> int:
        for name, line in block.rows:
            self._write(sheet, row, 0, name, self._body)
            self._write(sheet, row, 1, self._plain(line), self._body)
            row += 1
        return row + 1

    def _table(self, sheet: Sheet, row: int, block: Table) -> int:
        for column, name in enumerate(block.header):
            self._write(sheet, row, column, name, self._head)
        for cells in block.rows:
            row += 1
            for column, cell in enumerate(cells):
                self._cell(sheet, row, column, "\n".join(self._plain(line) for line in cell))
        if block.note:
            row = self._merged(sheet, row + 1, block.note)
        return row + 2

    def _cell(self, sheet: Sheet, row: int, column: int, text: str) -> None:
        self._write(sheet, row, column, text, self._body)

    def _plain(self, line: Line) -> str:
        return plain(line, self._report.language)

    def _write(self, sheet: Sheet, row: int, column: int, text: str, style: Any) -> int:
        cut = text if len(text) <= CELL_MAX else text[:CELL_MAX] + " …"
        sheet.write_string(row, column, cut, style)
        return row
