"""``kurslog import``: lines of CloudEvents and spreadsheets, and what is said about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from domain.assessing import Mode, Skip
from service.cli.operator import operator
from service.cli.say import progress, refuse, spoken, t, words
from service.imports.answers import answers_table
from service.imports.asked import BESIDE, Asked, Said
from service.imports.guessing import Guess
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
    """Import CloudEvents, one a line; return how many wait.

    Raises:
        SystemExit: where every line would wait, for a process that is neither there nor registered by the file.
    """
    total, registers = 0, False
    with file.open("rb") as lines:
        for line in lines:
            total += bool(line.strip())
            registers = registers or b"process-registered" in line
    if not registers and app.queries.registration(process) is None:
        raise refuse(
            t(
                f"Intet er læst ind: forløbet {process} findes ikke, og ingen linje i filen registrerer det. Ret navnet, "
                f"eller opret forløbet først med: kurslog process create {process}. [unknown-process]",
                f"Nothing was read in: there is no process {process}, and no line of the file registers it. Mend the "
                f"name, or create the process first with: kurslog process create {process}. [unknown-process]",
            )
        )
    with progress(total, "Læser ind", "Reading") as told:
        tally = import_file(app, process, file, account=operator(app).account, progress=told)
    return concluded(tally, total, t("linjer", "lines"))


@dataclass(frozen=True)
class Reading:
    """How a file of answers is to be read: for which round, and what whoever imports says of its columns and words."""

    round: str
    columns: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    blank: str | None = None
    mode: str | None = None
    confirm: bool = False

    def asked(self, app: Kurslog, process: str, file: BinaryIO, *, dry_run: bool) -> Asked:
        """Return the round; what was said of the columns is kept with --confirm, and tried in a rehearsal.

        Raises:
            SystemExit: when nobody has said yet what the columns mean; our guess is shown.
        """
        asked = Asked(app, process, self.round)
        headers = answers_table(file, asked).headers
        kept, guess = asked.kept(headers), Guess(asked, headers)
        said = self._with_options(asked, headers, kept or guess.said)
        for header in guess.strange:
            words(t(f"“{header}” er intet af rundens spørgsmål.", f"“{header}” is none of the round’s questions."))
        settled = said == kept or (guess.certain and said == guess.said)
        if self.confirm:
            asked.confirm(headers, said, operator(app).account)
        elif not settled:
            meaning = {at: name for name, at in said.places.items()}
            for at, header in enumerate(headers):
                click.echo(f"{at + 1}\t{header}\t{meaning.get(at, '-')}")
            if not dry_run:
                raise refuse(
                    t(
                        "Intet er læst ind. Er det sådan, kolonnerne skal læses? Ret med --column, og bekræft med --confirm.",
                        "Nothing was read in. Is this what the columns mean? Mend it by --column, and say yes by --confirm.",
                    )
                )
        asked.tried = None if settled else said
        return asked

    def _with_options(self, asked: Asked, headers: list[str], said: Said) -> Said:
        places = dict(said.places)
        for option in self.columns:
            column, _, name = option.rpartition("=")
            at = int(column) - 1 if column.isdecimal() else headers.index(column) if column in headers else -1
            if not 0 <= at < len(headers) or name not in {"-", *BESIDE, *asked.items}:
                known = ", ".join([*BESIDE, *asked.items])
                raise click.BadParameter(t(f"Skriv 7=now_s1. Der er: {known}.", f"Write 7=now_s1. There are: {known}."), param_hint="--column")  # fmt: skip
            places = {one: held for one, held in places.items() if held != at and one != name}
            if name != "-":
                places[name] = at
        meant = dict(said.words)
        for option in self.words:
            word, _, code = option.rpartition("=")
            if not word or code not in {*map(str, asked.steps), *Skip}:
                known = ", ".join([*map(str, asked.steps), *Skip])
                raise click.BadParameter(t(f"Skriv Enig=4. Der er: {known}.", f"Write Agree=4. There are: {known}."), param_hint="--word")  # fmt: skip
            meant[asked.word(word)] = code
        return Said(places, meant, said.blank if self.blank is None else self.blank, self.mode or said.mode)


SKIPS = [skip.value for skip in Skip]
MODES = [mode.value for mode in Mode]


def reading(kind: str | None, said: dict[str, Any]) -> Reading | None:
    """Return how a file of answers is to be read, by the options; None for any other file.

    Raises:
        UsageError: for options that do not go together.
    """
    if kind != "answers":
        if any(said.values()):
            raise click.UsageError(t("--round og det, der hører til, går med --kind answers.", "--round and what belongs to it go with --kind answers."))  # fmt: skip
        return None
    if not said["round"]:
        raise click.UsageError(t("Vælg runden med --round.", "Choose the round by --round."))
    for name, known in (("blank", SKIPS), ("mode", MODES)):
        if said[name] not in {None, *known}:
            raise click.BadParameter(t(f"Der er: {', '.join(known)}.", f"There are: {', '.join(known)}."), param_hint=f"--{name}")  # fmt: skip
    return Reading(**said)


def import_table(
    app: Kurslog,
    process: str,
    file: Path,
    *,
    dry_run: bool,
    kind: str | None = None,
    date: str | None = None,
    gathering: str | None = None,
    answers: Reading | None = None,
) -> int:
    """Import a spreadsheet, or show what its rows would become; return how many wait."""
    day = day_of(date) if date else None
    if date and day is None:
        raise click.BadParameter(t("Skriv 2019-05-24.", "Write 2019-05-24."), param_hint="--date")
    with file.open("rb") as content:
        of = answers.asked(app, process, content, dry_run=dry_run) if answers else kind
        run = TableImport(
            app,
            process,
            operator(app).account,
            content,
            kind=of,
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
    if more := tally.waiting - len(tally.quarantined):
        words(
            t(
                f"og {more} til. Ret dem ovenfor, og læs filen ind igen.",
                f"and {more} more. Mend those above, and read the file in again.",
            )
        )
    words(
        t(
            f"{total} {unit} læst: {tally.accepted} taget ind, {tally.duplicate} fandtes i forvejen, "
            f"{tally.waiting} venter på dig.",
            f"{total} {unit} read: {tally.accepted} taken in, {tally.duplicate} already there, "
            f"{tally.waiting} wait for you.",
        )
    )
    click.echo(json.dumps({"accepted": tally.accepted, "duplicate": tally.duplicate, "quarantined": tally.waiting}))
    return tally.waiting


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
