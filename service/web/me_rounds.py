"""What a participant is asked in the rounds, and what they answered, for their own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.assessing import Frame, Round
from domain.consenting import ConsentPurpose
from domain.kernel import state_of
from service.web.competences import MOMENTS
from service.web.rounds import registered
from service.web.sheet import UNSAID, AnswerSheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.web.own_page import OwnPage


class Asked(NamedTuple):
    """One sheet of the participant's: of which round, about which moment, and how far they are."""

    moment: str
    sheet: AnswerSheet
    refused: bool

    @property
    def then(self) -> bool:
        """Whether it asks how it was then, seen from now."""
        return self.sheet.frame is Frame.THEN

    @property
    def waits(self) -> bool:
        """Whether there is anything left to answer, and still time, and they have not said no to being asked."""
        return bool(self.sheet.left) and not self.sheet.round.closed and self.sheet.person.here and not self.refused


def asked_of(page: OwnPage) -> list[Asked]:
    """Return the participant's sheets, in the order they were asked; *then* once *now* is answered."""
    refused = says_no(page)
    return [
        Asked(page.t(*MOMENTS.get(str(sheet.round.opened.moment), UNSAID)), sheet, refused)
        for ref in _rounds(page)
        for sheet in _sheets(page, ref)
    ]


def says_no(page: OwnPage) -> bool:
    """Whether the participant has said no to being asked."""
    return page.kurslog.rights.of(page.process).refuses(page.me, [ConsentPurpose.ASSESS])


def _rounds(page: OwnPage) -> Iterator[str]:
    register = page.kurslog.reader.register(page.process)
    for event in registered(page, "assessment-round-opened"):
        found = state_of("round", register.history(event.subject))
        if isinstance(found, Round) and (not found.opened.eligible or page.me in found.opened.eligible):
            yield event.subject.partition("/")[2]


def _sheets(page: OwnPage, ref: str) -> Iterator[AnswerSheet]:
    now = AnswerSheet.of(page, ref, page.me, Frame.NOW)
    yield now
    if Frame.THEN in now.frames and not (now.left and not now.round.closed):
        yield AnswerSheet.of(page, ref, page.me, Frame.THEN)
