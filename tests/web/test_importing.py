"""Reading a spreadsheet in on the pages: first what it would become, then yes, then undo; and the rows that wait."""

import io
import re

import pytest

from tests.web.test_pages import token_in

PEOPLE = "Navn;Rolle;Skostørrelse\nAnna Fabel;borger;38\nBo Fabel;vagabond;44\n".encode("cp1252")


def send(client, content=PEOPLE, name="../../etc/deltagere.csv"):
    token = token_in(client.get("/p/fabelby/import").text)
    data = {"form_token": token, "file": (io.BytesIO(content), name)}
    return client.post("/p/fabelby/import", data=data, content_type="multipart/form-data")


def confirm(client, preview):
    form = re.search(
        r'<form method="post"\s+action="(/p/fabelby/import/[0-9a-f]+[^"]*)">(.*?)</form>', preview, re.DOTALL
    )
    data = dict(re.findall(r'name="([^"]+)"\s+value="([^"]*)"', form[2]))
    return client.post(form[1], data=data)


@pytest.fixture
def reader(app, signed_in, scribe):
    app.projector.catch_up()
    return signed_in("project-manager")


def test_first_it_is_shown_what_each_row_would_become_and_nothing_is_saved(app, reader):
    head = app.reader.head()
    preview = reader.get(send(reader).location).text
    assert "Ny deltager: Anna Fabel, borger, med fra 1. januar 2026." in preview
    assert "“Rolle” er et ord, der ikke er kendt her" in preview
    assert "“Skostørrelse”" in preview
    assert "passwd" not in preview
    assert app.reader.head() == head


def test_then_it_is_read_in_and_says_what_became_of_it(app, reader):
    preview = reader.get(send(reader).location).text
    done = confirm(reader, preview)
    assert done.status_code == 303
    page = reader.get(done.location).text
    assert re.search(r"1\s+taget ind,\s+0\s+fandtes i forvejen", page)
    assert "1 venter på dig" in page
    assert len(app.reader.process_page("fabelby", types=["participant-registered.v1"])) == 1


def test_saying_yes_twice_reads_in_once(app, reader):
    preview = reader.get(send(reader).location).text
    confirm(reader, preview)
    head = app.reader.head()
    assert confirm(reader, preview).status_code == 404  # the file was let go once it was read
    assert app.reader.head() == head


def test_the_file_is_let_go_once_it_is_read(app, reader):
    confirm(reader, reader.get(send(reader).location).text)
    with app.log.connection() as connection:
        assert connection.execute("select count(*) as n from log.file").fetchone()["n"] == 0


def test_a_file_that_waits_for_a_yes_is_its_senders_alone(app, reader, web_of):
    import datetime as dt

    from domain.keeping import AccessRole

    place = send(reader).location
    secret = app.tokens.create(
        role=AccessRole.PROJECT_MANAGER, process=None, lasting=dt.timedelta(hours=1), kind="session", account="a-other"
    )
    other = web_of(app).test_client()
    other.set_cookie("kurslog_session", secret)
    assert other.get(place).status_code == 404
    sha256 = place.rpartition("/")[2]
    assert reader.get(f"/p/fabelby/files/{sha256}").status_code == 404


def test_the_day_and_the_kind_may_be_chosen_afterwards(reader):
    place = send(reader, "Tekst;Slags\nEn bænk;idé\n".encode()).location
    assert "Rækken siger ikke, hvornår det var" in reader.get(place).text
    chosen = reader.get(place, query_string={"day": "2026-02-01", "kind": "contributions"}).text
    assert "Idé, uden navn: “En bænk”" in chosen
    done = confirm(reader, chosen)
    assert re.search(r"1\s+taget ind", reader.get(done.location).text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Filen er tom"),
        (b"\x00\x01\x02\x00" * 100, "Filen kan ikke læses som tekst"),
        (b"<html><script>alert(1)</script>", "Ingen af overskrifterne er kendt her"),
        (b"PK\x03\x04 no more", "Regnearket kunne ikke læses"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "gammelt regneark"),
        (b"Navn;name\nx;y\n", "siger det samme"),
    ],
)
def test_a_file_that_is_no_table_is_told_and_nothing_is_saved(app, reader, content, said):
    head = app.reader.head()
    sent = send(reader, content)
    page = sent if sent.status_code == 422 else reader.get(sent.location)
    assert (page.status_code, said in page.text) == (422, True)
    assert app.reader.head() == head


