"""One page being made: who looks at which process in which language on which day, and the links that keep all of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Self

from flask import current_app, render_template, request
from werkzeug.routing import MapAdapter

from domain.keeping import AccessRole
from domain.kernel import Envelope
from domain.timing import end_of_day, local_day
from domain.vocabulary import ID_PATTERN, Visibility
from service import words
from service.app import Kurslog
from service.queries import Clocks, UnknownError, moment
from service.security.gate import NOBODY, TEAM, Act, Caller, may
from service.web.session import caller_of, form_token, language

PLACE_MAX: Final = 2**53


def today() -> dt.date:
    """Return the day in Copenhagen."""
    return local_day(dt.datetime.now(dt.UTC))


class Said:
    """The words of `service.words` in one language, for templates."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __getattr__(self, name: str) -> Any:
        spoken = getattr(words, name)
        return lambda *values, **options: spoken(*values, lang=self.lang, **options)

    def capital(self, text: str) -> str:
        """Return the text with a large first letter."""
        return words.capitalised(text)

    def plural(self, count: int, one: str, many: str) -> str:
        """Return the word that goes with the count."""
        return words.plural(count, one, many)

    def label(self, key: str, of: str = "") -> str:
        """Return the label of a field or a value."""
        return words.label(key, self.lang, of)


@dataclass
class Page:
    """A page outside any process."""

    kurslog: Kurslog
    caller: Caller
    lang: str

    def __post_init__(self) -> None:
        self.t = words.Speech(self.lang)
        self.say = Said(self.lang)

    @classmethod
    def opened(cls, kurslog: Kurslog) -> Page:
        """Return the page for the request's caller and language."""
        return cls(kurslog, caller_of(kurslog), language())

    @property
    def may_create(self) -> bool:
        """Whether the caller may begin a process: a part in one process is no part in a new one."""
        return self.caller.process is None and may(self.caller, Act.CREATE, None)

    def other_language(self) -> str:
        """Return this page's address in the other language."""
        kept = {name: value for name, value in request.args.items() if name != "lang"}
        kept["lang"] = "en" if self.lang == "da" else "da"
        # An address that is a secret is not repeated in the page.
        return address("" if "secret" in (request.view_args or {}) else request.path, kept)

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return self.caller is not NOBODY

    @cached_property
    def _addresses(self) -> MapAdapter:
        """What makes addresses in this request: bound once a page, and not for each of its hundreds of links."""
        return current_app.url_map.bind_to_environ(request.environ)

    def link(self, endpoint: str, **values: Any) -> str:
        """Return the address of one of our pages."""
        given = {name: value for name, value in values.items() if value is not None}
        return self._addresses.build(f"web.{endpoint}", given)

    def render(self, template: str, **values: Any) -> str:
        """Return the page as HTML."""
        held = {
            "page": self,
            "t": self.t,
            "say": self.say,
            "lang": self.lang,
            "link": self.link,
            "form_token": form_token,
        }
        return render_template(template, **{**held, **values})


def asked_number(name: str) -> int:
    """Return a number in the request's address, such as where a list goes on; 0 for anything else."""
    text = request.args.get(name, "")
    return min(int(text), PLACE_MAX) if text.isascii() and text.isdigit() and len(text) <= len(str(PLACE_MAX)) else 0


def address(path: str, arguments: dict[str, str]) -> str:
    """Return a path with its query."""
    from urllib.parse import quote, urlencode  # noqa: PLC0415 - only here

    return f"{quote(path)}?{urlencode(arguments)}" if arguments else quote(path)


