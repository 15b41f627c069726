"""What every run over a file has in common: what became of its lines, which wait, and the entry that says so."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from service.app import Kurslog
from service.record import Outcome
from service.wire import Sender, read_event

NAMESPACE: Final = uuid.UUID("5f3b1a1e-3f4e-5d0a-9c57-1a2b3c4d5e6f")
KEEP: Final = (
    "insert into log.quarantine (process, file_sha256, line, rule, key_id, cipher) select * from "
    "unnest(%s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::bytea[]) "
    "on conflict (process, file_sha256, line) do update "
    "set rule = excluded.rule, key_id = excluded.key_id, cipher = excluded.cipher"
)
LIST: Final = (
    "select file_sha256, line, rule, key_id, cipher from log.quarantine where process = %s and cipher is not null "
    "order by waited_at, file_sha256, line limit %s"
)
COUNT: Final = "select count(*) as n from log.quarantine where process = %s and cipher is not null"
DROP: Final = "delete from log.quarantine where process = %s and left(file_sha256, 16) || ':' || line = any(%s)"
BATCH: Final = 1000
"""So many lines are taken in, and so many that wait are written down, at a time."""
LISTED_MAX: Final = 10_000
"""So many lines that wait are told one by one; how many there are is always told."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A line that could not be placed, and why; ``row`` is what it says, where it can be mended here."""

    line: int
    rule: str
    sentence: str
    row: WaitingRow | None = None


class WaitingRow(msgspec.Struct, frozen=True):
    """What a waiting line of a table says: its kind, its cells by header, and why it waits, in both languages.

    ``by`` is the account that brought it, where its cells are for nobody else.
    """

    kind: str
    cells: dict[str, str]
    da: str
    en: str
    by: str = ""


@dataclass(slots=True)
class Tally:
    """What became of the lines of a file; of those that wait only the first stand in ``quarantined``."""

    accepted: int = 0
    duplicate: int = 0
    waiting: int = 0
    quarantined: list[Quarantined] = field(default_factory=list)
    last_position: int = 0

    @property
    def read(self) -> int:
        """How many lines are settled."""
        return self.accepted + self.duplicate + self.waiting


class Intake:
    """One run over one file."""

    def __init__(
        self, kurslog: Kurslog, process: str, account: str, file_sha256: str, *, rehearsal: bool = False
    ) -> None:
        self.kurslog = kurslog
        self.process = process
        self.account = account
        self.sha256 = file_sha256
        self.rehearsal = rehearsal
        self.tally = Tally()
        self._unkept: list[Quarantined] = []

    @property
    def sender(self) -> Sender:
        """Who sends, now."""
        return Sender(account=self.account, now=dt.datetime.now(dt.UTC))

    def wait(self, line: int, rule: str, sentence: str, row: WaitingRow | None = None) -> None:
        """Let a line wait."""
        one = Quarantined(line, rule, sentence, row)
        self.tally.waiting += 1
        if self.tally.waiting <= LISTED_MAX:
            self.tally.quarantined.append(one)
        self._unkept.append(one)
        if len(self._unkept) >= BATCH:
            self._keep()

    def _keep(self) -> None:
        """Write down the lines that wait, of those not written down yet; in a rehearsal nothing is."""
        if not self.rehearsal:
            Waiting(self.kurslog, self.process).keep(self.sha256, self._unkept)
        self._unkept.clear()

    def settle(self, line: int, outcome: Outcome) -> None:
        """Count what became of a line."""
        if outcome.refusal is not None:
            refusal = outcome.refusal
            self.wait(line, refusal.rule, refusal.sentence(self.kurslog.settings.language))
        elif outcome.recorded is not None:
            self.tally.last_position = max(self.tally.last_position, outcome.recorded.position)
            self.tally.accepted += outcome.recorded.new
            self.tally.duplicate += not outcome.recorded.new

    def complete(self, kind: str, **envelope: Any) -> None:
        """Note the last lines that wait, and say in the log that the file was read.

        Args:
            kind: the file's format.
            envelope: what else the entry says of itself; ``mapping`` goes into its data.
        """
        self._keep()
        if not self.tally.accepted:
            return
        data = {"file_sha256": self.sha256, "format": kind, "accepted": self.tally.accepted}
        data["quarantined"] = self.tally.waiting
        if mapping := envelope.pop("mapping", None):
            data["mapping"] = mapping
        done = self.kurslog.record(
            read_event({"type": "import-completed", "data": data, **envelope}, self.process, self.sender)
        )
        self.tally.last_position = done[0].position


@dataclass(frozen=True, slots=True)
class Held:
    """A waiting line, opened."""

    file_sha256: str
    line: int
    rule: str
    row: WaitingRow

    @property
    def place(self) -> str:
        """Where it stood, as the mended file says it."""
        return f"{self.file_sha256[:16]}:{self.line}"

    def is_open_to(self, account: str) -> bool:
        """Whether somebody may see what stands in its cells."""
        return self.row.by in {"", account}


class Waiting:
    """The lines of a process that wait to be mended."""

    def __init__(self, kurslog: Kurslog, process: str) -> None:
        self._log = kurslog.log
        self._process = process

    def keep(self, file_sha256: str, lines: list[Quarantined]) -> None:
        """Keep lines that wait; a line of the same file that waits already is told anew."""
        if not lines:
            return
        key = f"{self._process}/import/{file_sha256}"
        self._log.vault.ensure([key])
        ciphers = [self._sealed(key, file_sha256, one) for one in lines]
        columns = (
            [self._process] * len(lines),
            [file_sha256] * len(lines),
            [one.line for one in lines],
            [one.rule for one in lines],
            [key if cipher else None for cipher in ciphers],
            ciphers,
        )
        with self._log.connection(self._process) as connection:
            connection.execute(KEEP, columns)

    def _sealed(self, key: str, file_sha256: str, one: Quarantined) -> bytes | None:
        if one.row is None:
            return None
        return self._log.vault.seal_content(key, self._what(file_sha256, one.line), msgspec.json.encode(one.row))

    def _what(self, file_sha256: str, line: int) -> str:
        return f"waiting|{self._process}|{file_sha256}|{line}"

    def listed(self, limit: int = LISTED_MAX) -> list[Held]:
        """Return the lines that wait, oldest first."""
        with self._log.connection(self._process) as connection:
            rows = connection.execute(LIST, (self._process, limit)).fetchall()
        found = []
        for row in rows:
            what = self._what(row["file_sha256"], row["line"])
            content = self._log.vault.open_content(row["key_id"], what, bytes(row["cipher"]))
            if content is not None:
                held = msgspec.json.decode(content, type=WaitingRow)
                found.append(Held(row["file_sha256"], row["line"], row["rule"], held))
        return found

    def count(self) -> int:
        """Return how many lines wait."""
        with self._log.connection(self._process) as connection:
            row = connection.execute(COUNT, (self._process,)).fetchone()
        return int(row["n"]) if row else 0

    def drop(self, places: set[str]) -> None:
        """Let these lines go: they are settled, or nobody wants them; a place is the file's beginning and the line."""
        if places:
            with self._log.connection(self._process) as connection:
                connection.execute(DROP, (self._process, sorted(places)))
