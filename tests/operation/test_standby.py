"""A standby answers what it has, and is never written to: whoever tries is asked to come again."""

import contextlib
import datetime as dt

import pytest
from psycopg.conninfo import make_conninfo

from domain.keeping import AccessRole
from service.app import Kurslog
from service.log.backup import Beside, back_up

LASTING = dt.timedelta(days=1)


@pytest.fixture
def standby(app):
    """Return the conninfo of a server that only reads."""
    return make_conninfo(app.dsn, options="-c default_transaction_read_only=on")


@pytest.fixture
def client(app, standby, web_of):
    """Yield a client of a web server there."""
    served = Kurslog(app.settings, standby, serving=True)
    yield web_of(served).test_client()
    served.close()


@pytest.fixture
def secret(scribe):
    """Return a function that makes a way in, on the primary."""
    scribe.app.projector.catch_up()

    def make(kind):
        return scribe.app.tokens.create(role=AccessRole.FACILITATOR, process=None, lasting=LASTING, kind=kind)

    return make


def test_it_answers_what_it_has_and_no_sooner(client, secret):
    def asked(position):
        headers = {"Authorization": f"Bearer {secret('api')}", "Kurslog-Wait": position}
        return client.get("/api/v1/processes/fabelby/projections/timeline", headers=headers)

    assert asked("1").status_code == 200
    assert (asked("2").status_code, "Retry-After" in asked("2").headers) == (503, True)


def test_whoever_signed_in_on_the_primary_reads_its_pages(client, secret):
    client.set_cookie("kurslog_session", secret("session"))

    assert "Fabelby" in client.get("/p/fabelby").text


def test_no_command_is_decided_there(client, secret, scribe):
    data = {"contribution_id": "c-1", "kind": "idea", "text": "Et ord", "author": {"kind": "anonymous"}}
    headers = {"Authorization": f"Bearer {secret('api')}"}

    written = client.post("/api/v1/processes/fabelby/contribution-made", headers=headers, json={"data": data})

    assert (written.status_code, "Retry-After" in written.headers) == (503, True)
    assert scribe.app.reader.head() == 1
    assert client.post(f"/sign-in/{secret('link')}").status_code == 503


def test_it_is_backed_up_from(scribe, standby, tmp_path):
    def quiet(_):
        return contextlib.nullcontext(lambda _: None)

    assert back_up(standby, tmp_path / "backup", Beside("", "", tmp_path / "erasures.ndjson"), quiet).head == 1
