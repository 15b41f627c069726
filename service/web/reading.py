"""Reading what was typed into a form, and noting on it what the rules say."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from domain.refusals import RULES, Refused
from domain.shapes import FieldType
from domain.timing import COPENHAGEN
from domain.vocabulary import ActorKind
from service import words
from service.web.forms import Form, Input
from service.web.happened import read_when
from service.wire import UnreadableError

DIGITS_MAX: Final = 15
"""Numbers beyond so many digits, before or after the point, are no amounts, and costly to write out."""


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
        if one.widget in {"select", "radios", "actor", "file"}:
            return self.t(f"Vælg: {one.label}.", f"Choose: {one.label}.")
        return self.t(f"Skriv: {one.label}.", f"Write: {one.label}.")

    def _value(self, one: Input) -> Any:
        match one.widget:
            case "rows":
                found = [value for row in one.rows if (value := self._value(row)) is not None]
                return found if found or one.spec.required else None
            case "checks" | "picks":
                return one.value.split() or ([] if one.spec.required and one.widget == "picks" else None)
            case "steps":
                return [self._step(row) for row in one.rows if row.parts[1].value.strip()] or None
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

    def _step(self, row: Input) -> dict[str, str]:
        return {"name": row.parts[0].value, "text": row.parts[1].value.strip()}

    def _actor(self, one: Input) -> dict[str, str] | None:
        kind, _, ref = one.value.partition("/")
        number = one.parts[0].value.strip() if one.parts else ""
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
            if (
                value.is_finite()
                and abs(value.adjusted()) <= DIGITS_MAX
                and (not whole or (value >= 0 and value == int(value)))
            ):
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
    if "purpose" in said:
        said["purpose"] = words.label(str(said["purpose"]), lang, "ConsentPurpose")
    if "choices" in said:
        said["choices"] = ", ".join(words.label(one, lang) for one in str(said["choices"]).split(", "))
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
