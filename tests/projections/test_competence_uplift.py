"""Competence uplift: pairs only, small numbers withheld, skips no numbers, both clocks, and what each depth may see."""

import datetime as dt

import pytest

from domain.keeping import AccessRole
from service.security.gate import NOBODY, Caller

FACILITATOR = Caller("a-test", AccessRole.FACILITATOR)
PARTICIPANT = Caller("a-other", AccessRole.PARTICIPANT, "fabelby")
EVALUATOR = Caller("a-eva", AccessRole.EVALUATOR)
BEFORE, AFTER, OVER = "2026-02-01T12:00:00Z", "2026-06-01T12:00:00Z", "2026-06-30T12:00:00Z"


class Asking:
    """Records a framework, two rounds and what people answered."""

    def __init__(self, app, scribe):
        self.app, self.scribe, self.open = app, scribe, []
        competence = {
            "id": "act",
            "title": {"da": "Handle sammen", "en": "Acting together"},
            "roles": [],
            "anchors": [],
        }
        framework = {"framework_id": "f", "version": 1, "competences": [competence]}
        scribe.record("competence-framework-published", framework, on="2026-01-02T12:00:00Z")
        self.instrument(1)

    def instrument(self, version, *, layout="separate", **more):
        items = [
            {"id": item, "competence_id": "act", "wording": {"da": "Jeg gør det.", "en": "I do it."}}
            for item in ("i1", "i2")
        ]
        data = {"instrument_id": "i", "version": version, "framework_id": "f", "items": items, "layout": layout, **more}
        data["scale"] = {"min": 1, "max": 5, "labels": []}
        self.scribe.record("instrument-published", data, on="2026-01-02T12:00:00Z")

    def people(self, count, role="citizen", start=1):
        found = [f"p{n}" for n in range(start, start + count)]
        for who in found:
            data = {"participant_id": who, "pseudonym": f"K{who}"}
            self.scribe.record("participant-registered", data, on="2026-01-03T12:00:00Z")
            self.scribe.record("role-assumed", {"participant_id": who, "role": role}, on="2026-01-03T12:00:00Z")
        return found

    def round(self, ref, moment, eligible, *, version=1, on="2026-01-10T12:00:00Z"):
        data = {"round_id": ref, "instrument_id": "i", "version": version, "moment": moment, "eligible": eligible}
        self.scribe.record("assessment-round-opened", data, on=on)
        self.open.append(ref)

    def says(self, ref, who, *values, on=BEFORE, frame="now", role="citizen"):
        answers = [
            {"item": f"i{at}", **({"skipped": value} if isinstance(value, str) else {"value": value})}
            for at, value in enumerate(values, 1)
        ]
        data = {"round_id": ref, "participant_id": who, "role": role, "frame": frame, "answers": answers}
        data["assessment_id"] = f"{ref}-{who}-{frame}"
        return self.scribe.record("self-assessment-submitted", data, on=on)

    def ask(self, caller=FACILITATOR, *, by=None, known=None, happened=None):
        while self.open:  # what is not over is not told outside
            self.scribe.record("assessment-round-closed", {"round_id": self.open.pop(0)}, on=OVER)
        self.app.projector.catch_up()
        clocks = self.app.queries.clocks("fabelby", known, happened)
        asked = self.app.queries.ask(caller, "fabelby", "competence-uplift", clocks, by)
        replayed = self.app.queries.replay(caller, "fabelby", "competence-uplift", clocks, by)
        assert asked == replayed
        return asked

    def cell(self, caller=FACILITATOR, **asked):
        (found,) = self.ask(caller, **asked).data["cells"]
        return found


@pytest.fixture
def asking(app, scribe):
    return Asking(app, scribe)


def twice(asking, first, last):
    """As many citizens as there are values, each with one item before and after, and the other one skipped."""
    people = asking.people(len(first))
    asking.round("b", "before", people)
    asking.round("a", "after", people, on="2026-05-30T12:00:00Z")
    for who, before, after in zip(people, first, last, strict=True):
        asking.says("b", who, before, "do-not-know")
        asking.says("a", who, after, "do-not-know", on=AFTER)
    return people


