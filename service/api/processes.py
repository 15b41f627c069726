"""Processes, projections and exports."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from importlib.metadata import version
from typing import Any, Final, NamedTuple

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from domain.kernel import Envelope
from domain.shapes import json_able
from service.api.answers import LIST, OBJECT, READING, answer, problems
from service.api.requests import caller_of, clocks
from service.app import Kurslog
from service.exports import EXPORTS, export_lines
from service.log.scope import within
from service.queries import UnknownError
from service.security.gate import Act, Caller
from service.security.readlog import Opened
from service.wire import data_out

CLOCKS: Final = [
    {
        "in": "query",
        "name": "known_by",
        "description": "As known by this day, time or position.",
        "schema": {"type": "string"},
    },
    {
        "in": "query",
        "name": "happened_by",
        "description": "What had happened by this day or time.",
        "schema": {"type": "string"},
    },
]


class Told(NamedTuple):
    """An answer as it was told to somebody, and the texts of others that they read in it."""

    document: bytes
    read: frozenset[Opened]


def processes_blueprint(kurslog: Kurslog) -> Blueprint:
    """Return the routes of processes."""
    release = version("kurslog")
    routes = Blueprint("processes", __name__, description="Processes, and what can be learned from them")

    @routes.route("/processes", methods=["GET"])
    @routes.doc(
        summary="The processes the caller may see",
        responses={"200": answer("The processes.", schema=LIST), **problems(401, 503)},
    )
    def list_processes() -> Response:
        return jsonify([_process(kurslog, event) for event in kurslog.queries.processes(caller_of(kurslog))])

    @routes.route("/processes/<process>", methods=["GET"])
    @routes.doc(summary="One process", responses={"200": answer("The process.", schema=OBJECT), **problems(*READING)})
    def show_process(process: str) -> Response:
        return jsonify(_process(kurslog, kurslog.queries.check(caller_of(kurslog), Act.SEE, process)))

    @routes.route("/processes/<process>/projections/<name>", methods=["GET"])
    @routes.doc(
        summary="A question to the log, as of both clocks",
        parameters=[{"in": "query", "name": "by", "schema": {"type": "string"}}, *CLOCKS],
        responses={
            "200": answer("The answer; every figure leads to its events.", schema=OBJECT),
            "304": {"description": "Nothing has changed since the ETag."},
            **problems(*READING),
        },
    )
    def show_projection(process: str, name: str) -> Response:
        caller = caller_of(kurslog)
        kurslog.queries.check(caller, Act.SEE, process)
        at, by = kurslog.queries.settled(process, clocks(kurslog, process)), request.args.get("by")
        hangs_on = kurslog.queries.hangs_on(caller, process, name, at, by)
        head = kurslog.reader.standing(process).head
        response = Response(mimetype="application/json", headers={"Vary": "Authorization", "Cache-Control": "no-cache"})
        if hangs_on is not None:
            response.set_etag(_tag(release, head, caller, hangs_on), weak=True)
        if request.if_none_match.contains_weak(response.get_etag()[0] or ""):
            response.status_code = 304
            return response

        def tell() -> Told:
            document = jsonify(kurslog.queries.document(caller, process, name, at, by=by)).get_data()
            return Told(document, kurslog.reads.noted(caller))

        told = kurslog.queries.told.of(
            process, head, None if hangs_on is None else (hangs_on, caller), tell, lambda found: len(found.document)
        )
        kurslog.reads.note(caller, told.read)
        response.set_data(told.document)
        return response

    @routes.route("/processes/<process>/projections/<name>/events", methods=["GET"])
    @routes.doc(
        summary="The events behind one figure of an answer",
        parameters=[{"in": "query", "name": "figure", "required": True, "schema": {"type": "string"}}, *CLOCKS],
        responses={"200": answer("The events, as CloudEvents.", schema=LIST), **problems(*READING)},
    )
    def show_events_behind(process: str, name: str) -> Response:
        caller = caller_of(kurslog)
        kurslog.queries.check(caller, Act.SEE, process)
        figure = request.args.get("figure", "")
        at, by = clocks(kurslog, process), request.args.get("by")
        behind = kurslog.queries.behind(caller, process, name, at, [figure], by)
        return jsonify(kurslog.queries.cloud_events(caller, process, behind))

    @routes.route("/processes/<process>/exports/<name>", methods=["GET"])
    @routes.doc(
        summary="The whole log of a process in an open format",
        responses={"200": answer("The file.", *EXPORTS.values()), **problems(*READING)},
    )
    def show_export(process: str, name: str) -> Response:
        caller = caller_of(kurslog)
        kurslog.queries.check(caller, Act.EXPORT, process)
        if name not in EXPORTS:
            raise UnknownError(name)
        disposition = f'attachment; filename="{process}.{name}"'
        lines = export_lines(kurslog, caller, process, clocks(kurslog, process).position)
        return Response(lines, mimetype=EXPORTS[name], headers={"Content-Disposition": disposition})

    return routes


def _tag(release: str, head: int, caller: Caller, hangs_on: Hashable) -> str:
    """Return what an answer is known by: all it depends on, hashed."""
    whose = (caller.account, caller.role, caller.process, caller.participant, sorted(caller.also))
    return hashlib.sha256(repr((release, head, whose, hangs_on)).encode()).hexdigest()[:32]


def _process(kurslog: Kurslog, event: Envelope) -> dict[str, Any]:
    with within(event.process):
        head, recorded = kurslog.reader.process_head(event.process)
        count = kurslog.reader.count(event.process)
    return {
        "id": event.process,
        **data_out(event, lambda _: None),
        "events": count,
        "position": head,
        "recordedat": json_able(recorded),
        "href": f"/api/v1/processes/{event.process}",
    }
