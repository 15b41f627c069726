"""Erasing a person: what goes, what stays, and that it happens once."""

import contextlib
import datetime as dt
import itertools
import threading

import psycopg
import pytest

from domain.keeping import AccessRole
from domain.refusals import Refused
from service.app import Kurslog
from service.erasing import ask, execute, holding, requests
from service.imports.intake import Quarantined, Waiting, WaitingRow
from service.log.auditing import audit_texts
from service.log.backup import Beside, back_up
from service.log.erasures import read_list
from service.log.files import Kept
from service.log.manifest import read_manifest
from service.log.restore import Elsewhere, restore
from service.log.scope import within
from service.log.vault import ErasedKeyError
from service.record import ConflictError
from service.reports import issuing
from service.reports.issued import ClosedError, fetch, issued
from service.reports.issuing import Order, issue
from service.reports.touched import touched
from service.security.gate import Caller
from tests.conftest import until

CANARY = "Mia Fiktiv"
MIA = {"kind": "participant", "ref": "p1"}
GRANTED = {"verdict": "granted", "ground": "intet står i vejen"}
PARTIAL = {"verdict": "partial", "ground": "bilag gemmes i fem år"}


@pytest.fixture
def mia(scribe):
    """Register Mia, who said something, and whose photo lies beside the log."""
    scribe.record("participant-registered", {"participant_id": "p1", "name": CANARY, "contact": "mia@fiktiv.example"})
    scribe.record("participant-registered", {"participant_id": "p2", "name": "Bo Fiktiv"})
    who = {"kind": "participant", "ref": "p1"}
    idea = {"contribution_id": "c-1", "kind": "idea", "text": f"{CANARY}: en bænk", "author": who}
    scribe.record("contribution-made", idea)
    scribe.record("quote-captured", {"quote_id": "q-1", "text": f"{CANARY} sagde", "speaker": who})
    scribe.record(
        "quote-approved",
        {"quote_id": "q-1", "exact_text": f"{CANARY} sagde det", "attribution": "named", "channels": ["rapport"]},
    )
    key = "fabelby/participant/p1"
    scribe.app.files.keep("fabelby", "ab" * 32, Kept(b"opdigtet", "application/pdf"), accounts=["a-1"], key_id=key)
    return scribe


def asked(scribe, **decision):
    return ask(scribe.app, "fabelby", "p1", "a-leder", **decision)


def said(app):
    return str(app.log.vault.texts(range(1, app.reader.head() + 1)))


def test_what_was_granted_is_deleted_in_one_step(mia):
    app = mia.app
    held = holding(app, "fabelby", "p1")
    assert (held.texts, held.files, held.for_accounts) == (5, 1, 2)

    position = execute(app, "fabelby", asked(mia, **GRANTED))

    assert app.reader.head() == position
    assert CANARY not in said(app)
    assert "Bo Fiktiv" in said(app)
    assert app.files.open("fabelby", "ab" * 32) is None
    with app.log.connection() as connection:
        wrapped = {row["key_id"]: row["wrapped"] for row in connection.execute("select * from log.person_key")}
    assert (wrapped["fabelby/participant/p1"], wrapped["fabelby/quote/q-1"]) == (None, None)
    assert wrapped["fabelby/participant/p2"]
    assert app.rights.of("fabelby").erased("p1")
    assert audit_texts(app.dsn) is None
    assert [one.key for one in read_list(app.settings.erasures)] == ["fabelby/participant/p1", "fabelby/quote/q-1"]


def test_links_and_sessions_of_who_is_erased_end_with_it_and_nobody_elses(mia):
    mia.record("participant-registered", {"participant_id": "p3", "name": "Mia"})
    mia.record("participants-merged", {"participant_id": "p1", "duplicate_id": "p3"})
    tokens, secrets = mia.app.tokens, {}
    for process, who, kind in itertools.product(("fabelby", "fabelnabo"), ("p1", "p2", "p3"), ("link", "session")):
        held = {"process": process, "participant": who, "kind": kind, "lasting": dt.timedelta(days=1)}
        secrets[process, who, kind] = tokens.create(role=AccessRole.PARTICIPANT, **held)
    execute(mia.app, "fabelby", asked(mia, **PARTIAL))
    assert all(tokens.caller(secret, kind) for (_, _, kind), secret in secrets.items())

    execute(mia.app, "fabelby", asked(mia, **GRANTED))

    left = {key for key, secret in secrets.items() if tokens.caller(secret, key[2])}
    assert set(secrets) - left == set(itertools.product(["fabelby"], ["p1", "p3"], ["link", "session"]))


