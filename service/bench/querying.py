"""Asking: every projection now and as of, beside itself in a log a hundred times as large; and appending to that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Final

from domain.keeping import AccessRole
from projections.everything import PROJECTIONS
from service.app import Kurslog
from service.bench.entries import ACCOUNT, PROCESS, contributions
from service.bench.kernel import Bench
from service.bench.measuring import interleaved, median_ms
from service.bench.result import MILLISECONDS, Result, beside, measured
from service.bench.result import at_most as most
from service.queries import Clocks, Queries
from service.security.gate import Caller

TIMES: Final = 7
SHARES: Final = (0.25, 0.5, 0.75, 0.999)
"""Where in the process's history is asked back to."""
NOW: Final = 1.0
CALLER: Final = Caller(ACCOUNT, AccessRole.EVALUATOR)
APPENDS: Final = 20


def queries(bench: Bench) -> Iterator[Result]:
    """Ask every projection now and as of earlier positions, in the log that has grown."""
    app = bench.grown
    head = app.reader.process_head(PROCESS)[0]
    clocks: dict[float, Clocks] = {share: Clocks(max(1, int(share * head))) for share in SHARES}
    clocks[NOW] = app.queries.clocks(PROCESS)
    for name in app.queries.projections:
        found = interleaved(bench.rounds, {at: _asking(app, name, clock) for at, clock in clocks.items()})
        back = [max(found[share][turn] for share in SHARES) for turn in range(bench.rounds)]
        yield measured(
            f"query/{name}",
            (f"{name} nu, {bench.events} i logbogen", f"{name} now, {bench.events} in the log"),
            MILLISECONDS,
            found[NOW],
        )
        yield beside(
            f"query/{name}/as-of",
            (
                f"{name} som set fra det dyreste af {len(SHARES)} steder, mod nu",
                f"{name} as of the dearest of {len(SHARES)} positions, beside now",
            ),
            back,
            found[NOW],
            most(2),
        )


def growth(bench: Bench) -> Iterator[Result]:
    """Ask and append in a small log and in one that has grown, turn by turn; the process asked about is the same."""
    small, grown = bench.small, bench.grown
    sizes = f"{small.reader.head()} → {bench.events}"
    for name in small.queries.projections:
        both = {
            size: _asking(app, name, app.queries.clocks(PROCESS)) for size, app in (("small", small), ("grown", grown))
        }
        found = interleaved(bench.rounds, both)
        yield beside(
            f"growth/{name}",
            (f"{name}, {sizes} i logbogen", f"{name}, {sizes} in the log"),
            found["grown"],
            found["small"],
            most(1.3),
        )
    for count in (1, 100):
        found = interleaved(bench.rounds, {"small": _appending(small, count), "grown": _appending(grown, count)})
        yield beside(
            f"growth/append-{count}",
            (f"save af {count}, {sizes} i logbogen", f"save of {count}, {sizes} in the log"),
            found["grown"],
            found["small"],
            most(1.3),
        )


def _asking(app: Kurslog, name: str, clocks: Clocks) -> Callable[[], float]:
    """Ask anew each time: of what a server keeps nothing is asked."""
    anew = Queries(app.texts, app.rights, app.reader, app.projector, PROJECTIONS, kept=0)
    return median_ms(TIMES, partial(anew.ask, CALLER, PROCESS, name, clocks))


def _appending(app: Kurslog, count: int) -> Callable[[], float]:
    """Return the measurement of a call's median milliseconds."""

    def measure() -> float:
        events = iter(contributions(count * APPENDS))
        return median_ms(APPENDS, lambda: app.log.save(*islice(events, count)))()

    return measure
