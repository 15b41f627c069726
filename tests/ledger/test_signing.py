"""The signer follows the log; whoever holds a checkpoint can prove from it."""

import psycopg
import pytest

from service.ledger.verify import EMPTY_ROOT, ProofError, check_consistency, leaf_hash, open_checkpoint
from service.log.ledger import ForkError, UnsignedError


@pytest.fixture
def signing(scribe):
    return scribe.app.signing()


def test_every_event_is_proven_under_the_checkpoint_that_covers_it(scribe, signing):
    for at in range(5):
        scribe.contribute(f"c-{at}")
    assert signing.step().size == 6
    assert signing.step() is None
    key = scribe.app.signing()._signer.key
    for position in range(1, 7):
        proof = scribe.app.ledger.proof(position, with_entry=True)
        checkpoint, _ = proof.check(proof.extra, key)
        assert checkpoint.size == 6
        with pytest.raises(ProofError):
            proof.check(proof.extra + b" ", key)


def test_a_later_checkpoint_begins_with_the_earlier(scribe, signing):
    first = signing.step()
    scribe.contribute("c-1")
    second = signing.step()
    path = scribe.app.ledger.consistency(first.size, second.size)
    check_consistency(first.size, second.size, path, first.root, second.root)
    check_consistency(0, second.size, scribe.app.ledger.consistency(0, second.size), EMPTY_ROOT, second.root)


def test_what_is_not_signed_yet_is_not_proven(scribe, signing):
    with pytest.raises(UnsignedError):
        scribe.app.ledger.proof(1)
    signing.step()
    scribe.contribute("c-1")
    with pytest.raises(UnsignedError):
        scribe.app.ledger.proof(2)
    with pytest.raises(LookupError):
        scribe.app.ledger.proof(3)


def test_the_signer_may_not_touch_the_log_and_the_web_may_not_sign(scribe, signing):
    for dsn, wrong in (
        (signing.dsn, "update log.event set topic = 'x'"),
        (signing.dsn, "select * from log.vault"),
        (signing.dsn, "select * from log.person_key"),
        (scribe.app.served().dsn, "update log.event set topic = 'x'"),
        (scribe.app.served().dsn, "delete from log.event"),
        (scribe.app.served().dsn, "delete from log.vault"),
        (scribe.app.served().dsn, "insert into ledger.checkpoint (size, root, note) values (1, '', '')"),
        (scribe.app.served().dsn, "update ledger.tile set hashes = ''"),
    ):
        with psycopg.connect(dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(wrong)


def test_the_signer_signs_no_fork(scribe, signing):
    scribe.contribute("c-1")
    signing.step()
    with psycopg.connect(scribe.app.dsn) as connection:
        connection.execute("delete from log.vault where position = 2; delete from log.event where notification_id = 2")
    with pytest.raises(ForkError, match="cut"):
        signing.step()
    with psycopg.connect(scribe.app.dsn) as connection:
        connection.execute("delete from ledger.checkpoint; delete from ledger.tile")
    with pytest.raises(ForkError, match="signed last"):
        signing.step()


def test_the_checkpoint_is_signed_by_the_key_beside_it(scribe, signing):
    signing.step()
    signed = scribe.app.ledger.signed()
    checkpoint, _ = open_checkpoint(signed.note, signing._signer.key)
    assert checkpoint == signed.checkpoint
    assert scribe.app.settings.signer_key.stat().st_mode & 0o077 == 0


def test_a_promise_far_beyond_what_the_database_has_of_it_is_kept_in_one_step(scribe, signing, monkeypatch):
    """A backup may be older than the checkpoint that was signed last, while the rows are all there again."""
    monkeypatch.setattr("service.log.signing.PAGE", 2)
    for at in range(9):
        scribe.contribute(f"c-{at}")
    signed = list(iter(signing.step, None))
    assert [one.size for one in signed] == [2, 4, 6, 8, 10]
    with psycopg.connect(scribe.app.dsn) as connection:
        connection.execute("delete from ledger.checkpoint where size > 2; delete from ledger.tile")
        tile = b"".join(leaf_hash(scribe.app.ledger.entry(at)) for at in (1, 2))
        connection.execute("insert into ledger.tile (level, place, hashes) values (0, 0, %s)", (tile,))
    assert scribe.app.signing().step() == signed[-1]
    assert scribe.app.ledger.signed().checkpoint == signed[-1]
