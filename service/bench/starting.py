"""How soon the command line answers."""

from __future__ import annotations

from collections.abc import Iterator

from service.bench.entries import PROCESS, take_in
from service.bench.kernel import Bench
from service.bench.measuring import command, interleaved
from service.bench.result import Result, measured
from service.bench.result import at_most as most
from service.bench.scratch import environment_of
from service.simulation import Plan


def start(bench: Bench) -> Iterator[Result]:
    """Ask the twin from the command line; the server is warm, and the projections are up to date."""
    app = bench.stack.enter_context(bench.scratch.at_home())
    take_in(app, Plan())
    # As pip leaves an installed Kurslog, whatever this machine is told of its own: compiled, once, in the round that counts not.
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(app.settings.home / "compiled")}
    environment = environment_of(app, **compiled)
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
