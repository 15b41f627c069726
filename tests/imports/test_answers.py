"""Import of answers: what was confirmed is read, what cannot be placed waits, and nobody is guessed at."""

import io

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as suppose
from hypothesis import strategies as st

from domain.assessing import Skip
from domain.correcting import effective
from domain.timing import local_day
from service.imports.answers import answers_table, words_in
from service.imports.asked import Asked, Said
from service.imports.guessing import Guess
from service.imports.intake import Waiting
from service.imports.mending import mending_file
from service.imports.rows import Defaults
from service.imports.sheets import Cell, UnreadableTableError
from service.imports.standing import RowWaits
from service.imports.tables import TableImport
from service.imports.undoing import undo_import
from tests.imports.conftest import workbook
from tests.imports.test_tables import events, placed

FRAMEWORK = {
    "framework_id": "f",
    "version": 1,
    "competences": [{"id": "acting", "title": {"da": "Handle", "en": "Acting"}, "anchors": []}],
}
ITEMS = [
    {"id": "s1", "competence_id": "acting", "wording": {"da": "Jeg får andre med.", "en": "I get others to join."}},
    {"id": "s2", "competence_id": "acting", "wording": {"da": "Jeg gør noget ved det.", "en": "I do something."}},
]
INSTRUMENT = {
    "instrument_id": "skema",
    "version": 1,
    "framework_id": "f",
    "items": ITEMS,
    "layout": "separate",
    "scale": {
        "min": 1,
        "max": 5,
        "labels": [
            {"level": 1, "text": {"da": "slet ikke", "en": "not at all"}},
            {"level": 5, "text": {"da": "i høj grad", "en": "very much"}},
        ],
    },
}
BEFORE, AFTER = "2026-01-10", "2026-03-10"


@pytest.fixture
def rounds(scribe, people):
    """Two rounds, before (closed) and after, for three citizens with (invented) names and addresses."""
    for ref, name in {"p1": "Anna Fabel", "p2": "Bo Fabel", "p3": "Bo Fabel"}.items():
        data = {"participant_id": ref, "name": name, "contact": f"{ref}@fabelby.example"}
        scribe.record("participant-registered", data, on="2026-01-02T12:00:00Z")
        scribe.record("role-assumed", {"participant_id": ref, "role": "citizen"}, on="2026-01-02T12:00:00Z")
    scribe.record("competence-framework-published", FRAMEWORK, on="2026-01-05T12:00:00Z")
    scribe.record("instrument-published", INSTRUMENT, on="2026-01-05T12:00:00Z")
    for ref, moment, day in (("r-before", "before", "2026-01-08"), ("r-after", "after", "2026-03-08")):
        data = {
            "round_id": ref,
            "instrument_id": "skema",
            "version": 1,
            "moment": moment,
            "eligible": ["p1", "p2", "p3"],
        }
        scribe.record("assessment-round-opened", data, on=f"{day}T08:00:00Z")
    scribe.record("assessment-round-closed", {"round_id": "r-before"}, on="2026-01-20T08:00:00Z")


@pytest.fixture
def answered(app, rounds):
    """Return a function that reads a file in for a round, after our guess at its columns was confirmed."""

    def run(content, of="r-before", *, said=None, confirm=True, rehearsal=False, day=None):
        file, asked, told = (
            io.BytesIO(content if isinstance(content, bytes) else content.encode()),
            Asked(app, "fabelby", of),
            [],
        )
        headers = answers_table(file, asked).headers
        if confirm:
            asked.confirm(headers, said or Guess(asked, headers).said, "a-test")
        one = TableImport(
            app, "fabelby", "a-test", file, kind=asked, defaults=Defaults(day=day), rehearsal=rehearsal, tell=told.append
        )  # fmt: skip
        return one.run(), told

    return run


def given(app):
    """Return (who, frame, answers, role, mode, author, day) of each answer that stands."""
    found = [
        event
        for event in effective(list(app.reader.walk("fabelby")))
        if event.declaration.stem == "self-assessment-submitted"
    ]
    return [
        (
            event.data.participant_id,
            event.data.frame.value,
            {one.item: one.skipped.value if one.skipped else one.value for one in event.data.answers},
            event.data.role.value,
            event.data.mode.value,
            event.author,
            local_day(event.time).isoformat(),
        )
        for event in found
    ]


