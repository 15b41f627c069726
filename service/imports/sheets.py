"""Tables from files: CSV as spreadsheets write it, and XLSX. Rows come one at a time; nothing is ever evaluated."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Any, BinaryIO, Final, NamedTuple
from xml.parsers import expat

ROWS_MAX: Final = 200_000
COLUMNS_MAX: Final = 300
CELL_MAX: Final = 32_767
HEADER_WITHIN: Final = 10
UNPACKED_MAX_BYTES: Final = 100 * 2**20
MEMBERS_MAX: Final = 500
TAGS_MAX: Final = 1_000_000
"""How many ``<`` a workbook may unpack to: 12 kB can hold millions of empty cells, half a minute and 600 MB to read.
A parse in a thread cannot be stopped in the middle, so what goes in is bounded; a larger table comes as CSV.
"""
PROLOG_MAX_BYTES: Final = 2**20
"""How far into a part its first element is looked for: the parser reads an unfinished word anew with every chunk."""
CHUNK: Final = 2**16
SEPARATORS: Final = (";", ",", "\t")
BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
EXCEL_HINT: Final = re.compile(r"sep=(.)\s*", re.IGNORECASE)


class UnreadableTableError(Exception):
    """The file as a whole is no table that can be read here; ``rule`` says why. Nothing was taken in."""

    def __init__(self, rule: str, **facts: object) -> None:
        self.rule = rule
        self.facts = facts
        super().__init__(rule)


class Cell(NamedTuple):
    """What stands in a cell: its text; whether it was a number to the spreadsheet; whether it is to be worked out."""

    text: str
    number: bool = False
    formula: bool = False


EMPTY: Final = Cell("")


class Line(NamedTuple):
    """A row of a table and its number in the file, from 1."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """A table: its format, its headers, and its rows, which can be walked again and again."""

    format: str
    headers: list[str]
    rows: Callable[[], Iterator[Line]]
    left_out: tuple[str, ...] = ()

    def count(self) -> int:
        """Return how many rows there are, having looked at them all.

        Raises:
            UnreadableTableError: when there are too many, or one cannot be read.
        """
        count = 0
        for count, _ in enumerate(self.rows(), 1):
            if count > ROWS_MAX:
                raise UnreadableTableError("table-too-long", most=ROWS_MAX)
        return count


Known = Callable[[str], int]
"""How well we know a header: 0 is not at all."""


def is_xlsx(file: BinaryIO) -> bool:
    """Tell a workbook from text by its first bytes."""
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise UnreadableTableError("table-old-or-locked")
    return start.startswith(b"PK")


def table_of(file: BinaryIO, known: Known, *, any_sheet: bool = True) -> Table:
    """Return the table in a file.

    Args:
        file: seekable; it is read again for every walk over the rows.
        known: which headers we know: by them the separator, the sheet and the line of headers are found.
        any_sheet: whether the first sheet with a header we know will do; else it is the one with the most.

    Raises:
        UnreadableTableError: when it is none.
    """
    return _xlsx(file, known, any_sheet=any_sheet) if is_xlsx(file) else _csv(file, known)


# ------------------------------------------------------------------ CSV
def _csv(file: BinaryIO, known: Known) -> Table:
    encoding = _encoding(file)
    found = [(sep, *_header(_lines(file, encoding, sep), known)) for sep in SEPARATORS]
    separator, headers, at = max(found, key=lambda one: sum(map(known, one[1])))
    if not any(map(known, headers)):
        raise UnreadableTableError("table-without-known-headers")
    return Table("csv", headers, lambda: (line for line in _lines(file, encoding, separator) if line.number > at))


def _encoding(file: BinaryIO) -> str:
    """Tell the encoding: a mark at the beginning, else UTF-8 if all of it is, else that of Danish Windows."""
    file.seek(0)
    start = file.read(CHUNK)
    if not start:
        raise UnreadableTableError("table-empty")
    for bom, name in BOMS:
        if start.startswith(bom):
            _decodes(file, name)
            return name
    if start.count(b"\x00") > len(start) // 10:
        raise UnreadableTableError("table-not-text")
    try:
        _decodes(file, "utf-8")
    except UnreadableTableError:
        _decodes(file, "cp1252")
        return "cp1252"
    return "utf-8"


def _decodes(file: BinaryIO, encoding: str) -> None:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise UnreadableTableError("table-not-text") from error


def _lines(file: BinaryIO, encoding: str, separator: str) -> Iterator[Line]:
    """Yield the rows that hold anything, each with the number of its first line."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    number = 0
    try:
        reader = csv.reader(text, delimiter=separator)
        for row in reader:
            first, number = number + 1, reader.line_num
            if any(cell.strip() for cell in row) and not (first == 1 and EXCEL_HINT.fullmatch(separator.join(row))):
                yield Line(first, [Cell(cell.strip()) for cell in row[:COLUMNS_MAX]])
    except csv.Error as error:
        raise UnreadableTableError("table-broken-quotes", line=number + 1) from error
    finally:
        text.detach()


