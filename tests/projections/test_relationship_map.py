"""The map of an invented village: counted over one panel, on both clocks, and without showing what one person said."""

import datetime as dt
import itertools
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.correcting import EventWithdrawn
from domain.relating import NoRelationsDeclared, RelationDeclared, RelationDisputed, RelationshipWaveOpened, TieKind
from domain.vocabulary import Actor, ActorKind, Personal, Sealed, Visibility
from projections.kernel import DEPTH, FOREVER, Figure, Request, as_of, microseconds
from projections.measures.disclosure import LEAST
from projections.relationship_map import relationship_map
from service.wire import Sender, read_event
from tests import village
from tests.projections.test_as_of import MOMENTS, START, literally, rows_of, where

NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
MEMBER, TEAM, EVALUATOR = (DEPTH[one] for one in (Visibility.PROCESS, Visibility.TEAM, Visibility.EVALUATORS))
SAYS = Personal(Sealed("ab" * 32, "k"))


def log_of(*wires):
    sender = Sender(account="a-test", now=NOW)
    return [replace(read_event(one, "fabelby", sender), position=at) for at, one in enumerate(wires, 1)]


def asked(log, *, depth=EVALUATOR, at=NOW, known_by=FOREVER, by=None):
    states = as_of(relationship_map, log, known_by, microseconds(at))
    return relationship_map.query(states, Request("fabelby", by, at, depth))


def drawn(log, wave="w2", **how):
    return next(one for one in asked(log, **how).data["maps"] if one["wave"] == wave)


def withdrawn(log, event, position):
    (taken,) = log_of(village.wire("event-withdrawn", {"target": str(event.id), "reason": "x"}, "2026-06-25T12:00:00Z"))
    return [*log, replace(taken, position=position, subject=event.subject, visibility=event.visibility)]


@pytest.fixture(scope="module")
def log():
    return log_of(*village.village())


def small(*ties, wave="w1", roster=("p1", "p2", "p3", "p43", "p57", "p58"), **more):
    """A log of six people, all of whom answered."""
    told = [village.tie(wave, *tie) for tie in ties]
    silent = [person for person in roster if person not in {tie[0] for tie in ties}]
    return [village.opened(wave, roster, **more), *told, *(village.none_yet(wave, person) for person in silent)]


# ------------------------------------------------------------------ counting
def test_a_tie_counts_once_however_many_of_both_say_so():
    found = drawn(log_of(*village.people(), *small(("p1", "p43"), ("p43", "p1"), ("p1", "p2"))), "w1")
    assert (found["ties"].value, found["across"].value, found["share"].value) == (2, 1, 50)
    assert found["density"].value == round(2 / 15, 3)
    assert found["reciprocity"].value == round(2 / 3, 3)


def test_ties_by_role_stand_beside_how_many_there_could_be():
    found = drawn(log_of(*village.people(), *small(("p1", "p43"), ("p2", "p3"), ("p57", "p1"))), "w1")
    cells = {(cell["from"], cell["to"]): (cell["now"].value, cell["possible"]) for cell in found["matrix"]}
    assert cells["citizen", "citizen"] == (1, 3)
    assert cells["citizen", "employee"] == (1, 3)
    assert cells["citizen", "politician"] == (1, 6)
    assert cells["politician", "politician"] == (0, 1)


def test_who_did_not_answer_is_not_somebody_without_ties():
    log = log_of(*village.people(), village.opened("w1", ["p1", "p2", "p3"]), village.none_yet("w1", "p1"))
    (wave,) = asked(log).data["waves"]
    assert (wave["asked"].value, wave["answered"].value, wave["none"].value, wave["response"].value) == (3, 1, 1, 33)


def test_kept_new_and_ended_are_over_those_who_answered_both_times():
    roster = ("p1", "p2", "p3", "p43", "p57", "p58")
    first = small(("p1", "p43"), ("p2", "p3"), ("p58", "p1"), roster=roster)
    second = small(("p1", "p43"), ("p1", "p2"), wave="w2", roster=roster)
    silent = [one for one in second if one["data"].get("participant_id") != "p58"]
    found = drawn(log_of(*village.people(), *first, *silent))
    changes = {name: figure.value for name, figure in found["changes"]["all"].items()}
    assert changes == {"kept": 1, "new": 1, "ended": 1}  # what p58 said the first time is not lost: p58 was silent
    assert found["jaccard"].value == 0.333


def test_a_person_registered_twice_is_one():
    merged = village.wire("participants-merged", {"participant_id": "p1", "duplicate_id": "p2"}, "2026-03-01T12:00:00Z")
    found = drawn(log_of(*village.people(), merged, *small(("p1", "p43"), ("p2", "p43"), ("p2", "p1"))), "w1")
    assert found["ties"].value == 1