# ------------------------------------------------------------------ as the tools write them
FORMS = [
    ["ID", "Starttidspunkt", "Færdiggørelsestidspunkt", "Mail", "Navn", "Jeg får andre med.", "Jeg gør noget ved det.", "Jeg får andre med.2", "Jeg gør noget ved det.2"],
    [1, "2026-03-10T09:00", "2026-03-10T09:04", "p1@fabelby.example", "Anna Fabel", 4, "i høj grad", 2, "slet ikke"],
    [2, "2026-03-10T09:00", "2026-03-10T09:04", "p2@fabelby.example", "Bo Fabel", 3, "Ved ikke", 3, 3],
]  # fmt: skip
KOBO = (
    "start,end,participant,now/now_s1,now/now_s2,kurslog_round,kurslog_instrument,_id,_uuid,_submission_time\n"
    "2026-01-10T09:00:00.000+01:00,2026-01-10T23:30:00.000+01:00,p1,4,do-not-know,r-before,skema/1,71,u-71,2026-01-10T22:31:00\n"
)
SURVEYXACT = "respondent;mail;s_1;s_2;closetime\n901;p1@fabelby.example;4,0;Ikke sikker;10-01-2026 14:05:22\n"


def test_a_workbook_of_microsoft_forms_is_read_with_the_repeated_questions_as_then(app, answered):
    tally, _ = answered(workbook(FORMS), "r-after")
    assert placed(tally) == (2, 0, [])
    assert given(app) == [
        ("p1", "now", {"s1": 4, "s2": 5}, "citizen", "online", "p1", AFTER),
        ("p1", "then", {"s1": 2, "s2": 1}, "citizen", "online", "p1", AFTER),
        ("p2", "now", {"s1": 3, "s2": "do-not-know"}, "citizen", "online", "p2", AFTER),
        ("p2", "then", {"s1": 3, "s2": 3}, "citizen", "online", "p2", AFTER),
    ]


def test_a_file_of_kobotoolbox_finds_its_names_again(app, answered):
    assert placed(answered(KOBO)[0]) == (1, 0, [])
    assert given(app) == [("p1", "now", {"s1": 4, "s2": "do-not-know"}, "citizen", "online", "p1", BEFORE)]


def test_a_file_of_surveyxact_is_read_by_what_somebody_says_of_its_short_names(app, answered, rounds):
    asked = Asked(app, "fabelby", "r-before")
    said = Said({"contact": 1, "now_s1": 2, "now_s2": 3, "date": 4}, {asked.word("ikke sikker"): "do-not-know"})
    tally, _ = answered(SURVEYXACT.encode("cp1252"), said=said)
    assert placed(tally) == (1, 0, [])
    assert given(app)[0][2] == {"s1": 4, "s2": "do-not-know"}


def test_the_sheet_of_answers_is_found_among_those_that_explain_it(app, answered):
    book = workbook(
        [["Variabel", "Tekst"], ["now_s1", "Jeg får andre med."]],
        Dataset=[["participant", "date", "now_s1"], ["p1", BEFORE, 4]],
    )
    assert placed(answered(book)[0]) == (1, 0, [])


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_words_are_read_in_whatever_coding_they_come(app, answered, encoding):
    content = f"Deltager;Dato;Jeg får andre med.;Jeg gør noget ved det.\np1;{BEFORE};5 – i høj grad;Stod tomt\n"
    assert placed(answered(content.encode(encoding))[0]) == (1, 0, [])
    assert given(app)[0][2] == {"s1": 5, "s2": "left-blank"}


# ------------------------------------------------------------------ what waits, and why
HEAD = "participant;date;now_s1;now_s2\n"


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (f"p1;{BEFORE};6;3", "answer-off-scale"),
        (f"p1;{BEFORE};0;3", "answer-off-scale"),
        (f"p1;{BEFORE};3,5;3", "answer-between-steps"),
        (f"p1;{BEFORE};meget;3", "answer-unknown"),
        (f"p1;{BEFORE};;3", "answer-missing"),
        (f"p1;{BEFORE};;", "answers-none"),
        (f"p9;{BEFORE};3;3", "person-unknown"),
        (f"Anna;{BEFORE};3;3", "person-unknown"),
        (f"Bo Fabel;{BEFORE};3;3", "person-ambiguous"),
        (f";{BEFORE};3;3", "person-missing"),
        ("p1;;3;3", "day-missing"),
        ("p1;3/10/2026 9:04;3;3", "day-unreadable"),
        ("p1;2026-01-25;3;3", "round-closed"),
        ("p1;2026-01-05;3;3", "round-not-open-yet"),
    ],
)
def test_what_cannot_be_placed_waits_and_says_why(app, answered, row, rule):
    assert placed(answered(HEAD + row)[0]) == (0, 0, [(2, rule)])
    assert given(app) == []


