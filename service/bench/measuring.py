"""Measuring: works done turn by turn, so that what else the machine does falls on all of them."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

Work = Callable[[], object]
Key = TypeVar("Key")
SAID_MOST: Final = 300
LAUNCHER: Final = """
import os, sys, time
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
begun = time.perf_counter()
_, status, used = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet), 0)
print(time.perf_counter() - begun, used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Starts a command from a small process: on Linux a child's largest memory begins at that of whoever started it."""


class FailedError(Exception):
    """A command that was measured did not end well; the message holds what it said last."""


def seconds(work: Work) -> float:
    """Return how long a work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def rate(count: int, work: Work) -> Callable[[], float]:
    """Return a measurement: how many things a second, where the work does ``count`` of them."""
    return lambda: count / seconds(work)


def median_ms(times: int, work: Work) -> Callable[[], float]:
    """Return a measurement: the median of so many times of the work, in milliseconds."""
    return lambda: 1000 * statistics.median(seconds(work) for _ in range(times))


def interleaved(rounds: int, measurements: Mapping[Key, Callable[[], float]]) -> dict[Key, list[float]]:
    """Return what each measurement gave in each round; every other round goes backwards, and a first one counts not."""
    found: dict[Key, list[float]] = {name: [] for name in measurements}
    for turn in range(rounds + 1):
        for name in list(measurements)[:: -1 if turn % 2 else 1]:
            found[name].append(measurements[name]())
    return {name: values[1:] for name, values in found.items()}


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command took: seconds from its start to its end, and its largest memory in megabytes."""

    seconds: float
    megabytes: float


def command(arguments: Sequence[str], environment: Mapping[str, str]) -> Ran:
    """Run a ``kurslog`` command in a process of its own, as people do.

    Raises:
        FailedError: when it ends with anything but 0.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", LAUNCHER, sys.executable, "-m", "service.cli.main", *arguments],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise FailedError(f"kurslog {' '.join(arguments[:2])}: {done.stderr.decode(errors='replace')[-SAID_MOST:]}")
    took, size = done.stdout.split()
    kilobytes = int(size) / (1024 if sys.platform == "darwin" else 1)
    return Ran(float(took), kilobytes / 1024)
