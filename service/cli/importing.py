"""``kurslog import``: lines of CloudEvents and spreadsheets, and what is said about them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli.operator import operator
from service.cli.say import progress, spoken, t, words
from service.imports.intake import Held, Tally, Waiting
from service.imports.ndjson import import_file
from service.imports.rows import Defaults
from service.imports.sheets import is_xlsx
from service.imports.tables import TableImport, Told
from service.imports.values import day_of
from service.queries import UnknownError
from service.security.gate import Act

if TYPE_CHECKING:
    from service.app import Kurslog

PEEK = 4096


def format_of(file: Path) -> str:
    """Tell a file's format from its content: a workbook, a line of JSON, else a table as text."""
    with file.open("rb") as content:
        if is_xlsx(content):
            return "xlsx"
        start = content.read(PEEK).lstrip(b"\xef\xbb\xbf \t\r\n")
    return "ndjson" if start.startswith(b"{") or not start or file.suffix in {".ndjson", ".jsonl"} else "csv"


def import_lines(app: Kurslog, process: str, file: Path) -> int:
    """Import CloudEvents, one a line; return how many wait."""
    with file.open("rb") as lines:
        total = sum(1 for line in lines if line.strip())
    with progress(total, "Læser ind", "Reading") as told:
        tally = import_file(app, process, file, account=operator(app).account, progress=told)
    return concluded(tally, total, t("linjer", "lines"))


def import_table(
    app: Kurslog,
    process: str,
    file: Path,
    *,
    dry_run: bool,
    kind: str | None = None,
    date: str | None = None,
    gathering: str | None = None,
) -> int:
    """Import a spreadsheet, or show what its rows would become; return how many wait."""
    day = day_of(date) if date else None
    if date and day is None:
        raise click.BadParameter(t("Skriv 2019-05-24.", "Write 2019-05-24."), param_hint="--date")
    with file.open("rb") as content:
        run = TableImport(
            app,
            process,
            operator(app).account,
            content,
            kind=kind,
            defaults=Defaults(day, gathering),
            rehearsal=dry_run,
            tell=_told if dry_run else lambda _: None,
        )
        if run.mapping.unread:
            unread = ", ".join(f"“{one}”" for one in run.mapping.unread)
            words(t(f"Disse kolonner læses ikke: {unread}", f"These columns are not read: {unread}"))
        with progress(run.table.count(), "Læser ind", "Reading") as told:
            tally = run.run(told)
    if dry_run:
        words(t("Intet er gemt: det var en prøve.", "Nothing was saved: this was a rehearsal."))
    return concluded(tally, tally.read, t("rækker", "rows"))


def _told(told: Told) -> None:
    mark = {"accepted": "+", "duplicate": "=", "waits": "?"}[told.state]
    click.echo(f"{mark} {told.line}\t{told.da if spoken() == 'da' else told.en}")


def concluded(tally: Tally, total: int, unit: str) -> int:
    """Say what became of a file, and return how many of its lines wait."""
    for item in tally.quarantined:
        words(
            t(f"linje {item.line}: {item.sentence} [{item.rule}]", f"line {item.line}: {item.sentence} [{item.rule}]")
        )
    waiting = len(tally.quarantined)
    words(
        t(
            f"{total} {unit} læst: {tally.accepted} taget ind, {tally.duplicate} fandtes i forvejen, "
            f"{waiting} venter på dig.",
            f"{total} {unit} read: {tally.accepted} taken in, {tally.duplicate} already there, {waiting} wait for you.",
        )
    )
    click.echo(json.dumps({"accepted": tally.accepted, "duplicate": tally.duplicate, "quarantined": waiting}))
    return waiting


def waiting_rows(app: Kurslog, process: str, kind: str | None) -> list[Held]:
    """Return the rows that wait, of one kind or all.

    Raises:
        UnknownError: when none does.
    """
    app.queries.check(operator(app), Act.SEE, process)
    held = [one for one in Waiting(app, process).listed() if kind in {None, one.row.kind}]
    if kind and not held:
        raise UnknownError(kind)
    return held
