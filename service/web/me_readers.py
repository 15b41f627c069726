"""Who read a participant's texts, for that participant alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING

from service import words
from service.web.me_words import READERS, USES
from service.web.own_page import OwnPage

if TYPE_CHECKING:
    import datetime as dt

    from service.app import Kurslog
    from service.security.readlog import ReadCount
    from service.web.page import Page


def read_lines(page: Page, reads: Iterable[ReadCount]) -> list[tuple[dt.date, str]]:
    """Return in a sentence each who read how many of the participant's texts on which day, the newest first."""
    found = []
    keyed = sorted(reads, key=lambda one: (-one.day.toordinal(), one.role, one.use, one.account))
    for (day, role, use), group in itertools.groupby(keyed, lambda one: (one.day, one.role, one.use)):
        times = sum(one.times for one in group)
        who, what = page.t(*READERS.get(role, (role, role))), page.t(*USES.get(use, (use, use)))
        da = f"{who} har læst {words.count_word(times, 'da')} af dine tekster {what}"
        en = f"{who} read {words.count_word(times, 'en')} of your texts {what}"
        found.append((day, page.t(da, en)))
    return found


def readers_page(kurslog: Kurslog, process: str) -> str:
    """Show a participant everybody who read their texts, day by day."""
    page = OwnPage.of_participant(kurslog, process)
    lines = read_lines(page, page.held.reads)
    days = [(day, [line for _, line in group]) for day, group in itertools.groupby(lines, lambda line: line[0])]
    return page.render("me_readers.html", days=days)
