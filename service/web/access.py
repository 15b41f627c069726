"""Who has access to a process: given and taken by those who lead it; and the invitation that somebody new accepts."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from flask import redirect, request
from werkzeug.wrappers import Response as Answer

from domain.keeping import AccessRole
from domain.kernel import Envelope
from service.app import Kurslog
from service.log.scope import within
from service.problems import sentence
from service.queries import UnknownError
from service.security.accounts import AccountRefusedError, check_name, check_password
from service.security.gate import Caller
from service.security.membership import LEADING, Member, MembershipRefusedError, may_grant, members
from service.web.fronts import FIRST
from service.web.page import Page, ProcessPage
from service.web.record import command_id, id_within, record_or_say, waited
from service.web.session import begin, check_form
from service.wire import Sender, read_event

INVITED_DAYS: Final = 7
GONE: Final = 410
REFUSED: Final = 422
NAME_SHOWN: Final = 200


@dataclass(frozen=True)
class Row:
    """One part somebody has, and whether the caller may take it."""

    member: Member
    label: str
    mine: bool
    may_take: bool


# ------------------------------------------------------------------ the page
def access_page(kurslog: Kurslog, process: str) -> str:
    """Show who has access.

    Raises:
        UnknownError: to whoever does not lead the process; the page is not there for them.
    """
    return _render(ProcessPage.for_roles(kurslog, process, LEADING))


def _render(page: ProcessPage, *, wrong: str | None = None, name: str = "", link: str | None = None) -> str:
    kurslog, held = page.kurslog, members(page.kurslog.reader, page.process)
    known = kurslog.accounts.of({one.account for one in held})
    rows = [
        Row(
            one,
            known[one.account].label if one.account in known else "",
            one.account == page.caller.account,
            may_grant(page.caller, one.role),
        )
        for one in held
    ]
    return page.render(
        "access.html",
        rows=sorted(rows, key=lambda row: list(AccessRole).index(row.member.role), reverse=True),
        roles=[role for role in AccessRole if may_grant(page.caller, role)],
        invitations=[one for one in kurslog.tokens.all(page.process) if one.kind == "invitation"],
        organisation=kurslog.settings.oidc is not None,
        wrong=wrong,
        name=name[:NAME_SHOWN],
        link_made=link,
        days=INVITED_DAYS,
        command=str(uuid.uuid4()),
        saved=request.args.get("saved") == "1",
    )


def save_access(kurslog: Kurslog, process: str) -> Answer | str | tuple[str, int]:
    """Give or take a part, or make or take back an invitation.

    Raises:
        UnknownError: to whoever does not lead the process, and for a part that is not theirs to give.
    """
    page = ProcessPage.for_roles(kurslog, process, LEADING)
    match request.form.get("do"):
        case "grant":
            return _granted(page)
        case "revoke":
            return _revoked(page)
        case "invite":
            return _invited(page)
        case "cancel":
            if any(
                one.id == request.form.get("id") and one.kind == "invitation" for one in kurslog.tokens.all(process)
            ):
                kurslog.tokens.end(request.form["id"], process)
            return redirect(page.link("access", saved=1, on=None), 303)
    raise UnknownError("access")


def _role(page: ProcessPage) -> AccessRole:
    """Return the part that was chosen, if the caller may give it."""
    asked = request.form.get("role", "")
    if asked not in set(AccessRole) or not may_grant(page.caller, AccessRole(asked)):
        raise UnknownError("role")
    return AccessRole(asked)


def _granted(page: ProcessPage) -> Answer | tuple[str, int]:
    role, name = _role(page), request.form.get("name", "")
    kurslog, tried = page.kurslog, ("name", request.remote_addr, page.caller.account)
    kurslog.attempts.count(*tried)
    account = kurslog.accounts.named(name)
    if account is None or account.disabled_at:
        unknown = page.t(
            "Ingen konto har det navn. Ret det, eller lav et link til at invitere med nedenfor.",
            "No account has that name. Mend it, or make a link to invite with below.",
        )
        return _render(page, wrong=unknown, name=name), REFUSED
    kurslog.attempts.take_back(*tried)
    return _said(page, "access-granted", account.id, role)


def _revoked(page: ProcessPage) -> Answer | tuple[str, int]:
    role, account = _role(page), request.form.get("account", "")
    with page.kurslog.log.alone(f"access {page.process}"):  # two who take each other's part away leave one of them
        if not any((one.account, one.role) == (account, role) for one in members(page.kurslog.reader, page.process)):
            raise UnknownError("account")
        answer = _said(page, "access-revoked", account, role)
    if isinstance(answer, Answer):
        page.kurslog.tokens.end(account, page.process)
    return answer


def _said(page: ProcessPage, stem: str, account: str, role: AccessRole) -> Answer | tuple[str, int]:
    """Record it, and show the page anew; or say there why not."""
    wire = {
        "type": stem,
        "id": id_within(command_id(), f"{stem} {account} {role}"),
        "data": {"account": account, "role": role.value},
    }
    try:
        _, wrong = record_or_say(page, [wire])
    except MembershipRefusedError as error:
        wrong = sentence(error.rule, page.lang)
    if wrong:
        return _render(page, wrong=wrong), REFUSED
    left = stem == "access-revoked" and account == page.caller.account
    return redirect(page.link("processes") if left else page.link("access", saved=1, on=None), 303)


def _invited(page: ProcessPage) -> str:
    secret = page.kurslog.tokens.create(
        role=_role(page),
        process=page.process,
        lasting=dt.timedelta(days=INVITED_DAYS),
        kind="invitation",
        account=page.caller.account,
    )
    return _render(page, link=f"{page.kurslog.settings.address}/invitation/{secret}")


# ------------------------------------------------------------------ the invitation
def invitation_page(kurslog: Kurslog, secret: str) -> tuple[str, int]:
    """Show what somebody is invited to, and how to accept."""
    return _invitation(kurslog, secret)


def _invitation(kurslog: Kurslog, secret: str, wrong: AccountRefusedError | None = None) -> tuple[str, int]:
    page, invited = Page.opened(kurslog), kurslog.tokens.caller(secret, "invitation")
    registration = _registration(kurslog, invited) if invited else None
    if invited is None or registration is None:
        kurslog.attempts.count("link", request.remote_addr)
        return page.render("invitation.html", used=True), GONE
    shown = page.render(
        "invitation.html",
        used=False,
        title=registration.data.title,
        role=invited.role,
        own=kurslog.accounts.of([page.caller.account]).get(page.caller.account),
        organisation=kurslog.settings.oidc is not None,
        name=request.form.get("name", "")[:NAME_SHOWN],
        wrong=sentence(wrong.rule, page.lang, **wrong.facts) if wrong else None,
        at_password=wrong is not None and wrong.rule.startswith("password"),
    )
    return shown, REFUSED if wrong else 200


def _registration(kurslog: Kurslog, invited: Caller) -> Envelope | None:
    """Return the process an invitation is to, while whoever invited may still give that part: the log may have taken theirs."""
    if invited.process is None or invited.role is None:
        return None
    with within(invited.process):
        inviter = kurslog.acting(Caller(invited.account, AccessRole.ADMINISTRATOR, invited.process), invited.process)
        return kurslog.queries.registration(invited.process) if may_grant(inviter, invited.role) else None


def accept_invitation(kurslog: Kurslog, secret: str) -> Answer | tuple[str, int]:
    """Give the part to the account that is signed in, or to a new one with the name and password that were typed.

    The grant is recorded as the inviter's, who decided it; the link works once.
    """
    page, invited = Page.opened(kurslog), kurslog.tokens.caller(secret, "invitation")
    if invited is None or invited.process is None or invited.role is None or not _registration(kurslog, invited):
        return _invitation(kurslog, secret)
    account = page.caller.account if kurslog.accounts.of([page.caller.account]) else None
    if account:
        check_form()
    try:
        account = account or _new_account(kurslog)
    except AccountRefusedError as error:
        return _invitation(kurslog, secret, error)
    if kurslog.tokens.used(secret, "invitation") is None:
        return _invitation(kurslog, secret)
    wire = {"type": "access-granted", "data": {"account": account, "role": invited.role.value}}
    event = read_event(wire, invited.process, Sender(account=invited.account, now=dt.datetime.now(dt.UTC)))
    with within(invited.process):
        recorded = kurslog.record(event)[0]
    waited(kurslog, recorded.position)
    place = redirect(page.link(FIRST.get(invited.role, "course"), process=invited.process), 303)
    return begin(kurslog, place, kurslog.tokens.begin(account))  # type: ignore[arg-type]


def _new_account(kurslog: Kurslog) -> str:
    name, password = request.form.get("name", ""), request.form.get("password", "")
    check_name(name)
    check_password(password, name)
    account = kurslog.accounts.create(name)
    kurslog.accounts.set_password(account.id, password, name=name)
    return account.id
