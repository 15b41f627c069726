"""The tests' own databases: who gets one that was used before finds nothing of it."""

import psycopg

from service.app import Kurslog
from service.settings import Settings
from tests.conftest import Scribe
from tests.databases import Databases, at


def rows(server, name):
    with psycopg.connect(at(server, name)) as connection:
        found = "select count(*) from log.event union all select count(*) from read.tracking where position > 0"
        changed = "select count(*) from pg_class where relname = 'of_a_test'"
        return [n for (n,) in connection.execute(f"{found} union all {changed}")]


def oid_of(server, name):
    with psycopg.connect(at(server, name)) as connection:
        return connection.execute("select oid from pg_database where datname = current_database()").fetchone()


def kurslog_on(server, name, home):
    url = at(server, name)
    return Kurslog(Settings(home=home, database_url=url, master_key_file=home / name), url)


def test_a_database_used_again_is_empty_and_has_another_name(server, template, tmp_path):
    kept = Databases(server, template)
    with kept.one() as first:
        app = kurslog_on(server, first, tmp_path)
        Scribe(app).begin()
        app.projector.catch_up()
        assert rows(server, first)[0] == 1
        there = oid_of(server, first)
    with kept.one():
        pass  # the first one rests meanwhile
    with kept.one() as second:
        assert (second != first, oid_of(server, second), rows(server, second)) == (True, there, [0, 0, 0])
        Scribe(kurslog_on(server, second, tmp_path)).begin()
    kept.close()


def test_a_database_of_another_shape_is_not_used_again(server, template):
    kept = Databases(server, template)
    with kept.one() as name, psycopg.connect(at(server, name)) as connection:
        connection.execute("create table log.of_a_test (a int)")
    for _ in range(2):  # one that is made, and the one that rested longest
        with kept.one() as name:
            assert rows(server, name) == [0, 0, 0]
    kept.close()
