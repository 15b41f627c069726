"""A standby answers what it has, and is never written to: whoever tries is asked to come again."""

from psycopg.conninfo import make_conninfo

from service.app import Kurslog
from service.http import create_app
from service.log.backup import Beside, back_up


def reading(app):
    """Return a client of a server that only reads, as a standby does."""
    dsn = make_conninfo(app.dsn, options="-c default_transaction_read_only=on")
    return dsn, create_app(Kurslog(app.settings, dsn, serving=True)).test_client()


def test_a_command_is_never_decided_on_a_standby(scribe):
    import datetime as dt

    from domain.keeping import AccessRole

    scribe.app.projector.catch_up()
    lasting = dt.timedelta(days=1)
    secret = scribe.app.tokens.create(role=AccessRole.FACILITATOR, process=None, lasting=lasting)
    bearer = {"Authorization": f"Bearer {secret}"}
    link = scribe.app.tokens.create(role=AccessRole.FACILITATOR, process=None, lasting=lasting, kind="link")
    _, client = reading(scribe.app)
    data = {"contribution_id": "c-1", "kind": "idea", "text": "Et ord", "author": {"kind": "anonymous"}}

    written = client.post("/api/v1/processes/fabelby/contribution-made", headers=bearer, json={"data": data})
    asked = client.get("/api/v1/processes/fabelby/projections/timeline", headers={**bearer, "Kurslog-Wait": "1"})
    early = client.get("/api/v1/processes/fabelby/projections/timeline", headers={**bearer, "Kurslog-Wait": "2"})

    assert (written.status_code, "Retry-After" in written.headers) == (503, True)
    assert scribe.app.reader.head() == 1
    assert asked.status_code == 200
    assert (early.status_code, "Retry-After" in early.headers) == (503, True)
    assert client.post(f"/sign-in/{link}").status_code == 503


def test_a_standby_is_backed_up_from(scribe, tmp_path):
    dsn, _ = reading(scribe.app)

    manifest = back_up(dsn, tmp_path / "backup", Beside("", "", tmp_path / "erasures.ndjson"), nothing)

    assert manifest.head == 1


def nothing(_):
    import contextlib

    return contextlib.nullcontext(lambda _: None)
