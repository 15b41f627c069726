"""The second wall: which process's rows the web is shown by the database, whatever its handlers ask for.

The first wall is the gate (`service.security.gate`). This one stands where a handler forgets to ask it. A request is
within the process of its address; what looks further says so by `within` or `across`, and is found by these words.
Each connection names the scope as it is handed out (`service.log.store`), and the policies of ``012_walls.sql`` hold it
to that. Without a scope nothing is seen. Whoever owns the tables (worker, command line) is not bound.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Final

from domain.vocabulary import ID_PATTERN

CELL: Final = "/"
"""The whole cell: a name no process has, and no part of an address."""
NOTHING: Final = ""
_NOW: Final[ContextVar[str]] = ContextVar("scope", default=NOTHING)


class OutOfScopeError(Exception):
    """Asked for a process that the scope does not hold: a mistake of ours, to be told, and no empty answer."""


def now() -> str:
    """Return the scope: a process, the cell, or nothing."""
    return _NOW.get()


def begin(process: str | None) -> None:
    """From now on, be within the process of a request's address, if it names one; what it streams later is so, too."""
    _NOW.set(_of(process))


@contextlib.contextmanager
def within(process: str) -> Iterator[None]:
    """Be within this process meanwhile: one that the address does not name."""
    token = _NOW.set(_of(process))
    try:
        yield
    finally:
        _NOW.reset(token)


@contextlib.contextmanager
def across(why: str) -> Iterator[None]:  # noqa: ARG001 - for whoever reads the code
    """See the whole cell meanwhile; ``why`` says what for."""
    token = _NOW.set(CELL)
    try:
        yield
    finally:
        _NOW.reset(token)


def check(wanted: str) -> None:
    """Make sure that what is asked for (a process, or `CELL`) lies within the scope.

    Raises:
        OutOfScopeError: when not. What is no process's name at all has no rows, and passes.
    """
    held = _NOW.get()
    if held not in {wanted, CELL} and (wanted == CELL or ID_PATTERN.fullmatch(wanted)):
        raise OutOfScopeError(f"{wanted} was asked for within {held or 'no process'}: see service/log/scope.py.")


def _of(process: str | None) -> str:
    return process if process and ID_PATTERN.fullmatch(process) else NOTHING
