"""The memory that commands take which go through a whole log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from service.bench.entries import PROCESS, plan_of
from service.bench.kernel import Bench
from service.bench.measuring import command
from service.bench.result import MEGABYTES, Result, measured
from service.bench.result import at_most as most
from service.bench.scratch import environment_of
from service.simulation import lines

MOST_MB: Final = 300
"""Of a million events; of fewer, too."""


def memory(bench: Bench) -> Iterator[Result]:
    """Take a file of ``events`` events in, write it out, rebuild and verify it, each in a process of its own."""
    app = bench.empty()
    home, environment = app.settings.home, environment_of(app)
    source, out = home / "in.ndjson", home / "out.ndjson"
    with source.open("wb") as file:
        file.writelines(lines(plan_of(bench.events)))
    for name, arguments in {
        "import": ["import", PROCESS, str(source)],
        "export": ["export", PROCESS, "events.ndjson", "--out", str(out)],
        "rebuild": ["rebuild"],
        "verify": ["verify", "--texts"],
    }.items():
        if name == "verify":
            while app.signing().follow():  # nothing is verified before it is signed
                pass
        used = command(arguments, environment).megabytes
        what = f"kurslog {name}, {app.reader.head()}"
        yield measured(
            f"memory/{name}", (f"{what} registreringer", f"{what} entries"), MEGABYTES, [used], most(MOST_MB)
        )
    source.unlink()
    out.unlink()
