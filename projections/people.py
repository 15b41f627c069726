"""People as projections count them: one person once, in the role held that day, in the groups they are in.

States of participants and groups are folded here, so that every projection that needs people folds them alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from domain.belonging import (
    GroupDissolved,
    GroupFormed,
    GroupJoined,
    GroupLeft,
    GroupMerged,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantsMerged,
    RoleAssumed,
    RoleEnded,
)
from domain.timing import local_day
from projections.kernel import DEPTH, State, of_kind, seen, value, when

if TYPE_CHECKING:
    from domain.kernel import Envelope

PARTICIPANT_EVENTS: Final = (ParticipantRegistered, ParticipantLeft, ParticipantsMerged, RoleAssumed, RoleEnded)
GROUP_EVENTS: Final = (GroupFormed, GroupJoined, GroupLeft, GroupMerged, GroupDissolved)
UNSTATED: Final = "unstated"
"""The role of somebody who had several that day, or none, and did not say which."""


# ------------------------------------------------------------------ folding
def participant(state: State, event: Envelope) -> State:
    """Fold a participant: since when, in which roles, gone when, and who turned out to be the same."""
    now = {"roles": [], "same": [], **state}
    match event.data:
        case ParticipantRegistered():
            now["when"] = when(event)
        case ParticipantLeft():
            now["left"] = when(event)
        case ParticipantsMerged():
            now["same"] = [*now["same"], value(event, "duplicate_id")]
        case RoleAssumed():
            now["roles"] = [*now["roles"], _span(event)]
        case RoleEnded():
            end = value(event, "to") if event.data.to else _iso(day_of(when(event)))
            now["roles"] = [_ended(span, value(event, "role"), end) for span in now["roles"]]
    return seen(now, event)


def _span(event: Envelope) -> State:
    """Return a role with its first and last day; an unknown first day lets it hold from the beginning."""
    start = value(event, "from_") if event.data.from_ else _iso(day_of(when(event)))
    return {"role": value(event, "role"), "from": start, "to": value(event, "to") if event.data.to else None}


def _ended(span: State, role: object, end: str | None) -> State:
    return {**span, "to": end} if span["role"] == role and span["to"] is None else span


def group(state: State, event: Envelope) -> State:
    """Fold a group: its title, who is in it, and what it went into."""
    now: State = {"members": [], **state}
    match event.data:
        case GroupFormed():
            now |= {"title": value(event, "title"), "when": when(event)}
        case GroupJoined():
            now["members"] = [*now["members"], event.data.participant_id]
        case GroupLeft():
            now["members"] = [one for one in now["members"] if one != event.data.participant_id]
        case GroupMerged():
            now["into"] = value(event, "into_id")
        case GroupDissolved():
            now["over"] = True
    return marked(now, event)


def marked(state: State, event: Envelope) -> State:
    """Return the state with the event added, and how deep the deepest of its events lies."""
    return seen({**state, "depth": max(state.get("depth", 0), DEPTH[event.visibility])}, event)


def day_of(mark: State | None) -> dt.date | None:
    """Return the first day something can have happened; None when the day is not known."""
    if not mark or not mark.get("time") or mark.get("precision") == "unknown":
        return None
    return local_day(dt.datetime.fromisoformat(mark["time"]))


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


# ------------------------------------------------------------------ asking
class People:
    """The people of a process, each once however often they were registered."""

    def __init__(self, states: Mapping[str, State]) -> None:
        self._held = of_kind(states, "participant")
        self.groups = {ref: state for ref, state in of_kind(states, "group").items() if "title" in state}
        self._kept = {one: ref for ref, state in self._held.items() for one in state.get("same", ()) if one}
        self._same: dict[str, list[State]] = {}
        for ref, state in self._held.items():
            self._same.setdefault(self.one(ref), []).append(state)

    def one(self, ref: str) -> str:
        """Return the id a person is counted under: that of the registration that stays."""
        passed = [ref]
        while (found := self._kept.get(passed[-1])) and found not in passed:
            passed.append(found)
        return passed[-1]

    def registered(self) -> list[str]:
        """Return everybody who was registered, once each."""
        return [ref for ref, states in self._same.items() if any("when" in state for state in states)]

    def states(self, ref: str) -> list[State]:
        """Return what is known of a person: the states of all registrations."""
        return self._same.get(ref, [])

    def here_on(self, ref: str, day: dt.date | None) -> bool:
        """Whether a person was registered by a day and had not left; an unknown day is now."""
        since = [day_of(state["when"]) for state in self.states(ref) if "when" in state]
        left = self._held.get(ref, {}).get("left")
        if day is None:
            return bool(since) and not left
        gone = day_of(left) if left else None
        return any(one is None or one <= day for one in since) and not (left and (gone is None or gone < day))

    def roles_on(self, ref: str, day: dt.date | None) -> set[str]:
        """Return the roles a person held on a day; without a day, all that person ever held."""
        spans = [span for state in self.states(ref) for span in state.get("roles", ())]
        return {span["role"] for span in spans if isinstance(span["role"], str) and _covers(span, day)}

    def role_on(self, ref: str, day: dt.date | None) -> str:
        """Return the one role a person held on a day; *unstated* when there were several, or none."""
        held = self.roles_on(ref, day)
        return next(iter(held)) if len(held) == 1 else UNSTATED

    def groups_of(self, ref: str) -> set[str]:
        """Return the groups a person is in; those that went into another count as that one."""
        found = set()
        for group_id, state in self.groups.items():
            if any(self.one(member) == ref for member in state.get("members", ())):
                found.add(self._into(group_id))
        return found

    def _into(self, group_id: str) -> str:
        passed = [group_id]
        while (into := self.groups.get(passed[-1], {}).get("into")) in self.groups and into not in passed:
            passed.append(into)
        return passed[-1]


def _covers(span: Mapping[str, Any], day: dt.date | None) -> bool:
    if day is None:
        return True
    start, end = (_day(span[name]) for name in ("from", "to"))
    return (start is None or start <= day) and (end is None or day <= end)


def _day(text: object) -> dt.date | None:
    return dt.date.fromisoformat(text) if isinstance(text, str) else None


def by_role(found: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return who acted in each role, from (role, person)."""
    held: dict[str, set[str]] = {}
    for role, ref in found:
        held.setdefault(role, set()).add(ref)
    return held
