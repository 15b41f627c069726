"""Changing the master key: all texts open with the new one, nothing of today's with the old, whenever it is cut short."""

import os

import pytest
from cryptography.exceptions import InvalidTag

from service.app import Kurslog
from service.log import rotating
from service.log.rotating import destroy, rotate
from service.log.scope import within
from service.log.vault import MasterKey, MasterKeyError, new_of, old_of

TEXT = "En bænk ved skovstien"


@pytest.fixture
def key(scribe):
    scribe.contribute("c-1", text=TEXT)
    return scribe.app.settings.master_key_file


def opened(scribe):
    """Open the text in a process that has just begun."""
    other = Kurslog(scribe.app.settings, scribe.app.dsn)
    found = other.log.vault.texts([2])
    other.close()
    return found == {(2, "text"): TEXT}


def wrapped(app):
    with app.log.connection() as connection:
        rows = connection.execute("select key_id, wrapped from log.person_key").fetchall()
    return {row["key_id"]: bytes(row["wrapped"]) for row in rows}


def test_every_key_is_wrapped_anew_and_the_old_one_opens_none(scribe, key):
    before, old = wrapped(scribe.app), MasterKey.load(key)
    assert rotate(scribe.app.dsn, key) == len(before)
    new = MasterKey.load(key)
    for key_id, one in wrapped(scribe.app).items():
        assert new.unwrap(key_id, one) == old.unwrap(key_id, before[key_id])
        with pytest.raises(InvalidTag):
            old.unwrap(key_id, one)
        with pytest.raises(InvalidTag):
            new.unwrap(key_id, before[key_id])
    assert old_of(key).read_bytes() == old.key
    assert (key.stat().st_mode & 0o777, new_of(key).exists()) == (0o600, False)
    assert destroy(key)
    assert not old_of(key).exists()
    assert not destroy(key)
    assert opened(scribe)


def test_who_runs_meanwhile_goes_on(scribe, key):
    served = scribe.app.served()
    with within("fabelby"):
        assert served.log.vault.texts([2])
        rotate(scribe.app.dsn, key)
        destroy(key)
        scribe.contribute("c-2")
        served.log.vault.forget(wrapped(served))
        assert served.log.vault.texts([2, 3]) == {(2, "text"): TEXT, (3, "text"): TEXT}
        served.log.vault.ensure(["fabelby/participant/p-7"])
    served.close()
    new = MasterKey.load(key)
    assert all(new.unwrap(key_id, one) for key_id, one in wrapped(scribe.app).items())


@pytest.mark.parametrize("committed", [False, True])
def test_cut_short_at_the_worst_moment_it_opens_still_and_is_taken_up_again(scribe, key, monkeypatch, committed):
    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rotating, "_change_places", killed)
        if not committed:
            patch.setattr(MasterKey, "seal_check", killed)
        with pytest.raises(KeyboardInterrupt):
            rotate(scribe.app.dsn, key)
    assert new_of(key).exists()
    assert opened(scribe)
    rotate(scribe.app.dsn, key)
    destroy(key)
    assert not new_of(key).exists()
    assert opened(scribe)


def test_without_a_key_that_fits_nothing_is_changed(scribe, key):
    before = wrapped(scribe.app)
    key.write_bytes(os.urandom(32))
    with pytest.raises(MasterKeyError):
        rotate(scribe.app.dsn, key)
    assert wrapped(scribe.app) == before
    assert not new_of(key).exists()
