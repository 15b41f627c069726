"""All that is held about a participant in one group, in full, and what they may do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service import words
from service.oneself import Held
from service.queries import UnknownError
from service.security.gate import sees
from service.web.entries import Row, rows_of
from service.web.me_words import SEEN_BY, TITLES
from service.web.mending import may_mend
from service.web.own_page import OwnPage
from service.web.page import asked_number
from service.web.things import subjects_in, titles

if TYPE_CHECKING:
    from service.app import Kurslog


class Listed(NamedTuple):
    """One entry with its fields, and what the participant may do with it."""

    held: Held
    label: str
    rows: list[Row]
    opens: bool
    mendable: bool
    undoable: bool


def held_page(kurslog: Kurslog, process: str, group: str) -> str:
    """Show all entries of one group in full.

    Raises:
        UnknownError: for a group there is not.
    """
    page = OwnPage.of_participant(kurslog, process)
    if group not in TITLES:
        raise UnknownError(group)
    found = page.held.of_group(group)
    named = titles(kurslog, page.caller, process, {one for held in found for one in subjects_in(held.event)}, page.lang)
    return page.render(
        "me_held.html",
        group=group,
        title=page.t(*TITLES[group]),
        seen=page.t(*SEEN_BY[group]),
        entries=[_listed(page, one, named) for one in found],
        undone=asked_number("undone"),
    )


def _listed(page: OwnPage, one: Held, named: dict[str, str]) -> Listed:
    event = one.event
    opens = sees(page.caller, event)
    rows = rows_of(page, event, named) if one.own or (one.about and opens) else []
    mendable = one.own and not one.gone and may_mend(page, event)
    return Listed(one, words.type_label(event.type, page.lang), rows, opens, mendable, mendable)
