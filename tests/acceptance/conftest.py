"""The steps of every feature, derived from the registry: an event type that is declared can be spoken of at once.

Only `recorder` knows where the log is kept: in memory over the rules, or in PostgreSQL through the one write path.
"""

import datetime as dt
import json
import re
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from msgspec.structs import asdict, replace
from pytest_bdd import given, then, when
from pytest_bdd.parsers import StepParser
from pytest_bdd.parsers import re as matching

import domain.everything  # noqa: F401 - declares the vocabulary
from domain.correcting import CORRECTING
from domain.kernel import DECLARED, REGISTRY, TARGET, Envelope, subject_of
from domain.refusals import Refused
from domain.register import Histories, Known, decide
from domain.shapes import FieldType, fields_of
from domain.vocabulary import UNKNOWN, Actor, ActorKind, NotRecorded, Personal, Record, Role, Sealed, TimePrecision

NOW = dt.datetime(2026, 12, 31, 12, tzinfo=dt.UTC)
BEGIN = "2026-01-01"
BEFORE = "2026-01-10"


# ------------------------------------------------------------------ where the log is kept
class InMemoryRecorder:
    """A log in memory over the domain's one door."""

    def __init__(self):
        self.events = []
        self.process = "fabelby"
        self._known = Known(NOW, Histories(), Histories())

    def record(self, stem, fields, on, **envelope):
        """Record an event of this type and return its number; raise `Refused` when a rule says no.

        Args:
            stem: the type's name without its version. fields: its content by field name, as the domain's values.
            on: the day or moment it happened. envelope: what else is said of it.
        """
        found = declared(stem)
        attrs = {field.name: field.attr for field in found.fields}
        data = found.cls(**{attrs[name]: value for name, value in fields.items()})
        new = self._envelope(data, on, **envelope)
        stored = replace(decide(new, self._known), position=len(self.events) + 1, version=len(self.events) + 1)
        self._known.advance(stored)
        self.events.append(stored)
        return stored.position

    def _envelope(self, data, on, **envelope):
        found, event_id = DECLARED[type(data)], UUID(int=len(self.events) + 1)
        return Envelope(
            id=event_id,
            process=self.process,
            time=on,
            data=data,
            subject=self._subject(data, event_id),
            recordedby="account-1",
            visibility=found.visibility,
            purpose=found.purpose,
            **envelope,
        )

    def _subject(self, data, event_id):
        if isinstance(data, CORRECTING):
            return next((item.subject for item in self.events if str(item.id) == data.target), TARGET)
        return subject_of(data, event_id, self.process)

    def entry(self, number):
        """The id and the type of the entry with this number."""
        return str(self.events[number - 1].id), self.events[number - 1].declaration.stem

    def count(self, subject=None):
        """How many entries the log holds, of one thing or of all; withdrawn ones and corrections are entries too."""
        return sum(subject in {None, item.subject} for item in self.events)

    def read(self, subject):
        """What is read of one thing: each entry's type and content by field name, corrections applied."""
        kind, _, ref = subject.partition("/")
        return [
            (item.declaration.stem, {field.name: getattr(item.data, field.attr) for field in item.declaration.fields})
            for item in self._known.history(kind, ref)
        ]


class StoredRecorder(InMemoryRecorder):
    """The real store behind the same words: through the one write path, into PostgreSQL and the vault."""

    def __init__(self, app):
        super().__init__()
        self.app = app

    def record(self, stem, fields, on, **envelope):
        """Record an event of this type and return its number; raise `Refused` when a rule says no."""
        attrs = {field.name: field.attr for field in declared(stem).fields}
        data = declared(stem).cls(**{attrs[name]: value for name, value in fields.items()})
        new = replace(self._envelope(data, on, **envelope), id=uuid4())
        if not isinstance(data, CORRECTING):
            new = replace(new, subject=subject_of(data, new.id, self.process))
        self.app.records.record([new], now=NOW)
        self.events = list(self.app.reader.walk(self.process))
        return len(self.events)

    def read(self, subject):
        """What is read of one thing, its texts opened by the vault."""
        known = Histories()
        for item in self.app.reader.things(self.process, [subject]):
            known.advance(item)
        return [
            (item.declaration.stem, {f.name: self._opened(getattr(item.data, f.attr)) for f in item.declaration.fields})
            for item in known.history(subject)
        ]

    def _opened(self, value):
        if isinstance(value, Personal):
            return Personal(self.app.log.vault.said([value.value.sha256])[value.value.sha256])
        if isinstance(value, tuple):
            return tuple(self._opened(item) for item in value)
        if isinstance(value, Record):
            return replace(value, **{name: self._opened(part) for name, part in asdict(value).items()})
        return value


