"""``kurslog verify --report FILE --proof FILE``: the same as ``verify.py``, with the key that lies on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from service.cli.say import spoken, t, words
from service.ledger.verify import run
from service.settings import Settings


def verify_report(report: Path, proof: Path, key: str | None, checkpoint: Path | None, witnesses: Sequence[str]) -> int:
    """Say whether a report is as it was issued, and return the exit code; no database is asked."""
    beside = Settings.from_environment().verifier_key
    if key is None and beside.is_file():
        key = beside.read_text("utf-8")
        words(t(f"Nøglen er taget fra {beside}.", f"The key was taken from {beside}."))
    return run(str(report), str(proof), key, str(checkpoint) if checkpoint else None, witnesses, spoken())
