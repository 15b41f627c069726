"""Answers to a round in a file: how cells are read, and what a row becomes, recorded as the participant's own."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO, Final

from domain.assessing import Frame, Mode
from domain.belonging import Participant, RoleSpan
from domain.kernel import state_of
from domain.vocabulary import Role
from service import asking, words
from service.imports.asked import BESIDE, OURS, Asked, Said
from service.imports.columns import ANSWERS, PLACE, WHY, Mapping, plain
from service.imports.guessing import OUR_NAMES, Guess, weight
from service.imports.rows import Making, Row
from service.imports.sheets import Cell, Table, UnreadableTableError, table_of
from service.imports.standing import RowWaits
from service.imports.values import choice_of

LETTER: Final = re.compile(r"[^\W\d_]")
WORDS_MAX: Final = 40
"""How many different words of a file somebody is asked about: more are no scale, but a column of another sort."""


def answers_table(file: BinaryIO, asked: Asked) -> Table:
    """Return the table of answers in a file: the sheet, separator and line of headers with the most that is known.

    Raises:
        UnreadableTableError: when it is none.
    """
    weights = weight(asked)

    def known(header: str) -> int:
        found = weights.get(plain(header)) or weights.get(plain(header.rpartition("/")[2]))
        return found or int(bool(LETTER.search(header)))

    return table_of(file, known, any_sheet=False)


class Answers:
    """How the cells of one file are read as answers to a round."""

    def __init__(self, asked: Asked, headers: Sequence[str], *, rehearsal: bool = False) -> None:
        """Take what was confirmed of files of this shape, else what the file says by our own names.

        Args:
            asked: the round.
            headers: as they stand in the file.
            rehearsal: whether what was not confirmed yet may be tried.

        Raises:
            UnreadableTableError: ``answers-unconfirmed`` when nobody has said yet what the columns mean.
        """
        guess = Guess(asked, headers)
        found = (asked.tried if rehearsal else None) or asked.kept(headers) or (guess.said if guess.certain else None)
        if found is None:
            raise UnreadableTableError("answers-unconfirmed")
        asked.check(found)
        self.asked, self.said = asked, found
        self.mapping = _mapping(headers, found)
        self._codes: dict[str, str] = {}

    # -------------------------------------------------------------- one cell
    def code(self, cell: Cell, column: str) -> str:
        """Return the step or skip a cell stands for.

        Raises:
            RowWaits: when it stands for none.
        """
        word = self.asked.word(cell.text)
        if word not in self._codes:
            self._codes[word] = self.said.words.get(word) or self.asked.read(cell, column)
        return self._codes[word]

    # -------------------------------------------------------------- one row
    def make(self, row: Row, identity: uuid.UUID) -> Making:
        """Return what a row becomes: an entry for *now* and one for *then*, as far as it answers them.

        Raises:
            RowWaits: when it cannot be placed without guessing.
        """
        self._check_belongs(row)
        ref = row.person()
        if ref is None:
            raise RowWaits("person-missing")
        when = row.when()
        role, mode = row.role() or self._role(ref, when), self._mode(row)
        roles = {role, *(span.role for span in self._spans(ref))}
        given = {frame: found for frame in Frame if (found := self._given(row, frame, roles))}
        if not given:
            raise RowWaits("answers-none")
        wires = []
        for frame, found in given.items():
            data: dict[str, Any] = {
                "assessment_id": f"a-{identity.hex[:12]}-{frame.value}",
                "round_id": self.asked.round_id,
            }
            data |= {"participant_id": ref, "role": role.value, "frame": frame.value, "mode": mode.value}
            data |= {"answers": found} | ({} if mode is Mode.ONLINE else {"transcribed_by": row.ground.account})
            said = {"onbehalfof": ref, "actingrole": role.value, **when}
            wires.append({"type": "self-assessment-submitted", "data": data, **said})
        da, en = (f"{row.who()}: {'; '.join(_told(given, lang))}." for lang in ("da", "en"))
        return Making(wires, da, en)

    def _check_belongs(self, row: Row) -> None:
        for name, own in (("round", self.asked.round_id), ("instrument", asking.edition(self.asked.instrument))):
            if row.text(name) not in {"", own}:
                raise RowWaits(f"answers-to-another-{name}")

    def _role(self, ref: str, when: dict[str, Any]) -> Role:
        """Return the role somebody had on the day; with several, the row has to say which."""
        at = dt.datetime.fromisoformat(when["time"])
        held = {span.role for span in self._spans(ref) if span.covers(at)}
        if len(held) != 1:
            raise RowWaits("role-unclear" if held else "role-missing")
        return held.pop()

    def _spans(self, ref: str) -> Sequence[RoleSpan]:
        state = state_of("participant", self.asked.register.history(f"participant/{ref}"))
        return state.roles if isinstance(state, Participant) else ()

    def _mode(self, row: Row) -> Mode:
        text = row.text("mode") or self.said.mode
        found = choice_of(text, Mode)
        if found is None:
            raise RowWaits("mode-unknown", column=row.header("mode"))
        return found

    def _given(self, row: Row, frame: Frame, roles: set[Role]) -> list[dict[str, Any]]:
        """Return the answers of one frame; none at all where every cell of it is empty."""
        cells = [name for name in self._cells(row, frame) if self._is_asked(row, name, roles)]
        return [self._answer(name, row.cell(name), row.header(name)) for name in cells]

    def _is_asked(self, row: Row, name: str, roles: set[Role]) -> bool:
        """Return whether somebody in these roles is asked this: an empty cell or a skip of it is no answer.

        Raises:
            RowWaits: when it was answered all the same: then the role may be wrong, or the column.
        """
        meant, cell, column = self.asked.meant_for[self.asked.items[name][1]], row.cell(name), row.header(name)
        if not meant or meant & roles:
            return True
        if cell.text and self.code(cell, column).lstrip("-").isdigit():
            raise RowWaits("answer-not-asked", column=column)
        return False

    def _cells(self, row: Row, frame: Frame) -> dict[str, Cell]:
        held = {
            name: row.cells[name] for name, (of, _) in self.asked.items.items() if of is frame and name in row.cells
        }
        return held if any(cell.text for cell in held.values()) else {}

    def _answer(self, name: str, cell: Cell, column: str) -> dict[str, Any]:
        code = self.code(cell, column) if cell.text else self.said.blank
        if not code:
            raise RowWaits("answer-missing", column=column)
        item = {"item": self.asked.items[name][1]}
        return item | ({"value": int(code)} if code.lstrip("-").isdigit() else {"skipped": code})

    # -------------------------------------------------------------- a row that waits
    def waiting(self, row: Row) -> dict[str, str]:
        """Return the cells of a row that waits by our own names, read as far as it can be: mended, it tells itself."""
        found = {OURS[name]: row.cells[name].text for name in BESIDE if name in row.cells}
        for frame in Frame:
            found |= {name: self._as_read(cell) for name, cell in self._cells(row, frame).items()}
        if (day := row.ground.defaults.day) and not found.get("date"):
            found["date"] = day.isoformat()
        return found | {asking.ROUND: self.asked.round_id, asking.MODE: found.get(asking.MODE) or self.said.mode}

    def _as_read(self, cell: Cell) -> str:
        try:
            return self.code(cell, "") if cell.text and not cell.formula else cell.text or self.said.blank
        except RowWaits:
            return cell.text


def _mapping(headers: Sequence[str], said: Said) -> Mapping:
    """Return where everything stands; where a row stood and why it waited are in files of ours alone."""
    asides = {
        name: at
        for at, header in enumerate(headers)
        if (name := OUR_NAMES.get(plain(header))) in {PLACE.name, WHY.name}
    }
    places = {name: at for name, at in said.places.items() if 0 <= at < len(headers)} | asides
    unread = tuple(header for at, header in enumerate(headers) if header and at not in places.values())
    return Mapping(ANSWERS, places, {name: headers[at] for name, at in places.items()}, unread, danish=True)


def _told(given: dict[Frame, list[dict[str, Any]]], lang: str) -> Iterable[str]:
    """Yield how many answers there are and how many skips, never which."""
    t = words.Speech(lang)
    for frame, found in given.items():
        skips = sum("skipped" in one for one in found)
        said = t(f"{len(found) - skips} svar", f"{len(found) - skips} answers")
        also = t(f" og {skips} sprunget over", f" and {skips} skipped") if skips else ""
        yield f"{words.label(frame.value, lang)} {said}{also}"


def words_in(table: Table, said: Said, asked: Asked) -> dict[str, Cell]:
    """Return the first different words among the answers, by their hash, for somebody to say what they mean."""
    places = [at for name, at in said.places.items() if name in asked.items]
    found: dict[str, Cell] = {}
    for line in table.rows():
        for cell in (line.cells[at] for at in places if at < len(line.cells)):
            if cell.text and not cell.formula:
                found.setdefault(asked.word(cell.text), cell)
            if len(found) == WORDS_MAX:
                return found
    return found