def test_the_gain_is_of_the_same_persons(asking):
    people = twice(asking, [2, 3, 2, 2, 3, 1], [3, 3, 4, 3, 4, 2])
    late = asking.people(1, start=50)
    asking.round("b2", "before", late)
    asking.says("b2", late[0], 1)
    found = asking.cell()["gain"]
    assert (found["change"].value, found["change"].n) == (1.0, len(people))
    assert (found["first"].value, found["last"].value) == pytest.approx((13 / 6, 19 / 6))
    assert len(found["change"].events) == 2 * len(people)


def test_a_skip_is_no_number_and_takes_its_partner_with_it(asking):
    (who,) = people = asking.people(1)
    asking.round("b", "before", people)
    asking.round("a", "after", people, on="2026-05-30T12:00:00Z")
    asking.says("b", who, 2, "not-relevant")
    asking.says("a", who, 4, 1, on=AFTER)
    assert asking.cell(EVALUATOR)["gain"]["change"].value == 2.0


@pytest.mark.parametrize(("n", "shown"), [(1, "withheld"), (4, "withheld"), (5, "means"), (9, "means"), (10, "points")])
def test_how_many_are_needed_to_be_shown(asking, n, shown):
    twice(asking, [2] * n, [3, 4] * (n // 2) + [3] * (n % 2))
    for caller in (FACILITATOR, PARTICIPANT):
        cell = asking.cell(caller)
        assert cell["shown"] == shown
        assert (cell["gain"] is None) == (shown == "withheld")
        assert (cell.get("points") is not None) == (shown == "points")
    assert asking.cell(EVALUATOR)["shown"] == "points"


def test_a_withheld_cell_holds_no_number_at_all(asking):
    twice(asking, [2, 3, 4, 1], [3, 3, 4, 2])
    cell = asking.cell(PARTICIPANT)
    named = {"competence": "act", "title": {"da": "Handle sammen", "en": "Acting together"}, "role": "citizen"}
    nothing = {"gain": None, "then_gain": None, "response_shift": None, "direction": None}
    assert cell == {**named, **nothing, "shown": "withheld"}


def test_points_carry_tags_for_the_evaluator_and_are_not_joined_for_others(asking):
    first, last = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 5, 4, 3, 2, 1]
    people = twice(asking, first, last)
    points = asking.cell(EVALUATOR)["points"]
    joined = dict(zip(points["tags"], zip(points["first"], points["last"], strict=True), strict=True))
    assert joined == {f"K{who}": pair for who, pair in zip(people, zip(first, last, strict=True), strict=True)}
    assert asking.cell(PARTICIPANT)["points"] == {"first": sorted(first), "last": sorted(last)}


def test_small_counts_are_merged_or_withheld_but_not_for_the_evaluator(asking):
    twice(asking, [2] * 12, [3] * 5 + [2] * 5 + [1] * 2)
    counts = asking.cell(PARTICIPANT)["counts"]
    assert {tuple(part["of"]): part["count"].value for part in counts} == {("improved",): 5, ("same", "declined"): 7}
    told = asking.cell(EVALUATOR)["counts"]
    assert {tuple(part["of"]): part["count"].value for part in told} == {
        ("improved",): 5,
        ("same",): 5,
        ("declined",): 2,
    }


def test_only_a_shown_interval_without_nought_counts_as_higher(asking):
    twice(asking, [2] * 6, [3, 3, 4, 3, 3, 3])
    (role,) = asking.ask().data["roles"]
    assert (role["higher"].value, role["higher"].n, len(role["higher"].events)) == (1, 1, 12)
    assert asking.cell()["direction"] == 1


def test_change_without_a_sure_direction_is_not_counted(asking):
    twice(asking, [2, 3, 2, 3, 4, 4], [3, 2, 3, 3, 4, 3])
    (role,) = asking.ask().data["roles"]
    assert (role["higher"].value, role["lower"].value) == (0, 0)


def test_then_is_kept_apart_from_before(asking):
    people = twice(asking, [4] * 5, [4, 4, 5, 4, 4])
    for who in people:
        asking.says("a", who, 2, on=AFTER, frame="then")
    cell = asking.cell()
    assert cell["gain"]["change"].value == 0.2
    assert cell["then_gain"]["change"].value == 2.2
    assert cell["response_shift"]["change"].value == -2.0


def test_without_a_before_round_there_is_no_gain_and_it_is_said(asking):
    people = asking.people(6)
    asking.round("a", "after", people, on="2026-05-30T12:00:00Z")
    for at, who in enumerate(people):
        asking.says("a", who, 2 + at % 2, on=AFTER, frame="then")
        asking.says("a", who, 4, on=AFTER)
    answer = asking.ask()
    (cell,) = answer.data["cells"]
    assert (cell["gain"], cell["then_gain"]["change"].value) == (None, 1.5)
    assert next(da for da, _ in answer.notes).startswith("Runden før start blev ikke holdt.")


def test_a_question_counts_for_a_competence_where_both_versions_ask_it_about_that_one(asking):
    people = asking.people(6)
    about = {name: {"title": {"da": name, "en": name}, "roles": [], "anchors": []} for name in ("act", "listen")}
    competences = [{"id": name, **more} for name, more in about.items()]
    framework = {"framework_id": "f", "version": 2, "competences": competences}
    asking.scribe.record("competence-framework-published", framework, on="2026-01-02T12:00:00Z")
    wording = {"da": "Jeg gør det.", "en": "I do it."}
    moved = [{"id": f"i{at}", "competence_id": name, "wording": wording} for at, name in enumerate(about, 1)]
    asking.instrument(2, items=moved, equivalent_to=1)
    for ref, moment, version, values in (("b", "before", 1, (2, 1)), ("a", "after", 2, (3, 5))):
        asking.round(ref, moment, people, version=version)
        for who in people:
            asking.says(ref, who, *values)
    cells = {cell["competence"]: cell for cell in asking.ask().data["cells"]}
    assert (cells["act"]["gain"]["change"].value, cells["listen"]["shown"]) == (1, "withheld")


def test_only_the_same_or_equivalent_versions_are_compared(asking):
    people = asking.people(6)
    asking.instrument(2)
    asking.instrument(3, equivalent_to=2)
    for ref, moment, version in (("b1", "before", 1), ("a2", "after", 2)):
        asking.round(ref, moment, people, version=version)
        for who in people:
            asking.says(ref, who, 3)
    answer = asking.ask()
    assert answer.data["cells"][0]["shown"] == "withheld"
    assert "Spørgsmålene blev ændret mellem runderne." in answer.notes[0][0]
    asking.round("a3", "after", people, version=3, on="2026-02-02T12:00:00Z")
    asking.round("b2", "before", people, version=2, on="2026-02-02T12:00:00Z")
    for who in people:
        asking.says("b2", who, 2, on="2026-02-03T12:00:00Z")
        asking.says("a3", who, 3, on=AFTER)
    assert asking.cell()["gain"]["change"].value == 1.0


def test_adjacent_pages_are_said(asking):
    asking.instrument(2, layout="adjacent")
    people = asking.people(5)
    asking.round("a", "after", people, version=2)
    for who in people:
        asking.says("a", who, 3)
        asking.says("a", who, 2, frame="then")
    assert any("ved siden af hinanden" in da for da, _ in asking.ask().notes)


def test_merged_people_are_one(asking):
    people = twice(asking, [2] * 5, [3, 3, 4, 3, 3])
    (double,) = asking.people(1, start=60)
    asking.round("b2", "before", [double])
    asking.says("b2", double, 1, on="2026-02-02T12:00:00Z")
    asking.scribe.record("participants-merged", {"participant_id": people[0], "duplicate_id": double})
    found = asking.cell(EVALUATOR)["gain"]["change"]
    assert (found.n, found.value) == (5, 1.4)


def test_who_changed_role_between_the_rounds_counts_in_neither(asking):
    people = twice(asking, [2] * 5, [3, 3, 4, 3, 3])
    (moved,) = asking.people(1, start=60)
    asking.scribe.record("role-assumed", {"participant_id": moved, "role": "politician"}, on="2026-01-03T12:00:00Z")
    asking.round("b2", "before", [moved])
    asking.round("a2", "after", [moved])
    asking.says("b2", moved, 1)
    asking.says("a2", moved, 5, role="politician")
    answer = asking.ask(EVALUATOR)
    assert {cell["role"]: cell["gain"] and cell["gain"]["change"].n for cell in answer.data["cells"]} == {
        "citizen": len(people),
        "politician": None,
    }
    assert any("i en anden rolle" in da for da, _ in answer.notes)


def test_corrections_and_both_clocks(asking):
    people = twice(asking, [2] * 5, [3, 3, 4, 3, 3])
    *_, stored = asking.app.reader.walk("fabelby")
    assert asking.cell()["gain"]["change"].value == 1.2
    before = asking.app.reader.head()
    change = {"field": "answers", "value": '[{"item": "i1", "value": 5}]'}
    data = {"target": str(stored.id), "fields": [change], "reason": "Tastet forkert."}
    asking.scribe.record("event-corrected", data, on="2026-06-02T12:00:00Z")
    assert asking.cell(EVALUATOR)["gain"]["change"].value == 1.6
    assert asking.cell(EVALUATOR, known=str(before))["gain"]["change"].value == 1.2
    assert asking.cell()["gain"]["change"].value == 1.2  # one mended answer is not told by itself
    assert asking.ask(happened="2026-03-01").data["cells"] == []
    assert asking.ask(happened="2026-03-01").data["rounds"][0]["response"][0]["answered"].value == len(people)


def test_a_withdrawn_round_or_instrument_breaks_nothing(asking):
    twice(asking, [2] * 5, [3, 3, 4, 3, 3])
    for position in range(1, asking.app.reader.head() + 1):
        assert asking.ask(known=str(position)).data["part"] is True


def test_a_voided_answer_does_not_count(asking):
    people = twice(asking, [2] * 6, [3, 3, 4, 3, 3, 3])
    data = {"round_id": "a", "participant_id": people[0], "frame": "now", "reason": "Et andet ark."}
    asking.scribe.record("assessment-voided", data, on="2026-06-02T12:00:00Z")
    assert asking.cell(EVALUATOR)["gain"]["change"].n == 5


def test_who_has_answered_is_told_by_role_never_as_a_sum(asking):
    people = twice(asking, [2] * 6, [3, 3, 4, 3, 3, 3])
    few = asking.people(2, role="politician", start=40)
    asking.round("c", "after", [*people, *few], on="2026-06-03T12:00:00Z")
    found = {one["id"]: one for one in asking.ask().data["rounds"]}
    told = {one["role"]: (one["answered"].value, one["asked"].value) for one in found["c"]["response"]}
    assert told == {"citizen": (0, 6), "politician": (0, 2)}
    hidden = {one["id"]: one for one in asking.ask(PARTICIPANT).data["rounds"]}["c"]
    assert [one["role"] for one in hidden["response"]] == ["citizen"]
    assert hidden["withheld"] == 1


def test_whoever_paused_has_begun_and_counts_once_all_is_sent(asking):
    whole, paused, silent = asking.people(3)
    asking.round("a", "after", [whole, paused, silent])
    asking.says("a", whole, 3, "not-relevant")
    asking.says("a", paused, 3)
    asking.says("a", whole, 2, frame="then")

    def told():
        (found,) = asking.ask().data["rounds"]
        marks = {
            one["participant"]: (bool(one["answered"]), bool(one["then"]), sorted(one["begun"]))
            for one in found["people"]
        }
        return found["response"][0]["answered"].value, marks

    assert told() == (
        1,
        {whole: (True, False, ["then"]), paused: (False, False, ["answered"]), silent: (False, False, [])},
    )
    (begun,) = (
        event
        for event in asking.app.reader.walk("fabelby")
        if event.declaration.stem == "self-assessment-submitted" and event.data.participant_id == paused
    )
    rest = '[{"item": "i1", "value": 3}, {"item": "i2", "skipped": "do-not-know"}]'
    change = {"target": str(begun.id), "fields": [{"field": "answers", "value": rest}], "reason": "Resten."}
    asking.scribe.record("event-corrected", change, on="2026-06-02T12:00:00Z")
    assert told()[0] == 2
    assert told()[1][paused] == (True, False, [])


def test_a_question_for_another_role_is_not_left_open(asking):
    for_politicians = {"id": "lead", "title": {"da": "Lede", "en": "Leading"}, "roles": ["politician"], "anchors": []}
    act = {"id": "act", "title": {"da": "Handle", "en": "Acting"}, "roles": [], "anchors": []}
    framework = {"framework_id": "f", "version": 2, "competences": [act, for_politicians]}
    asking.scribe.record("competence-framework-published", framework, on="2026-01-02T12:00:00Z")
    wording = {"da": "Jeg gør det.", "en": "I do it."}
    items = [{"id": f"i{at}", "competence_id": ref, "wording": wording} for at, ref in enumerate(("act", "lead"), 1)]
    asking.instrument(2, items=items)
    citizen, *_ = people = [*asking.people(1), *asking.people(1, role="politician", start=9)]
    asking.round("b", "before", people, version=2)
    asking.says("b", citizen, 3)
    asking.says("b", people[1], 3, role="politician")
    (found,) = asking.ask().data["rounds"]
    assert [bool(one["answered"]) for one in found["people"]] == [True, False]


@pytest.mark.parametrize(
    ("moves", "told"),
    [
        ([], ["means", "means"]),
        ([("group-left", "g2", 9)], ["means", "withheld"]),
        ([("group-left", "g2", 9), ("group-joined", "g1", 8)], []),  # ten citizens less six of them are four
    ],
)
def test_groups_are_shown_only_where_no_part_is_given_away(asking, moves, told):
    people = twice(asking, [2] * 10, [3, 4] * 5)
    for ref, members in (("g1", people[:5]), ("g2", people[5:])):
        asking.scribe.record("group-formed", {"group_id": ref, "title": ref, "theme": "Stier"})
        for who in members:
            asking.scribe.record("group-joined", {"group_id": ref, "participant_id": who})
    for stem, ref, who in moves:
        asking.scribe.record(stem, {"group_id": ref, "participant_id": people[who]}, on="2026-02-03T12:00:00Z")
    assert [cell["shown"] for cell in asking.ask(by="group").data["by"]] == told
    assert len(asking.ask(EVALUATOR, by="group").data["by"]) == 2


@pytest.mark.parametrize("by", ["role", "competence"])
def test_the_cells_can_be_read_by_role_or_competence(asking, by):
    twice(asking, [2] * 5, [3, 3, 4, 3, 3])
    (found,) = asking.ask(by=by).data["by"]
    assert found["cells"] == asking.ask().data["cells"]


def test_whoever_has_no_part_sees_nothing_of_the_answers(asking):
    twice(asking, [2] * 10, [3, 4] * 5)
    for caller in (NOBODY, Caller("a", AccessRole.PARTICIPANT, "elsewhere")):
        data = asking.ask(caller).data
        assert (data["part"], data["cells"], data["rounds"]) == (False, [], [])


def test_an_observers_rating_stands_beside_and_never_in_the_gain(asking):
    people = twice(asking, [2] * 5, [3, 3, 4, 3, 3])
    for who in people:
        data = {"assessment_id": f"o-{who}", "round_id": "a", "participant_id": who, "role": "citizen"}
        rater = {"kind": "role", "ref": "facilitator"}
        data |= {"rater": rater, "answers": [{"item": "i1", "value": 2}]}
        asking.scribe.record("observer-assessment-submitted", data, on=AFTER)
    cell = asking.cell()
    assert (cell["observed"].value, cell["observed"].n) == (2.0, 5)
    assert cell["gain"]["change"].value == 1.2


def test_what_texts_were_read_to_say_is_the_same_by_replay_and_goes_with_the_answers_of_whoever_takes_them_back(asking):
    people = twice(asking, [2] * 6, [3, 3, 4, 3, 3, 3])
    for ref, on in (("g1", "2026-02-10T12:00:00Z"), ("g2", "2026-05-20T12:00:00Z")):
        asking.scribe.record("gathering-planned", {"gathering_id": ref, "title": ref, "kind": "kick-off"}, on=on)
        asking.scribe.record("gathering-held", {"gathering_id": ref}, on=on)
    code = {"id": "acts", "title": "Handler", "definition": "Gør det selv", "competence_id": "act"}
    asking.scribe.record("codebook-published", {"codebook_id": "k", "version": 1, "codes": [code]})
    for who in people:
        said = {
            "contribution_id": f"c-{who}",
            "kind": "offer",
            "text": "Jeg bager.",
            "author": {"kind": "participant", "ref": who},
        }
        asking.scribe.record("contribution-made", said, on="2026-05-01T12:00:00Z")
    for at, text in enumerate([one for one in asking.app.reader.walk("fabelby") if one.kind == "contribution"]):
        coding = {"coding_id": f"k{at}", "codebook_id": "k", "version": 1, "target": str(text.id), "field": "text"}
        read = {"text_commitment": text.data.text.value.sha256, "start": 0, "end": 3, "code": "acts"}
        asking.scribe.record("passage-coded", {**coding, **read, "coder": {"kind": "role", "ref": "evaluator"}})
    assert asking.cell(EVALUATOR)["strands"]["text"]["n"] == 6
    assert len(asking.ask(EVALUATOR).data["passages"]) == 6
    taken_back = {"participant_id": people[0], "purposes": ["assess"]}
    asking.scribe.record("consent-withdrawn", taken_back, on="2026-06-05T12:00:00Z")
    assert asking.cell(EVALUATOR)["strands"]["text"]["n"] == 5


def test_every_number_is_a_figure_that_opens(asking):
    twice(asking, [2] * 10, [3, 4] * 5)
    answer = asking.ask()
    clocks = asking.app.queries.clocks("fabelby")
    keys = [answer.data["cells"][0]["gain"][name].key for name in ("change", "first", "last")]
    keys += [answer.data["roles"][0]["higher"].key, answer.data["rounds"][0]["response"][0]["answered"].key]
    for key in keys:
        assert asking.app.queries.behind(FACILITATOR, "fabelby", "competence-uplift", clocks, [key])


def test_days_are_told_as_they_were(asking):
    twice(asking, [2] * 5, [3] * 5)
    first = asking.ask().data["rounds"][0]
    assert dt.datetime.fromisoformat(first["when"]["time"]).date() == dt.date(2026, 1, 10)


def test_a_role_the_source_leaves_out_stops_no_answer(asking, scribe):
    silent = {"notrecorded": [{"field": "role", "reason": "kilden siger det ikke"}], "citation": "kilde"}
    scribe.record("participant-registered", {"participant_id": "p9"}, on="2026-01-03T12:00:00Z")
    scribe.record("role-assumed", {"participant_id": "p9"}, on="2026-01-03T12:00:00Z", **silent)
    asking.round("b", "before", ["p9"])
    (found,) = asking.ask().data["rounds"]
    assert found["people"][0]["role"] == "unstated"
