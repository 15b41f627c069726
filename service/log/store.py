"""The store: the library's application and recorder, with one function call or one COPY an append."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, Final

import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import IntegrityError
from eventsourcing.postgres import ConnectionPool, PostgresApplicationRecorder, PostgresDatastore
from psycopg import Connection, Cursor
from psycopg.rows import DictRow, dict_row, scalar_row
from psycopg.types.numeric import Int8

from domain.kernel import Envelope
from service.log import scope
from service.log.busy import busy
from service.log.files import Files
from service.log.grouping import WAIT_SECONDS, Command, Line, together
from service.log.mapper import Deletion, LogMapper, SealedEvent
from service.log.packing import Blobs, Column, Ints, Longs, Texts, Uuids, know_columns
from service.log.vault import ErasedKeyError, MasterKey, Vault, key_id_of

COPY_FROM: Final = 400
POOL_SIZE: Final = 2
POOL_OVERFLOW: Final = 14
TIMEOUTS: Final = (
    "set lock_timeout = '5s'; set statement_timeout = '{0}s'; set idle_in_transaction_session_timeout = '{0}s'; "
    "set time zone 'UTC'"
)
UNBOUND: Final = "; set row_security = off"
"""Of those who are in no scope: an account that is not shown every row is refused, and told no half-truths."""
ENTER: Final = "select set_config('kurslog.scope', %s, false)"
STATEMENT_SECONDS: Final = 60
"""How long one statement of the worker or the command line may take."""
WEB_STATEMENT_SECONDS: Final = 10
"""How long one statement may take while a browser waits."""
APPEND: Final = (
    "select log.append(%s::int[], %s::text[], %s::bigint[], %s::int[], %s::text[], %s::text[], %s::bigint[], %s::text[], "
    "%s::bytea[], %s::text[], %s::uuid[], %s::int[], %s::text[], %s::text[], %s::bytea[]) as answer"
)
APPEND_ONE: Final = (
    "select log.append_one(%s::text[], %s::bigint[], %s::text, %s::text, %s::bigint, %s::text, %s::bytea, %s::text, "
    "%s::uuid, %s::text[], %s::text[], %s::bytea[]) as answer"
)
MOVED: Final = (
    "select exists (select from unnest(%s::text[], %s::bigint[]) r (s, v) where v <> coalesce((select originator_version "
    "from log.event e where e.originator_id = r.s order by originator_version desc limit 1), 0)) as moved"
)
HEAD: Final = (
    "select coalesce(h.notification_id, 0) as head, greatest(coalesce(h.recorded_at, 0), "
    "(extract(epoch from clock_timestamp()) * 1000000)::bigint) as moment "
    "from (select) nothing left join (select notification_id, recorded_at from log.event "
    "order by notification_id desc limit 1) h on true"
)
COPY_EVENTS: Final = (
    "copy log.event (notification_id, originator_id, originator_version, topic, state, process, subject, event_id, "
    "recorded_at) from stdin (format binary)"
)
SEAL: Final = (
    "update log.cell set sealed_check = coalesce(sealed_check, %s) returning id, sealed_check"  # the first key stays
)
ERASE: Final = "select log.erase(%s, %s::text[], %s, %s::bytea[], %s::text[], %s::bigint[])"
HOLD_THEIRS: Final = "select from access.token where process = %s and participant = any(%s) and expires_at > now() order by hash for update"
"""Waits for whoever is exchanging a link of theirs: the statement after it sees the session that came of it."""
END_THEIRS: Final = "delete from access.token where process = %s and participant = any(%s)"
"""The links and sessions of who is gone."""
REDACT: Final = "select log.redact(%s, %s::bigint[], %s::text[], %s, 'text')"
COPY_VAULT: Final = "copy log.vault (position, field, key_id, cipher) from stdin (format binary)"


MOVED_SAID: Final = "A stream moved since it was read."
KNOWN_SAID: Final = "An event with this id is in the log."
ID_KEY: Final = "event_process_event_id_key"
STREAM_KEY: Final = "event_originator_id_originator_version_key"


class StaleError(IntegrityError):
    """A stream moved since the rule read it: load and decide again."""


class AlreadyRecordedError(IntegrityError):
    """An event with this id is in the log: compare before saying more."""


class Scoped(Connection[DictRow]):
    """A connection that knows which scope its session stands in."""

    scope = scope.NOTHING

    @cached_property
    def appending(self) -> Cursor[list[int]]:
        """The cursor of all its appends: how each value is written is found out once, and not for every call."""
        return self.cursor(binary=True, row_factory=scalar_row)


class Datastore(PostgresDatastore):
    """The library's pool over any conninfo, with low bounds on locks and statements."""

    def __init__(self, dsn: str, statement_seconds: int, *, walled: bool) -> None:
        self.walled = walled
        self._bounds = TIMEOUTS.format(statement_seconds) + ("" if walled else UNBOUND)
        super().__init__(*("",) * 5, schema="log", originator_id_type="text")
        self.pool: ConnectionPool[Any] = ConnectionPool(
            dsn, connection_class=Scoped, kwargs={"row_factory": dict_row}, min_size=POOL_SIZE,
            max_size=POOL_SIZE + POOL_OVERFLOW, max_waiting=64, timeout=WAIT_SECONDS, open=False,
            configure=self.after_connect_func(), check=_enter if walled else None,
        )  # fmt: skip
        self.pool.open(wait=False)

    def after_connect_func(self) -> Callable[[Connection[Any]], None]:
        """Set up each new connection: autocommit and the bounds."""
        bounds = self._bounds.encode()

        def after_connect(connection: Connection[Any]) -> None:
            connection.autocommit = True
            connection.execute(bounds)
            know_columns(connection)

        return after_connect


