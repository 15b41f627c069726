"""Who may open a file: whoever may see an entry that names it, or brought it; a portrait with everybody's yes."""

from __future__ import annotations

from collections.abc import Sequence

from domain.consenting import ConsentPurpose
from domain.kernel import Envelope
from domain.observing import MediaCaptured, Shows
from domain.refusals import Refused
from service.log.files import files_in
from service.log.reading import Reader
from service.security.gate import Caller, sees
from service.security.reading import is_own, taking_part
from service.security.rights import Rights, RightsReader


def may_open(reader: Reader, rights: RightsReader, caller: Caller, process: str, sha256: str) -> bool:
    """Return whether this file is shown to the caller now; False also when it is not kept here.

    A portrait is shown only while everybody on it says yes to it.
    """
    if not is_theirs(reader, caller, process, sha256):
        return False
    now = rights.of(process)
    return all(may_be_seen(event, caller, now) for event in reader.with_file(process, sha256))


def is_theirs(reader: Reader, caller: Caller, process: str, sha256: str) -> bool:
    """Return whether the caller brought a file, or may see an entry that names it."""
    facts = reader.files.facts(process, [sha256]).get(sha256)
    if facts is None:
        return False
    if caller.account in facts.brought_by and caller.has_part_in(process):
        return True
    naming = reader.with_file(process, sha256)
    return any(sees(caller, event) for event in naming)


def may_be_seen(event: Envelope, caller: Caller, rights: Rights) -> bool:
    """Return whether what an entry captured may be seen: a situation, or a portrait with everybody's yes."""
    if not isinstance(event.data, MediaCaptured) or event.data.shows is not Shows.PORTRAIT:
        return True
    people = event.data.portrays or ()
    return bool(people) and all(
        is_own(caller, event.process, one, rights)
        or (taking_part(one, rights) and rights.allows(one, ConsentPurpose.PHOTO))
        for one in people
    )


def check_files(reader: Reader, caller: Caller, events: Sequence[Envelope]) -> None:
    """Check that nobody opens a file for themselves by naming it in an entry of their own.

    Raises:
        Refused: for a file that is kept here and not the caller's to open; just as if it were not there.
    """
    for event in events:
        for name, sha256 in files_in(event).items():
            kept = reader.files.facts(event.process, [sha256])
            if kept and not is_theirs(reader, caller, event.process, sha256):
                raise Refused("unknown-thing", field=name, kind="file", id=sha256)