@pytest.fixture(params=["the rules", "the log"])
def recorder(request):
    """Every scenario is told twice: to the rules alone, and to the log on PostgreSQL."""
    if request.param == "the rules":
        return InMemoryRecorder()
    return StoredRecorder(request.getfixturevalue("app"))


@pytest.fixture(autouse=True)
def _told_to(recorder):
    """Ask for the recorder at collection: steps ask for it too late to be told twice."""


# ------------------------------------------------------------------ from words to values
def declared(stem):
    """The declaration of a type, by its name without the version."""
    found = next((found for found in REGISTRY.values() if found.stem == stem), None)
    assert found, f"There is no event type {stem!r}."
    return found


def value_of(field, text):
    """A field's content as a table or a sentence says it."""
    if field.many:
        parts = json.loads(text) if text.startswith("[") else [part for part in re.split(r"\s*;\s*", text) if part]
        return tuple(one_of(field, part) for part in parts)
    return one_of(field, text)


def actor_of(said):
    kind, _, ref = said.partition(":")
    return Actor(kind=ActorKind(kind), ref=ref or None)


def moment(said):
    """Noon of a day, or the moment itself."""
    found = dt.datetime.fromisoformat(said)
    return found.replace(hour=12, tzinfo=dt.UTC) if found.tzinfo is None else found


WORDS = {
    FieldType.PERSONAL: Personal,
    FieldType.DATE: dt.date.fromisoformat,
    FieldType.MOMENT: moment,
    FieldType.AMOUNT: Decimal,
    FieldType.NUMBER: Decimal,
    FieldType.COUNT: int,
    FieldType.FLAG: {"yes": True, "true": True, "no": False, "false": False}.__getitem__,
    FieldType.ACTOR: actor_of,
}
"""How a field of a type is read from a word; what stands for itself is not listed."""


def one_of(field, said):
    if field.type is FieldType.ENUM:
        return field.choices(said)
    if field.type in {FieldType.RECORD, FieldType.LOCALISED}:
        return record_of(field.record, json.loads(said) if isinstance(said, str) else said)
    return WORDS.get(field.type, str)(said)


def record_of(cls, said):
    parts = {part.name: part for part in fields_of(cls)}
    return cls(**{parts[name].attr: part_of(parts[name], value) for name, value in said.items()})


def part_of(field, value):
    """A part of a record: JSON's own lists and records are taken as they are, the rest as words."""
    if field.many:
        return tuple(one_of(field, item) for item in value)
    words = value if isinstance(value, str | dict) else json.dumps(value)
    return one_of(field, words)


ENVELOPE = {
    "onbehalfof": str,
    "actingrole": Role,
    "citation": str,
    "timeprecision": TimePrecision,
    "timeend": moment,
    "notrecorded": lambda said: tuple(
        NotRecorded(field=name.strip(), reason="not in the source") for name in said.split(";")
    ),
}


def content_of(recorder, stem, said):
    """Split what is said into the event's fields and its envelope, each as the domain's values.

    An empty cell leaves a field out; personal text is then blank. ``entry 3`` names an entry by its number.
    """
    known = {field.name: field for field in declared(stem).fields}
    fields, envelope = {}, {}
    for name, text in said.items():
        if name in known:
            if text or known[name].type is FieldType.PERSONAL:
                fields[name] = value_of(known[name], numbered(recorder, text))
        else:
            assert name in ENVELOPE, f"{stem} has no field {name!r}, nor has its envelope."
            envelope[name] = ENVELOPE[name](text)
    return fields, envelope


def numbered(recorder, text):
    found = re.fullmatch(r"entry (\d+)", text)
    return recorder.entry(int(found[1]))[0] if found else text


def rows(datatable):
    """A table of field and value, without its head."""
    assert datatable[0] == ["field", "value"]
    return {name: value for name, value in datatable[1:]}  # noqa: C416 - each row must have exactly two cells


