"""The database roles: what the web server and the signer may do, beside whoever owns the tables."""

from __future__ import annotations

import contextlib
import hashlib
from importlib import resources
from typing import Any, Final

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

WEB: Final = "kurslog_web"
SIGNER: Final = "kurslog_signer"
MARK: Final = "roles:"
"""Stands before the fingerprint of the grants that were made, among the migrations."""
MINE: Final = (
    "select current_user = %s as same, exists (select from pg_roles where rolname = %s) and "
    "pg_has_role(current_user, %s, 'member') as member"
)


def _grants() -> tuple[str, str]:
    text = (resources.files("service.log") / "roles.sql").read_text()
    return text, MARK + hashlib.sha256(text.encode()).hexdigest()[:16]


def grant(connection: Connection[Any], applied: set[str]) -> None:
    """Make the roles and their grants, once for each change of them; without the right to, leave it to the operator.

    Args:
        connection: of the tables' owner, in the transaction that migrates.
        applied: what was run before, by name.
    """
    text, mark = _grants()
    if mark in applied:
        return
    for role in (WEB, SIGNER):
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
            _make(connection, role)
    found = connection.execute("select count(*) from pg_roles where rolname = any(%s)", ([WEB, SIGNER],)).fetchone()
    if found and found[0] == 2:  # noqa: PLR2004 - both
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute(text.encode())
            connection.execute("insert into public.kurslog_migration (name) values (%s)", (mark,))


def _make(connection: Connection[Any], role: str) -> None:
    """Make a role; several databases of one server may do it at once, for roles are the server's."""
    with contextlib.suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation), connection.transaction():
        connection.execute(SQL("create role {} login").format(Identifier(role)))
    connection.execute("select pg_advisory_xact_lock(771, 5)")
    row = connection.execute("select pg_has_role(current_user, %s, 'member')", (role,)).fetchone()
    if row and not row[0]:
        connection.execute(SQL("grant {} to current_user").format(Identifier(role)))


def acting_as(dsn: str, role: str) -> str:
    """Return the conninfo of a connection with no more than this role's rights.

    On the embedded server the role signs in by itself. On another, the connection takes the role on as it begins; where
    that cannot be (no such role, or an account that is the role already), the conninfo stays as it is.
    """
    parts = conninfo_to_dict(dsn)
    if parts.get("user") == "kurslog" and str(parts.get("host", "")).startswith("/"):
        return make_conninfo(dsn, user=role)
    with psycopg.connect(dsn) as connection:
        same, member = connection.execute(MINE, (role, role, role)).fetchone() or (True, False)
    if same or not member:
        return dsn
    return make_conninfo(dsn, options=f"{parts.get('options') or ''} -c role={role}".strip())