def _enter(connection: Scoped) -> None:
    """Bring a connection into the scope of whoever it is handed to; the pool asks this of each, and drops what fails."""
    wanted = scope.now()
    if connection.scope != wanted:
        connection.execute(ENTER, (wanted,), prepare=True)
        connection.scope = wanted


class LogRecorder(PostgresApplicationRecorder):
    """Appends under one advisory lock, checking in the database every stream the rules read."""

    datastore: Datastore
    lock_wait: Callable[[float], None] = staticmethod(lambda _: None)
    """Told how long each append waited for the lock, in seconds; whoever measures sets it."""
    moved: Callable[[], None] = staticmethod(lambda: None)
    """Told of each append that came too late for a stream it had read."""

    def __init__(self, datastore: Datastore) -> None:
        super().__init__(datastore, events_table_name="event")
        self.line = Line(self.append, together=together)

    def insert_events(
        self, stored_events: Sequence[Any], *, reads: Mapping[str, int] | None = None, **_: Any
    ) -> Sequence[int] | None:
        """Append one command's events and return their positions.

        Args:
            stored_events: the mapper's `SealedEvent`s.
            reads: the version of every stream the command's rules read.

        Raises:
            StaleError: when one of them has moved. AlreadyRecordedError: when an id is known.
            Nothing is written in either case.
        """
        if not stored_events:
            return []
        events: Sequence[SealedEvent] = stored_events
        try:
            return self._inserted(events, _reads(events, reads))
        except StaleError:
            self.moved()
            raise

    def _inserted(self, events: Sequence[SealedEvent], reads: Mapping[str, int]) -> Sequence[int]:
        if len(events) >= COPY_FROM and not self.datastore.walled:  # PostgreSQL copies past no policy
            return self._copy(events, reads)
        deletes = any(e.replaces or e.deletes for e in events)
        answer = self._append_and_delete(events, reads) if deletes else self.line.put(Command(events, reads))
        if 0 in answer:
            raise StaleError(MOVED_SAID)
        if -1 in answer:
            raise AlreadyRecordedError(KNOWN_SAID)
        return answer

    def _append_and_delete(self, events: Sequence[SealedEvent], reads: Mapping[str, int]) -> Sequence[int]:
        with self.datastore.pool.connection() as connection, connection.transaction():
            (answer,) = self._append(connection, [Command(events, reads)])
            if all(position > 0 for position in answer):
                _delete(connection, events, answer)
        return answer

    def append(self, commands: Sequence[Command]) -> list[Sequence[int]]:
        """Append commands in one transaction, and return what is answered of each one's events.

        A stale or repeated one is told so, and the others go in all the same.
        """
        with self.datastore.pool.connection() as connection:
            return self._append(connection, commands)

    def _append(self, connection: Scoped, commands: Sequence[Command]) -> list[Sequence[int]]:
        if len(commands) == 1 == len(commands[0].events):
            return [self._append_one(connection, commands[0].events[0], commands[0].reads)]
        reads = [(of, *read) for of, command in enumerate(commands) for read in command.reads.items()]
        events = [(of, event) for of, command in enumerate(commands) for event in command.events]
        vault = [(at, *row) for at, (_, event) in enumerate(events, 1) for row in event.vault]
        rows = (
            (of, e.process, e.originator_id, e.originator_version, e.topic, e.state, e.subject, e.event_id)
            for of, e in events
        )
        columns = [
            *_columns((Ints, Texts, Longs), reads),
            *_columns((Ints, Texts, Texts, Longs, Texts, Blobs, Texts, Uuids), rows),
            *(_columns((Ints, Texts, Texts, Blobs), vault) if vault else [None] * 4),
        ]
        answer = iter(self._answer(connection.appending.execute(APPEND, columns, prepare=True).fetchone()))
        return [list(islice(answer, len(command.events))) for command in commands]

    def _append_one(self, connection: Scoped, e: SealedEvent, reads: Mapping[str, int]) -> Sequence[int]:
        """Append a command of one event, as most are: with no columns, and fewer statements in the database."""
        begins = (e.originator_id, 0) if e.originator_version == 1 else None  # that it is new, the stream's key says
        values = (
            *_columns((Texts, Longs), [read for read in reads.items() if read != begins]),
            *(e.process, e.originator_id, Int8(e.originator_version), e.topic, e.state, e.subject, e.event_id),
            *_columns((Texts, Texts, Blobs), e.vault),
        )
        return self._answer(connection.appending.execute(APPEND_ONE, values, prepare=True).fetchone())

    def _answer(self, answer: list[int] | None) -> list[int]:
        """Return the positions; what the lock cost stands behind them."""
        *positions, waited = answer or [0]
        self.lock_wait(waited / 1_000_000)
        return positions

    def _copy(self, events: Sequence[SealedEvent], reads: Mapping[str, int]) -> Sequence[int]:
        with self.datastore.pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(771, 1)")
            begun = {e.originator_id for e in events if e.originator_version == 1}  # that these are new, their key says
            older = {stream: version for stream, version in reads.items() if version or stream not in begun}
            if _yes(cursor.execute(MOVED, (Texts(older), Longs(older.values()))).fetchone(), "moved"):
                raise StaleError(MOVED_SAID)
            row = cursor.execute(HEAD).fetchone() or {}
            head, moment = row["head"], row["moment"]
            with _keys_are_new():
                self._copy_rows(cursor, events, head, moment)
            _delete(connection, events, range(head + 1, head + len(events) + 1))
            cursor.execute("notify event")
        return range(head + 1, head + len(events) + 1)

    def _copy_rows(
        self, cursor: psycopg.Cursor[DictRow], events: Sequence[SealedEvent], head: int, moment: int
    ) -> None:
        with cursor.copy(COPY_EVENTS) as copy:
            copy.set_types(["int8", "text", "int8", "text", "bytea", "text", "text", "uuid", "int8"])
            for position, e in enumerate(events, head + 1):
                copy.write_row(
                    (
                        position,
                        e.originator_id,
                        e.originator_version,
                        e.topic,
                        e.state,
                        e.process,
                        e.subject,
                        e.event_id,
                        moment,
                    )
                )
        with cursor.copy(COPY_VAULT) as copy:
            copy.set_types(["int8", "text", "text", "bytea"])
            for position, e in enumerate(events, head + 1):
                for row in e.vault:
                    copy.write_row((position, *row))


