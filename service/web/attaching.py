"""Files in forms and on entries: taken in with the form they came in, kept while the rest is mended, and shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Response, request

from domain.kernel import Declaration
from domain.shapes import FieldType
from service import words
from service.app import Kurslog
from service.files import IMAGES, FileRefusedError
from service.problems import sentence
from service.security.opening import may_open
from service.sending import give_file, take_file
from service.web.forms import Form
from service.web.page import ProcessPage

SENT: Final = ".file"
DROPPED: Final = ".drop"


@dataclass(frozen=True)
class Attachment:
    """A file as a page shows it."""

    href: str
    image: bool
    size: str
    alt: str


def file_page(kurslog: Kurslog, process: str, sha256: str) -> Response:
    """Return a file of the process."""
    return give_file(kurslog, ProcessPage.of(kurslog, process).caller, process, sha256)


def typed_with_files(page: ProcessPage, found: Declaration) -> tuple[dict[str, str], dict[str, str]]:
    """Return what was typed with the hashes of the files that came along, and what is wrong with files, by input."""
    typed, wrong = dict(request.form.items()), {}
    for name in (f"data.{item.name}" for item in found.fields if item.type is FieldType.FILE):
        if typed.get(name + DROPPED):
            typed[name] = ""
        sent = request.files.get(name + SENT)
        if sent is None or not sent.filename:
            continue
        try:
            typed[name], _, _ = take_file(page.kurslog, page.caller, page.process, sent.stream)
        except FileRefusedError as error:
            wrong[name] = sentence(error.rule, page.lang, **error.facts)
    return typed, wrong


def attach(page: ProcessPage, form: Form, wrong: dict[str, str]) -> None:
    """Show on a form the files it has so far, and what is wrong with those that came."""
    for one in form.inputs:
        if one.widget == "file":
            one.attachment = attachment(page, one.value, one.label) if one.value else None
            one.error = wrong.get(one.name) or one.error


def attachment(page: ProcessPage, sha256: str, alt: str) -> Attachment | None:
    """Return a file as the page shows it; None when it is not kept here, or not for the caller."""
    kurslog = page.kurslog
    facts = kurslog.files.facts(page.process, [sha256]).get(sha256)
    if facts is None or not may_open(kurslog.reader, kurslog.rights, page.caller, page.process, sha256):
        return None
    href = page.link("file", sha256=sha256, on=None)
    return Attachment(href, facts.media_type in IMAGES, words.size(facts.size_bytes, page.lang), alt)
