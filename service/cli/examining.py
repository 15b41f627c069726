"""``kurslog doctor``: the parts one by one, what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from service.app import Kurslog, kurslog
from service.cli.say import t
from service.cluster import find_binaries
from service.settings import Settings

WELL: Final = True


class Finding(NamedTuple):
    """One thing looked at."""

    well: bool
    sentence: str


def examine() -> Iterator[Finding]:
    """Yield a finding for each part; what depends on a broken part is not looked at."""
    settings = Settings.from_environment()
    yield Finding(WELL, t(f"Data ligger i {settings.home}.", f"Data lies in {settings.home}."))
    if not settings.database_url:
        binaries = find_binaries()
        yield Finding(
            WELL, t(f"PostgreSQL {binaries.version} følger med.", f"PostgreSQL {binaries.version} is at hand.")
        )
    with kurslog(settings) as app:
        for look in (_durable, _dense, _keys, _behind):
            yield look(app)


def _one(app: Kurslog, query: str) -> object:
    with app.log.connection() as connection:
        row = connection.execute(query.encode()).fetchone()
    return next(iter(row.values())) if row else None


def _durable(app: Kurslog) -> Finding:
    on = _one(app, "select current_setting('fsync') || ',' || current_setting('synchronous_commit')")
    if str(on).startswith("on,") and not str(on).endswith("off"):
        return Finding(
            WELL, t("Det, der er kvitteret for, er skrevet ned (fsync).", "What is acknowledged is on disk (fsync).")
        )
    return Finding(not WELL, t(f"fsync er slået fra ({on}): slå det til.", f"fsync is off ({on}): switch it on."))


def _dense(app: Kurslog) -> Finding:
    holes = _one(app, "select coalesce(max(notification_id), 0) - count(*) from log.event")
    if holes == 0:
        return Finding(WELL, t("Logbogen er uden huller.", "The log has no holes."))
    return Finding(
        not WELL,
        t(
            f"Logbogen mangler {holes} numre: hent den seneste sikkerhedskopi.",
            f"The log lacks {holes} numbers: restore.",
        ),
    )


def _keys(app: Kurslog) -> Finding:
    path = app.settings.master_key_file
    if path.exists() and path.stat().st_mode & 0o077 == 0:
        return Finding(WELL, t("Hovednøglen kan kun læses af dig.", "Only you can read the master key."))
    return Finding(
        not WELL,
        t(f"Hovednøglen {path} kan læses af andre: chmod 600.", f"Others can read the master key {path}: chmod 600."),
    )


def _behind(app: Kurslog) -> Finding:
    lag = app.reader.head() - app.projector.reached()
    if lag == 0:
        return Finding(WELL, t("Visningerne er med.", "The projections are up to date."))
    return Finding(
        not WELL,
        t(f"Visningerne er {lag} bagud: kør kurslog worker.", f"The projections are {lag} behind: run kurslog worker."),
    )
