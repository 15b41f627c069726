"""What a report may take out of the house: the texts that stay behind when it is issued."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from domain.kernel import Envelope
from domain.vocabulary import Personal, Record, Sealed
from service.security.reading import leaves, owner_of
from service.security.rights import Rights


def staying(rights: Rights, events: Iterable[Envelope]) -> frozenset[str]:
    """Return the commitments of the texts that do not leave the house, by the rules of the one read gate.

    Args:
        rights: of the people in the process. At the log's head for what leaves now, whatever position it stands at.
        events: the entries whose texts the report may hold.
    """
    return frozenset(
        text.sha256
        for event in events
        for text in sealed_in(event.data)
        if not leaves(event, owner_of(text.key), rights)
    )


def sealed_in(data: Any) -> Iterator[Sealed]:
    """Yield the sealed texts of an event's data."""
    if isinstance(data, Personal):
        if isinstance(data.value, Sealed):
            yield data.value
    elif isinstance(data, tuple):
        for item in data:
            yield from sealed_in(item)
    elif isinstance(data, Record):
        for name in data.__struct_fields__:
            yield from sealed_in(getattr(data, name))
