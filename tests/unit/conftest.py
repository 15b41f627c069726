"""A log in memory over the domain's one door, so that rules are tested as sentences: given, when, refused."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

import pytest
from msgspec.structs import replace

import domain.everything  # noqa: F401 - declares the vocabulary
from domain.acting import ActionPlanned
from domain.admission import check_sequence
from domain.belonging import GroupFormed, OrganisationKind, OrganisationRegistered, ParticipantRegistered, RoleAssumed
from domain.contributing import ContributionKind, ContributionMade
from domain.correcting import CORRECTING, Change, EventCorrected, EventWithdrawn
from domain.deciding import DecisionMade
from domain.gathering import GatheringKind, GatheringPlanned
from domain.kernel import DECLARED, TARGET, Envelope, state_of, subject_of
from domain.organising import Aim, ProcessRegistered
from domain.refusals import Refused
from domain.register import Histories, Known, decide
from domain.vocabulary import UNKNOWN, Actor, ActorInRole, ActorKind, NotRecorded, Personal, Role

CITIZENS = ActorInRole(actor=Actor(kind=ActorKind.ROLE, ref="citizen"))


def moment(when: str | dt.datetime) -> dt.datetime:
    """Noon of a day given as ``2026-02-01``; a full time is taken as it is."""
    if isinstance(when, dt.datetime):
        return when
    found = dt.datetime.fromisoformat(when)
    return found.replace(hour=12, tzinfo=dt.UTC) if found.tzinfo is None else found


class InMemoryLog:
    """What has been recorded so far, and what the rules say to the next event."""

    def __init__(self, *, now: str = "2026-12-31", process: str = "fabelby", importing: bool = False) -> None:
        self.process = process
        self.events: list[Envelope] = []
        self._known = Known(moment(now), Histories(), Histories(), importing)

    # -------------------------------------------------------------- given, when, refused
    def when(self, event: object, on: str | dt.datetime = "2026-02-01", **envelope: object) -> Envelope:
        """Record the event and return it as stored; raise `Refused` when a rule says no."""
        position = len(self.events) + 1
        settled = decide(self._envelope(event, on, **envelope), self._known)
        stored = replace(settled, position=position, version=position, recordedat=self._known.now)
        self._known.advance(stored)
        self.events.append(stored)
        return stored

    def given(self, event: object, on: str | dt.datetime = "2026-02-01", **envelope: object) -> Envelope:
        """Record what the test takes for granted."""
        try:
            return self.when(event, on, **envelope)
        except Refused as refusal:
            pytest.fail(f"Could not be given: {type(event).__name__}: {refusal.rule}: {refusal}")

    def refuses(self, rule: str, event: object, on: str | dt.datetime = "2026-02-01", **envelope: object) -> Refused:
        """Assert that this very rule refuses the event, in whole sentences, and that nothing was written."""
        before = self.content()
        with pytest.raises(Refused) as caught:
            self.when(event, on, **envelope)
        refusal = caught.value
        assert refusal.rule == rule, str(refusal)
        assert self.content() == before
        for language in ("da", "en"):
            sentence = refusal.sentence(language)
            assert sentence
            assert "{" not in sentence
            assert "}" not in sentence
        return refusal

    def _envelope(self, event: object, on: str | dt.datetime, **envelope: object) -> Envelope:
        declaration = DECLARED[type(event)]
        given = {
            "id": UUID(int=len(self.events) + 1),
            "process": self.process,
            "time": moment(on),
            "recordedby": "account-1",
            "visibility": declaration.visibility,
            "purpose": declaration.purpose,
            **envelope,
        }
        given.setdefault("subject", self._subject(event, given["id"], given["process"]))
        return Envelope(data=event, **given)

    def _subject(self, event: object, event_id: UUID, process: str) -> str:
        if not isinstance(event, CORRECTING):
            return subject_of(event, event_id, process)
        return next((item.subject for item in self.events if str(item.id) == event.target), TARGET)

    # -------------------------------------------------------------- what is there
    def content(self) -> object:
        """Everything the log and its folded histories hold, to be compared before and after."""
        subjects = sorted({item.subject for item in self.events})
        return list(self.events), [(subject, self.stored(subject), self.history(subject)) for subject in subjects]

    def stored(self, subject: str) -> Sequence[Envelope]:
        """Everything stored of one thing, corrections included."""
        return tuple(self._known.stored(subject))

    def history(self, subject: str) -> Sequence[Envelope]:
        """The effective events of one thing, by happened time."""
        kind, _, ref = subject.partition("/")
        return tuple(self._known.history(kind, ref))

    def state(self, subject: str) -> object:
        """The state the thing's effective events fold to."""
        return state_of(subject.partition("/")[0], self.history(subject))

    def check(self, but: tuple[type, ...] = ()) -> None:
        """Fold the whole stored history again: every event must still be admitted.

        What rests on other things (``but``) is left out: those may be withdrawn, and then it is flagged, not refused.
        """
        for subject in sorted({item.subject for item in self.events}):
            events = [item for item in self.history(subject) if not isinstance(item.data, but)]
            check_sequence(events, None, self._known)

    # -------------------------------------------------------------- what most tests begin with
    def process_registered(self, on: str = "2026-01-01") -> Envelope:
        return self.given(
            ProcessRegistered(
                title="Fabelby sætter sejl",
                place="Fabelby",
                municipality="Fabelkommunen",
                aim=Aim.DEMOCRACY,
                period_start=dt.date(2026, 1, 1),
            ),
            on,
        )

    def participant(self, participant_id: str, *roles: Role, on: str = "2026-01-02") -> Actor:
        self.given(ParticipantRegistered(participant_id=participant_id), on)
        for role in roles:
            self.given(RoleAssumed(participant_id=participant_id, role=role), on)
        return Actor(kind=ActorKind.PARTICIPANT, ref=participant_id)

    def group(self, group_id: str, on: str = "2026-01-03") -> Actor:
        self.given(GroupFormed(group_id=group_id, title=group_id, theme="traffic"), on)
        return Actor(kind=ActorKind.GROUP, ref=group_id)

    def organisation(self, organisation_id: str, on: str = "2026-01-03") -> Actor:
        kind = OrganisationKind.COUNCIL
        self.given(OrganisationRegistered(organisation_id=organisation_id, title=organisation_id, kind=kind), on)
        return Actor(kind=ActorKind.BODY, ref=organisation_id)

    def gathering(self, gathering_id: str, on: str = "2026-01-04") -> Envelope:
        kind = GatheringKind.KICK_OFF
        return self.given(GatheringPlanned(gathering_id=gathering_id, title=gathering_id, kind=kind), on)

    def contribution(self, contribution_id: str, on: str = "2026-01-15") -> Envelope:
        return self.given(
            ContributionMade(
                contribution_id=contribution_id,
                kind=ContributionKind.DREAM,
                text=Personal("a bench by the path"),
                author=Actor(kind=ActorKind.ANONYMOUS),
            ),
            on,
        )

    def decision(self, decision_id: str, on: str = "2026-01-20") -> Envelope:
        return self.given(DecisionMade(decision_id=decision_id, taken_by=(CITIZENS,), question=Personal("Where?")), on)

    def action(self, action_id: str, on: str = "2026-02-01", **fields: object) -> Envelope:
        return self.given(planned(action_id, **fields), on)

    # -------------------------------------------------------------- corrections
    def correction(self, target: Envelope, reason: str = "a slip of the pen", **fields: object) -> EventCorrected:
        """Correct fields: public ones by a string, personal ones by `Personal`; ``__`` reads as a dot."""
        return EventCorrected(
            target=str(target.id),
            fields=tuple(
                Change(field=name.replace("__", "."), text=value)
                if isinstance(value, Personal)
                else Change(field=name.replace("__", "."), value=value)
                for name, value in fields.items()
            ),
            reason=Personal(reason),
        )

    def withdrawal(self, target: Envelope) -> EventWithdrawn:
        return EventWithdrawn(target=str(target.id), reason=Personal("written twice"))


