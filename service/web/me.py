"""The first screen of a participant's own page: what became of what they said, their group, and their rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import redirect, request

from domain.belonging import GroupFormed, GroupJoined, GroupLeft
from domain.consenting import UNASKED
from service.consenting import of_person
from service.oneself import ORDER
from service.web.decisions import decisions_of
from service.web.me_asked import askings_of, quotes_of
from service.web.me_readers import read_lines
from service.web.me_rounds import asked_of
from service.web.me_voyage import contributions_of, fate_of, position_of, voyage_of
from service.web.me_waves import waves_of
from service.web.me_words import SEEN_BY, TITLES, VERDICTS, channel_words, purpose_words
from service.web.own_page import OwnPage
from service.web.page import Page, asked_number
from service.web.session import caller_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from service.app import Kurslog

READS_SHOWN: Final = 4
GROUP_SHOWN: Final = 5


def my_entrance(kurslog: Kurslog) -> Answer | str:
    """Lead to the own page of whoever came by a personal link; tell anybody else how to get one."""
    caller = caller_of(kurslog)
    if caller.participant and caller.process:
        page = Page.opened(kurslog)
        return redirect(page.link("me", process=caller.process), 303)
    return Page.opened(kurslog).render("me_stranger.html")


# ------------------------------------------------------------------ the first screen
def me_page(kurslog: Kurslog, process: str) -> str:
    """Show a participant their own page; tell anybody else how to get one."""
    page = OwnPage.of_anybody(kurslog, process)
    if not page.has_participant:
        return page.render("me_stranger.html")
    mine = contributions_of(page)
    chosen = next((one for one in mine if one["id"] == request.args.get("show")), mine[-1] if mine else None)
    sheets, (waves, told) = asked_of(page), waves_of(page)
    return page.render(
        "me.html",
        held=page.held,
        one=chosen,
        fate=fate_of(page, chosen) if chosen else None,
        steps=voyage_of(page, chosen) if chosen else [],
        position=position_of(page, chosen["id"]) if chosen else None,
        others=[(other, fate_of(page, other)) for other in reversed(mine) if other is not chosen],
        rounds=[one for one in sheets if one.waits],
        answered=[one for one in sheets if one.sheet.given and not one.waits],
        waves=waves,
        told=told,
        groups=groups_of(page),
        kept=[(group, found) for group in ORDER if (found := page.held.of_group(group))],
        titles=TITLES,
        seen_by=SEEN_BY,
        reads=read_lines(page, page.held.reads)[:READS_SHOWN],
        read_times=sum(one.times for one in page.held.reads),
        quotes=quotes_of(page),
        channels=channel_words(page.lang),
        ties=[one for one in page.held.of_group("ties") if one.own and not one.gone],
        unasked=UNASKED,
        asked=of_person(kurslog, process, page.me, page.lang),
        purpose_words=purpose_words(page),
        asking=askings_of(page),
        verdicts=VERDICTS,
        saved=request.args.get("saved"),
        undone=asked_number("undone"),
    )


# ------------------------------------------------------------------ what my group did
def groups_of(page: OwnPage) -> list[dict[str, Any]]:
    """Return the groups the participant is in, each with its latest actions and decisions."""
    actions, decided = page.answer("actions")["actions"], decisions_of(page)
    return [
        {
            "id": ref,
            "title": title,
            "actions": [one for one in reversed(actions) if one["group"] and one["group"]["id"] == ref][:GROUP_SHOWN],
            "decisions": [one for one in reversed(decided) if _takes(one, ref)][:GROUP_SHOWN],
        }
        for ref, title in _mine(page).items()
    ]


def _takes(decision: dict[str, Any], group: str) -> bool:
    return any((taker["actor"] or {}) == {"kind": "group", "ref": group} for taker in decision.get("taken_by") or [])


def _mine(page: OwnPage) -> dict[str, str]:
    register = page.kurslog.reader.register(page.process)
    joined = {one.event.subject for one in page.held.entries if isinstance(one.event.data, GroupJoined)}
    found: dict[str, str] = {}
    for subject in sorted(joined):
        inside, title = False, subject
        for event in register.history(subject):
            data = event.data
            if isinstance(data, GroupFormed) and isinstance(data.title, str):
                title = data.title
            elif isinstance(data, GroupJoined | GroupLeft) and data.participant_id in page.held.people:
                inside = isinstance(data, GroupJoined)
        if inside:
            found[subject.partition("/")[2]] = title
    return found
