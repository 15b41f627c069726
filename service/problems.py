"""Errors as people and programs get them: RFC 9457 problems, each naming the rule and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from domain.refusals import Refused
from service import words
from service.files import FileRefusedError
from service.imports import sentences
from service.imports.sheets import UnreadableTableError
from service.imports.undoing import StandsInTheWayError
from service.ledger.verify import ProofError
from service.log.busy import BusyError, FullError
from service.log.ledger import UnsignedError
from service.publishing import BeingWalkedError
from service.queries import BeingBuiltError, NotYetError, UnknownError, UnreadableTimeError
from service.record import ConflictError, UnansweredError
from service.security.accounts import AccountRefusedError
from service.security.attempts import TooManyError
from service.security.membership import MembershipRefusedError
from service.security.organisations import OrganisationError
from service.wire import UnreadableError

RETRY_SECONDS: Final = 5
UNAVAILABLE: Final = 503
NAMED: Final = 5
SHORTLY: Final[dict[type[Exception], str]] = {
    NotYetError: "not-yet",
    BeingBuiltError: "being-built",
    BeingWalkedError: "being-built",
    UnansweredError: "unanswered",
    FullError: "disk-full",
    UnsignedError: "unsigned",
}
"""What passes by itself, or when somebody makes room; whatever else may pass is called busy."""


class Problem(NamedTuple):
    """What a sender gets back: the HTTP status, the rule's name, a sentence, and more members of the document."""

    status: int
    rule: str
    sentence: str
    more: dict[str, Any]

    @property
    def retry_seconds(self) -> int | None:
        """How long to wait before trying again; None when that would not help."""
        return RETRY_SECONDS if self.status == UNAVAILABLE else self.more.get("retry_after")


SENTENCES: Final = {
    "unreadable": (
        "Det kunne ikke læses. Intet er gemt. Ret felterne nedenfor.",
        "It could not be read. Nothing was saved. Mend the fields below.",
    ),
    "not-found": (
        "Siden findes ikke, eller du har ikke adgang til den.",
        "The page does not exist, or you have no access.",
    ),
    "busy": (
        "Mange skriver lige nu. Intet er gemt. Prøv igen om fem sekunder.",
        "Many are writing. Nothing was saved. Try again in five seconds.",
    ),
    "unanswered": (
        "Databasen svarede ikke; måske er det gemt, måske ikke. Send det samme igen om lidt: det tæller kun én gang.",
        "The database did not answer: perhaps it is saved, perhaps not. Send the same again shortly: it counts once.",
    ),
    "disk-full": (
        "Der er ikke plads til mere på serveren. Intet er gemt. Sig det til den, der driver Kurslog.",
        "There is no room left on the server. Nothing was saved. Tell whoever runs Kurslog.",
    ),
    "not-yet": (
        "Det er gemt, men ses ikke endnu. Prøv igen om fem sekunder.",
        "It is saved but cannot be seen yet. Try again in five seconds.",
    ),
    "unsigned": (
        "Det er gemt, men har ikke fået fingeraftryk endnu. Prøv igen om fem sekunder.",
        "It is saved but not covered by a fingerprint yet. Try again in five seconds.",
    ),
    "unproven": (
        "Det passer ikke med logbogen, så intet er gemt. Hent det seneste fingeraftryk, og prøv igen.",
        "It does not fit the log, so nothing was saved. Fetch the latest fingerprint, and try again.",
    ),
    "being-built": (
        "Svaret bygges op lige nu; intet er tabt. Prøv igen om lidt.",
        "The answer is being built just now; nothing is lost. Try again shortly.",
    ),
    "unreadable-time": (
        "Tidspunktet kunne ikke læses. Skriv 2019-05-24.",
        "The moment could not be read. Write 2019-05-24.",
    ),
    "not-json": (
        "Indholdet er ikke JSON i UTF-8. Intet er gemt.",
        "The content is not JSON in UTF-8. Nothing was saved.",
    ),
    "too-large": (
        "Indholdet er for stort. Intet er gemt. Send det i mindre dele.",
        "The content is too large. Nothing was saved. Send it in smaller parts.",
    ),
    "stands-in-the-way": (
        "Nogen har bygget på det, der blev læst ind: {entries}. Træk det tilbage først. Intet er ændret.",
        "Somebody has built on what was read in: {entries}. Withdraw that first. Nothing was changed.",
    ),
    "file-empty": ("Filen er tom. Vælg en anden.", "The file is empty. Choose another."),
    "file-too-large": (
        "Filen er større end {most} MB. Intet er gemt. Gør den mindre, og prøv igen.",
        "The file is larger than {most} MB. Nothing was saved. Make it smaller, and try again.",
    ),
    "file-type-unknown": (
        "Den slags fil kan ikke gemmes her. Gem den som JPEG, PNG, WebP eller PDF, og prøv igen.",
        "This kind of file cannot be kept here. Save it as JPEG, PNG, WebP or PDF, and try again.",
    ),
    "file-damaged": (
        "Billedet kunne ikke læses; måske er filen ikke hel. Gem det igen, og prøv igen.",
        "The image could not be read; perhaps the file is not whole. Save it again, and try again.",
    ),
    "image-too-many-pixels": (
        "Billedet har mere end {most} millioner punkter. Gør det mindre, og prøv igen.",
        "The image has more than {most} million pixels. Make it smaller, and try again.",
    ),
    "no-token": (
        "Det kræver et adgangstegn, der gælder her. Lav et med: kurslog token create.",
        "This takes a token that holds here. Make one with: kurslog token create.",
    ),
    "too-many-tries": (
        "Det er for mange forsøg. Vent {seconds} sekunder, og prøv igen.",
        "Those are too many tries. Wait {seconds} seconds, and try again.",
    ),
    "sign-in-wrong": (
        "Navn og adgangskode passer ikke sammen. Prøv igen, eller bed den, der driver Kurslog, om et nyt link.",
        "The name and the password do not go together. Try again, or ask whoever runs Kurslog for a new link.",
    ),
    "name-taken": ("Det navn er optaget. Vælg et andet.", "That name is taken. Choose another."),
    "name-unusable": (
        "Navnet skal have 3 til 40 små bogstaver, tal, punktummer eller bindestreger. Ret det.",
        "The name takes 3 to 40 small letters, digits, dots or hyphens. Mend it.",
    ),
    "password-length": (
        "Adgangskoden skal have {least} til {most} tegn. Fire ord, du selv finder på, er nemme at huske.",
        "The password takes {least} to {most} characters. Four words of your own are easy to remember.",
    ),
    "password-common": (
        "Den adgangskode er blandt de første, nogen ville gætte. Vælg fx fire ord, der ikke hører sammen.",
        "That password is among the first anybody would guess. Choose four words that do not belong together.",
    ),
    "part-not-yours-to-give": (
        "Den del kan du ikke give eller tage: en projektleder giver alle andre end administrator. Spørg en sådan.",
        "That part is not yours to give or take: a project manager gives any but administrator. Ask an administrator.",
    ),
    "last-to-lead": (
        "Så var der ingen tilbage til at give adgang. Giv først en anden den del, eller bed den, der driver Kurslog.",
        "Then nobody would be left to give access. Give somebody else that part first, or ask whoever runs Kurslog.",
    ),
    "organisation-refused": (
        "Din organisation kunne ikke sige, hvem du er. Begynd forfra med at logge ind.",
        "Your organisation could not say who you are. Begin signing in again.",
    ),
    "organisation-silent": (
        "Din organisations login svarer ikke lige nu. Prøv igen om lidt, eller log ind på en anden måde.",
        "Your organisation's sign-in does not answer just now. Try again shortly, or sign in another way.",
    ),
    "report-closed": (
        "Rapporten er lukket: den indeholdt ord fra en, hvis tekst er slettet. Beviset og fingeraftrykket er her.",
        "The report is closed: it held words of somebody whose text is deleted. The proof and fingerprint remain.",
    ),
    "unknown-host": (
        "Kurslog har ikke det navn. Brug den adresse, du har fået. Den, der driver Kurslog, sætter KURSLOG_HOSTS.",
        "Kurslog has not that name. Use the address you were given. Whoever runs Kurslog sets KURSLOG_HOSTS.",
    ),
    "http": ("Det kunne ikke lade sig gøre.", "It could not be done."),
    "failed": (
        "Noget gik galt hos os. Intet er gemt. Prøv igen; bliver det ved, så sig det til den, der driver Kurslog.",
        "Something went wrong on our side. Nothing was saved. Try again; if it stays, tell whoever runs Kurslog.",
    ),
}


