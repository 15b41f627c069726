"""Reading a spreadsheet in: send it, see what each row would become, then say yes; and undo the whole of it."""

from __future__ import annotations

import io
from typing import Any, Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.bounds import DIGEST_PATTERN
from service.app import Kurslog
from service.files import FileRefusedError, read_at_most
from service.imports.columns import KINDS
from service.imports.intake import Tally, Waiting
from service.imports.rows import Defaults
from service.imports.sentences import sentence
from service.imports.sheets import UnreadableTableError, is_xlsx
from service.imports.standing import gatherings
from service.imports.tables import TableImport, Told, sha256_of
from service.imports.undoing import StandsInTheWayError, undo_import
from service.imports.values import day_of
from service.log.files import Kept
from service.problems import sentence as said
from service.queries import UnknownError
from service.security.gate import Act
from service.sending import allow_files
from service.web.entries import entries_of
from service.web.log import entry_page, one_entry
from service.web.page import ProcessPage, asked_number
from service.web.record import waited
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
    return redirect(page.link("import_preview", sha256=sha256, on=None), 303)


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


def _run(page: ProcessPage, sha256: str, *, rehearsal: bool) -> tuple[TableImport, Preview, Tally]:
    """Run over the file that was sent, by what was chosen for it.

    Raises:
        UnknownError: when it is not there, or another brought it. UnreadableTableError: when it cannot be read.
    """
    kurslog, process = page.kurslog, page.process
    facts = kurslog.files.facts(process, [sha256]).get(sha256) if DIGEST_PATTERN.fullmatch(sha256) else None
    kept = kurslog.files.open(process, sha256) if facts and page.caller.account in facts.brought_by else None
    if kept is None:
        raise UnknownError(sha256)
    preview, chosen = Preview(), _chosen()
    run = TableImport(
        kurslog,
        process,
        page.caller.account,
        io.BytesIO(kept.content),
        kind=chosen["kind"] if chosen["kind"] in KINDS else None,
        defaults=Defaults(day_of(chosen["day"]), chosen["gathering"] or None),
        rehearsal=rehearsal,
        tell=preview.tell,
    )
    if run.table.count() > ROWS_MAX:
        raise UnreadableTableError("table-too-long-here", most=ROWS_MAX)
    return run, preview, run.run()


def _chosen() -> dict[str, str]:
    return {name: request.values.get(name, "").strip() for name in ("kind", "day", "gathering")}


def import_preview(kurslog: Kurslog, process: str, sha256: str) -> str | tuple[str, int]:
    """Show what each row would become; nothing is written."""
    page = importing(kurslog, process)
    shown: dict[str, Any] = {"sha256": sha256, "chosen": _chosen(), "kinds": KINDS.values(), "shortened": _short}
    shown["gatherings"] = {ref: one.title for ref, one in gatherings(kurslog, process).items()}
    try:
        run, preview, tally = _run(page, sha256, rehearsal=True)
    except UnreadableTableError as error:
        problem = sentence(error.rule, page.lang, **error.facts)
        return page.render("import_preview.html", problem=problem, run=None, **shown), 422
    cells = {one.line: one.row.cells for one in tally.quarantined[: SHOWN * 4] if one.row}
    return page.render("import_preview.html", run=run, preview=preview, tally=tally, cells=cells, **shown)


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
    told = {"accepted": tally.accepted, "duplicate": tally.duplicate, "waits": len(tally.quarantined)}
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
