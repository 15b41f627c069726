"""What routes may answer, for the OpenAPI document: what is asked for, and each problem that may come instead."""

from __future__ import annotations

from typing import Any, Final

PROBLEMS: Final[dict[int, str]] = {
    400: "The content is not JSON, or the request is malformed.",
    401: "No token, or one that does not hold.",
    404: "Not there, or no access: both look the same.",
    410: "It was there, and is closed for good.",
    409: "Something else is there already.",
    413: "The content is too large.",
    415: "The content is of a kind that is not taken.",
    422: "Refused; the problem names the rule and the field, and says what to do.",
    429: "Too many wrong tokens; try again when Retry-After says.",
    503: "Too many at once; try again when Retry-After says.",
}
READING: Final = (401, 404, 422, 503)
WRITING: Final = (400, 401, 404, 409, 413, 422, 503)
RECORDED: Final = {
    "type": "object",
    "properties": {
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": {"type": "string", "format": "uuid"}, "position": {"type": "integer"}},
                "required": ["id", "position"],
            },
        }
    },
    "required": ["events"],
}
OBJECT: Final = {"type": "object"}
LIST: Final = {"type": "array", "items": OBJECT}


def problems(*statuses: int) -> dict[str, Any]:
    """Return the problems a route may answer with, by status; what refuses a token may also refuse to look at more."""
    statuses = (*statuses, 429) if 401 in statuses else statuses  # noqa: PLR2004 - Unauthorized
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {"application/problem+json": {"schema": schema}}
    return {str(status): {"description": PROBLEMS[status], "content": content} for status in statuses}


def answer(said: str, *media: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what a route answers with when all is well.

    Args:
        said: what it is.
        media: its media types; JSON when none is named.
        schema: what the JSON looks like.
    """
    kinds = media or ("application/json",)
    return {"description": said, "content": {kind: {"schema": schema or {}} for kind in kinds}}


def recording() -> dict[str, Any]:
    """Return what a route that records events answers."""
    return {
        "201": answer("Recorded; the positions, and Kurslog-Position for reading one's own write.", schema=RECORDED),
        "200": answer("The same content was there already; the same positions.", schema=RECORDED),
        **problems(*WRITING),
    }
