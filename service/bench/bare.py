"""A bare route: the product's framework and server, answering the bytes of a file. ``python -m service.bench.bare``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from flask import Flask, Response

from service.parent import end_with
from service.settings import Settings

BYTES: Final = "KURSLOG_BENCH_BYTES"
"""The variable that names the file."""


def create() -> Flask:
    """Return the application."""
    end_with(os.getppid())
    app = Flask("bare", static_folder=None)
    content = Path(os.environ[BYTES]).read_bytes()
    app.add_url_rule("/livez", "livez", lambda: Response(b""))
    app.add_url_rule("/", "bare", lambda: Response(content, mimetype="application/json"))
    return app


def main() -> None:
    """Serve it until stopped."""
    from service.cli.serving import web_server  # noqa: PLC0415 - what is served does not need it

    web_server("service.bench.bare:create", Settings.from_environment(), workers=1).serve()


if __name__ == "__main__":
    main()
