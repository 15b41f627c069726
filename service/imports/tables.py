"""Import of tables (CSV, XLSX): people, attendance, contributions, hours and expenditure, a row at a time.

A row keeps its identity: its kind, what stands in it, and how many rows like it stand above it. So the same file
again, or a mended one, doubles nothing. What cannot be placed without guessing waits; the rest goes in. All entries of
one import carry its ``correlationid``, by which the whole of it can be undone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal
from uuid import UUID

import msgspec

from domain.correcting import EventWithdrawn, effective
from domain.kernel import Envelope
from domain.refusals import Refused
from domain.timing import local_day
from service import words
from service.app import Kurslog
from service.imports.answers import Answers, answers_table
from service.imports.asked import Asked
from service.imports.columns import ASIDE, Mapping, is_known, mapping_of
from service.imports.intake import NAMESPACE, Intake, Tally, Waiting, WaitingRow
from service.imports.rows import Defaults, Ground, Making, Row, make, registered
from service.imports.sentences import sentence
from service.imports.sheets import CHUNK, Line, Table, UnreadableTableError, table_of
from service.imports.standing import People, RowWaits, budget_lines, gatherings, groups
from service.queries import UnknownError
from service.wire import UnreadableError, read_event

BATCH: Final = 500
AGAIN_MAX: Final = 50


@dataclass(frozen=True)
class Told:
    """What became of a row, or would, in plain words in both languages."""

    line: int
    state: Literal["accepted", "duplicate", "waits"]
    da: str
    en: str


@dataclass
class Planned:
    """A row on its way in."""

    row: Row
    place: str
    identity: UUID
    making: Making | None = None
    events: tuple[Envelope, ...] = ()


def look(file: BinaryIO, kind: str | None = None) -> tuple[Table, Mapping]:
    """Return the table in a file and what its columns say.

    Raises:
        UnreadableTableError: when it cannot be read as a whole.
    """
    table = table_of(file, is_known)
    return table, mapping_of(table.headers, kind)


def sha256_of(file: BinaryIO) -> str:
    """Return a file's fingerprint."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


