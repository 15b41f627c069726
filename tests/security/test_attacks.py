"""Every attack that Kurslog is built against, and the tests that try it; and what every page sends along."""

import ast
import re
from pathlib import Path

import pytest

from service.spreadsheets import defused
from tests.security.conftest import HOME, PERSONAS
from tests.security.test_matrix import named, routes, said

ROOT = Path(__file__).parents[1]
ATTACKS = {
    "IDOR": (
        "security/test_matrix.py::test_a_foreign_id_is_not_there_whoever_asks",
        "security/test_matrix.py::test_who_may_not_gets_what_an_unknown_process_gets_and_leaves_no_trace",
        "api/test_files.py::test_nobody_opens_a_file_for_themselves_by_naming_it",
    ),
    "session fixation": ("web/test_signing_in.py::test_a_name_and_its_password_begin_a_session",),
    "CSRF": (
        "web/test_pages.py::test_a_form_without_its_token_saves_nothing",
        "web/test_pages.py::test_a_form_from_another_site_saves_nothing",
        "web/test_signing_in.py::test_no_post_is_taken_from_another_site_or_another_session",
    ),
    "stolen or replayed link": (
        "web/test_pages.py::test_a_link_becomes_a_session_once",
        "web/test_signing_in.py::test_the_secret_of_a_link_stands_in_no_page_log_or_measure",
    ),
    "brute force (ten a minute, then 429)": (
        "web/test_signing_in.py::test_ten_wrong_passwords_a_minute_then_a_pause",
        "web/test_signing_in.py::test_ten_links_that_do_not_work_then_a_pause_but_a_right_one_works",
        "web/test_signing_in.py::test_ten_wrong_bearer_tokens_then_a_pause",
    ),
    "formula injection into XLSX and CSV": (
        "reports/test_report.py::test_no_cell_is_a_formula_or_a_link",
        "imports/test_sheets.py::test_a_formula_is_never_worked_out",
        "security/test_attacks.py::test_a_cell_that_a_spreadsheet_would_work_out_is_defused_in_csv",
    ),
    "HTML/Markdown into pages and reports": (
        "web/test_pages.py::test_texts_are_escaped",
        "security/test_attacks.py::test_every_page_runs_and_fetches_nothing_its_policy_does_not_name",
        "reports/test_report.py::test_markup_and_signs_no_font_holds_are_printed_as_text",
    ),
    "zip bomb and zip slip on import": (
        "imports/test_sheets.py::test_a_workbook_that_lies_about_its_sizes_is_stopped_by_what_comes_out",
        "imports/test_sheets.py::test_what_is_no_table_is_told_and_nothing_is_read",
        "unit/test_files.py::test_a_small_file_with_more_pixels_than_anybody_needs_is_never_unpacked",
    ),
    "entities and floods of cells in a workbook": (
        "imports/test_sheets.py::test_no_entity_is_expanded_however_its_declaration_is_hidden",
        "imports/test_sheets.py::test_a_flood_of_empty_cells_is_stopped_before_it_is_parsed",
    ),
    "a Host that is not ours": ("security/test_bounds.py::test_a_host_that_is_not_ours_is_refused_with_a_sentence",),
    "forms of millions of fields": ("security/test_bounds.py::test_a_form_of_more_than_any_of_ours_is_refused",),
    "lines put into the log": ("api/test_logs.py::test_nobody_begins_a_line_of_their_own",),
    "SSRF in any outgoing URL": (
        "organisation/test_organisation.py::test_an_address_that_is_not_encrypted_is_not_asked",
        "security/test_attacks.py::test_one_module_alone_speaks_to_other_machines",
    ),
    "NUL and lone surrogates (4xx, not 500)": (
        "api/test_events.py::test_bad_input_is_refused_with_a_sentence_and_writes_nothing",
        "api/test_fuzzed.py::test_no_answer_is_an_accident",
        "web/test_pages.py::test_what_is_not_there_is_not_found",
    ),
    "mass assignment (unknown fields refused)": (
        "api/test_events.py::test_bad_input_is_refused_with_a_sentence_and_writes_nothing",
    ),
    "backdated clock": (
        "faults/test_clock.py::test_clock_set_back",
        "unit/test_kernel.py::test_a_backdated_event_that_later_ones_do_not_bear_is_refused",
    ),
    "a database administrator who rewrites": (
        "ledger/test_tampering.py::test_an_entry_rewritten_with_its_tile_is_found_between_two_fingerprints",
        "operation/test_backup.py::test_a_log_rewritten_under_its_own_checkpoint_is_refused",
    ),
}
INLINE = re.compile(
    r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|\s(?:src|href)=\"(?:https?:)?//", re.IGNORECASE
)
GOING_OUT = {"requests", "authlib", "urllib.request", "http.client", "httpx", "socket"}
MAY_GO_OUT = {"service/security/oidc.py"}
OWN_SOCKETS = {"service/cluster.py", "service/cli/serving.py"}
"""The embedded server's own unix socket, and whether a port is free."""


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_is_tried_by_tests_that_exist(attack):
    for name in ATTACKS[attack]:
        file, _, test = name.partition("::")
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        assert test in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}, name


def test_one_module_alone_speaks_to_other_machines():
    going = {}
    for file in sorted((ROOT.parent / "service").rglob("*.py")):
        name = file.relative_to(ROOT.parent).as_posix()
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            modules = (
                [one.name for one in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            if any(one in GOING_OUT or one.split(".")[0] in GOING_OUT for one in modules):
                going.setdefault(name, modules)
    assert set(going) - OWN_SOCKETS == MAY_GO_OUT


def test_a_cell_that_a_spreadsheet_would_work_out_is_defused_in_csv():
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"):
        assert defused(text)[0] not in "=+-@\t\r"
    assert defused("En bænk") == "En bænk"


def test_every_page_runs_and_fetches_nothing_its_policy_does_not_name(world):
    persona, wrong = next(one for one in PERSONAS if one.name == "facilitator of the process"), []
    for route in (
        one for one in routes(world) if one.rule.endpoint.startswith("web.") and not one.writes and one.of_process
    ):
        answer = world.ask(persona, route, route.path(**named(world, route, HOME, persona)), **said(world, route, HOME))
        policy = answer.headers["Content-Security-Policy"]
        if "unsafe" in policy or "default-src 'none'" not in policy:
            wrong.append(f"{route.name}: {policy}")
        if "no-store" not in answer.headers.get("Cache-Control", "") and "private" not in answer.headers.get(
            "Cache-Control", ""
        ):
            wrong.append(f"{route.name}: may be kept by a cache")
        if answer.mimetype == "text/html" and (found := INLINE.search(answer.text)):
            wrong.append(f"{route.name}: {answer.text[max(0, found.start() - 40) : found.end() + 40]!r}")
    assert wrong == []


def test_browsers_are_told_to_stay_with_https_where_it_is_spoken(world):
    client = world.web.test_client()
    assert "max-age=31536000" in client.get("/", base_url="https://localhost").headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in client.get("/").headers
