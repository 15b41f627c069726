"""Entries of the log as pages show them: what, who, when, on what ground, and what the source leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from domain.correcting import (
    DisputeResolved,
    EventCorrected,
    EventDisputed,
    EventWithdrawn,
    TextRedacted,
    effective,
    open_disputes,
    standing,
)
from domain.kernel import Envelope
from domain.shapes import Field, FieldType, json_able
from domain.vocabulary import UNKNOWN, Actor, Sealed
from service import words
from service.cases import cited
from service.log.mapper import plain as plain_data
from service.security.gate import sees
from service.web.attaching import attachment
from service.web.things import Texts, actor_name, shortened, subjects_in, titles

if TYPE_CHECKING:
    from service.web.page import ProcessPage

GLYPHS: Final = {
    "contribution-made": "",
    "gathering-planned": "gathering",
    "gathering-held": "gathering",
    "gathering-cancelled": "gathering",
    "headcount-recorded": "gathering",
    "outcome-harvested": "outcome",
    "outcome-substantiated": "outcome",
    "outcome-rejected": "outcome",
    "insight-derived": "insight",
    "case-item-treated": "decision",
}
MARKS: Final = {"deciding": "decision", "acting": "action", "gathering": "gathering", "harvesting": "outcome"}
WHO: Final = ("author", "by", "taken_by", "body", "harvester", "observer", "speaker", "owners", "to")
"""The fields that say who did it, in the order they are asked."""

ALT_CHARACTERS: Final = 120
MAIN: Final = ("change", "question", "text", "answer", "result", "reason", "saw", "exact_text")
"""The text that says most of an entry where it has several; the rest stand on the entry's own page."""


@dataclass(frozen=True)
class Mark:
    """Something that bears on an entry; an open dispute is a flag."""

    position: int
    word: str
    flag: bool = False


@dataclass
class Entry:
    """One entry, ready to be shown."""

    event: Envelope
    type_label: str
    glyph: str
    title: str | None
    texts: list[str | None]
    who: str
    mark: dict[str, Any]
    silent: list[tuple[str, str]]
    lang: str
    marks: list[Mark] = field(default_factory=list)
    gone: bool = False

    @property
    def position(self) -> int:
        """Its number."""
        return self.event.position

    @property
    def citation(self) -> str | None:
        """Its source."""
        return cited(self.event.process, self.event.citation, self.lang)

    @property
    def basis(self) -> str | None:
        """How its time is known."""
        return self.event.timebasis


def entries_of(page: ProcessPage, events: Sequence[Envelope]) -> list[Entry]:
    """Return the entries among these events that the caller may see, in the same order."""
    seen = page.kurslog.queries.events_out(page.caller, events)
    texts: Texts = seen[0][1] if seen else {}
    subjects = {subject for event, _ in seen for subject in subjects_in(event)}
    named = titles(page.kurslog, page.caller, page.process, subjects, page.lang)
    marks = corrections(page, [event for event, _ in seen])
    return [entry_of(page, event, texts, named, marks) for event, _ in seen]


def entry_of(
    page: ProcessPage, event: Envelope, texts: Texts, named: Mapping[str, str], marks: dict[str, list[Envelope]]
) -> Entry:
    """Return one entry with everything in place."""
    lang, stem = page.lang, event.declaration.stem
    own = [item.name for item in event.declaration.fields if item.type is FieldType.PERSONAL and _given(event, item)]
    main = [next((name for name in MAIN if name in own), own[0])] if own else []
    said = [texts.get((event.position, name)) for name in main]
    title = headline(event, named)
    bearing = marks.get(str(event.id), [])
    return Entry(
        event=event,
        type_label=words.type_label(event.type, lang),
        glyph=glyph_of(event),
        title=title if title not in said else None,
        texts=said,
        who=who_of(event, named, lang),
        mark=mark_of(event),
        silent=[(words.label(item.field, lang, stem), item.reason) for item in event.notrecorded],
        lang=lang,
        marks=[Mark(one.position, _bearing(one, page), isinstance(one.data, EventDisputed)) for one in bearing],
        gone=any(isinstance(item.data, EventWithdrawn) for item in bearing),
    )


def _given(event: Envelope, item: Field) -> bool:
    return getattr(event.data, item.attr) not in {UNKNOWN, None, ()}


