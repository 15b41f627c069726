"""The round that a file of answers is for: its questions, and what was confirmed of files of the same shape."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from domain.assessing import Frame, InstrumentPublished, Mode, Round
from domain.correcting import effective
from domain.keeping import ImportMappingConfirmed
from domain.kernel import state_of
from domain.vocabulary import UNKNOWN
from service import asking
from service.app import Kurslog
from service.imports.sheets import Cell, UnreadableTableError
from service.imports.standing import RowWaits, plain_name
from service.imports.values import number_of
from service.wire import Sender, read_event

PERSON: Final = ("participant", "tag", "name", "contact")
BESIDE: Final = {
    "participant": ("deltagerens nummer", "the participant’s number"),
    "tag": ("mærke", "tag"),
    "name": ("hele navnet", "the whole name"),
    "contact": ("mail eller telefon", "mail or telephone"),
    "role": ("rolle", "role"),
    "date": ("dagen, der blev svaret", "the day of the answer"),
    "mode": ("sådan blev der svaret", "how it was answered"),
    "round": ("runden", "the round"),
    "instrument": ("spørgeskemaets version", "the version of the questions"),
}
"""What a column may say beside the answers themselves."""
OURS: Final = {
    **{name: name for name in BESIDE},
    "round": asking.ROUND,
    "instrument": asking.INSTRUMENT,
    "mode": asking.MODE,
}
"""What such a column is called in the files Kurslog writes itself."""


@dataclass(frozen=True)
class Said:
    """What the columns of a file say: where each meaning stands, and what words and empty cells stand for.

    ``words`` go from a word's keyed hash to a step or skip; ``blank`` is the skip of an empty cell, else a row waits.
    """

    places: dict[str, int]
    words: dict[str, str] = field(default_factory=dict)
    blank: str = ""
    mode: str = Mode.ONLINE.value


class Asked:
    """A round answers are read in for. ``tried`` is what the columns of a file are taken to say in a rehearsal."""

    def __init__(self, kurslog: Kurslog, process: str, round_id: str) -> None:
        """Look the round up.

        Raises:
            UnreadableTableError: when there is none, or nothing says what it asks.
        """
        self.kurslog, self.process, self.round_id = kurslog, process, round_id
        self.tried: Said | None = None
        self.register = kurslog.reader.register(process)
        found = state_of("round", self.register.history(f"round/{round_id}"))
        if not isinstance(found, Round):
            raise UnreadableTableError("round-unknown")
        self.opened = found.opened
        published = state_of("instrument", self.register.history(f"instrument/{found.opened.instrument_id}"))
        instrument = published.version(found.opened.version) if published else None
        if instrument is None or not instrument.items:
            raise UnreadableTableError("round-without-questions")
        self.instrument: InstrumentPublished = instrument
        self.meant_for = asking.roles_of(instrument, self.register)
        self.items = asking.columns_of(instrument)
        self.steps = asking.steps_of(instrument)
        self.spoken = {plain_name(word): code for word, code in asking.spoken_codes(instrument).items()}

    @property
    def frames(self) -> tuple[Frame, ...]:
        """What the round asks about."""
        return asking.frames_of(self.opened)

    def digest(self, text: str) -> str:
        """Return a hash of something in a file, which tells nothing to whoever lacks the key."""
        return self.kurslog.log.vault.digest(f"{self.process}/import/answers", text).hex()

    def word(self, text: str) -> str:
        """Return the hash a word in a cell is known by."""
        return self.digest(f"word {plain_name(text)}")

    def shape(self, headers: Sequence[str]) -> str:
        """Return what files with these headers, in this order, have in common."""
        return self.digest(f"shape {msgspec.json.encode(list(headers)).decode()}")[:32]

    def read(self, cell: Cell, column: str) -> str:
        """Return the step or skip a cell stands for by itself: a number on the scale, or its words, or a skip's.

        Raises:
            RowWaits: when it stands for none.
        """
        number = number_of(cell.text, danish=True, exact=cell.number)
        if number is None:
            code = self.spoken.get(plain_name(cell.text))
        elif number != int(number):
            raise RowWaits("answer-between-steps", column=column)
        else:
            code = str(int(number)) if int(number) in self.steps else None
        if code is None:
            rule = "answer-unknown" if number is None else "answer-off-scale"
            raise RowWaits(rule, column=column, low=self.steps[0], high=self.steps[-1])
        return code

    # -------------------------------------------------------------- what was confirmed
    def kept(self, headers: Sequence[str]) -> Said | None:
        """Return what was last confirmed of files of this shape and version of the questions; None when nothing."""
        stored = effective(self.kurslog.reader.things(self.process, [f"mapping/{self.shape(headers)}"]))
        for event in reversed(stored):
            data = event.data
            if isinstance(data, ImportMappingConfirmed) and self._is_about_this(data):
                places = {one.says: one.column for one in data.columns or ()}
                words = {one.word: one.means for one in data.words or ()}
                return Said(places, words, _or_empty(data.blank), _or_empty(data.mode) or Mode.ONLINE.value)
        return None

    def _is_about_this(self, data: ImportMappingConfirmed) -> bool:
        return (data.instrument_id, data.version) == (self.instrument.instrument_id, self.instrument.version)

    def confirm(self, headers: Sequence[str], said: Said, account: str) -> int:
        """Keep what somebody confirmed for the next file of this shape; return its position, 0 when it was kept before.

        Raises:
            UnreadableTableError: when it does not say who answers, or has no answers.
        """
        self.check(said)
        if self.kept(headers) == said:
            return 0
        data = {
            "shape": self.shape(headers),
            "instrument_id": self.instrument.instrument_id,
            "version": self.instrument.version,
            "columns": [{"column": at, "says": name} for name, at in said.places.items()],
            "words": [{"word": word, "means": code} for word, code in said.words.items()],
            "mode": said.mode,
            **({"blank": said.blank} if said.blank else {}),
        }
        sender = Sender(account=account, now=dt.datetime.now(dt.UTC))
        event = read_event({"type": "import-mapping-confirmed", "data": data}, self.process, sender)
        return self.kurslog.record(event)[0].position

    def check(self, said: Said) -> None:
        """Check that rows can be read so.

        Raises:
            UnreadableTableError: when it does not say who answers, or has no answers.
        """
        if not any(name in said.places for name in PERSON):
            raise UnreadableTableError("answers-of-nobody")
        if not any(name in said.places for name in self.items):
            raise UnreadableTableError("answers-to-nothing")


def _or_empty(value: str | None) -> str:
    return "" if value is None or value is UNKNOWN else value