@contextlib.contextmanager
def _keys_are_new() -> Iterator[None]:
    """Say of rows that are copied what `LogRecorder.append` answers: the log's unique keys know it as well as a question."""
    try:
        yield
    except psycopg.errors.UniqueViolation as error:
        if error.diag.constraint_name == ID_KEY:
            raise AlreadyRecordedError(KNOWN_SAID) from error
        if error.diag.constraint_name == STREAM_KEY:
            raise StaleError(MOVED_SAID) from error
        raise


def _reads(events: Sequence[SealedEvent], reads: Mapping[str, int] | None) -> dict[str, int]:
    """Every stream read, and the head each written one was decided on."""
    known = dict(reads or {})
    for event in events:
        known.setdefault(str(event.originator_id), event.originator_version - 1)
    return known


def _columns(types: Sequence[type[Column]], rows: Iterable[Sequence[Any]]) -> list[Column]:
    """Return rows as columns of these types."""
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    return [type_(values) for type_, values in zip(types, columns, strict=True)]


def _delete(connection: Connection[DictRow], events: Sequence[SealedEvent], positions: Sequence[int]) -> None:
    """Delete what these events replace or erase, in their own transaction: it is said and gone at one moment."""
    for event, position in zip(events, positions, strict=True):
        if event.replaces:
            versions, fields = zip(*event.replaces, strict=True)
            connection.execute(REDACT, (event.originator_id, list(versions), list(fields), position))
        if event.deletes:
            _erase(connection, event.process, event.deletes)


