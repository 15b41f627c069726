"""Keeping: what the log says about its own care: imports, and who has access."""

from __future__ import annotations

from enum import StrEnum

from domain.kernel import Envelope, World, event, thing
from domain.refusals import Refused
from domain.vocabulary import Count, Date, Digest, InstrumentId, LocalId, Public, Record, Visibility


class AccessRole(StrEnum):
    """What an account may do in a process."""

    PARTICIPANT = "participant"
    FACILITATOR = "facilitator"
    PROJECT_MANAGER = "project-manager"
    EVALUATOR = "evaluator"
    RESEARCHER = "researcher"
    FUNDER = "funder"
    ADMINISTRATOR = "administrator"


class ColumnMeaning(Record, kw_only=True):
    """What one column of a file says, counted from the left, the first one 0."""

    column: Count
    says: LocalId


class WordMeaning(Record, kw_only=True):
    """What a word in a file's cells stands for: a step of the scale or a skip. The word is known by a keyed hash."""

    word: Digest
    means: LocalId


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
    "import-mapping-confirmed.v1",
    da="Kolonner bekræftet",
    en="Columns confirmed",
    about="shape",
    kind="mapping",
    creates=None,
    visibility=Visibility.TEAM,
)
class ImportMappingConfirmed:
    """Somebody said what the columns of files of one shape mean for an instrument; the next such file is read by it.

    Example: in the file from the survey, column 7 is the answer to s1, and an empty cell was left blank.
    """

    shape: LocalId
    instrument_id: InstrumentId
    version: Count
    columns: tuple[ColumnMeaning, ...]
    words: tuple[WordMeaning, ...] = ()
    blank: LocalId | None = None
    mode: LocalId | None = None


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
def admit_mapping(_: object, happening: Envelope, __: World) -> None:
    """A column says one thing, and no two columns say the same."""
    data: ImportMappingConfirmed = happening.data
    for said in ([one.column for one in data.columns or ()], [one.says for one in data.columns or ()]):
        twice = next((one for at, one in enumerate(said) if one in said[:at]), None)
        if twice is not None:
            raise Refused("listed-twice", field="columns", id=twice)


def keep_access(_: object, __: Envelope) -> None:
    """Who had access when is never mended afterwards: it is taken, or given anew."""
    raise Refused("access-stands", field="target")


thing("access", da="adgang", en="access", register=True, stands=keep_access)
thing("import-completed", da="import", en="import")
thing("mapping", da="kolonners betydning", en="meaning of columns", admit=admit_mapping)
thing("read-log-sealed", da="læselog", en="read log")
