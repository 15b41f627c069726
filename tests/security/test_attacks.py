"""Every attack that Kurslog is built against, and the tests that try it; and what every page sends along."""

import ast
import base64
import dataclasses
import datetime as dt
import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from domain.keeping import AccessRole
from service.http import create_app
from service.security.tokens import Kind
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
CRYPTOGRAPHY = {"cryptography", "argon2", "joserfc", "authlib", "hashlib", "hmac", "secrets", "ssl"}
RUNNING = {"pickle", "marshal", "shelve", "dill", "code", "runpy"}
RUNS = {"eval", "exec", "__import__", "import_module", "system", "from_string", "render_template_string"}
PACKAGES = ("domain", "projections", "service")
OWN_SOCKETS = {"service/cluster.py", "service/cli/serving.py", "service/bench/clients.py", "service/bench/serving.py"}
"""The embedded server's own unix socket, whether a port is free, and the server on 127.0.0.1 that a bench started."""


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_is_tried_by_tests_that_exist(attack):
    for name in ATTACKS[attack]:
        file, _, test = name.partition("::")
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        assert test in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}, name


@cache
def trees():
    """Return each module of ours by its path, parsed."""
    files = sorted(one for name in PACKAGES for one in (ROOT.parent / name).rglob("*.py"))
    return [(one.relative_to(ROOT.parent).as_posix(), ast.parse(one.read_text("utf-8"))) for one in files]


def imported():
    """Yield each module of ours, and the packages it imports anywhere in it, whole and by their first name."""
    for name, tree in trees():
        found = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module or "")
        yield name, found | {one.partition(".")[0] for one in found}


def test_one_module_alone_speaks_to_other_machines():
    going = {name for name, modules in imported() if not GOING_OUT.isdisjoint(modules)}
    assert going - OWN_SOCKETS == MAY_GO_OUT


def test_nothing_that_comes_in_is_run():
    """No text becomes code, a template, a shell's line or an object of a class it names; two load modules: the operator's, and ours by a name in the code."""
    running = {name for name, modules in imported() if not RUNNING.isdisjoint(modules)}
    called, shells, later = set(), set(), []
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                found = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                called |= {(name, found)} if found in RUNS else set()
                later += node.args if found == "later" else []
                shells |= {name for said in node.keywords if said.arg == "shell"}
    loading = {("service/cli/replaying.py", "import_module"), ("service/later.py", "import_module")}
    assert (running, called, shells) == (set(), loading, set())
    assert later
    assert all(isinstance(one, ast.Constant) for one in later)


def test_a_cell_that_a_spreadsheet_would_work_out_is_defused_in_csv():
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"):
        assert defused(text)[0] not in "=+-@\t\r"
    assert defused("En bænk") == "En bænk"


def test_every_page_runs_and_fetches_nothing_its_policy_does_not_name(world):
    persona, wrong = next(one for one in PERSONAS if one.name == "facilitator of the process"), []
    before = world.app.reader.process_head(HOME)
    for route in (
        one for one in routes(world) if one.rule.endpoint.startswith("web.") and not one.writes and one.of_process
    ):
        answer = world.ask(persona, route, route.path(**named(world, route, HOME, persona)), **said(world, route, HOME))
        policy = answer.headers["Content-Security-Policy"]
        if "unsafe" in policy or "default-src 'none'" not in policy:
            wrong.append(f"{route.name}: {policy}")
        if "no-store" not in answer.headers.get("Cache-Control", ""):
            wrong.append(f"{route.name}: may be kept by a cache")
        if answer.mimetype.startswith("text/") and answer.mimetype_params.get("charset") != "utf-8":
            wrong.append(f"{route.name}: does not say how its letters are written")
        if answer.mimetype == "text/html" and answer.status_code == 200 and 'action="/sign-out"' not in answer.text:
            wrong.append(f"{route.name}: no way out")
        if answer.mimetype == "text/html" and (found := INLINE.search(answer.text)):
            wrong.append(f"{route.name}: {answer.text[max(0, found.start() - 40) : found.end() + 40]!r}")
    assert wrong == []
    assert world.app.reader.process_head(HOME) == before


def test_browsers_are_told_to_stay_with_https_where_it_is_spoken(world):
    client = world.web.test_client()
    assert "max-age=31536000" in client.get("/", base_url="https://localhost").headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in client.get("/").headers


@pytest.mark.parametrize(
    ("subdomains", "said"), [(False, "max-age=31536000"), (True, "max-age=31536000; includeSubDomains")]
)
def test_names_below_ours_are_spoken_for_only_where_the_operator_says_so(app, subdomains, said):
    app.settings = dataclasses.replace(app.settings, hsts_subdomains=subdomains)
    answer = create_app(app).test_client().get("/livez", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == said


@pytest.mark.parametrize("path", ["/", "/api/v1/processes", "/api/v1/", "/livez"])
def test_no_other_site_reads_an_answer(world, path):
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    for method in ("GET", "OPTIONS"):
        answer = world.web.test_client().open(path, method=method, headers=asked)
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]


def test_nothing_is_open_that_helps_who_only_looks(world):
    client = world.web.test_client()
    assert [client.get(path).status_code for path in ("/look", "/look/", "/.git/config", "/look/../http.py")] == [
        404
    ] * 4
    assert [client.open(path, method="TRACE").status_code for path in ("/", "/api/v1/processes")] == [405] * 2
    assert (world.web.debug, world.web.testing) == (False, False)


def test_a_new_cell_lets_nobody_in(app):
    assert (app.accounts.all(), app.tokens.all()) == ([], [])


def test_a_secret_has_256_random_bits(app):
    held = {"role": AccessRole.FACILITATOR, "process": None, "lasting": dt.timedelta(hours=1)}
    secrets = [app.tokens.create(**held, kind=kind) for kind in get_args(Kind)]
    assert {len(base64.urlsafe_b64decode(one + "=")) for one in secrets} == {32}
    assert len(set(secrets)) == len(secrets)


def test_ciphers_hashes_and_random_numbers_are_where_security_md_says():
    """What uses none of these uses no cryptography: the standard library and our dependencies have no other door."""
    table = re.search(
        r"^## Ciphers.*?(?=^## )", (ROOT.parent / "SECURITY.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    named = set(re.findall(r"`(service/[\w/]+\.py)`", table[0]))
    assert {name for name, modules in imported() if not CRYPTOGRAPHY.isdisjoint(modules)} == named
