"""Our guess at what the columns of a file of answers say, for somebody to confirm: nothing is read in by a guess.

Facts about the tools: Microsoft Forms heads its columns by the questions, with a number behind one there was before,
and puts ID, Start time, Completion time, Email and Name in front. KoboToolbox heads them by names or by labels, groups
before a stroke. SurveyXact's workbook has a sheet of answers headed by short names, and others that explain them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from domain.assessing import Frame
from service import asking
from service.imports.asked import OURS, Asked, Said
from service.imports.columns import ASIDE, PLACE, WHY, plain

HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "participant": ("deltager", "deltagernr", "deltagernummer", "participant id", "participant number", *asking.WHO),
    "tag": ("mærke", "pseudonym"),
    "name": ("navn", "fulde navn", "full name"),
    "contact": ("mail", "e-mail", "email", "mailadresse", "e-mailadresse", "email address", "kontakt"),
    "role": ("rolle", *asking.AS_WHAT),
    "date": (
        "dato", "færdiggørelsestidspunkt", "completion time", "end", "today", "submission time", "submissiondate",
        "afsluttet", "besvaret",
    ),
}  # fmt: skip
"""What tools and people call the columns beside the answers, the best one first. A tool's own ID is nobody's number."""
STRANGE: Final = re.compile(rf"(?:{'|'.join(Frame)})_.+")
OURS_WEIGH: Final = 50


def _ours() -> dict[str, str]:
    asides = {plain(word): one.name for one in (PLACE, WHY) for word in (*one.da, *one.en)}
    return {plain(header): name for name, header in OURS.items()} | asides


OUR_NAMES: Final = _ours()
KNOWN: Final = {plain(header): (name, rank) for name, found in HEADERS.items() for rank, header in enumerate(found)}


def _last(header: str) -> str:
    """Return a header without the groups it stands in."""
    return header.rpartition("/")[2].strip()


class Guess:
    """What we take the columns of a file to say."""

    def __init__(self, asked: Asked, headers: Sequence[str]) -> None:
        self._asked, self._headers = asked, headers
        self._wordings = wordings(asked)
        self.places: dict[str, int] = {}
        ranks: dict[str, int] = {}
        for at, name, rank in self._found():
            if rank < ranks.get(name, len(headers) + OURS_WEIGH):
                self.places[name], ranks[name] = at, rank

    def _found(self) -> Iterator[tuple[int, str, int]]:
        times: dict[str, int] = defaultdict(int)
        for at, header in enumerate(self._headers):
            if name := own_name(self._asked, header):
                yield at, name, -1
            elif known := KNOWN.get(plain(header)) or KNOWN.get(plain(_last(header))):
                yield at, *known
            elif item := self._item(header):
                frames = self._asked.frames
                frame = _page(header) or (frames[times[item]] if times[item] < len(frames) else None)
                times[item] += 1
                if frame is not None:
                    yield at, asking.column_of(frame, item), at

    def _item(self, header: str) -> str | None:
        for text in (header, _last(header)):
            said = plain(text)
            if found := self._wordings.get(said) or self._wordings.get(re.sub(r"\s?\d+$", "", said)):
                return found
        return None

    @property
    def said(self) -> Said:
        """The guess, as what would be confirmed."""
        return Said({name: at for name, at in self.places.items() if name not in ASIDE})

    @property
    def certain(self) -> bool:
        """Whether every column is called as Kurslog calls it: then there is nothing to confirm."""
        return all(own_name(self._asked, header) for header in self._headers if header)

    @property
    def strange(self) -> list[str]:
        """The columns called as questions are called here that are none of this round's questions."""
        called = [header for header in self._headers if STRANGE.fullmatch(_last(header))]
        return [header for header in called if own_name(self._asked, header) is None]


def own_name(asked: Asked, header: str) -> str | None:
    """Return what a column says that is called as Kurslog calls it; None for any other."""
    last = _last(header)
    return last if last in asked.items else OUR_NAMES.get(plain(last))


def wordings(asked: Asked) -> dict[str, str]:
    """Return the questions by their words in both languages; one asked twice in the same words is none."""
    found: dict[str, set[str]] = defaultdict(set)
    for item in asked.instrument.items or ():
        for text in (item.wording.da, item.wording.en):
            found[plain(text)].add(item.id)
    return {text: next(iter(items)) for text, items in found.items() if len(items) == 1}


def _page(header: str) -> Frame | None:
    """Return the frame of a question that stands in a group called as its page is."""
    group = plain(header.rpartition("/")[0])
    return next((frame for frame, pair in asking.PAGES.items() if group and group in map(plain, pair)), None)


def weight(asked: Asked) -> dict[str, int]:
    """Return how well headers are known, by which a file's line of headers is found: ours weigh most."""
    return dict.fromkeys((*wordings(asked), *KNOWN, *OUR_NAMES, *map(plain, asked.items)), OURS_WEIGH)


def round_named(headers: Sequence[str], cells: Sequence[str]) -> str:
    """Return the round a file of ours says it answers, by its headers and its first row; empty when it says none."""
    at = next((at for at, header in enumerate(headers) if _last(header) == asking.ROUND), len(cells))
    return cells[at] if at < len(cells) else ""
