"""Answering a wave, for oneself or on somebody's behalf: a list of people to tick off, one question at a time.

Sent again it is the same answer. Whoever answers for themselves chooses among those who said yes to being chosen.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from flask import request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Answer

from domain.consenting import ConsentPurpose
from domain.kernel import Envelope, state_of
from domain.refusals import Refused
from domain.relating import NoRelationsDeclared, RelationDeclared, Since
from domain.relating import Wave as WaveState
from domain.vocabulary import ID_PATTERN
from service.app import Kurslog
from service.log.busy import BusyError
from service.queries import UnknownError
from service.record import ConflictError
from service.security.gate import sees
from service.web.own_page import OwnPage
from service.web.page import ProcessPage
from service.web.people import Person, in_list, people_of
from service.web.record import record_all, waited
from service.web.undoing import withdraw
from service.web.waves import KINDS, asking, busy
from service.wire import UnreadableError

Tie = tuple[str, str]
"""Who is named, and the kind of tie."""
SINCE: Final = tuple(one.value for one in Since)


@dataclass(frozen=True)
class Said:
    """A whole answer: the ties with since when, or that there are none yet."""

    ties: Mapping[Tie, str] = field(default_factory=dict)
    none: bool = False


@dataclass
class Asked:
    """One person asked in one wave, and what was answered so far."""

    page: ProcessPage
    wave: str
    state: WaveState
    participant: str
    people: dict[str, Person]
    stored: list[Envelope]
    standing: list[Envelope]

    @property
    def subject(self) -> str:
        """The thing an answer is about."""
        return f"ties/{self.wave}/{self.participant}"

    @property
    def own(self) -> bool:
        """Whether whoever is asked looks at it."""
        return isinstance(self.page, OwnPage)

    def link(self, do: str = "", **more: Any) -> str:
        """Return the address of this answer, or of what saves or undoes it."""
        if self.own:
            return self.page.link(f"{do}my_answer", wave=self.wave, **more)
        return self.page.link(f"{do}answer", wave=self.wave, participant=self.participant, **more)

    @property
    def locked(self) -> bool:
        """Whether somebody else wrote the answer, and the caller may not see it."""
        return not all(self.sees(event) for event in self.standing)

    def sees(self, event: Envelope) -> bool:
        """Whether the caller may see an entry."""
        return sees(self.page.caller, event)

    @property
    def kinds(self) -> list[str]:
        """What is asked, working together first."""
        asked = [kind.value for kind in self.state.opened.kinds or ()]
        return [kind for kind in KINDS if kind in asked or not asked]

    @cached_property
    def others(self) -> list[Person]:
        """The people on the list, without the one who is asked: by name who said yes to that, else by their mark.

        To choose among, a participant gets those alone who said yes to it, and whom they have named before.
        """
        page, listed = self.page, [ref for ref in self.state.opened.roster or () if ref != self.participant]
        names = page.kurslog.texts.names(page.caller, page.process, listed, ConsentPurpose.BE_PICKABLE)
        if self.own:
            listed = [ref for ref in listed if ref in names or ref in {to for to, _ in self.declared()}]
            return sorted((_by_name(page, ref, names.get(ref)) for ref in listed), key=in_list)
        known = [self.people[ref] for ref in listed if ref in self.people]
        return sorted((replace(one, name=names.get(one.id)) for one in known), key=in_list)

    @property
    def wording(self) -> str:
        """What is asked, in the words of the wave."""
        page = self.page
        return getattr(self.state.opened.wording, page.lang, "") or page.t(*KINDS[self.kinds[0]].question)

    def declared(self) -> dict[Tie, Envelope]:
        """Return the ties that stand."""
        return {
            (event.data.to, event.data.kind.value): event
            for event in self.standing
            if isinstance(event.data, RelationDeclared)
        }

    def nones(self) -> list[Envelope]:
        """Return where it stands that there are none yet."""
        return [event for event in self.standing if isinstance(event.data, NoRelationsDeclared)]

    def said(self) -> Said:
        """Return what was answered so far."""
        ties = {tie: event.data.since.value if event.data.since else "" for tie, event in self.declared().items()}
        return Said(ties, bool(self.nones()))


def _by_name(page: ProcessPage, ref: str, name: str | None) -> Person:
    """Return somebody as another participant may know them: by the name they let others choose, and nothing else."""
    registered = page.kurslog.reader.register(page.process).history(f"participant/{ref}")[0]
    return Person(
        ref, registered, name=name or page.t(f"en, du har nævnt før ({ref})", f"one you named before ({ref})")
    )


def asked_of(kurslog: Kurslog, process: str, wave: str, participant: str | None) -> Asked:
    """Return who is asked what: oneself, or, to whoever asks, a participant.

    Raises:
        UnknownError: when there is no such wave, or the person is not on its list.
    """
    if participant is None:
        own = OwnPage.of_participant(kurslog, process)
        return asked_in(own, wave, own.me, {})
    page = asking(kurslog, process)
    return asked_in(page, wave, participant, people_of(page))


def asked_in(page: ProcessPage, wave: str, participant: str, people: dict[str, Person]) -> Asked:
    """Return what somebody is asked in a wave, and has answered.

    Raises:
        UnknownError: when there is no such wave, or they are not on its list.
    """
    reader, process = page.kurslog.reader, page.process
    state = state_of("wave", reader.register(process).history(f"wave/{wave}"))
    named = ID_PATTERN.fullmatch(wave) and ID_PATTERN.fullmatch(participant)
    if not named or not isinstance(state, WaveState) or participant not in (state.opened.roster or ()):
        raise UnknownError(wave)
    subject = f"ties/{wave}/{participant}"
    held = reader.entries(process, [subject])
    return Asked(page, wave, state, participant, people, list(held.stored(subject)), list(held.history(subject)))


def answer_page(kurslog: Kurslog, process: str, wave: str, participant: str | None = None) -> str:
    """Show the list, ticked as it was answered."""
    asked = asked_of(kurslog, process, wave, participant)
    return _render(asked, asked.said() if not asked.locked else Said())


def _render(asked: Asked, said: Said, wrong: str | None = None) -> str:
    page = asked.page
    return page.render(
        "ties.html",
        asked=asked,
        person=asked.people.get(asked.participant),
        said=said,
        kinds=KINDS,
        wording=asked.wording,
        cap=asked.state.opened.cap or None,
        wrong=wrong,
        answer_id=request.form.get("answer") or str(uuid.uuid4()),
        saved=request.args.get("saved"),
        undone=request.args.get("undone"),
    )


# ------------------------------------------------------------------ saving
def save_answer(kurslog: Kurslog, process: str, wave: str, participant: str | None = None) -> Answer | tuple[str, int]:
    """Record the whole answer as one command; what was ticked before and is no longer is withdrawn."""
    asked = asked_of(kurslog, process, wave, participant)
    said = _typed(asked)
    if asked.locked:
        raise UnknownError(asked.participant)
    if wrong := _wrong(asked, said):
        return _render(asked, said, wrong), 422
    answer = _answer_id()
    try:
        _record(asked, list(changes(asked, said, answer)))
    except Refused as refusal:
        return _render(asked, said, refusal.sentence(asked.page.lang)), 422
    except (UnreadableError, ConflictError, BusyError):
        return _render(asked, said, busy(asked.page)), 503
    return redirect(asked.link(saved=str(answer), on=None), 303)


def _typed(asked: Asked) -> Said:
    listed = {person.id for person in asked.others}
    ties = {
        (ref, kind): since if (since := request.form.get(f"since.{kind}.{ref}", "")) in SINCE else ""
        for kind in asked.kinds
        for ref in request.form.getlist(f"tie.{kind}")
        if ref in listed
    }
    return Said(ties, bool(request.form.get("none")))


def _wrong(asked: Asked, said: Said) -> str | None:
    t = asked.page.t
    if said.none and said.ties:
        return t(
            "Der er sat hak ved både personer og “ingen endnu”. Fjern det ene. Hakkene står her endnu.",
            "Both people and “none yet” are ticked. Remove one of the two. What was ticked still stands.",
        )
    if not said.none and not said.ties:
        return t(
            "Sæt hak ved mindst én, eller ved “ingen endnu”. “Ingen endnu” er også et svar.",
            "Tick at least one person, or “none yet”. “None yet” is an answer too.",
        )
    return None


def _answer_id() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("answer", ""))
    except ValueError:
        return uuid.uuid4()


def changes(asked: Asked, said: Said, answer: uuid.UUID) -> Iterator[dict[str, Any]]:
    """Yield what must be recorded for this answer to stand: first what is withdrawn, then what is mended or new.

    Their ids follow from the answer's and from what was stored before, so that two clicks at once are the same command,
    and a form gone back to and changed is another.
    """
    declared = asked.declared()
    gone = [(f"not/{to}/{kind}", event) for (to, kind), event in declared.items() if (to, kind) not in said.ties]
    gone += [("not/none", event) for event in asked.nones() if not said.none]
    for name, event in gone:
        reason = asked.page.t("Svaret blev ændret.", "The answer was changed.")
        yield _wire(asked, answer, name, "event-withdrawn", {"target": str(event.id), "reason": reason})
    for (to, kind), since in said.ties.items():
        if (known := declared.get((to, kind))) is None:
            data = {"wave_id": asked.wave, "from": asked.participant, "to": to, "kind": kind}
            data |= {"since": since} if since else {}
            yield _wire(asked, answer, f"tie/{to}/{kind}", "relation-declared", data)
        elif since and since != known.data.since:
            yield _wire(asked, answer, f"since/{to}/{kind}", "event-corrected", _mending(asked, known, since))
    if said.none and not asked.nones():
        data = {"wave_id": asked.wave, "participant_id": asked.participant}
        yield _wire(asked, answer, "none", "no-relations-declared", data)


def _mending(asked: Asked, known: Envelope, since: str) -> dict[str, Any]:
    reason = asked.page.t("Svaret blev ændret.", "The answer was changed.")
    return {"target": str(known.id), "fields": [{"field": "since", "value": since}], "reason": reason}


def _wire(asked: Asked, answer: uuid.UUID, name: str, stem: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": f"{stem}.v1",
        "id": str(uuid.uuid5(answer, f"{asked.subject}/{len(asked.stored)}/{name}")),
        "correlationid": str(answer),
        "onbehalfof": asked.participant,
        "data": data,
    }


def _record(asked: Asked, wires: list[dict[str, Any]]) -> None:
    """Record all of it or nothing, and wait until pages show it."""
    if wires:
        waited(asked.page.kurslog, record_all(asked.page, wires)[-1])


# ------------------------------------------------------------------ undoing
def undo_answer(kurslog: Kurslog, process: str, wave: str, participant: str | None = None) -> Answer | tuple[str, int]:
    """Withdraw what one answer recorded, so that what stood before it stands again; or all that stands."""
    asked = asked_of(kurslog, process, wave, participant)
    answer = str(_answer_id())
    found = asked.standing if request.form.get("all") else [one for one in asked.stored if one.correlationid == answer]
    try:
        withdraw(asked.page, [event for event in found if asked.sees(event)])
    except Refused as refusal:
        return _render(asked, asked.said(), refusal.sentence(asked.page.lang)), 422
    except (ConflictError, BusyError):
        return _render(asked, asked.said(), busy(asked.page)), 503
    return redirect(asked.link(undone="1", on=None), 303)
