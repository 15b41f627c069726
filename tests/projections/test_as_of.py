"""Every read model equals the as-of definition, on random, backdated, corrected logs, at any point of both clocks."""

import datetime as dt
import uuid

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.acting import ActionCompleted, ActionPlanned, ActionRescheduled, ActionStarted
from domain.assessing import AssessmentVoided, Frame, ItemAnswer, SelfAssessmentSubmitted
from domain.contributing import ContributionAnswered, ContributionKind, ContributionMade
from domain.correcting import Change, EventCorrected, EventWithdrawn
from domain.kernel import Envelope, subject_of
from domain.vocabulary import Actor, ActorKind, Personal, Purpose, Role, Sealed, TimePrecision, Visibility
from projections.everything import PROJECTIONS
from projections.kernel import ALWAYS, DEPTH, FOREVER, Row, advance, as_of, microseconds
from service.log.projector import Projector
from service.log.tables import stored_form

DAY = dt.timedelta(days=1)
START = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
SEALED = Personal(Sealed("ab" * 32, "k"))
ANYBODY = Actor(kind=ActorKind.ANONYMOUS)
FIELDS = {
    "time": lambda day: (START + day * DAY).isoformat(),
    "due": lambda day: (START + day * DAY).date().isoformat(),
}


def data_of(kind, ref, day):
    due = (START + day * DAY).date()
    return {
        "planned": lambda: ActionPlanned(
            action_id=ref, title=f"t{day}", aim=SEALED, sign_of_success=SEALED, owners=(), due=due
        ),
        "started": lambda: ActionStarted(action_id=ref),
        "rescheduled": lambda: ActionRescheduled(action_id=ref, reason=SEALED, due=due),
        "completed": lambda: ActionCompleted(action_id=ref, result=SEALED, learning=SEALED),
        "made": lambda: ContributionMade(contribution_id=ref, kind=ContributionKind.IDEA, text=SEALED, author=ANYBODY),
        "answered": lambda: ContributionAnswered(contribution_id=ref, answer=SEALED, by=ANYBODY),
        "rated": lambda: SelfAssessmentSubmitted(
            assessment_id=ref,
            round_id=ref,
            participant_id="p1",
            role=Role.CITIZEN,
            frame=Frame.NOW,
            answers=(ItemAnswer(item="i", value=day),),
        ),
        "voided": lambda: AssessmentVoided(round_id=ref, participant_id="p1", frame=Frame.NOW, reason=SEALED),
    }[kind]()


STEP = st.tuples(
    st.sampled_from(
        [
            "planned",
            "started",
            "rescheduled",
            "completed",
            "made",
            "answered",
            "rated",
            "voided",
            "corrected",
            "corrected",
            "withdrawn",
        ]
    ),
    st.sampled_from(["a", "b"]),
    st.integers(0, 9),
    st.sampled_from(
        [TimePrecision.INSTANT, TimePrecision.DAY, TimePrecision.SPAN, TimePrecision.MONTH, TimePrecision.UNKNOWN]
    ),
    st.integers(0, 30),
    st.sampled_from([Visibility.PROCESS, Visibility.PROCESS, Visibility.PUBLIC, Visibility.TEAM, Visibility.SELF]),
)


def log_of(steps, data_of=data_of):
    """Build a log: any event at any time, corrections and withdrawals of anything earlier."""
    events: list[Envelope] = []
    for position, (kind, ref, day, precision, pick, seen_by) in enumerate(steps, 1):
        visibility = seen_by
        time, subject = START + day * DAY, None
        if kind in {"corrected", "withdrawn"}:
            if not events:
                continue
            target = events[pick % len(events)]
            subject, visibility = target.subject, target.visibility
            if kind == "withdrawn":
                data = EventWithdrawn(target=str(target.id), reason=SEALED)
            else:
                name = "due" if pick % 2 and target.kind == "action" else "time"
                data = EventCorrected(
                    target=str(target.id), fields=(Change(field=name, value=FIELDS[name](day)),), reason=SEALED
                )
        else:
            data = data_of(kind, ref, day)
        event_id = uuid.UUID(int=position)
        end = time + 3 * DAY if precision is TimePrecision.SPAN else None
        events.append(
            Envelope(
                id=event_id,
                process="fabelby",
                time=time,
                data=data,
                subject=subject or subject_of(data, event_id, "fabelby"),
                recordedby="a",
                visibility=visibility,
                purpose=Purpose.EVALUATION,
                timeprecision=precision,
                timeend=end,
                position=position,
                recordedat=START + 20 * DAY,
            )
        )
    return events


