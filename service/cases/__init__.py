"""Real cases that come with Kurslog, as events to import."""

from __future__ import annotations

from typing import Any, Final

from service.cases import knabstrup

CASES: Final = ("knabstrup",)


def events_of(case: str) -> list[dict[str, Any]]:
    """Return a case as CloudEvents, in the order of import.

    Raises:
        KeyError: when there is no such case.
    """
    return {"knabstrup": knabstrup.events}[case]()
