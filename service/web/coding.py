"""Coding: the texts to be read, one text with what is coded in it, and what a coder does there."""

from __future__ import annotations

import uuid
from typing import Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.keeping import AccessRole
from service.app import Kurslog
from service.queries import UnknownError
from service.web.desk import KINDS, PROJECTION, Book, Desk, Row, coding_desk
from service.web.leading import Lead
from service.web.page import asked_number
from service.web.passages import Span, marked, sentences
from service.web.record import command_id, id_within, record_or_say
from service.web.rounds import saved_positions

CODER: Final = {"kind": "role", "ref": AccessRole.EVALUATOR.value}
COUNT_DIGITS: Final = 9
SHOWN: Final = 100
"""So many texts on one page of the list."""


# ------------------------------------------------------------------ what there is to read
def coding_page(kurslog: Kurslog, process: str) -> str:
    """Show the texts, which of them the coder has finished, and where to go on."""
    desk = coding_desk(kurslog, process)
    page, start = desk.page, asked_number("from")
    return page.render(
        "coding.html",
        desk=desk,
        lead=_lead(desk),
        onward=next((one for one in desk.entries if not desk.done(one)), None),
        kinds=KINDS,
        entries=desk.entries[start : start + SHOWN],
        first=desk.list_link(desk.kind) if start else None,
        more=desk.list_link(desk.kind, **{"from": start + SHOWN}) if desk.entries[start + SHOWN :] else None,
    )


def _lead(desk: Desk) -> Lead:
    lead, data, say = Lead(desk.page.lang), desk.data, desk.page.say
    n = data["texts"]["value"]
    if not n:
        return lead
    finished = sum(desk.done(one) for one in data["entries"])
    lead.add(
        "Der er {n} " + say.plural(n, "tekst at læse.", "tekster at læse."),
        say.plural(n, "There is {n} text to read.", "There are {n} texts to read."),
        n=(say.count_word(n, neuter=False), (PROJECTION, (data["texts"]["figure"],))),
    )
    count = (say.count_word(finished, neuter=False), None)
    lead.add("Du har læst {d} til ende.", "You have read {d} to the end.", d=count)
    return lead


# ------------------------------------------------------------------ one text
def coding_text_page(kurslog: Kurslog, process: str, entry: uuid.UUID) -> str:
    """Show a text, what this coder coded in it, and beside it what the others did once the coder is done."""
    return _render(coding_desk(kurslog, process, entry))


def _render(desk: Desk, wrong: str | None = None) -> str:
    entries, page = desk.entries, desk.page
    at = next((n for n, one in enumerate(entries) if one["event"] == desk.entry), None)
    entry = next(one for one in desk.data["entries"] if one["event"] == desk.entry)
    before, after = (
        (entries[at - 1] if at else None, entries[at + 1 : at + 2]) if at is not None else (None, entries[:1])
    )
    parts = [_part(desk, part) for part in entry["parts"]]
    return page.render(
        "coding_text.html",
        desk=desk,
        entry=entry,
        place=(at or 0) + 1,
        among=len(entries),
        parts=parts,
        before=before,
        after=after[0] if after else None,
        seen=all(part["seen"] for part in parts if part["text"] is not None),
        writing=page.on is None and desk.book is not None,
        command=str(uuid.uuid4()),
        typed=request.form,
        saved=saved_positions(),
        undone=asked_number("undone"),
        wrong=wrong,
    )


def _part(desk: Desk, part: Row) -> Row:
    """Return a text with its passages marked; the others' only where this coder is done."""
    text, entry = part["text"], str(desk.entry)
    readers = desk.readers(entry, part["field"])
    seen = desk.me in readers
    held = [one for one in desk.codings(entry, part["field"]) if seen or one["coder"] == desk.me]
    codings = [{**one, "n": n, "words": _words(text, one)} for n, one in enumerate(held, 1)]
    spans = [Span(one["start"], one["end"], one["n"]) for one in codings if _marks(one)]
    by_id = {one["id"]: one for one in codings}
    differing = desk.differences(entry, part["field"]) if seen else []
    return {
        **part,
        "seen": seen,
        "who": [desk.named[one] for one in readers],
        "codings": codings,
        "pieces": marked(text, spans) if text is not None else [],
        "sentences": sentences(text) if text is not None else [],
        "differences": [{**one, "codings": [by_id[ref] for ref in one["codings"]]} for one in differing],
    }


def _words(text: str | None, coding: Row) -> str | None:
    return text[coding["start"] : coding["end"]] if text is not None and _marks(coding) else None


def _marks(coding: Row) -> bool:
    ends = isinstance(coding["start"], int) and isinstance(coding["end"], int)
    return ends and coding["stands"] == "coded"


