"""A canary in every personal field is found by exactly those who may see it, wherever they look: pages, API, files.

Who may is said here once more, from the design's table and what each entry is declared as; the gate is not asked.
"""

import datetime as dt
import re
from dataclasses import dataclass

import pytest

from domain.keeping import AccessRole
from domain.kernel import REGISTRY, Envelope
from domain.shapes import FieldType
from domain.vocabulary import Purpose, Visibility
from projections.everything import PROJECTIONS
from service.app import Kurslog
from service.reports.leaving import sealed_in
from service.security.gate import Caller
from service.security.reading import owner_of
from service.settings import Settings
from tests.conftest import Scribe, at, made
from tests.web.test_walking_back import FILLED, HOME, WHO, places, tell, words_of

R, V = AccessRole, Visibility
WHY = "kanarie-why-"
HOUR = dt.timedelta(hours=1)
TAKING_BACK = {
    "consent-withdrawn", "objection-lodged", "erasure-decided", "erasure-executed", "quote-approval-withdrawn",
    "event-withdrawn", "participants-merged", "text-redacted",
}  # fmt: skip
"""Left out of the story: nobody has taken anything back yet."""
MORE = {
    "participant-registered": {"name": "", "contact": ""},
    "baseline-recorded": {"text": ""},
    "grant-change-approved": {"what": ""},
    "grant-change-refused": {"what": ""},
}
"""Fields of the story's types that it does not use."""
DECISION = {
    "decision_id": "d-options",
    "question": "kanarie-question-",
    "options": [{"id": "o1", "text": "kanarie-option-"}],
    "chosen": "o1",
    "method": "consent",
    "taken_by": [{"actor": {"kind": "role", "ref": "citizen"}}],
    "mandate": "kanarie-mandate-",
    "rationale": "kanarie-rationale-",
}
TEAM = {R.FACILITATOR, R.PROJECT_MANAGER}
DEEP = {V.PUBLIC: 0, V.PROCESS: 1, V.TEAM: 2, V.EVALUATORS: 3}
AS_DEEP = {R.RESEARCHER: 0, R.ADMINISTRATOR: 0, R.PARTICIPANT: 1, **dict.fromkeys(TEAM, 2), R.EVALUATOR: 3}
PEOPLE = {
    "p1": Caller("a-p1", R.PARTICIPANT, HOME, WHO),
    "another participant": Caller("a-p2", R.PARTICIPANT, HOME, "p2"),
    "a participant without a number": Caller("a-guest", R.PARTICIPANT, HOME),
    **{f"{role} here": Caller(f"a-{role}", role, HOME) for role in R if role is not R.PARTICIPANT},
    "facilitator of another process": Caller("a-elsewhere", R.FACILITATOR, "andetsted"),
    "p1 of another process": Caller("a-namesake", R.PARTICIPANT, "andetsted", WHO),
    "nobody": Caller(""),
}


@dataclass(frozen=True)
class Planted:
    """A canary: at which entry, and whose words it is."""

    canary: str
    event: Envelope
    whose: str


def may_find(caller, text):
    """Say from the design who reads this text."""
    event, here = text.event, caller.process == HOME
    if here and caller.participant == text.whose and not is_why(text):
        return True
    if not here or caller.role not in AS_DEEP or event.visibility is V.SELF:
        return False
    if event.purpose is Purpose.RESEARCH:
        return caller.role in {R.EVALUATOR, R.RESEARCHER}
    if event.kind == "participant" and event.visibility is V.TEAM:
        return caller.role in TEAM
    return DEEP[event.visibility] <= AS_DEEP[caller.role]


def is_why(text):
    """Say whether these are the words of who corrected something, though under the key of whose words it is about."""
    return text.canary == WHY


