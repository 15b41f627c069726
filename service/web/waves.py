"""Asking a wave: opening it in one step, seeing who has answered and who has not, and closing it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask import request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Answer

from domain.refusals import Refused
from domain.relating import TieKind
from domain.vocabulary import Visibility
from projections.kernel import DEPTH
from service.app import Kurslog
from service.log.busy import BusyError
from service.queries import UnknownError
from service.record import ConflictError
from service.security.gate import Act, depth
from service.web.page import ProcessPage, asked_number
from service.web.parts import listing, part_of
from service.web.people import Person, by_name, listed_as, open_names, people_of
from service.web.record import record_once, waited
from service.wire import UnreadableError

PROJECTION: Final = "relationship-map"
WORDING: Final = (
    "Hvem arbejder du sammen med om det, der sker her i forløbet?",
    "Whom do you work with on what happens here in the process?",
)
SEEN: Final = DEPTH[Visibility.TEAM]
WORDING_MAX: Final = 300
CAP_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of tie, in words: the verb, the heading of a map, and the question to a person."""

    word: tuple[str, str]
    together: tuple[str, str]
    question: tuple[str, str]


KINDS: Final = {
    TieKind.WORKS_WITH.value: Kind(
        ("arbejder sammen med", "works with"),
        ("Hvem arbejder sammen?", "Who works together?"),
        ("Hvem arbejder du sammen med?", "Whom do you work with?"),
    ),
    TieKind.TALKS_WITH.value: Kind(
        ("taler med", "talks with"),
        ("Hvem taler sammen?", "Who talk with one another?"),
        ("Hvem taler du med?", "Whom do you talk with?"),
    ),
    TieKind.GETS_HELP_FROM.value: Kind(
        ("får hjælp af", "gets help from"),
        ("Hvem får hjælp af hinanden?", "Who help one another?"),
        ("Hvem får du hjælp af?", "Who helps you?"),
    ),
    TieKind.TRUSTS.value: Kind(
        ("har tillid til", "trusts"),
        ("Hvem har tillid til hinanden?", "Who trust one another?"),
        ("Hvem har du tillid til?", "Whom do you trust?"),
    ),
    TieKind.KNOWS.value: Kind(
        ("kender", "knows"),
        ("Hvem kender hinanden?", "Who know one another?"),
        ("Hvem kender du?", "Whom do you know?"),
    ),
}


def may_ask(page: ProcessPage) -> bool:
    """Whether the caller may open a wave and see who has answered: who works with the process, not its participants."""
    return page.may_record and depth(page.caller, page.process) >= SEEN


def asking(kurslog: Kurslog, process: str) -> ProcessPage:
    """Return the page, if the caller may ask.

    Raises:
        UnknownError: when not.
    """
    page = ProcessPage.of(kurslog, process, Act.RECORD)
    if not may_ask(page):
        raise UnknownError(process)
    return page


def waves_page(kurslog: Kurslog, process: str) -> str:
    """Show the waves with who has answered, and the form that opens the next."""
    return _render(asking(kurslog, process))


def _render(page: ProcessPage, typed: dict[str, Any] | None = None, wrong: str | None = None) -> str:
    from service.web.relations import named  # noqa: PLC0415 - that page shows what is asked here

    waves = page.answer(PROJECTION, whole=True)["waves"]
    listed, people = listing(waves), people_of(page, named=())
    return page.render(
        "waves.html",
        waves=[_shown(page, wave, people, listed=wave in listed) for wave in reversed(waves)],
        names=named(page, waves),
        here=on_list(people),
        kinds=KINDS,
        typed=typed or _proposed(waves),
        wrong=wrong,
        open_one=next((wave["id"] for wave in waves if not wave["closed"]), None),
        event_id=request.form.get("event_id") or str(uuid.uuid4()),
        saved=asked_number("saved"),
    )


def on_list(people: dict[str, Person]) -> list[Person]:
    """Return everybody who takes part, by mark or number."""
    return sorted((person for person in people.values() if person.here), key=lambda one: one.mark or one.id)


Row = tuple[Person | None, str, bool]


def _shown(page: ProcessPage, wave: dict[str, Any], people: dict[str, Person], *, listed: bool) -> dict[str, Any]:
    """Return a wave with who has answered, in the order of their names, where it is listed."""
    if not listed:
        return {**wave, "rows": None}
    order = by_name(page)

    def place(row: Row) -> tuple[int, str]:
        return order(row[1])

    def opened(rows: Iterable[Row]) -> None:
        open_names(page, (person for person, _, _ in rows if person))

    def called(row: Row) -> str:
        return listed_as(row[0]) if row[0] else row[1]

    rows = [(people.get(row["id"]), row["id"], row["answered"]) for row in wave["roster"] or ()]
    rows.sort(key=place)
    way = {"who": wave["id"], "of": f"who-{wave['id']}"}
    return {**wave, "rows": part_of(page, "waves", rows, called=called, order=place, opened=opened, **way)}


