"""The closing report, really set and really read back: pages, sheets and JSON of Knabstrup, of a village made up, of nothing."""

import datetime as dt
import io
import json
import re
import tempfile
import uuid
from functools import cache
from pathlib import Path

import openpyxl
import psycopg
import pypdf
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from domain.keeping import AccessRole
from service.app import Kurslog
from service.cases import events_of
from service.queries import UnknownError
from service.reports import FORMATS, build
from service.reports.content import Ledger, ranges
from service.reports.pdf import _word
from service.security.gate import NOBODY, Caller
from service.settings import Settings
from service.wire import Sender, read_event

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
TEAM = Caller("test", AccessRole.PROJECT_MANAGER)
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "*fed* #panic() [x] $y$ `z` \\ <tag> {",
    "https://example.org/" + "a" * 200,
    "x" * 300,
]
SECTIONS = {
    "da": [
        "Faktaark",
        "Resumé",
        "Målopfyldelse",
        "Aktiviteter og ændringer",
        "Deltagelse pr. rolle",
        "Resultater",
        "Det, der ikke lykkedes",
        "Læring og model",
        "Forankring",
        "Formidling",
        "Regnskab, timer og medfinansiering",
        "Metode og forbehold",
        "Bilag",
    ],
    "en": [
        "Fact sheet",
        "Summary",
        "Goals and what was reached",
        "Activities and changes",
        "Participation by role",
        "Results",
        "What did not succeed",
        "Learning and model",
        "Anchoring",
        "Dissemination",
        "Accounts, hours and co-financing",
        "Method and reservations",
        "Appendix",
    ],
}


# ------------------------------------------------------------------ what there is to report
@pytest.fixture(scope="module")
def app(server, template):
    """A Kurslog with Knabstrup, a process full of everything people may type, one just registered, and one half open."""
    name = f"kurslog_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name} template {template}")
    with tempfile.TemporaryDirectory() as home:
        dsn = make_conninfo(**{**conninfo_to_dict(server), "dbname": name})
        kurslog = Kurslog(Settings(home=Path(home), database_url=dsn, master_key_file=Path(home) / "master.key"), dsn)
        take_in(kurslog, "knabstrup", events_of("knabstrup"))
        take_in(kurslog, "fabelby", everything())
        take_in(kurslog, "tom", [registered("Tomby")])
        take_in(kurslog, "aaben", for_everybody_in_part())
        kurslog.projector.catch_up()
        yield kurslog
        kurslog.close()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


def take_in(kurslog, process, wires):
    sender = Sender(account="import", now=NOW)
    events = [read_event(wire, process, sender) for wire in wires]
    for first in range(0, len(events), 500):
        refused = [one.refusal for one in kurslog.records.take_in(events[first : first + 500], now=NOW) if one.refusal]
        assert not refused, refused[0]


def wire(stem, day="2026-02-01", /, **data):
    return {"type": stem, "time": f"{day}T12:00:00+01:00", "data": data}


def registered(title, **more):
    fields = {
        "title": title,
        "place": title,
        "municipality": "Fabeldal",
        "aim": "democracy",
        "period_start": "2026-01-15",
    }
    return wire("process-registered", "2026-01-02", **fields, **more)


def for_everybody_in_part():
    """A process everybody may see, with hours and texts that are for its own people."""
    yield registered("Åbenby") | {"visibility": "public"}
    yield wire("hours-logged", hours="12.5", labour="volunteer", role="citizen")
    plan = {"aim": "x", "sign_of_success": "y", "owners": [], "due": "2026-04-01"}
    yield wire("action-planned", "2026-02-12", action_id="h1", title="Kælkebakke", **plan)
    yield wire("action-completed", "2026-03-12", action_id="h1", result="Ned ad bakken", learning="Sne")


