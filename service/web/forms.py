"""A form for every event type, made from its fields: labels, choices, what was typed, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from domain.kernel import Declaration
from domain.refusals import RULES, Refused
from domain.shapes import Field, FieldType
from domain.timing import COPENHAGEN
from domain.vocabulary import ActorKind, Role
from service import words
from service.web.happened import When, read_when, when_of
from service.wire import UnreadableError

ROWS: Final = 3
ROWS_MAX: Final = 60
RADIOS_MAX: Final = 8
SELECT_MAX: Final = 60
EARLY: Final = {"question", "rationale", "text", "note", "group_id"}
"""Fields that stand among those that must be said, though they may be left out."""

WIDGETS: Final = {
    FieldType.PERSONAL: "area",
    FieldType.DATE: "date",
    FieldType.MOMENT: "moment",
    FieldType.AMOUNT: "number",
    FieldType.NUMBER: "number",
    FieldType.COUNT: "number",
}
Choices = Mapping[str, Mapping[str, str]]
"""The things there are, by kind: id and title. ``body`` holds the committees and councils among the organisations."""


@dataclass
class Input:
    """One thing to fill in; ``parts`` are those of a record, ``rows`` those of a list; ``quiet`` is one inside another."""

    name: str
    label: str
    widget: str
    spec: Field
    value: str = ""
    required: bool = False
    options: list[tuple[str, str, str]] = field(default_factory=list)
    parts: list[Input] = field(default_factory=list)
    rows: list[Input] = field(default_factory=list)
    hint: str = ""
    quiet: bool = False
    error: str | None = None

    @property
    def id(self) -> str:
        """Its id on the page."""
        return self.name.replace(".", "-")

    def all(self) -> Iterator[Input]:
        """Yield this and everything inside."""
        yield self
        for inner in [*self.parts, *self.rows]:
            yield from inner.all()


@dataclass
class Form:
    """A form: what must be said, what may be said, when it happened, and what is wrong."""

    declaration: Declaration
    lang: str
    needed: list[Input]
    more: list[Input]
    when: When
    citation: str = ""
    general: str | None = None

    @property
    def inputs(self) -> list[Input]:
        """All inputs of its fields."""
        return [*self.needed, *self.more]

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """What is wrong: the id of the input, and the sentence."""
        found = [(one.id, one.error) for top in self.inputs for one in top.all() if one.error]
        if self.when.error:
            found.append(("when-day", self.when.error))
        return found

    @property
    def more_wrong(self) -> bool:
        """Whether something is wrong, or was typed, among what may be said."""
        return any(
            one.error or one.value for top in self.more for one in top.all() if one.name not in self.own
        ) or bool(self.citation)

    @property
    def own(self) -> set[str]:
        """The names of the ids the form proposes itself."""
        return {f"data.{name}" for name in own_ids(self.declaration)}


class Maker:
    """Makes the inputs of one form."""

    def __init__(self, found: Declaration, lang: str, choices: Choices, typed: Mapping[str, str]) -> None:
        self.found = found
        self.lang = lang
        self.choices = choices
        self.typed = typed
        self.t = words.Speech(lang)

    def make(self, item: Field, name: str) -> Input:
        """Return the input of a field, its parts and rows with it."""
        label = words.label(item.name, self.lang, self.found.stem)
        made = Input(name, label, "line", item, self.typed.get(name, ""), item.required)
        if item.many and item.type is FieldType.ENUM:
            made.widget, made.options = "checks", self._enum(item)
            made.value = " ".join(value for value, _, _ in made.options if self.typed.get(f"{name}.{value}"))
        elif item.many:
            made.widget = "rows"
            made.rows = [self._one(item, f"{name}.{at}", label) for at in range(self._count(name))]
        else:
            made = self._one(item, name, label, required=item.required)
        return made

    def _count(self, name: str) -> int:
        typed = [
            int(found[1]) for key in self.typed if (found := re.match(rf"{re.escape(name)}\.(\d{{1,2}})(\.|$)", key))
        ]
        asked = ROWS if self.typed.get("more") == name else 0
        return min(max([ROWS, *(at + 1 for at in typed)]) + asked, ROWS_MAX)

    def _one(self, item: Field, name: str, label: str, *, required: bool = False) -> Input:
        made = Input(name, label, WIDGETS.get(item.type, "line"), item, self.typed.get(name, ""), required)
        match item.type:
            case FieldType.RECORD:
                made.widget = "parts"
                made.parts = [self.make(part, f"{name}.{part.name}") for part in item.fields]
                for part in made.parts:
                    part.required, part.quiet = False, True
            case FieldType.LOCALISED:
                made.widget = "parts"
                made.parts = [
                    Input(
                        f"{name}.{one}", words.label(one, self.lang), "line", item, self.typed.get(f"{name}.{one}", "")
                    )
                    for one in ("da", "en")
                ]
            case FieldType.ACTOR:
                made.widget, made.options = "actor", self._actors()
                made.parts = [
                    Input(
                        f"{name}.ref",
                        self.t("deltagerens nummer", "the participant’s number"),
                        "line",
                        item,
                        self.typed.get(f"{name}.ref", ""),
                    )
                ]
            case FieldType.ENUM:
                made.options = self._enum(item)
                made.widget = "radios" if required and len(made.options) <= RADIOS_MAX else "select"
            case FieldType.FLAG:
                made.widget = "radios" if required else "check"
                made.options = [("yes", self.t("ja", "yes"), ""), ("no", self.t("nej", "no"), "")]
            case FieldType.REF:
                self._reference(made, item)
        return made

    def _enum(self, item: Field) -> list[tuple[str, str, str]]:
        found = item.choices
        return [(one.value, words.label(one.value, self.lang, found.__name__), "") for one in found] if found else []

    def _actors(self) -> list[tuple[str, str, str]]:
        held = [
            (f"role/{role.value}", words.label(role.value, self.lang), self.t("En rolle", "A role")) for role in Role
        ]
        for kind, group in (
            ("group", self.t("En gruppe", "A group")),
            ("body", self.t("Udvalg og råd", "Committees and councils")),
            ("organisation", self.t("En organisation", "An organisation")),
        ):
            held += [(f"{kind}/{ref}", title or ref, group) for ref, title in self.choices.get(kind, {}).items()]
        held.append(
            ("participant/", self.t("en deltager, med nummer", "a participant, by number"), self.t("Andre", "Others"))
        )
        held.append(("anonymous/", words.label("anonymous", self.lang), self.t("Andre", "Others")))
        return held

    def _propose(self, made: Input, item: Field) -> None:
        """Propose an id for a new thing; where the thing may be there already, offer those too."""
        made.value = made.value or f"{item.ref or 'x'}-{secrets.token_hex(3)}"
        made.hint = self.t(
            "Vi har foreslået et nummer. Du kan skrive dit eget.", "We proposed a number. You may write your own."
        )
        if self.found.creates is None:
            made.widget = "listed"
            made.options = [(ref, title or ref, "") for ref, title in self.choices.get(item.ref or "", {}).items()]
            made.hint = self.t(
                "Et nyt nummer. Er den foreslået før, så vælg den i listen.",
                "A new number. If it was proposed before, choose it from the list.",
            )

    def _reference(self, made: Input, item: Field) -> None:
        if item.name in own_ids(self.found):
            self._propose(made, item)
            return
        if item.ref == "event":
            made.hint = self.t("Nummeret i logbogen, fx 41.", "The number in the log, such as 41.")
            return
        held = dict(self.choices.get(item.ref or "", {}))
        if item.ref == "organisation":
            held |= self.choices.get("body", {})
        made.options = [(ref, title or ref, "") for ref, title in held.items()]
        made.widget = "select" if 0 < len(held) <= SELECT_MAX and item.ref != "entry" else "listed"


def own_ids(found: Declaration) -> frozenset[str]:
    """Return the field with the id of what an event may begin; none for events that only add to a thing."""
    return frozenset(found.about) if found.creates is not False and len(found.about) == 1 else frozenset()


def form_of(found: Declaration, lang: str, choices: Choices, typed: Mapping[str, str] | None = None) -> Form:
    """Return the form of an event type, with what was typed still in it."""
    maker = Maker(found, lang, choices, typed or {})
    inputs = [maker.make(item, f"data.{item.name}") for item in found.fields]
    own = own_ids(found)
    needed = [one for one in inputs if (one.spec.required or one.spec.name in EARLY) and one.spec.name not in own]
    needed.sort(key=lambda one: one.spec.name != "question")
    more = [one for one in inputs if one not in needed]
    return Form(found, lang, needed, more, when_of(typed or {}), (typed or {}).get("citation", ""))


# ------------------------------------------------------------------ reading what was typed
def read_form(form: Form, typed: Mapping[str, str], numbers: Mapping[str, str]) -> dict[str, Any]:
    """Return the event as on the wire; what is wrong is noted on the inputs.

    Args:
        form: the form as made from the same ``typed``.
        typed: what came in.
        numbers: event ids by their number in the log, for fields that name entries.
    """
    reader = Reading(form.lang, typed, numbers)
    data = {one.spec.name: value for one in form.inputs if (value := reader.read(one)) is not None}
    wire: dict[str, Any] = {"data": data, **read_when(form.when, form.lang)}
    if form.citation.strip():
        wire["citation"] = form.citation.strip()
    return wire


class Reading:
    """Reads what was typed into a form, one input at a time."""

    def __init__(self, lang: str, typed: Mapping[str, str], numbers: Mapping[str, str]) -> None:
        self.t = words.Speech(lang)
        self.lang = lang
        self.typed = typed
        self.numbers = numbers

    def read(self, one: Input) -> Any:
        """Return an input's value for the wire; None when nothing was typed."""
        value = self._value(one)
        if value is None and one.required and not one.error:
            one.error = self._missing(one)
        return value

    def _missing(self, one: Input) -> str:
        if one.widget in {"select", "radios", "actor"}:
            return self.t(f"Vælg: {one.label}.", f"Choose: {one.label}.")
        return self.t(f"Skriv: {one.label}.", f"Write: {one.label}.")

    def _value(self, one: Input) -> Any:
        match one.widget:
            case "rows":
                found = [value for row in one.rows if (value := self._value(row)) is not None]
                return found if found or one.spec.required else None
            case "checks":
                return one.value.split() or None
            case "actor":
                return self._actor(one)
            case "parts":
                found_parts = {
                    part.name.rpartition(".")[2]: value
                    for part in one.parts
                    if (value := self._value(part)) not in (None, [])
                }
                return found_parts or None
            case _:
                return self._plain(one, one.value.strip())

    def _actor(self, one: Input) -> dict[str, str] | None:
        kind, _, ref = one.value.partition("/")
        number = one.parts[0].value.strip()
        if number and kind in {"", "participant"}:
            kind, ref = "participant", number
        if not kind:
            return None
        if kind not in {item.value for item in ActorKind}:
            one.error = self._missing(one)
            return None
        if kind == "participant" and not ref:
            one.error = self.t("Skriv deltagerens nummer, fx p17.", "Write the participant’s number, such as p17.")
            return None
        return {"kind": kind, "ref": ref} if ref else {"kind": kind}

    def _plain(self, one: Input, text: str) -> Any:
        if not text:
            return None
        match one.spec.type:
            case FieldType.FLAG:
                return text in {"yes", "on"}
            case FieldType.DATE | FieldType.MOMENT:
                return self._day(one, text) if one.spec.type is FieldType.DATE else self._moment(one, text)
            case FieldType.AMOUNT | FieldType.NUMBER | FieldType.COUNT:
                return self._number(one, text)
            case FieldType.REF if one.spec.ref == "event" and text.isascii() and text.isdigit():
                return self._entry(one, text)
            case _:
                return text

    def _entry(self, one: Input, text: str) -> str | None:
        if text not in self.numbers:
            one.error = self.t(
                f"Der er ingen registrering nr. {text} i forløbet.", f"There is no entry no. {text} in this process."
            )
        return self.numbers.get(text)

    def _day(self, one: Input, text: str) -> str | None:
        try:
            return dt.date.fromisoformat(text).isoformat()
        except ValueError:
            one.error = self.t(
                "Dagen kunne ikke læses. Vælg en dag i kalenderen.",
                "The day could not be read. Choose one in the calendar.",
            )
            return None

    def _moment(self, one: Input, text: str) -> str | None:
        try:
            return dt.datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN).astimezone(dt.UTC).isoformat()
        except (ValueError, OverflowError):
            one.error = self.t(
                "Tidspunktet kunne ikke læses. Vælg dag og klokkeslæt.",
                "The time could not be read. Choose a day and a time.",
            )
            return None

    def _number(self, one: Input, text: str) -> str | int | None:
        whole = one.spec.type is FieldType.COUNT
        try:
            value = Decimal(exact(text, self.lang))
            if value.is_finite() and (not whole or (value >= 0 and value == int(value))):
                return int(value) if whole else format(value, "f")
        except InvalidOperation:
            pass
        one.error = (
            self.t("Skriv et helt tal.", "Write a whole number.")
            if whole
            else self.t("Skriv et tal, fx 1250,50.", "Write a number, such as 1250.50.")
        )
        return None