def test_who_was_not_asked_waits(app, answered, scribe):
    scribe.record("participant-registered", {"participant_id": "p4"}, on="2026-01-02T12:00:00Z")
    scribe.record("role-assumed", {"participant_id": "p4", "role": "citizen"}, on="2026-01-02T12:00:00Z")
    assert placed(answered(f"{HEAD}p4;{BEFORE};3;3\n")[0]) == (0, 0, [(2, "not-asked-in-round")])


def test_who_answers_twice_in_a_file_or_in_two_is_taken_in_once(app, answered):
    assert placed(answered(f"{HEAD}p1;{BEFORE};3;3\np1;{BEFORE};4;4\np1;{BEFORE};3;3\n")[0]) == (
        1, 0, [(3, "already-answered"), (4, "already-answered")],
    )  # fmt: skip
    assert placed(answered(f"{HEAD}p1;{BEFORE};5;5\n")[0]) == (0, 0, [(2, "already-answered")])
    assert placed(answered(f"{HEAD}p1;{BEFORE};3;3\n")[0]) == (0, 1, [])


def test_then_is_not_asked_before_the_end(app, answered):
    content = f"participant;date;now_s1;then_s1\np1;{BEFORE};3;2\n"
    assert placed(answered(content)[0]) == (0, 0, [(2, "then-in-before-round")])
    assert given(app) == []


def test_a_row_that_says_another_round_or_version_waits(app, answered):
    head = "participant;date;now_s1;kurslog_round;kurslog_instrument\n"
    rows = f"p1;{BEFORE};3;r-after;skema/1\np1;{BEFORE};3;r-before;skema/2\np1;{BEFORE};3;r-before;skema/1\n"
    tally, _ = answered(head + rows)
    assert placed(tally) == (1, 0, [(2, "answers-to-another-round"), (3, "answers-to-another-instrument")])


def test_a_question_of_another_instrument_is_pointed_out_and_not_read(app, answered, rounds):
    guess = Guess(Asked(app, "fabelby", "r-before"), ["participant", "date", "now_s1", "now_q9"])
    assert (guess.strange, guess.certain) == (["now_q9"], False)
    assert "now_q9" not in guess.said.places


def test_a_formula_is_never_worked_out(app, answered):
    book = workbook([["participant", "date", "now_s1"], ["p1", BEFORE, "=2+2"], ["p2", BEFORE, 4]])
    assert placed(answered(book)[0]) == (1, 0, [(2, "cell-is-a-formula")])


def test_with_several_roles_the_row_says_which(app, answered, scribe):
    scribe.record("role-assumed", {"participant_id": "p1", "role": "politician"}, on="2026-01-03T12:00:00Z")
    content = f"participant;date;role;now_s1\np1;{BEFORE};;3\np1;{BEFORE};politiker;3\n"
    assert placed(answered(content)[0]) == (1, 0, [(2, "role-unclear")])
    assert given(app)[0][3] == "politician"


def test_without_a_role_nobody_is_given_one(app, answered, scribe):
    scribe.record("participant-registered", {"participant_id": "p5", "name": "Eva Fabel"}, on="2026-01-02T12:00:00Z")
    assert placed(answered(f"{HEAD}p5;{BEFORE};3;3\n")[0]) == (0, 0, [(2, "role-missing")])