def literally(projection, log, known_by, happened_by, depth):  # noqa: C901, PLR0912 - the definition, word for word
    """The definition of an as-of answer, word for word, without a shortcut."""
    known = [event for event in log if event.position <= known_by and DEPTH[event.visibility] <= depth]
    gone, corrections = set(), []
    for event in reversed(known):
        if str(event.id) in gone:
            continue
        if isinstance(event.data, EventWithdrawn):
            gone.add(event.data.target)
        elif isinstance(event.data, EventCorrected):
            corrections.append(event)
    read = {}
    for event in known:
        if str(event.id) in gone or isinstance(event.data, EventWithdrawn | EventCorrected):
            continue
        mended = event
        for correction in reversed(corrections):
            if correction.data.target == str(event.id):
                for change in correction.data.fields:
                    if change.field == "time":
                        end = mended.timeend if mended.timeprecision is TimePrecision.SPAN else None
                        mended = replace(mended, time=dt.datetime.fromisoformat(change.value), timeend=end)
                    elif hasattr(mended.data, "due"):
                        mended = replace(mended, data=replace(mended.data, due=dt.date.fromisoformat(change.value)))
        read.setdefault(mended.subject, []).append(mended)
    states = {}
    for subject, known_events in read.items():
        events = sorted(
            (e for e in known_events if type(e.data) in projection.folds), key=lambda e: (e.time, e.position)
        )
        happened = [
            event
            for at, event in enumerate(events)
            if any(microseconds(later.ended) <= happened_by for later in events[at:])
        ]
        state = projection.fold(happened)
        if state is not None:
            states[subject] = state
    return states


def rows_of(projection, log, page):
    """The read model, built page by page as the projector does it."""
    rows: dict[str, list[Row]] = {}
    history: dict[str, list[Envelope]] = {}
    held: dict[str, list[Row]] = {}
    for start in range(0, len(log), page):
        new: dict[str, list[Envelope]] = {}
        for event in log[start : start + page]:
            if projection.concerns(event):
                new.setdefault(event.subject, []).append(event)
        for subject, events in new.items():
            found = list(advance(projection, history.get(subject, []), events, held.get(subject, [])))
            rows.setdefault(subject, []).extend(row for row in found if row.known_to < FOREVER)
            held[subject] = [row for row in found if row.known_to == FOREVER]
            history.setdefault(subject, []).extend(events)
    for subject, standing in held.items():
        rows.setdefault(subject, []).extend(standing)
    return rows


def where(rows, known_by, happened_by, depth):
    """The one WHERE; it finds one row of a thing at most."""
    found = [
        (subject, row.state)
        for subject, held in rows.items()
        for row in held
        if row.known_from <= known_by < row.known_to
        and row.happened_from <= happened_by < row.happened_to
        and row.depth_from <= depth < row.depth_to
    ]
    assert len({subject for subject, _ in found}) == len(found)
    return dict(found)


MOMENTS = [
    ALWAYS,
    *(microseconds(START + day * DAY) for day in range(-1, 14, 2)),
    microseconds(START + 40 * DAY),
    FOREVER - 1,
]


def moved(day, precision, seen_by):
    return ("rescheduled", "a", day, precision, 0, seen_by)


OVERTAKEN = [
    ("planned", "a", 0, TimePrecision.INSTANT, 0, Visibility.PUBLIC),
    moved(1, TimePrecision.SPAN, Visibility.PUBLIC),
    moved(2, TimePrecision.INSTANT, Visibility.PUBLIC),
]
"""What came later is over before what came earlier: that counts as happened then, too."""
OVERTAKEN_FOR_SOME = [
    ("planned", "a", 0, TimePrecision.INSTANT, 0, Visibility.PUBLIC),
    ("started", "a", 0, TimePrecision.INSTANT, 0, Visibility.TEAM),
    moved(1, TimePrecision.SPAN, Visibility.PUBLIC),
    moved(2, TimePrecision.INSTANT, Visibility.TEAM),
    moved(3, TimePrecision.INSTANT, Visibility.PUBLIC),
]
OVERTAKEN_BY_WHAT_ALL_SEE = [
    ("planned", "a", 0, TimePrecision.INSTANT, 0, Visibility.PUBLIC),
    ("started", "a", 0, TimePrecision.INSTANT, 0, Visibility.TEAM),
    moved(1, TimePrecision.SPAN, Visibility.TEAM),
    moved(2, TimePrecision.INSTANT, Visibility.PUBLIC),
]
"""Those who see less know of nothing in between."""


@pytest.mark.parametrize("name", ["actions", "fate-of-contributions", "timeline", "competence-uplift"])
@given(steps=st.lists(STEP, max_size=14), page=st.integers(1, 6))
@example(steps=OVERTAKEN, page=6)
@example(steps=OVERTAKEN_FOR_SOME, page=6)
@example(steps=OVERTAKEN_BY_WHAT_ALL_SEE, page=6)
@settings(max_examples=60, deadline=None)
def test_rectangles_equal_the_definition(name, steps, page):
    agree(PROJECTIONS[name], log_of(steps), page)


