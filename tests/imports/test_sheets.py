"""Tables as spreadsheets write them, and files that only look like tables."""

import datetime as dt
import io
import zipfile

import pytest

from service.imports.columns import is_known, mapping_of
from service.imports.sheets import UnreadableTableError, table_of
from tests.imports.conftest import workbook

SAID = ["Navn", "Rolle"]


def table(content):
    return table_of(io.BytesIO(content if isinstance(content, bytes) else content.encode()), is_known)


def texts(found):
    return [(line.number, [cell.text for cell in line.cells]) for line in found.rows()]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"], ids=["UTF-8", "with its mark", "Danish Windows", "UTF-16"]
)
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_text_in_every_dress(encoding, separator, end):
    content = f"Navn{separator}Rolle{end}Søren Ærø{separator}borger{end}".encode(encoding)
    found = table(content)
    assert (found.headers, texts(found)) == (SAID, [(2, ["Søren Ærø", "borger"])])


def test_rows_are_told_by_the_line_they_begin_on():
    found = table('Tekst;Slags\n"En bænk\nved stien";idé\n\n"Et bål";drøm\n')
    assert texts(found) == [(2, ["En bænk\nved stien", "idé"]), (5, ["Et bål", "drøm"])]


def test_a_title_above_the_headers_and_a_hint_to_excel_are_passed_over():
    found = table("sep=;\nDeltagerliste 2026;\nNavn;Rolle\nBo;borger\n")
    assert (found.headers, texts(found)) == (SAID, [(4, ["Bo", "borger"])])


def test_the_same_rows_can_be_walked_again():
    found = table("Navn;Rolle\nBo;borger\n")
    assert texts(found) == texts(found)


def test_a_workbook_is_read_like_text_its_numbers_and_days_exactly():
    rows = [["Post", "Beløb", "Bilag", "Dato"], ["Mad", 1250.125, 14, dt.date(2026, 2, 1)], ["Leje", 3, "15a", dt.date(2026, 2, 2)]]  # fmt: skip
    found = table(workbook(rows))
    assert texts(found) == [(2, ["Mad", "1250.125", "14", "2026-02-01"]), (3, ["Leje", "3", "15a", "2026-02-02"])]


def test_the_sheet_with_headers_we_know_is_read_and_the_others_are_named():
    found = table(workbook([["Om regnearket"]], Deltagere=[SAID, ["Bo", "borger"]]))
    assert (texts(found), found.left_out) == ([(2, ["Bo", "borger"])], ("Sheet",))


def test_a_formula_is_never_worked_out():
    ((_, cells),) = [(x.number, x.cells) for x in table(workbook([SAID, ["=1+1", "borger"]])).rows()]
    assert (cells[0].text, cells[0].formula) == ("=1+1", True)


def packed(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def types(**members):
    return packed(**{"[Content_Types].xml": b"<Types/>", **members})


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "table-empty"),
        (b"\n\n\n", "table-without-known-headers"),
        (b"en;to;tre\n1;2;3\n", "table-without-known-headers"),
        (b"\x00\x01\x02\x00" * 100, "table-not-text"),
        ("Navn;Rolle\nBo;borger".encode("utf-16-le"), "table-not-text"),
        (b"Navn;Rolle\nB\x81;borger\n", "table-not-text"),
        (b"\xef\xbb\xbfNavn\nB\xff\n", "table-not-text"),
        (b'Navn;Rolle\n"Bo;borger\n' + b"x" * 200_000, "table-broken-quotes"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "table-old-or-locked"),
        (b"PK\x03\x04 and no more", "table-damaged"),
        (packed(word="x"), "table-damaged"),
        (types(), "table-damaged"),
        (workbook([SAID])[:-200], "table-damaged"),
        (types(xl__workbook="<!DOCTYPE x [<!ENTITY a 'b'>]><workbook/>"), "table-damaged"),
        (types(**{"../../etc/passwd": b"x"}), "table-damaged"),
        (workbook([["en", "to"]]), "table-without-known-headers"),
        (types(xl__big=b"0" * (101 * 2**20)), "table-unpacks-too-large"),
    ],
)
def test_what_is_no_table_is_told_and_nothing_is_read(content, rule):
    with pytest.raises(UnreadableTableError) as refused:
        table(content).count()
    assert refused.value.rule == rule


