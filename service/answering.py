"""Answering over HTTP: in whose language, and errors as problems."""

from __future__ import annotations

import logging
from typing import Final

from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException, SecurityError

from service.problems import Problem, problem_of, sentence

LOGGER: Final = logging.getLogger("kurslog")
LANGUAGE_COOKIE: Final = "kurslog_language"


def cookie(name: str) -> str:
    """Return a cookie's name: by https one that no other host and no unencrypted page can set."""
    return f"__Host-{name}" if request.is_secure else name


def wants_json() -> bool:
    """Whether the request is a program's: below /api, or asking for JSON."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def process_asked() -> str | None:
    """Return the process the request's address names; None for an address outside any."""
    found = (request.view_args or {}).get("process")
    return found if isinstance(found, str) else None


def language() -> str:
    """Return the language to answer in: asked for or remembered; else a page is Danish, and a program's own."""
    asked = request.args.get("lang") or request.cookies.get(cookie(LANGUAGE_COOKIE))
    preferred = request.accept_languages.best_match(["da", "en"]) if wants_json() else None
    return asked if asked in {"da", "en"} else preferred or "da"


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
    if seconds := problem.retry_seconds:
        response.headers["Retry-After"] = str(seconds)
    return response


def problem_for(error: Exception, spoken: str) -> Problem:
    """Return the problem of any error at all; what we do not know is logged, and never shown."""
    found = problem_of(error, spoken)
    if found is not None:
        return found
    if isinstance(error, SecurityError):
        return Problem(400, "unknown-host", sentence("unknown-host", spoken), {})
    if isinstance(error, HTTPException):
        rule = {404: "not-found", 413: "too-large", 401: "no-token"}.get(error.code or 0, "http")
        return Problem(error.code or 500, rule, sentence(rule, spoken), {})
    LOGGER.error("unexpected error at %s", request.endpoint, exc_info=error)
    return Problem(500, "failed", sentence("failed", spoken), {})