# ------------------------------------------------------------------ what a sentence leaves unsaid
def sample(field):
    """Something that fits a field nobody spoke of."""
    found = one_sample(field)
    return (found,) if field.many else found


def one_sample(field):
    assert field.type is not FieldType.REF, f"Say which {field.ref}: {field.name}."
    if field.type is FieldType.RECORD:
        return field.record(**{part.attr: sample(part) for part in field.fields if part.required})
    if field.type is FieldType.ENUM:
        return next(iter(field.choices))
    words = {
        FieldType.ID: f"some-{field.name}",
        FieldType.DATE: "2026-05-01",
        FieldType.MOMENT: "2026-05-01",
        FieldType.FLAG: "no",
        FieldType.AMOUNT: "1000",
        FieldType.NUMBER: "1",
        FieldType.COUNT: "1",
        FieldType.DIGEST: "0" * 64,
        FieldType.FILE: "0" * 64,
        FieldType.ACTOR: "anonymous",
        FieldType.LOCALISED: '{"da": "ja", "en": "yes"}',
    }
    return one_of(field, words.get(field.type, f"some {field.name}"))


def completed(stem, fields):
    """The fields, and samples of those that are needed and were not spoken of."""
    unsaid = [field for field in declared(stem).fields if field.required and field.name not in fields]
    return {**{field.name: sample(field) for field in unsaid}, **fields}


# ------------------------------------------------------------------ given and when
@pytest.fixture
def refused():
    """The refusals of this scenario; one that no step looks at fails it."""
    found = []
    yield found
    assert not found, f"Refused, and nobody looked: {found[0].rule}: {found[0]}"


def try_to(refused, act):
    """Do what a When says, and keep the refusal for the Then."""
    try:
        act()
    except Refused as refusal:
        refused.append(refusal)


class Sentence(StepParser):
    """A sentence whose named groups are fields; it may end with ``on 2026-02-01``."""

    def __init__(self, pattern):
        super().__init__(pattern)
        self.regex = re.compile(pattern + r"(?: on (?P<on>\d{4}-\d\d-\d\d))?")

    def is_matching(self, name):
        return self.regex.fullmatch(name) is not None

    def parse_arguments(self, name):
        said = self.regex.fullmatch(name).groupdict()
        on = said.pop("on") or BEFORE
        return {"said": {field: text for field, text in said.items() if text is not None}, "on": on}


def sentence(pattern, stem, reading=None, **always):
    """Let people say an event in words of their own: its fields by the pattern's groups, and those it always has.

    ``reading`` says of a group how its words become the field's content, where they are not that already.
    """

    def record(recorder, said, on):
        read = {name: (reading or {}).get(name, str)(text) for name, text in said.items()}
        fields, envelope = content_of(recorder, stem, {**always, **read})
        recorder.record(stem, completed(stem, fields), moment(on), **envelope)

    def step_given(recorder, said, on):
        record(recorder, said, on)

    def step_when(recorder, refused, said, on):
        try_to(refused, lambda: record(recorder, said, on))

    given(Sentence(pattern), stacklevel=2)(step_given)
    when(Sentence(pattern), stacklevel=2)(step_when)


RECORDED = r'"(?P<stem>[a-z-]+)" is recorded on (?P<on>\S+) with:'


@given(matching(RECORDED))
def was_recorded(recorder, stem, on, datatable):
    fields, envelope = content_of(recorder, stem, rows(datatable))
    recorder.record(stem, fields, moment(on), **envelope)


@when(matching(RECORDED))
def is_recorded(recorder, refused, stem, on, datatable):
    try_to(refused, lambda: was_recorded(recorder, stem, on, datatable))


@given(matching(r'a process "(?P<process>[a-z-]+)"'))
def a_process(recorder, process):
    recorder.process = process
    recorder.record("process-registered", completed("process-registered", {"title": process}), moment(BEGIN))


@given(matching(rf"an? (?P<role>{'|'.join(Role)}) (?P<participant_id>p\d+)"))
def somebody_in_a_role(recorder, role, participant_id):
    recorder.record("participant-registered", {"participant_id": participant_id}, moment(BEGIN))
    recorder.record("role-assumed", {"participant_id": participant_id, "role": Role(role)}, moment(BEGIN))


