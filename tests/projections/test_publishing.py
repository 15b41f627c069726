"""Asked again and again, at every position and on both clocks, aggregates tell nobody's answer to who may not open it."""

import dataclasses
import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from projections.everything import PROJECTIONS
from projections.kernel import FOREVER, Request, figures_in, microseconds
from projections.measures.disclosure import LEAST
from service.publishing import RIGHTS_KINDS
from service.publishing.published import Published
from service.security.gate import Caller, outside
from service.security.rights import Rights
from service.wire import Sender, read_event
from tests import village
from tests.village import wire

START = dt.datetime(2026, 2, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
CITIZENS, EMPLOYEES = [f"c{n}" for n in range(11)], [f"e{n}" for n in range(6)]
PEOPLE = [*CITIZENS, *EMPLOYEES]
ROLE = {person: "citizen" if person in CITIZENS else "employee" for person in PEOPLE}
ISSUED = {"report_id": "r", "recipient": "Opdigtet Pulje", "files": [], "known_by": 1}
DEEP = [one for one in PROJECTIONS.values() if one.deep]
OUTSIDE = {"competence-uplift": (1, 2), "relationship-map": (1, 2), "participation": (1,)}
"""How deep each reader sees who may not open what is beneath: a participant or a report's reader, and the team."""


class Story:
    """A log that is told one command at a time."""

    def __init__(self):
        self.events = []
        for person in PEOPLE:
            named = {"participant_id": person, "name": "Opdigtet"}
            self.tell(
                wire("participant-registered", named, "", visibility="team"),
                wire("role-assumed", {"participant_id": person, "role": ROLE[person]}, ""),
            )

    def tell(self, *wires):
        """Record a command; each is an hour later than the one before."""
        at = START + HOUR * (len(self.events) + 1)
        sender = Sender(account="a-test", now=at)
        for one in wires:
            found = read_event({**one, "time": at.isoformat()}, "fabelby", sender)
            self.events.append(replace(found, position=len(self.events) + 1, recordedat=at))
        return self.events[-1]

    def bear_on(self, target, stem, **data):
        """Record a correction or withdrawal of an entry."""
        found = self.tell(wire(stem, {"target": str(target.id), "reason": "x", **data}, ""))
        self.events[-1] = replace(found, subject=target.subject, visibility=target.visibility)

    def correct(self, target, field, value):
        self.bear_on(target, "event-corrected", fields=[{"field": field, "value": value}])

    # ---------------------------------------------------------------- what happens
    def competences(self):
        competence = {"id": "act", "title": {"da": "x", "en": "x"}, "roles": [], "anchors": []}
        self.tell(
            wire("competence-framework-published", {"framework_id": "f", "version": 1, "competences": [competence]}, "")
        )
        item = {"id": "i1", "competence_id": "act", "wording": {"da": "x", "en": "x"}}
        scale = {"min": 1, "max": 5, "labels": []}
        data = {"instrument_id": "i", "version": 1, "framework_id": "f", "items": [item], "scale": scale}
        self.tell(wire("instrument-published", data, ""))
        for moment in ("before", "after"):
            data = {"round_id": moment, "instrument_id": "i", "version": 1, "moment": moment, "eligible": PEOPLE}
            self.tell(wire("assessment-round-opened", data, ""))

    def answer(self, moment, person, value):
        data = {"assessment_id": f"{moment}-{person}", "round_id": moment, "participant_id": person, "frame": "now"}
        data |= {"role": ROLE[person], "answers": [{"item": "i1", "value": value}]}
        return self.tell(wire("self-assessment-submitted", data, ""))

    def close_round(self, moment):
        self.tell(wire("assessment-round-closed", {"round_id": moment}, ""))

    def group(self, group, *members):
        self.tell(wire("group-formed", {"group_id": group, "title": group, "theme": group}, ""))
        for person in members:
            self.join(group, person)

    def join(self, group, person):
        self.tell(wire("group-joined", {"group_id": group, "participant_id": person}, ""))

    def wave(self, ref):
        data = {"wave_id": ref, "wording": {"da": "x", "en": "x"}, "kinds": ["works-with"], "roster": PEOPLE}
        self.tell(wire("relationship-wave-opened", data, ""))

    def ties(self, wave, giver, *to):
        none = wire("no-relations-declared", {"wave_id": wave, "participant_id": giver}, "")
        data = {"wave_id": wave, "from": giver, "kind": "works-with"}
        said = [wire("relation-declared", {**data, "to": one}, "") for one in to if one != giver]
        return self.tell(*(said or [none]))

    def close_wave(self, wave):
        self.tell(wire("relationship-wave-closed", {"wave_id": wave}, ""))

    def gathering(self, ref):
        self.tell(wire("gathering-planned", {"gathering_id": ref, "title": ref, "kind": "workshop"}, ""))
        self.tell(wire("gathering-held", {"gathering_id": ref}, ""))

    def came(self, ref, *people, status="present"):
        data = {"gathering_id": ref, "status": status}
        return self.tell(*(wire("attendance-recorded", {**data, "participant_id": one}, "") for one in people))

    def issue(self):
        """Issue a report: a moment at which what is told outside is told anew."""
        return self.tell(wire("report-issued", ISSUED, ""))

    def take_back(self, person):
        self.tell(wire("consent-withdrawn", {"participant_id": person, "purposes": ["participate", "assess"]}, ""))


# ------------------------------------------------------------------ the attacker
def rights_at(events):
    found = Rights()
    found.advance(event for event in events if event.kind in RIGHTS_KINDS)
    return found


def published_in(story, projection):
    """Walk a log command by command, as a server does that is asked after each."""
    found = Published(projection)
    for _, command in itertools.groupby(story.events, key=lambda event: event.recordedat):
        found.advance(list(command))
    return found


def shown(projection, point, depth, by):
    found = projection.query(point.states, Request("fabelby", by, point.at, depth, apart=point.apart))
    return dataclasses.replace(found, data=point.settled(found.data))


def rests_on(story, answer, point, *, people=False):
    """Return for each figure that is told its value, and whose answers it rests on, by what they say; or whom it counts."""
    subject_at = {event.position: event.subject for event in story.events}
    found = {}
    if people:
        whom = {at: whose(subject, point.states.get(subject, {})) for at, subject in subject_at.items()}
        return {
            one.key: (one.value, {(who, who, "") for at in one.events if (who := whom[at])})
            for one in figures_in(answer.data)
        }
    for one in (*figures_in(answer.data), *answer.beside):
        subjects = {subject_at[position] for position in one.events}
        said = {(whose(subject, point.states[subject]), subject, repr(point.states[subject])) for subject in subjects}
        found[one.key] = (one.value, {one for one in said if one[0]})
    return found


def whose(subject, state):
    if subject.startswith(("ties/", "participant/")):
        return subject.rpartition("/")[2]
    return state.get("participant_id")


def attack(story, projection):
    """Subtract all that is ever told from all else that is; fail where fewer than five people explain a difference."""
    points = published_in(story, projection).points
    for depth, by in itertools.product(OUTSIDE[projection.name], dict.fromkeys((None, *projection.breakdowns[-2:]))):
        told = []
        for point in points:
            answer = shown(projection, point, depth, by)
            if (found := rests_on(story, answer, point, people=projection.figures_alone)) not in told:
                told.append(found)
        for one, other in itertools.combinations(told, 2):
            subtract(one, other)
    return points


def subtract(one, other):
    changes = []
    for key in one.keys() & other.keys():
        moved = one[key][1] ^ other[key][1]
        few = {said[0] for said in moved}
        assert len(few) == 0 or len(few) >= LEAST, (key, sorted(few))
        assert moved or not one[key][1] or one[key][0] == other[key][0], key
        if moved and (change := {said: said in other[key][1] for said in moved}) not in changes:
            changes.append(change)
    for change, another in itertools.combinations(changes, 2):
        for same in (True, False):
            cancels = {said for said in change.keys() & another.keys() if (change[said] == another[said]) is same}
            left = {said[0] for said in (change.keys() | another.keys()) - cancels}
            assert len(left) == 0 or len(left) >= LEAST, sorted(left)


person, value = st.sampled_from(PEOPLE), st.integers(1, 5)
some = st.lists(person, max_size=5)
rated = st.one_of(
    st.tuples(st.just("answer"), st.sampled_from(["before", "after"]), person, value),
    st.tuples(st.just("mend"), st.integers(0, 40), value),
    st.tuples(st.just("withdraw"), st.integers(0, 40)),
    st.tuples(st.just("join"), person),
    st.tuples(st.just("take back"), person),
    st.tuples(st.just("close"), st.sampled_from(["before", "after"])),
    st.tuples(st.just("issue")),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(rated, max_size=14), st.permutations(PEOPLE), st.integers(5, 15), st.integers(5, 15))
def test_no_two_answers_on_competences_tell_of_few(steps, order, first, last):
    story = Story()
    story.group("g", *CITIZENS[:5], *EMPLOYEES[:2])
    story.competences()
    said = [story.answer("before", one, 1 + at % 5) for at, one in enumerate(order[:first])]
    for step in [
        ("close", "before"),
        *(("answer", "after", one, 3) for one in order[:last]),
        ("close", "after"),
        *steps,
    ]:
        match step:
            case ("answer", moment, who, number):
                said.append(story.answer(moment, who, number))
            case ("mend", at, number):
                story.correct(said[at % len(said)], "answers", f'[{{"item": "i1", "value": {number}}}]')
            case ("withdraw", at):
                story.bear_on(said[at % len(said)], "event-withdrawn")
            case ("join", who):
                story.join("g", who)
            case ("take back", who):
                story.take_back(who)
            case ("issue",):
                story.issue()
            case ("close", moment):
                story.close_round(moment)
    story.issue()
    attack(story, PROJECTIONS["competence-uplift"])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(person, some), min_size=6, max_size=14), st.lists(st.tuples(person, some), max_size=14), some)
