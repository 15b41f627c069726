"""Replay for researchers: a projection of one's own, and the history step by step."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from projections.kernel import Projection
from service.cli.say import refuse, t

if TYPE_CHECKING:
    from service.app import Kurslog
    from service.queries import Clocks
    from service.security.gate import Caller


def own_projection(name: str) -> Projection:
    """Import ``module:Projection`` from the folder one stands in."""
    module, _, attribute = name.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise refuse(t(f"{name} kan ikke hentes: {error}", f"{name} cannot be loaded: {error}")) from error
    if not isinstance(found, Projection):
        raise refuse(t(f"{name} er ikke en Projection.", f"{name} is no Projection."))
    return found


def steps(app: Kurslog, caller: Caller, process: str, since: int, clocks: Clocks) -> Iterator[dict[str, Any]]:
    """Yield the events from a position on, in the order we learned of them."""
    after = since - 1
    while events := app.reader.process_page(process, after=after, until=clocks.position, limit=1000):
        yield from app.queries.cloud_events(caller, process, events)
        after = events[-1].position