def test_a_workbook_that_lies_about_its_sizes_is_stopped_by_what_comes_out():
    bomb = bytearray(types(xl__big=b"0" * (101 * 2**20)))
    at = bomb.rfind(b"PK\x01\x02", 0, bomb.rfind(b"PK\x05\x06"))
    bomb[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises(UnreadableTableError) as refused:
        table(bytes(bomb))
    assert refused.value.rule in {"table-unpacks-too-large", "table-damaged"}


@pytest.mark.parametrize("part", [b"0", b"<!-- "])
def test_a_part_that_never_begins_is_not_read_over_and_over(part):
    """The parser goes back to where an unfinished word began: a hundred megabytes of one took minutes."""
    with pytest.raises(UnreadableTableError) as refused:
        table(types(xl__sheet=part + b"0" * (90 * 2**20)))
    assert refused.value.rule == "table-damaged"


def mended(change):
    """Return a good workbook with its sheet changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([SAID, ["Bo", "borger"]]))) as good, zipfile.ZipFile(out, "w", 8) as made:
        for one in good.infolist():
            content = good.read(one)
            made.writestr(one.filename, change(content) if "sheet1" in one.filename else content)
    return out.getvalue()


@pytest.mark.parametrize("before", [b"", b"<!--" + b"x" * 200_000 + b"-->"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("value", ["'canary'", "SYSTEM 'file:///etc/hostname'"])
def test_no_entity_is_expanded_however_its_declaration_is_hidden(before, encoding, value):
    def declare(sheet):
        body = sheet[sheet.index(b"<worksheet") :].replace(b"<row", b"<!-- &x; --><row", 1)
        text = before + f"<!DOCTYPE worksheet [<!ENTITY x {value}>]>".encode() + body
        return text.decode().encode(encoding)

    assert table(mended(lambda sheet: sheet)).count() == 1
    with pytest.raises(UnreadableTableError) as refused:
        table(mended(declare)).count()
    assert refused.value.rule == "table-damaged"


def test_a_flood_of_empty_cells_is_stopped_before_it_is_parsed():
    bomb = mended(lambda sheet: sheet.replace(b"</row>", b"</row><row>" + b"<c/>" * 1_000_001 + b"</row>", 1))
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableTableError) as refused:
        table(bomb)
    assert refused.value.rule == "table-unpacks-too-large"


# ------------------------------------------------------------------ headers
@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["Navn", "Rolle", "Telefon"], "people"),
        (["name", "role", "phone"], "people"),
        (["Navn", "Samling", "Fremmøde"], "attendance"),
        (["Name", "Meeting", "Present"], "attendance"),
        (["TEKST ", "slags", "Navn"], "contributions"),
        (["Deltager", "Timer", "Frivillig", "Dato"], "hours"),
        (["Post", "Beløb (kr.)", "Bilag nr.", "Betalt den"], "expenditure"),
        (["Budget line", "Amount (DKK)", "Voucher", "Date"], "expenditure"),
    ],
)
def test_what_a_table_is_shows_from_its_headers(headers, kind):
    assert mapping_of(headers).kind.name == kind


def test_columns_nobody_asked_for_are_told():
    assert mapping_of(["Navn", "Rolle", "Skostørrelse", ""]).unread == ("Skostørrelse",)


@pytest.mark.parametrize(
    ("headers", "kind", "rule"),
    [
        (["Navn", "name"], None, "table-column-twice"),
        (["Navn", "Rolle", "Rolle"], "people", "table-column-twice"),
        (["Tekst"], "contributions", "table-column-missing"),
        (["Rolle"], "people", "table-column-missing"),
        (["Dato"], None, "table-kind-unknown"),
    ],
)
def test_headers_that_do_not_do(headers, kind, rule):
    with pytest.raises(UnreadableTableError) as refused:
        mapping_of(headers, kind)
    assert refused.value.rule == rule