@pytest.mark.parametrize("role", ["participant", "evaluator", "researcher"])
def test_only_the_team_reads_files_in(signed_in, scribe, role):
    client = signed_in(role)
    paths = ["/import", "/import/waiting", "/import/waiting.csv?kind=people", f"/import/{'ab' * 32}"]
    assert [client.get(f"/p/fabelby{path}").status_code for path in paths] == [404] * 4


def test_a_file_without_the_forms_token_is_not_taken(app, reader):
    data = {"file": (io.BytesIO(PEOPLE), "x.csv")}
    sent = reader.post("/p/fabelby/import", data=data, content_type="multipart/form-data")
    assert sent.status_code == 403
    assert app.files.facts("fabelby", []) == {}


def test_rows_that_wait_are_seen_taken_away_and_let_go(app, reader):
    confirm(reader, reader.get(send(reader).location).text)
    page = reader.get("/p/fabelby/import/waiting").text
    assert "Bo Fabel" in page
    file = reader.get("/p/fabelby/import/waiting.csv?kind=people")
    assert file.headers["Content-Disposition"] == 'attachment; filename="fabelby-people.csv"'
    assert "Bo Fabel;vagabond" in file.data.decode("utf-8-sig")
    place = re.search(r'name="place"\s+value="([^"]+)"', page)[1]
    reader.post("/p/fabelby/import/waiting/drop", data={"form_token": token_in(page), "place": place})
    assert "Ingen rækker venter" in reader.get("/p/fabelby/import/waiting").text


def test_a_mended_file_settles_what_waited(app, reader):
    confirm(reader, reader.get(send(reader).location).text)
    file = reader.get("/p/fabelby/import/waiting.csv?kind=people").data.replace(b"vagabond", b"borger")
    preview = reader.get(send(reader, file).location).text
    assert "Disse kolonner læses ikke" not in preview
    confirm(reader, preview)
    assert "Ingen rækker venter" in reader.get("/p/fabelby/import/waiting").text
    assert len(app.reader.process_page("fabelby", types=["participant-registered.v1"])) == 2


def test_the_entry_of_an_import_offers_to_undo_all_of_it(app, reader):
    confirm(reader, reader.get(send(reader).location).text)
    app.projector.catch_up()
    (done,) = app.reader.process_page("fabelby", types=["import-completed.v1"])
    page = reader.get(f"/p/fabelby/log/{done.position}").text
    assert "Fortryd hele importen" in page
    path = f"/p/fabelby/log/{done.position}/undo-import"
    undone = reader.post(path, data={"form_token": token_in(page)})
    assert undone.status_code == 303
    after = reader.get(undone.location).text
    assert ("Trukket tilbage" in after, "Fortryd hele importen" in after) == (True, False)
    assert reader.post(path, data={"form_token": token_in(page)}).status_code == 303


def test_what_stands_in_the_way_of_undoing_is_named_with_links(app, reader, scribe):
    confirm(reader, reader.get(send(reader).location).text)
    app.projector.catch_up()
    (done,) = app.reader.process_page("fabelby", types=["import-completed.v1"])
    (person,) = app.reader.process_page("fabelby", types=["participant-registered.v1"])
    data = {"hours": "2", "labour": "volunteer", "participant_id": person.data.participant_id}
    recorded = scribe.record("hours-logged", data, on="2026-03-01T12:00:00Z")
    page = reader.get(f"/p/fabelby/log/{done.position}").text
    stopped = reader.post(f"/p/fabelby/log/{done.position}/undo-import", data={"form_token": token_in(page)})
    assert stopped.status_code == 409
    assert f'href="/p/fabelby/log/{recorded.position}"' in stopped.text
    assert "Importen kan ikke fortrydes endnu" in stopped.text
