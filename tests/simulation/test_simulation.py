"""The simulator: the same bytes everywhere, in an order that needs no waiting, believable, and never heavy."""

import datetime as dt
import hashlib
import itertools
import json
import os
import subprocess
import sys
import tracemalloc
from collections import Counter, defaultdict
from pathlib import Path
from statistics import fmean

import pytest
from msgspec.structs import replace

from domain.kernel import REGISTRY, TARGET
from domain.register import Histories, Known, decide
from domain.timing import local_day
from service.simulation import Plan, about_how_many, events, lines
from service.simulation.village import Village
from service.wire import Sender, read_event

NOW = dt.datetime.now(dt.UTC)
TWIN = [json.loads(line) for line in lines(Plan())]
NEVER_TOLD = {
    "access-granted", "access-revoked",  # name accounts of the log they are in
    "import-completed", "import-mapping-confirmed", "read-log-sealed",  # what a log says of its own care
    "erasure-executed",  # says that texts are gone; an import cannot make that true
    "report-issued", "report-accepted", "report-superseded", "recipient-notified",  # need a report that was really issued
}  # fmt: skip


def of_type(stem, events=TWIN):
    return [event["data"] for event in events if event["type"] == f"{stem}.v1"]


def digest(*words, **environment):
    """Write a plan's lines in a process of their own and return their fingerprint."""
    script = (
        "import hashlib, sys; from service.simulation import Plan, lines; "
        "plan = Plan(participants=int(sys.argv[1]), gatherings=int(sys.argv[2]), seed=int(sys.argv[3])); "
        "print(hashlib.sha256(b''.join(lines(plan))).hexdigest())"
    )
    command = [sys.executable, "-c", script, *map(str, words)]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    return done.stdout.strip()


