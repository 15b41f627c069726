"""How soon the command line answers."""

from __future__ import annotations

from collections.abc import Iterator

from service.bench.entries import PROCESS
from service.bench.kernel import Bench
from service.bench.measuring import command, interleaved
from service.bench.result import Result, measured
from service.bench.result import at_most as most
from service.bench.scratch import environment_of


def start(bench: Bench) -> Iterator[Result]:
    """Ask the twin from the command line; the server is warm, and the projections are up to date."""
    environment = environment_of(bench.twin)
    found = interleaved(
        bench.rounds,
        {
            "query": lambda: command(["query", PROCESS, "timeline"], environment).seconds,
            "help": lambda: command(["--help"], environment).seconds,
        },
    )
    yield measured(
        "start/query",
        ("kurslog query, fra start til slut", "kurslog query, from start to end"),
        "s",
        found["query"],
        most(0.5),
    )
    yield measured("start/help", ("kurslog --help", "kurslog --help"), "s", found["help"])