BEARING: Final[dict[type, tuple[str, str]]] = {
    EventWithdrawn: ("trukket tilbage", "withdrawn"),
    EventCorrected: ("rettet", "corrected"),
    EventDisputed: ("bestridt, ikke afgjort", "disputed, not settled"),
    DisputeResolved: ("afgjort", "settled"),
    TextRedacted: ("tekst overstreget", "text redacted"),
}


def _bearing(item: Envelope, page: ProcessPage) -> str:
    return f"{page.t(*BEARING[type(item.data)])} ({page.t('nr.', 'no.')} {item.position})"


def glyph_of(event: Envelope) -> str:
    """Return the mark of an entry's kind."""
    stem = event.declaration.stem
    if stem == "contribution-made":
        return str(event.data.kind)
    return GLYPHS.get(stem) or MARKS.get(event.declaration.capability, "entry")


def headline(event: Envelope, named: Mapping[str, str]) -> str | None:
    """Return an entry's title: its own, else what the thing it is about is called; none when a text says it all."""
    for name in ("title", "heading", "name"):
        found = getattr(event.data, name, None)
        if isinstance(found, str):
            return found
    if event.declaration.creates is True and event.declaration.about:
        return None
    held = named.get(event.subject) or named.get(f"gathering/{getattr(event.data, 'gathering_id', None)}")
    total = getattr(event.data, "total", None)
    return f"{total} · {held}" if isinstance(total, int) and held else str(total) if isinstance(total, int) else held


def who_of(event: Envelope, named: Mapping[str, str], lang: str) -> str:
    """Return who acted, by role, group or body; empty when the entry does not say."""
    for name in WHO:
        value = getattr(event.data, name, None)
        if value is None or value is UNKNOWN or value == ():
            continue
        if name == "body":
            return named.get(f"organisation/{value}", str(value))
        found = [_who(one, named, lang) for one in (value if isinstance(value, tuple) else (value,))]
        return words.listed([one for one in found if one], lang)
    return words.label(event.actingrole.value, lang) if event.actingrole else ""


def _who(one: Any, named: Mapping[str, str], lang: str) -> str:
    actor = one if isinstance(one, Actor) else getattr(one, "actor", None)
    name = actor_name(actor, named, lang)
    role = getattr(one, "role", None)
    in_person = isinstance(actor, Actor) and actor.kind == "participant"
    return f"{name} ({words.label(role.value, lang)})" if role and in_person else name


def mark_of(event: Envelope) -> dict[str, Any]:
    """Return when an entry happened, as projections say it."""
    return {
        "time": json_able(event.time),
        "end": json_able(event.ended),
        "precision": event.timeprecision.value,
        "basis": event.timebasis,
        "citation": event.citation,
    }


def corrections(page: ProcessPage, events: Sequence[Envelope]) -> dict[str, list[Envelope]]:
    """Return what stands beside these entries, by the entry it bears on; a dispute until it is settled."""
    stored = page.kurslog.reader.things(page.process, sorted({event.subject for event in events}))
    still_open = {event.id for event in open_disputes(stored)}
    found: dict[str, list[Envelope]] = {}
    for event in standing(stored):
        settled = isinstance(event.data, EventDisputed) and event.id not in still_open
        if not settled and sees(page.caller, event):
            found.setdefault(event.data.target, []).append(event)
    return found


# ------------------------------------------------------------------ one entry in full
@dataclass(frozen=True)
class Parts:
    """What stands in a record: each part's label and value."""

    parts: list[tuple[str, Any]]


@dataclass(frozen=True)
class Row:
    """One field of an entry: its label, and a text, a list, parts of a record, or why nothing stands there."""

    label: str
    value: Any = None
    silent: str | None = None
    stored: bool = True


def rows_of(page: ProcessPage, event: Envelope, named: Mapping[str, str]) -> list[Row]:
    """Return every field of an entry with its label; texts the caller may not see, or that are erased, are None."""
    data = opened(page, event)
    why = {item.field: item.reason for item in event.notrecorded}
    stem = event.declaration.stem
    rows = []
    for item in event.declaration.fields:
        label = words.label(item.name, page.lang, stem)
        if item.name in why:
            rows.append(Row(label, silent=why[item.name]))
        elif item.type is FieldType.FILE and _given(event, item):
            rows.append(Row(label, _file(page, str(data.get(item.name)), f"{label}: {_said(event, data)}")))
        elif _given(event, item):
            rows.append(Row(label, _shown(page, item, data.get(item.name), named), stored=_stored(item)))
    return rows


