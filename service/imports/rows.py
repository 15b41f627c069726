"""What a row of a table becomes: the entries it makes, and the same in plain words."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from domain.bounds import keepable
from domain.contributing import ContributionKind
from domain.gathering import Attendance
from domain.organising import Labour
from domain.timing import start_of_day
from domain.vocabulary import Role
from service import words
from service.imports.columns import Mapping
from service.imports.sheets import EMPTY, Cell, Line
from service.imports.standing import Gathering, People, RowWaits, Titled, plain_name
from service.imports.values import choice_of, day_of, number_of
from service.spreadsheets import as_written

TEXT_SHOWN: Final = 80


@dataclass(frozen=True)
class Defaults:
    """What holds for rows that do not say it themselves: a day, a gathering."""

    day: dt.date | None = None
    gathering: str | None = None


@dataclass(frozen=True)
class Making:
    """What one row makes: wires without ids, the first one first; and a sentence in Danish and English.

    ``registers`` is the participant it begins: a later row with that name is not taken for another new person.
    """

    wires: list[dict[str, Any]]
    da: str
    en: str
    registers: str | None = None


@dataclass
class Ground:
    """What rows are read against."""

    mapping: Mapping
    defaults: Defaults
    began: dt.date
    people: People
    gatherings: dict[str, Gathering]
    groups: Titled
    lines: Titled
    account: str = ""
    titled: Titled = field(init=False)

    def __post_init__(self) -> None:
        self.titled = Titled((ref, one.title) for ref, one in self.gatherings.items())


class Row:
    """One row being read."""

    def __init__(self, ground: Ground, line: Line) -> None:
        self.ground = ground
        self.line = line.number
        self.cells = {
            name: line.cells[at] if at < len(line.cells) else EMPTY for name, at in ground.mapping.places.items()
        }
        if self.cells.get("place", EMPTY).text:  # of a file we wrote ourselves
            self.cells = {name: cell._replace(text=as_written(cell.text)) for name, cell in self.cells.items()}

    def cell(self, name: str) -> Cell:
        """Return a cell by its column.

        Raises:
            RowWaits: when it is to be worked out by a spreadsheet, or holds what cannot be kept.
        """
        found = self.cells.get(name, EMPTY)
        if found.formula:
            raise RowWaits("cell-is-a-formula", column=self.header(name))
        if not keepable(found.text):
            raise RowWaits("cell-unreadable", column=self.header(name))
        return found

    def text(self, name: str) -> str:
        """Return a cell's text."""
        return self.cell(name).text

    def header(self, name: str) -> str:
        """Return what the file calls a column."""
        return self.ground.mapping.headers.get(name, name)

    def needed(self, name: str) -> str:
        """Return a cell's text that must be there.

        Raises:
            RowWaits: when it is empty.
        """
        if not self.text(name):
            raise RowWaits("cell-empty", column=self.header(name))
        return self.text(name)

    def day(self, name: str = "date") -> dt.date | None:
        """Return the day in a cell; None when it is empty."""
        text = self.text(name)
        found = day_of(text)
        if text and found is None:
            raise RowWaits("day-unreadable", column=self.header(name))
        return found

    def number(self, name: str) -> str:
        """Return the number in a cell, as the wire takes it."""
        self.needed(name)
        cell = self.cell(name)
        found = number_of(cell.text, danish=self.ground.mapping.danish, exact=cell.number)
        if found is None:
            raise RowWaits("number-unreadable", column=self.header(name))
        return format(found, "f")

    def choice(self, name: str, choices: Any) -> Any:
        """Return the choice a cell's word stands for."""
        found = choice_of(self.text(name), choices)
        if found is None:
            of = ", ".join(words.label(one.value, "da", choices.__name__) for one in choices)
            of_en = ", ".join(words.label(one.value, "en", choices.__name__) for one in choices)
            raise RowWaits("choice-unknown", column=self.header(name), choices_da=of, choices_en=of_en)
        return found

    def roles(self) -> list[Role]:
        """Return the roles in the cell; several stand with a comma, a slash or *and* between them."""
        parts = [part for part in _parts(self.text("role")) if part]
        found = [choice_of(part, Role) for part in parts]
        if None in found:
            self.choice("role", Role)
            raise RowWaits("choice-unknown", column=self.header("role"), choices_da="", choices_en="")
        return list(dict.fromkeys(one for one in found if one))

    def role(self) -> Role | None:
        """Return the one role in the cell, if any."""
        return self.choice("role", Role) if self.text("role") else None

    def person(self) -> str | None:
        """Return who the row says it is about; None when it does not say."""
        return self.ground.people.find(
            text for text in (self.text(name) for name in ("participant", "tag", "name", "contact")) if text
        )

    def who(self) -> str:
        """Return what the row itself calls the person, for the sentence about it."""
        return self.text("name") or self.text("participant") or self.text("tag") or self.text("contact")

    def gathering(self) -> str | None:
        """Return the gathering the row names, or whoever imports chose, or the only one on the row's day."""
        text = self.text("gathering")
        if text:
            return self.ground.titled.find(text, self.header("gathering"))
        return self.ground.defaults.gathering

    def when(self, gathering: str | None = None) -> dict[str, Any]:
        """Return the envelope's times: the row's day, else the gathering's, else the day that was chosen.

        Raises:
            RowWaits: when nothing says when it was.
        """
        day = self.day()
        held = self.ground.gatherings[gathering].when if gathering in self.ground.gatherings else None
        if day is None and held is not None:
            return held
        day = day or self.ground.defaults.day
        if day is None:
            raise RowWaits("day-missing")
        return on(day)