def test_no_two_maps_tell_of_few(first, last, back):
    story = Story()
    story.group("g", *CITIZENS[:5])
    for ref, said in (("w1", first), ("w2", last)):
        story.wave(ref)
        for giver, to in dict(said).items():
            story.ties(ref, giver, *to, *PEOPLE[:4])
        story.close_wave(ref)
    for late in CITIZENS[:6]:
        story.ties("w2", late, *EMPLOYEES)
    story.issue()
    for who in back[:2]:
        story.take_back(who)
    attack(story, PROJECTIONS["relationship-map"])


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("klm"), st.sampled_from(["present", "absent"]), st.lists(person, max_size=8)),
        max_size=9,
    )
)
def test_no_two_answers_on_who_came_tell_of_few(lists):
    story, written = Story(), set()
    for ref in "klm":
        story.gathering(ref)
    story.came("k", *PEOPLE[:13])
    for ref, status, people in lists:
        if new := [one for one in dict.fromkeys(people) if (ref, one) not in written]:
            written |= {(ref, one) for one in new}
            story.came(ref, *new, status=status)
    attack(story, PROJECTIONS["participation"])


# ------------------------------------------------------------------ one rule at a time
def rated_by(story, *people, moment="before"):
    return [story.answer(moment, one, 2) for one in people]


