"""Import of CloudEvents, one a line.

Lines are taken in by the order in which they were known (``learnedat``; without one, as they stand, last), so that an
imported history can be walked on both clocks. What names something that comes later waits for it. What cannot be placed
is quarantined with its line number. The same file can be run again, also after a kill: nothing doubles.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from domain.kernel import Envelope
from domain.refusals import Refused
from service.app import Kurslog
from service.record import Outcome
from service.wire import Sender, UnreadableError, read_event

BATCH: Final = 1000
LINE_MAX_BYTES: Final = 2 * 1024 * 1024
WAITING: Final = frozenset(
    {"unknown-thing", "unknown-process", "unknown-event", "role-not-active", "never-referred", "budget-line-unknown"}
)
"""Rules that something later in the file may satisfy."""
NAMESPACE: Final = uuid.UUID("5f3b1a1e-3f4e-5d0a-9c57-1a2b3c4d5e6f")
QUARANTINE: Final = (
    "insert into log.quarantine (process, file_sha256, line, rule) select * from unnest(%s::text[], %s::text[], %s::bigint[], %s::text[]) "
    "on conflict (process, file_sha256, line) do update set rule = excluded.rule"
)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A line that could not be placed, and why."""

    line: int
    rule: str
    sentence: str


@dataclass(slots=True)
class Tally:
    """What became of the lines of a file."""

    accepted: int = 0
    duplicate: int = 0
    quarantined: list[Quarantined] = field(default_factory=list)
    last_position: int = 0

    @property
    def read(self) -> int:
        """How many lines are settled."""
        return self.accepted + self.duplicate + len(self.quarantined)


class _Learned(msgspec.Struct):
    learnedat: dt.datetime | None = None
    type: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number (from 1) and its bytes."""

    number: int
    content: bytes


def lines_by_learned(file: BinaryIO) -> Iterator[Line]:
    """Yield the file's lines by when they were known, holding only their places in memory."""
    decode = msgspec.json.Decoder(_Learned).decode
    last = dt.datetime.max.replace(tzinfo=dt.UTC)
    places: list[tuple[dt.datetime, int, int]] = []
    for number, (place, content) in enumerate(_lines(file), 1):
        if content.strip():
            places.append((_learned(decode, content, number) or last, number, place))
    places.sort()
    for _, number, place in places:
        file.seek(place)
        yield Line(number, file.readline(LINE_MAX_BYTES + 1))


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield (place, line); of a line that is too long only its beginning."""
    while content := file.readline(LINE_MAX_BYTES + 1):
        place, rest = file.tell() - len(content), content
        while len(rest) > LINE_MAX_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(LINE_MAX_BYTES + 1)
        yield place, content


def _learned(decode: Callable[[bytes], _Learned], content: bytes, number: int) -> dt.datetime | None:
    try:
        found = decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if found.type.startswith("process-registered") and number == 1:
        return dt.datetime.min.replace(tzinfo=dt.UTC)
    return found.learnedat if found.learnedat is None or found.learnedat.tzinfo else None


class NdjsonImport:
    """One run over one file."""

    def __init__(self, kurslog: Kurslog, process: str, account: str, file_sha256: str) -> None:
        self._kurslog = kurslog
        self._process = process
        self._account = account
        self._sha256 = file_sha256
        self._pending: list[tuple[Line, Envelope]] = []
        self.tally = Tally()

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
        self._complete()
        return self.tally

    def _read(self, line: Line) -> Envelope | None:
        sender = Sender(account=self._account, now=dt.datetime.now(dt.UTC))
        try:
            return read_event(self._wire(line), self._process, sender)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._quarantine(line, "not-json", str(error))
        except UnreadableError as error:
            self._quarantine(line, "unreadable", str(error))
        return None

    def _wire(self, line: Line) -> Any:
        """Decode a line; without an id it gets one that is the same whenever this line of this file is read."""
        if len(line.content) > LINE_MAX_BYTES:
            raise UnreadableError({"line": [f"The line is longer than {LINE_MAX_BYTES} bytes."]})
        wire = msgspec.json.decode(line.content)
        if isinstance(wire, dict) and "id" not in wire:
            content = hashlib.sha256(line.content).hexdigest()
            wire["id"] = str(uuid.uuid5(NAMESPACE, f"{self._process}|{line.number}|{content}"))
        return wire

    def _take(self, batch: list[tuple[Line, Envelope]]) -> None:
        """Take a batch in; what waits for something later is kept and tried again."""
        if not batch:
            return
        now = dt.datetime.now(dt.UTC)
        for (line, event), outcome in zip(
            batch, self._kurslog.records.take_in([e for _, e in batch], now=now), strict=True
        ):
            if outcome.refusal is not None and outcome.refusal.rule in WAITING:
                self._pending.append((line, event))
            else:
                self._settled(line, outcome)

    def _settled(self, line: Line, outcome: Outcome) -> None:
        if outcome.refusal is not None:
            self._refuse(line, outcome.refusal)
        elif outcome.recorded is not None:
            self.tally.last_position = max(self.tally.last_position, outcome.recorded.position)
            self.tally.accepted += outcome.recorded.new
            self.tally.duplicate += not outcome.recorded.new

    def _settle(self) -> None:
        """Try what waits again, until nothing more can be placed."""
        before = -1
        while self._pending and self.tally.read != before:
            before = self.tally.read
            waiting, self._pending = self._pending, []
            for start in range(0, len(waiting), BATCH):
                self._take(waiting[start : start + BATCH])
        for line, event in self._pending:
            self._settled(line, self._kurslog.records.take_in([event], now=dt.datetime.now(dt.UTC))[0])

    def _refuse(self, line: Line, refusal: Refused) -> None:
        self._quarantine(line, refusal.rule, refusal.sentence(self._kurslog.settings.language))

    def _quarantine(self, line: Line, rule: str, sentence: str) -> None:
        self.tally.quarantined.append(Quarantined(line.number, rule, sentence))

    def _complete(self) -> None:
        """Note the lines that wait, and say in the log that the file was read."""
        waiting = self.tally.quarantined
        if waiting:
            columns = (
                [self._process] * len(waiting),
                [self._sha256] * len(waiting),
                [q.line for q in waiting],
                [q.rule for q in waiting],
            )
            with self._kurslog.log.connection() as connection:
                connection.execute(QUARANTINE, columns)
        if self.tally.accepted:
            wire = {
                "type": "import-completed",
                "data": {
                    "file_sha256": self._sha256,
                    "format": "ndjson",
                    "accepted": self.tally.accepted,
                    "quarantined": len(waiting),
                },
            }
            sender = Sender(account=self._account, now=dt.datetime.now(dt.UTC))
            done = self._kurslog.record(read_event(wire, self._process, sender))
            self.tally.last_position = done[0].position


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
