"""A database with nothing in it, to restore into."""

import psycopg
import pytest

from tests.conftest import at, made


@pytest.fixture
def bare(server):
    """Yield the conninfo of a database with nothing in it."""
    with made(server, "template0") as name:
        yield at(server, name)


@pytest.fixture
def untouched(bare):
    """Return whether that database still has nothing in it."""
    query = "select count(*) from pg_namespace where nspname in ('log', 'read', 'access', 'ledger')"

    def ask():
        with psycopg.connect(bare) as connection:
            return connection.execute(query).fetchone()[0] == 0

    return ask
