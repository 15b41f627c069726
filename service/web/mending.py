"""Correcting an entry by a form with its own fields: only what was changed is kept, with the reason, beside the entry."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import TYPE_CHECKING, Any, Final

from flask import redirect, request

from domain.correcting import CORRECTING, STRUCTURED
from domain.refusals import Refused
from domain.shapes import Field, FieldType
from domain.timing import COPENHAGEN
from service.queries import UnknownError
from service.security.gate import Act
from service.security.writing import mendable
from service.web.entries import opened, still_holds
from service.web.forms import Form, form_of
from service.web.happened import HOW
from service.web.log import one_entry
from service.web.page import ProcessPage
from service.web.reading import read_form, refused, unreadable
from service.web.record import choices_of, command_id, record_once, waited
from service.wire import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as Answer

    from domain.kernel import Envelope
    from service.app import Kurslog

UNCHANGED: Final = ("som før", "as before")
NUMBERS: Final = {FieldType.AMOUNT, FieldType.NUMBER}


def may_mend(page: ProcessPage, event: Envelope) -> bool:
    """Return whether the caller may correct this entry by its form; corrections themselves have the general one."""
    fixed = isinstance(event.data, CORRECTING) or event.declaration.stem == "report-issued"
    return page.may_record and not fixed and mendable(page.caller, event)


def mend_page(kurslog: Kurslog, process: str, position: int) -> str:
    """Show the entry's own fields, filled in as they are read now."""
    page, event = _found(kurslog, process, position)
    typed = typed_of(page, event)
    return _render(page, event, _form(page, event, typed), str(uuid.uuid4()), "")


def _found(kurslog: Kurslog, process: str, position: int) -> tuple[ProcessPage, Envelope]:
    page = ProcessPage.of(kurslog, process, Act.RECORD)
    event = one_entry(page, position)
    standing = still_holds(page, event) if may_mend(page, event) else None
    if standing is None:
        raise UnknownError(str(position))
    return page, standing


def _form(page: ProcessPage, event: Envelope, typed: Mapping[str, str]) -> Form:
    """Return the form without what cannot be corrected, everything in it optional."""
    found = event.declaration
    form = form_of(found, page.lang, choices_of(page, found), typed)
    inputs = [one for one in form.inputs if not _fixed(event, one.spec)]
    for one in inputs:
        one.required, one.quiet = False, True
    form.needed, form.more = inputs, []
    return form


def _fixed(event: Envelope, item: Field) -> bool:
    """Whether a field says which thing this is, or of what kind, or is a file: that is withdrawn and written anew."""
    own = item.name in {*event.declaration.about, "kind"}
    return own or item.type is FieldType.FILE


def _render(page: ProcessPage, event: Envelope, form: Form, event_id: str, reason: str, wrong: str = "") -> str:
    return page.render(
        "mend.html",
        form=form,
        event=event,
        event_id=event_id,
        reason=reason,
        reason_wrong=wrong,
        heading=page.say.type_label(event.type),
        fixed=[
            page.say.label(one.name, event.declaration.stem) for one in event.declaration.fields if _fixed(event, one)
        ],
        hows={**HOW, "now": UNCHANGED},
    )


# ------------------------------------------------------------------ what stands in the entry, as it would be typed
def typed_of(page: ProcessPage, event: Envelope) -> dict[str, str]:
    """Return an entry's fields as somebody would have typed them into its form."""
    data = opened(page, event)
    typed: dict[str, str] = {}
    for item in event.declaration.fields:
        _type(page, typed, item, f"data.{item.name}", data.get(item.name))
    return typed


def _type(page: ProcessPage, typed: dict[str, str], item: Field, name: str, value: Any) -> None:
    if value in (None, [], ""):
        return
    if isinstance(value, list):
        for at, one in enumerate(value):
            boxed = item.type is FieldType.ENUM
            _atom(page, typed, item, f"{name}.{one}" if boxed else f"{name}.{at}", "1" if boxed else one)
        return
    _atom(page, typed, item, name, value)


def _atom(page: ProcessPage, typed: dict[str, str], item: Field, name: str, value: Any) -> None:
    match item.type:
        case FieldType.RECORD:
            for part in item.fields:
                _type(page, typed, part, f"{name}.{part.name}", value.get(part.name))
        case FieldType.LOCALISED:
            typed |= {f"{name}.{lang}": value[lang] for lang in ("da", "en")}
        case FieldType.ACTOR:
            typed[name] = f"{value['kind']}/{value.get('ref') or ''}"
            if value["kind"] == "participant":
                typed[f"{name}.ref"] = value.get("ref") or ""
        case FieldType.FLAG:
            typed[name] = ("yes" if value else "no") if item.required else ("on" if value else "")
        case FieldType.MOMENT:
            typed[name] = dt.datetime.fromisoformat(value).astimezone(COPENHAGEN).strftime("%Y-%m-%dT%H:%M")
        case _ if item.type in NUMBERS:
            typed[name] = str(value).replace(".", ",") if page.lang == "da" else str(value)
        case _:
            typed[name] = str(value)


