"""The Flask application: API and pages on one log, with the headers and bounds that hold for both."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from projections.measures import disclosure
from service import logs
from service.answering import language, problem_for, problem_response, process_asked, wants_json
from service.api import create_api
from service.app import Kurslog, database
from service.log import scope
from service.log.roles import WEB, acting_as
from service.noting import ask_once, note_reads
from service.parent import end_with
from service.settings import Settings
from service.watching import create_watch
from service.web import create_pages, error_page

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

BODY_MAX_BYTES: Final = 16 * 1024 * 1024
FIELDS_MAX_BYTES: Final = 1024 * 1024
"""What the fields of a form may hold together, files aside: it bounds how many there can be, too."""
PARTS_MAX: Final = 1000
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
HSTS: Final = "max-age=31536000"
"""A year; said only where the request came encrypted."""


class Application(Flask):
    """The framework's, whose every function is an ordinary one: it asks that of each, time and again."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func


def create_app(kurslog: Kurslog) -> Flask:
    """Return the application for one Kurslog. Construct it after a fork."""
    app = Application("service", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_MAX_BYTES, MAX_FORM_MEMORY_SIZE=FIELDS_MAX_BYTES, MAX_FORM_PARTS=PARTS_MAX
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.before_request(lambda: scope.begin(process_asked()))
    create_watch(app, kurslog)
    ask_once(app)
    note_reads(app, kurslog, _answer_error)
    app.before_request(partial(_check_request, kurslog.settings.trusted_hosts))
    create_api(app, kurslog)
    app.register_blueprint(create_pages(kurslog))
    app.after_request(partial(_secured, HSTS + "; includeSubDomains" * kurslog.settings.hsts_subdomains))
    app.register_error_handler(Exception, _answer_error)
    stand_behind(app, kurslog.settings)
    return app


def _check_request(hosts: frozenset[str]) -> None:
    """Refuse a request for a host that is not ours, and a form with more fields than any of ours has.

    Raises:
        SecurityError: for another host.
        RequestEntityTooLarge: for a form of fields that is too large; of one in parts the parser says so itself.
    """
    if urlsplit(f"//{request.host}").hostname not in hosts:
        raise SecurityError
    if request.mimetype == "application/x-www-form-urlencoded" and (request.content_length or 0) > FIELDS_MAX_BYTES:
        raise RequestEntityTooLarge


def stand_behind(app: Flask, settings: Settings) -> None:
    """Let requests be seen as people send them: through so many proxies, and to an address that may be https."""
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    if (settings.url or "").startswith("https:"):
        app.wsgi_app = Encrypted(app.wsgi_app)  # type: ignore[method-assign]


class Encrypted:
    """Says of every request that it came by https: the public address is, whatever the last proxy speaks to us."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand the request on."""
        return self._app({**environ, "wsgi.url_scheme": "https"}, start_response)


def _secured(hsts: str, response: Response) -> Response:
    said = {name.lower() for name, _ in response.headers}
    for name, value in HEADERS.items():
        if name.lower() not in said:
            response.headers.add(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = hsts
    return response


def _answer_error(error: Exception) -> Response:
    """Answer an error below /api as a problem; pages have their own handler on their blueprint."""
    if isinstance(error, HTTPException) and error.response is not None:
        return error.response  # type: ignore[return-value]
    problem = problem_for(error, language())
    if wants_json():
        return problem_response(problem)
    return error_page(problem, language())


def from_environment() -> Flask:
    """Return the application of a server's worker process, on the database of the environment."""
    end_with(os.getppid())
    settings = Settings.from_environment()
    logs.configure(settings.log_level)
    held = database(settings)
    kurslog = Kurslog(settings, acting_as(held.__enter__(), WEB), serving=True)
    atexit.register(held.__exit__, None, None, None)
    disclosure.prepare()
    return create_app(kurslog)
