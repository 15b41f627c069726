"""Answers are kept while nothing is written in their process: never a text, never another reader's, never an old one."""

import contextlib
import datetime as dt
import gc
import itertools

import psycopg
import pytest

from domain.keeping import AccessRole
from projections.everything import PROJECTIONS
from projections.kernel import Answer, Figure
from service.app import Kurslog
from service.kept import Kept, weight_of
from service.queries import Clocks
from service.security.gate import NOBODY, Caller
from tests.conftest import Scribe

FACILITATOR = Caller("a-test", AccessRole.FACILITATOR)
EVALUATOR = Caller("a-other", AccessRole.EVALUATOR)
READERS = (FACILITATOR, Caller("a-mia", AccessRole.PARTICIPANT, "fabelby", "p1"), EVALUATOR, NOBODY)


def one(_):
    return 1


# ------------------------------------------------------------------ keeping
@pytest.fixture
def found():
    """Return a count of how often something was worked out."""
    return itertools.count(1)


def test_what_was_found_is_found_again_until_something_is_written(found):
    kept = Kept()
    asked = [kept.of("fabelby", head, "k", found.__next__, one) for head in (7, 7, 8, 8, 7, 8)]
    assert asked == [1, 1, 2, 2, 3, 2]


def test_what_is_written_elsewhere_changes_nothing_here(found):
    kept = Kept()
    assert [kept.of(process, 7, "k", found.__next__, one) for process in ("a", "b", "a", "b")] == [1, 2, 1, 2]
    assert kept.of("b", 8, "k", found.__next__, one) == 3
    assert kept.of("a", 7, "k", found.__next__, one) == 1


def test_nothing_found_before_is_held_once_something_was_written(found):
    kept = Kept()
    for key in "abc":
        kept.of("fabelby", 7, key, found.__next__, one)
    kept.of("fabelby", 8, "d", found.__next__, one)
    assert kept.weight == 1


def test_what_two_worked_out_at_once_weighs_once(found):
    kept = Kept()
    kept.of("fabelby", 7, "k", lambda: kept.of("fabelby", 7, "k", found.__next__, one), one)
    assert kept.weight == 1


def test_what_was_not_asked_for_the_longest_goes_first_and_what_is_too_large_is_not_kept(found):
    kept = Kept(most=3)
    for key in "abcad":
        kept.of("fabelby", 7, key, found.__next__, one)
    assert kept.weight == 3
    assert kept.of("fabelby", 7, "a", found.__next__, one) == 1
    assert kept.of("fabelby", 7, "b", found.__next__, one) == 5
    kept.of("other", 7, "e", found.__next__, lambda _: 4)
    assert kept.weight == 3
    kept.of("other", 7, "f", found.__next__, lambda _: 3)
    assert kept.weight == 3


def test_an_answer_weighs_what_it_holds():
    data = {"count": Figure("k", 2, 2, (1, 2, 3)), "rows": [{"a": 1}, ("b", None)]}
    assert weight_of(Answer({})) == 1
    assert weight_of(Answer(data)) == 12
    assert weight_of(Answer({}, beside=(Figure("k", 2, 2, (1, 2)),))) == 5


# ------------------------------------------------------------------ asking
def documents(app, caller, clocks):
    return {
        (name, by): app.queries.document(caller, "fabelby", name, clocks, by=by)
        for name, projection in PROJECTIONS.items()
        for by in (None, *projection.breakdowns)
    }


def test_whoever_asked_before_everybody_is_told_what_they_are_told_alone(twin):
    """Asked one after another in one server, each reader has what a server has for them that nobody asked before."""
    clocks = [twin.queries.clocks("fabelby"), twin.queries.clocks("fabelby", None, "2026-04-15")]
    for caller, at in itertools.product(READERS, clocks):
        documents(twin, caller, at)
    for caller in READERS:
        with contextlib.closing(Kurslog(twin.settings, twin.dsn)) as alone:
            for at in clocks:
                assert documents(alone, caller, at) == documents(twin, caller, at)


def test_the_answer_kept_is_given_again_without_its_table(app, scribe):
    scribe.contribute("c1")
    app.projector.catch_up()
    before = count(app)
    with psycopg.connect(app.dsn) as connection:
        connection.execute("delete from read.fate_of_contributions_v1")
    assert count(app) == before == 1
    scribe.contribute("c2")
    app.projector.catch_up()
    assert count(app) == 1


def test_a_table_that_was_built_anew_is_asked_anew(app, scribe):
    scribe.contribute("c1")
    app.projector.catch_up()
    with psycopg.connect(app.dsn) as connection:
        connection.execute("delete from read.fate_of_contributions_v1")
    assert count(app) == 0
    app.projector.rebuild("fate-of-contributions")
    assert count(app) == 1