@dataclass
class ProcessPage(Page):
    """A page of a process, as it looked on a day."""

    process: str
    registration: Envelope
    on: dt.date | None
    problem: str | None
    answers: dict[tuple[str, bool, str], Any] = field(default_factory=dict)

    @classmethod
    def of(cls, kurslog: Kurslog, process: str, act: Act = Act.SEE) -> Self:
        """Return the page if the caller may do this in the process.

        Raises:
            UnknownError: when not; an unknown process looks the same.
        """
        caller, lang = caller_of(kurslog), language()
        if not ID_PATTERN.fullmatch(process):
            raise UnknownError(process)
        registration = kurslog.queries.check(caller, act, process)
        on, problem = asked_day(words.Speech(lang))
        return cls(kurslog, caller, lang, process, registration, on, problem)

    @classmethod
    def for_roles(cls, kurslog: Kurslog, process: str, roles: Collection[AccessRole]) -> Self:
        """Return the page if the caller has one of these roles in the process.

        Raises:
            UnknownError: to anybody else; the page is not there for them.
        """
        page = cls.of(kurslog, process)
        if page.caller.role not in roles or not page.caller.has_part_in(process):
            raise UnknownError(process)
        return page

    @cached_property
    def clocks(self) -> Clocks:
        """Both clocks: everything known, of what had happened by the day."""
        return self.kurslog.queries.clocks(self.process, happened_by=self.on.isoformat() if self.on else None)

    @property
    def moment(self) -> dt.datetime:
        """The moment the page stands at."""
        return end_of_day(self.on) if self.on else dt.datetime.now(dt.UTC)

    @property
    def may_record(self) -> bool:
        """Whether the caller may write here."""
        return may(self.caller, Act.RECORD, self.process)

    @property
    def may_import(self) -> bool:
        """Whether the caller may read files in here: that is the team's."""
        return self.may_record and self.caller.role in TEAM

    @property
    def public(self) -> bool:
        """Whether everybody may see the process."""
        return self.registration.visibility is Visibility.PUBLIC

    @property
    def fictional(self) -> bool:
        """Whether it is invented."""
        return self.registration.data.fictional is True

    @cached_property
    def report(self) -> str | None:
        """The address of the report as PDF, if the caller may have it."""
        allowed = may(self.caller, Act.REPORT, self.process, public=self.public)
        return self.link("report_file") if allowed else None

    def link(self, endpoint: str, **values: Any) -> str:
        """Return an address; within the process the day goes along."""
        values.setdefault("process", self.process)
        if self.on and "on" not in values:
            values["on"] = self.on.isoformat()
        if not current_app.url_map.is_endpoint_expecting(f"web.{endpoint}", "process"):
            values.pop("process")
            values.pop("on", None)
        return super().link(endpoint, **values)

    def figure(self, projection: str, *keys: str) -> str:
        """Return the address of the events behind one figure, or several together."""
        return self.link("figure", projection=projection, figure="+".join(keys))

    def answer(self, projection: str, *, whole: bool = False, part: Callable[[Any], Any] = lambda data: data) -> Any:
        """Return a projection's data, texts and figures opened; ``whole`` sets the day aside.

        ``part`` takes out what is shown, before texts are opened; by its name it is asked for once.
        """
        asked = (projection, whole and self.on is not None, part.__qualname__)
        if asked not in self.answers:
            clocks = self.kurslog.queries.clocks(self.process) if whole else self.clocks
            document = self.kurslog.queries.document(self.caller, self.process, projection, clocks, part=part)
            self.answers[asked] = {**document["data"], "notes": [note[self.lang] for note in document["notes"]]}
        return self.answers[asked]

    def render(self, template: str, **values: Any) -> str:
        """Return the page as HTML, with its time bar."""
        from service.web.timebar import timebar_of  # noqa: PLC0415 - the bar is drawn from a page

        return super().render(template, process=self.process, timebar=timebar_of(self), **values)


def asked_day(t: words.Speech) -> tuple[dt.date | None, str | None]:
    """Return the day the request asks for, or why there is none to go to."""
    asked = request.args.get("on", "").strip()
    if not asked:
        return None, None
    try:
        day = dt.date.fromisoformat(asked)
        moment(day.isoformat())
    except (ValueError, OverflowError):
        return None, t(
            "Dagen kunne ikke læses. Vælg en dag i kalenderen.",
            "The day could not be read. Choose one in the calendar.",
        )
    if day > today():
        late = "Dagen er ikke kommet endnu. Skriv en dag til og med i dag."
        return None, t(late, "That day has not come yet. Give a day up to today.")
    return (None, None) if day == today() else (day, None)
