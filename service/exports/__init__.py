"""Exports: the log in open formats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from service.log.reading import LAST
from service.security.readlog import Use

if TYPE_CHECKING:
    from service.app import Kurslog
    from service.security.gate import Caller

EXPORTS: Final = {"events.ndjson": "application/x-ndjson"}
"""Format -> media type."""
PAGE: Final = 2000
ENCODE: Final = msgspec.json.Encoder().encode


def export_lines(kurslog: Kurslog, caller: Caller, process: str, until: int = LAST) -> Iterator[bytes]:
    """Yield a process's events as lines of CloudEvents, page by page, with the texts the caller may see.

    Whose texts were read is noted page by page, before they leave: of a large process that is more than is held.
    """
    after = 0
    while events := kurslog.reader.process_page(process, after=after, until=until, limit=PAGE):
        with kurslog.reads.during(Use.EXPORT):
            told = kurslog.queries.cloud_events(caller, process, events)
        yield b"".join(ENCODE(event) + b"\n" for event in told)
        after = events[-1].position