def count(app, caller=FACILITATOR, clocks=None):
    asked = app.queries.document(caller, "fabelby", "fate-of-contributions", clocks or app.queries.clocks("fabelby"))
    return asked["data"]["count"]["value"]


def test_what_was_asked_before_it_was_taken_in_is_not_kept(app, scribe):
    app.projector.catch_up()
    scribe.contribute("c1")
    ahead = app.queries.clocks("fabelby")
    assert app.queries.ask(FACILITATOR, "fabelby", "fate-of-contributions", ahead).data["count"].value == 0
    app.projector.catch_up()
    assert app.queries.ask(FACILITATOR, "fabelby", "fate-of-contributions", ahead).data["count"].value == 1


def test_late_is_judged_by_the_moment_that_is_asked_for(app, scribe):
    plan = {"action_id": "a1", "title": "bænk", "aim": "x", "sign_of_success": "y", "owners": [], "due": "2026-02-20"}
    scribe.record("action-planned", plan)
    app.projector.catch_up()
    position = app.reader.head()
    known = [dt.datetime(2026, month, 10, tzinfo=dt.UTC) for month in (2, 3)]
    asked = [app.queries.ask(FACILITATOR, "fabelby", "actions", Clocks(position, at)) for at in known]
    assert [answer.data["late"].value for answer in asked] == [0, 1]


def test_a_model_that_another_process_made_is_told_to_each_as_they_stand_there_at_the_moment(app, scribe):
    elsewhere = Scribe(app, "ladby")
    elsewhere.begin()
    elsewhere.record("access-granted", {"account": "a-leader", "role": "project-manager"})  # somebody is left to lead
    drawn = {"template_id": "m", "version": 1, "steps": [{"title": "Startworkshop"}]}
    elsewhere.record("process-template-derived", drawn)
    scribe.record("template-adopted", {"process": "ladby", "template": "m", "version": 1})
    app.projector.catch_up()
    here_only = Caller("a-here", AccessRole.FACILITATOR, "fabelby")

    def told(caller):
        document = app.queries.document(caller, "fabelby", "model", app.queries.clocks("fabelby"))
        return document["data"]["template"] is not None

    assert [told(FACILITATOR), told(here_only), told(FACILITATOR)] == [True, False, True]
    elsewhere.record("access-granted", {"account": "a-here", "role": "evaluator"})
    assert told(here_only)
    elsewhere.record("access-revoked", {"account": "a-here", "role": "evaluator"})
    assert not told(here_only)


# ------------------------------------------------------------------ what people said, and took back
def test_who_took_back_their_yes_is_in_no_answer_from_the_next_question_on_also_as_of_before(twin):
    clocks = twin.queries.clocks("fabelby")

    def asked():
        before = twin.queries.ask(EVALUATOR, "fabelby", "competence-uplift", clocks).data["rounds"][0]
        return {one["participant"] for one in before["people"] if one["answered"]}

    answered = asked()
    assert "p1" in answered
    taken_back = {"participant_id": "p1", "purposes": ["participate"]}
    Scribe(twin).record("consent-withdrawn", taken_back, on="2026-07-01T12:00:00Z")
    assert asked() == answered - {"p1"}


def test_no_answer_that_is_kept_holds_a_text(app, scribe):
    scribe.contribute("c1", text="kanariefugl i teksten")
    app.projector.catch_up()
    clocks = app.queries.clocks("fabelby")
    told = app.queries.document(FACILITATOR, "fabelby", "fate-of-contributions", clocks)
    assert told["data"]["contributions"][0]["text"] == "kanariefugl i teksten"
    assert app.queries._kept.weight > 10
    assert not [text for text in beneath(app.queries._kept) if "kanariefugl" in text]


def beneath(thing):
    """Yield every string that is reached from a thing of ours, without following classes, functions or modules."""
    seen, left = set(), [thing]
    while left:
        at = left.pop()
        if id(at) in seen or isinstance(at, type):
            continue
        seen.add(id(at))
        if isinstance(at, str):
            yield at
        elif type(at).__module__ != "builtins" or isinstance(at, dict | list | tuple | set):
            left += gc.get_referents(at)


def test_a_text_that_was_redacted_is_told_by_no_answer_that_was_kept(app, scribe):
    scribe.contribute("c1", text="Mia bor på Skovstien")
    (recorded,) = app.reader.at([app.reader.head()])
    app.projector.catch_up()
    clocks = app.queries.clocks("fabelby")

    def told():
        return app.queries.document(FACILITATOR, "fabelby", "fate-of-contributions", clocks)["data"]["contributions"]

    assert told()[0]["text"] == "Mia bor på Skovstien"
    redaction = {"target": str(recorded.id), "field": "text", "text": "En bor på Skovstien", "reason": "navn"}
    scribe.record("text-redacted", redaction)
    assert told()[0]["text"] == "En bor på Skovstien"
