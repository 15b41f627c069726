"""The founding case: every public fact is told once, in order, with its source, and admitted by the domain."""

import datetime as dt
import json
import re
from collections import Counter
from typing import Any

import pytest
from msgspec.structs import replace

from domain.admission import check_sequence
from domain.kernel import REGISTRY, Envelope
from domain.register import Histories, Known, decide
from domain.shapes import FieldType
from domain.timing import local_day
from service.cases import CASES, events_of
from service.cases.knabstrup import drafts, facts, left_out, sources
from service.wire import Sender, read_event

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
EVENTS = events_of("knabstrup")


def read(event: dict[str, Any]) -> Envelope:
    """Read one event the way the import does, from JSON."""
    return read_event(json.loads(json.dumps(event)), "knabstrup", Sender(account="importer", now=NOW))


def of_type(stem: str) -> list[dict[str, Any]]:
    return [event for event in EVENTS if event["type"] == f"{stem}.v1"]


def texts_of(event: dict[str, Any]) -> list[str]:
    """Every text a reader meets: what the event says, why a date was worked out, why a field is empty."""
    reasons = [item["reason"] for item in event.get("notrecorded", ())]
    return [*_strings(event["data"]), event.get("timebasis", ""), *reasons]


def _strings(node):
    if isinstance(node, str):
        return [node]
    items = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for item in items for text in _strings(item)]


def test_the_case_is_offered():
    assert CASES == ("knabstrup",)
    with pytest.raises(KeyError):
        events_of("atlantis")


@pytest.mark.parametrize(
    ("stem", "count"),
    [
        ("process-registered", 1),
        ("grant-awarded", 1),
        ("group-formed", 6),
        ("contribution-made", 19),
        ("action-planned", 20),
        ("action-completed", 15),
        ("action-started", 3),
        ("decision-made", 14),
        ("case-item-treated", 16),
        ("objective-defined", 10),
        ("headcount-recorded", 1),
        ("reflection-recorded", 11),
        ("dissent-recorded", 2),
        ("claim-made", 4),
        ("evidence-linked", 22),
        ("outcome-harvested", 13),
    ],
)
def test_as_many_as_the_record_holds(stem, count):
    assert len(of_type(stem)) == count


def test_every_event_is_admitted_in_order_and_the_whole_still_holds():
    known = Known(now=NOW, register=Histories(), entries=Histories(), importing=True)
    stored = []
    for position, event in enumerate(EVENTS, start=1):
        stored.append(replace(decide(read(event), known), position=position, version=position))
        known.advance(stored[-1])
    for subject in {event.subject for event in stored}:
        check_sequence(known.history(*subject.split("/", 1)), None, known)


def test_every_event_has_an_id_of_its_own_and_a_citation_of_known_sources():
    assert len({event["id"] for event in EVENTS}) == len(EVENTS)
    for event in EVENTS:
        assert set(event["citation"].split("; ")) <= set(sources()), event["id"]


def test_no_fact_is_unmapped_and_none_is_both_told_and_left_out():
    told = {fact for one in drafts() for fact in one.facts}
    lent = {"RO-05", "MO-04", "MO-05"}  # told, though the rest of their kind is not
    for fact in facts():
        assert (fact in told) != bool(left_out(fact)) or fact in lent, fact


def test_nothing_is_known_before_a_source_tells_it_nor_before_it_is_over():
    for event in EVENTS:
        dated = [sources()[key].known for key in event["citation"].split("; ") if sources()[key].known]
        if not dated:
            assert "learnedat" not in event, event["id"]
        if "learnedat" in event:
            learned = dt.datetime.fromisoformat(event["learnedat"])
            assert learned >= min(dated)
            if event["type"] != "organisation-registered.v1":
                assert learned >= drafts()[EVENTS.index(event)].when.ended


def test_the_import_follows_what_was_known_but_for_what_must_wait_for_what_it_names():
    assert EVENTS[0]["type"] == "process-registered.v1"
    free = [one for one in drafts() if not one.names() and one.declaration.creates is True][1:]
    learned = [one.learned for one in free]
    dated = [moment for moment in learned if moment]
    assert learned == sorted(dated) + [None] * (len(learned) - len(dated))


def test_evidence_follows_the_entries_it_names_and_only_what_happened_speaks_for_a_claim():
    at = {event["id"]: place for place, event in enumerate(EVENTS)}
    for place, event in enumerate(EVENTS):
        if event["type"] == "evidence-linked.v1":
            named = EVENTS[at[event["data"]["event"]]]
            assert at[named["id"]] < place
            said = named["type"] in {"reflection-recorded.v1", "observation-noted.v1"}
            assert not said or event["data"]["bearing"] == "context"


