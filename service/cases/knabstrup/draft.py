"""One event on its way onto the wire: what it says, when, by which sources, and what they leave out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

import domain.everything  # noqa: F401 - declares every event type
from domain.kernel import REGISTRY, WHOLE, Declaration
from domain.shapes import Field, FieldType
from service.cases.knabstrup.record import Node, When, danish, facts, learned, record, sources, text, when

PROCESS: Final = "knabstrup"
IDS: Final = UUID("6f3d3c1e-5b0a-5d6e-9a63-2f0f0b7c1a27")
"""The namespace of the case's event ids."""


class CaseError(ValueError):
    """The case's own texts do not fit the vocabulary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event as the case gives it; ``facts`` are the facts it carries, the first of them names it."""

    facts: tuple[str, ...]
    type: str
    data: Node
    when: When
    sources: tuple[str, ...]
    learned: dt.datetime | None
    silent: dict[str, str]

    @property
    def declaration(self) -> Declaration:
        """What is declared of its type."""
        return REGISTRY[self.type]

    @property
    def id(self) -> str:
        """Its id as an event: the same fact gives the same in every log."""
        return str(uuid5(IDS, f"{self.facts[0]}/{self.type}"))

    @property
    def subject(self) -> str | None:
        """What it is about; None when it stands for itself."""
        found = self.declaration
        ids = [PROCESS if name == WHOLE else str(self.data[name]) for name in found.about]
        return "/".join([found.kind, *ids]) if ids else None

    def names(self) -> set[str]:
        """Return what it names beside its own, as ``kind/id``; ``entry/id`` where any kind of entry may be meant."""
        found = set(_named(self.declaration.fields, self.data))
        return found if self.declaration.creates is False else found - {self.subject}

    def wire(self) -> Node:
        """Return the event as a CloudEvent."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "type": self.type,
            "source": f"/processes/{PROCESS}",
            **({"subject": self.subject} if self.subject else {}),
            **self.when.wire(),
            "citation": "; ".join(self.sources),
            **({"learnedat": self.learned.isoformat()} if self.learned else {}),
            "visibility": "public",
            **(
                {"notrecorded": [{"field": name, "reason": why} for name, why in self.silent.items()]}
                if self.silent
                else {}
            ),
            "data": self.data,
        }


ACTORS: Final = {"organisation": "organisation", "body": "organisation", "group": "group"}


def _named(fields: tuple[Field, ...], data: Node) -> Iterator[str]:
    for field in fields:
        value = data.get(field.name)
        for one in value if isinstance(value, list) else [value]:
            if one is None:
                continue
            if field.type is FieldType.REF:
                yield one if field.ref == "subject" else f"{field.ref}/{one}"
            elif field.type is FieldType.ACTOR and one["kind"] in ACTORS:
                yield f"{ACTORS[one['kind']]}/{one['ref']}"
            elif field.fields:
                yield from _named(field.fields, one)


def draft(
    fact: str,
    stem: str,
    data: Node,
    *,
    also: tuple[str, ...] = (),
    happened: When | None = None,
    silent: dict[str, str] | None = None,
) -> Draft:
    """Make the event of a fact.

    Args:
        fact: the fact it tells.
        stem: the event type without its version.
        data: what it says; values that are None are left out.
        also: further facts it carries.
        happened: when, if not when the fact says.
        silent: why a field is not recorded, beside what the Danish texts say of the type and the fact.
    """
    given = {name: value for name, value in data.items() if value is not None}
    moment = happened or when(fact)
    reasons = danish()["tavst"].get(stem, {}) | text(fact).get("tavst", {}) | (silent or {})
    return Draft(
        facts=(fact, *also),
        type=f"{stem}.v1",
        data=given,
        when=moment,
        sources=cited(fact, *also),
        learned=learned(fact, moment),
        silent=silences(REGISTRY[f"{stem}.v1"], given, reasons),
    )


def cited(*ids: str) -> tuple[str, ...]:
    """Return the sources of some facts, each once, in order of their keys."""
    return tuple(sorted({key for one in ids for key in facts()[one]["src"]}))


def silences(found: Declaration, data: Node, reasons: dict[str, str]) -> dict[str, str]:
    """Return the reasons that hold for this event: of its own fields, those that are not given.

    Raises:
        CaseError: when a field that must be there is missing without a reason.
    """
    absent = [field for field in found.fields if field.name not in data]
    unexplained = [field.name for field in absent if field.required and field.name not in reasons]
    if unexplained:
        raise CaseError(f"{found.name}: {', '.join(unexplained)} missing without a reason in dansk.yaml: {data}")
    return {field.name: reasons[field.name] for field in absent if field.name in reasons and field.unknowable}


def cite(fact: str) -> str:
    """Return a fact's sources in words, as text inside an event."""
    return "; ".join(sources()[key].title for key in facts()[fact]["src"])


def section(*path: str) -> list[Node]:
    """Return one list of the record: ``section("contributions", "strengths")``."""
    node: Any = record()
    for name in path:
        node = node[name]
    found: list[Node] = node
    return found