# ------------------------------------------------------------------ coding
def save_coding(kurslog: Kurslog, process: str, entry: uuid.UUID) -> Answer | tuple[str, int]:
    """Record what the coder did: a passage coded or taken back, a text finished, a difference settled."""
    desk = coding_desk(kurslog, process, entry)
    made, wrong = _made(desk)
    if made and not wrong:
        positions, wrong = record_or_say(desk.page, made)
        if not wrong:
            saved = f"{positions[0]}-{positions[-1]}" if len(positions) > 1 else str(positions[0])
            return redirect(desk.link(str(desk.entry), saved=saved, at=_at(desk), on=None), 303)
    return _render(desk, wrong), 422


def _at(desk: Desk) -> str | None:
    """Return where the coder is: the text, and the passage in it."""
    field, start, end = (request.form.get(name, "") for name in ("field", "start", "end"))
    fields = [part["field"] for part in _entry(desk)["parts"]]
    return f"{fields.index(field)}.{start}.{end}" if field in fields and start and end else None


def _entry(desk: Desk) -> Row:
    return next(one for one in desk.data["entries"] if one["event"] == desk.entry)


def _made(desk: Desk) -> tuple[list[Row], str | None]:
    """Return the events of what was asked for, or what to say of why there are none."""
    book, t = desk.book, desk.page.t
    if book is None:
        return [], t("Der er ingen kodebog endnu. Udgiv en først.", "There is no codebook yet. Publish one first.")
    match request.form.get("do"):
        case "retract":
            return _retracted(desk)
        case "settle":
            return _settled(desk)
        case "done":
            return _finished(desk, book)
        case _:
            return _coded(desk, book)


def _finished(desk: Desk, book: Book) -> tuple[list[Row], str | None]:
    t = desk.page.t
    wires = [
        _wire("text-coded", part["field"], {"reading_id": _new("l", part["field"]), **_read(desk, book, part)})
        for part in _entry(desk)["parts"]
        if part["text"] is not None and desk.me not in desk.readers(str(desk.entry), part["field"])
    ]
    return wires, None if wires else t("Du har allerede læst den til ende.", "You have already read it to the end.")


def _read(desk: Desk, book: Book, part: Row) -> Row:
    """Return which text was read, by whom, by which codebook, and whether before seeing what others coded."""
    where = {"target": desk.entry, "field": part["field"], "text_commitment": part["commitment"]}
    blind = not desk.saw(str(desk.entry), part["field"])
    return {"codebook_id": book.id, "version": book.version, **where, "coder": CODER, "blind": blind}


def _coded(desk: Desk, book: Book) -> tuple[list[Row], str | None]:
    t, field, code = desk.page.t, request.form.get("field", ""), request.form.get("code", "")
    part = next((one for one in _entry(desk)["parts"] if one["field"] == field), None)
    start, end = _count("start"), _count("end")
    if part is None or part["text"] is None or start is None or end is None or not start < end <= len(part["text"]):
        return [], t(
            "Vælg et stykke af teksten først, eller skriv fra og til hvilket tegn.",
            "Choose a passage of the text first, or write from and to which character.",
        )
    key = f"{field}/{start}/{end}/{code}"
    data = {"coding_id": _new("k", key), **_read(desk, book, part), "start": start, "end": end, "code": code}
    return [_wire("passage-coded", key, data)], None


def _retracted(desk: Desk) -> tuple[list[Row], str | None]:
    ref = request.form.get("coding", "")
    mine = [one for one in desk.data["codings"] if one["coder"] == desk.me and one["target"] == desk.entry]
    if not any(one["id"] == ref for one in mine):
        raise UnknownError(ref)
    return [_wire("coding-retracted", ref, {"coding_id": ref, **_reason()})], None


def _settled(desk: Desk) -> tuple[list[Row], str | None]:
    wanted, t = request.form.get("codings", "").split(), desk.page.t
    found = [one for one in desk.data["differences"] if one["target"] == desk.entry and one["codings"] == wanted]
    if not found or desk.me not in desk.readers(str(desk.entry), found[0]["field"]):
        raise UnknownError("codings")
    code = request.form.get("code", "")
    if code not in found[0]["codes"]:
        return [], t("Vælg, hvilken kode der står.", "Choose which code stands.")
    key = "/".join([*wanted, code])
    data = {"adjudication_id": _new("a", key), "codings": wanted, "code": code, "by": CODER, **_reason()}
    return [_wire("coding-adjudicated", key, data)], None


def _reason() -> Row:
    said = request.form.get("reason", "").strip()
    return {"reason": said} if said else {}


def _count(name: str) -> int | None:
    text = request.form.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= COUNT_DIGITS else None


def _new(letter: str, key: str) -> str:
    """Return an id of what is made: the same when the form is sent again."""
    return f"{letter}-{uuid.UUID(id_within(command_id(), key)).hex[:12]}"


def _wire(stem: str, key: str, data: Row) -> Row:
    return {"type": f"{stem}.v1", "id": id_within(command_id(), f"{stem}/{key}"), "data": data}
