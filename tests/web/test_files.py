"""Files in forms: taken in, kept while the rest is mended, and shown on the entry's page."""

import io
import re

from tests.pictures import PDF, jpeg
from tests.web.test_pages import token_in

FORM = "/p/fabelby/record/contribution-made"


def fill(client, stem="contribution-made", content=None, name="seddel.jpg", **typed):
    html = client.get(f"/p/fabelby/record/{stem}").text
    data = {"form_token": token_in(html), "event_id": re.search(r'name="event_id" value="([^"]+)"', html)[1], **typed}
    field = re.search(r'type="file"\s+id="[^"]+"\s+name="([^"]+)"', html)[1]
    if content is not None:
        data[field] = (io.BytesIO(content), name)
    return client.post(f"/p/fabelby/record/{stem}", data=data, content_type="multipart/form-data")


NOTE = {"data.contribution_id": "c-9", "data.kind": "idea", "data.text": "En bænk", "data.author": "anonymous/"}


def test_a_note_with_its_photo_shows_it_with_words_for_those_who_do_not_see_it(app, signed_in, scribe):
    client = signed_in()
    app.projector.catch_up()
    assert fill(client, content=jpeg(), **NOTE).status_code == 303
    event = app.reader.process_page("fabelby", types=["contribution-made.v1"])[0]
    page = client.get(f"/p/fabelby/log/{event.position}").text
    found = re.search(r'<img src="([^"]+)"\s+alt="([^"]+)"', page)
    assert found[2] == "billede af sedlen: En bænk"
    picture = client.get(found[1])
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    assert picture.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_file_is_still_there_when_something_else_was_forgotten(app, signed_in, scribe):
    client = signed_in()
    app.projector.catch_up()
    again = fill(client, content=jpeg(), **{**NOTE, "data.text": ""})
    assert again.status_code == 422
    kept = re.search(r'name="data.artefact_sha256"\s+value="([0-9a-f]{64})"', again.text)[1]
    assert f"/p/fabelby/files/{kept}" in again.text
    assert fill(client, **NOTE, **{"data.artefact_sha256": kept}).status_code == 303
    event = app.reader.process_page("fabelby", types=["contribution-made.v1"])[0]
    assert event.data.artefact_sha256 == kept


def test_a_file_can_be_taken_off_again(app, signed_in, scribe):
    client = signed_in()
    app.projector.catch_up()
    again = fill(client, content=jpeg(), **{**NOTE, "data.text": ""})
    kept = re.search(r'name="data.artefact_sha256"\s+value="([0-9a-f]{64})"', again.text)[1]
    fill(client, **NOTE, **{"data.artefact_sha256": kept, "data.artefact_sha256.drop": "1"})
    event = app.reader.process_page("fabelby", types=["contribution-made.v1"])[0]
    assert event.data.artefact_sha256 is None


def test_a_file_of_another_kind_is_told_at_its_field_and_the_text_is_kept(app, signed_in, scribe):
    before = app.reader.head()
    again = fill(signed_in(), content=b"<html><script>alert(1)</script>", name="photo.jpg", **NOTE)
    assert again.status_code == 422
    assert "Gem den som JPEG, PNG, WebP eller PDF" in again.text
    assert "En bænk" in again.text
    assert app.reader.head() == before


def test_a_picture_needs_its_file(signed_in, scribe):
    typed = {"data.media_id": "m-1", "data.kind": "photo", "data.shows": "situation"}
    assert "Vælg: fil." in fill(signed_in(), "media-captured", **typed).text


def test_a_voucher_is_kept_with_its_expense_and_got_as_a_file(app, signed_in, scribe):
    client = signed_in()
    app.projector.catch_up()
    typed = {"data.line_id": "mad", "data.amount_dkk": "1250,50", "data.voucher": "14", "data.paid_on": "2026-02-01"}
    assert fill(client, "expenditure-recorded", PDF, "bilag.pdf", **typed).status_code == 303
    event = app.reader.process_page("fabelby", types=["expenditure-recorded.v1"])[0]
    page = client.get(f"/p/fabelby/log/{event.position}").text
    assert "Hent filen (PDF)" in page
    assert client.get(f"/p/fabelby/files/{event.data.file_sha256}").headers["Content-Disposition"].startswith("attach")


def test_an_entry_whose_file_is_not_here_says_so(app, signed_in, scribe):
    recorded = scribe.record(
        "product-delivered", {"product_id": "pr-1", "title": "En film", "kind": "film", "sha256": "ab" * 32}
    )
    assert "Filen ligger ikke her" in signed_in().get(f"/p/fabelby/log/{recorded.position}").text


def test_a_hash_of_anothers_file_typed_into_a_form_opens_nothing(app, signed_in, scribe):
    sha256 = "cd" * 32
    from service.log.files import Kept

    app.files.keep("fabelby", sha256, Kept(b"x", "image/jpeg"), accounts=["a-other"])
    sent = fill(signed_in(), **NOTE, **{"data.artefact_sha256": sha256})
    assert sent.status_code == 422
    assert f"/files/{sha256}" not in sent.text
