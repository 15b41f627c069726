"""The gatherings of a process: when each is or was, and where it stands, read from the register."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.gathering import GatheringCancelled, GatheringHeld, GatheringPlanned
from domain.timing import local_day
from service.security.gate import sees
from service.web.page import today

if TYPE_CHECKING:
    from service.web.page import ProcessPage


@dataclass
class Gathering:
    """A gathering: what it is called, its moment, and whether it is planned, held or cancelled."""

    id: str
    title: str
    kind: str
    at: dt.datetime | None
    status: str
    position: int

    @property
    def day(self) -> dt.date | None:
        """Its day in Copenhagen."""
        return local_day(self.at) if self.at else None

    @property
    def days_left(self) -> int | None:
        """How many days there are to it: 0 today, less when it is over."""
        return (self.day - today()).days if self.day else None

    @property
    def due(self) -> bool:
        """Whether its day has come and it is not said yet whether it was held."""
        return self.status == "planned" and self.days_left is not None and self.days_left <= 0


def gatherings_of(page: ProcessPage) -> list[Gathering]:
    """Return the gatherings the caller may see, by their day; those without one last."""
    register = page.kurslog.reader.register(page.process)
    planned = page.kurslog.reader.process_page(page.process, types=["gathering-planned.v1"], limit=500)
    found: dict[str, Gathering] = {}
    for subject in dict.fromkeys(event.subject for event in planned):
        for event in register.history(subject):
            if not sees(page.caller, event):
                continue
            data, ref = event.data, subject.partition("/")[2]
            if isinstance(data, GatheringPlanned):
                title = str(data.title or ref)
                starts: Any = data.starts  # a source may leave it out
                at = starts if isinstance(starts, dt.datetime) else None
                found[ref] = Gathering(ref, title, str(data.kind), at, "planned", event.position)
            elif isinstance(data, GatheringHeld) and ref in found:
                found[ref].status, found[ref].at = "held", event.time
            elif isinstance(data, GatheringCancelled) and ref in found:
                found[ref].status = "cancelled"
    return sorted(found.values(), key=lambda one: (one.at is None, one.at or dt.datetime.min.replace(tzinfo=dt.UTC)))


def meeting_of(gatherings: list[Gathering]) -> Gathering | None:
    """Return the gathering to run: the first that is planned and not said to be held, today's before all."""
    planned = [one for one in gatherings if one.status == "planned"]
    return next((one for one in planned if one.days_left == 0), planned[0] if planned else None)
