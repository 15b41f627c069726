"""Reading answers in on the pages: what the columns mean is shown, mended and confirmed once; then as any other file."""

import html
import io
import re

import pytest

from service.imports.intake import Waiting
from service.imports.mending import mending_file
from tests.imports.test_answers import BEFORE, events, given, rounds  # noqa: F401 - fixtures
from tests.web.test_importing import confirm
from tests.web.test_pages import token_in

SURVEY = f"Hvem;Dato;Jeg får andre med.;To\np1;{BEFORE};4;Enig\np2;{BEFORE};7;Enig\n"


@pytest.fixture
def people():
    """Nobody but whom the rounds know."""


@pytest.fixture
def reader(app, signed_in, rounds):  # noqa: F811
    app.projector.catch_up()
    return signed_in("project-manager")


def send(client, content=SURVEY, of="r-before"):
    token = token_in(client.get("/p/fabelby/import").text)
    data = {"form_token": token, "round": of, "file": (io.BytesIO(content.encode("utf-8-sig")), "svar.csv")}
    return client.post("/p/fabelby/import", data=data, content_type="multipart/form-data").location


def fields(page):
    """Return a form's fields as a browser would send them."""
    found = dict(re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"\s+selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def columns(client, place):
    """Follow the way to the columns, and return it with its page."""
    way = client.get(place).location
    return way, client.get(way).text


def told(client, content=SURVEY, *, of="r-before", **changes):
    """Send a file and say what its columns mean; return where that leads."""
    way, page = columns(client, send(client, content, of))
    typed = fields(page) | {name.replace("_", ".", 1): value for name, value in changes.items()}
    return way, client.post(way, data=typed)


def test_our_guess_is_shown_and_nothing_is_read_in(app, reader):
    head = app.reader.head()
    _, page = columns(reader, send(reader))
    assert "Her er vores bud." in page
    assert {name: value for name, value in fields(page).items() if name.startswith("c.")} == {
        "c.0": "", "c.1": "date", "c.2": "now_s1", "c.3": "",
    }  # fmt: skip
    assert app.reader.head() == head


def test_who_answers_must_be_said(reader):
    _, answer = told(reader)
    assert (answer.status_code, "Ingen kolonne siger, hvem der svarer" in answer.text) == (422, True)


def test_two_columns_do_not_say_the_same(reader):
    _, answer = told(reader, c_0="participant", c_3="now_s1")
    assert (answer.status_code, "“Jeg får andre med.” og “To” siger det samme" in answer.text) == (422, True)


def confirmed(client, content=SURVEY, **changes):
    """Say what all columns and words mean, and return the page of what the rows become."""
    way, answer = told(client, content, c_0="participant", c_3="now_s2", **changes)
    assert (answer.status_code, "Se også, hvad svarene nedenfor betyder" in answer.text) == (422, True)
    (enig,) = re.findall(r'<label for="(w-\d+)">Enig</label>', answer.text)
    word = re.search(rf'id="{enig}"\s+name="(w\.[0-9a-f]+)"', answer.text)[1]
    return client.post(way, data=fields(answer.text) | {word: "4"})


def test_words_are_asked_about_once_their_column_is_chosen_and_then_it_is_as_any_other_file(app, reader):
    preview = reader.get(confirmed(reader).location).text
    assert "p1: nu 2 svar." in preview
    assert "“Jeg får andre med.” ligger uden for skalaen" in html.unescape(preview)
    assert "now_s1:" not in preview  # what was answered is not shown
    done = reader.get(confirm(reader, preview).location).text
    assert re.search(r"1\s+taget ind", done)
    assert given(app)[0][:3] == ("p1", "now", {"s1": 4, "s2": 4})


def test_a_word_that_reads_as_a_step_by_itself_cannot_be_said_to_be_no_answer(reader):
    _, answer = told(reader, c_0="participant", c_3="now_s2")
    options = dict(re.findall(r'<label for="(w-\d+)">([^<]+)</label>', answer.text))
    waits = {said: "rækken venter" in re.search(rf'<select id="{of}".*?</select>', answer.text, re.DOTALL)[0] for of, said in options.items()}  # fmt: skip
    assert waits == {"4": False, "7": True, "Enig": True}


def test_the_next_file_of_the_shape_goes_straight_on(app, reader):
    confirm(reader, reader.get(confirmed(reader).location).text)
    preview = reader.get(send(reader, SURVEY.replace("p2", "p3").replace(";7;", ";1;")))
    assert (preview.status_code, "p3: nu 2 svar." in preview.text) == (200, True)
    way = re.search(r'href="([^"]*columns[^"]*)"', preview.text)[1]
    assert "Sådan blev det bekræftet sidst" in reader.get(html.unescape(way)).text
    (kept,) = events(app, "import-mapping-confirmed")
    assert "now_s2" in reader.get(f"/p/fabelby/log/{kept.position}").text


def test_a_file_of_waiting_rows_finds_its_round_by_itself(app, reader):
    confirm(reader, reader.get(confirmed(reader).location).text)
    file = mending_file(Waiting(app, "fabelby").listed(), "da").decode("utf-8-sig").replace(";7;", ";2;")
    preview = reader.get(send(reader, file, of=""))
    assert "p2: nu 2 svar." in preview.text


def test_what_was_answered_is_fetched_by_whoever_brought_it_alone(app, reader, signed_in):
    confirm(reader, reader.get(confirmed(reader).location).text)
    own = reader.get("/p/fabelby/import/waiting").text
    assert ("deltagerens nummer: p2" in own, "now_s1" in own) == (True, False)
    assert reader.get("/p/fabelby/import/waiting.csv?kind=answers").status_code == 200
    other = signed_in("facilitator", account="a-other")
    page = other.get("/p/fabelby/import/waiting").text
    assert ("p2" in page, "kun hentes af den, der læste filen ind" in page) == (False, True)
    assert other.get("/p/fabelby/import/waiting.csv?kind=answers").status_code == 404


def test_a_question_of_no_round_is_pointed_out(reader):
    _, page = columns(reader, send(reader, f"participant;date;now_s1;now_q9;x\np1;{BEFORE};3;3;x\n"))
    assert "“now_q9”" in page


def test_then_is_not_among_the_choices_before_the_start(reader):
    assert "Sådan var det dengang" not in columns(reader, send(reader))[1]
    assert "Sådan var det dengang" in columns(reader, send(reader, of="r-after"))[1]


def test_a_round_that_is_not_there_is_told(reader):
    page = reader.get(send(reader, of="r-9"))
    assert (page.status_code, "Runden findes ikke" in page.text) == (422, True)


def test_another_reader_does_not_find_the_file(reader, signed_in):
    way, _ = columns(reader, send(reader))
    other = signed_in("project-manager", account="a-other")
    assert other.get(way).status_code == 404


def test_the_rounds_page_hands_out_the_form(reader):
    page = reader.get("/p/fabelby/rounds").text
    (place, *_) = re.findall(r'href="(/p/fabelby/rounds/r-after/xlsform.xlsx)"', page)
    got = reader.get(place)
    assert (got.status_code, got.data[:2], got.headers["Content-Disposition"]) == (
        200, b"PK", 'attachment; filename="fabelby-r-after.xlsx"',
    )  # fmt: skip
    assert reader.get("/p/fabelby/rounds/r-9/xlsform.xlsx").status_code == 404