# ------------------------------------------------------------------ the same everywhere
@pytest.mark.parametrize(
    "surroundings",
    [{"PYTHONHASHSEED": "0"}, {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland", "LC_ALL": "C"}],
)
def test_the_same_plan_gives_the_same_bytes_in_any_process(surroundings):
    here = hashlib.sha256(b"".join(lines(Plan(participants=50, gatherings=5, seed=1)))).hexdigest()
    assert digest(50, 5, 1, **surroundings) == here


@pytest.mark.parametrize(
    "other", [{"seed": 2}, {"participants": 51}, {"gatherings": 6}, {"process": "nabolund"}], ids=str
)
def test_another_plan_shares_no_event_with_it(other):
    assert not {event["id"] for event in events(Plan(**other))} & {event["id"] for event in TWIN}


def test_in_a_large_village_too_nobody_leaves_before_they_came():
    people = list(Village(Plan(participants=5000)).people())
    assert all(one.left is None or one.joined < one.left for one in people)
    assert any(one.left and one.joined > 0 for one in people)


# ------------------------------------------------------------------ admitted
@pytest.mark.parametrize(
    "plan",
    [
        Plan(),
        Plan(seed=2),
        Plan(seed=3, process="nabolund"),
        Plan(participants=10, gatherings=2),
        Plan(participants=13, gatherings=7, seed=5),
        Plan(participants=61, gatherings=3, seed=9),
        Plan(participants=12, gatherings=120),
    ],
    ids=lambda plan: f"{plan.participants}-{plan.gatherings}-{plan.seed}",
)
def test_every_event_is_admitted_in_the_order_of_the_file(plan):
    known = Known(now=NOW, register=Histories(), entries=Histories(), importing=True)
    stored = {}
    for position, line in enumerate(lines(plan), start=1):
        event = read_event(json.loads(line), plan.process, Sender(account="a-import", now=NOW))
        if event.subject == TARGET:
            event = replace(event, subject=stored[event.data.target].subject)
        settled = replace(decide(event, known), position=position, version=position)
        known.advance(settled)
        stored[str(event.id)] = settled
    assert len(stored) == position


def test_the_file_stands_in_the_order_in_which_things_became_known():
    learned = [dt.datetime.fromisoformat(event["learnedat"]) for event in TWIN]
    assert learned == sorted(learned)
    assert all(dt.datetime.fromisoformat(event["time"]) <= known for event, known in zip(TWIN, learned, strict=True))


def test_it_is_over_and_long_so():
    last = max(dt.datetime.fromisoformat(event["learnedat"]) for event in TWIN)
    assert local_day(last) < dt.date(2026, 10, 1)


# ------------------------------------------------------------------ whole, and fictional
def test_every_event_type_occurs_but_those_that_cannot_be_invented():
    told = {event["type"].rpartition(".")[0] for event in TWIN}
    assert {found.stem for found in REGISTRY.values()} - told == NEVER_TOLD


def test_it_says_first_of_all_that_it_is_invented():
    assert (TWIN[0]["type"], TWIN[0]["data"]["fictional"]) == ("process-registered.v1", True)


def test_people_are_reached_at_a_domain_that_cannot_exist():
    assert all(
        data["contact"].endswith("@fabelby.example") for data in of_type("participant-registered") if "contact" in data
    )


def test_no_text_about_somebody_names_anybody():
    surnames = {data["name"].split()[-1] for data in of_type("participant-registered") if "name" in data}
    others = json.dumps([e["data"] for e in TWIN if e["type"] != "participant-registered.v1"], ensure_ascii=False)
    assert [name for name in surnames if name in others] == []


def test_it_speaks_danish_and_some_english():
    languages = Counter(data["language"] for data in of_type("self-assessment-submitted"))
    assert languages["da"] > 3 * languages["en"] > 0


# ------------------------------------------------------------------ believable
def test_fifty_people_have_three_roles():
    mine = {f"p{number}" for number in range(1, 51)}
    first = {}
    for data in of_type("role-assumed"):
        first.setdefault(data["participant_id"], data["role"])
    assert Counter(first[ref] for ref in mine) == {"citizen": 32, "employee": 12, "politician": 6}


def test_a_gathering_is_known_with_its_gaps():
    by_status = Counter(data["status"] for data in of_type("attendance-recorded"))
    assert set(by_status) == {"present", "absent", "excused", "unknown"}
    assert 0.5 < by_status["present"] / by_status.total() < 0.85
    mine = [data for data in of_type("attendance-recorded") if int(data["participant_id"][1:]) <= 50]
    asked = Counter(data["gathering_id"] for data in mine)
    assert all(30 <= count < 50 for count in asked.values())  # some were never asked, or not there yet


def test_no_two_groups_say_the_same_on_one_day():
    said = Counter(
        (data["gathering_id"], json.dumps(data["steps"]))
        for data in of_type("reflection-recorded")
        if "gathering_id" in data
    )
    assert max(said.values()) == 1


def test_some_of_it_was_written_down_late():
    late = [
        event["type"]
        for event in TWIN
        if dt.datetime.fromisoformat(event["learnedat"]) - dt.datetime.fromisoformat(event["time"])
        > dt.timedelta(days=14)
    ]
    assert {"attendance-recorded.v1", "expenditure-recorded.v1"} <= set(late)


def test_contributions_are_of_every_kind_and_many_stand_unanswered():
    kinds = Counter(data["kind"] for data in of_type("contribution-made"))
    answered = {data["contribution_id"] for data in of_type("contribution-answered")}
    assert (len(kinds), 90 <= kinds.total() <= 150) == (8, True)
    assert 0.15 < len(answered) / kinds.total() < 0.5


def test_twenty_actions_meet_every_fate_and_some_end_after_day_100():
    fates = {stem: len(of_type(f"action-{stem}")) for stem in ("planned", "completed", "abandoned", "handed-over")}
    assert fates == {"planned": 20, "completed": 13, "abandoned": 2, "handed-over": 2}
    day_100 = dt.datetime.fromisoformat("2026-06-08T23:59:59+02:00")
    ended = [e for e in TWIN if e["type"] == "action-completed.v1" and dt.datetime.fromisoformat(e["time"]) > day_100]
    assert len(ended) == 2


def test_gains_are_modest_some_decline_and_not_everybody_answers():
    before, after, then = answers()
    paired = sorted(set(before) & set(after))
    assert 25 <= len(paired) < 45
    gains = [fmean(after[ref].values()) - fmean(before[ref].values()) for ref in paired]
    assert 0.1 < fmean(gains) < 0.7
    assert 3 <= sum(gain < 0 for gain in gains) < len(gains) / 3
    shifts = [fmean(then[ref].values()) - fmean(before[ref].values()) for ref in set(before) & set(then)]
    assert -0.6 < fmean(shifts) < -0.1


def answers():
    """The valid answers: before, after about now, after about then; by participant, skips left out."""
    found = ({}, {}, {})
    for data in of_type("self-assessment-submitted"):
        place = 0 if data["round_id"] == "r-before" else 1 if data["frame"] == "now" else 2
        values = {answer["item"]: answer["value"] for answer in data["answers"] if "value" in answer}
        found[place][data["participant_id"]] = values
    return found


def test_skips_have_reasons_and_one_answer_was_voided_and_given_again():
    skipped = [a["skipped"] for data in of_type("self-assessment-submitted") for a in data["answers"] if "skipped" in a]
    assert len(set(skipped)) >= 3
    assert len(of_type("assessment-voided")) == 1


def test_whoever_did_not_agree_is_not_asked_about_nor_named():
    said = {data["participant_id"]: set(data["purposes"]) for data in of_type("consent-given")}
    assert len(said) == 48
    for data in of_type("self-assessment-submitted"):
        assert "assess" in said[data["participant_id"]]
    for data in of_type("relation-declared"):
        assert "be-pickable" in said[data["to"]]


def test_ties_grow_most_across_roles_and_some_are_lost():
    roles = {}
    for data in of_type("role-assumed"):
        roles.setdefault(data["participant_id"], data["role"])
    waves = defaultdict(set)
    for data in of_type("relation-declared"):
        waves[data["wave_id"]].add((data["from"], data["to"], data["kind"]))
    across = {wave: {tie for tie in ties if roles[tie[0]] != roles[tie[1]]} for wave, ties in waves.items()}
    within = {wave: ties - across[wave] for wave, ties in waves.items()}
    assert len(across["b-2"]) / len(across["b-1"]) > len(within["b-2"]) / len(within["b-1"]) > 1
    assert waves["b-1"] - waves["b-2"]
    assert of_type("no-relations-declared")


def test_a_wave_has_silent_people():
    for opened in of_type("relationship-wave-opened"):
        spoke = {data["from"] for data in of_type("relation-declared") if data["wave_id"] == opened["wave_id"]}
        spoke |= {d["participant_id"] for d in of_type("no-relations-declared") if d["wave_id"] == opened["wave_id"]}
        assert 0.6 < len(spoke) / len(opened["roster"]) < 0.95


def test_claims_have_evidence_for_and_against_and_one_is_silent():
    bearings = defaultdict(Counter)
    for data in of_type("evidence-linked"):
        bearings[data["claim_id"]][data["bearing"]] += 1
    claims = {data["claim_id"] for data in of_type("claim-made")}
    assert len(claims) == 5
    assert [claim for claim in sorted(claims) if claim not in bearings] == ["p-5"]
    assert [claim for claim, found in bearings.items() if found["for"] and found["against"]] == ["p-1", "p-2", "p-3"]


def test_one_line_of_the_budget_is_more_than_a_tenth_off():
    budget = {line["id"]: float(line["amount_dkk"]) for line in of_type("budget-approved")[-1]["lines"]}
    spent = Counter()
    for data in of_type("expenditure-recorded"):
        spent[data["line_id"]] += float(data["amount_dkk"])
    assert [line for line, amount in budget.items() if spent[line] > 1.1 * amount] == ["formidling"]


# ------------------------------------------------------------------ large
def test_a_million_begins_at_once():
    first = list(itertools.islice(lines(Plan(participants=5000, gatherings=90)), 100))
    assert len(first) == 100


def test_a_group_stays_a_group_however_large_the_village():
    found = [json.loads(line) for line in lines(Plan(participants=600))]
    formed = [one["group_id"] for one in of_type("group-formed", found)]
    joined = Counter(one["group_id"] for one in of_type("group-joined", found))
    assert len(set(formed)) == len(formed) == 61  # six of each of ten areas, and one that came to be on the way
    assert set(joined) <= set(formed)
    assert max(joined.values()) <= 20


def test_ten_times_as_many_gatherings_take_no_more_memory():
    assert peak(Plan(participants=20, gatherings=60)) < 1.3 * peak(Plan(participants=20, gatherings=6))


def peak(plan):
    sum(1 for _ in lines(plan))  # what is read once and kept, such as the texts, is not counted
    tracemalloc.start()
    sum(1 for _ in lines(plan))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.parametrize("plan", [Plan(), Plan(participants=120, gatherings=12), Plan(participants=20, gatherings=60)])
def test_what_the_help_says_of_the_number_is_about_right(plan):
    assert about_how_many(plan) == pytest.approx(sum(1 for _ in events(plan)), rel=0.15)


def test_the_readme_prints_the_number_it_gets():
    count = sum(1 for _ in events(Plan(seed=2, process="nabolund")))
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert f"\n{count} opdigtede registreringer skrevet til nabolund.ndjson." in readme
