"""Competences and relations in the report of the fictional twin: what may leave the team, and nothing more."""

import io
import itertools
import json

import pypdf
import pytest

from domain.keeping import AccessRole
from projections.measures.disclosure import may_follow
from service.log.reading import LAST
from service.publishing.judging import unpacked
from service.reports import build
from service.security.gate import Caller

EVALUATOR = Caller("a-evaluator", AccessRole.EVALUATOR)
CHANGES = "Før → efter, samme personer"
MANAGER = Caller("a-manager", AccessRole.PROJECT_MANAGER)


def report(read_twin, *, caller=MANAGER, output="json", language="da"):
    clocks = read_twin.queries.clocks("fabelby")
    return build(
        read_twin,
        caller,
        "fabelby",
        template="landdistriktspuljen",
        language=language,
        format=output,
        clocks=clocks,
    )


def tables(content):
    """Every table of the report by its name, each cell as plain words."""
    blocks = [block for section in json.loads(content)["sections"] for block in section["blocks"]]
    return {
        block["name"]: [[words(cell) for cell in row] for row in block["rows"]]
        for block in blocks
        if block["block"] == "table"
    }


def words(cell):
    shown = [
        run.get("text") or run.get("shown") or ("vises ikke" if "notshown" in run else "")
        for line in cell
        for run in line
    ]
    return "".join(shown)


def test_the_change_of_each_competence_stands_with_its_pairs_and_its_uncertainty(read_twin):
    rows = tables(report(read_twin))[CHANGES]

    citizens = next(row for row in rows if row[:2] == ["Samskabe", "Borgere"])
    answer = read_twin.queries.ask(EVALUATOR, "fabelby", "competence-uplift", read_twin.queries.clocks("fabelby")).data
    cell = next(one for one in answer["cells"] if (one["competence"], one["role"]) == ("samskabe", "citizen"))
    assert int(citizens[2]) == cell["gain"]["change"].n
    assert citizens[5] == f"+{cell['gain']['change'].value:.1f}".replace(".", ",")
    assert citizens[6].startswith("mellem ")


@pytest.mark.parametrize("caller", [EVALUATOR, MANAGER])
def test_no_role_under_five_leaves_the_team_whoever_writes_the_report(read_twin, caller):
    rows = tables(report(read_twin, caller=caller))[CHANGES]

    politicians = [row for row in rows if row[1] == "Politikere"]
    assert politicians
    assert all(set(row[2:]) == {"vises ikke"} for row in politicians)


def test_an_evaluators_report_and_a_managers_hold_the_same_figures(read_twin):
    ours, theirs = (tables(report(read_twin, caller=caller)) for caller in (EVALUATOR, MANAGER))

    for name in (CHANGES, "Hvem svarede", "Forbindelser mellem roller", "Hvem blev spurgt"):
        assert ours[name] == theirs[name]


def test_small_cells_between_roles_are_not_shown(read_twin):
    rows = tables(report(read_twin))["Forbindelser mellem roller"]

    shown = [int(number) for row in rows for number in row[1:3] if number != "vises ikke"]
    assert shown
    assert all(number == 0 or number >= 5 for number in shown)


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_pages_hold_both_parts(read_twin, language):
    pages = pypdf.PdfReader(io.BytesIO(report(read_twin, output="pdf", language=language))).pages
    text = " ".join(page.extract_text() for page in pages)

    for name in {"da": ("Kompetencer før og efter", "Relationer"), "en": ("Competences before and after", "Relations")}[
        language
    ]:
        assert name in text


def test_two_reports_of_one_process_show_nobody_alone_or_subtracted(read_twin):
    """Every figure of aggregates that one report or the other holds rests on five people or none, and so do their differences."""
    wave = next(event for event in read_twin.reader.walk("fabelby", types=["relationship-wave-closed.v1"])).position
    head = read_twin.reader.head()
    for name in ("competence-uplift", "relationship-map", "participation"):
        published = read_twin.queries._publishing.of("fabelby", read_twin.queries.projection(name))
        points = [published.told(at, LAST, read_twin.rights.of("fabelby")) for at in (wave, 1500, head)]
        assert len({one.position for one in points}) > 1, name
        for one, other in itertools.combinations(points, 2):
            assert may_follow([shares(published, one)], shares(published, other)), name


def shares(published, point):
    owners = published._known.owners()
    return {key: {(owners[share], share) for share in unpacked(row).tolist()} for key, row in point.rows.items()}


def test_the_report_compares_the_waves_and_shows_who_came(read_twin):
    content = report(read_twin)
    rows = tables(content)["Forbindelser mellem roller"]
    assert any(row[1] != row[2] and "vises ikke" not in row[1:3] for row in rows)
    assert "Hver runde er regnet over dem, der svarede den gang." in content.decode()
