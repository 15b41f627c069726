"""What a report is made of, before anybody decides whether it becomes pages, sheets or JSON.

A report is sections of blocks; a block holds runs. A run is plain text, a figure with its trail, or the statement that
something is not recorded or not shown. Every figure is entered in one `Ledger`, which becomes the control trail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from service.words import entries


# ------------------------------------------------------------------ runs
@dataclass(frozen=True, slots=True)
class Tally:
    """A figure: how it reads here, what it counts, its value, and how many entries it rests on.

    ``number`` is its place in the control trail, from 1. ``positions`` are those of the entries; none where they are
    answers that no reader of the report may open one by one.
    """

    number: int
    shown: str
    what: str
    value: str
    count: int
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """The log has nothing here; ``why`` is what the source says about it."""

    why: str | None = None


@dataclass(frozen=True, slots=True)
class Withheld:
    """There is something, but not for this reader (or too few for anybody)."""


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that carry the weight of their line."""

    text: str


Run = str | Tally | Unrecorded | Withheld | Strong
Line = tuple[Run, ...]


# ------------------------------------------------------------------ blocks
@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; ``style`` is lead, intro (small, kept with what follows), body or small."""

    line: Line
    style: str = "body"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section; ``anchor`` is what other pages point at."""

    text: str
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and what they stand for; ``columns`` pairs stand side by side."""

    rows: tuple[tuple[str, Line], ...]
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header row.

    A cell is one line or several under each other. ``widths`` are shares of the page; 0 is as wide as the words need.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[tuple[Line, ...], ...], ...]
    widths: tuple[float, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A gathering on the course: where on it (0 to 1), held or only called, and its words (row 0 or 1; -1: none)."""

    at: float
    label: str
    held: bool
    row: int


@dataclass(frozen=True, slots=True)
class Course:
    """The course that was set and sailed, as places from 0 to 1, with the words that stand for the picture."""

    marks: tuple[Mark, ...]
    sailed: tuple[float, float] | None
    enlarged: tuple[float, float] | None
    enlarged_label: str
    set_label: str
    sailed_label: str
    start_label: str
    end_label: str
    description: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart or a map as an SVG that stands alone, and the words that stand for it.

    ``width`` is its share of the page's width, from 0 to 1.
    """

    svg: str
    description: str
    width: float = 1.0


Block = Paragraph | Heading | Facts | Table | Course | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the report."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report at one position.

    ``known`` is the time of the last entry known there: the report's own date, whenever it is written.
    """

    process: str
    template: str
    language: str
    title: str
    kicker: str
    unofficial: str
    invented: str | None
    position: int
    known: dt.datetime | None
    footer: str
    foot: tuple[str, ...]
    front: tuple[Block, ...]
    sections: tuple[Section, ...]
    trail: tuple[Tally, ...]


# ------------------------------------------------------------------ the control trail
@dataclass
class Ledger:
    """Every figure of one report, numbered in the order they are first mentioned."""

    held: dict[tuple[str, str, tuple[int, ...]], Tally] = field(default_factory=dict)

    def enter(self, what: str, value: object, positions: Iterable[int], shown: str, *, opens: bool = True) -> Tally:
        """Return the figure as a run; the same figure mentioned again keeps its number.

        Unless it ``opens``, the trail says how many entries it rests on, and not which.
        """
        places = tuple(sorted(set(positions)))
        key = (what, str(value), places)
        number = self.held[key].number if key in self.held else len(self.held) + 1
        run = Tally(number, shown, what, str(value), len(places), places if opens else ())
        self.held.setdefault(key, run)
        return run

    def trail(self) -> tuple[Tally, ...]:
        """Return all figures in order."""
        return tuple(self.held.values())


def ranges(positions: Sequence[int]) -> str:
    """Return positions as people write them: 3, 7–9, 12."""
    found: list[list[int]] = []
    for position in sorted(set(positions)):
        if found and position == found[-1][1] + 1:
            found[-1][1] = position
        else:
            found.append([position, position])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in found)


def trail_of(one: Tally, language: str) -> str:
    """Return the positions in the trail of a figure, or why there are none."""
    if one.count and not one.positions:
        return "Svar, der ikke åbnes enkeltvis" if language == "da" else "Answers, not opened one by one"
    return ranges(one.positions)


def plain(line: Line, language: str) -> str:
    """Return a line as plain words, as a spreadsheet or a voice gives it."""
    return "".join(_plain(run, language) for run in line)


def _plain(run: Run, language: str) -> str:
    danish = language == "da"
    match run:
        case str():
            return run
        case Strong():
            return run.text
        case Tally():
            trail = "spor" if danish else "trail"
            return f"{run.shown} ({entries(run.count, language)}, {trail} {run.number})"
        case Unrecorded():
            words = "ikke registreret" if danish else "not recorded"
            return f"{words}: {run.why}" if run.why else words
        case Withheld():
            return "vises ikke" if danish else "not shown"
