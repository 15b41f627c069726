"""What people said is asked of the log once for a page, and anew for the next."""

import datetime as dt
import re

import pytest

from domain.consenting import ConsentPurpose
from domain.keeping import AccessRole
from service.http import create_app
from service.log.reading import Reader

PAGES = ("", "/contributions", "/evidence", "/rights", "/people", "/relations", "/reports", "/log")


@pytest.fixture
def asked(monkeypatch):
    """Return the processes whose rights the log was asked for, in order."""
    found, rights = [], Reader.rights

    def counted(reader, process, after=0):
        found.append(process)
        return rights(reader, process, after)

    monkeypatch.setattr(Reader, "rights", counted)
    return found


def test_a_page_asks_once_what_people_said_whatever_it_shows(twin, asked):
    served = twin.served()
    client = create_app(served).test_client()
    lasting = dt.timedelta(hours=1)
    role = AccessRole.PROJECT_MANAGER
    secret = twin.tokens.create(role=role, process="fabelby", lasting=lasting, kind="session", account="a-test")
    client.set_cookie("kurslog_session", secret)
    times = {}
    for page in PAGES:
        asked.clear()
        assert client.get(f"/p/fabelby{page}").status_code == 200
        times[page] = len(asked)
    served.close()
    assert times == dict.fromkeys(PAGES, 1)


def test_what_was_taken_back_meanwhile_counts_from_the_next_time_on(app, scribe):
    scribe.record("participant-registered", {"participant_id": "p17", "name": "Mia Fiktiv"})
    taken_back = {"participant_id": "p17", "purposes": ["participate"]}
    app.rights.begin()
    assert app.rights.of("fabelby").allows("p17", ConsentPurpose.PARTICIPATE)
    scribe.record("consent-withdrawn", taken_back)
    assert app.rights.of("fabelby").allows("p17", ConsentPurpose.PARTICIPATE)
    app.rights.end()
    assert not app.rights.of("fabelby").allows("p17", ConsentPurpose.PARTICIPATE)


def test_a_request_that_writes_asks_each_time(app, scribe, asked, signed_in):
    scribe.record("participant-registered", {"participant_id": "p17", "name": "Mia Fiktiv"})
    client = signed_in("facilitator", "fabelby")
    typed = dict(re.findall(r'name="(form_token|command)" value="([^"]+)"', client.get("/p/fabelby/rights").text))
    asked.clear()
    app.rights.begin()  # a request before it in this thread broke off
    assert client.post("/p/fabelby/rights", data=typed).status_code == 422
    assert len(asked) > 1
