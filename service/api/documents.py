"""The readable page of the API, and the vocabulary as a document: both made from the registry."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from flask import Blueprint, Response, render_template

from domain.everything import CAPABILITIES
from domain.kernel import REGISTRY, Declaration
from domain.refusals import RULES
from domain.shapes import Field
from projections.everything import PROJECTIONS
from service.samples import sample_event
from service.schemas import ENVELOPE

FORMAT: Final = msgspec.json.format
ENVELOPE_SAYS: Final = {
    "id": "A UUID; the same event sent again is the same event.",
    "type": "The event type, with or without its version.",
    "source": "/processes/<process>; another is refused.",
    "subject": "What it is about; follows from the data.",
    "time": "When it happened: RFC 3339 with zone; of a span the earliest moment. Default: now.",
    "timeprecision": "instant, day, month, year, span or unknown.",
    "timeend": "The latest moment; a day, month or year gets its own.",
    "timebasis": "Why an inferred date.",
    "citation": "The source: a key or an address.",
    "onbehalfof": "The participant it is recorded for.",
    "actingrole": "The role that participant acts in.",
    "learnedat": "Only on import: when the source learned it. Stated, not proven.",
    "visibility": "public, process, team, evaluators or self.",
    "purpose": "evaluation, facilitation or research.",
    "notrecorded": "Fields a public source leaves out, each with the reason; needs a citation.",
    "causationid": "The id of what led to it.",
    "correlationid": "The id of what it belongs to.",
}


def kind_of(field: Field) -> str:
    """Return a field's type in words: ``ref[group], many``."""
    of = f"[{field.ref}]" if field.ref else ""
    choices = ": " + " | ".join(item.value for item in field.choices) if field.choices else ""
    parts = " {" + ", ".join(f"{part.name} {kind_of(part)}" for part in field.fields) + "}" if field.fields else ""
    return f"{field.type.value}{of}{choices}{parts}{', many' if field.many else ''}"


def example_of(found: Declaration) -> str:
    """Return a valid CloudEvent of the type as indented JSON."""
    return FORMAT(msgspec.json.encode(sample_event(found)), indent=2).decode()


def by_capability() -> list[tuple[str, str, list[Declaration]]]:
    """Return (capability, what it is about, its event types), in the order people meet them; others last."""
    known = {module.__name__.rpartition(".")[2]: _first_line(module.__doc__) for module in CAPABILITIES}
    names = [*known, *sorted({found.capability for found in REGISTRY.values()} - set(known))]
    return [(name, known.get(name, ""), [d for d in REGISTRY.values() if d.capability == name]) for name in names]


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def documents_blueprint(prefix: str) -> Blueprint:
    """Return the route of the readable page."""
    routes = Blueprint("documents", __name__, template_folder="templates")

    @routes.get("/")
    def page() -> Response:
        return Response(render_template("api.html", **_context(prefix)), mimetype="text/html")

    return routes


def _context(prefix: str) -> dict[str, Any]:
    return {
        "prefix": prefix,
        "capabilities": by_capability(),
        "projections": list(PROJECTIONS.values()),
        "rules": RULES,
        "envelope": {name: said for name, said in ENVELOPE_SAYS.items() if name in ENVELOPE.fields},
        "kind_of": kind_of,
        "example_of": example_of,
    }


def events_markdown() -> str:
    """Return ``docs/events.md``."""
    lines = ["# The vocabulary of the log", "", "Made from the declarations by `make docs`; do not edit.", ""]
    lines += ["[story.ndjson](story.ndjson) is one story with an example of every type, ready to be imported.", ""]
    lines += ["## The envelope", "", *(f"- `{name}`: {said}" for name, said in ENVELOPE_SAYS.items()), ""]
    for name, about, declarations in by_capability():
        lines += [f"## {name}", "", about, ""]
        for found in declarations:
            lines += _markdown(found)
    lines += ["## Rules", "", "| rule | sentence |", "|---|---|"]
    lines += [f"| `{rule}` | {said.en} |" for rule, said in sorted(RULES.items())]
    return "\n".join(lines) + "\n"


def _markdown(found: Declaration) -> list[str]:
    core = " ●" if found.core else ""
    rows = [_row(field) for field in found.fields]
    return [
        f"### {found.name}{core} ({found.da})",
        "",
        found.meaning,
        f"*{found.example}*",
        "",
        f"About: {found.kind}. Visible to: {found.visibility.value}. Purpose: {found.purpose.value}.",
        "",
        "| field | type | required |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _row(field: Field) -> str:
    kind = kind_of(field).replace("|", "\\|")
    return f"| `{field.name}` | {kind} | {'yes' if field.required else ''} |"
