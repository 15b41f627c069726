"""What the features of keeping say of spreadsheets: told to the log alone, for the rules know nothing of files."""

import csv
import io
from pathlib import Path

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from domain.correcting import effective
from service.imports.asked import Asked
from service.imports.guessing import Guess
from service.imports.intake import Waiting
from service.imports.mending import mending_file
from service.imports.sheets import UnreadableTableError
from service.imports.tables import TableImport
from service.imports.undoing import StandsInTheWayError, undo_import
from tests.conftest import Scribe
from tests.imports.test_answers import FRAMEWORK, INSTRUMENT

scenarios(str(Path(__file__).parents[2] / "features" / "keeping"))
COUNTS = {"none": 0, "no": 0}


@pytest.fixture(autouse=True)
def _told_to():
    """Tell each scenario once: there is but one place where files are read in."""


class Desk:
    """Somebody with spreadsheets: what was read in, and what was said of it."""

    def __init__(self, app):
        self.app = app
        self.files, self.tallies, self.told = [], [], {}
        self.refused = None

    def read_in(self, content, *, rehearsal=False):
        self.files.append(content)
        self.told = {}
        run = TableImport(
            self.app, "fabelby", "a-test", io.BytesIO(content), rehearsal=rehearsal,
            tell=lambda told: self.told.update({told.line: told}),
        )  # fmt: skip
        self.tallies.append(run.run())

    def read_answers(self, content):
        file, asked = io.BytesIO(content), Asked(self.app, "fabelby", "r-before")
        try:
            self.tallies.append(TableImport(self.app, "fabelby", "a-test", file, kind=asked).run())
        except UnreadableTableError as error:
            self.refused = error

    def undo(self, tally):
        try:
            undo_import(self.app, "fabelby", tally.last_position, "a-test", "da")
        except StandsInTheWayError as error:
            self.refused = error


def written(datatable):
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(datatable)
    return out.getvalue().encode("cp1252")


def count(said):
    return COUNTS[said] if said in COUNTS else int(said)


@pytest.fixture
def desk(app):
    return Desk(app)


@given("a process that began on 2026-01-01")
def process(app):
    Scribe(app).begin()


@given("this spreadsheet was read in:")
@when("this spreadsheet is read in:")
def read_in(desk, datatable):
    desk.read_in(written(datatable))


@when("it is only shown what this spreadsheet would become:")
def rehearsed(desk, datatable):
    desk.read_in(written(datatable), rehearsal=True)


@when("the same spreadsheet is read in again")
def again(desk):
    desk.read_in(desk.files[-1])


@when(parsers.parse('the rows that wait are mended, "{wrong}" becoming "{right}", and read in'))
def mended(desk, wrong, right):
    file = mending_file(Waiting(desk.app, "fabelby").listed(), "da").decode("utf-8-sig")
    desk.read_in(file.replace(f";{wrong};", f";{right};").encode("utf-8-sig"))


@when("the whole import is undone")
def undone(desk):
    desk.undo(desk.tallies[-1])


@when("the first import is undone")
def first_undone(desk):
    desk.undo(desk.tallies[0])


@given("p1 and p2 are asked before the start, from 2026-01-08")
def asked_before(app):
    told = Scribe(app)
    told.record("competence-framework-published", FRAMEWORK, on="2026-01-05T12:00:00Z")
    told.record("instrument-published", INSTRUMENT, on="2026-01-05T12:00:00Z")
    asked = {"instrument_id": "skema", "version": 1, "moment": "before", "eligible": ["p1", "p2"]}
    told.record("assessment-round-opened", {"round_id": "r-before", **asked}, on="2026-01-08T08:00:00Z")


@given("our guess is confirmed for:")
def guess_confirmed(app, datatable):
    asked = Asked(app, "fabelby", "r-before")
    asked.confirm(datatable[0], Guess(asked, datatable[0]).said, "a-test")


@when("these answers are read in:")
def answers_read_in(desk, datatable):
    desk.read_answers(written(datatable))


@then(parsers.parse('the file is refused because of "{rule}"'))
def file_refused(desk, rule):
    assert desk.refused.rule == rule


@then("the answers of p1 are p1's own")
def own_answers(desk):
    events = desk.app.reader.things("fabelby", ["answers/r-before/p1/now"])
    assert [event.author for event in events] == ["p1"]


@then(parsers.re(r"(?P<accepted>\d+|none) (rows? )?(is|are) taken in and (?P<waits>\d+|none) waits?"))
def became(desk, accepted, waits):
    tally = desk.tallies[-1]
    assert (tally.accepted, len(tally.quarantined)) == (count(accepted), count(waits))


@then(parsers.re(r'"(?P<stem>[a-z-]+)" stands (?P<times>\d+) times?'))
def stands(desk, stem, times):
    events = effective(list(desk.app.reader.walk("fabelby")))
    assert len([event for event in events if event.declaration.stem == stem]) == int(times)


@then(parsers.parse('line {line:d} would become "{said}"'))
def would_become(desk, line, said):
    assert (desk.told[line].state, desk.told[line].da) == ("accepted", said)


@then(parsers.parse('line {line:d} waits because of "{rule}"'))
def waits_because(desk, line, rule):
    assert [item.rule for item in desk.tallies[-1].quarantined if item.line == line] == [rule]


@then("no rows wait any more")
def none_wait(desk):
    assert Waiting(desk.app, "fabelby").count() == 0


@then(parsers.re(r"it is refused, naming (?P<number>\d+) entr(y|ies)"))
def refused_naming(desk, number):
    assert len(desk.refused.positions) == int(number)
