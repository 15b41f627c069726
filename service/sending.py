"""Files over HTTP: taking one from a request, and giving one back so that a browser does nothing but show it."""

from __future__ import annotations

from typing import IO, Final

from flask import Response, request

from service.app import Kurslog
from service.files import EXTENSIONS, IMAGES, FileRefusedError, cleaned, read_at_most
from service.log.files import Kept
from service.queries import UnknownError
from service.security.gate import Act, Caller
from service.security.opening import may_open

ROOM: Final = 4
"""A request may be so many times larger than a file: one that is too large gets an answer, not a closed door."""


def allow_files(kurslog: Kurslog) -> None:
    """Let this request be as large as one with files is."""
    request.max_content_length = max(request.max_content_length or 0, ROOM * kurslog.settings.file_max_bytes)


def take_file(kurslog: Kurslog, caller: Caller, process: str, stream: IO[bytes]) -> tuple[str, Kept, bool]:
    """Keep what comes in; return its SHA-256, the file as it is kept, and whether it was new.

    Raises:
        FileRefusedError: when it cannot be kept.
    """
    clean = cleaned(read_at_most(stream, kurslog.settings.file_max_bytes))
    kept = Kept(clean.content, clean.media_type)
    new = kurslog.files.keep(process, clean.sha256, kept, accounts=[caller.account])
    return clean.sha256, kept, new


def sent_file() -> IO[bytes]:
    """Return the file of a request: the part named ``file``, or the body itself.

    Raises:
        FileRefusedError: when a form came without one.
    """
    if request.mimetype != "multipart/form-data":
        return request.stream
    found = request.files.get("file")
    if found is None:
        raise FileRefusedError("file-empty", 422)
    return found.stream


def give_file(kurslog: Kurslog, caller: Caller, process: str, sha256: str) -> Response:
    """Return a file of the process, if the caller may open it.

    Raises:
        UnknownError: otherwise, and when it is deleted.
    """
    kurslog.queries.check(caller, Act.SEE, process)
    allowed = may_open(kurslog.reader, kurslog.rights, caller, process, sha256)
    kept = kurslog.files.open(process, sha256) if allowed else None
    if kept is None or kept.media_type not in EXTENSIONS:
        raise UnknownError(sha256)
    shown = "inline" if kept.media_type in IMAGES else "attachment"
    headers = {
        "Content-Disposition": f'{shown}; filename="{sha256[:12]}.{EXTENSIONS[kept.media_type]}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return Response(kept.content, mimetype=kept.media_type, headers=headers)