P = r"(?P<participant_id>p\d+)"
SOMEBODY = r"[a-z]+(?::[a-z0-9-]+)?"

sentence(rf"a participant {P}", "participant-registered")
sentence(r"an organisation (?P<organisation_id>[a-z-]+)", "organisation-registered")
sentence(rf"{P} takes on the role (?P<role>[a-z]+)", "role-assumed")
sentence(rf"{P} gives up the role (?P<role>[a-z]+)", "role-ended")
sentence(r"a group (?P<group_id>[a-z-]+)", "group-formed")
sentence(rf"{P} joins the group (?P<group_id>[a-z-]+)", "group-joined")
sentence(rf"{P} leaves the group (?P<group_id>[a-z-]+)", "group-left")
sentence(r"the group (?P<group_id>[a-z-]+) is dissolved", "group-dissolved")

sentence(r"an objective (?P<objective_id>[a-z-]+)", "objective-defined")
sentence(r"a gathering (?P<gathering_id>[a-z-]+)", "gathering-planned")
sentence(r"the gathering (?P<gathering_id>[a-z-]+) is held", "gathering-held")
sentence(r"the gathering (?P<gathering_id>[a-z-]+) is cancelled", "gathering-cancelled")
sentence(rf"{P} is (?P<status>[a-z]+) at (?P<gathering_id>[a-z-]+)", "attendance-recorded")
sentence(rf"{P} is (?P<status>[a-z]+) at (?P<gathering_id>[a-z-]+) as an? (?P<role>[a-z]+)", "attendance-recorded")

sentence(r"an? (?P<kind>dream|idea|concern|question|offer) (?P<contribution_id>[a-z-]+)", "contribution-made")
sentence(rf"{P} ticks (?P<contribution_id>[a-z-]+)", "contribution-endorsed")
sentence(r"(?P<to_id>[a-z-]+) (?P<how>refines|merges|splits|answers) (?P<from_id>[a-z-]+)", "contribution-built-upon")
sentence(
    rf'(?P<by>{SOMEBODY}) answers the contribution (?P<contribution_id>[a-z-]+) with "(?P<answer>.*)"',
    "contribution-answered",
)

sentence(r"the question (?P<decision_id>[a-z0-9-]+) is put", "decision-proposed")
sentence(r"a decision (?P<decision_id>[a-z0-9-]+)", "decision-made", question="what now?")
sentence(rf"(?P<by>{SOMEBODY}) disagrees with (?P<decision_id>[a-z0-9-]+)", "dissent-recorded")
sentence(r"the decision (?P<decision_id>[a-z0-9-]+) is sent to (?P<body>[a-z-]+)", "decision-referred")
sentence(r"(?P<body>[a-z-]+) answers on the decision (?P<decision_id>[a-z0-9-]+)", "political-answer-received")
sentence(r"the decision (?P<decision_id>[a-z0-9-]+) is replaced by (?P<by_id>[a-z0-9-]+)", "decision-superseded")

sentence(r"an action (?P<action_id>[a-z-]+)", "action-planned")
sentence(r"an action (?P<action_id>[a-z-]+) building on (?P<builds_on>[a-z-]+)", "action-planned")
sentence(r"the action (?P<action_id>[a-z-]+) is begun", "action-started")
sentence(r'the action (?P<action_id>[a-z-]+) goes on: "(?P<note>.*)"', "action-progressed")
sentence(r"the action (?P<action_id>[a-z-]+) is completed", "action-completed")
sentence(r"the action (?P<action_id>[a-z-]+) is completed without a result", "action-completed", result="")
sentence(r"the action (?P<action_id>[a-z-]+) is stopped", "action-abandoned")
sentence(
    r"the action (?P<action_id>[a-z-]+) is stopped without saying what was learned", "action-abandoned", learning=""
)
sentence(rf"the action (?P<action_id>[a-z-]+) is handed over to (?P<to>{SOMEBODY})", "action-handed-over")
sentence(r"a project (?P<project_id>[a-z-]+)", "project-launched")
sentence(r"the project (?P<project_id>[a-z-]+) sets the milestone (?P<milestone_id>[a-z-]+)", "milestone-set")
sentence(r"the project (?P<project_id>[a-z-]+) reaches the milestone (?P<milestone_id>[a-z-]+)", "milestone-reached")

