"""PostgreSQL asked by hand: the fewest statements that write the same rows, into tables with the same indexes.

It checks nothing: no stream's version, no id that comes again, no lock. Positions it counts itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import psycopg

from service.log.mapper import SealedEvent

TABLES: Final = """
create schema raw;
create table raw.event (like log.event including all);
create table raw.vault (like log.vault including all);
alter table raw.vault add foreign key (position) references raw.event (notification_id);
alter table raw.vault add foreign key (key_id) references log.person_key (key_id);
"""
COLUMNS: Final = (
    "notification_id, originator_id, originator_version, topic, state, process, subject, event_id, recorded_at"
)
ONE: Final = f"insert into raw.event ({COLUMNS}) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
ONE_WITH_TEXT: Final = (
    f"with e as ({ONE}) insert into raw.vault (position, field, key_id, cipher) values (%s, %s, %s, %s)"
)
MANY: Final = (
    f"insert into raw.event ({COLUMNS}) select * from unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[], "
    "%s::bytea[], %s::text[], %s::text[], %s::uuid[], %s::bigint[])"
)
MANY_WITH_TEXTS: Final = (
    f"with e as ({MANY}) insert into raw.vault (position, field, key_id, cipher) "
    "select * from unnest(%s::bigint[], %s::text[], %s::text[], %s::bytea[])"
)
COPY_EVENTS: Final = f"copy raw.event ({COLUMNS}) from stdin (format binary)"
COPY_TEXTS: Final = "copy raw.vault (position, field, key_id, cipher) from stdin (format binary)"
EVENT_TYPES: Final = ["int8", "text", "int8", "text", "bytea", "text", "text", "uuid", "int8"]
TEXT_TYPES: Final = ["int8", "text", "text", "bytea"]


class Raw:
    """Writes rows of events by hand, over one connection."""

    def __init__(self, dsn: str) -> None:
        self.connection = psycopg.connect(dsn, autocommit=True)
        self.connection.execute(TABLES)
        self._position = 0

    def _rows(self, events: Sequence[SealedEvent]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        start, self._position = self._position, self._position + len(events)
        rows = [
            (at, e.originator_id, e.originator_version, e.topic, e.state, e.process, e.subject, e.event_id, at)
            for at, e in enumerate(events, start + 1)
        ]
        return rows, [(at, *text) for at, e in enumerate(events, start + 1) for text in e.vault]

    def insert_bare(self, event: SealedEvent) -> None:
        """Write the row of an event, without its text."""
        self.connection.execute(ONE, self._rows([event])[0][0], prepare=True, binary=True)

    def insert(self, event: SealedEvent) -> None:
        """Write the rows of an event with one text, in one statement."""
        (row,), (text,) = self._rows([event])
        self.connection.execute(ONE_WITH_TEXT, (*row, *text), prepare=True, binary=True)

    def insert_many(self, events: Sequence[SealedEvent]) -> None:
        """Write the rows of events and their texts, in one statement."""
        columns = [list(column) for rows in self._rows(events) for column in zip(*rows, strict=True)]
        self.connection.execute(MANY_WITH_TEXTS, columns, prepare=True, binary=True)

    def copy(self, events: Sequence[SealedEvent]) -> None:
        """Write the rows of events and their texts by COPY, in one transaction."""
        rows, texts = self._rows(events)
        with self.connection.transaction(), self.connection.cursor() as cursor:
            for statement, types, block in ((COPY_EVENTS, EVENT_TYPES, rows), (COPY_TEXTS, TEXT_TYPES, texts)):
                with cursor.copy(statement) as copy:
                    copy.set_types(types)
                    for row in block:
                        copy.write_row(row)

    def close(self) -> None:
        """Give the connection back; the tables go with the database."""
        self.connection.close()
