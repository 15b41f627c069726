"""What a report is written from: the projections at one position, and the entries themselves, as the reader may see them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from domain.correcting import CORRECTING, effective
from domain.kernel import Envelope, in_order
from domain.organising import ProcessRegistered
from domain.vocabulary import UNKNOWN, Personal, Sealed
from projections.everything import PROJECTIONS as EVERYTHING
from projections.kernel import figures_in, microseconds, value
from service.queries import Clocks
from service.reports.content import Ledger, Line, Run, Tally, Unrecorded, Withheld
from service.reports.leaving import sealed_in, staying
from service.security.gate import Act, Caller
from service.words import Speech, number, when

if TYPE_CHECKING:
    from service.app import Kurslog

PROJECTIONS: Final = (
    "timeline",
    "fate-of-contributions",
    "decisions",
    "actions",
    "goals",
    "budget",
    "evidence",
    "claims",
    "participation",
    "learning",
    "model",
    "competence-uplift",
    "relationship-map",
)
Node = dict[str, Any]
SAID_TWICE: Final = re.compile(r",? (?:er ikke registreret|is not recorded|not recorded)\.?$")
"""The end of a reason that only repeats the words it stands beside."""
NOT_SHOWN: Final = {"notshown": True}


@dataclass
class Material:
    """Everything one report is written from, and the ledger its figures are entered in.

    ``events`` are effective, had happened, and may be seen by the reader; ``unseen`` are the stems of those that may
    not. ``stored`` are all entries up to the position as they were written, corrections included.
    """

    process: str
    language: str
    clocks: Clocks
    registered: ProcessRegistered
    answers: dict[str, Any]
    positions: dict[tuple[str, str], tuple[int, ...]]
    stored: list[Envelope]
    events: list[Envelope]
    unseen: set[str]
    texts: dict[str, str]
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def t(self) -> Speech:
        """The report's language."""
        return Speech(self.language)

    # -------------------------------------------------------------- entries
    def of(self, *types: type) -> list[Envelope]:
        """Return the entries of these types, by when they happened."""
        return in_order(event for event in self.events if isinstance(event.data, types))

    def hidden(self, *types: type) -> bool:
        """Whether there are entries of these types that the reader may not see."""
        from domain.kernel import DECLARED  # noqa: PLC0415 - one look-up

        return any(DECLARED[one].stem in self.unseen for one in types)

    def field(self, event: Envelope, name: str) -> Any:
        """Return a field as projections give it: its value, its text, that the source is silent, or that it is not shown."""
        found = value(event, name)
        if isinstance(found, dict) and "$silent" in found:
            return {"notrecorded": found["$silent"]}
        if isinstance(found, dict) and "$text" in found:
            return self.texts.get(found["$text"], NOT_SHOWN)
        return found

    def text(self, said: Any) -> Any:
        """Return a personal text inside a record, or that it is not shown."""
        if isinstance(said, Personal) and isinstance(said.value, Sealed):
            return self.texts.get(said.value.sha256, NOT_SHOWN)
        return None if said is None or said is UNKNOWN else said

    # -------------------------------------------------------------- runs
    def run(self, found: Any) -> Run:
        """Return a value as a run: words, not recorded, or not shown."""
        if isinstance(found, dict) and "notrecorded" in found:
            return Unrecorded(SAID_TWICE.sub("", str(found["notrecorded"])) or None)
        if isinstance(found, dict) and "notshown" in found:
            return Withheld()
        if found is None or not str(found).strip():
            return Unrecorded()
        return str(found)

    def line(self, found: Any) -> Line:
        """Return a value as a line of its own."""
        return (self.run(found),)

    def cell(self, *found: Any) -> tuple[Line, ...]:
        """Return a table cell of one line for each value; an empty one says that nothing is recorded."""
        return tuple(self.line(one) for one in found) or ((Unrecorded(),),)

    def date(self, mark: Node | None) -> Run:
        """Return when something happened, as exactly as it is known."""
        if not mark or not mark.get("time") or mark.get("precision") == "unknown":
            return Unrecorded()
        return when(mark, self.language)

    # -------------------------------------------------------------- figures
    def figure(self, projection: str, found: Node, what: str, shown: str | None = None) -> Tally:
        """Enter a projection's figure in the trail."""
        places = self.positions[projection, found["figure"]]
        opens = EVERYTHING[projection].deep is None
        text = shown or number(found["value"], self.language)
        return self.ledger.enter(what, found["value"], places, text, opens=opens)

    def count(self, events: Sequence[Envelope], what: str, shown: str | None = None) -> Tally:
        """Enter how many entries there are."""
        return self.total(len(events), events, what, shown)

    def total(self, worth: object, events: Iterable[Envelope], what: str, shown: str | None = None) -> Tally:
        """Enter a number worked out from entries."""
        places = [event.position for event in events]
        return self.ledger.enter(what, worth, places, shown or number(str(worth), self.language))


