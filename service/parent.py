"""Ending with the process that started one, however that ended: one that was killed told nobody."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Final

PARENT: Final = "KURSLOG_PARENT"
"""The variable that names the process to end with, for a command that runs beside a server."""
WATCH_SECONDS: Final = 0.5


def end_with(parent: int) -> None:
    """Ask this process to end as soon as ``parent`` is its parent no more."""
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
