"""What is appended and asked: contributions with a text each, the fictional twin, and neighbours that fill the log."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

import psycopg
from msgspec.structs import replace
from psycopg.sql import SQL, Identifier

from domain.kernel import Envelope
from service.app import Kurslog
from service.imports.ndjson import import_wires
from service.log.mapper import SealedEvent
from service.log.vault import key_id_of
from service.simulation import Plan, about_how_many, events
from service.wire import Sender, read_event

PROCESS: Final = "fabelby"
ACCOUNT: Final = "a-bench"
AUTHORS: Final = 50
TEXT: Final = (
    "Vi kan lægge stien bag om hallen, så børnene når skolen uden at krydse landevejen, også når det er mørkt."
)
_NUMBERS: Final = itertools.count(1)

NEIGHBOURS: Final = (
    """
    insert into log.event (notification_id, originator_id, originator_version, topic, state, process, subject, event_id, recorded_at)
    select notification_id + k * %(size)s,
        case when originator_id = 'process/' || process then 'process/' else '' end || process || '-' || k
        || case when originator_id = 'process/' || process then '' else substr(originator_id, length(process) + 1) end,
        originator_version, topic,
        convert_to(replace(convert_from(state, 'UTF8'), '"process":"' || process || '"', '"process":"' || process || '-' || k || '"'), 'UTF8'),
        process || '-' || k, subject, gen_random_uuid(), recorded_at
    from log.event, generate_series(1, %(copies)s::int) k where process = %(process)s order by k, notification_id
    """,
    """
    insert into log.person_key (key_id, process, wrapped)
    select process || '-' || k || substr(key_id, length(process) + 1), process || '-' || k, wrapped
    from log.person_key, generate_series(1, %(copies)s::int) k where process = %(process)s
    """,
    """
    insert into log.vault (position, field, key_id, cipher)
    select position + k * %(size)s, field, process || '-' || k || substr(key_id, length(process) + 1), cipher
    from log.vault, generate_series(1, %(copies)s::int) k where process = %(process)s
    """,
    """
    insert into read.clock (process, position, known_at)
    select process || '-' || k, position + k * %(size)s, known_at
    from read.clock, generate_series(1, %(copies)s::int) k where process = %(process)s
    """,
    "update read.tracking set position = (1 + %(copies)s) * %(size)s",
)
"""A process copied so many times beside itself, under other names: what a log of many processes looks like to an index."""
NEIGHBOURS_READ: Final = """
insert into read.{} (process, entity, known_from, known_to, happened_from, happened_to, depth_from, depth_to, state)
select process || '-' || k, entity, known_from + k * %(size)s,
    case known_to when 4611686018427387904 then known_to else known_to + k * %(size)s end,
    happened_from, happened_to, depth_from, depth_to, state
from read.{}, generate_series(1, %(copies)s::int) k where process = %(process)s
"""


def contributions(count: int, process: str = PROCESS) -> list[Envelope]:
    """Return contributions that nobody made before, each with one personal text, ready to be appended."""
    sender = Sender(account=ACCOUNT, now=dt.datetime.now(dt.UTC))
    first = replace(read_event(wires(1)[0], process, sender), version=1)  # the others alike: the wire is read slowly
    return [_another(first, next(_NUMBERS)) for _ in range(count)]


def _another(event: Envelope, number: int) -> Envelope:
    data = replace(event.data, contribution_id=f"b-{number}", author=replace(event.data.author, ref=_author(number)))
    return replace(event, id=uuid4(), subject=f"contribution/b-{number}", data=data)


def wires(count: int, author: str = "") -> list[dict[str, Any]]:
    """Return contributions as a sender writes them, by this participant or by invented ones in turn."""
    return [_wire(number, author or _author(number)) for number in itertools.islice(_NUMBERS, count)]


def _wire(number: int, ref: str) -> dict[str, Any]:
    author = {"kind": "participant", "ref": ref}
    data = {"contribution_id": f"b-{number}", "kind": "idea", "text": TEXT, "author": author}
    return {"type": "contribution-made", "time": "2026-03-01T12:00:00Z", "data": data}


def _author(number: int) -> str:
    return f"p{number % AUTHORS + 1}"


def sealed(app: Kurslog, envelopes: Sequence[Envelope]) -> list[SealedEvent]:
    """Return the rows these are stored as, their texts encrypted; the keys are there afterwards."""
    app.log.vault.ensure({key_id_of(event) for event in envelopes})
    mapper: Any = app.log.mapper
    return [mapper.to_stored_event(event) for event in envelopes]


def plan_of(size: int, process: str = PROCESS) -> Plan:
    """Return the village whose process has about so many events, or the smallest there is."""
    gatherings = 5
    alone, each = (about_how_many(Plan(participants=people, gatherings=gatherings)) for people in (0, 1))
    return Plan(participants=max(10, round((size - alone) / (each - alone))), gatherings=gatherings, process=process)


def take_in(app: Kurslog, plan: Plan) -> int:
    """Bring a village in, project it, and return how many events the log holds."""
    import_wires(app, plan.process, events(plan), account=ACCOUNT)
    app.projector.catch_up()
    return app.reader.head()


def grow(app: Kurslog, size: int) -> int:
    """Copy the log's one process beside itself until there are about so many events; return how many there are."""
    head = app.reader.head()
    values = {"process": PROCESS, "size": head, "copies": max(1, round(size / head) - 1)}
    with psycopg.connect(app.dsn, autocommit=True) as connection:
        with connection.transaction():
            for statement in NEIGHBOURS:
                connection.execute(statement, values)
            for key in app.projector.keys:
                table = Identifier(key)
                connection.execute(SQL(NEIGHBOURS_READ).format(table, table), values)
        connection.execute("vacuum analyze")
    return app.reader.head()
