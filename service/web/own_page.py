"""A page of a participant's own: who may open it, and what is held about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from service.oneself import Oneself, oneself
from service.queries import UnknownError
from service.web.page import ProcessPage

if TYPE_CHECKING:
    from service.app import Kurslog


@dataclass
class OwnPage(ProcessPage):
    """A page of the participant's own: of now, whatever day the address names."""

    @classmethod
    def of_participant(cls, kurslog: Kurslog, process: str) -> OwnPage:
        """Return the page of the participant who asks.

        Raises:
            UnknownError: to anybody else.
        """
        page = cls.of_anybody(kurslog, process)
        if not page.has_participant:
            raise UnknownError(process)
        return page

    @classmethod
    def of_anybody(cls, kurslog: Kurslog, process: str) -> OwnPage:
        """Return the page of whoever sees the process, participant or not."""
        page = cls.of(kurslog, process)
        page.on, page.problem = None, None
        return page

    @property
    def has_participant(self) -> bool:
        """Whether a participant of this process stands behind the session."""
        return self.caller.participant is not None and self.caller.process == self.process and self.may_record

    @property
    def me(self) -> str:
        """The participant's id."""
        return self.caller.participant or ""

    @cached_property
    def held(self) -> Oneself:
        """All that is held about them."""
        return oneself(self.kurslog, self.caller)
