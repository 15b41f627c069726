"""Sealing the read log: the fingerprint of each day that is over goes into the log, once.

The fingerprint of a process's day is the root of a Merkle tree (RFC 6962) over its rows in order, each a leaf of these
bytes: ``["<process>","<day>","<account>","<role>","<use>","<participant>",<times>]``, compact JSON in UTF-8. The rows
are ordered by account, role, use and participant, byte by byte. So anyone who holds the rows can work it out.
"""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

import msgspec

from domain.keeping import ReadLogSealed
from domain.kernel import Envelope
from domain.refusals import Refused
from domain.timing import end_of_day
from service.ledger.tree import Frontier
from service.ledger.verify import leaf_hash
from service.log.busy import BusyError
from service.log.reading import Reader
from service.record import ConflictError, UnansweredError
from service.security.readlog import COLUMNS, Connect, ReadCount
from service.wire import Sender, read_event

LOGGER: Final = logging.getLogger("kurslog")
EVERY_SECONDS: Final = 30.0
KEEPER: Final = "kurslog"
"""The account in whose name days are sealed: the same for every worker, so that two of them seal one day once."""
SEAL: Final = "read-log-sealed.v1"
IDS: Final = uuid.UUID("6f0b3c1e-6f0c-5b0e-9d6c-2f4d8f1c7a10")
CLOSE: Final = (
    "with locked as materialized (select pg_advisory_xact_lock(771, 10)) insert into log.read_day (day) "
    "select (clock_timestamp() at time zone 'Europe/Copenhagen')::date - 1 from locked on conflict do nothing"
)
"""Waits for whoever is noting a read, and from then on nothing is added to the day."""
LAST_CLOSED: Final = "select max(day) as day from log.read_day"
UNSEALED: Final = (
    f"select process, {COLUMNS} from log.read_count where day <= %s "
    "and day > coalesce((select max(day) from log.read_day where sealed), '-infinity') "
    "order by process, day, account, role, use, participant"
)
SEALED: Final = "update log.read_day set sealed = true where day <= %s and not sealed"
OF_PROCESS: Final = (
    f"select {COLUMNS} from log.read_count where process = %s and day = any(%s) "
    "order by day, account, role, use, participant"
)
SEALED_DAYS: Final = (
    "select distinct process, day from log.read_count where day <= (select max(day) from log.read_day where sealed)"
)


class Unfit(NamedTuple):
    """A sealed day whose rows are no longer those of its seal; without a position the seal itself is missing."""

    process: str
    day: dt.date
    position: int | None


def root_of(process: str, rows: Iterable[ReadCount]) -> str:
    """Return the fingerprint of one day's rows, given in their order."""
    tree = Frontier()
    for row in rows:
        said = [process, row.day.isoformat(), row.account, row.role, row.use, row.participant, row.times]
        tree.add(leaf_hash(msgspec.json.encode(said)))
    return tree.root().hex()


def seal_of(process: str, day: dt.date, rows: list[ReadCount], now: dt.datetime) -> Envelope:
    """Return the event that seals a day: the same, whoever makes it and whenever."""
    wire = {
        "type": SEAL,
        "id": str(uuid.uuid5(IDS, f"{process}/{day}")),
        "time": end_of_day(day).isoformat(),
        "data": {"day": day.isoformat(), "count": sum(row.times for row in rows), "root": root_of(process, rows)},
    }
    return read_event(wire, process, Sender(account=KEEPER, now=now))


def seal(connect: Connect, record: Callable[[Envelope], Any]) -> int:
    """Close the days before today and record the seal of each; return how many were recorded or found there."""
    with connect() as connection:
        connection.execute(CLOSE)
        closed = next(iter(connection.execute(LAST_CLOSED)))["day"]
        rows = connection.execute(UNSEALED, (closed,)).fetchall()
    days = itertools.groupby(rows, lambda row: (row["process"], row["day"]))
    sealed = 0
    for (process, day), found in days:
        counts = [ReadCount(*(row[name] for name in ReadCount._fields)) for row in found]
        record(seal_of(process, day, counts, dt.datetime.now(dt.UTC)))
        sealed += 1
    with connect() as connection:
        connection.execute(SEALED, (closed,))
    return sealed


def seal_or_say(connect: Connect, record: Callable[[Envelope], Any]) -> None:
    """Seal what is over, beside the worker; what cannot be sealed yet is said, and tried again the next time."""
    try:
        seal(connect, record)
    except (Refused, ConflictError, UnansweredError, BusyError) as error:
        LOGGER.warning("the read log could not be sealed, and is tried again: %s", type(error).__name__)


def seals_of(reader: Reader, process: str) -> dict[dt.date, Envelope]:
    """Return the seals of a process by day."""
    found = reader.walk(process, types=[SEAL])
    return {event.data.day: event for event in found if isinstance(event.data, ReadLogSealed)}


def unfit(connect: Connect, reader: Reader) -> Iterator[Unfit]:
    """Yield the sealed days whose rows do not fit their seal, and those whose seal is missing."""
    with connect() as connection:
        held = {(row["process"], row["day"]) for row in connection.execute(SEALED_DAYS)}
    for process in sorted({*reader.processes(), *(process for process, _ in held)}):
        seals = seals_of(reader, process)
        days = {day for of, day in held if of == process}
        yield from (Unfit(process, day, None) for day in sorted(days - set(seals)))
        with connect() as connection:
            rows = [ReadCount(**row) for row in connection.execute(OF_PROCESS, (process, sorted(seals)))]
        by_day = {day: list(found) for day, found in itertools.groupby(rows, lambda row: row.day)}
        for day, seal in sorted(seals.items()):
            if root_of(process, by_day.get(day, [])) != seal.data.root:
                yield Unfit(process, day, seal.position)
