"""Who is looking: the session cookie, and the token that ties a form to it."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from urllib.parse import urlsplit

from flask import Response, request
from werkzeug.exceptions import Forbidden

from service.answering import process_asked
from service.app import Kurslog
from service.security.gate import NOBODY, Caller

COOKIE: Final = "kurslog_session"
SESSION_SECONDS: Final = 14 * 24 * 3600
LANGUAGE_COOKIE: Final = "kurslog_language"
LANGUAGE_SECONDS: Final = 365 * 24 * 3600


def caller_of(kurslog: Kurslog) -> Caller:
    """Return whose session the request's cookie names, as they stand in the address's process; nobody without one."""
    secret = request.cookies.get(COOKIE, "")
    caller = kurslog.tokens.caller(secret, "session") if secret else None
    return kurslog.acting(caller, process_asked()) if caller else NOBODY


def language() -> str:
    """Return the language to speak: asked for, remembered, or Danish."""
    asked = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return asked if asked in {"da", "en"} else "da"


def begin(response: Response, secret: str) -> Response:
    """Let the browser keep the session."""
    response.set_cookie(
        COOKIE, secret, SESSION_SECONDS, path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )
    return response


def end(response: Response) -> Response:
    """Let the browser forget the session."""
    response.delete_cookie(COOKIE, path="/", secure=request.is_secure, httponly=True, samesite="Lax")
    return response


def form_token() -> str:
    """Return what a form of this session carries: nobody else can work it out."""
    secret = request.cookies.get(COOKIE, "")
    return hmac.new(secret.encode(), b"kurslog form", hashlib.sha256).hexdigest()


def check_origin() -> None:
    """Refuse a form that another site sent.

    ``Origin`` is "null" under our own referrer policy, so browsers that say ``Sec-Fetch-Site`` are asked first.

    Raises:
        Forbidden: when it came from elsewhere.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin", "null")
    if site not in {None, "same-origin", "none"}:
        raise Forbidden
    if site is None and origin != "null" and urlsplit(origin).netloc != request.host:
        raise Forbidden


def check_form() -> None:
    """Refuse a form that is not of this session.

    Raises:
        Forbidden: when its token does not fit, or it came from another site.
    """
    check_origin()
    if not hmac.compare_digest(request.form.get("form_token", "").encode(errors="replace"), form_token().encode()):
        raise Forbidden
