"""What may be kept as a file: told from its bytes, never its name; and an image without what a camera adds."""

import hashlib
import io
import struct
import zlib

import pytest
from PIL import Image

from service.files import FileRefusedError, cleaned, read_at_most
from tests.pictures import GPS, PDF, jpeg, png, webp


def opened(clean):
    return Image.open(io.BytesIO(clean.content))


def test_the_place_a_photo_was_taken_is_really_gone():
    content = jpeg()
    assert Image.open(io.BytesIO(content)).getexif().get_ifd(GPS)[2] == (55.0, 42.0, 13.0)

    clean = cleaned(content)

    assert dict(opened(clean).getexif()) == {}
    assert [word in clean.content for word in (b"Exif", b"Fabelphone", b"taken at home")] == [False, False, False]


def test_a_photo_is_turned_upright_since_nothing_says_so_any_more():
    assert opened(cleaned(jpeg((40, 20), orientation=6))).size == (20, 40)


def test_what_an_editor_wrote_into_an_image_is_gone():
    assert b"Fabelmager" not in cleaned(png()).content


def test_what_stands_behind_an_images_end_is_gone():
    assert b"<script>" not in cleaned(jpeg() + b"<script>alert(1)</script>").content


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(jpeg(), "image/jpeg"), (png(), "image/png"), (webp(), "image/webp"), (PDF, "application/pdf")],
    ids=["jpeg", "png", "webp", "pdf"],
)
def test_the_kinds_that_are_kept(content, media_type):
    clean = cleaned(content)
    assert clean.media_type == media_type
    assert clean.sha256 == hashlib.sha256(clean.content).hexdigest()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_an_image_of_any_depth_is_kept(mode):
    assert opened(cleaned(png(mode=mode))).size == (8, 8)


def test_the_same_photo_twice_is_the_same_file():
    assert cleaned(jpeg()).sha256 == cleaned(jpeg()).sha256


@pytest.mark.parametrize(
    ("content", "rule", "status"),
    [
        (b"", "file-empty", 422),
        (b"<html><script>alert(1)</script>", "file-type-unknown", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "file-type-unknown", 415),
        (b"GIF89a" + bytes(40), "file-type-unknown", 415),
        (b"PK\x03\x04" + bytes(40), "file-type-unknown", 415),
        (b"\x7fELF" + bytes(40), "file-type-unknown", 415),
        (b"x" + PDF, "file-type-unknown", 415),
        (b"%PDF-1.7 and no more", "file-type-unknown", 415),
        (b"\xff\xd8\xff<html><script>alert(1)</script>", "file-damaged", 422),
        (jpeg()[:300], "file-damaged", 422),
        (png()[:60], "file-damaged", 422),
    ],
)
def test_what_is_not_kept(content, rule, status):
    with pytest.raises(FileRefusedError) as refused:
        cleaned(content)
    assert (refused.value.rule, refused.value.status) == (rule, status)


def test_a_small_file_with_more_pixels_than_anybody_needs_is_never_unpacked():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 19_000, 19_000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    with pytest.raises(FileRefusedError, match="image-too-many-pixels"):
        cleaned(bomb)


def test_no_more_is_read_than_is_allowed():
    stream = io.BytesIO(bytes(1000))
    with pytest.raises(FileRefusedError, match="file-too-large"):
        read_at_most(stream, 100)
    assert stream.tell() == 101