def exact(text: str, lang: str) -> str:
    """Return a number typed the Danish or English way with a point before the decimals, none elsewhere."""
    plain = text.replace(" ", "").replace("\u00a0", "").replace("\u2212", "-")
    if lang == "da" and ("," in plain or re.fullmatch(r"-?\d{1,3}(\.\d{3})+", plain)):
        return plain.replace(".", "").replace(",", ".")
    return plain.replace(",", "") if lang == "en" else plain


# ------------------------------------------------------------------ what the rules say
def refused(form: Form, error: Refused) -> None:
    """Note a rule's sentence, in the page's language and words, at the input it is about, else on top."""
    said = sentence(error, form)
    name = (error.field or "").partition(".")[0]
    one = next((item for item in form.inputs if item.spec.name == name), None)
    if one is not None:
        one.error = said
    elif name in {"time", "timeend"}:
        form.when.error = said
    else:
        form.general = said


def sentence(error: Refused, form: Form) -> str:
    """Return a refusal's sentence with labels in place of the names of fields, kinds and values."""
    lang, facts = form.lang, dict(error.facts)
    said = {name: fact.sentence(lang) if isinstance(fact, Refused) else fact for name, fact in facts.items()}
    said["field"] = words.label(str(facts.get("field", "")).rpartition(".")[2] or "field", lang, form.declaration.stem)
    if "kind" in said:
        said["kind"] = words.thing_label(str(said["kind"]), lang)
    if "role" in said:
        said["role"] = words.label(str(said["role"]), lang)
    if "status" in said:
        said["status"] = words.status_label(str(said["status"]), lang)
    rule = RULES[error.rule]
    return words.capitalised((rule.da if lang == "da" else rule.en).format(**said))


def unreadable(form: Form, error: UnreadableError) -> None:
    """Note that a value does not fit at the inputs it concerns."""
    t = words.Speech(form.lang)
    said = t(
        "Det passer ikke her. Ret det, eller lad feltet stå tomt.",
        "This does not fit here. Mend it, or leave it empty.",
    )
    names = {name.removeprefix("data.").partition(".")[0] for name in error.errors}
    for one in form.inputs:
        if one.spec.name in names:
            one.error = said
    if not form.wrong:
        form.general = t("Det kunne ikke læses. Intet er gemt.", "It could not be read. Nothing was saved.")
