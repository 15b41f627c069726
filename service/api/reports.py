"""Reports: a draft as of a position; issuing one; what was issued, byte for byte, with its proof; what verifies it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import marshmallow as ma
from flask import Response, jsonify, request
from flask_smorest import Blueprint
from marshmallow import validate

from domain.bounds import TEXT_MAX
from domain.shapes import json_able
from domain.vocabulary import ID_PATTERN
from service.api.answers import LIST, OBJECT, READING, WRITING, answer, problems
from service.api.processes import CLOCKS
from service.api.requests import body, caller_of, clocks, unauthorised
from service.app import Kurslog
from service.queries import UnknownError
from service.reports import FORMATS, LANGUAGES, TEMPLATES, build
from service.reports.issued import MANIFEST, PROOF, PROOF_TYPE, VERIFIERS, Issued, fetch, issued, verifier
from service.reports.issuing import Order, issue
from service.schemas import matching
from service.security.gate import NOBODY, Act, may
from service.wire import UnreadableError

OWN_COPY: Final = "private, no-cache"
"""Never a shared copy: a report may be closed when somebody's words are withdrawn."""


class OrderSchema(ma.Schema):
    """What is to be issued, and to whom."""

    template = ma.fields.String(load_default="landdistriktspuljen", validate=validate.OneOf(sorted(TEMPLATES)))
    language = ma.fields.String(load_default="da", validate=validate.OneOf(LANGUAGES))
    format = ma.fields.String(load_default="pdf", validate=validate.OneOf(list(FORMATS)))
    recipient = ma.fields.String(required=True, validate=validate.Length(1, TEXT_MAX))
    known_by = ma.fields.String()
    happened_by = ma.fields.String()
    supersedes = ma.fields.String(validate=matching(ID_PATTERN))
    reason = ma.fields.String(validate=validate.Length(1, TEXT_MAX))

    @ma.validates_schema
    def replaced_for_a_reason(self, data: dict[str, Any], **_: object) -> None:
        """A report is replaced for a reason."""
        if ("supersedes" in data) != ("reason" in data):
            raise ma.ValidationError("A report is replaced for a reason: give supersedes and reason.", "reason")


def reports_blueprint(kurslog: Kurslog) -> Blueprint:
    """Return the routes of reports."""
    routes = Blueprint("reports", __name__, description="Reports: drafts, issued ones, and their proofs")

    @routes.route("/processes/<process>/reports", methods=["GET"])
    @routes.doc(
        summary="The reports that were issued, newest first",
        responses={"200": answer("The reports.", schema=LIST), **problems(*READING)},
    )
    def list_reports(process: str) -> Response:
        caller = caller_of(kurslog)
        if not may(caller, Act.FETCH, process):
            kurslog.queries.check(caller, Act.REPORT, process)
        elif kurslog.queries.registration(process) is None:
            raise UnknownError(process)
        return jsonify([_document(process, one) for one in issued(kurslog, caller, process)])

    @routes.route("/processes/<process>/reports", methods=["POST"])
    @routes.doc(
        summary="Issue a report: written to leave the house, kept byte for byte, recorded; once for the same content",
        requestBody={"content": {"application/json": {"schema": OrderSchema}}},
        responses={
            "201": answer("Issued; its proof follows once it is signed.", schema=OBJECT),
            "200": answer("The same content was issued already; nothing was recorded.", schema=OBJECT),
            **problems(*WRITING),
        },
        security=[{"token": []}],
    )
    def issue_report(process: str) -> Response:
        caller = caller_of(kurslog)
        if caller is NOBODY:
            raise unauthorised()
        done = issue(kurslog, caller, process, _order(body()), now=dt.datetime.now(dt.UTC))
        found = next(one for one in issued(kurslog, caller, process) if one.id == done.report)
        response = jsonify(_document(process, found))
        response.status_code = 201 if done.new else 200
        response.headers["Kurslog-Position"] = str(done.position)
        response.headers["Location"] = f"{_base(process, found)}.{next(iter(found.formats))}"
        return response

    @routes.route("/processes/<process>/reports/<report>.<extension>", methods=["GET"])
    @routes.doc(
        summary="A draft as of a position (by its template), or a report as it was issued (by its id), or its proof",
        parameters=CLOCKS,
        responses={"200": answer("The report.", *FORMATS.values(), PROOF_TYPE), **problems(*READING, 410)},
    )
    def show_report(process: str, report: str, extension: str) -> Response:
        caller = caller_of(kurslog)
        if report not in TEMPLATES:
            kept = fetch(kurslog, caller, process, report, extension)
            return _file(kept.content, kept.media_type, f"{report}.{extension}", caching=OWN_COPY)
        kurslog.queries.check(caller, Act.REPORT, process)
        if extension not in FORMATS:
            raise UnknownError(extension)
        spoken = "en" if request.args.get("language") == "en" else "da"
        at = clocks(kurslog, process)
        content = build(kurslog, caller, process, template=report, language=spoken, format=extension, clocks=at)
        disposition = f'inline; filename="{process}-{report}.{extension}"'
        return Response(content, mimetype=FORMATS[extension], headers={"Content-Disposition": disposition})

    for name, media_type in VERIFIERS.items():
        _add_verifier(routes, name, media_type)
    return routes


def _add_verifier(routes: Blueprint, name: str, media_type: str) -> None:
    def give_verifier() -> Response:
        return _file(verifier(name), media_type, name, caching="public, max-age=3600")

    give_verifier.__name__ = f"give_{name.replace('.', '_')}"
    documented = routes.doc(
        summary="A file that verifies a report and its proof, offline",
        responses={"200": answer("The file.", media_type)},
    )(give_verifier)
    routes.route(f"/{name}", methods=["GET"])(documented)


def _file(content: bytes, media_type: str, name: str, *, caching: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": caching}
    return Response(content, mimetype=media_type, headers=headers)


def _order(wire: Any) -> Order:
    try:
        return Order(**OrderSchema().load(wire))
    except ma.ValidationError as error:
        raise UnreadableError(error.normalized_messages()) from error  # type: ignore[no-untyped-call]


def _document(process: str, found: Issued) -> dict[str, Any]:
    base = _base(process, found)
    return {
        "id": found.id,
        "template": found.template,
        "language": found.language,
        "recipient": found.recipient,
        "time": json_able(found.when),
        "known_by": found.known_by,
        "position": found.position,
        "files": [
            {"format": extension, "sha256": sha256, "href": f"{base}.{extension}"}
            for extension, sha256 in found.formats.items()
        ],
        "proof": f"{base}.{PROOF}",
        "manifest": f"{base}.{MANIFEST}" if found.manifest else None,
        "superseded_by": found.superseded_by,
        "accepted": json_able(found.accepted),
    }


def _base(process: str, found: Issued) -> str:
    return f"/api/v1/processes/{process}/reports/{found.id}"
