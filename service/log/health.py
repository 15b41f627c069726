"""How the database, the worker and the signer are, in one look that never takes long."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg.rows import dict_row

from service.log.clock import CLOCK_KEY
from service.log.migrate import migrations
from service.log.roles import MARK

PATIENCE_SECONDS: Final = 1.0
"""How long a look may take before the database counts as not answering."""
BOUNDS: Final = "set statement_timeout = '900ms'; set lock_timeout = '500ms'; set kurslog.scope = '/'"
"""A look is across the whole cell: it counts, and tells of no process."""
LOOK: Final = """
with at as (
    select coalesce((select max(notification_id) from log.event), 0) as head,
        coalesce((select min(position) from read.tracking where projection = any(%s)), 0) as reached,
        coalesce((select max(size) from ledger.checkpoint), 0) as signed
)
select head, reached, signed,
    not (pg_is_in_recovery() or current_setting('transaction_read_only')::bool) as writable,
    array(select name from public.kurslog_migration) as names,
    extract(epoch from clock_timestamp()) as moment,
    (select recorded_at / 1e6 from log.event where notification_id = reached + 1) as unseen_since,
    (select recorded_at / 1e6 from log.event where notification_id = signed + 1) as unsigned_since,
    (select extract(epoch from signed_at) from ledger.checkpoint order by size desc limit 1) as signed_at
from at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What was seen; seconds are how long something has waited, 0 when nothing waits."""

    writable: bool
    missing: list[str]
    """Migrations this release has and the database has not."""
    unknown: list[str]
    """Migrations the database has and this release has not."""
    head: int
    lag: int
    """Events that some projection has not taken in."""
    lag_seconds: float
    signed: int
    unsigned: int
    unsigned_seconds: float
    checkpoint_seconds: float | None
    """Age of the latest checkpoint; None when there is none. A quiet log has an old one."""


def look(dsn: str, keys: Iterable[str]) -> Health:
    """Look at a database.

    Args:
        dsn: of the web's role or of the owner.
        keys: the names of the projections in use.

    Raises:
        psycopg.Error: when it cannot be asked.
    """
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row, connect_timeout=2) as connection:
        connection.execute(BOUNDS)
        row = connection.execute(LOOK, ([CLOCK_KEY, *keys],)).fetchone() or {}
    ours, theirs = set(migrations()), {name for name in row["names"] if not name.startswith(MARK)}

    def waited(since: float | None) -> float:
        return 0.0 if since is None else max(0.0, float(row["moment"]) - float(since))

    return Health(
        writable=row["writable"],
        missing=sorted(ours - theirs),
        unknown=sorted(theirs - ours),
        head=row["head"],
        lag=row["head"] - row["reached"],
        lag_seconds=waited(row["unseen_since"]),
        signed=row["signed"],
        unsigned=row["head"] - row["signed"],
        unsigned_seconds=waited(row["unsigned_since"]),
        checkpoint_seconds=None if row["signed_at"] is None else waited(row["signed_at"]),
    )


class Probe:
    """Looks from a thread of its own, so that a database that hangs keeps nobody waiting."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = list(keys)
        self._threads = ThreadPoolExecutor(1, "probe")

    def look(self, dsn: str) -> Health | None:
        """Return what is seen; None when the database does not answer in time."""
        looking = self._threads.submit(look, dsn, self._keys)
        try:
            return looking.result(PATIENCE_SECONDS)
        except (psycopg.Error, TimeoutError):
            looking.cancel()  # one that still waits behind another that hangs
            return None
