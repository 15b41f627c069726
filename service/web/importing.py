"""Reading a spreadsheet in: send it, see what each row would become, then say yes; and undo the whole of it."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.bounds import DIGEST_PATTERN
from service.app import Kurslog
from service.files import FileRefusedError, read_at_most
from service.imports.asked import BESIDE, PERSON, Asked
from service.imports.columns import ANSWERS, KINDS
from service.imports.guessing import round_named
from service.imports.intake import Tally, Waiting, WaitingRow
from service.imports.rows import Defaults
from service.imports.sentences import sentence
from service.imports.sheets import UnreadableTableError, is_xlsx, table_of
from service.imports.standing import gatherings, rounds
from service.imports.tables import TableImport, Told, sha256_of
from service.imports.undoing import StandsInTheWayError, undo_import
from service.imports.values import day_of
from service.log.files import Kept
from service.problems import sentence as said
from service.queries import UnknownError
from service.security.gate import Act
from service.sending import allow_files
from service.web.competences import MOMENTS
from service.web.entries import entries_of
from service.web.log import entry_page, one_entry
from service.web.page import ProcessPage, asked_number
from service.web.record import waited
from service.web.sheet import UNSAID
from service.web.things import shortened

SHOWN: Final = 60
ROWS_MAX: Final = 20_000
IMPORTS_SHOWN: Final = 10
CELL_SHOWN: Final = 60
SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def importing(kurslog: Kurslog, process: str) -> ProcessPage:
    """Return the page for whoever may read files in.

    Raises:
        UnknownError: for anybody else.
    """
    page = ProcessPage.of(kurslog, process, Act.RECORD)
    if not page.may_import:
        raise UnknownError(process)
    return page


# ------------------------------------------------------------------ sending the file
def import_form(kurslog: Kurslog, process: str, problem: str | None = None) -> str:
    """Show where a file is sent, what waits, and what was read in before."""
    page = importing(kurslog, process)
    done = kurslog.reader.process_page(process, types=["import-completed.v1"], limit=IMPORTS_SHOWN, backwards=True)
    return page.render(
        "import.html",
        problem=problem,
        kinds=KINDS.values(),
        rounds=round_choices(page),
        chosen_round=request.values.get("round", ""),
        waiting=Waiting(kurslog, process).count(),
        done=entries_of(page, done),
        finished={name: asked_number(name) for name in ("position", "accepted", "duplicate", "waits")}
        if "accepted" in request.args
        else None,
    )


def import_upload(kurslog: Kurslog, process: str) -> Answer | tuple[str, int]:
    """Keep the file aside, and show what its rows would become."""
    page = importing(kurslog, process)
    allow_files(kurslog)
    try:
        kept = _sent(kurslog)
    except FileRefusedError as error:
        return import_form(kurslog, process, said(error.rule, page.lang, **error.facts)), error.status
    except UnreadableTableError as error:
        return import_form(kurslog, process, sentence(error.rule, page.lang, **error.facts)), 422
    sha256 = sha256_of(io.BytesIO(kept.content))
    kurslog.files.keep(process, sha256, kept, accounts=[page.caller.account])
    answered = request.form.get("round") or _round_of(kept.content)
    chosen = {"kind": ANSWERS.name, "round": answered} if answered else {}
    return redirect(page.link("import_preview", sha256=sha256, on=None, **chosen), 303)


def round_choices(page: ProcessPage) -> dict[str, str]:
    """Return the rounds answers may be read in for, the newest first, called by moment and day."""
    found = list(rounds(page.kurslog, page.process).items())
    return {
        ref: f"{page.t(*MOMENTS.get(moment, UNSAID))}, {page.say.day(day)}" for ref, (moment, day) in reversed(found)
    }


def _round_of(content: bytes) -> str:
    """Return the round that a file of ours names, such as one of waiting rows that was mended; empty for any other."""
    try:
        table = table_of(io.BytesIO(content), bool, any_sheet=False)
        first = next(table.rows(), None)
    except UnreadableTableError:
        return ""
    return round_named(table.headers, [cell.text for cell in first.cells]) if first else ""


def _sent(kurslog: Kurslog) -> Kept:
    """Return the file that was sent, whatever its name says it is."""
    sent = request.files.get("file")
    content = read_at_most(sent.stream, kurslog.settings.file_max_bytes) if sent else b""
    if not content:
        raise FileRefusedError("file-empty", 422)
    return Kept(content, SHEET if is_xlsx(io.BytesIO(content)) else "text/csv")


# ------------------------------------------------------------------ what it would become
class Preview:
    """What is told of the rows, the first of each sort."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Told]] = {"accepted": [], "duplicate": [], "waits": []}

    def tell(self, told: Told) -> None:
        """Take in what is told of a row."""
        if len(self.rows[told.state]) < SHOWN:
            self.rows[told.state].append(told)

    @property
    def waits(self) -> list[Told]:
        """The rows that would wait, in the file's order."""
        return sorted(self.rows["waits"], key=lambda told: told.line)

    @property
    def goes_in(self) -> list[Told]:
        """The rows that would go in."""
        return self.rows["accepted"]


