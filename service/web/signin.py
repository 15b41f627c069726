"""Coming in: by a link that works once, with a name and a password, or through one's organisation; and going out."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from service.answering import cookie
from service.app import Kurslog
from service.problems import sentence
from service.queries import UnknownError
from service.security.accounts import AccountRefusedError, plain
from service.security.gate import NOBODY
from service.security.organisations import OrganisationError
from service.security.tokens import LINKED, Session, due_to
from service.web.fronts import FIRST
from service.web.page import Page
from service.web.session import (
    SEED_COOKIE,
    SEED_SECONDS,
    begin,
    forget,
    from_elsewhere,
    keep,
    secret_held,
)

if TYPE_CHECKING:
    from service.security.oidc import Organisation

SHOWN = 200
GONE = 410
REFUSED = 422
NAME_SHOWN = 200
LEFT_BEHIND = '"cache", "storage"'
"""What a browser lets go of at sign-out: what it kept of pages, not the language it was asked to remember."""


# ------------------------------------------------------------------ by a link
def sign_in_page(kurslog: Kurslog, secret: str) -> str:
    """Show a button: a page that is only fetched, by a mail scanner say, uses nothing up."""
    caller = kurslog.tokens.caller(secret, "link")
    due = due_to(caller) if caller else LINKED
    return Page.opened(kurslog).render("sign_in_link.html", used=False, days=due.most.days)


def sign_in(kurslog: Kurslog, secret: str) -> Answer | tuple[str, int]:
    """Exchange the link for a session, once.

    Raises:
        TooManyError: for one too many that does not work.
    """
    session = kurslog.tokens.exchange(secret)
    if session is None:
        kurslog.attempts.count("link", request.remote_addr)
        return Page.opened(kurslog).render("sign_in_link.html", used=True), GONE
    return _welcomed(kurslog, session)


def _welcomed(kurslog: Kurslog, session: Session) -> Answer:
    """Lead somebody to the first page of their part, or to the processes when they have parts in several."""
    page, caller = Page.opened(kurslog), session.caller
    first = "me" if caller.participant else FIRST.get(caller.role, "course") if caller.role else "course"
    place = page.link(first, process=caller.process) if caller.process else page.link("processes")
    return begin(kurslog, redirect(place, 303), session)  # type: ignore[arg-type]


# ------------------------------------------------------------------ by name and password
def door_page(kurslog: Kurslog) -> str:
    """Show the ways in."""
    return _door(kurslog)


def _door(kurslog: Kurslog, *, name: str = "", wrong: str | None = None) -> str:
    page = Page.opened(kurslog)
    return page.render("sign_in.html", name=name, wrong=wrong, organisation=kurslog.settings.oidc is not None)


def sign_in_by_name(kurslog: Kurslog) -> Answer | tuple[str, int]:
    """Begin a session for whoever knows a name and its password.

    Raises:
        TooManyError: for one try too many, from there or at that name; then nothing is compared.
    """
    name, password = request.form.get("name", ""), request.form.get("password", "")
    tried = ("password", request.remote_addr, plain(name))
    kurslog.attempts.count(*tried)
    account = kurslog.accounts.check(name, password)
    if account is None:
        wrong = sentence("sign-in-wrong", Page.opened(kurslog).lang)
        return _door(kurslog, name=name[:NAME_SHOWN], wrong=wrong), REFUSED
    kurslog.attempts.take_back(*tried)
    return _welcomed(kurslog, kurslog.tokens.begin(account))


# ------------------------------------------------------------------ through an organisation
def organisation_begin(kurslog: Kurslog) -> Answer:
    """Send the browser to its organisation, with a seed to know it by when it comes back.

    Another site that sends somebody here signs nobody in: they see the door, and choose it themselves.

    Raises:
        UnknownError: when no organisation is set.
    """
    organisation, seed = _organisation(kurslog), secrets.token_urlsafe(32)
    if from_elsewhere():
        return redirect(Page.opened(kurslog).link("door"), 303)
    place = organisation.address(seed, _back(kurslog))
    return keep(redirect(place, 303), SEED_COOKIE, seed, SEED_SECONDS)  # type: ignore[arg-type]


def organisation_back(kurslog: Kurslog) -> Answer | tuple[str, int]:
    """Begin a session for whom the organisation vouches; the first time they get an account.

    Raises:
        UnknownError: when no organisation is set. OrganisationError: when what came back does not hold.
    """
    organisation, seed = _organisation(kurslog), request.cookies.get(cookie(SEED_COOKIE), "")
    kurslog.attempts.count("organisation", request.remote_addr)
    code, state, issuer = (request.args.get(name) for name in ("code", "state", "iss"))
    if not (seed and code and state):
        raise OrganisationError("organisation-refused", "nothing came back, or to another browser")
    found = organisation.identity(seed, _back(kurslog), code=code, state=state, issuer=issuer)
    account = kurslog.accounts.of_organisation(found.issuer, found.subject, found.label, name=found.name)
    if account.disabled_at:
        raise OrganisationError("organisation-refused", "the account is closed")
    kurslog.attempts.take_back("organisation", request.remote_addr)
    return forget(_welcomed(kurslog, kurslog.tokens.begin(account.id)), SEED_COOKIE)  # type: ignore[arg-type]


def _organisation(kurslog: Kurslog) -> Organisation:
    if kurslog.organisation is None:
        raise UnknownError("organisation")
    return kurslog.organisation


def _back(kurslog: Kurslog) -> str:
    return f"{kurslog.settings.address}/organisation/back"


# ------------------------------------------------------------------ one's own account
def password_page(kurslog: Kurslog, secret: str) -> tuple[str, int]:
    """Show where a first or a new password is chosen, for whoever was given the link."""
    return _choosing(kurslog, secret)


def choose_password(kurslog: Kurslog, secret: str) -> Answer | tuple[str, int]:
    """Set the password and begin a session; the link is used up, and older sessions end."""
    caller = kurslog.tokens.caller(secret, "password")
    if caller is None:
        return _choosing(kurslog, secret)
    try:
        kurslog.accounts.set_password(
            caller.account, request.form.get("password", ""), name=_name(kurslog, caller.account)
        )
    except AccountRefusedError as error:
        return _choosing(kurslog, secret, error)
    return _welcomed(kurslog, kurslog.tokens.begin(caller.account))


def _choosing(kurslog: Kurslog, secret: str, error: AccountRefusedError | None = None) -> tuple[str, int]:
    page, caller = Page.opened(kurslog), kurslog.tokens.caller(secret, "password")
    if caller is None:
        kurslog.attempts.count("link", request.remote_addr)
        return page.render("password.html", used=True), GONE
    wrong = sentence(error.rule, page.lang, **error.facts) if error else None
    shown = page.render("password.html", used=False, name=_name(kurslog, caller.account), wrong=wrong)
    return shown, REFUSED if error else SHOWN


def _name(kurslog: Kurslog, account: str) -> str:
    found = kurslog.accounts.of([account]).get(account)
    return found.label if found else ""


def account_page(kurslog: Kurslog) -> str:
    """Show one's own account.

    Raises:
        UnknownError: to whoever is not signed in.
    """
    return _account(kurslog)


def _account(kurslog: Kurslog, wrong: str | None = None) -> str:
    page = Page.opened(kurslog)
    if page.caller is NOBODY:
        raise UnknownError("account")
    own = kurslog.accounts.of([page.caller.account]).get(page.caller.account)
    return page.render("account.html", own=own, wrong=wrong, saved=request.args.get("saved") == "1")


def change_password(kurslog: Kurslog) -> Answer | tuple[str, int]:
    """Change one's password, knowing the old one; every other session of the account ends.

    Raises:
        UnknownError: for an account without a password. TooManyError: for one wrong try too many.
    """
    page = Page.opened(kurslog)
    own = kurslog.accounts.of([page.caller.account]).get(page.caller.account)
    if own is None or not own.has_password:
        raise UnknownError("account")
    tried = ("password", request.remote_addr, plain(own.label))
    kurslog.attempts.count(*tried)
    if kurslog.accounts.check(own.label, request.form.get("old", "")) != own.id:
        wrong = page.t("Den gamle adgangskode passer ikke. Prøv igen.", "The old password does not fit. Try again.")
        return _account(kurslog, wrong), REFUSED
    kurslog.attempts.take_back(*tried)
    try:
        kurslog.accounts.set_password(own.id, request.form.get("password", ""), name=own.label)
    except AccountRefusedError as error:
        return _account(kurslog, sentence(error.rule, page.lang, **error.facts)), REFUSED
    place = redirect(page.link("account", saved=1), 303)
    return begin(kurslog, place, kurslog.tokens.begin(own.id))  # type: ignore[arg-type]


# ------------------------------------------------------------------ going out
def sign_out(kurslog: Kurslog) -> Answer:
    """End the session; with ``everywhere``, all sessions of the account."""
    page = Page.opened(kurslog)
    if request.form.get("everywhere") and page.caller is not NOBODY:
        kurslog.tokens.end_sessions(page.caller.account)
    if held := secret_held():
        kurslog.tokens.drop(held)
    gone = forget(redirect(page.link("processes"), 303))  # type: ignore[arg-type]
    gone.headers["Clear-Site-Data"] = LEFT_BEHIND
    return gone
