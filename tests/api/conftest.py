"""The application on an empty log, a client, and tokens."""

import datetime as dt

import pytest

from domain.keeping import AccessRole


@pytest.fixture
def web(app, web_of):
    """Yield the application of a web server: with the web's rights in the database, as in earnest."""
    served = app.served()
    yield web_of(served)
    served.close()


@pytest.fixture
def client(web):
    return web.test_client()


@pytest.fixture
def token(app):
    """Return a function that makes the headers of a new token."""

    def make(role=AccessRole.FACILITATOR, process=None):
        secret = app.tokens.create(role=role, process=process, lasting=dt.timedelta(hours=1))
        return {"Authorization": f"Bearer {secret}"}

    return make


@pytest.fixture
def begun(scribe):
    return scribe
