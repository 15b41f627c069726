"""Erasing and changing the master key from the command line."""

import pytest
from click.testing import CliRunner

from service.cli.main import main
from service.log.rotating import old_of


@pytest.fixture
def run(scribe, tmp_path, dsn):
    scribe.record("participant-registered", {"participant_id": "p1", "name": "Mia Fiktiv"})

    def kurslog(*words):
        environment = {"KURSLOG_HOME": str(tmp_path), "KURSLOG_DATABASE_URL": dsn, "KURSLOG_LANGUAGE": "en"}
        done = CliRunner().invoke(main, words, env=environment, prog_name="kurslog")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    return kurslog


def test_nobody_is_erased_unless_somebody_says_yes(scribe, run):
    head = scribe.app.reader.head()
    code, _, said = run("erase", "fabelby", "p1", "--ground", "asked by letter")
    assert (code, scribe.app.reader.head()) == (1, head)
    assert "Give --yes" in said
    code, told, said = run("erase", "fabelby", "p1", "--ground", "asked by letter", "--yes")
    assert (code, int(told)) == (0, head + 3)
    assert "Texts: 1 (1 of the accounts)" in said
    assert "Mia" not in str(scribe.app.log.vault.texts(range(1, head + 4)))
    assert run("erase", "fabelby", "p9", "--ground", "x", "--yes")[0] == 1


def test_the_master_key_is_changed_and_the_old_one_destroyed(scribe, run):
    key = scribe.app.settings.master_key_file
    before = key.read_bytes()
    assert run("keys", "destroy-old")[0] == 1
    assert run("keys", "rotate")[0] == 0
    assert (old_of(key).read_bytes(), key.read_bytes() != before) == (before, True)
    assert run("keys", "destroy-old")[0] == 0
    assert run("keys", "rotate", "--destroy-old")[0] == 0
    assert not old_of(key).exists()
    assert "Mia Fiktiv" in str(scribe.app.log.vault.texts([2]))
