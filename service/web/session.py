"""Who is looking: the session cookie, and the token that ties a form to it."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from urllib.parse import urlsplit

from flask import Response, request
from werkzeug.exceptions import Forbidden

from service.answering import LANGUAGE_COOKIE, cookie, process_asked
from service.app import Kurslog
from service.security.gate import NOBODY, Caller
from service.security.tokens import Session

COOKIE: Final = "kurslog_session"
SEED_COOKIE: Final = "kurslog_organisation"
SEED_SECONDS: Final = 600
"""How long somebody may take to sign in at their organisation."""
LANGUAGE_SECONDS: Final = 365 * 24 * 3600


def secret_held() -> str:
    """Return the session's secret that the browser sent; empty without one."""
    return request.cookies.get(cookie(COOKIE), "")


def caller_of(kurslog: Kurslog) -> Caller:
    """Return whose session the request's cookie names, as they stand in the address's process; nobody without one."""
    secret = secret_held()
    return (kurslog.caller(secret, process_asked(), "session") if secret else None) or NOBODY


def language() -> str:
    """Return the language to speak: asked for, remembered, or Danish."""
    asked = request.args.get("lang") or request.cookies.get(cookie(LANGUAGE_COOKIE))
    return asked if asked in {"da", "en"} else "da"


def begin(kurslog: Kurslog, response: Response, session: Session) -> Response:
    """Let the browser keep a new session; the one it had until now ends, whoever gave it that."""
    if held := secret_held():
        kurslog.tokens.drop(held)
    return keep(response, COOKIE, session.secret, int(session.lasting.total_seconds()))


def keep(response: Response, name: str, value: str, seconds: int) -> Response:
    """Let the browser keep something that no script and no other site gets."""
    response.set_cookie(cookie(name), value, seconds, path="/", secure=request.is_secure, httponly=True, samesite="Lax")
    return response


def forget(response: Response, name: str = COOKIE) -> Response:
    """Let the browser forget it."""
    response.delete_cookie(cookie(name), path="/", secure=request.is_secure, httponly=True, samesite="Lax")
    return response


def form_token() -> str:
    """Return what a form of this session carries: nobody else can work it out."""
    secret = secret_held()
    return hmac.new(secret.encode(), b"kurslog form", hashlib.sha256).hexdigest()


def from_elsewhere() -> bool:
    """Return whether another site sent this request.

    ``Origin`` is "null" under our own referrer policy, so browsers that say ``Sec-Fetch-Site`` are asked first.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin", "null")
    if site is not None:
        return site not in {"same-origin", "none"}
    return origin != "null" and urlsplit(origin).netloc != request.host


def check_origin() -> None:
    """Refuse a form that another site sent.

    Raises:
        Forbidden: when it came from elsewhere.
    """
    if from_elsewhere():
        raise Forbidden


def check_form() -> None:
    """Refuse a form that is not of this session.

    Raises:
        Forbidden: when its token does not fit, or it came from another site.
    """
    check_origin()
    if not hmac.compare_digest(request.form.get("form_token", "").encode(errors="replace"), form_token().encode()):
        raise Forbidden
