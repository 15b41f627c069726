"""What a request may ask for and how much it may send, before anything of it is looked at."""

import dataclasses

import pytest

from service.http import FIELDS_MAX_BYTES, PARTS_MAX
from service.settings import SettingError, Settings


@pytest.fixture
def client(app, web_of):
    app.settings = dataclasses.replace(app.settings, url="https://kurslog.example", hosts=frozenset({"andet.example"}))
    return web_of(app).test_client()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "kurslog.example", "Andet.example:443"])
def test_a_host_of_ours_is_answered(client, host):
    assert client.get("/about", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["elsewhere.example", "kurslog.example.elsewhere.example", "x@localhost", "[::1", ""])
def test_a_host_that_is_not_ours_is_refused_with_a_sentence(client, host):
    page = client.get("/about", headers={"Host": host})
    assert (page.status_code, "KURSLOG_HOSTS" in page.text) == (400, True)
    answer = client.get("/api/v1/processes", headers={"Host": host})
    assert (answer.status_code, answer.json["rule"]) == (400, "unknown-host")
    assert "elsewhere" not in page.text + answer.text


def test_names_are_set_with_commas_between():
    assert Settings.from_environment({"KURSLOG_HOSTS": "a.example, B.example"}).hosts == {"a.example", "b.example"}
    with pytest.raises(SettingError, match="KURSLOG_HOSTS"):
        Settings.from_environment({"KURSLOG_HOSTS": "https://a.example"})


def test_a_form_of_more_than_any_of_ours_is_refused(client):
    fields = client.post(
        "/sign-in", data="a&" * (FIELDS_MAX_BYTES // 2 + 1), content_type="application/x-www-form-urlencoded"
    )
    parts = client.post(
        "/sign-in", data={f"f{n}": "x" for n in range(PARTS_MAX + 1)}, content_type="multipart/form-data"
    )
    assert (fields.status_code, parts.status_code) == (413, 413)


def test_of_what_is_said_twice_the_first_counts_and_a_form_is_read_from_its_body_alone(app, client):
    mia = app.accounts.create("mia.fiktiv")
    app.accounts.set_password(mia.id, said := "fire små grønne ord")
    form = {"name": ["mia.fiktiv", "bo.fiktiv"], "password": [said, "forkert hest batteri"]}
    assert '<html lang="en"' in client.get("/about?lang=en&lang=da").text
    assert client.post("/sign-in", data=form).status_code == 303
    assert client.post("/sign-in", data={name: values[::-1] for name, values in form.items()}).status_code == 422
    assert client.post("/sign-in", query_string=form).status_code == 422