def test_the_claims_that_nobody_measured_have_nothing_for_or_against():
    bearings = {}
    for event in of_type("evidence-linked"):
        bearings.setdefault(event["data"]["claim_id"], set()).add(event["data"]["bearing"])
    assert {claim for claim, found in bearings.items() if found == {"context"}} == {"ou-02", "ou-03"}


def test_nothing_happens_in_the_future():
    for one in drafts():
        assert one.when.ended < NOW


def test_the_four_days_of_the_course_were_held():
    held = {local_day(dt.datetime.fromisoformat(event["time"])) for event in of_type("gathering-held")}
    assert {dt.date(2019, 1, 27), dt.date(2019, 2, 5), dt.date(2019, 5, 6), dt.date(2019, 5, 24)} <= held


def test_a_gathering_is_never_planned_before_its_own_day():
    held = {event["subject"]: event["time"] for event in of_type("gathering-held")}
    planned = {event["subject"]: event["time"] for event in of_type("gathering-planned")}
    assert held.items() <= planned.items()
    assert planned.keys() - held.keys() == {"gathering/ga-12"}
    assert planned["gathering/ga-12"].startswith("2021-09-08")


def test_a_span_has_an_end_and_an_inferred_date_a_reason():
    for event in EVENTS:
        assert ("timeend" in event) == (event["timeprecision"] == "span")
    for one in drafts():
        if facts().get(one.facts[0], {}).get("mark") == "inferred":
            assert one.when.basis, one.facts


def test_the_titles_of_actions_fit_their_boxes():
    titles = [event["data"]["title"] for event in of_type("action-planned")]
    assert len(set(titles)) == 20
    assert max(map(len, titles)) <= 28


def test_no_action_builds_on_what_came_later():
    made = {event["data"]["contribution_id"]: event["time"] for event in of_type("contribution-made")}
    for event in of_type("action-planned"):
        for ref in event["data"].get("builds_on", ()):
            assert dt.datetime.fromisoformat(made[ref]) <= dt.datetime.fromisoformat(event["timeend"])


def test_what_only_the_heading_of_is_known_has_no_outcome():
    known = {"de-04", "de-11", "de-15", "de-23", "de-29"}
    for event in of_type("decision-made"):
        silent = {item["field"] for item in event["notrecorded"]}
        assert {"rationale", "mandate", "method"} <= silent
        assert ("options" in silent) != (event["data"]["decision_id"] in known)
        assert ("chosen" in event["data"]) == (event["data"]["decision_id"] in known)


def test_everything_is_public_and_nothing_is_empty():
    assert {event["visibility"] for event in EVENTS} == {"public"}
    for event in EVENTS:
        assert all(text.strip() == text for text in texts_of(event))
        assert all(_strings(event["data"]))
        assert all(item["reason"] for item in event.get("notrecorded", ()))


PLACES = {
    "Alkes Have", "Boligselskabet Sjælland", "Dit Holbæk", "Holbæk Kommune", "Holbæk Sportsby", "Knabstrup Hallen",
    "Knabstrup Lokalforum", "Mørkøv Kirkeby", "Trap Danmark", "Udvikling af Lokalområderne",
}  # fmt: skip


def test_no_person_is_named_and_nothing_is_quoted():
    pair = re.compile(r"\b[A-ZÆØÅ][a-zæøå]+ [A-ZÆØÅ][a-zæøå]+\b")
    for event in EVENTS:
        for text in texts_of(event):
            assert set(pair.findall(text)) <= PLACES, text
            assert not re.search(r"[\"“”»«„]", text), text


def test_personal_texts_are_whole_sentences():
    for event in EVENTS:
        for field in REGISTRY[event["type"]].fields:
            text = event["data"].get(field.name)
            if field.type is FieldType.PERSONAL and field.name not in {"who", "when", "where"} and text:
                assert text[0].isupper() or text[0].isdigit(), text
                assert text[-1] in ".?", text


def test_an_actor_is_a_role_an_institution_a_group_or_nobody():
    kinds = Counter(match for event in EVENTS for match in re.findall(r"'kind': '(\w+)', 'ref'", str(event["data"])))
    assert set(kinds) <= {"role", "body", "organisation", "group"}


def test_the_sources_can_be_printed_and_two_addresses_leave_a_name_out():
    assert len(sources()) == 75
    assert {source.read for source in sources().values()} == {"whole", "opening", "agenda"}
    assert [key for key, source in sources().items() if "[slug left out" in source.url] == ["S34", "S53"]
    assert sources()["S04"].title == "Holbæk Kommune, projektside (S04)"
