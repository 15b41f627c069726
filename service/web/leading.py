"""The sentence a page of a process begins with: true for its data, every number a way to the entries behind it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from domain.timing import local_day
from service import words

Figures = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Piece:
    """A stretch of the sentence; with ``figure`` (projection, keys) it opens."""

    text: str
    figure: Figures | None = None


@dataclass
class Lead:
    """Sentences being put together."""

    lang: str
    pieces: list[Piece] = field(default_factory=list)

    def add(self, danish: str, english: str, **figures: tuple[str, Figures | None]) -> None:
        """Add a sentence; ``{name}`` stands for a number that opens, given as (word, figure)."""
        text = danish if self.lang == "da" else english
        if self.pieces:
            self.pieces.append(Piece(" "))
        while "{" in text:
            before, _, rest = text.partition("{")
            name, _, text = rest.partition("}")
            self.pieces += [Piece(before), Piece(*figures[name])]
        self.pieces.append(Piece(text))

    def plain(self) -> str:
        """Return the sentences without their links."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Intensive:
    """The period from kick-off to celebration: the gatherings that open and close it, and its days."""

    start: dt.date
    end: dt.date
    opened: str
    closed: str | None

    @property
    def days(self) -> int:
        """How many days lie between them."""
        return (self.end - self.start).days


def intensive_of(timeline: Any) -> Intensive | None:
    """Return the period from the first kick-off to the first celebration after it, or to day 100 without one."""
    held = [
        item
        for item in timeline["items"]
        if item["kind"] == "gathering" and item.get("status") == "held" and item["date"]
    ]
    opened = next((item for item in held if item.get("gathering_kind") == "kick-off"), None)
    if opened is None:
        return None
    start = dt.date.fromisoformat(opened["date"])
    feasts = (item for item in held if item.get("gathering_kind") == "celebration" and item["date"] > opened["date"])
    closed = next(feasts, None)
    end = dt.date.fromisoformat(closed["date"]) if closed else days_after(start, 100)
    return Intensive(start, end, opened["id"], closed["id"] if closed else None)


def leading(lang: str, timeline: Any, actions: Any, now: dt.date) -> Lead:
    """Return the lead of a process as of a day; no pieces when nothing has been recorded."""
    lead = Lead(lang)
    intensive = intensive_of(timeline)
    _who(lead, timeline)
    _on_the_way(lead, intensive, now)
    _did(lead, actions, intensive)
    _since(lead, timeline, intensive)
    if not lead.pieces and timeline["items"]:
        count = timeline["count"]
        word = words.count_word(count["value"], lang, neuter=True)
        figure = (word, ("timeline", (count["figure"],)))
        lead.add(
            "Tidslinjen har {n} " + words.plural(count["value"], "punkt.", "punkter."),
            _points(count["value"]),
            n=figure,
        )
    return lead


def _points(count: int) -> str:
    return "The time line holds {n} " + words.plural(count, "point.", "points.")


def _who(lead: Lead, timeline: Any) -> None:
    groups, heads = timeline["groups"], [one for one in timeline["headcounts"] if isinstance(one.get("total"), int)]
    whole = next((one for one in heads if not one.get("gathering_id")), None)
    lang, n = lead.lang, len(groups)
    keys = tuple(one["entries"]["figure"] for one in groups)
    group = (words.capitalised(words.count_word(n, lang)), ("timeline", keys))
    people = (words.number(whole["total"], lang), ("timeline", (whole["entries"]["figure"],))) if whole else None
    if n and people:
        lead.add(
            "{g} " + words.plural(n, "gruppe", "grupper") + " og {p} mennesker var med.",
            "{g} " + words.plural(n, "group", "groups") + " and {p} people took part.",
            g=group,
            p=people,
        )
    elif n:
        lead.add(
            "{g} " + words.plural(n, "gruppe er med.", "grupper er med."),
            "{g} " + words.plural(n, "group takes", "groups take") + " part.",
            g=group,
        )
    elif people:
        lead.add("I alt var {p} mennesker med.", "In all, {p} people took part.", p=people)