def everything():
    """A process with money, people, two hundred actions and texts that try to be something else."""
    role = {"kind": "role", "ref": "citizen"}
    yield registered("Fabelby sætter sejl", period_end="2026-09-30", fictional=True)
    yield wire(
        "grant-awarded",
        funder="Puljen",
        scheme="Landdistriktspuljen",
        case_number="LDP-0000",
        amount_dkk="420000",
        period={"start": "2026-01-15", "end": "2026-09-30"},
        report_due="2026-12-31",
    )
    lines = [
        {"id": "mad", "title": "=Forplejning", "amount_dkk": "20000"},
        {"id": "film", "title": "Film", "amount_dkk": "5000"},
    ]
    yield wire(
        "budget-approved",
        version=2,
        lines=lines,
        sources=[{"id": "forum", "title": "Lokalforum", "amount_dkk": "10000"}],
    )
    for voucher in range(3):
        yield wire(
            "expenditure-recorded", line_id="mad", amount_dkk="1250.50", voucher=str(voucher), paid_on="2026-02-01"
        )
    yield wire("hours-logged", hours="12.5", labour="volunteer", role="citizen")
    yield wire("co-financing-received", source_id="forum", amount_dkk="10000")
    yield wire("instalment-received", title="1. rate", amount_dkk="336000", received_on="2026-02-01")
    yield wire("group-formed", group_id="g1", title="Trafik", theme="Sikker trafik")
    for at, kind in enumerate(["kick-off", "workshop", "celebration"]):
        day = f"2026-0{at + 2}-10"
        yield wire("gathering-planned", day, gathering_id=f"s{at}", title=f"Samling {at}", kind=kind, place="Hallen")
        yield wire("gathering-held", day, gathering_id=f"s{at}")
    roles = [{"role": "citizen", "count": 37}, {"role": "employee", "count": 14}, {"role": "politician", "count": 3}]
    yield wire("headcount-recorded", "2026-02-10", gathering_id="s0", total=54, basis="talt ved døren", by_role=roles)
    for number in range(1, 9):
        yield wire("participant-registered", "2026-01-20", participant_id=f"p{number}")
        part = "citizen" if number < 7 else "politician"
        yield wire("role-assumed", "2026-01-20", participant_id=f"p{number}", role=part)
        yield wire(
            "attendance-recorded",
            "2026-02-10",
            gathering_id="s0",
            participant_id=f"p{number}",
            status="present",
            role=part,
        )
    yield wire(
        "objective-defined", objective_id="m1", text="Konkrete projekter, der lever videre", source="ansøgningen"
    )
    yield wire("success-criterion-agreed", criterion_id="k1", objective_id="m1", text="Fem projekter", agreed_by=[role])
    indicator = {"title": "Projekter", "unit": "projekter", "direction": "up", "formula": "antal", "target": "5"}
    yield wire("indicator-defined", indicator_id="i1", objective_id="m1", **indicator)
    yield wire("baseline-recorded", indicator_id="i1", value="0", unit="projekter", source="opgørelse")
    for number in range(200):
        text = HOSTILE[number % len(HOSTILE)]
        plan = {"aim": text, "sign_of_success": text, "owners": [role], "due": "2026-04-01", "group_id": "g1"}
        yield wire("action-planned", "2026-02-12", action_id=f"h{number}", title=text[:200], **plan)
        if number % 3 == 0:
            yield wire("action-completed", "2026-03-01", action_id=f"h{number}", result=text, learning=text)
    yield wire("action-abandoned", "2026-03-01", action_id="h1", reason="=cmd|calc", learning="Spørg først 😀 你好")
    seen = {
        "who": "Naboer",
        "change": "De låner værktøj",
        "when": "sommer",
        "where": "Fabelby",
        "significance": "fællesskab",
    }
    more = {"contribution": "koder", "intended": True, "sign": "positive", "harvester": role, "objective_id": "m1"}
    yield wire("outcome-harvested", "2026-06-01", outcome_id="o1", **seen, **more)
    outside = {"kind": "role", "ref": "employee"}
    yield wire(
        "outcome-substantiated", "2026-06-02", outcome_id="o1", by=outside, relation_to_process="nabo", verdict="agree"
    )
    yield wire("claim-made", claim_id="c1", text="Seks projekter", source="kommunen")
    yield wire("decision-made", decision_id="b1", question="Hvor?", taken_by=[{"actor": role}], rationale="lys")
    yield wire("contribution-made", contribution_id="d1", kind="dream", text="En lang tekst. " * 900, author=role)
    yield wire(
        "reflection-recorded", reflection_id="r1", format="free", steps=[{"name": "a", "text": "Så\nnyt"}], by=role
    )
    yield wire("insight-derived", insight_id="e1", text="Folk kommer, når nogen spørger")
    yield wire("product-delivered", product_id="x1", title="Film", kind="film", sha256="a" * 64)


MADE: dict[tuple[object, ...], bytes] = {}
"""What was made already, so that each report is set once for all the tests that read it."""


