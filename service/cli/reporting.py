"""``kurslog report``: a draft written to a file, or a report issued with the proof beside it."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from service.cli.operator import operator
from service.cli.say import refuse, t, words
from service.cli.writing import whole
from service.log.ledger import UnsignedError
from service.reports import build
from service.reports.issued import PROOF
from service.reports.issuing import Issue, Order, issue
from service.security.gate import Act

if TYPE_CHECKING:
    from service.app import Kurslog

SIGNER_SECONDS: Final = 10.0
"""How long a signer is waited for: it follows the log, and signs about once a second."""
EMBEDDED_SECONDS: Final = 2.0
"""On the embedded server there may be none, and this machine holds the key."""
STEP_SECONDS: Final = 0.05


def draft(app: Kurslog, process: str, order: Order, out: Path) -> None:
    """Write a report to a file, for whoever has this machine; nothing is recorded."""
    caller = operator(app)
    app.queries.check(caller, Act.REPORT, process)
    clocks = app.queries.clocks(process, order.known_by, order.happened_by)
    content = build(
        app,
        caller,
        process,
        template=order.template,
        language=order.language,
        format=order.format,
        clocks=clocks,
    )
    with whole(out) as file:
        file.write(content)
    words(
        t(
            f"Rapporten er skrevet til {out} (kendt til og med nr. {clocks.position}).",
            f"Written to {out} (as known by no. {clocks.position}).",
        )
    )


def issue_to(app: Kurslog, process: str, order: Order, out: Path) -> None:
    """Issue a report, write it to a file, and its proof beside it.

    Raises:
        SystemExit: with 1 when it is issued and no signed checkpoint covers it in time.
    """
    done = issue(app, operator(app), process, order, now=dt.datetime.now(dt.UTC))
    with whole(out) as file:
        file.write(done.content)
    words(_told(done, out))
    if not done.new and order.supersedes:
        words(t("Intet er afløst: indholdet er det samme.", "Nothing was replaced: the content is the same."))
    proof = proven(app, done.position)
    if proof is None:
        raise refuse(
            t(
                f"Beviset er ikke underskrevet endnu. Start en underskriver, og kør kommandoen igen: intet udstedes to gange. "
                f"Beviset kommer til at ligge i {out}.{PROOF}.",
                f"The proof is not signed yet. Start a signer, and run the command again: nothing is issued twice. "
                f"The proof will lie in {out}.{PROOF}.",
            )
        )
    beside = out.with_name(f"{out.name}.{PROOF}")
    with whole(beside) as file:
        file.write(proof.encode())
    words(t(f"Beviset ligger i {beside}.", f"The proof lies in {beside}."))


def _told(done: Issue, out: Path) -> str:
    if done.new:
        return t(
            f"Rapporten {done.report} er udstedt (nr. {done.position}, kendt til og med nr. {done.known_by}) og skrevet til {out}.",
            f"The report {done.report} is issued (no. {done.position}, as known by no. {done.known_by}) and written to {out}.",
        )
    return t(
        f"Den samme rapport er allerede udstedt som {done.report} (nr. {done.position}). Intet nyt er registreret; den er skrevet til {out}.",
        f"The same report was issued already as {done.report} (no. {done.position}). Nothing new was recorded; it is written to {out}.",
    )


def proven(app: Kurslog, position: int) -> str | None:
    """Return the proof of an entry, with the entry in it, once a signed checkpoint covers it; None when none does in time.

    On the embedded server, where no signer runs, the command line signs itself, and says so.
    """
    embedded = app.settings.database_url is None
    until = time.monotonic() + (EMBEDDED_SECONDS if embedded else SIGNER_SECONDS)
    while time.monotonic() < until:
        try:
            return str(app.ledger.proof(position, with_entry=True))
        except UnsignedError:
            time.sleep(STEP_SECONDS)  # polls the checkpoint; nothing is locked meanwhile
    if not embedded:
        return None
    signing = app.signing()
    while signing.step() is not None:
        pass
    words(
        t(
            "Ingen underskriver kørte; kommandoen har selv skrevet under med nøglen på denne maskine.",
            "No signer was running; the command signed by itself with the key on this machine.",
        )
    )
    return str(app.ledger.proof(position, with_entry=True))
