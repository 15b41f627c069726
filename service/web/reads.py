"""Who read what of whom: the read log, for those who answer for the data in a process."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask import Response, request

from service.security.membership import LEADING
from service.security.readlog import PUBLIC, ReadCount
from service.security.sealing import seals_of
from service.spreadsheets import defused
from service.web.me_words import USES
from service.web.page import ProcessPage
from service.web.people import people_of, person_of_mark

if TYPE_CHECKING:
    from service.app import Kurslog

SHOWN: Final = 300


class Line(NamedTuple):
    """One count as the page shows it."""

    read: ReadCount
    role: str
    use: str
    mark: str


class Reader(NamedTuple):
    """One account in one part on one day, with what it read."""

    day: dt.date
    account: str
    role: str
    lines: list[Line]

    @property
    def times(self) -> int:
        """How many texts it opened."""
        return sum(line.read.times for line in self.lines)


@dataclass(frozen=True)
class Filter:
    """What of the log is asked for; ``wrong`` says what could not be read."""

    day: dt.date | None = None
    mark: str = ""
    participant: str | None = None
    account: str = ""
    wrong: str | None = None

    def counts(self, kurslog: Kurslog, process: str, limit: int) -> list[ReadCount]:
        """Return the counts that are asked for, the newest day first."""
        if self.wrong:
            return []
        chosen: dict[str, Any] = {"day": self.day, "participant": self.participant, "account": self.account or None}
        return kurslog.reads.counts(process, **chosen, limit=limit)

    def arguments(self) -> dict[str, str]:
        """Return what stands in an address that asks for the same."""
        given = {"day": self.day.isoformat() if self.day else "", "person": self.mark, "account": self.account}
        return {name: value for name, value in given.items() if value}


def _opened(kurslog: Kurslog, process: str) -> ProcessPage:
    page = ProcessPage.for_roles(kurslog, process, LEADING)
    page.on, page.problem = None, None
    return page


def asked(page: ProcessPage) -> Filter:
    """Return what the address asks for."""
    mark, account = (request.args.get(name, "").strip() for name in ("person", "account"))
    try:
        day = dt.date.fromisoformat(text) if (text := request.args.get("day", "").strip()) else None
    except ValueError:
        wrong = page.t(
            "Dagen kunne ikke læses. Skriv den som 2026-05-24.", "The day could not be read. Write 2026-05-24."
        )
        return Filter(mark=mark, account=account, wrong=wrong)
    participant = person_of_mark(page, mark) if mark else None
    unknown = bool(mark) and participant is None
    said = page.t(f"Ingen her har mærket {mark}.", f"Nobody here has the mark {mark}.")
    return Filter(day, mark, participant, account, said if unknown else None)


def reads_page(kurslog: Kurslog, process: str) -> str:
    """Show who read what of whom, day by day, and the seal of each day that is over."""
    page = _opened(kurslog, process)
    wanted = asked(page)
    found = wanted.counts(kurslog, process, SHOWN + 1)
    return page.render(
        "reads.html",
        wanted=wanted,
        readers=readers_of(lines_of(page, found[:SHOWN])),
        more=len(found) > SHOWN,
        seals=seals_of(kurslog.reader, process),
        file=page.link("reads_file", **wanted.arguments()),
    )


def lines_of(page: ProcessPage, counts: list[ReadCount]) -> list[Line]:
    """Return the counts with words for their role and use, and the mark of whose texts they are."""
    marks = {person.id: person.mark or person.id for person in people_of(page, named=()).values()} if counts else {}
    return [
        Line(
            one,
            page.say.capital(
                page.t("ikke logget ind", "not signed in") if one.role == PUBLIC else page.say.label(one.role)
            ),
            page.t(*USES.get(one.use, (one.use, one.use))),
            marks.get(one.participant, one.participant),
        )
        for one in counts
    ]


def readers_of(lines: list[Line]) -> list[Reader]:
    """Return the lines by who read, the newest day first."""

    def reader(line: Line) -> tuple[dt.date, str, str]:
        return line.read.day, line.read.account, line.role

    found = [Reader(*key, list(group)) for key, group in itertools.groupby(sorted(lines, key=reader), reader)]
    return sorted(found, key=lambda one: one.day, reverse=True)


def reads_file(kurslog: Kurslog, process: str) -> Response:
    """Return the same as CSV, all of it; every row as it is sealed, and the mark beside it."""
    page = _opened(kurslog, process)
    lines = lines_of(page, asked(page).counts(kurslog, process, 2**62))
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["process", *ReadCount._fields, "mark"])
    table.writerows([defused(str(cell)) for cell in (process, *line.read, line.mark)] for line in lines)
    headers = {"Content-Disposition": f'attachment; filename="{process}-reads.csv"', "Cache-Control": "no-store"}
    return Response(out.getvalue(), mimetype="text/csv", headers=headers)
