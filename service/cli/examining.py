"""``kurslog doctor``: the parts one by one, what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from service.app import Kurslog, kurslog
from service.cli.say import t
from service.cluster import find_binaries
from service.ledger.verify import Key, ProofError, open_checkpoint
from service.log.condition import Condition, hears, look_closer
from service.log.health import Health, look
from service.log.tables import BUILDING
from service.settings import Settings
from service.watching import FREE_BYTES, LAG_SECONDS, UNSIGNED_SECONDS, free_bytes

AHEAD_SECONDS: Final = 5.0
"""How far the last entry may lie in the future before a clock was set back."""


class Finding(NamedTuple):
    """One thing looked at: a sentence, and what to do where it is not well."""

    well: bool
    sentence: str


def well(da: str, en: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(True, t(da, en))  # noqa: FBT003 - the field's name stands above


def wrong(da: str, en: str) -> Finding:
    """Return what is wrong, and what to do."""
    return Finding(False, t(da, en))  # noqa: FBT003 - as above


def examine() -> Iterator[Finding]:
    """Yield a finding for each part; what depends on a broken part is not looked at."""
    settings = Settings.from_environment()
    yield well(f"Data ligger i {settings.home}.", f"Data lies in {settings.home}.")
    if not settings.database_url:
        binaries = find_binaries()
        yield well(f"PostgreSQL {binaries.version} følger med.", f"PostgreSQL {binaries.version} is at hand.")
    with kurslog(settings) as app:
        health, found = look(app.dsn, app.projector.keys), look_closer(app.dsn)
        yield disk(free_bytes(settings.home))
        yield durable(found)
        yield from roles(found)
        yield from walls(found)
        yield holes(found)
        yield clock(health, found)
        yield from projections(app, health, found)
        yield signer(app, health)
        yield from keys(settings)
        yield waiting(found)
        yield listening(app.dsn)


# ------------------------------------------------------------------ the database
def disk(free: int) -> Finding:
    """Say whether there is room."""
    megabytes = free // 2**20
    if free >= FREE_BYTES:
        return well(f"Der er {megabytes} MB plads på disken.", f"There are {megabytes} MB of room on the disk.")
    return wrong(
        f"Der er kun {megabytes} MB plads på disken: skaf mere, før databasen standser.",
        f"There are only {megabytes} MB of room on the disk: make more before the database stops.",
    )


def durable(found: Condition) -> Finding:
    """Say whether what is acknowledged is on disk, and whether the disk's own errors would be noticed."""
    if found.fsync != "on" or found.synchronous_commit == "off":
        return wrong(
            "Det, der er kvitteret for, er ikke skrevet ned: slå fsync og synchronous_commit til i PostgreSQL.",
            "What is acknowledged is not on disk: switch fsync and synchronous_commit on in PostgreSQL.",
        )
    if found.data_checksums != "on":
        return wrong(
            "PostgreSQL mærker ikke, hvis disken skriver forkert: stop den, og kør pg_checksums --enable.",
            "PostgreSQL would not notice a disk that writes wrongly: stop it, and run pg_checksums --enable.",
        )
    return well("Det, der er kvitteret for, er skrevet ned (fsync).", "What is acknowledged is on disk (fsync).")


def roles(found: Condition) -> Iterator[Finding]:
    """Say whether the web server and the signer have roles of their own, and no more rights than they need."""
    if found.roles_missing:
        names = ", ".join(found.roles_missing)
        yield wrong(
            f"Rollen {names} mangler i databasen, så dér er der ingen mur mellem forløbene: lav den med create role, og kør kurslog status.",
            f"The role {names} is missing from the database, so no wall stands between processes there: make it with create role, and run kurslog status.",
        )
    elif found.web_may_rewrite:
        yield wrong(
            "Webserverens rolle må ændre logbogen: fratag kurslog_web alt andet end insert og select på log.event.",
            "The web server's role may change the log: revoke all but insert and select on log.event from kurslog_web.",
        )
    else:
        yield well("Webserveren må kun føje til logbogen.", "The web server may only add to the log.")


def walls(found: Condition) -> Iterator[Finding]:
    """Say whether the database itself keeps processes apart for the web server; without its role that is said above."""
    if found.web_unbound:
        yield wrong(
            "Webserverens rolle går uden om murene mellem forløbene: alter role kurslog_web nosuperuser nobypassrls.",
            "The web server's role walks past the walls between processes: alter role kurslog_web nosuperuser nobypassrls.",
        )
    if found.unwalled:
        names = ", ".join(found.unwalled)
        yield wrong(
            f"Tabeller har ingen mur mellem forløbene: {names}. Kør select log.wall('tabel') som tabellernes ejer.",
            f"Tables have no wall between processes: {names}. Run select log.wall('table') as the tables' owner.",
        )
    if not (found.web_unbound or found.unwalled or found.roles_missing):
        yield well(
            "Databasen viser kun webserveren det forløb, den er i gang med.",
            "The database shows the web server only the process it is at work in.",
        )


def holes(found: Condition) -> Finding:
    """Say whether every position is there."""
    if not found.holes:
        return well("Logbogen er uden huller.", "The log has no holes.")
    return wrong(
        f"Logbogen mangler {found.holes} numre: læs den seneste sikkerhedskopi ind (kurslog restore).",
        f"The log lacks {found.holes} numbers: restore the latest backup (kurslog restore).",
    )


def clock(health: Health, found: Condition) -> Finding:
    """Say whether the clock was set back: entries never are."""
    if found.ahead_seconds <= AHEAD_SECONDS or not health.head:
        return well("Uret går fremad.", "The clock goes forward.")
    ahead = round(found.ahead_seconds)
    return wrong(
        f"Den seneste registrering ligger {ahead} sekunder ude i fremtiden: uret er stillet tilbage. Slå NTP til.",
        f"The latest entry lies {ahead} seconds in the future: the clock was set back. Switch NTP on.",
    )


