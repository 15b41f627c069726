"""Web applications for tests: each answers for one Kurslog after another, for to make one takes a while."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flask import Flask
from werkzeug.local import LocalProxy

from service.app import Kurslog
from service.http import create_app
from service.settings import Settings

LATER = {"home": Path(), "master_key_file": Path(), "database_url": None, "oidc": None}
"""Settings that every test has its own of: an application asks for them with each request, not when it is made."""


class Held:
    """An application, and for whom it answers now; for nobody between two tests."""

    def __init__(self, kurslog: Kurslog) -> None:
        self.kurslog: Kurslog | None = kurslog
        self.web = create_app(LocalProxy(lambda: self.kurslog))
        self.metrics = kurslog.metrics


class Webs:
    """Applications as ``create_app`` makes them. What is counted in one goes on: whoever reads metrics makes another."""

    def __init__(self) -> None:
        self._idle: dict[Settings, list[Held]] = defaultdict(list)

    @contextlib.contextmanager
    def one(self, kurslog: Kurslog) -> Iterator[Flask]:
        """Yield an application that answers for this Kurslog, and meanwhile for no other."""
        idle = self._idle[replace(kurslog.settings, **LATER)]
        held = idle.pop() if idle else Held(kurslog)
        held.kurslog = kurslog
        kurslog.measured_by(held.metrics)
        try:
            yield held.web
        finally:
            held.kurslog = None
            idle.append(held)
