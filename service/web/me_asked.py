"""Where a participant's quotes stand, and what they asked for or objected to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from domain.consenting import (
    AccessAnswered,
    AccessRequested,
    ErasureDecided,
    ErasureExecuted,
    ErasureRequested,
    ObjectionLodged,
)
from domain.correcting import effective
from domain.observing import QuoteApprovalWithdrawn, QuoteApproved, QuoteCaptured
from service.web.things import Texts, texts_of

if TYPE_CHECKING:
    from domain.kernel import Envelope
    from service.web.own_page import OwnPage

ASKED: Final[dict[type, str]] = {ErasureRequested: "erasure", AccessRequested: "access", ObjectionLodged: "objection"}


class Asking(NamedTuple):
    """Something the participant asked for or objected to, and what became of it."""

    event: Envelope
    what: str
    state: str
    answer: str | None = None

    @property
    def open(self) -> bool:
        """Whether nobody has answered yet."""
        return self.state == "open"


class Quoted(NamedTuple):
    """A quote of the participant's, and whether it may be used."""

    id: str
    text: str | None
    when: Any
    approved: QuoteApproved | None


def quotes_of(page: OwnPage) -> list[Quoted]:
    """Return the participant's quotes, each with whether its approval stands."""
    captured = list(page.held.own(QuoteCaptured))
    texts: Texts = texts_of(page.kurslog, page.caller, captured)
    stored = effective(page.kurslog.reader.things(page.process, sorted({event.subject for event in captured})))
    found = []
    for event in captured:
        approved: QuoteApproved | None = None
        for later in stored:
            if later.subject == event.subject and isinstance(later.data, QuoteApproved | QuoteApprovalWithdrawn):
                approved = later.data if isinstance(later.data, QuoteApproved) else None
        found.append(Quoted(event.data.quote_id, texts.get((event.position, "text")), event.time, approved))
    return found


def askings_of(page: OwnPage) -> list[Asking]:
    """Return what the participant asked for or objected to, newest first, each with where it stands."""
    asked = list(page.held.own(*ASKED))
    stored = effective(page.kurslog.reader.things(page.process, sorted({event.subject for event in asked})))
    return [_asking(page, event, [one for one in stored if one.subject == event.subject]) for event in reversed(asked)]


def _asking(page: OwnPage, event: Envelope, stored: list[Envelope]) -> Asking:
    what = ASKED[type(event.data)]
    if any(isinstance(one.data, ErasureExecuted) for one in stored):
        return Asking(event, what, "executed")
    answers = [one for one in stored if isinstance(one.data, ErasureDecided | AccessAnswered)]
    answers += [event] if isinstance(event.data, ObjectionLodged) and event.data.verdict else []
    if not answers:
        return Asking(event, what, "open")
    (*_, decided) = answers
    name = "ground" if isinstance(decided.data, ErasureDecided) else "answer"
    said = texts_of(page.kurslog, page.caller, [decided]).get((decided.position, name))
    verdict = getattr(decided.data, "verdict", None)
    return Asking(event, what, str(verdict) if verdict else "answered", said)
