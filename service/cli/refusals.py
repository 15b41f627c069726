"""Why a backup was not made or not restored, in a sentence each."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final

from service.cli.say import refuse, t
from service.log.busy import busy
from service.log.manifest import BackupRefusedError

REFUSALS: Final = {
    "folder-in-use": (
        "Mappen {folder} er ikke tom. Vælg et nyt navn, gerne datoen: kurslog backup {folder}-$(date +%F).",
        "The folder {folder} is not empty. Choose a new name, the date for one: kurslog backup {folder}-$(date +%F).",
    ),
    "backup-at-work": (
        "En anden sikkerhedskopi er ved at blive skrevet til {folder}. Vent, eller vælg et andet navn.",
        "Another backup is being written to {folder}. Wait for it, or choose another name.",
    ),
    "nothing-there": (
        "Databasen er tom: der er intet at kopiere. Se efter, om KURSLOG_HOME eller KURSLOG_DATABASE_URL er den rigtige.",
        "The database is empty: there is nothing to back up. See whether KURSLOG_HOME or KURSLOG_DATABASE_URL is the right one.",
    ),
    "not-owner": (
        "Den rolle i databasen må ikke læse eller skrive det hele. Brug den, der ejer tabellerne, i KURSLOG_DATABASE_URL.",
        "That role of the database may not read or write all of it. Use the tables' owner in KURSLOG_DATABASE_URL.",
    ),
    "no-backup": (
        "{folder} er ingen sikkerhedskopi: manifest.json mangler. En kopi, der blev afbrudt, får aldrig sit navn.",
        "{folder} is no backup: there is no manifest.json. A backup that was interrupted never takes its name.",
    ),
    "missing": (
        "Filen {file} mangler i sikkerhedskopien. Intet er læst ind. Brug en anden kopi.",
        "The file {file} is missing from the backup. Nothing was loaded. Use another copy.",
    ),
    "damaged": (
        "Filen {file} er ændret eller beskadiget. Intet er læst ind. Brug en anden kopi.",
        "The file {file} was changed or damaged. Nothing was loaded. Use another copy.",
    ),
    "newer-format": (
        "{folder} er skrevet af en nyere Kurslog. Intet er læst ind. Installér den, og prøv igen.",
        "{folder} was written by a newer Kurslog. Nothing was loaded. Install that one, and try again.",
    ),
    "newer-migrations": (
        "Kopien er skrevet af Kurslog {version}, som har ændringer, denne ikke kender: {names}. Intet er læst ind. Installér den.",
        "The backup was written by Kurslog {version}, with changes this one does not know: {names}. Nothing was loaded. Install that one.",
    ),
    "other-tables": (
        "Kopien har ikke de tabeller, den skulle have: {names}. Intet er læst ind. Brug en anden kopi.",
        "The backup does not have the tables it should have: {names}. Nothing was loaded. Use another copy.",
    ),
    "not-empty": (
        "Databasen er ikke tom, og der er intet ændret i den. Læs ind i en ny: sæt KURSLOG_HOME til en tom mappe, eller KURSLOG_DATABASE_URL til en tom database.",
        "The database is not empty, and nothing was changed in it. Restore into a new one: set KURSLOG_HOME to an empty folder, or KURSLOG_DATABASE_URL to an empty database.",
    ),
    "hole": (
        "Logbogen i kopien har et hul efter nr. {position}. Intet er læst ind. Brug en anden kopi.",
        "The log in the backup has a hole after no. {position}. Nothing was loaded. Use another copy.",
    ),
    "other-root": (
        "De første {size} registreringer er ikke dem, der blev underskrevet: noget er ændret. Intet er læst ind. Brug en anden kopi.",
        "The first {size} entries are not those that were signed: something was changed. Nothing was loaded. Use another copy.",
    ),
    "backup-not-ours": (
        "Fingeraftrykket i kopien er ikke underskrevet med logbogens nøgle. Intet er læst ind. Er signer.pub den rigtige?",
        "The backup's checkpoint is not signed with the log's key. Nothing was loaded. Is signer.pub the right one?",
    ),
    "checkpoint-not-ours": (
        "Fingeraftrykket er ikke denne logbogs, eller dets underskrift holder ikke. Intet er læst ind.",
        "The checkpoint is not this log's, or its signature does not hold. Nothing was loaded.",
    ),
    "loss": (
        "Kopien har {head} registreringer, og fingeraftrykket dækker {kept}: {lost} ville gå tabt. Intet er læst ind. Find en nyere kopi. Er der ingen, så skriv --accept-loss.",
        "The backup has {head} entries, and the checkpoint covers {kept}: {lost} would be lost. Nothing was loaded. Find a later backup. If there is none, add --accept-loss.",
    ),
    "erasures-damaged": (
        "Sletningslisten {file} kan ikke læses. Ret den, eller brug en kopi af den: uden den kan slettet komme igen.",
        "The list of erasures {file} cannot be read. Mend it, or use a copy of it: without it what was erased may come back.",
    ),
}


@contextlib.contextmanager
def said() -> Iterator[None]:
    """Say in a sentence why it was refused."""
    try:
        with busy():
            yield
    except BackupRefusedError as error:
        raise refuse(t(*(sentence.format(**error.facts) for sentence in REFUSALS[error.rule]))) from error
