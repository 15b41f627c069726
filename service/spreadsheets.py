"""Cells as a spreadsheet may take them: one that looks like a formula is written with an apostrophe before it."""

from __future__ import annotations

from typing import Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def defused(text: str) -> str:
    """Return the text as it is safe in a CSV file."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_written(text: str) -> str:
    """Return the text a defused cell stands for."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
