"""A client without a browser, signed in as whoever the test is about."""

import datetime as dt

import pytest

from domain.keeping import AccessRole


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
