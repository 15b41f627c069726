"""Files over the API: kept once, opened by whoever may see an entry that names them, and gone with a person's key."""

import io
from dataclasses import replace

import msgspec
import pytest
from cryptography.exceptions import InvalidTag

from domain.keeping import AccessRole
from domain.kernel import REGISTRY
from domain.shapes import FieldType
from service.http import create_app
from service.log.files import files_in
from service.samples import sample_event
from tests.pictures import PDF, jpeg, png

FILES = "/api/v1/processes/fabelby/files"


def send(client, headers, content=None, **more):
    return client.post(FILES, data=content or jpeg(), content_type="image/jpeg", headers=headers, **more)


def send_form(client, headers, content, name="../../etc/passwd.jpg", media_type="image/jpeg"):
    data = {"file": (io.BytesIO(content), name, media_type)}
    return client.post(FILES, data=data, content_type="multipart/form-data", headers=headers)


def made(ref, sha256, **more):
    data = {"contribution_id": ref, "kind": "idea", "text": "En bænk", "author": {"kind": "anonymous"}}
    return {**data, "artefact_sha256": sha256, **more}


def test_a_file_is_kept_once_and_opened_again(client, token, begun):
    headers = token()
    first = send(client, headers)
    again = send_form(client, headers, jpeg())
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    found = client.get(first.json["href"], headers=headers)
    assert (found.status_code, found.mimetype, len(found.data)) == (200, "image/jpeg", first.json["size_bytes"])
    assert b"Exif" not in found.data


