"""A database with nothing in it, to restore into."""

import uuid

import psycopg
import pytest

from tests.conftest import at


@pytest.fixture
def bare(server):
    """Yield the conninfo of a database with nothing in it."""
    name = f"kurslog_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name} template template0")
    yield at(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def untouched(bare):
    """Return whether that database still has nothing in it."""
    query = "select count(*) from pg_namespace where nspname in ('log', 'read', 'access', 'ledger')"

    def ask():
        with psycopg.connect(bare) as connection:
            return connection.execute(query).fetchone()[0] == 0

    return ask
