"""Recording and reading events: one route for all, and one per event type."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from flask import Response, jsonify, request
from flask_smorest import Blueprint

from domain.bounds import SUBJECT_PATTERN
from domain.kernel import REGISTRY, Declaration, Envelope
from projections.kernel import microseconds
from service.api.answers import READING, answer, problems, recording
from service.api.requests import body, caller_of, clocks, sender, writer
from service.app import Kurslog
from service.log import once
from service.queries import Clocks
from service.record import ARRAY_MAX
from service.samples import sample_event
from service.schemas import EnvelopeSchema, event_schema
from service.security.gate import Act, Caller
from service.security.membership import founding
from service.security.writing import check_writes
from service.wire import UnreadableError, declaration_of, read_event

ALIASES: Final = {
    "contributions": "contribution-made",
    "decisions": "decision-made",
    "reflections": "reflection-recorded",
    "self-assessments": "self-assessment-submitted",
    "relations": "relation-declared",
}
READ_TYPES: Final = ("application/cloudevents-batch+json", "application/x-ndjson", "text/event-stream")
LIMIT_MAX: Final = 1000
STREAM_PAGE: Final = 1000
HEARTBEAT_SECONDS: Final = 1.0
LIVE_SECONDS: Final = 60.0
RETRY: Final = b"retry: 5000\n: many follow already\n\n"
LIVE: Final = threading.Semaphore(2)
"""How many may follow live at once: each holds a thread of the server, and the others must be answered too."""
ENCODE: Final = msgspec.json.Encoder().encode
ENVELOPE_NAMES: Final = set(EnvelopeSchema().fields) - {"data", "type"}


def events_blueprint(kurslog: Kurslog) -> Blueprint:
    """Return the routes of events."""
    routes = Blueprint("events", __name__, description="Events, as CloudEvents 1.0")

    @routes.route("/processes/<process>/events", methods=["POST"])
    @routes.doc(
        summary="Record one event, or an array of them (all or nothing)",
        requestBody={"content": {"application/json": {"schema": EnvelopeSchema}}},
        responses=recording(),
        security=[{"token": []}],
    )
    def record_events(process: str) -> Response:
        wires = body()
        return _record(kurslog, process, wires if isinstance(wires, list) else [wires])

    @routes.route("/processes/<process>/events", methods=["GET"])
    @routes.doc(
        summary="The events of a process, in order; a page, a stream, or live",
        parameters=_filters(),
        responses={"200": answer("Events, as CloudEvents.", *READ_TYPES), **problems(*READING)},
    )
    def read_events(process: str) -> Response:
        caller = caller_of(kurslog)
        kurslog.queries.check(caller, Act.SEE, process)
        return _read(kurslog, caller, process)

    for found in list(REGISTRY.values()):
        _add_route(routes, kurslog, found.stem, found)
    for alias, stem in ALIASES.items():
        aliased = next((d for d in REGISTRY.values() if d.stem == stem), None)
        if aliased is not None:
            _add_route(routes, kurslog, alias, aliased)
    return routes


def _add_route(routes: Blueprint, kurslog: Kurslog, path: str, found: Declaration) -> None:
    schema = event_schema(found.name, found.cls)

    def record_one(process: str) -> Response:
        return _record(kurslog, process, [enveloped(found, body())])

    record_one.__name__ = f"record_{path.replace('-', '_')}"
    record_one.__doc__ = found.meaning
    content = {"schema": schema, "example": sample_event(found)}
    documented = routes.doc(
        summary=f"{found.en} ({found.da})",
        description=f"{found.meaning} {found.example}",
        tags=[found.capability],
        requestBody={"content": {"application/json": content}},
        responses=recording(),
        security=[{"token": []}],
    )(record_one)
    routes.route(f"/processes/<process>/{path}", methods=["POST"])(documented)


def _filters() -> list[dict[str, Any]]:
    names = {
        "after": "Only events after this position.",
        "limit": f"How many at most ({LIMIT_MAX}).",
        "type": "Only this event type.",
        "subject": "Only what is about this, contribution/c-17.",
        "known_by": "As known by this day, time or position.",
        "happened_by": "Only what had happened by this day or time.",
    }
    return [
        {"in": "query", "name": name, "description": said, "schema": {"type": "string"}} for name, said in names.items()
    ]


def enveloped(found: Declaration, wire: Any) -> Any:
    """Return a full event from the body of a type's own route: an envelope with ``data``, or the fields alone.

    Beside the fields, what the envelope alone knows (``time``, ``citation`` …) may stand there too.
    """
    if not isinstance(wire, dict):
        return wire
    if isinstance(wire.get("data"), dict):
        return {"type": found.name, **wire}
    own = {field.name for field in found.fields}
    head = {name: value for name, value in wire.items() if name in ENVELOPE_NAMES and name not in own}
    return {**head, "type": found.name, "data": {name: value for name, value in wire.items() if name not in head}}


# ------------------------------------------------------------------ recording
def _record(kurslog: Kurslog, process: str, wires: list[Any]) -> Response:
    if not 0 < len(wires) <= ARRAY_MAX:
        raise UnreadableError({"event": [f"Send 1 to {ARRAY_MAX} events at a time."]})
    once.begin()  # who writes and what the rules read is asked once, and checked as it is appended
    creating = isinstance(wires[0], dict) and str(wires[0].get("type", "")).startswith("process-registered")
    caller = writer(kurslog, process, creating=creating)
    events = [_numbered(wire, at, len(wires), process, caller) for at, wire in enumerate(wires)]
    check_writes(kurslog.reader, caller, events)
    recorded = kurslog.record(*events, *founding(caller, events[0], sender(caller)))
    response = jsonify(
        {
            "events": [
                {"id": str(event.id), "position": item.position} for event, item in zip(events, recorded, strict=False)
            ]
        }
    )
    response.status_code = 201 if any(item.new for item in recorded) else 200
    response.headers["Kurslog-Position"] = str(max(item.position for item in recorded))
    return response


def _numbered(wire: Any, at: int, many: int, process: str, caller: Caller) -> Envelope:
    """Read one event of an array; its errors say which one."""
    try:
        return read_event(wire, process, sender(caller))
    except UnreadableError as error:
        if many == 1:
            raise
        raise UnreadableError({f"{at}.{name}": said for name, said in error.errors.items()}) from error


# ------------------------------------------------------------------ reading
def _read(kurslog: Kurslog, caller: Caller, process: str) -> Response:
    at = clocks(kurslog, process)
    accepted = request.accept_mimetypes.best_match(["application/json", "application/x-ndjson", "text/event-stream"])
    seen = request.headers.get("Last-Event-ID", "")
    after = int(seen[:18]) if seen.isascii() and seen.isdigit() else _number("after", 0)
    limit = min(_number("limit", 100), LIMIT_MAX)
    types = [declaration_of(name).name for name in request.args.getlist("type")] or None
    subject = request.args.get("subject")
    if subject is not None and not SUBJECT_PATTERN.fullmatch(subject):
        raise UnreadableError({"subject": ["A subject is a kind and an id: contribution/c-17."]})
    pages = _Pages(kurslog, caller, process, at, types, subject)
    if accepted == "application/x-ndjson":
        return Response(pages.lines(after), mimetype="application/x-ndjson")
    if accepted == "text/event-stream":
        return Response(pages.live(after), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})
    events, last, more = pages.page(after, max(limit, 1))
    response = jsonify(events)
    response.content_type = "application/cloudevents-batch+json"
    if more:
        query = urlencode({**request.args.to_dict(), "after": last})
        response.headers["Link"] = f'<{request.path}?{query}>; rel="next"'
    return response


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    return int(text[:18]) if text.isascii() and text.isdigit() else default


class _Pages:
    """A process's events, filtered, page by page."""

    def __init__(
        self, kurslog: Kurslog, caller: Caller, process: str, at: Clocks, types: list[str] | None, subject: str | None
    ) -> None:
        self._kurslog, self._caller, self._process, self._at = kurslog, caller, process, at
        self._types, self._subject = types, subject

    def page(self, after: int, limit: int) -> tuple[list[dict[str, Any]], int, bool]:
        """Return a page, its last position, and whether more may come."""
        events = self._kurslog.reader.process_page(
            self._process, after=after, until=self._at.position, limit=limit, types=self._types, subject=self._subject
        )
        happened = [event for event in events if microseconds(event.ended) <= self._at.happened]
        out = self._kurslog.queries.cloud_events(self._caller, self._process, happened)
        return out, events[-1].position if events else after, len(events) == limit

    def lines(self, after: int) -> Iterator[bytes]:
        """Yield every event as a line of JSON."""
        more = True
        while more:
            events, after, more = self.page(after, STREAM_PAGE)
            yield b"".join(ENCODE(event) + b"\n" for event in events)

    def live(self, after: int) -> Iterator[bytes]:
        """Yield events as they come, for a while; a listener that goes on comes back with Last-Event-ID."""
        if not LIVE.acquire(blocking=False):
            yield RETRY
            return
        self._at = Clocks(happened_by=self._at.happened_by)
        until = time.monotonic() + LIVE_SECONDS
        try:
            yield from self._followed(after, until)
        finally:
            LIVE.release()

    def _followed(self, after: int, until: float) -> Iterator[bytes]:
        while time.monotonic() < until:
            events, after, more = self.page(after, STREAM_PAGE)
            for event in events:
                yield b"id: %d\nevent: %s\ndata: %s\n\n" % (event["position"], event["type"].encode(), ENCODE(event))
            if not more:
                yield b": waiting\n\n"
                time.sleep(HEARTBEAT_SECONDS)
