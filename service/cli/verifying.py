"""``kurslog verify``: was anything changed since it was signed?"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import click

from service.app import Kurslog
from service.cli.say import REFUSED, progress, refuse, t, words
from service.ledger.auditing import Wrong
from service.ledger.verify import Checkpoint, Key, ProofError, open_checkpoint
from service.log.auditing import Audited, audit, audit_texts
from service.log.ledger import UnsignedError
from service.security.sealing import Unfit, unfit

SAYS: Final = {
    "entry-changed": (
        "Nr. {position} er ændret: rækken er ikke den, der blev sat fingeraftryk på.",
        "No. {position} was changed: the row is not the one that was signed.",
    ),
    "entry-missing": (
        "Nr. {position} mangler, eller der står noget, som ingen registrering kan indeholde.",
        "No. {position} is missing, or holds what no entry can hold.",
    ),
    "entry-added": (
        "Nr. {position} er føjet til uden om Kurslog: numrene begynder ved 1.",
        "No. {position} was added behind Kurslog's back: numbers begin at 1.",
    ),
    "tile-changed": (
        "Registreringerne står, som de blev skrevet. Det er fingeraftrykkets mellemregning, der er ændret, første gang ved nr. {position}.",
        "The entries stand as they were written. What was changed is the tree kept beside them, first at no. {position}.",
    ),
    "rewritten": (
        "Noget er skrevet om, sammen med mellemregningen. Det første ligger et sted fra nr. {position} til nr. {until}; nærmere kan det ikke siges.",
        "Something was rewritten, together with the tree kept beside it. The first lies somewhere from no. {position} to no. {until}; more cannot be said.",
    ),
    "forked": (
        "Der er underskrevet to forskellige logbøger med den samme nøgle. De skilles et sted fra nr. {position} til nr. {until}.",
        "Two different logs were signed with the same key. They part somewhere from no. {position} to no. {until}.",
    ),
    "cut": (
        "Nr. {position} til {until} mangler: logbogen er skåret af, eller en ældre sikkerhedskopi er læst ind.",
        "No. {position} to {until} are missing: the log was cut, or an older backup was restored.",
    ),
    "checkpoint-changed": (
        "Fingeraftrykket ved nr. {position} er ikke underskrevet med nøglen: det er ændret, eller nøglen er en anden.",
        "The fingerprint at no. {position} is not signed with the key: it was changed, or the key is another.",
    ),
    "cosignature-changed": (
        "Et vidnes underskrift på fingeraftrykket ved nr. {position} holder ikke.",
        "The signature of a witness on the fingerprint at no. {position} does not hold.",
    ),
    "text-changed": (
        "Teksten ved nr. {position} er ikke den, registreringen lover: den er ændret, flyttet eller slettet uden om Kurslog.",
        "The text of no. {position} is not the one its entry promises: it was changed, moved, or deleted behind Kurslog's back.",
    ),
}


def verify_log(app: Kurslog, *, checkpoint: Path | None, key: str | None, texts: bool) -> None:
    """Audit the whole log; print what was found, and end with 1 where anything was changed.

    Beside the database the signer keeps what it signed last; it is held against the log like a checkpoint of others.
    """
    verifier = _key(app, key, needed=checkpoint is not None)
    elsewhere = [*_promised(app, verifier), *_held(checkpoint, verifier)]
    head = app.reader.head()
    with progress(head, "Kontrollerer", "Verifying") as told:
        found = audit(app.dsn, verifier, witnesses=app.witnesses, elsewhere=elsewhere, told=told)
    wrong = found.wrong
    if texts and wrong is None:
        with progress(head, "Kontrollerer teksterne", "Verifying the texts") as told:
            wrong = audit_texts(app.dsn, told)
    reads = list(unfit(app.log.connection, app.reader)) if wrong is None else []
    click.echo(json.dumps(_document(found, wrong, verifier, reads), ensure_ascii=False, indent=2))
    for sentence in (*_sentences(found, wrong), *map(_unfit, reads)):
        words(sentence)
    unproven = found.events > 0 and found.signed is None and not elsewhere  # nothing was held against anything
    if wrong or unproven or reads:
        raise SystemExit(REFUSED)


def _key(app: Kurslog, key: str | None, *, needed: bool) -> Key | None:
    """Return the key to verify with: the one given, or the one beside the signer's."""
    if key:
        return Key.read(key)
    try:
        return app.ledger_key
    except UnsignedError as error:
        if app.ledger.signed() is None and not needed:
            return None
        raise refuse(
            t(
                "Nøglen til at kontrollere med er her ikke. Giv den med --key: den står på siden Om tallene.",
                "The key to verify with is not here. Give it with --key: it stands on the page About the figures.",
            )
        ) from error


def _promised(app: Kurslog, key: Key | None) -> Iterator[Checkpoint]:
    """Yield what the signer signed last, where it runs on this machine and with this key."""
    last = app.settings.signed_last
    if key and last.exists():
        with contextlib.suppress(ProofError):
            yield open_checkpoint(last.read_text("utf-8"), key)[0]


def _held(path: Path | None, key: Key | None) -> Iterator[Checkpoint]:
    """Yield the checkpoint that somebody kept."""
    if path and key:
        try:
            yield open_checkpoint(path.read_text("utf-8"), key)[0]
        except (ProofError, UnicodeDecodeError) as error:
            raise refuse(
                t(
                    f"{path} er ikke et fingeraftryk, der er underskrevet med nøglen. {error}",
                    f"{path} is no fingerprint signed with the key. {error}",
                )
            ) from error


def _document(found: Audited, wrong: Wrong | None, key: Key | None, reads: Sequence[Unfit]) -> dict[str, Any]:
    signed = found.signed
    return {
        "entries": found.events,
        "signed": signed.size if signed else 0,
        "root": base64.b64encode(signed.root).decode() if signed else None,
        "key": str(key) if key else None,
        "witnesses": {name: moment and _moment(moment).isoformat() for name, moment in found.witnesses.items()},
        "wrong": wrong and wrong._asdict(),
        "reads": [{"process": one.process, "day": one.day.isoformat(), "position": one.position} for one in reads],
    }


def _unfit(one: Unfit) -> str:
    """Say which day of the read log is no longer as it was sealed."""
    if one.position is None:
        return t(
            f"Læseloggen for {one.process} den {one.day} er fra en dag, der er forseglet, men forseglingen mangler: rækkerne er føjet til bagefter.",
            f"The read log of {one.process} on {one.day} is of a sealed day, but has no seal: its rows were added later.",
        )
    return t(
        f"Læseloggen for {one.process} den {one.day} er ændret, siden den blev forseglet i nr. {one.position}.",
        f"The read log of {one.process} on {one.day} was changed since it was sealed in no. {one.position}.",
    )


def _moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _sentences(found: Audited, wrong: Wrong | None) -> Iterator[str]:
    if wrong:
        yield t(*SAYS[wrong.rule]).format(position=wrong.position, until=wrong.until)
        return
    if found.signed is None:
        yield t(
            "Intet har fået fingeraftryk endnu, så intet kan vises. Start kurslog signer.",
            "Nothing has a fingerprint yet, so nothing can be shown. Start kurslog signer.",
        )
        return
    yield t(
        f"Nr. 1 til {found.signed.size} er, som de var, da de fik fingeraftryk. Det viser ikke, at det er sandt.",
        f"No. 1 to {found.signed.size} are as they were when they were signed. That does not show that it is true.",
    )
    if left := found.events - found.signed.size:
        yield t(f"{left} er nyere end fingeraftrykket.", f"{left} are newer than the fingerprint.")
