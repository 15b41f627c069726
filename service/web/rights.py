"""The page of people's rights, for the team: what they said yes to and in which words, what waits, on which ground."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final

from flask import request

from domain.consenting import ConsentPurpose, ErasureVerdict, ProcessingBasisDeclared
from domain.correcting import effective
from domain.kernel import Envelope, in_order
from domain.vocabulary import UNKNOWN, Purpose
from service.app import Kurslog
from service.consenting import Asked, purposes_of
from service.consents import newest, texts
from service.reports.touched import Touched, touching
from service.security.gate import TEAM
from service.security.membership import LEADING
from service.security.rights import Rights as Standing
from service.web.page import ProcessPage
from service.web.parts import Part, part_of
from service.web.people import Person, by_name, listed_as, open_names, people_of
from service.web.roster import told_in
from service.web.things import texts_of

READ: Final = 2000
SHOWN: Final = 25
"""So many people are on the page at once, since each is asked for eight things."""


@dataclass
class Row:
    """One participant: what they were told, whether they said anything and what, and whether a guardian says it."""

    person: Person
    told: str | None
    answered: bool
    guardian: bool
    ask: Callable[[], list[Asked]]

    @cached_property
    def asked(self) -> list[Asked]:
        """The purposes, each with what they said: looked up for whoever is shown."""
        return self.ask()

    @property
    def yes(self) -> list[Asked]:
        """What they said yes to."""
        return [one for one in self.asked if one.given]

    @property
    def no(self) -> list[Asked]:
        """What they said no to, or took back."""
        return [one for one in self.asked if one.given is False]

    @property
    def versions(self) -> list[str]:
        """The versions of the words that their yeses stand on."""
        return sorted({one.given_on or "" for one in self.yes} - {""})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A recipient to be told: the report, whose words are in it, and the entry that led to it."""

    report: Touched
    person: Person
    cause: str

    @property
    def key(self) -> str:
        """What its form is known by."""
        return f"{self.report.report}/{self.person.id}"


@dataclass
class Rights:
    """Everything the page shows."""

    page: ProcessPage
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: list[tuple[str, str]] = field(default_factory=list)

    @cached_property
    def people(self) -> Mapping[str, Person]:
        """The participants, by id; the names of those who are shown are opened when they are."""
        return people_of(self.page, named=())

    @cached_property
    def _order(self) -> Callable[[str], tuple[int, str]]:
        return by_name(self.page)

    @cached_property
    def rows(self) -> list[Row]:
        """The participants; of those who left only whoever said something."""
        page, told = self.page, told_in(self.page)
        rights = page.kurslog.rights.of(page.process)
        found: list[Row] = []
        for ref, person in self.people.items():
            stands = rights.person(ref)
            ask = partial(purposes_of, page.kurslog, page.process, ref, page.lang)
            answered = any(last.given is not None for last in stands.said.values())
            found.append(Row(person, told.get(ref), answered, stands.guardian_required, ask))
        return [row for row in found if row.person.here or row.answered]

    @cached_property
    def silent(self) -> Part[Row]:
        """Whoever said nothing yet, as many as are shown."""
        return self._part([row for row in self.rows if not row.answered], "silent")

    @cached_property
    def answered(self) -> Part[Row]:
        """Whoever said something, as many as are shown."""
        return self._part([row for row in self.rows if row.answered], "answered")

    def _part(self, rows: Sequence[Row], of: str) -> Part[Row]:
        return part_of(
            self.page,
            "rights",
            rows,
            called=lambda row: listed_as(row.person),
            order=lambda row: self._order(row.person.id),
            opened=lambda rows: open_names(self.page, (row.person for row in rows)),
            of=of,
            size=SHOWN,
        )

    @cached_property
    def objections(self) -> list[tuple[Envelope, str | None]]:
        """The objections that have no answer yet, each with its words."""
        page = self.page
        found = [event for event in self._standing("objection-lodged") if event.data.verdict is None]
        said = texts_of(page.kurslog, page.caller, found)
        return [(event, said.get((event.position, "text"))) for event in found]

    @cached_property
    def bases(self) -> dict[Purpose, list[Envelope]]:
        """Each purpose with what was declared of it, the newest first."""
        found: dict[Purpose, list[Envelope]] = {purpose: [] for purpose in Purpose}
        for event in reversed(self._standing("processing-basis-declared")):
            if isinstance(event.data, ProcessingBasisDeclared) and event.data.purpose is not UNKNOWN:
                found[event.data.purpose].append(event)
        return found

    def _standing(self, stem: str) -> list[Envelope]:
        reader, process = self.page.kurslog.reader, self.page.process
        events = reader.process_page(process, types=[f"{stem}.v1"], limit=READ)
        return in_order(effective(reader.things(process, sorted({event.subject for event in events}))))

    @cached_property
    def waiting(self) -> list[Waiting]:
        """The recipients of issued reports that hold words which may no longer be used, and who were not told so."""
        kurslog, process = self.page.kurslog, self.page.process
        rights, people = kurslog.rights.of(process), self.people
        stopped = [ref for ref in people if _stopped(rights, ref)]
        found = [
            Waiting(one, people[one.participant], rights.latest(one.participant))
            for one in touching(kurslog, process, stopped)
            if one.stopped and not one.notified
        ]
        open_names(self.page, (one.person for one in found))
        return found

    def typed_for(self, row: Row, one: Asked) -> str:
        """Return what is chosen for one purpose of one person: as typed, else as it stands."""
        stands = {True: "yes", False: "no", None: ""}[one.given]
        return self.typed.get(f"{one.purpose.value}.{row.person.id}", stands)


def _stopped(rights: Standing, participant: str) -> bool:
    """Whether something of a person's may no longer be used that may have been before."""
    said = rights.person(participant)
    return bool(said.withdrawn or said.objections or rights.erased(participant) or rights.quoted_back(participant))


def rights_page(kurslog: Kurslog, process: str) -> str:
    """Show the page.

    Raises:
        UnknownError: to whoever is not of the team; the page is not there for them.
    """
    return shown(Rights(ProcessPage.for_roles(kurslog, process, TEAM)))


def shown(found: Rights) -> str:
    """Return the page as HTML, with what was typed and what is wrong in it."""
    page, saved = found.page, request.args.get("saved", "")
    return page.render(
        "rights.html",
        found=found,
        purposes=list(ConsentPurpose),
        words=texts(newest()),
        version=newest(),
        verdicts=list(ErasureVerdict),
        command=request.form.get("command") or str(uuid.uuid4()),
        saved=saved if saved.replace("-", "").isdigit() else "",
        undone=request.args.get("undone"),
        back=page.link("rights", on=None),
        leading=page.caller.role in LEADING,
    )
