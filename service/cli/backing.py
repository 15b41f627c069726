"""``kurslog backup`` and ``kurslog restore``: the whole cell in a folder, and back again, proven."""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import click

from domain.keeping import AccessRole
from service.app import Kurslog, server
from service.cli.refusals import said
from service.cli.say import progress, refuse, t, words
from service.cluster import Cluster
from service.ledger.verify import Key
from service.log.backup import Beside, back_up
from service.log.erasures import Erasure, keep, read_list, union
from service.log.manifest import ERASURES, Manifest, check_files, read_manifest
from service.log.restore import Elsewhere, Restored, restore, trusted
from service.log.vault import MasterKey
from service.security.gate import Caller
from service.settings import Settings

COMPARED: Final = 10_000
"""How many entries of the largest process a drill replays: as it was known then."""


def backup(folder: Path) -> None:
    """Write the whole cell to a folder."""
    settings, begun = Settings.from_environment(), time.monotonic()
    beside = Beside(_read(settings.home / "operator"), _read(settings.verifier_key), settings.erasures)
    with said(), server(settings) as dsn:
        manifest = back_up(dsn, folder, beside, lambda rows: progress(rows, "Kopierer", "Backing up"))
    size = sum(stored.size_bytes for _, stored in manifest.files())
    _tell({"folder": str(folder), "events": manifest.head, "covered": manifest.covered, "size_bytes": size}, begun)
    words(
        t(
            f"{manifest.head} registreringer kopieret til {folder}. Det seneste fingeraftryk dækker {manifest.covered} af dem.",
            f"{manifest.head} entries backed up to {folder}. The latest checkpoint covers {manifest.covered} of them.",
        )
    )
    words(
        t(
            f"Nøglerne er ikke med. Gem hovednøglen {settings.master_key_file} og signer.key hver for sig, et andet sted end "
            f"kopien, og sletningslisten {settings.erasures} et tredje.",
            f"The keys are not in it. Keep the master key {settings.master_key_file} and signer.key apart from each other and "
            f"from the backup, and the list of erasures {settings.erasures} elsewhere again.",
        )
    )


@dataclass(frozen=True, slots=True)
class Given:
    """What the person gave: the backup, and what was kept outside it."""

    folder: Path
    checkpoint: Path | None
    erasures: Path | None
    accept_loss: bool


def bring_back(given: Given, *, drill: bool) -> None:
    """Restore a backup into an empty home or database, or, as a drill, into a scratch one."""
    settings, begun = Settings.from_environment(), time.monotonic()
    with said():
        manifest = read_manifest(given.folder)
        if manifest.sealed_check:
            MasterKey.load(settings.master_key_file, make=False).opening(bytes.fromhex(manifest.sealed_check))
        elsewhere = _elsewhere(settings, given)
        trusted(manifest, elsewhere)
        with progress(sum(stored.size_bytes for _, stored in manifest.files()), "Efterser", "Checking") as told:
            check_files(given.folder, manifest, told)
        work = _Work(given, manifest, elsewhere, _listed(settings, given))
        if drill:
            seen = _drilled(settings, work)
        else:
            with server(settings) as dsn:
                seen = work.done(settings, dsn)
            _settle(settings, work)
    _tell(seen, begun)
    _say(seen)


def _elsewhere(settings: Settings, given: Given) -> Elsewhere:
    key = _read(settings.verifier_key)
    note = given.checkpoint.read_text("utf-8", "replace") if given.checkpoint else ""
    return Elsewhere(note, Key.read(key) if key else None, accept_loss=given.accept_loss)


def _listed(settings: Settings, given: Given) -> list[Erasure]:
    """Return the union of the list that was kept elsewhere and the backup's own."""
    path = given.erasures or settings.erasures
    if not path.exists():
        words(
            t(
                f"Der er ingen sletningsliste i {path}: hvad der er slettet siden kopien, kommer igen. Giv den med --erasures.",
                f"There is no list of erasures at {path}: what was erased since the backup comes back. Give it with --erasures.",
            )
        )
    return union(read_list(path), read_list(given.folder / ERASURES))


@dataclass(frozen=True, slots=True)
class _Work:
    """A backup that was checked, on its way into a database."""

    given: Given
    manifest: Manifest
    elsewhere: Elsewhere
    erasures: list[Erasure]

    def done(self, settings: Settings, dsn: str) -> dict[str, Any]:
        """Load it, prove it and work the projections out; return what was seen."""
        start = time.monotonic()
        rows = sum(table.rows for table in self.manifest.tables) + self.manifest.head
        with progress(rows, "Læser ind", "Restoring") as told:
            restored = restore(dsn, self.given.folder, self.manifest, self.elsewhere, self.erasures, told)
        loaded = time.monotonic()
        app = Kurslog(settings, dsn)
        with progress(restored.events, "Bygger visningerne", "Projecting") as told:
            app.projector.catch_up(told)
        app.close()
        return _seen(restored) | {
            "load_seconds": round(loaded - start, 1),
            "project_seconds": round(time.monotonic() - loaded, 1),
        }


