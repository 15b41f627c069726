"""Knabstrup sætter kurs (2018-2021), the founding case, from its public record.

``FACTS.yaml`` holds the dated facts with their sources, ``dansk.yaml`` our own Danish texts to them. Nothing is quoted,
no person is named, and what the sources do not say is not recorded, with the reason beside it.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from service.cases.knabstrup.beginnings import beginnings
from service.cases.knabstrup.doings import doings
from service.cases.knabstrup.draft import Draft
from service.cases.knabstrup.holding import holding
from service.cases.knabstrup.ordering import in_order, organisations
from service.cases.knabstrup.record import Node, Source, facts, sources
from service.cases.knabstrup.sayings import sayings

__all__ = ["LEFT_OUT", "Draft", "Source", "drafts", "events", "facts", "left_out", "sources"]

LEFT_OUT: Final = {
    "PR-": "the periods follow from the gatherings; the process carries the first and the last day",
    "RO-": "roles without persons: nobody is registered; RO-05 dates the groups",
    "GA-04": "told session by session, as AL-01 to AL-04",
    "AL-00": "how the course was meant; the sessions carry it",
    "MO-": "the model's elements are no happenings; MO-04 and MO-05 were done at a dated session",
    "SP-": "other local areas: forerunners and later uses, outside this process; OU-17 tells of the second use",
    "FU-1": "the fund's general requirements, published later; not the terms of this grant",
    "FU-2": "what the fund weighs projects on, published later",
    "FU-3": "the fund's rounds",
    "DV-": "our own arithmetic; the log works it out itself",
    "CF-": "disagreements between sources; they stand in the texts and reasons of what they concern",
    "SI-": "silences; they stand as not recorded where a field fits",
}
"""What becomes no event of its own, by fact id or its beginning, and why."""


def left_out(fact: str) -> str | None:
    """Return why a fact becomes no event; None when it is not to be left out."""
    return next((why for start, why in LEFT_OUT.items() if fact.startswith(start)), None)


@cache
def drafts() -> tuple[Draft, ...]:
    """Return every event of the case in the order of import, still with the facts it carries."""
    told = [*beginnings(), *doings(), *sayings()]
    told += holding(told)
    return tuple(in_order([*organisations(told), *told]))


def events() -> list[Node]:
    """Return the case as CloudEvents, in the order of import."""
    return [one.wire() for one in drafts()]