class TableImport(Intake):
    """One run over one table; in a rehearsal everything is judged and nothing written."""

    def __init__(
        self,
        kurslog: Kurslog,
        process: str,
        account: str,
        file: BinaryIO,
        *,
        kind: str | Asked | None = None,
        defaults: Defaults | None = None,
        rehearsal: bool = False,
        tell: Callable[[Told], None] = lambda _: None,
    ) -> None:
        """Look at the file.

        Args:
            kurslog: whose log.
            process: where.
            account: who reads it in.
            file: seekable.
            kind: of table; told from the headers otherwise; or the round that the rows answer.
            defaults: what holds for rows that do not say it.
            rehearsal: whether nothing is to be written.
            tell: what to tell of each row.

        Raises:
            UnreadableTableError: when it is no table that can be read. UnknownError: without such a process.
        """
        super().__init__(kurslog, process, account, sha256_of(file), rehearsal=rehearsal)
        self.answers: Answers | None = None
        if isinstance(kind, Asked):
            self.table = answers_table(file, kind)
            self.answers = Answers(kind, self.table.headers, rehearsal=rehearsal)
            self.mapping = self.answers.mapping
        else:
            self.table, self.mapping = look(file, kind)
        self._tell = tell
        self._ground = self._grounded(defaults or Defaults())
        self._seen: Counter[bytes] = Counter()
        self._settled: set[str] = set()
        self._correlation = self._run_id()

    def _grounded(self, defaults: Defaults) -> Ground:
        registration = self.kurslog.queries.registration(self.process)
        if registration is None:
            raise UnknownError(self.process)
        held = gatherings(self.kurslog, self.process)
        if defaults.gathering and defaults.gathering not in held:
            raise UnreadableTableError("gathering-unknown")
        return Ground(
            self.mapping,
            defaults,
            registration.data.period_start or local_day(dt.datetime.now(dt.UTC)),
            People(self.kurslog, self.process, by_contact=self.answers is not None),
            held,
            groups(self.kurslog, self.process),
            budget_lines(self.kurslog, self.process),
            self.account,
        )

    def _run_id(self) -> str:
        """Return what all entries of this import carry: the same when it is run on, another after it was undone."""
        done = self.kurslog.reader.process_page(
            self.process, types=["import-completed.v1"], limit=BATCH, backwards=True
        )
        undone = [one for one in done if one.data.file_sha256 == self.sha256 and self._gone(one)]
        said = f"import|{self.process}|{self.sha256}|{self._what}|{self._ground.defaults}|{len(undone)}"
        return str(uuid.uuid5(NAMESPACE, said))

    @property
    def _what(self) -> str:
        """What the rows are: their kind, and of answers the round."""
        return f"answers|{self.answers.asked.round_id}" if self.answers else self.mapping.kind.name

    def _gone(self, event: Envelope) -> bool:
        standing = effective(self.kurslog.reader.things(self.process, [event.subject]))
        return event.id not in {one.id for one in standing}

    def run(self, progress: Callable[[int], None] = lambda _: None) -> Tally:
        """Take all rows in, or rehearse it.

        Raises:
            UnreadableTableError: before anything is written, when a row cannot be read.
        """
        self.table.count()
        batch: list[Planned] = []
        for line in self.table.rows():
            batch.append(self._named(line))
            if len(batch) >= BATCH:
                self._take(batch)
                batch = []
                progress(self.tally.read)
        self._take(batch)
        progress(self.tally.read)
        if not self.rehearsal:
            Waiting(self.kurslog, self.process).drop(self._settled)
            self.complete(self.table.format, mapping=self.mapping.told, correlationid=self._correlation)
        return self.tally

    # -------------------------------------------------------------- one row's identity
    def _named(self, line: Line) -> Planned:
        row = Row(self._ground, line)
        said = {name: cell.text for name, cell in row.cells.items() if cell.text and name not in ASIDE}
        content = msgspec.json.encode([self._what, said, str(self._ground.defaults)], order="sorted")
        digest = self._digest(content)
        self._seen[digest] += 1
        identity = uuid.uuid5(NAMESPACE, f"row|{self.process}|{digest.hex()}|{self._seen[digest]}")
        place = row.cells["place"].text if "place" in row.cells else ""
        return Planned(row, place, identity)

    def _digest(self, content: bytes) -> bytes:
        """Return what a row is known by; answers are few enough to be tried, so theirs cannot be without the key."""
        if self.answers:
            return bytes.fromhex(self.answers.asked.digest(f"row {content.decode()}"))[:16]
        return hashlib.sha256(content).digest()[:16]

    def _ids(self, batch: list[Planned]) -> dict[UUID, UUID | None]:
        """Return under which id each row goes in: its own; another after it was undone; None when it is there."""
        found: dict[UUID, UUID | None] = {}
        asked = {one.identity: one.identity for one in batch}
        for _ in range(AGAIN_MAX):
            stored = self.kurslog.reader.by_id(self.process, list(asked.values()))
            undone = self._undone(list(stored.values())) if stored else set()
            found |= {row: key if key not in stored else None for row, key in asked.items() if key not in undone}
            asked = {row: uuid.uuid5(key, "again") for row, key in asked.items() if key in undone}
            if not asked:
                break
        return found

    def _undone(self, events: list[Envelope]) -> set[UUID]:
        """Return which of these were withdrawn with their whole import; one withdrawn by itself stays so."""
        stored = self.kurslog.reader.things(self.process, sorted({event.subject for event in events}))
        standing = {event.id for event in effective(stored)}
        with_import = {
            event.data.target: event.correlationid for event in stored if isinstance(event.data, EventWithdrawn)
        }
        return {
            event.id
            for event in events
            if event.id not in standing and with_import.get(str(event.id)) == event.correlationid is not None
        }

    # -------------------------------------------------------------- one batch
    def _take(self, batch: list[Planned]) -> None:
        if not batch:
            return
        ids = self._ids(batch)
        fresh: list[Planned] = []
        for one in batch:
            key = ids.get(one.identity)
            if key is None:
                self._there_already(one)
            elif self._plan(one, key):
                fresh.append(one)
        if any(len(one.events) > 1 for one in fresh) and not self.rehearsal:
            fresh = [one for one, _ in self._judged(fresh, rehearsal=True)]  # a row goes in whole or not at all
        for one, position in self._judged(fresh, rehearsal=self.rehearsal):
            self._accepted(one, position)

    def _plan(self, one: Planned, key: UUID) -> bool:
        """Work out what a row makes; False when it waits."""
        try:
            one.making = (self.answers.make if self.answers else make)(one.row, one.identity)
            one.events = tuple(self._events(one.making, key))
        except RowWaits as waits:
            self._waits(one, waits.rule, *(sentence(waits.rule, lang, **waits.facts) for lang in ("da", "en")))
            return False
        except UnreadableError:
            self._waits(one, "row-unreadable", *(sentence("row-unreadable", lang) for lang in ("da", "en")))
            return False
        if one.making.registers:
            registered(one.row, one.making.registers)
        return True

    def _events(self, making: Making, key: UUID) -> Iterator[Envelope]:
        for at, wire in enumerate(making.wires):
            event_id = key if at == 0 else uuid.uuid5(key, str(at))
            said = {**wire, "id": str(event_id), "correlationid": self._correlation}
            yield read_event(said, self.process, self.sender)

    def _judged(self, rows: list[Planned], *, rehearsal: bool) -> Iterator[tuple[Planned, int]]:
        """Yield the rows whose entries are all admitted, with their last position; the others wait."""
        events = [event for one in rows for event in one.events]
        outcomes = iter(
            self.kurslog.records.take_in(events, now=dt.datetime.now(dt.UTC), rehearsal=rehearsal) if events else []
        )
        for one in rows:
            own = [next(outcomes) for _ in one.events]
            refusal = next((outcome.refusal for outcome in own if outcome.refusal), None)
            if refusal is not None:
                self._refused(one, refusal)
            else:
                yield one, max(outcome.recorded.position for outcome in own if outcome.recorded)

    def _refused(self, one: Planned, refusal: Refused) -> None:
        self._waits(one, refusal.rule, refusal.sentence("da"), refusal.sentence("en"))

    # -------------------------------------------------------------- what became of a row
    def _accepted(self, one: Planned, position: int) -> None:
        self.tally.accepted += 1
        self.tally.last_position = max(self.tally.last_position, position)
        self._settled.add(one.place)
        if one.making:
            self._tell(Told(one.row.line, "accepted", one.making.da, one.making.en))

    def _there_already(self, one: Planned) -> None:
        self.tally.duplicate += 1
        self._settled.add(one.place)
        self._tell(Told(one.row.line, "duplicate", *(sentence("row-there-already", lang) for lang in ("da", "en"))))

    def _waits(self, one: Planned, rule: str, da: str, en: str) -> None:
        spoken = words.Speech(self.kurslog.settings.language)(da, en)
        headers, cells = self.mapping.headers, one.row.cells
        if self.answers:
            held, by = self.answers.waiting(one.row), self.account
        else:
            held, by = {headers[name]: cell.text for name, cell in cells.items() if name not in ASIDE}, ""
        self.wait(one.row.line, rule, spoken, WaitingRow(self.mapping.kind.name, held, da, en, by))
        self._settled.add(one.place)
        self._tell(Told(one.row.line, "waits", da, en))
