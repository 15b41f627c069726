"""``kurslog status``: how far everything has come, as JSON or as lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.app import Kurslog
from service.cli.say import t
from service.log.health import look
from service.log.tables import BUILDING
from service.watching import free_bytes


def standing(app: Kurslog) -> dict[str, Any]:
    """Return the facts; durations in seconds, sizes in bytes."""
    health = look(app.dsn, app.projector.keys)
    return {
        "database": "external" if app.settings.database_url else "embedded",
        "home": str(app.settings.home),
        "processes": len(app.reader.processes()),
        "events": health.head,
        "projected": health.head - health.lag,
        "lag": health.lag,
        "lag_seconds": round(health.lag_seconds, 1),
        "building": {key: place for key, place in app.projector.places().items() if key.endswith(BUILDING)},
        "signed": health.signed,
        "unsigned": health.unsigned,
        "checkpoint_seconds": None if health.checkpoint_seconds is None else round(health.checkpoint_seconds, 1),
        "free_bytes": free_bytes(app.settings.home),
    }


def lines(facts: dict[str, Any]) -> Iterator[str]:
    """Yield the facts as lines for people."""
    labels = {
        "database": t("Database", "Database"),
        "home": t("Datamappe", "Data folder"),
        "processes": t("Forløb", "Processes"),
        "events": t("Registreringer", "Entries"),
        "projected": t("Vist til og med", "Projected up to"),
        "lag": t("Bagud", "Behind"),
        "lag_seconds": t("Har ventet (s)", "Waited (s)"),
        "building": t("Bygges", "Being built"),
        "signed": t("Underskrevet", "Signed"),
        "unsigned": t("Ikke underskrevet", "Not signed"),
        "checkpoint_seconds": t("Fingeraftrykkets alder (s)", "Checkpoint's age (s)"),
        "free_bytes": t("Plads på disken (byte)", "Room on the disk (bytes)"),
    }
    for name, label in labels.items():
        value = facts[name]
        told = ", ".join(f"{key} {place}" for key, place in value.items()) if isinstance(value, dict) else value
        yield f"{label:<28}{told if told not in (None, '') else '–'}"
