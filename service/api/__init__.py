"""The API, ``/api/v1``: routes, schemas and documents derived from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Flask
from flask_smorest import Api

from service.api.documents import documents_blueprint
from service.api.events import events_blueprint
from service.api.files import files_blueprint
from service.api.ledger import ledger_blueprint
from service.api.processes import processes_blueprint
from service.api.reports import reports_blueprint

if TYPE_CHECKING:
    from service.app import Kurslog

PREFIX: Final = "/api/v1"


PROBLEM: Final = {
    "type": "object",
    "description": "RFC 9457: what was refused, by which rule, and what to do now.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence, in the language asked for."},
        "rule": {"type": "string"},
        "field": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
    "required": ["type", "title", "status", "detail", "rule"],
}


class ProblemApi(Api):
    """The library's API, answering errors as the rest of the application does."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave errors to the application."""


def create_api(app: Flask, kurslog: Kurslog) -> None:
    """Add the API to the application."""
    app.config.update(
        API_TITLE="Kurslog",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {
                "description": "Contributions, decisions and reflections as events, and what can be learned from them.",
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        },
    )
    api = ProblemApi(app)
    api.spec.components.schema("Problem", PROBLEM)
    api.register_blueprint(processes_blueprint(kurslog), url_prefix=PREFIX)
    api.register_blueprint(events_blueprint(kurslog), url_prefix=PREFIX)
    api.register_blueprint(files_blueprint(kurslog), url_prefix=PREFIX)
    api.register_blueprint(ledger_blueprint(kurslog), url_prefix=PREFIX)
    api.register_blueprint(reports_blueprint(kurslog), url_prefix=PREFIX)
    app.register_blueprint(documents_blueprint(PREFIX), url_prefix=PREFIX)