def made_anew(app, format_, process="knabstrup", language="da", known_by=None, caller=NOBODY):
    clocks = app.queries.clocks(process, known_by)
    return build(app, caller, process, template="landdistriktspuljen", language=language, format=format_, clocks=clocks)


def make(app, format_, process="knabstrup", language="da", known_by=None, caller=NOBODY):
    key = (format_, process, language, known_by, caller)
    if key not in MADE:
        MADE[key] = made_anew(app, format_, process, language, known_by, caller)
    return MADE[key]


def as_json(app, process="knabstrup", **options):
    return json.loads(make(app, "json", process, **options))


@cache
def text_of(pdf):
    return " ".join(
        " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).replace("\u200b", "").split()
    )


def runs(node):
    if isinstance(node, dict):
        if {"figure", "shown", "count"} <= node.keys():
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from runs(item)


PEOPLE = [("knabstrup", NOBODY), ("fabelby", TEAM), ("tom", TEAM)]


# ------------------------------------------------------------------ the parts
@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize(("process", "caller"), PEOPLE)
def test_every_part_is_there_in_the_funds_order(app, process, caller, language):
    outline = pypdf.PdfReader(io.BytesIO(make(app, "pdf", process, language=language, caller=caller))).outline
    printed = [one.title.replace("\u2002", " ") for one in outline if not isinstance(one, list)]

    assert printed == [f"{at} {title}" for at, title in enumerate(SECTIONS[language], 1)]
    assert [one["title"] for one in as_json(app, process, language=language, caller=caller)["sections"]] == SECTIONS[
        language
    ]


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(("process", "caller"), PEOPLE)
def test_the_same_position_gives_the_same_bytes(app, process, caller, format_):
    assert made_anew(app, format_, process, caller=caller) == make(app, format_, process, caller=caller)


def test_the_bytes_do_not_depend_on_how_the_position_was_asked_for(app):
    head = app.queries.clocks("knabstrup").position

    assert make(app, "pdf", known_by=str(head)) == make(app, "pdf")
    assert make(app, "pdf", known_by=str(head + 1000)) == make(app, "pdf")


def test_an_earlier_position_gives_the_report_of_that_day(app):
    early, late = as_json(app, known_by="60"), as_json(app)

    assert early["known_by"]["position"] == 60
    assert len(early["trail"]) < len(late["trail"])
    assert "nr. 60" in text_of(make(app, "pdf", known_by="60"))


def test_before_the_process_was_known_there_is_still_a_report(app):
    first = app.reader.process_page("fabelby", limit=1)[0].position

    assert as_json(app, "fabelby", known_by=str(first - 1), caller=TEAM)["trail"] == []
    assert make(app, "pdf", "fabelby", known_by=str(first - 1), caller=TEAM)


# ------------------------------------------------------------------ what is known, and what is not
def test_the_grant_and_the_number_present_of_knabstrup_stand_with_their_entries(app):
    text = text_of(make(app, "pdf"))

    assert "418.230 kr. (1 registrering, spor 1)" in text
    assert re.search(r"Antal fremmødte 50 \(1 registrering, spor \d+\)", text)
    assert re.search(r"20 \(38 registreringer, spor \d+\) handlinger", text)


def test_what_knabstrup_does_not_tell_is_not_recorded_and_never_nought(app):
    accounts = as_json(app)["sections"][10]["blocks"]
    budget = accounts[[block.get("text") for block in accounts].index("Budget og regnskab") + 1]

    assert budget["line"][0]["notrecorded"].startswith("hverken et godkendt budget eller udgifter")
    assert not re.search(r"(?<![\d.,])0 (?:kr\.|timer)", text_of(make(app, "pdf")))


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize(("process", "caller"), PEOPLE)
def test_no_cell_is_empty(app, process, caller, language):
    for section in as_json(app, process, language=language, caller=caller)["sections"]:
        for block in section["blocks"]:
            for cell in (cell for row in block.get("rows", []) if block["block"] == "table" for cell in row):
                assert cell
                assert all(line and all(run != {"text": ""} for run in line) for line in cell)


def test_an_empty_process_says_so_in_every_part(app):
    text = text_of(make(app, "pdf", "tom", caller=TEAM))

    assert text.count("ikke registreret") > 20
    assert "Det betyder ikke, at alt lykkedes." in text


