"""Logs: JSON lines on stderr (or lines for people on a terminal), without a word of anybody's.

An error is told by its type, its SQLSTATE and our own frames. Its message is not: it may hold what people wrote. Of
loggers that are not ours only the template is told, for the same reason.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final

import structlog

OURS: Final = "kurslog"
ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGES: Final = ("domain", "projections", "service")
FACTS: Final = ("method", "route", "status", "ms", "request_id")
"""What may stand beside a line's sentence; a record may hold more, such as its message, by another handler's hand."""
Event = MutableMapping[str, Any]
SERVER: Final[dict[str, Any]] = {
    "formatters": {"kurslog": {"()": "service.logs.formatter"}},
    "filters": {"considered": {"()": "service.logs.Considered"}},
    "handlers": {
        "console": {
            "formatter": "kurslog",
            "filters": ["considered"],
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stderr",
        }
    },
    "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
}
"""How the web server's own lines are written."""


class Considered(logging.Filter):
    """Leaves out the web server's advice on how many threads it should have: most of ours wait for the database."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a line is told."""
        return not str(record.msg).startswith("Configuration allows spawning up to")


def configure(level: str = "INFO") -> None:
    """Let everything this process logs go to stderr in our form, also what nobody caught."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(OURS).setLevel(level.upper())
    sys.excepthook = lambda _, error, __: uncaught(error)
    threading.excepthook = lambda hook: uncaught(hook.exc_value) if hook.exc_value else None


def uncaught(error: BaseException) -> None:
    """Log an error that ends a process or a thread."""
    logging.getLogger(OURS).critical("ended by an error", exc_info=error)


def formatter() -> structlog.stdlib.ProcessorFormatter:
    """Return what makes a line of a record."""
    people = sys.stderr.isatty()
    last: Any = structlog.dev.ConsoleRenderer() if people else structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.ExtraAdder(allow=FACTS),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[_of_whom, _without_words, structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )


def _of_whom(_: Any, __: str, event: Event) -> Event:
    """Take the whole sentence of our own loggers, and no more than the template of others."""
    record: logging.LogRecord = event["_record"]
    if record.name.split(".")[0] != OURS:
        event["event"], event["logger"] = str(record.msg), record.name
    return event


def _without_words(_: Any, __: str, event: Event) -> Event:
    """Put types and places in the stead of an exception and its message."""
    found = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if isinstance(found, tuple) and found[1] is not None:
        event.update(told(found[1]))
    return event


def told(error: BaseException) -> dict[str, Any]:
    """Return what may be told of an error: types from the outermost to its cause, the SQLSTATE, our own frames."""
    chain: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in chain:
        chain.append(one)
        one = one.__cause__ or one.__context__
    state = next((found for one in chain if (found := getattr(one, "sqlstate", None))), None)
    frames = [
        f"{Path(frame.filename).relative_to(ROOT)}:{frame.lineno} {frame.name}"
        for one in reversed(chain)
        for frame in traceback.extract_tb(one.__traceback__)
        if any(Path(frame.filename).is_relative_to(ROOT / name) for name in PACKAGES)
    ]
    return {
        "error": [type(one).__name__ for one in chain],
        **({"sqlstate": state} if state else {}),
        "frames": frames,
    }
