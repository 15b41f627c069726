"""A web server whose people sign in through a local organisation."""

import dataclasses

import pytest

from service.settings import Oidc
from tests.organisation.provider import CLIENT, SECRET, Provider


@pytest.fixture
def provider():
    found = Provider()
    yield found
    found.close()


@pytest.fixture
def organised(app, settings, provider, tmp_path, web_of):
    """Yield the application of a web server with that organisation, with the web's rights in the database."""
    file = tmp_path / "oidc-secret"
    file.write_text(f"{SECRET}\n")
    app.settings = dataclasses.replace(
        settings, oidc=Oidc(issuer=provider.issuer, client_id=CLIENT, client_secret_file=file)
    )
    served = app.served()
    yield web_of(served)
    served.close()