def sentence(rule: str, language: str, **facts: object) -> str:
    """Return the sentence of a problem that is no rule of the domain."""
    return SENTENCES[rule][0 if language == "da" else 1].format(**facts)


def _numbers(positions: Sequence[int], language: str) -> str:
    """Name entries by number; of many only the first."""
    said, left = [str(one) for one in positions[:NAMED]], len(positions) - NAMED
    if left > 0:
        said.append(f"{left} andre" if language == "da" else f"{left} others")
    return f"{'nr.' if language == 'da' else 'no.'} {words.listed(said, language)}"


def problem_of(error: Exception, language: str) -> Problem | None:  # noqa: PLR0911 - one arm an error
    """Return what a sender is told of an error of ours; None for one we do not know."""
    match error:
        case Refused():
            status = 404 if error.rule == "unknown-process" else 409 if error.clash else 422
            return Problem(status, error.rule, error.sentence(language), {"field": error.field} if error.field else {})
        case UnreadableError():
            return Problem(422, "unreadable", sentence("unreadable", language), {"errors": error.errors})
        case FileRefusedError():
            return Problem(error.status, error.rule, sentence(error.rule, language, **error.facts), {})
        case UnreadableTableError():
            return Problem(422, error.rule, sentences.sentence(error.rule, language, **error.facts), {})
        case StandsInTheWayError():
            said = sentence("stands-in-the-way", language, entries=_numbers(error.positions, language))
            return Problem(409, "stands-in-the-way", said, {"positions": list(error.positions)})
        case UnreadableTimeError():
            return Problem(422, "unreadable-time", sentence("unreadable-time", language), {"why": str(error)})
        case UnknownError():
            return Problem(404, "not-found", sentence("not-found", language), {})
        case (
            BusyError()
            | ConflictError()
            | NotYetError()
            | BeingBuiltError()
            | BeingWalkedError()
            | UnansweredError()
            | UnsignedError()
        ):
            rule = SHORTLY.get(type(error), "busy")
            return Problem(503, rule, sentence(rule, language), {})
        case ProofError():
            return Problem(422, "unproven", sentence("unproven", language), {"why": str(error)})
        case _:
            return _at_the_door(error, language)


def _at_the_door(error: Exception, language: str) -> Problem | None:
    """Return what somebody is told who could not be let in."""
    match error:
        case TooManyError():
            said = sentence("too-many-tries", language, seconds=error.seconds)
            return Problem(429, "too-many-tries", said, {"retry_after": error.seconds})
        case OrganisationError():
            status = 403 if error.rule == "organisation-refused" else UNAVAILABLE
            return Problem(status, error.rule, sentence(error.rule, language), {})
        case MembershipRefusedError():
            return Problem(409, error.rule, sentence(error.rule, language), {})
        case AccountRefusedError():
            return Problem(422, error.rule, sentence(error.rule, language, **error.facts), {})
        case _:
            return None
