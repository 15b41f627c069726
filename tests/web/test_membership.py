"""What an account may do in a process is what the log says of it, before what its token says."""

import datetime as dt

import pytest

from domain.keeping import AccessRole
from service.security.gate import Caller


def grant(scribe, role, stem="access-granted", account="a-mia"):
    scribe.record(stem, {"account": account, "role": role})


def test_access_that_was_granted_last_counts_and_access_taken_back_ends_a_token(scribe):
    mia = Caller("a-mia", AccessRole.FACILITATOR)
    assert scribe.app.acting(mia, "fabelby") is mia
    grant(scribe, "evaluator")
    grant(scribe, "project-manager")
    assert scribe.app.acting(mia, "fabelby").role is AccessRole.PROJECT_MANAGER
    grant(scribe, "project-manager", "access-revoked")
    assert scribe.app.acting(mia, "fabelby").role is AccessRole.EVALUATOR
    grant(scribe, "evaluator", "access-revoked")
    assert scribe.app.acting(mia, "fabelby").role is None


@pytest.mark.parametrize(("granted", "status"), [(True, 200), (False, 404)])
def test_a_session_without_a_role_sees_what_its_account_was_granted(app, scribe, client, granted, status):
    if granted:
        grant(scribe, "facilitator")
    hour = dt.timedelta(hours=1)
    secret = app.tokens.create(role=None, process=None, lasting=hour, kind="session", account="a-mia")
    client.set_cookie("kurslog_session", secret)
    assert client.get("/p/fabelby/people").status_code == status
    assert ("Fabelby sætter sejl" in client.get("/").text) == granted


def test_a_personal_link_stays_its_participants_when_exchanged(app):
    hour = dt.timedelta(hours=1)
    link = app.tokens.create(
        role=AccessRole.PARTICIPANT, process="fabelby", lasting=hour, kind="link", participant="p17"
    )
    caller = app.tokens.caller(app.tokens.exchange(link).secret, "session")
    assert (caller.participant, caller.process) == ("p17", "fabelby")
    assert app.tokens.exchange(link) is None