sentence(r"a reflection (?P<reflection_id>[a-z-]+)", "reflection-recorded")
sentence(r"an insight (?P<insight_id>[a-z-]+) from (?P<from>[a-z-]+)", "insight-derived")
sentence(r"a quote (?P<quote_id>[a-z-]+)", "quote-captured")
sentence(r"the speaker approves the quote (?P<quote_id>[a-z-]+)", "quote-approved")
sentence(r"the speaker takes the quote (?P<quote_id>[a-z-]+) back", "quote-approval-withdrawn")

sentence(rf"(?P<harvester>{SOMEBODY}) sees the change (?P<outcome_id>[a-z-]+)", "outcome-harvested")
sentence(rf"(?P<by>{SOMEBODY}) confirms the change (?P<outcome_id>[a-z-]+)", "outcome-substantiated")
sentence(r"the change (?P<outcome_id>[a-z-]+) is rejected", "outcome-rejected")
sentence(r"the change (?P<outcome_id>[a-z-]+) springs from (?P<parent_id>[a-z-]+)", "ripple-linked")
sentence(r'the claim (?P<claim_id>[a-z-]+) that "(?P<text>.*)"', "claim-made")
sentence(r"(?P<event>entry \d+) speaks (?P<bearing>for|against) the claim (?P<claim_id>[a-z-]+)", "evidence-linked")

TIE = r"(?P<from>p\d+) (?P<kind>works-with|trusts) (?P<to>p\d+)"
sentence(
    r"the wave (?P<wave_id>[a-z-]+) asks (?P<roster>p\d+(?:; p\d+)*) for (?P<cap>\d+) each",
    "relationship-wave-opened",
    kinds="works-with",
)
sentence(r"the wave (?P<wave_id>[a-z-]+) is closed", "relationship-wave-closed")
sentence(rf"{TIE}, asked in (?P<wave_id>[a-z-]+)", "relation-declared")
sentence(rf"{TIE} (?P<since>before|during) the process, asked in (?P<wave_id>[a-z-]+)", "relation-declared")
sentence(rf"{P} has nobody yet, asked in (?P<wave_id>[a-z-]+)", "no-relations-declared")
sentence(rf"(?P<by>{SOMEBODY}) denies that {TIE}, asked in (?P<wave_id>[a-z-]+)", "relation-disputed")

sentence(r'(?P<target>entry \d+) is withdrawn because "(?P<reason>.*)"', "event-withdrawn")
sentence(rf'(?P<by>{SOMEBODY}) disputes (?P<target>entry \d+): "(?P<reason>.*)"', "event-disputed")
sentence(
    r'the dispute (?P<target>entry \d+) is (?P<outcome>upheld|dismissed|corrected) because "(?P<reason>.*)"',
    "dispute-resolved",
)
sentence(r'(?P<field>[a-z0-9.]+) of (?P<target>entry \d+) is redacted to "(?P<text>.*)"', "text-redacted")


def answers_of(said):
    """``s1=3; s2=not-relevant`` as answers: a value, or why it was skipped; ``s1`` alone is neither."""
    found = [part.partition("=") for part in re.split(r"\s*;\s*", said) if part != "nothing"]
    skips = [
        {"item": item, "value" if word.isdigit() else "skipped": word} if word else {"item": item}
        for item, _, word in found
    ]
    return json.dumps([{**one, "value": int(one["value"])} if "value" in one else one for one in skips])


def items_of(said):
    """``s1 for mobilising; s2 for acting`` as the items of an instrument."""
    found = [part.split(" for ") for part in re.split(r"\s*;\s*", said)]
    words = {"da": "Sådan er det.", "en": "So it is."}
    return json.dumps([{"id": item, "competence_id": competence, "wording": words} for item, competence in found])


def scale_of(said):
    """``1 to 5`` as a scale."""
    low, high = said.split(" to ")
    return json.dumps({"min": int(low), "max": int(high)})


def titled(said):
    """``mobilising; acting`` as competences, each with a title."""
    found = re.split(r"\s*;\s*", said)
    return json.dumps([{"id": one, "title": {"da": one, "en": one}} for one in found])


