"""What a participant says on their own page: yes and no, a quote's approval, and what they ask for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import redirect, request

from domain.consenting import ConsentPurpose
from domain.observing import Attribution
from domain.vocabulary import Purpose
from service.consenting import Asked, changes_of_person, of_person
from service.queries import UnknownError
from service.web.me_asked import askings_of, quotes_of
from service.web.me_words import CHANNELS
from service.web.own_page import OwnPage
from service.web.record import command_id, id_within, record_or_say

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from service.app import Kurslog

TEXT_MAX: Final = 4000
Two = tuple[str, str]


@dataclass(frozen=True)
class Request:
    """Something a participant may ask for: what the page says of it, and what is recorded."""

    stem: str
    text: str
    heading: Two
    lead: Two
    label: Two
    button: Two
    goes: tuple[Two, ...] = ()
    stays: tuple[Two, ...] = ()
    needed: bool = False
    risk: bool = False


REQUESTS: Final = {
    "erasure": Request(
        "erasure-requested",
        "what",
        ("Slet det, jeg har skrevet", "Delete what I wrote"),
        (
            "Du beder om det her. De, der kører forløbet, svarer dig og skriver hvorfor. Du kan fortryde, indtil de har svaret.",
            "You ask for it here. Those who run the process answer you and say why. You can undo it until they have answered.",
        ),
        (
            "Gælder det kun noget af det, så skriv hvad (må gerne være tomt)",
            "If it is only some of it, say what (may be empty)",
        ),
        ("Bed om at få det slettet", "Ask to have it deleted"),
        goes=(
            ("dit navn og det, man kan nå dig på", "your name and how you are reached"),
            ("teksten i alt, du har sagt og skrevet", "the text of all you said and wrote"),
            ("dine citater og de filer, der er dine", "your quotes, and the files that are yours"),
        ),
        stays=(
            ("at nogen var med, og hvornår, uden navn", "that somebody took part, and when, without a name"),
            ("tal og gennemsnit, hvor du ikke kan kendes", "figures and means in which you cannot be recognised"),
            ("at noget er slettet, og hvornår", "that something was deleted, and when"),
            (
                "rapporter, der er sendt: de lukkes, og modtageren får besked",
                "reports already sent: they are closed and their readers told",
            ),
        ),
        risk=True,
    ),
    "objection": Request(
        "objection-lodged",
        "text",
        ("Jeg er ikke enig", "I object"),
        (
            "Skriv, hvad du ikke vil have, at vi gemmer eller bruger. Vi holder op, til vi har svaret dig.",
            "Say what you do not want us to keep or use. We stop until we have answered you.",
        ),
        ("Hvad er du ikke enig i?", "What do you object to?"),
        ("Send", "Send"),
        needed=True,
    ),
    "access": Request(
        "access-requested",
        "note",
        ("Bed om indsigt", "Ask for access"),
        (
            "Det meste kan du se og hente på din side med det samme. Vil du have det på papir eller forklaret, så skriv det her.",
            "You can see and get most of it on your page at once. If you want it on paper or explained, say so here.",
        ),
        ("Hvordan vil du have det? (må gerne være tomt)", "How do you want it? (may be empty)"),
        ("Bed om indsigt", "Ask for access"),
    ),
}


def ask_page(kurslog: Kurslog, process: str, what: str) -> str:
    """Show what a request means, before it is made."""
    page = OwnPage.of_participant(kurslog, process)
    return _asked(page, what, str(uuid.uuid4()), "")


def _asked(page: OwnPage, what: str, command: str, wrong: str) -> str:
    if what not in REQUESTS:
        raise UnknownError(what)
    return page.render(
        "me_ask.html",
        what=what,
        asks=REQUESTS[what],
        command=command,
        wrong=wrong,
        typed=request.form.get("text", ""),
        concerns=[(one.value, page.say.label(one.value)) for one in Purpose] if what == "objection" else [],
        running=next((one for one in askings_of(page) if one.open and one.what == what and what != "objection"), None),
    )


def save_ask(kurslog: Kurslog, process: str, what: str) -> Answer | tuple[str, int]:
    """Record a request, once however often it is sent."""
    page = OwnPage.of_participant(kurslog, process)
    if what not in REQUESTS:
        raise UnknownError(what)
    asks, command = REQUESTS[what], command_id()
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    if asks.needed and not text:
        return _asked(
            page, what, command, page.t("Skriv med et par ord, hvad du ikke er enig i.", "Say it in a few words.")
        ), 422
    data: dict[str, Any] = {"participant_id": page.me} | ({asks.text: text[:TEXT_MAX]} if text else {})
    if what != "objection":
        data["request_id"] = f"r-{uuid.UUID(command).hex[:12]}"
    elif request.form.get("concerns") in list(Purpose):
        data["concerns"] = request.form["concerns"]
    _, wrong = record_or_say(page, [{"type": f"{asks.stem}.v1", "id": command, "data": data}])
    if wrong:
        return _asked(page, what, command, wrong), 422
    return _back(page, what, "out")


def _back(page: OwnPage, saved: str, section: str) -> Answer:
    return redirect(f"{page.link('me', saved=saved)}#{section}", 303)


def save_consent(kurslog: Kurslog, process: str) -> Answer | tuple[str, int]:
    """Record what the participant now says yes and no to; what was not changed is not said again."""
    page = OwnPage.of_participant(kurslog, process)
    wanted = wanted_of(of_person(kurslog, process, page.me, page.lang), request.form.getlist("purpose"))
    wires = changes_of_person(kurslog, process, page.me, wanted, command=command_id())
    _, wrong = record_or_say(page, wires) if wires else ([], None)
    return _back(page, "not" if wrong else "consent", "yes")


def wanted_of(asked: Iterable[Asked], ticked: Iterable[str]) -> dict[ConsentPurpose, bool]:
    """Return yes or no by purpose, as the switches were left; whoever never answered says no to nothing by that."""
    yes = set(ticked)
    return {one.purpose: one.purpose.value in yes for one in asked if one.purpose.value in yes or one.given is not None}


def save_quote(kurslog: Kurslog, process: str, quote: str) -> Answer:
    """Approve a quote in the words as they stand, or take the approval back.

    Raises:
        UnknownError: for a quote that is not the participant's.
    """
    page = OwnPage.of_participant(kurslog, process)
    found = next((one for one in quotes_of(page) if one.id == quote), None)
    if found is None or found.text is None:
        raise UnknownError(quote)
    command = command_id()
    if request.form.get("do") == "back":
        wire = {"type": "quote-approval-withdrawn.v1", "data": {"quote_id": quote}}
    else:
        signed = request.form.get("attribution", "")
        uses = [value for value, _ in CHANNELS if value in request.form.getlist("channel")]
        data = {
            "quote_id": quote,
            "exact_text": found.text,
            "attribution": signed if signed in list(Attribution) else Attribution.ANONYMOUS.value,
            "channels": uses or [CHANNELS[0][0]],
        }
        wire = {"type": "quote-approved.v1", "data": data}
    _, wrong = record_or_say(page, [{**wire, "id": id_within(command, quote), "onbehalfof": page.me}])
    return _back(page, "not" if wrong else "quote", "quotes")
