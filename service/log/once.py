"""Asking once: what a request that only reads asked the log for is held until it is answered.

So a page is of one piece: its rights and its register are those of the moment it first wanted to know. What the API
records is of one piece, too, until it is appended: the log checks there that the register has not moved.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final, TypeVar

Found = TypeVar("Found")
_HELD: Final[ContextVar[dict[Any, Any] | None]] = ContextVar("asked", default=None)


def begin() -> None:
    """From now on, ask once for each thing until `end`: for what only reads, or appends at once, and is soon over."""
    _HELD.set({})


def end() -> None:
    """Ask each time again."""
    _HELD.set(None)


def anew() -> None:
    """Ask again from here on, also within a request that asks once: it waited or wrote, and what it asked is old."""
    if asking():
        begin()


def asking() -> bool:
    """Whether what is asked now is held until `end`."""
    return _HELD.get() is not None


def once(key: tuple[object, ...], ask: Callable[[], Found]) -> Found:
    """Return what ``ask`` finds; between `begin` and `end` what it found for this key the first time."""
    held = _HELD.get()
    if held is None:
        return ask()
    if key not in held:
        held[key] = ask()
    found: Found = held[key]
    return found
