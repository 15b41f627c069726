"""Walking back in time brings nobody back: who took back taking part, or was erased, is read nowhere, on any clock.

One invented story with every type of event is told, with a canary in each personal field, as many as can be p1's. Then
every page, projection, export and report is asked, at earlier days and positions, by each role.
"""

import io
import json
import re
from pathlib import Path

import pypdf
import pytest

from domain.keeping import AccessRole
from domain.kernel import REGISTRY
from domain.refusals import Refused
from domain.shapes import FieldType
from projections.everything import PROJECTIONS
from service.exports import export_lines
from service.reports import TEMPLATES, build
from service.reports.leaving import sealed_in
from service.security.gate import Act, Caller, may
from service.security.reading import SAID_TO_TEAM, owner_of
from service.web import PAGES

STORY = Path(__file__).parents[2] / "docs" / "story.ndjson"
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
WHO, HOME = "p1", "fabelby"
DAYS = ("2026-01-06", "2026-03-15", "2026-05-20")
"""From the day after p1 was registered to the days before they were gone."""
DEEPEST = (AccessRole.FACILITATOR, AccessRole.EVALUATOR)
"""Who sees most goes to every day; the others take one each, in turn."""
LONG = 400
"""The canaries are long: codings of the story point into them."""
FILLED = "n"
"""With what: a PDF holds a row of it in one piece, where fonts set others letter by letter, which takes long to read."""
THERE = {
    "process": HOME,
    "participant": WHO,
    "stem": "contribution-made",
    "step": "people",
    "wave": "w1",
    "round_id": "foer",
    "projection": "fate-of-contributions",
    "figure": "all",
    "sha256": "a" * 64,
    "report": "report-1",
    "extension": "json",
    "secret": "x",
    "group": "skov",
    "what": "json",
}
"""What stands for a place in an address; a new place needs a line here."""


def canaries(data, fields, mark):
    """Return the data of a wire with a canary in each personal field."""
    if not isinstance(data, dict):
        return data
    known = {field.name: field for field in fields}
    return {name: _canary(value, known.get(name), f"{mark}-{name}") for name, value in data.items()}


def _canary(value, field, mark):
    if field is None or value is None:
        return value
    if field.type is FieldType.PERSONAL:
        return f"{mark}-".ljust(LONG, FILLED)
    if isinstance(value, list):
        return [canaries(one, field.fields, f"{mark}{at}") if field.fields else one for at, one in enumerate(value)]
    return canaries(value, field.fields, mark) if field.fields else value


def tell(scribe, *, but=(), more=None):
    """Record the story, on behalf of p1 wherever that is taken, and return p1's texts with the kind they stand at.

    ``but`` names types that are left out; ``more`` adds fields to those of a type.
    """
    app = scribe.app
    lines = [json.loads(one) for one in STORY.read_text(encoding="utf-8").splitlines()]
    for number, line in enumerate(one for one in lines if one["type"].partition(".")[0] not in but):
        data = line["data"] | (more or {}).get(line["type"].partition(".")[0], {})
        data = canaries(data, REGISTRY[line["type"]].fields, f"kanarie-{number}")
        if "text_commitment" in data:
            target = next(one for one in app.reader.walk(HOME) if str(one.id) == data["target"])
            data["text_commitment"] = target.data.steps[1].text.value.sha256
        for behalf in ({"onbehalfof": WHO}, {}):
            try:
                scribe.record(line["type"], data, on=line["time"], id=line["id"], **behalf)
                break
            except Refused:
                continue
    app.projector.catch_up()
    events = list(app.reader.walk(HOME))
    texts = app.log.vault.said({text.sha256 for event in events for text in sealed_in(event.data)})
    return {
        texts[text.sha256].rstrip(FILLED): event.kind
        for event in events
        for text in sealed_in(event.data)
        if owner_of(text.key) == WHO and text.sha256 in texts
    }


@pytest.fixture
def told(app):
    from tests.conftest import Scribe

    scribe = Scribe(app)
    return scribe, tell(scribe)


def callers():
    """Yield everybody who may come: each role, as somebody else than p1."""
    for role in AccessRole:
        yield Caller(f"a-{role.value}", role, HOME, "p2" if role is AccessRole.PARTICIPANT else None)


