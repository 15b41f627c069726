"""A closer look at the database, for whoever runs it: with the rights of the tables' owner, and without hurry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from service.log.roles import SIGNER, WEB

LOOK: Final = """
select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
    current_setting('data_checksums') as data_checksums,
    (select coalesce(max(notification_id), 0) - count(*) from log.event) as holes,
    (select max(recorded_at) / 1e6 from log.event) as last,
    extract(epoch from clock_timestamp()) as moment,
    array(select name from unnest(%(roles)s::text[]) name where not exists (select from pg_roles where rolname = name))
        as roles_missing,
    array(select c.oid::regclass::text from pg_class c where c.relkind = 'r' and not c.relrowsecurity
        and c.relnamespace in ('log'::regnamespace, 'read'::regnamespace) and (c.oid = 'log.redacted'::regclass
        or exists (select from pg_attribute where attrelid = c.oid and attname = 'process')) order by 1) as unwalled,
    exists (select from pg_locks where locktype = 'advisory' and classid = 771 and objid = 7 and granted
        and database = (select oid from pg_database where datname = current_database())) as building
"""
REWRITES: Final = (
    "select has_table_privilege(%(web)s, 'log.event', 'update, delete, truncate') "
    "or pg_has_role(%(web)s, (select relowner from pg_class where oid = 'log.event'::regclass), 'member') as may, "
    "(select rolbypassrls or rolsuper from pg_roles where rolname = %(web)s) as unbound"
)
WAITING: Final = "select process, count(*) as n from log.quarantine group by process"
HEARD_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What was seen."""

    fsync: str
    synchronous_commit: str
    data_checksums: str
    holes: int
    last: float | None
    """When the last event was recorded, in seconds since 1970; None in an empty log."""
    ahead_seconds: float
    """How far that lies in the future; 0 when it does not."""
    roles_missing: list[str]
    web_may_rewrite: bool
    web_unbound: bool
    """Whether policies do not hold the web's role: it would see every process."""
    unwalled: list[str]
    """Tables of processes that have no wall between them."""
    building: bool
    """Whether somebody builds a projection just now."""
    waiting: dict[str, int]
    """How many rows of imports wait, by process."""


def look_closer(dsn: str) -> Condition:
    """Look at everything; counting the events takes a while in a large log."""
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as connection:
        row: dict[str, Any] = connection.execute(LOOK, {"roles": [WEB, SIGNER]}).fetchone() or {}
        rewrites = None if WEB in row["roles_missing"] else connection.execute(REWRITES, {"web": WEB}).fetchone()
        waiting = {one["process"]: int(one["n"]) for one in connection.execute(WAITING)}
    moment, last = float(row.pop("moment")), row.pop("last")
    ahead = 0.0 if last is None else max(0.0, float(last) - moment)
    return Condition(
        **row,
        last=None if last is None else float(last),
        ahead_seconds=ahead,
        web_may_rewrite=bool(rewrites and rewrites["may"]),
        web_unbound=bool(rewrites and rewrites["unbound"]),
        waiting=waiting,
    )


def hears(listening: str, speaking: str) -> bool:
    """Return whether what one connection notifies arrives at another."""
    with psycopg.connect(listening, autocommit=True) as listener, psycopg.connect(speaking, autocommit=True) as speaker:
        listener.execute("listen kurslog_doctor")
        speaker.execute("notify kurslog_doctor")
        return any(True for _ in listener.notifies(timeout=HEARD_SECONDS, stop_after=1))
