"""Writing into the log by forms: the menu, the form of each event type, and saving once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.belonging import OrganisationRegistered
from domain.kernel import REGISTRY, Declaration
from domain.refusals import Refused
from domain.shapes import Field, FieldType
from domain.vocabulary import Visibility
from service import words
from service.app import Kurslog
from service.files import ACCEPT
from service.log.busy import BusyError
from service.queries import NotYetError, UnknownError
from service.record import ConflictError, entry_kinds
from service.security.gate import Act, reaches
from service.security.writing import check_writes, may_write
from service.sending import allow_files
from service.web.attaching import attach, typed_with_files
from service.web.forms import Form, form_of
from service.web.happened import HOW
from service.web.hints import HINTS
from service.web.log import CAPABILITIES
from service.web.page import ProcessPage, asked_number
from service.web.people import people_of
from service.web.reading import read_form, refused, unreadable
from service.web.things import begun
from service.wire import Sender, UnreadableError, read_event

BODIES: Final = {"committee", "council"}
ONWARD: Final = {
    "organising": ("course", ("Til kursen", "To the course")),
    "gathering": ("course", ("Til kursen", "To the course")),
    "contributing": ("contributions", ("Til bidragene", "To the contributions")),
    "deciding": ("decisions", ("Til beslutningerne", "To the decisions")),
    "acting": ("actions", ("Til handlingerne", "To the actions")),
    "reflecting": ("learning", ("Til læringen", "To the learning")),
}
"""Where what was saved is seen: the page, and the words of the link."""

MANY_WRITE: Final = (
    "Mange skriver lige nu. Intet er gemt. Prøv igen om fem sekunder.",
    "Many are writing. Nothing was saved. Try again in five seconds.",
)
WAIT_SECONDS: Final = 3.0
POSITION_DIGITS: Final = 15


def menu_page(kurslog: Kurslog, process: str) -> str:
    """Show what can be written: what is used most first, the rest behind *more*.

    Raises:
        UnknownError: to whoever may not write; the page is not there for them.
    """
    page = ProcessPage.of(kurslog, process, Act.RECORD)
    offered = [d for d in REGISTRY.values() if d.stem != "process-registered" and may_write(page.caller, d)]
    return page.render(
        "record.html",
        core=_by_capability(page, offered, core=True),
        rest=_by_capability(page, offered, core=False),
        may_attend=reaches(page.caller, Visibility.TEAM, process),
    )


def _by_capability(
    page: ProcessPage, offered: list[Declaration], *, core: bool
) -> list[tuple[str, list[tuple[str, str, str]]]]:
    found = []
    for name, pair in CAPABILITIES.items():
        held = [
            (d.stem, page.t(d.da, d.en), meaning(page, d)) for d in offered if d.capability == name and d.core is core
        ]
        if held:
            found.append((page.t(*pair), held))
    return found


def meaning(page: ProcessPage, found: Declaration) -> str:
    """Return in one sentence what an entry of this type says; in Danish only where it was written in Danish."""
    return found.meaning if page.lang == "en" else HINTS.get(found.stem, ("", ""))[0]


def example(page: ProcessPage, found: Declaration) -> str:
    """Return an example of such an entry."""
    return found.example if page.lang == "en" else HINTS.get(found.stem, ("", ""))[1]


# ------------------------------------------------------------------ the form
def form_page(kurslog: Kurslog, process: str, stem: str) -> str:
    """Show the form of an event type; after saving, what was saved."""
    page = ProcessPage.of(kurslog, process, Act.RECORD)
    found = declared(stem)
    form = form_of(found, page.lang, choices_of(page, found), request.args if "data." in str(request.args) else None)
    return _render(page, form, str(uuid.uuid4()))


def declared(stem: str) -> Declaration:
    """Return what is declared under this name.

    Raises:
        UnknownError: for a name outside the vocabulary.
    """
    found = next((d for d in REGISTRY.values() if d.stem == stem and stem != "process-registered"), None)
    if found is None:
        raise UnknownError(stem)
    return found


def _render(page: ProcessPage, form: Form, event_id: str) -> str:
    found = form.declaration
    return page.render(
        "form.html",
        form=form,
        event_id=event_id,
        heading=page.t(found.da, found.en),
        meaning=meaning(page, found),
        example=example(page, found),
        saved=asked_number("saved"),
        undone=asked_number("undone"),
        hows=HOW,
        accept=ACCEPT,
        unseen=request.args.get("unseen"),
        onward=ONWARD.get(found.capability),
    )


def choices_of(page: ProcessPage, found: Declaration) -> dict[str, dict[str, str]]:
    """Return the things that the fields of an event type can name."""
    kinds = set(_kinds(found.fields))
    held = {
        kind: begun(page.kurslog, page.caller, page.process, kind, page.lang)
        for kind in sorted(kinds - {"entry", "subject", "event", "process", "participant"})
    }
    if kinds & {"entry", "subject"}:
        for kind in [*entry_kinds(), *(["gathering", "group"] if "subject" in kinds else [])]:
            held[f"kind/{kind}"] = begun(page.kurslog, page.caller, page.process, kind, page.lang)
        held["entry"] = {ref: title for kind in entry_kinds() for ref, title in held[f"kind/{kind}"].items()}
    if "participant" in kinds:
        here = [person for person in people_of(page).values() if person.here]
        held["participant"] = {one.id: one.called for one in sorted(here, key=lambda one: (one.name or "", one.mark))}
    if "organisation" in held:
        bodies = _bodies(page)
        held["body"] = {ref: title for ref, title in held["organisation"].items() if ref in bodies}
        held["organisation"] = {ref: title for ref, title in held["organisation"].items() if ref not in bodies}
    return held


def _kinds(fields: tuple[Field, ...]) -> list[str]:
    found: list[str] = []
    for item in fields:
        if item.type is FieldType.REF and item.ref:
            found.append(item.ref)
        elif item.type is FieldType.ACTOR:
            found += ["group", "organisation", "participant"]
        found += _kinds(item.fields)
    return found


def _bodies(page: ProcessPage) -> set[str]:
    events = page.kurslog.reader.process_page(page.process, types=["organisation-registered.v1"], limit=300)
    return {
        e.data.organisation_id for e in events if isinstance(e.data, OrganisationRegistered) and e.data.kind in BODIES
    }


# ------------------------------------------------------------------ saving
def save(kurslog: Kurslog, process: str, stem: str) -> Answer | tuple[str, int] | str:
    """Record what was typed, once however often it is sent; or show it again with what to mend."""
    page = ProcessPage.of(kurslog, process, Act.RECORD)
    allow_files(kurslog)
    found = declared(stem)
    typed, wrong = typed_with_files(page, found)
    form = form_of(found, page.lang, choices_of(page, found), typed)
    attach(page, form, wrong)
    event_id = command_id("event_id")
    if typed.get("more") or typed.get("shape"):
        return _render(page, form, event_id)
    wire = read_form(form, typed, _numbers(page, typed))
    if form.wrong:
        return _render(page, form, event_id), 422
    try:
        position = record_once(page, {**wire, "type": found.name, "id": event_id})
    except UnreadableError as error:
        unreadable(form, error)
    except Refused as error:
        refused(form, error)
    except (ConflictError, BusyError):
        form.general = page.t(*MANY_WRITE)
    else:
        unseen = None if waited(kurslog, position) else "1"
        return redirect(page.link("form", stem=stem, saved=position, unseen=unseen, on=None), 303)
    return _render(page, form, event_id), 422


def command_id(name: str = "command") -> str:
    """Return the id that the form gave its command, so that a second click is the same one."""
    try:
        return str(uuid.UUID(request.form.get(name, "")))
    except ValueError:
        return str(uuid.uuid4())


def _numbers(page: ProcessPage, typed: Mapping[str, str]) -> dict[str, str]:
    """Return the event ids of all numbers that were typed, where the caller may see the entry."""
    plain = (value.strip() for value in typed.values())
    wanted = {int(value) for value in plain if value.isascii() and value.isdigit() and len(value) <= POSITION_DIGITS}
    found = page.kurslog.reader.at(sorted(wanted)) if wanted else []
    seen = page.kurslog.queries.events_out(page.caller, [event for event in found if event.process == page.process])
    return {str(event.position): str(event.id) for event, _ in seen}


def record_once(page: ProcessPage, wire: dict[str, Any]) -> int:
    """Record an event and return its position; sent again it keeps its moment, so that it is the same event."""
    return record_all(page, [wire])[0]


def record_all(page: ProcessPage, wires: list[dict[str, Any]]) -> list[int]:
    """Record one command, all of its events or none, and return their positions.

    Args:
        page: whose caller writes, and where.
        wires: the events, each with an id that is the same when the command is sent again (see `id_within`).
    """
    kurslog, keys = page.kurslog, [uuid.UUID(wire["id"]) for wire in wires]
    sender = Sender(account=page.caller.account, now=dt.datetime.now(dt.UTC))

    def attempt() -> list[int]:
        stored = kurslog.reader.by_id(page.process, keys)
        timed = [
            {"time": stored[key].time.isoformat(), **wire} if key in stored else wire
            for key, wire in zip(keys, wires, strict=True)
        ]
        events = [read_event(wire, page.process, sender) for wire in timed]
        check_writes(kurslog.reader, page.caller, events)
        return [one.position for one in kurslog.record(*events)]

    try:
        return attempt()
    except Refused as error:
        if error.rule != "same-id-other-content":
            raise
        return attempt()  # the two clicks came at once: now the first one's moment is known


def record_or_say(page: ProcessPage, wires: list[dict[str, Any]]) -> tuple[list[int], str | None]:
    """Record one command as `record_all` does, and wait until pages show it.

    Returns:
        Where its events stand, and None; or nothing, and the sentence that says why it was not saved.
    """
    try:
        positions = record_all(page, wires)
    except UnreadableError:
        unread = "Det kunne ikke læses. Ret det, eller lad feltet stå tomt."
        return [], page.t(unread, "It could not be read. Mend it, or leave the field empty.")
    except Refused as error:
        return [], words.capitalised(error.sentence(page.lang))
    except (ConflictError, BusyError):
        return [], page.t(*MANY_WRITE)
    waited(page.kurslog, positions[-1] if positions else 0)
    return positions, None


def id_within(command: str, part: str) -> str:
    """Return the id of one event of a command: the same whenever the command is sent again."""
    return str(uuid.uuid5(uuid.UUID(command), part))


def waited(kurslog: Kurslog, position: int) -> bool:
    """Wait until pages show the position; False when they do not yet."""
    try:
        kurslog.queries.wait(position, WAIT_SECONDS)
    except NotYetError:
        return False
    return True
