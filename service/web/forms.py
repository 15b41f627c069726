"""A form for every event type, made from its fields: labels, choices, what was typed, and what is wrong."""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from domain.kernel import Declaration
from domain.shapes import Field, FieldType
from domain.vocabulary import Role
from service import words
from service.web.happened import When, when_of
from service.web.steps import STEPS

ROWS: Final = 3
ROWS_MAX: Final = 60
RADIOS_MAX: Final = 8
SELECT_MAX: Final = 60
EARLY: Final = {
    "question",
    "rationale",
    "text",
    "note",
    "group_id",
    "builds_on",
    "sha256",
    "artefact_sha256",
    "file_sha256",
    "period_end",
    "fictional",
}
"""Fields that stand among those that must be said, though they may be left out."""

FIRST_KINDS: Final = ("contribution", "decision", "action")
PICKED_MAX: Final = 400
FOUND_MAX: Final = 12
"""Beyond so many choices a list of boxes gets a field to search in."""

WIDGETS: Final = {
    FieldType.PERSONAL: "area",
    FieldType.DATE: "date",
    FieldType.MOMENT: "moment",
    FieldType.AMOUNT: "number",
    FieldType.NUMBER: "number",
    FieldType.COUNT: "number",
    FieldType.FILE: "file",
}
Choices = Mapping[str, Mapping[str, str]]
"""The things there are, by kind: id and title. ``body`` holds the committees and councils among the organisations."""