# ------------------------------------------------------------------ gathering it
def gather(
    kurslog: Kurslog, caller: Caller, process: str, clocks: Clocks, language: str, *, leaving: bool = False
) -> Material:
    """Read everything a report needs, at one position, for one reader; ``leaving`` as for `build`.

    Raises:
        UnknownError: when there is no such process, or the reader may not have a report of it.
    """
    registration = kurslog.queries.check(caller, Act.REPORT, process)
    stored = list(kurslog.reader.walk(process, until=clocks.position))
    at = settled(clocks, stored)
    happened = had_happened(effective(stored), at.happened)
    seen = kurslog.queries.seen(caller, happened)
    kept = staying(kurslog.rights.of(process), [*stored, *happened]) if leaving else frozenset[str]()
    texts = _texts(kurslog, caller, seen)
    found = Material(
        process=process,
        language=language,
        clocks=at,
        registered=registration.data,
        answers={},
        positions={},
        stored=stored,
        events=seen,
        unseen={event.declaration.stem for event in happened} - {event.declaration.stem for event in seen},
        texts={commitment: text for commitment, text in texts.items() if commitment not in kept},
    )
    for name in PROJECTIONS:
        _take(kurslog, caller, found, name, kept)
    return found


def settled(clocks: Clocks, stored: Sequence[Envelope]) -> Clocks:
    """Return the clocks at the last entry that is known: however the position was asked for, the report is the same."""
    times = [event.learnedat or event.recordedat for event in stored]
    known = max((time for time in times if time), default=None)
    return replace(clocks, position=stored[-1].position if stored else 0, known_at=known, live=False)


def had_happened(events: Iterable[Envelope], by: int) -> list[Envelope]:
    """Return the events that had happened: by their own latest moment, or because a later one of the same thing had."""
    things: dict[str, list[Envelope]] = {}
    for event in events:
        things.setdefault(event.subject, []).append(event)
    found: list[Envelope] = []
    for history in things.values():
        ordered = in_order(history)
        last = max((at for at, event in enumerate(ordered) if microseconds(event.ended) <= by), default=-1)
        found += ordered[: last + 1]
    return sorted(found, key=lambda event: event.position)


def _take(kurslog: Kurslog, caller: Caller, found: Material, name: str, kept: frozenset[str]) -> None:
    answer = kurslog.queries.ask(caller, found.process, name, found.clocks, outward=True)
    shown = kurslog.queries.shown(caller, name, answer.data, lambda key: key)
    found.answers[name] = marked(answer.data, shown, kept)
    found.positions.update({(name, one.key): one.events for one in figures_in(answer.data)})


def marked(asked: Any, shown: Any, kept: frozenset[str]) -> Any:
    """Return the shown data where a text that is there but not for the reader, or kept back, says so."""
    if isinstance(asked, dict) and "$text" in asked:
        return NOT_SHOWN if shown is None or asked["$text"] in kept else shown
    if isinstance(asked, dict) and isinstance(shown, dict) and asked.keys() == shown.keys():
        return {name: marked(asked[name], item, kept) for name, item in shown.items()}
    if isinstance(asked, list | tuple) and isinstance(shown, list):
        return [marked(one, item, kept) for one, item in zip(asked, shown, strict=True)]
    return shown


def _texts(kurslog: Kurslog, caller: Caller, events: Sequence[Envelope]) -> dict[str, str]:
    """Return the texts of entries by their commitments, as far as the caller may read them now."""
    return kurslog.texts.said(caller, {one.sha256 for event in events for one in sealed_in(event.data)})


def corrections(stored: Sequence[Envelope]) -> list[Envelope]:
    """Return the corrections and withdrawals among the entries."""
    return [event for event in stored if isinstance(event.data, CORRECTING)]
