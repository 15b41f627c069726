"""What is held about a participant, to take along: as data, and as pages to read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import msgspec
from flask import Response

from service.oneself import ORDER, as_json
from service.web.entries import Parts, Row, rows_of
from service.web.me_readers import read_lines
from service.web.me_words import SEEN_BY, TITLES, purpose_words
from service.web.own_page import OwnPage
from service.web.things import subjects_in, titles

if TYPE_CHECKING:
    from service.app import Kurslog
    from service.oneself import Held


def my_data(kurslog: Kurslog, process: str) -> Response:
    """Return all of it as JSON."""
    page = OwnPage.of_participant(kurslog, process)
    document = as_json(page.held, fictional=page.fictional, now=dt.datetime.now(dt.UTC))
    content = msgspec.json.format(msgspec.json.encode(document), indent=2)
    return _file(content, "application/json", f"{process}-{page.held.mark}.json")


def my_pages(kurslog: Kurslog, process: str) -> Response:
    """Return all of it as PDF, in the page's language."""
    from service.reports.pdf import write_pages  # noqa: PLC0415 - typst only where pages are wanted

    page = OwnPage.of_participant(kurslog, process)
    now = dt.datetime.now(dt.UTC)
    return _file(write_pages("oneself", document(page, now), now), "application/pdf", f"{process}-{page.held.mark}.pdf")


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, mimetype=media_type, headers=headers)


def document(page: OwnPage, now: dt.datetime) -> dict[str, Any]:
    """Return what the pages say: a title, and sections of entries with their fields."""
    from service.consenting import of_person  # noqa: PLC0415 - only here

    t, held = page.t, page.held
    subjects = {one for held_one in held.entries for one in subjects_in(held_one.event)}
    named = titles(page.kurslog, page.caller, page.process, subjects, page.lang)
    asked = of_person(page.kurslog, page.process, page.me, page.lang)
    words = purpose_words(page)
    answers = {True: t("ja", "yes"), False: t("nej", "no"), None: t("ikke svaret", "not answered")}
    title = page.registration.data.title
    return {
        "language": page.lang,
        "title": t("Det ved vi om dig", "What we hold about you"),
        "kicker": f"{title} · {held.mark} · {page.say.day(now)}",
        "invented": t("Alt her er fundet på. Ingen virkelige personer.", "All of this is made up. No real people.")
        if page.fictional
        else None,
        "lead": t(
            f"Her står alt, hvad forløbet har gemt om dig. Du står som {held.mark}. Andres ord er ikke med.",
            f"This is all that the process holds about you. You stand as {held.mark}. Nobody else's words are here.",
        ),
        "sections": [
            {
                "title": t(*TITLES[group]),
                "note": t(*SEEN_BY[group]),
                "entries": [_entry(page, one, named) for one in held.of_group(group)],
            }
            for group in ORDER
            if held.of_group(group)
        ],
        "yes": {
            "title": t("Det har du sagt ja til", "What you said yes to"),
            "rows": [[words[one.purpose], answers[one.given]] for one in asked],
        },
        "reads": {
            "title": t("Hvem har læst det", "Who has read it"),
            "none": t("Ingen har læst dine tekster endnu.", "Nobody has read your texts yet."),
            "rows": [[page.say.day(day), line] for day, line in read_lines(page, held.reads)],
        },
        "head": [t("Hvad", "What"), t("Svar", "Answer"), t("Dag", "Day"), t("Hvem", "Who")],
    }


def _entry(page: OwnPage, one: Held, named: dict[str, str]) -> dict[str, Any]:
    t, event = page.t, one.event
    rows = [_row(row, t("vises ikke", "not shown")) for row in rows_of(page, event, named)] if one.own else []
    if not one.own:
        rows = [
            (page.say.capital(page.say.label(name, event.declaration.stem)), str(value))
            for name, value in _plain(one.data)
        ]
    return {
        "head": f"{page.say.type_label(event.type)}, {t('nr.', 'no.')} {event.position}",
        "when": page.say.day(event.time) + (t(" · trukket tilbage", " · withdrawn") if one.gone else ""),
        "rows": rows,
    }


def _plain(data: dict[str, Any]) -> list[tuple[str, Any]]:
    return [
        (name, ", ".join(map(str, value)) if isinstance(value, list) else value)
        for name, value in data.items()
        if isinstance(value, str | int) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
    ]


def _row(row: Row, hidden: str) -> tuple[str, str]:
    return row.label[:1].upper() + row.label[1:], row.silent or _said(row.value, hidden)


def _said(value: Any, hidden: str) -> str:
    if value is None:
        return hidden
    if isinstance(value, Parts):
        return ", ".join(f"{name}: {_said(one, hidden)}" for name, one in value.parts)
    if isinstance(value, list):
        return "; ".join(_said(one, hidden) for one in value)
    return str(getattr(value, "alt", value))
