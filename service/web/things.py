"""What things are called: the titles of groups, gatherings, actions and all else that entries name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from domain.assessing import AssessmentRoundOpened
from domain.correcting import effective
from domain.kernel import REGISTRY, Envelope
from domain.shapes import FieldType
from domain.vocabulary import UNKNOWN, Actor, ActorKind, Localised, Personal, Sealed
from service import words
from service.app import Kurslog
from service.record import entry_kinds
from service.security.gate import Caller, sees

ACTOR_THINGS: Final = {
    ActorKind.PARTICIPANT: "participant",
    ActorKind.GROUP: "group",
    ActorKind.ORGANISATION: "organisation",
    ActorKind.BODY: "organisation",
}
TITLES: Final = ("title", "heading", "name")
LISTED_MAX: Final = 300
TITLE_CHARACTERS: Final = 70
Texts = Mapping[tuple[int, str], str]


def title_of(event: Envelope, texts: Texts, lang: str = "da") -> str | None:
    """Return what an entry calls the thing it is about: its title, its wording or moment, else the first text in it."""
    for name in TITLES:
        found = getattr(event.data, name, None)
        if isinstance(found, str):
            return found
    if isinstance(wording := getattr(event.data, "wording", None), Localised):
        return wording.da if lang == "da" else wording.en
    if isinstance(event.data, AssessmentRoundOpened) and event.data.moment:
        return words.label(event.data.moment.value, lang)
    personal = (
        item.name for item in event.declaration.fields if item.type is FieldType.PERSONAL and item.name != "contact"
    )
    return next((texts[event.position, name] for name in personal if (event.position, name) in texts), None)


def texts_of(kurslog: Kurslog, caller: Caller, events: Iterable[Envelope]) -> Texts:
    """Return the texts of events as the caller reads them now: of a corrected one, those of the correction."""
    held = {
        (event.position, item.name): text.value.sha256
        for event in events
        for item in event.declaration.fields
        if isinstance(text := getattr(event.data, item.attr), Personal) and isinstance(text.value, Sealed)
    }
    said = kurslog.texts.said(caller, held.values())
    return {place: said[commitment] for place, commitment in held.items() if commitment in said}


def shortened(text: str, characters: int = TITLE_CHARACTERS) -> str:
    """Return a text cut at a word, with an ellipsis, if it is longer than this."""
    if len(text) <= characters:
        return text
    head = text[: characters - 1].rsplit(" ", 1)[0] if " " in text[: characters - 1] else text[: characters - 1]
    return f"{head.rstrip(' ,.;:')} …"


def titles(kurslog: Kurslog, caller: Caller, process: str, subjects: Iterable[str], lang: str = "da") -> dict[str, str]:
    """Return the titles of these things, as far as the caller may see them."""
    wanted = sorted({subject for subject in subjects if not subject.startswith("participant/")})
    if not wanted:
        return {}
    seen = [event for event in effective(kurslog.reader.things(process, wanted)) if sees(caller, event)]
    texts = texts_of(kurslog, caller, seen)
    found: dict[str, str] = {}
    for event in seen:
        title = title_of(event, texts, lang)
        if title and event.subject not in found:
            found[event.subject] = title
    return found


def begun(kurslog: Kurslog, caller: Caller, process: str, kind: str, lang: str = "da") -> dict[str, str]:
    """Return the things of a kind by id with their titles, newest first; at most a few hundred."""
    types = [
        found.name
        for found in REGISTRY.values()
        if found.kind == kind and found.creates is not False and len(found.about) == 1
    ]
    if not types:
        return {}
    events = kurslog.reader.process_page(process, types=types, limit=LISTED_MAX, backwards=True)
    standing = {
        event.subject for event in effective(kurslog.reader.things(process, sorted({e.subject for e in events})))
    }
    subjects = [event.subject for event in events if event.subject in standing and sees(caller, event)]
    named = titles(kurslog, caller, process, subjects, lang)
    return {subject.partition("/")[2]: named.get(subject, "") for subject in dict.fromkeys(subjects)}


def subjects_in(event: Envelope) -> set[str]:
    """Return everything an entry names, as subjects, and what it is about."""
    found = {event.subject}
    for item in event.declaration.fields:
        value = getattr(event.data, item.attr)
        for one in (value or ()) if item.many else (value,):
            found |= _named(item.type, item.ref, one)
    return found


def _named(type_: FieldType, ref: str | None, value: Any) -> set[str]:
    if value is UNKNOWN or value is None:
        return set()
    if type_ is FieldType.REF and ref not in {"event", "process"}:
        if ref == "subject":
            return {str(value)}
        return {f"{kind}/{value}" for kind in (entry_kinds() if ref == "entry" else [ref])}
    if type_ is FieldType.ACTOR:
        return _named_by(value)
    if type_ is FieldType.RECORD and isinstance(getattr(value, "actor", None), Actor):
        return _named_by(value.actor)
    return set()


def _named_by(actor: Actor) -> set[str]:
    return {f"{ACTOR_THINGS[actor.kind]}/{actor.ref}"} if actor.kind in ACTOR_THINGS else set()


def actor_name(actor: Mapping[str, Any] | Actor | None, named: Mapping[str, str], lang: str) -> str:
    """Return who acted: a group's or organisation's title, a role, a participant by id, or *without a name*."""
    if actor is None or actor is UNKNOWN:
        return ""
    kind, ref = (actor.kind, actor.ref) if isinstance(actor, Actor) else (ActorKind(actor["kind"]), actor.get("ref"))
    if kind is ActorKind.ROLE:
        return words.label(str(ref), lang)
    if kind is ActorKind.ANONYMOUS:
        return words.label("anonymous", lang)
    if kind is ActorKind.PARTICIPANT:
        return f"{words.label('participant', lang)} {ref}"
    return named.get(f"{ACTOR_THINGS[kind]}/{ref}", str(ref))
