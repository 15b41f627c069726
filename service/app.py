"""The composition root: settings in, a running Kurslog out."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import domain.everything  # noqa: F401 - declares the vocabulary
from domain.kernel import Envelope
from domain.vocabulary import ID_PATTERN
from projections.everything import PROJECTIONS
from service.cluster import Cluster
from service.later import later
from service.log.files import Files
from service.log.migrate import migrate
from service.log.projector import Projector
from service.log.reading import Reader
from service.log.roles import SIGNER, WEB, acting_as
from service.log.store import STATEMENT_SECONDS, WEB_STATEMENT_SECONDS, Log, begun
from service.log.vault import MasterKey
from service.queries import Queries
from service.security.gate import Caller
from service.security.membership import acting
from service.security.reading import Texts
from service.security.readlog import ReadLog
from service.security.rights import RightsReader
from service.settings import Settings

if TYPE_CHECKING:
    from service import erasing, record
    from service.ledger import notes, verify
    from service.log import erasures, following, ledger, signing
    from service.metrics import Metrics
    from service.security import accounts, attempts, oidc, sealing, tokens
else:  # what a command that only asks does without
    erasing, record = later("service.erasing"), later("service.record")
    notes, verify = later("service.ledger.notes"), later("service.ledger.verify")
    erasures, following = later("service.log.erasures"), later("service.log.following")
    ledger, signing = later("service.log.ledger"), later("service.log.signing")
    accounts, attempts = later("service.security.accounts"), later("service.security.attempts")
    oidc, sealing = later("service.security.oidc"), later("service.security.sealing")
    tokens = later("service.security.tokens")


@dataclass
class Kurslog:
    """Everything that works on one log. Construct it after a fork."""

    settings: Settings
    dsn: str
    serving: bool = False
    """In a web server: with the web's rights in the database, and shorter bounds."""
    metrics: Metrics | None = None
    """Measures what is recorded, in a web server."""

    @cached_property
    def log(self) -> Log:
        """The store."""
        path = self.settings.master_key_file
        master = MasterKey.load(path, make=not path.exists() and not begun(self.dsn))
        bound = WEB_STATEMENT_SECONDS if self.serving else STATEMENT_SECONDS
        log = Log(self.dsn, master, statement_seconds=bound, walled=self.serving)
        if self.metrics:
            self.metrics.watch(log)
        return log

    @cached_property
    def reader(self) -> Reader:
        """Reading the log."""
        return Reader(self.log)

    @cached_property
    def records(self) -> record.Record:
        """Writing to it."""
        return record.Record(self.log, self.reader)

    @cached_property
    def files(self) -> Files:
        """Files beside it."""
        return self.log.files

    @cached_property
    def projector(self) -> Projector:
        """Following it; the tables of its projections are there, if still empty."""
        projector = Projector(self.log, self.reader, PROJECTIONS)
        if not self.serving:
            projector.prepare()
        return projector

    @cached_property
    def rights(self) -> RightsReader:
        """What people have said yes to and asked for."""
        return RightsReader(self.reader)

    @cached_property
    def texts(self) -> Texts:
        """The door to personal text."""
        return Texts(self.log.vault, self.reader, self.rights, self.reads)

    @cached_property
    def reads(self) -> ReadLog:
        """Who read whose texts."""
        return ReadLog(lambda *of: self.log.connection(*of))  # noqa: PLW0108 - asked for before the database may be there

    @cached_property
    def queries(self) -> Queries:
        """Asking."""
        return Queries(self.texts, self.rights, self.reader, self.projector, PROJECTIONS)

    def caller(self, secret: str, process: str | None, kind: tokens.Kind = "api") -> Caller | None:
        """Return who holds a token, as they stand in a process, if one is asked for; None when it does not hold."""
        if process is None or not ID_PATTERN.fullmatch(process):
            return self.tokens.caller(secret, kind)
        caller, standing = self.tokens.arriving(process, secret, kind)
        self.reader.stands(process, standing)
        return self.acting(caller, process) if caller else None

    def acting(self, caller: Caller, process: str | None) -> Caller:
        """Return the caller as they stand in a process, if one is asked for: what the log says goes first."""
        known = process is not None and ID_PATTERN.fullmatch(process)
        return acting(caller, process, self.reader.register(process)) if process and known else caller

    @cached_property
    def ledger(self) -> ledger.Ledger:
        """Proving that it was not changed."""
        return ledger.Ledger(self.log.connection)

    @cached_property
    def ledger_key(self) -> verify.Key:
        """What the log's checkpoints are verified with.

        Raises:
            UnsignedError: when there is none yet: the signer makes it as it begins.
        """
        try:
            return verify.Key.read(self.settings.verifier_key.read_text("utf-8"))
        except FileNotFoundError as error:
            raise ledger.UnsignedError("no key") from error

    @property
    def witnesses(self) -> list[verify.Key]:
        """Who may cosign; read anew each time, so that one who is added needs no restart.

        Raises:
            ProofError: when the file holds something else.
        """
        path = self.settings.witnesses
        return (
            [notes.witness_key(line) for line in path.read_text("utf-8").split("\n") if line] if path.exists() else []
        )

    def signing(self) -> signing.Signing:
        """Return what signs this log, with the signer's rights in the database; its key is made the first time."""
        dsn = acting_as(self.dsn, SIGNER)
        origin = self.settings.ledger_origin or f"kurslog/{signing.cell_of(dsn)}"
        signer = signing.load_signer(self.settings.signer_key, origin)
        return signing.Signing(dsn, signer, self.settings.signed_last)

    def signer(self) -> following.Follower:
        """Return a signer that follows this log."""
        signs = self.signing()
        return following.Follower("signer", signs.dsn, signs.follow, rest_seconds=signing.SIGNS_EVERY_SECONDS)

    @cached_property
    def tokens(self) -> tokens.Tokens:
        """Who may come in."""
        return tokens.Tokens(self.log)

    @cached_property
    def accounts(self) -> accounts.Accounts:
        """Who signs in."""
        return accounts.Accounts(self.log)

    @cached_property
    def attempts(self) -> attempts.Attempts:
        """Who tried, and was wrong."""
        return attempts.Attempts(self.log)

    @cached_property
    def organisation(self) -> oidc.Organisation | None:
        """Who else vouches for people, if anybody does."""
        return oidc.Organisation(self.settings.oidc) if self.settings.oidc else None

    def served(self) -> Kurslog:
        """Return a Kurslog on the same log with the rights of a web server; this one has made what it needs."""
        _ = self.projector
        return Kurslog(self.settings, acting_as(self.dsn, WEB), serving=True)

    def worker(self) -> following.Follower:
        """Return a worker that projects, erases what was granted, keeps the list of it, and seals the reads."""
        chores = (
            following.every(erasing.EVERY_SECONDS, partial(erasing.execute_decided, self)),
            following.every(erasures.EVERY_SECONDS, erasures.keeping(self.log.connection, self.settings.erasures)),
            following.every(sealing.EVERY_SECONDS, partial(sealing.seal_or_say, self.log.connection, self.record)),
        )

        def step() -> bool:
            self.projector.catch_up(lambda _: follower.between())
            for chore in chores:
                chore()
            return False

        follower = following.Follower("worker", self.dsn, step, recover=self.projector.reconnect, awaited=True)
        return follower

    def measured_by(self, metrics: Metrics) -> None:
        """Let the commands be measured, and the log once it is there: a server may begin before its database."""
        self.metrics = metrics
        if "log" in self.__dict__:
            metrics.watch(self.log)

    def record(self, *events: Envelope) -> list[record.Recorded]:
        """Record one command now; see `Record.record`."""

        def now() -> list[record.Recorded]:
            return self.records.record(events, now=dt.datetime.now(dt.UTC))

        recorded = self.metrics.appended(now) if self.metrics else now()
        self.files.belong(events)
        return recorded

    def close(self) -> None:
        """Give everything back."""
        if "log" in self.__dict__:
            self.log.close()


@contextlib.contextmanager
def server(settings: Settings) -> Iterator[str]:
    """Yield the conninfo of the database as it is: on the server that is set, or on the embedded one."""
    if settings.database_url:
        yield settings.database_url
        return
    with Cluster(settings.home) as cluster:
        yield cluster.dsn


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[str]:
    """Yield the conninfo of the database, brought up to date."""
    with server(settings) as dsn:
        migrate(dsn)
        yield dsn


@contextlib.contextmanager
def kurslog(settings: Settings) -> Iterator[Kurslog]:
    """Yield a Kurslog on its database, and close it."""
    with database(settings) as dsn:
        app = Kurslog(settings, dsn)
        try:
            yield app
        finally:
            app.close()
