"""The doctor: each part is broken once, and named."""

import psycopg
import pytest

from projections.everything import PROJECTIONS
from service.cli import examining
from service.log import condition
from tests.databases import durable

KEY = PROJECTIONS["actions"].key
UNMARKED = "PostgreSQL would not notice a disk that writes wrongly: stop it, and run pg_checksums --enable."
"""What the doctor says of a server without data checksums, which may be the one these tests were given."""


@pytest.fixture
def examined(app, settings, scribe, monkeypatch):
    """Return a function that gives what is wrong, as the doctor says it; without what the server itself lacks."""
    monkeypatch.setenv("KURSLOG_HOME", str(settings.home))
    monkeypatch.setenv("KURSLOG_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KURSLOG_LANGUAGE", "en")
    app.projector.catch_up()
    app.signing().step()

    def look():
        said = [finding.sentence for finding in examining.examine() if not finding.well]
        return [sentence for sentence in said if sentence != UNMARKED]

    with durable(app.dsn):
        yield look


def test_a_log_whose_parts_are_well_has_nothing_wrong(examined):
    assert examined() == []


def test_a_server_is_said_to_notice_a_disk_that_writes_wrongly_just_where_it_does(examined, dsn):
    with psycopg.connect(dsn) as connection:
        marks = connection.execute("show data_checksums").fetchone() == ("on",)
    said = {finding.sentence: finding.well for finding in examining.examine()}
    assert (said.get(UNMARKED), "What is acknowledged is on disk (fsync)." in said) == (None if marks else False, marks)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("update log.event set notification_id = 7; update read.tracking set position = 7", "lacks 6 numbers"),
        ("grant update on log.event to kurslog_web", "may change the log"),
        ("alter table read.{key} disable row level security", f"no wall between processes: read.{KEY}"),
        ("alter table log.redacted disable row level security", "no wall between processes: log.redacted"),
        ("update log.event set recorded_at = recorded_at + 3600000000", "the clock was set back"),
        (
            "update read.tracking set position = 0 where projection = '{key}'",
            f"stand still while the others are at 1: {KEY} (0)",
        ),
        (
            "update read.tracking set position = 0; update log.event set recorded_at = recorded_at - 3600000000",
            "are 1 behind",
        ),
        ("delete from read.tracking where projection = '{key}'", f"not built yet: {KEY}"),
        ("insert into read.tracking values ('{key}_new', 0)", f"half-built, and nobody is at it: {KEY}_new"),
        ("delete from ledger.checkpoint", "not the one that was signed last"),
        ("alter database {name} set synchronous_commit = off", "not on disk"),
    ],
)
def test_what_is_broken_in_the_database_is_named(examined, dsn, broken, said):
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in broken.split(";"):
            connection.execute(statement.format(name=connection.info.dbname, key=KEY).encode())
    assert any(said in sentence for sentence in examined())


def test_what_nobody_signs_is_named(examined, scribe, dsn, app):
    scribe.contribute("c1")
    app.projector.catch_up()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("update log.event set recorded_at = recorded_at - 3600000000 where notification_id = 2")
    assert examined() == ["1 entries are not signed: run kurslog signer."]


def test_key_files_that_others_can_read_or_that_do_not_belong_together_are_named(examined, settings):
    settings.master_key_file.chmod(0o644)
    settings.signer_key.chmod(0o640)
    public = settings.signer_key.with_suffix(".pub")
    public.write_text("kurslog/another+9f7dd0ac+AbcdRmtNxfoAsDqMXhQ5gTrMx52HTRWkXoZbI1lVbQ0r\n")
    said = examined()
    assert [sentence.split(":")[0] for sentence in said if "chmod" in sentence] == [
        f"Others can read {settings.master_key_file}",
        f"Others can read {settings.signer_key}",
    ]
    assert any(sentence.startswith(f"{public} does not belong to signer.key") for sentence in said)


def test_a_disk_without_room_is_named(examined, monkeypatch):
    monkeypatch.setattr(examining, "FREE_BYTES", 2**62)
    assert [sentence.split()[:2] for sentence in examined()] == [["There", "are"]]


def test_a_connection_that_does_not_hear_is_noticed(dsn, server, monkeypatch):
    monkeypatch.setattr(condition, "HEARD_SECONDS", 0.3)
    assert (condition.hears(dsn, dsn), condition.hears(dsn, server)) == (True, False)


def test_rows_that_wait_are_told_and_are_no_fault(examined, dsn):
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "insert into log.quarantine (process, file_sha256, line, rule) values ('fabelby', 'x', 1, 'r')"
        )
    assert examined() == []
    assert any("Rows wait to be mended: fabelby (1)" in finding.sentence for finding in examining.examine())