PAUSE = """
create function access.pause() returns trigger language plpgsql as $$
begin perform pg_advisory_xact_lock(7, 7); return new; end $$;
create trigger pause before insert on access.token for each row when (new.kind = 'session') execute function access.pause();
"""
"""Stops an exchange between the link it spends and the session it makes, as long as the test holds the lock."""
WAITS = "select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


@pytest.mark.parametrize("end", ["erased", "closed"])
def test_a_link_exchanged_in_the_moment_it_is_ended_leaves_no_session(mia, dsn, end):
    app, got = mia.app, []
    held = {"process": "fabelby", "participant": "p1", "kind": "link", "lasting": dt.timedelta(days=1)}
    secret, request = app.tokens.create(role=AccessRole.PARTICIPANT, **held), asked(mia, **GRANTED)
    ends = {
        "erased": lambda: execute(app, "fabelby", request),
        "closed": lambda: app.tokens.end_links("fabelby", "p1"),
    }
    coming = threading.Thread(target=lambda: got.append(app.tokens.exchange(secret)))
    ending = threading.Thread(target=ends[end])

    with psycopg.connect(dsn) as gate, psycopg.connect(dsn, autocommit=True) as watch:
        watch.execute(PAUSE)
        gate.execute("select pg_advisory_xact_lock(7, 7)")
        coming.start()
        until(lambda: watch.execute(WAITS).fetchone() == (1,), "the exchange has come half way")
        ending.start()
        until(lambda: not ending.is_alive() or watch.execute(WAITS).fetchone() == (2,), "the end waits for it")
    coming.join()
    ending.join()

    assert app.tokens.caller(got[0].secret, "session") is None
    assert [one for one in app.tokens.all("fabelby") if one.participant == "p1"] == []


def test_a_partial_erasure_keeps_who_it_was_and_what_was_spent(mia):
    app = mia.app
    (registered,) = app.reader.at([2])
    change = {"field": "name", "text": "Mia Fiktiv-Larsen"}
    mia.record("event-corrected", {"target": str(registered.id), "fields": [change], "reason": "gift"})
    spent = {"line_id": "mad", "amount_dkk": "12.50", "voucher": "14", "paid_on": "2026-02-01", "note": "kaffe"}
    app.files.keep("fabelby", "cd" * 32, Kept(b"bilag", "application/pdf"), accounts=["a-test"])
    mia.record("expenditure-recorded", {**spent, "file_sha256": "cd" * 32}, onbehalfof="p1")

    execute(app, "fabelby", asked(mia, **PARTIAL))

    left = [text for (at, _), text in app.log.vault.texts(range(1, app.reader.head() + 1)).items()]
    assert {CANARY, "mia@fiktiv.example", "Mia Fiktiv-Larsen", "gift", "kaffe"} <= set(left)
    assert not [text for text in left if "bænk" in text or "sagde" in text]
    assert app.files.open("fabelby", "ab" * 32) is None
    assert app.files.open("fabelby", "cd" * 32) is not None
    assert app.files.erased("fabelby", ["ab" * 32, "cd" * 32]) == {"ab" * 32}
    assert not app.rights.of("fabelby").erased("p1")
    assert audit_texts(app.dsn) is None
    execute(app, "fabelby", asked(mia, **GRANTED))
    assert app.files.open("fabelby", "cd" * 32) is None
    assert CANARY not in said(app)


def test_both_numbers_of_a_merged_person_go(mia):
    mia.record("participants-merged", {"participant_id": "p2", "duplicate_id": "p1"})
    execute(mia.app, "fabelby", asked(mia, **GRANTED))
    assert "Fiktiv" not in said(mia.app)
    assert mia.app.rights.of("fabelby").erased("p2")


