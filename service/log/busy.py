"""What a database that does not answer is called, in whatever way a driver says so."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final

import psycopg
from eventsourcing.persistence import PersistenceError
from psycopg_pool import PoolTimeout, TooManyRequests

from service.log.vault import ErasedKeyError

OF_THE_QUESTION: Final = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.ProgrammingError,
    psycopg.NotSupportedError,
)
"""What a driver raises of what was asked; the rest is of the connection, or of the server."""
READ_ONLY: Final = psycopg.errors.ReadOnlySqlTransaction
DISK_FULL: Final = "53100"
ERASED: Final = "KL001"
"""What our own check in the database says of a key that is no more."""
SHUT_DOWN: Final = "57P"
"""How SQLSTATE begins when the server ends a connection; one that breaks has none."""


class BusyError(Exception):
    """The database did not answer in time, or is not there. Nothing was written; try again in a moment."""


class LostError(BusyError):
    """The connection broke before the answer came: what was asked for was done, or not; nobody here knows."""


class FullError(BusyError):
    """The database has no room left on its disk. Nothing was written."""


@contextlib.contextmanager
def busy() -> Iterator[None]:
    """Turn "no answer in time" of any layer into `BusyError`, a broken connection into `LostError`.

    What would have been sealed under an erased key becomes `ErasedKeyError`.
    """
    try:
        yield
    except (psycopg.Error, PersistenceError) as error:
        cause = _cause_of(error)
        if isinstance(cause, psycopg.Error) and cause.sqlstate == ERASED:
            raise ErasedKeyError(str(error)) from error
        kind = _kind_of(cause)
        if kind is None:
            raise
        raise kind(str(error)) from error


def of_the_question(error: Exception) -> bool:
    """Whether an error is of what was asked: any but those of a database that does not answer."""
    return _kind_of(_cause_of(error)) is None


def _cause_of(error: Exception) -> BaseException | None:
    """Return the driver's error, where the library has put one of its own around it."""
    return error if isinstance(error, psycopg.Error) else error.__cause__


def _kind_of(cause: BaseException | None) -> type[BusyError] | None:
    """Return what to call an error of a driver; where the server said no, it has undone everything itself."""
    if isinstance(cause, PoolTimeout | TooManyRequests):
        return BusyError
    if not isinstance(cause, psycopg.Error) or isinstance(cause, OF_THE_QUESTION):
        return None
    if cause.sqlstate == DISK_FULL:
        return FullError
    if cause.sqlstate is None or cause.sqlstate.startswith(SHUT_DOWN):
        return LostError
    return BusyError if isinstance(cause, psycopg.OperationalError | READ_ONLY) else None  # a standby decides nothing
