"""The second wall: in the database, the web's role is shown the process its connection names, and nothing beside it."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier, Literal

from domain.keeping import AccessRole
from service.app import Kurslog
from service.http import create_app
from service.log import scope
from service.log.backup import BOUNDS
from service.log.roles import WEB, acting_as
from service.log.scope import CELL, OutOfScopeError, across, within
from service.log.store import COPY_FROM
from tests.conftest import Scribe
from tests.security.conftest import HOME, HOUR, OTHER, PUBLIC

CELLS = {
    "access.account",
    "access.attempt",
    "access.token",
    "ledger.checkpoint",
    "ledger.cosignature",
    "ledger.tile",
    "log.cell",
    "log.read_day",
    "public.kurslog_migration",
    "read.tracking",
}
"""Tables of the whole cell: who signs in, hashes, days, and how far projections are. Every other one has its wall."""
TABLES = """
select nspname || '.' || relname as name, relrowsecurity as walled from pg_class c join pg_namespace n on n.oid = relnamespace
where relkind = 'r' and nspname !~ '^pg_' and nspname <> 'information_schema'
"""
OF_EVENT = {"log.redacted": "(select process from log.event e where e.notification_id = t.position)"}
"""Tables without a column of their own for it: how their process is found."""


def tables(connection):
    return {row["name"]: row["walled"] for row in connection.execute(TABLES)}


def counted(connection, table):
    """How many rows of each process are shown."""
    process = SQL(OF_EVENT.get(table, "t.process"))
    query = SQL("select {} as process, count(*) as n from {} t group by 1").format(
        process, Identifier(*table.split("."))
    )
    return {row["process"]: row["n"] for row in connection.execute(query)}


@pytest.fixture(scope="module")
def owner(world):
    """Yield a connection of the tables' owner, in a world where every table of processes holds rows of two."""
    scribe = Scribe(world.app, HOME, account="a-import")
    for process in (HOME, OTHER):
        scribe = Scribe(world.app, process, account="a-import")
        target = scribe.contribute("c-walled", text="En opdigtet sti")
        event = world.app.reader.at([target.position])[0]
        redaction = {"target": str(event.id), "field": "text", "text": "en sti", "reason": "et navn"}
        scribe.record("text-redacted", redaction)
    with psycopg.connect(world.app.dsn, autocommit=True, row_factory=dict_row) as connection:
        columns = [[HOME, OTHER], ["a-x"] * 2, ["facilitator"] * 2, ["page"] * 2, ["p1"] * 2, [1] * 2]
        connection.execute("select log.note_reads(%s, %s, %s, %s, %s, %s)", columns)
        connection.execute("insert into log.erased_file values (%s, 'x', 'x'), (%s, 'x', 'x')", (HOME, OTHER))
        for table in tables(connection):
            if table.startswith("read.") and table not in CELLS | {"read.clock"}:
                row = SQL("insert into {} values ({}, 'x/x', 1, 2, 1, 2, 0, 1, '')")
                for process in (HOME, OTHER):
                    connection.execute(row.format(Identifier(*table.split(".")), Literal(process)))
        yield connection


@pytest.fixture
def web(world):
    """Yield a connection of the web's role, in no scope."""
    with psycopg.connect(acting_as(world.app.dsn, WEB), autocommit=True, row_factory=dict_row) as connection:
        yield connection


def enter(connection, named):
    connection.execute("select set_config('kurslog.scope', %s, false)", (named,))


@pytest.fixture
def served(world):
    return world.web.extensions["kurslog"]


# ------------------------------------------------------------------ in the database
def test_every_table_is_the_cells_or_has_its_wall(owner):
    found = tables(owner)
    assert {name for name, walled in found.items() if not walled} == CELLS
    assert len(found) > len(CELLS) + 20


def test_a_table_that_is_built_anew_has_its_wall(world, owner):
    world.app.projector.rebuild("timeline")
    assert {name for name, walled in tables(owner).items() if not walled} == CELLS


