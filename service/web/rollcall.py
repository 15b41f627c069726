"""What the log holds of a gathering's people: everybody with the roles they had then, and what was answered for them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from domain.correcting import effective
from domain.gathering import AttendanceRecorded, GatheringHeld, GatheringPlanned, HeadcountRecorded
from domain.kernel import in_order, state_of
from domain.vocabulary import Role, TimePrecision
from service.security.gate import sees
from service.web.people import danish, people_of

if TYPE_CHECKING:
    from domain.kernel import Envelope
    from service.web.page import ProcessPage

HEADCOUNTS_READ: Final = 2000


@dataclass(frozen=True)
class Happening:
    """When a gathering was, or is to be; the end only of a span."""

    time: dt.datetime | None = None
    precision: TimePrecision = TimePrecision.INSTANT
    end: dt.datetime | None = None


@dataclass
class Row:
    """One person: the roles held that day, what the log holds, and what is chosen on the page."""

    id: str
    called: str
    roles: list[str]
    standing: Envelope | None = None
    last: Envelope | None = None
    stored: int = 0
    status: str = ""
    role: str | None = None

    @property
    def changes(self) -> list[tuple[str, str | None, str | None]]:
        """The fields by name, as they stand and as they are to be."""
        data = self.standing.data if self.standing else None
        status, role = (str(data.status), str(data.role) if data.role else None) if data else (None, None)
        kept = role if len(self.roles) < 2 else self.role or role  # noqa: PLR2004 - one role is nobody's choice
        return [("status", status, self.status), ("role", role, kept)]

    @property
    def changed(self) -> bool:
        """Whether the log says something else."""
        return self.standing is None or any(old != new for _, old, new in self.changes)

    def part(self, stored: int) -> str:
        """Return which part of the command this answer is, after so many entries of this person's attendance."""
        return f"{self.id}/{stored}/{self.status}/{self.role or ''}"


@dataclass
class Head:
    """How many were counted, when nobody wrote names."""

    standing: Envelope | None = None
    last: Envelope | None = None
    stored: int = 0
    total: str = ""
    basis: str = ""

    @property
    def changes(self) -> list[tuple[str, str | None, str | None]]:
        """The fields by name, as they stand and as they are to be."""
        data = self.standing.data if self.standing else None
        total, basis = (str(data.total), str(data.basis)) if data else (None, None)
        return [("total", total, self.total), ("basis", basis, self.basis)]

    def part(self, stored: int) -> str:
        """Return which part of the command this count is, after so many entries of it."""
        return f"headcount/{stored}/{self.total}/{self.basis}"


def moment_of(page: ProcessPage, ref: str) -> Happening:
    """Return when a gathering was held, else when it is to begin."""
    found = Happening()
    for event in page.kurslog.reader.register(page.process).history(f"gathering/{ref}"):
        if isinstance(event.data, GatheringHeld):
            end = event.timeend if event.timeprecision is TimePrecision.SPAN else None
            return Happening(event.time, event.timeprecision, end)
        if isinstance(event.data, GatheringPlanned) and isinstance(event.data.starts, dt.datetime):
            found = Happening(event.data.starts)
    return found


def rows_of(page: ProcessPage, ref: str, at: Happening) -> list[Row]:
    """Return everybody who is part of the process, or has an answer, in the order of their names."""
    people = people_of(page)
    subjects = {f"attendance/{ref}/{one}": one for one in people}
    stored: dict[str, list[Envelope]] = {}
    for event in page.kurslog.reader.things(page.process, sorted(subjects)):
        stored.setdefault(subjects[event.subject], []).append(event)
    rows = [
        _row(page, person.id, person.name or person.called, stored.get(person.id, []), at)
        for person in people.values()
        if person.here or person.id in stored
    ]
    return sorted(rows, key=lambda row: (danish(row.called), row.id))


def _row(page: ProcessPage, ref: str, called: str, stored: list[Envelope], at: Happening) -> Row:
    row = Row(ref, called, roles_at(page, ref, at), stored=len(stored), last=stored[-1] if stored else None)
    row.role = row.roles[0] if len(row.roles) == 1 else None
    standing = [event for event in in_order(effective(stored)) if isinstance(event.data, AttendanceRecorded)]
    if standing:
        row.standing = standing[-1]
        row.status = str(row.standing.data.status)
        row.role = str(row.standing.data.role) if row.standing.data.role else row.role
    return row


def roles_at(page: ProcessPage, ref: str, at: Happening) -> list[str]:
    """Return the roles a person held when the gathering was; before it began, those held now."""
    now = dt.datetime.now(dt.UTC)
    moment = min(at.time or now, now)
    state = state_of("participant", page.kurslog.reader.register(page.process).history(f"participant/{ref}"))
    held = {span.role for span in state.roles if span.covers(moment)} if state else set()
    return [role.value for role in Role if role in held]


def head_of(page: ProcessPage, ref: str) -> Head:
    """Return the latest headcount of a gathering, as corrected."""
    reader, lang = page.kurslog.reader, page.t
    counts = reader.process_page(page.process, types=["headcount-recorded.v1"], limit=HEADCOUNTS_READ)
    own = [event.subject for event in counts if event.data.gathering_id == ref]
    stored = reader.things(page.process, own) if own else []
    seen = [event for event in stored if sees(page.caller, event)]
    standing = [event for event in in_order(effective(seen)) if isinstance(event.data, HeadcountRecorded)]
    if not standing:
        return Head(basis=lang("talt ved døren", "counted at the door"))
    latest = standing[-1]
    entries = [event for event in stored if event.subject == latest.subject]
    total = str(latest.data.total) if isinstance(latest.data.total, int) else ""
    return Head(latest, entries[-1], len(entries), total, latest.data.basis or "")