def told(story, projection="competence-uplift", depth=1, position=FOREVER, moment=FOREVER - 1):
    published = Published(PROJECTIONS[projection])
    published.advance(story.events)
    point = published.told(position, moment, rights_at(story.events))
    return {one.key: one for one in figures_in(shown(published.projection, point, depth, None).data)}


@pytest.fixture
def story():
    """Everybody answered before; eight citizens and five employees after, and the round is closed."""
    found = Story()
    found.competences()
    rated_by(found, *PEOPLE)
    rated_by(found, *CITIZENS[:8], *EMPLOYEES[:5], moment="after")
    found.close_round("after")
    return found


def gain(story, role="citizen", **how):
    return told(story, **how)[f"gain:act:{role}"]


def test_answers_to_a_round_are_told_when_it_is_closed_and_all_of_them(story):
    assert (gain(story).n, gain(story, "employee").n) == (8, 5)
    open_still = Story()
    open_still.competences()
    rated_by(open_still, *PEOPLE)
    rated_by(open_still, *CITIZENS[:8], moment="after")
    assert "gain:act:citizen" not in told(open_still)


def test_who_comes_late_waits_until_five_have(story):
    rated_by(story, CITIZENS[8], EMPLOYEES[5], moment="after")
    story.issue()
    assert (gain(story).n, gain(story, "employee").n) == (8, 5)


def test_a_mended_answer_waits_and_five_do_not(story):
    answers = [one for one in story.events if one.declaration.stem == "self-assessment-submitted"]
    after = [one for one in answers if one.data.round_id == "after" and one.data.participant_id in CITIZENS]
    for at, one in enumerate(after[:5], 1):
        story.correct(one, "answers", '[{"item": "i1", "value": 4}]')
        story.issue()
        assert gain(story).value == (0 if at < LEAST else 1.25)


