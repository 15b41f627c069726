"""What people said, and what is registered, is asked of the log once for a page, and anew for the next."""

import datetime as dt
import re
from collections import Counter
from contextvars import Context

import pytest

from domain.consenting import ConsentPurpose
from domain.keeping import AccessRole
from service.log import once
from service.log.reading import RIGHTS, STREAM, Reader
from tests.conftest import Scribe

PAGES = ("", "/contributions", "/evidence", "/rights", "/people", "/relations", "/reports", "/log")


@pytest.fixture
def asked(monkeypatch):
    """Return what the log was asked for, in order: a process's rights, or its register."""
    found, events = [], Reader._events

    def counted(reader, query, arguments, of):
        if query in {RIGHTS, STREAM}:
            found.append((query, of))
        return events(reader, query, arguments, of)

    monkeypatch.setattr(Reader, "_events", counted)
    return found


def test_a_page_asks_once_what_people_said_and_what_is_registered_whatever_it_shows_and_not_again_until_written(
    twin, asked, web_of
):
    served = twin.served()
    client = web_of(served).test_client()
    lasting = dt.timedelta(hours=1)
    role = AccessRole.PROJECT_MANAGER
    secret = twin.tokens.create(role=role, process="fabelby", lasting=lasting, kind="session", account="a-test")
    client.set_cookie("kurslog_session", secret)
    times = {}
    for page in PAGES:
        asked.clear()
        assert client.get(f"/p/fabelby{page}").status_code == 200
        times[page] = sorted(Counter(asked).values())
    contributed = {"contribution_id": "c-ny", "kind": "idea", "text": "En bænk", "author": {"kind": "anonymous"}}
    anew = []
    for entry in (("contribution-made", contributed), ("participant-registered", {"participant_id": "p9001"})):
        Scribe(twin).record(*entry)
        asked.clear()
        assert client.get("/p/fabelby/rights").status_code == 200
        anew.append(Counter(asked))
    served.close()
    assert times == {page: [1, 1] if page == PAGES[0] else [] for page in PAGES}
    assert anew == [{(RIGHTS, "fabelby"): 1}, {(RIGHTS, "fabelby"): 1, (STREAM, "fabelby"): 1}]


def test_what_was_taken_back_meanwhile_counts_from_the_next_time_on(app, scribe):
    scribe.record("participant-registered", {"participant_id": "p17", "name": "Mia Fiktiv"})
    taken_back = {"participant_id": "p17", "purposes": ["participate"]}
    once.begin()
    assert app.rights.of("fabelby").allows("p17", ConsentPurpose.PARTICIPATE)
    assert not app.reader.register("fabelby").history("participant/p18")
    for entry in (("consent-withdrawn", taken_back), ("participant-registered", {"participant_id": "p18"})):
        Context().run(scribe.record, *entry)  # by somebody else, in a request of their own
    assert app.rights.of("fabelby").allows("p17", ConsentPurpose.PARTICIPATE)
    assert not app.reader.register("fabelby").history("participant/p18")
    once.end()
    assert app.reader.register("fabelby").history("participant/p18")
    assert not app.rights.of("fabelby").allows("p17", ConsentPurpose.PARTICIPATE)


def test_a_request_that_writes_asks_each_time(app, scribe, asked, signed_in):
    scribe.record("participant-registered", {"participant_id": "p17", "name": "Mia Fiktiv"})
    client = signed_in("facilitator", "fabelby")
    typed = dict(re.findall(r'name="(form_token|command)" value="([^"]+)"', client.get("/p/fabelby/rights").text))
    asked.clear()
    once.begin()  # a request before it in this thread broke off
    assert client.post("/p/fabelby/rights", data=typed).status_code == 422
    assert min(Counter(asked).values()) > 1
