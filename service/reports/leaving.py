"""What a report may take out of the house: the texts that stay behind when it is issued."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from domain.consenting import ConsentPurpose
from domain.correcting import effective
from domain.kernel import Envelope, in_order, state_of
from domain.vocabulary import Personal, Sealed, Visibility
from projections.kernel import DEPTH

if TYPE_CHECKING:
    from service.app import Kurslog

QUOTED: Final = frozenset({ConsentPurpose.QUOTE_NAMED, ConsentPurpose.QUOTE_ANONYMOUS})
"""What somebody has said yes to whose words may be used outside."""


def staying(kurslog: Kurslog, process: str, events: Iterable[Envelope]) -> frozenset[str]:
    """Return the commitments of the texts that do not leave the house.

    A text stays when its entry is for the team or fewer, and when it is a participant's own who has not said yes to
    being quoted. What they say is judged now, whatever position the report stands at.

    Args:
        kurslog: the running Kurslog.
        process: its id.
        events: the entries whose texts the report may hold.
    """
    found = [(one, event.visibility) for event in events for one in sealed_in(event.data)]
    mark = f"{process}/participant/"
    people = {one.key.removeprefix(mark) for one, _ in found if one.key.startswith(mark)}
    agreed = {f"{mark}{person}" for person in _agreed(kurslog, process, people)}
    return frozenset(
        one.sha256
        for one, visibility in found
        if DEPTH[visibility] > DEPTH[Visibility.PROCESS] or (one.key.startswith(mark) and one.key not in agreed)
    )


def _agreed(kurslog: Kurslog, process: str, people: Iterable[str]) -> Iterator[str]:
    """Yield those of these participants who have said yes to being quoted, and not taken it back."""
    stored = kurslog.reader.things(process, sorted(f"consent/{person}" for person in people))
    histories: dict[str, list[Envelope]] = {}
    for event in effective(stored):
        histories.setdefault(event.subject, []).append(event)
    for subject, history in histories.items():
        if QUOTED & (state_of("consent", in_order(history)) or frozenset()):
            yield subject.partition("/")[2]


def sealed_in(data: Any) -> Iterator[Sealed]:
    """Yield the sealed texts of an event's data."""
    if isinstance(data, Personal):
        if isinstance(data.value, Sealed):
            yield data.value
    elif isinstance(data, tuple):
        for item in data:
            yield from sealed_in(item)
    elif hasattr(data, "__dataclass_fields__"):
        for name in data.__dataclass_fields__:
            yield from sealed_in(getattr(data, name))
