"""Beginning: whether the last run ended as it should, and if not, what was found."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from service.app import Kurslog
from service.cli.examining import still_signed
from service.cli.say import t
from service.log.condition import look_closer
from service.log.health import look


@contextlib.contextmanager
def marked(home: Path, name: str) -> Iterator[bool]:
    """Keep a file in the home while this run lasts; yield whether the last one of this name left its file behind.

    The file is locked meanwhile, so that a second run beside the first is not taken for one that comes after it.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / f"{name}.running"
    left = path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield left
        finally:
            path.unlink(missing_ok=True)
    finally:
        os.close(handle)


def found_after(app: Kurslog) -> str:
    """Return what is there after a run that ended in the middle, in a few sentences."""
    health, found = look(app.dsn, app.projector.keys), look_closer(app.dsn)
    last = "–" if found.last is None else f"{datetime.fromtimestamp(found.last, UTC):%Y-%m-%d %H:%M:%S} UTC"
    return " ".join(
        [
            t(
                f"Sidste kørsel sluttede midt i det hele. Logbogen holder {health.head} registreringer, den seneste fra {last}",
                f"The last run ended in the middle of things. The log holds {health.head} entries, the last from {last}",
            )
            + (
                t(
                    f"; {found.holes} numre mangler: kør kurslog doctor.",
                    f"; {found.holes} numbers are missing: run kurslog doctor.",
                )
                if found.holes
                else t(", uden huller.", ", without holes.")
            ),
            t(
                f"Visningerne er {health.lag} bagud og indhenter det.",
                f"The projections are {health.lag} behind and catch up.",
            )
            if health.lag
            else t("Visningerne er med.", "The projections are up to date."),
            _signed(app, health.signed),
        ]
    )


def _signed(app: Kurslog, signed: int) -> str:
    agrees = still_signed(app)
    if agrees is None:
        return t("Intet var underskrevet endnu.", "Nothing was signed yet.")
    if agrees:
        return t(f"Fingeraftrykket ved {signed} stemmer.", f"The checkpoint at {signed} agrees.")
    return t("Fingeraftrykket stemmer ikke: kør kurslog doctor.", "The checkpoint does not agree: run kurslog doctor.")
