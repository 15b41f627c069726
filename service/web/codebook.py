"""The codebook: what is looked for in the texts, version by version, and the way to a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from service.app import Kurslog
from service.web.desk import coding_desk
from service.web.page import ProcessPage
from service.web.passages import KEYS

FRAMEWORKS_MAX: Final = 300


def codebook_page(kurslog: Kurslog, process: str) -> str:
    """Show each codebook, newest version first, and the way to a new one."""
    desk = coding_desk(kurslog, process)
    books = [
        {**one, "versions": sorted(one["versions"], key=lambda held: -int(held["version"]))}
        for one in desk.data["codebooks"]
    ]
    return desk.page.render(
        "codebook.html",
        desk=desk,
        books=books,
        competences=_competences(desk.page),
        anew=lambda one: desk.page.link("form", stem="codebook-published", on=None, **prefilled(one)),
        keys=KEYS,
    )


def _competences(page: ProcessPage) -> dict[str, str]:
    """Return what the competences of the process's frameworks are called."""
    types = ["competence-framework-published.v1"]
    events = page.kurslog.reader.process_page(page.process, types=types, limit=FRAMEWORKS_MAX)
    return {one.id: getattr(one.title, page.lang) for event in events for one in event.data.competences or ()}


def prefilled(book: Mapping[str, Any]) -> dict[str, str]:
    """Return a form's values for the next version of a codebook, its codes as they are."""
    newest = book["versions"][0]
    found = {"data.codebook_id": book["id"], "data.version": str(int(newest["version"]) + 1)}
    for at, code in enumerate(newest["codes"]):
        for name in ("id", "title", "definition", "competence_id", "direction"):
            if code.get(name):
                found[f"data.codes.{at}.{name}"] = code[name]
    return found
