"""The scratch database: on the server that is set, or on an embedded server of its own; dropped in the end, always."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from service.app import Kurslog
from service.cluster import Cluster
from service.log.migrate import migrate
from service.settings import Settings


class NoRoomError(Exception):
    """The server lets this account make no database; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """A folder and a server to make databases on. ``server`` is a conninfo; the database it names is left alone."""

    settings: Settings
    server: str
    embedded: bool

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """Yield the conninfo of a migrated database that is dropped afterwards.

        Raises:
            NoRoomError: when this account may make none.
        """
        name = f"kurslog_bench_{uuid.uuid4().hex[:12]}"
        try:
            _run(self.server, "create database {}", name)
        except psycopg.errors.InsufficientPrivilege as error:
            raise NoRoomError(
                "The bench works in a database of its own: give this account CREATEDB, or leave KURSLOG_DATABASE_URL out."
            ) from error
        try:
            dsn = make_conninfo(self.server, dbname=name)
            migrate(dsn)
            yield dsn
        finally:
            _run(self.server, "drop database if exists {} with (force)", name)

    @contextlib.contextmanager
    def kurslog(self) -> Iterator[Kurslog]:
        """Yield a Kurslog on an empty log, with a folder and keys of its own."""
        with self.database() as dsn:
            home = Path(tempfile.mkdtemp(prefix="log-", dir=self.settings.home))
            app = Kurslog(replace(self.settings, home=home, database_url=dsn, master_key_file=home / "master.key"), dsn)
            _ = app.projector
            try:
                yield app
            finally:
                app.close()

    @contextlib.contextmanager
    def at_home(self) -> Iterator[Kurslog]:
        """Yield a Kurslog as people have it who set nothing: on the embedded server's own database, where there is one."""
        if not self.embedded:
            with self.kurslog() as app:
                yield app
            return
        migrate(self.server)
        with contextlib.closing(Kurslog(self.settings, self.server)) as app:
            _ = app.projector
            yield app


def environment_of(app: Kurslog, **more: str) -> dict[str, str]:
    """Return the environment of a command on this Kurslog: nothing that is set for another log goes along."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KURSLOG_")}
    return {
        **kept,
        "KURSLOG_HOME": str(app.settings.home),
        "KURSLOG_LANGUAGE": "en",
        "KURSLOG_LOG_LEVEL": "error",
        **({"KURSLOG_DATABASE_URL": app.dsn} if app.settings.database_url else {}),
        **more,
    }


@contextlib.contextmanager
def scratch(settings: Settings) -> Iterator[Scratch]:
    """Yield a scratch on the disk where the data would lie, and remove it, also when this process is told to end."""
    settings.home.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="bench-", dir=settings.home))
    home.chmod(0o711)
    own = Settings(home=home, database_url=settings.database_url, master_key_file=home / "master.key")
    with _ended_by_signal():
        cluster = None if settings.database_url else Cluster(home)
        try:
            yield Scratch(
                own, cluster.start() if cluster else settings.database_url or "", embedded=cluster is not None
            )
        finally:
            if cluster:
                cluster.stop(wait_seconds=30)
            for place in ((home / "postgres").resolve(), home):
                shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def _ended_by_signal() -> Iterator[None]:
    """Let SIGTERM end this process as an exception does, so that what is to be removed is removed."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(server: str, statement: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL(statement).format(Identifier(name)))
