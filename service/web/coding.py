"""Coding: the texts to be read, one text with what is coded in it, and how far coders agree.

A coder reads alone: what others coded in a text is shown once the coder says to be done with it. What is coded after
that is recorded as not blind.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.keeping import AccessRole
from service.app import Kurslog
from service.queries import UnknownError
from service.web.leading import Lead
from service.web.page import ProcessPage, asked_number
from service.web.passages import KEYS, Span, marked, sentences
from service.web.record import command_id, id_within, record_or_say
from service.web.rounds import saved_positions

PROJECTION: Final = "coding"
CODERS: Final = frozenset({AccessRole.EVALUATOR})
CODER: Final = {"kind": "role", "ref": AccessRole.EVALUATOR.value}
KINDS: Final = ("reflection", "contribution")
COUNT_DIGITS: Final = 9
SHOWN: Final = 100
"""So many texts on one page of the list."""
FRAMEWORKS_MAX: Final = 300

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Book:
    """The version of a codebook that texts are read by, its codes each with a key of its own."""

    id: str
    version: int
    codes: tuple[Row, ...]

    def title(self, code: str) -> str:
        """Return what a code is called."""
        return next((str(one["title"]) for one in self.codes if one["id"] == code), code)


@dataclass
class Desk:
    """A coder at work: what there is to read, by which codebook, and what this coder has done."""

    page: ProcessPage
    entry: str | None = None

    @property
    def me(self) -> str:
        """How this coder is known in the answer."""
        return f"account/{self.page.caller.account}"

    @cached_property
    def data(self) -> Row:
        """The answer of the projection; no text is opened but that of the entry at hand."""
        queries, page = self.page.kurslog.queries, self.page
        document = queries.document(page.caller, page.process, PROJECTION, page.clocks, part=self._part)
        return {**document["data"], "notes": [note[page.lang] for note in document["notes"]]}

    def _part(self, data: Row) -> Row:
        entries = [one if one["event"] == self.entry else _closed(one) for one in data["entries"]]
        codings = [one if one["target"] == self.entry else {**one, "reason": None} for one in data["codings"]]
        for one in codings:
            if one["target"] != self.entry and one["settled"]:
                one["settled"] = {**one["settled"], "reason": None}
        return {**data, "entries": entries, "codings": codings}

    @cached_property
    def book(self) -> Book | None:
        """The newest version of the codebook that is asked for, or of the one published last."""
        books = {one["id"]: one for one in self.data["codebooks"]}
        chosen = books.get(self._asked_book) or next(reversed(books.values()), None)
        if chosen is None:
            return None
        newest = max(chosen["versions"], key=lambda one: int(one["version"]))
        codes = tuple({**code, "key": key} for code, key in zip(newest["codes"], _keys(newest["codes"]), strict=True))
        return Book(chosen["id"], int(newest["version"]), codes)

    @property
    def kind(self) -> str | None:
        """The kind of texts the coder goes through; None for all."""
        asked = request.values.get("kind", "")
        return asked if asked in KINDS else None

    @cached_property
    def entries(self) -> list[Row]:
        """The entries the coder goes through."""
        return [one for one in self.data["entries"] if self.kind in {None, one["kind"]}]

    @cached_property
    def _texts(self) -> dict[tuple[str, str, str], list[Row]]:
        """The codings, readings and differences of each text by the codebook at hand."""
        found: dict[tuple[str, str, str], list[Row]] = {}
        for name in ("codings", "readings", "differences"):
            for one in self.data[name]:
                if self.book and (one["codebook_id"], one["version"]) == (self.book.id, self.book.version):
                    found.setdefault((name, one["target"], one["field"]), []).append(one)
        return found

    def readers(self, entry: str, field: str) -> list[str]:
        """Return who has finished a text."""
        return [one["coder"] for one in self._texts.get(("readings", entry, field), [])]

    def saw(self, entry: str, field: str) -> bool:
        """Return whether this coder was shown what others coded in a text: by the version at hand, or by another."""
        return any(
            self.book is not None
            and (one["codebook_id"], one["target"], one["field"], one["coder"]) == (self.book.id, entry, field, self.me)
            for one in self.data["readings"]
        )

    def differences(self, entry: str, field: str) -> list[Row]:
        """Return where codings of a text overlap under different codes."""
        return self._texts.get(("differences", entry, field), [])

    def codings(self, entry: str, field: str) -> list[Row]:
        """Return the codings of a text, by where they begin."""
        found = self._texts.get(("codings", entry, field), [])
        return sorted(found, key=lambda one: (one["start"] or 0, one["end"] or 0, one["entries"]["figure"]))

    def done(self, entry: Row) -> bool:
        """Whether this coder has finished all texts of an entry."""
        fields = [part["field"] for part in entry["parts"] if part["commitment"]]
        return bool(fields) and all(self.me in self.readers(entry["event"], field) for field in fields)

    def begun(self, entry: Row) -> bool:
        """Whether this coder has coded something in an entry."""
        held = [one for part in entry["parts"] for one in self.codings(entry["event"], part["field"])]
        return any(one["coder"] == self.me for one in held)

    def finished_by(self, entry: Row) -> int:
        """Return how many coders have finished an entry."""
        held = [set(self.readers(entry["event"], part["field"])) for part in entry["parts"] if part["commitment"]]
        return len(set.intersection(*held)) if held else 0

    @cached_property
    def named(self) -> dict[str, str]:
        """What coders are called here: *you*, and letters in the order in which they first read."""
        rows = [*self.data["readings"], *self.data["codings"]]
        others = [one for one in dict.fromkeys(row["coder"] for row in rows) if one != self.me]
        t = self.page.t
        letters = {one: t(f"koder {_letter(at)}", f"coder {_letter(at)}") for at, one in enumerate(others)}
        return {self.me: t("dig", "you"), **letters}

    def link(self, entry: str, **more: Any) -> str:
        """Return the address of one text, among those the coder goes through."""
        return self.page.link("coding_text", entry=entry, kind=self.kind, book=self._asked_book, **more)

    def list_link(self, kind: str | None, **more: Any) -> str:
        """Return the address of the texts of a kind, by the codebook at hand."""
        return self.page.link("coding", kind=kind, book=self._asked_book, **more)

    @property
    def _asked_book(self) -> str | None:
        return request.values.get("book") or None


def _closed(entry: Row) -> Row:
    return {**entry, "parts": [{**part, "text": None} for part in entry["parts"]]}


def _keys(codes: Sequence[Row]) -> list[str]:
    return [KEYS[at] if at < len(KEYS) else "" for at in range(len(codes))]


def _letter(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else str(at + 1)  # noqa: PLR2004 - so many letters


def coding_desk(kurslog: Kurslog, process: str, entry: uuid.UUID | None = None) -> Desk:
    """Return the desk of whoever codes here.

    Raises:
        UnknownError: for anybody else, and for an entry that holds no text to be coded.
    """
    desk = Desk(ProcessPage.for_roles(kurslog, process, CODERS), str(entry) if entry else None)
    if entry and not any(one["event"] == desk.entry for one in desk.data["entries"]):
        raise UnknownError(str(entry))
    return desk


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


# ------------------------------------------------------------------ the codebook, and how far coders agree
def codebook_page(kurslog: Kurslog, process: str) -> str:
    """Show each codebook, newest version first, and the way to a new one."""
    desk = coding_desk(kurslog, process)
    books = [
        {**one, "versions": sorted(one["versions"], key=lambda held: -int(held["version"]))}
        for one in desk.data["codebooks"]
    ]
    return desk.page.render(
        "codebook.html",
        desk=desk,
        books=books,
        competences=_competences(desk.page),
        anew=lambda one: desk.page.link("form", stem="codebook-published", on=None, **prefilled(one)),
        keys=KEYS,
    )


def _competences(page: ProcessPage) -> dict[str, str]:
    """Return what the competences of the process's frameworks are called."""
    types = ["competence-framework-published.v1"]
    events = page.kurslog.reader.process_page(page.process, types=types, limit=FRAMEWORKS_MAX)
    return {one.id: getattr(one.title, page.lang) for event in events for one in event.data.competences or ()}


