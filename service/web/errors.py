"""Pages for what went wrong: what happened, what is kept, what to do."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

from service import words
from service.problems import Problem
from service.security.gate import NOBODY
from service.web.page import Page, address
from service.web.session import form_token


class Bare(Page):
    """A page that asks the database nothing: it may be the database that failed."""

    def __init__(self, lang: str) -> None:
        self.caller = NOBODY
        self.lang = lang
        self.t = words.Speech(lang)

    def other_language(self) -> str:
        """Return this address in the other language."""
        path = "" if "secret" in (request.view_args or {}) else request.path
        return address(path, {"lang": "en" if self.lang == "da" else "da"})


def error_page(problem: Problem, lang: str) -> Response:
    """Return the page for a problem, with its status."""
    page = Bare(lang)
    titles = {
        404: page.t("Siden er ikke her", "The page is not here"),
        429: page.t("Vent lidt", "Wait a moment"),
        503: page.t("Prøv igen om lidt", "Try again shortly"),
    }
    title = titles.get(problem.status, page.t("Det gik ikke", "It did not work"))
    response = _page(page, title, problem.sentence, problem.status)
    if seconds := problem.retry_seconds:
        response.headers["Retry-After"] = str(seconds)
    return response


def not_allowed(lang: str) -> Response:
    """Return the page for a form that is not of this session."""
    page = Bare(lang)
    said = page.t(
        "Formularen hører ikke til den, der er logget ind nu. Gå tilbage, hent siden igen, og send den derfra.",
        "The form does not belong to who is signed in now. Go back, load the page again, and send it from there.",
    )
    return _page(page, page.t("Det blev ikke gemt", "It was not saved"), said, 403)


def _page(page: Bare, title: str, said: str, status: int) -> Response:
    html = render_template(
        "error.html", page=page, t=page.t, lang=page.lang, link=page.link, form_token=form_token, title=title, said=said
    )
    return make_response(html, status)