# ------------------------------------------------------------------ the processes beside
def projections(app: Kurslog, health: Health, found: Condition) -> Iterator[Finding]:
    """Say which projections are behind, stand still, are not built, or were left over."""
    places, ours = app.projector.places(), set(app.projector.keys)
    head = health.head
    behind = sorted(key for key in ours if places.get(key, head) < head)
    if behind and places.get("clock", 0) == head:
        names = ", ".join(f"{key} ({places[key]})" for key in behind)
        yield wrong(
            f"Visninger står stille, mens de andre er ved {head}: {names}. Arbejderens log siger hvorfor; den gamle tabel står.",
            f"Projections stand still while the others are at {head}: {names}. The worker's log says why; their tables stay.",
        )
    elif health.lag:
        late = health.lag_seconds > LAG_SECONDS
        finding = wrong if late else well
        yield finding(
            f"Visningerne er {health.lag} bagud: kør kurslog worker.",
            f"The projections are {health.lag} behind: run kurslog worker.",
        )
    elif not ours - set(places):
        yield well("Visningerne er med.", "The projections are up to date.")
    if unbuilt := sorted(ours - set(places)):
        yield wrong(
            f"Visninger er ikke bygget endnu: {', '.join(unbuilt)}. Kør kurslog worker.",
            f"Projections are not built yet: {', '.join(unbuilt)}. Run kurslog worker.",
        )
    left = sorted(key for key in places if key.endswith(BUILDING) and not found.building and key[:-4] in places)
    if left:
        yield wrong(
            f"Tabeller er halvt bygget, og ingen er ved det: {', '.join(left)}. Kør kurslog rebuild.",
            f"Tables are half-built, and nobody is at it: {', '.join(left)}. Run kurslog rebuild.",
        )


def signer(app: Kurslog, health: Health) -> Finding:
    """Say whether the log is signed as it grows, and whether it still is the log that was signed."""
    if still_signed(app) is False:
        return wrong(
            "Databasen er ikke den, der blev underskrevet sidst: kør kurslog verify, og læs en sikkerhedskopi ind.",
            "The database is not the one that was signed last: run kurslog verify, and restore a backup.",
        )
    if health.unsigned_seconds > UNSIGNED_SECONDS:
        return wrong(
            f"{health.unsigned} registreringer er ikke underskrevet: kør kurslog signer.",
            f"{health.unsigned} entries are not signed: run kurslog signer.",
        )
    return well("Logbogen er underskrevet.", "The log is signed.")


def still_signed(app: Kurslog) -> bool | None:
    """Return whether the database holds the checkpoint that was signed last; None where none was kept."""
    last = app.settings.signed_last
    try:
        kept, _ = open_checkpoint(last.read_text("utf-8"), _public(app.settings))
    except (FileNotFoundError, ProofError):
        return None
    signed = app.ledger.signed(kept.size)
    return signed is not None and signed.checkpoint == kept


def listening(dsn: str) -> Finding:
    """Say whether who waits for entries is told of them."""
    if hears(dsn, dsn):
        return well("NOTIFY når frem.", "NOTIFY arrives.")
    return wrong(
        "NOTIFY når ikke frem: uden om en PgBouncer i transaction mode; indtil da ses nyt efter et sekund.",
        "NOTIFY does not arrive: go round a PgBouncer in transaction mode; until then news takes a second.",
    )


# ------------------------------------------------------------------ keys, and what waits
def keys(settings: Settings) -> Iterator[Finding]:
    """Say whether the key files are for their owner alone, and belong together."""
    yield private(settings.master_key_file, ("Hovednøglen kan kun læses af dig.", "Only you can read the master key."))
    if settings.signer_key.exists():
        yield private(
            settings.signer_key, ("Underskriverens nøgle kan kun læses af dig.", "Only you can read the signer's key.")
        )
        yield _belonging(settings)


def private(path: Path, said: tuple[str, str]) -> Finding:
    """Say whether only the owner may read a file."""
    if path.exists() and path.stat().st_mode & 0o077 == 0:
        return well(*said)
    return wrong(f"{path} kan læses af andre: chmod 600 {path}", f"Others can read {path}: chmod 600 {path}")


def _belonging(settings: Settings) -> Finding:
    from service.ledger.notes import Signer

    try:
        same = Signer.read(settings.signer_key.read_text("utf-8")).key == _public(settings)
    except (FileNotFoundError, ProofError):
        same = False
    if same:
        return well("Underskriverens to nøgler hører sammen.", "The signer's two keys belong together.")
    secret, public = settings.signer_key, settings.verifier_key
    return wrong(
        f"{public} hører ikke til {secret.name}: bring den rigtige nøgle tilbage, eller slet {public.name} og genstart underskriveren.",
        f"{public} does not belong to {secret.name}: bring the right key back, or remove {public.name} and restart the signer.",
    )


def _public(settings: Settings) -> Key:
    return Key.read(settings.verifier_key.read_text("utf-8"))


def waiting(found: Condition) -> Finding:
    """Say whether rows of imports wait to be mended; that is work, not a fault."""
    if not found.waiting:
        return well("Ingen rækker venter.", "No rows wait.")
    names = ", ".join(f"{process} ({count})" for process, count in sorted(found.waiting.items()))
    return well(
        f"Rækker venter på at blive rettet: {names}. Se dem med kurslog waiting.",
        f"Rows wait to be mended: {names}. See them with kurslog waiting.",
    )
