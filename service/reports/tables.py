"""Tables of a report: rows of cells, and under them why what is not recorded is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from domain.kernel import Envelope
from service.reports.content import Line, Paragraph, Table, Unrecorded, ranges
from service.reports.material import Material, Node
from service.words import capitalised, label

Cell = tuple[Line, ...]
REASONS: Final = 4
"""So many different reasons stand under a table; the spreadsheet has them all, cell by cell."""


def table(
    m: Material,
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    widths: Sequence[float],
    note: str | None = None,
) -> Table:
    """Return a table with its reasons collected under it."""
    held = tuple(tuple(row) for row in rows)
    said = " ".join(part for part in (note, _reasons(m, held)) if part)
    return Table(name, tuple(header), held, tuple(widths), said or None)


def _reasons(m: Material, rows: Sequence[Sequence[Cell]]) -> str | None:
    found = Counter(
        run.why
        for row in rows
        for cell in row
        for line in cell
        for run in line
        if isinstance(run, Unrecorded) and run.why
    )
    if not found:
        return None
    common = sorted(found, key=lambda why: (-found[why], why))
    more = (
        m.t("; flere grunde står i regnearket", "; further reasons stand in the spreadsheet")
        if len(common) > REASONS
        else ""
    )
    return m.t("Ikke registreret: ", "Not recorded: ") + "; ".join(common[:REASONS]) + more + "."


def absent(m: Material, danish: str, english: str, *types: type) -> Paragraph:
    """Return the one sentence that stands where there is nothing; or that it is not shown to this reader."""
    if m.hidden(*types):
        return Paragraph((m.run({"notshown": True}), m.t(": ikke for denne læser.", ": not for this reader.")))
    return Paragraph((Unrecorded(m.t(danish, english)),))


def places(m: Material, projection: str, figure: Node) -> Cell:
    """Return the positions a row rests on."""
    return ((ranges(m.positions[projection, figure["figure"]]),),)


def places_of(events: Iterable[Envelope]) -> Cell:
    """Return the positions of these entries."""
    return ((ranges([event.position for event in events]),),)


def when_of(m: Material, event: Envelope) -> Cell:
    """Return when an entry happened, as exactly as it is known."""
    mark = {"time": event.time, "end": event.ended, "precision": event.timeprecision.value}
    return ((m.date(mark),),)


def headed(title: Any) -> Any:
    """Return a title with its first letter large, as it stands first in its row."""
    return capitalised(title) if isinstance(title, str) and "://" not in title else title


def actor(m: Material, found: Any) -> Any:
    """Return who it was in words: a role, a group or organisation by its name, never a person's id."""
    if not isinstance(found, dict) or "kind" not in found:
        return found
    kind, ref = found["kind"], found["ref"]
    if kind == "role":
        return capitalised(label(str(ref), m.language))
    if kind in {"body", "organisation"}:
        return m.answers["timeline"]["organisations"].get(ref) or m.t("En organisation", "An organisation")
    if kind == "group":
        groups = {one["id"]: one["title"] for one in m.answers["timeline"]["groups"]}
        return groups.get(ref) or m.t("En gruppe", "A group")
    return m.t("Uden navn", "Without a name") if kind == "anonymous" else m.t("En deltager", "A participant")