def test_money_and_hours_are_compared_with_the_approved_budget(app):
    text = text_of(make(app, "pdf", "fabelby", caller=TEAM))

    assert "Brugt 3.751,50 kr. (3 registreringer" in text
    assert "16.248,50 kr." in text
    assert "Timer i alt 12,5 (1 registrering" in text
    assert "Frivilligt 12,5" in text


def test_a_confirmed_change_is_strong_evidence(app):
    assert re.search(
        r"1 Konkrete projekter, der lever videre .{0,200}stærkt", text_of(make(app, "pdf", "fabelby", caller=TEAM))
    )


def test_what_is_made_up_is_marked_on_the_first_page(app):
    first = pypdf.PdfReader(io.BytesIO(make(app, "pdf", "fabelby", caller=TEAM))).pages[0].extract_text()

    assert first.startswith("Opdigtet")


def test_every_page_says_that_the_template_is_unofficial(app):
    for page in pypdf.PdfReader(io.BytesIO(make(app, "pdf"))).pages:
        assert "Uofficiel skabelon" in page.extract_text()


@pytest.mark.parametrize("process", ["knabstrup", "fabelby"])
def test_the_first_page_is_one_page(app, process):
    pages = pypdf.PdfReader(io.BytesIO(make(app, "pdf", process, caller=TEAM))).pages

    assert "Det, der ikke lykkedes" in pages[0].extract_text()
    assert pages[1].extract_text().startswith("Indhold")


def test_small_roles_are_not_shown_nor_given_away(app):
    text = text_of(make(app, "pdf", "fabelby", caller=TEAM))

    assert re.search(r"37 borgere medarbejdere: vises ikke politikere: vises ikke", text)


# ------------------------------------------------------------------ who reads
def test_a_reader_without_a_part_gets_no_report_of_a_closed_process(app):
    with pytest.raises(UnknownError):
        make(app, "json", "fabelby")


def test_texts_that_are_not_for_the_reader_are_marked_as_not_shown(app):
    accounts = json.dumps(as_json(app, "aaben")["sections"][10])

    assert '"notshown": true' in accounts
    assert "12,5" not in accounts
    assert "12,5" in json.dumps(as_json(app, "aaben", caller=TEAM)["sections"][10])
    assert '"notshown": true' in json.dumps(as_json(app, "aaben")["sections"][3])
    assert "Ned ad bakken" not in text_of(make(app, "pdf", "aaben"))
    assert "Ned ad bakken" in text_of(make(app, "pdf", "aaben", caller=TEAM))


@pytest.mark.parametrize(
    ("change", "error"),
    [({"template": "x"}, UnknownError), ({"format": "docx"}, ValueError), ({"language": "de"}, ValueError)],
)
def test_what_cannot_be_written_is_refused_with_what_can(app, change, error):
    asked = {
        "template": "landdistriktspuljen",
        "language": "da",
        "format": "pdf",
        "clocks": app.queries.clocks("tom"),
        **change,
    }

    with pytest.raises(error, match=r"landdistriktspuljen|Choose one of"):
        build(app, TEAM, "tom", **asked)


# ------------------------------------------------------------------ the control trail
@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize(("process", "caller"), PEOPLE)
def test_every_figure_is_in_the_control_trail_with_its_entries(app, process, caller, language):
    report = as_json(app, process, language=language, caller=caller)
    trail = {one["number"]: one for one in report["trail"]}

    assert list(trail) == list(range(1, len(trail) + 1))
    for run in [*runs(report["front"]), *runs(report["sections"])]:
        assert run["count"] == trail[run["figure"]]["count"]
    for one in trail.values():
        assert one["count"] == len(one["positions"]) > 0


def test_the_positions_of_the_trail_are_entries_of_the_process(app):
    trail = as_json(app, "fabelby", caller=TEAM)["trail"]
    events = app.reader.at(sorted({position for one in trail for position in one["positions"]}))

    assert {event.process for event in events} == {"fabelby"}


@pytest.mark.parametrize(("language", "words"), [("da", r"registrering(?:er)?, spor"), ("en", r"entr(?:y|ies), trail")])
def test_the_printed_figures_agree_with_the_trail(app, language, words):
    trail = {one["number"]: one["count"] for one in as_json(app, language=language)["trail"]}
    printed = re.findall(rf"\((\d+) {words} (\d+)\)", text_of(make(app, "pdf", language=language)))

    assert len(printed) > 30
    assert all(trail[int(number)] == int(count) for count, number in printed)


