"""Measuring: counters and histograms for Prometheus, summed over the server's processes. Nothing of people in them."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from domain.refusals import Refused
from service.log.busy import BusyError
from service.record import ConflictError, Recorded, UnansweredError

if TYPE_CHECKING:
    from service.log.health import Health
    from service.log.store import Log

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """The metrics of one process. Construct it after a fork; the library is loaded only here."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram  # noqa: PLC0415 - 90 ms, servers only

        self._log: Log | None = None
        own = self.registry = CollectorRegistry()
        self.append = Histogram("kurslog_append_seconds", "How long a command took", buckets=SECONDS, registry=own)
        self.lock_wait = Histogram(
            "kurslog_append_lock_wait_seconds", "How long appends waited for the lock", buckets=SECONDS, registry=own
        )
        self.outcomes = Counter("kurslog_append_outcomes", "What became of commands", ["outcome"], registry=own)
        self.requests = Histogram(
            "kurslog_request_seconds",
            "How long requests took",
            ["method", "rule", "status"],
            buckets=SECONDS,
            registry=own,
        )
        self.pool_size = Gauge(
            "kurslog_pool_size", "Connections to the database", multiprocess_mode="livesum", registry=own
        )
        self.pool_waiting = Gauge(
            "kurslog_pool_waiting", "Requests that wait for a connection", multiprocess_mode="livesum", registry=own
        )

    def watch(self, log: Log) -> None:
        """Measure this log's appends and its pool, from now on; until then a database need not be there."""
        self._log = log
        log.recorder.lock_wait = self.lock_wait.observe  # type: ignore[attr-defined]
        log.recorder.moved = lambda: self.outcomes.labels("stale").inc()  # type: ignore[attr-defined]

    def appended(self, record: Callable[[], list[Recorded]]) -> list[Recorded]:
        """Record one command, time it, and count what becomes of it."""
        begun, outcome = time.perf_counter(), "failed"
        try:
            recorded = record()
            outcome = "new" if any(one.new for one in recorded) else "duplicate"
        except Refused:
            outcome = "refused"
            raise
        except (BusyError, ConflictError, UnansweredError):
            outcome = "busy"
            raise
        finally:
            self.append.observe(time.perf_counter() - begun)
            self.outcomes.labels(outcome).inc()
        return recorded

    def requested(self, method: str, rule: str, status: int, seconds: float) -> None:
        """Note a request: by its route's rule, never by its path."""
        self.requests.labels(method, rule, str(status)).observe(seconds)
        stats = self._log.datastore.pool.get_stats() if self._log else {}
        self.pool_size.set(stats.get("pool_size", 0))
        self.pool_waiting.set(stats.get("requests_waiting", 0))

    def page(self, health: Health | None) -> bytes:
        """Return everything in Prometheus's text form, with what a look at the database showed just now."""
        from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415 - as above
        from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415 - as above

        registry = self.registry
        if folder := os.environ.get(FOLDER):
            _forget_the_dead(Path(folder))
            registry = CollectorRegistry()
            MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
        return generate_latest(registry) + _seen(health)


def _seen(health: Health | None) -> bytes:
    """Return the gauges of what is the same whichever process looks."""
    facts: dict[str, tuple[float, str]] = {"database_up": (int(health is not None), "Whether the database answers")}
    if health is not None:
        facts |= {
            "events": (health.head, "Events in the log"),
            "worker_lag_events": (health.lag, "Events some projection has not taken in"),
            "worker_lag_seconds": (health.lag_seconds, "How long the first of them has waited"),
            "unsigned_events": (health.unsigned, "Events no checkpoint covers"),
            "unsigned_seconds": (health.unsigned_seconds, "How long the first of them has waited"),
            "checkpoint_age_seconds": (health.checkpoint_seconds or 0.0, "Age of the latest checkpoint"),
        }
    lines = [
        f"# HELP kurslog_{name} {said}.\n# TYPE kurslog_{name} gauge\nkurslog_{name} {float(value)}\n"
        for name, (value, said) in facts.items()
    ]
    return "".join(lines).encode()


def _forget_the_dead(folder: Path) -> None:
    """Leave out of the sums the gauges of processes that are no more."""
    for file in folder.glob("gauge_live*.db"):
        with contextlib.suppress(ValueError, OSError):
            try:
                os.kill(int(file.stem.rpartition("_")[2]), 0)
            except ProcessLookupError:
                file.unlink()
