"""The one door through which personal text is read.

Whether a text may be opened is judged at the log's head, whatever clocks the reader's answer stands at: walking back in
time never brings back who withdrew or was erased. Projections say which texts they speak of, and never decide.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from domain.consenting import ConsentPurpose
from domain.kernel import Envelope
from service.log.reading import Reader
from service.log.vault import Held, Vault
from service.security.gate import Caller, depth, reads, sees
from service.security.readlog import Opened, ReadLog
from service.security.rights import Rights, RightsReader

NOBODYS: Final = ""


class Texts:
    """Opens texts for a caller, each only if it may be opened for them now, and notes whose were opened."""

    def __init__(self, vault: Vault, reader: Reader, rights: RightsReader, reads: ReadLog) -> None:
        self._vault = vault
        self._reader = reader
        self._rights = rights
        self._reads = reads

    def of(self, caller: Caller, events: Sequence[Envelope]) -> dict[tuple[int, str], str]:
        """Return the texts of these events by (position, dotted field), as far as the caller may read them."""
        return self._vault.texts([event.position for event in events], self._chosen(caller))

    def said(self, caller: Caller, commitments: Iterable[str]) -> dict[str, str]:
        """Return the texts behind these commitments (hex), as far as the caller may read them."""
        return self._vault.said(commitments, self._chosen(caller))

    def unseen(self, commitments: Iterable[str]) -> dict[str, str]:
        """Return the texts behind these commitments, to be compared with what somebody typed; nobody is shown them."""
        return self._vault.said(commitments)

    def _chosen(self, caller: Caller) -> Callable[[Collection[Held]], Collection[Held]]:
        def chosen(texts: Collection[Held]) -> Collection[Held]:
            events = {event.position: event for event in self._reader.at([one.place for one in texts])}
            rights = {process: self._rights.of(process) for process in {event.process for event in events.values()}}
            opened = [
                one
                for one in texts
                if opens(caller, events[one.place], owner_of(one.key_id), rights[events[one.place].process])
            ]
            self._note(caller, [(events[one.place], owner_of(one.key_id)) for one in opened])
            return opened

        return chosen

    def _note(self, caller: Caller, opened: Iterable[tuple[Envelope, str]]) -> None:
        others = [
            Opened(event.process, owner, event.position)
            for event, owner in opened
            if owner and not is_own(caller, event.process, owner)
        ]
        if others:
            self._reads.note(caller, others)


def owner_of(key_id: str) -> str:
    """Return whose text lies under a key: a participant's id, or nobody's."""
    _, kind, ref = key_id.split("/", 2)
    return ref if kind == "participant" else NOBODYS


def opens(caller: Caller, event: Envelope, owner: str, rights: Rights) -> bool:
    """Return whether the caller may read a text now.

    Args:
        caller: who asks.
        event: the event the text lies at; a corrected text lies at its correction, a redacted one at its redaction.
        owner: the participant whose text it is; empty for nobody's.
        rights: of the people in the process, at the log's head.
    """
    process = event.process
    if is_own(caller, process, owner) or (event.recordedby == caller.account and caller.has_part_in(process)):
        return True
    if not sees(caller, event.visibility, process) or not reads(caller, event):
        return False
    return not owner or rights.allows(owner, ConsentPurpose.PARTICIPATE)


def is_own(caller: Caller, process: str, owner: str) -> bool:
    """Return whether this is the participant who asks."""
    return bool(owner) and caller.participant == owner and caller.process == process


def outside(caller: Caller, process: str) -> bool:
    """Return whether the caller reads from outside: the public, a funder, a researcher."""
    return depth(caller, process) == 0