def places(scribe):
    """Yield the address of every page that can be got."""
    entries = [event for event in scribe.app.reader.walk(HOME) if event.author == WHO]
    for method, rule, *_ in PAGES:
        if method != "GET":
            continue
        each = "position>" in rule or "entry>" in rule
        for entry in entries[:: max(1, len(entries) // 4)] if each else entries[:1]:
            there = {**THERE, "position": entry.position, "entry": entry.id}
            yield PLACE.sub(lambda place, there=there: str(there[place[1]]), rule)


def words_of(answer):
    """Return the words of a page, or of a PDF without the places where it may break them."""
    if answer.mimetype != "application/pdf":
        return answer.get_data().decode("utf-8", "replace")
    pages = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    return "".join("".join(page.extract_text() for page in pages).replace("\u200b", "").split())


def days_of(caller):
    """Return the days that somebody goes back to."""
    if caller.role in DEEPEST:
        return DAYS
    turn = list(AccessRole).index(caller.role) % len(DAYS)
    return DAYS[turn : turn + 1]


def clocks_of(scribe, days):
    """Yield positions from p1's registration to the last but one, each with one of these days on the other clock."""
    app = scribe.app
    first, last = app.reader.register(HOME).history(f"participant/{WHO}")[0].position, app.reader.head() - 1
    for at, day in enumerate((*days, None)):
        yield app.queries.clocks(HOME, str(first + (last - first) * at // len(days)), day)
    yield app.queries.clocks(HOME, str(last * 2 // 3))


def read(scribe, signed_in, caller, days):
    """Yield everything this caller gets who goes back to these days, with where."""
    app = scribe.app
    client = signed_in(caller.role.value, HOME, participant=caller.participant, account=caller.account)
    for day in days:
        for path in (one for one in places(scribe) if one.startswith("/p/") or day == days[0]):
            yield f"{path}?on={day}", words_of(client.get(path, query_string={"on": day}))
    for clocks in clocks_of(scribe, days):
        where = f"at {clocks.position} on {clocks.happened}"
        for name in PROJECTIONS:
            for replayed in (False, True):
                yield f"{name} {where}", str(app.queries.document(caller, HOME, name, clocks, replayed=replayed))
        yield f"export {where}", b"".join(export_lines(app, caller, HOME, clocks.position)).decode()
        if may(caller, Act.REPORT, HOME):
            for leaving in (False, True):
                for template in TEMPLATES:
                    asked = {"template": template, "language": "da", "format": "json", "leaving": leaving}
                    yield f"report {where}", build(app, caller, HOME, clocks=clocks, **asked).decode()


def found(scribe, signed_in, caller, texts, days):
    """Return which canaries this caller finds who goes back to these days, and where."""
    any_of_them = re.compile("|".join(map(re.escape, texts)))  # read once for all: a page is long, and they are many
    told = read(scribe, signed_in, caller, days)
    return {(canary, where) for where, content in told for canary in any_of_them.findall(content)}


def withdraw(scribe):
    scribe.record("consent-withdrawn", {"participant_id": WHO, "purposes": ["participate"]}, on="2026-06-01T12:00:00Z")


def erase(scribe):
    on = "2026-06-01T12:00:00Z"
    scribe.record("erasure-requested", {"request_id": "alt", "participant_id": WHO}, on=on)
    scribe.record("erasure-decided", {"request_id": "alt", "verdict": "granted", "ground": "Intet står imod."}, on=on)
    scribe.record("erasure-executed", {"request_id": "alt", "what": ["texts", "key"]}, on=on)


@pytest.mark.slow
@pytest.mark.parametrize("gone", [withdraw, erase])
def test_nobody_reads_who_is_gone_wherever_they_look_and_whenever(told, signed_in, gone):
    scribe, texts = told
    team = Caller("a-facilitator", AccessRole.FACILITATOR, HOME)
    assert len(texts) > 20
    before = found(scribe, signed_in, team, texts, DAYS[1:])
    assert len({canary for canary, _ in before}) > len(texts) // 2
    for day in DAYS[1:]:
        assert {where for _, where in before} >= {f"/p/{HOME}/log?on={day}", f"/p/{HOME}/report.pdf?on={day}"}
    gone(scribe)
    scribe.app.projector.catch_up()
    for caller in callers():
        asked = {canary for canary, kind in texts.items() if kind in SAID_TO_TEAM and gone is withdraw}
        there = found(scribe, signed_in, caller, texts, days_of(caller))
        assert {one for one in there if one[0] not in asked} == set(), caller.role
