"""A report as pages: PDF/A-3a and PDF/UA-1, set by typst from JSON, so that no text is ever read as markup."""

from __future__ import annotations

import datetime as dt
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from service.reports.content import Report
from service.reports.written import as_data, fingerprint

HERE: Final = Path(__file__).parent
STANDARDS: Final[list[Any]] = ["a-3a", "ua-1"]
LONG_WORD: Final = 18
"""Letters in a row before a word may be broken: addresses, fingerprints, and what people type."""
LONG_ROW: Final = 1400
"""Characters in a table's row before it may be broken over two pages."""
BREAK: Final = "\u200b"
REPLACEMENT: Final = "\ufffd"
UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ue000-\uf8ff\U000f0000-\U0010ffff]")
PROBE: Final = (
    b'#set document(title: "-")\n#set text(font: ("Libertinus Serif", "New Computer Modern"))\n#sys.inputs.text'
)
TOGETHER: Final = re.compile(
    r"((?<!\w)(?:\d{1,2}\.?|nr\.|no\.|DKK|sag|side)) (?=\d|kr\.|mio\.|"
    r"(?:jan|feb|mar|apr|ma[jy]|jun|jul|aug|sep|o[ck]t|nov|dec)\w* ?\d{0,4}\b)|(?<=\d) (?=kr\.|mio\.|million)",
    re.IGNORECASE,
)
"""What a line is not to be broken in: the day and its month, an amount and its unit, a word and its number."""


@cache
def _fonts() -> typst.Fonts:
    """Return the typesetter's own fonts and no others: the same bytes on every machine."""
    return typst.Fonts(include_system_fonts=False)


def write_pdf(report: Report) -> bytes:
    """Return the report as a PDF; characters no font holds are printed as a replacement mark."""
    data = as_data(report)
    _prepare(data)
    data["name"], data["fingerprint"] = UNPRINTABLE.sub("", report.title), fingerprint(report)
    return _typeset(report.template, data, int(report.known.timestamp()) if report.known else 0)


def write_pages(template: str, data: dict[str, Any], made: dt.datetime) -> bytes:
    """Return plain pages of a template that is no report, in the same manner."""
    return _typeset(template, _breakable(data), int(made.timestamp()))


def _typeset(template: str, data: dict[str, Any], moment: int) -> bytes:
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    try:
        return _set(template, text, moment)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error.message) and "codepoint" not in str(error.message):
            raise
        return _set(template, _printable(text), moment)


def _set(template: str, text: str, moment: int) -> bytes:
    return typst.compile(
        HERE / f"{template}.typ",
        root=HERE,
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"report": text},
        pdf_standards=STANDARDS,
        timestamp=moment,
    )


# ------------------------------------------------------------------ text that fits and can be printed
def _prepare(data: dict[str, Any]) -> None:
    """Let long words break and long rows run over the page."""
    blocks = [*data["front"], *(block for section in data["sections"] for block in section["blocks"])]
    for block in blocks:
        if block["block"] == "table":
            block["rows"] = [{"cells": row, "long": len(json.dumps(row)) > LONG_ROW * 2} for row in block["rows"]]
    for name, value in data.items():
        data[name] = _breakable(value)


def _breakable(value: Any) -> Any:
    if isinstance(value, str):
        words = UNPRINTABLE.sub("", value).split(" ")
        return TOGETHER.sub(
            lambda found: (found[1] or "") + "\u00a0",
            " ".join(_word(word) if len(word) > LONG_WORD else word for word in words),
        )
    if isinstance(value, list):
        return [_breakable(item) for item in value]
    if isinstance(value, dict):
        return {name: item if name == "svg" else _breakable(item) for name, item in value.items()}
    return value


def _word(word: str) -> str:
    """Return a long word with places to break: after signs, and in a row of letters no hyphenation knows."""
    parts = re.sub(r"(?<=[/_.?&=:;,+@-])(?=\w)", BREAK, word).split(BREAK)
    return BREAK.join(part if len(part) <= LONG_WORD * 2 else BREAK.join(_chunks(part)) for part in parts)


def _chunks(text: str) -> list[str]:
    return [text[at : at + LONG_WORD] for at in range(0, len(text), LONG_WORD)]


def _printable(text: str) -> str:
    bad = _unprintable(sorted({char for char in text if ord(char) > 0x24F}))  # noqa: PLR2004 - beyond Latin
    return "".join(REPLACEMENT if char in bad else char for char in text)


def _unprintable(chars: list[str]) -> set[str]:
    """Return the characters no font holds, found by halving."""
    if not chars or _prints("".join(chars)):
        return set()
    if len(chars) == 1:
        return set(chars)
    half = len(chars) // 2
    return _unprintable(chars[:half]) | _unprintable(chars[half:])


def _prints(text: str) -> bool:
    try:
        typst.compile(
            PROBE,
            format="pdf",
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"text": text},
            pdf_standards=STANDARDS,
        )
    except typst.TypstError:
        return False
    return True