def prefilled(book: Mapping[str, Any]) -> dict[str, str]:
    """Return a form's values for the next version of a codebook, its codes as they are."""
    newest = book["versions"][0]
    found = {"data.codebook_id": book["id"], "data.version": str(int(newest["version"]) + 1)}
    for at, code in enumerate(newest["codes"]):
        for name in ("id", "title", "definition", "competence_id", "direction"):
            if code.get(name):
                found[f"data.codes.{at}.{name}"] = code[name]
    return found


def agreement_page(kurslog: Kurslog, process: str) -> str:
    """Show code by code how far coders agree, over how many texts, and why it cannot always be said."""
    desk = coding_desk(kurslog, process)
    rows: dict[tuple[str, str], list[Row]] = {}
    for one in desk.data["agreement"]:
        rows.setdefault((one["codebook"], one["version"]), []).append(one)
    return desk.page.render("agreement.html", desk=desk, rows=dict(reversed(rows.items())), why=_why(desk.page))


def _why(page: ProcessPage) -> dict[str, str]:
    t = page.t
    return {
        "not-compared": t("ingen tekst er læst til ende af to", "no text was read to the end by two"),
        "one-value": t(
            "alle har svaret det samme om alle tekster, så intet viser, om de kan kende forskel",
            "everybody said the same of all texts, so nothing shows that they can tell them apart",
        ),
        "not-two": t("κ er for to kodere; se α", "κ is for two coders; see α"),
    }