def _parts(text: str) -> list[str]:
    for sign in (";", "/", "+", "&", " og ", " and "):
        text = text.replace(sign, ",")
    return [part.strip() for part in text.split(",")]


def on(day: dt.date) -> dict[str, Any]:
    """Return the times of an envelope of which only the day is known."""
    return {"time": start_of_day(day).isoformat(), "timeprecision": "day"}


def make(row: Row, identity: uuid.UUID) -> Making:
    """Return what a row becomes.

    Args:
        row: as read.
        identity: the same whenever the same row is read: what a row begins gets its id from it.

    Raises:
        RowWaits: when it cannot be placed without guessing.
    """
    return MAKERS[row.ground.mapping.kind.name](row, identity)


def _person(row: Row, identity: uuid.UUID) -> Making:
    name, given, tag = row.text("name"), row.text("participant"), row.text("tag")
    people = row.ground.people
    if not (name or given):
        raise RowWaits("person-without-name")
    if given in people.ids:
        raise RowWaits("number-known-already")
    if not given and people.names.get(plain := plain_name(name)):
        line = people.lines.get(plain)
        raise RowWaits("person-known-already") if line is None else RowWaits("person-twice", line=line)
    day, roles = row.day(), row.roles()
    when = on(day or row.ground.defaults.day or row.ground.began)
    if not (day or row.ground.defaults.day):
        when["timebasis"] = "Rækken har ingen dato; sat til forløbets begyndelse."
    ref = given or str(identity)
    data = {"participant_id": ref, "name": name, "contact": row.text("contact"), "pseudonym": tag}
    wires = [{"type": "participant-registered", "data": _filled(data), **when}]
    wires += [{"type": "role-assumed", "data": {"participant_id": ref, "role": role.value}, **when} for role in roles]
    start = day or row.ground.defaults.day or row.ground.began
    da, en = ("".join(f", {words.label(role.value, lang)}" for role in roles) for lang in ("da", "en"))
    return Making(
        wires,
        f"Ny deltager: {name or given}{da}, med fra {words.day(start, 'da')}.",
        f"New participant: {name or given}{en}, from {words.day(start, 'en')}.",
        registers=ref,
    )


def registered(row: Row, ref: str) -> None:
    """Note that a row registered somebody, so that a later row with the same name is not taken for a new person."""
    row.ground.people.ids.add(ref)
    if name := row.text("name"):
        plain = plain_name(name)
        row.ground.people.names[plain].add(ref)
        row.ground.people.lines.setdefault(plain, row.line)