def coded(said):
    """``asks; acts`` as codes, each with a title and a definition."""
    return json.dumps([{"id": one, "title": one, "definition": one} for one in re.split(r"\s*;\s*", said)])


sentence(
    r"the framework (?P<framework_id>[a-z-]+) of (?P<competences>[a-z-]+(?:; [a-z-]+)*) in version (?P<version>\d+)",
    "competence-framework-published",
    reading={"competences": titled},
)
sentence(
    r"the instrument (?P<instrument_id>[a-z-]+) asks (?P<items>.+) on a scale from (?P<scale>\d+ to \d+) "
    r"by (?P<framework_id>[a-z-]+) in version (?P<version>\d+)",
    "instrument-published",
    reading={"items": items_of, "scale": scale_of},
)
sentence(
    r"the round (?P<round_id>[a-z-]+) opens (?P<moment>before|after|follow-up), asking (?P<eligible>p\d+(?:; p\d+)*) "
    r"with (?P<instrument_id>[a-z-]+) version (?P<version>\d+)",
    "assessment-round-opened",
)
sentence(r"the round (?P<round_id>[a-z-]+) closes", "assessment-round-closed")
ANSWERING = rf"{P}, an? (?P<role>[a-z]+), answers (?P<answers>.+) in the round (?P<round_id>[a-z-]+)"
sentence(ANSWERING, "self-assessment-submitted", reading={"answers": answers_of}, frame="now")
sentence(rf"{ANSWERING}, of then", "self-assessment-submitted", reading={"answers": answers_of}, frame="then")
sentence(
    rf"(?P<rater>{SOMEBODY}) rates {P}, an? (?P<role>[a-z]+), (?P<answers>\S+) in the round (?P<round_id>[a-z-]+)",
    "observer-assessment-submitted",
    reading={"answers": answers_of},
)
sentence(rf"the answer of {P} in the round (?P<round_id>[a-z-]+) is void", "assessment-voided", frame="now")

sentence(
    r"the wave (?P<wave_id>[a-z-]+) opens, asking (?P<roster>p\d+(?:; p\d+)*) whom they (?P<kinds>[a-z-]+)",
    "relationship-wave-opened",
    cap="2",
    strength_scale='{"min": 1, "max": 3}',
)
sentence(r"the wave (?P<wave_id>[a-z-]+) closes", "relationship-wave-closed")
TIE = r"(?P<from>p\d+) (?P<kind>knows|works-with|trusts) (?P<to>p\d+) in the wave (?P<wave_id>[a-z-]+)"
sentence(TIE, "relation-declared")
sentence(rf"{TIE}, as strongly as (?P<strength>\d+)", "relation-declared")
sentence(rf"{P} has no ties yet in the wave (?P<wave_id>[a-z-]+)", "no-relations-declared")
sentence(rf"(?P<by>{SOMEBODY}) says it is not so that {TIE}", "relation-disputed")

sentence(
    r"the codebook (?P<codebook_id>[a-z-]+) of (?P<codes>[a-z-]+(?:; [a-z-]+)*) in version (?P<version>\d+)",
    "codebook-published",
    reading={"codes": coded},
)
sentence(r"the coding (?P<coding_id>[a-z0-9-]+) is retracted", "coding-retracted")
sentence(
    r"between (?P<codings>[a-z0-9-]+(?:; [a-z0-9-]+)*) it is settled that (?P<code>[a-z-]+) stands",
    "coding-adjudicated",
    adjudication_id="settled",
)

READING = matching(
    rf"(?P<coder>{SOMEBODY}) reads entry (?P<number>\d+) to the end as (?P<name>[a-z]+), "
    r"finding (?P<codes>[a-z-]+(?:; [a-z-]+)*) on (?P<on>\S+)"
)


@given(READING)
def was_read(recorder, coder, number, name, codes, on):
    """Code a whole text by each of these codes, or by none, and finish it; the rules alone know of no seal."""
    target, _ = recorder.entry(int(number))
    sealed = recorder.events[int(number) - 1].data.text.value
    known = sealed.sha256 if isinstance(sealed, Sealed) else UNKNOWN
    unsealed = {"notrecorded": (NotRecorded(field="text_commitment", reason="no seal"),), "citation": "S1"}
    silent = unsealed if known is UNKNOWN else {}
    read = {"codebook_id": "book", "version": 1, "target": target, "field": "text", "text_commitment": known}
    read["coder"] = actor_of(coder)
    for code in codes.split("; ") if codes != "nothing" else ():
        passage = {"coding_id": f"{name}-{code}", "start": 0, "end": 4, "code": code}
        recorder.record("passage-coded", {**read, **passage}, moment(on), **silent)
    recorder.record("text-coded", {**read, "reading_id": name}, moment(on), **silent)