def planned(action_id: str, **fields: object) -> ActionPlanned:
    """An action with everything it needs; ``fields`` say what matters to the test."""
    needed = {
        "title": "Benches",
        "aim": Personal("a place to rest"),
        "sign_of_success": Personal("somebody sits there"),
        "owners": (Actor(kind=ActorKind.ROLE, ref="citizen"),),
        "due": dt.date(2026, 5, 1),
    }
    return ActionPlanned(action_id=action_id, **{**needed, **fields})


@pytest.fixture
def new_log():
    """Make a log of one's own: ``new_log(now=…, importing=…)``, empty."""
    return InMemoryLog


@pytest.fixture
def empty_log():
    """A log in which not even a process is registered."""
    return InMemoryLog()


@pytest.fixture
def log():
    """A log in which the process of Fabelby is registered."""
    found = InMemoryLog()
    found.process_registered()
    return found


@pytest.fixture
def plan():
    """Make an action with everything it needs: ``plan("bench", due=…)``."""
    return planned


@pytest.fixture
def without():
    """Leave a field out, as a public source does: ``without(event, "text")`` with the envelope's words for it."""

    def leave_out(event: object, *names: str) -> tuple[object, dict[str, object]]:
        silent = tuple(NotRecorded(field=name, reason="the minutes do not say") for name in names)
        left = replace(event, **dict.fromkeys(names, UNKNOWN))
        return left, {"notrecorded": silent, "citation": "minutes-2026-02"}

    return leave_out
