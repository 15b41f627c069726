"""Whoever rewrites the database is found out, and told where it begins."""

import json

import psycopg
import pytest
from click.testing import CliRunner

from service.cli.main import main
from service.ledger.tree import WIDTH
from service.ledger.verify import HASH_BYTES, Checkpoint, leaf_hash
from service.log.auditing import audit, audit_texts

COUNT = 12
FIRST_SIGNED = 5
COPIED = """
insert into log.event select x.n, 'copy/' || x.n, 1, topic, state, process, subject, gen_random_uuid(), recorded_at
from log.event, (select %s::bigint as n) x where notification_id = 7
"""


def changed(dsn, *statements):
    with psycopg.connect(dsn) as connection:
        connection.execute("set session_replication_role = replica")
        for statement, *values in statements:
            connection.execute(statement, values)


@pytest.fixture
def log(scribe):
    """Return a log of twelve entries, signed at five and at twelve, and the signer."""
    signing = scribe.app.signing()
    for at in range(2, COUNT + 1):
        scribe.contribute(f"c-{at}", on=f"2026-02-{at:02}T12:00:00Z")
        if at == FIRST_SIGNED:
            signing.step()
    assert signing.step().size == COUNT
    return scribe.app


def first_wrong(app, *elsewhere):
    wrong = audit(app.dsn, app.ledger_key, elsewhere=elsewhere).wrong
    return wrong and tuple(wrong)


def test_an_untouched_log_is_as_it_was_signed(log):
    found = audit(log.dsn, log.ledger_key, elsewhere=[log.ledger.signed(FIRST_SIGNED).checkpoint])
    assert (found.events, found.signed, found.wrong) == (COUNT, log.ledger.signed().checkpoint, None)
    assert audit_texts(log.dsn) is None


@pytest.mark.parametrize(
    "change",
    [
        "originator_id = originator_id || 'x'",
        "originator_version = originator_version + 1",
        "topic = 'contribution-made.v2'",
        "process = 'elsewhere'",
        "subject = subject || 'x'",
        "event_id = gen_random_uuid()",
        "recorded_at = recorded_at + 1",
        "state = set_byte(state, 0, get_byte(state, 0) # 1)",
        "state = set_byte(state, length(state) - 1, get_byte(state, length(state) - 1) # 128)",
        "state = state || '\\x00'",
        "subject = E'contribution/c\\n7'",
    ],
)
def test_every_column_is_covered(log, change):
    changed(log.dsn, (f"update log.event set {change} where notification_id = 7",))  # noqa: S608 - as listed above
    assert first_wrong(log) == ("entry-changed", 7, 7)


def test_an_entry_that_is_gone_from_the_middle_is_missed(log):
    changed(log.dsn, ("delete from log.event where notification_id = 7",))
    assert first_wrong(log) == ("entry-missing", 7, 7)
    changed(log.dsn, ("update log.event set notification_id = notification_id - 1 where notification_id > 7",))
    assert first_wrong(log) == ("entry-changed", 7, 7)


def test_an_entry_put_in_between_is_found(log):
    changed(
        log.dsn,
        ("update log.event set notification_id = -notification_id where notification_id > 7",),
        ("update log.event set notification_id = 1 - notification_id where notification_id < 0",),
        (COPIED, 8),
    )
    assert first_wrong(log) == ("entry-changed", 8, 8)


def test_entries_outside_the_count_are_found(log):
    changed(
        log.dsn,
        (COPIED, 0),
    )
    assert first_wrong(log) == ("entry-added", 0, 0)
    changed(log.dsn, ("update log.event set notification_id = 1000000000000 where notification_id = 0",))
    assert first_wrong(log) == ("entry-missing", COUNT + 1, COUNT + 1)


def test_two_that_changed_places_are_found(log):
    changed(
        log.dsn,
        ("update log.event set notification_id = -1 where notification_id = 6",),
        ("update log.event set notification_id = 6 where notification_id = 9",),
        ("update log.event set notification_id = 9 where notification_id = -1",),
    )
    assert first_wrong(log) == ("entry-changed", 6, 6)