def _proposed(waves: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the next wave asks: as the last one did, for only the same question can be compared."""
    last = waves[-1] if waves else None
    wording = last["wording"] if last and isinstance(last["wording"], dict) and "da" in last["wording"] else None
    return {
        "da": wording["da"] if wording else WORDING[0],
        "en": wording["en"] if wording else WORDING[1],
        "kinds": last["kinds"] if last else [TieKind.WORKS_WITH.value],
        "cap": str(last["cap"]) if last and isinstance(last["cap"], int) else "",
    }


# ------------------------------------------------------------------ opening
def open_wave(kurslog: Kurslog, process: str) -> Answer | tuple[str, int]:
    """Open a wave with everybody who takes part on its list; sent again it is the same wave."""
    page = asking(kurslog, process)
    typed, event_id = _typed(), _id_in("event_id")
    known = kurslog.reader.by_id(process, [event_id]).get(event_id)
    if known:
        return redirect(page.link("waves", saved=known.position, on=None), 303)
    roster = [person.id for person in on_list(people_of(page, named=()))]
    if wrong := _wrong(page, typed, roster):
        return _render(page, typed, wrong), 422
    data = {
        "wave_id": _next_id(kurslog, process),
        "wording": {"da": typed["da"], "en": typed["en"]},
        "kinds": typed["kinds"],
        "roster": roster,
        **({"cap": int(typed["cap"])} if typed["cap"] else {}),
    }
    return _recorded(page, {"type": "relationship-wave-opened", "data": data, "id": str(event_id)}, typed)


def _typed() -> dict[str, Any]:
    return {
        "da": request.form.get("da", "").strip(),
        "en": request.form.get("en", "").strip() or request.form.get("da", "").strip(),
        "kinds": [kind for kind in KINDS if kind in request.form.getlist("kind")],
        "cap": request.form.get("cap", "").strip(),
    }


def _wrong(page: ProcessPage, typed: dict[str, Any], roster: list[str]) -> str | None:
    if len(roster) < 2:  # noqa: PLR2004 - a tie joins two
        return page.t(
            "Der er ingen at spørge endnu. Registrér deltagerne først.",
            "There is nobody to ask yet. Register people first.",
        )
    if not typed["kinds"]:
        return page.t("Vælg mindst ét spørgsmål.", "Choose at least one question.")
    if not typed["da"] or len(typed["da"]) > WORDING_MAX or len(typed["en"]) > WORDING_MAX:
        return page.t("Skriv spørgsmålet med højst 300 tegn.", "Write the question in at most 300 characters.")
    if typed["cap"] and not re.fullmatch(r"[1-9][0-9]{0,2}", typed["cap"]):
        return page.t(
            "Skriv et tal fra 1 til 999, eller lad feltet stå tomt.", "Write 1 to 999, or leave the field empty."
        )
    return None


def _next_id(kurslog: Kurslog, process: str) -> str:
    register, number = kurslog.reader.register(process), 1
    while register.stored(f"wave/w{number}"):
        number += 1
    return f"w{number}"


def _id_in(name: str) -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get(name, ""))
    except ValueError:
        return uuid.uuid4()


def close_wave(kurslog: Kurslog, process: str, wave: str) -> Answer | tuple[str, int]:
    """Close a wave; closed twice it is closed."""
    page = asking(kurslog, process)
    if not kurslog.reader.register(process).history(f"wave/{wave}"):
        raise UnknownError(wave)
    wire = {"type": "relationship-wave-closed", "data": {"wave_id": wave}, "id": str(_id_in("event_id"))}
    return _recorded(page, wire, None)


def _recorded(page: ProcessPage, wire: dict[str, Any], typed: dict[str, Any] | None) -> Answer | tuple[str, int]:
    try:
        position = record_once(page, wire)
    except Refused as refusal:
        if refusal.rule == "wave-closed":
            return redirect(page.link("waves", on=None), 303)
        return _render(page, typed, refusal.sentence(page.lang)), 422
    except (UnreadableError, ConflictError, BusyError):
        return _render(page, typed, busy(page)), 503
    waited(page.kurslog, position)
    return redirect(page.link("waves", saved=position, on=None), 303)


def busy(page: ProcessPage) -> str:
    """Return what to do when many are writing."""
    return page.t(
        "Mange skriver lige nu. Intet er gemt. Prøv igen om fem sekunder.",
        "Many are writing. Nothing was saved. Try again in five seconds.",
    )