def _on_the_way(lead: Lead, intensive: Intensive | None, now: dt.date) -> None:
    """Say which of the hundred days it is, while they run."""
    if intensive and not intensive.closed and intensive.start <= now <= intensive.end:
        figure: Figures = ("timeline", (f"gathering:{intensive.opened}",))
        day = str((now - intensive.start).days)
        lead.add("Det er dag {d} af 100.", "It is day {d} of 100.", d=(day, figure))


def _did(lead: Lead, actions: Any, intensive: Intensive | None) -> None:
    lang, count, done = lead.lang, actions["count"], actions["by_status"]["completed"]
    if not count["value"]:
        return
    numbers: dict[str, tuple[str, Figures | None]] = {
        "n": (words.count_word(count["value"], lang), ("actions", (count["figure"],))),
        "d": (words.count_word(done["value"], lang), ("actions", (done["figure"],)) if done["value"] else None),
    }
    word = words.plural(count["value"], "handling", "handlinger")
    english = words.plural(count["value"], "action was", "actions were")
    if intensive and intensive.closed:
        keys = (f"gathering:{intensive.opened}", f"gathering:{intensive.closed}")
        numbers["days"] = (f"{intensive.days} {'dage' if lang == 'da' else 'days'}", ("timeline", keys))
        ending = (", og {d} af dem blev gennemført.", ", and {d} of them were done.") if done["value"] else (".", ".")
        lead.add(
            "På {days}, fra startworkshop til fest, blev der planlagt {n} " + word + ending[0],
            "In {days}, from kick-off to celebration, {n} " + english + " planned" + ending[1],
            **numbers,
        )
        return
    ending = ("; {d} er gennemført.", "; {d} of them done.") if done["value"] else (".", ".")
    lead.add("Der er planlagt {n} " + word + ending[0], "So far {n} " + english + " planned" + ending[1], **numbers)


def _since(lead: Lead, timeline: Any, intensive: Intensive | None) -> None:
    lang = lead.lang
    after = intensive.end.isoformat() if intensive else ""
    outcomes = [item for item in timeline["items"] if item["kind"] == "outcome" and item.get("status") != "rejected"]
    outcomes = [item for item in outcomes if item["date"] and item["date"] > after]
    if not outcomes:
        return
    touched = {item["group"]["id"] for item in outcomes if item["group"]}
    n, rest = len(touched), len(timeline["groups"]) - len(touched)
    if n and rest > 0 and intensive and intensive.closed:
        keys = tuple(item["entries"]["figure"] for item in outcomes if item["group"])
        quiet = (
            ("den anden", "the other one")
            if rest == 1
            else (f"de {words.count_word(rest, 'da')} andre", f"the other {words.count_word(rest, 'en')}")
        )
        lead.add(
            "For {n} af grupperne er der siden set ændringer; om " + quiet[0] + " tier logbogen.",
            "For {n} of the groups changes have since been seen; about " + quiet[1] + " the log is silent.",
            n=(words.count_word(n, lang, neuter=False), ("timeline", keys)),
        )
        return
    keys = tuple(item["entries"]["figure"] for item in outcomes)
    count = len(outcomes)
    lead.add(
        "Der er siden set {n} " + words.plural(count, "ændring.", "ændringer."),
        "Since then {n} " + words.plural(count, "change has", "changes have") + " been seen.",
        n=(words.count_word(count, lang), ("timeline", keys)),
    )


def day_of(mark: dict[str, Any], name: str = "time") -> dt.date | None:
    """Return the local day of one end of a projection's ``when``."""
    text = mark.get(name) or mark.get("time")
    return local(text) if text else None


def local(text: str) -> dt.date:
    """Return the local day of a moment; at the calendar's ends, its day as written."""
    moment = dt.datetime.fromisoformat(text)
    try:
        return local_day(moment)
    except OverflowError:
        return moment.date()


def days_after(day: dt.date, days: int) -> dt.date:
    """Return the day so many days later, the calendar's last at most."""
    return day + min(dt.timedelta(days=days), dt.date.max - day)
