"""The power is cut at a random moment: the file system keeps what had reached the disk, and nothing more."""

import os
import random
import signal
import time

import pytest

from tests.faults.conftest import Scratch, Writers, command_of_process, until
from tests.faults.disks import disk, run
from tests.faults.judging import differing, judge

pytestmark = pytest.mark.slow


def cut(scratch, found):
    """Cut the power under the server, and start it again on what the disk holds."""
    supervisor, postmaster = scratch.supervisor, scratch.postmaster
    found.cut_power()
    scratch.leave()
    for pid in (supervisor, postmaster):
        os.kill(pid, signal.SIGKILL)
    for pid in (supervisor, postmaster):
        until(lambda pid=pid: not command_of_process(pid), f"process {pid} is gone")
    found.restore_power()
    scratch.revive()


def stop_at_once(scratch):
    """Where no disk can be mounted: the server stops without writing anything more itself."""
    postmaster = scratch.postmaster
    os.kill(postmaster, signal.SIGQUIT)
    until(lambda: not command_of_process(postmaster), "the server is gone")
    scratch.revive()


def test_power_cut_under_four_writers(tmp_path, stack, often, counts, request):
    cuts, dice = often(2, 10), random.Random(7)  # noqa: S311 - repeatable
    found = disk(stack, megabytes=600, lasting=True)
    if found:
        scratch = Scratch(found.path)
        stack.callback(scratch.end)
        run("sync", "--file-system", found.path)
    else:
        scratch = request.getfixturevalue("scratch")
    writers = Writers(scratch, tmp_path, stack)
    writers.start(4)
    for _ in range(cuts):
        writers.more(30)
        time.sleep(dice.uniform(0, 0.3))
        cut(scratch, found) if found else stop_at_once(scratch)
    writers.more(30)
    writers.stop()
    app = scratch.app()
    stack.callback(app.close)
    verdict, wrong = judge(scratch.dsn, writers.notes), differing(app)
    how = (
        "power cuts (the file system of a disk of its own shut down)"
        if found
        else "immediate stops (no disk can be mounted here)"
    )
    counts(f"{cuts} {how}: {verdict}; {len(wrong)} projections differ from a clean replay")
    assert verdict.kept, verdict
    assert wrong == []
