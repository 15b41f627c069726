"""The log: every entry, newest first, with filters; one entry in full; and the entries behind a figure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, Final

from flask import request

from domain.bounds import SUBJECT_PATTERN
from domain.correcting import CORRECTING, EventCorrected, EventDisputed, EventWithdrawn, TextRedacted
from domain.keeping import ImportCompleted
from domain.kernel import REGISTRY, Envelope
from service import words
from service.app import Kurslog
from service.queries import UnknownError
from service.security.gate import Act
from service.security.writing import mendable
from service.web.entries import corrections, entries_of, rows_of, still_holds, texts_in
from service.web.page import ProcessPage, asked_number
from service.web.things import subjects_in, titles

SHOWN: Final = 50
READ: Final = 200
CAPABILITIES: Final = {
    "organising": ("Rammen", "The frame"),
    "belonging": ("Hvem er med", "Who takes part"),
    "gathering": ("Samlinger", "Gatherings"),
    "contributing": ("Bidrag", "Contributions"),
    "deciding": ("Beslutninger", "Decisions"),
    "acting": ("Handlinger og projekter", "Actions and projects"),
    "reflecting": ("Læring", "Learning"),
    "assessing": ("Kompetencer før og efter", "Competences before and after"),
    "relating": ("Relationer", "Ties"),
    "observing": ("Iagttagelser", "Observations"),
    "harvesting": ("Ændringer og belæg", "Changes and evidence"),
    "coding": ("Kodning af tekster", "Coding of texts"),
    "consenting": ("Samtykke og rettigheder", "Consent and rights"),
    "reporting": ("Rapporter", "Reports"),
    "modelling": ("Modellen", "The model"),
    "correcting": ("Rettelser", "Corrections"),
    "keeping": ("Logbogens egne", "The log’s own"),
}


def log_page(kurslog: Kurslog, process: str) -> str:
    """Show the entries, newest first, fifty at a time.

    Raises:
        UnknownError: for a filter by what no thing can be called.
    """
    page = ProcessPage.of(kurslog, process)
    wanted = chosen_types()
    subject = request.args.get("subject") or None
    if subject and not SUBJECT_PATTERN.fullmatch(subject):
        raise UnknownError(subject)
    before = asked_number("before")
    found = list(itertools.islice(seen_backwards(page, wanted, subject, before), SHOWN + 1))
    shown = found[:SHOWN]
    kept = {name: request.args[name] for name in ("capability", "type", "subject") if request.args.get(name)}
    more = page.link("log", before=shown[-1].position, **kept) if len(found) > SHOWN else None
    return page.render(
        "log.html",
        entries=entries_of(page, shown),
        count=kurslog.reader.count(process),
        capabilities=[(name, page.t(*pair)) for name, pair in CAPABILITIES.items() if name in _capabilities()],
        types=sorted(
            ((found.stem, page.t(found.da, found.en)) for found in REGISTRY.values()), key=lambda pair: pair[1]
        ),
        subject=subject,
        subject_title=subject_title(page, subject) if subject else None,
        more=more,
        first=page.link("log", **kept) if before else None,
    )


def _capabilities() -> set[str]:
    return {found.capability for found in REGISTRY.values()}


def chosen_types() -> list[str] | None:
    """Return the stored names that the filters leave; None for all."""
    stem, capability = request.args.get("type"), request.args.get("capability")
    if not stem and not capability:
        return None
    found = REGISTRY.values()
    return [d.name for d in found if stem in {None, "", d.stem} and capability in {None, "", d.capability}] or ["-"]


def seen_backwards(
    page: ProcessPage, types: Sequence[str] | None, subject: str | None, before: int
) -> Iterator[Envelope]:
    """Yield the entries the caller may see, newest first, that had happened by the page's day."""
    reader = page.kurslog.reader
    while events := reader.process_page(
        page.process, after=before, limit=READ, types=types, subject=subject, backwards=True
    ):
        yield from (event for event in page.kurslog.queries.seen(page.caller, events) if _happened(page, event))
        before = events[-1].position


