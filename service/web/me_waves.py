"""The waves a participant is asked in, for their own page: which wait for an answer, and which they have answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.kernel import state_of
from domain.relating import Wave
from service.web.me_rounds import says_no
from service.web.rounds import registered
from service.web.ties import Asked, asked_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.web.own_page import OwnPage


def waves_of(page: OwnPage) -> tuple[list[Asked], list[Asked]]:
    """Return the open waves that wait for the participant, and those they answered; nobody is reminded after a no."""
    found = list(_asked(page))
    waiting = [one for one in found if not one.standing and not one.state.closed]
    return [] if says_no(page) else waiting, [one for one in found if one.standing]


def _asked(page: OwnPage) -> Iterator[Asked]:
    register = page.kurslog.reader.register(page.process)
    for event in registered(page, "relationship-wave-opened"):
        found = state_of("wave", register.history(event.subject))
        if isinstance(found, Wave) and page.me in (found.opened.roster or ()):
            yield asked_in(page, event.subject.partition("/")[2], page.me, {})