@pytest.mark.slow
def test_ten_thousand_rows_with_three_bad_ones(app, answered, scribe):
    roll = [f"p{n}" for n in range(100, 10_100)]
    registered = "".join(f"{ref};borger;2.1.2026\n" for ref in roll)
    taken = TableImport(app, "fabelby", "a-test", io.BytesIO(f"Nummer;Rolle;Dato\n{registered}".encode())).run()
    assert placed(taken) == (10_000, 0, [])
    data = {"round_id": "r-all", "instrument_id": "skema", "version": 1, "moment": "before", "eligible": []}
    scribe.record("assessment-round-opened", data, on="2026-01-08T08:00:00Z")
    rows = [f"{ref};{BEFORE};{at % 5 + 1};3" for at, ref in enumerate(roll)]
    rows[10], rows[5000], rows[9999] = f"p110;{BEFORE};7;3", f"p99;{BEFORE};1;3", f"p10099;{BEFORE};2;"
    tally, _ = answered(HEAD + "\n".join(rows), "r-all")
    assert placed(tally) == (
        9997, 0, [(12, "answer-off-scale"), (5002, "person-unknown"), (10001, "answer-missing")],
    )  # fmt: skip


# ------------------------------------------------------------------ what was confirmed
def test_nothing_is_read_by_a_guess(answered):
    content = f"Deltager;Dato;Jeg får andre med.\np1;{BEFORE};3\n"
    with pytest.raises(UnreadableTableError) as caught:
        answered(content, confirm=False)
    assert caught.value.rule == "answers-unconfirmed"


def test_what_was_confirmed_holds_for_the_next_file_of_the_shape(app, answered):
    head = "Hvem;Dato;Et;To\n"
    asked = Asked(app, "fabelby", "r-before")
    said = Said(
        {"participant": 0, "date": 1, "now_s1": 2, "now_s2": 3}, {asked.word("A lot"): "5"}, "left-blank", "paper"
    )
    answered(f"{head}p1;{BEFORE};a lot;2\n", said=said)
    tally, _ = answered(f"{head}p2;{BEFORE};A LOT;\n", confirm=False)
    assert placed(tally) == (1, 0, [])
    assert given(app)[1] == ("p2", "now", {"s1": 5, "s2": "left-blank"}, "citizen", "paper", "p2", BEFORE)
    assert events(app, "self-assessment-submitted")[1].data.transcribed_by == "a-test"
    assert asked.confirm(["Hvem", "Dato", "Et", "To"], said, "a-test") == 0
    assert len(events(app, "import-mapping-confirmed")) == 1


def test_another_version_of_the_questions_is_confirmed_anew(app, answered, scribe):
    head = ["participant", "date", "Et"]
    Asked(app, "fabelby", "r-before").confirm(head, Said({"participant": 0, "date": 1, "now_s1": 2}), "a-test")
    scribe.record("instrument-published", {**INSTRUMENT, "version": 2}, on="2026-02-01T12:00:00Z")
    data = {"round_id": "r-2", "instrument_id": "skema", "version": 2, "moment": "after", "eligible": ["p1"]}
    scribe.record("assessment-round-opened", data, on="2026-03-08T08:00:00Z")
    assert Asked(app, "fabelby", "r-after").kept(head) is not None
    assert Asked(app, "fabelby", "r-2").kept(head) is None


@pytest.mark.parametrize(
    ("places", "rule"), [({"now_s1": 0}, "answers-of-nobody"), ({"participant": 0, "date": 1}, "answers-to-nothing")]
)
def test_columns_that_tell_nothing_are_not_confirmed(app, rounds, places, rule):
    with pytest.raises(UnreadableTableError) as caught:
        Asked(app, "fabelby", "r-before").confirm(["a", "b"], Said(places), "a-test")
    assert caught.value.rule == rule


def test_the_words_of_a_file_are_listed_once_each(app, rounds):
    asked = Asked(app, "fabelby", "r-before")
    table = answers_table(io.BytesIO(f"{HEAD}p1;{BEFORE};Enig;3\np2;{BEFORE};enig;4\n".encode()), asked)
    assert [cell.text for cell in words_in(table, Guess(asked, table.headers).said, asked).values()] == [
        "Enig",
        "3",
        "4",
    ]


# ------------------------------------------------------------------ seen, mended, undone
def test_the_rehearsal_tells_how_many_answers_and_never_which(app, answered):
    head = app.reader.head()
    tally, told = answered(
        f"participant;name;date;now_s1;now_s2\np1;Anna Fabel;{BEFORE};4;do-not-know\n", rehearsal=True
    )
    assert (tally.accepted, told[0].da) == (1, "Anna Fabel: nu 1 svar og 1 sprunget over.")
    assert app.reader.head() == head + 1  # the columns were confirmed


