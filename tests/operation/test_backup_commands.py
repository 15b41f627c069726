"""``kurslog backup`` and ``kurslog restore``: what they refuse and what they say, in both languages."""

import gzip
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import psycopg
import pytest
from click.testing import CliRunner

from service.cli.main import main
from service.cli.refusals import REFUSALS

DEADLINE_SECONDS = 60


@pytest.fixture
def environment(settings, dsn):
    return {
        "KURSLOG_HOME": str(settings.home),
        "KURSLOG_DATABASE_URL": dsn,
        "KURSLOG_MASTER_KEY_FILE": str(settings.master_key_file),
        "KURSLOG_LANGUAGE": "en",
    }


@pytest.fixture
def run(environment):
    """Return a function that runs kurslog and gives (exit code, stdout, stderr)."""

    def kurslog(*words, **more):
        done = CliRunner().invoke(main, [str(word) for word in words], env={**environment, **more}, prog_name="kurslog")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    return kurslog


@pytest.fixture
def folder(run, scribe, tmp_path):
    scribe.contribute("c-1", text="Et ord")
    scribe.app.signing().step()
    code, _, said = run("backup", tmp_path / "backup")
    assert code == 0, said
    return tmp_path / "backup"


def changed(folder, **more):
    said = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(said | more))


def test_a_backup_comes_back_and_verifies_against_the_old_checkpoint(run, scribe, folder, bare, tmp_path):
    note = tmp_path / "checkpoint"
    note.write_text(scribe.app.ledger.signed().note)

    code, out, said = run("restore", folder, "--checkpoint", note, KURSLOG_DATABASE_URL=bare)

    assert code == 0, said
    assert (json.loads(out)["events"], json.loads(out)["covered"], json.loads(out)["kept"]) == (2, 2, 2)
    assert "the root is the one that was signed for the first 2" in said
    assert "the one your checkpoint has for 2" in said
    code, out, said = run("query", "fabelby", "fate-of-contributions", "--format", "json", KURSLOG_DATABASE_URL=bare)
    assert code == 0, said
    assert "Et ord" in out


def test_a_backup_says_what_it_covers_and_where_the_keys_are_not(run, scribe, tmp_path):
    code, out, said = run("backup", tmp_path / "first")

    assert code == 0
    assert (json.loads(out)["events"], json.loads(out)["covered"]) == (1, 0)
    assert "The keys are not in it" in said
    assert not [
        path for path in (tmp_path / "first").rglob("*") if "key" in path.name and path.name != "log.person_key.copy.gz"
    ]
    assert scribe.app.settings.master_key_file.read_bytes() not in b"".join(
        gzip.decompress(path.read_bytes()) for path in (tmp_path / "first").glob("*.gz")
    )


def spoil(name, how):
    def run(folder):
        path = folder / name
        how(path)

    return run


