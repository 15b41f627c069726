"""The as-of definition holds for people, gatherings and what was learned, on random, backdated, corrected logs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.belonging import (
    GroupFormed,
    GroupJoined,
    GroupLeft,
    GroupMerged,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantsMerged,
    RoleAssumed,
    RoleEnded,
)
from domain.gathering import (
    Attendance,
    AttendanceRecorded,
    GatheringCancelled,
    GatheringHeld,
    GatheringKind,
    GatheringPlanned,
    HeadcountRecorded,
    InvitationSent,
)
from domain.reflecting import (
    ExperimentTried,
    InsightDerived,
    LearningQuestionPosed,
    ReflectionFormat,
    ReflectionRecorded,
    Step,
)
from domain.vocabulary import Role, RoleCount, TimePrecision, Visibility
from projections.everything import PROJECTIONS
from projections.kernel import DEPTH, FOREVER, Request, as_of
from service.log.tables import stored_form
from tests.projections.test_as_of import ANYBODY, DAY, SEALED, START, agree, log_of

PERSON = {"a": "p1", "b": "p2"}
GATHERED = {
    "enrolled": lambda ref, _: ParticipantRegistered(participant_id=PERSON[ref]),
    "gone": lambda ref, _: ParticipantLeft(participant_id=PERSON[ref]),
    "same": lambda _, __: ParticipantsMerged(participant_id="p1", duplicate_id="p2"),
    "role": lambda ref, day: RoleAssumed(participant_id=PERSON[ref], role=list(Role)[day % 3]),
    "no role": lambda ref, day: RoleEnded(participant_id=PERSON[ref], role=list(Role)[day % 3]),
    "formed": lambda ref, _: GroupFormed(group_id=ref, title=ref, theme=ref),
    "joined": lambda ref, day: GroupJoined(group_id=ref, participant_id=PERSON["ab"[day % 2]]),
    "parted": lambda ref, day: GroupLeft(group_id=ref, participant_id=PERSON["ab"[day % 2]]),
    "into": lambda ref, day: GroupMerged(group_id=ref, into_id="ab"[day % 2]),
    "called": lambda ref, day: GatheringPlanned(
        gathering_id=ref, title=ref, kind=GatheringKind.WORKSHOP, series="s", starts=START + day * DAY
    ),
    "held": lambda ref, _: GatheringHeld(gathering_id=ref),
    "off": lambda ref, _: GatheringCancelled(gathering_id=ref, reason=SEALED),
    "came": lambda ref, day: AttendanceRecorded(
        gathering_id=ref, participant_id=PERSON["ab"[day % 2]], status=list(Attendance)[day % 4]
    ),
    "counted": lambda ref, day: HeadcountRecorded(total=day, basis="door", gathering_id=ref),
    "asked": lambda ref, day: InvitationSent(
        gathering_id=ref, channel="post", reach=(RoleCount(role=Role.CITIZEN, count=day),)
    ),
}
LEARNED = {
    "posed": lambda ref, _: LearningQuestionPosed(question_id=ref, question=SEALED, by=ANYBODY),
    "tried": lambda ref, _: ExperimentTried(
        experiment_id=f"e{ref}", hypothesis=SEALED, did=SEALED, saw=SEALED, next=SEALED, question_id=ref
    ),
    "reflected": lambda ref, _: ReflectionRecorded(
        reflection_id=f"r{ref}",
        format=ReflectionFormat.FREE,
        steps=(Step(name="now-what", text=SEALED),),
        by=ANYBODY,
        about=(f"question/{ref}",),
    ),
    "understood": lambda ref, _: InsightDerived(insight_id=f"i{ref}", text=SEALED, from_=(f"r{ref}",)),
}
SHOWN = [Visibility.PROCESS, Visibility.PROCESS, Visibility.PUBLIC, Visibility.TEAM]
PRECISIONS = [TimePrecision.INSTANT, TimePrecision.DAY, TimePrecision.SPAN, TimePrecision.MONTH, TimePrecision.UNKNOWN]


def steps(kinds):
    return st.lists(
        st.tuples(
            st.sampled_from([*kinds, "corrected", "corrected", "withdrawn"]),
            st.sampled_from(["a", "b"]),
            st.integers(0, 9),
            st.sampled_from(PRECISIONS),
            st.integers(0, 30),
            st.sampled_from(SHOWN),
        ),
        max_size=16,
    )


def log_from(kinds, found):
    return log_of(found, lambda kind, ref, day: kinds[kind](ref, day))


@pytest.mark.parametrize(("name", "kinds"), [("participation", GATHERED), ("learning", LEARNED)])
@given(data=st.data(), page=st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_rectangles_equal_the_definition(name, kinds, data, page):
    agree(PROJECTIONS[name], log_from(kinds, data.draw(steps(kinds))), page)


@pytest.mark.parametrize(("name", "kinds"), [("participation", GATHERED), ("learning", LEARNED)])
@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_any_subset_of_events_is_answered_at_any_depth(name, kinds, data):
    projection, log = PROJECTIONS[name], log_from(kinds, data.draw(steps(kinds)))
    for reader in (0, 1, 2):
        counted = max(reader, DEPTH[projection.deep]) if projection.deep and reader else reader
        states = as_of(projection, log, FOREVER, FOREVER - 1, counted)
        assert all(stored_form(state) == state for state in states.values())
        for by in (None, *projection.breakdowns):
            answer = projection.query(states, Request("fabelby", by=by, at=START, depth=reader))
            assert not any(f"'{person}'" in str(answer.data) for person in PERSON.values())
