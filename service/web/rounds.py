"""Asking: the rounds of a process, who has answered (yes or no, never what), opening one and closing it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.assessing import Round, RoundMoment
from domain.belonging import Participant, ParticipantRegistered
from domain.keeping import AccessRole
from domain.kernel import Envelope, state_of
from domain.refusals import Refused
from domain.vocabulary import Role
from service.app import Kurslog
from service.frameworks import co_creation
from service.log.busy import BusyError
from service.queries import UnknownError
from service.record import ConflictError
from service.security.gate import TEAM, sees
from service.web.competences import MOMENTS, PROJECTION
from service.web.forms import form_of
from service.web.page import ProcessPage, asked_number
from service.web.parts import Part, listing, part_of
from service.web.people import by_name, in_order_of_coming, names_in
from service.web.reading import sentence
from service.web.record import declared, id_within, record_all, record_once, waited

ASKING: Final = frozenset(TEAM | {AccessRole.EVALUATOR})
"""Who runs rounds and types in answers for others."""
RUNNING: Final = {Role.FACILITATOR, Role.EVALUATOR}
"""Roles of those who run the process: they are not asked how the participants grow."""
PAGE: Final = 300


def asking_page(kurslog: Kurslog, process: str) -> ProcessPage:
    """Return the page for whoever runs rounds here.

    Raises:
        UnknownError: for anybody else; a participant answers on their own page.
    """
    return ProcessPage.for_roles(kurslog, process, ASKING)


def rounds_page(kurslog: Kurslog, process: str) -> str:
    """Show the rounds, newest first, and the form that opens one."""
    return _render(asking_page(kurslog, process))


def _render(page: ProcessPage, wrong: str | None = None) -> str:
    rounds = page.answer(PROJECTION, part=_counted)["rounds"]
    named: dict[str, str] = {}
    ready = co_creation()
    return page.render(
        "rounds.html",
        rounds=[_shown(page, one, named) for one in reversed(rounds)],
        named=named,
        moments={name: page.t(*pair) for name, pair in MOMENTS.items()},
        suggested=suggested(rounds),
        people=sum(1 for _ in participants(page)),
        competences=[one["title"][page.lang] for one in ready.framework["competences"]],
        questions=len(ready.instrument["items"]),
        event_id=str(uuid.uuid4()),
        saved=saved_positions(),
        undone=asked_number("undone"),
        wrong=wrong,
    )


def _counted(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rounds of an answer, each with how many were asked, have answered or begun, and who where it is listed."""
    listed = {one["id"] for one in listing(data["rounds"])}

    def counts(people: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        answered = sum(1 for one in people if one["answered"])
        begun = sum(1 for one in people if "answered" in one["begun"])
        return {"asked": len(people), "answered": answered, "begun": begun}

    return {
        "rounds": [
            {**one, "people": one["people"] if one["id"] in listed else None, "count": counts(one["people"])}
            for one in data["rounds"]
        ]
    }


def _shown(page: ProcessPage, found: dict[str, Any], named: dict[str, str]) -> dict[str, Any]:
    """Return a round with its name and, where it is listed, who lacks an answer: *now*, after the start also *then*.

    Whoever is shown is put into ``named``, for the team.
    """
    found = {**found, "name": page.t(*MOMENTS[found["moment"]])}
    if found["people"] is None:
        return found
    ends = ("answered",) if found["moment"] == RoundMoment.BEFORE else ("answered", "then")
    missing, done = list[dict[str, Any]](), list[dict[str, Any]]()
    for one in found["people"]:
        (missing if any(one[end] is None for end in ends) else done).append(one)

    def called(one: dict[str, Any]) -> str:
        return str(named.get(one["participant"], one["tag"]))

    def opened(people: Iterable[dict[str, Any]]) -> None:
        named.update(names(page, [one["participant"] for one in people]))

    place = by_name(page)

    def order(one: dict[str, Any]) -> tuple[int, str]:
        return place(one["participant"]) if page.caller.role in TEAM else (0, one["tag"])

    def shown(people: Sequence[dict[str, Any]], of: str) -> Part[dict[str, Any]]:
        way = {"who": found["id"], "of": f"{of}-{found['id']}"}
        return part_of(page, "rounds", people, called=called, order=order, opened=opened, **way)

    return {**found, "missing": shown(missing, "missing"), "done": shown(done, "done")}


def saved_positions() -> str:
    """Return which entries were just saved, 41 or 41-43, for the way to undo them."""
    asked = request.args.get("saved", "")
    return asked if re.fullmatch(r"\d{1,15}(-\d{1,15})?", asked, re.ASCII) else ""


def suggested(rounds: Sequence[dict[str, Any]]) -> str:
    """Return the moment most likely asked about next."""
    held = {one["moment"] for one in rounds}
    return next((moment.value for moment in RoundMoment if moment.value not in held), RoundMoment.FOLLOW_UP.value)


def names(page: ProcessPage, ids: Sequence[str]) -> dict[str, str]:
    """Return what participants are called, for the team only: evaluators know them by their tags."""
    if page.caller.role not in TEAM or not ids:
        return {}
    register = page.kurslog.reader.register(page.process)
    registered = (
        event
        for ref in ids
        for event in register.history(f"participant/{ref}")
        if isinstance(event.data, ParticipantRegistered) and sees(page.caller, event)
    )
    return names_in(registered, partial(page.kurslog.texts.said, page.caller))


def participants(page: ProcessPage) -> Iterator[str]:
    """Yield those who are to be asked: registered, still here, one person each, and not of those who run it."""
    register = page.kurslog.reader.register(page.process)
    found: dict[str, Participant] = {}
    for subject in in_order_of_coming(register, "participant"):
        state = state_of("participant", register.history(subject))
        if isinstance(state, Participant):
            found[subject.partition("/")[2]] = state
    doubles = {ref for state in found.values() for ref in state.merged}
    for ref, state in found.items():
        roles = {span.role for span in state.roles}
        if state.here and ref not in doubles and (not roles or roles - RUNNING):
            yield ref


def registered(page: ProcessPage, stem: str) -> Iterator[Envelope]:
    """Yield all entries of one type, in order, as they were recorded."""
    after = 0
    while events := page.kurslog.reader.process_page(page.process, after=after, limit=PAGE, types=[f"{stem}.v1"]):
        yield from events
        after = events[-1].position


# ------------------------------------------------------------------ opening and closing
def open_round(kurslog: Kurslog, process: str) -> Answer | tuple[str, int]:
    """Open a round for everybody who takes part; the ready framework is published with it the first time."""
    page = asking_page(kurslog, process)
    t, moment = page.t, request.form.get("moment", "")
    people = sorted(participants(page))
    if moment not in MOMENTS:
        return _render(page, t("Vælg, hvornår I spørger.", "Choose when you ask.")), 422
    if not people:
        nobody = t("Der er ingen at spørge endnu. Skriv deltagerne ind først.", "There is nobody to ask yet. Record the participants first.")  # fmt: skip
        return _render(page, nobody), 422
    try:
        saved = _opened(page, moment, people)
    except Refused as error:
        return _render(page, sentence(error, form_of(declared("assessment-round-opened"), page.lang, {}))), 422
    except (ConflictError, BusyError):
        busy = t("Mange skriver lige nu. Intet er gemt. Prøv igen om fem sekunder.", "Many are writing. Nothing was saved. Try again in five seconds.")  # fmt: skip
        return _render(page, busy), 422
    waited(kurslog, saved[-1])
    return redirect(page.link("rounds", saved=f"{saved[0]}-{saved[-1]}", on=None), 303)


def _opened(page: ProcessPage, moment: str, people: Sequence[str]) -> list[int]:
    """Record framework, instrument and round as one command, once however often it is sent."""
    key, ready = event_key(), co_creation()
    register = page.kurslog.reader.register(page.process)
    wires: list[dict[str, Any]] = []
    for stem, data, subject in (
        ("competence-framework-published", ready.framework, f"framework/{ready.framework['framework_id']}"),
        ("instrument-published", ready.instrument, f"instrument/{ready.instrument['instrument_id']}"),
    ):
        if not register.history(subject):
            wires.append({"type": f"{stem}.v1", "id": id_within(str(key), stem), "data": data})
    asked = {name: ready.instrument[name] for name in ("instrument_id", "version")}
    data = {"round_id": f"{moment}-{key.hex[:6]}", **asked, "moment": moment, "eligible": list(people)}
    return record_all(page, [*wires, {"type": "assessment-round-opened.v1", "id": str(key), "data": data}])


def event_key() -> uuid.UUID:
    """Return the id the form was given, so that a second click is the same entry."""
    try:
        return uuid.UUID(request.form.get("event_id", ""))
    except ValueError:
        return uuid.uuid4()


def close_round(kurslog: Kurslog, process: str, round_id: str) -> Answer | tuple[str, int]:
    """Close a round: what was answered by now counts."""
    page = asking_page(kurslog, process)
    found = round_of(page, round_id)
    if found.closed:
        return redirect(page.link("rounds", on=None), 303)
    wire = {"type": "assessment-round-closed.v1", "id": str(event_key()), "data": {"round_id": round_id}}
    try:
        position = record_once(page, wire)
    except Refused as error:
        return _render(page, sentence(error, form_of(declared("assessment-round-closed"), page.lang, {}))), 422
    waited(kurslog, position)
    return redirect(page.link("rounds", saved=position, on=None), 303)


def round_of(page: ProcessPage, round_id: str) -> Round:
    """Return a round as it stands.

    Raises:
        UnknownError: when there is none.
    """
    found = state_of("round", page.kurslog.reader.register(page.process).history(f"round/{round_id}"))
    if not isinstance(found, Round):
        raise UnknownError(round_id)
    return found