@when(READING)
def is_read(recorder, refused, coder, number, name, codes, on):
    try_to(refused, lambda: was_read(recorder, coder, number, name, codes, on))


sentence(rf"{P} says yes to (?P<purposes>[a-z-]+(?:; [a-z-]+)*)", "consent-given")
sentence(rf"{P} says yes to nothing", "consent-given", purposes=";")
sentence(rf"{P} takes back the yes to (?P<purposes>[a-z-]+(?:; [a-z-]+)*)", "consent-withdrawn")
sentence(rf"{P} asks what is held about them, as (?P<request_id>[a-z-]+)", "access-requested")
sentence(r"the request (?P<request_id>[a-z-]+) is answered", "access-answered")
sentence(rf"{P} asks that everything be deleted, as (?P<request_id>[a-z-]+)", "erasure-requested")
sentence(r"the request (?P<request_id>[a-z-]+) is (?P<verdict>granted|partial|refused)", "erasure-decided")
sentence(r"the request (?P<request_id>[a-z-]+) is carried out", "erasure-executed")

sentence(r"the draft (?P<version>\d+) of the report (?P<report_id>[a-z-]+)", "report-drafted")
sentence(r"draft (?P<version>\d+) of the report (?P<report_id>[a-z-]+) is approved", "report-approved")
sentence(r'the report (?P<report_id>[a-z-]+) is issued to "(?P<recipient>.*)"', "report-issued")
sentence(r"the report (?P<report_id>[a-z-]+) is accepted", "report-accepted")
sentence(r"the report (?P<report_id>[a-z-]+) is replaced by (?P<by_id>[a-z-]+)", "report-superseded")

sentence(r"the model (?P<template_id>[a-z-]+) is derived in version (?P<version>\d+)", "process-template-derived")
sentence(r"the process follows the model (?P<template>[a-z-]+)", "template-adopted")
sentence(r'the model (?P<template>[a-z-]+) is adapted: "(?P<what>.*)"', "template-adapted")


@when(matching(r'entry (?P<number>\d+) is corrected on (?P<on>\S+) because "(?P<reason>.*)":'))
def is_corrected(recorder, refused, number, on, reason, datatable):
    target, stem = recorder.entry(int(number))
    personal = {field.name for field in declared(stem).fields if field.personal}
    changes = [
        {"field": name, "text" if name.partition(".")[0] in personal else "value": value}
        for name, value in rows(datatable).items()
    ]
    said = {"target": target, "reason": reason, "fields": json.dumps(changes)}
    fields, _ = content_of(recorder, "event-corrected", said)
    try_to(refused, lambda: recorder.record("event-corrected", fields, moment(on)))


# ------------------------------------------------------------------ then
@then(matching(r'it is refused because of "(?P<rule>[a-z-]+)"'))
def is_refused(refused, rule):
    assert [refusal.rule for refusal in refused] == [rule]
    refused.clear()


@then(matching(r"the log holds (?P<number>\d+) entr(?:y|ies)"))
def log_holds(recorder, number):
    assert recorder.count() == int(number)


@then(matching(r'"(?P<subject>[a-z-]+/\S+)" has (?P<number>\d+) entr(?:y|ies)'))
def thing_has(recorder, subject, number):
    assert recorder.count(subject) == int(number)


@then(matching(r'"(?P<subject>[a-z-]+/\S+)" reads: (?P<stems>.*)'))
def thing_reads(recorder, subject, stems):
    assert [stem for stem, _ in recorder.read(subject)] == [stem for stem in stems.split(", ") if stem]


@then(matching(r'the last of "(?P<subject>[a-z-]+/\S+)" says:'))
def last_says(recorder, subject, datatable):
    stem, content = recorder.read(subject)[-1]
    expected, _ = content_of(recorder, stem, rows(datatable))
    assert {name: content[name] for name in expected} == expected
