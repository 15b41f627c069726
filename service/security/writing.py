"""What one may write, beyond being let in to write at all: one check for the API and the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from domain.correcting import CORRECTING
from domain.keeping import AccessRole
from domain.kernel import REGISTRY, Declaration, Envelope
from domain.refusals import Refused
from service.log.reading import Reader
from service.queries import UnknownError
from service.record import UUID_PATTERN
from service.security.gate import MAY, TEAM, Act, Caller, sees
from service.security.opening import check_files

KEEPING: Final = "keeping"
ISSUING: Final = {"report-issued", "report-superseded"}
MEND_OTHERS: Final = frozenset(TEAM | {AccessRole.EVALUATOR})
"""The roles that correct and withdraw what others recorded, as far as they see it."""


def may_write(caller: Caller, found: Declaration) -> bool:
    """Return whether the caller may write entries of this type.

    The log's own care is the team's. That a report left the house, or was replaced, is said by who may issue one: what
    a proof shows is that this was said.
    """
    if found.stem in ISSUING:
        return caller.role in MAY[Act.ISSUE]
    return found.capability != KEEPING or caller.role in TEAM


def check_writes(reader: Reader, caller: Caller, events: Sequence[Envelope]) -> None:
    """Check what the caller is about to record, events of one process.

    Raises:
        Refused: for a correction of what the caller does not see, or may not mend, and for a file that is not theirs to
            open; just as if it were not there.
        UnknownError: for an event type that is not the caller's to write.
    """
    check_files(reader, caller, events)
    for event in events:
        if not may_write(caller, event.declaration):
            raise UnknownError(event.type)
    wanted = {str(event.data.target) for event in events if isinstance(event.data, CORRECTING)}
    if not wanted:
        return
    ids = [UUID(text) for text in wanted if UUID_PATTERN.fullmatch(text)]
    stored = {str(key): found for key, found in reader.by_id(events[0].process, ids).items()}
    sent: set[str] = set()
    for event in events:
        if isinstance(event.data, CORRECTING):
            target = str(event.data.target)
            found = stored.get(target)
            if not (mendable(caller, found) if found else target in sent):
                raise Refused("unknown-event", field="target", id=target)
        sent.add(str(event.id))


def mendable(caller: Caller, target: Envelope) -> bool:
    """Return whether the caller may correct or withdraw this entry: one's own, or as a role that mends for others."""
    if not sees(caller, target):
        return False
    if caller.role not in TEAM and target.kind in {d.kind for d in REGISTRY.values() if d.capability == KEEPING}:
        return False
    return caller.role in MEND_OTHERS or target.recordedby == caller.account