def test_nothing_is_shown_without_a_scope_and_of_a_process_within_it(owner, web):
    for table in sorted(set(tables(owner)) - CELLS):
        enter(web, "")
        shown = counted(web, table)
        assert set(shown) <= ({""} if table == "log.person_key" else set()), table  # the cell's own keys
        whole = counted(owner, table)
        assert {HOME, OTHER} <= set(whole), f"{table} holds too little to try"
        enter(web, HOME)
        assert counted(web, table) == {**shown, HOME: whole[HOME]}, table
        enter(web, CELL)
        assert counted(web, table) == whole, table


def test_where_a_process_stands_is_told_within_its_scope_alone(owner, web):
    told = {}
    for named in (HOME, CELL, OTHER, ""):
        enter(web, named)
        told[named] = tuple(web.execute("select * from log.standing(%s)", (HOME,)).fetchone().values())
    assert (
        told[HOME] == told[CELL] == tuple(owner.execute("select * from log.standing(%s)", (HOME,)).fetchone().values())
    )
    assert all(told[HOME])
    assert told[OTHER] == told[""] == (None, None, None)


def test_a_connection_that_never_named_a_scope_is_shown_nothing(web, owner):
    assert counted(web, "log.event") == {}
    assert counted(owner, "log.event")


EVENT = "insert into log.event values (%s, %s, 99, 'x', '', %s, 'x', gen_random_uuid(), 0)"


def test_nothing_is_added_beyond_the_scope(world, owner, web):
    enter(web, HOME)
    head = world.app.reader.head()
    append = (
        f"select log.append('{{}}', '{{}}', '{{}}', '{{1}}', '{{{OTHER}}}', '{{{OTHER}/x/x}}', '{{1}}', '{{x}}', "
        "'{\"\\\\x00\"}', '{x/x}', array[gen_random_uuid()], null, null, null, null)"
    )
    append_one = (
        f"select log.append_one('{{}}', '{{}}', '{OTHER}', '{OTHER}/x/x', 1, 'x', '', 'x/x', gen_random_uuid(), "
        "'{}', '{}', '{}')"
    )
    for query, arguments in (
        (EVENT, (head + 1, f"{OTHER}/x/x", OTHER)),
        (append, ()),
        (append_one, ()),
        ("insert into log.person_key values (%s, %s, 'x')", (f"{OTHER}/x/x", OTHER)),
        ("insert into log.quarantine values (%s, 'x', 1, 'x')", (OTHER,)),
        ("update log.quarantine set process = %s", (OTHER,)),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), web.transaction():
            web.execute(query.encode(), arguments)
    assert world.app.reader.head() == head
    assert web.execute("delete from log.quarantine where process = %s", (OTHER,)).rowcount == 0


def test_nothing_is_redacted_beyond_the_scope(owner, web):
    there = owner.execute(
        "select e.originator_id as stream, e.originator_version as version, e.notification_id as position, v.field "
        "from log.vault v join log.event e on e.notification_id = v.position where e.process = %s limit 1", (OTHER,)
    ).fetchone()  # fmt: skip
    mine = owner.execute("select max(notification_id) as n from log.event where process = %s", (HOME,)).fetchone()["n"]
    enter(web, HOME)
    redact = "select log.redact(%s, %s::bigint[], %s::text[], %s, 'text')"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(redact, (there["stream"], [there["version"]], [there["field"]], there["position"]))
    web.execute(redact, (there["stream"], [there["version"]], [there["field"]], mine))
    still = "select count(*) as n from log.vault where position = %s and field = %s"
    assert owner.execute(still, (there["position"], there["field"])).fetchone()["n"] == 1


def test_a_backup_or_a_command_line_behind_the_wall_is_refused_and_not_told_half(world, web):
    web.execute(BOUNDS)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        web.execute("select * from log.event")
    bound = Kurslog(world.app.settings, acting_as(world.app.dsn, WEB))
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        bound.reader.register(HOME)
    bound.close()


# ------------------------------------------------------------------ in Python, before it is asked
def test_a_handler_that_asks_for_another_process_fails_and_is_told(world, caplog):
    served = world.app.served()
    app = create_app(served)
    asked = {
        "register": lambda: served.reader.register(OTHER),
        "projection": lambda: served.projector.states("timeline", OTHER, 1, 1, 9),
        "files": lambda: served.files.facts(OTHER, ["0" * 64]),
        "reads": lambda: served.reads.counts(OTHER),
        "all": served.reader.processes,
    }
    app.add_url_rule("/p/<process>/nosy/<what>", "nosy", lambda process, what: str(asked[what]()))
    with caplog.at_level(logging.ERROR, "kurslog"):
        for what in asked:
            assert app.test_client().get(f"/p/{HOME}/nosy/{what}").status_code == 500, what
            assert "OutOfScopeError" in caplog.text, what
            caplog.clear()
    assert app.test_client().get(f"/p/{OTHER}/nosy/register").status_code == 200
    served.close()


