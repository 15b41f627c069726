"""SQL migrations: numbered files, each run once, in order, in one transaction."""

from __future__ import annotations

from collections.abc import Container, Iterable
from importlib import resources
from typing import Any, Final

import psycopg

from service.log.roles import MARK, grant

LOCK: Final = (771, 2)
CREATE: Final = (
    "create table if not exists public.kurslog_migration "
    "(name text primary key, applied_at timestamptz not null default now())"
)


class SchemaTooNewError(Exception):
    """The database was written by a newer Kurslog; this one leaves it alone. Install the newer one."""


def migrations() -> dict[str, str]:
    """Return the SQL of every migration by name, in order."""
    folder = resources.files("service.log") / "migrations"
    return {
        item.name: item.read_text()
        for item in sorted(folder.iterdir(), key=lambda x: x.name)
        if item.name.endswith(".sql")
    }


def migrate(dsn: str) -> list[str]:
    """Bring the database up to date and return the names of what was run.

    Several processes may call it at once: one works, the others wait.

    Raises:
        SchemaTooNewError: when the database knows a migration this version does not.
    """
    with psycopg.connect(dsn) as connection:
        return migrate_within(connection)


def migrate_within(connection: psycopg.Connection[Any], only: Container[str] | None = None) -> list[str]:
    """As `migrate`, in the caller's transaction.

    Args:
        connection: of the tables' owner; its rows are tuples.
        only: the migrations to run, for a database as it was before; then nobody is given rights yet.
    """
    ours = migrations()
    connection.execute("select pg_advisory_xact_lock(%s, %s)", LOCK)
    applied = _applied(connection)
    check_known(applied)
    todo = [name for name in ours if name not in applied and (only is None or name in only)]
    for name in todo:
        connection.execute(ours[name].encode())
        connection.execute("insert into public.kurslog_migration (name) values (%s)", (name,))
    if only is None:
        grant(connection, applied)
    return todo


def check_known(applied: Iterable[str]) -> list[str]:
    """Return the migrations among these names, which are all known here, in order.

    Raises:
        SchemaTooNewError: when one is not.
    """
    run = {name for name in applied if not name.startswith(MARK)}
    if newer := run - set(migrations()):
        msg = f"This version does not know {', '.join(sorted(newer))}. Install the Kurslog that wrote the database."
        raise SchemaTooNewError(msg)
    return sorted(run)


def _applied(connection: psycopg.Connection[Any]) -> set[str]:
    """Return what was run before; the table is made only where it is missing, so that a reader may ask, too."""
    found = connection.execute("select to_regclass('public.kurslog_migration') is not null").fetchone()
    if not (found and found[0]):
        connection.execute(CREATE)
    return {row[0] for row in connection.execute("select name from public.kurslog_migration")}