def _header(lines: Iterable[Line], known: Known) -> tuple[list[str], int]:
    """Return the line of headers and its number: the one among the first with the most that we know."""
    best: tuple[list[str], int] = ([], 0)
    most = 0
    for line in islice(lines, HEADER_WITHIN):
        headers = [cell.text for cell in line.cells]
        if (count := sum(map(known, headers))) > most:
            best, most = (headers, line.number), count
    return best


# ------------------------------------------------------------------ XLSX
def _xlsx(file: BinaryIO, known: Known, *, any_sheet: bool) -> Table:
    from openpyxl import load_workbook  # noqa: PLC0415 - half a second that only a workbook is worth

    _check_unpacked(file)
    try:
        file.seek(0)
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        found = ((sheet, *_header(_sheet_lines(sheet), known)) for sheet in sheets)
        fitting = ((sheet, headers, at) for sheet, headers, at in found if headers)
        best = next(fitting, None) if any_sheet else max(fitting, key=lambda one: sum(map(known, one[1])), default=None)
        if best is not None:
            sheet, headers, at = best
            others = tuple(one.title for one in sheets if one is not sheet)
            return Table("xlsx", headers, partial(_below, sheet, at), others)
    except UnreadableTableError:
        raise
    except Exception as error:  # the library raises whatever a damaged workbook leads it to
        raise UnreadableTableError("table-damaged") from error
    raise UnreadableTableError("table-without-known-headers")


def _check_unpacked(file: BinaryIO) -> None:
    """Unpack the workbook once, counting what really comes out, and look for declarations no workbook needs.

    Raises:
        UnreadableTableError: when more comes out than anybody's table holds, or it is no workbook.
    """
    left, tags = UNPACKED_MAX_BYTES, TAGS_MAX
    try:
        with zipfile.ZipFile(file) as packed:
            members = packed.infolist()
            if len(members) > MEMBERS_MAX or "[Content_Types].xml" not in packed.namelist():
                raise UnreadableTableError("table-damaged")
            for member in members:
                with packed.open(member) as content:
                    prolog = _Prolog()
                    while left >= 0 and tags >= 0 and (chunk := content.read(CHUNK)):
                        left -= len(chunk)
                        tags -= chunk.count(b"<")
                        prolog.feed(chunk)
                if left < 0 or tags < 0:
                    raise UnreadableTableError("table-unpacks-too-large", most=UNPACKED_MAX_BYTES // 2**20)
                if prolog.endless:
                    raise UnreadableTableError("table-damaged")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise UnreadableTableError("table-damaged") from error


class _Prolog:
    """Looks for a declaration with the parser that will read the file, whatever its encoding and what stands before."""

    def __init__(self) -> None:
        self._parser, self._over, self._left = expat.ParserCreate(), False, PROLOG_MAX_BYTES
        self._parser.StartDoctypeDeclHandler = self._declared
        self._parser.StartElementHandler = self._begun

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes, until the first element or until it is no XML, such as a picture.

        Raises:
            UnreadableTableError: at a declaration, before anything it names is looked for.
        """
        if self._over or self.endless:
            return
        self._left -= len(chunk)
        try:
            self._parser.Parse(chunk)
        except expat.ExpatError:
            self._over = True

    @property
    def endless(self) -> bool:
        """Whether it is neither over nor ever will be, for all that was looked at."""
        return self._left < 0 and not self._over

    def _declared(self, *_: object) -> None:
        raise UnreadableTableError("table-damaged")

    def _begun(self, *_: object) -> None:
        self._over = True


def _below(sheet: Any, at: int) -> Iterator[Line]:
    return (line for line in _sheet_lines(sheet) if line.number > at)


def _sheet_lines(sheet: Any) -> Iterator[Line]:
    try:
        for number, row in enumerate(sheet.iter_rows(max_col=COLUMNS_MAX), 1):
            cells = [_cell(cell) for cell in row]
            while cells and not cells[-1].text:
                cells.pop()
            if cells:
                yield Line(number, cells)
    except Exception as error:  # as above
        raise UnreadableTableError("table-damaged") from error


def _cell(cell: Any) -> Cell:
    value, kind = cell.value, getattr(cell, "data_type", "n")
    match value:
        case None:
            return EMPTY
        case bool():
            return Cell("ja" if value else "nej")
        case int() | float():
            return Cell(format(Decimal(str(value)).normalize(), "f"), number=True)
        case dt.datetime():
            return Cell(value.date().isoformat() if value.time() == dt.time.min else value.isoformat(" ", "minutes"))
        case dt.date():
            return Cell(value.isoformat())
        case _:
            return Cell(str(value).strip()[:CELL_MAX], formula=kind in {"f", "e"})
