"""A table of post-its: the table is chosen once, then one line is one note, many at a time; the last ones can be undone."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from flask import redirect, request

from domain.correcting import effective
from domain.vocabulary import UNKNOWN, Role
from service.log.busy import BusyError
from service.security.gate import Act
from service.web.contributions import KINDS
from service.web.gatherings import Gathering, gatherings_of
from service.web.page import ProcessPage, asked_number
from service.web.people import person_of_mark
from service.web.record import MANY_WRITE, command_id, id_within, record_or_say
from service.web.things import begun, texts_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from domain.kernel import Envelope
    from service.app import Kurslog

CHANNEL: Final = "post-it"
TABLES: Final = 12
LINES_MAX: Final = 60
LINE_MAX: Final = 2000
READ: Final = 500
ABOUT: Final = 30
"""So many notes a table gives as a rule; the bar counts towards it."""

TABLE_PATTERN: Final = re.compile(r"bord-\d{1,2}|gruppe-[A-Za-z0-9._:-]{1,80}")


@dataclass
class Table:
    """The table that was chosen: at which gathering, which group or number, and about how many notes it has."""

    gathering: str
    place: str
    about: int

    @property
    def group(self) -> str | None:
        """The group that sits there, if it is a group's."""
        return self.place.removeprefix("gruppe-") if self.place.startswith("gruppe-") else None

    @property
    def wire(self) -> dict[str, Any]:
        """What its notes have in common, as data."""
        found = {"gathering_id": self.gathering, "group_id": self.group}
        return {name: value for name, value in found.items() if value}

    def holds(self, event: Envelope) -> bool:
        """Whether a contribution was given here."""
        data = event.data
        here = (data.gathering_id or "") == self.gathering and data.channel == CHANNEL
        return here and (data.group_id == self.group if self.group else event.correlationid == self.place)


@dataclass
class Typed:
    """What stands in the form: as it was typed, and what is wrong with it."""

    command: str
    kind: str = "dream"
    author: str = ""
    mark: str = ""
    text: str = ""
    wrong: list[tuple[str, str]] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """The notes: one a line."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]


def table_page(kurslog: Kurslog, process: str) -> str:
    """Show the choice of a table; once one is chosen, the form and what the table has given."""
    page = ProcessPage.of(kurslog, process, Act.RECORD)
    kind = request.args.get("kind", "")
    typed = Typed(str(uuid.uuid4()), kind if kind in KINDS else KINDS[0], request.args.get("author", ""))
    return _render(page, table_of(page), typed)


def table_of(page: ProcessPage) -> Table | None:
    """Return the table the address names; None while none is chosen."""
    place = request.args.get("table", "")
    gathering = request.args.get("gathering", "")
    if not TABLE_PATTERN.fullmatch(place):
        return None
    known = {one.id for one in gatherings_of(page)} | {""}
    return Table(gathering if gathering in known else "", place, asked_number("about") or ABOUT)


def _render(page: ProcessPage, table: Table | None, typed: Typed) -> str:
    notes = notes_of(page, table) if table else []
    saved = request.args.get("saved", "") if re.fullmatch(r"\d{1,15}-\d{1,15}", request.args.get("saved", "")) else ""
    first, _, last = saved.partition("-")
    gatherings = [one for one in gatherings_of(page) if one.status != "cancelled"]
    groups = begun(page.kurslog, page.caller, page.process, "group")
    return page.render(
        "table.html",
        table=table,
        typed=typed,
        kinds=KINDS,
        roles=[role.value for role in Role][:4],
        gatherings=gatherings,
        nearest=nearest(gatherings),
        groups=groups,
        tables=range(1, TABLES + 1),
        title=_title(page, table, gatherings, groups) if table else "",
        notes=notes,
        these=[note for note in notes if saved and int(first) <= note.position <= int(last)],
        saved=saved,
        here=here_of(page, table, typed) if table else "",
    )


def nearest(gatherings: list[Gathering]) -> str:
    """Return the gathering that lies nearest to now; empty without any."""
    now = dt.datetime.now(dt.UTC)
    dated = [one for one in gatherings if one.at]
    return min(dated, key=lambda one: abs((one.at or now) - now)).id if dated else ""


def _title(page: ProcessPage, table: Table, gatherings: list[Gathering], groups: dict[str, str]) -> str:
    number = table.place.removeprefix("bord-")
    name = groups.get(table.group) or table.group if table.group else page.t(f"Bord {number}", f"Table {number}")
    held = next((one.title for one in gatherings if one.id == table.gathering), "")
    return f"{name}: {held}" if held else str(name)


def here_of(page: ProcessPage, table: Table, typed: Typed, **more: Any) -> str:
    """Return the address of this table's page, with the choices that stay."""
    chosen = {"gathering": table.gathering or None, "table": table.place, "about": table.about}
    return page.link("table", **chosen, kind=typed.kind, author=typed.author or None, on=None, **more)


