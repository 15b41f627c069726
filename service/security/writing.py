"""What one may write, beyond being let in to write at all: one check for the API and the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from domain.correcting import CORRECTING
from domain.keeping import AccessRole
from domain.kernel import REGISTRY, Declaration, Envelope, named
from domain.observing import QuoteApprovalWithdrawn, QuoteApproved, QuoteCaptured
from domain.refusals import Refused
from domain.vocabulary import Actor, ActorKind
from service.log.reading import Reader
from service.queries import UnknownError
from service.record import UUID_PATTERN
from service.security.gate import MAY, TEAM, Act, Caller, says, sees
from service.security.membership import LEADING, check_membership
from service.security.opening import check_files

KEEPING: Final = "keeping"
MEMBERSHIP: Final = {"access-granted", "access-revoked"}
ISSUING: Final = {"report-issued", "report-superseded"}
OF_ONESELF: Final = {"consenting", "assessing", "relating"}
"""What whoever comes by a personal link writes about themselves alone."""
IN_OWN_NAME: Final = OF_ONESELF | {"contributing", "reflecting"}
"""What they say of these is not said as another participant; an idea or a reflection may be nobody's, or a group's."""
SPOKEN_BY: Final = {"observer-assessment-submitted": ("rater",), "relation-disputed": ("by", "to")}
"""The fields that say who speaks, where that is not whose text it is."""
APPROVING: Final = (QuoteApproved, QuoteApprovalWithdrawn)
OWN_WORDS: Final = OF_ONESELF | {"contributing", "reflecting", "observing", "belonging"}
"""What a participant said of these is theirs to mend, whoever wrote it down."""
CODING: Final = "coding"
"""What texts show is for those who evaluate to say: whoever is coded does not code."""
BY_ITSELF: Final = {"erasure-executed"}
"""What Kurslog alone says, for it alone makes it true."""
OF_TEAM: Final = {"erasure-decided", "access-answered", "recipient-notified", "participants-merged"}
"""What the team answers who asks for their rights; and who is one with whom: that opens what is held of both."""
MEND_OTHERS: Final = frozenset(TEAM | {AccessRole.EVALUATOR})
"""The roles that correct and withdraw what others recorded, as far as they see it."""


def may_write(caller: Caller, found: Declaration) -> bool:
    """Return whether the caller may write entries of this type.

    The log's own care, the answer to a request and who is one with whom are the team's; what texts show, the
    evaluators'; who has access, that of those who lead it. That a report left the house, or was replaced, is said by
    who may issue one: what a proof shows is that this was said.
    """
    if found.stem in BY_ITSELF or (caller.participant and found.capability in OF_ONESELF and not spoken_by(found)):
        return False
    if found.stem in ISSUING:
        return caller.role in MAY[Act.ISSUE]
    if found.stem in MEMBERSHIP:
        return caller.role in LEADING
    if found.capability == CODING:
        return caller.role is AccessRole.EVALUATOR
    return (found.capability != KEEPING and found.stem not in OF_TEAM) or caller.role in TEAM


def spoken_by(found: Declaration) -> tuple[str, ...]:
    """Return the fields of a type that say who it is that speaks."""
    return SPOKEN_BY.get(found.stem) or ((found.owner,) if found.owner else ())


def check_oneself(caller: Caller, event: Envelope) -> None:
    """Check that who comes by a personal link says yes, answers, asks and speaks in their own name alone.

    Raises:
        Refused: for anybody else's; just as if they were not there.
    """
    if caller.participant is None:
        return
    found = event.declaration
    fields = spoken_by(found) if found.capability in IN_OWN_NAME else ()
    said = [(name, named(event.data, name)) for name in fields]
    for name, who in [*said, ("onbehalfof", event.onbehalfof)]:
        if isinstance(who, Actor) and who.kind is not ActorKind.PARTICIPANT:
            if found.capability not in OF_ONESELF:
                continue
            raise Refused("unknown-thing", field=name, kind=who.kind.value, id=who.ref or "")
        ref = who.ref if isinstance(who, Actor) else who
        if isinstance(ref, str) and not caller.is_one(ref):
            raise Refused("unknown-thing", field=name, kind="participant", id=ref)


def _check_quote(reader: Reader, caller: Caller, event: Envelope) -> None:
    """Check that a participant approves words of their own."""
    if caller.participant and isinstance(event.data, APPROVING):
        about = reader.things(event.process, [event.subject])
        if not any(isinstance(one.data, QuoteCaptured) and caller.is_one(one.author) for one in about):
            raise Refused("unknown-thing", field="quote_id", kind="quote", id=str(event.data.quote_id))


def check_writes(reader: Reader, caller: Caller, events: Sequence[Envelope]) -> None:
    """Check what the caller is about to record, events of one process.

    Raises:
        Refused: for a correction of what the caller does not see, or may not mend, and for a file that is not theirs to
            open; just as if it were not there.
        UnknownError: for an event type that is not the caller's to write.
        MembershipRefusedError: for access that is not theirs to give or take.
    """
    check_files(reader, caller, events)
    for event in events:
        if not may_write(caller, event.declaration):
            raise UnknownError(event.type)
        check_oneself(caller, event)
        _check_quote(reader, caller, event)
    check_membership(reader, caller, events)
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
    kept = target.kind in {d.kind for d in REGISTRY.values() if d.capability == KEEPING}
    if caller.role not in TEAM and (kept or target.declaration.stem in OF_TEAM):
        return False
    own = says(caller, target) and target.declaration.capability in OWN_WORDS
    return own or caller.role in MEND_OTHERS or target.recordedby == caller.account
