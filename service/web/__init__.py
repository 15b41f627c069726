"""The pages: made on the server, in Danish and English; they work without a script, and fetch nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, make_response, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from service.answering import LANGUAGE_COOKIE, problem_for
from service.app import Kurslog
from service.problems import Problem, problem_of, sentence
from service.queries import UnknownError
from service.web.access import accept_invitation, access_page, invitation_page, save_access
from service.web.actions import actions_page
from service.web.agreement import agreement_page
from service.web.attaching import file_page
from service.web.attendance import attendance_page, save_attendance
from service.web.budget import budget_page
from service.web.claims import claims_page
from service.web.codebook import codebook_page
from service.web.coding import coding_page, coding_text_page, save_coding
from service.web.columns import columns_page, save_columns, xlsform
from service.web.competences import competences_page
from service.web.contributions import contributions_page
from service.web.course import course_page
from service.web.decisions import decisions_page
from service.web.erasures import erasures_page, save_erasures
from service.web.errors import error_page, not_allowed
from service.web.evidence import evidence_page
from service.web.files import report_file
from service.web.fronts import now_page, tonight_page
from service.web.importing import import_confirm, import_form, import_preview, import_undo, import_upload
from service.web.judging import judging_page
from service.web.learning import learning_page
from service.web.links import links_page, save_links
from service.web.log import entry_page, figure_page, log_page
from service.web.me import me_page, my_entrance
from service.web.me_asking import ask_page, save_ask, save_consent, save_quote
from service.web.me_files import my_data, my_pages
from service.web.me_held import held_page
from service.web.me_readers import readers_page
from service.web.mending import mend_page, save_mend
from service.web.model import model_page
from service.web.participation import participation_page
from service.web.plain import about_page, accessibility_page
from service.web.processes import new_page, processes_page, register
from service.web.processing import record_page
from service.web.reads import reads_file, reads_page
from service.web.record import form_page, menu_page, save
from service.web.relations import relations_page
from service.web.reports import issue_report, issued_file, reports_page
from service.web.rights import rights_page
from service.web.rights_saving import save_rights
from service.web.roster import people_page, save_people
from service.web.rounds import close_round, open_round, rounds_page
from service.web.session import LANGUAGE_SECONDS, check_form, check_origin, keep, language
from service.web.setup import save_setup, setup_page
from service.web.sheet import save_sheet, sheet_page
from service.web.signin import (
    account_page,
    change_password,
    choose_password,
    door_page,
    organisation_back,
    organisation_begin,
    password_page,
    sign_in,
    sign_in_by_name,
    sign_in_page,
    sign_out,
)
from service.web.table import save_table, table_page
from service.web.ties import answer_page, save_answer, undo_answer
from service.web.undoing import undo, undo_command
from service.web.waiting import waiting_drop, waiting_file, waiting_page
from service.web.waves import close_wave, open_wave, waves_page

__all__ = ["create_pages", "error_page"]

View = Callable[..., str | Answer | tuple[str, int]]
PAGES: Final[tuple[tuple[str, str, str, View], ...]] = (
    ("GET", "/", "processes", processes_page),
    ("GET", "/new", "new", new_page),
    ("POST", "/new", "register", register),
    ("GET", "/about", "about", about_page),
    ("GET", "/accessibility", "accessibility", accessibility_page),
    ("GET", "/sign-in", "door", door_page),
    ("POST", "/sign-in", "sign_in_by_name", sign_in_by_name),
    ("GET", "/organisation/begin", "organisation_begin", organisation_begin),
    ("GET", "/organisation/back", "organisation_back", organisation_back),
    ("GET", "/password/<secret>", "password_page", password_page),
    ("POST", "/password/<secret>", "choose_password", choose_password),
    ("GET", "/invitation/<secret>", "invitation", invitation_page),
    ("POST", "/invitation/<secret>", "accept_invitation", accept_invitation),
    ("GET", "/account", "account", account_page),
    ("POST", "/account/password", "change_password", change_password),
    ("GET", "/sign-in/<secret>", "sign_in_page", sign_in_page),
    ("POST", "/sign-in/<secret>", "sign_in", sign_in),
    ("POST", "/sign-out", "sign_out", sign_out),
    ("GET", "/me", "my_entrance", my_entrance),
    ("GET", "/p/<process>/me", "me", me_page),
    ("GET", "/p/<process>/me/data.json", "my_data", my_data),
    ("GET", "/p/<process>/me/data.pdf", "my_pages", my_pages),
    ("GET", "/p/<process>/me/readers", "readers", readers_page),
    ("GET", "/p/<process>/me/held/<group>", "held", held_page),
    ("GET", "/p/<process>/me/rounds/<round_id>", "my_sheet", sheet_page),
    ("POST", "/p/<process>/me/rounds/<round_id>", "save_my_sheet", save_sheet),
    ("GET", "/p/<process>/me/waves/<wave>", "my_answer", answer_page),
    ("POST", "/p/<process>/me/waves/<wave>", "save_my_answer", save_answer),
    ("POST", "/p/<process>/me/waves/<wave>/undo", "undo_my_answer", undo_answer),
    ("POST", "/p/<process>/me/consent", "save_consent", save_consent),
    ("POST", "/p/<process>/me/quotes/<quote>", "save_quote", save_quote),
    ("GET", "/p/<process>/me/ask/<what>", "ask", ask_page),
    ("POST", "/p/<process>/me/ask/<what>", "save_ask", save_ask),
    ("GET", "/p/<process>", "course", course_page),
    ("GET", "/p/<process>/now", "now", now_page),
    ("GET", "/p/<process>/tonight", "tonight", tonight_page),
    ("GET", "/p/<process>/evaluation", "judging", judging_page),
    ("GET", "/p/<process>/setup/<step>", "setup", setup_page),
    ("POST", "/p/<process>/setup/<step>", "save_setup", save_setup),
    ("GET", "/p/<process>/people", "people", people_page),
    ("POST", "/p/<process>/people", "save_people", save_people),
    ("GET", "/p/<process>/rights", "rights", rights_page),
    ("POST", "/p/<process>/rights", "save_rights", save_rights),
    ("GET", "/p/<process>/rights/record", "rights_record", record_page),
    ("GET", "/p/<process>/links", "links", links_page),
    ("POST", "/p/<process>/links", "save_links", save_links),
    ("GET", "/p/<process>/access", "access", access_page),
    ("POST", "/p/<process>/access", "save_access", save_access),
    ("GET", "/p/<process>/contributions", "contributions", contributions_page),
    ("GET", "/p/<process>/decisions", "decisions", decisions_page),
    ("GET", "/p/<process>/actions", "actions", actions_page),
    ("GET", "/p/<process>/participation", "participation", participation_page),
    ("GET", "/p/<process>/learning", "learning", learning_page),
    ("GET", "/p/<process>/budget", "budget", budget_page),
    ("GET", "/p/<process>/claims", "claims", claims_page),
    ("GET", "/p/<process>/evidence", "evidence", evidence_page),
    ("GET", "/p/<process>/model", "model", model_page),
    ("GET", "/p/<process>/relations", "relations", relations_page),
    ("GET", "/p/<process>/waves", "waves", waves_page),
    ("POST", "/p/<process>/waves", "open_wave", open_wave),
    ("POST", "/p/<process>/waves/<wave>/close", "close_wave", close_wave),
    ("GET", "/p/<process>/waves/<wave>/<participant>", "answer", answer_page),
    ("POST", "/p/<process>/waves/<wave>/<participant>", "save_answer", save_answer),
    ("POST", "/p/<process>/waves/<wave>/<participant>/undo", "undo_answer", undo_answer),
    ("GET", "/p/<process>/competences", "competences", competences_page),
    ("GET", "/p/<process>/coding", "coding", coding_page),
    ("GET", "/p/<process>/coding/codebook", "codebook", codebook_page),
    ("GET", "/p/<process>/coding/agreement", "agreement", agreement_page),
    ("GET", "/p/<process>/coding/<uuid:entry>", "coding_text", coding_text_page),
    ("POST", "/p/<process>/coding/<uuid:entry>", "save_coding", save_coding),
    ("GET", "/p/<process>/rounds", "rounds", rounds_page),
    ("POST", "/p/<process>/rounds", "open_round", open_round),
    ("POST", "/p/<process>/rounds/<round_id>/close", "close_round", close_round),
    ("GET", "/p/<process>/rounds/<round_id>/xlsform.xlsx", "xlsform", xlsform),
    ("GET", "/p/<process>/rounds/<round_id>/<participant>", "sheet", sheet_page),
    ("POST", "/p/<process>/rounds/<round_id>/<participant>", "save_sheet", save_sheet),
    ("GET", "/p/<process>/log", "log", log_page),
    ("GET", "/p/<process>/log/<int:position>", "entry", entry_page),
    ("POST", "/p/<process>/log/<int:position>/undo", "undo", undo),
    ("GET", "/p/<process>/log/<int:position>/correct", "mend", mend_page),
    ("POST", "/p/<process>/log/<int:position>/correct", "save_mend", save_mend),
    ("GET", "/p/<process>/figure/<projection>/<path:figure>", "figure", figure_page),
    ("POST", "/p/<process>/undo", "undo_command", undo_command),
    ("GET", "/p/<process>/reads", "reads", reads_page),
    ("GET", "/p/<process>/reads.csv", "reads_file", reads_file),
    ("GET", "/p/<process>/record", "record", menu_page),
    ("GET", "/p/<process>/record/table", "table", table_page),
    ("POST", "/p/<process>/record/table", "save_table", save_table),
    ("GET", "/p/<process>/record/attendance", "attendance", attendance_page),
    ("POST", "/p/<process>/record/attendance", "save_attendance", save_attendance),
    ("GET", "/p/<process>/record/<stem>", "form", form_page),
    ("POST", "/p/<process>/record/<stem>", "save", save),
    ("GET", "/p/<process>/files/<sha256>", "file", file_page),
    ("GET", "/p/<process>/import", "import_form", import_form),
    ("POST", "/p/<process>/import", "import_upload", import_upload),
    ("GET", "/p/<process>/import/waiting", "waiting", waiting_page),
    ("GET", "/p/<process>/import/waiting.csv", "waiting_file", waiting_file),
    ("POST", "/p/<process>/import/waiting/drop", "waiting_drop", waiting_drop),
    ("GET", "/p/<process>/import/<sha256>", "import_preview", import_preview),
    ("POST", "/p/<process>/import/<sha256>", "import_confirm", import_confirm),
    ("GET", "/p/<process>/import/<sha256>/columns", "columns", columns_page),
    ("POST", "/p/<process>/import/<sha256>/columns", "save_columns", save_columns),
    ("POST", "/p/<process>/log/<int:position>/undo-import", "import_undo", import_undo),
    ("GET", "/p/<process>/report.pdf", "report_file", report_file),
    ("GET", "/p/<process>/erasures", "erasures", erasures_page),
    ("POST", "/p/<process>/erasures", "save_erasures", save_erasures),
    ("GET", "/p/<process>/reports", "reports", reports_page),
    ("POST", "/p/<process>/reports", "issue_report", issue_report),
    ("GET", "/p/<process>/reports/<report>.<extension>", "issued_file", issued_file),
)

OUTSIDE: Final = {"sign_in", "sign_in_by_name", "choose_password", "accept_invitation"}
"""What is sent before there is a session to tie a form to: the secret in it, or the password, is what counts."""


def create_pages(kurslog: Kurslog) -> Blueprint:
    """Return the blueprint of all pages on one Kurslog."""
    pages = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/look")
    for method, rule, name, view in PAGES:
        pages.add_url_rule(rule, name, _bound(view, kurslog), methods=[method])
    pages.before_request(_check_post)
    pages.register_error_handler(Exception, _answer_error)
    pages.after_request(_remember_language)
    return pages


def _bound(view: View, kurslog: Kurslog) -> Callable[..., Answer]:
    def show(**values: object) -> Answer:
        return make_response(view(kurslog, **values))

    return show


def _check_post() -> None:
    """Refuse what another site sends, whichever page it is meant for; no view asks again.

    Raises:
        Forbidden: for a form of another site's, or of another session.
    """
    if request.method != "POST":
        return
    outside = (request.endpoint or "").removeprefix("web.") in OUTSIDE
    (check_origin if outside else check_form)()


def _remember_language(response: Response) -> Response:
    asked = request.args.get("lang")
    if asked in {"da", "en"}:
        keep(response, LANGUAGE_COOKIE, asked, LANGUAGE_SECONDS)
    if not request.path.startswith("/look/"):
        response.headers.setdefault("Cache-Control", "no-store" if request.cookies else "no-cache")
    response.vary.add("Cookie")
    return response


def _answer_error(error: Exception) -> Answer:
    """Answer an error on a page with a page; what we do not know is logged, and never shown."""
    lang = language()
    if isinstance(error, HTTPException) and error.code == 403:  # noqa: PLR2004 - Forbidden: the form is not of this session
        return not_allowed(lang)
    if isinstance(error, UnknownError) or (isinstance(error, HTTPException) and error.code == 404):  # noqa: PLR2004 - Not Found
        return error_page(Problem(404, "not-found", sentence("not-found", lang), {}), lang)
    return error_page(problem_of(error, lang) or problem_for(error, lang), lang)
