"""Import of CloudEvents, one a line.

Lines are taken in by the order in which they were known (``learnedat``; without one, as they stand, last), so that an
imported history can be walked on both clocks. What names something that comes later waits for it. What cannot be placed
is quarantined with its line number. The same file can be run again, also after a kill: nothing doubles.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

import msgspec

from domain.kernel import Envelope
from projections.kernel import ALWAYS, FOREVER, microseconds
from service.app import Kurslog
from service.imports.intake import BATCH, NAMESPACE, Intake, Tally
from service.wire import UnreadableError, read_event

LINE_MAX_BYTES: Final = 2 * 1024 * 1024
WAITING: Final = frozenset(
    {
        "unknown-thing",
        "unknown-process",
        "unknown-event",
        "unknown-version",
        "role-not-active",
        "never-referred",
        "budget-line-unknown",
        "competence-unknown",
        "code-unknown",
        "round-not-open-yet",
        "wave-not-open-yet",
        "nothing-to-void",
        "relation-unknown",
        "consent-not-given",
        "erasure-not-granted",
        "report-not-drafted",
        "report-not-issued",
        "template-not-adopted",
    }
)
"""Rules that something later in the file may satisfy."""


class _Learned(msgspec.Struct):
    learnedat: dt.datetime | None = None
    type: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number (from 1) and its bytes."""

    number: int
    content: bytes


class Lines(Protocol):
    """Lines in the order in which they are taken in. A line is read when it is asked for, as often as it is."""

    def __len__(self) -> int: ...

    def __getitem__(self, at: int, /) -> Line: ...


class LinesByLearned:
    """The lines of a file by when they were known. Only their places are held in memory, as plain numbers."""

    def __init__(self, file: BinaryIO) -> None:
        decode = msgspec.json.Decoder(_Learned).decode
        learned, numbers, places = array("q"), array("q"), array("q")
        for number, (place, content) in enumerate(_lines(file), 1):
            if content.strip():
                learned.append(_learned(decode, content, number))
                numbers.append(number)
                places.append(place)
        self._file, self._numbers, self._places = file, numbers, places
        self._order = array("q", sorted(range(len(learned)), key=learned.__getitem__))

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, at: int, /) -> Line:
        found = self._order[at]
        self._file.seek(self._places[found])
        return Line(self._numbers[found], self._file.readline(LINE_MAX_BYTES + 1))


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield (place, line); of a line that is too long only its beginning."""
    while content := file.readline(LINE_MAX_BYTES + 1):
        place, rest = file.tell() - len(content), content
        while len(rest) > LINE_MAX_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(LINE_MAX_BYTES + 1)
        yield place, content


def _learned(decode: Callable[[bytes], _Learned], content: bytes, number: int) -> int:
    """Return when a line was known, in microseconds since 1970: the process's own first, and last what does not say."""
    try:
        found = decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return FOREVER
    if found.type.startswith("process-registered") and number == 1:
        return ALWAYS
    return microseconds(found.learnedat) if found.learnedat and found.learnedat.tzinfo else FOREVER


class NdjsonImport(Intake):
    """One run over one file."""

    def run(self, lines: Lines, progress: Callable[[int], None] = lambda _: None) -> Tally:
        """Take all lines in; what waits for something later is tried again, until nothing more can be placed."""
        before, waiting = -1, self._take(lines, range(len(lines)), progress)
        while waiting and self.tally.read != before:
            before = self.tally.read
            waiting = self._take(lines, waiting, progress)
        self._take(lines, waiting, progress, last=True)
        self.complete("ndjson")
        return self.tally

    def _take(
        self, lines: Lines, places: Sequence[int], progress: Callable[[int], None], *, last: bool = False
    ) -> array[int]:
        """Take the lines at these places in; return the places of those that wait for something later.

        Their places are all that is held of them: a file may wait as a whole. At last nothing waits any more, and each
        line is judged by itself: beside others a correction may be told what is wrong with its target.
        """
        size, later = (1, frozenset[str]()) if last else (BATCH, WAITING)
        waiting = array("q")
        for start in range(0, len(places), size):
            read = [(at, lines[at]) for at in places[start : start + size]]
            batch = [(at, line.number, event) for at, line in read if (event := self._read(line)) is not None]
            now = dt.datetime.now(dt.UTC)
            outcomes = self.kurslog.records.take_in([event for *_, event in batch], now=now)
            for (at, number, _), outcome in zip(batch, outcomes, strict=True):
                if outcome.refusal is not None and outcome.refusal.rule in later:
                    waiting.append(at)
                else:
                    self.settle(number, outcome)
            progress(self.tally.read)
        return waiting

    def _read(self, line: Line) -> Envelope | None:
        try:
            return read_event(self._wire(line), self.process, self.sender)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self.wait(line.number, "not-json", str(error))
        except UnreadableError as error:
            self.wait(line.number, "unreadable", str(error))
        return None

    def _wire(self, line: Line) -> Any:
        """Decode a line; without an id it gets one that is the same whenever this line of this file is read."""
        if len(line.content) > LINE_MAX_BYTES:
            raise UnreadableError({"line": [f"The line is longer than {LINE_MAX_BYTES} bytes."]})
        wire = msgspec.json.decode(line.content)
        if isinstance(wire, dict) and "id" not in wire:
            content = hashlib.sha256(line.content).hexdigest()
            wire["id"] = str(uuid.uuid5(NAMESPACE, f"{self.process}|{line.number}|{content}"))
        return wire


def import_file(
    kurslog: Kurslog, process: str, path: Path, *, account: str, progress: Callable[[int], None] = lambda _: None
) -> Tally:
    """Import a file and return what became of its lines."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        return NdjsonImport(kurslog, process, account, sha256).run(LinesByLearned(file), progress)


def import_wires(kurslog: Kurslog, process: str, wires: Iterable[dict[str, Any]], *, account: str) -> Tally:
    """Import events that are at hand (the demo's), in the order they come."""
    contents = [msgspec.json.encode(wire, order="sorted") for wire in wires]
    sha256 = hashlib.sha256(b"\n".join(contents)).hexdigest()
    lines = [Line(number, content) for number, content in enumerate(contents, 1)]
    return NdjsonImport(kurslog, process, account, sha256).run(lines)
