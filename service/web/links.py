"""Personal links: made for participants, printed as squares to scan, each shown once; and who has come in by theirs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import segno
from flask import redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from domain.correcting import effective
from domain.gathering import AttendanceRecorded
from domain.keeping import AccessRole
from service.app import Kurslog
from service.security.gate import TEAM, sees
from service.security.tokens import Token
from service.web.gatherings import Gathering, gatherings_of
from service.web.page import ProcessPage, today
from service.web.parts import Part, part_of
from service.web.people import Person, by_name, listed_as, open_names, people_of

LINK_DAYS: Final = 30
MOST_SQUARES: Final = 100
"""So many are made and printed at once."""
FEW: Final = 10
"""So many names stand open on the page; more are folded, a heading for each step a link comes."""


@dataclass(frozen=True)
class Standing:
    """How far somebody's link has come: made on a day, or used on one."""

    made: dt.datetime | None = None
    came: dt.datetime | None = None


@dataclass(frozen=True)
class Step:
    """Those whose links have come as far: none yet, one that waits, or used."""

    name: str
    of: str
    people: Part[tuple[Person, Standing]]


@dataclass(frozen=True)
class Card:
    """One square on the sheet."""

    person: Person
    address: str
    square: Markup


def links_page(kurslog: Kurslog, process: str) -> str:
    """Show the participants, and how far each one's link has come.

    Raises:
        UnknownError: to whoever is not of the team; the page is not there for them.
    """
    return _render(ProcessPage.for_roles(kurslog, process, TEAM))


def _render(page: ProcessPage, wrong: str | None = None) -> str:
    people = [one for one in people_of(page, named=()).values() if one.here]
    group, gathering = request.args.get("group", ""), request.args.get("gathering", "")
    chosen = [one for one in people if not group or group in one.groups]
    if gathering:
        came = attending(page, gathering)
        chosen = [one for one in chosen if one.id in came]
    return page.render(
        "links.html",
        steps=steps(page, chosen),
        count=len(chosen),
        few=FEW,
        most=MOST_SQUARES,
        everybody=len(people),
        groups=sorted({title for one in people for title in one.groups}),
        gatherings=[one for one in gatherings_of(page) if one.status != "cancelled"],
        group=group,
        gathering=gathering,
        wrong=wrong,
        revoked=request.args.get("revoked") == "1",
        days=LINK_DAYS,
    )


def steps(page: ProcessPage, people: list[Person]) -> list[Step]:
    """Return the participants by how far their links have come, those without one first."""
    standing = standings(page.kurslog.tokens.all(page.process))
    found = [(one, standing.get(one.id, Standing())) for one in people]
    names = {
        "none": page.t("Har intet link", "Have no link"),
        "made": page.t("Har et link, der ikke er brugt", "Have a link that was not used"),
        "came": page.t("Er kommet ind", "Have come in"),
    }
    held: dict[str, list[tuple[Person, Standing]]] = {of: [] for of in names}
    for one, now in found:
        held["came" if now.came else "made" if now.made else "none"].append((one, now))
    kept = {name: request.args[name] for name in ("group", "gathering") if request.args.get(name)}
    order = by_name(page)

    def shown(of: str) -> Part[tuple[Person, Standing]]:
        return part_of(
            page,
            "links",
            held[of],
            called=lambda one: listed_as(one[0]),
            order=lambda one: order(one[0].id),
            opened=lambda some: open_names(page, (one for one, _ in some)),
            of=of,
            size=MOST_SQUARES,
            **kept,
        )

    return [Step(name, of, shown(of)) for of, name in names.items() if held[of]]


def attending(page: ProcessPage, gathering: str) -> set[str]:
    """Return the participants an answer of attendance stands for at a gathering, whatever it is."""
    reader = page.kurslog.reader
    noted = reader.walk(page.process, types=["attendance-recorded.v1"])
    standing = effective(reader.things(page.process, sorted({event.subject for event in noted})))
    return {
        event.data.participant_id
        for event in standing
        if isinstance(event.data, AttendanceRecorded)
        and event.data.gathering_id == gathering
        and sees(page.caller, event)
    }


def standings(tokens: list[Token]) -> dict[str, Standing]:
    """Return how far each participant's link has come, by participant."""
    found: dict[str, Standing] = {}
    for one in tokens:
        if one.participant is None or one.kind not in {"link", "spent"}:
            continue
        before = found.get(one.participant, Standing())
        used = one.used_at if one.kind == "spent" else None
        found[one.participant] = Standing(one.created_at if one.kind == "link" else before.made, used or before.came)
    return found


def save_links(kurslog: Kurslog, process: str) -> Answer | str | tuple[str, int]:
    """Make links for those who are ticked and show them this once, or end theirs.

    Raises:
        UnknownError: to whoever is not of the team.
    """
    page = ProcessPage.for_roles(kurslog, process, TEAM)
    ticked = {name.removeprefix("who.") for name, value in request.form.items() if name.startswith("who.") and value}
    chosen = [one for one in people_of(page, named=ticked).values() if one.here and one.id in ticked]
    if not chosen:
        return _render(page, page.t("Sæt hak ved mindst én.", "Tick at least one.")), 422
    if request.form.get("do") == "revoke":
        for one in chosen:
            kurslog.tokens.end_links(process, one.id)
        return redirect(page.link("links", revoked=1, on=None), 303)
    gathering = next((one for one in gatherings_of(page) if one.id == request.args.get("gathering")), None)
    return _sheet(page, [_card(page, one) for one in chosen], gathering)


def _card(page: ProcessPage, person: Person) -> Card:
    """Make a link in the place of one that was not used."""
    tokens = page.kurslog.tokens
    tokens.end_links(page.process, person.id, unused_only=True)
    secret = tokens.create(
        role=AccessRole.PARTICIPANT,
        process=page.process,
        lasting=dt.timedelta(days=LINK_DAYS),
        kind="link",
        account=page.kurslog.accounts.participants(page.process, person.id),
        participant=person.id,
    )
    address = f"{page.kurslog.settings.address}/sign-in/{secret}"
    return Card(person, address, square_of(address))


def square_of(address: str) -> Markup:
    """Return an address as a square to scan: dark on white whatever the page's colours, for a program to leave alone."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        border=2, dark="#000", light="#fff", omitsize=True, svgclass="square", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - drawn by the library of an address of ours; no text of anybody's is in it


def _sheet(page: ProcessPage, cards: list[Card], gathering: Gathering | None) -> str:
    return page.render(
        "link_sheet.html",
        cards=cards,
        gathering=gathering,
        until=today() + dt.timedelta(days=LINK_DAYS),
        days=LINK_DAYS,
    )
