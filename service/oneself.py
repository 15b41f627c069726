"""What is held about one participant, for that participant alone: their own words, what names them, and who read it.

Nobody else's words are among it. What other participants said of somebody is theirs: it is not here either.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from domain.admission import references
from domain.correcting import CORRECTING, EventWithdrawn, effective, standing
from domain.kernel import Envelope, named
from domain.refusals import Refused
from domain.shapes import json_able
from domain.vocabulary import Sealed
from service.app import Kurslog
from service.log.files import files_in
from service.log.mapper import plain
from service.reports.leaving import sealed_in
from service.security.gate import Caller
from service.security.readlog import ReadCount

GROUPS: Final = {
    "belonging": "who",
    "contributing": "contributions",
    "reflecting": "contributions",
    "assessing": "answers",
    "relating": "ties",
    "observing": "quotes",
    "gathering": "gatherings",
    "consenting": "rights",
}
"""Where each capability's entries stand on the page; all else is among the rest."""
REST: Final = "rest"
ORDER: Final = (*dict.fromkeys(GROUPS.values()), REST)
ABOUT: Final = ("participant_id", "from", "duplicate_id")
"""The fields that say whom an entry is about."""


@dataclass(frozen=True)
class Held:
    """One entry that holds something about the participant."""

    event: Envelope
    """As it is to be read now; a withdrawn one as it was."""
    own: bool
    """Whether the words in it are the participant's."""
    about: bool
    """Whether it is about the participant, or only names them beside others."""
    gone: bool
    data: dict[str, Any]
    """What it says of the participant; a text that is not theirs, or is erased, is None."""

    @property
    def group(self) -> str:
        """Where it stands on the page."""
        return GROUPS.get(self.event.declaration.capability, REST)


@dataclass(frozen=True)
class Oneself:
    """All that is held about one participant of a process."""

    process: str
    participant: str
    people: frozenset[str]
    """All the ids of the participant: registrations that were merged are one person."""
    entries: tuple[Held, ...]
    reads: tuple[ReadCount, ...]

    def of_group(self, group: str) -> list[Held]:
        """Return the entries of one group, the newest first."""
        return [one for one in reversed(self.entries) if one.group == group]

    def own(self, *types: type) -> Iterator[Envelope]:
        """Yield what stands of the participant's own entries of these types, in order."""
        return (one.event for one in self.entries if one.own and not one.gone and isinstance(one.event.data, types))

    @property
    def mark(self) -> str:
        """What stands in the participant's place for everybody but the team."""
        own = f"participant/{self.participant}"
        marks = (getattr(one.event.data, "pseudonym", None) for one in self.entries if one.event.subject == own)
        return next((mark for mark in marks if isinstance(mark, str)), self.participant)


def oneself(kurslog: Kurslog, caller: Caller) -> Oneself:
    """Return what is held about the participant who asks, under all their ids.

    Args:
        kurslog: whose log.
        caller: who comes by a personal link.
    """
    process, participant = caller.process or "", caller.participant or ""
    people = kurslog.rights.of(process).same(participant)
    naming = {event.position: event for one in people for event in kurslog.reader.naming(process, one)}
    found = [naming[at] for at in sorted(naming) if not isinstance(naming[at].data, CORRECTING)]
    found = [event for event in found if _concerns(event, people)]
    stored = kurslog.reader.things(process, sorted({event.subject for event in found}))
    now = {event.id: event for event in effective(stored)}
    gone = {one.data.target for one in standing(stored) if isinstance(one.data, EventWithdrawn)}
    entries = [now.get(event.id, event) for event in found]
    mine = [event for event in entries if event.author in people]
    texts = kurslog.texts.said(caller, {text.sha256 for event in mine for text in sealed_in(event.data)})
    held = tuple(_held(event, people, texts, gone=str(event.id) in gone) for event in entries)
    reads = tuple(read for one in sorted(people) for read in kurslog.reads.counts(process, participant=one))
    return Oneself(process, participant, people, held, reads)


def _concerns(event: Envelope, people: frozenset[str]) -> bool:
    """Whether an entry is about somebody, or names them, and is not what another participant said."""
    if event.author is not None:
        return event.author in people
    return bool(_named_in(event, people)) or _is_about(event, people)


def _named_in(event: Envelope, people: frozenset[str]) -> list[str]:
    try:
        found = references(event)
    except Refused:  # a malformed actor of an old import names nobody
        return []
    wanted = {pair for one in people for pair in (("participant", one), ("subject", f"participant/{one}"))}
    return sorted({name.partition(".")[0] for name, item, ref in found if (item.ref, ref) in wanted})


def _is_about(event: Envelope, people: frozenset[str]) -> bool:
    kind, _, ref = event.subject.partition("/")
    return (kind == "participant" and ref in people) or any(named(event.data, name) in people for name in ABOUT)


def _held(event: Envelope, people: frozenset[str], texts: dict[str, str], *, gone: bool) -> Held:
    own = event.author in people

    def shown(_: str, text: Any) -> Any:
        return texts.get(text.sha256) if own and isinstance(text, Sealed) else None

    about = own or _is_about(event, people)
    data = json_able(plain(event.data, shown)) if about else {}
    said = data if own else _without_others(data, people)
    return Held(event, own, about, gone, said if about else {"named_in": _named_in(event, people)})


def _without_others(data: Any, people: frozenset[str]) -> Any:
    """Return what somebody else recorded of the participant without saying which other participants it names."""
    if isinstance(data, list):
        return [_without_others(one, people) for one in data]
    if not isinstance(data, dict):
        return data
    if data.get("kind") == "participant" and data.get("ref") not in {None, *people}:
        return {"kind": "participant"}
    return {name: _without_others(one, people) for name, one in data.items()}


# ------------------------------------------------------------------ to take along
def as_json(found: Oneself, *, fictional: bool, now: dt.datetime) -> dict[str, Any]:
    """Return all of it as data: the entries with their own words, what was said yes to, who read it, and the files."""
    return {
        "process": found.process,
        "fictional": fictional,
        "participant": found.participant,
        "mark": found.mark,
        "made": json_able(now),
        "entries": [_as_json(one) for one in found.entries],
        "consents": [_as_json(one) for one in found.entries if one.event.kind == "consent"],
        "reads": [{**one._asdict(), "day": one.day.isoformat()} for one in found.reads],
        "files": sorted({sha for one in found.entries if one.own for sha in files_in(one.event).values()}),
    }


def _as_json(one: Held) -> dict[str, Any]:
    event = one.event
    return {
        "position": event.position,
        "id": str(event.id),
        "type": event.type,
        "subject": event.subject,
        "time": json_able(event.time),
        "timeprecision": event.timeprecision.value,
        "recordedat": json_able(event.recordedat),
        "visibility": event.visibility.value,
        "own_words": one.own,
        "withdrawn": one.gone,
        "data": one.data,
    }
