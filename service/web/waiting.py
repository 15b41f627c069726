"""The rows that wait: seen, taken away as a file to be mended, or let go."""

from __future__ import annotations

from functools import partial
from typing import Final

from flask import Response, redirect, request
from werkzeug.wrappers import Response as Answer

from service.app import Kurslog
from service.imports.columns import ANSWERS, KINDS
from service.imports.intake import Waiting
from service.imports.mending import mending_file
from service.queries import UnknownError
from service.web.importing import importing, told_cells
from service.web.things import shortened

SHOWN: Final = 200


def waiting_page(kurslog: Kurslog, process: str) -> str:
    """Show the rows that wait, by kind, each with why."""
    page = importing(kurslog, process)
    held = Waiting(kurslog, process).listed(SHOWN)
    kinds = [(kind, [one for one in held if one.row.kind == kind.name]) for kind in (*KINDS.values(), ANSWERS)]
    return page.render(
        "waiting.html",
        kinds=[(kind, found) for kind, found in kinds if found],
        mine={one.place for one in held if one.is_open_to(page.caller.account)},
        told_cells=partial(told_cells, page),
        count=Waiting(kurslog, process).count(),
        shortened=shortened,
    )


def waiting_file(kurslog: Kurslog, process: str) -> Response:
    """Return the waiting rows of one kind as CSV, with why each waits; of answers, those the caller brought.

    Raises:
        UnknownError: when none of that kind waits.
    """
    page = importing(kurslog, process)
    kind = request.args.get("kind", "")
    account = page.caller.account
    held = [one for one in Waiting(kurslog, process).listed() if one.row.kind == kind and one.is_open_to(account)]
    if not held:
        raise UnknownError(kind)
    headers = {"Content-Disposition": f'attachment; filename="{process}-{kind}.csv"', "Cache-Control": "no-store"}
    return Response(mending_file(held, page.lang), mimetype="text/csv", headers=headers)


def waiting_drop(kurslog: Kurslog, process: str) -> Answer:
    """Let a waiting row go."""
    page = importing(kurslog, process)
    Waiting(kurslog, process).drop({request.form.get("place", "")})
    return redirect(page.link("waiting", on=None), 303)
