"""Real cases that come with Kurslog, as events to import."""

from __future__ import annotations

from typing import Any, Final

from service.cases import knabstrup

CASES: Final = ("knabstrup",)


def cited(process: str, citation: str | None, language: str) -> str | None:
    """Return a source in words: a case's keys (``S01; S02``) by publisher and kind, anything else as it stands."""
    if citation is None or process not in CASES:
        return citation
    known = knabstrup.sources()
    said = []
    for key in citation.split("; "):
        source = known.get(key)
        kind = source and (source.kind_da if language == "da" else source.kind)
        said.append(f"{source.publisher}, {kind} ({key})" if source else key)
    return "; ".join(said)


def events_of(case: str) -> list[dict[str, Any]]:
    """Return a case as CloudEvents, in the order of import.

    Raises:
        KeyError: when there is no such case.
    """
    return {"knabstrup": knabstrup.events}[case]()
