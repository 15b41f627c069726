"""Keeping: what the log says about its own care: imports, and who has access."""

from __future__ import annotations

from enum import StrEnum

from domain.kernel import Envelope, event, thing
from domain.refusals import Refused
from domain.vocabulary import Count, Date, Digest, LocalId, Public, Visibility


class AccessRole(StrEnum):
    """What an account may do in a process."""

    PARTICIPANT = "participant"
    FACILITATOR = "facilitator"
    PROJECT_MANAGER = "project-manager"
    EVALUATOR = "evaluator"
    RESEARCHER = "researcher"
    FUNDER = "funder"
    ADMINISTRATOR = "administrator"


@event("import-completed.v1", da="Import afsluttet", en="Import completed", visibility=Visibility.TEAM)
class ImportCompleted:
    """A file was read in: how many entries were taken, how many wait.

    Example: 2,296 rows taken in, 5 in quarantine.
    """

    file_sha256: Digest
    format: Public
    mapping: Public | None = None
    accepted: Count
    quarantined: Count


@event(
    "access-granted.v1",
    da="Adgang givet",
    en="Access granted",
    about="account",
    kind="access",
    creates=None,
    visibility=Visibility.TEAM,
)
class AccessGranted:
    """An account may act in the process, in this part.

    Example: the new project manager gets access.
    """

    account: LocalId
    role: AccessRole


@event(
    "access-revoked.v1",
    da="Adgang taget",
    en="Access revoked",
    about="account",
    kind="access",
    visibility=Visibility.TEAM,
)
class AccessRevoked:
    """An account may no longer act in the process in this part.

    Example: the project manager changed job.
    """

    account: LocalId
    role: AccessRole


@event("read-log-sealed.v1", da="Læselog forseglet", en="Read log sealed", visibility=Visibility.TEAM)
class ReadLogSealed:
    """The day's log of who read personal data was closed, and its fingerprint kept here.

    Example: 214 reads on 6 May, sealed at midnight.
    """

    day: Date
    count: Count
    root: Digest


# ------------------------------------------------------------------ rules
def keep_access(_: object, __: Envelope) -> None:
    """Who had access when is never mended afterwards: it is taken, or given anew."""
    raise Refused("access-stands", field="target")


thing("access", da="adgang", en="access", register=True, stands=keep_access)
thing("import-completed", da="import", en="import")
thing("read-log-sealed", da="læselog", en="read log")