def test_somebody_who_changes_group_is_not_seen_by_it():
    story = Story()
    story.group("g", *CITIZENS[:6])
    story.competences()
    for moment in ("before", "after"):
        rated_by(story, *PEOPLE, moment=moment)
        story.close_round(moment)
    story.join("g", EMPLOYEES[0])
    story.issue()
    points = attack(story, PROJECTIONS["competence-uplift"])
    assert EMPLOYEES[0] not in points[-1].states["group/g"]["members"]


@pytest.fixture
def whole():
    """Everybody answered before and after, and the round is closed."""
    found = Story()
    found.competences()
    for moment in ("before", "after"):
        rated_by(found, *PEOPLE, moment=moment)
    found.close_round("after")
    return found


def test_an_answer_that_is_taken_back_goes_at_once_with_four_others(whole):
    before = gain(whole)
    whole.take_back(CITIZENS[0])
    now = gain(whole)
    mine = {event.position for event in whole.events if f"/{CITIZENS[0]}/" in event.subject}
    assert mine & {*before.events}
    assert not mine & {*now.events}
    assert (before.n, now.n) == (11, 6)
    attack(whole, PROJECTIONS["competence-uplift"])


def test_those_who_rest_for_another_keep_nobody_else_waiting(whole):
    whole.take_back(CITIZENS[0])
    after = [one for one in whole.events if one.subject.startswith("answers/after")]
    for one in after[-5:]:
        whole.correct(one, "answers", '[{"item": "i1", "value": 4}]')
    whole.issue()
    assert (gain(whole).n, gain(whole, "employee").n) == (6, 6)
    assert gain(whole, "employee").value > 1
    attack(whole, PROJECTIONS["competence-uplift"])


def test_nobody_is_told_of_at_an_earlier_moment_either_once_it_is_taken_back(story):
    head = len(story.events)
    story.take_back(CITIZENS[0])
    assert "gain:act:citizen" not in told(story, position=head)


def test_both_clocks_snap_to_the_last_point(story):
    closing = story.events[-1]
    assert gain(story, moment=microseconds(closing.time)).n == 8
    assert "gain:act:citizen" not in told(story, moment=microseconds(closing.time) - 1)
    assert "gain:act:citizen" not in told(story, position=closing.position - 1)


def test_a_point_never_changes_as_the_log_grows(story):
    whole = Published(PROJECTIONS["competence-uplift"])
    whole.advance(story.events)
    step = published_in(story, whole.projection)
    assert [(one.position, one.states) for one in whole.points] == [(one.position, one.states) for one in step.points]


def test_where_few_did_not_answer_again_each_wave_is_told_over_those_who_answered_it_and_they_are_compared():
    story = Story()
    story.events.clear()
    for _, command in itertools.groupby(village.village(), key=village_command):
        story.tell(*command)
    closings = [event.position for event in story.events if event.declaration.stem == "relationship-wave-closed"]
    first, now = (told(story, "relationship-map", position=at) for at in closings)
    assert [{key for key in found if key.startswith("ties:")} for found in (first, now)] == [
        {"ties:works-with:w1"},
        {"ties:works-with:w1", "ties:works-with:w2"},
    ]
    assert first["ties:works-with:w1"] == now["ties:works-with:w1"]
    assert not {key for key in now if key.startswith(("all-", "across-", "jaccard"))}
    subtract(*(rests_of(story, at) for at in closings))


def village_command(one):
    data = one["data"]
    return data.get("wave_id"), data.get("participant_id") or data.get("from"), one["type"].startswith("relationship")


def rests_of(story, position):
    published = Published(PROJECTIONS["relationship-map"])
    published.advance(story.events)
    point = published.told(position, FOREVER - 1, Rights())
    return rests_on(story, shown(published.projection, point, 1, None), point)


def test_a_gathering_is_told_whole_though_two_came_for_the_first_time_and_how_many_ever_came_stays():
    story = Story()
    for ref, people in (("k", PEOPLE[:8]), ("l", PEOPLE[:10])):
        story.gathering(ref)
        story.came(ref, *people)
    found = told(story, "participation")
    assert (found["people"].value, found["gathering:l:came"].value) == (8, 10)
    attack(story, PROJECTIONS["participation"])


def test_only_aggregates_hold_what_their_reader_may_not_open():
    from domain.keeping import AccessRole

    for role in AccessRole:
        found = {one.name for one in PROJECTIONS.values() if outside(Caller("a", role, "fabelby"), "fabelby", one)}
        assert found <= {one.name for one in DEEP}, role
