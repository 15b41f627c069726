"""Who takes part in a process, as the log says it: access that was granted, and not taken back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from domain.keeping import AccessGranted, AccessRevoked, AccessRole
from domain.kernel import Envelope
from domain.organising import ProcessRegistered
from domain.register import Histories, same_person
from service.log.reading import Reader
from service.security.gate import Caller
from service.wire import Sender, read_event


def acting(caller: Caller, process: str, register: Histories) -> Caller:
    """Return the caller as they stand in a process.

    What the log says of their account goes before what their token says: who was granted access acts in the part that
    was granted last, and whose access was taken back acts in none, whatever their token says. Who comes by a personal
    link is one with whom the log says they are.

    Args:
        caller: who asks, as their token or session names them.
        process: where.
        register: the register of that process.
    """
    if caller.participant is not None and caller.process == process:
        caller = replace(caller, also=frozenset(same_person(register, caller.participant)) - {caller.participant})
    said = register.history(f"access/{caller.account}")
    if not said:
        return caller
    return replace(caller, role=next(reversed(parts(said)), None), process=process)


def parts(said: Iterable[Envelope]) -> dict[AccessRole, Envelope]:
    """Return the parts an account has, each with what gave it, the one granted last at the end.

    Args:
        said: what was said of the account's access, in order.
    """
    held: dict[AccessRole, Envelope] = {}
    for event in said:
        match event.data:
            case AccessGranted(role=AccessRole() as role):
                held.pop(role, None)
                held[role] = event
            case AccessRevoked(role=AccessRole() as role):
                held.pop(role, None)
            case _:
                pass
    return held


# ------------------------------------------------------------------ giving and taking
LEADING: Final = frozenset({AccessRole.PROJECT_MANAGER, AccessRole.ADMINISTRATOR})
"""The parts that say who else has access."""
GRANTED: Final = "access-granted.v1"
READ: Final = 5000


class MembershipRefusedError(Exception):
    """Access that is not given or taken so; ``rule`` has a sentence in `service.problems`."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(rule)


@dataclass(frozen=True, slots=True)
class Member:
    """One part somebody has in a process, and since when."""

    account: str
    role: AccessRole
    since: dt.datetime


def members(reader: Reader, process: str) -> list[Member]:
    """Return who has which part in a process, as the log says it, in the order it was given."""
    register = reader.register(process)
    granted = reader.process_page(process, types=[GRANTED], limit=READ)
    return [
        Member(subject.partition("/")[2], role, event.time)
        for subject in dict.fromkeys(event.subject for event in granted)
        for role, event in parts(register.history(subject)).items()
    ]


def may_grant(caller: Caller, role: AccessRole) -> bool:
    """Return whether the caller may give and take this part: an administrator any, a project manager any but that."""
    if caller.role is AccessRole.PROJECT_MANAGER:
        return role is not AccessRole.ADMINISTRATOR
    return caller.role is AccessRole.ADMINISTRATOR


def check_membership(reader: Reader, caller: Caller, events: Sequence[Envelope]) -> None:
    """Check what the caller says of access, theirs and others'.

    Raises:
        MembershipRefusedError: when the part is not theirs to give, or nobody would be left who may give one.
    """
    said = [event for event in events if isinstance(event.data, AccessGranted | AccessRevoked)]
    if not said:
        return
    if not all(isinstance(event.data.role, AccessRole) and may_grant(caller, event.data.role) for event in said):
        raise MembershipRefusedError("part-not-yours-to-give")
    leading = {(one.account, one.role) for one in members(reader, said[0].process) if one.role in LEADING}
    left = set(leading)
    for event in said:
        part = (event.data.account, event.data.role)
        if isinstance(event.data, AccessRevoked):
            left.discard(part)
        elif event.data.role in LEADING:
            left.add(part)
    if leading and not left:
        raise MembershipRefusedError("last-to-lead")


def founding(caller: Caller, registration: Envelope, sender: Sender) -> list[Envelope]:
    """Return what makes the account that begins a process its project manager, so that it is not left outside.

    Nothing for a caller whose part does not come from the log.
    """
    if not caller.creates or caller.role is not None or not isinstance(registration.data, ProcessRegistered):
        return []
    wire = {
        "type": "access-granted",
        "id": str(uuid.uuid5(registration.id, "founder")),
        "data": {"account": caller.account, "role": AccessRole.PROJECT_MANAGER.value},
    }
    return [read_event(wire, registration.process, sender)]
