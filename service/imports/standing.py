"""What a table's rows may name: the people, gatherings, groups and budget lines of the process, as they stand now.

A name is matched whole or not at all. Two that fit are none: the row waits until somebody says which.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from domain.assessing import AssessmentRoundOpened
from domain.belonging import GroupFormed, ParticipantRegistered, ParticipantsMerged
from domain.correcting import effective
from domain.gathering import GatheringHeld, GatheringPlanned
from domain.kernel import Envelope
from domain.organising import BudgetApproved
from domain.shapes import json_able
from domain.timing import local_day
from domain.vocabulary import Personal, Sealed
from service.app import Kurslog
from service.asking import APART

CHUNK: Final = 1000


class RowWaits(Exception):  # noqa: N818 - no error: the row waits for somebody who knows
    """A row that cannot be placed without guessing; ``facts`` name columns, never what stands in them."""

    def __init__(self, rule: str, **facts: object) -> None:
        self.rule = rule
        self.facts = facts
        super().__init__(rule)


def plain_name(text: str) -> str:
    """Return a name as it is compared: single spaces, small letters."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().replace(APART, "").split())


def standing(kurslog: Kurslog, process: str, *types: str) -> Iterator[Envelope]:
    """Yield the entries of these types as they are read now, all other entries about the same things with them."""
    names = [f"{stem}.v1" for stem in types]
    after, subjects = 0, dict[str, None]()
    while events := kurslog.reader.process_page(process, after=after, types=names, limit=CHUNK):
        after = events[-1].position
        subjects |= dict.fromkeys(event.subject for event in events)
    wanted = list(subjects)
    for start in range(0, len(wanted), CHUNK):
        yield from effective(kurslog.reader.things(process, wanted[start : start + CHUNK]))


@dataclass(frozen=True)
class Gathering:
    """A gathering: what it is called, and when it was (else is to be) held, as an envelope says it."""

    title: str
    when: dict[str, Any] | None

    @property
    def day(self) -> dt.date | None:
        """The day it began."""
        return local_day(dt.datetime.fromisoformat(self.when["time"])) if self.when else None


class People:
    """The people of a process by number, by tag and by name; by contact only where it is asked for."""

    def __init__(self, kurslog: Kurslog, process: str, *, by_contact: bool = False) -> None:
        self.ids: set[str] = set()
        self.tags: dict[str, set[str]] = defaultdict(set)
        self.names: dict[str, set[str]] = defaultdict(set)
        self.lines: dict[str, int] = {}
        merged: dict[str, str] = {}
        sealed: list[tuple[str, str]] = []
        for event in standing(kurslog, process, "participant-registered", "participants-merged"):
            match event.data:
                case ParticipantRegistered(participant_id=ref, name=name, pseudonym=tag, contact=contact):
                    self.ids.add(ref)
                    if tag:
                        self.tags[plain_name(tag)].add(ref)
                    texts = (name, contact) if by_contact else (name,)
                    sealed += [(ref, sha256) for text in texts if (sha256 := _commitment(text))]
                case ParticipantsMerged(participant_id=ref, duplicate_id=duplicate):
                    merged[duplicate] = ref
        said = kurslog.texts.unseen([commitment for _, commitment in sealed])
        for ref, commitment in sealed:
            if commitment in said:
                self.names[plain_name(said[commitment])].add(merged.get(ref, ref))

    def find(self, said: Iterable[str]) -> str | None:
        """Return who is meant by all that a row says of a person, each a number, a tag, a whole name or a contact.

        Raises:
            RowWaits: when it is nobody, or could be more than one.
        """
        found: set[str] | None = None
        for text in said:
            name = plain_name(text)
            meant = ({text} & self.ids) | self.tags.get(name, set()) | self.names.get(name, set())
            found = meant if found is None else found & meant
        if found is None:
            return None
        if len(found) != 1:
            raise RowWaits("person-ambiguous" if found else "person-unknown")
        return found.pop()


def _commitment(text: object) -> str | None:
    return text.value.sha256 if isinstance(text, Personal) and isinstance(text.value, Sealed) else None


class Titled:
    """Things of one kind by id and by title."""

    def __init__(self, titles: Iterable[tuple[str, str]]) -> None:
        self.titles = dict(titles)
        self._by_title: dict[str, set[str]] = defaultdict(set)
        for ref, title in self.titles.items():
            self._by_title[plain_name(title)].add(ref)

    def find(self, text: str, column: str) -> str:
        """Return the thing with this id or exactly this title.

        Raises:
            RowWaits: when there is none, or more than one.
        """
        found = ({text} & set(self.titles)) | self._by_title.get(plain_name(text), set())
        if len(found) != 1:
            raise RowWaits("thing-ambiguous" if found else "thing-unknown", column=column)
        return found.pop()


def gatherings(kurslog: Kurslog, process: str) -> dict[str, Gathering]:
    """Return the gatherings that were planned, by id."""
    found: dict[str, Gathering] = {}
    for event in standing(kurslog, process, "gathering-planned"):
        match event.data:
            case GatheringPlanned(gathering_id=ref, title=title, starts=starts):
                when = {"time": json_able(starts)} if isinstance(starts, dt.datetime) else None
                found[ref] = Gathering(str(title), when)
            case GatheringHeld(gathering_id=ref) if ref in found:
                when = {"time": json_able(event.time), "timeprecision": event.timeprecision.value}
                when |= {"timeend": json_able(event.timeend)} if event.timeend else {}
                found[ref] = Gathering(found[ref].title, when)
    return found


def rounds(kurslog: Kurslog, process: str) -> dict[str, tuple[str, dt.date]]:
    """Return the rounds that were opened, by id: the moment each asks about, and the day it was opened."""
    events = standing(kurslog, process, "assessment-round-opened")
    opened = (event for event in events if isinstance(event.data, AssessmentRoundOpened))
    return {event.data.round_id: (str(event.data.moment), local_day(event.time)) for event in opened}


def groups(kurslog: Kurslog, process: str) -> Titled:
    """Return the groups."""
    events = standing(kurslog, process, "group-formed")
    return Titled((e.data.group_id, str(e.data.title)) for e in events if isinstance(e.data, GroupFormed))


def budget_lines(kurslog: Kurslog, process: str) -> Titled:
    """Return the lines of the last approved budget; without a budget there are none to check against."""
    budgets = [e for e in standing(kurslog, process, "budget-approved") if isinstance(e.data, BudgetApproved)]
    lines = max(budgets, key=lambda e: e.data.version or 0).data.lines if budgets else ()
    return Titled((line.id, str(line.title)) for line in lines or ())
