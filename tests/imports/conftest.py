"""Importing a table that is made here."""

import io

import pytest
from openpyxl import Workbook

from service.imports.rows import Defaults
from service.imports.tables import TableImport


@pytest.fixture
def imported(app, scribe):
    """Return a function that imports a table and returns (tally, what was told of each row)."""

    def run(content, kind=None, *, account="a-test", rehearsal=False, **defaults):
        told = []
        file = io.BytesIO(content if isinstance(content, bytes) else content.encode())
        one = TableImport(
            app,
            "fabelby",
            account,
            file,
            kind=kind,
            defaults=Defaults(**defaults),
            rehearsal=rehearsal,
            tell=told.append,
        )
        return one.run(), told

    return run


@pytest.fixture
def kick_off(scribe):
    """Return a gathering that was held."""
    planned = {"gathering_id": "g-1", "title": "Startworkshop", "kind": "kick-off"}
    scribe.record("gathering-planned", planned, on="2026-01-05T12:00:00Z")
    scribe.record("gathering-held", {"gathering_id": "g-1"}, on="2026-01-27T16:00:00Z")
    return "g-1"


@pytest.fixture
def people(scribe):
    """Return a function that registers people by number and (invented) name."""

    def register(**named):
        for ref, name in named.items():
            data = {"participant_id": ref, "name": name}
            scribe.record("participant-registered", data, on="2026-01-02T12:00:00Z")
            scribe.record("role-assumed", {"participant_id": ref, "role": "citizen"}, on="2026-01-02T12:00:00Z")

    return register


def workbook(rows, **sheets):
    """Return an XLSX with these rows, and further sheets."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for title, more in sheets.items():
        sheet = book.create_sheet(title)
        for row in more:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