def test_a_tail_that_was_cut_is_missed(log):
    held = log.ledger.signed().checkpoint
    changed(log.dsn, ("delete from log.event where notification_id > 10",))
    assert first_wrong(log) == ("cut", 11, COUNT)
    changed(log.dsn, ("delete from ledger.checkpoint where size > 10",))
    kept = b"".join(leaves(log, FIRST_SIGNED))
    changed(log.dsn, ("update ledger.tile set hashes = %s where level = 0", kept))
    assert first_wrong(log) is None
    assert first_wrong(log, held) == ("cut", 11, COUNT)


def leaves(log, count):
    return [leaf_hash(log.ledger.entry(position)) for position in range(1, count + 1)]


def test_an_entry_rewritten_with_its_tile_is_found_between_two_fingerprints(log):
    changed(log.dsn, ("update log.event set recorded_at = recorded_at + 1 where notification_id = 7",))
    changed(log.dsn, ("update ledger.tile set hashes = %s where level = 0", b"".join(leaves(log, COUNT))))
    assert first_wrong(log) == ("rewritten", FIRST_SIGNED + 1, COUNT)
    held = log.ledger.signed().checkpoint
    changed(log.dsn, ("delete from ledger.checkpoint",))
    assert first_wrong(log) is None
    assert first_wrong(log, held) == ("rewritten", 1, COUNT)


def test_a_log_signed_anew_with_the_key_itself_is_found_by_whoever_kept_a_fingerprint(log):
    held = log.ledger.signed(FIRST_SIGNED).checkpoint
    changed(
        log.dsn,
        ("update log.event set recorded_at = recorded_at + 1 where notification_id = 3",),
        ("delete from ledger.checkpoint",),
        ("delete from ledger.tile",),
    )
    log.settings.signer_key.with_suffix(".last").unlink()
    assert log.signing().step().size == COUNT
    assert first_wrong(log) is None
    assert first_wrong(log, held) == ("forked", 1, FIRST_SIGNED)


@pytest.mark.parametrize("byte", [0, 31, 6 * HASH_BYTES, COUNT * HASH_BYTES - 1])
def test_a_changed_tile_is_told_from_a_changed_entry(log, byte):
    changed(
        log.dsn,
        ("update ledger.tile set hashes = set_byte(hashes, %s, get_byte(hashes, %s) # 1) where level = 0", byte, byte),
    )
    position = byte // HASH_BYTES + 1
    assert first_wrong(log) == ("tile-changed", position, position)


def test_a_tile_that_is_gone_or_longer_is_found(log):
    changed(log.dsn, ("update ledger.tile set hashes = hashes || '\\x00'",))
    assert first_wrong(log) == ("tile-changed", COUNT + 1, COUNT + 1)
    changed(log.dsn, ("delete from ledger.tile",))
    assert first_wrong(log) == ("tile-changed", 1, 1)


@pytest.mark.parametrize(
    "change",
    [
        "root = sha256('x')",
        "size = 4",
        "note = replace(note, E'\\n5\\n', E'\\n4\\n')",
        "note = 'x'",
        "note = left(note, -6) || right(note, 5)",
    ],
)
def test_a_changed_fingerprint_is_found(log, change):
    changed(log.dsn, (f"update ledger.checkpoint set {change} where size = 5",))  # noqa: S608 - as listed above
    size = 4 if change == "size = 4" else 5
    assert first_wrong(log) == ("checkpoint-changed", size, size)


def test_upper_tiles_are_covered_too(log):
    changed(
        log.dsn,
        *((COPIED, COUNT + more) for more in range(1, 600)),
    )
    while log.signing().step():
        pass
    assert first_wrong(log) is None
    changed(
        log.dsn,
        ("update ledger.tile set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) where level = 1",),
    )
    assert first_wrong(log) == ("tile-changed", WIDTH + 1, 2 * WIDTH)


