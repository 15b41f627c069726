"""The library as it is shipped: its own recorder and its own projection runner, on the same server and the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent, Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from service.log.mapper import SealedEvent

NO_PASSWORD: Final = "none"  # noqa: S105 - the library wants one; a server that asks for none does not look at it
CREATE: Final = "create table if not exists {}.current (stream text primary key, position bigint, state bytea)"
CALL_MOST: Final = 500
"""More events than some thousand in one call, and the library's pipeline hangs over a Unix socket: both ends are full."""
FORGET: Final = "drop table if exists shipped.current, shipped.current_tracking"
UPSERT: Final = (
    "insert into {}.current values (%s, %s, %s) on conflict (stream) do update "
    "set position = excluded.position, state = excluded.state"
)


def environment(dsn: str) -> dict[str, str]:
    """Return the library's settings for this database: a schema of its own, and text as ids of streams."""
    parts = conninfo_to_dict(dsn)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_SCHEMA": "shipped",
        "ORIGINATOR_ID_TYPE": "text",
        "POSTGRES_POOL_SIZE": "4",
        "POSTGRES_DBNAME": str(parts.get("dbname", "")),
        "POSTGRES_HOST": str(parts.get("host", "")),
        "POSTGRES_PORT": str(parts.get("port", "5432")),
        "POSTGRES_USER": str(parts.get("user", "")),
        "POSTGRES_PASSWORD": str(parts.get("password", "")) or NO_PASSWORD,
    }


class AsStored(Mapper[str]):
    """Hands stored events on as they are, so that only recorder and runner are measured."""

    def __init__(self) -> None:
        super().__init__(JSONTranscoder())

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """Return it."""
        return domain_event  # type: ignore[no-any-return]

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """Return it."""
        return stored_event


class Shipped(Application[str]):
    """The library's application, over its own tables."""

    name = "shipped"

    def construct_mapper(self) -> Mapper[str]:
        """Return a mapper that costs nothing."""
        return AsStored()


class View(PostgresTrackingRecorder):
    """The current state of each stream: one row that is written over."""

    def __init__(self, datastore: Any, **options: Any) -> None:
        super().__init__(datastore, **options)
        self.sql_create_statements.append(SQL(CREATE).format(Identifier(datastore.schema)))
        self._upsert = SQL(UPSERT).format(Identifier(datastore.schema))

    def keep(self, event: StoredEvent, tracking: Tracking) -> None:
        """Write the state and the place in one transaction, as the library's handbook has it."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(self._upsert, (event.originator_id, tracking.notification_id, event.state))
            self._insert_tracking(cursor, tracking)


class Current(Projection[View]):
    """Follows all events, one at a time."""

    name = "current"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Keep an event's state."""
        self.view.keep(domain_event, tracking)


class Library:
    """The application, and what it has recorded."""

    def __init__(self, dsn: str) -> None:
        with psycopg.connect(dsn) as connection:
            connection.execute("create schema if not exists shipped")
        self._dsn = dsn
        self._environment = environment(dsn)
        self._app = Shipped(self._environment)

    def append(self, events: Sequence[SealedEvent]) -> None:
        """Record events without their texts: it knows of none."""
        recorder: Any = self._app.recorder
        for at in range(0, len(events), CALL_MOST):
            recorder.insert_events(events[at : at + CALL_MOST])

    def project(self) -> int:
        """Run a projection over all that was recorded, to the end; return how many events that were."""
        with psycopg.connect(self._dsn) as connection:
            connection.execute(FORGET)
        last = self._app.recorder.max_notification_id() or 0
        with ProjectionRunner(
            application_class=Shipped, projection_class=Current, view_class=View, env=self._environment
        ) as runner:
            runner.wait(last, timeout=600)
        return last

    def close(self) -> None:
        """Give the connections back."""
        self._app.close()
