"""``kurslog account`` and ``kurslog token``: whom the operator lets in."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from domain.keeping import AccessRole
from domain.refusals import Refused
from service.cli.operator import operator
from service.cli.say import refuse, t
from service.wire import Sender, read_event

if TYPE_CHECKING:
    from service.app import Kurslog
    from service.security.accounts import Account

PASSWORD_LINK_LASTS: Final = dt.timedelta(days=3)


# ------------------------------------------------------------------ accounts
def found(app: Kurslog, named: str) -> Account:
    """Return the account with this name or id; end with 1 when there is none."""
    account = app.accounts.of([named]).get(named) or app.accounts.named(named)
    if account is None:
        raise refuse(t("Den konto findes ikke. Se: kurslog account list", "No such account. See: kurslog account list"))
    return account


def password_link(app: Kurslog, account: str) -> str:
    """Return a link that sets a password, once."""
    secret = app.tokens.create(role=None, process=None, lasting=PASSWORD_LINK_LASTS, kind="password", account=account)
    return f"{app.settings.address}/password/{secret}"


def account_lines(app: Kurslog) -> Iterator[str]:
    """Yield a line for each account: its id, name, ways in, and what else is to be known."""
    for one in app.accounts.all():
        ways = [t("adgangskode", "password")] * one.has_password + [
            t("organisation", "organisation")
        ] * one.has_identity
        more = [t("må oprette", "may create")] * one.may_create
        closed = [t("lukket", "closed")] * (one.disabled_at is not None)
        yield "\t".join([one.id, one.label, f"{one.created_at:%Y-%m-%d}", ", ".join([*ways, *more, *closed])])


# ------------------------------------------------------------------ tokens
def create_token(app: Kurslog, role: AccessRole, process: str | None, *, days: int, link: bool) -> str:
    """Make a token, and record in its process that it gives access, so that it can be taken back there.

    Raises:
        Refused: for a process that is not there.
    """
    account = f"a-{secrets.token_hex(8)}"
    if process is not None:
        if app.queries.registration(process) is None:
            raise Refused("unknown-process", field="process")
        wire = {"type": "access-granted", "data": {"account": account, "role": role.value}}
        app.record(read_event(wire, process, Sender(account=operator(app).account, now=dt.datetime.now(dt.UTC))))
    secret = app.tokens.create(
        role=role,
        process=process,
        lasting=dt.timedelta(days=days),
        kind="link" if link else "api",
        account=account,
    )
    return f"{app.settings.address}/sign-in/{secret}" if link else secret


def token_lines(app: Kurslog) -> Iterator[str]:
    """Yield a line for each token that still holds; never its secret."""
    for one in app.tokens.all():
        role = one.role.value if one.role else t("som logbogen siger", "as the log says")
        where = one.process or t("overalt", "everywhere")
        days = f"{one.created_at:%Y-%m-%d}–{one.expires_at:%Y-%m-%d}"
        yield f"{one.id}\t{one.kind}\t{role}\t{where}\t{one.account}\t{days}"