def test_somebody_in_two_roles_is_on_no_side():
    twice = village.wire("role-assumed", {"participant_id": "p1", "role": "politician"}, "2026-01-12T12:00:00Z")
    answer = asked(log_of(*village.people(), twice, *small(("p1", "p43"), ("p2", "p43"))))
    assert answer.data["maps"][0]["ties"].value == 1
    assert "én kendt rolle" in " ".join(da for da, _ in answer.notes)


def test_a_disputed_tie_still_counts_and_is_marked():
    disputed = village.wire(
        "relation-disputed",
        {"wave_id": "w1", "from": "p1", "to": "p43", "kind": "works-with", "by": {"kind": "participant", "ref": "p43"}}
        | {"reason": "nej"},
        "2026-02-13T12:00:00Z",
    )
    found = drawn(log_of(*village.people(), *small(("p1", "p43")), disputed), "w1")
    assert (found["ties"].value, found["disputed"].value) == (1, 1)


def test_one_wave_is_told_as_one():
    notes = " ".join(da for da, _ in asked(log_of(*village.people(), *small(("p1", "p43")))).notes)
    assert "spurgt én gang" in notes


def test_an_open_wave_is_drawn_once_half_have_answered():
    roster = village.EVERYBODY[:20]
    told = [village.none_yet("w1", person) for person in roster[:9]]
    few = log_of(*village.people(), village.opened("w1", roster), *told)
    enough = log_of(*village.people(), village.opened("w1", roster), *told, village.none_yet("w1", roster[9]))
    assert [wave["drawn"] for wave in asked(few).data["waves"]] == [False]
    assert [wave["drawn"] for wave in asked(enough).data["waves"]] == [True]


def test_low_response_is_said():
    told = [village.none_yet("w1", person) for person in village.EVERYBODY[:40]]
    notes = asked(log_of(*village.people(), village.opened("w1"), *told)).notes
    assert any("62 %" in da and "62%" in en for da, en in notes)


def test_nothing_asked_is_nothing_drawn():
    assert asked(log_of(*village.people())).data["maps"] == []


def test_places_are_the_same_in_every_wave_and_groups_come_first(log):
    assert [node["id"] for node in asked(log).data["nodes"]] == [
        *(f"group/{group}" for group in village.GROUPS),
        "citizens",
        "employee",
        "politician",
    ]


@pytest.mark.parametrize(("by", "first"), [("role", "from"), ("group", "from"), ("kind", "kind")])
def test_it_is_broken_down(log, by, first):
    rows = asked(log, by=by).data["by"]
    assert rows
    assert all(first in row for row in rows)


# ------------------------------------------------------------------ corrections and clocks
def test_a_withdrawn_tie_is_gone(log):
    before = drawn(log)["ties"].value
    single = next(
        one
        for one in log
        if isinstance(one.data, RelationDeclared)
        and one.data.wave_id == "w2"
        and drawn(withdrawn(log, one, len(log) + 1))["ties"].value < before
    )
    after = withdrawn(log, single, len(log) + 1)
    assert drawn(after)["ties"].value == before - 1
    assert drawn(after, known_by=len(log))["ties"].value == before


def test_before_the_second_wave_there_is_only_the_first(log):
    march = asked(log, at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC)).data
    assert [wave["id"] for wave in march["waves"]] == ["w1"]
    assert [one["base"] for one in march["maps"]] == [None]


def test_a_withdrawn_closing_opens_the_wave_again(log):
    closing = log[-1]
    assert asked(withdrawn(log, closing, len(log) + 1)).data["waves"][1]["closed"] is None


ANYBODY = Actor(kind=ActorKind.ANONYMOUS)
EVENTS = {
    "opened": lambda wave, who: RelationshipWaveOpened(
        wave_id=wave, wording=None, kinds=(TieKind.KNOWS,), roster=("p1", "p2")
    ),
    "tie": lambda wave, who: RelationDeclared(wave_id=wave, from_=who, to="p9", kind=TieKind.KNOWS),
    "none": lambda wave, who: NoRelationsDeclared(wave_id=wave, participant_id=who),
    "disputed": lambda wave, who: RelationDisputed(
        wave_id=wave, from_=who, to="p9", kind=TieKind.KNOWS, by=ANYBODY, reason=SAYS
    ),
}
STEP = st.tuples(
    st.sampled_from([*EVENTS, "withdrawn", "withdrawn"]),
    st.sampled_from(["w1", "w2"]),
    st.sampled_from(["p1", "p2"]),
    st.integers(0, 9),
    st.integers(0, 30),
    st.sampled_from([Visibility.PROCESS, Visibility.EVALUATORS]),
)