def test_a_file_is_given_so_that_a_browser_only_shows_it(client, token, begun):
    headers = token()
    picture = client.get(send(client, headers).json["href"], headers=headers).headers
    document = client.get(send_form(client, headers, PDF).json["href"], headers=headers).headers
    for given in (picture, document):
        assert given["X-Content-Type-Options"] == "nosniff"
        assert given["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert given["Cache-Control"] == "private, no-store"
        assert "passwd" not in str(given)
    assert picture["Content-Disposition"].startswith("inline")
    assert document["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("content", "name", "status", "rule"),
    [
        (b"<html><script>alert(1)</script>", "photo.jpg", 415, "file-type-unknown"),
        (b"", "photo.jpg", 422, "file-empty"),
        (jpeg()[:200], "photo.jpg", 422, "file-damaged"),
    ],
)
def test_what_is_refused_says_what_to_do(client, token, begun, content, name, status, rule):
    answer = send_form(client, token(), content, name)
    assert (answer.status_code, answer.json["rule"], answer.mimetype) == (status, rule, "application/problem+json")
    assert answer.json["detail"]


def test_a_form_without_a_file_is_refused(client, token, begun):
    answer = client.post(FILES, data={"other": "x"}, content_type="multipart/form-data", headers=token())
    assert (answer.status_code, answer.json["rule"]) == (422, "file-empty")


def test_a_file_is_too_large_by_the_bytes_that_come_whatever_is_said(app, token, begun):
    app.settings = replace(app.settings, file_max_bytes=5000)
    client = create_app(app).test_client()
    headers = token()
    content = png(size=(300, 300)) + bytes(6000)
    assert send_form(client, headers, content).json["rule"] == "file-too-large"
    stated = client.post(FILES, data=content, headers=headers, environ_overrides={"CONTENT_LENGTH": "9999"})
    assert stated.status_code == 413


def test_nobody_keeps_a_file_without_a_token_or_a_part(client, token, begun):
    assert send(client, {}).status_code == 401
    assert send(client, token(AccessRole.RESEARCHER)).status_code == 404
    assert send(client, token(process="another")).status_code == 404


def test_only_who_brought_it_opens_it_before_an_entry_names_it(client, token, begun):
    mine, other = token(), token()
    href = send(client, mine).json["href"]
    assert [client.get(href, headers=headers).status_code for headers in (mine, other, {})] == [200, 404, 404]


@pytest.mark.parametrize(
    ("visibility", "role", "status"),
    [
        ("public", AccessRole.RESEARCHER, 200),
        ("process", AccessRole.PARTICIPANT, 200),
        ("team", AccessRole.PARTICIPANT, 404),
        ("team", AccessRole.FACILITATOR, 200),
        ("evaluators", AccessRole.FACILITATOR, 404),
    ],
)
def test_whoever_sees_an_entry_that_names_it_opens_it(client, token, begun, visibility, role, status):
    mine = token()
    sent = send(client, mine).json
    body = {**made("c1", sent["sha256"]), "visibility": visibility}
    assert client.post("/api/v1/processes/fabelby/contribution-made", json=body, headers=mine).status_code == 201
    assert client.get(sent["href"], headers=token(role)).status_code == status


def test_nobody_opens_a_file_for_themselves_by_naming_it(client, token, begun):
    mine, other = token(), token()
    sent = send(client, mine).json
    named = client.post("/api/v1/processes/fabelby/contribution-made", json=made("c1", sent["sha256"]), headers=other)
    assert (named.status_code, named.json["rule"]) == (422, "unknown-thing")
    own = client.post("/api/v1/processes/fabelby/contribution-made", json=made("c2", "ab" * 32), headers=other)
    correction = {
        "target": own.json["events"][0]["id"],
        "reason": "x",
        "fields": [{"field": "artefact_sha256", "value": sent["sha256"]}],
    }
    corrected = client.post("/api/v1/processes/fabelby/event-corrected", json=correction, headers=other)
    assert (corrected.status_code, corrected.json["rule"]) == (422, "unknown-thing")
    assert client.get(sent["href"], headers=other).status_code == 404


def test_a_correction_may_bring_in_another_file(client, token, begun):
    mine = token()
    sent = send(client, mine).json
    own = client.post("/api/v1/processes/fabelby/contribution-made", json=made("c1", "ab" * 32), headers=mine)
    change = {"field": "artefact_sha256", "value": sent["sha256"]}
    body = {"target": own.json["events"][0]["id"], "reason": "x", "fields": [change]}
    assert client.post("/api/v1/processes/fabelby/event-corrected", json=body, headers=mine).status_code == 201
    assert client.get(sent["href"], headers=token(AccessRole.PARTICIPANT)).status_code == 200


def test_a_persons_file_is_gone_with_the_persons_key_and_anothers_copy_stays(app, client, token, begun):
    mine = token()
    for person in ("p17", "p18"):
        begun.record("participant-registered", {"participant_id": person}, on="2026-01-02T12:00:00Z")
    sent = send(client, mine).json
    for ref, person in (("c1", "p17"), ("c2", "p18")):
        body = made(ref, sent["sha256"], author={"kind": "participant", "ref": person})
        assert client.post("/api/v1/processes/fabelby/contribution-made", json=body, headers=mine).status_code == 201

    def erase(person):
        with app.log.connection() as connection:
            connection.execute(
                "update log.person_key set wrapped = null where key_id = %s", (f"fabelby/participant/{person}",)
            )
        app.log.vault._keys.clear()
        return client.get(sent["href"], headers=mine).status_code

    assert [erase("p17"), erase("p18")] == [200, 404]
    assert app.files.facts("fabelby", [sent["sha256"]]) == {}


def test_a_file_that_no_entry_names_within_a_week_is_swept_away(app, client, token, begun):
    mine = token()
    named, forgotten = send(client, mine).json, send_form(client, mine, PDF).json
    client.post("/api/v1/processes/fabelby/contribution-made", json=made("c1", named["sha256"]), headers=mine)
    with app.log.connection() as connection:
        connection.execute("update log.file set kept_at = now() - interval '8 days'")
    send_form(client, mine, png())
    assert [client.get(item["href"], headers=mine).status_code for item in (named, forgotten)] == [200, 404]


def test_a_files_row_moved_elsewhere_does_not_open(app, client, token, begun):
    mine = token()
    first, second = send(client, mine).json, send_form(client, mine, PDF).json
    with app.log.connection() as connection:
        connection.execute(
            "update log.file f set cipher = o.cipher, key_id = o.key_id from log.file o where f.sha256 = %s and o.sha256 = %s",
            (bytes.fromhex(first["sha256"]), bytes.fromhex(second["sha256"])),
        )
    with pytest.raises(InvalidTag):
        app.files.open("fabelby", first["sha256"])


def test_nothing_of_a_file_lies_in_the_open(app, client, token, begun):
    sent = send_form(client, token(), PDF).json
    with app.log.connection() as connection:
        row = connection.execute("select cipher from log.file").fetchone()
    assert b"%PDF" not in bytes(row["cipher"])
    assert len(bytes(row["cipher"])) == sent["size_bytes"] + 28


@pytest.mark.parametrize(
    "name", [found.name for found in REGISTRY.values() if any(f.type is FieldType.FILE for f in found.fields)]
)
def test_the_database_finds_every_type_of_entry_that_names_a_file(app, begun, name):
    event = begun.read(REGISTRY[name].stem, sample_event(REGISTRY[name])["data"])
    (sha256,) = files_in(event).values()
    state = app.log.mapper.to_stored_event(msgspec.structs.replace(event, version=1)) if not _texts(event) else None
    if state is None:
        app.log.vault.ensure([f"fabelby/{event.subject}"])
        state = app.log.mapper.to_stored_event(msgspec.structs.replace(event, version=1))
    with app.log.connection() as connection:
        found = connection.execute("select log.file_in(%s, %s) as found", (name, state.state)).fetchone()["found"]
    assert found == sha256


SHA256 = "0f" * 32


@pytest.mark.parametrize(
    ("topic", "state", "found"),
    [
        ("media-captured.v1", f'{{"data":{{"sha256":"{SHA256}"}}}}', SHA256),
        ("contribution-made.v1", f'{{"data":{{"artefact_sha256":"{SHA256}","text":"æ\\\\"}}}}', SHA256),
        ("expenditure-recorded.v2", f'{{"data":{{"file_sha256":"{SHA256}"}}}}', SHA256),
        ("contribution-made.v1", f'{{"data":{{"text":{{"key":"x","sha256":"{SHA256}"}}}}}}', None),
        ("contribution-made.v1", '{"data":{"artefact_sha256":"æ"}}', None),
        ("contribution-made", f'{{"data":{{"artefact_sha256":"{SHA256}"}}}}', None),
        ("contribution-made-again.v1", f'{{"data":{{"artefact_sha256":"{SHA256}"}}}}', None),
        ("event-corrected.v1", f'{{"changes":[{{"field":"artefact_sha256","value":"{SHA256}"}}]}}', SHA256),
        ("event-corrected.v1", f'{{"changes":[{{"field":"sha256","value":"{SHA256}"}}]}}', SHA256),
        ("event-corrected.v1", f'{{"changes":[{{"field":"text","value":"{SHA256}"}}]}}', None),
    ],
)
def test_the_database_finds_a_file_by_its_field_and_nothing_else(app, topic, state, found):
    with app.log.connection() as connection:
        row = connection.execute("select log.file_in(%s, %s) as found", (topic, state.encode())).fetchone()
    assert row == {"found": found}


def _texts(event):
    return event.declaration.personal
