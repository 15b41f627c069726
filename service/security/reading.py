"""The one door through which personal text is read.

Whether a text may be opened is judged at the log's head, whatever clocks the reader's answer stands at: walking back in
time never brings back who withdrew or was erased. Projections say which texts they speak of, and never decide.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from domain.consenting import ConsentPurpose
from domain.correcting import TextRedacted
from domain.keeping import AccessRole
from domain.kernel import Envelope
from domain.observing import Attribution
from domain.vocabulary import Personal, Sealed, Visibility
from projections.kernel import DEPTH, depth_of
from service.log.reading import Reader
from service.log.vault import Held, Vault
from service.security.gate import NAMED_TO, TEAM, Caller, depth, reaches, reads, sees
from service.security.readlog import Opened, ReadLog
from service.security.rights import QUOTED, Rights, RightsReader

NOBODYS: Final = ""
SAID_TO_TEAM: Final = frozenset({"access-request", "consent", "erasure", "objection-lodged"})
"""What people ask of those who run the process: that is read by them, also once they take part no more."""


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

    def names(self, caller: Caller, process: str, people: Collection[str], purpose: ConsentPurpose) -> dict[str, str]:
        """Return the names of those of these participants who said yes to being named for this, to who takes part.

        A name is for the team alone; for a purpose that a person agreed to, the others in the process read it, too.
        """
        if caller.role not in NAMED_TO or not caller.has_part_in(process):
            return {}
        rights, register = self._rights.of(process), self._reader.register(process)
        agreed = [one for one in people if taking_part(one, rights) and rights.allows(one, purpose)]
        sealed = {
            text.value.sha256: (one, event)
            for one in agreed
            for event in register.history(f"participant/{one}")
            if isinstance(text := getattr(event.data, "name", None), Personal) and isinstance(text.value, Sealed)
        }
        texts = self._vault.said(sealed)
        self._note(caller, [(sealed[found][1], sealed[found][0]) for found in texts], {process: rights})
        return {sealed[found][0]: text for found, text in texts.items()}

    def unseen(self, commitments: Iterable[str]) -> dict[str, str]:
        """Return the texts behind these commitments, to be compared with what somebody typed; nobody is shown them."""
        return self._vault.said(commitments)

    def compared(self, caller: Caller, commitments: Iterable[str]) -> dict[str, str]:
        """Return what `said` returns, to be put in order: nobody is shown them, and nobody noted to have read them."""
        return self._vault.said(commitments, self._chosen(caller, noted=False))

    def _chosen(self, caller: Caller, *, noted: bool = True) -> Callable[[Collection[Held]], Collection[Held]]:
        def chosen(texts: Collection[Held]) -> Collection[Held]:
            events = {event.position: event for event in self._reader.at([one.place for one in texts])}
            rights = {process: self._rights.of(process) for process in {event.process for event in events.values()}}
            opened = [
                one
                for one in texts
                if opens(caller, events[one.place], owner_of(one.key_id), rights[events[one.place].process])
            ]
            if noted:
                self._note(caller, [(events[one.place], owner_of(one.key_id)) for one in opened], rights)
            return opened

        return chosen

    def _note(self, caller: Caller, opened: Iterable[tuple[Envelope, str]], rights: Mapping[str, Rights]) -> None:
        others = [
            Opened(event.process, owner, event.position)
            for event, owner in opened
            if owner and not is_own(caller, event.process, owner, rights[event.process])
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
    process, whose = event.process, speaker_of(event, owner, rights)
    writes_own = is_by(caller, event) and (not whose or caller.role is AccessRole.PARTICIPANT)
    if is_own(caller, process, whose, rights) or writes_own:
        return True
    to_team = event.kind in SAID_TO_TEAM and caller.role in TEAM
    if not taking_part(whose, rights) and not to_team:
        return False
    if is_by(caller, event):
        return True
    if not sees(caller, event) or not reads(caller, event):
        return False
    if reaches(caller, Visibility.TEAM, process):
        return True
    return quotable(event, rights) and (not outside(caller, process) or quoted(whose, rights))


def shows(caller: Caller, event: Envelope, rights: Rights) -> bool:
    """Return whether the caller may see an entry now: it is for them, and no answer that its giver took back."""
    if not sees(caller, event):
        return False
    who = getattr(event.data, "participant_id", None)
    if not rights.stops(event.subject, who):
        return True
    parts = event.subject.split("/")
    return is_own(caller, event.process, parts[2] if len(parts) > 2 else str(who), rights)  # noqa: PLR2004 - kind/round/person


def leaves(event: Envelope, owner: str, rights: Rights) -> bool:
    """Return whether a text may leave the house in a report now: what the process shares, of whoever may be quoted."""
    whose = speaker_of(event, owner, rights)
    shared = depth_of(event) <= DEPTH[Visibility.PROCESS]
    return shared and taking_part(whose, rights) and quotable(event, rights) and quoted(whose, rights)


def is_own(caller: Caller, process: str, owner: str, rights: Rights) -> bool:
    """Return whether this is the participant who asks, under any of their ids."""
    asks = caller.participant
    return bool(owner and asks) and caller.process == process and asks in rights.same(owner)


def is_by(caller: Caller, event: Envelope) -> bool:
    """Return whether the caller wrote it in, and still has a part in the process."""
    return event.recordedby == caller.account and caller.has_part_in(event.process)


def outside(caller: Caller, process: str) -> bool:
    """Return whether the caller reads from outside: the public, a funder, a researcher."""
    return depth(caller, process) == 0


# ------------------------------------------------------------------ the rules, each of one person's rights
def speaker_of(event: Envelope, owner: str, rights: Rights) -> str:
    """Return whose words a text is: those of a quote are its speaker's, under whatever key they lie."""
    return owner or (rights.quote(event.subject.partition("/")[2]).speaker if event.kind == "quote" else NOBODYS)


def taking_part(participant: str, rights: Rights) -> bool:
    """Return whether others may read what a participant says: not once they took it back, or were erased."""
    if not participant:
        return True
    return rights.allows(participant, ConsentPurpose.PARTICIPATE) and not rights.erased(participant)


def quoted(participant: str, rights: Rights) -> bool:
    """Return whether a participant's words may be used outside: with their name, or without."""
    return not participant or any(rights.allows(participant, purpose) for purpose in QUOTED)


def named_beside(participant: str, rights: Rights) -> bool:
    """Return whether a participant's name may stand beside their words outside."""
    return taking_part(participant, rights) and rights.allows(participant, ConsentPurpose.QUOTE_NAMED)


def quotable(event: Envelope, rights: Rights) -> bool:
    """Return whether a quote may be read beyond the team: in the words its speaker approved, and still stands by.

    Whoever took back the yes to being quoted took it back from what they approved, too; by name takes a yes by name.
    """
    if event.kind != "quote":
        return True
    quote, data = rights.quote(event.subject.partition("/")[2]), event.data
    words = data.target if isinstance(data, TextRedacted) else str(event.id)
    if not quote.approved or words != quote.approved:
        return False
    if not quote.speaker:
        return True
    if quote.attribution is Attribution.NAMED:
        return rights.allows(quote.speaker, ConsentPurpose.QUOTE_NAMED)
    return quoted(quote.speaker, rights) or not rights.refuses(quote.speaker, QUOTED)


def may_share(participant: str, rights: Rights) -> bool:
    """Return whether a participant's answers may go into an export for research: each export asks this."""
    return taking_part(participant, rights) and rights.allows(participant, ConsentPurpose.RESEARCH_SHARE)