def _erase(connection: Connection[DictRow], process: str, deletion: Deletion) -> None:
    issued = [bytes.fromhex(one) for one in deletion.issued]
    files, lines = [file for file, _ in deletion.waiting], [line for _, line in deletion.waiting]
    connection.execute(ERASE, (process, list(deletion.keys), deletion.whole, issued, files, lines))
    if deletion.whole:
        whose = (process, list(deletion.people))
        connection.execute(HOLD_THEIRS, whose)
        connection.execute(END_THEIRS, whose)


def _yes(row: DictRow | None, name: str) -> bool:
    return bool(row and row[name])


class Log(Application[str]):
    """The log of one cell: append envelopes, and read them back.

    Construct it after a fork, never before. Tables come from `service.log.migrate`.
    """

    name = "log"

    def __init__(
        self, dsn: str, master: MasterKey, *, statement_seconds: int = STATEMENT_SECONDS, walled: bool = False
    ) -> None:
        self._walled = walled
        self._dsn = dsn
        self._master = master
        self._statement_seconds = statement_seconds
        self.cell = self._own_cell()
        super().__init__({"PERSISTENCE_MODULE": "eventsourcing.popo"})

    def _own_cell(self) -> str:
        """Return the cell's id, having made sure that this is its master key."""
        with busy(), psycopg.connect(self._dsn) as connection:
            row = connection.execute("select id, sealed_check from log.cell").fetchone()
            if row is None:
                return ""
            if row[1] is None:
                row = connection.execute(SEAL, (self._master.seal_check(),)).fetchone() or row
            self._master = self._master.opening(bytes(row[1]))
            return str(row[0])

    def construct_mapper(self) -> LogMapper:
        """Return our mapper, over the vault."""
        self.vault = Vault(self.connection, self._master, self.cell)
        self.files = Files(self.connection, self.vault)
        return LogMapper(self.vault)

    def construct_recorder(self) -> LogRecorder:
        """Return our recorder, over a pool of its own."""
        self.datastore = Datastore(self._dsn, self._statement_seconds, walled=self._walled)
        return LogRecorder(self.datastore)

    def save(self, *objs: Any, reads: Mapping[str, int] | None = None, **_: Any) -> list[Any]:
        """Append envelopes as one command and return their recordings; see `LogRecorder.insert_events`."""
        events: Sequence[Envelope] = objs
        keys = {key_id_of(event) for event in events if event.declaration.personal}
        try:
            with busy():
                self.vault.ensure(keys)
                return list(self.events.put(objs, reads=reads))
        except ErasedKeyError:
            self.vault.forget(keys)
            raise

    def connection(self, of: str | None = None) -> contextlib.AbstractContextManager[Connection[DictRow]]:
        """Return a connection of the pool; rows are dictionaries.

        Args:
            of: the process whose rows are asked for, or `scope.CELL` for those of all; None for what belongs to none.

        Raises:
            OutOfScopeError: in a web server, when that lies outside the scope.
        """
        if self._walled and of is not None:
            scope.check(of)
        return self._connection()

    @contextlib.contextmanager
    def _connection(self) -> Iterator[Connection[DictRow]]:
        with busy(), self.datastore.pool.connection() as connection:
            yield connection

    @contextlib.contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Hold the one lock of this name meanwhile, across all servers: for what is read and then written by one."""
        with self._connection() as connection, connection.transaction():
            connection.execute("select pg_advisory_xact_lock(772, hashtext(%s))", (name,))
            yield

    def reconnect(self) -> None:
        """Replace the connections that died; without a database there is nothing to replace yet."""
        with contextlib.suppress(Exception):
            self.datastore.pool.check()

    def close(self) -> None:
        """Give the connections back."""
        super().close()
        self.datastore.close()


def begun(dsn: str) -> bool:
    """Whether the database was begun with a master key: then none may be made in its place."""
    with busy(), psycopg.connect(dsn) as connection:
        row = connection.execute("select sealed_check is not null from log.cell").fetchone()
    return bool(row and row[0])


def moment(microseconds: int) -> dt.datetime:
    """Return the moment behind a ``recorded_at``."""
    return dt.datetime.fromtimestamp(microseconds / 1_000_000, dt.UTC)
