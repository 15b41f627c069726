"""The order of the import: as things became known, and never before what they name."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from service.cases.knabstrup.draft import Draft, cited
from service.cases.knabstrup.record import When, danish, learned, when

FAR: Final = dt.datetime.max.replace(tzinfo=dt.UTC)
FOUNDED: Final = {"pulo": "BL-14"}
"""Organisations whose first day the record gives."""
NAMED_BY_FACTS: Final = {"alkes-have": "RO-14", "landdistriktspuljen": "FU-01"}
"""Organisations the facts tell of, though no other event has them as an actor."""


def organisations(drafts: Sequence[Draft]) -> Iterator[Draft]:
    """Yield the registration of every organisation the drafts name, known as early as the first that names it."""
    naming: dict[str, list[Draft]] = defaultdict(list)
    for one in drafts:
        for name in one.names():
            kind, _, ref = name.partition("/")
            if kind == "organisation":
                naming[ref].append(one)
    for ref, found in sorted(naming.items()):
        yield _organisation(ref, found)
    for ref, fact in NAMED_BY_FACTS.items():
        yield _registered(ref, when(fact), cited(fact), learned(fact, when(fact)))


def _organisation(ref: str, naming: list[Draft]) -> Draft:
    first, known = min(naming, key=lambda one: one.when.last), min(naming, key=lambda one: one.learned or FAR)
    founded = FOUNDED.get(ref)
    happened = when(founded) if founded else first.when.because(danish()["grundlag"]["organisation"])
    told = {*first.sources, *known.sources, *(cited(founded) if founded else ())}
    return _registered(ref, happened, tuple(sorted(told)), known.learned)


def _registered(ref: str, happened: When, told: tuple[str, ...], known: dt.datetime | None) -> Draft:
    return Draft(
        facts=(f"organisation/{ref}",),
        type="organisation-registered.v1",
        data={"organisation_id": ref, **danish()["organisationer"][ref]},
        when=happened,
        sources=told,
        learned=known,
        silent={},
    )


def in_order(drafts: Sequence[Draft]) -> list[Draft]:
    """Sort by when it became known, undated last; what names something comes right after the last thing it names."""
    waiting = sorted(drafts, key=_key)
    creators = _creators(drafts)
    placed: set[int] = set()
    found: list[Draft] = []
    while waiting:
        ready = next(one for one in waiting if all(id(creators[name]) in placed for name in _needs(one, creators)))
        waiting.remove(ready)
        placed.add(id(ready))
        found.append(ready)
    return found


def _key(one: Draft) -> tuple[bool, dt.datetime, bool, dt.date]:
    """The process first; among what became known at once, organisations before the rest, then by day."""
    stem = one.declaration.stem
    return stem != "process-registered", one.learned or FAR, stem != "organisation-registered", one.when.first


def _creators(drafts: Iterable[Draft]) -> dict[str, Draft]:
    """Return what first tells of each thing, an entry also as ``entry/<id>``, and each event as ``event/<its id>``."""
    found: dict[str, Draft] = {}
    for one in drafts:
        found[f"event/{one.id}"] = one
        if one.subject and one.declaration.creates is not False:
            found[one.subject] = found[f"entry/{one.subject.partition('/')[2]}"] = one
    return found


def _needs(one: Draft, creators: dict[str, Draft]) -> set[str]:
    """Return what must be in the log before it; KeyError tells of a thing nobody registers."""
    own = {one.subject} if one.declaration.creates is False and one.subject else set()
    needed = one.names() | own
    unknown = needed - creators.keys()
    if unknown:
        raise KeyError(f"{one.facts[0]} names {', '.join(sorted(unknown))}, which nothing registers.")
    return {name for name in needed if creators[name] is not one}