@pytest.fixture(scope="module")
def world(server, template, webs, tmp_path_factory):
    """Tell every type of event with a canary in each personal field, and what is for few; yield it all, served."""
    home = tmp_path_factory.mktemp("canaries")
    with made(server, template) as name:
        url = at(server, name)
        app = Kurslog(Settings(home=home, database_url=url, master_key_file=home / "master.key"), url)
        scribe = Scribe(app)
        texts, served = planted(scribe), app.served()
        with webs.one(served) as web:
            yield scribe, texts, web.test_client()
        served.close()
        app.close()


def planted(scribe):
    app = scribe.app
    tell(scribe, but=TAKING_BACK, more=MORE)
    scribe.record("decision-made", DECISION)
    for name, more in (
        ("for-oneself", {"visibility": "self"}),
        ("for-evaluators", {"visibility": "evaluators"}),
        ("for-research", {"purpose": "research"}),
    ):
        scribe.contribute(f"c-{name}", f"kanarie-{name}-", onbehalfof=WHO, **more)
    stood = next(one for one in app.reader.walk(HOME) if one.subject == f"participant/{WHO}")
    names = [{"field": field, "text": f"kanarie-{field}-of-p1-"} for field in ("name", "contact")]
    scribe.record("event-corrected", {"target": str(stood.id), "fields": names, "reason": WHY})
    yes = {"participant_id": WHO, "purposes": ["participate", "quote-named", "quote-anonymous"], "text_version": "1"}
    scribe.record("consent-given", yes)
    app.projector.catch_up()
    events = list(app.reader.walk(HOME))
    said = app.log.vault.said({text.sha256 for event in events for text in sealed_in(event.data)})
    return [
        Planted(said[text.sha256].rstrip(FILLED), event, owner_of(text.key))
        for event in events
        for text in sealed_in(event.data)
    ]


def looks(scribe, client, caller):
    """Yield all that somebody gets who looks everywhere, with where."""
    app, held = scribe.app, {"role": caller.role, "process": caller.process, "participant": caller.participant}
    headers = {}
    if caller.role:
        secrets = [
            app.tokens.create(**held, account=caller.account, lasting=HOUR, kind=kind) for kind in ("session", "api")
        ]
        client.set_cookie("kurslog_session", secrets[0])
        headers = {"Authorization": f"Bearer {secrets[1]}"}
    for path in places(scribe):
        yield path, words_of(client.get(path))
    client.delete_cookie("kurslog_session")
    api = f"/api/v1/processes/{HOME}"
    asked = [
        f"{api}/events?limit=500",
        f"{api}/exports/events.ndjson",
        *(f"{api}/projections/{name}" for name in PROJECTIONS),
    ]
    for path in asked:
        yield path, client.get(path, headers=headers).get_data(as_text=True)


def test_every_personal_field_has_its_canary(world):
    scribe, texts, _ = world
    types = {text.event.position: text.event.type for text in texts}
    stood = {(types[at], re.sub(r"\.\d+", "", name)) for at, name in scribe.app.log.vault.texts(list(types))}
    told = [one for one in REGISTRY.values() if one.stem not in TAKING_BACK]
    assert {(one.name, name) for one in told for name in personal(one.fields)} == stood
    assert len({text.canary for text in texts}) == len(texts) > 100


def personal(fields, above=""):
    """Yield the dotted names of the personal fields among these."""
    for one in fields:
        if one.type is FieldType.PERSONAL:
            yield above + one.name
        yield from personal(one.fields, f"{above}{one.name}.")


@pytest.mark.slow
@pytest.mark.parametrize("who", PEOPLE)
def test_who_looks_everywhere_finds_what_is_theirs_to_see_and_nothing_else(world, who):
    scribe, texts, client = world
    caller, found = PEOPLE[who], {}
    for where, content in looks(scribe, client, caller):
        found |= {text: where for text in texts if text.canary in content}
    expected = {text for text in texts if may_find(caller, text)}
    assert {(text.event.type, text.canary, found[text]) for text in found.keys() - expected} == set()
    assert {(text.event.type, text.canary) for text in expected - found.keys()} == set()
