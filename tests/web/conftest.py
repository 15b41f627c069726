"""A client without a browser, signed in as whoever the test is about."""

import datetime as dt
from functools import partial

import pytest
from argon2 import PasswordHasher

from domain.keeping import AccessRole
from service.security import accounts


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    """Let a password cost little to try; what it costs in earnest, a test of signing in says."""
    monkeypatch.setattr(accounts, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=64))


@pytest.fixture
def client(app, web_of):
    """Return a client of a web server: with the web's rights in the database, as in earnest."""
    served = app.served()
    yield web_of(served).test_client()
    served.close()


@pytest.fixture
def signed_in(app, client):
    def sign_in(role="facilitator", process=None, participant=None, account="a-test"):
        secret = app.tokens.create(
            role=AccessRole(role),
            process=process,
            lasting=dt.timedelta(hours=1),
            kind="session",
            account=account,
            participant=participant,
        )
        client.set_cookie("kurslog_session", secret)
        return client

    return sign_in