def _attendance(row: Row, _: uuid.UUID) -> Making:
    ref, gathering = row.person(), row.gathering() or _only_gathering(row)
    if ref is None:
        raise RowWaits("person-missing")
    status: Attendance = row.choice("status", Attendance)
    role = row.role()
    data = {
        "gathering_id": gathering,
        "participant_id": ref,
        "status": status.value,
        "role": role.value if role else "",
    }
    title = row.ground.gatherings[gathering].title
    said = {lang: words.label(status.value, lang, "Attendance") for lang in ("da", "en")}
    wire = {"type": "attendance-recorded", "data": _filled(data), **row.when(gathering)}
    return Making([wire], f"{row.who()}: {said['da']}, {title}.", f"{row.who()}: {said['en']}, {title}.")


def _only_gathering(row: Row) -> str:
    day = row.day()
    found = [ref for ref, one in row.ground.gatherings.items() if day and one.day == day]
    if len(found) != 1:
        raise RowWaits("gathering-missing")
    return found[0]


def _contribution(row: Row, identity: uuid.UUID) -> Making:
    text, kind = row.needed("text"), row.choice("kind", ContributionKind)
    ref, role, gathering = row.person(), row.role(), row.gathering()
    author: dict[str, str] = {"kind": "anonymous"}
    if ref:
        author = {"kind": "participant", "ref": ref}
    elif role:
        author = {"kind": "role", "ref": role.value}
    group = row.ground.groups.find(row.text("group"), row.header("group")) if row.text("group") else ""
    data = {"contribution_id": f"c-{identity.hex[:12]}", "kind": kind.value, "text": text, "author": author}
    data |= _filled({"gathering_id": gathering, "group_id": group, "channel": row.text("channel")})
    wire = {"type": "contribution-made", "data": data, **row.when(gathering)}
    shown = text if len(text) <= TEXT_SHOWN else f"{text[: TEXT_SHOWN - 1]}…"
    who = {lang: row.who() or words.label(role.value if role else "anonymous", lang) for lang in ("da", "en")}
    label = {lang: words.capitalised(words.label(kind.value, lang, "ContributionKind")) for lang in ("da", "en")}
    return Making([wire], f"{label['da']}, {who['da']}: “{shown}”", f"{label['en']}, {who['en']}: “{shown}”")


def _hours(row: Row, _: uuid.UUID) -> Making:
    ref, role, labour, hours = row.person(), row.role(), row.choice("labour", Labour), row.number("hours")
    if ref is None and role is None:
        raise RowWaits("person-missing")
    data = {"hours": hours, "labour": labour.value, "participant_id": ref, "role": role.value if role else ""}
    data["rate_basis"] = row.text("rate_basis")
    wire = {"type": "hours-logged", "data": _filled(data), **row.when()}
    who = {lang: row.who() or words.label(role.value if role else "", lang) for lang in ("da", "en")}
    paid = {lang: words.label(labour.value, lang, "Labour") for lang in ("da", "en")}
    return Making(
        [wire],
        f"{who['da']}: {words.number(hours, 'da')} timer, {paid['da']}.",
        f"{who['en']}: {words.number(hours, 'en')} hours, {paid['en']}.",
    )


def _expenditure(row: Row, _: uuid.UUID) -> Making:
    said, amount, voucher = row.needed("line"), row.number("amount"), row.needed("voucher")
    line = row.ground.lines.find(said, row.header("line")) if row.ground.lines.titles else said
    row.needed("date")
    day = row.day()
    data = {"line_id": line, "amount_dkk": amount, "voucher": voucher, "paid_on": day.isoformat() if day else ""}
    data |= {"supplier": row.text("supplier"), "note": row.text("note")}
    wire = {"type": "expenditure-recorded", "data": _filled(data), **row.when()}
    title = row.ground.lines.titles.get(line, line)
    return Making(
        [wire],
        f"{words.money(amount, 'da')} på posten {title}, bilag {voucher}.",
        f"{words.money(amount, 'en')} on the line {title}, voucher {voucher}.",
    )


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value}


MAKERS: Final[dict[str, Callable[[Row, uuid.UUID], Making]]] = {
    "people": _person,
    "attendance": _attendance,
    "contributions": _contribution,
    "hours": _hours,
    "expenditure": _expenditure,
}
