"""The waiting rows as a file: mend it, and import it again. What is settled by then waits no more."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from service.imports.columns import PLACE, WHY
from service.imports.intake import Held
from service.spreadsheets import defused


def mending_file(waiting: Sequence[Held], language: str) -> bytes:
    """Return waiting rows of one kind as CSV: where each stood and why it waits, then its own columns.

    With semicolons and a mark at the beginning, as Danish spreadsheets read it.
    """
    headers = list(dict.fromkeys(header for held in waiting for header in held.row.cells))
    names = [(PLACE.da if language == "da" else PLACE.en)[0], (WHY.da if language == "da" else WHY.en)[0]]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([*names, *map(defused, headers)])
    for held in waiting:
        why = held.row.da if language == "da" else held.row.en
        writer.writerow([held.place, why, *(defused(held.row.cells.get(header, "")) for header in headers)])
    return out.getvalue().encode("utf-8-sig")
