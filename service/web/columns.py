"""Saying what the columns of a file of answers mean: our guess is shown, and somebody says yes, once for each shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from flask import Response, redirect, request
from werkzeug.wrappers import Response as Answer

from domain.assessing import Mode, Skip
from service import asking
from service.app import Kurslog
from service.exports.xlsform import form_of_round
from service.imports.answers import answers_table, words_in
from service.imports.asked import BESIDE, PERSON, Asked, Said
from service.imports.columns import ANSWERS
from service.imports.guessing import Guess
from service.imports.sentences import sentence
from service.imports.sheets import Cell, Table, UnreadableTableError
from service.imports.standing import RowWaits
from service.web.importing import SHEET, brought, importing, round_choices
from service.web.page import ProcessPage
from service.web.record import waited
from service.web.rounds import asking_page, round_of
from service.web.things import shortened

HEADER_SHOWN: Final = 120
WORD_SHOWN: Final = 60
UNREAD: Final = ""


@dataclass
class AnswersFile:
    """A file of answers on its way in: its columns, and what is said of them."""

    page: ProcessPage
    sha256: str
    asked: Asked
    table: Table
    said: Said
    kept: bool
    strange: list[str]
    words: dict[str, Cell] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, kurslog: Kurslog, process: str, sha256: str) -> AnswersFile:
        """Return the file the request is about, as it was confirmed before, else as we guess.

        Raises:
            UnknownError: when it is not there, or another brought it. UnreadableTableError: when it is no table.
        """
        page = importing(kurslog, process)
        file = brought(page, sha256)
        asked = Asked(kurslog, process, request.args.get("round", ""))
        table = answers_table(file, asked)
        guess, kept = Guess(asked, table.headers), asked.kept(table.headers)
        sheet = cls(page, sha256, asked, table, kept or guess.said, kept is not None, guess.strange)
        sheet.words = words_in(table, sheet.said, asked)
        return sheet

    def meanings(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return what a column may say, in groups: who and when, then the questions of each page."""
        page, questions = self.page, self.asked.instrument.items or ()
        who = [(name, page.t(*BESIDE[name])) for name in PERSON]
        else_ = [(name, page.t(*pair)) for name, pair in BESIDE.items() if name not in PERSON]
        found = [(page.t("Hvem", "Who"), who)]
        for frame in self.asked.frames:
            items = [(asking.column_of(frame, one.id), getattr(one.wording, page.lang)) for one in questions]
            found.append((page.t(*asking.PAGES[frame]), items))
        return [*found, (page.t("Andet", "Other"), else_)]

    def code(self, word: str, cell: Cell) -> str:
        """Return what a word of the file is taken to mean; empty for one that tells nothing by itself."""
        return self.said.words.get(word) or self.by_itself(cell)

    def by_itself(self, cell: Cell) -> str:
        """Return what a cell is read as when nobody says otherwise: a step, or a skip; empty for neither."""
        try:
            return self.asked.read(cell, "")
        except RowWaits:
            return ""

    def codes(self) -> list[tuple[str, str]]:
        """Return what a word may mean: the steps, and the skips."""
        lang = self.page.lang
        steps = [(str(level), asking.step_words(self.asked.instrument, level, lang)) for level in self.asked.steps]
        return steps + [(skip.value, self.page.say.label(skip.value)) for skip in Skip]

    def take(self) -> None:
        """Take in what the form says, noting what is wrong."""
        form, headers, known = request.form, self.table.headers, {*BESIDE, *self.asked.items}
        places: dict[str, int] = {}
        for at, header in enumerate(headers):
            name = form.get(f"c.{at}", UNREAD)
            if name in places:
                facts = {"first": headers[places[name]], "second": header}
                self.wrong.append(sentence("answers-column-twice", self.page.lang, **facts))
            elif name in known:
                places[name] = at
        blank, mode = form.get("blank", ""), form.get("mode", "")
        self.said = Said(
            places, {}, blank if blank in set(Skip) else "", mode if mode in set(Mode) else Mode.ONLINE.value
        )
        self.words = words_in(self.table, self.said, self.asked)
        codes = {code for code, _ in self.codes()}
        for word, cell in self.words.items():
            code = form.get(f"w.{word}", "")
            if code in codes and code != self.by_itself(cell):
                self.said.words[word] = code
        try:
            self.asked.check(self.said)
        except UnreadableTableError as error:
            self.wrong.append(sentence(error.rule, self.page.lang, **error.facts))

    @property
    def unasked(self) -> bool:
        """Whether there are words nobody was asked about yet, since a column was chosen just now."""
        return any(f"w.{word}" not in request.form for word in self.words)


def columns_page(kurslog: Kurslog, process: str, sha256: str) -> str:
    """Show our guess at the columns and words of a file, or what was confirmed of files like it."""
    return _render(AnswersFile.of(kurslog, process, sha256))


def _render(sheet: AnswersFile) -> str:
    page = sheet.page
    meaning = {at: name for name, at in sheet.said.places.items()}
    columns = [(at, header, meaning.get(at, UNREAD)) for at, header in enumerate(sheet.table.headers) if header]
    return page.render(
        "columns.html",
        sheet=sheet,
        read=[one for one in columns if one[2]],
        unread=[one for one in columns if not one[2]],
        meanings=sheet.meanings(),
        words=sorted(
            (
                (word, cell.text, sheet.code(word, cell), bool(sheet.by_itself(cell)))
                for word, cell in sheet.words.items()
            ),
            key=_unread_first,
        ),
        codes=sheet.codes(),
        skips=[(skip.value, page.say.label(skip.value)) for skip in Skip],
        modes=[(mode.value, page.say.label(mode.value)) for mode in Mode],
        round_name=round_choices(page).get(sheet.asked.round_id, sheet.asked.round_id),
        short=lambda text: shortened(text, HEADER_SHOWN),
        short_word=lambda text: shortened(text, WORD_SHOWN),
        asks_words=sheet.unasked and request.method == "POST",
    )


def _unread_first(said: tuple[str, str, str, bool]) -> tuple[str, str]:
    return said[2], said[1]


def save_columns(kurslog: Kurslog, process: str, sha256: str) -> Answer | tuple[str, int]:
    """Keep what was said of the columns, and go on to what the rows become."""
    sheet = AnswersFile.of(kurslog, process, sha256)
    sheet.take()
    if sheet.wrong or sheet.unasked:
        return _render(sheet), 422
    position = sheet.asked.confirm(sheet.table.headers, sheet.said, sheet.page.caller.account)
    if position:
        waited(kurslog, position)
    chosen = {"kind": ANSWERS.name, "round": sheet.asked.round_id}
    return redirect(sheet.page.link("import_preview", sha256=sha256, on=None, **chosen), 303)


def xlsform(kurslog: Kurslog, process: str, round_id: str) -> Response:
    """Return a round's questions as an XLSForm."""
    page = asking_page(kurslog, process)
    round_of(page, round_id)
    headers = {"Content-Disposition": f'attachment; filename="{process}-{round_id}.xlsx"', "Cache-Control": "no-store"}
    return Response(form_of_round(kurslog, process, round_id, page.lang), mimetype=SHEET, headers=headers)
