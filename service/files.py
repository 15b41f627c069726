"""What may be kept as a file, and how it is made safe: its type told from its bytes, images made anew.

A name or a stated type is never trusted. An image is decoded, turned upright and written again, so that nothing a
camera or an editor put beside the picture is kept: no place, no time, no owner, nothing hidden behind its end.
"""

from __future__ import annotations

import hashlib
import io
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import Image

PIXELS_MAX: Final = 50_000_000
SIDE_MAX: Final = 20_000
JPEG_QUALITY: Final = 90
PDF_TAIL: Final = 2048
IMAGES: Final = {
    "image/jpeg": ("JPEG", "jpg"),
    "image/png": ("PNG", "png"),
    "image/webp": ("WEBP", "webp"),
}
PDF: Final = "application/pdf"
EXTENSIONS: Final = {PDF: "pdf", **{kind: extension for kind, (_, extension) in IMAGES.items()}}
ACCEPT: Final = ",".join(EXTENSIONS)
DECODING: Final = threading.Lock()
"""One image at a time: a large one takes a few hundred megabytes while it is made anew."""


class FileRefusedError(Exception):
    """The file is not kept, or not handed out: ``rule`` names why, ``status`` is HTTP's word for it."""

    def __init__(self, rule: str, status: int, **facts: object) -> None:
        self.rule = rule
        self.status = status
        self.facts = facts
        super().__init__(rule)


@dataclass(frozen=True, slots=True)
class Clean:
    """A file as it is kept."""

    content: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        """The name it goes by."""
        return hashlib.sha256(self.content).hexdigest()


def read_at_most(stream: IO[bytes], size_max: int) -> bytes:
    """Return a stream's content, reading no more than is allowed, whatever its length is said to be.

    Raises:
        FileRefusedError: when it is longer.
    """
    content = stream.read(size_max + 1)
    if len(content) > size_max:
        raise FileRefusedError("file-too-large", 413, most=size_max // 2**20)
    return content


def cleaned(content: bytes) -> Clean:
    """Return the file as it is kept.

    Raises:
        FileRefusedError: when it is empty, of a type that is not taken, damaged, or has too many pixels.
    """
    if not content:
        raise FileRefusedError("file-empty", 422)
    media_type = _sniffed(content)
    if media_type is None:
        raise FileRefusedError("file-type-unknown", 415)
    if media_type == PDF:
        return Clean(content, PDF)
    with DECODING:
        return Clean(_made_anew(content, IMAGES[media_type][0]), media_type)


def _sniffed(content: bytes) -> str | None:
    """Tell the type from the bytes."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-PDF_TAIL:]:
        return PDF
    return None


def _made_anew(content: bytes, format_: str) -> bytes:
    upright = _upright(content, format_)
    plain = upright.convert(_mode(upright.mode, transparent="transparency" in upright.info))
    plain.info = {}  # what is in here would be written again
    out = io.BytesIO()
    if format_ == "JPEG":
        plain.convert("RGB").save(out, format_, quality=JPEG_QUALITY)
    else:
        plain.save(out, format_)
    return out.getvalue()


def _upright(content: bytes, format_: str) -> Image.Image:
    """Return the decoded picture, its first frame, as it is to be looked at."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - only where an image comes in

    try:
        with Image.open(io.BytesIO(content), formats=[format_]) as opened:
            if opened.width * opened.height <= PIXELS_MAX and max(opened.size) <= SIDE_MAX:
                return ImageOps.exif_transpose(opened)
    except Image.DecompressionBombError:
        pass
    except Exception as error:  # Pillow's decoders raise whatever the bytes lead them to
        raise FileRefusedError("file-damaged", 422) from error
    raise FileRefusedError("image-too-many-pixels", 413, most=PIXELS_MAX // 1_000_000)


def _mode(mode: str, *, transparent: bool) -> str:
    if transparent or mode in {"RGBA", "LA", "PA", "La", "RGBa"}:
        return "RGBA"
    return mode if mode in {"L", "RGB"} else "RGB"
