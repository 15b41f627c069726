"""``kurslog bench``: how fast the store is here, as a table or as JSON."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any, Final

import click

from service.bench.everything import GROUPS, run
from service.bench.kernel import Bench
from service.bench.machine import machine, versions
from service.bench.result import Result
from service.bench.scratch import scratch
from service.cli.say import spoken, t, words
from service.settings import Settings

WIDTHS: Final = (32, 12, 10, 8, 5)


def bench(name: str | None, *, events: int, rounds: int, peers: bool, as_json: bool) -> None:
    """Measure, and print each line: as it comes on a table, all together as JSON."""
    if name is not None and name not in GROUPS:
        raise click.BadParameter(", ".join(GROUPS), param_hint="NAME")
    names = [name] if name else list(GROUPS)
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(scratch(Settings.from_environment()))
        head = {
            "machine": machine(),
            "versions": versions(place.server),
            "server": "embedded" if place.embedded else "KURSLOG_DATABASE_URL",
            "events": events,
            "rounds": rounds,
        }
        found = run(Bench(place, events, rounds, stack, peers=peers), names, _told)
        if as_json:
            click.echo(json.dumps({**head, "results": [one.document() for one in found]}, ensure_ascii=False, indent=2))
        else:
            _print(head, found)


def _told(group: str) -> None:
    words(t(f"Måler {group} …", f"Measuring {group} …"))


def _print(head: dict[str, Any], found: Iterator[Result]) -> None:
    for line in heading(head):
        click.echo(line)
    for one in found:
        click.echo(row(one, spoken()))


def heading(head: dict[str, Any]) -> Iterator[str]:
    """Yield what a table begins with: what it was measured on, and the names of its columns."""
    for part in ("machine", "versions"):
        yield ", ".join(f"{name} {value}" for name, value in head[part].items() if value is not None)
    yield t(
        f"{head['events']} registreringer, {head['rounds']} runder; hver værdi er rundernes median",
        f"{head['events']} entries, {head['rounds']} rounds; each value is the median of the rounds",
    )
    yield ""
    yield _line(
        t("måling", "line"),
        t("værdi", "value"),
        t("enhed", "unit"),
        t("mål", "goal"),
        t("nået", "met"),
        t("hvad", "what"),
    )


def row(one: Result, language: str) -> str:
    """Return a result as a line of the table."""
    at = 0 if language == "da" else 1
    met = {None: "", True: ("ja", "yes")[at], False: ("NEJ", "NO")[at]}[one.met]
    value = ("ikke målt", "not run")[at] if one.value is None else figure(one.value, language)
    said = one.what[at] + (f": {one.why[at]}" if one.why else "")
    return _line(one.name, value, one.unit, _spoken(str(one.goal or ""), language), met, said)


def figure(value: float, language: str) -> str:
    """Return a number as the language writes it, with no more digits than were measured."""
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits count
    return _spoken(text, language)


def _spoken(text: str, language: str) -> str:
    return text.translate(str.maketrans(",.", ".,")) if language == "da" else text


def _line(*cells: str) -> str:
    name, value, unit, goal, met, what = cells
    first = name.ljust(WIDTHS[0])
    return f"{first} {value.rjust(WIDTHS[1])} {unit.ljust(WIDTHS[2])} {goal.rjust(WIDTHS[3])} {met.rjust(WIDTHS[4])}  {what}".rstrip()