def _happened(page: ProcessPage, event: Envelope) -> bool:
    return page.on is None or event.ended is None or event.ended <= page.moment


def subject_title(page: ProcessPage, subject: str) -> str:
    """Return what a thing is called, for the heading of its entries."""
    kind, _, ref = subject.partition("/")
    named = titles(page.kurslog, page.caller, page.process, [subject], page.lang)
    return f"{words.capitalised(words.thing_label(kind, page.lang))}: {named.get(subject, ref)}"


def entry_page(kurslog: Kurslog, process: str, position: int, in_the_way: Sequence[int] = ()) -> str:
    """Show one entry with all its fields and both clocks; ``in_the_way`` are entries built on an import to be undone.

    Raises:
        UnknownError: when there is none there, or it is not for the caller.
    """
    from service.web.mending import may_mend  # noqa: PLC0415 - the form stands on forms, and they on the log

    page = ProcessPage.of(kurslog, process)
    event = one_entry(page, position)
    named = titles(kurslog, page.caller, process, subjects_in(event), page.lang)
    bearing = corrections(page, [event]).get(str(event.id), [])
    target = page.kurslog.reader.by_id(process, [_uuid(event)]).values() if isinstance(event.data, CORRECTING) else ()
    imported = isinstance(event.data, ImportCompleted) and event.correlationid is not None
    mended = still_holds(page, event) if any(isinstance(one.data, EventCorrected) for one in bearing) else None
    return page.render(
        "entry.html",
        entry=entries_of(page, [event])[0],
        rows=rows_of(page, event, named),
        mended=rows_of(page, mended, named) if mended else None,
        event=event,
        target=next((one.position for one in target), None),
        raw=f"/api/v1/processes/{process}/events?after={position - 1}&limit=1" if page.public else None,
        undoable=page.may_record
        and event.recordedby == page.caller.account
        and undoable(event, bearing)
        and not imported,
        import_undoable=imported and page.may_import and not bearing,
        in_the_way=in_the_way,
        redactable=texts_in(event, page.lang) if page.may_record and mendable(page.caller, event) else [],
        mendable=may_mend(page, event) and not any(isinstance(item.data, EventWithdrawn) for item in bearing),
        corrected=asked_number("corrected"),
    )


def undoable(event: Envelope, bearing: Sequence[Envelope]) -> bool:
    """Whether an entry may be withdrawn by one click: nothing bears on it but disputes, and no text went for good."""
    return not isinstance(event.data, TextRedacted) and all(isinstance(one.data, EventDisputed) for one in bearing)


def _uuid(event: Envelope) -> Any:
    from uuid import UUID  # noqa: PLC0415 - only here

    return UUID(event.data.target)


def one_entry(page: ProcessPage, position: int) -> Envelope:
    """Return an entry of the process that the caller may see.

    Raises:
        UnknownError: otherwise.
    """
    found = page.kurslog.reader.at([position]) if 0 < position < 2**62 else []
    for event in page.kurslog.queries.seen(page.caller, found):
        if event.process == page.process:
            return event
    raise UnknownError(str(position))


def figure_page(kurslog: Kurslog, process: str, projection: str, figure: str) -> str:
    """Show the entries a figure rests on; several figures are joined by ``+``.

    Raises:
        UnknownError: when there is no such figure.
    """
    page = ProcessPage.of(kurslog, process, Act.SEE)
    keys = set(figure.replace(" ", "+").split("+"))
    events = kurslog.queries.behind(page.caller, process, projection, page.clocks, keys)
    start = asked_number("after")
    later = [event for event in events if event.position > start]
    shown = later[: SHOWN * 2]
    asked = kurslog.queries.projection(projection)
    return page.render(
        "figure.html",
        question=page.t(asked.da, asked.en),
        count=len(events),
        hidden=len(events) - len(kurslog.queries.events_out(page.caller, events)),
        entries=entries_of(page, shown),
        more=page.link("figure", projection=projection, figure=figure, after=shown[-1].position)
        if len(later) > len(shown)
        else None,
        first=page.link("figure", projection=projection, figure=figure) if start else None,
    )
