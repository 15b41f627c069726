"""Answers as tables and CSV: the longest list of the answer, its plain columns."""

from __future__ import annotations

import csv
import io
import shutil
from typing import Any, Final

from service.cli.say import spoken
from service.spreadsheets import defused

CELL_MAX: Final = 48
SKIPPED: Final = {"when", "moved", "ended", "steps", "silent", "by_role", "builds_on", "options"}
FIRST: Final = ("date", "kind", "id", "status", "what", "count")
SAYING: Final = ("title", "heading", "question", "text", "change")


def rows_of(data: dict[str, Any], rows: str = "") -> list[dict[str, Any]]:
    """Return the list of an answer that is shown (``rows``, else the longest) as flat rows; without a list, the answer."""
    lists = [value for value in data.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    shown: list[Any] = data[rows] if rows in data else max(lists, key=len, default=[data])
    return [_flat(row) for part in shown for row in _parts(part)]


def _parts(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row that holds cells as a row for each of them."""
    held = {name: value for name, value in row.items() if name != "cells"}
    return [{**held, **cell} for cell in row["cells"]] if "cells" in row else [row]


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat = {}
    for name, value in row.items():
        shown = _cell(value)
        if name not in SKIPPED and shown is not None:
            flat["what" if name in SAYING and "what" not in flat else name] = shown
    return flat


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        if "value" in value and "events" in value:
            return value["value"]
        if value.keys() == {"da", "en"}:
            return value[spoken()]
        if "notrecorded" in value:
            return "(notrecorded)"
        return value.get("title") or _cell(value.get("change"))
    if isinstance(value, list):
        return ", ".join(str(_cell(item)) for item in value if _cell(item) is not None) or None
    return value


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    names = dict.fromkeys(name for name in FIRST if any(name in row for row in rows))
    for row in rows:
        names.update(dict.fromkeys(row))
    return [name for name in names if any(row.get(name) not in (None, "", False) for row in rows)]


def table(data: dict[str, Any], rows: str = "") -> str:
    """Return a table that fits the terminal: the first columns that do."""
    found = rows_of(data, rows)
    names = _columns(found)
    cells = [[_short(row.get(name)) for name in names] for row in found]
    widths = [max([len(name), *(len(line[at]) for line in cells)]) for at, name in enumerate(names)]
    room, shown = shutil.get_terminal_size((120, 24)).columns, 0
    while shown < len(names) and sum(widths[: shown + 1]) + 2 * shown <= room:
        shown += 1
    shown = max(shown, 1)
    lines = [[*names], *cells] if names else []
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line[:shown], widths, strict=False)).rstrip()
        for line in lines
    )


def _short(value: Any) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= CELL_MAX else text[: CELL_MAX - 1] + "…"


def csv_text(data: dict[str, Any], rows: str = "", *, danish: bool, marks: dict[str, str] | None = None) -> str:
    """Return the rows as CSV; ``danish`` with semicolons and decimal commas, as Danish spreadsheets read it.

    ``marks`` stand as columns of their own, the same in every row: a row copied elsewhere still says that it is invented.
    A cell that a spreadsheet would take for a formula is written with an apostrophe before it.
    """
    found = rows_of(data, rows)
    names = [*_columns(found), *(marks or {})]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if danish else ",", lineterminator="\r\n")
    writer.writerow(names)
    for row in found:
        writer.writerow([_csv_cell({**row, **(marks or {})}.get(name), danish=danish) for name in names])
    return ("\ufeff" if danish else "") + out.getvalue()


def _csv_cell(value: Any, *, danish: bool) -> Any:
    if isinstance(value, float) and danish:
        return str(value).replace(".", ",")
    if isinstance(value, str):
        return defused(value)
    return "" if value is None else value
