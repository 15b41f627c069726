"""What it was measured on: without that a figure says nothing."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import psycopg

LIBRARIES: Final = ("kurslog", "eventsourcing", "psycopg", "flask", "granian", "msgspec")
ASKED: Final = ("server_version", "fsync", "synchronous_commit", "wal_sync_method", "shared_buffers")


def machine() -> dict[str, Any]:
    """Return what is known of this machine, and how busy it was when the bench began."""
    return {
        "system": platform.platform(terse=True),
        "architecture": platform.machine(),
        "processor": _named("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory": _named("/proc/meminfo", "MemTotal"),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def versions(server: str) -> dict[str, Any]:
    """Return the versions of what takes part, and how the server keeps its word."""
    with psycopg.connect(server) as connection:
        asked = connection.execute(
            "select name, setting || coalesce(unit, '') from pg_settings where name = any(%s)", (list(ASKED),)
        )
        settings: dict[str, Any] = dict(asked.fetchall())
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
        "postgresql": settings.pop("server_version"),
        **settings,
    }


def _named(file: str, name: str) -> str | None:
    """Return what stands behind a name in one of the kernel's files; None elsewhere."""
    path = Path(file)
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), None)
