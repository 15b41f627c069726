"""The record of processing: what follows from the declarations, who gets the page, and what the command prints."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from domain.everything import CAPABILITIES
from domain.keeping import AccessRole
from domain.kernel import REGISTRY
from service.cli.main import main
from service.privacy import AREAS, BESIDE, OF_ACCOUNTS, RETENTION, annex_markdown, held_as, seen_by
from service.security.tokens import OURS, PARTICIPANTS
from tests.reports.test_issuing import NOW, ordered

RECORD = "/p/fabelby/rights/record"
BASIS = {"purpose": "evaluation", "legal_basis": "public-task", "text_version": "2026-1"}


def field(stem, name):
    found = REGISTRY[f"{stem}.v1"]
    return held_as(found, next(one for one in found.fields if one.name == name)).en


def test_the_annex_in_the_documents_is_of_today():
    assert (Path(__file__).parents[2] / "docs" / "privacy-annex.md").read_text() == annex_markdown("en")


def test_every_capability_has_a_time_and_a_name():
    names = {module.__name__.rpartition(".")[2] for module in CAPABILITIES}
    assert set(RETENTION) == set(AREAS) == names
    assert {f"{stem}.v1" for stem in OF_ACCOUNTS} <= set(REGISTRY)


@pytest.mark.parametrize(
    ("stem", "name", "held"),
    [
        ("participant-registered", "name", "yes: words, encrypted"),
        ("attendance-recorded", "participant_id", "yes: who"),
        ("self-assessment-submitted", "answers", "yes: tied to a person"),
        ("expenditure-recorded", "file_sha256", "yes: file, encrypted"),
        ("headcount-recorded", "gathering_id", "no"),
    ],
)
def test_a_field_is_personal_as_it_is_declared(stem, name, held):
    assert field(stem, name) == held


def test_who_sees_is_what_the_gate_says():
    seeing, reading = seen_by("participant-registered.v1")
    assert AccessRole.EVALUATOR in seeing
    assert AccessRole.EVALUATOR not in reading
    assert seen_by("self-assessment-submitted.v1")[0] == (AccessRole.EVALUATOR,)


def test_it_is_found_from_the_page_of_rights(scribe, signed_in):
    assert f'href="{RECORD}"' in signed_in("project-manager", "fabelby").get("/p/fabelby/rights").text


@pytest.mark.parametrize("role", ["project-manager", "administrator"])
def test_who_answers_for_the_data_gets_the_page(scribe, signed_in, role):
    scribe.record("processing-basis-declared", BASIS)
    client = signed_in(role, "fabelby")
    page = client.get(RECORD).text
    for said in ("opgave i samfundets interesse", "ikke skrevet endnu", "bogføringsloven", "Ingen endnu."):
        assert said in page


def test_each_issued_report_stands_in_it_with_its_day_and_recipient(scribe, signed_in):
    first = ordered(scribe.app).report
    scribe.contribute("c-1")
    second = ordered(scribe.app, recipient="Opdigtet Nævn").report
    client = signed_in("project-manager", "fabelby")
    for lang, heading in (("da", "Udstedte rapporter"), ("en", "Issued reports")):
        section = (
            client.get(f"{RECORD}?lang={lang}").text.partition(f"<h2>{heading}</h2>")[2].partition("</section>")[0]
        )
        rows = re.findall(r"<tr>(.*?)</tr>", section, re.DOTALL)[1:]
        cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
        day = NOW.date().isoformat()
        assert sorted(cells) == sorted([[first, day, "Opdigtet Pulje"], [second, day, "Opdigtet Nævn"]])


def test_what_lies_beside_the_entries_stands_in_it_as_the_code_has_it():
    said = {one.what.en: one.until.en for one in BESIDE}
    assert f"{PARTICIPANTS.most.days} days" in said["links, sessions and tokens"]
    assert f"{OURS.most.days}," in said["links, sessions and tokens"]
    assert {"accounts", "the read log", "who wrote an entry in (`recordedby`)"} <= set(said)


def test_a_facilitator_gets_neither_page_nor_link(scribe, signed_in):
    client = signed_in("facilitator", "fabelby")
    assert client.get(RECORD).status_code == 404
    assert RECORD not in client.get("/p/fabelby/rights").text


def test_the_command_prints_it_in_both_forms(scribe, tmp_path, dsn):
    scribe.record("processing-basis-declared", BASIS)

    def run(*words):
        environment = {"KURSLOG_HOME": str(tmp_path), "KURSLOG_DATABASE_URL": dsn, "KURSLOG_LANGUAGE": "en"}
        return CliRunner().invoke(main, ("privacy", "record", *words), env=environment, prog_name="kurslog")

    assert "| evaluation | public task |" in run("fabelby").stdout
    assert run("fabelby", "--language", "da").stdout.startswith("# Fortegnelse over behandling: fabelby\n")
    (one,) = json.loads(run("--all", "--format", "json").stdout)
    assert ["evaluation", "public task"] in next(s["rows"] for s in one["sections"] if "bases" in s["title"])
    assert run().exit_code == run("fabelby", "--all").exit_code == 2
