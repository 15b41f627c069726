"""Watching a server: is it alive, is it ready, what does it measure; and one line in the log for each request."""

from __future__ import annotations

import ipaddress
import logging
import re
import shutil
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import NotFound

from domain.keeping import AccessRole
from projections.everything import PROJECTIONS
from service.log.health import Health, Probe
from service.metrics import Metrics

if TYPE_CHECKING:
    from service.app import Kurslog

LOGGER: Final = logging.getLogger("kurslog")
LAG_SECONDS: Final = 60.0
"""How long an event may wait for the projections before the server counts as not ready."""
UNSIGNED_SECONDS: Final = 120.0
"""How long an event may wait for a checkpoint."""
FREE_BYTES: Final = 500 * 2**20
"""How much room the data folder's disk must have."""
REQUEST_ID: Final = re.compile(r"[0-9A-Fa-f-]{8,36}")
FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


def create_watch(app: Flask, kurslog: Kurslog) -> None:
    """Add the routes and the hooks to the application."""
    metrics, probe = Metrics(), Probe(projection.key for projection in PROJECTIONS.values())
    kurslog.measured_by(metrics)
    app.extensions["kurslog"] = kurslog
    app.add_url_rule("/livez", "livez", view_func=lambda: ("ok\n", 200, {"Content-Type": "text/plain"}))
    app.add_url_rule("/readyz", "readyz", view_func=lambda: ready(probe.look(kurslog.dsn), kurslog.settings.home))
    app.add_url_rule("/metrics", "metrics", view_func=lambda: _measured(kurslog, metrics, probe))
    app.before_request(_begin)
    app.after_request(lambda response: _end(metrics, response))


# ------------------------------------------------------------------ ready
def ready(health: Health | None, home: Path) -> tuple[Response, int]:
    """Say whether the server can do its work: 200 or 503, each part with what is the limit."""
    checks = checked(health, home)
    well = all(check["ok"] for check in checks.values())
    return jsonify({"ready": well, "checks": checks}), 200 if well else 503


def checked(health: Health | None, home: Path) -> dict[str, dict[str, Any]]:
    """Return each part: whether it is well, what was seen, and the limit."""
    free = free_bytes(home)
    disk = {"ok": free >= FREE_BYTES, "free_bytes": free, "limit_bytes": FREE_BYTES}
    if health is None:
        return {"database": {"ok": False, "answers": False, "writable": False}, "disk": disk}
    return {
        "database": {"ok": health.writable, "answers": True, "writable": health.writable},
        "schema": {
            "ok": not health.missing and not health.unknown,
            "missing": health.missing,
            "unknown": health.unknown,
        },
        "worker": {
            "ok": health.lag_seconds <= LAG_SECONDS,
            "lag_events": health.lag,
            "lag_seconds": round(health.lag_seconds, 1),
            "limit_seconds": LAG_SECONDS,
        },
        "ledger": {
            "ok": health.unsigned_seconds <= UNSIGNED_SECONDS,
            "unsigned_events": health.unsigned,
            "unsigned_seconds": round(health.unsigned_seconds, 1),
            "checkpoint_seconds": None if health.checkpoint_seconds is None else round(health.checkpoint_seconds, 1),
            "limit_seconds": UNSIGNED_SECONDS,
        },
        "disk": disk,
    }


def free_bytes(home: Path) -> int:
    """Return how much room is left where the data lies."""
    place = (home / "postgres").resolve()
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


# ------------------------------------------------------------------ metrics
def _measured(kurslog: Kurslog, metrics: Metrics, probe: Probe) -> Response:
    """Give the metrics to this machine, or to whoever holds an administrator's token; for others they are not there."""
    if not (_local() or _administrator(kurslog)):
        raise NotFound
    return Response(metrics.page(probe.look(kurslog.dsn)), content_type="text/plain; version=0.0.4; charset=utf-8")


def _local() -> bool:
    """Whether a program of this machine asks, itself and not as a proxy for another."""
    try:
        peer = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return peer.is_loopback and not any(name in request.headers for name in FORWARDED)


def _administrator(kurslog: Kurslog) -> bool:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    caller = kurslog.tokens.caller(secret.strip()) if scheme.lower() == "bearer" else None
    if secret and caller is None:
        kurslog.attempts.count("token", request.remote_addr)
    return caller is not None and caller.role is AccessRole.ADMINISTRATOR and caller.process is None


# ------------------------------------------------------------------ requests
def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.begun = time.perf_counter()


def _end(metrics: Metrics, response: Response) -> Response:
    """Log and measure a request by its route's rule: paths and queries may name people."""
    rule = request.url_rule.rule if request.url_rule else "-"
    method = request.method if request.method in {"GET", "HEAD", "POST", "OPTIONS"} else "other"
    seconds = time.perf_counter() - g.begun
    response.headers["X-Request-ID"] = g.request_id
    metrics.requested(method, rule, response.status_code, seconds)
    facts = {"method": method, "route": rule, "status": response.status_code, "ms": round(seconds * 1000, 1)}
    LOGGER.info("request", extra={**facts, "request_id": g.request_id})
    return response
