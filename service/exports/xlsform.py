"""A round's questions as an XLSForm, for KoboToolbox, ODK and their like: names and words match on the way back.

Three sheets, as the XLSForm standard names them: ``survey``, ``choices``, ``settings``. Every cell is written as text.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import xlsxwriter

from domain.assessing import AssessmentRoundOpened, InstrumentPublished, Item
from domain.vocabulary import Role
from service import asking, words
from service.imports.asked import Asked
from service.reports.xlsx import EPOCH, OPTIONS

if TYPE_CHECKING:
    from service.app import Kurslog

LANGUAGES: Final = {"da": "Dansk (da)", "en": "English (en)"}
LABELS: Final = tuple(f"label::{name}" for name in LANGUAGES.values())
ANSWERING: Final = (Role.CITIZEN, Role.POLITICIAN, Role.EMPLOYEE, Role.LEADER)
SURVEY: Final = ("type", "name", *LABELS, "required", "appearance", "calculation", "relevant")
CHOICES: Final = ("list_name", "name", *LABELS)
SETTINGS: Final = ("form_title", "form_id", "version", "default_language", "style")
STEPS: Final = "steps"
Line = Sequence[str]


def form_of_round(kurslog: Kurslog, process: str, round_id: str, lang: str) -> bytes:
    """Return the form of a round of a process, called as the process and the moment are.

    Raises:
        UnreadableTableError: when there is no such round, or nothing says what it asks.
    """
    asked = Asked(kurslog, process, round_id)
    registration = kurslog.queries.registration(process)
    title = registration.data.title if registration else process
    named = f"{title}: {words.label(str(asked.opened.moment), lang)}"
    return write_xlsform(asked.opened, asked.instrument, named, asked.meant_for)


def write_xlsform(
    opened: AssessmentRoundOpened,
    instrument: InstrumentPublished,
    title: str,
    meant_for: Mapping[str, frozenset[Role]] = MappingProxyType({}),
) -> bytes:
    """Return the form of a round.

    Args:
        opened: the round; *then* is asked on a page of its own, and not before the start.
        instrument: the version it asks with.
        title: what the form is called to who answers.
        meant_for: the roles each item is for, by its id; an item that is not there, or for none, is for all.
    """
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, OPTIONS)
    book.set_properties({"created": EPOCH.replace(tzinfo=None)})
    settings = (asking.as_words(title), opened.round_id, str(instrument.version), LANGUAGES["da"], "pages")
    for name, lines in (
        ("survey", [SURVEY, *_survey(opened, instrument, meant_for)]),
        ("choices", [CHOICES, *_choices(instrument)]),
        ("settings", [SETTINGS, settings]),
    ):
        sheet = book.add_worksheet(name)
        for row, line in enumerate(lines):
            for column, text in enumerate(line):
                sheet.write_string(row, column, text)
    book.close()
    return content.getvalue()


def _survey(
    opened: AssessmentRoundOpened, instrument: InstrumentPublished, meant_for: Mapping[str, frozenset[Role]]
) -> Iterator[Line]:
    yield "start", "start"
    yield "end", "end"
    for name, value in ((asking.ROUND, opened.round_id), (asking.INSTRUMENT, asking.edition(instrument))):
        yield "calculate", name, "", "", "", "", f"'{value}'"
    yield "text", "participant", *asking.WHO, "yes"
    yield "select_one role", "role", *asking.AS_WHAT
    for frame in asking.frames_of(opened):
        yield "begin_group", frame.value, *asking.PAGES[frame], "", "field-list"
        for item in instrument.items or ():
            when = _relevant(meant_for.get(item.id))
            yield f"select_one {STEPS}", asking.column_of(frame, item.id), *_wording(item), "yes", "", "", when
        yield "end_group", frame.value


def _relevant(roles: frozenset[Role] | None) -> str:
    """Return when a question is asked, as the form's tools say it; always where it is for all roles."""
    return " or ".join(f"${{role}} = '{role.value}'" for role in Role if roles and role in roles)


def _wording(item: Item) -> tuple[str, str]:
    return asking.as_words(item.wording.da), asking.as_words(item.wording.en)


def _choices(instrument: InstrumentPublished) -> Iterator[Line]:
    for level in asking.steps_of(instrument):
        yield STEPS, str(level), *(asking.as_words(asking.step_words(instrument, level, lang)) for lang in LANGUAGES)
    for skip in asking.OFFERED:
        yield STEPS, skip.value, *(words.label(skip.value, lang) for lang in LANGUAGES)
    for role in ANSWERING:
        yield "role", role.value, *(words.label(role.value, lang) for lang in LANGUAGES)