def random_log(steps):
    (model,) = log_of(village.closed("w1"))
    events = []
    for position, (kind, wave, who, day, pick, seen_by) in enumerate(steps, 1):
        about, visibility = None, seen_by
        if kind == "withdrawn":
            if not events:
                continue
            target = events[pick % len(events)]
            data, about, visibility = (
                EventWithdrawn(target=str(target.id), reason=SAYS),
                target.subject,
                target.visibility,
            )
        else:
            data = EVENTS[kind](wave, who)
            about = f"wave/{wave}" if kind == "opened" else f"ties/{wave}/{who}"
        time = START + day * dt.timedelta(days=1)
        placed = {"id": uuid.UUID(int=position), "position": position, "visibility": visibility, "subject": about}
        events.append(replace(model, data=data, time=time, timeend=None, **placed))
    return events


@given(steps=st.lists(STEP, max_size=14), page=st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_the_read_model_equals_the_definition(steps, page):
    log = random_log(steps)
    rows = rows_of(relationship_map, log, page)
    for known_by in range(len(log) + 2):
        for happened_by in MOMENTS:
            for depth in DEPTH.values():
                expected = literally(relationship_map, log, known_by, happened_by, depth)
                assert as_of(relationship_map, log, known_by, happened_by, depth) == expected
                assert where(rows, known_by, happened_by, depth) == expected


@given(steps=st.lists(STEP, max_size=14))
@settings(max_examples=60, deadline=None)
def test_any_subset_of_events_is_an_answer(steps):
    log = random_log(steps)
    for depth in DEPTH.values():
        states = as_of(relationship_map, log, FOREVER, FOREVER - 1, depth)
        for by in (None, *relationship_map.breakdowns):
            relationship_map.query(states, Request("fabelby", by, NOW, depth))


# ------------------------------------------------------------------ what is withheld
def figures(data):
    if isinstance(data, Figure):
        yield data
    elif isinstance(data, dict):
        for item in data.values():
            yield from figures(item)
    elif isinstance(data, list | tuple):
        for item in data:
            yield from figures(item)


def test_outside_nothing_is_told_and_it_is_said(log):
    answer = asked(log, depth=DEPTH[Visibility.PUBLIC])
    assert (answer.data["waves"], answer.data["maps"]) == ([], [])
    assert "vises kun for dem, der er med" in answer.notes[0][0]


def test_who_has_answered_is_the_teams_and_what_is_nobodys(log):
    assert asked(log, depth=MEMBER).data["waves"][0]["roster"] is None
    roster = asked(log, depth=TEAM).data["waves"][0]["roster"]
    assert {row["answered"] for row in roster} == {True, False}
    assert {frozenset(row) for row in roster} == {frozenset({"id", "answered"})}


def test_few_who_answered_none_yet_are_not_counted_aloud(log):
    inside, outside = (asked(log, depth=depth).data["waves"][0]["none"] for depth in (EVALUATOR, TEAM))
    assert 0 < inside.value < LEAST
    assert outside == {"withheld": True}


@pytest.mark.parametrize("seed", range(8))
def test_no_figure_of_ties_rests_on_fewer_than_five_or_fewer_than_five_people(seed):
    for one in asked(log_of(*village.village(seed=seed)), depth=TEAM).data["maps"]:
        for found in figures([one["matrix"], one["edges"], one["changes"], one["ties"], one["across"]]):
            assert found.value == 0 or (found.value >= LEAST and found.n >= LEAST), found.key


@pytest.mark.parametrize("seed", range(8))
def test_no_sum_gives_a_small_number_away(seed):
    log = log_of(*village.village(seed=seed))
    outside = {one["wave"]: one for one in asked(log, depth=MEMBER).data["maps"]}
    inside = {one["wave"]: one for one in asked(log).data["maps"]}
    for wave, one in outside.items():
        for crossing, name in itertools.product((True, False), ("now", "first")):
            hidden = [
                true[name].value
                for shown, true in zip(one["matrix"], inside[wave]["matrix"], strict=True)
                if (shown["from"] != shown["to"]) is crossing and not isinstance(shown[name], Figure)
            ]
            assert not hidden or sum(hidden) == 0 or (sum(hidden) >= LEAST and len(hidden) > 1)
        for cell in one["matrix"]:
            if isinstance(cell["first"], Figure):
                edges = [
                    edge["was"].value
                    for edge in one["edges"]
                    if "was" in edge and sides(edge) == {cell["from"], cell["to"]}
                ]
                rest = cell["first"].value - sum(edges)
                assert rest == 0 or rest >= LEAST


def sides(edge):
    return {place if place in {"employee", "politician"} else "citizen" for place in (edge["from"], edge["to"])}


def test_an_evaluator_sees_every_number(log):
    for one in asked(log).data["maps"]:
        assert all(isinstance(cell["now"], Figure) for cell in one["matrix"])
        assert min(figure.value for edge in one["edges"] for figure in figures(edge)) < LEAST


def test_few_people_are_withheld_altogether():
    found = drawn(log_of(*village.people(), *small(("p1", "p43"), ("p1", "p57"))), "w1", depth=TEAM)
    assert found["ties"] == found["across"] == found["share"] == found["density"] == {"withheld": True}
    assert found["edges"] == []