def test_a_text_is_held_against_its_entry(log):
    changed(log.dsn, ("update log.vault set cipher = cipher || '\\x00' where position = 6",))
    assert tuple(audit_texts(log.dsn)) == ("text-changed", 6, 6)
    assert first_wrong(log) is None
    changed(log.dsn, ("delete from log.vault where position = 4",))
    assert tuple(audit_texts(log.dsn)) == ("text-changed", 4, 4)
    changed(
        log.dsn,
        (
            "update log.person_key k set wrapped = null from log.event e where e.notification_id in (4, 6) and k.key_id = e.process || '/' || e.subject",
        ),
        ("delete from log.vault where position in (4, 6)",),
    )
    assert audit_texts(log.dsn) is None


def test_a_redacted_text_is_no_fault(log, scribe):
    target = str(log.reader.at([4])[0].id)
    data = {"target": target, "field": "text", "text": "[navn] har en bænk", "reason": "et navn"}
    scribe.record("text-redacted", data)
    assert log.log.vault.texts([4]) == {(4, "text"): "[navn] har en bænk"}
    assert audit_texts(log.dsn) is None


# ------------------------------------------------------------------ the command
@pytest.fixture
def verify(settings):
    def run(*words):
        environment = {
            "KURSLOG_HOME": str(settings.home),
            "KURSLOG_DATABASE_URL": settings.database_url,
            "KURSLOG_LANGUAGE": "en",
        }
        return CliRunner().invoke(main, ["verify", *map(str, words)], env=environment)

    return run


def test_an_empty_log_is_verified(app, verify):
    done = verify()
    assert (done.exit_code, json.loads(done.stdout)["signed"]) == (0, 0)
    assert "Nothing has a fingerprint yet" in done.stderr


def test_a_log_that_nobody_signed_is_not_called_verified(scribe, verify):
    done = verify()
    assert (done.exit_code, json.loads(done.stdout)["entries"]) == (1, 1)
    assert "Nothing has a fingerprint yet" in done.stderr


def test_one_entry_is_verified(scribe, verify):
    scribe.app.signing().step()
    done = verify("--texts")
    assert (done.exit_code, json.loads(done.stdout)["signed"]) == (0, 1)
    assert "does not show that it is true" in done.stderr


def test_the_command_names_the_first_wrong_entry_and_ends_with_one(log, verify, tmp_path):
    held = tmp_path / "held"
    held.write_text(log.ledger.signed(FIRST_SIGNED).note)
    assert verify("--checkpoint", held, "--key", log.ledger_key).exit_code == 0
    changed(log.dsn, ("update log.event set topic = 'x' where notification_id = 3",))
    done = verify("--checkpoint", held)
    assert (done.exit_code, json.loads(done.stdout)["wrong"]["position"]) == (1, 3)
    assert "No. 3 was changed" in done.stderr


def test_the_signers_own_memory_shows_a_ledger_that_was_thrown_away(log, verify):
    changed(
        log.dsn,
        ("delete from log.event where notification_id > 10",),
        ("delete from ledger.checkpoint",),
        ("delete from ledger.tile",),
    )
    done = verify()
    assert (done.exit_code, json.loads(done.stdout)["wrong"]) == (1, {"rule": "cut", "position": 11, "until": 12})


def test_a_fingerprint_of_another_log_is_refused(log, verify, tmp_path):
    from service.ledger.notes import Signer

    held = tmp_path / "held"
    held.write_text(Signer.make("another/log").sign(Checkpoint("another/log", 5, bytes(32))))
    done = verify("--checkpoint", held)
    assert (done.exit_code, "no fingerprint signed with the key" in done.stderr) == (1, True)
    log.settings.signer_key.with_suffix(".pub").unlink()
    assert "Give it with --key" in verify().stderr