def test_what_waits_is_mended_in_a_file_that_tells_itself(app, answered):
    content = f"Mail;Dato;Jeg får andre med.;Jeg gør noget ved det.\np1@fabelby.example;{BEFORE};i høj grad;meget\n"
    answered(content)
    (held,) = Waiting(app, "fabelby").listed()
    assert (held.is_open_to("a-test"), held.is_open_to("a-other")) == (True, False)
    file = mending_file([held], "da").decode("utf-8-sig").replace(";meget;", ";4;")
    assert placed(answered(file, confirm=False)[0]) == (1, 0, [])
    assert given(app)[0][2] == {"s1": 5, "s2": 4}
    assert Waiting(app, "fabelby").count() == 0


def test_a_whole_import_of_answers_is_undone_and_read_in_for_the_right_round(app, answered):
    content = f"{HEAD}p1;2026-03-10;3;3\n"
    wrong, _ = answered(f"{HEAD}p1;{BEFORE};3;3\n")
    undo_import(app, "fabelby", wrong.last_position, "a-test", "da")
    assert given(app) == []
    assert placed(answered(content, "r-after")[0]) == (1, 0, [])
    assert placed(answered(f"{HEAD}p1;{BEFORE};3;3\n")[0]) == (1, 0, [])


def test_nothing_in_the_open_tells_what_the_words_of_a_file_were(app, answered):
    answered(f"{HEAD}p1;{BEFORE};i høj grad;meget\n")
    with app.log.connection() as connection:
        rows = connection.execute("select convert_from(state, 'UTF8') as said from log.event").fetchall()
        rows += connection.execute("select rule as said from log.quarantine").fetchall()
    assert not any("meget" in row["said"] for row in rows)


def test_an_id_of_an_answer_cannot_be_found_by_trying_what_it_says(app, answered):
    """Whoever knows the file's headers, the person and the scale could try all answers, had the id no key in it."""
    import hashlib
    import uuid

    import msgspec

    from service.imports.intake import NAMESPACE

    answered(f"{HEAD}p1;{BEFORE};3;3\n")
    said = {"participant": "p1", "date": BEFORE, "now_s1": "3", "now_s2": "3"}
    content = msgspec.json.encode(["answers|r-before", said, str(Defaults())], order="sorted")
    tried = uuid.uuid5(NAMESPACE, f"row|fabelby|{hashlib.sha256(content).digest()[:16].hex()}|1")
    assert events(app, "self-assessment-submitted")[0].id != tried


def test_a_round_that_is_not_there_is_named(app, rounds):
    with pytest.raises(UnreadableTableError) as caught:
        Asked(app, "fabelby", "r-9")
    assert caught.value.rule == "round-unknown"


ODD = st.one_of(
    st.text(), st.from_regex(r"[-+]?[0-9., ]{1,12}", fullmatch=True), st.sampled_from(["²", "٣", "1e1", "NaN"])
)


