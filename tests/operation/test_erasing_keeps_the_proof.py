"""An erasure leaves the chain, the proofs and every figure as they were: only the words of the person are gone.

Told with the story that has every type of event, as much of it as can be p1's own words.
"""

import base64
import datetime as dt
import json

import pytest
from click.testing import CliRunner

from domain.keeping import AccessRole
from projections.everything import PROJECTIONS
from service.app import Kurslog
from service.cli.main import main
from service.erasing import ask, execute
from service.ledger.verify import open_checkpoint, verify_report
from service.log.rotating import destroy, rotate
from service.reports.issued import ClosedError, fetch
from service.reports.issuing import Order, issue
from service.security.gate import Caller
from tests.web.test_walking_back import FILLED, HOME, WHO, tell

READERS = [Caller(f"a-{role}", AccessRole(role), HOME) for role in ("facilitator", "evaluator", "participant")]
DAYS = [None, "2026-02-15", "2026-05-01"]


@pytest.fixture
def story(scribe):
    """Tell the story with p1's words in it, issue a report that holds some, and sign everything."""
    texts = tell(scribe, but={"read-log-sealed"})  # its seal is invented, and verifying tells so
    said = {"participant_id": WHO, "purposes": ["participate", "quote-named", "quote-anonymous"], "text_version": "1"}
    scribe.record("consent-given", said)
    app = scribe.app
    app.projector.catch_up()
    order = Order(template="landdistriktspuljen", language="da", format="json", recipient="Opdigtet Pulje")
    manager = Caller("a-leder", AccessRole.PROJECT_MANAGER, HOME)
    report = issue(app, manager, HOME, order, now=dt.datetime.now(dt.UTC)).report
    app.signing().follow()
    app.projector.catch_up()
    return app, manager, report, set(texts)


def verified(app, *words):
    """Return what ``kurslog verify`` says of the whole log and its texts; it must find nothing wrong."""
    environment = {
        "KURSLOG_HOME": str(app.settings.home),
        "KURSLOG_DATABASE_URL": app.dsn,
        "KURSLOG_MASTER_KEY_FILE": str(app.settings.master_key_file),
        "KURSLOG_LANGUAGE": "en",
    }
    ran = CliRunner().invoke(main, ["verify", *words], env=environment, prog_name="kurslog")
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def asked(app, head, ask_):
    """Return every projection's answer, for each reader at several places on both clocks, texts by their commitments."""
    return {
        (name, caller.role, position, day): ask_(caller, HOME, name, app.queries.clocks(HOME, str(position), day)).data
        for name in PROJECTIONS
        for caller in READERS
        for position in (head // 2, head)
        for day in DAYS
    }


def opened(app, head):
    """Return the same as it is read, for each reader, with texts."""
    return {
        (name, caller.role, position): app.queries.document(
            caller, HOME, name, app.queries.clocks(HOME, str(position))
        )["data"]
        for name in PROJECTIONS
        for caller in READERS
        for position in (head // 2, head)
    }


def differences(before, after, at=()):
    """Yield where two answers differ, and what stood there before and after."""
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        for key in before:
            yield from differences(before[key], after[key], (*at, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for key, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, (*at, key))
    elif before != after:
        yield at, before, after


def test_the_chain_the_proofs_and_every_figure_are_as_they_were(story, tmp_path):
    app, manager, report, texts = story
    head = app.reader.head()
    content, proof = (fetch(app, manager, HOME, report, kind).content for kind in ("json", "tlog-proof"))
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_text(app.ledger.signed().note, "utf-8")
    held = open_checkpoint(checkpoint.read_text("utf-8"), app.ledger_key)[0]
    signed = verified(app, "--texts")
    assert (signed["entries"], signed["signed"]) == (head, head)
    assert base64.b64decode(signed["root"]) == held.root
    figures, words = asked(app, head, app.queries.ask), opened(app, head)
    assert figures == asked(app, head, app.queries.replay)

    execute(app, HOME, ask(app, HOME, WHO, "a-leder", verdict="granted", ground="Intet står i vejen"))
    rotate(app.dsn, app.settings.master_key_file)
    destroy(app.settings.master_key_file)

    later = Kurslog(app.settings, app.dsn)
    later.projector.catch_up()
    assert later.reader.head() == head + 3
    for rebuilt in (False, True):
        if rebuilt:
            for name in PROJECTIONS:
                later.projector.rebuild(name)
        assert asked(later, head, later.queries.ask) == figures
    assert asked(later, head, later.queries.replay) == figures
    gone = list(differences(words, opened(later, head)))
    assert {one.rstrip(FILLED) for _, one, _ in gone} <= texts
    assert {other for _, _, other in gone} == {None}
    assert gone

    assert verified(later, "--texts", "--checkpoint", str(checkpoint))["signed"] == head  # nothing new is signed yet
    later.signing().follow()
    now = verified(later, "--texts", "--checkpoint", str(checkpoint))
    assert (now["entries"], now["signed"], now["wrong"]) == (head + 3, head + 3, None)
    with pytest.raises(ClosedError):
        fetch(later, manager, HOME, report, "json")
    for one in (proof, fetch(later, manager, HOME, report, "tlog-proof").content):
        assert verify_report(content, one, key=later.ledger_key).report == report
    later.close()