# ------------------------------------------------------------------ saving
def save_mend(kurslog: Kurslog, process: str, position: int) -> Answer | tuple[str, int] | str:
    """Record what was changed as a correction, once; or show the form again with what to mend."""
    page, event = _found(kurslog, process, position)
    typed = {name: value.replace("\r\n", "\n") for name, value in request.form.items()}
    form, reason, event_id = _form(page, event, typed), typed.get("reason", "").strip(), command_id("event_id")
    if typed.get("more") or typed.get("shape"):
        return _render(page, event, form, event_id, reason)
    known = kurslog.reader.by_id(process, [uuid.UUID(event_id)]).values()
    recorded = next((one.position for one in known), None) or _recorded(page, event, form, typed, event_id)
    if recorded is None:
        wrong = "" if reason else page.t("Skriv, hvad der var forkert.", "Say what was wrong.")
        return _render(page, event, form, event_id, reason, wrong), 422
    waited(kurslog, recorded)
    return redirect(page.link("entry", position=position, corrected=recorded, on=None), 303)


def _recorded(page: ProcessPage, event: Envelope, form: Form, typed: dict[str, str], event_id: str) -> int | None:
    """Return where the correction stands; None, with what to mend noted on the form, when there is none."""
    changes = changes_of(page, event, form, read_form(form, typed, {}))
    reason = typed.get("reason", "").strip()
    if not changes and not form.wrong:
        form.general = page.t("Der er ikke ændret noget.", "Nothing was changed.")
    if form.wrong or form.general or not reason:
        return None
    data = {"target": str(event.id), "fields": changes, "reason": reason}
    try:
        return record_once(page, {"type": "event-corrected.v1", "id": event_id, "data": data})
    except UnreadableError as error:
        unreadable(form, error)
    except Refused as error:
        refused(form, error)
    return None


def changes_of(page: ProcessPage, event: Envelope, form: Form, wire: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what differs from the entry as it stands, field by field; what cannot be changed so is noted on the form."""
    before = _form(page, event, typed_of(page, event))
    old = read_form(before, typed_of(page, event), {})["data"]
    found: list[dict[str, Any]] = []
    for one in form.inputs:
        name, item = one.spec.name, one.spec
        was, now = old.get(name), wire["data"].get(name)
        if was == now or one.error:
            continue
        if item.personal:
            texts = _texts(name, was, now)
            if texts is None:
                one.error = page.t(
                    "Her kan teksten rettes, men ikke tømmes, og linjer ikke lægges til. Træk registreringen tilbage, hvis den skal væk.",
                    "The text can be mended here, but not emptied, nor lines added. Withdraw the entry if it should go.",
                )
            found += texts or []
        elif now is None and item.required:
            one.error = page.t(
                "Feltet kan ikke tømmes. Skriv, hvad der skal stå.", "It cannot be emptied. Say what it should be."
            )
        else:
            found.append({"field": name, "value": _value(item, now)})
    times = {name: wire[name] for name in ("timeprecision", "time", "timeend") if name in wire}
    return found + [{"field": name, "value": value} for name, value in times.items()]


def _value(item: Field, now: Any) -> str | None:
    if item.many:
        return json.dumps(now or [], ensure_ascii=False)
    if item.type is FieldType.FLAG:
        return json.dumps(bool(now))
    if item.type in STRUCTURED:
        return json.dumps(now, ensure_ascii=False)
    return None if now is None else str(now)


def _texts(path: str, was: Any, now: Any) -> list[dict[str, Any]] | None:
    """Return the texts that differ, each by its place; None where something else than a text does."""
    if was == now:
        return []
    if isinstance(was, str | None) and isinstance(now, str):
        return [{"field": path, "text": now}]
    pairs: list[tuple[str, Any, Any]] = []
    if isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        pairs = [(str(at), *pair) for at, pair in enumerate(zip(was, now, strict=True))]
    elif isinstance(was, dict) and isinstance(now, dict) and set(was) == set(now):
        pairs = [(name, was[name], now[name]) for name in was]
    if not pairs:
        return None
    inner = [_texts(f"{path}.{name}", one, other) for name, one, other in pairs]
    return None if any(one is None for one in inner) else [text for one in inner for text in one or []]
