"""The page for whoever answers for the data: who read what of whom, and the seals."""

import csv
import io
import re

import psycopg
import pytest

from domain.keeping import AccessRole
from service.security.gate import Caller
from service.security.readlog import Use
from service.security.sealing import seal
from tests.web.test_me import P17, P18, said

READS = "/p/fabelby/reads"


@pytest.fixture
def read(scribe):
    """Let a facilitator and an evaluator read what two people said."""
    for ref, mark in (("p17", "K7Q"), ("p18", "A1B")):
        scribe.record("participant-registered", {"participant_id": ref, "name": f"Navn {ref}", "pseudonym": mark})
    positions = [said(scribe, "c1", "Hemmelig bænk", P17), said(scribe, "c2", "Hemmelig sti", P18)]
    app = scribe.app
    for account, role, use, chosen in (
        ("a-facilitator", AccessRole.FACILITATOR, Use.PAGE, positions),
        ("a-evaluator", AccessRole.EVALUATOR, Use.REPORT, positions[:1]),
    ):
        with app.reads.during(use):
            app.texts.of(Caller(account, role, "fabelby"), app.reader.at(chosen))
    return app


def rows(client, query=""):
    return list(csv.DictReader(io.StringIO(client.get(f"{READS}.csv{query}").text)))


@pytest.mark.parametrize("role", ["project-manager", "administrator"])
def test_who_answers_for_the_data_sees_who_read_what_of_whom_and_no_text(read, signed_in, role):
    page = signed_in(role, "fabelby").get(READS)
    assert page.status_code == 200
    for words in ("a-facilitator", "a-evaluator", "K7Q", "i en rapport"):
        assert words in page.text
    assert "Hemmelig" not in page.text


@pytest.mark.parametrize("role", ["participant", "facilitator", "evaluator", "researcher", "funder"])
def test_nobody_else_does(read, signed_in, role):
    client = signed_in(role, "fabelby")
    assert [client.get(address).status_code for address in (READS, f"{READS}.csv")] == [404, 404]


@pytest.mark.parametrize(
    ("query", "accounts"),
    [
        ("", ["a-facilitator", "a-evaluator", "a-facilitator"]),
        ("?person=k7q", ["a-evaluator", "a-facilitator"]),
        ("?account=a-evaluator", ["a-evaluator"]),
        ("?day=2020-01-01", []),
        ("?person=nobody", []),
        ("?day=never", []),
    ],
)
def test_it_is_narrowed_by_day_mark_and_account(read, signed_in, query, accounts):
    assert sorted(row["account"] for row in rows(signed_in("project-manager", "fabelby"), query)) == sorted(accounts)


@pytest.mark.parametrize(("query", "words"), [("?day=never", "Dagen kunne ikke"), ("?person=X9X", "Ingen her har")])
def test_what_cannot_be_read_is_said(read, signed_in, query, words):
    assert words in signed_in("project-manager", "fabelby").get(READS + query).text


def test_the_file_has_each_row_as_it_is_sealed_and_the_mark_beside_it(read, signed_in):
    (row,) = rows(signed_in("project-manager", "fabelby"), "?person=A1B")
    row.pop("day")
    assert row == {
        "process": "fabelby",
        "account": "a-facilitator",
        "role": "facilitator",
        "use": "page",
        "participant": "p18",
        "times": "1",
        "mark": "A1B",
    }


def test_each_sealed_day_stands_with_the_place_of_its_seal(read, signed_in):
    client = signed_in("project-manager", "fabelby")
    assert "Ingen endnu" in client.get(READS).text
    with psycopg.connect(read.dsn) as connection:
        connection.execute("update log.read_count set day = day - 1")
    seal(read.log.connection, read.record)
    position = read.reader.process_head("fabelby")[0]
    page = client.get(READS).text
    assert f"/p/fabelby/log/{position}" in page
    assert f"/api/v1/proofs/{position}" in page


def test_ones_own_page_reads_nobody_elses_words(app, scribe, signed_in):
    for who in ("p1", "p2"):
        scribe.record("participant-registered", {"participant_id": who, "name": f"{who} Fiktiv"})
        author = {"kind": "participant", "ref": who}
        scribe.record(
            "contribution-made", {"contribution_id": f"c-{who}", "kind": "idea", "text": "En bænk", "author": author}
        )
    app.projector.catch_up()
    page = signed_in("participant", "fabelby", participant="p1").get("/p/fabelby/me")
    assert "En bænk" in page.text
    with app.log.connection() as connection:
        assert connection.execute("select count(*) as n from log.read_count").fetchone()["n"] == 0


def test_what_an_account_read_on_a_day_stands_together_under_how_much_it_was(read, signed_in):
    page = signed_in("project-manager", "fabelby").get(READS).text
    folded = [
        " ".join(re.sub("<[^>]+>", "", one).split()) for one in re.findall("<summary>(.*?)</summary>", page, re.DOTALL)
    ]
    assert len(folded) == 2
    assert [one.partition(": ")[2] for one in folded] == [
        "Evaluator, 1 læsning a-evaluator",
        "Facilitator, 2 læsninger a-facilitator",
    ]


def test_a_first_screen_reads_the_words_that_it_shows_and_a_page_without_words_none(app, scribe, signed_in):
    people = [f"p{number}" for number in range(1, 9)]
    for who in people:
        scribe.record("participant-registered", {"participant_id": who, "name": f"{who} Fiktiv"})
        said(scribe, f"c-{who}", f"En bænk til {who}", {"kind": "participant", "ref": who})
    app.projector.catch_up()
    facilitator = signed_in("facilitator", "fabelby")
    page = facilitator.get("/p/fabelby/tonight").text
    shown = {who for who in people if f"En bænk til {who}" in page}
    facilitator.get("/p/fabelby/import")
    with app.log.connection() as connection:
        noted = {row["participant"] for row in connection.execute("select participant from log.read_count")}
    assert (len(shown), noted) == (5, shown)
