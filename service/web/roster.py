"""The page of the people, for the team: names beside marks, roles and groups, and who has been told what is kept."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.correcting import effective
from service.app import Kurslog
from service.security.gate import TEAM
from service.web.page import ProcessPage
from service.web.parts import part_of
from service.web.people import by_name, listed_as, open_names, people_of
from service.web.ready import READY_VERSION
from service.web.record import command_id, id_within, record_or_say
from service.web.registering import ROLES, people_wires, typed_people
from service.web.setup import Draft, rows_of

CHANNELS: Final = (("ved samlingen", "at the gathering"), ("med brev", "by letter"), ("med mail", "by e-mail"))


def people_page(kurslog: Kurslog, process: str) -> str:
    """Show the people.

    Raises:
        UnknownError: to whoever is not of the team; the page is not there for them.
    """
    page = ProcessPage.for_roles(kurslog, process, TEAM)
    return _render(page, Draft(page, {}, str(uuid.uuid4())))


def _render(page: ProcessPage, draft: Draft) -> str:
    people, order, told = people_of(page, named=()), by_name(page), told_in(page)
    here = [one for one in people.values() if one.here]
    left = [one for one in people.values() if not one.here]
    untold = [one for one in here if one.id not in told]
    open_names(page, [*left, *untold])
    opened = partial(open_names, page)
    saved = request.args.get("saved", "")
    return page.render(
        "people.html",
        here=here,
        part=part_of(page, "people", here, called=listed_as, order=lambda one: order(one.id), opened=opened),
        left=left,
        told=told,
        untold=untold,
        by_role=[(role, sum(role in one.roles for one in here)) for role in ROLES],
        version=text_version(page),
        channels=CHANNELS,
        roles=ROLES,
        draft=draft,
        rows=rows_of(draft),
        saved=saved if saved.replace("-", "").isdigit() else "",
        undone=request.args.get("undone"),
        back=page.link("people", on=None),
    )


def told_in(page: ProcessPage) -> Mapping[str, str]:
    """Return who has been told, and in which text."""
    reader = page.kurslog.reader

    def find() -> dict[str, str]:
        given = reader.walk(page.process, types=["privacy-notice-given.v1"])
        standing = effective(reader.things(page.process, sorted({event.subject for event in given})))
        return {event.data.participant_id: event.data.text_version for event in standing}

    return page.kurslog.queries.kept(page.process, "told of what is kept", find, len)


def text_version(page: ProcessPage) -> str:
    """Return the version of the text that was declared last."""
    types = ["processing-basis-declared.v1"]
    declared = page.kurslog.reader.process_page(page.process, types=types, limit=1, backwards=True)
    return next((str(event.data.text_version) for event in declared), READY_VERSION)


def save_people(kurslog: Kurslog, process: str) -> Answer | tuple[str, int] | str:
    """Register several people, or note that several have been told, as one command."""
    page = ProcessPage.for_roles(kurslog, process, TEAM)
    draft = Draft(page, dict(request.form.items()), command_id())
    if draft.said("more"):
        return _render(page, draft)
    wires = _told(draft) if draft.said("do") == "told" else _registered(draft)
    positions, wrong = ([], None) if draft.wrong else record_or_say(page, wires)
    if wrong:
        draft.wrong.append(("main", wrong))
    if draft.wrong:
        return _render(page, draft), 422
    return redirect(page.link("people", saved=f"{positions[0]}-{positions[-1]}", on=None), 303)


def _registered(draft: Draft) -> list[dict[str, Any]]:
    found = typed_people(draft.page, draft.typed, rows_of(draft))
    draft.wrong += found.wrong
    if not found.people and not found.wrong:
        draft.wrong.append(("name-0", draft.page.t("Skriv mindst ét navn.", "Write at least one name.")))
    return people_wires(draft.page, found.people, draft.command)


def _told(draft: Draft) -> list[dict[str, Any]]:
    people = [ref for ref in people_of(draft.page, named=()) if draft.said(f"told.{ref}")]
    if not people:
        none = draft.page.t("Sæt hak ved mindst én.", "Tick at least one.")
        draft.wrong.append(("told", none))
    given = {"text_version": draft.said("version") or READY_VERSION, "channel": draft.said("channel") or None}
    return [
        {
            "type": "privacy-notice-given",
            "id": id_within(draft.command, f"told {ref}"),
            "data": {"participant_id": ref, **{name: value for name, value in given.items() if value}},
        }
        for ref in people
    ]
