"""Who may open a file: whoever may see an entry that names it, or brought it."""

from __future__ import annotations

from collections.abc import Sequence

from domain.kernel import Envelope
from domain.refusals import Refused
from service.log.files import files_in
from service.log.reading import Reader
from service.security.gate import Caller, sees


def may_open(reader: Reader, caller: Caller, process: str, sha256: str) -> bool:
    """Return whether the caller may open this file; False also when it is not kept here."""
    facts = reader.files.facts(process, [sha256]).get(sha256)
    if facts is None:
        return False
    if caller.account in facts.brought_by and caller.has_part_in(process):
        return True
    naming = reader.with_file(process, sha256)
    return any(sees(caller, event) for event in naming)


def check_files(reader: Reader, caller: Caller, events: Sequence[Envelope]) -> None:
    """Check that nobody opens a file for themselves by naming it in an entry of their own.

    Raises:
        Refused: for a file that is kept here and not the caller's to open; just as if it were not there.
    """
    for event in events:
        for name, sha256 in files_in(event).items():
            kept = reader.files.facts(event.process, [sha256])
            if kept and not may_open(reader, caller, event.process, sha256):
                raise Refused("unknown-thing", field=name, kind="file", id=sha256)
