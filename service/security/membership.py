"""Who takes part in a process, as the log says it: access that was granted, and not taken back."""

from __future__ import annotations

from dataclasses import replace

from domain.keeping import AccessGranted, AccessRevoked, AccessRole
from domain.register import Histories
from service.security.gate import Caller


def acting(caller: Caller, process: str, register: Histories) -> Caller:
    """Return the caller as they stand in a process.

    What the log says of their account goes before what their token says: who was granted access acts in the part that
    was granted last, and whose access was taken back acts in none, whatever their token says.

    Args:
        caller: who asks, as their token or session names them.
        process: where.
        register: the register of that process.
    """
    said = register.history(f"access/{caller.account}")
    if not said:
        return caller
    held: dict[AccessRole, None] = {}
    for event in said:
        match event.data:
            case AccessGranted(role=AccessRole() as role):
                held.pop(role, None)
                held[role] = None
            case AccessRevoked(role=AccessRole() as role):
                held.pop(role, None)
            case _:
                pass
    return replace(caller, role=next(reversed(held), None), process=process)
