"""Files: keeping one beside the log, and opening it again."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, jsonify
from flask_smorest import Blueprint

from service.api.answers import answer, problems
from service.api.requests import caller_of, writer
from service.app import Kurslog
from service.files import EXTENSIONS
from service.sending import allow_files, give_file, sent_file, take_file

BINARY: Final = {"type": "string", "format": "binary"}
KEPT: Final = {
    "type": "object",
    "properties": {
        "sha256": {
            "type": "string",
            "description": "What entries name it by: that of the content as it is kept.",
        },
        "media_type": {"type": "string", "enum": list(EXTENSIONS)},
        "size_bytes": {"type": "integer"},
        "href": {"type": "string"},
    },
}
BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {"type": "object", "properties": {"file": BINARY}, "required": ["file"]},
        },
        **{media_type: {"schema": BINARY} for media_type in EXTENSIONS},
    },
}
KEEPS: Final[dict[str, Any]] = {
    "201": answer("Kept.", schema=KEPT),
    "200": answer("The same file was there already.", schema=KEPT),
    **problems(400, 401, 404, 413, 415, 422, 503),
}
GIVES: Final[dict[str, Any]] = {"200": answer("The file.", *EXTENSIONS, schema=BINARY), **problems(401, 404, 503)}


def files_blueprint(kurslog: Kurslog) -> Blueprint:
    """Return the routes of files."""
    routes = Blueprint("files", __name__, description="Photos of notes, vouchers and products, beside the log")

    @routes.route("/processes/<process>/files", methods=["POST"])
    @routes.doc(
        summary="Keep a file; images are made anew without what cameras add (place, time, owner)",
        requestBody=BODY,
        responses=KEEPS,
        security=[{"token": []}],
    )
    def keep_file(process: str) -> Response:
        allow_files(kurslog)
        caller = writer(kurslog, process, creating=False)
        sha256, kept, new = take_file(kurslog, caller, process, sent_file())
        href = f"/api/v1/processes/{process}/files/{sha256}"
        response = jsonify(
            {"sha256": sha256, "media_type": kept.media_type, "size_bytes": len(kept.content), "href": href}
        )
        response.status_code = 201 if new else 200
        response.headers["Location"] = href
        return response

    @routes.route("/processes/<process>/files/<sha256>", methods=["GET"])
    @routes.doc(summary="A file, for whoever may see an entry that names it, or brought it", responses=GIVES)
    def open_file(process: str, sha256: str) -> Response:
        return give_file(kurslog, caller_of(kurslog), process, sha256)

    return routes
