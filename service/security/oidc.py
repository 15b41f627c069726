"""Signing in through an organisation: OpenID Connect, the authorization code with PKCE, state and nonce.

Nothing is kept of a sign-in under way: the browser holds a random seed for ten minutes, and state, nonce and verifier
follow from it. Whom we ask is what the operator set, and what that issuer says of itself; nobody else's address is ever
followed, and no redirect.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any, Final

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from service.security.organisations import OrganisationError
from service.settings import Oidc, trustworthy

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""How an identity may be signed: with a key only the issuer has. Not ``none``, and not with a secret we share."""
TIMEOUT: Final = (3.05, 7.0)
ANSWER_MAX: Final = 2**20
HELD_SECONDS: Final = 3600.0
LEEWAY_SECONDS: Final = 60
SUBJECT_MAX: Final = 255
LABEL_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the organisation vouches for; ``name`` is an address it has made sure of."""

    issuer: str
    subject: str
    label: str
    name: str


class Organisation:
    """The one organisation people may sign in through."""

    def __init__(self, oidc: Oidc) -> None:
        self._oidc = oidc
        self._held: dict[str, tuple[float, Any]] = {}

    def address(self, seed: str, redirect_uri: str) -> str:
        """Return where to send a browser that is to sign in.

        Args:
            seed: what the browser keeps until it comes back.
            redirect_uri: where it comes back to, exactly as the organisation knows it.
        """
        with self._session(redirect_uri) as session:
            found, _ = session.create_authorization_url(
                self._endpoint("authorization_endpoint"),
                state=derived(seed, "state"),
                nonce=derived(seed, "nonce"),
                code_verifier=derived(seed, "verifier"),
            )
        return str(found)

    def identity(self, seed: str, redirect_uri: str, *, code: str, state: str, issuer: str | None = None) -> Identity:
        """Return who came back from the organisation.

        Args:
            seed: what the browser kept.
            redirect_uri: as it was sent.
            code: as the organisation gave it to the browser.
            state: as it came back: only whoever began with this browser knows it.
            issuer: as it came back, if it did.

        Raises:
            OrganisationError: when anything does not fit.
        """
        if not hmac.compare_digest(state.encode(errors="replace"), derived(seed, "state").encode()):
            raise OrganisationError("organisation-refused", "another browser's state")
        if issuer is not None and issuer != self._oidc.issuer:
            raise OrganisationError("organisation-refused", "another issuer")
        answered = self._exchanged(redirect_uri, code, derived(seed, "verifier"))
        return self._read(answered, derived(seed, "nonce"))

    def _exchanged(self, redirect_uri: str, code: str, verifier: str) -> dict[str, Any]:
        try:
            with self._session(redirect_uri) as session:
                answered = session.fetch_token(
                    self._endpoint("token_endpoint"),
                    code=code,
                    code_verifier=verifier,
                    timeout=TIMEOUT,
                    allow_redirects=False,
                )
        except AuthlibBaseError as error:
            raise OrganisationError("organisation-refused", "the code was not taken") from error
        except (requests.RequestException, ValueError, KeyError) as error:
            raise OrganisationError("organisation-silent", "the token endpoint did not answer") from error
        return dict(answered)

    def _read(self, answered: dict[str, Any], nonce: str) -> Identity:
        token = answered.get("id_token")
        if not isinstance(token, str):
            raise OrganisationError("organisation-refused", "no identity came")
        try:
            decoded = self._decoded(token)
            checked = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self._oidc.issuer},
                    "aud": {"essential": True, "value": self._oidc.client_id},
                },
                {"nonce": nonce, "client_id": self._oidc.client_id, "access_token": answered.get("access_token")},
            )
            checked.validate(now=int(time.time()), leeway=LEEWAY_SECONDS)
        except (JoseError, AuthlibBaseError, ValueError, TypeError) as error:
            raise OrganisationError("organisation-refused", "the identity does not hold") from error
        subject = checked.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_MAX:
            raise OrganisationError("organisation-refused", "the identity names nobody")
        said = [
            value for name in ("email", "preferred_username", "name") if isinstance(value := checked.get(name), str)
        ]
        email = checked.get("email") if checked.get("email_verified") is True else None
        label = next(iter(said), "")[:LABEL_MAX]
        return Identity(self._oidc.issuer, subject, label, email if isinstance(email, str) else "")

    def _decoded(self, token: str) -> jwt.Token:
        """Return the token, its signature checked; a key we do not know may be new, and is asked for once."""
        try:
            return jwt.decode(token, self._keys(), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            self._held.pop(self._endpoint("jwks_uri"), None)
            return jwt.decode(token, self._keys(), algorithms=list(ALGORITHMS))

    # -------------------------------------------------------------- what the issuer says of itself
    def _session(self, redirect_uri: str) -> OAuth2Session:
        session = OAuth2Session(
            self._oidc.client_id,
            self._oidc.client_secret,
            scope="openid email profile",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - a method's name
        )
        session.trust_env = False
        return session

    def _endpoint(self, name: str) -> str:
        issuer = self._oidc.issuer
        found = self._document(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if not isinstance(found, dict) or found.get("issuer") != issuer:
            raise OrganisationError("organisation-silent", "the issuer calls itself something else")
        address = found.get(name)
        if not isinstance(address, str) or not trustworthy(address, issuer):
            raise OrganisationError("organisation-silent", f"{name} is no https address")
        return address

    def _keys(self) -> KeySet:
        try:
            return KeySet.import_key_set(self._document(self._endpoint("jwks_uri")))
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise OrganisationError("organisation-silent", "its keys could not be read") from error

    def _document(self, address: str) -> Any:
        """Return a JSON document, held for a while; never from where a redirect leads, and never a large one."""
        at, found = self._held.get(address, (0.0, None))
        if found is not None and time.monotonic() - at < HELD_SECONDS:
            return found
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.get(address, timeout=TIMEOUT, allow_redirects=False, stream=True)
                text = answer.raw.read(ANSWER_MAX + 1, decode_content=True)
            if answer.status_code != requests.codes.ok or len(text) > ANSWER_MAX:
                raise OrganisationError("organisation-silent", "it answered with something else")
            found = json.loads(text)
        except (requests.RequestException, OSError, ValueError) as error:
            raise OrganisationError("organisation-silent", "it did not answer") from error
        self._held[address] = (time.monotonic(), found)
        return found


def derived(seed: str, what: str) -> str:
    """Return one of the values that follow from a browser's seed: 256 bits in letters that fit an address."""
    found = hmac.digest(seed.encode(errors="replace"), f"kurslog oidc {what}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode()
