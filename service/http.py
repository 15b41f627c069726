"""The Flask application: API and pages on one log, with the headers and bounds that hold for both."""

from __future__ import annotations

import atexit
import logging
from typing import Final

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from service.api import create_api
from service.app import Kurslog, database
from service.problems import RETRY_SECONDS, Problem, problem_of, sentence
from service.settings import Settings
from service.web import create_pages

BODY_MAX_BYTES: Final = 16 * 1024 * 1024
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; script-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LOGGER: Final = logging.getLogger("kurslog")


def create_app(kurslog: Kurslog) -> Flask:
    """Return the application for one Kurslog. Construct it after a fork."""
    app = Flask("service", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=BODY_MAX_BYTES, MAX_FORM_MEMORY_SIZE=BODY_MAX_BYTES, JSON_SORT_KEYS=False)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    create_api(app, kurslog)
    app.register_blueprint(create_pages(kurslog))
    app.after_request(_secured)
    app.register_error_handler(Exception, _answer_error)
    app.add_url_rule("/livez", "livez", view_func=lambda: ("ok\n", 200, {"Content-Type": "text/plain"}))
    app.add_url_rule("/readyz", "readyz", view_func=lambda: _ready(kurslog))
    return app


def _secured(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _ready(kurslog: Kurslog) -> tuple[Response, int]:
    """Say whether the database answers and how far behind the projections are."""
    lag = kurslog.reader.head() - kurslog.projector.reached()
    return jsonify({"database": "ok", "lag": lag}), 200


def wants_json() -> bool:
    """Whether the request is a program's: below /api, or asking for JSON."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def language() -> str:
    """Return the language to answer in: asked for, remembered, or what the browser prefers; Danish first."""
    asked = request.args.get("lang") or request.cookies.get("kurslog_language")
    return asked if asked in {"da", "en"} else request.accept_languages.best_match(["da", "en"]) or "da"


def problem_response(problem: Problem) -> Response:
    """Return a problem as ``application/problem+json``."""
    document = {
        "type": f"/api/v1/#rule-{problem.rule}",
        "title": problem.rule,
        "status": problem.status,
        "detail": problem.sentence,
        "rule": problem.rule,
        **problem.more,
    }
    response = jsonify(document)
    response.status_code = problem.status
    response.content_type = "application/problem+json"
    if problem.status == 503:  # noqa: PLR2004 - Service Unavailable
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def problem_for(error: Exception, spoken: str) -> Problem:
    """Return the problem of any error at all; what we do not know is logged, and never shown."""
    found = problem_of(error, spoken)
    if found is not None:
        return found
    if isinstance(error, HTTPException):
        rule = {404: "not-found", 413: "too-large", 401: "no-token"}.get(error.code or 0, "http")
        return Problem(error.code or 500, rule, sentence(rule, spoken), {})
    LOGGER.error("unexpected error at %s", request.endpoint, exc_info=error)
    return Problem(500, "failed", sentence("failed", spoken), {})


def _answer_error(error: Exception) -> Response:
    """Answer an error below /api as a problem; pages have their own handler on their blueprint."""
    if isinstance(error, HTTPException) and error.response is not None:
        return error.response  # type: ignore[return-value]
    problem = problem_for(error, language())
    if wants_json():
        return problem_response(problem)
    from service.web import error_page  # noqa: PLC0415 - the pages need this module's language()

    return error_page(problem, language())


def from_environment() -> Flask:
    """Return the application of a server's worker process, on the database of the environment."""
    settings = Settings.from_environment()
    held = database(settings)
    kurslog = Kurslog(settings, held.__enter__())
    atexit.register(held.__exit__, None, None, None)
    return create_app(kurslog)
