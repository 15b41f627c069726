"""Reports: what was issued, to whom and what became of it; issuing one; and what whoever gets it verifies it with."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from flask import Response, redirect, request
from werkzeug.wrappers import Response as Answer

from domain.bounds import TEXT_MAX
from domain.refusals import Refused
from service import words
from service.app import Kurslog
from service.log.busy import BusyError
from service.log.ledger import UnsignedError
from service.queries import NotYetError, UnknownError
from service.record import ConflictError
from service.reports.issued import PROOF, fetch, issued
from service.security.gate import Act, may
from service.web.page import ProcessPage
from service.web.record import MANY_WRITE, waited
from service.web.session import caller_of
from service.wire import UnreadableError

TITLES: Final = {
    "landdistriktspuljen": ("Slutrapport til Landdistriktspuljen", "Closing report to Landdistriktspuljen")
}
FORMAT_WORDS: Final = {"pdf": ("PDF", "PDF"), "xlsx": ("Regneark", "Spreadsheet"), "json": ("JSON", "JSON")}
LANGUAGE_WORDS: Final = {"da": ("dansk", "Danish"), "en": ("engelsk", "English")}


def reports_page(kurslog: Kurslog, process: str) -> str:
    """Show the reports that were issued, newest first, and the form that issues one."""
    return _render(_opened(kurslog, process))


def _opened(kurslog: Kurslog, process: str) -> ProcessPage:
    """Return the page for whoever may see a draft here, or get what was issued."""
    fetching = may(caller_of(kurslog), Act.FETCH, process)
    return ProcessPage.of(kurslog, process, Act.FETCH if fetching else Act.REPORT)


def _render(page: ProcessPage, wrong: dict[str, str] | None = None) -> str:
    found = issued(page.kurslog, page.caller, page.process)
    signed = page.kurslog.ledger.signed()
    return page.render(
        "reports.html",
        reports=found,
        standing=[one for one in found if one.superseded_by is None],
        covered=signed.checkpoint.size if signed else 0,
        sees_process=may(page.caller, Act.SEE, page.process, public=page.public),
        may_issue=may(page.caller, Act.ISSUE, page.process),
        may_fetch=may(page.caller, Act.FETCH, page.process),
        key=_key(page.kurslog),
        titles={name: page.t(*pair) for name, pair in TITLES.items()},
        formats={name: page.t(*pair) for name, pair in FORMAT_WORDS.items()},
        languages={name: page.t(*pair) for name, pair in LANGUAGE_WORDS.items()},
        proof=PROOF,
        typed=request.form,
        wrong=wrong or {},
        done=request.args.get("issued"),
        again=request.args.get("again"),
    )


def _key(kurslog: Kurslog) -> str | None:
    """Return the key others verify with; None before the signer has made it."""
    try:
        return str(kurslog.ledger_key)
    except UnsignedError:
        return None


def issue_report(kurslog: Kurslog, process: str) -> Answer | tuple[str, int]:
    """Issue what was asked for, once however often it is sent; or show the form again with what to mend."""
    from service.reports.issuing import Order, issue  # noqa: PLC0415 - the typesetter only where a report is wanted

    page = _opened(kurslog, process)
    if not may(page.caller, Act.ISSUE, process):
        raise UnknownError(process)
    typed = {
        name: request.form.get(name, "").strip() for name in ("language", "format", "recipient", "supersedes", "reason")
    }
    wrong = _wrong(page, typed)
    if wrong:
        return _render(page, wrong), 422
    order = Order(template=next(iter(TITLES)), **{**typed, **_replacing(typed)})
    try:
        done = issue(kurslog, page.caller, process, order, now=dt.datetime.now(dt.UTC))
    except Refused as error:
        return _render(page, {"general": words.capitalised(error.sentence(page.lang))}), 422
    except UnreadableError:
        unread = page.t("Teksten kunne ikke læses. Skriv den igen.", "The text could not be read. Write it again.")
        return _render(page, {"recipient": unread}), 422
    except NotYetError:
        late = page.t("Det sidste, der blev skrevet ind, er ikke talt op endnu. Intet er udstedt. Prøv igen om fem sekunder.", "The last entries are not counted yet. Nothing was issued. Try again in five seconds.")  # fmt: skip
        return _render(page, {"general": late}), 503
    except (ConflictError, BusyError):
        return _render(page, {"general": page.t(*MANY_WRITE)}), 503
    waited(kurslog, done.position)
    return redirect(page.link("reports", issued=done.report, again=None if done.new else 1, on=None), 303)


def _replacing(typed: dict[str, str]) -> dict[str, Any]:
    return {name: typed[name] or None for name in ("supersedes", "reason")}


def _wrong(page: ProcessPage, typed: dict[str, str]) -> dict[str, str]:
    """Return what is to be mended, by field."""
    t, wrong = page.t, dict[str, str]()
    if typed["language"] not in LANGUAGE_WORDS or typed["format"] not in FORMAT_WORDS:
        wrong["general"] = t("Vælg sprog og filtype.", "Choose a language and a kind of file.")
    if not typed["recipient"]:
        wrong["recipient"] = t("Skriv, hvem der får rapporten. Et navn eller et kontor er nok.", "Say who gets the report. A name or an office is enough.")  # fmt: skip
    if typed["supersedes"] and not typed["reason"]:
        wrong["reason"] = t("Skriv, hvorfor den gamle rapport afløses. Én linje er nok.", "Say why the old report is replaced. One line will do.")  # fmt: skip
    if typed["reason"] and not typed["supersedes"]:
        wrong["reason"] = t("Vælg den rapport, der afløses, eller lad grunden stå tom.", "Choose the report that is replaced, or leave the reason empty.")  # fmt: skip
    for name in ("recipient", "reason"):
        if len(typed[name]) > TEXT_MAX:
            wrong[name] = t("Teksten er for lang. Gør den kortere.", "The text is too long. Shorten it.")
    return wrong


def issued_file(kurslog: Kurslog, process: str, report: str, extension: str) -> Response:
    """Return a file of an issued report as it was issued, or its proof."""
    page = _opened(kurslog, process)
    kept = fetch(kurslog, page.caller, process, report, extension)
    headers = {
        "Content-Disposition": f'attachment; filename="{report}.{extension}"',
        "Cache-Control": "private, no-store",
    }
    return Response(kept.content, mimetype=kept.media_type, headers=headers)
