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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from domain.kernel import Envelope
from projections.kernel import ALWAYS, FOREVER, microseconds
from service.app import Kurslog
from service.imports.intake import NAMESPACE, Intake, Tally
from service.wire import UnreadableError, read_event

BATCH: Final = 1000
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


def lines_by_learned(file: BinaryIO) -> Iterator[Line]:
    """Yield the file's lines by when they were known, holding only their places in memory, as plain numbers."""
    decode = msgspec.json.Decoder(_Learned).decode
    learned, numbers, places = array("q"), array("q"), array("q")
    for number, (place, content) in enumerate(_lines(file), 1):
        if content.strip():
            learned.append(_learned(decode, content, number))
            numbers.append(number)
            places.append(place)
    order = array("q", sorted(range(len(learned)), key=learned.__getitem__))
    del learned
    for at in order:
        file.seek(places[at])
        yield Line(numbers[at], file.readline(LINE_MAX_BYTES + 1))


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

    def __init__(self, kurslog: Kurslog, process: str, account: str, file_sha256: str) -> None:
        super().__init__(kurslog, process, account, file_sha256)
        self._pending: list[tuple[Line, Envelope]] = []

    def run(self, lines: Iterable[Line], progress: Callable[[int], None] = lambda _: None) -> Tally:
        """Take all lines in."""
        batch: list[tuple[Line, Envelope]] = []
        for line in lines:
            event = self._read(line)
            if event is not None:
                batch.append((line, event))
            if len(batch) >= BATCH:
                self._take(batch)
                batch = []
                progress(self.tally.read)
        self._take(batch)
        self._settle()
        progress(self.tally.read)
        self.complete("ndjson")
        return self.tally

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

    def _take(self, batch: list[tuple[Line, Envelope]]) -> None:
        """Take a batch in; what waits for something later is kept and tried again."""
        if not batch:
            return
        now = dt.datetime.now(dt.UTC)
        for (line, event), outcome in zip(
            batch, self.kurslog.records.take_in([e for _, e in batch], now=now), strict=True
        ):
            if outcome.refusal is not None and outcome.refusal.rule in WAITING:
                self._pending.append((line, event))
            else:
                self.settle(line.number, outcome)

    def _settle(self) -> None:
        """Try what waits again, until nothing more can be placed."""
        before = -1
        while self._pending and self.tally.read != before:
            before = self.tally.read
            waiting, self._pending = self._pending, []
            for start in range(0, len(waiting), BATCH):
                self._take(waiting[start : start + BATCH])
        for line, event in self._pending:
            self.settle(line.number, self.kurslog.records.take_in([event], now=dt.datetime.now(dt.UTC))[0])


def import_file(
    kurslog: Kurslog, process: str, path: Path, *, account: str, progress: Callable[[int], None] = lambda _: None
) -> Tally:
    """Import a file and return what became of its lines."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        return NdjsonImport(kurslog, process, account, sha256).run(lines_by_learned(file), progress)


def import_wires(kurslog: Kurslog, process: str, wires: Iterable[dict[str, Any]], *, account: str) -> Tally:
    """Import events that are at hand (the demo's), in the order they come."""
    contents = [msgspec.json.encode(wire, order="sorted") for wire in wires]
    sha256 = hashlib.sha256(b"\n".join(contents)).hexdigest()
    lines = [Line(number, content) for number, content in enumerate(contents, 1)]
    return NdjsonImport(kurslog, process, account, sha256).run(lines)