def test_what_names_no_process_is_held_by_the_database(world, served, owner):
    there = owner.execute("select position from log.vault where process = %s limit 1", (OTHER,)).fetchone()["position"]
    with within(OTHER):
        assert served.reader.at([there])
        assert served.log.vault.texts([there])
    with within(HOME):
        assert served.reader.at([there]) == []
        assert served.log.vault.texts([there]) == {}


def test_no_address_opens_the_cell(served):
    for name in (CELL, "*", "", None, "a b", f"{HOME} "):
        scope.begin(name)
        assert scope.now() == scope.NOTHING
        with pytest.raises(OutOfScopeError):
            served.reader.register(HOME)
    assert served.reader.register("*").version == 0
    with across("a test"):
        assert scope.now() == CELL
        assert {HOME, OTHER, PUBLIC} <= set(served.reader.processes())
    assert scope.now() == scope.NOTHING


def test_an_array_too_long_for_arguments_elsewhere_goes_in_behind_the_wall(world, served):
    scribe = Scribe(served, HOME, account="a-import")
    data = {"kind": "idea", "text": "En opdigtet bænk", "author": {"kind": "anonymous"}}
    events = [scribe.read("contribution-made", {"contribution_id": f"long-{n}", **data}) for n in range(COPY_FROM + 1)]
    with within(HOME):
        assert len(served.record(*events)) == COPY_FROM + 1
        assert served.reader.count(HOME) > COPY_FROM


# ------------------------------------------------------------------ many at once
def test_two_at_once_never_share_a_scope(served, owner):
    """More threads than connections, each in turn within one process and another: every look shows its own alone."""
    ready, turns = threading.Barrier(24), 40

    def look(number):
        ready.wait()
        for turn in range(turns):
            process = (HOME, OTHER, PUBLIC)[(number + turn) % 3]
            with within(process), served.log.connection() as connection:
                yield process, counted(connection, "log.event")

    with ThreadPoolExecutor(24) as pool:
        found = [one for each in pool.map(lambda number: list(look(number)), range(24)) for one in each]
    assert len(found) == 24 * turns
    assert all(set(shown) == {process} for process, shown in found)


def test_requests_at_once_never_share_a_scope(world):
    app = create_app(served := world.app.served())

    def nosy(process):
        with served.log.connection() as connection:
            return counted(connection, "log.event")

    app.add_url_rule("/p/<process>/nosy", "nosy", nosy)
    app.add_url_rule("/nosy", "stranger", lambda: nosy(""))
    places = {f"/p/{HOME}/nosy": {HOME}, f"/p/{OTHER}/nosy": {OTHER}, "/nosy": set()}

    def ask(number):
        place = list(places)[number % 3]
        return place, set(app.test_client().get(place).get_json())

    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(ask, range(240)))
    assert all(shown == places[place] for place, shown in found)
    served.close()


def test_a_model_is_told_in_the_words_of_the_process_that_made_it(world):
    drawn = {"template_id": "m", "version": 1, "steps": [{"title": "Kaffe"}], "principles": [{"text": "Bro før båd"}]}
    Scribe(world.app, OTHER, account="a-import").record("process-template-derived", drawn)
    adopted = {"process": OTHER, "template": "m", "version": 1}
    position = Scribe(world.app, HOME, account="a-import").record("template-adopted", adopted).position
    world.app.queries.wait(position)
    client = world.web.test_client()
    for role, process, told in (("facilitator", None, True), ("facilitator", HOME, False)):
        secret = world.app.tokens.create(role=AccessRole(role), process=process, lasting=HOUR)
        headers = {"Authorization": f"Bearer {secret}"}
        answer = client.get(f"/api/v1/processes/{HOME}/projections/model", headers=headers)
        assert (answer.status_code, "Bro før båd" in answer.text) == (200, told)
