"""What one process declared of its processing, gathered for its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.privacy import Declared
from service.reports.issued import issued

if TYPE_CHECKING:
    from domain.kernel import Envelope
    from service.app import Kurslog
    from service.security.gate import Caller


def declared(kurslog: Kurslog, caller: Caller, registration: Envelope) -> Declared:
    """Return what a process declared, with the recipients the caller may read."""
    process = registration.process
    data = registration.data
    return Declared(
        process,
        str(data.title),
        str(data.municipality),
        kurslog.rights.of(process).bases,
        [(one.id, one.when, one.recipient) for one in issued(kurslog, caller, process)],
    )