def test_what_was_refused_or_waits_is_left_alone(mia):
    request = asked(mia, verdict="refused", ground="sagen verserer")
    assert execute(mia.app, "fabelby", request) is None
    mia.record("erasure-requested", {"request_id": "e-2", "participant_id": "p1"})
    assert execute(mia.app, "fabelby", "e-2") is None
    assert CANARY in said(mia.app)


def test_it_is_carried_out_once_also_by_two_at_once(mia):
    request = asked(mia, **GRANTED)
    other = Kurslog(mia.app.settings, mia.app.dsn)
    found = []

    def run(app):
        found.append(execute(app, "fabelby", request))

    threads = [threading.Thread(target=run, args=(app,)) for app in (mia.app, other, mia.app, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert sorted(one is None for one in found) == [False, True, True, True]
    executed = [event for event in mia.app.reader.walk("fabelby") if event.type == "erasure-executed.v1"]
    assert len(executed) == 1


def test_the_worker_carries_out_what_was_decided(mia):
    request = asked(mia, **GRANTED)
    worker = mia.app.worker()
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        until(lambda: requests(mia.app, "fabelby")[0].executed, "the erasure")
    finally:
        worker.stop()
        thread.join()
    assert CANARY not in said(mia.app)
    assert execute(mia.app, "fabelby", request) is None


def test_nobody_writes_under_an_erased_key_who_still_holds_it(mia):
    other = Kurslog(mia.app.settings, mia.app.dsn)
    other.log.vault.ensure(["fabelby/participant/p1"])
    execute(mia.app, "fabelby", asked(mia, **GRANTED))
    made = {"contribution_id": "c-9", "kind": "idea", "text": CANARY, "author": {"kind": "participant", "ref": "p1"}}
    with pytest.raises(Refused) as refusal:
        other.record(mia.read("contribution-made", made))
    assert refusal.value.rule == "text-erased"
    with pytest.raises(ErasedKeyError):
        other.files.keep(
            "fabelby", "ef" * 32, Kept(b"x", "application/pdf"), accounts=[], key_id="fabelby/participant/p1"
        )
    other.close()
    with mia.app.log.connection() as connection:
        row = connection.execute(
            "select count(*) as n from log.vault where key_id = 'fabelby/participant/p1'"
        ).fetchone()
    assert row["n"] == 0


def test_the_webs_role_cannot_say_that_it_was_carried_out(mia):
    served = mia.app.served()
    request = asked(mia, **GRANTED)
    now = dt.datetime.now(dt.UTC).isoformat()
    executed = mia.read("erasure-executed", {"request_id": request, "what": ["texts"]}, on=now)
    with pytest.raises(Exception, match="permission denied"), within("fabelby"):
        served.record(executed)
    served.close()
    assert CANARY in said(mia.app)


def test_a_waiting_line_that_names_the_person_goes(mia):
    waiting = Waiting(mia.app, "fabelby")
    rows = [WaitingRow("people", {"Navn": name}, "venter", "waits") for name in (f"{CANARY} ", "Ulla Opdigtet")]
    waiting.keep("12" * 32, [Quarantined(at, "person-unknown", "", row) for at, row in enumerate(rows, 1)])
    assert holding(mia.app, "fabelby", "p1").waiting == 1
    execute(mia.app, "fabelby", asked(mia, **GRANTED))
    assert [held.row.cells["Navn"] for held in waiting.listed()] == ["Ulla Opdigtet"]


def test_an_unknown_person_is_refused(scribe):
    with pytest.raises(Refused) as refusal:
        ask(scribe.app, "fabelby", "p9", "a-leder", **GRANTED)
    assert refusal.value.rule == "unknown-thing"


# ------------------------------------------------------------------ reports that went out
TEAM = Caller("a-leder", AccessRole.PROJECT_MANAGER, "fabelby")


def issued_to(app, recipient):
    app.projector.catch_up()
    order = Order(template="landdistriktspuljen", language="da", format="json", recipient=recipient)
    return issue(app, TEAM, "fabelby", order, now=dt.datetime.now(dt.UTC))


def test_a_report_that_holds_words_of_the_person_is_closed_and_proven_still(mia):
    app = mia.app
    mia.record("consent-given", {"participant_id": "p1", "purposes": ["quote-named"], "text_version": "x"})
    report = issued_to(app, "Opdigtet Pulje")
    assert holding(app, "fabelby", "p1").reports == 1

    execute(app, "fabelby", asked(mia, **GRANTED))

    with pytest.raises(ClosedError):
        fetch(app, TEAM, "fabelby", report.report, "json")
    assert b"sha256" in fetch(app, TEAM, "fabelby", report.report, "manifest").content
    app.signing().step()
    assert fetch(app, TEAM, "fabelby", report.report, "tlog-proof").content
    (listed,) = issued(app, TEAM, "fabelby")
    assert listed.closed
    (held,) = touched(app, "fabelby", "p1")
    assert (held.report, held.notified) == (report.report, False)
    later = issued_to(app, "Opdigtet Pulje")
    assert later.report != report.report
    assert CANARY.encode() not in fetch(app, TEAM, "fabelby", later.report, "json").content


def test_a_report_without_a_word_of_the_person_stays_open(mia):
    report = issued_to(mia.app, "Opdigtet Pulje")
    execute(mia.app, "fabelby", asked(mia, **GRANTED))
    assert fetch(mia.app, TEAM, "fabelby", report.report, "json").content


def test_a_report_that_is_being_written_as_somebody_is_erased_does_not_go_out(mia, monkeypatch):
    request = asked(mia, **GRANTED)
    build = issuing.build

    def built_slowly(*arguments, **more):
        content = build(*arguments, **more)
        execute(mia.app, "fabelby", request)
        return content

    monkeypatch.setattr(issuing, "build", built_slowly)
    with pytest.raises(ConflictError):
        issued_to(mia.app, "Opdigtet Pulje")
    assert issued(mia.app, TEAM, "fabelby") == []


# ------------------------------------------------------------------ afterwards
def test_figures_stay_and_an_older_backup_brings_nothing_back(mia, bare, tmp_path):
    app = mia.app
    mia.record("consent-given", {"participant_id": "p1", "purposes": ["quote-named"], "text_version": "x"})
    issued_to(app, "Opdigtet Pulje")
    back_up(app.dsn, tmp_path / "backup", Beside("", "", tmp_path / "list.ndjson"), quiet)
    before = figures(app)
    execute(app, "fabelby", asked(mia, **GRANTED))
    app.projector.catch_up()
    assert figures(app) == before

    manifest = read_manifest(tmp_path / "backup")
    listed = read_list(app.settings.erasures)
    restore(bare, tmp_path / "backup", manifest, Elsewhere(), listed, lambda _: None)

    again = Kurslog(app.settings, bare)
    assert CANARY not in said(again)
    assert again.files.open("fabelby", "ab" * 32) is None
    with pytest.raises(ClosedError):
        fetch(again, TEAM, "fabelby", issued(again, TEAM, "fabelby")[0].id, "json")
    assert audit_texts(bare) is None
    again.close()


def figures(app):
    """Return what participation counts, as it was known before anybody asked."""
    return app.queries.document(TEAM, "fabelby", "participation", app.queries.clocks("fabelby", "6", None))["data"]


def quiet(_):
    return contextlib.nullcontext(lambda _: None)


def test_while_others_write_nothing_of_the_person_is_left(mia):
    request, refused, written = asked(mia, **GRANTED), [], []

    def write(writer, number):
        for at in range(20):
            made = {"contribution_id": f"w-{number}-{at}", "kind": "idea", "text": CANARY, "author": MIA}
            try:
                written.append(writer.record(mia.read("contribution-made", made)))
            except Refused as refusal:
                refused.append(refusal.rule)

    writers = [Kurslog(mia.app.settings, mia.app.dsn) for _ in range(3)]
    threads = [threading.Thread(target=write, args=(one, number)) for number, one in enumerate(writers)]
    for thread in threads:
        thread.start()
    until(lambda: len(written) > 5, "some writes")
    execute(mia.app, "fabelby", request)
    for thread in threads:
        thread.join()
    for one in writers:
        one.close()
    assert set(refused) <= {"text-erased"}
    assert len(written) + len(refused) == 60
    assert CANARY not in said(mia.app)
    with mia.app.log.connection() as connection:
        left = "select count(*) as n from log.vault where key_id = 'fabelby/participant/p1'"
        assert connection.execute(left).fetchone()["n"] == 0
    assert audit_texts(mia.app.dsn) is None