def _said(event: Envelope, data: Mapping[str, Any]) -> str:
    said = next((str(data[name]) for name in MAIN if isinstance(data.get(name), str)), None)
    return said or getattr(event.data, "title", None) or f"{event.declaration.da} {event.position}"


def _file(page: ProcessPage, sha256: str, alt: str) -> Any:
    gone = page.t("Filen ligger ikke her, eller den er slettet.", "The file is not here, or it has been deleted.")
    return attachment(page, sha256, shortened(alt, ALT_CHARACTERS)) or f"{gone} ({sha256[:12]} …)"


def opened(page: ProcessPage, event: Envelope) -> dict[str, Any]:
    """Return an entry's data with its texts, corrected ones too; what is erased is None."""
    held: set[str] = set()

    def note(_: str, text: Any) -> None:
        if isinstance(text, Sealed):
            held.add(text.sha256)

    plain_data(event.data, note)
    texts = page.kurslog.texts.said(page.caller, held)

    def shown(_: str, text: Any) -> Any:
        return texts.get(text.sha256) if isinstance(text, Sealed) else text

    return json_able(plain_data(event.data, shown))  # type: ignore[no-any-return]


def texts_in(event: Envelope, lang: str) -> list[tuple[str, str]]:
    """Return each personal text of an entry by its path, with a label and, in a list, its place."""
    paths: list[str] = []
    plain_data(event.data, lambda path, _: paths.append(path))
    found = []
    for path in paths:
        places = [str(int(step) + 1) for step in path.split(".") if step.isdigit()]
        label = words.label(path.partition(".")[0], lang, event.declaration.stem)
        found.append((path, " ".join([label, *places])))
    return found


def _stored(item: Field) -> bool:
    return item.type in {FieldType.PUBLIC, FieldType.PERSONAL, FieldType.REF, FieldType.RECORD}


def _shown(page: ProcessPage, item: Field, value: Any, named: Mapping[str, str]) -> Any:
    if item.many:
        return [_atom(page, item, one, named) for one in value]
    return _atom(page, item, value, named)


def _atom(page: ProcessPage, item: Field, value: Any, named: Mapping[str, str]) -> Any:
    lang = page.lang
    if value is None:
        return None
    match item.type:
        case FieldType.RECORD:
            parts = [(part, value.get(part.name)) for part in item.fields]
            return Parts(
                [
                    (
                        words.label(part.name, lang),
                        words.label(one, lang) if _names_step(item, part) else _shown(page, part, one, named),
                    )
                    for part, one in parts
                    if one not in (None, [])
                ]
            )
        case FieldType.ACTOR:
            return actor_name(value, named, lang)
        case FieldType.ENUM:
            return words.label(value, lang, item.choices.__name__ if item.choices else "")
        case FieldType.REF:
            return _reference(item, str(value), named)
        case _:
            return plain(item, value, lang)


def _names_step(item: Field, part: Field) -> bool:
    """Whether a part of a record says which step of its format a reflection's text is: a code that has words."""
    return (item.name, part.name, part.type) == ("steps", "name", FieldType.ID)


def _reference(item: Field, value: str, named: Mapping[str, str]) -> str:
    wanted = [value] if item.ref == "subject" else [f"{item.ref}/{value}"]
    if item.ref == "entry":
        wanted = [subject for subject in named if subject.endswith(f"/{value}")]
    title = next((named[subject] for subject in wanted if subject in named), None)
    return f"{title} ({value})" if title else value


def plain(item: Field, value: Any, lang: str) -> str:
    """Return a date, number, amount or flag as pages write it."""
    spoken = {
        FieldType.DATE: words.day,
        FieldType.MOMENT: words.clock,
        FieldType.AMOUNT: words.money,
        FieldType.NUMBER: words.number,
        FieldType.COUNT: words.number,
    }
    if item.type in spoken:
        return spoken[item.type](value, lang)
    if item.type is FieldType.FLAG:
        return words.Speech(lang)("ja", "yes") if value else words.Speech(lang)("nej", "no")
    return str(value[lang]) if item.type is FieldType.LOCALISED else str(value)


def still_holds(page: ProcessPage, event: Envelope) -> Envelope | None:
    """Return the entry as it is to be read now, corrections applied; None when it was withdrawn."""
    stored = page.kurslog.reader.things(page.process, [event.subject])
    return next((item for item in effective(stored) if item.id == event.id), None)