@suppose(text=ODD, number=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_stands_in_a_cell_is_a_step_a_skip_or_waits(app, rounds, text, number):
    asked = Asked(app, "fabelby", "r-before")
    try:
        told = asked.read(Cell(text, number=number), "x")
    except RowWaits as waits:
        told = waits.rule
    assert told in {"1", "2", "3", "4", "5", *Skip, "answer-off-scale", "answer-between-steps", "answer-unknown"}


@suppose(
    headers=st.lists(st.one_of(st.text(), st.sampled_from(["participant", "now_s1", "a/now_s1", "/", "then_", "Mail"])))
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_the_headers_are_a_guess_names_each_meaning_once(app, rounds, headers):
    asked = Asked(app, "fabelby", "r-before")
    guess = Guess(asked, headers)
    assert set(guess.places.values()) <= set(range(len(headers)))
    assert len(set(guess.places.values())) == len(guess.places)
    assert (asked.shape(headers) == asked.shape([*headers, "one more"])) is False


def test_a_mapping_somebody_forged_over_the_api_is_read_as_rows_that_wait(app, rounds, scribe):
    """The vocabulary takes any id for a meaning; whatever stands there, a row is refused and nothing breaks."""
    asked, headers = Asked(app, "fabelby", "r-before"), ["participant", "date", "now_s1", "x"]
    columns = [{"column": at, "says": name} for at, name in enumerate(["participant", "date", "now_s1"])]
    data = {"shape": asked.shape(headers), "instrument_id": "skema", "version": 1, "blank": "9", "mode": "by-pigeon"}
    data |= {
        "columns": [*columns, {"column": 10**6, "says": "no-such"}],
        "words": [{"word": asked.word("Enig"), "means": "77"}],
    }
    scribe.record("import-mapping-confirmed", data)
    for row, rule in ((f"p1;{BEFORE};Enig;x", "mode-unknown"), (f"p1;{BEFORE};;x", "mode-unknown")):
        file = io.BytesIO(f"{';'.join(headers)}\n{row}\n".encode())
        assert placed(TableImport(app, "fabelby", "a-test", file, kind=asked).run()) == (0, 0, [(2, rule)])
    scribe.record("import-mapping-confirmed", {**data, "mode": "paper"})
    file = io.BytesIO(f"{';'.join(headers)}\np1;{BEFORE};Enig;x\n".encode())
    assert placed(TableImport(app, "fabelby", "a-test", file, kind=asked).run()) == (0, 0, [(2, "value-off-scale")])
    scribe.record(
        "import-mapping-confirmed", {**data, "mode": "paper", "words": [{"word": asked.word("Enig"), "means": "maybe"}]}
    )
    file = io.BytesIO(f"{';'.join(headers)}\np1;{BEFORE};Enig;x\n".encode())
    assert placed(TableImport(app, "fabelby", "a-test", file, kind=asked).run()) == (0, 0, [(2, "row-unreadable")])


def test_the_entry_that_says_what_columns_mean_can_be_read(app, answered):
    answered(f"{HEAD}p1;{BEFORE};3;3\n")
    (said,) = events(app, "import-mapping-confirmed")
    assert said.data.columns[2].says == "now_s1"
    assert (said.subject, said.visibility.value) == (f"mapping/{said.data.shape}", "team")


# ------------------------------------------------------------------ questions for other roles
@pytest.fixture
def for_politicians(scribe, rounds):
    """The second question is about a competence for politicians; p1 is a citizen, p2 is also a politician."""
    competences = [{"id": "leading", "title": {"da": "Lede", "en": "Leading"}, "roles": ["politician"], "anchors": []}]
    competences += FRAMEWORK["competences"]
    scribe.record("competence-framework-published", {**FRAMEWORK, "version": 2, "competences": competences})
    items = [ITEMS[0], {**ITEMS[1], "competence_id": "leading"}]
    scribe.record("instrument-published", {**INSTRUMENT, "version": 2, "items": items}, on="2026-01-06T12:00:00Z")
    scribe.record("role-assumed", {"participant_id": "p2", "role": "politician"}, on="2026-01-06T12:00:00Z")
    data = {"round_id": "r-two", "instrument_id": "skema", "version": 2, "moment": "before", "eligible": ["p1", "p2"]}
    scribe.record("assessment-round-opened", data, on="2026-01-08T08:00:00Z")


def row_of(who, role, second):
    return f"participant;role;date;now_s1;now_s2\n{who};{role};{BEFORE};4;{second}\n"


def test_an_answer_to_a_question_for_another_role_waits_and_says_why(app, answered, for_politicians):
    tally, told = answered(row_of("p1", "citizen", "3"), "r-two")
    assert placed(tally) == (0, 0, [(2, "answer-not-asked")])
    assert "et spørgsmål til en anden rolle" in str(told)
    assert given(app) == []


@pytest.mark.parametrize("second", ["", "not-relevant"])
def test_a_question_for_another_role_may_stand_empty_and_nothing_is_kept_of_it(app, answered, for_politicians, second):
    assert placed(answered(row_of("p1", "citizen", second), "r-two")[0]) == (1, 0, [])
    assert given(app)[0][2] == {"s1": 4}


def test_whoever_has_the_role_is_asked_in_whichever_they_answer(app, answered, for_politicians):
    assert placed(answered(row_of("p2", "citizen", "3"), "r-two")[0]) == (1, 0, [])
    assert given(app)[0][2] == {"s1": 4, "s2": 3}
    assert placed(answered(row_of("p2", "politician", ""), "r-two")[0])[2] == [(2, "answer-missing")]