def test_positions_are_written_as_ranges():
    assert ranges([3, 9, 7, 8, 12, 13]) == "3, 7–9, 12–13"
    assert ranges([]) == ""


def test_a_figure_mentioned_twice_keeps_its_number():
    ledger = Ledger()
    first = ledger.enter("Mål", 2, [1, 2], "to")

    assert ledger.enter("Mål", 2, [2, 1], "2").number == first.number
    assert ledger.enter("Bidrag", 2, [1, 2], "to").number == 2


# ------------------------------------------------------------------ the PDF
@pytest.mark.parametrize(("language", "tag"), [("da", "da-DK"), ("en", "en-GB")])
def test_the_pdf_is_tagged_and_says_what_it_is(app, language, tag):
    reader = pypdf.PdfReader(io.BytesIO(make(app, "pdf", language=language)))
    root = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()

    assert root["/Lang"] == tag
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert reader.metadata.title == "Knabstrup sætter kurs"
    assert re.search(r"<pdfuaid:part>1<", xmp)
    assert re.search(r"<pdfaid:part>3<", xmp)
    assert re.search(r"<pdfaid:conformance>A<", xmp)


def test_the_pdf_has_headings_tables_with_header_cells_and_a_described_drawing(app):
    reader = pypdf.PdfReader(io.BytesIO(make(app, "pdf")))
    kinds, alternatives = set(), []

    def walk(node):
        node = node.get_object()
        if isinstance(node, pypdf.generic.ArrayObject):
            for item in node:
                walk(item)
        elif isinstance(node, pypdf.generic.DictionaryObject):
            kinds.add(node.get("/S"))
            alternatives.append(node.get("/Alt", "").replace("\u00a0", " "))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure"} <= kinds
    assert any("Startworkshop 27. januar 2019" in one for one in alternatives)


@pytest.mark.parametrize(
    ("process", "caller", "least", "most"),
    [("knabstrup", NOBODY, 10, 20), ("fabelby", TEAM, 12, 60), ("tom", TEAM, 4, 7)],
)
def test_the_number_of_pages_is_sane(app, process, caller, least, most):
    assert least <= len(pypdf.PdfReader(io.BytesIO(make(app, "pdf", process, caller=caller))).pages) <= most


def test_markup_and_signs_no_font_holds_are_printed_as_text(app):
    text = text_of(make(app, "pdf", "fabelby", caller=TEAM))

    assert "*fed* #panic() [x] $y$ `z` \\ <tag> {" in text
    assert "Spørg først \ufffd \ufffd\ufffd" in text


def test_long_words_get_places_to_break():
    assert "\u200b" in _word("https://example.org/one/two/three")
    assert max(len(part) for part in _word("x" * 300).split("\u200b")) <= 36


# ------------------------------------------------------------------ the workbook
def workbook(app, process, caller=NOBODY, language="da"):
    return openpyxl.load_workbook(io.BytesIO(make(app, "xlsx", process, caller=caller, language=language)))


@pytest.mark.parametrize(("process", "caller"), PEOPLE)
def test_no_cell_is_a_formula_or_a_link(app, process, caller):
    book = workbook(app, process, caller)

    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n"}
                assert cell.hyperlink is None


def test_hostile_texts_stand_in_cells_as_they_were_written(app):
    cells = {cell.value for sheet in workbook(app, "fabelby", TEAM) for row in sheet.iter_rows() for cell in row}

    assert {"=1+1", "+1", "-1", "@SUM(A1)", "=cmd|calc"} <= cells


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_workbook_has_a_sheet_for_each_part_and_the_trail_as_numbers(app, language):
    book = workbook(app, "knabstrup", language=language)
    trail = as_json(app, language=language)["trail"]
    rows = list(book.worksheets[-1].iter_rows(min_row=2, values_only=True))

    assert [sheet.title for sheet in book.worksheets[1:-1]] == [
        f"{at} {name}"[:31] for at, name in enumerate(SECTIONS[language], 1)
    ]
    assert [(row[0], row[1], row[3]) for row in rows] == [(one["number"], one["what"], one["count"]) for one in trail]
    assert [sheet.freeze_panes for sheet in book] == ["A2"] * len(book.worksheets)
    assert book.properties.title == "Knabstrup sætter kurs"