@dataclass
class Input:
    """One thing to fill in; ``parts`` are those of a record, ``rows`` those of a list; ``quiet`` is one inside another.

    ``attachment`` is the file it has so far.
    """

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
    attachment: Any = None

    @property
    def id(self) -> str:
        """Its id on the page."""
        return self.name.replace(".", "-")

    @property
    def grouped(self) -> list[tuple[str, list[tuple[str, str, str]]]]:
        """Its options under their headings, in the order they came."""
        return [(name, list(held)) for name, held in itertools.groupby(self.options, key=lambda one: one[2])]

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
    def files(self) -> bool:
        """Whether files may come along."""
        return any(one.widget == "file" for one in self.inputs)

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
        elif item.many and item.type is FieldType.REF and item.ref != "event" and self._pickable(item):
            self._picks(made, item)
        elif self._stepwise(item):
            self._steps(made, item)
        elif item.many:
            made.widget = "rows"
            made.rows = [self._one(item, f"{name}.{at}", label) for at in range(self._count(name))]
        else:
            made = self._one(item, name, label, required=item.required)
        return made

    # -------------------------------------------------------------- choosing several by their boxes
    def _pickable(self, item: Field) -> list[tuple[str, str, str]]:
        """Return what a list of references may name, under what kind of thing it is."""
        ref = item.ref or ""
        if ref not in {"entry", "subject"}:
            return [(one, title or one, "") for one, title in self.choices.get(ref, {}).items()]
        found = [key.partition("/")[2] for key in self.choices if key.startswith("kind/")]
        kinds = [*(one for one in FIRST_KINDS if one in found), *(one for one in found if one not in FIRST_KINDS)]
        return [
            (
                f"{kind}/{one}" if ref == "subject" else one,
                title or one,
                words.capitalised(words.thing_label(kind, self.lang)),
            )
            for kind in kinds
            for one, title in self.choices[f"kind/{kind}"].items()
        ]

    def _picks(self, made: Input, item: Field) -> None:
        known = self._pickable(item)
        made.widget = "picks"
        places = [key for key in self.typed if re.fullmatch(rf"{re.escape(made.name)}\.\d{{1,4}}", key)]
        said = {self.typed[key].strip() for key in places} | set(self.typed.get(f"{made.name}.other", "").split())
        chosen = [one for one, _, _ in known if self.typed.get(f"{made.name}.{one}") or one in said]
        strange = sorted(said - {one for one, _, _ in known})
        made.value = " ".join([*chosen, *strange])
        wanted = self.typed.get(f"{made.name}.find", "").strip()
        held = [one for one in known if one[0] in chosen or wanted.casefold() in one[1].casefold()]
        made.options = held[:PICKED_MAX]
        other = Input(f"{made.name}.other", self.t("andre numre", "other numbers"), "line", item, " ".join(strange))
        made.parts = [other]
        if len(known) > FOUND_MAX:
            made.parts.append(Input(f"{made.name}.find", self.t("find", "find"), "line", item, wanted))

    # -------------------------------------------------------------- a reflection, step by step
    def _stepwise(self, item: Field) -> bool:
        return self.found.stem == "reflection-recorded" and item.name in {"format", "steps"}

    def _format(self) -> str:
        chosen = self.typed.get("shape") or self.typed.get("data.format", "")
        return chosen if chosen in STEPS else next(iter(STEPS))

    def _steps(self, made: Input, item: Field) -> None:
        """Make the format a row of buttons, and the steps the questions of the one that is chosen."""
        if item.name == "format":
            made.widget, made.options, made.value = "shapes", self._enum(item), self._format()
            return
        made.widget, name = "steps", made.name
        said = {
            self.typed.get(f"{name}.{at}.name", ""): self.typed.get(f"{name}.{at}.text", "") for at in range(ROWS_MAX)
        }
        text = next(part for part in item.fields if part.name == "text")
        for at, (step, question) in enumerate(STEPS[self._format()].items()):
            area = Input(f"{name}.{at}.text", self.t(*question), "area", text, said.get(step, ""), quiet=True)
            kept = Input(f"{name}.{at}.name", step, "hidden", item.fields[0], step, quiet=True)
            made.rows.append(Input(f"{name}.{at}", made.label, "step", item, parts=[kept, area]))

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
                self._keep(made)
                made.parts = (
                    []
                    if self.choices.get("participant")
                    else [
                        Input(
                            f"{name}.ref",
                            self.t("deltagerens nummer", "the participant’s number"),
                            "line",
                            item,
                            self.typed.get(f"{name}.ref", ""),
                        )
                    ]
                )
            case FieldType.ENUM:
                made.options = self._enum(item)
                made.widget = "radios" if required and len(made.options) <= RADIOS_MAX else "select"
            case FieldType.FLAG:
                made.widget = "radios" if required else "check"
                made.options = [("yes", self.t("ja", "yes"), ""), ("no", self.t("nej", "no"), "")]
            case FieldType.ID if item.name in own_ids(self.found):
                self._propose(made, item)
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
            ("participant", self.t("En deltager", "A participant")),
            ("group", self.t("En gruppe", "A group")),
            ("body", self.t("Udvalg og råd", "Committees and councils")),
            ("organisation", self.t("En organisation", "An organisation")),
        ):
            held += [(f"{kind}/{ref}", title or ref, group) for ref, title in self.choices.get(kind, {}).items()]
        if not self.choices.get("participant"):
            by_number = self.t("en deltager, med nummer", "a participant, by number")
            held.append(("participant/", by_number, self.t("Andre", "Others")))
        held.append(("anonymous/", words.label("anonymous", self.lang), self.t("Andre", "Others")))
        return held

    def _propose(self, made: Input, item: Field) -> None:
        """Propose an id for a new thing; where the thing may be there already, offer those too."""
        made.value = made.value or f"{item.ref or 'x'}-{secrets.token_hex(3)}"
        made.hint = self.t(
            "Vi har foreslået et nummer. Du kan skrive dit eget.", "We proposed a number. You may write your own."
        )
        if self.found.creates is None and item.ref:
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
        few = len(held) <= SELECT_MAX or item.ref == "participant"
        made.widget = "select" if held and few and item.ref != "entry" else "listed"
        if made.widget == "select":
            self._keep(made)

    def _keep(self, made: Input) -> None:
        """Keep what stands in the field among the choices, though it may no longer be chosen anew."""
        if made.value.rpartition("/")[2] and made.value not in {one for one, _, _ in made.options}:
            made.options.append((made.value, made.value.rpartition("/")[2], self.t("Andre", "Others")))


OWN: Final = "assessment_id"
"""An id that only numbers the entry itself, though the entry is about more."""


def own_ids(found: Declaration) -> frozenset[str]:
    """Return the field with the id of what an event may begin; none for events that only add to a thing.

    A field that names something else (whose consent it is, whose account) is asked for, never proposed.
    """
    if found.creates is False:
        return frozenset()
    own = found.about if len(found.about) == 1 else ()
    return frozenset(item.name for item in found.fields if item.name == OWN or (item.name in own and _own(item, found)))


def _own(item: Field, found: Declaration) -> bool:
    return item.ref == found.kind if item.ref else item.name.endswith("_id")


def form_of(found: Declaration, lang: str, choices: Choices, typed: Mapping[str, str] | None = None) -> Form:
    """Return the form of an event type, with what was typed still in it."""
    maker = Maker(found, lang, choices, typed or {})
    inputs = [maker.make(item, f"data.{item.name}") for item in found.fields]
    own = own_ids(found)
    needed = [one for one in inputs if (one.spec.required or one.spec.name in EARLY) and one.spec.name not in own]
    needed.sort(key=lambda one: one.spec.name != "question")
    more = [one for one in inputs if one not in needed]
    return Form(found, lang, needed, more, when_of(typed or {}), (typed or {}).get("citation", ""))