def brought(page: ProcessPage, sha256: str) -> BinaryIO:
    """Return the file that was sent.

    Raises:
        UnknownError: when it is not there, or another brought it.
    """
    files, process = page.kurslog.files, page.process
    facts = files.facts(process, [sha256]).get(sha256) if DIGEST_PATTERN.fullmatch(sha256) else None
    kept = files.open(process, sha256) if facts and page.caller.account in facts.brought_by else None
    if kept is None:
        raise UnknownError(sha256)
    return io.BytesIO(kept.content)


def _run(page: ProcessPage, sha256: str, *, rehearsal: bool) -> tuple[TableImport, Preview, Tally]:
    """Run over the file that was sent, by what was chosen for it.

    Raises:
        UnknownError: when it is not there, or another brought it. UnreadableTableError: when it cannot be read.
    """
    kurslog, process, file = page.kurslog, page.process, brought(page, sha256)
    preview, chosen = Preview(), _chosen()
    kind: str | Asked | None = chosen["kind"] if chosen["kind"] in KINDS else None
    if chosen["kind"] == ANSWERS.name:
        kind = Asked(kurslog, process, chosen["round"])
    run = TableImport(
        kurslog,
        process,
        page.caller.account,
        file,
        kind=kind,
        defaults=Defaults(day_of(chosen["day"]), chosen["gathering"] or None),
        rehearsal=rehearsal,
        tell=preview.tell,
    )
    if run.table.count() > ROWS_MAX:
        raise UnreadableTableError("table-too-long-here", most=ROWS_MAX)
    return run, preview, run.run()


def _chosen() -> dict[str, str]:
    return {name: request.values.get(name, "").strip() for name in ("kind", "day", "gathering", "round")}


def import_preview(kurslog: Kurslog, process: str, sha256: str) -> Answer | str | tuple[str, int]:
    """Show what each row would become; nothing is written. Of answers, somebody first says what the columns mean."""
    page = importing(kurslog, process)
    shown: dict[str, Any] = {"sha256": sha256, "chosen": _chosen(), "kinds": KINDS.values(), "shortened": _short}
    shown |= {"rounds": round_choices(page), "answers": ANSWERS.name}
    shown["gatherings"] = {ref: one.title for ref, one in gatherings(kurslog, process).items()}
    try:
        run, preview, tally = _run(page, sha256, rehearsal=True)
    except UnreadableTableError as error:
        if error.rule == "answers-unconfirmed":
            return redirect(page.link("columns", sha256=sha256, round=shown["chosen"]["round"], on=None), 303)
        problem = sentence(error.rule, page.lang, **error.facts)
        return page.render("import_preview.html", problem=problem, run=None, **shown), 422
    cells = {one.line: told_cells(page, one.row) for one in tally.quarantined[: SHOWN * 4] if one.row}
    return page.render("import_preview.html", run=run, preview=preview, tally=tally, cells=cells, **shown)


def told_cells(page: ProcessPage, row: WaitingRow) -> dict[str, str]:
    """Return what is shown of a row that waits: of answers who and when, never what was answered."""
    if row.kind != ANSWERS.name:
        return row.cells
    return {page.t(*BESIDE[name]): row.cells[name] for name in (*PERSON, "role", "date") if row.cells.get(name)}


def _short(text: str) -> str:
    return shortened(text, CELL_SHOWN)


def import_confirm(kurslog: Kurslog, process: str, sha256: str) -> Answer:
    """Read the file in."""
    page = importing(kurslog, process)
    try:
        run, _, tally = _run(page, sha256, rehearsal=False)
    except UnreadableTableError:
        return redirect(page.link("import_preview", sha256=sha256, on=None, **_chosen()), 303)
    kurslog.files.drop(process, run.sha256)
    if tally.last_position:
        waited(kurslog, tally.last_position)
    told = {"accepted": tally.accepted, "duplicate": tally.duplicate, "waits": tally.waiting}
    return redirect(page.link("import_form", position=tally.last_position, on=None, **told), 303)


# ------------------------------------------------------------------ undoing
def import_undo(kurslog: Kurslog, process: str, position: int) -> Answer | tuple[str, int]:
    """Withdraw all that an import brought in, or say what stands in the way."""
    page = importing(kurslog, process)
    one_entry(page, position)
    try:
        undo_import(kurslog, process, position, page.caller.account, page.lang)
    except StandsInTheWayError as error:
        return entry_page(kurslog, process, position, error.positions), 409
    waited(kurslog, kurslog.reader.process_head(process)[0])
    return redirect(page.link("entry", position=position, on=None), 303)
