"""``kurslog privacy record``: the record of processing on stdout."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from service.cli.operator import operator
from service.cli.say import spoken
from service.privacy import markdown, record
from service.reports.processing import declared
from service.security.gate import Act
from service.words import Speech

if TYPE_CHECKING:
    from service.app import Kurslog


def print_records(app: Kurslog, process: str | None, output: str, language: str | None) -> None:
    """Print the record of one process, or (None) of every one: Markdown, or one JSON object a process in a list."""
    lang, caller = language or spoken(), operator(app)
    registered = [
        app.queries.check(caller, Act.SEE, name) for name in ([process] if process else app.reader.processes())
    ]
    found = {one.process: record(declared(app, caller, one), lang) for one in registered}
    if output == "json":
        shown = [{"process": name, "sections": [one._asdict() for one in sections]} for name, sections in found.items()]
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    title = Speech(lang)("Fortegnelse over behandling", "Record of processing")
    click.echo("\n".join(markdown(f"{title}: {name}", sections) for name, sections in found.items()), nl=False)
