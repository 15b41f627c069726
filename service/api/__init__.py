"""The API, ``/api/v1``: routes, schemas and documents derived from the registry."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response
from flask_smorest import Api, Blueprint

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
    """The library's API, answering errors as the rest of the application does.

    Its document is worked out when it is first asked for: that takes longer than all else a server makes as it starts.
    """

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask) -> None:
        self._undocumented: list[Callable[[], None]] = []
        self._documenting = threading.Lock()
        super().__init__(app)

    def register_blueprint(self, blp: Blueprint, **options: Any) -> None:
        """Register routes, as the library does, but for their part of the document."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._undocumented.append(partial(self._document, blp))

    def _document(self, blp: Blueprint) -> None:
        blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=None)
        self.spec.tag({"name": blp.name, "description": blp.description})

    def _openapi_json(self) -> Response:
        with self._documenting:
            while self._undocumented:
                self._undocumented.pop(0)()
            answer: Response = super()._openapi_json()
        return answer

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