def _seen(restored: Restored) -> dict[str, Any]:
    return {
        "events": restored.events,
        "root": base64.b64encode(restored.root).decode(),
        "covered": restored.covered,
        "kept": restored.kept,
        "erased_again": asdict(restored.replayed),
    }


def _settle(settings: Settings, work: _Work) -> None:
    """Bring back what lies beside the database."""
    keep(settings.erasures, work.erasures)
    path = settings.home / "operator"
    if work.manifest.operator and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{work.manifest.operator}\n")


# ------------------------------------------------------------------ the drill
def _drilled(settings: Settings, work: _Work) -> dict[str, Any]:
    """Restore into a scratch home with a server of its own, hold every answer against a replay, and remove it."""
    scratch = Path(tempfile.mkdtemp(prefix="kurslog-drill-"))
    scratch.chmod(0o711)
    cluster = Cluster(scratch)
    try:
        mine = replace(settings, home=scratch, database_url=None, erasures_file=None)
        seen = work.done(mine, cluster.start())
        return seen | _compared(mine, cluster.dsn)
    finally:
        cluster.stop(wait_seconds=30)
        for place in ((scratch / "postgres").resolve(), scratch):
            shutil.rmtree(place, ignore_errors=True)


def _compared(settings: Settings, dsn: str) -> dict[str, Any]:
    """Ask every projection about the largest process, twice: the read model, and a replay of the log."""
    app = Kurslog(settings, dsn)
    try:
        sizes = {process: app.reader.count(process) for process in app.reader.processes()}
        if not sizes:
            return {"process": None, "answers": 0, "differ": []}
        process = max(sizes, key=sizes.__getitem__)
        last = app.reader.process_page(process, limit=COMPARED)[-1].position
        caller = Caller("drill", AccessRole.EVALUATOR)
        clocks = app.queries.clocks(process, str(last), None)
        differ = [
            name
            for name in app.queries.projections
            if app.queries.document(caller, process, name, clocks)
            != app.queries.document(caller, process, name, clocks, replayed=True)
        ]
        return {"process": process, "known_by": last, "answers": len(app.queries.projections), "differ": differ}
    finally:
        app.close()


# ------------------------------------------------------------------ saying
def _tell(seen: dict[str, Any], begun: float) -> None:
    click.echo(json.dumps(seen | {"seconds": round(time.monotonic() - begun, 1)}, indent=2))


def _say(seen: dict[str, Any]) -> None:
    held = seen["kept"] if seen["kept"] <= seen["events"] else 0
    words(t(f"{seen['events']} registreringer læst ind.", f"{seen['events']} entries restored."))
    words(
        t(
            f"Regnet efter: det passer med fingeraftrykket for de første {seen['covered']}.",
            f"Worked out anew: the root is the one that was signed for the first {seen['covered']}.",
        )
        if seen["covered"]
        else t(
            "Intet var underskrevet, da kopien blev lavet: den er holdt op mod sine egne summer alene.",
            "Nothing was signed when the backup was made: it was held against its own sums alone.",
        )
    )
    if held:
        words(
            t(
                f"Det passer også med dit eget fingeraftryk for de første {held}.",
                f"And the one your checkpoint has for {held}.",
            )
        )
    again = seen["erased_again"]
    words(
        t(
            f"Slettet igen: {again['texts']} tekster, {again['files']} filer, {again['keys']} nøgler.",
            f"Erased again: {again['texts']} texts, {again['files']} files, {again['keys']} keys.",
        )
    )
    if "differ" in seen:
        _say_drill(seen)
        return
    words(
        t(
            "Ingen er logget ind: lav nye links og adgangstegn med kurslog token create. Læg signer.key på plads, før noget underskrives.",
            "Nobody is signed in: make new links and tokens with kurslog token create. Put signer.key back before anything is signed.",
        )
    )
    if seen["kept"] > seen["events"]:
        words(
            t(
                f"{seen['kept'] - seen['events']} underskrevne registreringer er tabt. Begynd på ny: sæt KURSLOG_LEDGER_ORIGIN til et "
                "andet navn, og lad signer.key blive lavet på ny. Sig det til dem, der har fingeraftryk liggende.",
                f"{seen['kept'] - seen['events']} signed entries are lost. Begin a new ledger: set KURSLOG_LEDGER_ORIGIN to another name, "
                "and let signer.key be made anew. Tell those who hold checkpoints.",
            )
        )


def _say_drill(seen: dict[str, Any]) -> None:
    if seen["differ"]:
        raise refuse(
            t(
                f"Øvelsen fandt visninger, der ikke er som en afspilning: {', '.join(seen['differ'])}. Kør kurslog rebuild.",
                f"The drill found projections that are not as a replay tells: {', '.join(seen['differ'])}. Run kurslog rebuild.",
            )
        )
    words(
        t(
            f"Øvelsen gik godt: {seen['answers']} svar om {seen['process']} er som en afspilning. Alt fra øvelsen er fjernet.",
            f"The drill went well: {seen['answers']} answers about {seen['process']} are as a replay tells. All of it is removed.",
        )
    )


def _read(path: Path) -> str:
    """Return what a small file says; nothing where it is missing, or not for this account."""
    try:
        return path.read_text("utf-8").strip()
    except (FileNotFoundError, PermissionError):
        return ""
