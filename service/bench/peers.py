"""Others' stores on the same server: emmett-postgresql (Node) and message-db (functions in the database)."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from service.bench.appending import CALLS, Ways
from service.bench.entries import TEXT
from service.bench.kernel import Bench
from service.bench.measuring import interleaved
from service.bench.result import Result, Said, beside, missing
from service.bench.result import at_least as least
from service.log.mapper import SealedEvent

EMMETT: Final = "@event-driven-io/emmett-postgresql@0.42.0"
MESSAGE_DB: Final = "@eventide/message-db@1.3.1"
PACKAGES: Final = (EMMETT, "@event-driven-io/emmett@0.42.0", MESSAGE_DB)
INSTALL_SECONDS: Final = 120
PARTS: Final = ("schema", "types", "tables", "functions", "indexes")
"""The folders of message-db's SQL, in the order they are run; its roles and grants are not needed here."""
WRITE: Final = "select message_store.write_message(%s, %s, %s, %s::jsonb, null, -1)"
NOT_ASKED: Final = ("hentes kun med --peers", "fetched only with --peers")
NO_NODE: Final = ("node og npm er ikke her", "node and npm are not here")


class Emmett:
    """A Node process that appends when it is told to."""

    def __init__(self, folder: Path, dsn: str) -> None:
        script = folder / "emmett.mjs"
        script.write_text((resources.files("service.bench") / "emmett.mjs").read_text())
        self._process = subprocess.Popen(
            [shutil.which("node") or "node", str(script), url(dsn), TEXT],
            cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._read()

    def measure(self, size: int) -> Callable[[], float]:
        """Return the measurement of appending in calls of this size."""

        def measure() -> float:
            if self._process.stdin:
                self._process.stdin.write(f"{size} {CALLS[size]}\n")
                self._process.stdin.flush()
            return float(self._read())

        return measure

    def _read(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            _, said = self._process.communicate()
            raise OSError(f"emmett ended: {said[-300:]}")
        return line

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(ValueError):
            self._process.communicate(timeout=10)


class MessageDb:
    """Its functions in this database, called as a client would: one a message, those of one command in a transaction."""

    def __init__(self, folder: Path, dsn: str) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True)
        self._connection.execute("create schema message_store; set search_path = message_store, public")
        base = folder / "node_modules" / "@eventide" / "message-db" / "database"
        for file in (file for part in PARTS for file in sorted((base / part).glob("*.sql"))):
            self._connection.execute(file.read_text("utf-8").encode())

    def write(self, rows: Sequence[SealedEvent]) -> None:
        """Write the messages of one command."""
        with self._connection.transaction() if len(rows) > 1 else contextlib.nullcontext():
            for row in rows:
                values = (str(row.event_id), row.originator_id, row.topic, row.state.decode())
                self._connection.execute(WRITE, values, prepare=True)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def peers(bench: Bench) -> Iterator[Result]:
    """Append beside others, with all our rows; beside message-db, which encodes nothing, our recorder alone."""
    folder = bench.scratch.settings.home / "node"
    if why := _unavailable(folder, asked=bench.peers):
        yield from (missing(f"peers/{name}", (name, name), why, least(1)) for name in ("emmett", "message-db"))
        return
    with contextlib.ExitStack() as stack:
        ways = Ways(bench, stack)
        emmett = stack.enter_context(contextlib.closing(Emmett(folder, ways.app.dsn)))
        message_db = stack.enter_context(contextlib.closing(MessageDb(folder, ways.app.dsn)))
        for size in (1, 100):
            found = interleaved(
                bench.rounds,
                {
                    "save": ways.save(size),
                    "recorder": ways.recorder(size, bare=True),
                    "one row": ways.one_row(size),
                    "emmett": emmett.measure(size),
                    "message-db": ways.by_hand(size, message_db.write),
                },
            )
            yield beside(
                f"peers/emmett-{size}",
                ("save, alle rækker, mod emmett-postgresql", "save, all rows, beside emmett-postgresql"),
                found["save"],
                found["emmett"],
                least(1),
            )
            yield beside(
                f"peers/emmett-{size}-one-row",
                (
                    "save uden teksternes rækker, mod emmett-postgresql",
                    "save without the texts' rows, beside emmett-postgresql",
                ),
                found["one row"],
                found["emmett"],
            )
            yield beside(
                f"peers/message-db-{size}",
                ("optageren alene mod message-db", "the recorder alone beside message-db"),
                found["recorder"],
                found["message-db"],
                least(1),
            )


def _unavailable(folder: Path, *, asked: bool) -> Said | None:
    """Fetch the packages; return why they are not here."""
    npm = shutil.which("npm")
    if not asked:
        return NOT_ASKED
    if not npm or not shutil.which("node"):
        return NO_NODE
    folder.mkdir()
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *PACKAGES]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return ("npm svarede ikke", "npm did not answer")
    said = done.stderr.strip()[-200:]
    return (f"npm kunne ikke hente dem: {said}", f"npm could not fetch them: {said}") if done.returncode else None


def url(dsn: str) -> str:
    """Return a conninfo as the address that Node's driver reads."""
    parts = {name: quote(str(value), safe="") for name, value in conninfo_to_dict(dsn).items()}
    password = f":{parts['password']}" if parts.get("password") else ""
    where = f"?host={parts['host']}&port={parts.get('port', '5432')}" if parts["host"].startswith("%2F") else ""
    host = "" if where else f"{parts['host']}:{parts.get('port', '5432')}"
    return f"postgresql://{parts.get('user', '')}{password}@{host or 'localhost'}/{parts['dbname']}{where}"
