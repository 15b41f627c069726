"""One default-deny check for the API, the pages, the command line and exports.

It knows accounts, their role and their process, and what an entry's visibility says. The rights work fills it; nothing
outside asks a second question.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from domain.keeping import AccessRole
from domain.kernel import Envelope
from domain.vocabulary import Visibility
from projections.kernel import DEPTH, WALLED, Projection, depth_of


class Act(enum.Enum):
    """What somebody wants to do: ``REPORT`` is to see a draft, ``FETCH`` to get what was issued, and its proof."""

    SEE = "see"
    RECORD = "record"
    EXPORT = "export"
    REPORT = "report"
    ISSUE = "issue"
    FETCH = "fetch"
    CREATE = "create"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: an account with a role in one process (None: in every process), or nobody.

    ``participant`` is who comes by a personal link: what they said is their own, whoever wrote it down. ``creates``
    says that the account may begin processes, whatever its part elsewhere. ``also`` are the participant's other
    numbers: registrations that were merged are one person.
    """

    account: str
    role: AccessRole | None = None
    process: str | None = None
    participant: str | None = None
    creates: bool = False
    also: frozenset[str] = frozenset()

    def is_one(self, participant: str | None) -> bool:
        """Whether this is the participant who asks, under any of their numbers."""
        return self.participant is not None and participant in {self.participant, *self.also}

    def has_part_in(self, process: str) -> bool:
        """Whether the account was given a part in the process."""
        return self.role is not None and self.process in {None, process}


NOBODY: Final = Caller("anonymous")
TEAM: Final = {AccessRole.FACILITATOR, AccessRole.PROJECT_MANAGER}
"""Who runs a process. An administrator is none of them: accounts are theirs, and nobody's words."""
NAMED_TO: Final = frozenset(TEAM | {AccessRole.PARTICIPANT})
"""Who reads the name of somebody who agreed to be named in the process: an evaluator and a researcher know a mark."""
RESEARCHES: Final = {AccessRole.EVALUATOR, AccessRole.RESEARCHER}
MAY: Final[dict[Act, frozenset[AccessRole]]] = {
    Act.SEE: frozenset(AccessRole) - {AccessRole.FUNDER},
    Act.RECORD: frozenset(TEAM | {AccessRole.PARTICIPANT, AccessRole.EVALUATOR}),
    Act.EXPORT: frozenset(RESEARCHES),
    Act.REPORT: frozenset(TEAM | {AccessRole.EVALUATOR}),
    Act.ISSUE: frozenset(TEAM | {AccessRole.EVALUATOR}),
    Act.FETCH: frozenset(TEAM | {AccessRole.EVALUATOR, AccessRole.FUNDER}),
    Act.CREATE: frozenset(TEAM),
}
SEES: Final[dict[AccessRole, Visibility]] = {
    AccessRole.FUNDER: Visibility.PUBLIC,
    AccessRole.RESEARCHER: Visibility.PUBLIC,
    AccessRole.PARTICIPANT: Visibility.PROCESS,
    AccessRole.FACILITATOR: Visibility.TEAM,
    AccessRole.PROJECT_MANAGER: Visibility.TEAM,
    AccessRole.ADMINISTRATOR: Visibility.PUBLIC,
    AccessRole.EVALUATOR: Visibility.EVALUATORS,
}
"""How deep each role sees; what is for oneself alone is seen by its account only."""


def may(caller: Caller, act: Act, process: str | None, *, public: bool = False) -> bool:
    """Return whether the caller may do this in the process.

    Args:
        caller: who asks.
        act: what for.
        process: where; None for a new one.
        public: whether the process is open to everybody (its registration is visible to the public).
    """
    if public and act in {Act.SEE, Act.REPORT, Act.EXPORT}:
        return True
    if act is Act.CREATE and caller.creates:
        return True
    return caller.role in MAY[act] and (process is None or caller.has_part_in(process))


def depth(caller: Caller, process: str) -> int:
    """Return how deep the caller sees in the process: 0 for the public part only."""
    return DEPTH[SEES[caller.role]] if caller.role and caller.has_part_in(process) else DEPTH[Visibility.PUBLIC]


def counting_depth(caller: Caller, process: str, projection: Projection) -> int:
    """Return how deep the entries may lie that a projection counts for the caller.

    As deep as the caller sees; an answer of aggregates as deep as it declares, for whoever has a part in the process.
    """
    seen = depth(caller, process)
    if projection.deep is None or not caller.has_part_in(process) or seen < DEPTH[Visibility.PROCESS]:
        return seen
    return max(seen, DEPTH[projection.deep])


def outside(caller: Caller, process: str, projection: Projection, *, outward: bool = False) -> bool:
    """Return whether a projection counts entries for the caller that they may not open one by one.

    ``outward`` is for what leaves the team: whoever reads it may open none of them.
    """
    deep = DEPTH[projection.deep] if projection.deep else DEPTH[Visibility.PUBLIC]
    return counting_depth(caller, process, projection) >= deep > (0 if outward else depth(caller, process))


def reaches(caller: Caller, visibility: Visibility, process: str) -> bool:
    """Return whether the caller sees as deep as this in the process."""
    return DEPTH[visibility] <= depth(caller, process)


def says(caller: Caller, event: Envelope) -> bool:
    """Return whether an entry holds the words of the participant who asks, whoever wrote it in."""
    return caller.process == event.process and caller.is_one(event.author)


def sees(caller: Caller, event: Envelope) -> bool:
    """Return whether the caller may see an entry; one's own is always seen.

    What is recorded for research is seen by those who evaluate and research in the process, and used for nothing else.
    """
    if (event.recordedby == caller.account or says(caller, event)) and caller.has_part_in(event.process):
        return True
    if depth_of(event) != WALLED:
        return depth_of(event) <= depth(caller, event.process)
    researches = caller.role in RESEARCHES and caller.has_part_in(event.process)
    return researches and DEPTH[event.visibility] <= DEPTH[Visibility.EVALUATORS]


def reads(caller: Caller, event: Envelope) -> bool:
    """Return whether the caller may read the texts of an entry they see: who a participant is, is for the team.

    An evaluator sees each answer, and so no name beside it: a mark or a number stands for the person.
    """
    named = event.kind == "participant" and DEPTH[event.visibility] > DEPTH[Visibility.PROCESS]
    return not named or caller.role in TEAM or event.recordedby == caller.account
