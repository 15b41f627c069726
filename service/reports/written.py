"""A report as JSON: the content model itself, which the pages are set from and the fingerprint is taken of."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

import msgspec

from domain.shapes import json_able
from service.reports.content import (
    Block,
    Course,
    Facts,
    Heading,
    Line,
    Paragraph,
    Picture,
    Report,
    Run,
    Strong,
    Table,
    Tally,
    Unrecorded,
    Withheld,
)

Node = dict[str, Any]


def written(report: Report) -> bytes:
    """Return the report as JSON, its keys in one order, ended by a line break."""
    return msgspec.json.format(msgspec.json.encode(as_data(report), order="sorted"), indent=1) + b"\n"


def fingerprint(report: Report) -> str:
    """Return the SHA-256 of the report as JSON, in hex."""
    return hashlib.sha256(written(report)).hexdigest()


def as_data(report: Report) -> Node:
    """Return the report as JSON values."""
    return {
        "process": report.process,
        "template": report.template,
        "language": report.language,
        "title": report.title,
        "kicker": report.kicker,
        "unofficial": report.unofficial,
        "invented": report.invented,
        "known_by": {"position": report.position, "time": json_able(report.known)},
        "footer": report.footer,
        "foot": list(report.foot),
        "front": [block_data(block) for block in report.front],
        "sections": [
            {"key": one.key, "title": one.title, "blocks": [block_data(block) for block in one.blocks]}
            for one in report.sections
        ],
        "trail": [
            {
                "number": one.number,
                "what": one.what,
                "value": one.value,
                "count": one.count,
                "positions": list(one.positions),
            }
            for one in report.trail
        ],
    }


def block_data(block: Block) -> Node:
    """Return a block as JSON values; ``block`` says which kind it is."""
    match block:
        case Paragraph():
            return {"block": "paragraph", "style": block.style, "line": line_data(block.line)}
        case Heading():
            return {"block": "heading", "text": block.text, "anchor": block.anchor}
        case Facts():
            return {
                "block": "facts",
                "columns": block.columns,
                "rows": [[name, line_data(line)] for name, line in block.rows],
            }
        case Table():
            rows = [[[line_data(line) for line in cell] for cell in row] for row in block.rows]
            head = {"name": block.name, "header": list(block.header), "widths": list(block.widths), "note": block.note}
            return {"block": "table", **head, "rows": rows}
        case Course():
            return {"block": "course", **json_able(asdict(block))}
        case Picture():
            return {"block": "picture", **json_able(asdict(block))}


def line_data(line: Line) -> list[Node]:
    """Return a line as JSON values, one for each run."""
    return [_run_data(run) for run in line]


def _run_data(run: Run) -> Node:
    match run:
        case str():
            return {"text": run}
        case Strong():
            return {"strong": run.text}
        case Tally():
            return {"figure": run.number, "shown": run.shown, "count": run.count}
        case Unrecorded():
            return {"notrecorded": run.why}
        case Withheld():
            return {"notshown": True}
