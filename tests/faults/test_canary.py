"""A canary in every personal field there is: read by who may before, by nobody afterwards, the database's files included."""

import contextlib
import datetime as dt
import gzip
from collections import Counter

import psycopg
import pytest
from cryptography.exceptions import InvalidTag
from msgspec.structs import replace

from domain.correcting import CORRECTING
from domain.keeping import AccessRole
from domain.kernel import REGISTRY
from domain.shapes import FieldType
from service.erasing import ask, execute
from service.exports import export_lines
from service.http import create_app
from service.imports.intake import Quarantined, Waiting, WaitingRow
from service.log.auditing import audit_texts
from service.log.backup import Beside, back_up
from service.log.files import Kept
from service.log.rotating import destroy, rotate
from service.log.vault import MasterKey
from service.samples import sample_event
from service.security.gate import Caller
from service.web import PAGES
from service.wire import Sender, read_event
from tests.conftest import Scribe

pytestmark = pytest.mark.slow

CANARY = "Kanariefugl-Opdigtet"
APART = {"process", "participant", "erasure", "target"}
"""Kinds that this test records by the rules itself."""


def canaries(fields, data, found):
    """Write the canary into every personal field of a sample; name each in what was found."""
    for field in fields:
        value = data.get(field.name)
        if field.type is FieldType.PERSONAL:
            data[field.name] = [CANARY] if field.many else CANARY
            found.append(field.name)
        elif field.fields and value:
            for one in value if field.many else [value]:
                canaries(field.fields, one, found)


def every_event():
    """Yield an event of every type that holds personal text, with its author the one who is to be erased."""
    sender = Sender(account="a-test", now=dt.datetime.now(dt.UTC))
    for number, declaration in enumerate(REGISTRY.values()):
        if not declaration.personal or declaration.kind in APART:
            continue
        wire = sample_event(declaration)
        found = []
        canaries(declaration.fields, wire["data"], found)
        wire |= {"id": f"7d44a4f6-2c7c-4d0e-9d3b-{number:012d}", "onbehalfof": "p17"}
        if declaration.owner and wire["data"].get(declaration.owner, {}) != "p17":
            wire["data"][declaration.owner] = {"kind": "participant", "ref": "p17"}
        yield read_event(wire, "fabelby", sender), found


@pytest.fixture
def held(scratch):
    """Plant the canary everywhere, and give the app, how many texts that are, and what each secret's bytes are."""
    app = scratch.app()
    scribe = Scribe(app)
    scribe.begin(visibility="public")
    named = {"participant_id": "p17", "name": CANARY, "contact": CANARY}
    scribe.record("participant-registered", named)
    made = {"kind": "participant", "ref": "p17"}
    first = scribe.record(
        "contribution-made", {"contribution_id": "c-0", "kind": "idea", "text": CANARY, "author": made}
    )
    (target,) = app.reader.at([first.position])
    change = {"field": "text", "text": CANARY}
    scribe.record("event-corrected", {"target": str(target.id), "fields": [change], "reason": CANARY})
    scribe.record("event-disputed", {"target": str(target.id), "by": made, "reason": CANARY})
    texts, versions = 6, Counter()
    for event, found in every_event():
        assert not isinstance(event.data, CORRECTING)
        assert event.author == "p17", event.type
        head = app.reader.entries("fabelby", [event.subject]).version or app.reader.register("fabelby").version
        stream = event.stream
        known = head if stream == "process/fabelby" else versions[stream]
        app.log.save(replace(event, version=known + 1))
        versions[stream] = known + 1
        texts += len(found)
    app.files.keep(
        "fabelby", "ab" * 32, Kept(CANARY.encode(), "application/pdf"), accounts=[], key_id="fabelby/participant/p17"
    )
    row = WaitingRow("people", {"Navn": CANARY}, "venter", "waits")
    Waiting(app, "fabelby").keep("12" * 32, [Quarantined(1, "person-unknown", "", row)])
    yield app, texts
    app.close()


