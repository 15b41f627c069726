"""Old shapes of events, brought to today's on reading; stored bytes are never touched.

To change the shape of an event: declare it under a new name (``x.v2``), delete the class of the old one, and add a step
here. The golden file of every version ever stored stays, and a test reads each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

Data = dict[str, Any]

STEPS: Final[dict[str, tuple[str, Callable[[Data], Data]]]] = {}
"""Old name -> (next name, how its data becomes the next one's)."""


def upcast(name: str, data: Data) -> tuple[str, Data]:
    """Return today's name and data of a stored event."""
    while name in STEPS:
        name, step = STEPS[name]
        data = step(data)
    return name, data


def stored_names(name: str) -> set[str]:
    """Return the names under which events of today's name may be stored: its own, and older ones that become it."""
    found = {name}
    while more := {old for old, (new, _) in STEPS.items() if new in found} - found:
        found |= more
    return found