def agree(projection, log, page):
    """Assert that the rows, the definition and its every word give the same at each point of both clocks and each depth."""
    rows = rows_of(projection, log, page)
    for known_by in range(len(log) + 2):
        for happened_by in MOMENTS:
            for depth in DEPTH.values():
                expected = literally(projection, log, known_by, happened_by, depth)
                assert as_of(projection, log, known_by, happened_by, depth) == expected
                assert where(rows, known_by, happened_by, depth) == expected


@given(steps=st.lists(STEP, max_size=14))
@settings(max_examples=60, deadline=None)
def test_rectangles_of_one_entity_never_overlap(steps):
    projection, log = PROJECTIONS["actions"], log_of(steps)
    for rows in rows_of(projection, log, 3).values():
        for at, one in enumerate(rows):
            for other in rows[at + 1 :]:
                apart_known = one.known_to <= other.known_from or other.known_to <= one.known_from
                apart_happened = one.happened_to <= other.happened_from or other.happened_to <= one.happened_from
                apart_deep = one.depth_to <= other.depth_from or other.depth_to <= one.depth_from
                assert apart_known or apart_happened or apart_deep


@given(steps=st.lists(STEP, max_size=14))
@settings(max_examples=60, deadline=None)
def test_a_state_is_the_same_before_and_after_it_is_stored(steps):
    log = log_of(steps)
    for projection in PROJECTIONS.values():
        for state in as_of(projection, log, FOREVER, FOREVER - 1).values():
            assert stored_form(state) == state


def test_an_action_that_progressed_was_planned_even_when_the_plans_date_is_a_span(app, scribe, facilitator):
    plan = {"action_id": "a", "title": "bænk", "aim": "x", "sign_of_success": "y", "owners": [], "due": "2026-05-01"}
    scribe.record(
        "action-planned", plan, on="2026-01-27T00:00:00Z", timeprecision="span", timeend="2026-05-24T00:00:00Z"
    )
    scribe.record("action-started", {"action_id": "a"}, on="2026-02-10T00:00:00Z")
    app.projector.catch_up()
    clocks = app.queries.clocks("fabelby", None, "2026-02-11")
    (item,) = app.queries.ask(facilitator, "fabelby", "actions", clocks).data["actions"]
    assert (item["title"], item["status"]) == ("bænk", "started")


# ------------------------------------------------------------------ on the database
@given(steps=st.lists(STEP, min_size=1, max_size=12), page=st.integers(1, 5))
@settings(max_examples=12, deadline=None)
def test_what_the_projector_wrote_equals_the_definition(prepared, steps, page):
    process = f"f{uuid.uuid4().hex[:10]}"
    projector, store = prepared
    log = store(process, log_of(steps))
    assume(log)
    projector.catch_up_in_pages(page)
    for projection in PROJECTIONS.values():
        for known_by in [log[0].position - 1, *(event.position for event in log)]:
            for happened_by in MOMENTS[::3]:
                for depth in (0, 1, 2):
                    found = as_of(projection, log, known_by, happened_by, depth)
                    wanted = {key: stored_form(state) for key, state in found.items()}
                    assert projector.states(projection.name, process, known_by, happened_by, depth) == wanted


@pytest.fixture(scope="module")
def prepared(server, template, tmp_path_factory):
    """A log that takes any event, admitted or not, and a projector with pages of any size."""
    import psycopg

    from service.app import Kurslog
    from service.settings import Settings
    from tests.conftest import at

    name = f"kurslog_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name} template {template}")
    home = tmp_path_factory.mktemp("home")
    app = Kurslog(Settings(home=home, database_url=at(server, name), master_key_file=home / "k"), at(server, name))

    def store(process, log):
        ids = {str(event.id): uuid.uuid4() for event in log}
        versions: dict[str, int] = {}
        for event in log:
            data = event.data
            if isinstance(data, EventWithdrawn | EventCorrected):
                data = replace(data, target=str(ids[data.target]))
            clear = {
                f.name: Personal("x")
                for f in event.declaration.fields
                if f.type == "personal" and getattr(data, f.attr)
            }
            stream = f"{process}/{event.subject}"
            versions[stream] = versions.get(stream, 0) + 1
            app.log.save(
                replace(
                    event, id=ids[str(event.id)], process=process, data=replace(data, **clear), version=versions[stream]
                )
            )
        return list(app.reader.walk(process))

    class Paged(Projector):
        def catch_up_in_pages(self, page):
            import service.log.projector as module

            module.PAGE, before = page, module.PAGE
            try:
                assert self.catch_up()
            finally:
                module.PAGE = before

    projector = Paged(app.log, app.reader, PROJECTIONS)
    projector.prepare()
    yield projector, store
    app.close()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")
