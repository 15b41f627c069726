"""Databases for tests: copies of a template, each used again once it was emptied, for to make one costs far more."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

OURS = "(select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema')"
TABLES = f"""
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.oid in {OURS} order by 1
"""  # noqa: S608 - constants of ours
SHAPE = f"""
with ours as {OURS},
     relations as (select c.oid, c.relname, c.relkind, c.relacl, c.reloptions, c.reltablespace, c.relrowsecurity
                   from pg_class c where c.relnamespace in (select oid from ours))
select md5(concat(
    (select string_agg(r::text, ';' order by r.oid) from relations r),
    (select string_agg(a.xmin::text, ';' order by a.attrelid, a.attnum) from pg_attribute a join relations r on r.oid = a.attrelid),
    (select string_agg(p.oid || ':' || p.xmin, ';' order by p.oid) from pg_proc p where p.pronamespace in (select oid from ours)),
    (select string_agg(t.oid || ':' || t.xmin, ';' order by t.oid) from pg_trigger t),
    (select string_agg(p.oid || ':' || p.xmin, ';' order by p.oid) from pg_policy p),
    (select string_agg(c.oid || ':' || c.xmin, ';' order by c.oid) from pg_constraint c),
    (select string_agg(n.oid || ':' || n.xmin, ';' order by n.oid) from pg_namespace n),
    (select string_agg(s::text, ';') from pg_db_role_setting s)
))
"""  # noqa: S608 - constants of ours
"""Changes with every table, column, function, trigger, policy and grant that is made, dropped or altered."""
END_OTHERS = (
    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() "
    "and pid <> pg_backend_pid()"
)


def at(server: str, name: str) -> str:
    """Return the conninfo of a database on this server."""
    return make_conninfo(**{**conninfo_to_dict(server), "dbname": name})


def run(server: str, statement: str, *names: str) -> None:
    """Run a statement that stands outside every transaction; ``{}`` are names."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL(statement).format(*map(Identifier, names)))


def fresh_name() -> str:
    """Return a name no database has."""
    return f"kurslog_test_{uuid.uuid4().hex[:12]}"


@contextlib.contextmanager
def made(server: str, template: str) -> Iterator[str]:
    """Make a database of this template, yield its name, and drop it."""
    name = fresh_name()
    run(server, "create database {} template {}", name, template)
    try:
        yield name
    finally:
        run(server, "drop database {} with (force)", name)


@contextlib.contextmanager
def durable(url: str) -> Iterator[None]:
    """Let this database keep what it acknowledges, as one in earnest does: the server of the tests waits for no disk."""
    name = str(conninfo_to_dict(url)["dbname"])
    run(url, "alter database {} set synchronous_commit = on", name)
    yield
    run(url, "alter database {} reset synchronous_commit", name)


class Databases:
    """Copies of one template that nobody uses, each as it was when it was made."""

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template = server, template
        self._idle: list[tuple[str, str]] = []
        with psycopg.connect(at(server, template)) as connection:
            tables = [name for (name,) in connection.execute(TABLES)]
            self._rows = {name: found for name in tables if (found := _rows(connection, name))}
        self._full = " union all ".join(f"select '{name}' where exists (select from {name})" for name in tables)  # noqa: S608 - tables of ours

    @contextlib.contextmanager
    def one(self) -> Iterator[str]:
        """Yield the name of a database that is as the template; each time another name, so that nobody finds it who had it before."""
        name = fresh_name()
        if len(self._idle) > 1:  # the one that rested longest: to rename one waits until whoever was in it is gone
            last, shape = self._idle.pop(0)
            run(self._server, "alter database {} rename to {}", last, name)
        else:
            run(self._server, "create database {} template {}", name, self._template)
            with psycopg.connect(at(self._server, name)) as connection:
                shape = _shape(connection)
        try:
            yield name
        finally:
            if self._emptied(name, shape):
                self._idle.append((name, shape))
            else:
                run(self._server, "drop database if exists {} with (force)", name)

    def close(self) -> None:
        """Drop them."""
        for name, _ in self._idle:
            run(self._server, "drop database {} with (force)", name)

    def _emptied(self, name: str, shape: str) -> bool:
        """Give every table the rows it has in the template; False when a test changed more than rows."""
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(at(self._server, name)) as connection:
            connection.execute(END_OTHERS)
            if _shape(connection) != shape:
                return False
            full = {table for (table,) in connection.execute(self._full)}
            changed = [table for table in full if table not in self._rows]
            changed += [table for table, rows in self._rows.items() if _rows(connection, table) != rows]
            connection.execute("set session_replication_role = replica")  # no trigger forbids it, no foreign key asks
            for table in changed:
                connection.execute(f"delete from {table}")  # noqa: S608 - a table of ours
                for row in self._rows.get(table, []):
                    places = ", ".join(["%s"] * len(row))
                    connection.execute(f"insert into {table} values ({places})", row)  # noqa: S608 - a table of ours
            connection.commit()
            connection.autocommit = True
            if changed:  # to truncate them took three times as long: it makes every file anew
                connection.execute(f"vacuum {', '.join(changed)}")
            return True
        return False


def _shape(connection: Connection[Any]) -> str:
    row = connection.execute(SHAPE).fetchone()
    return str(row and row[0])


def _rows(connection: Connection[Any], table: str) -> list[Any]:
    return connection.execute(f"select * from {table} order by 1 limit 200").fetchall()  # noqa: S608 - a table of ours