def flipped(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


SPOILT = {
    "a damaged file": (spoil("log.event.copy.gz", flipped), "log.event.copy.gz was changed or damaged"),
    "a missing file": (spoil("log.vault.copy.gz", lambda path: path.unlink()), "log.vault.copy.gz is missing"),
    "a damaged list": (spoil("erasures.ndjson", lambda path: path.write_text("{}\n")), "erasures.ndjson was changed"),
    "half a manifest": (
        spoil("manifest.json", lambda path: path.write_text('{"format":1,')),
        "manifest.json was changed",
    ),
    "no manifest": (spoil("manifest.json", lambda path: path.unlink()), "is no backup"),
    "a newer format": (lambda folder: changed(folder, format=2), "was written by a newer Kurslog"),
    "a newer database": (lambda folder: changed(folder, migrations=["999_next.sql"]), "does not know: 999_next.sql"),
    "a table less": (lambda folder: changed(folder, tables=[]), "does not have the tables"),
}


@pytest.mark.parametrize("spoiling", SPOILT)
def test_a_spoilt_backup_is_refused_in_a_sentence_and_nothing_is_loaded(run, folder, bare, untouched, spoiling):
    spoil_it, sentence = SPOILT[spoiling]
    spoil_it(folder)

    code, out, said = run("restore", folder, KURSLOG_DATABASE_URL=bare)

    assert (code, out) == (1, "")
    assert sentence in said
    assert "Nothing was loaded" in said or "takes its name" in said
    assert untouched()


def test_another_master_key_is_refused_before_anything_is_loaded(run, folder, bare, untouched, tmp_path):
    (tmp_path / "other.key").write_bytes(os.urandom(32))

    code, _, said = run(
        "restore", folder, KURSLOG_DATABASE_URL=bare, KURSLOG_MASTER_KEY_FILE=str(tmp_path / "other.key")
    )
    assert (code, "another master key" in said, untouched()) == (1, True, True)

    code, _, said = run(
        "restore", folder, KURSLOG_DATABASE_URL=bare, KURSLOG_MASTER_KEY_FILE=str(tmp_path / "none.key")
    )
    assert (code, "Bring it back" in said, untouched()) == (1, True, True)
    assert not (tmp_path / "none.key").exists()


def test_a_database_that_holds_something_is_left_as_it_is(run, scribe, folder):
    code, _, said = run("restore", folder)

    assert code == 1
    assert "nothing was changed in it" in said
    assert scribe.app.reader.head() == 2


def test_a_database_that_was_begun_and_never_written_to_is_empty(run, folder, bare):
    from service.log.migrate import migrate

    migrate(bare)

    assert run("restore", folder, KURSLOG_DATABASE_URL=bare)[0] == 0


def test_a_folder_in_use_is_refused_with_another_name(run, folder):
    before = sorted(folder.iterdir())

    code, _, said = run("backup", folder)

    assert (code, sorted(folder.iterdir())) == (1, before)
    assert f"{folder}-$(date +%F)" in said


def test_an_empty_database_has_nothing_to_back_up(run, bare, untouched, tmp_path):
    code, _, said = run("backup", tmp_path / "empty", KURSLOG_DATABASE_URL=bare)

    assert (code, "nothing to back up" in said, (tmp_path / "empty").exists()) == (1, True, False)
    assert untouched()


def test_entries_that_would_be_lost_are_counted_and_accepted_only_in_words(
    run, scribe, folder, bare, untouched, tmp_path
):
    scribe.contribute("c-2")
    scribe.app.signing().step()
    note = tmp_path / "checkpoint"
    note.write_text(scribe.app.ledger.signed().note)
    words = ("restore", folder, "--checkpoint", note)

    code, _, said = run(*words, KURSLOG_DATABASE_URL=bare)
    assert (code, "1 would be lost" in said, untouched()) == (1, True, True)

    code, _, said = run(*words, "--accept-loss", KURSLOG_DATABASE_URL=bare)
    assert (code, "KURSLOG_LEDGER_ORIGIN" in said) == (0, True)


@pytest.mark.parametrize(("language", "sentence"), [("da", "er ingen sikkerhedskopi"), ("en", "is no backup")])
def test_a_refusal_is_said_in_the_persons_language(run, tmp_path, language, sentence):
    code, _, said = run("restore", tmp_path / "nowhere", KURSLOG_LANGUAGE=language)

    assert (code, sentence in said) == (1, True)


def test_every_refusal_has_a_sentence_in_both_languages():
    import re
    from pathlib import Path

    folder = Path(__file__).parents[2] / "service" / "log"
    raised = {
        rule
        for name in ("backup", "restore", "manifest", "erasures")
        for rule in re.findall(r'BackupRefusedError\(\s*"([a-z-]+)"', (folder / f"{name}.py").read_text())
    }

    assert raised | {"backup-not-ours", "checkpoint-not-ours"} == set(REFUSALS)


def test_a_restore_that_is_killed_leaves_an_empty_database_to_try_again(run, environment, folder, bare, untouched):
    command = [sys.executable, "-m", "service.cli.main", "restore", str(folder)]
    with psycopg.connect(bare, autocommit=True) as holding:
        holding.execute("select pg_advisory_lock(771, 5)")  # the rights are given after the rows are loaded
        restoring = subprocess.Popen(command, env={**os.environ, **environment, "KURSLOG_DATABASE_URL": bare})
        waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())"
        deadline = time.monotonic() + DEADLINE_SECONDS
        while holding.execute(waiting).fetchone()[0] == 0:
            assert restoring.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        restoring.send_signal(signal.SIGKILL)
        restoring.wait()
    assert untouched()

    assert run("restore", folder, KURSLOG_DATABASE_URL=bare)[0] == 0


def test_a_drill_restores_beside_the_living_and_leaves_nothing(run, scribe, folder, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))

    code, out, said = run("restore", folder, "--drill")

    seen = json.loads(out)
    assert code == 0, said
    assert (seen["events"], seen["process"], seen["differ"]) == (2, "fabelby", [])
    assert seen["answers"] > 10
    assert seen["seconds"] >= seen["load_seconds"] + seen["project_seconds"] > 0
    assert "The drill went well" in said
    assert list(scratch.iterdir()) == []
    assert scribe.app.reader.head() == 2
