"""``kurslog erase``: what was asked by word of mouth or by letter, recorded, decided and carried out at once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from service.cli.operator import operator
from service.cli.say import refuse, t, words
from service.erasing import Holding, ask, execute, holding
from service.reports.touched import touched
from service.security.gate import Act

if TYPE_CHECKING:
    from service.app import Kurslog


def erase(app: Kurslog, process: str, participant: str, *, ground: str, verdict: str, sure: bool) -> None:
    """Erase a participant; print where it stands in the log.

    Raises:
        SystemExit: with 1 when nobody said yes.
    """
    caller = operator(app)
    app.queries.check(caller, Act.SEE, process)
    words(_said(holding(app, process, participant)))
    if not sure:
        _confirm(participant)
    request = ask(app, process, participant, caller.account, verdict=verdict, ground=ground)
    position = execute(app, process, request)
    click.echo(position)
    words(
        t(
            f"Slettet (nr. {position}). Ældre sikkerhedskopier holder det, til de er slettet, eller nøglen er skiftet: kurslog keys rotate.",
            f"Erased (no. {position}). Older backups hold it until they are deleted or the key is changed: kurslog keys rotate.",
        )
    )
    for one in touched(app, process, participant):
        words(
            t(
                f"Rapporten {one.report} er lukket. Giv modtageren besked, og registrér det: recipient-notified.",
                f"The report {one.report} is closed. Tell its recipient, and record it: recipient-notified.",
            )
        )


def _said(held: Holding) -> str:
    return t(
        f"Tekster: {held.texts} ({held.for_accounts} til regnskabet). Filer: {held.files}. Ventende linjer: {held.waiting}. "
        f"Udstedte rapporter: {held.reports}.",
        f"Texts: {held.texts} ({held.for_accounts} of the accounts). Files: {held.files}. Waiting lines: {held.waiting}. "
        f"Issued reports: {held.reports}.",
    )


def _confirm(participant: str) -> None:
    if not sys.stdin.isatty():
        raise refuse(t("Intet er slettet. Skriv --yes, når ingen kan svare.", "Nothing was erased. Give --yes where nobody can answer."))  # fmt: skip
    if not click.confirm(t(f"Slet {participant}? Det kan ikke fortrydes.", f"Erase {participant}? It cannot be undone."), err=True):  # fmt: skip
        raise refuse(t("Intet er slettet.", "Nothing was erased."))
