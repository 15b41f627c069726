"""A coder's desk: what there is to read, by which codebook, and what this coder and the others have done.

A coder reads alone: what others coded in a text is shown once the coder says to be done with it. What is coded after
that is recorded as not blind.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from flask import request

from domain.keeping import AccessRole
from service.app import Kurslog
from service.queries import UnknownError
from service.web.page import ProcessPage
from service.web.passages import KEYS

PROJECTION: Final = "coding"
CODERS: Final = frozenset({AccessRole.EVALUATOR})
KINDS: Final = ("reflection", "contribution")

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