def secrets_of(app):
    """Return what nobody may find afterwards: each ciphertext, and the key as it was wrapped."""
    with app.log.connection() as connection:
        found = [
            bytes(row["secret"])
            for query in (
                "select cipher as secret from log.vault where key_id = 'fabelby/participant/p17'",
                "select cipher as secret from log.file",
                "select cipher as secret from log.quarantine",
                "select wrapped as secret from log.person_key where key_id = 'fabelby/participant/p17'",
            )
            for row in connection.execute(query)
        ]
    return [one[:64] for one in found]


def seen(client, app, role):
    """Return everything a role is shown: all pages without further ids, the log by the API, and the export."""
    secret = app.tokens.create(role=role, process="fabelby", lasting=dt.timedelta(hours=1), kind="session")
    token = app.tokens.create(role=role, process="fabelby", lasting=dt.timedelta(hours=1))
    client.set_cookie("kurslog_session", secret)
    answers = [
        client.get(rule.replace("<process>", "fabelby")).get_data()
        for method, rule, *_ in PAGES
        if method == "GET" and "<" not in rule.replace("<process>", "") and not rule.endswith(".pdf")
    ]
    client.delete_cookie("kurslog_session")
    events = client.get("/api/v1/processes/fabelby/events?limit=500", headers={"Authorization": f"Bearer {token}"})
    lines = export_lines(app, Caller("a-other", role, "fabelby"), "fabelby")
    return b"".join([*answers, events.get_data(), *lines])


def files_of(folder, *, wal):
    return [one for one in folder.rglob("*") if one.is_file() and (wal or "pg_wal" not in one.parts)]


def test_a_canary_in_every_personal_field_is_nowhere_once_erased(held, scratch, tmp_path, caplog):
    app, texts = held
    key, canary = scratch.settings.master_key_file, CANARY.encode()
    assert list(app.log.vault.texts(range(1, app.reader.head() + 1)).values()).count(CANARY) == texts
    served = app.served()
    client = create_app(served).test_client()
    assert canary in seen(client, app, AccessRole.FACILITATOR)
    assert canary not in seen(client, app, AccessRole.FUNDER)
    assert canary not in seen(client, app, AccessRole.RESEARCHER)
    secrets, old = secrets_of(app), MasterKey.load(key)
    with app.log.connection() as connection:
        row = connection.execute(
            "select wrapped from log.person_key where key_id = 'fabelby/participant/p17'"
        ).fetchone()
    wrapped = bytes(row["wrapped"])
    head = app.reader.head()

    execute(app, "fabelby", ask(app, "fabelby", "p17", "a-leder", verdict="granted", ground="intet står i vejen"))
    rotate(app.dsn, key)
    destroy(key)

    assert CANARY not in str(app.log.vault.texts(range(1, app.reader.head() + 1)))
    for role in AccessRole:
        assert canary not in seen(client, app, role), role
    assert app.reader.head() == head + 3
    assert audit_texts(app.dsn) is None
    with pytest.raises(InvalidTag):
        MasterKey.load(key).unwrap("fabelby/participant/p17", wrapped)
    assert old.unwrap("fabelby/participant/p17", wrapped)  # what an old backup holds: nobody has this key any more
    back_up(app.dsn, tmp_path / "backup", Beside("", "", tmp_path / "erasures.ndjson"), quiet)
    copied = b"".join(gzip.decompress(one.read_bytes()) for one in (tmp_path / "backup").glob("*.gz"))
    assert not [one for one in secrets if one.hex().encode() in copied]
    served.close()
    with psycopg.connect(app.dsn, autocommit=True) as connection:
        connection.execute("vacuum full")
        connection.execute("checkpoint")
    on_disk = {one: one.read_bytes() for one in files_of(scratch.root, wal=True)}
    assert sum(len(content) for content in on_disk.values()) > 10**6
    assert not [one for one, content in on_disk.items() if canary in content]
    kept = [content for one, content in on_disk.items() if "pg_wal" not in one.parts]
    assert not [one for one in secrets if any(one in content for content in kept)]
    assert CANARY not in caplog.text


def quiet(_):
    return contextlib.nullcontext(lambda _: None)