@dataclass(frozen=True)
class Note:
    """One note as the list shows it."""

    position: int
    kind: str
    text: str | None
    receipt: str


def notes_of(page: ProcessPage, table: Table) -> list[Note]:
    """Return what the table has given, newest first."""
    reader = page.kurslog.reader
    events = reader.process_page(page.process, types=["contribution-made.v1"], limit=READ, backwards=True)
    here = [event for event in events if table.holds(event)]
    standing = effective(reader.things(page.process, sorted({event.subject for event in here})))
    found = [event for event in standing if event.declaration.stem == "contribution-made"]
    seen = [event for event, _ in page.kurslog.queries.events_out(page.caller, found)]
    texts = texts_of(page.kurslog, page.caller, seen)
    return [
        Note(event.position, str(event.data.kind), texts.get((event.position, "text")), event.data.receipt or "")
        for event in sorted(seen, key=lambda one: -one.position)
    ]


# ------------------------------------------------------------------ saving
def save_table(kurslog: Kurslog, process: str) -> Answer | tuple[str, int]:
    """Record the lines as one command, once however often it is sent; or show them again with what to mend."""
    page = ProcessPage.of(kurslog, process, Act.RECORD)
    table = table_of(page)
    if table is None:
        return redirect(page.link("table", on=None), 303)
    typed = _typed()
    author = author_of(page, typed)
    _check(page, typed)
    if typed.wrong or author is None:
        return _render(page, table, typed), 422
    try:
        with kurslog.log.alone(f"receipts/{process}"):
            positions, wrong = record_or_say(page, wires_of(page, table, typed, author))
    except BusyError:
        positions, wrong = [], page.t(*MANY_WRITE)
    if wrong:
        typed.wrong.append(("text", wrong))
        return _render(page, table, typed), 422
    return redirect(here_of(page, table, typed, saved=f"{positions[0]}-{positions[-1]}"), 303)


def _typed() -> Typed:
    form = request.form
    return Typed(
        command_id(), form.get("kind", ""), form.get("author", ""), form.get("mark", "").strip(), form.get("text", "")
    )


def _check(page: ProcessPage, typed: Typed) -> None:
    t = page.t
    if typed.kind not in KINDS:
        typed.wrong.append(("kinds", t("Vælg, hvad det er for en seddel.", "Choose what kind of note it is.")))
    if not typed.lines:
        typed.wrong.append(("text", t("Skriv mindst én seddel.", "Write at least one note.")))
    if len(typed.lines) > LINES_MAX:
        many = t(f"Gem højst {LINES_MAX} sedler ad gangen.", f"Save at most {LINES_MAX} notes at a time.")
        typed.wrong.append(("text", many))
    if any(len(line) > LINE_MAX for line in typed.lines):
        typed.wrong.append(
            ("text", t("En af linjerne er meget lang. Del den.", "One of the lines is very long. Split it."))
        )


def author_of(page: ProcessPage, typed: Typed) -> dict[str, str] | None:
    """Return who wrote the notes: a participant by mark, a role, or nobody named; None, and a sentence, when unknown."""
    if typed.mark:
        found = person_of_mark(page, typed.mark)
        if found is None:
            wrong = f"Ingen deltager har mærket {typed.mark}. Ret det, eller lad feltet stå tomt."
            english = f"No participant has the mark {typed.mark}. Mend it, or leave it empty."
            typed.wrong.append(("mark", page.t(wrong, english)))
            return None
        return {"kind": "participant", "ref": found}
    if typed.author in set(Role):
        return {"kind": "role", "ref": typed.author}
    return {"kind": "anonymous"}


def wires_of(page: ProcessPage, table: Table, typed: Typed, author: dict[str, str]) -> list[dict[str, Any]]:
    """Return one contribution for each line; sent again, each keeps its number."""
    ids = [id_within(typed.command, f"note {at}") for at in range(len(typed.lines))]
    stored = page.kurslog.reader.by_id(page.process, [uuid.UUID(one) for one in ids])
    free = next_receipt(page)
    wires = []
    for at, (key, line) in enumerate(zip(ids, typed.lines, strict=True)):
        known = stored.get(uuid.UUID(key))
        data = {
            "contribution_id": f"b-{uuid.UUID(key).hex[:12]}",
            "kind": typed.kind,
            "text": line,
            "author": author,
            "channel": CHANNEL,
            "receipt": known.data.receipt if known else str(free + at),
            "transcribed_by": {"kind": "role", "ref": "facilitator"},
            **table.wire,
        }
        wires.append({"type": "contribution-made", "id": key, "correlationid": table.place, "data": data})
    return wires


def next_receipt(page: ProcessPage) -> int:
    """Return the number after the highest that a note of the process has got."""
    events = page.kurslog.reader.process_page(page.process, types=["contribution-made.v1"], limit=READ, backwards=True)
    given = [event.data.receipt for event in events if event.data.receipt not in {None, UNKNOWN}]
    return max((int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 9), default=0) + 1  # noqa: PLR2004 - a short number
