"""Attending: where each person stands to each gathering; unknown, absent and never asked are kept apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.gathering import (
    Attendance,
    AttendanceRecorded,
    GatheringCancelled,
    GatheringHeld,
    GatheringPlanned,
    HeadcountRecorded,
    InvitationSent,
)
from domain.kernel import Envelope
from projections.kernel import State, of_kind, ref_in, value, when
from projections.people import People, day_of, marked

ASKED, NEVER_ASKED = "asked", "never-asked"
STANDINGS: Final = (*(one.value for one in Attendance), ASKED, NEVER_ASKED)
"""Where somebody stands: what was recorded; else asked, with nothing recorded since; else never asked."""
LISTED: Final = ("gathering", "group", "headcount-recorded", "invitation-sent")
"""What an answer tells one by one, and so only to whoever may see each of their entries."""


# ------------------------------------------------------------------ folding
def planned(state: State, event: Envelope) -> State:
    """A gathering was called."""
    fields = {name: value(event, name) for name in ("title", "series", "starts")}
    starts = fields["starts"]
    mark = (
        {**when(event), "time": starts, "end": starts, "precision": "instant"}
        if isinstance(starts, str)
        else when(event)
    )
    return marked({"status": "planned", "when": mark, **state, **fields, "gathering_kind": value(event, "kind")}, event)


def held(state: State, event: Envelope) -> State:
    """It took place."""
    return marked({**state, "status": "held", "when": when(event)}, event)


def cancelled(state: State, event: Envelope) -> State:
    """It did not."""
    return marked({"when": when(event), **state, "status": "cancelled"}, event)


def attended(state: State, event: Envelope) -> State:
    """Whether somebody came; said again, the latest word stands."""
    names = ("gathering_id", "participant_id", "status", "role")
    return marked({**state, **{name: value(event, name) for name in names}, "when": when(event)}, event)


def headcount(state: State, event: Envelope) -> State:
    """Somebody counted those who were there."""
    fields = {name: value(event, name) for name in ("gathering_id", "total", "basis")}
    return marked({**state, **fields, "by_role": _counts(event.data.by_role), "when": when(event)}, event)


def invited(state: State, event: Envelope) -> State:
    """People were asked to come."""
    fields = {name: value(event, name) for name in ("gathering_id", "channel")}
    return marked({**state, **fields, "reach": _counts(event.data.reach), "when": when(event)}, event)


def _counts(found: Any) -> list[State]:
    return [{"role": item.role.value, "count": item.count} for item in found or ()]


# ------------------------------------------------------------------ one person at one gathering
@dataclass(frozen=True, slots=True)
class Place:
    """Where one person stands to one gathering, in which role, and the states that say so."""

    gathering: str
    person: str
    standing: str
    role: str
    rests_on: tuple[State, ...]


class Attending:
    """Every person's place at every gathering, each person once."""

    def __init__(self, everything: Mapping[str, State], depth: int) -> None:
        states = {entity: state for entity, state in everything.items() if _may_list(entity, state, depth)}
        self.people = People(states)
        self.gatherings = {
            ref: state
            for ref, state in of_kind(states, "gathering").items()
            if "title" in state or state.get("status") == "held"
        }
        self.rows = [state for state in of_kind(states, "attendance").values() if "participant_id" in state]
        self.headcounts = of_kind(states, "headcount-recorded")
        self.invitations = of_kind(states, "invitation-sent")
        self.places = [place for ref in self.gatherings for place in self._at(ref)]

    def asked(self, gathering: str) -> list[State]:
        """Return the invitations to a gathering."""
        return [state for state in self.invitations.values() if state.get("gathering_id") == gathering]

    def _at(self, ref: str) -> list[Place]:
        gathering, found = self.gatherings[ref], dict[str, list[State]]()
        if gathering.get("status") == "cancelled":
            return []
        for row in self.rows:
            if row["gathering_id"] == ref:
                found.setdefault(self.people.one(row["participant_id"]), []).append(row)
        places = [self._recorded(ref, person, rows) for person, rows in found.items()]
        invitations = self.asked(ref)
        if not places and not invitations:
            return []  # nobody wrote anything down: then nobody was left out either
        day = day_of(gathering.get("when"))
        silent = [one for one in self.people.registered() if one not in found and self.people.here_on(one, day)]
        return [*places, *(self._unrecorded(ref, person, invitations) for person in silent)]

    def _recorded(self, ref: str, person: str, rows: list[State]) -> Place:
        """Return the place of somebody with a row; of two rows of one person the one that says most counts."""
        order = ("present", "excused", "absent", "unknown")
        said = sorted((row for row in rows if row["status"] in order), key=lambda row: order.index(row["status"])) or [
            {**rows[0], "status": "unknown"}
        ]
        role = ref_in(said[0], "role") or self.people.role_on(person, day_of(said[0].get("when")))
        return Place(ref, person, said[0]["status"], role, tuple(rows))

    def _unrecorded(self, ref: str, person: str, invitations: list[State]) -> Place:
        day = day_of(self.gatherings[ref].get("when"))
        roles = self.people.roles_on(person, day)
        reached = [state for state in invitations if _reaches(state, roles)]
        standing = ASKED if reached else NEVER_ASKED
        role = self.people.role_on(person, day)
        return Place(ref, person, standing, role, (*self.people.states(person), *(reached or invitations)))


def _may_list(entity: str, state: State, depth: int) -> bool:
    return entity.partition("/")[0] not in LISTED or state["depth"] <= depth


def _reaches(invitation: State, roles: set[str]) -> bool:
    """Whether an invitation reached somebody with these roles; one that says not whom it reached may have."""
    reached = {one["role"] for one in invitation["reach"] if one["count"]}
    return not reached or bool(reached & roles)


FOLDS: Final[dict[type, Callable[[State, Envelope], State]]] = {
    GatheringPlanned: planned,
    GatheringHeld: held,
    GatheringCancelled: cancelled,
    AttendanceRecorded: attended,
    HeadcountRecorded: headcount,
    InvitationSent: invited,
}
"""How each event changes the state of what it is about."""
